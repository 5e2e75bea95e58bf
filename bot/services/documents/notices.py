"""The one message to each person about a version: what it says, what became of it, and how it is kept up to date."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select, tuple_, update
from sqlmodel import Session, col

from bot.access import ContractRef
from bot.delivery.messages import Message
from bot.delivery.outbox import OutgoingMessage
from bot.domain.document_cycle import VersionState
from bot.models import (
    Audience,
    DocumentException,
    DocumentNotice,
    DocumentQuestion,
    DocumentRecipient,
    DocumentTold,
    DocumentVersion,
    Person,
)
from bot.services.documents import versions
from bot.services.documents.versions import VersionCard
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import UnitOfWork

AT_ONCE = 10  # messages, in one write
IN_A_RUN = 400


@dataclass(frozen=True)
class AnsweredLine:
    """One contract for which somebody got it, and what its people answered; `names` are people by their ids."""

    contract: ContractRef
    recipient: DocumentRecipient
    names: Mapping[int, str]
    questions: Sequence[DocumentQuestion] = ()
    exceptions: Sequence[DocumentException] = ()

    def name(self, person_id: int | None) -> str:
        """A person's name; "" for nobody."""
        return self.names.get(person_id or 0, "")


@dataclass(frozen=True)
class NoticePage:
    """What a person reads on a day: the version, and each contract for which they got it."""

    card: VersionCard
    lines: Sequence[AnsweredLine]
    today: date
    key: str = ""

    @property
    def acknowledged(self) -> bool:
        """Whether it is acknowledged for every contract for which it is asked."""
        return self.acknowledgement is not None and not any(line.recipient.is_awaited for line in self.lines)

    @property
    def acknowledgement(self) -> AnsweredLine | None:
        """The first of the contracts for which it is acknowledged."""
        return next((line for line in self.lines if line.recipient.acknowledged_on), None)

    @property
    def asks(self) -> bool:
        """Whether an acknowledgement is awaited for one of the contracts."""
        return self.card.asks and any(line.recipient.is_awaited for line in self.lines)

    @property
    def awaited(self) -> AnsweredLine:
        """The first of the contracts for which an acknowledgement is awaited, or else the first of all."""
        return next((line for line in self.lines if line.recipient.is_awaited), self.first)

    @property
    def passed_on(self) -> bool:
        """Whether it was passed on for every contract."""
        return all(line.recipient.passed_on_on is not None for line in self.lines)

    @property
    def acknowledge_by(self) -> date | None:
        """The first day by which it is to be acknowledged."""
        return min(
            (line.recipient.acknowledge_by for line in self.lines if line.recipient.acknowledge_by), default=None
        )

    @property
    def is_late(self) -> bool:
        """Whether the day for an awaited acknowledgement has gone by; that of an imported one may have before anybody
        was asked."""
        days = (line.recipient.acknowledge_by for line in self.lines if line.recipient.is_awaited)
        return self.card.asks and any(day < self.today for day in days if day)

    @property
    def first(self) -> AnsweredLine:
        """The first of the contracts."""
        return self.lines[0]


@dataclass(frozen=True)
class StaleNotice:
    """A message that is not sent yet, or out of date, with its words anew. `withdrawal` tells once that it was
    withdrawn."""

    notice: DocumentNotice
    is_first: bool
    slack: str
    contract_id: int
    message: Message
    withdrawal: Message | None = None


@dataclass
class _Answers:
    questions: dict[int, list[DocumentQuestion]] = field(default_factory=lambda: defaultdict(list))
    exceptions: dict[int, list[DocumentException]] = field(default_factory=lambda: defaultdict(list))
    names: dict[int, str] = field(default_factory=dict)


def lines_of(work: UnitOfWork, recipients: Sequence[DocumentRecipient]) -> list[AnsweredLine]:
    """These recipients as lines, by the references of their contracts. Four queries."""
    answers = _answers(work, recipients)
    ids = {each.contract_id for each in recipients}
    contracts = {each.id: each for each in contract_lookup.facts_of(work.session, ids)}
    lines = [
        AnsweredLine(
            contracts[each.contract_id], each, answers.names, answers.questions[each.id], answers.exceptions[each.id]
        )
        for each in recipients
    ]
    return sorted(lines, key=lambda line: line.contract.reference)


def page_for(work: UnitOfWork, card: VersionCard, recipients: Sequence[DocumentRecipient], key: str) -> NoticePage:
    """What somebody reads of a version that they got for these recipients. The key is what its buttons carry."""
    return NoticePage(card, lines_of(work, recipients), work.today, key)


def stale(work: UnitOfWork) -> list[tuple[int, int]]:
    """The messages that are out of date, each by its id with how often it is to be brought up to date."""
    notice = DocumentNotice
    found = select(col(notice.id), col(notice.wanted)).where(col(notice.told) < col(notice.wanted))
    return [(key, wanted) for key, wanted in work.session.execute(found.order_by(col(notice.id)).limit(IN_A_RUN))]


