"""Records and work, made in one line: each builder has usual values, and a test names only what it is about."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Connection, inspect, select
from sqlmodel import Session, SQLModel, col

from bot import identity
from bot.access import ContractRef
from bot.clock import MovableClock
from bot.db import Database, SingleTransactionDatabase
from bot.delivery import outbox_queue
from bot.delivery.channels import Channels
from bot.delivery.charts import Charts
from bot.delivery.messages import Message, Messages
from bot.delivery.outbox import OutgoingMessage
from bot.delivery.slack import Slack
from bot.domain.calendar import Nation, published
from bot.domain.duties import Regime
from bot.domain.escalation_triggers import Subject, Trigger
from bot.domain.figures import Unit
from bot.domain.ladder import Rung, Step
from bot.domain.parts import Combining, FigureWithParts
from bot.domain.ratings import CutOffs, Direction, Rating, rate
from bot.domain.risk_rules import RiskCategory, RiskRules
from bot.domain.scores import Band, Impact, Likelihood
from bot.identity import Identity
from bot.models import (
    ActionItem,
    AgreementForm,
    Audience,
    Contact,
    ContactChannel,
    Contract,
    Document,
    DocumentKind,
    DocumentRecipient,
    DocumentVersion,
    Escalation,
    Kpi,
    KpiTarget,
    Organisation,
    OrganisationKind,
    OutboxMessage,
    Person,
    Report,
    Risk,
    Stage,
    Team,
    VersionState,
)
from bot.services.lookup.kpis import KpiInPeriod
from bot.services.lookup.risks import RiskCard
from bot.services.progress import prompting, reports
from bot.services.progress.rated_figures import RatedFigure
from bot.services.progress.received_reports import ReceivedReport
from bot.services.progress.reports import DueReport
from bot.services.unit_of_work import ActorContext, UnitOfWork
from jobs import job_named
from jobs.context import JobContext

Row = TypeVar("Row", bound=SQLModel)

ROOT = Path(__file__).parent.parent
MONDAY = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
REPORTED = datetime(2027, 1, 8, 9, 0, tzinfo=UTC)  # the working day after December's last report was due, in Scotland
"""9am on Monday 4 January 2027, five minutes after the sample portfolio was imported: a working day in
England, Wales and Northern Ireland, and a bank holiday in Scotland."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MESSAGES = Messages()
CALENDAR = published()
RULES = RiskRules()


# Records that are in no database.


def contract(**changes: Any) -> Contract:  # noqa: ANN401  # whichever columns a test is about
    """The contract WP-NE."""
    usual: dict[str, Any] = {
        "id": 1,
        "reference": "WP-NE",
        "title": "Work Pathways, North East",
        "partner_id": 2,
        "regime": Regime.REGULATIONS_2015,
        "form": AgreementForm.CONTRACT,
        "tier": "gold",
        "value_pounds": 84_000_000,
        "start_date": date(2025, 4, 1),
        "end_date": date(2029, 3, 31),
        "longest_end_date": date(2031, 3, 31),
        "nation": Nation.ENGLAND_AND_WALES,
        "stage": Stage.LIVE,
        "report_working_day": 3,
        "next_period": "2026-12",
        "next_report_at": MONDAY,
        "sample": True,
        "created_at": MONDAY - DAY,
    }
    return Contract(**{**usual, **changes})


def facts(**changes: Any) -> ContractRef:  # noqa: ANN401  # whichever facts a test is about
    """What most acts know of the contract WP-NE."""
    usual: dict[str, Any] = {
        "id": 1,
        "reference": "WP-NE",
        "title": "Work Pathways, North East",
        "partner_id": 2,
        "partner": "Northgate Futures Ltd",
        "sample": True,
        "public_id": "key-of-a-contrac",
    }
    return ContractRef(**{**usual, **changes})


CUT_OFFS = {"good": Decimal(99), "approaching": Decimal(97), "requires_improvement": Decimal("92.5")}


