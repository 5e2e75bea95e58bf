"""A year of a portfolio made up at random, with outages: what the jobs send day by day is what a second reading of the
rules says. Usually some weeks at a time; for whole years, and more of them: pytest --hypothesis-profile=long."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import String, cast, literal, select, update
from sqlmodel import Session, col

from bot.db import Database, SingleTransactionDatabase
from bot.domain.calendar import Nation
from bot.domain.due_kinds import DueKind
from bot.domain.periods import Month
from bot.models import (
    Audience,
    Channel,
    Contract,
    Digest,
    Escalation,
    Milestone,
    MilestoneKind,
    Organisation,
    OrganisationKind,
    OutboxMessage,
    Party,
    Person,
    ReminderLine,
    Report,
    Role,
    RoleName,
)
from jobs import job_named
from jobs.context import JobContext
from tests.builders import contract, job_desk, kpi
from tests.once import usual_or
from tests.year import DAY, LONDON, Agreement, Due, Sent, Year, instant, nine, nth_working_day

YEAR = 2027
JOBS = [job_named(name) for name in ("prompt", "remind", "escalate", "summary", "monthly")]
AT_ODD_HOURS = (7, 13, 16, 17, 18)
LONG = settings.get_current_profile_name() == "long"
SPAN = 365 if LONG else usual_or(45, 24)

days = st.dates(date(YEAR, 1, 1), date(YEAR, 12, 31))
dues = st.builds(Due, st.uuids().map(lambda name: f"Due {name.hex[:8]}"), days, st.none() | days)


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
            report_takes=[draw(st.none() | st.integers(1, 40)) for _ in range(12)],
        )
        for number, nation in enumerate(Nation)
    ]


@st.composite
def instants(draw: st.DrawFn) -> list[datetime]:
    """When the jobs run: at 9am of each day, but for the outages, and now and then at another hour too."""
    begins = date(YEAR, 1 if LONG else draw(st.integers(1, 10)), 1)
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
    assert (sorted(found - expected), sorted(expected - found)) == ([], []), "too much, and missing"


async def live_through(router: JobContext, portfolio: Sequence[Agreement], ran: Sequence[datetime], year: Year) -> None:
    """Run the jobs at the instants; what people do on a day they have done before its first."""
    for day, of_day in groupby(ran, key=lambda at: at.astimezone(LONDON).date()):
        with router.database.writing() as session:
            people_act(session, portfolio, day, year)
        for at in of_day:
            for job in JOBS:
                await job.run(router, at)


def people_act(session: Session, portfolio: Sequence[Agreement], today: date, year: Year) -> None:
    """Meet what is met by today, and send the reports that come by today."""
    ids = {each.reference: key for key, each in session.execute(select(col(Contract.id), Contract))}
    for each in portfolio:
        met = [due.name for due in each.dues if due.met is not None and due.met <= today]
        of_it = (col(Milestone.contract_id) == ids[each.reference], col(Milestone.name).in_(met))
        session.execute(update(Milestone).where(*of_it).values(met_on=today))
        awaited = select(Report).where(
            col(Report.contract_id) == ids[each.reference], col(Report.received_at).is_(None)
        )
        for report in session.scalars(awaited):
            came = year.received(each, report.period)
            if came is not None and came <= today:
                report.received_at, report.reporter_id = nine(today), session.scalars(select(col(Person.id))).first()


def fill(session: Session, portfolio: Sequence[Agreement], begins: date) -> None:
    """The department, a partner, their people, and the contracts, as if they had been entered the day before."""
    ours = Organisation(key="ours", name="Department", kind=OrganisationKind.DEPARTMENT)
    theirs = Organisation(key="theirs", name="Partner", kind=OrganisationKind.COMPANY)
    session.add_all([ours, theirs])
    session.flush()
    people = {
        role: Person(slack=f"U0{role.name.replace('_', '')}", name=role.value, organisation_id=organisation.id)
        for role, organisation in (
            (RoleName.CONTRACT_MANAGER, ours),
            (RoleName.SENIOR_OWNER, ours),
            (RoleName.PARTNER_CONTACT, theirs),
        )
    }
    session.add_all(
        [*people.values(), channel := Channel(slack="C0ALL", audience=Audience.INTERNAL, created_at=nine(begins))]
    )
    session.flush()
    session.add(Digest(channel_id=channel.id, weekday=0, hour=9, minute=0, since=nine(begins)))
    for each in portfolio:
        _enter(session, each, theirs, people, begins)
    session.flush()


def _enter(
    session: Session, each: Agreement, partner: Organisation, people: dict[RoleName, Person], begins: date
) -> None:
    ended, since = begins - DAY, nine(begins) - DAY
    row = contract(
        id=None,
        reference=each.reference,
        partner_id=partner.id,
        nation=each.nation,
        report_working_day=each.working_day,
        next_period=Month(ended.year, ended.month).key,
        next_report_at=nine(nth_working_day(begins, 1, each.nation)),
        created_at=since,
    )
    session.add(row)
    session.flush()
    weekday, hour = each.weekly
    internal = Channel(slack=f"C0{each.reference}", contract_id=row.id, audience=Audience.INTERNAL, created_at=since)
    shared = Channel(slack=f"C0{each.reference}S", contract_id=row.id, audience=Audience.SHARED, created_at=since)
    session.add_all([internal, shared, kpi(id=None, contract_id=row.id)])
    session.add_all(Role(contract_id=row.id, person_id=person.id, role=role) for role, person in people.items())
    session.flush()
    session.add(Digest(channel_id=internal.id, weekday=weekday, hour=hour, minute=0, since=nine(begins)))
    session.add_all(
        Milestone(contract_id=row.id, name=due.name, kind=MilestoneKind.MILESTONE, owed_by=Party.PARTNER, due_on=due.on)
        for due in each.dues
    )


def sent(session: Session) -> set[Sent]:
    """What the jobs left to be sent, as the second reading names it."""
    found: set[Sent] = set()
    references = dict(session.execute(select(col(Contract.id), col(Contract.reference))).all())
    for row in session.scalars(select(OutboxMessage).where(col(OutboxMessage.replaces_id).is_(None))):
        if row.key.endswith("-prompt"):
            report = session.get_one(Report, int(row.key.split("-")[1]))
            found.add((row.created_at, "prompt", f"{references[report.contract_id]} {report.period}"))
        elif row.key.startswith("digest-") and row.thread_of_id is None:
            channel = "portfolio" if row.channel == "C0ALL" else f"channel of {row.channel.removeprefix('C0')}"
            found.add((row.created_at, "weekly", channel))
        elif row.key.startswith("monthly-"):
            found.add((row.created_at, "monthly", "senior owner"))
        elif row.key.startswith("escalation-"):
            found.add((row.created_at, "escalation", _escalated(session, row, references)))
    return found | set(_reminders(session, references))


def _escalated(session: Session, row: OutboxMessage, references: dict[int, str]) -> str:
    """Of what, and to whom: the notice in the contract's channel, a ping, or the closing word in a ping's thread."""
    _, number, what, *closed = row.key.split("-")
    escalation = session.get_one(Escalation, int(number))
    period = session.get_one(Report, escalation.subject_id).period
    whom = what if what == "notice" else row.channel.removeprefix("U0")
    return " ".join([references[escalation.contract_id], period, *closed, whom])


def _reminders(session: Session, references: dict[int, str]) -> Iterator[Sent]:
    told = select(OutboxMessage, ReminderLine).join(
        ReminderLine, col(OutboxMessage.key) == literal("reminder-") + cast(col(ReminderLine.reminder_id), String)
    )
    for message, line in session.execute(told):
        named = line.what
        if line.kind is DueKind.REPORT:
            named = session.get_one(Report, line.subject_id).period
        yield message.created_at, "reminder", f"{references[line.contract_id]} {named}"
