"""A manifest that asks for everything the workspace knows, and a look at what the app was told."""

from __future__ import annotations

from typing import Any

from tests.workspace.conftest import MANIFEST, World
from workspace.web_api.methods import METHODS
from workspace.wire.events import EVENTS

Json = dict[str, Any]
ALL_SCOPES = {scope for method in METHODS.values() for scope in method.scopes}
ALL_SCOPES |= {scope for scopes in EVENTS.values() for scope in scopes} | {"users:read.email"}
EVERYTHING: Json = {
    **MANIFEST,
    "oauth_config": {"scopes": {"bot": sorted(ALL_SCOPES)}},
    "settings": {**MANIFEST["settings"], "event_subscriptions": {"bot_events": sorted(EVENTS)}},
}


def told(world: World, kind: str, **fields: object) -> Json:
    """The last event of a type, and with these fields, once the app has been told of one."""
    wanted = {"type": kind, **fields}.items()

    def found() -> list[Json]:
        events = [body["event"] for body in world.sample.received if "event" in body]
        return [event for event in events if all(event.get(name) == value for name, value in wanted)]

    world.sample.wait(found)
    return found()[-1]
