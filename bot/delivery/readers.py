"""Who reads a message: judged by what Slack says of them, and by what the register says of their organisation.

A message of the department's is for its people: at home in its workspace, and no guests unless an administrator has
registered them as the department's. A shared message is for the contract's partner too.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlmodel import Session, col

from bot import slack_users
from bot.db import table
from bot.identity import is_department
from bot.models import Audience, Contract, Organisation, Person, SharedChannel, SlackUser, Team


@dataclass(frozen=True)
class Judgement:
    """The users about whom Slack must be asked; who of the others may not read a message, and why ("" if all may); and
    the name of one who is deactivated, and reads nothing."""

    unknown: frozenset[str]
    barred: str
    deactivated: str


def partner_teams(session: Session, audience: Audience, contract_id: int | None) -> frozenset[str]:
    """The Slack teams besides the department's whose people may read a message: the partner's, if it is shared."""
    if audience is not Audience.SHARED or contract_id is None:
        return frozenset()
    partner = select(col(Contract.partner_id)).where(col(Contract.id) == contract_id).scalar_subquery()
    return frozenset(session.scalars(select(col(Team.slack)).where(col(Team.organisation_id) == partner)))


def is_reported_shared(session: Session, channel: str) -> bool:
    """Whether Slack has reported a channel as shared: an event, which any process may have heard."""
    return session.get(SharedChannel, channel) is not None


def note_shared(session: Session, channel: str, at: datetime) -> None:
    """Keep that Slack has reported a channel as shared, for every process that sends."""
    session.merge(SharedChannel(slack=channel, at=at))


def works_elsewhere(session: Session, user: str) -> bool:
    """Whether the register lists a user as somebody of another organisation than the department."""
    elsewhere = select(col(Person.id)).join(Organisation, col(Organisation.id) == col(Person.organisation_id))
    return session.scalar(elsewhere.where(col(Person.slack) == user, ~is_department())) is not None


def judge(session: Session, users: Collection[str], audience: Audience, contract_id: int | None) -> Judgement:
    """Judge the readers of a message. A stranger may be none any more, so Slack is asked about them again."""
    rows = session.connection().execute(_READERS, {"users": [*users]}).all()
    allowed = _Allowed.of(session, audience, contract_id)
    seen = [(slack_users.of_row(row), row) for row in rows]
    known = {user.slack for user, _ in seen if not user.is_stranger}
    barred = (f"{user.name}, {problem}" for user, row in seen if (problem := allowed.problem(user, row)))
    deactivated = next((user.name for user, _ in seen if user.deleted), "")
    return Judgement(frozenset(users) - known, next(barred, ""), deactivated)


def has_partner(session: Session, users: Collection[str], contract_id: int | None) -> bool:
    """Whether somebody of a contract's partner is among these users and can read."""
    partner_id = session.scalar(select(col(Contract.partner_id)).where(col(Contract.id) == contract_id))
    teams = partner_teams(session, Audience.SHARED, contract_id)
    rows = session.connection().execute(_READERS, {"users": [*users]}).all()
    seen = ((slack_users.of_row(row), row.organisation_id) for row in rows)
    return any(
        not (user.is_bot or user.deleted) and (organisation_id == partner_id or user.homes & teams)
        for user, organisation_id in seen
    )


_users, _people, _organisations = (table(each) for each in (SlackUser, Person, Organisation))
_READERS = (
    select(_users, _people.c.organisation_id, _people.c.guest, _organisations.c.name.label("organisation"))
    .join_from(_users, _people, _people.c.slack == _users.c.slack, isouter=True)
    .join(_organisations, _organisations.c.id == _people.c.organisation_id, isouter=True)
    .where(_users.c.slack.in_(bindparam("users", expanding=True)))
    .order_by(_users.c.slack)
)


@dataclass(frozen=True)
class _Allowed:
    """Whose people may read: the department's, and perhaps a partner's, by organisation and by Slack home."""

    organisations: frozenset[int]
    homes: frozenset[str]
    is_internal: bool

    @classmethod
    def of(cls, session: Session, audience: Audience, contract_id: int | None) -> "_Allowed":
        is_shared = audience is Audience.SHARED and contract_id is not None
        partner = select(col(Contract.partner_id)).where(col(Contract.id) == contract_id)
        own = select(col(Organisation.id)).where(is_department())
        organisations = {*session.scalars(own), *(session.scalars(partner) if is_shared else ())}
        homes = session.scalars(select(col(Team.slack)).where(col(Team.organisation_id).in_(organisations)))
        return cls(frozenset(organisations), frozenset(homes), audience is Audience.INTERNAL)

    def problem(self, user: SlackUser, person: Row[Any]) -> str:
        """Why a user may not read; "" if they may, or do not read at all."""
        if user.is_bot or user.deleted:
            return ""
        if person.organisation_id is not None and person.organisation_id not in self.organisations:
            return f"who works for {person.organisation}"
        if self.is_internal and user.is_guest and not person.guest:
            return "a guest in Slack who is not registered as one of the department"
        if not user.homes & self.homes:
            return "whose Slack workspace is not the department’s"
        return ""
