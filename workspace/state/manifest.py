"""What the app's manifest declares, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Command:
    """A slash command as the app registered it."""

    name: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True)
class Shortcut:
    """A shortcut as the app registered it: `kind` is global or message."""

    name: str
    kind: str
    callback_id: str
    description: str


@dataclass(frozen=True)
class Manifest:
    """The parts of an app manifest that change how the workspace behaves.

    `suggests`: there is an address to ask for the options of external selects.
    """

    name: str
    display_name: str
    description: str
    commands: dict[str, Command]
    shortcuts: tuple[Shortcut, ...]
    scopes: frozenset[str]
    events: frozenset[str]
    home_tab: bool
    messages_tab: bool
    messages_tab_read_only: bool
    interactive: bool
    suggests: bool


def read_manifest(data: Mapping[str, Any]) -> Manifest:
    """Read a manifest as in `manifest.json` (https://docs.slack.dev/reference/app-manifest).

    Absent parts mean what they mean in Slack: nothing is declared.
    """
    features = data.get("features", {})
    settings = data.get("settings", {})
    interactivity = settings.get("interactivity", {})
    about = data.get("display_information", {})
    home = features.get("app_home", {})
    name = about.get("name", "App")
    return Manifest(
        name=name,
        display_name=features.get("bot_user", {}).get("display_name", name),
        description=about.get("description", ""),
        commands={command.name: command for command in map(_command, features.get("slash_commands", []))},
        shortcuts=tuple(map(_shortcut, features.get("shortcuts", []))),
        scopes=frozenset(data.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
        events=frozenset(settings.get("event_subscriptions", {}).get("bot_events", [])),
        home_tab=bool(home.get("home_tab_enabled", False)),
        messages_tab=bool(home.get("messages_tab_enabled", True)),
        messages_tab_read_only=bool(home.get("messages_tab_read_only_enabled", False)),
        interactive=bool(interactivity.get("is_enabled", False)),
        suggests=bool(interactivity.get("message_menu_options_url")),
    )


def _command(data: Mapping[str, Any]) -> Command:
    return Command(
        name=data["command"],
        description=data.get("description", ""),
        usage_hint=data.get("usage_hint", ""),
        should_escape=bool(data.get("should_escape", False)),
    )


def _shortcut(data: Mapping[str, Any]) -> Shortcut:
    return Shortcut(
        name=data["name"],
        kind=data["type"],
        callback_id=data["callback_id"],
        description=data.get("description", ""),
    )
