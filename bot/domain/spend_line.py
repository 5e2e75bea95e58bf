"""Reading the spend of a month from a line: "2026-12 invoiced 100,000.50 paid 90,000 because a hub opened late"."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.errors import UserError

FIELDS = ("charges", "profile", "invoiced", "approved", "disputed", "paid", "forecast")
WHY = "because"
NONE = "none"  # empties a sum


@dataclass(frozen=True)
class SpendTyped:
    """The month and the sums of a line, as they were typed: by field, None for one that is to be emptied. `reason` is
    "" where the line gives none."""

    month: str
    sums: Mapping[str, str | None]
    reason: str = ""


def parse_spend_line(line: str) -> SpendTyped | None:
    """What a line says; None where its month or every sum is missing. Raises `UserError` for a sum that is missing, or
    that stands there twice."""
    before, because, reason = _at_word(line.split(), WHY)
    month: list[str] = []
    sums: dict[str, list[str]] = {}
    part = month
    for word in before:
        if (field := word.casefold().rstrip(":")) in FIELDS:
            if field in sums:
                raise UserError(f"{field} stands there twice. Enter it once.", field=field)
            part = sums[field] = []
        else:
            part.append(word)
    if because and not reason:
        raise UserError("After because comes the reason. Enter it.", field="reason")
    if not month or not (sums or reason):
        return None
    if missing := next((field for field, words in sums.items() if not words), None):
        raise UserError(f"After {missing} comes a sum, for example {missing} 100,000.50.", field=missing)
    typed = {field: " ".join(words) for field, words in sums.items()}
    return SpendTyped(
        " ".join(month), {field: None if sum.casefold() == NONE else sum for field, sum in typed.items()}, reason
    )


def _at_word(words: list[str], word: str) -> tuple[list[str], bool, str]:
    """The words before a word, whether it is there, and what follows it."""
    place = next((n for n, each in enumerate(words) if each.casefold() == word), len(words))
    return words[:place], place < len(words), " ".join(words[place + 1 :])
