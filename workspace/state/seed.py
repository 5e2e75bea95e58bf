"""The people, organisations and channels a workspace starts with, read from YAML."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import yaml


@dataclass(frozen=True)
class AppIdentity:
    """The installed app: its ids, and the team that installed it."""

    id: str
    bot_id: str
    bot_user_id: str
    team: str


@dataclass(frozen=True)
class Enterprise:
    """An Enterprise organisation: one organisation of several Slack workspaces. Its id begins with E."""

    id: str
    name: str
    domain: str


@dataclass(frozen=True)
class Team:
    """One Slack workspace: an organisation of its own, or part of the `enterprise` it names."""

    id: str
    name: str
    domain: str
    enterprise: str = ""


@dataclass(frozen=True)
class User:
    """A person, or the app's bot user.

    `persona` offers the person prominently on the page under that label; `tries` are things to try as them.
    `guest` is "", "single" or "multi" (channel guests of the team they carry; a single-channel guest is in exactly
    one channel). `role` is "", "admin", "owner" or "primary_owner". `invited` is for somebody who has not joined
    yet, `confirmed` whether their address is. `teams` are further workspaces of the same enterprise, `tz` their
    time zone.
    """

    id: str
    team: str
    name: str
    real_name: str
    title: str = ""
    email: str = ""
    persona: str = ""
    tries: tuple[str, ...] = ()
    guest: str = ""
    deleted: bool = False
    is_bot: bool = False
    role: str = ""
    invited: bool = False
    confirmed: bool = True
    teams: tuple[str, ...] = ()
    tz: str = "Europe/London"


@dataclass(frozen=True)
class Channel:
    """A channel; members of more than one team make it shared. `bot` puts the app's bot user in it.

    `host` is the team it belongs to, by default the first member's; `pending` are teams that were invited to share
    it and have not accepted.
    """

    id: str
    name: str
    members: tuple[str, ...] = ()
    private: bool = False
    topic: str = ""
    bot: bool = False
    archived: bool = False
    host: str = ""
    pending: tuple[str, ...] = ()


@dataclass(frozen=True)
class Seed:
    """Everything a workspace starts with."""

    app: AppIdentity
    teams: tuple[Team, ...]
    users: tuple[User, ...]
    channels: tuple[Channel, ...]
    enterprises: tuple[Enterprise, ...] = ()


def load_seed(path: Path) -> Seed:
    """Read a seed file. Raises ValueError, naming the place, where it does not fit."""
    return parse_seed(yaml.safe_load(path.read_text(encoding="utf-8")))


def parse_seed(data: object) -> Seed:
    """Turn the seed file's data into a Seed. Raises ValueError, naming the place, where it does not fit."""
    if not isinstance(data, Mapping) or not isinstance(data.get("app"), Mapping):
        raise ValueError("seed: expected app, teams, users and channels")
    seed = Seed(
        app=_record(AppIdentity, data["app"], "app"),
        teams=_records(Team, data, "teams"),
        users=_records(User, data, "users"),
        channels=_records(Channel, data, "channels"),
        enterprises=_records(Enterprise, data, "enterprises"),
    )
    _check_references(seed)
    return seed


Record = TypeVar("Record", AppIdentity, Enterprise, Team, User, Channel)


def _records(kind: type[Record], data: Mapping[str, Any], section: str) -> tuple[Record, ...]:
    return tuple(_record(kind, row, f"{section}[{at}]") for at, row in enumerate(data.get(section, [])))


def _record(kind: type[Record], row: object, where: str) -> Record:
    if not isinstance(row, Mapping):
        raise ValueError(f"{where}: expected a mapping")
    known = {field.name for field in fields(kind)}
    unknown = set(row) - known
    if unknown:
        raise ValueError(f"{where}: unknown {', '.join(sorted(map(str, unknown)))}")
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    for field in fields(kind):
        if field.name in values and not _fits(values[field.name], str(field.type)):
            raise ValueError(f"{where}.{field.name}: expected {WORDS[str(field.type)]}")
    try:
        return kind(**values)
    except TypeError as error:
        raise ValueError(f"{where}: {error}") from error


WORDS = {"str": "a string", "bool": "true or false", "tuple[str, ...]": "a list of strings"}


def _fits(value: object, kind: str) -> bool:
    if kind == "str":
        return isinstance(value, str)
    if kind == "bool":
        return isinstance(value, bool)
    return isinstance(value, tuple) and all(isinstance(one, str) for one in value)


def _check_references(seed: Seed) -> None:
    enterprises = _unique("enterprises", (one.id for one in seed.enterprises))
    teams = _unique("teams", (team.id for team in seed.teams))
    users = _unique("users", (user.id for user in seed.users))
    _unique("channels", (channel.id for channel in seed.channels))
    problems = [
        f"enterprises {one.id}: the id must begin with E" for one in seed.enterprises if not one.id.startswith("E")
    ]
    problems += [
        f"teams {team.id}: no enterprise {team.enterprise}"
        for team in seed.teams
        if team.enterprise and team.enterprise not in enterprises
    ]
    problems += _people_problems(seed)
    problems += [
        f"channels {channel.id}: no user {member}"
        for channel in seed.channels
        for member in channel.members
        if member not in users
    ]
    problems += [
        f"channels {channel.id}: no team {team}"
        for channel in seed.channels
        for team in (*filter(None, [channel.host]), *channel.pending)
        if team not in teams
    ]
    if seed.app.team not in teams:
        problems.append(f"app: no team {seed.app.team}")
    if problems:
        raise ValueError("; ".join(problems))


def _people_problems(seed: Seed) -> Iterator[str]:
    teams = {team.id: team for team in seed.teams}
    for user in seed.users:
        for team in (user.team, *user.teams):
            if team not in teams:
                yield f"users {user.id}: no team {team}"
            elif user.teams and teams[team].enterprise != teams[user.teams[0]].enterprise:
                yield f"users {user.id}: team {team} is not of the same enterprise"
        if user.guest not in ("", "single", "multi"):
            yield f"users {user.id}: guest is single or multi"
        if user.role not in ("", "admin", "owner", "primary_owner"):
            yield f"users {user.id}: role is admin, owner or primary_owner"
        places = sum(user.id in channel.members for channel in seed.channels)
        if user.guest == "single" and places != 1 and not user.deleted:
            yield f"users {user.id}: a single-channel guest is in exactly one channel, not in {places}"


def _unique(section: str, ids: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    for value in ids:
        if value in seen:
            raise ValueError(f"{section}: {value} appears twice")
        seen.add(value)
    return seen
