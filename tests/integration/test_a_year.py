"""A year of a portfolio made up at random, with outages: what the jobs send day by day is what a second reading of the
rules says. Usually some weeks at a time; for whole years, and more of them: pytest --hypothesis-profile=long."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import accumulate, groupby

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import String, cast, literal, select
from sqlmodel import Session, col

from bot.db import Database, SingleTransactionDatabase
from bot.domain.calendar import Nation
from bot.domain.due_kinds import DueKind
from bot.domain.escalation_triggers import Subject
from bot.models import (
    Contract,
    DocumentRecipient,
    DocumentVersion,
    Escalation,
    EscalationStep,
    ExtensionOption,
    Finding,
    Intervention,
    Milestone,
    OutboxMessage,
    OutboxState,
    RectificationPlan,
    ReminderLine,
    Report,
    ServiceCredit,
)
from bot.services.progress.received_reports import note_asked
from jobs import job_named
from jobs.context import JobContext
from tests.builders import job_desk
from tests.integration.portfolio_of_a_year import fill, people_act
from tests.once import usual_or
from tests.working_days import DAY, LONDON, instant, nine
from tests.year import Agreement, Due, Plan, Sent, Year
from tests.year_clocks import COMMENT, CONFIRMATION, KINDS, Clock

YEAR = 2027
JOBS = [job_named(name) for name in ("prompt", "remind", "escalate", "summary", "monthly", "mend")]
AT_ODD_HOURS = (7, 13, 16, 17, 18)
LONG = settings.get_current_profile_name() == "long"
SPAN = 365 if LONG else usual_or(45, 24)

days = st.dates(date(YEAR, 1, 1), date(YEAR, 12, 31))
names = st.uuids().map(lambda name: f"Due {name.hex[:8]}")
first_days = st.shared(st.integers(1, 1 if LONG else 10).map(lambda month: date(YEAR, month, 1)), key="first day")


def days_until(after: int) -> st.SearchStrategy[date]:
    """A day from some weeks before the first one until so many days after the last. The simplest is some weeks after
    the first: near, on its day and late within a short span too."""
    counted = st.integers(-60, SPAN + after - 19)
    return st.builds(lambda first, number: first + (19 + number) * DAY, first_days, counted)


def met_around(name: str, on: date, takes: int | None) -> Due:
    """What is met some days before or after its day, or never."""
    return Due(name, on, None if takes is None else on + takes * DAY)


def plan_in_steps(name: str, on: date, gaps: Sequence[int], fails: bool) -> Plan:
    """A plan that comes some days after a day before it is due, and goes on after so many days each; it can fail while
    nobody is to decide on it."""
    steps = [on + (total - 10) * DAY for total in accumulate(gaps)]
    return Plan(name, on, steps[:-1], steps[-1]) if fails and len(steps) % 2 else Plan(name, on, steps[:4], None)


takes = st.none() | st.integers(1, 25) | st.integers(-15, 0)  # never, late, or in time
dues = st.builds(Due, names, days, st.none() | days)
options = st.builds(met_around, names, days_until(130), takes)
memos = st.builds(met_around, names, days_until(0), takes)
gaps: st.SearchStrategy[list[int]] = st.lists(
    st.integers(-11, 11).map(lambda number: 12 + number), min_size=1, max_size=5
) | st.just([])
deaf = st.lists(
    st.builds(lambda first, days: (first, first + (8 + days) * DAY), first_days, st.integers(-6, 12))
    | st.builds(lambda first, days: (first, first + days * DAY), days_until(0), st.integers(0, 20)),
    min_size=1,
    max_size=3,
)
"""When the partner is not in its channel: usually in the first week, in which it is asked for a report."""
plans = st.builds(plan_in_steps, names, days_until(0), gaps, st.sampled_from([True, False]))


@st.composite
def clocks(draw: st.DrawFn) -> list[Clock]:
    """One of each kind. What the partner sent, or what was said, was there the day before the first."""
    found = []
    for kind in KINDS:
        begins = draw(days_until(0))
        if kind in (CONFIRMATION, COMMENT):
            begins = draw(first_days) - draw(st.integers(1, 6)) * DAY
        found.append(Clock(kind, draw(names), begins, draw(st.none() | days_until(30))))
    return found


@st.composite
def agreements(draw: st.DrawFn) -> list[Agreement]:
    """One contract of each nation."""
    return [
        Agreement(
            reference=f"Y-{number}",
            nation=nation,
            working_day=draw(st.integers(2, 8)),
            weekly=(draw(st.integers(0, 4)), draw(st.integers(9, 16))),
            dues=draw(st.lists(dues, min_size=1, max_size=4)),
            options=draw(st.lists(options, min_size=1, max_size=3)),
            memos=draw(st.lists(memos, min_size=1, max_size=2)),
            plans=draw(st.lists(plans, min_size=1, max_size=3)),
            deaf=draw(deaf),
            clocks=draw(clocks()),
            report_takes=[draw(st.none() | st.integers(1, 40)) for _ in range(12)],
        )
        for number, nation in enumerate(Nation)
    ]


@st.composite
def instants(draw: st.DrawFn) -> list[datetime]:
    """When the jobs run: at 9am of each day, but for the outages, and now and then at another hour too."""
    begins = draw(first_days)
    span = [begins + n * DAY for n in range(SPAN) if (begins + n * DAY).year == YEAR]
    down = {day + n * DAY for day in draw(some_of(span, 6)) for n in range(draw(st.integers(1, 4)))}
    odd = [instant(day, draw(st.sampled_from(AT_ODD_HOURS))) for day in draw(some_of(span, 25))]
    usual = [nine(day) for day in span[1:] if day not in down]
    return sorted({nine(span[0]), *usual, *(at for at in odd if at > nine(span[0]))})


def some_of(days: Sequence[date], at_most: int) -> st.SearchStrategy[list[date]]:
    """Some days."""
    return st.lists(st.sampled_from(days), max_size=at_most)


@given(agreements(), instants())
@settings(
    max_examples=20 if LONG else 2,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.generate],
)
def test_a_year_of_messages_is_what_the_rules_say(
    blank: Database, portfolio: Sequence[Agreement], ran: Sequence[datetime]
) -> None:
    begins = ran[0].astimezone(LONDON).date()
    year = Year(portfolio, begins)
    expected = year.pass_through(ran)
    assert len(expected) > SPAN / 4
    with blank.engine.connect() as connection, connection.begin() as whole:
        database = SingleTransactionDatabase(connection)
        with database.writing() as session:
            fill(session, portfolio, begins)
        asyncio.run(live_through(replace(job_desk(blank), database=database), portfolio, ran, year))
        with database.writing() as session:
            found = sent(session)
        whole.rollback()
    assert found == expected, difference(found, expected)


def difference(found: set[Sent], expected: set[Sent]) -> str:
    """What was sent and should not have been, and what should have been and was not, one on a line in their order."""
    wrong = sorted(
        [(*each, "too much") for each in found - expected] + [(*each, "missing") for each in expected - found]
    )
    lines = (f"{at.astimezone(LONDON):%a %d %b %H:%M} {what}: {kind}, {about}" for at, kind, about, what in wrong)
    return "\n".join(["What was sent is not what the rules say:", *lines])


async def live_through(router: JobContext, portfolio: Sequence[Agreement], ran: Sequence[datetime], year: Year) -> None:
    """Run the jobs at the instants; what people do on a day, and since the day before, they have done before its
    first."""
    before = date.min
    for day, of_day in groupby(ran, key=lambda at: at.astimezone(LONDON).date()):
        with router.database.writing() as session:
            people_act(session, portfolio, before, day, year)
        for at in of_day:
            for job in JOBS:
                await job.run(router, at)
                if job.name == "prompt":
                    with router.database.writing() as session:
                        arrive(session, portfolio, at)
        before = day


def arrive(session: Session, portfolio: Sequence[Agreement], at: datetime) -> None:
    """Deliver what was asked in the shared channels, where the partner is in them."""
    references = dict(session.execute(select(col(Contract.id), col(Contract.reference))).all())
    waiting = (col(OutboxMessage.state) == OutboxState.PENDING, col(OutboxMessage.key).endswith("-prompt"))
    for row in session.scalars(select(OutboxMessage).where(*waiting)):
        agreement = next(each for each in portfolio if each.reference == references[row.contract_id])
        day = at.astimezone(LONDON).date()
        row.state, row.settled_at = OutboxState.WITHHELD, at
        if agreement.hears(day):
            row.state, row.slack_channel, row.slack_ts = OutboxState.SENT, row.channel, "1.1"
            note_asked(session, row.key, day)


def sent(session: Session) -> set[Sent]:
    """What the jobs left to be sent, as the second reading names it."""
    found: set[Sent] = set()
    references = dict(session.execute(select(col(Contract.id), col(Contract.reference))).all())
    for row in session.scalars(select(OutboxMessage).where(col(OutboxMessage.replaces_id).is_(None))):
        if row.key.endswith("-prompt"):
            report = session.get_one(Report, int(row.key.split("-")[1]))
            about = f"{references[report.contract_id]} {report.period}"
            found.add((row.created_at, "prompt", about))
            found.update({(row.told_at, "unheard", about)} if row.told_at else ())
        elif row.key.startswith("not-arrived-"):
            found.add((row.created_at, "told", row.channel.removeprefix("U0")))
        elif row.key.startswith("digest-") and row.thread_of_id is None:
            channel = "portfolio" if row.channel == "C0ALL" else f"channel of {row.channel.removeprefix('C0')}"
            found.add((row.created_at, "weekly", channel))
        elif row.key.startswith("monthly-"):
            found.add((row.created_at, "monthly", "senior owner"))
        elif row.key.startswith("escalation-"):
            found.add(_escalated(session, row, references))
    return found | set(_reminders(session, references))


def _escalated(session: Session, row: OutboxMessage, references: dict[int, str]) -> Sent:
    """The notice in the contract's channel, the closing word in a ping's thread, or what is put to a person, all of it
    in one message."""

    def named(escalation: Escalation) -> str:
        name = _named(session, escalation.kind, escalation.subject_id)
        return f"{references[escalation.contract_id]} {name}: {escalation.trigger}"

    _, number, what, *closed = row.key.split("-")
    whom = row.channel.removeprefix("U0")
    if what == "notice" or closed:
        about = named(session.get_one(Escalation, int(number)))
        return row.created_at, "escalation", " ".join([about, *closed, "notice" if what == "notice" else whom])
    steps = select(EscalationStep).where(col(EscalationStep.message) == row.key)
    put = sorted(named(session.get_one(Escalation, step.escalation_id)) for step in session.scalars(steps))
    return row.created_at, "ping", f"{whom}: {'; '.join(put)}"


def _reminders(session: Session, references: dict[int, str]) -> Iterator[Sent]:
    told = select(OutboxMessage, ReminderLine).join(
        ReminderLine, col(OutboxMessage.key) == literal("reminder-") + cast(col(ReminderLine.reminder_id), String)
    )
    for message, line in session.execute(told):
        name = _named(session, line.kind, line.subject_id) or line.what
        whom = message.channel.removeprefix("U0")
        yield message.created_at, "reminder", f"{references[line.contract_id]} {name} by {line.due_on} to {whom}"


def _named(session: Session, kind: str, subject_id: int) -> str:
    """What the second reading calls it; "" for what people read its own name of."""
    match kind:
        case DueKind.REPORT | Subject.REPORT:
            return session.get_one(Report, subject_id).period
        case DueKind.OPTION | Subject.OPTION:
            return session.get_one(ExtensionOption, subject_id).name
        case DueKind.PLAN | Subject.PLAN:
            return session.get_one(RectificationPlan, subject_id).title
        case DueKind.CONTACT:
            return "contact"
        case DueKind.VISIT:
            return "visit"
        case DueKind.PLAN_NOTICE:
            return session.get_one(RectificationPlan, subject_id).title
        case DueKind.INTERVENTION:
            return session.get_one(Intervention, subject_id).area
        case DueKind.FINDING | DueKind.FINDING_CHECK | Subject.FINDING:
            return session.get_one(Finding, subject_id).title
        case DueKind.MILESTONE_TO_CONFIRM | Subject.MILESTONE:
            return session.get_one(Milestone, subject_id).name
        case DueKind.CREDIT | DueKind.CREDIT_DECISION:
            return session.get_one(ServiceCredit, subject_id).invoice
        case DueKind.POLICY_REVIEW | Subject.POLICY_REVIEW:
            of_it = col(DocumentVersion.document_id) == subject_id
            return session.scalars(select(DocumentVersion).where(of_it)).one().subject
        case DueKind.MEMO | Subject.DOCUMENT:
            recipient = session.get_one(DocumentRecipient, subject_id)
            return session.get_one(DocumentVersion, recipient.version_id).subject
        case _:
            return ""
