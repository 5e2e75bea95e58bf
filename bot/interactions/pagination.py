"""Turning the pages of a list in place: a button carries the page, and the words of the list."""

from collections.abc import Sequence

from bot.domain.command_line import split_command
from bot.interactions.payloads import Click


def turned(click: Click) -> tuple[int, str]:
    """The page that a button turns to, the first where it names none, and what else it carries."""
    number, _, rest = click.value.partition(" ")
    return (int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 1), rest


def turned_words(click: Click) -> tuple[int, list[str]]:
    """The same of a button that `turn` made. UserError for one that was forged."""
    number, rest = turned(click)
    return number, split_command(rest)


def turn(words: Sequence[str], number: int) -> str:
    """What a button carries that turns the list of these words to a page."""
    return " ".join([str(number), *(f'"{word}"' for word in words)])
