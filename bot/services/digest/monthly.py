"""The monthly summary: each senior owner's contracts, with ratings over 3 and 12 months, by direct message."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, case, func, select
from sqlmodel import col

from bot.absence import is_absent
from bot.access import role_counts
from bot.delivery.outbox import OutgoingMessage
from bot.domain.calendar import Nation
from bot.domain.digests import month_due, month_opens
from bot.domain.periods import Month, report_due
from bot.domain.ratings import Movement, Rating, worst
from bot.domain.subjects import SubjectKind
from bot.models import Audience, Contract, Person, Reading, Report, Role, RoleName
from bot.services import occurrences
from bot.services.digest.changes import needs
from bot.services.digest.comparison import RatingLine, lines, risks
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
A_MONTH = timedelta(days=28)  # after which the next one is near
EVERYBODY = "senior owners"
WORST_MOVEMENTS = 10


@dataclass(frozen=True)
class OwnedContract:
    """A contract of a senior owner, with its rolling ratings, if it has them. `is_in`: the month's report has come;
    `is_missing`: it was due and has not."""

    line: RatingLine
    rolling: RollingRatings
    is_in: bool = True
    is_missing: bool = False


@dataclass(frozen=True)
class OwnerSummary:
    """The contracts of one senior owner in a month, the worst first, those whose rating fell the furthest, what is late
    on them or due soon, and how many need attention."""

    month: Month
    is_sample: bool
    contracts: Sequence[OwnedContract]
    worse: Sequence[RatingLine]
    late: Sequence[DatedItem] = ()
    coming: Sequence[DatedItem] = ()
    attention: int = 0

    @property
    def missing(self) -> Sequence[str]:
        """The contracts whose report for the month was due and has not come."""
        return [each.line.standing.contract.reference for each in self.contracts if each.is_missing]

    @property
    def moved_worse(self) -> int:
        """The number of contracts that got worse in the month."""
        return sum(each.is_in and each.line.movement is Movement.WORSE for each in self.contracts)

    @property
    def moved_better(self) -> int:
        """The number of contracts that got better in the month."""
        return sum(each.is_in and each.line.movement is Movement.BETTER for each in self.contracts)


@dataclass(frozen=True)
class DueSummary:
    """The summary of a month that is due to a senior owner, and since when."""

    slack: str
    contracts: Mapping[int, Contract]
    month: Month
    due: datetime


@dataclass(frozen=True)
class MonthlyDue:
    """The summaries of the last month that are due and not yet sent. `opened` is when its reports were first asked for.
    `is_all`: nobody waits for theirs any more."""

    opened: datetime
    summaries: Sequence[DueSummary]
    is_all: bool


def monthly_due(work: UnitOfWork) -> MonthlyDue | None:
    """The summaries of the last month that are due by now: those of each senior owner from 9am on the working day after
    the last of their reports was due, in working hours; None if all are sent."""
    calendar, month = work.calendar.of(Nation.ENGLAND_AND_WALES), Month.of(work.today).previous()
    opened = month_opens(month, calendar)
    if opened > work.now or not calendar.is_working_time(work.now):
        return None
    claimed = occurrences.claimed(work, RULE, opened)
    if EVERYBODY in claimed:
        return None
    owed = {slack: own for slack, own in sorted(_owners(work, opened).items()) if slack not in claimed}
    days = _report_days(work, month, {key: each for own in owed.values() for key, each in own.items()})
    found = [
        DueSummary(slack, own, month, month_due(month, [days[each] for each in own if each in days], calendar))
        for slack, own in owed.items()
    ]
    due = [each for each in found if each.due <= work.now]
    return MonthlyDue(opened, due, is_all=len(due) == len(found))


def _report_days(work: UnitOfWork, month: Month, contracts: Mapping[int, Contract]) -> Mapping[int, date]:
    """The day on which the month's report of each contract is due by its cycle, without those that owe none. Time that
    was agreed for one moves no summary. One query."""
    owing = work.session.scalars(_reports_of(month, contracts).with_only_columns(col(Report.contract_id)))
    owed = (contracts[each] for each in owing)
    return {
        each.id: report_due(month, each.report_working_day, work.calendar.of(each.nation))  # its own bank holidays
        for each in owed
    }


def _reports_of(month: Month, contracts: Collection[int]) -> Select[Report]:
    return select(Report).where(col(Report.period) == month.key, col(Report.contract_id).in_(contracts))


def prepare(work: UnitOfWork, due: DueSummary) -> OutgoingMessage:
    """Build the summary of a senior owner; a late one says so. This is the slow part, and it only reads."""
    missed = due.due if work.now - due.due > NOTICEABLY_LATE else None
    message = work.messages.message("digest/monthly", summary=build(work, due.contracts, due.month), missed=missed)
    why = (
        "you are the senior owner of these contracts, or are covering for them, and the reports "
        f"for {due.month} were due"
    )
    key, subject = f"monthly-{due.slack}-{due.due:%Y%m}", SubjectKind.SUMMARY.subject(f"of months for {due.slack}")
    return OutgoingMessage(key, due.slack, Audience.INTERNAL, message, why, subject=subject, stale_at=due.due + A_MONTH)


def send(work: UnitOfWork, draft: OutgoingMessage, opened: datetime) -> bool:
    """Send a senior owner's summary, unless another worker does; returns whether it was sent."""
    if not occurrences.claim(work, RULE, draft.channel, opened):
        return False
    work.enqueue(draft)
    work.record("monthly summary sent", draft.channel)
    return True


