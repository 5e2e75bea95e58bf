"""The policy, who may do what: denied unless a rule here allows it.

There is one: (person, roles, contract, permission, audience) -> allowed or not, in `may` and the two tables above it.
`bot.access` asks it for the roles that a person has.
"""

from collections.abc import Collection
from enum import StrEnum

from bot.domain.permissions import Permission
from bot.identity import Actor
from bot.models import Audience, RoleName


class RegisterPermission(StrEnum):
    """What a person can do with the register as a whole."""

    ADD_CONTRACTS = "add contracts"
    KEEP_SUMMARY = "say when the portfolio's summary comes"
    KEEP_PARTNERS = "keep partners and their people"
    ADMINISTER = "set Liaison up and import files"
    WATCH = "see how Liaison itself is doing"


PARTNERS = frozenset({RoleName.PARTNER_CONTACT})
DEPARTMENT = frozenset(RoleName) - PARTNERS
_WORKING = DEPARTMENT - {RoleName.VIEWER}
_LEADING = frozenset({RoleName.CONTRACT_MANAGER, RoleName.HEAD})

# The roles on a contract that allow each permission, by the audience; everything else is denied.
POLICY: dict[tuple[Permission, Audience], frozenset[RoleName]] = {
    (Permission.SEE, Audience.INTERNAL): DEPARTMENT,
    (Permission.SEE, Audience.SHARED): DEPARTMENT | PARTNERS,
    (Permission.TELL, Audience.SHARED): PARTNERS,
    (Permission.LOG_CONTACT, Audience.INTERNAL): _WORKING,
    (Permission.REPORT_PROGRESS, Audience.SHARED): _WORKING | PARTNERS,
    (Permission.GIVE_EVIDENCE, Audience.SHARED): _WORKING | PARTNERS,
    (Permission.SUBMIT_PLAN, Audience.SHARED): PARTNERS,
    (Permission.ACCEPT_PROGRESS, Audience.INTERNAL): _LEADING,
    (Permission.COMMENT_CREDIT, Audience.SHARED): PARTNERS,
    (Permission.WAIVE_CREDIT, Audience.INTERNAL): frozenset({RoleName.HEAD}),
    (Permission.RAISE_RISK, Audience.INTERNAL): _WORKING,
    (Permission.RAISE_RISK, Audience.SHARED): _WORKING | PARTNERS,
    (Permission.MANAGE_RISK, Audience.INTERNAL): _WORKING,
    (Permission.CHANGE, Audience.INTERNAL): _LEADING | {RoleName.COMMERCIAL_LEAD},
    (Permission.DECIDE, Audience.INTERNAL): _LEADING | {RoleName.SENIOR_OWNER, RoleName.COMMERCIAL_LEAD},
    (Permission.INTERVENE, Audience.INTERNAL): _LEADING | {RoleName.PERFORMANCE_MANAGER, RoleName.SENIOR_OWNER},
    (Permission.ENTER_LEVEL_2, Audience.INTERNAL): _LEADING | {RoleName.PERFORMANCE_MANAGER},
    (Permission.ENTER_LEVEL_3, Audience.INTERNAL): frozenset({RoleName.HEAD}),
    (Permission.ENTER_LEVEL_4, Audience.INTERNAL): frozenset({RoleName.SENIOR_OWNER}),
    (Permission.DECLARE_FAILED, Audience.INTERNAL): frozenset({RoleName.HEAD, RoleName.SENIOR_OWNER}),
    (Permission.APPROVE, Audience.INTERNAL): frozenset({RoleName.HEAD, RoleName.SENIOR_OWNER}),
    (Permission.APPOINT, Audience.INTERNAL): _LEADING,
    (Permission.BIND, Audience.INTERNAL): _LEADING,
    (Permission.ACKNOWLEDGE, Audience.SHARED): PARTNERS,
    (Permission.AUDIT, Audience.INTERNAL): _WORKING,
    (Permission.ANSWER_FINDINGS, Audience.SHARED): _WORKING | PARTNERS,
    (Permission.TAKE_OVER, Audience.INTERNAL): _LEADING | {RoleName.SENIOR_OWNER, RoleName.COMMERCIAL_LEAD},
    (Permission.CHASE, Audience.INTERNAL): _WORKING,
}
# The permissions of an administrator on every contract, without a role.
ADMINISTRATION = frozenset({Permission.SEE, Permission.CHANGE, Permission.APPOINT, Permission.BIND})
# The roles on any contract that allow each permission on the register; an administrator has them all.
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
    """Whether a person with these roles on a contract with this partner may do this, for this audience.

    A role counts only in its own organisation: a partner's person has none of the department's roles, and can only be
    the contact of a contract of their own organisation.
    """
    return (
        bool(roles_granting(actor, action, audience).intersection(roles))
        and (actor.is_department or actor.organisation_id == partner_id)
    ) or administers(actor, action)


def may_on_register(actor: Actor, roles_anywhere: Collection[RoleName], permission: RegisterPermission) -> bool:
    """Whether a person with these roles, on any contracts, may do this with the register."""
    return actor.is_department and (
        actor.is_administrator or bool(REGISTER_POLICY[permission].intersection(roles_anywhere))
    )


def partner_may(action: Permission) -> bool:
    """Whether a partner's contact has this permission on a contract of their own organisation."""
    return bool(POLICY.get((action, Audience.SHARED), frozenset()) & PARTNERS)


def department_may(roles: Collection[RoleName], action: Permission, audience: Audience = Audience.INTERNAL) -> bool:
    """Whether somebody of the department with these roles on a contract may do this there, for this audience."""
    return bool((POLICY.get((action, audience), frozenset()) & DEPARTMENT).intersection(roles))


def granted(role: RoleName) -> list[tuple[Permission, Audience]]:
    """The permissions of a role on a contract, each with its audience: the department's, if the role has it."""
    return [
        (action, next(each for each in Audience if role in POLICY.get((action, each), ())))
        for action in Permission
        if any(role in POLICY.get((action, each), ()) for each in Audience)
    ]


def roles_granting(actor: Actor, action: Permission, audience: Audience) -> frozenset[RoleName]:
    """The roles on a contract that allow this to people of the actor's side."""
    return POLICY.get((action, audience), frozenset()) & (DEPARTMENT if actor.is_department else PARTNERS)


def administers(actor: Actor, action: Permission) -> bool:
    """Whether the actor may do this on every contract as an administrator."""
    return actor.is_department and actor.is_administrator and action in ADMINISTRATION
