"""A workspace and a small Bolt app, both really served, and the people in between."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.web.async_client import AsyncWebClient

from tests.closing import Closing
from tests.workspace.sample import Sample
from workspace import Person, Seed, Server, Settings, create_app, parse_seed

Json = dict[str, Any]
SEED = {
    "app": {"id": "A0SAMPLE", "bot_id": "B0SAMPLE", "bot_user_id": "U0SAMPLE", "team": "T0HOME"},
    "teams": [
        {"id": "T0HOME", "name": "Department of Examples", "domain": "examples"},
        {"id": "T0GUEST", "name": "Guest Works", "domain": "guestworks"},
    ],
    "users": [
        {"id": "U0ALICE", "team": "T0HOME", "name": "alice", "real_name": "Alice Arden", "persona": "Manager"},
        {"id": "U0BOB", "team": "T0HOME", "name": "bob", "real_name": "Bob Brook", "email": "bob@examples.example"},
        {"id": "U0GINA", "team": "T0GUEST", "name": "gina", "real_name": "Gina Guest", "persona": "Partner"},
        {"id": "U0FAR", "team": "T0GUEST", "name": "far", "real_name": "Far Away"},
        {"id": "U0GONE", "team": "T0HOME", "name": "gone", "real_name": "Gone Girl", "deleted": True},
        {"id": "U0TEMP", "team": "T0HOME", "name": "temp", "real_name": "Temp Orary", "guest": "single"},
    ],
    "channels": [
        {"id": "C0OPEN", "name": "open", "topic": "For all", "members": ["U0ALICE", "U0BOB"], "bot": True},
        {"id": "C0SHARED", "name": "shared", "private": True, "members": ["U0ALICE", "U0GINA"], "bot": True},
        {"id": "C0ALONE", "name": "alone", "members": ["U0ALICE"]},
        {"id": "C0SECRET", "name": "secret", "private": True, "members": ["U0ALICE", "U0TEMP"]},
        {"id": "C0OLD", "name": "old", "members": ["U0ALICE"], "bot": True, "archived": True},
    ],
}
SCOPES = (
    *("chat:write", "users:read", "channels:read", "channels:history", "groups:read", "groups:history"),
    *("im:read", "im:write", "im:history", "reactions:write", "team:read"),
)
MANIFEST: Json = {
    "display_information": {"name": "Sample", "description": "Shows what there is"},
    "features": {
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "bot_user": {"display_name": "Sample"},
        "slash_commands": [
            {"command": "/risk", "description": "Raise a risk", "usage_hint": "raise ..."},
            {"command": "/mention", "description": "Mention somebody", "should_escape": True},
        ],
    },
    "oauth_config": {"scopes": {"bot": list(SCOPES)}},
    "settings": {
        "event_subscriptions": {"bot_events": ["message.im", "message.groups"]},
        "interactivity": {"is_enabled": True},
    },
}


EVENTS = (
    *("app_home_opened", "app_mention", "message.channels", "message.im", "message.groups"),
    *("member_joined_channel", "member_left_channel", "reaction_added", "reaction_removed", "channel_shared"),
)
MORE = {
    **MANIFEST,
    "features": {
        **MANIFEST["features"],
        "shortcuts": [
            {"name": "Raise", "type": "global", "callback_id": "from_anywhere", "description": "Raise something"},
            {"name": "Keep", "type": "message", "callback_id": "on_message", "description": "Keep a message"},
        ],
    },
    "oauth_config": {
        "scopes": {"bot": [*SCOPES, "reactions:read", "app_mentions:read", "pins:write", "bookmarks:write"]}
    },
    "settings": {**MANIFEST["settings"], "event_subscriptions": {"bot_events": list(EVENTS)}},
}


# One client for all: making one reads the root certificates, which takes longer than most tests.
HTTP = httpx.Client(trust_env=False)


class Clock:
    """A clock that moves only when it is told to."""

    def __init__(self) -> None:
        self.value = datetime(2026, 11, 22, 9, 5, tzinfo=UTC)

    def now(self) -> datetime:
        return self.value

    def advance(self, **by: float) -> None:
        self.value += timedelta(**by)


@dataclass
class World:
    """Everything a test needs."""

    url: str
    settings: Settings
    clock: Clock
    sample: Sample
    slept: list[float]

    @property
    def web(self) -> WebClient:
        return WebClient(token=self.settings.bot_token, base_url=f"{self.url}/api/")

    def person(self, user: str) -> Person:
        return Person(self.url, user)

    def call(self, method: str, token: str | None = None, **arguments: object) -> Json:
        """A Web API call as it goes over the wire, refusals included."""
        headers = {"Authorization": f"Bearer {token or self.settings.bot_token}"}
        headers["Content-Type"] = "application/json; charset=utf-8"
        answer = HTTP.post(f"{self.url}/api/{method}", content=json.dumps(arguments), headers=headers)
        assert answer.status_code == 200, answer.text
        data: Json = answer.json()
        return data


def build(clock: Clock, bot_url: str | None, **more: Any) -> Settings:  # noqa: ANN401 - Settings' own fields
    """Settings for a test: rate limits only where it asks for them with `pace`."""
    seed: Seed = parse_seed(SEED)
    return Settings(**{"seed": seed, "manifest": MANIFEST, "bot_url": bot_url, "now": clock.now, "pace": None, **more})


@pytest.fixture(scope="session")
def make_world(closing: Closing) -> Iterator[Callable[..., Iterator[World]]]:
    """Serves a workspace and a sample app that know each other's address."""

    def make(**more: Any) -> Iterator[World]:  # noqa: ANN401 - Settings' own fields
        clock = Clock()
        slept: list[float] = []

        async def sleep(seconds: float) -> None:
            slept.append(seconds)

        inside = _Late()
        late = Server(inside)
        settings = build(clock, f"{late.url}/slack/events", sleep=sleep, **more)
        with closing.later() as stack:
            served = stack.enter_context(Server(create_app(settings)))
            client = AsyncWebClient(token=settings.bot_token, base_url=f"{served.url}/api/")
            sample = Sample(client, settings.signing_secret)
            inside.target = sample.asgi()
            stack.enter_context(late)
            yield World(served.url, settings, clock, sample, slept)

    yield make
    HTTP.close()


class _Late:
    """An ASGI application whose inside is made after its address is known."""

    target: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        await self.target(scope, receive, send)


@pytest.fixture
def world(make_world: Callable[..., Iterator[World]]) -> Iterator[World]:
    yield from make_world()


@pytest.fixture
def full(make_world: Callable[..., Iterator[World]]) -> Iterator[World]:
    """A world whose app has shortcuts and hears of everything."""
    yield from make_world(manifest=MORE)


@pytest.fixture
def alice(world: World) -> Iterator[Person]:
    with world.person("U0ALICE") as person:
        yield person


@pytest.fixture
def gina(world: World) -> Iterator[Person]:
    with world.person("U0GINA") as person:
        yield person


@pytest.fixture(scope="session")
def shared_world(make_world: Callable[..., Iterator[World]]) -> Iterator[World]:
    """One world for the tests that leave nothing behind."""
    yield from make_world()
