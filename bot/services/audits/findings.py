"""Findings: recording and correcting them, finding one by its reference or its button, and its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.access import Permission
from bot.db import by_key, insert
from bot.domain.audit_cycle import REPORTED, AuditState
from bot.domain.finding_cycle import CHANGES, FINDING, FindingEvent, FindingGrade, FindingState, is_repeat
from bot.domain.normalisation import name_key
from bot.domain.references import number_of
from bot.domain.text_validation import optional_link
from bot.errors import UserError
from bot.models import ActionItem, Audience, Audit, Finding, FindingFile, Person
from bot.records import FindingRecord
from bot.services import changes
from bot.services.audits.audits import AuditCard, audience_of, audit_by_key, audit_for, card_of, may_see, no_such
from bot.services.given_files import GivenFile, StoredFile, described
from bot.services.unit_of_work import ActorContext, UnitOfWork

RECORDABLE = (AuditState.HELD, AuditState.DRAFT, AuditState.CHECK, AuditState.CHECKED)
ENTERED = ("title", "grade", "clause", "fact", "link")


@dataclass(frozen=True)
class FindingStep:
    """An action of a finding and its owner."""

    item: ActionItem
    owner: str


@dataclass(frozen=True)
class FindingCard:
    """A finding with its visit, its actions and the reference of the one that it repeats, "" for none."""

    row: Finding
    audit: AuditCard
    steps: Sequence[FindingStep] = ()
    repeats: str = ""

    @property
    def to_verify(self) -> Sequence[ActionItem]:
        """The actions that are said to be done and were not verified."""
        return [each.item for each in self.steps if each.item.said_done_on and not each.item.done_on]

    @property
    def events(self) -> Sequence[FindingEvent]:
        """What the department may do with it besides: uphold, reopen or withdraw it."""
        offered = [each.event for each in FINDING.of_state(self.row.state) if each.event in CHANGES]
        return [each for each in offered if self.row.grade.days or each is FindingEvent.WITHDRAWN]

    @property
    def is_final(self) -> bool:
        """Whether its report is final, so that the partner responds."""
        return self.audit.row.state is AuditState.FINAL


def finding_for(
    ctx: ActorContext, typed: str, action: Permission, audience: Audience = Audience.INTERNAL, *, locked: bool = False
) -> FindingCard:
    """The finding of this reference (F-12), with which the actor may do this. Raises `UserError` or `Denied`."""
    row = ctx.session.get(Finding, number_of(typed, "F") or 0, with_for_update=locked)
    return _open_to(ctx, row, action, audience, typed)


def finding_by_key(
    ctx: ActorContext, key: str, action: Permission, audience: Audience = Audience.INTERNAL, *, locked: bool = False
) -> FindingCard:
    """The same by the key that a form or button carries."""
    return _open_to(ctx, by_key(ctx.session, Finding, key, locked=locked), action, audience, "")


def _open_to(ctx: ActorContext, row: Finding | None, action: Permission, audience: Audience, typed: str) -> FindingCard:
    card = None if row is None else finding_card(ctx, row)
    if card is None or not may_see(ctx, card.audit):
        raise no_such(typed)
    if not ctx.actor.is_department and (card.audit.row.state not in REPORTED or card.row.was_only_drafted):
        raise no_such(typed)
    ctx.require(action, card.audit.contract, audience)
    return card


def finding_card(work: UnitOfWork, row: Finding, audit: AuditCard | None = None) -> FindingCard:
    """A finding as it is now."""
    audit = audit or card_of(work, work.session.get_one(Audit, row.audit_id))
    rows = work.session.execute(
        select(ActionItem, col(Person.name))
        .join(Person, col(Person.id) == col(ActionItem.owner_id))
        .where(col(ActionItem.finding_id) == row.id)
        .order_by(col(ActionItem.due_on), col(ActionItem.id))
    )
    repeats = f"F-{row.repeat_of_id}" if row.repeat_of_id else ""
    return FindingCard(row, audit, [FindingStep(item, owner) for item, owner in rows], repeats)


def reported_of(work: UnitOfWork, audit: AuditCard) -> list[FindingCard]:
    """The findings in the report of a visit, as both sides read it: what was withdrawn while it was a draft stays the
    department's."""
    return [each for each in findings_of(work, audit) if not each.row.was_only_drafted]


def findings_of(work: UnitOfWork, audit: AuditCard) -> list[FindingCard]:
    """The findings of a visit, the most serious first."""
    rows = work.session.scalars(select(Finding).where(col(Finding.audit_id) == audit.row.id).order_by(col(Finding.id)))
    order = list(FindingGrade)
    return [finding_card(work, row, audit) for row in sorted(rows, key=lambda row: order.index(row.grade))]


