"""The score of a risk on a 5 by 5 grid: its likelihood, its impact, and the resulting band.

The bands are a department's own choice: see bot/domain/risk_rules.py.
"""

import re
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Self

from bot.domain.normalisation import plain_punctuation
from bot.domain.wording import join_words, nearest, quoted
from bot.errors import UserError


class _Point(IntEnum):
    """One of the five points of a scale, each with a word."""

    @property
    def label(self) -> str:
        """The point in words: "Almost certain"."""
        return self.name.capitalize().replace("_", " ")

    @classmethod
    def parse(cls, text: str) -> Self:
        """The typed point, from its words in any case or from 1 to 5. Raises `UserError` otherwise."""
        typed = re.sub(r"[\s_-]+", " ", plain_punctuation(text.strip())).casefold()
        for point in cls:
            if typed in (point.label.casefold(), str(point.value)):
                return point
        raise _not_on_the_scale(text, cls)


class Likelihood(_Point):
    """The likelihood of a risk."""

    RARE = 1
    UNLIKELY = 2
    POSSIBLE = 3
    LIKELY = 4
    ALMOST_CERTAIN = 5


class Impact(_Point):
    """The impact of a risk if it happens."""

    NEGLIGIBLE = 1
    MINOR = 2
    MODERATE = 3
    MAJOR = 4
    SEVERE = 5


def _not_on_the_scale(typed: str, scale: type[_Point]) -> UserError:
    """What was typed is not one of the five points of a scale."""
    name, labels = scale.__name__.lower(), [point.label.lower() for point in scale]
    article = "an" if name[0] in "aeiou" else "a"
    problem = f"{quoted(typed)} is not {article} {name}" if typed.strip() else f"{article} {name} is needed"
    return UserError(
        f"{problem[0].upper()}{problem[1:]}. Enter {join_words(labels, 'or')}, "
        f"or a number from 1 to 5, for example {nearest(typed, labels) or labels[2]}.",
        field=name,
    )


class Band(StrEnum):
    """The severity of a score in words. Never compare two with < (they are words): compare their `severity`."""

    LOW = "Low"
    MEDIUM = "Medium"
    HIGH = "High"
    VERY_HIGH = "Very high"

    @property
    def severity(self) -> int:
        """0 for Low to 3 for Very high."""
        return list(Band).index(self)


@dataclass(frozen=True, slots=True)
class Grade:
    """The likelihood and impact of a risk, and its band by the rules in force."""

    likelihood: Likelihood
    impact: Impact
    band: Band

    @property
    def points(self) -> int:
        """Likelihood times impact, 1 to 25."""
        return self.likelihood * self.impact


def parse_likelihood(text: str) -> Likelihood:
    """The typed likelihood, "almost certain" or "5". Raises `UserError` otherwise."""
    return Likelihood.parse(text)


def parse_impact(text: str) -> Impact:
    """The typed impact, "severe" or "5". Raises `UserError` otherwise."""
    return Impact.parse(text)


def order(grade: Grade | None) -> tuple[int, int]:
    """The sort key of a risk: unassessed risks first, then the worst band and score."""
    return (-len(Band), 0) if grade is None else (-grade.band.severity, -grade.points)
