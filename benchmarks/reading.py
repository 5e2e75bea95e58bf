"""How long it takes to look at contracts, among 1,000 of them with five years of readings."""

import asyncio
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import event, insert, select
from sqlmodel import Session, col

from benchmarks.load import Target, Timings, home_opened, measure, typed
from benchmarks.running import events, running
from bot import demo
from bot.db import Database
from bot.delivery.messages import Messages
from bot.domain.calendar import published
from bot.domain.periods import Month
from bot.domain.ratings import Rating
from bot.identity import Identity, find_actor
from bot.models import Contract, Kpi, Person, Reading, Report, Role, RoleName
from bot.services.pages import contract as contract_page
from bot.services.pages import contracts as contract_list
from bot.services.unit_of_work import ActorContext

CONTRACTS, KPIS, MONTHS, REQUESTS = 1000, 4, 60, 400
USER, TIERS = "U0AMIRA", ("gold", "silver")


def main() -> None:
    """Fill a database, measure a list, a page and App Home over signed HTTP with one client, and print it all."""
    with tempfile.TemporaryDirectory() as folder:
        ports = [demo.free_port(0) for _ in range(2)]
        data = Path(folder) / "data"
        settings = demo.demo_settings(data, *ports)
        demo.prepare(settings, data)
        with closing(Database(settings.database_url)) as database:
            few = _queries(database)
            fill(database)
            many = _queries(database)
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
    print(f"statements for a list and for a page: {few} of 12 contracts, {many} of {CONTRACTS:,}")


def _measure(url: str, secret: str) -> None:
    looks = {
        "/contract list": (typed("/contract", "list"), "1,000 contracts of yours", 150),
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


def fill(database: Database) -> None:
    """Contracts like the sample's first, each with KPIs and a report for every month, all of one manager."""
    with database.writing() as session:
        model = session.scalars(select(Contract).where(col(Contract.reference) == "WP-NE")).one()
        people = {person.slack: person.id for person in session.scalars(select(Person))}
        held = set(session.scalars(select(col(Role.contract_id)).where(col(Role.person_id) == people[USER])))
        first = model.model_dump(exclude={"id", "public_id"})
        first |= {"next_period": "2027-01", "sample": False}
        more = CONTRACTS - len(held)
        session.execute(
            insert(Contract),
            [
                {
                    **first,
                    "reference": f"B-{n:05}",
                    "title": f"Work Pathways number {n}",
                    "tier": TIERS[n % 2],
                }
                for n in range(1, more + 1)
            ],
        )
        ids = session.scalars(select(col(Contract.id)).where(col(Contract.reference).like("B-%"))).all()
        role = RoleName.CONTRACT_MANAGER
        session.execute(insert(Role), [{"contract_id": each, "person_id": people[USER], "role": role} for each in ids])
        _add_reports(session, ids, people["U0PRIYA"])


def _add_reports(session: Session, contract_ids: Sequence[int], reporter: int) -> None:
    kpi = session.scalars(select(Kpi).limit(1)).one().model_dump(exclude={"id", "public_id", "contract_id", "code"})
    session.execute(
        insert(Kpi),
        [{**kpi, "contract_id": each, "code": f"kpi-{n}"} for each in contract_ids for n in range(KPIS)],
    )
    kpis: dict[int, list[int]] = {}
    for kpi_id, contract_id in session.execute(select(col(Kpi.id), col(Kpi.contract_id))):
        kpis.setdefault(contract_id, []).append(kpi_id)
    months = [Month(2021 + n // 12, n % 12 + 1) for n in range(MONTHS)]
    now = demo.BEGINS - timedelta(days=30)
    for month in months:
        report = {"period": month.key, "due_on": date(2026, 12, 3), "prompt_at": now, "received_at": now}
        session.execute(
            insert(Report), [{**report, "contract_id": each, "reporter_id": reporter} for each in contract_ids]
        )
    ratings = list(Rating)[:4]
    rows = session.execute(
        select(col(Report.id), col(Report.contract_id)).where(col(Report.contract_id).in_(contract_ids))
    ).all()
    session.execute(
        insert(Reading),
        [
            {
                "report_id": report_id,
                "kpi_id": each,
                "value": Decimal(97),
                "rating": (rating := ratings[(report_id + each) % 4]),
                "computed": rating,
            }
            for report_id, contract_id in rows
            for each in kpis[contract_id]
        ],
    )


def _queries(database: Database) -> tuple[int, int]:
    """How many statements a list and a page take, each with the one that finds the asker."""
    with database.reading() as session:
        identity = Identity(USER, frozenset({"T0DEPT"}))
        with counted(session) as for_list:
            contract_list.list_contracts(
                ActorContext(session, demo.BEGINS, published(), Messages(), USER, find_actor(session, identity)), []
            )
        with counted(session) as for_page:
            asker = ActorContext(session, demo.BEGINS, published(), Messages(), USER, find_actor(session, identity))
            contract_page.contract_page(asker, "WP-NE")
    return len(for_list), len(for_page)


@contextmanager
def counted(session: Session) -> Iterator[list[str]]:
    """The statements that a session sends to the database in a block."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    engine = session.connection().engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


if __name__ == "__main__":
    main()
