"""The roles that people have on contracts, and what the policy lets them see and do there.

Every service that acts for a person asks here, through the ActorContext that the service needs to run.
"""

from collections.abc import Collection, Set
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, false, or_, select, true
from sqlmodel import Session

from bot.absence import is_absent
from bot.db import table
from bot.domain.permissions import Permission as Permission  # handed on to those who ask the policy
from bot.identity import Actor, Denied, department_id
from bot.models import Audience, Contract, Organisation, Person, Role, RoleName
from bot.policy import (
    DEPARTMENT,
    PARTNERS,
    POLICY,
    REGISTER_POLICY,
    RegisterPermission,
    administers,
    may,
    may_on_register,
    roles_granting,
)
from bot.scopes import EVERYWHERE, ContractScope


@dataclass(frozen=True)
class ContractRef:
    """The facts of a contract that most services need."""

    id: int
    reference: str
    title: str
    partner_id: int
    partner: str
    sample: bool
    public_id: str


# Every request runs it, so it is built once, and over the tables to avoid the cost of the ORM.
_contracts, _organisations, _people, _roles = (table(each) for each in (Contract, Organisation, Person, Role))
FACTS = select(
    _contracts.c.id,
    _contracts.c.reference,
    _contracts.c.title,
    _contracts.c.partner_id,
    _organisations.c.name.label("partner"),
    _contracts.c.sample,
    _contracts.c.public_id,
).join_from(_contracts, _organisations, _organisations.c.id == _contracts.c.partner_id)


def _held_by(person: object, today: object) -> ColumnElement[bool]:
    """The condition on a role that a person holds it, or is today the deputy of its absent holder."""
    return or_(_roles.c.person_id == person, _stands_in(person, today))


def _stands_in(person: object, today: object) -> ColumnElement[bool]:
    return and_(_roles.c.deputy_id == person, is_absent(_roles.c.person_id, today))


_ROLES_HELD = select(_roles.c.role).where(
    _roles.c.contract_id == bindparam("contract_id"), _held_by(bindparam("person_id"), bindparam("today"))
)
_ROLES_HELD_ON_EACH = select(_roles.c.contract_id, _roles.c.role).where(
    _roles.c.contract_id.in_(bindparam("contracts", expanding=True)),
    _held_by(bindparam("person_id"), bindparam("today")),
)
_ROLES_ANYWHERE = select(_roles.c.role).where(_held_by(bindparam("person_id"), bindparam("today"))).distinct()


def roles_on(session: Session, actor: Actor, contract_id: int, today: date) -> set[RoleName]:
    """The actor's roles on a contract, with those in which they are today's deputy."""
    return roles_of_person(session, actor.person_id, contract_id, today)


def roles_of_person(session: Session, person_id: int, contract_id: int, today: date) -> set[RoleName]:
    """The same of anybody, who does nothing now: to offer them what they may do."""
    who = {"contract_id": contract_id, "person_id": person_id, "today": today}
    return set(session.connection().execute(_ROLES_HELD, who).scalars())


def roles_on_each(session: Session, actor: Actor, contracts: Collection[int], today: date) -> dict[int, set[RoleName]]:
    """The same on each of these contracts, by its id."""
    who = {"contracts": [*contracts], "person_id": actor.person_id, "today": today}
    found: dict[int, set[RoleName]] = {each: set() for each in contracts}
    for contract_id, role in session.connection().execute(_ROLES_HELD_ON_EACH, who):
        found[contract_id].add(role)
    return found


def require(
    session: Session,
    actor: Actor,
    today: date,
    action: Permission,
    contract: Contract | ContractRef,
    audience: Audience = Audience.INTERNAL,
) -> None:
    """Raises `Denied` unless the policy allows it."""
    if not may(actor, roles_on(session, actor, contract.id, today), contract.partner_id, action, audience):
        raise _denied(action, contract)


def require_if_seen(
    session: Session,
    actor: Actor,
    today: date,
    action: Permission,
    contract: ContractRef | Contract,
    audience: Audience,
) -> bool:
    """Whether the policy allows it. Raises `Denied` if not, and the actor may see something of the contract."""
    roles = roles_on(session, actor, contract.id, today)
    if may(actor, roles, contract.partner_id, action, audience):
        return True
    if any(may(actor, roles, contract.partner_id, Permission.SEE, each) for each in Audience):
        raise _denied(action, contract)
    return False


def _denied(action: Permission, contract: ContractRef | Contract) -> Denied:
    return Denied(
        "You do not have a role on this contract that lets you do that, so nothing was done. Ask its contract manager.",
        f"may not {action} on {contract.reference}",
    )


def require_on_register(session: Session, actor: Actor, today: date, permission: RegisterPermission) -> None:
    """Raises `Denied` unless the actor may do this with the register."""
    if not may_on_register(actor, roles_anywhere(session, actor, today), permission):
        whom = "an administrator" if not REGISTER_POLICY[permission] else "a contract manager"
        raise Denied(
            f"You do not have a role that lets you {permission}, so nothing was done. Ask {whom} of Liaison.",
            f"may not {permission}",
        )