def kpi(number: int = 1, **changes: Any) -> KpiInPeriod:  # noqa: ANN401  # whichever columns a test is about
    """A KPI in per cent, where higher is better, with its cut-offs in a period."""
    cut_offs = {name: changes.pop(name, value) for name, value in CUT_OFFS.items()}
    return KpiInPeriod(kpi_row(number, **changes), CutOffs(**cut_offs))


def kpi_row(number: int = 1, **changes: Any) -> Kpi:  # noqa: ANN401  # as above
    """Such a KPI as its table has it, without its cut-offs."""
    usual: dict[str, Any] = {
        "id": number,
        "contract_id": 1,
        "code": f"kpi-{number}",
        "name": f"Starts within {number} working days",
        "unit": Unit.PERCENT,
        "direction": Direction.HIGHER,
        "combines": Combining.RATIO,
    }
    return Kpi(**{**usual, **changes})


def kpi_target(
    kpi_id: int, since: str = "2025-04", good: object = 99, approaching: object = 97, last: object = "92.5"
) -> KpiTarget:
    """The cut-offs of a KPI from a month on."""
    names = ("good", "approaching", "requires_improvement")
    cut_offs: dict[str, Any] = {
        name: Decimal(str(value)) for name, value in zip(names, (good, approaching, last), strict=True)
    }
    return KpiTarget(kpi_id=kpi_id, from_period=since, **cut_offs)


def add_kpi(session: Session, **changes: Any) -> Kpi:  # noqa: ANN401  # as above
    """Such a KPI in the database, with a target from April 2025 on."""
    row = kpi_row(**{"id": None, **changes})
    session.add(row)
    session.flush()
    session.add(kpi_target(row.id))
    session.flush()
    return row


def kpis(count: int, **changes: Any) -> list[KpiInPeriod]:  # noqa: ANN401  # whichever columns a test is about
    """So many KPIs."""
    return [kpi(number, **changes) for number in range(1, count + 1)]


def report(**changes: Any) -> Report:  # noqa: ANN401  # whichever columns a test is about
    """The report for December 2026, awaited."""
    usual = {
        "id": 12,
        "contract_id": 1,
        "period": "2026-12",
        "due_on": date(2027, 1, 6),
        "prompt_at": MONDAY,
        "asked_on": MONDAY.date(),
    }
    return Report(**{**usual, **changes})


def due(
    kpis: Sequence[KpiInPeriod], *, late: int = 0, about: Contract | None = None, partner: str = "Northgate"
) -> DueReport:
    """The report for December 2026, as it is asked for."""
    return DueReport(report(), about or contract(), partner, kpis, late)


def received(  # a report has many sides, each with a usual value
    kpis: Sequence[KpiInPeriod],
    value: Decimal | None = Decimal("98.5"),
    *,
    narrative: str = "",
    about: Contract | None = None,
    reporter: str = "Priya Nair",
    late: int = 0,
    by_partner: bool = True,
) -> ReceivedReport:
    """The report for December 2026 as it came in, with the same figure (or none) for every KPI."""
    why = "" if value is not None else "the telephone platform changed"
    figures = [RatedFigure(each, FigureWithParts(value), _rating(each, value), why) for each in kpis]
    row = report(received_at=MONDAY, reporter_id=3, narrative=narrative)
    return ReceivedReport(row, about or contract(), "Northgate", reporter, by_partner, MONDAY, late, figures)


def _rating(kpi: KpiInPeriod, value: Decimal | None) -> Rating:
    return rate(value, kpi.cut_offs, kpi.direction)


def action(**changes: Any) -> ActionItem:  # noqa: ANN401  # whichever columns a test is about
    """An action of Priya's, due this week."""
    usual: dict[str, Any] = {
        "id": 12,
        "contract_id": 1,
        "what": "send the staffing plan",
        "owner_id": 4,
        "due_on": date(2027, 1, 8),
        "added_by_id": 3,
        "added_at": MONDAY,
    }
    return ActionItem(**{**usual, **changes})


