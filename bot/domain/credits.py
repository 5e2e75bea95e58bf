"""Service credits: from the accepted ratings of a contract to what each month earns, line by line.

Every sum is exact, and rounded once, to the penny. The credits of a financial year are worked out together, by month,
so that neither the order in which reports are accepted nor the number of times makes a difference.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from enum import StrEnum

from bot.domain.periods import Month, financial_year
from bot.domain.ratings import Rating

PENNY = Decimal("0.01")
NOTHING = Decimal(0)
ALERTS = (50, 80, 100)  # per cent of the yearly cap at which people are told


class Cap(StrEnum):
    """What has limited a credit."""

    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True)
class CreditTerms:
    """What a contract says of credits: the points for each rating, what a point takes in per cent of the charges of the
    month, and the caps: in per cent of the charges of the month, and in pounds for the financial year.

    `doubles`: a KPI that falls short in consecutive months counts double. Nothing is earned before the month `since`.
    """

    since: Month
    points: Mapping[Rating, int]
    percent_per_point: Decimal
    doubles: bool = True
    month_cap: Decimal | None = None
    year_cap: Decimal | None = None


@dataclass(frozen=True)
class AcceptedMonth:
    """The accepted ratings of a month, by KPI, and its charges, None if they are not known."""

    month: Month
    ratings: Mapping[str, Rating]
    charges: Decimal | None


@dataclass(frozen=True)
class CreditLine:
    """The points of one KPI, which count so many times."""

    kpi: str
    rating: Rating
    points: int
    times: int

    @property
    def total(self) -> int:
        """The points that count."""
        return self.points * self.times


@dataclass(frozen=True)
class MonthlyCredit:
    """What a month earns, with its working. `uncapped` is what it would earn without a cap, `capped_by` what limits it;
    without charges it is nothing yet."""

    month: Month
    lines: Sequence[CreditLine]
    charges: Decimal | None
    percent: Decimal
    uncapped: Decimal
    amount: Decimal
    capped_by: Cap | None

    @property
    def points(self) -> int:
        """The points of all its KPIs."""
        return sum(line.total for line in self.lines)

    @property
    def waits_for_charges(self) -> bool:
        """Whether it has points, and its charges are not known."""
        return self.points > 0 and self.charges is None


def work_out(terms: CreditTerms, accepted: Iterable[AcceptedMonth]) -> list[MonthlyCredit]:
    """What each of these months earns, by month."""
    by_month = {each.month: each for each in accepted}
    spent: dict[int, Decimal] = {}
    made = []
    for month in sorted(each for each in by_month if each >= terms.since):
        year = year_of(month)
        left = None if terms.year_cap is None else terms.year_cap - spent.get(year, NOTHING)
        credit = _of_month(terms, by_month[month], by_month.get(month.previous()), left)
        spent[year] = spent.get(year, NOTHING) + credit.amount
        made.append(credit)
    return made


def year_of(month: Month) -> int:
    """The year in which the financial year of a month began."""
    return financial_year(month.start)[0].year


def alert_reached(before: Decimal, after: Decimal, cap: Decimal) -> int | None:
    """The highest share of the yearly cap, in per cent, that a year reaches with a change; None for none."""
    return max((each for each in ALERTS if before * 100 < each * cap <= after * 100), default=None)


def _of_month(
    terms: CreditTerms, month: AcceptedMonth, before: AcceptedMonth | None, left: Decimal | None
) -> MonthlyCredit:
    """What a month earns; `left` is what is left of the yearly cap."""
    lines = [_line(terms, kpi, rating, before) for kpi, rating in month.ratings.items()]
    charges = month.charges or NOTHING
    percent = sum(line.total for line in lines) * terms.percent_per_point
    uncapped = (charges * percent / 100).quantize(PENNY, ROUND_HALF_UP)
    amount, capped_by = uncapped, None
    if terms.month_cap is not None:
        most = (charges * terms.month_cap / 100).quantize(PENNY, ROUND_DOWN)
        amount, capped_by = (most, Cap.MONTH) if most < amount else (amount, capped_by)
    if left is not None and left < amount:
        amount, capped_by = left, Cap.YEAR
    return MonthlyCredit(month.month, lines, month.charges, percent, uncapped, amount, capped_by)


def _line(terms: CreditTerms, kpi: str, rating: Rating, before: AcceptedMonth | None) -> CreditLine:
    points = terms.points.get(rating, 0)
    fell_short = before is not None and terms.points.get(before.ratings.get(kpi, Rating.GOOD), 0) > 0
    return CreditLine(kpi, rating, points, 2 if terms.doubles and points and fell_short else 1)
