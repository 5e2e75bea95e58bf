"""The score of a risk on a grid of 5 by 5: likelihood, impact, the band they give and how often to review it.

The bands are those that public departments usually take: 1 to 4 low, 5 to 9 medium, 10 to 14 high and 15 to
25 very high.
"""

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Self

from bot.domain.wording import join_words, nearest, quoted
from bot.errors import UserError


class _Point(IntEnum):
    """One of the five points of a scale, each with a word."""

    @property
    def label(self) -> str:
        """The words a person reads: "Almost certain"."""
        return self.name.capitalize().replace("_", " ")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The point that was typed, as its words in any case or as 1 to 5. `NotOnTheScale` otherwise."""
        typed = re.sub(r"[\s_-]+", " ", text.strip()).casefold()
        for point in cls:
            if typed in (point.label.casefold(), str(point.value)):
                return point
        raise NotOnTheScale(text, cls)


class Likelihood(_Point):
    """How likely a risk is to happen."""

    RARE = 1
    UNLIKELY = 2
    POSSIBLE = 3
    LIKELY = 4
    ALMOST_CERTAIN = 5


class Impact(_Point):
    """How much a risk would matter if it happened."""

    NEGLIGIBLE = 1
    MINOR = 2
    MODERATE = 3
    MAJOR = 4
    SEVERE = 5


class NotOnTheScale(UserError):
    """What was typed is not one of the five points of a scale."""

    def __init__(self, typed: str, scale: type[_Point]) -> None:
        name, labels = scale.__name__.lower(), [point.label.lower() for point in scale]
        article = "an" if name[0] in "aeiou" else "a"
        problem = f"{quoted(typed)} is not {article} {name}" if typed.strip() else f"{article} {name} is needed"
        super().__init__(
            f"{problem[0].upper()}{problem[1:]}. Enter {join_words(labels, 'or')}, "
            f"or a number from 1 to 5, for example {nearest(typed, labels) or labels[2]}.",
            field=name,
        )


class Band(StrEnum):
    """How serious a score is. Never compare two with < (they are words): compare their `severity`."""

    LOW = "Low"
    MEDIUM = "Medium"
    HIGH = "High"
    VERY_HIGH = "Very high"

    @property
    def severity(self) -> int:
        """0 for Low to 3 for Very high."""
        return list(Band).index(self)


@dataclass(frozen=True, slots=True)
class BandStarts:
    """The lowest score in each band above low; a department may set its own."""

    medium: int = 5
    high: int = 10
    very_high: int = 15


_USUAL = BandStarts()
_REVIEW_DAYS = {Band.LOW: 90, Band.MEDIUM: 60, Band.HIGH: 30, Band.VERY_HIGH: 14}


def parse_likelihood(text: str) -> Likelihood:
    """The likelihood that was typed, "almost certain" or "5". `NotOnTheScale` otherwise."""
    return Likelihood.parse(text)


def parse_impact(text: str) -> Impact:
    """The impact that was typed, "severe" or "5". `NotOnTheScale` otherwise."""
    return Impact.parse(text)


def score(likelihood: Likelihood, impact: Impact) -> int:
    """Likelihood times impact, 1 to 25."""
    return likelihood * impact


def band(likelihood: Likelihood, impact: Impact, starts: BandStarts = _USUAL) -> Band:
    """The band of a score. A severe impact is never below medium, wherever the bands start."""
    points = score(likelihood, impact)
    if points >= starts.very_high:
        return Band.VERY_HIGH
    if points >= starts.high:
        return Band.HIGH
    if points >= starts.medium or impact is Impact.SEVERE:
        return Band.MEDIUM
    return Band.LOW


def review_days(band: Band) -> int:
    """The calendar days from one review of a risk to the next."""
    return _REVIEW_DAYS[band]
