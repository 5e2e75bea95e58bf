"""What partners have to acknowledge, what the department owes them an answer to, and the exceptions that end."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlmodel import col

from bot.access import Permission
from bot.domain.asking import Asking
from bot.domain.calendar import extended
from bot.domain.document_cycle import REVIEWED_EVERY, DocumentKind, ExceptionState, VersionState
from bot.domain.due_kinds import DueKind
from bot.domain.escalation_triggers import Reason, Subject
from bot.domain.reminders import ReminderRule
from bot.domain.shortfalls import not_acknowledged
from bot.models import (
    Audience,
    Contract,
    Document,
    DocumentException,
    DocumentQuestion,
    DocumentRecipient,
    DocumentVersion,
    Party,
)
from bot.scopes import ContractScope, built_once
from bot.services import changes
from bot.services.due.duties import late_duty
from bot.services.due.selection import Selection, asked_for, parameters
from bot.services.due.source import DueForm, DueItem, DueSource, Find, LateContract, LateRule
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext, UnitOfWork

ACKNOWLEDGE = DueForm("document_acknowledge", "Acknowledge", (Permission.ACKNOWLEDGE,), Audience.SHARED)
ACKNOWLEDGED = DueForm("memo_open", "Acknowledged", (Permission.CHANGE,))
REVIEWED_AHEAD = timedelta(days=183)  # a review is in sight from half a year before, so that every rule reminds of it
_RECEIVED = select(col(DocumentRecipient.contract_id))
_recipient, _version, _question, _exception = DocumentRecipient, DocumentVersion, DocumentQuestion, DocumentException


def _has_question() -> ColumnElement[bool]:
    return exists().where(col(_question.recipient_id) == col(_recipient.id), col(_question.answered_at).is_(None))


def _has_exception() -> ColumnElement[bool]:
    of_it = col(_exception.recipient_id) == col(_recipient.id)
    return exists().where(of_it, col(_exception.state) == ExceptionState.ASKED)


@built_once
def _to_acknowledge(
    of: DocumentKind, contracts: ColumnElement[bool], which: Selection
) -> Select[DocumentRecipient, Document, DocumentVersion, bool, bool]:
    subject, contract, due_on = col(_recipient.id), col(_recipient.contract_id), col(_recipient.acknowledge_by)
    return (
        select(_recipient, Document, _version, _has_question(), _has_exception())
        .join(_version, col(_version.id) == col(_recipient.version_id))
        .join(Document, col(Document.id) == col(_version.document_id))
        .join(Contract, col(Contract.id) == contract)
        .where(contracts, col(Document.kind) == of, col(_version.state) == VersionState.ISSUED)
        .where(which.opened(col(_recipient.acknowledged_on).is_(None)), due_on.is_not(None))
        .where(asked_for(which, subject, contract, due_on, col(_recipient.asked_on)))
    )


def acknowledgements(of: DocumentKind, kind: DueKind) -> Find:
    """Finds what is to be acknowledged of a kind of document: one item for each recipient of an issued version.

    Nobody is asked for it while the partner waits for the department's answer.
    """

    def find(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
        rows = work.session.execute(_to_acknowledge(of, scope.contracts, which), parameters(scope, which))
        found = [_item(kind, *row) for row in rows]
        return [each for each in found if not which.only_asked or _was_asked_before(each, work.today)]

    return find


def _was_asked_before(item: DueItem, today: date) -> bool:
    """Whether the message that asks for it reached somebody on an earlier day: what asks for the first time today is
    not also reminded of."""
    asked_on = item.asking.asked_on if item.asking else None
    return item.counts_from is not None and asked_on is not None and asked_on < today


def _item(
    kind: DueKind,
    row: DocumentRecipient,
    document: Document,
    version: DocumentVersion,
    has_question: bool,
    has_exception: bool,
) -> DueItem:
    due_on = row.acknowledge_by or date.max
    waits_for = "an answer to their question" if has_question else "a decision on an exception" if has_exception else ""
    return DueItem(
        kind=kind,
        subject_id=row.id,
        contract_id=row.contract_id,
        what=f"{document.name} to be acknowledged: {version.subject}",
        due_on=due_on,
        key=row.public_id,
        owed_by=Party.PARTNER,
        reminded=Party.PARTNER,
        done_on=row.acknowledged_on,
        asking=Asking(due_on, row.asked_on, waits_for),
    )


def _late(item: DueItem, today: date, contract: LateContract) -> list[Reason]:
    return not_acknowledged(item.asking, today, contract.calendar) if item.asking else []


def _move(work: UnitOfWork, subject_id: int, until: date) -> None:
    work.session.get_one(DocumentRecipient, subject_id).acknowledge_by = until


def to_acknowledge(of: DocumentKind, kind: DueKind) -> DueSource:
    """The source of what partners have to acknowledge of a kind of document."""
    return DueSource(
        kind=kind,
        find=acknowledgements(of, kind),
        among=_RECEIVED.where(col(_recipient.acknowledged_on).is_(None)),
        rule=ReminderRule((2, 0), after=(2,)),
        reminded=Party.PARTNER,
        is_term=True,
        act=ACKNOWLEDGE,
        form=ACKNOWLEDGED,
        move=_move,
        late=LateRule(Subject.DOCUMENT, _late),
    )


def _of_recipient(record: type[DocumentQuestion] | type[DocumentException]) -> Select[Any, Document, int]:
    return (
        select(record, Document, col(_recipient.contract_id))
        .join(_recipient, col(_recipient.id) == col(record.recipient_id))
        .join(_version, col(_version.id) == col(_recipient.version_id))
        .join(Document, col(Document.id) == col(_version.document_id))
        .join(Contract, col(Contract.id) == col(_recipient.contract_id))
    )


@built_once
def _unanswered(contracts: ColumnElement[bool], which: Selection) -> Select[Any, Document, int]:
    return _of_recipient(_question).where(
        contracts,
        which.opened(col(_question.answered_at).is_(None)),
        which.of(col(_question.id), col(_recipient.contract_id), col(_question.answer_by)),
    )


def _questions(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    rows = work.session.execute(_unanswered(scope.contracts, which), parameters(scope, which))
    return [
        DueItem(
            kind=DueKind.DOCUMENT_QUESTION,
            subject_id=row.id,
            contract_id=contract_id,
            what=f"Answer a question about {_in_a_sentence(document)}: {row.words}",
            due_on=row.answer_by,
            key=row.public_id,
            done_on=row.answered_at.date() if row.answered_at else None,
            is_movable=False,
        )
        for row, document, contract_id in rows
    ]


@built_once
def _in_force(contracts: ColumnElement[bool], which: Selection, today: date) -> Select[Any, Document, int]:
    undecided, granted = (col(_exception.state) == each for each in (ExceptionState.ASKED, ExceptionState.GRANTED))
    is_open = or_(undecided, and_(granted, col(_exception.until) >= today))
    day = or_(
        and_(undecided, which.of(col(_exception.id), col(_recipient.contract_id), col(_exception.decide_by))),
        and_(granted, which.of(col(_exception.id), col(_recipient.contract_id), col(_exception.until))),
    )
    return _of_recipient(_exception).where(contracts, is_open, day)


def _exceptions(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    """Those to decide on, by the day of the decision; and those that were granted, by their last day."""
    rows = work.session.execute(_in_force(scope.contracts, which, work.today), parameters(scope, which))
    return [_exception_item(*row) for row in rows]


def _exception_item(row: DocumentException, document: Document, contract_id: int) -> DueItem:
    is_granted = row.until is not None
    what = f"exception to {_in_a_sentence(document)}"
    return DueItem(
        kind=DueKind.DOCUMENT_EXCEPTION,
        subject_id=row.id,
        contract_id=contract_id,
        what=f"The {what} ends" if is_granted else f"Decide on an {what}: {row.reason}",
        due_on=row.until or row.decide_by,
        key="" if is_granted else row.public_id,
        is_movable=False,
    )


def _in_a_sentence(document: Document) -> str:
    return document.name[0].lower() + document.name[1:]


def note_reviewed(ctx: ActorContext, document_id: int) -> date:
    """Note that a policy was reviewed and stays as it is; returns the day of its next review, a year from today.

    Raises `Denied` unless the actor may change every contract that has it.
    """
    document = ctx.session.get_one(Document, document_id, with_for_update=True)
    again = extended(ctx.today, REVIEWED_EVERY)
    made = changes.apply(document, {"review_by": again})
    contracts = (
        select(col(_recipient.contract_id))
        .join(_version, col(_version.id) == col(_recipient.version_id))
        .where(col(_version.document_id) == document.id, col(_version.state) == VersionState.ISSUED)
    )
    for contract_id in ctx.session.scalars(contracts.order_by(col(_recipient.contract_id))).all():
        ctx.require(Permission.CHANGE, contract_lookup.contract_facts(ctx.session, contract_id))
        ctx.record("policy reviewed", document.name, contract_id=contract_id, changes=made)
    ctx.session.flush()
    return again


def _complete_review(ctx: ActorContext, subject_id: int) -> None:
    note_reviewed(ctx, subject_id)


@built_once
def _to_review(contracts: ColumnElement[bool], which: Selection, today: date) -> Select[Document, str, int, int]:
    owner = func.coalesce(col(_version.ask_id), col(_version.written_by_id))
    first = (
        select(func.min(col(_recipient.contract_id)))
        .where(col(_recipient.version_id) == col(_version.id))
        .correlate(_version)
        .scalar_subquery()
    )
    return (
        select(Document, col(_version.subject), col(Contract.id), owner)
        .join(_version, col(_version.document_id) == col(Document.id))
        .join(Contract, col(Contract.id) == first)
        .where(contracts, col(_version.state) == VersionState.ISSUED, which.owned(owner))
        .where(which.of(col(Document.id), col(Contract.id), col(Document.review_by)))
        .where(which.opened(col(Document.review_by) <= today + REVIEWED_AHEAD))
    )


def _reviews(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    """The policies in force, by the day of their review; each is an item of the first of its contracts."""
    rows = work.session.execute(_to_review(scope.contracts, which, work.today), parameters(scope, which))
    return [
        DueItem(
            kind=DueKind.POLICY_REVIEW,
            subject_id=row.id,
            contract_id=contract_id,
            what=f"Review {_in_a_sentence(row)}: {subject}",
            due_on=row.review_by,
            key=row.public_id,
            owner_id=owner_id,
            audience=Audience.INTERNAL,
            is_movable=False,
        )
        for row, subject, contract_id, owner_id in rows
        if row.review_by is not None
    ]


MEMOS = to_acknowledge(DocumentKind.MEMO, DueKind.MEMO)
POLICIES = to_acknowledge(DocumentKind.POLICY, DueKind.POLICY)
POLICY_REVIEWS = DueSource(
    kind=DueKind.POLICY_REVIEW,
    find=_reviews,
    among=_RECEIVED,
    rule=ReminderRule((20, 5, 0), late_every=5),
    audience=Audience.INTERNAL,
    is_personal=True,
    has_owner=True,
    act=DueForm("policy_reviewed", "Reviewed, no change", (Permission.CHANGE,)),
    complete=_complete_review,
    late=LateRule(Subject.POLICY_REVIEW, late_duty),
)
QUESTIONS = DueSource(
    kind=DueKind.DOCUMENT_QUESTION,
    find=_questions,
    among=_RECEIVED.where(_has_question()),
    rule=ReminderRule((1, 0), late_every=2),
    audience=Audience.INTERNAL,
    form=DueForm("document_answer_open", "Answer", (Permission.CHANGE,)),
)
EXCEPTIONS = DueSource(
    kind=DueKind.DOCUMENT_EXCEPTION,
    find=_exceptions,
    among=_RECEIVED.where(exists().where(col(_exception.recipient_id) == col(_recipient.id))),
    rule=ReminderRule((5, 1, 0), late_every=2),
    audience=Audience.INTERNAL,
    form=DueForm("document_decide_open", "Decide", (Permission.CHANGE,)),
)
