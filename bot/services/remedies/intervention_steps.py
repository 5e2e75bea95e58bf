"""What becomes of an intervention: it is reviewed, support is logged, another person leads it, the partner is told, and
it is left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.access import ContractRef, Permission
from bot.delivery.outbox import OutgoingMessage
from bot.domain.calendar import months_before
from bot.domain.intervention_cycle import INTERVENTION, InterventionEvent, InterventionState
from bot.domain.life_cycle import Transition
from bot.domain.text_validation import required_text
from bot.domain.wording import shorten
from bot.errors import UserError
from bot.models import Audience, Intervention, InterventionEntry, Person
from bot.services import changes
from bot.services.lookup import contracts as contract_lookup
from bot.services.remedies.interventions import InterventionCard, card_of, check_review, entered_by, row_for
from bot.services.specification.days import check_day
from bot.services.unit_of_work import ActorContext

LONGEST_WORDS, LONGEST_TOLD = 1000, 2000


def follow(
    ctx: ActorContext, key: str, event: InterventionEvent, words: str, on: date, review_on: date | None = None
) -> InterventionCard:
    """Review an intervention, log support, or leave it, on a day up to today. One is left by who may enter its level.
    What the partner is told, and another lead, have forms of their own. Raises `UserError`, with its form field, or
    `Denied`."""
    row, contract = row_for(ctx, key, locked=True)
    ctx.require(Permission(INTERVENTION.who(event)), contract)
    followed = INTERVENTION.follow(row.state, event)
    if event in (InterventionEvent.TOLD, InterventionEvent.HANDED_OVER):
        raise UserError("Choose one of the list.", field="event")
    check_day(ctx, on, since=row.opened_on, what="it was entered")
    text = required_text(words, what="what was found or given", at_most=LONGEST_WORDS, field="words")
    values: dict[str, object] = {}
    if event is InterventionEvent.REVIEWED:
        values["review_on"] = review_on or months_before(on, -1)
        check_review(ctx, review_on or months_before(on, -1))
    if event is InterventionEvent.LEFT:
        ctx.require(entered_by(row.level), contract)
        values |= {"left_on": on, "outcome": text}
    made = changes.apply(row, values)
    _log(ctx, row, event, on, text)
    _record(ctx, row, contract, followed, text, made)
    return replace(card_of(ctx, row, contract), followed=event)


@dataclass(frozen=True)
class ToHandOver:
    """An intervention, and who of the department can lead it besides its lead."""

    card: InterventionCard
    people: Sequence[Person]


def to_hand_over(ctx: ActorContext, key: str, *, locked: bool = False) -> ToHandOver:
    """The intervention of a button, for who may enter its level to hand it to another lead. Raises `UserError` or
    `Denied`."""
    row, contract = row_for(ctx, key, locked=locked)
    ctx.require(entered_by(row.level), contract)
    INTERVENTION.follow(row.state, InterventionEvent.HANDED_OVER)
    people = contract_lookup.department_people(ctx, contract.id)
    return ToHandOver(card_of(ctx, row, contract), [each for each in people if each.id != row.lead_id])


def hand_over(ctx: ActorContext, key: str, lead: str, words: str) -> InterventionCard:
    """Hand an intervention to another lead, and tell both of them. Raises `UserError`, with its form field, or
    `Denied`."""
    asked = to_hand_over(ctx, key, locked=True)
    row, contract = asked.card.row, asked.card.contract
    followed = INTERVENTION.follow(row.state, InterventionEvent.HANDED_OVER)
    after = next((each for each in asked.people if each.slack == lead), None)
    if after is None:
        raise UserError("Choose somebody else of the department with a role on this contract.", field="lead")
    text = required_text(words, what="why", at_most=LONGEST_WORDS, field="words")
    before = ctx.session.get_one(Person, row.lead_id)
    made = changes.apply(row, {"lead_id": after.id}) | {"lead": [before.name, after.name]}
    _log(ctx, row, InterventionEvent.HANDED_OVER, ctx.today, text)
    _record(ctx, row, contract, followed, text, made)
    card = replace(card_of(ctx, row, contract), followed=InterventionEvent.HANDED_OVER)
    led = asked.card.lead
    message = ctx.messages.message("remedies/handed", card=card, before=led, by=ctx.actor.name, words=text)
    why = f"{ctx.actor.name} handed over an intervention"
    for each in (each for each in (before, after) if each.id != ctx.actor.person_id):
        key_of_message = ctx.next_key(f"intervention-{row.id}-handed")
        ctx.enqueue(OutgoingMessage(key_of_message, each.slack, Audience.INTERNAL, message, why, contract.id))
    return card


def tell(ctx: ActorContext, key: str, words: str) -> InterventionCard:
    """Tell the partner of an intervention in the shared channel, in the actor's words for them. Raises `UserError`,
    with its form field, or `Denied`."""
    row, contract = row_for(ctx, key, locked=True)
    ctx.require(Permission(INTERVENTION.who(InterventionEvent.TOLD)), contract)
    followed = INTERVENTION.follow(row.state, InterventionEvent.TOLD)
    text = required_text(words, what="what the partner is told", at_most=LONGEST_TOLD, field="words")
    channel = contract_lookup.channel_of(ctx.session, contract.id, Audience.SHARED)
    if channel is None:
        raise UserError(f"{contract.reference} has no shared channel, so nobody was told.", field="words")
    made = changes.apply(row, {"told_words": text, "told_on": ctx.today})
    message = ctx.messages.message("remedies/level_told", contract=contract, level=row.level, words=text)
    why = f"{ctx.actor.name} told {contract.partner} of an intervention"
    key_of_message = ctx.next_key(f"intervention-{row.id}-told")
    ctx.enqueue(OutgoingMessage(key_of_message, channel, Audience.SHARED, message, why, contract.id))
    _record(ctx, row, contract, followed, text, made)
    return replace(card_of(ctx, row, contract), followed=InterventionEvent.TOLD)


def _log(ctx: ActorContext, row: Intervention, kind: InterventionEvent, on: date, words: str) -> None:
    entry = InterventionEntry(
        intervention_id=row.id,
        contract_id=row.contract_id,
        kind=kind,
        happened_on=on,
        words=words,
        author_id=ctx.actor.person_id,
        logged_at=ctx.now,
    )
    ctx.session.add(entry)


def _record(
    ctx: ActorContext,
    row: Intervention,
    contract: ContractRef,
    followed: Transition[InterventionState, InterventionEvent],
    words: str,
    made: Mapping[str, Sequence[str]],
) -> None:
    subject = f"{contract.reference}, {row.called}"
    ctx.record(followed.in_history, subject, contract_id=contract.id, changes=made, why=shorten(words, 300))
    ctx.session.flush()
