"""Leave: the days when a person is away, and their deputies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, select, true
from sqlmodel import col

from bot import homes
from bot.access import Permission, role_counts_for
from bot.db import by_key
from bot.domain.wording import format_date
from bot.errors import UserError
from bot.identity import Identity
from bot.models import Absence, Contract, Organisation, Person, Role
from bot.policy import RegisterPermission
from bot.services.lookup.people import find_or_add_person
from bot.services.unit_of_work import ActorContext


def _leave_overlaps(who: str, other: Absence) -> UserError:
    """Two leaves share a day."""
    return UserError(
        f"{who} away from {format_date(other.first_day)} to {format_date(other.last_day)} already. "
        "Choose other days, or cancel that leave first.",
        field="first_day",
    )


@dataclass(frozen=True)
class OwnLeave:
    """The actor's present and future leave, their deputies by name with their contracts, and the contracts without
    one."""

    coming: Sequence[Absence]
    deputies: Sequence[tuple[str, Sequence[str]]]
    without_deputy: Sequence[str]


def own_leave(ctx: ActorContext) -> OwnLeave:
    """The actor's own leave. Everybody may see their own."""
    coming = ctx.session.scalars(
        select(Absence)
        .where(col(Absence.person_id) == ctx.actor.person_id, col(Absence.last_day) >= ctx.today)
        .order_by(col(Absence.first_day))
    ).all()
    rows = ctx.session.execute(
        select(col(Contract.reference), col(Person.name))
        .join(Role, col(Role.contract_id) == col(Contract.id))
        .outerjoin(Person, and_(col(Person.id) == col(Role.deputy_id), _is_colleague(ctx)))
        .where(col(Role.person_id) == ctx.actor.person_id, role_counts_for(ctx.actor))
        .order_by(col(Contract.reference))
    ).all()
    deputies: dict[str | None, list[str]] = {}
    for reference, name in rows:
        if reference not in deputies.setdefault(name, []):
            deputies[name].append(reference)
    without = deputies.pop(None, [])
    return OwnLeave(coming, [(name, those) for name, those in deputies.items() if name], without)


def set_leave(ctx: ActorContext, person_id: int, first: date, last: date, deputy: Identity | None = None) -> Absence:
    """Record a person's leave: the actor's own, or that of somebody on whose contracts the actor may appoint.

    The deputy, identified by Slack, covers every role of the person; without one the deputies stay as they are. Raises
    `Denied`, or `UserError` with its form field.
    """
    person = ctx.session.get_one(Person, person_id)
    roles = _roles(ctx, person)
    if person.id != ctx.actor.person_id:
        _require_appointer(ctx, roles)
    if last < first:
        raise UserError("The last day is before the first. Use the same day or a later one.", field="last_day")
    if last < ctx.days.first:
        raise UserError("The last day has gone already. Use today or a later day.", field="last_day")
    other = ctx.session.scalar(
        select(Absence)
        .where(
            col(Absence.person_id) == person.id,
            col(Absence.first_day) <= last,
            col(Absence.last_day) >= first,
        )
        .limit(1)
    )
    if other is not None:
        raise _leave_overlaps("You are" if person.id == ctx.actor.person_id else f"{person.name} is", other)
    if deputy is not None:
        _stand_in(ctx, person, roles, deputy)
    absence = Absence(person_id=person.id, first_day=first, last_day=last)
    ctx.add(absence)
    ctx.record("leave recorded", person.slack, first=first.isoformat(), last=last.isoformat())
    _note_for_deputies(ctx, person.id)
    return absence


def cancel_leave(ctx: ActorContext, key: str) -> OwnLeave:
    """Cancel the actor's leave. Past days of leave that has begun stay, because a deputy may have acted on them.

    The deputies stay as they are. Raises `UserError`.
    """
    absence = by_key(ctx.session, Absence, key)
    if absence is None or absence.person_id != ctx.actor.person_id or absence.last_day < ctx.today:
        raise UserError("This leave is no longer in the record, so nothing was done.")
    first, last = absence.first_day.isoformat(), absence.last_day.isoformat()
    if absence.first_day < ctx.today:
        absence.last_day = ctx.today - timedelta(days=1)
        ctx.record("leave ended", ctx.actor.slack, first=first, last=absence.last_day.isoformat(), instead_of=last)
    else:
        ctx.session.delete(absence)
        ctx.record("leave cancelled", ctx.actor.slack, first=first, last=last)
    ctx.session.flush()
    _note_for_deputies(ctx, ctx.actor.person_id)
    return own_leave(ctx)


def _note_for_deputies(ctx: ActorContext, person_id: int) -> None:
    """Mark the pages of the person's deputies as changed, because leave changes what they may see."""
    deputies = select(col(Role.deputy_id)).where(col(Role.person_id) == person_id, col(Role.deputy_id).is_not(None))
    homes.mark_stale_for(ctx.session, set(filter(None, ctx.session.scalars(deputies))), ctx.now)


def _is_colleague(ctx: ActorContext) -> ColumnElement[bool]:
    return col(Person.organisation_id) == ctx.actor.organisation_id


def _roles(ctx: ActorContext, person: Person) -> Sequence[tuple[Role, Contract]]:
    """A person's roles; of the actor's own only those that count."""
    counting = role_counts_for(ctx.actor) if person.id == ctx.actor.person_id else true()
    rows = ctx.session.execute(
        select(Role, Contract)
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .where(col(Role.person_id) == person.id, counting)
        .order_by(col(Contract.reference), col(Role.role))
    )
    return [(role, contract) for role, contract in rows]


def _require_appointer(ctx: ActorContext, roles: Sequence[tuple[Role, Contract]]) -> None:
    """Refuse the actor unless they may appoint on each contract, or administer if there is none. Raises `Denied`."""
    if not roles:
        ctx.require_on_register(RegisterPermission.ADMINISTER)
    for _, contract in roles:
        ctx.require(Permission.APPOINT, contract)


def _stand_in(ctx: ActorContext, person: Person, roles: Sequence[tuple[Role, Contract]], identity: Identity) -> None:
    """Make somebody of the same organisation the deputy on each role, with one audit entry for each contract."""
    if identity.user == person.slack:
        raise UserError("Nobody can stand in for themselves. Choose somebody else.", field="deputy")
    # Only a contract manager can say that a guest is a partner's, so a new deputy must belong to the workspace.
    own = ctx.session.get_one(Organisation, person.organisation_id)
    known_guest = select(col(Person.guest)).where(col(Person.slack) == identity.user)
    guest = not own.kind.is_department and bool(ctx.session.scalar(known_guest))
    deputy = find_or_add_person(ctx, own, identity.user, identity, "deputy", guest=guest)
    changes: dict[int, dict[str, list[str]]] = {}
    for role, contract in roles:
        before = ctx.session.get(Person, role.deputy_id) if role.deputy_id else None
        if before is None or before.id != deputy.id:
            role.deputy_id = deputy.id
            label = f"deputy of {person.name} ({role.role})"
            changes.setdefault(contract.id, {})[label] = [before.name if before else "nobody", deputy.name]
    references = {contract.id: contract.reference for _, contract in roles}
    for contract_id, made in changes.items():
        ctx.record("deputies changed", references[contract_id], contract_id=contract_id, changes=made)
    ctx.session.flush()
