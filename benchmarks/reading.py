"""How long it takes to look at contracts, among 1,000 of them with five years of readings."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import insert, select
from sqlmodel import Session, col

from benchmarks.figures import Figure, Size, run_alone
from benchmarks.load import Content, Target, Timings, home_opened, typed
from benchmarks.load import measure as send
from benchmarks.serving import serving
from bot import demo
from bot.db import Database
from bot.domain.calendar import published
from bot.domain.london import london_instant
from bot.domain.periods import Month
from bot.domain.ratings import Rating
from bot.models import Contract, Kpi, KpiTarget, Person, Reading, Report, ReportDecision, Role, RoleName
from bot.services.progress.reports import first_report_at

CONTRACTS, KPIS, MONTHS = 1000, 4, 60
USER, TIERS = "U0AMIRA", ("gold", "silver")
LAST_MONTH, RATINGS = Month(2026, 12), list(Rating)[:4]


@dataclass(frozen=True)
class Look:
    """What is asked, what its answer says, and its goal at p99 in milliseconds."""

    content: Content
    said: str
    goal: int


def measure(size: Size) -> list[Figure]:
    """Fill a database, measure a list, a page and App Home over signed HTTP with one client, and print it all."""
    contracts, months, requests = size.of((CONTRACTS, MONTHS, 400), (100, 6, 30))
    looks = {
        "/contract list": Look(typed("/contract", "list"), f"You have {contracts:,} contracts", 150),
        "/contract list gold pathways": Look(typed("/contract", "list gold pathways"), "for", 150),
        "/contract show by reference": Look(typed("/contract", "show B-00050"), "B-00050", 80),
        "/contract show by words": Look(typed("/contract", "show pathways number 50"), "B-00050", 80),
        "App Home": Look(home_opened(USER), "", 150),
    }
    with serving(partial(fill, contracts=contracts, months=months)) as bot:
        heading = f"{contracts:,} contracts, {months} months of {KPIS} KPIs, one client"
        print(f"\n{heading:54}p50 ms{'':4}p99 ms{'':6}goal")
        figures = []
        for name, look in looks.items():
            timings = asyncio.run(_timed(bot.target(look.content, look.said), requests))
            p50, p99 = timings.percentile(0.5), timings.percentile(0.99)
            print(f"{name:50}{p50:11.1f}{p99:10.1f}{look.goal:10}")
            figures.append(Figure(f"{name}, served, of {contracts:,}, p99", p99, "ms", look.goal))
        return figures


async def _timed(target: Target, requests: int) -> Timings:
    await send(target, 20, 1)  # warm
    return await send(target, requests, 1)


def fill(database: Database, contracts: int = CONTRACTS, months: int = MONTHS, undecided: int = 1) -> None:
    """Contracts like the sample's first, so that one manager has so many, each with KPIs and a report for each of the
    last months. The manager is a head of contract management too, so that App Home has all of its sections.

    The reports are accepted, as an import accepts history; but nobody has decided on those of the last months, as many
    as `undecided` says.
    """
    with database.writing() as session:
        model = session.scalars(select(Contract).where(col(Contract.reference) == "WP-NE")).one()
        people = {person.slack: person.id for person in session.scalars(select(Person))}
        held = set(session.scalars(select(col(Role.contract_id)).where(col(Role.person_id) == people[USER])))
        first = model.model_dump(exclude={"id", "public_id", "folded", "words"})
        opens = first_report_at(LAST_MONTH.next(), published().of(model.nation))
        first |= {"next_period": LAST_MONTH.next().key, "next_report_at": opens, "sample": False}
        session.execute(
            insert(Contract),
            [
                {
                    **first,
                    "reference": f"B-{n:05}",
                    "title": f"Work Pathways number {n}",
                    "tier": TIERS[n % 2],
                }
                for n in range(1, contracts - len(held) + 1)
            ],
        )
        ids = session.scalars(select(col(Contract.id)).where(col(Contract.reference).like("B-%"))).all()
        roles = [(each, RoleName.CONTRACT_MANAGER) for each in ids] + [(model.id, RoleName.HEAD)]
        session.execute(
            insert(Role), [{"contract_id": each, "person_id": people[USER], "role": role} for each, role in roles]
        )
        _add_reports(session, ids, people["U0PRIYA"], months, undecided)


def _add_reports(session: Session, contract_ids: Sequence[int], reporter: int, months: int, undecided: int) -> None:
    kpi = session.scalars(select(Kpi).limit(1)).one().model_dump(exclude={"id", "public_id", "contract_id", "code"})
    session.execute(
        insert(Kpi),
        [{**kpi, "contract_id": each, "code": f"kpi-{n}"} for each in contract_ids for n in range(KPIS)],
    )
    cut_offs = {"good": Decimal(99), "approaching": Decimal(97), "requires_improvement": Decimal("92.5")}
    added = session.scalars(select(col(Kpi.id)).where(col(Kpi.contract_id).in_(contract_ids))).all()
    session.execute(insert(KpiTarget), [{"kpi_id": each, "from_period": "2000-01", **cut_offs} for each in added])
    kpis: dict[int, list[int]] = {}
    for kpi_id, contract_id in session.execute(select(col(Kpi.id), col(Kpi.contract_id))):
        kpis.setdefault(contract_id, []).append(kpi_id)
    month = LAST_MONTH
    for back in range(months):
        came = london_instant(month.end, 9)
        decided = {"decision": ReportDecision.ACCEPTED, "decided_at": demo.BEGINS} if back >= undecided else {}
        report = {"period": month.key, "due_on": month.end + timedelta(days=6), "prompt_at": came, "received_at": came}
        report |= {"reporter_id": reporter, **decided}
        session.execute(insert(Report), [{**report, "contract_id": each} for each in contract_ids])
        month = month.previous()
    rows = session.execute(
        select(col(Report.id), col(Report.contract_id), col(Report.period)).where(
            col(Report.contract_id).in_(contract_ids)
        )
    ).all()
    session.execute(
        insert(Reading),
        [
            {
                "report_id": report_id,
                "kpi_id": each,
                "value": Decimal(97),
                "rating": (rating := _rating(contract_id, period, number)),
                "computed": rating,
            }
            for report_id, contract_id, period in rows
            for number, each in enumerate(kpis[contract_id])
        ],
    )


def _rating(contract_id: int, period: str, number: int) -> Rating:
    """The rating of a contract's KPI in a month: of the first it changes each month, and gets worse on every fourth
    contract; the others are Good."""
    return RATINGS[(contract_id - Month.parse(period).month) % 4] if number == 0 else Rating.GOOD


if __name__ == "__main__":
    run_alone("reading", measure)
