"""Paging a list in place: a button holds the page number and the words of the list."""

from collections.abc import Sequence

from bot.domain.command_line import split_command
from bot.interactions.payloads import Click


def turned(click: Click) -> tuple[int, str]:
    """The page number in a button, 1 if it has none, and the rest of its value."""
    number, _, rest = click.value.partition(" ")
    return (int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 1), rest


def turned_words(click: Click) -> tuple[int, list[str]]:
    """The page number and words in a button that `turn` made. Raises `UserError` for a forged one."""
    number, rest = turned(click)
    return number, split_command(rest)


def turn(words: Sequence[str], number: int) -> str:
    """The value of a button that shows a page of the list with these words."""
    return " ".join([str(number), *(f'"{word}"' for word in words)])
