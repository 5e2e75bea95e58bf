"""A person's own entry: what Liaison knows of them, and the reasons for their permissions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select
from sqlmodel import col

from bot.absence import away_on, is_absent
from bot.access import Permission, role_counts_for
from bot.identity import Actor
from bot.models import Absence, Audience, Contract, Person, Role, RoleName
from bot.policy import RegisterPermission, granted
from bot.services.people.leave import OwnLeave, own_leave
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class HeldRole:
    """A role, its permissions and its contracts; for a deputy, the absent holder and the end of their leave."""

    role: RoleName
    contracts: Sequence[str]
    lets: Sequence[tuple[Permission, Audience]]
    stands_in_for: str = ""
    until: date | None = None

    @property
    def may(self) -> list[tuple[Permission, bool]]:
        """Its permissions, each with whether it is to see no more than the partner does."""
        return [(each, each is Permission.SEE and readers is Audience.SHARED) for each, readers in self.lets]


@dataclass(frozen=True)
class Me:
    """A person in the register; `keeps` are their permissions on the register as a whole."""

    actor: Actor
    roles: Sequence[HeldRole]
    keeps: Sequence[RegisterPermission]
    leave: OwnLeave


def me(ctx: ActorContext) -> Me:
    """The actor's own entry, which they may see in full."""
    keeps = [keeping for keeping in RegisterPermission if ctx.may_on_register(keeping)]
    return Me(ctx.actor, [*_own(ctx), *_as_deputy(ctx)], keeps, own_leave(ctx))


def _own(ctx: ActorContext) -> list[HeldRole]:
    rows = ctx.session.execute(
        select(col(Role.role), col(Contract.reference))
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .where(col(Role.person_id) == ctx.actor.person_id, role_counts_for(ctx.actor))
        .order_by(col(Contract.reference))
    ).all()
    return [
        HeldRole(role, references, granted(role))
        for role in RoleName
        if (references := [reference for held, reference in rows if held is role])
    ]


def _as_deputy(ctx: ActorContext) -> list[HeldRole]:
    """The roles of absent people whose deputy the actor is today."""
    rows = ctx.session.execute(
        select(col(Role.role), col(Person.name), col(Absence.last_day), col(Contract.reference))
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .join(Person, col(Person.id) == col(Role.person_id))
        .outerjoin(Absence, and_(col(Absence.person_id) == col(Role.person_id), away_on(ctx.today)))
        .where(
            col(Role.deputy_id) == ctx.actor.person_id,
            col(Person.organisation_id) == ctx.actor.organisation_id,
            role_counts_for(ctx.actor),
            is_absent(col(Role.person_id), ctx.today),
        )
        .order_by(col(Contract.reference))
    ).all()
    found: dict[tuple[RoleName, str, date | None], list[str]] = {}
    for role, name, until, reference in rows:
        found.setdefault((role, name, until), []).append(reference)
    return [HeldRole(role, those, granted(role), name, until) for (role, name, until), those in found.items()]
