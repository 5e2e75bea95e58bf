"""What becomes of a visit or audit: the partner is told, it is held, its report is drafted, checked and made final."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.access import Permission
from bot.domain.audit_cycle import (
    AUDIT,
    AuditEvent,
    AuditState,
    Opinion,
)
from bot.domain.finding_cycle import FINDING, FindingEvent, FindingState
from bot.domain.text_validation import optional_text, required_text
from bot.domain.wording import format_date, plural
from bot.errors import UserError
from bot.models import Audience, Contract, Finding
from bot.services.audits import audit_messages
from bot.services.audits.audits import AuditCard, audit_by_key
from bot.services.audits.findings import FindingCard, findings_of
from bot.services.unit_of_work import ActorContext, UnitOfWork

OUTCOMES = (AuditEvent.TOLD, AuditEvent.HELD, AuditEvent.MOVED, AuditEvent.CANCELLED)


@dataclass(frozen=True)
class AuditDone:
    """What was done with a visit, in a sentence."""

    card: AuditCard
    sentence: str


@dataclass(frozen=True)
class AuditToDo:
    """A visit with its findings, for the form of its next step."""

    card: AuditCard
    findings: Sequence[FindingCard]

    @property
    def events(self) -> Sequence[AuditEvent]:
        """What may become of a visit that was not held yet."""
        return [row.event for row in AUDIT.of_state(self.card.row.state) if row.event in OUTCOMES]

    @property
    def in_dispute(self) -> Sequence[FindingCard]:
        """The findings on whose facts the partner commented."""
        return [each for each in self.findings if each.row.comment and each.row.state is FindingState.OPEN]


def days_of(work: UnitOfWork, contract_id: int) -> Contract:
    """A contract, which says in how many working days each step is due."""
    return work.session.get_one(Contract, contract_id)


def due_after(work: UnitOfWork, contract: Contract, since: date, days: int) -> date:
    """The day so many working days of the contract's nation after another."""
    return work.calendar.of(contract.nation).add_working_days(since, days)


def audit_to_do(ctx: ActorContext, key: str) -> AuditToDo:
    """The visit of a button, for its next step by the department. Raises `UserError` or `Denied`."""
    card = audit_by_key(ctx, key, Permission.AUDIT)
    if card.row.state in AUDIT.final_states:
        raise UserError(f"{card.row.reference} is {card.row.state.value}, so nothing was done.")
    _check_not_awaited(ctx, card)
    return AuditToDo(card, findings_of(ctx, card))


def _check_not_awaited(ctx: ActorContext, card: AuditCard) -> None:
    """Raises `UserError` while the partner has time to check the facts."""
    row = card.row
    if row.state is AuditState.CHECK and row.due_on is not None and row.due_on >= ctx.today:
        raise UserError(f"The partner has until {format_date(row.due_on)} to check the facts, so nothing was done.")


def settle(ctx: ActorContext, key: str, event: AuditEvent, day: date | None, reason: str) -> AuditDone:
    """Tell the partner of a visit, or note that it was held, has another day or is cancelled. Raises `UserError`, with
    its form field, or `Denied`."""
    card = audit_by_key(ctx, key, Permission.AUDIT, locked=True)
    if event not in OUTCOMES:
        raise UserError("Choose one of the list.", field="event")
    followed, was = AUDIT.follow(card.row.state, event), card.row.state
    row = card.row
    match event:
        case AuditEvent.TOLD:
            sentence = tell(ctx, card)
        case AuditEvent.MOVED:
            row.day = row.due_on = _later(ctx, day)
            row.asked_day, row.asked_why = None, ""
            sentence = f"{row.name} takes place on {format_date(row.day)}."
        case AuditEvent.HELD:
            row.held_on = day or ctx.days.own
            if row.held_on > ctx.days.last:
                raise UserError("It was held today or earlier. Choose another day.", field="day")
            contract = days_of(ctx, row.contract_id)
            row.due_on = due_after(ctx, contract, row.held_on, contract.audit_draft_days)
            sentence = f"The draft report is due by {format_date(row.due_on)}. Record what was found."
        case _:
            row.ended_why = required_text(reason, what="why it is cancelled", at_most=300, field="reason")
            row.due_on, sentence = None, f"{row.name} is cancelled: {row.ended_why}"
    row.state = followed.to
    ctx.record(followed.in_history, row.reference, contract_id=row.contract_id, why=row.ended_why)
    ctx.session.flush()
    if was is AuditState.TOLD and event is not AuditEvent.HELD:
        audit_messages.update_visit(ctx, card, sentence)
    return AuditDone(card, sentence)


