"""How contracts were rated over the last 3 and 12 months: the share of months in which each was Good.

This is the one place from which the monthly summary takes what it says of several months.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import col

from bot.domain.ratings import Rating, worst
from bot.models import Reading, Report
from bot.services.work import Work

SHORT, LONG = 3, 12


@dataclass(frozen=True)
class RollingRatings:
    """In how many of the last 3 and 12 reports a contract was Good; None where there are not as many reports yet."""

    short: int | None = None
    long: int | None = None


def ratings(work: Work, contracts: Iterable[int]) -> Mapping[int, RollingRatings]:
    """Of each of these contracts. One query."""
    place = func.row_number().over(partition_by=col(Report.contract_id), order_by=col(Report.period).desc())
    last = (
        select(col(Report.id), col(Report.contract_id), col(Report.period), place.label("place"))
        .where(col(Report.received_at).is_not(None), col(Report.contract_id).in_(contracts))
        .subquery()
    )
    rows = work.session.execute(
        select(last.c.contract_id, last.c.place, col(Reading.rating))
        .join(Reading, col(Reading.report_id) == last.c.id)
        .where(last.c.place <= LONG)
    )
    found: dict[int, dict[int, list[Rating]]] = defaultdict(lambda: defaultdict(list))
    for contract_id, number, rating in rows:
        found[contract_id][number].append(rating)
    return defaultdict(RollingRatings, {each: _rolled([*months.items()]) for each, months in found.items()})


def _rolled(months: Sequence[tuple[int, Sequence[Rating]]]) -> RollingRatings:
    good = {number for number, rated in months if worst(rated) is Rating.GOOD}
    numbers = {number for number, _ in months}

    def of_last(count: int) -> int | None:
        return sum(each <= count for each in good) if max(numbers) >= count else None

    return RollingRatings(of_last(SHORT), of_last(LONG))
