"""Chasing a partner for what was escalated: its people are asked for it again at once, once on a working day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from bot.access import ContractRef, Permission, require_addressee
from bot.delivery.outbox import OutgoingMessage
from bot.domain.london import london_instant
from bot.domain.wording import format_instant
from bot.errors import UserError
from bot.models import Audience, Person
from bot.policy import partner_may
from bot.services import occurrences
from bot.services.due.source import DueForm, DueItem
from bot.services.escalations import escalation_messages
from bot.services.escalations.choices import CHASE, OpenRecord, chased_subject, last_chased, open_record
from bot.services.escalations.claims import open_one
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.addressees import addressees_of
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class Chased:
    """What a partner is asked for again: the item with the button that settles it, if it has one, and who asks."""

    item: DueItem
    contract: ContractRef
    form: DueForm | None
    by: str
    today: date

    @property
    def is_late(self) -> bool:
        """Whether its day has passed."""
        return self.item.due_on < self.today


def chase(ctx: ActorContext, seen: str) -> None:
    """Ask the partner's people again for what is escalated to the actor, whether they answered it or not. It cannot be
    undone, and it is done once on a working day. Raises `UserError` or `Denied`."""
    escalation, contract = open_one(ctx, seen)
    require_addressee(ctx.actor, {escalation.owner_id})
    ctx.require(Permission.CHASE, contract)
    record = open_record(ctx, escalation)
    if record is None or not record.is_the_partners:
        raise UserError(f"{escalation.what} does not wait for the partner any more, so nothing was sent.")
    facts = contract_lookup.contract_facts(ctx.session, contract.id)
    told = addressees_of(ctx, [contract.id])
    if not told.persons:
        raise UserError(f"{' '.join(told.unreached)} So nothing was sent.")
    before = last_chased(ctx, record.item)
    day = ctx.calendar.of(contract.nation).roll_forward(ctx.today)  # a day of rest counts to the next working day
    if not occurrences.claim(ctx, CHASE, chased_subject(record.item), london_instant(day, 0)):
        raise _chased_already(ctx, record.item, facts)
    _ask(ctx, record, facts, told.persons, day)
    last = f"last chased on {format_instant(before)}" if before else "never chased before"
    ctx.record("partner chased", escalation.reference, contract_id=contract.id, why=last, what=record.item.what)
    escalation_messages.refresh_messages(ctx, escalation)


def _chased_already(ctx: ActorContext, item: DueItem, contract: ContractRef) -> UserError:
    """The partner is asked once on a working day, whoever asks."""
    last = last_chased(ctx, item)
    when = f" on {format_instant(last)}" if last else ""
    return UserError(
        f"{contract.partner} was chased for this{when}, so nothing was sent. It can be chased again on the next "
        "working day."
    )


def _ask(ctx: ActorContext, record: OpenRecord, contract: ContractRef, people: Collection[int], day: date) -> None:
    item = record.item
    offered = (each for each in record.source.buttons if any(partner_may(one) for one in each.who))
    shown = Chased(item, contract, next(offered, None), ctx.actor.name, ctx.today)
    message = ctx.messages.message("escalations/chase", chased=shown)
    why = f"{ctx.actor.name} chased {item.what} on {contract.reference}"
    for person_id in people:
        person = ctx.session.get_one(Person, person_id)
        key = f"chase-{item.kind.name.lower()}-{item.subject_id}-{day}-{person_id}"
        ctx.enqueue(OutgoingMessage(key, person.slack, Audience.SHARED, message, why, contract.id))
