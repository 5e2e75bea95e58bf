"""The people, organisations and channels a workspace starts with, read from YAML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
class Team:
    """One organisation's Slack workspace."""

    id: str
    name: str
    domain: str


@dataclass(frozen=True)
class User:
    """A person, or the app's bot user.

    `persona` offers the person prominently on the page under that label; `tries` are things to try as them.
    `guest` is "", "single" or "multi" (channel guests of the team they carry).
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


@dataclass(frozen=True)
class Channel:
    """A channel; members of more than one team make it shared. `bot` puts the app's bot user in it."""

    id: str
    name: str
    members: tuple[str, ...] = ()
    private: bool = False
    topic: str = ""
    bot: bool = False
    archived: bool = False


@dataclass(frozen=True)
class Seed:
    """Everything a workspace starts with."""

    app: AppIdentity
    teams: tuple[Team, ...]
    users: tuple[User, ...]
    channels: tuple[Channel, ...]


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
    )
    _check_references(seed)
    return seed


Record = TypeVar("Record", AppIdentity, Team, User, Channel)


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
    teams = _unique("teams", (team.id for team in seed.teams))
    users = _unique("users", (user.id for user in seed.users))
    _unique("channels", (channel.id for channel in seed.channels))
    strays = [f"users {user.id}: no team {user.team}" for user in seed.users if user.team not in teams]
    strays += [
        f"channels {channel.id}: no user {member}"
        for channel in seed.channels
        for member in channel.members
        if member not in users
    ]
    if seed.app.team not in teams:
        strays.append(f"app: no team {seed.app.team}")
    if strays:
        raise ValueError("; ".join(strays))


def _unique(section: str, ids: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    for value in ids:
        if value in seen:
            raise ValueError(f"{section}: {value} appears twice")
        seen.add(value)
    return seen
