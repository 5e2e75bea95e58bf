"""A department's own rules for risks: where its bands begin, how often it reviews, and its risk appetite.

The defaults are those that public departments usually take: 1 to 4 low, 5 to 9 medium, 10 to 14 high and 15 to 25 very
high, with an impact of 5 never below medium; a review every 90, 60, 30 and 14 days.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from bot.domain.scores import Band, Grade, Impact, Likelihood
from bot.errors import UserError

MOST_POINTS = 25
LONGEST_DAYS = 366


class RiskCategory(StrEnum):
    """The categories of the Orange Book's risk register."""

    STRATEGY = "strategy"
    GOVERNANCE = "governance"
    OPERATIONS = "operations"
    LEGAL = "legal"
    PROPERTY = "property"
    FINANCIAL = "financial"
    COMMERCIAL = "commercial"
    PEOPLE = "people"
    TECHNOLOGY = "technology"
    INFORMATION = "information"
    SECURITY = "security"
    PROGRAMME = "programme"
    REPUTATIONAL = "reputational"


class RiskChange(StrEnum):
    """What a person did with a risk, besides reviewing it."""

    RESPONSE = "response"
    CLOSED = "closed"
    ISSUE = "issue"
    SHARED = "shared"
    TAKEN_BACK = "taken back"
    ESCALATED = "escalated"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class BandStarts:
    """The lowest score in each band above low."""

    medium: int = 5
    high: int = 10
    very_high: int = 15


def _usual_days() -> Mapping[Band, int]:
    return {Band.LOW: 90, Band.MEDIUM: 60, Band.HIGH: 30, Band.VERY_HIGH: 14}


@dataclass(frozen=True)
class RiskRules:
    """The rules in force.

    A severe impact is never graded below `severe_at_least`; `review_days` are the calendar days from one review to the
    next. `appetite` is the highest accepted band in a category; it is High if the board has set none.
    """

    starts: BandStarts = BandStarts()
    severe_at_least: Band = Band.MEDIUM
    review_days: Mapping[Band, int] = field(default_factory=_usual_days)
    appetite: Mapping[RiskCategory, Band] = field(default_factory=dict)

    def grade(self, likelihood: int, impact: int) -> Grade:
        """The grade of a risk with this likelihood and impact, each 1 to 5."""
        points = likelihood * impact
        starts = (
            (self.starts.very_high, Band.VERY_HIGH),
            (self.starts.high, Band.HIGH),
            (self.starts.medium, Band.MEDIUM),
        )
        band = next((band for start, band in starts if points >= start), Band.LOW)
        if impact == Impact.SEVERE:
            band = max(band, self.severe_at_least, key=lambda each: each.severity)
        return Grade(Likelihood(likelihood), Impact(impact), band)

    def grade_if_any(self, likelihood: int | None, impact: int | None) -> Grade | None:
        """The grade of a risk; None if its likelihood or impact is not assessed."""
        return None if likelihood is None or impact is None else self.grade(likelihood, impact)

    def next_review(self, band: Band, today: date) -> date:
        """The due day of the next review of a risk in this band."""
        return today + timedelta(days=self.review_days[band])

    def accepted(self, category: RiskCategory) -> Band:
        """The highest band that is within the appetite for a category."""
        return self.appetite.get(category, Band.HIGH)

    def is_above_appetite(self, band: Band, category: RiskCategory) -> bool:
        """Whether a band is above the appetite for a category."""
        return band.severity > self.accepted(category).severity


def check_rules(rules: RiskRules) -> None:
    """Refuse rules that contradict themselves. Raises `UserError`, whose field is the
    band."""
    before = 1
    for name in ("medium", "high", "very_high"):
        start = getattr(rules.starts, name)
        if not before < start <= MOST_POINTS:
            raise UserError(
                f"Each band begins above the one before it: use whole numbers that rise from 2 to {MOST_POINTS}, "
                "for example 5, 10 and 15.",
                field=f"{name}_from",
            )
        before = start
    longest = LONGEST_DAYS
    for band in Band:
        days = rules.review_days[band]
        if not 1 <= days <= longest:
            raise UserError(
                f"A more serious risk is reviewed as often as a lesser one, or more: use days from 1 to {LONGEST_DAYS} "
                "that do not rise, for example 90, 60, 30 and 14.",
                field=f"{band.name.lower()}_days",
            )
        longest = days
