"""What each side does about a finding: the partner agrees or disputes, its actions are done, and the lead verifies
them. Nobody verifies what they own."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from bot.access import Permission
from bot.db import by_key
from bot.domain.audit_cycle import REPORTED
from bot.domain.finding_cycle import FINDING, FindingEvent, FindingGrade, FindingState
from bot.domain.text_validation import optional_text, required_text
from bot.domain.wording import format_date, join_words, plural
from bot.errors import UserError
from bot.identity import Denied
from bot.models import ActionItem, Audience, Finding
from bot.services.actions import actions
from bot.services.audits import audit_messages
from bot.services.audits.audit_steps import begin, days_of, due_after
from bot.services.audits.audits import no_such
from bot.services.audits.findings import FindingCard, finding_by_key, finding_card, finding_for
from bot.services.unit_of_work import ActorContext

CONTAINED = (FindingGrade.CRITICAL, FindingGrade.MAJOR)  # what was done at once comes before why it happened


@dataclass(frozen=True)
class FindingDone:
    """What was done with a finding, in a sentence."""

    card: FindingCard
    sentence: str


def finding_to_answer(ctx: ActorContext, key: str, event: FindingEvent) -> FindingCard:
    """The finding of a button, for the partner to respond to. Raises `UserError` or `Denied`."""
    return _answerable(ctx, key, event, locked=False)


def _answerable(ctx: ActorContext, key: str, event: FindingEvent, *, locked: bool) -> FindingCard:
    card = finding_by_key(ctx, key, Permission.ANSWER_FINDINGS, Audience.SHARED, locked=locked)
    if not card.is_final:
        raise UserError(f"The report with {card.row.reference} is not final yet, so nothing was done.")
    FINDING.follow(card.row.state, event)
    return card


def agree(ctx: ActorContext, key: str, containment: str, root_cause: str, steps: str) -> FindingDone:
    """Agree to a finding, with what was done at once, its cause and the steps that put it right, one in each line.

    Raises `UserError`, with its form field, or `Denied`.
    """
    card = _answerable(ctx, key, FindingEvent.AGREED, locked=True)
    followed, row = FINDING.follow(card.row.state, FindingEvent.AGREED), card.row
    contained = required_text if row.grade in CONTAINED else optional_text
    row.containment = contained(containment, what="what you did at once", at_most=1000, field="containment")
    row.root_cause = required_text(root_cause, what="why it happened", at_most=1000, field="root_cause")
    if not steps.strip():
        raise UserError("Enter at least one step: who does what by when.", field="steps")
    added = actions.add_from_finding(ctx, row, steps)
    row.state, row.next_on = followed.to, None
    return _responded(ctx, card, followed.in_history, f"agrees, with {plural(len(added), 'step')}")


def answered_within(ctx: ActorContext, card: FindingCard) -> int:
    """The working days in which the lead answers a dispute. Raises `Denied`."""
    ctx.require(Permission.ANSWER_FINDINGS, card.audit.contract, Audience.SHARED)
    return days_of(ctx, card.row.contract_id).finding_decide_days


def dispute(ctx: ActorContext, key: str, why: str) -> FindingDone:
    """Dispute a finding: its lead decides. Raises `UserError`, with its form field, or `Denied`."""
    card = _answerable(ctx, key, FindingEvent.DISPUTED, locked=True)
    followed, row = FINDING.follow(card.row.state, FindingEvent.DISPUTED), card.row
    row.dispute = required_text(why, what="why you dispute it", at_most=1000, field="reason")
    row.state, row.disputed_on = followed.to, ctx.today
    contract = days_of(ctx, row.contract_id)
    row.next_on = due_after(ctx, contract, ctx.today, contract.finding_decide_days)
    return _responded(ctx, card, followed.in_history, f"disputes it: {row.dispute}")


def _responded(ctx: ActorContext, card: FindingCard, in_history: str, what: str) -> FindingDone:
    row = card.row
    ctx.record(in_history, row.reference, contract_id=row.contract_id)
    ctx.session.flush()
    now = finding_card(ctx, row, card.audit)
    audit_messages.show_finding(ctx, now)
    audit_messages.tell_lead(ctx, card.audit, f"{row.reference} {row.title}: {ctx.actor.name} {what}", now)
    return FindingDone(now, f"{card.audit.lead.name} is told.")


def step_to_do(ctx: ActorContext, key: str) -> tuple[ActionItem, FindingCard]:
    """The action of a button, for somebody to say that it is done. Raises `UserError` or `Denied`."""
    return _step(ctx, key, locked=False)


def _step(ctx: ActorContext, key: str, *, locked: bool) -> tuple[ActionItem, FindingCard]:
    item = by_key(ctx.session, ActionItem, key, locked=locked)
    row = None if item is None or item.finding_id is None else ctx.session.get(Finding, item.finding_id)
    if item is None or row is None:
        raise no_such("")
    card = finding_by_key(ctx, row.public_id, Permission.ANSWER_FINDINGS, Audience.SHARED, locked=locked)
    if item.done_on is not None or item.said_done_on is not None:
        on = format_date(item.done_on or item.said_done_on or ctx.today)
        raise UserError(f"{item.reference} was done on {on}, so nothing was changed.")
    return item, card


def say_done(ctx: ActorContext, key: str, on: date, evidence: str) -> FindingDone:
    """Say that an action of a finding is done, and what shows it; with the last one the lead is asked to verify them.

    Raises `UserError`, with its form field, or `Denied`.
    """
    item, card = _step(ctx, key, locked=True)
    if on > ctx.days.last:
        raise UserError("It was done today or earlier. Choose another day.", field="on")
    item.evidence = required_text(evidence, what="what shows that it is done", at_most=500, field="evidence")
    item.said_done_on, item.said_done_by_id = on, ctx.actor.person_id
    row = card.row
    ctx.record("action said to be done", item.reference, contract_id=row.contract_id)
    ctx.session.flush()
    _note_if_done(ctx, card)
    now = finding_card(ctx, row, card.audit)
    audit_messages.show_finding(ctx, now)
    audit_messages.tell_lead(
        ctx, card.audit, f"{item.reference} of {row.reference} is done, says {ctx.actor.name}", now
    )
    return FindingDone(now, f"{card.audit.lead.name} verifies it.")


def _note_if_done(ctx: ActorContext, card: FindingCard) -> None:
    """Note that every action of a finding is said to be done."""
    steps = finding_card(ctx, card.row, card.audit).steps
    is_done = all(step.item.done_on or step.item.said_done_on for step in steps)
    if is_done and FINDING.allows(card.row.state, FindingEvent.DONE):
        followed = FINDING.follow(card.row.state, FindingEvent.DONE)
        card.row.state = followed.to
        contract = days_of(ctx, card.row.contract_id)
        card.row.next_on = due_after(ctx, contract, ctx.today, contract.finding_verify_days)
        ctx.record(followed.in_history, card.row.reference, contract_id=card.row.contract_id)
        ctx.session.flush()


def finding_to_check(ctx: ActorContext, key: str) -> FindingCard:
    """The finding of a button, for its lead to verify its actions or to answer a dispute. Raises `UserError` or
    `Denied`."""
    return _checkable(ctx, finding_by_key(ctx, key, Permission.AUDIT))


def finding_typed(ctx: ActorContext, typed: str) -> FindingCard:
    """The same by its reference."""
    return _checkable(ctx, finding_for(ctx, typed, Permission.AUDIT))


def _checkable(ctx: ActorContext, card: FindingCard) -> FindingCard:
    """A finding that waits for its lead. Who may change the contract stands in for them."""
    if ctx.actor.person_id != card.audit.row.lead_id and not ctx.may(Permission.CHANGE, card.audit.contract):
        raise Denied(
            f"{card.audit.lead.name} leads this visit and verifies its findings, so nothing was done.", "no lead"
        )
    if card.row.state is not FindingState.DISPUTED and not card.to_verify:
        raise UserError(
            f"{card.row.reference} is {card.row.state.value}, and none of its actions waits to be verified, so nothing "
            "was done."
        )
    return card


def verify(ctx: ActorContext, key: str, chosen: Collection[str], event: FindingEvent, reason: str) -> FindingDone:
    """Verify actions that are said to be done, or send them back with a reason; with the last one the finding is
    closed. Raises `UserError`, with its form field, or `Denied`."""
    card = _checkable(ctx, finding_by_key(ctx, key, Permission.AUDIT, locked=True))
    items = [each for each in card.to_verify if each.public_id in chosen]
    if not items:
        raise UserError("Choose at least one action.", field="steps")
    own = [each.reference for each in items if ctx.actor.person_id in (each.owner_id, each.said_done_by_id)]
    if own:
        raise UserError(f"You do not verify what you do yourself: {join_words(own)}. Ask a colleague.", field="steps")
    row, names = card.row, join_words([each.reference for each in items])
    if event is FindingEvent.RETURNED:
        row.reason = required_text(reason, what="why", at_most=500, field="reason")
        _send_back(ctx, card, items)
        said = f"{names} of {row.reference} is not done yet, says {ctx.actor.name}: {row.reason}"
    elif event is FindingEvent.VERIFIED:
        _verify(ctx, card, items)
        closed = " The finding is closed." if row.state is FindingState.CLOSED else ""
        said = f"{names} of {row.reference} is verified by {ctx.actor.name}.{closed}"
    else:
        raise UserError("Choose one of the list.", field="event")
    now = finding_card(ctx, row, card.audit)
    audit_messages.answer_partner(ctx, now, said)
    return FindingDone(now, said)


def _verify(ctx: ActorContext, card: FindingCard, items: Collection[ActionItem]) -> None:
    for item in items:
        item.done_on, item.done_by_id = ctx.today, ctx.actor.person_id
        ctx.record("action verified", item.reference, contract_id=card.row.contract_id)
    row = card.row
    if row.state is FindingState.DONE and all(step.item.done_on for step in card.steps):
        followed = FINDING.follow(row.state, FindingEvent.VERIFIED)
        row.state, row.next_on, row.closed_on = followed.to, None, ctx.today
        row.closed_by_id = ctx.actor.person_id
        ctx.record(followed.in_history, row.reference, contract_id=row.contract_id)
    ctx.session.flush()


def _send_back(ctx: ActorContext, card: FindingCard, items: Collection[ActionItem]) -> None:
    for item in items:
        item.said_done_on = item.said_done_by_id = None
    row = card.row
    if row.state is FindingState.DONE:
        row.state, row.next_on = FINDING.follow(row.state, FindingEvent.RETURNED).to, None
    ctx.record("action sent back", row.reference, contract_id=row.contract_id, why=row.reason[:300])
    ctx.session.flush()


def finding_to_change(ctx: ActorContext, key: str) -> FindingCard:
    """The finding of a button, to uphold, reopen or withdraw. Raises `UserError` or `Denied`."""
    card = finding_by_key(ctx, key, Permission.AUDIT)
    if not card.events:
        raise UserError(f"{card.row.reference} is {card.row.state.value}, so nothing was done.")
    return card


def change(ctx: ActorContext, key: str, event: FindingEvent, reason: str) -> FindingDone:
    """Uphold a disputed finding, reopen one, or withdraw it. Raises `UserError`, with its form field, or `Denied`."""
    card = finding_by_key(ctx, key, Permission.AUDIT, locked=True)
    if event not in card.events:
        raise UserError(f"{card.row.reference} is {card.row.state.value}: choose one of the list.", field="event")
    followed, row = FINDING.follow(card.row.state, event), card.row
    row.reason = required_text(reason, what="why", at_most=500, field="reason")
    row.state, row.closed_on, row.closed_by_id, row.next_on = followed.to, None, None, None
    if event is FindingEvent.WITHDRAWN:
        for item in [each.item for each in card.steps if each.item.done_on is None]:
            item.done_on, item.done_by_id, item.done_note = ctx.today, ctx.actor.person_id, "The finding was withdrawn"
    elif card.is_final and row.grade.days:
        due_on = row.due_on
        begin(ctx, row)
        row.due_on = due_on if event is FindingEvent.UPHELD and due_on else row.due_on
    ctx.record(followed.in_history, row.reference, contract_id=row.contract_id, why=row.reason[:300])
    ctx.session.flush()
    now = finding_card(ctx, row, card.audit)
    said = f"{row.reference} is {event.value} by {ctx.actor.name}: {row.reason}"
    if card.audit.row.state in REPORTED:
        audit_messages.answer_partner(ctx, now, said)
    return FindingDone(now, said)
