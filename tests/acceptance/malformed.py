"""What Slack sends, one of each kind, and the same with something missing from it or in the place of something else."""

import copy
import json
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import urlencode

from tests.acceptance.office import AMIRA, NORTH_EAST, PRIYA

Json = dict[str, Any]
UNUSED = "http://127.0.0.1:9/unused"
USER = {"id": AMIRA, "team_id": "T0DEPT"}
VIEW = {
    "id": "V1",
    "type": "modal",
    "callback_id": "risk_form",
    "private_metadata": "",
    "state": {"values": {"title": {"entered": {"type": "plain_text_input", "value": "Late"}}}},
}
COMMAND = {
    "command": "/risk",
    "text": "list",
    "user_id": AMIRA,
    "team_id": "T0DEPT",
    "channel_id": NORTH_EAST,
    "trigger_id": "1.1",
    "response_url": UNUSED,
}
INTERACTIONS: list[Json] = [
    {
        "type": "block_actions",
        "user": USER,
        "trigger_id": "1.2",
        "response_url": UNUSED,
        "team": {"id": "T0DEPT"},
        "channel": {"id": NORTH_EAST},
        "container": {"message_ts": "1.0"},
        "actions": [{"action_id": "home_contract", "block_id": "b", "value": "x", "type": "button"}],
    },
    {"type": "view_submission", "user": USER, "team": {"id": "T0DEPT"}, "trigger_id": "1.3", "view": VIEW},
    {"type": "block_suggestion", "user": USER, "team": {"id": "T0DEPT"}, "action_id": "contract", "value": "W"},
    {
        "type": "message_action",
        "user": USER,
        "team": {"id": "T0DEPT"},
        "trigger_id": "1.4",
        "callback_id": "log_contact",
        "message": {"ts": "1798794000.000100", "user": PRIYA, "text": "Agreed"},
        "channel": {"id": NORTH_EAST},
    },
]
EVENTS: list[Json] = [
    {"type": "app_home_opened", "user": AMIRA, "tab": "home", "channel": "D1"},
    {"type": "message", "user": AMIRA, "channel": NORTH_EAST, "channel_type": "group", "text": "Hello", "ts": "1.0"},
    {"type": "app_mention", "user": AMIRA, "channel": NORTH_EAST, "text": "Hello", "ts": "1.0"},
    {"type": "message", "subtype": "file_share", "user": AMIRA, "channel": "D1", "channel_type": "im", "files": []},
    {"type": "channel_shared", "channel": NORTH_EAST, "connected_team_id": "T0NORTHGATE"},
    {"type": "channel_id_changed", "old_channel_id": "C1", "new_channel_id": "C2"},
    {"type": "user_change", "user": {"id": AMIRA, "team_id": "T0DEPT"}},
    {"type": "member_joined_channel", "user": AMIRA, "channel": NORTH_EAST},
]
INSTEAD: list[Any] = [None, 0, -1, 1.5, True, "", "x" * 5000, "\x00", [], {}, [[]], {"id": 1}, ["a"], "…"]


def bodies() -> list[Json]:
    """One of each kind."""
    events = [{"type": "event_callback", "event_id": f"Ev{n}", "event": event} for n, event in enumerate(EVENTS)]
    return [COMMAND, *INTERACTIONS, *events]


def places(value: Any) -> Iterator[tuple[Any, Any]]:  # noqa: ANN401  # any JSON
    """Every place in a body: what holds it, and its key."""
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield value, key
        yield from places(part)


def spoiled(luck: Random, body: Json) -> Json:
    """The body with something missing from it, or with something else in its place."""
    made = copy.deepcopy(body)
    for _ in range(luck.choice((1, 1, 2))):
        found = list(places(made))
        holder, key = luck.choice(found)
        if luck.random() < 0.4:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(luck.choice(INSTEAD))
    return made


def encoded(body: Json) -> tuple[bytes, str]:
    """A body as Slack sends it, and its content type."""
    if "event" in body:
        return json.dumps(body).encode(), "application/json"
    form = body if "command" in body or "user_id" in body else {"payload": body}
    typed = {name: value if isinstance(value, str) else json.dumps(value) for name, value in form.items()}
    return urlencode(typed).encode(), "application/x-www-form-urlencoded"
