"""What somebody does between the read in which a job finds what is to be done and the write in which it is done."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import TypeVar

import pytest
from sqlalchemy import Connection, select
from sqlmodel import Session, col

from bot.db import Database, SingleTransactionDatabase
from bot.domain.due_kinds import DueKind
from bot.models import Channel, OutboxMessage, OutboxState, ReminderLine, Report
from bot.services.digest import subscriptions
from tests.builders import DAY, MONDAY, act, contract_named, open_all, run_job, work
from tests.integration.escalating import at, opened, person, quiet, report_on

T = TypeVar("T")
Deed = Callable[[Session], object]
PORTFOLIO = "C0PORTFOLIO"


class Interrupted(SingleTransactionDatabase):
    """A database on which somebody does something after what was read, before the first write."""

    deeds: list[Deed]

    async def write(self, unit: Callable[[Session], T]) -> T:
        """A write, and before the first what somebody else writes."""
        while self.deeds:
            await super().write(self.deeds.pop())
        return await super().write(unit)


def after(deed: Deed) -> Callable[[Connection], SingleTransactionDatabase]:
    def made(connection: Connection) -> SingleTransactionDatabase:
        database = Interrupted(connection)
        database.deeds = [deed]
        return database

    return made


def come(ids: Iterable[int], when: datetime) -> Deed:
    """These reports come."""

    def deed(session: Session) -> None:
        for each in ids:
            row, who = session.get_one(Report, each), person(session, "U0AMIRA").id
            row.sqlmodel_update({"received_at": when, "reporter_id": who})

    return deed


def messages(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(col(OutboxMessage.channel), col(OutboxMessage.text)).order_by(col(OutboxMessage.id)))
    return [(channel, text) for channel, text in rows]


def test_nobody_is_reminded_of_what_is_done_meanwhile(unchanged: Database) -> None:
    now, of_reports = MONDAY + 8 * DAY, select(ReminderLine).where(col(ReminderLine.kind) == DueKind.REPORT)
    for all_come in (False, True):
        with unchanged.rehearsing() as session:
            open_all(work(session, MONDAY))
            awaited = session.scalars(select(Report).where(col(Report.received_at).is_(None))).all()
            for report in awaited:
                report.asked_on = report.due_on  # the partner was asked, so that it is late
            late = [report.id for report in awaited]
            run_job(session, "remind", now, after(come(late if all_come else [], now)))
            assert bool(session.scalars(of_reports).all()) is not all_come


def late_report(session: Session) -> tuple[int, int]:
    """The id of a report of which somebody was asked why it is late, and on which day."""
    report = report_on(session, quiet(session))
    day = next(day for day in range(30) if run_job(session, "escalate", at(day)))
    return report.id, day


def test_nobody_above_is_asked_about_what_is_done_meanwhile(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        report_id, day = late_report(session)
        asked, now = messages(session), at(day, hour=16)
        (escalation,) = opened(session)
        assert escalation.due_at is not None
        assert escalation.due_at <= now
        run_job(session, "escalate", now, after(come([report_id], now)))
        assert messages(session) == asked
        run_job(session, "escalate", now)
        session.refresh(escalation)
        assert escalation.ended_at == now


def test_nobody_else_is_asked_about_what_is_done_meanwhile(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        report_id, day = late_report(session)
        asked, now = messages(session), at(day, hour=10)
        (escalation,) = opened(session)
        ping = session.scalars(select(OutboxMessage).where(col(OutboxMessage.key) == escalation.ping)).one()
        ping.state, ping.settled_at, ping.last_error = OutboxState.DEAD, now, "user_not_found"
        run_job(session, "escalate", now, after(come([report_id], now)))
        assert messages(session) == asked
        run_job(session, "escalate", now)
        session.refresh(escalation)
        assert escalation.ended_at == now


def stop(session: Session) -> None:
    subscriptions.stop(act(session, "U0NADIA", MONDAY + timedelta(minutes=1)), PORTFOLIO)


def schedule(session: Session) -> None:
    subscriptions.schedule(act(session, "U0NADIA", MONDAY + timedelta(minutes=1)), PORTFOLIO, "thursday", "4pm")


def bind(session: Session) -> None:
    channel = session.scalars(select(Channel).where(col(Channel.slack) == PORTFOLIO)).one()
    channel.contract_id = contract_named(session, "WP-NE").id


@pytest.mark.parametrize("deed", [stop, schedule, bind])
def test_no_summary_comes_that_is_not_wanted_any_more(unchanged: Database, deed: Deed) -> None:
    for meanwhile in (False, True):
        with unchanged.rehearsing() as session:
            open_all(work(session, MONDAY))
            run_job(session, "summary", MONDAY, after(deed if meanwhile else messages))
            assert (PORTFOLIO in dict(messages(session))) is not meanwhile
