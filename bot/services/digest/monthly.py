"""The monthly form of the summary: each senior owner's own contracts, by direct message."""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, exists, func, select
from sqlmodel import col

from bot.access import counting
from bot.domain.calendar import Nation, is_working_time
from bot.domain.digests import month_due
from bot.domain.ratings import Movement
from bot.models import Absence, Audience, Contract, Person, Role, RoleName
from bot.outbox import Draft
from bot.services import occurrences
from bot.services.digest import rolling
from bot.services.digest.comparing import Line, lines
from bot.services.digest.posting import NOTICEABLY_LATE
from bot.services.digest.rolling import RollingRatings
from bot.services.progress.standings import standings
from bot.services.work import Work

log = logging.getLogger(__name__)

RULE = "monthly summary"
WORST_MOVEMENTS = 10


@dataclass(frozen=True)
class Owned:
    """A contract of a senior owner, and how it was rated over the last months, where that can be said."""

    line: Line
    rolling: RollingRatings


@dataclass(frozen=True)
class OwnSummary:
    """The contracts of one senior owner, the worst first, and those that got worse the most."""

    day: date
    is_sample: bool
    contracts: Sequence[Owned]
    worse: Sequence[Line]

    @property
    def moved_worse(self) -> int:
        """How many got worse."""
        return sum(each.line.movement is Movement.WORSE for each in self.contracts)

    @property
    def moved_better(self) -> int:
        """How many got better."""
        return sum(each.line.movement is Movement.BETTER for each in self.contracts)


def post_monthly(work: Work) -> int:
    """Send each senior owner the summary of their contracts on the first working day of the month at 9am, once; how
    many were sent. Who becomes one later, or whose contract comes later, waits for the next. One that comes late says
    so, and comes in working hours; one that cannot be made holds up no other, and the log says so.
    """
    if not is_working_time(work.now, Nation.ENGLAND_AND_WALES):
        return 0
    due = month_due(Nation.ENGLAND_AND_WALES, work.now)
    if not occurrences.claim(work, RULE, "senior owners", due):
        return 0
    sent = 0
    for slack, contracts in sorted(_owners(work, due).items()):
        try:
            with work.session.begin_nested():
                _send(work, slack, contracts, due)
            sent += 1
        except Exception:  # whatever is wrong with one, the others are sent
            log.exception("no monthly summary for %s", slack)
    return sent


def build(work: Work, contracts: Mapping[int, Contract]) -> OwnSummary:
    """The summary of these contracts. The number of queries does not grow with them."""
    found = lines(standings(work, contracts), None)
    rolled = rolling.ratings(work, contracts)
    worse = [line for line in found if line.movement is Movement.WORSE]
    return OwnSummary(
        day=work.today,
        is_sample=any(contract.sample for contract in contracts.values()),
        contracts=[Owned(line, rolled[line.standing.contract.id]) for line in found],
        worse=sorted(worse, key=_fall)[:WORST_MOVEMENTS],
    )


def _fall(line: Line) -> tuple[int, int, str]:
    """What to sort by: who fell the furthest first, then who stands worst."""
    now, before = line.standing.rating.severity, line.before.severity if line.before else 0
    return before - now, -now, line.standing.contract.reference


def _send(work: Work, slack: str, contracts: Mapping[int, Contract], due: datetime) -> None:
    missed = due if work.now - due > NOTICEABLY_LATE else None
    message = work.messages.message("monthly_summary", summary=build(work, contracts), missed=missed)
    why = "you are the senior owner of these contracts, or stand in for who is, and it is the start of a month"
    work.enqueue(Draft(f"monthly-{slack}-{due:%Y%m}", slack, Audience.INTERNAL, message, why))
    work.record("monthly summary sent", slack)


def _owners(work: Work, due: datetime) -> dict[str, dict[int, Contract]]:
    """Who answers for which contracts as their senior owner: the holder, or their deputy on days of leave."""
    away = exists().where(
        col(Absence.person_id) == col(Role.person_id),
        col(Absence.first_day) <= work.today,
        col(Absence.last_day) >= work.today,
    )
    stands = case((away, func.coalesce(col(Role.deputy_id), col(Role.person_id))), else_=col(Role.person_id))
    rows = work.session.execute(
        select(col(Person.slack), Contract)
        .select_from(Person)
        .join(Role, stands == col(Person.id))
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .where(col(Role.role) == RoleName.SENIOR_OWNER, col(Contract.created_at) <= due, counting())
        .order_by(col(Contract.reference))
    )
    owned: dict[str, dict[int, Contract]] = defaultdict(dict)
    for slack, contract in rows:
        owned[slack][contract.id] = contract
    return owned