def tell(ctx: ActorContext, card: AuditCard) -> str:
    """Tell the partner of a visit; returns what to say of that. Raises `UserError` if nobody there can be told, or
    `Denied`."""
    ctx.require(Permission.AUDIT, card.contract)
    if not audit_messages.tell_of_visit(ctx, card):
        raise UserError(f"Nobody at {card.contract.partner} can be told here, so nothing was done. Bind a channel.")
    contract = days_of(ctx, card.row.contract_id)
    days = plural(contract.visit_notice_days, "working day")
    is_short = card.row.day < due_after(ctx, contract, ctx.today, contract.visit_notice_days)
    short = f" That is less than the usual notice of {days}." if is_short else ""
    return f"{card.contract.partner} is told that it takes place on {format_date(card.row.day)}.{short}"


def tell_planned(ctx: ActorContext, card: AuditCard) -> AuditDone:
    """Tell the partner of a visit that was just planned. Raises `UserError` or `Denied`."""
    return settle(ctx, card.row.public_id, AuditEvent.TOLD, None, "")


def visit_to_move(ctx: ActorContext, key: str) -> AuditCard:
    """The visit of a button, for the partner to ask for another day. Raises `UserError` or `Denied`."""
    card = audit_by_key(ctx, key, Permission.ANSWER_FINDINGS, Audience.SHARED)
    AUDIT.follow(card.row.state, AuditEvent.ASKED)
    return card


def ask_for_another_day(ctx: ActorContext, key: str, day: date, why: str) -> AuditDone:
    """Ask the lead for another day of a visit. Raises `UserError`, with its form field, or `Denied`."""
    card = audit_by_key(ctx, key, Permission.ANSWER_FINDINGS, Audience.SHARED, locked=True)
    followed, row = AUDIT.follow(card.row.state, AuditEvent.ASKED), card.row
    row.asked_day = _later(ctx, day)
    row.asked_why = required_text(why, what="why another day is needed", at_most=300, field="reason")
    ctx.record(followed.in_history, row.reference, contract_id=row.contract_id, why=row.asked_why)
    ctx.session.flush()
    asked = f"{ctx.actor.name} asks for {format_date(row.asked_day)} instead of {format_date(row.day)}"
    audit_messages.update_visit(ctx, card, f"{asked}. {card.lead.name} decides.")
    audit_messages.tell_lead(ctx, card, f"{asked}: {row.asked_why}")
    return AuditDone(card, f"{card.lead.name} is asked. Until they answer, {format_date(row.day)} stands.")


def write_report(ctx: ActorContext, key: str, opinion: Opinion, summary: str, *, send: bool) -> AuditDone:
    """Keep the draft report, and with `send` give it to the partner for the factual check. Raises `UserError`, with its
    form field, or `Denied`."""
    card = audit_by_key(ctx, key, Permission.AUDIT, locked=True)
    followed, row = AUDIT.follow(card.row.state, AuditEvent.DRAFTED), card.row
    row.opinion, row.state = opinion, followed.to
    row.summary = required_text(summary, what="the report in short", at_most=2000, field="summary")
    ctx.record(followed.in_history, row.reference, contract_id=row.contract_id)
    if not send:
        return AuditDone(card, "The draft is kept. The partner does not see it yet.")
    followed = AUDIT.follow(row.state, AuditEvent.SENT)
    row.state = followed.to
    contract = days_of(ctx, row.contract_id)
    row.due_on = due_after(ctx, contract, ctx.today, contract.audit_check_days)
    ctx.record(followed.in_history, row.reference, contract_id=row.contract_id)
    ctx.session.flush()
    shown = audit_messages.show_report(ctx, card)
    told = "is asked to check" if shown else "cannot be told here, so send them the report: they check"
    return AuditDone(card, f"{card.contract.partner} {told} the facts by {format_date(row.due_on)}.")