def close_month(work: UnitOfWork, opened: datetime) -> None:
    """Mark the month as sent. A senior owner or contract added later waits for the next month."""
    occurrences.claim(work, RULE, EVERYBODY, opened)


def build(work: UnitOfWork, contracts: Mapping[int, Contract], month: Month) -> OwnerSummary:
    """The summary of these contracts in a month, in a constant number of queries."""
    found = lines(standings(work, contracts), None)
    rolled = rolling_ratings(work, contracts)
    late, coming = dated_items_of(work, contracts)
    awaited = work.session.scalars(
        _reports_of(month, contracts)
        .where(col(Report.received_at).is_(None))
        .with_only_columns(col(Report.contract_id))
    )
    owned = _owned(found, rolled, month, {*awaited})
    worse = [each.line for each in owned if each.is_in and each.line.movement is Movement.WORSE]
    return OwnerSummary(
        month=month,
        is_sample=any(contract.sample for contract in contracts.values()),
        contracts=owned,
        worse=sorted(worse, key=_fall)[:WORST_MOVEMENTS],
        late=late,
        coming=coming,
        attention=len(needs(found, late, risks(work, contracts, None))),
    )


def _owned(
    found: Sequence[RatingLine], rolled: Mapping[int, RollingRatings], month: Month, awaited: Collection[int]
) -> list[OwnedContract]:
    return [
        OwnedContract(
            line,
            rolled[line.standing.contract.id],
            is_in=bool(line.standing.reports) and line.standing.reports[0].period >= month.key,
            is_missing=line.standing.contract.id in awaited,
        )
        for line in found
    ]


def _fall(line: RatingLine) -> tuple[int, int, str]:
    """The sort key: the furthest fall first, then the worst rating."""
    now, before = line.standing.rating.severity, line.before.severity if line.before else 0
    return before - now, -now, line.standing.contract.reference


def _owners(work: UnitOfWork, opened: datetime) -> dict[str, dict[int, Contract]]:
    """The contracts of each senior owner: the holder of the role, or their deputy while they are away."""
    away = is_absent(col(Role.person_id), work.today)
    stands = case((away, func.coalesce(col(Role.deputy_id), col(Role.person_id))), else_=col(Role.person_id))
    rows = work.session.execute(
        select(col(Person.slack), Contract)
        .select_from(Person)
        .join(Role, stands == col(Person.id))
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .where(col(Role.role) == RoleName.SENIOR_OWNER, col(Contract.created_at) <= opened, role_counts())
        .order_by(col(Contract.reference))
    )
    owned: dict[str, dict[int, Contract]] = defaultdict(dict)
    for slack, contract in rows:
        owned[slack][contract.id] = contract
    return owned
