"""Leave: the days on which a person is away, and who stands in for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, select, true
from sqlmodel import col

from bot import homes
from bot.access import Action, Keeping, counting_for
from bot.domain.wording import format_date
from bot.errors import UserError
from bot.identity import Identity
from bot.models import Absence, Contract, Organisation, Person, Role
from bot.services.people.newcomers import person_vouched_for
from bot.services.work import Act


class LeavePassed(UserError):
    """Leave that is over before it is recorded."""

    def __init__(self) -> None:
        super().__init__("The last day has gone already. Use today or a later day.", field="last_day")


class LeaveEndsBeforeItStarts(UserError):
    """The last day of leave is before the first."""

    def __init__(self) -> None:
        super().__init__("The last day is before the first. Use the same day or a later one.", field="last_day")


class LeaveOverlaps(UserError):
    """Two leaves share a day."""

    def __init__(self, who: str, other: Absence) -> None:
        super().__init__(
            f"{who} away from {format_date(other.first_day)} to {format_date(other.last_day)} already. "
            "Choose other days, or cancel that leave first.",
            field="first_day",
        )


class OwnDeputy(UserError):
    """Somebody would stand in for themselves."""

    def __init__(self) -> None:
        super().__init__("Nobody can stand in for themselves. Choose somebody else.", field="deputy")


class NoSuchLeave(UserError):
    """A button belongs to no leave of the asker's, or to leave that is over."""

    def __init__(self) -> None:
        super().__init__("This leave is no longer in the record, so nothing was done.")


@dataclass(frozen=True)
class OwnLeave:
    """The asker's leave that is not over, and who stands in for them: a deputy's name and the contracts."""

    coming: Sequence[Absence]
    deputies: Sequence[tuple[str, Sequence[str]]]
    without_deputy: Sequence[str]


def own_leave(act: Act) -> OwnLeave:
    """When the asker is away, and who stands in on which contract. Everybody may see what is their own."""
    coming = act.session.scalars(
        select(Absence)
        .where(col(Absence.person_id) == act.actor.person_id, col(Absence.last_day) >= act.today)
        .order_by(col(Absence.first_day))
    ).all()
    rows = act.session.execute(
        select(col(Contract.reference), col(Person.name))
        .join(Role, col(Role.contract_id) == col(Contract.id))
        .outerjoin(Person, and_(col(Person.id) == col(Role.deputy_id), _is_colleague(act)))
        .where(col(Role.person_id) == act.actor.person_id, counting_for(act.actor))
        .order_by(col(Contract.reference))
    ).all()
    deputies: dict[str | None, list[str]] = {}
    for reference, name in rows:
        if reference not in deputies.setdefault(name, []):
            deputies[name].append(reference)
    without = deputies.pop(None, [])
    return OwnLeave(coming, [(name, those) for name, those in deputies.items() if name], without)


def set_leave(act: Act, person_id: int, first: date, last: date, deputy: Identity | None = None) -> Absence:
    """Record a person's leave: one's own, or that of somebody on all of whose contracts the actor may appoint.

    A deputy, as Slack tells of them, stands in on every role of the person's; without one the deputies stay.
    UserErrors name the field they belong to; Denied.
    """
    person = act.session.get_one(Person, person_id)
    roles = _roles(act, person)
    if person.id != act.actor.person_id:
        _require_appointer(act, roles)
    if last < first:
        raise LeaveEndsBeforeItStarts
    if last < act.today:
        raise LeavePassed
    other = act.session.scalar(
        select(Absence)
        .where(
            col(Absence.person_id) == person.id,
            col(Absence.first_day) <= last,
            col(Absence.last_day) >= first,
        )
        .limit(1)
    )
    if other is not None:
        raise LeaveOverlaps("You are" if person.id == act.actor.person_id else f"{person.name} is", other)
    if deputy is not None:
        _stand_in(act, person, roles, deputy)
    absence = Absence(person_id=person.id, first_day=first, last_day=last)
    act.session.add(absence)
    act.session.flush()
    act.record("leave recorded", person.slack, first=first.isoformat(), last=last.isoformat())
    _note_for_deputies(act, person.id)
    return absence


def cancel_leave(act: Act, absence_id: int) -> OwnLeave:
    """Take back leave of the asker's own. Of leave that has begun the days that are gone stay: somebody else may have
    acted on them. Deputies stay who they are. NoSuchLeave."""
    absence = act.session.get(Absence, absence_id)
    if absence is None or absence.person_id != act.actor.person_id or absence.last_day < act.today:
        raise NoSuchLeave
    first, last = absence.first_day.isoformat(), absence.last_day.isoformat()
    if absence.first_day < act.today:
        absence.last_day = act.today - timedelta(days=1)
        act.record("leave ended", act.actor.slack, first=first, last=absence.last_day.isoformat(), instead_of=last)
    else:
        act.session.delete(absence)
        act.record("leave cancelled", act.actor.slack, first=first, last=last)
    act.session.flush()
    _note_for_deputies(act, act.actor.person_id)
    return own_leave(act)


def _note_for_deputies(act: Act, person_id: int) -> None:
    """What a deputy may see changes with the leave of whom they stand in for."""
    deputies = select(col(Role.deputy_id)).where(col(Role.person_id) == person_id, col(Role.deputy_id).is_not(None))
    homes.note_for(act.session, set(filter(None, act.session.scalars(deputies))), act.now)


def _is_colleague(act: Act) -> ColumnElement[bool]:
    return col(Person.organisation_id) == act.actor.organisation_id


def _roles(act: Act, person: Person) -> Sequence[tuple[Role, Contract]]:
    """A person's roles; of one's own those that count."""
    counting = counting_for(act.actor) if person.id == act.actor.person_id else true()
    rows = act.session.execute(
        select(Role, Contract)
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .where(col(Role.person_id) == person.id, counting)
        .order_by(col(Contract.reference), col(Role.role))
    )
    return [(role, contract) for role, contract in rows]


def _require_appointer(act: Act, roles: Sequence[tuple[Role, Contract]]) -> None:
    """Denied unless the actor may appoint on each contract; where there is none, unless they administer."""
    if not roles:
        act.require_keeper(Keeping.ADMINISTER)
    for _, contract in roles:
        act.require(Action.APPOINT, contract)


def _stand_in(act: Act, person: Person, roles: Sequence[tuple[Role, Contract]], identity: Identity) -> None:
    """Make somebody of the same organisation the deputy on each role; one audit entry for each contract."""
    if identity.user == person.slack:
        raise OwnDeputy
    # Only a contract manager can say that a guest is a partner's: a new deputy has to be at home there.
    guest = bool(act.session.scalar(select(col(Person.guest)).where(col(Person.slack) == identity.user)))
    own = act.session.get_one(Organisation, person.organisation_id)
    deputy = person_vouched_for(act, own, identity.user, identity, "deputy", guest=guest)
    changes: dict[int, dict[str, list[str]]] = {}
    for role, contract in roles:
        before = act.session.get(Person, role.deputy_id) if role.deputy_id else None
        if before is None or before.id != deputy.id:
            role.deputy_id = deputy.id
            label = f"deputy of {person.name} ({role.role})"
            changes.setdefault(contract.id, {})[label] = [before.name if before else "nobody", deputy.name]
    references = {contract.id: contract.reference for _, contract in roles}
    for contract_id, made in changes.items():
        act.record("deputies changed", references[contract_id], contract_id=contract_id, changes=made)
    act.session.flush()