def roles_anywhere(session: Session, actor: Actor, today: date) -> set[RoleName]:
    """The actor's roles on all contracts, with those in which they are today's deputy."""
    return set(session.connection().execute(_ROLES_ANYWHERE, {"person_id": actor.person_id, "today": today}).scalars())


def abilities(session: Session, actor: Actor, today: date) -> frozenset[str]:
    """Every Permission that the actor has on some contract, for the department's audience if they have it, and every
    RegisterPermission that they have. Two queries."""
    readers = {
        action: Audience.INTERNAL if (action, Audience.INTERNAL) in POLICY else Audience.SHARED for action in Permission
    }
    allowed = [
        select(_contracts.c.id).where(open_to(actor, today, action, readers[action])).exists() for action in Permission
    ]
    found = session.connection().execute(select(*allowed)).one()
    roles = roles_anywhere(session, actor, today)
    actions = {action for action, is_allowed in zip(Permission, found, strict=True) if is_allowed}
    return frozenset(actions) | frozenset(
        permission for permission in RegisterPermission if may_on_register(actor, roles, permission)
    )


def require_addressee(actor: Actor, person_ids: Collection[int]) -> None:
    """Raises `Denied` unless the actor is one of the people whom an escalation asks."""
    if not (actor.is_department and actor.person_id in person_ids):
        raise Denied(
            "This is addressed to somebody else, so nothing was done.",
            "not the person the escalation is addressed to",
        )


def open_to(
    actor: Actor, today: date, action: Permission, audience: Audience = Audience.INTERNAL
) -> ColumnElement[bool]:
    """The condition on a contract that the policy allows it: the same rule as `may`, for all contracts at once."""
    if administers(actor, action):
        return true()
    granting = roles_granting(actor, action, audience)
    return _open_to(granting, actor.person_id, today, None if actor.is_department else actor.organisation_id)


def scope_open_to(
    actor: Actor,
    today: date,
    action: Permission,
    audience: Audience = Audience.INTERNAL,
    holding: Set[RoleName] | None = None,
) -> ContractScope:
    """The same as a scope; with `holding`, of the contracts on which the actor holds one of these roles."""
    if administers(actor, action) and holding is None:
        return EVERYWHERE
    granting = frozenset(RoleName) if administers(actor, action) else roles_granting(actor, action, audience)
    roles = granting if holding is None else granting & holding
    values = {"person_id": actor.person_id, "today": today, "organisation_id": actor.organisation_id}
    return ContractScope(_open_to_reader(roles, is_department=actor.is_department), values)


@cache
def _open_to_reader(roles: frozenset[RoleName], *, is_department: bool) -> ColumnElement[bool]:
    organisation: BindParameter[int] | None = None if is_department else bindparam("organisation_id")
    return _open_to(roles, bindparam("person_id"), bindparam("today"), organisation)


def _open_to(roles: Set[RoleName], person: object, today: object, partner: object | None) -> ColumnElement[bool]:
    """The condition on a contract that a person of the department, or of its partner, holds one of these roles."""
    if not roles:
        return false()
    own = _holds_role(person, today, roles)
    return own if partner is None else and_(own, _contracts.c.partner_id == partner)


def holds_role(actor: Actor, today: date, roles: Collection[RoleName]) -> ColumnElement[bool]:
    """The condition on a contract that the actor holds one of these roles, or is today's deputy in one. It does not
    check the policy."""
    return _holds_role(actor.person_id, today, roles)


def _holds_role(person: object, today: object, roles: Collection[RoleName]) -> ColumnElement[bool]:
    """Each half has an index of its own: as one condition, SQLite looks every role up in the table."""
    of_roles = select(_roles.c.contract_id).where(_roles.c.role.in_(roles))
    held, stood_in = (of_roles.where(each) for each in (_roles.c.person_id == person, _stands_in(person, today)))
    return _contracts.c.id.in_(held.union_all(stood_in))


def role_counts() -> ColumnElement[bool]:
    """The condition on a role, its contract and a person that the role counts for them, as in `may`: a role given by
    mistake, or left over from a contract's former partner, does not count."""
    return or_(
        and_(_roles.c.role.in_(DEPARTMENT), _people.c.organisation_id.in_(department_id())),
        and_(_roles.c.role.in_(PARTNERS), _people.c.organisation_id == _contracts.c.partner_id),
    )


def role_counts_for(actor: Actor) -> ColumnElement[bool]:
    """The condition on a role and its contract that the role counts for the actor, as in `counting`."""
    if actor.is_department:
        return _roles.c.role.in_(DEPARTMENT)
    return and_(_roles.c.role.in_(PARTNERS), _contracts.c.partner_id == actor.organisation_id)


def contracts_open_to(
    session: Session, actor: Actor, today: date, action: Permission, audience: Audience = Audience.INTERNAL
) -> list[ContractRef]:
    """The contracts on which the policy allows it, by reference."""
    statement = FACTS.where(open_to(actor, today, action, audience)).order_by(_contracts.c.reference)
    return [ContractRef(*row) for row in session.connection().execute(statement)]
