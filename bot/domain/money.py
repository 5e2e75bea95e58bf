"""Sums of money as people type them."""

import re
from decimal import Decimal

from bot.domain.wording import quoted
from bot.errors import UserError

MOST_POUNDS = 1_000_000_000_000
_SUM = re.compile(
    r"£?\s*(?P<number>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?P<part>\.[0-9]+)?\s*(?P<scale>|k|thousand|m|million|bn|billion)",
    re.IGNORECASE,
)
_SCALES = {"": 1, "k": 1_000, "thousand": 1_000, "m": 1_000_000, "million": 1_000_000}
_SCALES |= {"bn": 1_000_000_000, "billion": 1_000_000_000}


class NotASum(UserError):
    """What was typed is not a whole number of pounds."""

    def __init__(self, typed: str, field: str | None) -> None:
        problem = f"{quoted(typed)} is not a sum in whole pounds" if typed.strip() else "A sum is needed here"
        super().__init__(
            f"{problem}. Enter pounds up to 1,000 billion, for example 84,000,000 or £6.2 million.", field=field
        )


def parse_pounds(text: str, field: str | None = None) -> int:
    """Whole pounds: "84,000,000", "£6.2 million", "900k". `NotASum` for anything else, parts of a pound included."""
    found = _SUM.fullmatch(text.strip())
    if found is None:
        raise NotASum(text, field)
    pounds = Decimal(found["number"].replace(",", "") + (found["part"] or "")) * _SCALES[found["scale"].lower()]
    if pounds != pounds.to_integral_value() or pounds > MOST_POUNDS:
        raise NotASum(text, field)
    return int(pounds)