def prepare(work: UnitOfWork, among: Sequence[tuple[int, int]]) -> list[StaleNotice]:
    """Their words as of now. A constant number of queries."""
    notice, told = DocumentNotice, DocumentTold
    ids = [key for key, _ in among]
    rows = work.session.execute(
        select(notice, col(Person.slack))
        .join(Person, col(Person.id) == col(notice.person_id))
        .where(col(notice.id).in_(ids))
    ).all()
    links = work.session.execute(
        select(col(told.notice_id), DocumentRecipient)
        .join(told, col(told.recipient_id) == col(DocumentRecipient.id))
        .where(col(told.notice_id).in_(ids))
    ).all()
    lines = {line.recipient.id: line for line in lines_of(work, list({row.id: row for _, row in links}.values()))}
    of_notice: dict[int, list[AnsweredLine]] = defaultdict(list)
    for notice_id, row in links:
        of_notice[notice_id].append(lines[row.id])
    cards = {
        key: versions.card_of(work, work.session.get_one(DocumentVersion, key))
        for key in {row.version_id for row, _ in rows}
    }
    return [
        _stale(
            work, row, slack, cards[row.version_id], sorted(of_notice[row.id], key=lambda line: line.contract.reference)
        )
        for row, slack in rows
        if of_notice[row.id]
    ]


def _stale(
    work: UnitOfWork, row: DocumentNotice, slack: str, card: VersionCard, lines: Sequence[AnsweredLine]
) -> StaleNotice:
    page = NoticePage(card, lines, work.today, row.public_id)
    message = work.messages.message("documents/notice", page=page)
    is_news = card.version.state is VersionState.WITHDRAWN and not row.withdrawal_told and row.told > 0
    withdrawal = work.messages.message("documents/withdrawn", page=page) if is_news else None
    return StaleNotice(row, row.told == 0, slack, page.first.contract.id, message, withdrawal)


def send(work: UnitOfWork, ready: Sequence[StaleNotice]) -> int:
    """Send or update these messages, but those that another worker has, or that changed since; returns how many."""
    notice = DocumentNotice
    seen = tuple_(col(notice.id), col(notice.wanted)).in_([(each.notice.id, each.notice.wanted) for each in ready])
    claimed = update(notice).where(seen, col(notice.told) < col(notice.wanted)).values(told=col(notice.wanted))
    got = set(work.session.scalars(claimed.returning(col(notice.id))))
    return sum(_send(work, each) for each in ready if each.notice.id in got)


def _send(work: UnitOfWork, each: StaleNotice) -> bool:
    """A version that is over before it was sent is told to nobody."""
    row = each.notice
    why = "it was sent to the partner of this contract"
    if each.is_first:
        version = work.session.get_one(DocumentVersion, row.version_id)
        if version.state is not VersionState.ISSUED:
            return False
        work.enqueue(OutgoingMessage(row.key, each.slack, Audience.SHARED, each.message, why, each.contract_id))
        return True
    work.replace(row.key, f"{row.key}-{row.wanted}", each.message, "something became of it")
    if each.withdrawal is not None:
        work.reply(row.key, f"{row.key}-withdrawn", each.withdrawal, "it was withdrawn")
        work.session.execute(
            update(DocumentNotice).where(col(DocumentNotice.id) == row.id).values(withdrawal_told=True)
        )
    return True


def note_told(session: Session, key: str, on: date) -> None:
    """Note the day on which a message reached the first of a recipient's people. Lateness counts from then."""
    prefix, _, number = key.rpartition("-")
    if prefix != "document-notice" or not number.isdecimal():
        return
    recipients = select(col(DocumentTold.recipient_id)).where(col(DocumentTold.notice_id) == int(number))
    first = (col(DocumentRecipient.id).in_(recipients), col(DocumentRecipient.asked_on).is_(None))
    session.execute(update(DocumentRecipient).where(*first).values(asked_on=on))


def _answers(work: UnitOfWork, recipients: Sequence[DocumentRecipient]) -> _Answers:
    found, ids = _Answers(), [each.id for each in recipients]
    people = {each.acknowledged_by_id for each in recipients} | {each.passed_on_by_id for each in recipients}
    questions = select(DocumentQuestion).where(col(DocumentQuestion.recipient_id).in_(ids))
    for question in work.session.scalars(questions.order_by(col(DocumentQuestion.id))):
        found.questions[question.recipient_id].append(question)
        people |= {question.asked_by_id, question.answered_by_id}
    exceptions = select(DocumentException).where(col(DocumentException.recipient_id).in_(ids))
    for exception in work.session.scalars(exceptions.order_by(col(DocumentException.id))):
        found.exceptions[exception.recipient_id].append(exception)
        people |= {exception.asked_by_id, exception.decided_by_id}
    names = select(col(Person.id), col(Person.name)).where(col(Person.id).in_(people - {None}))
    found.names.update(work.session.execute(names).all())
    return found
