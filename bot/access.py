"""Who may see and do what: denied unless a rule here allows it.

A person is known by their Slack user id and by the organisation they work for. Slack's payloads and Bolt's
`actor_team_id` name the wrong team for people of other organisations in several cases, so the home
organisation comes from users.info (see bot.directory) and must be one that the register lists for them.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, bindparam, select
from sqlmodel import Session

from bot.db import table
from bot.errors import UserError
from bot.models import Contract, Escalation, Organisation, OrganisationKind, Person, Role, RoleName, Team


class Denied(UserError):
    """The asker may not do this. Every one is audited, with the reason that the person is not told."""

    def __init__(self, sentence: str, reason: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class Unknown(Denied):
    """Liaison does not know the asker, or cannot be sure of who they are."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            "Liaison does not know you yet, so nothing was done. Ask a contract manager to add you to the register.",
            reason,
        )


class Action(StrEnum):
    """What can be done with a contract."""

    SEE = "see it"
    LOG_CONTACT = "log a contact"
    REPORT_PROGRESS = "report progress"
    RAISE_RISK = "raise a risk"


@dataclass(frozen=True)
class Identity:
    """Who Slack says someone is: the user id and the home team and enterprise, from users.info."""

    user: str
    homes: frozenset[str]
    is_guest: bool = False
    is_active_person: bool = True


@dataclass(frozen=True)
class Actor:
    """A person in the register, confirmed by Slack, on whose behalf something is done."""

    person_id: int
    slack: str
    name: str
    organisation_id: int
    organisation: str
    is_department: bool


_MANAGERS = frozenset(RoleName) - {RoleName.PARTNER_CONTACT}
_ROLES_FOR = {
    Action.SEE: _MANAGERS,
    Action.LOG_CONTACT: _MANAGERS,
    Action.RAISE_RISK: _MANAGERS,
    Action.REPORT_PROGRESS: frozenset(RoleName),
}


@dataclass(frozen=True)
class ContractFacts:
    """What most acts need to know of a contract."""

    id: int
    reference: str
    title: str
    partner_id: int
    partner: str
    sample: bool


# Asked for everything that arrives: built once, and over the tables, which spares the ORM's share of the cost.
_people, _organisations, _teams, _roles = (table(model) for model in (Person, Organisation, Team, Role))
_contracts = table(Contract)
FACTS = select(
    _contracts.c.id,
    _contracts.c.reference,
    _contracts.c.title,
    _contracts.c.partner_id,
    _organisations.c.name.label("partner"),
    _contracts.c.sample,
).join_from(_contracts, _organisations, _organisations.c.id == _contracts.c.partner_id)
_PERSON_WITH_TEAMS = (
    select(
        _people.c.id,
        _people.c.name,
        _organisations.c.id.label("organisation_id"),
        _organisations.c.name.label("organisation"),
        _organisations.c.kind,
        _teams.c.slack.label("team"),
    )
    .join_from(_people, _organisations, _organisations.c.id == _people.c.organisation_id)
    .join(_teams, _teams.c.organisation_id == _organisations.c.id)
    .where(_people.c.slack == bindparam("slack"))
)
_ROLES_HELD = select(_roles.c.role).where(
    _roles.c.contract_id == bindparam("contract_id"), _roles.c.person_id == bindparam("person_id")
)


def find_actor(session: Session, identity: Identity) -> Actor:
    """The person behind an identity. Unknown for someone not in the register, a guest of the department,
    a deactivated person, a bot, or someone whose home organisation is not the one in the register."""
    if not identity.is_active_person:
        raise Unknown("not an active person in Slack")
    rows = session.connection().execute(_PERSON_WITH_TEAMS, {"slack": identity.user}).all()
    row = next((row for row in rows if row.team in identity.homes), None)
    if row is None:
        raise Unknown("not in the register under this home organisation")
    is_department = row.kind is OrganisationKind.DEPARTMENT
    if is_department and identity.is_guest:
        raise Unknown("a guest has no rights of the department's staff")
    return Actor(row.id, identity.user, row.name, row.organisation_id, row.organisation, is_department)


def require(session: Session, actor: Actor, action: Action, contract: Contract | ContractFacts) -> None:
    """Denied unless the actor has a role on the contract that may do this, in the organisation the role is for."""
    holder = {"contract_id": contract.id, "person_id": actor.person_id}
    roles = set(session.connection().execute(_ROLES_HELD, holder).scalars())
    of_own_kind = roles & _MANAGERS if actor.is_department else roles - _MANAGERS
    belongs = actor.is_department or actor.organisation_id == contract.partner_id
    if not (belongs and of_own_kind & _ROLES_FOR[action]):
        raise Denied(
            "You do not have a role on this contract that lets you do that, so nothing was done. "
            "Ask its contract manager.",
            f"may not {action} on {contract.reference}",
        )


def require_acknowledger(actor: Actor, escalation: Escalation) -> None:
    """Denied unless the actor is the person an escalation is addressed to."""
    if not (actor.is_department and actor.person_id == escalation.owner_id):
        raise Denied(
            "This is addressed to somebody else, so nothing was done.",
            "not the person the escalation is addressed to",
        )


def open_to(actor: Actor, action: Action) -> ColumnElement[bool]:
    """The condition on a contract that the actor may do this with it."""
    roles = _ROLES_FOR[action] & (_MANAGERS if actor.is_department else {RoleName.PARTNER_CONTACT})
    held = select(_roles.c.contract_id).where(_roles.c.person_id == actor.person_id, _roles.c.role.in_(roles))
    own = _contracts.c.id.in_(held)
    return own if actor.is_department else and_(own, _contracts.c.partner_id == actor.organisation_id)


def contracts_open_to(session: Session, actor: Actor, action: Action) -> list[ContractFacts]:
    """The contracts on which the actor may do this, by reference."""
    statement = FACTS.where(open_to(actor, action)).order_by(_contracts.c.reference)
    return [ContractFacts(*row) for row in session.connection().execute(statement)]
