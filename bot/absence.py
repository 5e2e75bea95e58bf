"""Who is absent: on leave, or deactivated in Slack. Their deputies act for them."""

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, exists, or_

from bot.db import table
from bot.models import Absence, Person, SlackUser

_absences, _users = table(Absence), table(SlackUser)
_leave, _gone = _absences.alias("leave"), table(Person).alias("gone")


def away_on(day: object) -> ColumnElement[bool]:
    """The condition on an absence that a day is one of its days."""
    return and_(_absences.c.first_day <= day, _absences.c.last_day >= day)


def is_absent(person_id: SQLColumnExpression[int], day: object) -> ColumnElement[bool]:
    """The condition on a column of people that their deputies act for them on a day: they are on leave, or their Slack
    account is deactivated."""
    on_leave = exists().where(_leave.c.person_id == person_id, _leave.c.first_day <= day, _leave.c.last_day >= day)
    return or_(on_leave, is_deactivated(person_id))


def is_deactivated(person_id: SQLColumnExpression[int]) -> ColumnElement[bool]:
    """The condition on a column of people that their Slack account is deactivated."""
    return exists().where(_gone.c.id == person_id, _users.c.slack == _gone.c.slack, _users.c.deleted)
