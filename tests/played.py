"""What the tests have played of everything that people can do, over each of Slack's two ways.

A run of all of them ends with an error where something was not played. The workers tell the first process of it.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.interactions.commands import CommandTable

WAYS = ("http", "socket")
Played = tuple[str, str, str]
"""What kind of act, which, and over which way."""

PLAYED: set[Played] = set()


def note(app: AsyncApp, over: str) -> None:
    """Have an app note what people do with it."""

    async def noting(body: Mapping[str, Any], next: Callable[[], Awaitable[None]]) -> None:  # Bolt's name
        PLAYED.update((*each, over) for each in _acts(body))
        await next()

    app.middleware(noting)


def _acts(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What somebody does, by a request's body: a command and its first word, a button, a form or a shortcut."""
    if "command" in body:
        yield "command", f"{body['command']} {str(body.get('text', '')).split(' ')[0]}".strip()
    elif body.get("type") == "block_actions":
        yield from (("button", action["action_id"]) for action in body["actions"])
    elif body.get("type") == "view_submission":
        yield "form", body["view"]["callback_id"]
    elif body.get("type") == "message_action":
        yield "shortcut", body["callback_id"]


def offered(
    commands: Sequence[CommandTable], buttons: Iterable[str], forms: Iterable[str], shortcuts: Iterable[str]
) -> set[Played]:
    """Everything that people can do, over both ways."""
    typed = [f"{command.name} {word}".strip() for command in commands for word in ("", *command.words)]
    kinds = {"command": typed, "button": buttons, "form": forms, "shortcut": shortcuts}
    return {(kind, name, way) for kind, names in kinds.items() for name in names for way in WAYS}
