"""Prompts: a partner is asked for a report once, in working hours, and a prompt that comes late says so."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select
from sqlmodel import Session, col

from bot.db import Database
from bot.models import Audience, Channel, Contract, Occurrence, OutboxMessage, Report, TrailEntry
from bot.services.progress import prompting
from bot.services.progress.received_reports import prompt_key
from tests.builders import DAY, HOUR, MINUTE, MONDAY, contract_named, open_all, prompted, run_job, work
from tests.counting import counted


def awaited(session: Session, reference: str, now: datetime = MONDAY) -> Report:
    """A contract's report for December, open."""
    open_all(work(session, now))
    contract = contract_named(session, reference)
    return session.scalars(
        select(Report).where(col(Report.contract_id) == contract.id, col(Report.period) == "2026-12")
    ).one()


def sent(session: Session) -> list[OutboxMessage]:
    session.flush()
    return list(session.scalars(select(OutboxMessage).order_by(col(OutboxMessage.id))))


def test_a_partner_is_asked_in_the_shared_channel_once(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        report = awaited(session, "WP-NE")
        assert [prompted(work(session, MONDAY + n * HOUR), report) for n in range(3)] == [True, False, False]
        (message,) = sent(session)
        assert (message.channel, message.audience) == ("C0WPNENG", Audience.SHARED)
        assert message.key == prompt_key(report)
        assert message.contract_id == report.contract_id
        entry = session.scalars(
            select(TrailEntry).where(col(TrailEntry.action) == "report prompted").order_by(col(TrailEntry.id))
        ).one()
        assert (entry.actor, entry.subject) == ("job test", report.reference)


@pytest.mark.parametrize(
    ("reference", "instant", "asked"),
    [
        ("WP-NE", datetime(2027, 1, 4, 9, tzinfo=UTC), True),
        ("WP-NE", datetime(2027, 1, 4, 16, 59, 59, tzinfo=UTC), True),
        ("WP-NE", datetime(2027, 1, 4, 17, tzinfo=UTC), False),
        ("WP-NE", datetime(2027, 1, 5, 8, 59, 59, tzinfo=UTC), False),
        ("WP-NE", datetime(2027, 1, 9, 12, tzinfo=UTC), False),  # a Saturday
        ("WP-NE", datetime(2027, 3, 29, 12, tzinfo=UTC), False),  # Easter Monday
        ("SK-SC", datetime(2027, 3, 29, 12, tzinfo=UTC), True),  # which is a working day in Scotland
        ("SK-SC", datetime(2027, 1, 4, 12, tzinfo=UTC), False),  # 2 January's substitute
        ("HA-NI", datetime(2027, 3, 17, 12, tzinfo=UTC), False),  # St Patrick's Day
        ("HA-NI", datetime(2027, 7, 12, 12, tzinfo=UTC), False),  # Battle of the Boyne
        ("WP-NE", datetime(2027, 7, 12, 12, tzinfo=UTC), True),
        ("WP-NE", datetime(2027, 3, 30, 8, tzinfo=UTC), True),  # 9am after the clocks went forward
        ("WP-NE", datetime(2027, 3, 30, 16, tzinfo=UTC), False),  # 5pm
        ("WP-NE", datetime(2027, 11, 1, 8, 30, tzinfo=UTC), False),  # 8:30am after they went back
    ],
)
def test_a_partner_is_asked_in_the_working_hours_of_their_nation_alone(
    unchanged: Database, reference: str, instant: datetime, asked: bool
) -> None:
    with unchanged.rehearsing() as session:
        report = awaited(session, reference, datetime(2027, 1, 5, 9, tzinfo=UTC))
        assert prompted(work(session, instant), report) is asked
        assert bool(sent(session)) is asked


def test_a_prompt_that_had_to_wait_is_still_owed(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        report = awaited(session, "WP-NE")
        evening = work(session, MONDAY + 9 * HOUR)
        assert not prompted(evening, report)
        assert report not in prompting.reports_to_prompt(evening)
        assert report in prompting.reports_to_prompt(work(session, MONDAY + DAY))
        assert prompted(work(session, MONDAY + DAY), report)
        assert report not in prompting.reports_to_prompt(work(session, MONDAY + DAY))


@pytest.mark.parametrize(
    ("late", "said"),
    [
        (timedelta(0), False),
        (HOUR, False),
        (HOUR + MINUTE, True),
        (DAY, True),
    ],
)
def test_a_prompt_says_when_it_should_have_come_if_that_is_more_than_an_hour_ago(
    unchanged: Database, late: timedelta, said: bool
) -> None:
    with unchanged.rehearsing() as session:
        assert prompted(work(session, MONDAY + late), awaited(session, "WP-NE"))
        (message,) = sent(session)
        assert ("This prompt should have come on 4 January 2027 at 9am." in str(message.blocks)) is said


def test_nothing_that_is_in_or_not_yet_due_is_asked_for(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        december, january = awaited(session, "WP-NE"), awaited(session, "DE-SW")
        december.received_at, december.reporter_id = MONDAY, 1
        january.prompt_at = MONDAY + MINUTE
        to_ask = prompting.reports_to_prompt(work(session, MONDAY))
        assert december not in to_ask
        assert january not in to_ask
        assert january in prompting.reports_to_prompt(work(session, MONDAY + MINUTE))


def test_a_contract_without_a_shared_channel_is_not_asked_until_it_has_one(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        report = awaited(session, "WP-NE")
        session.execute(delete(Channel).where(col(Channel.slack) == "C0WPNENG"))
        assert report not in prompting.reports_to_prompt(work(session))
        assert not prompted(work(session), report)
        assert session.scalars(select(Occurrence)).all() == []
        contract = session.get_one(Contract, report.contract_id)
        session.add(Channel(slack="C0NEW", contract_id=contract.id, audience=Audience.SHARED, created_at=MONDAY))
        assert report in prompting.reports_to_prompt(work(session))
        assert prompted(work(session), report)
        assert [message.channel for message in sent(session)] == ["C0NEW"]


def test_the_reports_to_ask_for_come_by_the_day_they_are_due(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        open_all(work(session, MONDAY + DAY))
        found = prompting.reports_to_prompt(work(session, MONDAY + DAY))
        assert len(found) == 13
        assert [report.due_on for report in found] == sorted(report.due_on for report in found)


def test_a_run_takes_no_query_more_for_reports_that_cannot_be_asked_for(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        open_all(work(session, MONDAY + DAY))
        session.execute(delete(Channel))
        with counted(session) as for_all:
            assert run_job(session, "prompt", MONDAY + DAY) == 0
        one = session.scalars(select(col(Report.id)).where(col(Report.received_at).is_(None))).first()
        session.execute(delete(Report).where(col(Report.received_at).is_(None), col(Report.id) != one))
        with counted(session) as for_one:
            assert run_job(session, "prompt", MONDAY + DAY) == 0
        assert len(for_all) == len(for_one)
