"""The demonstration's time: jobs fire at their instants, in order, however the clock is moved."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import MovableClock, SystemClock
from bot.db import Database
from bot.delivery.channels import Channels
from bot.delivery.charts import Charts
from bot.delivery.messages import Messages
from bot.delivery.slack import Slack
from bot.demo.timeline import ClockReading, Timeline
from bot.domain.calendar import published
from jobs import LONDON, Job
from jobs.context import JobContext, Planned
from jobs.runner import JobRunner

BEGIN = datetime(2027, 1, 4, 9, tzinfo=UTC)
HOUR, DAY, SECOND, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1), timedelta(minutes=1)
HOURLY = CronTrigger(hour="9-17", minute=0, timezone=LONDON)
FIVE_MINUTES = CronTrigger(hour="7-18", minute="*/5", timezone=LONDON)
DAILY = CronTrigger(hour=9, minute=0, timezone=LONDON)
EVERY_SECOND = IntervalTrigger(seconds=1, start_date=datetime(2026, 1, 1, tzinfo=UTC))


class Log:
    """What fired, and when by the clock's own account; `told` is what the workspace would have heard."""

    def __init__(self) -> None:
        self.fired: list[tuple[str, datetime]] = []
        self.told: list[ClockReading] = []
        self.waiting: list[datetime] = []

    def job(self, name: str, trigger: CronTrigger | IntervalTrigger, *, enqueues: bool = False) -> Job:
        async def run(_: JobContext, now: datetime) -> int:
            self.fired.append((name, now))
            if enqueues:
                self.waiting.append(now)
            return 1

        return Job(name, name, trigger, run, something)

    def due(self, name: str, trigger: CronTrigger, *instants: datetime) -> Job:
        """A job that has something to do from each of these instants on, until it has run."""
        left = list(instants)

        async def run(_: JobContext, now: datetime) -> int:
            self.fired.append((name, now))
            done = [instant for instant in left if instant <= now]
            left[:] = [instant for instant in left if instant > now]
            return len(done)

        async def plan(_: JobContext, now: datetime) -> list[Planned]:
            return [Planned("C1", "It is due.", "it is due") for instant in left if instant <= now]

        return Job(name, name, trigger, run, plan)

    def deliverer(self) -> Job:
        async def run(_: JobContext, now: datetime) -> int:
            self.fired.append(("deliver", now))
            self.waiting = [due for due in self.waiting if due > now]
            return 1

        async def next_due(_: JobContext, now: datetime) -> datetime | None:
            return max(min(self.waiting), now) if self.waiting else None

        return Job("deliver", "deliver", EVERY_SECOND, run, nothing, at_once=30, next_due=next_due)

    async def tell(self, reading: ClockReading) -> None:
        self.told.append(reading)

    def times(self, name: str) -> list[datetime]:
        return [at for fired, at in self.fired if fired == name]


async def nothing(_: JobContext, __: datetime) -> list[Planned]:
    return []


async def something(_: JobContext, __: datetime) -> list[Planned]:
    return [Planned("C1", "It is due.", "it is due")]


@contextmanager
def runs() -> Iterator[JobRunner]:
    """No job of these tests uses anything of it, and how they go is written nowhere."""
    database = Database("sqlite://")
    slack = Slack(AsyncWebClient())
    yield JobRunner(
        JobContext(
            database,
            published(),
            Messages(),
            slack,
            Charts(database, slack, SystemClock()),
            Channels(slack, SystemClock(), database),
        )
    )
    database.close()


def moved(log: Log, jobs: list[Job], *targets: datetime, clock: MovableClock | None = None) -> MovableClock:
    """Run the jobs by a clock that is moved to each target in turn; returns the clock as it stands at the end."""
    clock = clock or MovableClock(BEGIN)

    async def move_and_stop() -> None:
        arrived: asyncio.Queue[ClockReading] = asyncio.Queue()

        async def tell(reading: ClockReading) -> None:
            await log.tell(reading)
            if reading.target is None and reading.now >= targets[0]:
                arrived.put_nowait(reading)

        with runs() as ours:
            timeline = Timeline(clock, jobs, ours, tell)
            passing = asyncio.create_task(timeline.run())
            for target in targets:
                assert (await timeline.move(target)).target == target
                assert target in [reading.target for reading in log.told]  # before anything else is answered
            await asyncio.wait_for(arrived.get(), 20)
            await timeline.stop(passing)

    asyncio.run(move_and_stop())
    return clock


def test_every_job_fires_at_each_of_its_instants_at_which_it_is_needed() -> None:
    log = Log()
    jobs = [log.job("hourly", HOURLY), log.job("daily", DAILY)]
    clock = moved(log, jobs, BEGIN + 2 * DAY + HOUR)
    assert clock.now() == BEGIN + 2 * DAY + HOUR
    days = [BEGIN, BEGIN + DAY, BEGIN + 2 * DAY]
    assert log.times("daily") == days
    whole_days = [day + n * HOUR for day in days[:2] for n in range(9)]
    assert log.times("hourly") == [*whole_days, days[2], days[2] + HOUR]
    assert [at for _, at in log.fired] == sorted(at for _, at in log.fired)


