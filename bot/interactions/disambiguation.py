"""Which one was meant: a command that fits several is asked about, and given again with the one chosen."""

import re
from dataclasses import dataclass

from bot.interactions.payloads import Click, Command
from bot.services.lookup.ambiguity import MOST_NAMED, AmbiguousMatch, Option

ACTION = "choose"
MOST_IN_A_BUTTON = 2000  # docs.slack.dev/reference/block-kit/block-elements/button-element: value


@dataclass(frozen=True)
class Choice:
    """What was perhaps meant, and the whole command with its word in place of what was typed."""

    option: Option
    command: str


def choices(command: Command, error: AmbiguousMatch) -> list[Choice]:
    """What to offer, at most 10; nothing where what was typed cannot be put right in a button."""
    first, space, rest = command.text.lstrip().partition(" ")
    typed = re.compile(rf'(?<!\S)["“”]?{re.escape(error.typed.strip())}["“”]?(?!\S)')
    if not typed.search(rest):
        return []
    offered = [
        Choice(option, f"{command.name} {first}{space}{typed.sub(option.word, rest, count=1)}")
        for option in error.options[:MOST_NAMED]
    ]
    return [] if any(len(choice.command) > MOST_IN_A_BUTTON for choice in offered) else offered


def command_again(click: Click) -> Command:
    """The command that a button gives again, by whoever pressed it: it may do what typing it may do."""
    name, _, text = click.value.partition(" ")
    return Command(click.key, click.user, click.home, click.trigger_id, name, text, click.channel)
