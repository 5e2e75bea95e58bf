"""The references of records: a letter and a number, as in C-12, R-3 and A-7."""

_LONGEST = 15  # digits; a longer number does not fit a database key


def number_claimed(claimed: str) -> int:
    """The record number in a form or a button; 0, which no record has, if it is not a number."""
    return int(claimed) if _is_number(claimed) else 0


def number_of(typed: str, letter: str) -> int | None:
    """The number in a reference with this letter, which may be left out; None if it is not such a reference."""
    number = typed.strip().upper().removeprefix(letter).removeprefix("-")
    return int(number) if _is_number(number) else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _LONGEST
