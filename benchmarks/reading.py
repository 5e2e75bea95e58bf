"""How long it takes to look at contracts, among 1,000 of them with five years of readings."""

import asyncio
import os
import tempfile
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import insert, select
from sqlmodel import Session, col

from benchmarks.load import Target, Timings, home_opened, measure, typed
from benchmarks.running import events, running
from bot import demo
from bot.db import Database
from bot.domain.calendar import published
from bot.domain.london import london_instant
from bot.domain.periods import Month
from bot.domain.ratings import Rating
from bot.models import Contract, Kpi, KpiTarget, Person, Reading, Report, ReportDecision, Role, RoleName
from bot.services.progress.reports import first_report_at

CONTRACTS, KPIS, MONTHS, REQUESTS = 1000, 4, 60, 400
USER, TIERS = "U0AMIRA", ("gold", "silver")
LAST_MONTH, RATINGS = Month(2026, 12), list(Rating)[:4]


def main() -> None:
    """Fill a database, measure a list, a page and App Home over signed HTTP with one client, and print it all."""
    with tempfile.TemporaryDirectory() as folder:
        ports = [demo.free_port(0) for _ in range(2)]
        data = Path(folder) / "data"
        settings = demo.demo_settings(data, *ports)
        demo.prepare(settings, data)
        with closing(Database(settings.database_url)) as database:
            fill(database)
        secret = settings.slack_signing_secret.get_secret_value()
        token = settings.slack_bot_token.get_secret_value()
        environment = {**os.environ, "SLACK_BOT_TOKEN": token, "SLACK_SIGNING_SECRET": secret}
        environment |= {"SLACK_API_URL": settings.slack_api_url, "DATABASE_URL": settings.database_url}
        environment |= {"PORT": str(ports[1]), "WORKSPACE_BOT_TOKEN": token, "WORKSPACE_SIGNING_SECRET": secret}
        seed = ("--seed", str(demo.HERE / "workspace.yaml"), "--manifest", str(demo.MANIFEST), "--pace", "0")
        with (
            running(("workspace", *seed, "--port", str(ports[0])), ports[0], "/", environment),
            running(("bot", "serve", "--host", "127.0.0.1"), ports[1], "/healthz", environment),
        ):
            _measure(events(ports[1]), secret)


def _measure(url: str, secret: str) -> None:
    looks = {
        "/contract list": (typed("/contract", "list"), "You have 1,000 contracts", 150),
        "/contract list gold pathways": (typed("/contract", "list gold pathways"), "for", 150),
        "/contract show by reference": (typed("/contract", "show B-00500"), "B-00500", 80),
        "/contract show by words": (typed("/contract", "show pathways number 500"), "B-00500", 80),
        "App Home": (home_opened(USER), "", 150),
    }
    print(f"\n{CONTRACTS:,} contracts, {MONTHS} months of {KPIS} KPIs, one client{'':9}p50 ms{'':4}p99 ms{'':6}goal")
    for name, (content, said, goal) in looks.items():
        timings = asyncio.run(_timed(Target(url, secret, content, lambda answer, said=said: said in answer)))  # type: ignore[misc]  # a default argument's type is not inferred
        print(f"{name:50}{timings.percentile(0.5):11.1f}{timings.percentile(0.99):10.1f}{goal:10}")


async def _timed(target: Target) -> Timings:
    await measure(target, 20, 1)  # warm
    return await measure(target, REQUESTS, 1)


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
        first = model.model_dump(exclude={"id", "public_id"})
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
    main()
