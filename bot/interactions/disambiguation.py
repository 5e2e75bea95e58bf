"""Asking which match was meant: buttons run the command again with the chosen one."""

import re
from dataclasses import dataclass

from bot.domain.normalisation import DOUBLE_QUOTES, SINGLE_QUOTES
from bot.interactions.payloads import Command
from bot.interactions.reruns import MOST_IN_A_BUTTON
from bot.services.lookup.ambiguity import MOST_NAMED, AmbiguousMatch, Option

ACTION = "choose"


@dataclass(frozen=True)
class Choice:
    """A possible match, and the whole command with its word in place of the typed words."""

    option: Option
    command: str


def choices(command: Command, error: AmbiguousMatch) -> list[Choice]:
    """Up to 10 matches to offer; none if the corrected command does not fit in a button."""
    first, space, rest = command.text.lstrip().partition(" ")
    mark = f"[{DOUBLE_QUOTES}{SINGLE_QUOTES}]?"
    typed = re.compile(rf"(?<!\S){mark}{re.escape(error.typed.strip())}{mark}(?![^\s:])")
    if not typed.search(rest):
        return []
    offered = [
        Choice(option, f"{command.name} {first}{space}{typed.sub(option.word, rest, count=1)}")
        for option in error.options[:MOST_NAMED]
    ]
    return [] if any(len(choice.command) > MOST_IN_A_BUTTON for choice in offered) else offered
