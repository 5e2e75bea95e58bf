"""Identifying people: a person of the register, confirmed by Slack.

A person is identified by their Slack user id and the organisation they work for. Slack's payloads and Bolt's
`actor_team_id` name the wrong team for people of other organisations in several cases, so the home organisation comes
from users.info (see bot.delivery.directory) and must be one that the register lists for them.
"""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select
from sqlmodel import Session

from bot.db import table
from bot.errors import UserError
from bot.models import Organisation, OrganisationKind, Person, Team


class Denied(UserError):
    """The actor may not do this. Every denial is audited, with the reason that the person does not see."""

    def __init__(self, sentence: str, reason: str) -> None:
        super().__init__(sentence)
        self.reason = reason


class NotTheirs(UserError):
    """Nothing that the actor may see fits what they named. It is audited whether the record exists or not, so that
    neither the answer nor its time tells which."""

    def __init__(self, sentence: str, reason: str, *, field: str | None = None) -> None:
        super().__init__(sentence, field=field)
        self.reason = reason


class Unknown(Denied):
    """Liaison does not know the person, or cannot be sure of their identity."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            "Liaison does not know you yet, so nothing was done. Ask a contract manager to add you to the register.",
            reason,
        )


@dataclass(frozen=True)
class Identity:
    """Slack's identity of a person: the user id, the name, and the home team and enterprise, from users.info.

    `runs_workspace`: an administrator or owner of the Slack workspace that installed the app. `zone` is the name of
    their time zone, "" if Slack does not say.
    """

    user: str
    homes: frozenset[str]
    is_guest: bool = False
    is_active_person: bool = True
    name: str = ""
    runs_workspace: bool = False
    zone: str = ""


@dataclass(frozen=True)
class Actor:
    """A person in the register, confirmed by Slack, for whom the bot does something.

    `home` is the Slack workspace that confirmed them: for a guest, the department's.
    """

    person_id: int
    slack: str
    name: str
    organisation_id: int
    organisation: str
    is_department: bool
    is_administrator: bool = False
    is_guest: bool = False
    home: str = ""
    zone: str = ""


# Every request runs it, so it is built once, and over the tables to avoid the cost of the ORM.
_people, _organisations, _teams = (table(model) for model in (Person, Organisation, Team))


def is_department() -> ColumnElement[bool]:
    """The condition on an organisation that it is the department."""
    return _organisations.c.kind == OrganisationKind.DEPARTMENT


def department_id() -> Select[int]:
    """The id of the department, to ask who or what belongs to it. A table of its own, beside other organisations."""
    departments = _organisations.alias("departments")
    return select(departments.c.id).where(departments.c.kind == OrganisationKind.DEPARTMENT)


# A guest comes to the department's workspace, so it is the department's teams that are their home.
_PERSON_WITH_TEAMS = (
    select(
        _people.c.id,
        _people.c.name,
        _people.c.guest,
        _people.c.administrator,
        _organisations.c.id.label("organisation_id"),
        _organisations.c.name.label("organisation"),
        _organisations.c.kind,
        _teams.c.slack.label("team"),
    )
    .join_from(_people, _organisations, _organisations.c.id == _people.c.organisation_id)
    .join(
        _teams,
        or_(
            and_(~_people.c.guest, _teams.c.organisation_id == _organisations.c.id),
            and_(_people.c.guest, _teams.c.organisation_id.in_(department_id())),
        ),
    )
    .where(_people.c.slack == bindparam("slack"))
)


def find_actor(session: Session, identity: Identity) -> Actor:
    """The person with an identity.

    Raises `Unknown` for a person who is not in the register, a guest whom it does not list as one, a deactivated
    person, a bot, and a person whose home organisation differs from the register's.
    """
    if not identity.is_active_person:
        raise Unknown("not an active person in Slack")
    rows = session.connection().execute(_PERSON_WITH_TEAMS, {"slack": identity.user}).all()
    row = next((row for row in rows if row.team in identity.homes), None)
    if row is None:
        raise Unknown("not in the register under this home organisation")
    of_department = row.kind.is_department
    if identity.is_guest and of_department:
        raise Unknown("a guest has no rights of the department's staff")
    if row.guest and not identity.is_guest and not of_department:
        raise Unknown("registered as a guest, and Slack does not say so")
    return Actor(
        row.id,
        identity.user,
        row.name,
        row.organisation_id,
        row.organisation,
        of_department,
        of_department and row.administrator,
        row.guest,
        row.team,
        identity.zone,
    )