def contact(**changes: Any) -> Contact:  # noqa: ANN401  # whichever columns a test is about
    """A call of today."""
    usual: dict[str, Any] = {
        "id": 7,
        "contract_id": 1,
        "channel": ContactChannel.PHONE,
        "happened_on": date(2027, 1, 4),
        "summary": "Agreed the staffing plan by Friday",
        "author_id": 3,
        "logged_at": MONDAY,
    }
    return Contact(**{**usual, **changes})


def add_memo(
    session: Session,
    contract_id: int,
    number: int,
    subject: str,
    sent_on: date,
    by: date,
    kind: DocumentKind = DocumentKind.MEMO,
) -> DocumentRecipient:
    """A memo, or a policy, that was issued to the partner of a contract, and reached it on that day."""
    document = Document(kind=kind, number=number)
    session.add(document)
    session.flush()
    at = datetime.combine(sent_on, datetime.min.time(), UTC) + 12 * HOUR
    version = DocumentVersion(
        document_id=document.id, state=VersionState.ISSUED, subject=subject, issued_at=at, acknowledge_by=by
    )
    session.add(version)
    session.flush()
    recipient = DocumentRecipient(version_id=version.id, contract_id=contract_id, acknowledge_by=by, asked_on=sent_on)
    session.add(recipient)
    session.flush()
    return recipient


def person(name: str = "Helen Marsh", slack: str = "U0HELEN", number: int = 5) -> Person:
    """A senior owner."""
    return Person(id=number, slack=slack, name=name, organisation_id=1)


def escalation(**changes: Any) -> Escalation:  # noqa: ANN401  # whichever columns a test is about
    """A very high risk that a senior owner was asked to acknowledge."""
    usual: dict[str, Any] = {
        "id": 4,
        "contract_id": 1,
        "kind": Subject.RISK,
        "subject_id": 9,
        "what": "Advisers leaving faster than hired",
        "owner_id": 5,
        "trigger": Trigger.VERY_HIGH,
        "why": "It is very high, with a score of 16.",
        "raised_at": MONDAY,
        "rung": Rung.SENIOR_OWNER,
        "standing": Step.ASKED,
        "due_at": MONDAY + 4 * HOUR,
        "steps": 1,
    }
    return Escalation(**{**usual, **changes})


def card(
    likelihood: Likelihood = Likelihood.LIKELY,
    impact: Impact = Impact.MAJOR,
    *,
    asked: Person | None = None,
    about: ContractRef | None = None,
    **changes: Any,  # noqa: ANN401  # whichever columns of the risk a test is about
) -> RiskCard:
    """A risk as people read it."""
    usual: dict[str, Any] = {
        "id": 9,
        "contract_id": 1,
        "title": "Advisers leaving faster than hired",
        "category": RiskCategory.PEOPLE,
        "inherent_likelihood": int(likelihood),
        "inherent_impact": int(impact),
        "likelihood": int(likelihood),
        "impact": int(impact),
        "review_on": date(2027, 1, 18),
        "owner_id": 3,
        "raised_by_id": 3,
        "raised_at": MONDAY,
    }
    return RiskCard(
        risk=Risk(**{**usual, **changes}),
        contract=about or facts(),
        raised_by="Amira Shah",
        residual=RULES.grade(likelihood, impact),
        asked=asked,
        goes_up=RULES.grade(likelihood, impact).band is Band.VERY_HIGH,
    )


# Records and work in a real database.


def draft(key: str = "k", channel: str = "C1", text: str = "Hello", **changes: Any) -> OutgoingMessage:  # noqa: ANN401  # columns
    """A message to be sent, internal unless it says otherwise."""
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": text}}]
    usual: dict[str, Any] = {"audience": Audience.INTERNAL, "why": "the test asks for it"}
    return OutgoingMessage(key=key, channel=channel, message=Message(text, blocks), **{**usual, **changes})


