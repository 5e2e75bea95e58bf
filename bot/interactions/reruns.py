"""Buttons that run a command as the person who clicks them, with that person's permissions."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from hashlib import sha256
from typing import Any

from bot.interactions.payloads import Click, Command

MOST_IN_A_BUTTON = 2000  # docs.slack.dev/reference/block-kit/block-elements/button-element: value


@dataclass(frozen=True)
class Rerun(Click):
    """A click on a button that carries a command."""

    command: Command = field(kw_only=True)

    @classmethod
    def of(cls, click: Click, typed: str, key: str) -> "Rerun":
        """A click as the delivery with this key, which runs what was `typed`."""
        name, _, text = typed.partition(" ")
        command = Command(key, click.user, click.home, click.trigger_id, name, text, click.channel)
        values = {each.name: getattr(click, each.name) for each in fields(Click)}
        return cls(**{**values, "key": key}, command=command)


ReadRerun = Callable[[dict[str, Any]], Rerun]


def read_chosen(body: dict[str, Any]) -> Rerun:
    """Read a button whose value is a command."""
    click = Click.read(body)
    return Rerun.of(click, click.value, click.key)


def read_meant(body: dict[str, Any]) -> Rerun:
    """Read a button whose value is `meant`. All clicks of one person on it are one delivery: it runs once."""
    click = Click.read(body)
    _, _, typed = click.value.partition(" ")
    return Rerun.of(click, typed, f"again {click.user} {sha256(click.value.encode()).hexdigest()[:32]}")


def meant(command: Command) -> str:
    """The value of the button that does once what was typed; "" if it does not fit in a button."""
    value = f"{command.trigger_id} {command.name} {command.text}".rstrip()
    return value if len(value) <= MOST_IN_A_BUTTON else ""