def test_instants_at_which_a_job_has_nothing_to_do_are_passed_over() -> None:
    log = Log()
    begin, end = BEGIN - DAY / 24, BEGIN + 2 * DAY + HOUR / 4
    half_past_two, tomorrow = BEGIN + 5.5 * HOUR, BEGIN + DAY
    moved(log, [log.due("five minutes", FIVE_MINUTES, half_past_two, tomorrow)], end, clock=MovableClock(begin))
    first = [at for at in log.times("five minutes") if at > begin]
    assert first[:2] == [half_past_two, tomorrow], "and none at which there was nothing to do"
    assert first[-1] == end, "and at last what was passed over: the job is alive"
    assert len(first) < 5


def test_a_job_that_cannot_tell_fires_at_each_of_its_instants(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(_: JobContext, __: datetime) -> list[Planned]:
        raise OSError("disk")

    log = Log()
    moved(log, [replace(log.job("daily", DAILY), plan=fail)], BEGIN + DAY)
    assert log.times("daily") == [BEGIN, BEGIN + DAY]
    assert caplog.messages.count(f"it cannot be told what job daily would send at {(BEGIN + DAY).isoformat()}") == 1


def test_the_clocks_go_forward_on_the_way_and_nine_is_nine_in_london() -> None:
    log = Log()
    begin = datetime(2027, 3, 27, 9, tzinfo=UTC)
    moved(log, [log.job("daily", DAILY)], begin + 2 * DAY, clock=MovableClock(begin))
    assert log.times("daily") == [begin, begin + DAY - HOUR, begin + 2 * DAY - HOUR]


def test_a_job_that_knows_what_waits_fires_only_when_it_is_needed() -> None:
    log = Log()
    moved(log, [log.job("hourly", HOURLY, enqueues=True), log.deliverer()], BEGIN + 3 * HOUR - SECOND)
    assert log.times("deliver") == [BEGIN, BEGIN + HOUR + SECOND, BEGIN + 2 * HOUR + SECOND]


def test_what_waits_for_later_is_reached_at_its_time() -> None:
    log = Log()
    log.waiting = [BEGIN + 90 * SECOND, BEGIN + 2 * DAY]
    moved(log, [log.deliverer()], BEGIN + DAY)
    assert log.times("deliver") == [BEGIN, BEGIN + 90 * SECOND]


def test_the_time_is_told_before_anything_is_sent() -> None:
    log = Log()
    log.waiting = [BEGIN + HOUR]
    moved(log, [log.deliverer()], BEGIN + 2 * HOUR)
    assert [reading.now for reading in log.told] == [BEGIN, BEGIN, BEGIN + HOUR, BEGIN + 2 * HOUR]
    assert [reading.target for reading in log.told] == [*3 * [BEGIN + 2 * HOUR], None]


def test_a_move_can_be_changed_while_it_goes_on() -> None:
    log = Log()
    clock = moved(log, [log.job("daily", DAILY)], BEGIN + 30 * DAY, BEGIN + 40 * DAY)
    assert clock.now() == BEGIN + 40 * DAY
    assert len(log.times("daily")) == 41


def test_a_run_that_fails_stops_neither_the_clock_nor_the_others(caplog: pytest.LogCaptureFixture) -> None:
    async def fail(_: JobContext, __: datetime) -> int:
        raise OSError("disk")

    log = Log()
    with caplog.at_level(logging.ERROR):
        moved(log, [Job("failing", "", DAILY, fail, something), log.job("daily", DAILY)], BEGIN + DAY)
    assert log.times("daily") == [BEGIN, BEGIN + DAY]
    told = [(record.getMessage(), record.__dict__["facts"]) for record in caplog.records]
    assert told == [("the job failed: disk", {"at": at.isoformat()}) for at in (BEGIN, BEGIN + DAY)]


def test_a_ticking_clock_never_goes_back_where_an_instant_has_just_passed() -> None:
    source = ticks(BEGIN, timedelta(milliseconds=400))
    log = Log()
    clock = moved(
        log, [log.job("second", EVERY_SECOND)], BEGIN + 60 * SECOND, clock=MovableClock(BEGIN, ticking=source)
    )
    fired = log.times("second")
    assert fired == sorted(set(fired))
    assert clock.now() >= BEGIN + 60 * SECOND


def ticks(begin: datetime, step: timedelta) -> Callable[[], datetime]:
    """A source of time that has moved on each time somebody looks."""
    looked = iter(range(10**9))
    return lambda: begin + next(looked) * step