def report_to_check(ctx: ActorContext, key: str) -> AuditToDo:
    """The draft report of a button, for the partner to check. Raises `UserError` or `Denied`."""
    card = audit_by_key(ctx, key, Permission.ANSWER_FINDINGS, Audience.SHARED)
    AUDIT.follow(card.row.state, AuditEvent.CHECKED)
    return AuditToDo(card, _standing(ctx, card))


def check(ctx: ActorContext, key: str, comments: Mapping[str, str]) -> AuditDone:
    """Keep the partner's comments on the facts, by the keys of the findings: none means that they are right. Raises
    `UserError`, with its form field, or `Denied`."""
    card = audit_by_key(ctx, key, Permission.ANSWER_FINDINGS, Audience.SHARED, locked=True)
    followed, row = AUDIT.follow(card.row.state, AuditEvent.CHECKED), card.row
    found = _standing(ctx, card)
    for each in found:
        field = each.row.public_id
        each.row.comment = optional_text(comments.get(field, ""), what="your comment", at_most=1000, field=field)
    row.state = followed.to
    contract = days_of(ctx, row.contract_id)
    row.due_on = due_after(ctx, contract, ctx.today, contract.audit_final_days)
    ctx.record(followed.in_history, row.reference, contract_id=row.contract_id)
    ctx.session.flush()
    audit_messages.show_report(ctx, card)
    number = sum(bool(each.row.comment) for each in found)
    said = f"comments on {number} of {len(found)} findings" if number else "finds the facts right"
    audit_messages.tell_lead(ctx, card, f"{ctx.actor.name} {said} in the draft report of {row.name}.")
    return AuditDone(card, f"{card.lead.name} answers each comment in the final report.")


def make_final(ctx: ActorContext, key: str, answers: Mapping[str, str]) -> AuditDone:
    """Make a report final, with an answer to each comment: the days of its findings begin. Raises `UserError`, with its
    form field, or `Denied`."""
    card = audit_by_key(ctx, key, Permission.AUDIT, locked=True)
    followed, row = AUDIT.follow(card.row.state, AuditEvent.FINAL), card.row
    _check_not_awaited(ctx, card)
    found = _standing(ctx, card)
    for each in found:
        field = each.row.public_id
        if each.row.comment:
            each.row.answer = required_text(answers.get(field, ""), what="your answer", at_most=1000, field=field)
    for each in found:
        begin(ctx, each.row)
    row.state, row.due_on, row.final_on = followed.to, None, ctx.today
    ctx.record(followed.in_history, row.reference, contract_id=row.contract_id)
    ctx.session.flush()
    audit_messages.show_report(ctx, card)
    return AuditDone(card, f"The report is final, and {card.contract.partner} is asked to respond to its findings.")


def begin(work: UnitOfWork, row: Finding) -> None:
    """Begin the days of a finding: by its grade it is put right, and the partner responds before. What nobody has to
    put right is noted."""
    days, contract = row.grade.days, days_of(work, row.contract_id)
    if days is None:
        row.state, row.closed_on = FINDING.follow(row.state, FindingEvent.NOTED).to, work.today
        return
    row.due_on = due_after(work, contract, work.today, days)
    row.next_on = due_after(work, contract, work.today, min(days, contract.finding_respond_days))
    row.escalate_days = contract.finding_escalate_days


def _standing(work: UnitOfWork, card: AuditCard) -> list[FindingCard]:
    """The findings of a report, but those that were withdrawn."""
    return [each for each in findings_of(work, card) if each.row.state is FindingState.OPEN]


def _later(ctx: ActorContext, day: date | None) -> date:
    if day is None or day < ctx.days.first:
        raise UserError("Choose today or a later day.", field="day")
    return day
