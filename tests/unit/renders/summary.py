"""The weekly summary, and messages held back."""

from dataclasses import replace
from datetime import date

from bot.domain.ratings import Rating
from bot.models import (
    Contract,
)
from bot.services.progress.standings import Standing
from bot.services.summary import Item, OpenRisk, Summary
from tests.builders import MONDAY, RULES, contract
from tests.unit.renders.common import LONG, NAME, TITLE, WORDS, Contexts, contracts


def item(number: int, days: int = 0, what: str = "Report for December 2026") -> Item:
    return Item(f"WP-{number:03}", what, date(2027, 1, 6), days)


def standing(about: Contract, rating: Rating = Rating.GOOD, before: Rating | None = Rating.GOOD) -> Standing:
    return Standing(about, "Northgate", "Amira Shah", "November 2026", rating, before, "Starts: 98% against 99%")


NOTHING = Summary(date(2027, 1, 4), is_sample=False, standings=[], late=[], coming=[], risks=[], failed_plans=[])
USUAL = Summary(
    date(2027, 1, 4),
    is_sample=True,
    standings=[
        standing(contract(reference="HA-EW"), Rating.INADEQUATE, Rating.REQUIRES_IMPROVEMENT),
        standing(contract(reference="IT-CH"), Rating.GOOD, Rating.APPROACHING_TARGET),
        standing(contract(reference="SK-SC"), Rating.OTHER, None),
    ],
    late=[item(1, days=20)],
    coming=[item(2), item(3, what="Decide: extension of 12 months")],
    risks=[OpenRisk("HA-EW", "R-5", "Too few assessors", RULES.grade(4, 4), happened=True)],
    failed_plans=[item(4, what="Bring clearance back")],
)


def full_summary(count: int, title: str, why: str, manager: str) -> Summary:
    """A summary of so many contracts, where each also has something late, coming, risky and failed."""
    numbers = range(1, count + 1)
    all_standings = [
        replace(
            standing(each, Rating.REQUIRES_IMPROVEMENT, Rating.REQUIRES_IMPROVEMENT if each.id % 2 else Rating.GOOD),
            why=why,
            manager=manager,
        )
        for each in contracts(count, title=title)
    ]
    return Summary(
        date(2027, 11, 22),
        is_sample=True,
        standings=all_standings,
        late=[item(n, days=1234, what=title) for n in numbers],
        coming=[item(n, what=title) for n in numbers],
        risks=[OpenRisk(f"WP-{n:03}", f"R-{n}", title, RULES.grade(3, 4)) for n in numbers],
        failed_plans=[item(n, what=title) for n in numbers],
    )


MESSAGE_CONTEXTS: Contexts = {
    "weekly_summary": {
        "smallest": {"summary": NOTHING, "missed": None},
        "usual": {"summary": USUAL, "missed": None},
        "late": {"summary": USUAL, "missed": MONDAY},
        "forty": {"summary": full_summary(40, TITLE, f"{NAME}: 98% against 99%", NAME), "missed": None},
        "largest": {"summary": full_summary(120, TITLE, f"{NAME}: 98% against 99%", NAME), "missed": MONDAY},
    },
    "withheld": {
        "smallest": {"contract": "A", "channel": "C1", "text": "A", "reason": "B"},
        "usual": {
            "contract": "WP-NE",
            "channel": "C0WPNE",
            "text": "Very high risk R-9 on WP-NE",
            "reason": "another organisation is in that channel",
        },
        "largest": {
            "contract": LONG["reference"],
            "channel": "C" + "0" * 39,
            "text": WORDS,
            "reason": "an organisation that is not the contract's partner is in that channel",
        },
    },
}
VIEW_CONTEXTS: Contexts = {}