def work(session: Session, now: datetime = MONDAY, by: str = "job test") -> UnitOfWork:
    """A unit of work of a job."""
    return UnitOfWork(session, now, CALENDAR, MESSAGES, by)


def act(session: Session, user: str, now: datetime = MONDAY) -> ActorContext:
    """A unit of work of a person of the register, at home in their own organisation."""
    actor = identity.find_actor(session, Identity(user, homes_of(session, user)))
    return ActorContext(session, now, CALENDAR, MESSAGES, user, actor)


def homes_of(session: Session, user: str) -> frozenset[str]:
    """The teams of the organisation that a person works for."""
    return frozenset(
        session.scalars(
            select(col(Team.slack))
            .join(Person, col(Person.organisation_id) == Team.organisation_id)
            .where(col(Person.slack) == user)
        )
    )


def job_desk(database: Database, api_url: str = "http://127.0.0.1:9/") -> JobContext:
    """What a job needs. Nothing listens at the usual address: a job that called Slack would fail."""
    slack = Slack(AsyncWebClient(token="xoxb-test", base_url=api_url, retry_handlers=[]))
    clock = MovableClock(MONDAY)
    return JobContext(
        database, CALENDAR, MESSAGES, slack, Charts(database, slack, clock), Channels(slack, clock, database)
    )


def leased(session: Session, now: datetime, at_most: int = outbox_queue.AT_ONCE) -> list[OutboxMessage]:
    """Lease the messages that may be sent now, as the job does."""
    return outbox_queue.claim(session, now, [row.id for row in outbox_queue.due_now(session, now)][:at_most])


def open_all(work: UnitOfWork) -> list[Report]:
    """Open the reports of every period that has ended, as the jobs do."""
    return reports.open_reports(work, reports.contracts_to_open(work))


def prompted(work: UnitOfWork, report: Report) -> bool:
    """Prompt for a report, as the job does; whether it was."""
    prompt = prompting.prepare(work, report)
    return prompt is not None and prompting.send(work, prompt)


def run_job(
    session: Session,
    name: str,
    now: datetime = MONDAY,
    on: Callable[[Connection], SingleTransactionDatabase] = SingleTransactionDatabase,
) -> int:
    """Run a job at an instant, as a part of the session's transaction; what it says it did."""
    session.flush()
    router = job_desk(on(session.connection()))
    with ThreadPoolExecutor(1) as thread:  # a test of a page has an event loop in its own
        done = thread.submit(asyncio.run, job_named(name).run(router, now)).result()
    session.expire_all()
    return done


def contract_named(session: Session, reference: str) -> Contract:
    """A contract of the register."""
    return session.scalars(select(Contract).where(col(Contract.reference) == reference)).one()


def saved_contract(session: Session, **changes: Any) -> Contract:  # noqa: ANN401  # whichever columns a test is about
    """A contract with a partner of its own, in an empty database."""
    partner = Organisation(key="partner", name="Partner", kind=OrganisationKind.CHARITY)
    session.add(partner)
    session.flush()
    row = contract(id=None, partner_id=partner.id, **changes)
    session.add(row)
    session.flush()
    return row


def dump(database: Database, *, without: str = "") -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table that is in the database, without the columns of one name."""
    found = {}
    with database.engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            rows = connection.exec_driver_sql(f'select * from "{table}"')
            kept = [at for at, name in enumerate(rows.keys()) if name != without]
            found[table] = sorted((tuple(row[at] for at in kept) for row in rows), key=repr)
    return found


def rows(database: Database, model: type[Row]) -> list[Row]:
    """Every row of one table, oldest first."""
    with database.reading() as session:
        return list(session.scalars(select(model).order_by(*inspect(model).primary_key)))
