"""What one side owes the other, a milestone, deliverable or obligation: it is said to be done, and met.

Who may change the contract says that it is met. Who may only report, as a partner's person, says that it is done: then
the contract manager is asked to confirm it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission, role_counts
from bot.db import by_key
from bot.delivery.outbox import OutgoingMessage
from bot.domain.life_cycle import Transition
from bot.domain.owed_cycle import OWED, OwedEvent, OwedState
from bot.domain.text_validation import required_text
from bot.domain.wording import format_date, shorten
from bot.errors import UserError
from bot.identity import Denied
from bot.models import (
    Audience,
    Contract,
    Milestone,
    Obligation,
    Organisation,
    OrganisationKind,
    Party,
    Person,
    Role,
    RoleName,
)
from bot.services import changes
from bot.services.lookup import contracts as contract_lookup
from bot.services.specification import recurring
from bot.services.specification.days import check_day
from bot.services.unit_of_work import ActorContext

LONGEST_EVIDENCE, LONGEST_REASON, LONGEST_WHY = 1000, 1000, 300
ASKED_TO_CONFIRM = (RoleName.CONTRACT_MANAGER, RoleName.HEAD, RoleName.SENIOR_OWNER)

Owed = Milestone | Obligation


@dataclass(frozen=True)
class OwedItem:
    """What is owed, with its contract; `said_by` is who said that it is done, `confirms` whether the actor decides."""

    item: Owed
    contract: ContractRef
    confirms: bool
    said_by: str = ""


@dataclass(frozen=True)
class OwedDone:
    """What was owed after an event; `next` is the obligation that comes after this one, if it was made, and `by` who
    caused the event, for a reason."""

    owed: OwedItem
    followed: Transition[OwedState, OwedEvent]
    by: str
    reason: str = ""
    next: Obligation | None = None


def owed_item(ctx: ActorContext, key: str) -> OwedItem:
    """What a button names, not met yet, for the actor to settle. Raises `UserError` or `Denied`."""
    found = _owed(ctx, key)
    if found.item.state is OwedState.MET:
        OWED.follow(found.item.state, OwedEvent.MET)
    if found.item.said_on is not None and not found.confirms:
        raise UserError(
            f"{found.said_by} said on {format_date(found.item.said_on)} that it is done. The contract manager will "
            "confirm it. You have nothing more to do."
        )
    return found


def done(ctx: ActorContext, key: str, on: date, evidence: str) -> OwedDone:
    """Note that what is owed was done on a day up to today, with what shows it. It is met, or said to be done if the
    actor cannot confirm that. Raises `UserError`, with its form field, or `Denied`."""
    found = _owed(ctx, key, locked=True)
    followed = OWED.follow(found.item.state, OwedEvent.MET if found.confirms else OwedEvent.SAID_DONE)
    check_day(ctx, on)
    words = required_text(evidence, what="what shows it", at_most=LONGEST_EVIDENCE, field="evidence")
    if followed.event is OwedEvent.MET:
        return _meet(ctx, found, followed, on, {"evidence": words})
    values = {"said_done_on": on, "said_on": ctx.today, "said_done_by_id": ctx.actor.person_id, "evidence": words}
    found.item.times_said += 1
    _follow(ctx, found, followed, values)
    said = OwedDone(OwedItem(found.item, found.contract, False, ctx.actor.name), followed, ctx.actor.name)
    manager = contract_lookup.person_in_role(ctx.session, found.contract.id, ctx.today, *ASKED_TO_CONFIRM)
    if manager is not None:
        message = ctx.messages.message("specification/said_done", done=said)
        why = "somebody says that it is done, and you can confirm it"
        ctx.enqueue(
            OutgoingMessage(_key(found.item), manager.slack, Audience.INTERNAL, message, why, found.contract.id)
        )
    return said


def confirm(ctx: ActorContext, key: str, event: OwedEvent, on: date, reason: str) -> OwedDone:
    """Answer that something is done, as somebody said: it is met, on a day up to today, or not yet, for a reason. Then
    it is open again, and its side is told. Raises `UserError`, with its form field, or `Denied`."""
    found = _owed(ctx, key, locked=True)
    ctx.require(Permission(OWED.who(event)), found.contract)
    followed = OWED.follow(found.item.state, event)
    asked = _key(found.item)
    if followed.to is OwedState.MET:
        check_day(ctx, on)
        result = _meet(ctx, found, followed, on, {})
    else:
        words = required_text(reason, what="why", at_most=LONGEST_REASON, field="reason")
        said_by = found.item.said_done_by_id
        _follow(ctx, found, followed, {"said_done_on": None, "said_on": None, "said_done_by_id": None}, words)
        result = OwedDone(found, followed, ctx.actor.name, words)
        _tell(ctx, result, said_by)
    message = ctx.messages.message("specification/said_done", done=result)
    ctx.replace(asked, f"{asked}-answered", message, "it was answered")
    return result


def _meet(
    ctx: ActorContext,
    found: OwedItem,
    followed: Transition[OwedState, OwedEvent],
    on: date,
    values: dict[str, object],
) -> OwedDone:
    _follow(ctx, found, followed, {**values, "met_on": on, "met_by_id": ctx.actor.person_id})
    following = recurring.make_next(ctx, found.item.id) if isinstance(found.item, Obligation) else None
    return OwedDone(found, followed, ctx.actor.name, next=following)


def _follow(
    ctx: ActorContext,
    found: OwedItem,
    followed: Transition[OwedState, OwedEvent],
    values: dict[str, object],
    reason: str = "",
) -> None:
    people = {name: value for name, value in values.items() if name.endswith("_by_id")}
    made = changes.apply(found.item, {name: value for name, value in values.items() if name not in people})
    for name, value in people.items():
        setattr(found.item, name, value)
    ctx.record(
        f"{found.item.noun} {followed.in_history}",
        f"{found.contract.reference}, {found.item.name}"[:120],
        contract_id=found.contract.id,
        changes=made,
        why=shorten(reason, LONGEST_WHY),
    )
    ctx.session.flush()


def _tell(ctx: ActorContext, result: OwedDone, said_by: int | None) -> None:
    """Tell who said that it is done, and the contacts of their side, that it is open again."""
    contract = result.owed.contract
    contacts = (
        select(col(Role.person_id))
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .join(Person, col(Person.id) == col(Role.person_id))
        .where(col(Role.contract_id) == contract.id, col(Role.role) == RoleName.PARTNER_CONTACT, role_counts())
    )
    owed_by_partner = result.owed.item.owed_by is Party.PARTNER
    told = {*(ctx.session.scalars(contacts) if owed_by_partner else ()), *([said_by] if said_by else ())}
    message = ctx.messages.message("specification/not_yet", done=result)
    for person, kind in _with_kinds(ctx, sorted(told)):
        audience = Audience.INTERNAL if kind.is_department else Audience.SHARED
        key = ctx.next_key(f"not-yet-{result.owed.item.public_id}")
        why = "somebody of your side said that it is done, and it is not yet"
        ctx.enqueue(OutgoingMessage(key, person.slack, audience, message, why, contract.id))


def _owed(ctx: ActorContext, key: str, *, locked: bool = False) -> OwedItem:
    """What a button names, if the actor may say that it is done: a partner's person only of what their side owes."""
    item: Owed | None = by_key(ctx.session, Milestone, key, locked=locked)
    item = item or by_key(ctx.session, Obligation, key, locked=locked)
    if item is None or item.ended_on is not None:
        raise UserError("This is no longer in the record, so nothing was done. Open the contract's page again.")
    contract = contract_lookup.contract_facts(ctx.session, item.contract_id)
    confirms = ctx.may(Permission.CHANGE, contract)
    if not confirms:
        ctx.require(Permission(OWED.who(OwedEvent.SAID_DONE)), contract, Audience.SHARED)
    if not ctx.actor.is_department and item.owed_by is not Party.PARTNER:
        raise Denied(
            "You do not have a role that lets you do that: the department owes it. Nothing was done.",
            f"may not settle what the department owes on {contract.reference}",
        )
    said_by = ctx.session.get_one(Person, item.said_done_by_id).name if item.said_done_by_id else ""
    return OwedItem(item, contract, confirms, said_by)


def _key(item: Owed) -> str:
    """The key of the message that asks to confirm it."""
    return f"said-done-{item.public_id}-{item.times_said}"


def _with_kinds(ctx: ActorContext, people: Sequence[int]) -> Sequence[tuple[Person, OrganisationKind]]:
    rows = ctx.session.execute(
        select(Person, col(Organisation.kind))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.id).in_(people))
        .order_by(col(Person.id))
    )
    return [(person, kind) for person, kind in rows]
