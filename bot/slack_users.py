"""The people of Slack as the database keeps them: read from Slack's answers and events, and kept in their order."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Row, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from bot.db import table
from bot.identity import Identity
from bot.models import SlackUser

# Events bear Slack's time and answers ours: an answer counts as so much older, so that it never replaces an event that
# happened while it was on its way.
CLOCKS_DIFFER = timedelta(seconds=10)

_users = table(SlackUser)
_COLUMNS = [column.name for column in _users.c]
_BY_ID = _users.select().where(_users.c.slack == bindparam("user"))  # every request runs it, so it is built once


def read_user(given: Mapping[str, Any], seen_at: datetime) -> SlackUser:
    """A user object of an answer or an event. Any of its fields may be missing or null."""
    profile, enterprise = given.get("profile") or {}, given.get("enterprise_user") or {}
    handle = _text(given.get("name"), 150)
    return SlackUser(
        slack=str(given["id"])[:40],
        team_id=_text(given.get("team_id"), 40) or None,
        teams=_ids(given.get("teams")),
        enterprise_id=_text(enterprise.get("enterprise_id") or given.get("enterprise_id"), 40) or None,
        enterprise_teams=_ids(enterprise.get("teams")),
        name=_text(given.get("real_name") or profile.get("real_name"), 150) or handle,
        display_name=_text(profile.get("display_name"), 150),
        handle=handle,
        email=_text(profile.get("email"), 254) or None,
        time_zone=_text(given.get("tz"), 64) or None,
        utc_offset=given["tz_offset"] if isinstance(given.get("tz_offset"), int) else None,
        **{flag: bool(given.get(flag)) for flag in _FLAGS},
        seen_at=seen_at,
    )


_FLAGS = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger", "is_admin")


def _text(given: object, at_most: int) -> str:
    return given.replace("\x00", "")[:at_most] if isinstance(given, str) else ""


def _ids(given: object) -> list[str]:
    return sorted({_text(each, 40) for each in given if isinstance(each, str)}) if isinstance(given, list) else []


def find(session: Session, user: str) -> SlackUser | None:
    """What is kept of a user: one row by its key."""
    row = session.connection().execute(_BY_ID, {"user": user}).first()
    return None if row is None else of_row(row)


def of_row(row: Row[Any]) -> SlackUser:
    """The user of a row that has all columns of the table."""
    return SlackUser(**{name: row._mapping[name] for name in _COLUMNS})


def keep(session: Session, users: Iterable[SlackUser]) -> None:
    """Keep what Slack says of users, unless something newer is kept."""
    in_order = sorted(users, key=lambda user: user.slack)  # as in every process, so that none waits for another
    rows = [{name: getattr(user, name) for name in _COLUMNS} for user in in_order]
    if rows:
        session.connection().execute(_keeping(session.get_bind().dialect.name), rows)


@cache
def _keeping(dialect: str) -> sqlite.Insert | postgresql.Insert:
    insert = (sqlite.Insert if dialect == "sqlite" else postgresql.Insert)(_users)
    return insert.on_conflict_do_update(
        index_elements=[_users.c.slack],
        set_={name: insert.excluded[name] for name in _COLUMNS if name != "slack"},
        where=_users.c.seen_at <= insert.excluded.seen_at,
    )


def same(one: SlackUser | None, other: SlackUser) -> bool:
    """Whether two sightings say the same of a user: status texts and pictures, which change all day, are not kept."""
    if one is None:
        return False
    return all(getattr(one, name) == getattr(other, name) for name in _COLUMNS if name != "seen_at")


def identity_of(user: SlackUser) -> Identity:
    """The identity by which a user is judged."""
    return Identity(
        user=user.slack,
        homes=user.homes,
        is_guest=user.is_guest,
        is_active_person=not (user.deleted or user.is_bot),
        name=user.name,
        runs_workspace=user.is_admin,
        zone=user.time_zone or "",
    )
