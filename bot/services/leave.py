"""Leave: the days on which a person is away, and who stands in for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.domain.wording import format_date
from bot.errors import UserError
from bot.identity import Identity
from bot.models import Absence, Contract, Organisation, Person, Role
from bot.services.newcomers import person_vouched_for
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

    def __init__(self, other: Absence) -> None:
        super().__init__(
            f"You are away from {format_date(other.first_day)} to {format_date(other.last_day)} already. "
            "Choose other days, or cancel that leave first.",
            field="first_day",
        )


class OwnDeputy(UserError):
    """Somebody would stand in for themselves."""

    def __init__(self) -> None:
        super().__init__("You cannot stand in for yourself. Choose somebody else.", field="deputy")


class NoSuchLeave(UserError):
    """A button belongs to no leave of the asker's."""

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
        .outerjoin(Person, col(Person.id) == col(Role.deputy_id))
        .where(col(Role.person_id) == act.actor.person_id)
        .order_by(col(Contract.reference))
    ).all()
    deputies: dict[str | None, list[str]] = {}
    for reference, name in rows:
        if reference not in deputies.setdefault(name, []):
            deputies[name].append(reference)
    without = deputies.pop(None, [])
    return OwnLeave(coming, [(name, those) for name, those in deputies.items() if name], without)


def take_leave(act: Act, first: date, last: date, deputy: str, known: Identity | None) -> OwnLeave:
    """Record the asker's own leave. With a deputy (a Slack user), they stand in on every role of the asker's.

    `known` is what Slack says of a deputy who is not in the register yet. UserErrors name the field they belong to.
    """
    if last < first:
        raise LeaveEndsBeforeItStarts
    if last < act.today:
        raise LeavePassed
    other = act.session.scalar(
        select(Absence)
        .where(
            col(Absence.person_id) == act.actor.person_id,
            col(Absence.first_day) <= last,
            col(Absence.last_day) >= first,
        )
        .limit(1)
    )
    if other is not None:
        raise LeaveOverlaps(other)
    if deputy:
        _stand_in(act, deputy, known)
    act.session.add(Absence(person_id=act.actor.person_id, first_day=first, last_day=last))
    act.session.flush()
    act.record("leave recorded", act.actor.slack, first=first.isoformat(), last=last.isoformat())
    return own_leave(act)


def cancel_leave(act: Act, absence_id: int) -> OwnLeave:
    """Take back leave of the asker's own. NoSuchLeave."""
    absence = act.session.get(Absence, absence_id)
    if absence is None or absence.person_id != act.actor.person_id:
        raise NoSuchLeave
    act.session.delete(absence)
    act.session.flush()
    act.record(
        "leave cancelled",
        act.actor.slack,
        first=absence.first_day.isoformat(),
        last=absence.last_day.isoformat(),
    )
    return own_leave(act)


def _stand_in(act: Act, slack: str, known: Identity | None) -> None:
    """Make somebody of the same organisation the deputy on each role; one audit entry for each contract."""
    own = act.session.get_one(Organisation, act.actor.organisation_id)
    deputy = person_vouched_for(act, own, slack, known, "deputy")
    if deputy.id == act.actor.person_id:
        raise OwnDeputy
    rows = act.session.execute(
        select(Role, col(Contract.reference))
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .where(col(Role.person_id) == act.actor.person_id)
        .order_by(col(Contract.reference), col(Role.role))
    ).all()
    for role, reference in rows:
        before = act.session.get(Person, role.deputy_id) if role.deputy_id else None
        if before is None or before.id != deputy.id:
            role.deputy_id = deputy.id
            label = f"deputy of {act.actor.name} ({role.role})"
            changes = {label: [before.name if before else "nobody", deputy.name]}
            act.record("deputies changed", reference, contract_id=role.contract_id, changes=changes)
    act.session.flush()
