"""How long an import takes, and how long each of its transactions holds SQLite's one writer: 10,000 contracts with
40,000 KPIs, from each format, into an empty register."""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager, closing
from datetime import date
from decimal import Decimal
from functools import partial
from typing import TypeVar

from sqlmodel import Session

from benchmarks.figures import Figure, Size, run_alone
from bot import demo
from bot.db import Database
from bot.delivery.messages import Messages
from bot.domain.calendar import Nation, published
from bot.domain.duties import Regime
from bot.domain.figures import Unit
from bot.domain.periods import Month
from bot.domain.ratings import Direction
from bot.exclusive import alone
from bot.migrations import migrate
from bot.models import Audience, OrganisationKind, RoleName, Stage
from bot.records import (
    SHEETS,
    ChannelRecord,
    ContractRecord,
    KpiRecord,
    OrganisationRecord,
    PersonRecord,
    Record,
    RoleRecord,
)
from bot.services.portfolio.exporting import Written, export_bytes, register_rows
from bot.services.portfolio.planning import plan
from bot.services.portfolio.reading import read_bytes
from bot.services.portfolio.writing import write_import
from bot.services.unit_of_work import UnitOfWork

KPIS_EACH, PARTNERS = 4, 200
ENDINGS = (".yaml", ".zip", ".xlsx")

T = TypeVar("T")


def measure(size: Size) -> list[Figure]:
    """Print the seconds that each part of an import takes, for each format."""
    contracts = size.of(10_000, 200)
    rows = large_portfolio(contracts)
    title = f"{contracts:,} contracts, {contracts * KPIS_EACH:,} KPIs (s)"
    figures = []
    print(f"\n{title:34}{'read':>8}{'plan':>8}{'write':>8}{'all':>8}{'contracts a second':>20}")
    for ending in ENDINGS:
        content = export_bytes(rows, ending)
        with tempfile.TemporaryDirectory() as folder, closing(Database(f"sqlite:///{folder}/liaison.db")) as database:
            migrate(database.engine)
            taken = _import(database, f"large{ending}", content)
            _print(contracts, f"import of {ending[1:]}", *taken)
            _print(contracts, "  again, with nothing new", *_import(database, f"large{ending}", content))
            _print(contracts, "  export", _timed(partial(_export, database, ending))[0])
        figures.append(Figure(f"import of {contracts:,} contracts from {ending[1:]}", taken[-1], "s", 60))
    return figures


def large_portfolio(contracts: int) -> Written:
    """So many contracts of one department with its partners, each with KPIs, people and channels."""
    return by_sheet(_rows(contracts))


def more_contracts(contracts: int, prefix: str) -> Written:
    """So many contracts between the people of the sample portfolio, with references that begin like this."""
    people = ("northgate", "U0AMIRA", "U0PRIYA")
    numbers = range(contracts)
    return by_sheet(row for n in numbers for row in _contract(n, f"{prefix}-{n:05}", *people, f"C{prefix}{n:06}"))


def by_sheet(records: Iterable[Record]) -> Written:
    """Records, each in the sheet of its kind."""
    rows: dict[type[Record], list[Record]] = {sheet: [] for sheet in SHEETS}
    for row in records:
        rows[type(row)].append(row)
    return list(rows.items())


def _rows(contracts: int) -> Iterator[Record]:
    yield OrganisationRecord(key="department", name="Department", kind=OrganisationKind.DEPARTMENT, teams=("T0DEPT",))
    yield PersonRecord(slack="U0MANAGER", name="Amira Shah", organisation="department")
    for n in range(PARTNERS):
        key, kind = f"partner-{n}", OrganisationKind.COMPANY
        yield OrganisationRecord(key=key, name=f"Partner {n} Ltd", kind=kind, teams=(f"T{n:06}",))
        yield PersonRecord(slack=f"U{n:06}", name=f"Contact {n}", organisation=key)
    for n in range(contracts):
        partner = n % PARTNERS
        yield from _contract(n, f"CT-{n:05}", f"partner-{partner}", "U0MANAGER", f"U{partner:06}", f"C{n:06}")


def _contract(n: int, reference: str, partner: str, manager: str, contact: str, channel: str) -> Iterator[Record]:
    yield ContractRecord(
        reference=reference,
        title=f"Service {n}, area {n % 40}",
        partner=partner,
        purpose="Help people who have been out of work for a year or more to find a job, and to keep it.",
        regime=Regime.ACT_2023,
        tier=("gold", "silver", "bronze")[n % 3],
        value=1_000_000 + n,
        start=date(2026, 4, 1),
        end=date(2030, 3, 31),
        nation=list(Nation)[n % 3],
        stage=Stage.LIVE,
        first_period=Month(2026, 12),
    )
    yield RoleRecord(contract=reference, role=RoleName.CONTRACT_MANAGER, person=manager)
    yield RoleRecord(contract=reference, role=RoleName.PARTNER_CONTACT, person=contact)
    yield ChannelRecord(channel=channel, contract=reference, audience=Audience.INTERNAL)
    for k in range(KPIS_EACH):
        yield KpiRecord(
            contract=reference,
            code=f"kpi-{k}",
            name=f"Starts within {5 * k + 5} working days",
            unit=Unit.PERCENT,
            direction=Direction.HIGHER,
            good=Decimal(99),
            approaching=Decimal(97),
            requires_improvement=Decimal("92.5"),
        )


def _import(database: Database, name: str, content: bytes) -> list[float]:
    """The seconds of reading, planning and writing, and of all; prints how long each transaction took."""
    begun = time.perf_counter()
    reading, rows = _timed(lambda: read_bytes(name, content))
    units = _MeasuredUnits(database)
    writing, _ = _timed(lambda: asyncio.run(write_import(units, lambda work: plan(work, rows))))
    if units.held:
        print(
            f"  {len(units.held):,} transactions, each of {1_000 * statistics.median(units.held):.0f} ms, "
            f"the longest {1_000 * max(units.held):.0f} ms"
        )
    return [reading, units.planning, writing - units.planning, time.perf_counter() - begun]


class _MeasuredUnits:
    """The units of work of an import, which note how long it planned, and how long each write held the writer."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.planning, self.held = 0.0, list[float]()

    async def read(self, unit: Callable[[UnitOfWork], T]) -> T:
        self.planning, planned = await self._database.read(lambda session: _timed(lambda: unit(_work(session))))
        return planned

    async def write(self, unit: Callable[[UnitOfWork], T]) -> T:
        held, done = await self._database.write(lambda session: _timed(lambda: unit(_work(session))))
        self.held.append(held)
        return done

    def alone(self, what: str) -> AbstractAsyncContextManager[bool]:
        return alone(self._database.engine, what)


def _work(session: Session) -> UnitOfWork:
    return UnitOfWork(session, demo.BEGINS, published(), Messages(), "import")


def _export(database: Database, ending: str) -> bytes:
    with database.rehearsing() as session:
        return export_bytes(register_rows(_work(session)), ending)


def _timed(work: Callable[[], T]) -> tuple[float, T]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def _print(contracts: int, name: str, *seconds: float) -> None:
    """The last of the seconds is all of them."""
    columns = "".join(f"{each:>8.1f}" for each in seconds)
    print(f"{name:34}{columns:>32}{contracts / seconds[-1]:>20,.0f}")


if __name__ == "__main__":
    run_alone("importing", measure)
