"""Who may see and do what: denied unless a rule here allows it.

One policy: (person, roles, contract, action, audience) -> may or may not, in `may` below and the two tables above
it. Every service that acts for somebody asks it, through the Act that it cannot run without.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, bindparam, false, or_, select, true
from sqlmodel import Session

from bot.db import table
from bot.identity import Actor, Denied
from bot.models import (
    Absence,
    Audience,
    Contract,
    Organisation,
    OrganisationKind,
    Person,
    Role,
    RoleName,
)


class Permission(StrEnum):
    """What can be done with a contract. The words end the sentence "you can ... "."""

    SEE = "see it"
    LOG_CONTACT = "log a contact"
    REPORT_PROGRESS = "report progress"
    ACCEPT_PROGRESS = "accept reports"
    RAISE_RISK = "raise a risk"
    MANAGE_RISK = "assess risks"
    CHANGE = "change it"
    APPOINT = "say who does what on it"
    BIND = "bind channels to it"
    TAKE_OVER = "take over what is escalated"


class RegisterPermission(StrEnum):
    """What can be done with the register as a whole."""

    ADD_CONTRACTS = "add contracts"
    KEEP_SUMMARY = "say when the portfolio's summary comes"
    KEEP_PARTNERS = "keep partners and their people"
    ADMINISTER = "set Liaison up and import files"
    WATCH = "see how Liaison itself is doing"


PARTNERS = frozenset({RoleName.PARTNER_CONTACT})
DEPARTMENT = frozenset(RoleName) - PARTNERS
_WORKING = DEPARTMENT - {RoleName.VIEWER}
_LEADING = frozenset({RoleName.CONTRACT_MANAGER, RoleName.HEAD})

# Whom a role on a contract allows what, by who reads the outcome: what is not here is denied.
POLICY: dict[tuple[Permission, Audience], frozenset[RoleName]] = {
    (Permission.SEE, Audience.INTERNAL): DEPARTMENT,
    (Permission.SEE, Audience.SHARED): DEPARTMENT | PARTNERS,
    (Permission.LOG_CONTACT, Audience.INTERNAL): _WORKING,
    (Permission.REPORT_PROGRESS, Audience.SHARED): _WORKING | PARTNERS,
    (Permission.ACCEPT_PROGRESS, Audience.INTERNAL): _LEADING,
    (Permission.RAISE_RISK, Audience.INTERNAL): _WORKING,
    (Permission.RAISE_RISK, Audience.SHARED): _WORKING | PARTNERS,
    (Permission.MANAGE_RISK, Audience.INTERNAL): _WORKING,
    (Permission.CHANGE, Audience.INTERNAL): _LEADING | {RoleName.COMMERCIAL_LEAD},
    (Permission.APPOINT, Audience.INTERNAL): _LEADING,
    (Permission.BIND, Audience.INTERNAL): _LEADING,
    (Permission.TAKE_OVER, Audience.INTERNAL): _LEADING | {RoleName.SENIOR_OWNER, RoleName.COMMERCIAL_LEAD},
}
# What an administrator may do on every contract, without a role.
ADMINISTRATION = frozenset({Permission.SEE, Permission.CHANGE, Permission.APPOINT, Permission.BIND})
# Whom a role on any contract allows what with the register; an administrator may do all of it.
REGISTER_POLICY: dict[RegisterPermission, frozenset[RoleName]] = {
    RegisterPermission.ADD_CONTRACTS: _LEADING,
    RegisterPermission.KEEP_SUMMARY: frozenset({RoleName.HEAD}),
    RegisterPermission.KEEP_PARTNERS: _LEADING,
    RegisterPermission.ADMINISTER: frozenset(),
    RegisterPermission.WATCH: frozenset(),
}


def may(
    actor: Actor,
    roles: Collection[RoleName],
    partner_id: int,
    action: Permission,
    audience: Audience = Audience.INTERNAL,
) -> bool:
    """Whether somebody with these roles on a contract with this partner may do this, for these readers.

    A role counts only in the organisation that it is for: a partner's person has none of the department's, and is
    only ever the contact of the contract's own partner.
    """
    return (
        bool(_granting(actor, action, audience).intersection(roles))
        and (actor.is_department or actor.organisation_id == partner_id)
    ) or _administers(actor, action)


def may_on_register(actor: Actor, roles_anywhere: Collection[RoleName], keeping: RegisterPermission) -> bool:
    """Whether somebody who holds these roles, on whichever contracts, may do this with the register."""
    return actor.is_department and (
        actor.is_administrator or bool(REGISTER_POLICY[keeping].intersection(roles_anywhere))
    )


def granted(role: RoleName) -> list[tuple[Permission, Audience]]:
    """What a role on a contract lets its holder do, each action with its readers: the department, where it is that."""
    return [
        (action, next(each for each in Audience if role in POLICY.get((action, each), ())))
        for action in Permission
        if any(role in POLICY.get((action, each), ()) for each in Audience)
    ]


def _granting(actor: Actor, action: Permission, audience: Audience) -> frozenset[RoleName]:
    return POLICY.get((action, audience), frozenset()) & (DEPARTMENT if actor.is_department else PARTNERS)


def _administers(actor: Actor, action: Permission) -> bool:
    return actor.is_department and actor.is_administrator and action in ADMINISTRATION


@dataclass(frozen=True)
class ContractRef:
    """What most acts need to know of a contract."""

    id: int
    reference: str
    title: str
    partner_id: int
    partner: str
    sample: bool
    public_id: str


# Asked for everything that arrives: built once, and over the tables, which spares the ORM's share of the cost.
_contracts, _organisations, _people, _roles, _absences = (
    table(each) for each in (Contract, Organisation, Person, Role, Absence)
)
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
    """The condition on a role that a person holds it, or stands in today for somebody who does and is away."""
    away = select(_absences.c.person_id).where(_absences.c.first_day <= today, _absences.c.last_day >= today)
    return or_(_roles.c.person_id == person, and_(_roles.c.deputy_id == person, _roles.c.person_id.in_(away)))


_ROLES_HELD = select(_roles.c.role).where(
    _roles.c.contract_id == bindparam("contract_id"), _held_by(bindparam("person_id"), bindparam("today"))
)
_ROLES_ANYWHERE = select(_roles.c.role).where(_held_by(bindparam("person_id"), bindparam("today"))).distinct()


def roles_on(session: Session, actor: Actor, contract_id: int, today: date) -> set[RoleName]:
    """The roles on a contract that the actor holds, or stands in for today."""
    who = {"contract_id": contract_id, "person_id": actor.person_id, "today": today}
    return set(session.connection().execute(_ROLES_HELD, who).scalars())


def require(
    session: Session,
    actor: Actor,
    today: date,
    action: Permission,
    contract: Contract | ContractRef,
    audience: Audience = Audience.INTERNAL,
) -> None:
    """Denied unless the policy allows it."""
    if not may(actor, roles_on(session, actor, contract.id, today), contract.partner_id, action, audience):
        raise Denied(
            "You do not have a role on this contract that lets you do that, so nothing was done. "
            "Ask its contract manager.",
            f"may not {action} on {contract.reference}",
        )


def require_on_register(session: Session, actor: Actor, today: date, keeping: RegisterPermission) -> None:
    """Denied unless the actor may do this with the register."""
    if not may_on_register(actor, roles_anywhere(session, actor, today), keeping):
        whom = "an administrator" if not REGISTER_POLICY[keeping] else "a contract manager"
        raise Denied(
            f"You do not have a role that lets you {keeping}, so nothing was done. Ask {whom} of Liaison.",
            f"may not {keeping}",
        )


def roles_anywhere(session: Session, actor: Actor, today: date) -> set[RoleName]:
    """The roles that the actor holds, or stands in for today, on any contract."""
    return set(session.connection().execute(_ROLES_ANYWHERE, {"person_id": actor.person_id, "today": today}).scalars())


def abilities(session: Session, actor: Actor, today: date) -> frozenset[str]:
    """Every Action that the actor may do with some contract, for the department where it is that, and every Keeping
    that is theirs. Two queries."""
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
        keeping for keeping in RegisterPermission if may_on_register(actor, roles, keeping)
    )


def require_asked(actor: Actor, person_ids: Collection[int]) -> None:
    """Denied unless the actor is one of those to whom an escalation is addressed."""
    if not (actor.is_department and actor.person_id in person_ids):
        raise Denied(
            "This is addressed to somebody else, so nothing was done.",
            "not the person the escalation is addressed to",
        )


def open_to(
    actor: Actor, today: date, action: Permission, audience: Audience = Audience.INTERNAL
) -> ColumnElement[bool]:
    """The condition on a contract that the policy allows it: the same as `may`, for all contracts at once."""
    if _administers(actor, action):
        return true()
    granting = _granting(actor, action, audience)
    if not granting:
        return false()
    own = holding(actor, today, granting)
    return own if actor.is_department else and_(own, _contracts.c.partner_id == actor.organisation_id)


def holding(actor: Actor, today: date, roles: Collection[RoleName]) -> ColumnElement[bool]:
    """The condition on a contract that the actor holds one of these roles on it, or stands in today: not yet that the
    policy allows anything."""
    held = select(_roles.c.contract_id).where(_held_by(actor.person_id, today), _roles.c.role.in_(roles))
    return _contracts.c.id.in_(held)


def counting() -> ColumnElement[bool]:
    """The condition on a role, its contract and a person that the role counts for them, as in `may`: one that was given
    by mistake, or was left behind when a contract changed its partner, does not."""
    departments = _organisations.alias("departments")
    ours = select(departments.c.id).where(departments.c.kind == OrganisationKind.DEPARTMENT)
    return or_(
        and_(_roles.c.role.in_(DEPARTMENT), _people.c.organisation_id.in_(ours)),
        and_(_roles.c.role.in_(PARTNERS), _people.c.organisation_id == _contracts.c.partner_id),
    )


def counting_for(actor: Actor) -> ColumnElement[bool]:
    """The condition on a role and its contract that the role counts for the actor: the same for one person."""
    if actor.is_department:
        return _roles.c.role.in_(DEPARTMENT)
    return and_(_roles.c.role.in_(PARTNERS), _contracts.c.partner_id == actor.organisation_id)


def contracts_open_to(
    session: Session, actor: Actor, today: date, action: Permission, audience: Audience = Audience.INTERNAL
) -> list[ContractRef]:
    """The contracts on which the policy allows it, by reference."""
    statement = FACTS.where(open_to(actor, today, action, audience)).order_by(_contracts.c.reference)
    return [ContractRef(*row) for row in session.connection().execute(statement)]