def audit_to_record(ctx: ActorContext, typed: str) -> AuditCard:
    """The visit that was typed, to record what it found. Raises `UserError` or `Denied`."""
    return _recordable(audit_for(ctx, typed, Permission.AUDIT))


def audit_of_form(ctx: ActorContext, key: str, *, locked: bool = False) -> AuditCard:
    """The same by the key that a form or button carries."""
    return _recordable(audit_by_key(ctx, key, Permission.AUDIT, locked=locked))


def _recordable(card: AuditCard) -> AuditCard:
    if card.row.state not in RECORDABLE:
        raise UserError(
            f"{card.row.reference} is {card.row.state.value}, so nothing was done. Findings are recorded from the day "
            "it is held until its report is final."
        )
    return card


def add(ctx: ActorContext, key: str, record: FindingRecord, file: GivenFile | None) -> FindingCard:
    """Record a finding; a repeat of a clause within a year goes up one grade. Raises `UserError`, with its form field,
    or `Denied`."""
    audit = audit_of_form(ctx, key, locked=True)
    _check_title(ctx, audit, record.title)
    row = Finding(
        audit_id=audit.row.id,
        contract_id=audit.contract.id,
        found_on=audit.row.held_on or ctx.today,
        **_entered(record),
        **described(ctx, file),
    )
    _note_repeat(ctx, row)
    ctx.add(row)
    if file is not None:
        insert(ctx.session, FindingFile, finding_id=row.id, content=file.content)
    ctx.record(
        "finding recorded", row.reference, contract_id=row.contract_id, changes={"grade": ["nothing", row.grade.value]}
    )
    return finding_card(ctx, row, audit)


def finding_to_edit(ctx: ActorContext, key: str, *, locked: bool = False) -> FindingCard:
    """A finding of a report that is not final, to correct. Raises `UserError` or `Denied`."""
    card = finding_by_key(ctx, key, Permission.AUDIT, locked=locked)
    _recordable(card.audit)
    if card.row.state is not FindingState.OPEN:
        raise UserError(f"{card.row.reference} is {card.row.state.value}, so nothing was done.")
    return card


def edit(ctx: ActorContext, key: str, record: FindingRecord) -> FindingCard:
    """Correct a finding before its report is final. Raises `UserError`, with its form field, or `Denied`."""
    card = finding_to_edit(ctx, key, locked=True)
    row = card.row
    if name_key(record.title) != name_key(row.title):
        _check_title(ctx, card.audit, record.title)
    other_clause = name_key(record.clause) != name_key(row.clause)
    made = changes.apply(row, _entered(record))
    if other_clause:
        row.repeat_of_id = None
        _note_repeat(ctx, row)
    if made:
        ctx.record("finding changed", row.reference, contract_id=row.contract_id, changes=made)
    ctx.session.flush()
    return finding_card(ctx, row, card.audit)


def file_of(ctx: ActorContext, key: str) -> StoredFile:
    """The file of the evidence of a finding that the actor may see. Raises `UserError` or `Denied`."""
    row = finding_by_key(ctx, key, Permission.SEE, audience_of(ctx.actor)).row
    kept = ctx.session.get(FindingFile, row.id)
    if kept is None:
        raise UserError(f"{row.reference} has no file. Nothing was done.")
    return StoredFile(row.file_name, kept.content)


def _entered(record: FindingRecord) -> dict[str, Any]:
    link = optional_link(record.link, at_most=500, field="link")
    return {**{name: getattr(record, name) for name in ENTERED}, "link": link}


def _check_title(ctx: ActorContext, audit: AuditCard, title: str) -> None:
    titles = ctx.session.scalars(select(col(Finding.title)).where(col(Finding.audit_id) == audit.row.id))
    if name_key(title) in {name_key(each) for each in titles}:
        raise UserError(f"{audit.row.reference} has a finding of this name. Choose another name.", field="title")


def _note_repeat(ctx: ActorContext, row: Finding) -> None:
    """Raise the grade of a finding that repeats an earlier one of its contract, and say which: one that the partner
    can read, and no draft of another visit."""
    if row.grade is FindingGrade.STRENGTH or not row.clause:
        return
    counts = (col(Finding.state) != FindingState.WITHDRAWN, col(Finding.grade) != FindingGrade.STRENGTH)
    earlier = ctx.session.scalars(
        select(Finding)
        .join(Audit, col(Audit.id) == col(Finding.audit_id))
        .where(col(Finding.contract_id) == row.contract_id, col(Finding.audit_id) != row.audit_id, *counts)
        .where(col(Audit.state).in_(REPORTED))
        .where(col(Finding.found_on) <= row.found_on)
        .order_by(col(Finding.found_on).desc(), col(Finding.id).desc())
    )
    found = next((each for each in earlier if is_repeat(row.clause, row.found_on, each.clause, each.found_on)), None)
    if found is not None:
        row.repeat_of_id, row.grade = found.id, row.grade.raised
