"""The monthly summary: each senior owner's contracts, with ratings over 3 and 12 months, by direct message."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, select
from sqlmodel import col

from bot.access import is_absent, role_counts
from bot.delivery.outbox import OutgoingMessage
from bot.domain.calendar import Nation
from bot.domain.digests import month_due
from bot.domain.ratings import Movement, Rating, worst
from bot.models import Audience, Contract, Person, Reading, Report, Role, RoleName
from bot.services import occurrences
from bot.services.digest.comparison import RatingLine, lines
from bot.services.digest.dated_items import DatedItem, dated_items_of
from bot.services.digest.posting import NOTICEABLY_LATE
from bot.services.progress.standings import standings
from bot.services.unit_of_work import UnitOfWork

SHORT, LONG = 3, 12


@dataclass(frozen=True)
class RollingRatings:
    """In how many of its last 3 and 12 reports a contract was Good; None if it has fewer reports."""

    short: int | None = None
    long: int | None = None


def rolling_ratings(work: UnitOfWork, contracts: Iterable[int]) -> Mapping[int, RollingRatings]:
    """The rolling ratings of these contracts. One query."""
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


RULE = "monthly summary"
EVERYBODY = "senior owners"
WORST_MOVEMENTS = 10


@dataclass(frozen=True)
class OwnedContract:
    """A contract of a senior owner, with its rolling ratings, if it has them."""

    line: RatingLine
    rolling: RollingRatings


@dataclass(frozen=True)
class OwnerSummary:
    """The contracts of one senior owner, the worst first, those whose rating fell the furthest, and what is late on
    them or due soon."""

    day: date
    is_sample: bool
    contracts: Sequence[OwnedContract]
    worse: Sequence[RatingLine]
    late: Sequence[DatedItem] = ()
    coming: Sequence[DatedItem] = ()

    @property
    def moved_worse(self) -> int:
        """The number of contracts that got worse."""
        return sum(each.line.movement is Movement.WORSE for each in self.contracts)

    @property
    def moved_better(self) -> int:
        """The number of contracts that got better."""
        return sum(each.line.movement is Movement.BETTER for each in self.contracts)


@dataclass(frozen=True)
class MonthlyDue:
    """The summaries of a month that are due and not yet sent: the contracts of each senior owner who has had none."""

    due: datetime
    owners: Mapping[str, Mapping[int, Contract]]


def monthly_due(work: UnitOfWork) -> MonthlyDue | None:
    """The summaries due on the first working day of the month at 9am, or later in working hours; None if all are
    sent."""
    calendar = work.calendar.of(Nation.ENGLAND_AND_WALES)
    if not calendar.is_working_time(work.now):
        return None
    due = month_due(calendar, work.now)
    claimed = occurrences.claimed(work, RULE, due)
    if EVERYBODY in claimed:
        return None
    return MonthlyDue(due, {slack: own for slack, own in sorted(_owners(work, due).items()) if slack not in claimed})


def prepare(work: UnitOfWork, slack: str, contracts: Mapping[int, Contract], due: datetime) -> OutgoingMessage:
    """Build the summary of a senior owner; a late one says so. This is the slow part, and it only reads."""
    missed = due if work.now - due > NOTICEABLY_LATE else None
    message = work.messages.message("digest/monthly", summary=build(work, contracts), missed=missed)
    why = "you are the senior owner of these contracts, or stand in for who is, and it is the start of a month"
    return OutgoingMessage(f"monthly-{slack}-{due:%Y%m}", slack, Audience.INTERNAL, message, why)


def send(work: UnitOfWork, draft: OutgoingMessage, due: datetime) -> bool:
    """Send a senior owner's summary, unless another worker does; returns whether it was sent."""
    if not occurrences.claim(work, RULE, draft.channel, due):
        return False
    work.enqueue(draft)
    work.record("monthly summary sent", draft.channel)
    return True


def close_month(work: UnitOfWork, due: datetime) -> None:
    """Mark the month as sent. A senior owner or contract added later waits for the next month."""
    occurrences.claim(work, RULE, EVERYBODY, due)


def build(work: UnitOfWork, contracts: Mapping[int, Contract]) -> OwnerSummary:
    """The summary of these contracts, in a constant number of queries."""
    found = lines(standings(work, contracts), None)
    rolled = rolling_ratings(work, contracts)
    worse = [line for line in found if line.movement is Movement.WORSE]
    late, coming = dated_items_of(work, contracts)
    return OwnerSummary(
        day=work.today,
        is_sample=any(contract.sample for contract in contracts.values()),
        contracts=[OwnedContract(line, rolled[line.standing.contract.id]) for line in found],
        worse=sorted(worse, key=_fall)[:WORST_MOVEMENTS],
        late=late,
        coming=coming,
    )


def _fall(line: RatingLine) -> tuple[int, int, str]:
    """The sort key: the furthest fall first, then the worst rating."""
    now, before = line.standing.rating.severity, line.before.severity if line.before else 0
    return before - now, -now, line.standing.contract.reference


def _owners(work: UnitOfWork, due: datetime) -> dict[str, dict[int, Contract]]:
    """The contracts of each senior owner: the holder of the role, or their deputy while they are away."""
    away = is_absent(col(Role.person_id), work.today)
    stands = case((away, func.coalesce(col(Role.deputy_id), col(Role.person_id))), else_=col(Role.person_id))
    rows = work.session.execute(
        select(col(Person.slack), Contract)
        .select_from(Person)
        .join(Role, stands == col(Person.id))
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .where(col(Role.role) == RoleName.SENIOR_OWNER, col(Contract.created_at) <= due, role_counts())
        .order_by(col(Contract.reference))
    )
    owned: dict[str, dict[int, Contract]] = defaultdict(dict)
    for slack, contract in rows:
        owned[slack][contract.id] = contract
    return owned
