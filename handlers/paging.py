"""Lists that are turned page by page, in their place."""

from collections.abc import Sequence

from handlers.arrivals import Click


def turning(words: Sequence[str], number: int) -> str:
    """What a button that turns to a page of a list carries."""
    return " ".join([str(number), *(f'"{word}"' for word in words)])


def turned(click: Click) -> tuple[int, str]:
    """The page that a button turns to, and the words of its list; the first page for anything else."""
    number, _, rest = click.value.partition(" ")
    return (int(number) if number.isascii() and number.isdecimal() and len(number) < 6 else 1), rest
