"""How long a weekly summary takes, of 1,000 contracts with five years of readings."""

import statistics
import time
from collections.abc import Callable
from contextlib import closing

from sqlmodel import Session

from benchmarks.figures import Figure, Size, run_alone
from benchmarks.peak import peak
from benchmarks.reading import CONTRACTS, KPIS, MONTHS, USER, fill
from benchmarks.serving import prepared
from bot import demo
from bot.db import Database
from bot.delivery.messages import Messages
from bot.domain.calendar import published
from bot.identity import Identity, find_actor
from bot.services.digest import posting
from bot.services.pages import contracts as contract_list
from bot.services.unit_of_work import ActorContext, UnitOfWork
from tests.counting import counted


def measure(size: Size) -> list[Figure]:
    """Post the summary of few contracts and of many, beside a list of as many, and print times and statements."""
    contracts, months, rounds = size.of((CONTRACTS, MONTHS, 9), (100, 6, 3))
    with prepared() as settings:
        with closing(Database(settings.database_url)) as database:
            few, few_statements = _measured(database, _post, rounds)
            fill(database, contracts, months)
            many, many_statements = _measured(database, _post, rounds)
            listed, _ = _measured(database, _list, rounds)
        megabytes = peak("summarising", settings.database_url)
    print(f"\n{f'{contracts:,} contracts, {months} months of {KPIS} KPIs':50}{'ms':>11}{'ratio':>10}{'statements':>13}")
    print(f"{'/contract list of all of them':50}{listed:11.1f}{1:10.2f}")
    print(f"{'a weekly summary with its detail':50}{many:11.1f}{many / listed:10.2f}{many_statements:13}")
    print(f"{'the same of 12 contracts':50}{few:11.1f}{few / listed:10.2f}{few_statements:13}")
    return [
        Figure(f"statements of a summary of {contracts:,} contracts", many_statements, "", few_statements),
        Figure(f"memory of a process that posts a summary of {contracts:,}", megabytes, "MB", 250),
    ]


def unit(database: Database) -> None:
    """Post the summary, and keep nothing of it."""
    with database.rehearsing() as session:
        _post(session)


def _measured(database: Database, unit: Callable[[Session], object], rounds: int) -> tuple[float, int]:
    """The middle of several runs in milliseconds, each rolled back, and how many statements one takes."""
    taken, statements = [], 0
    for _ in range(rounds):
        with database.rehearsing() as session, counted(session) as seen:
            started = time.perf_counter()
            unit(session)
            taken.append((time.perf_counter() - started) * 1000)
            statements = len(seen)
    return statistics.median(taken), statements


def _post(session: Session) -> None:
    """The second of two summaries would compare with the first: this is the first, which keeps as much."""
    work = UnitOfWork(session, demo.BEGINS, published(), Messages(), "job summary")
    [owed] = posting.digests_due(work)  # a benchmark of nothing says nothing
    assert posting.post_due(work, posting.prepare_due(work, owed))


def _list(session: Session) -> None:
    actor = find_actor(session, Identity(USER, frozenset({"T0DEPT"})))
    contract_list.list_contracts(ActorContext(session, demo.BEGINS, published(), Messages(), USER, actor), [])


if __name__ == "__main__":
    run_alone("summarising", measure)
