"""What it costs to look at contracts, of 12 and of 1,000: processor time, queries and the rows that they return."""

import asyncio
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial

from sqlalchemy import delete, select, update
from sqlmodel import Session, col

from benchmarks.figures import Figure, Size, run_alone
from benchmarks.load import Timings
from benchmarks.reading import CONTRACTS, KPIS, LAST_MONTH, MONTHS, USER, fill
from benchmarks.serving import prepared
from bot import demo
from bot.app import Liaison, build
from bot.clock import MovableClock
from bot.db import Database
from bot.domain.calendar import Nation
from bot.domain.london import london_instant
from bot.identity import Identity, find_actor
from bot.interactions.pagination import turn
from bot.models import Reading, Report
from bot.services.pages import contract as contract_page
from bot.services.pages import contracts as contract_list
from bot.services.pages import home as home_page
from bot.services.unit_of_work import ActorContext
from handlers.contracts import WORKING_DAYS
from jobs import JOBS
from jobs.rehearsal import rehearse
from tests.counting import rows_read

FEW = 12


def _list(ctx: ActorContext, *words: str) -> object:
    page = contract_list.list_contracts(ctx, words)
    return ctx.messages.message("contracts/list", page=page, turn=partial(turn, page.words))


def _page(ctx: ActorContext) -> object:
    return ctx.messages.message("contracts/page", card=contract_page.contract_page(ctx, "WP-NE"))


def _list_misspelled(ctx: ActorContext) -> object:
    return _list(ctx, "gold", "pathwyas")  # two letters swapped


LOOKS: dict[str, Callable[[ActorContext], object]] = {
    "App Home": home_page.home_view,
    "/contract list": _list,
    "/contract list gold pathwyas": _list_misspelled,
    "/contract show": _page,
}
UPCOMING = "/contract upcoming"
GOALS = {"App Home": 100}


@dataclass(frozen=True)
class Cost:
    """The processor time of each round, and the queries of one and their rows."""

    taken: Timings
    queries: int
    rows: int


def measure(size: Size) -> list[Figure]:
    """Measure each look at few contracts, at many, and at as many where nobody has decided on any report."""
    contracts, months, rounds = size.of((CONTRACTS, MONTHS, 200), (100, 6, 10))
    measured = partial(_measured, rounds=rounds, months=months)
    few, many = measured(FEW, upcoming=not size.quick), measured(contracts, upcoming=not size.quick)
    undecided = {} if size.quick else measured(contracts, undecided=months, upcoming=False)
    print(
        f"\n{f'{months} months of {KPIS} KPIs, processor time':42}{'p50 ms':>9}{'p99 ms':>9}{'ratio':>8}{'goal':>6}",
        end="",
    )
    print(f"{'queries':>12}{'rows':>9}")
    columns = {f"{FEW}": few, f"{contracts:,}": many, f"{contracts:,} undecided": undecided}
    for name in few:
        for of, costs in columns.items():
            if name in costs:
                _row(f"{name}, {of}", costs[name], few[name], GOALS.get(name))
    return [
        Figure(f"{name}, processor, of {of}, p99", costs[name].taken.percentile(0.99), "ms", goal)
        for name, goal in GOALS.items()
        for of, costs in columns.items()
        if costs is not few and costs
    ]


def _row(name: str, cost: Cost, beside: Cost, goal: int | None) -> None:
    p50, p99 = cost.taken.percentile(0.5), cost.taken.percentile(0.99)
    ratio = p50 / beside.taken.percentile(0.5)
    print(f"{name:42}{p50:9.1f}{p99:9.1f}{ratio:8.2f}{goal or 0:>6}{cost.queries:12}{cost.rows:9,}")


def _measured(contracts: int, *, rounds: int, months: int, undecided: int = 1, upcoming: bool) -> dict[str, Cost]:
    """The cost of each look in a database of its own, in a process that is as ready as one that serves."""
    with prepared() as settings:
        with closing(Database(settings.database_url)) as database:
            fill(database, contracts, months, undecided)
            with database.writing() as session:
                _await_some(session)
        with closing(build(settings, MovableClock(demo.BEGINS))) as liaison:
            liaison.get_ready()
            costs = {name: _cost(rounds, partial(_look, liaison, look)) for name, look in LOOKS.items()}
            if upcoming:
                costs[UPCOMING] = _cost(0, partial(_upcoming, liaison))
            return costs


def _await_some(session: Session) -> None:
    """Take back the last report of every other contract: it is awaited, and due in two days."""
    some = (col(Report.period) == LAST_MONTH.key, col(Report.contract_id) % 2 == 0, col(Report.decision).is_(None))
    taken_back = select(col(Report.id)).where(*some)
    session.execute(delete(Reading).where(col(Reading.report_id).in_(taken_back)))
    session.execute(update(Report).where(*some).values(received_at=None, revised_at=None, reporter_id=None))


def _cost(rounds: int, look: Callable[[], object]) -> Cost:
    """The cost of so many rounds after a first one, which also compiles its statements; of the first if there is no
    other."""
    with rows_read() as rows:
        each = [_processor_time(look)]
    each = [_processor_time(look) for _ in range(rounds)] or each
    return Cost(Timings(each, sum(each)), len(rows), sum(rows))


def _processor_time(look: Callable[[], object]) -> float:
    began = time.process_time()
    look()
    return time.process_time() - began


def _look(liaison: Liaison, look: Callable[[ActorContext], object]) -> None:
    with liaison.database.reading() as session:
        actor = find_actor(session, Identity(USER, frozenset({"T0DEPT"})))
        jobs = liaison.jobs
        look(ActorContext(session, demo.BEGINS, jobs.calendar, jobs.messages, USER, actor))


def _upcoming(liaison: Liaison) -> None:
    """Rehearse the jobs, as the command does before it answers."""
    calendar = liaison.jobs.calendar.of(Nation.ENGLAND_AND_WALES)
    until = london_instant(calendar.add_working_days(demo.BEGINS.date(), WORKING_DAYS), 23, 59)
    asyncio.run(rehearse(liaison.jobs, JOBS, demo.BEGINS, until))


if __name__ == "__main__":
    run_alone("looking", measure)
