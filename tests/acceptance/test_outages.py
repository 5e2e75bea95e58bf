"""What fails is survived: every message comes once, none twice, and what comes late says so."""

import asyncio
import itertools
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from bot.app import build
from bot.delivery import outbox
from bot.delivery.outbox import OutgoingMessage
from bot.delivery.outbox_queue import LEASE
from bot.models import Audience, OutboxMessage, OutboxState
from jobs import job_named
from tests.acceptance.office import (
    AMIRA,
    NORTH_EAST,
    NORTH_EAST_SHARED,
    PRIYA,
    Office,
    finish,
    open_office,
    sample_seed,
)
from tests.builders import MINUTE, ROOT, rows
from tests.closing import Closing
from tests.conftest import Templates
from workspace import Control
from workspace.state.seed import Channel

SECOND = timedelta(seconds=1)
WORKERS, OTHERS = 3, 50
BACK = datetime(2027, 5, 4, 9, 30, tzinfo=UTC)  # 10:30am on the Tuesday after the early May bank holiday


def enqueue(office: Office, channel: str, key: str) -> None:
    message = office.liaison.router.messages.message("common/sentence", sentence=f"This is {key}.")
    draft = OutgoingMessage(key, channel, Audience.INTERNAL, message, "the test asks for it")
    with office.liaison.database.writing() as session:
        outbox.enqueue(session, draft, office.clock.now())


def standing(office: Office) -> Counter[str]:
    """How often each message of ours stands in the workspace, by its key."""
    client = office.liaison.jobs.slack.client

    channels = {row.slack_channel for row in rows(office.liaison.database, OutboxMessage) if row.slack_channel}

    async def keys() -> Counter[str]:
        found: Counter[str] = Counter()
        for number, channel in enumerate(sorted(channels), 1):
            answer = await client.conversations_history(channel=channel, include_all_metadata=True, limit=200)
            stand = list(answer["messages"])
            for each in answer["messages"]:
                if each.get("reply_count"):
                    thread = await client.conversations_replies(
                        channel=channel, ts=each["ts"], include_all_metadata=True, limit=200
                    )
                    stand += thread["messages"][1:]
            found.update(each["metadata"]["event_payload"]["key"] for each in stand if "metadata" in each)
            if number % 40 == 0:  # Slack is asked for no more than 50 in a minute
                office.clock.advance(MINUTE)
        return found

    return finish(keys())


def all_once(office: Office) -> bool:
    """Whether every message that was enqueued stands, and stands once."""
    return standing(office) == Counter(row.key for row in rows(office.liaison.database, OutboxMessage))


def waiting(office: Office) -> int:
    states = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.FAILED)
    return sum(row.state in states for row in rows(office.liaison.database, OutboxMessage))


def sent(office: Office) -> int:
    return sum(row.state is OutboxState.SENT for row in rows(office.liaison.database, OutboxMessage))


async def _work_until(office: Office, messages: int) -> None:
    """So many workers, each with a scheduler of its own, all of whose jobs are due at once, until so many are sent."""
    workers = [build(office.liaison.settings, office.clock) for _ in range(WORKERS)]
    schedulers = [worker.scheduler() for worker in workers]
    for scheduler in schedulers:
        scheduler.start(paused=True)
        for job in scheduler.get_jobs():
            job.modify(next_run_time=datetime.now(UTC))
    for scheduler in schedulers:
        scheduler.resume()
    for _ in range(100):
        await asyncio.sleep(0.2)
        office.clock.advance(SECOND)
        if sent(office) >= messages and not waiting(office):
            break
    await asyncio.sleep(1.5)  # what would be said twice would be now
    for worker, scheduler in zip(workers, schedulers, strict=True):
        await worker.stop(scheduler)
        worker.close()


def test_after_four_days_down_over_a_bank_holiday_three_workers_say_everything_once_and_that_it_is_late(
    office: Office,
) -> None:
    office.clock.move_to(BACK - timedelta(days=4, hours=17))  # Thursday evening: nothing has run since
    for name in ("prompt", "summary"):
        office.run(name)
    office.clock.move_to(BACK - timedelta(days=4))
    for name in ("prompt", "summary"):
        office.run(name)
    with office.liaison.database.writing() as session:
        session.execute(text("update outbox_message set state = 'dropped'"))
    before = {row.key for row in rows(office.liaison.database, OutboxMessage)}
    office.clock.move_to(BACK)
    finish(_work_until(office, messages=13))
    said = [row for row in rows(office.liaison.database, OutboxMessage) if row.key not in before]
    assert standing(office) == Counter(row.key for row in said if row.state is OutboxState.SENT and not row.replaces_id)
    expected = [row for row in said if row.text.startswith("Weekly performance") or "report for April" in row.text]
    asked = [row for row in expected if "should have come on 4 May 2027 at 9am" in str(row.blocks)]
    assert len(asked) == 13, "the summary, and twelve prompts for April"
    assert {row.state for row in asked} == {OutboxState.SENT}


@contextmanager
def dying(office: Office) -> Iterator[Callable[[int], str]]:
    """Delivers in a process that dies at a statement; says how it ended."""
    settings = office.liaison.settings
    environment = {
        **os.environ,
        "SLACK_BOT_TOKEN": settings.slack_bot_token.get_secret_value(),
        "SLACK_SIGNING_SECRET": settings.slack_signing_secret.get_secret_value(),
        "SLACK_API_URL": settings.slack_api_url,
        "DATABASE_URL": settings.database_url,
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "tests.acceptance.dying_worker"]
    with subprocess.Popen(
        command, env=environment, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        told, said = process.stdin, process.stdout

        def die_at(statement: int) -> str:
            told.write(f"{statement} {office.clock.now().isoformat()}\n")
            told.flush()
            return said.readline().strip()

        yield die_at
        told.close()


def test_a_worker_that_is_killed_between_any_two_statements_leaves_each_message_once(http_office: Office) -> None:
    office = http_office
    with dying(office) as die_at:
        for statement in itertools.count(1):
            enqueue(office, NORTH_EAST, f"killed-at-{statement}")
            ended = die_at(statement)
            office.clock.advance(LEASE + SECOND)
            assert die_at(0) == "ended 0", "the next worker takes over"
            if ended == "ended 0":
                break
            assert ended == "killed"
            office.clock.advance(SECOND)
    assert statement > 6, "it was killed before, while and after it sent"
    assert {row.state for row in rows(office.liaison.database, OutboxMessage)} == {OutboxState.SENT}
    assert all_once(office)
    assert sum(row.in_doubt for row in rows(office.liaison.database, OutboxMessage)) >= 3


def test_an_archived_channel_stops_its_own_message_alone_and_is_told_of(office: Office) -> None:
    office.run("prompt")
    with Control(office.workspace_url) as control:
        control.archive(NORTH_EAST_SHARED)
    office.deliver()
    states = Counter(row.state for row in rows(office.liaison.database, OutboxMessage))
    assert states == {OutboxState.SENT: len(rows(office.liaison.database, OutboxMessage)) - 1, OutboxState.DEAD: 1}
    assert set(standing(office).values()) == {1}
    (answer,) = office.person("U0NADIA").command("/liaison health", channel="C0HELP")
    assert "1 message could not be sent and 0 withheld." in answer.plain


def test_a_limit_in_one_channel_holds_up_none_of_fifty_others(templates: Templates, closing: Closing) -> None:
    more = tuple(Channel(f"C9MANY{n:02}", f"many-{n:02}", (AMIRA,), True, bot=True) for n in range(OTHERS + 1))
    seed = sample_seed()
    with closing.later() as stack:
        url = stack.enter_context(templates.lent("sqlite"))
        office = stack.enter_context(open_office(url, seed=replace(seed, channels=(*seed.channels, *more))))
        for channel in more:
            enqueue(office, channel.id, f"to {channel.name}")
        with Control(office.workspace_url) as control:
            control.fault("ratelimited", "chat.postMessage", times=1, seconds=600)
            office.deliver()
            assert (len(control.traffic("users.conversations")), control.traffic("conversations.info")) == (1, [])
        assert sum(standing(office).values()) == OTHERS
        office.clock.advance(10 * MINUTE)
        office.deliver()
        assert all_once(office)


def test_where_many_channels_are_asked_for_at_once_a_shared_one_gets_nothing_internal(
    templates: Templates, closing: Closing
) -> None:
    among = {0: (AMIRA, PRIYA), 7: (AMIRA, PRIYA)}  # of another organisation
    more = tuple(
        Channel(
            f"C9MANY{n:02}", f"many-{n:02}", among.get(n, (AMIRA,)), True, bot=True, pending=("T0HARBOUR",) * (n == 3)
        )
        for n in range(OTHERS)
    )
    seed = sample_seed()
    with closing.later() as stack:
        url = stack.enter_context(templates.lent("sqlite"))
        office = stack.enter_context(open_office(url, seed=replace(seed, channels=(*seed.channels, *more))))
        for channel in more:
            enqueue(office, channel.id, f"to {channel.name}")
        office.deliver()
        withheld = {
            row.channel for row in rows(office.liaison.database, OutboxMessage) if row.state is OutboxState.WITHHELD
        }
        assert withheld == {"C9MANY00", "C9MANY03", "C9MANY07"}
        assert sum(standing(office).values()) == OTHERS - 3


@contextmanager
def away(office: Office) -> Iterator[None]:
    """The database, gone until the block ends."""
    url = make_url(office.liaison.settings.database_url)
    server = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f'alter database "{url.database}" allow_connections false'))
        ended = text("select pg_terminate_backend(pid) from pg_stat_activity where datname = :name")
        connection.execute(ended, {"name": url.database})
        yield
        connection.execute(text(f'alter database "{url.database}" allow_connections true'))
    server.dispose()


def test_a_database_that_is_away_for_a_minute_costs_a_minute(templates: Templates, closing: Closing) -> None:
    with closing.later() as stack:
        office = stack.enter_context(open_office(stack.enter_context(templates.lent("postgresql"))))
        runs = office.liaison.runs
        office.run("prompt")
        with away(office):
            with pytest.raises(OperationalError):
                finish(runs.run(job_named("deliver"), office.clock.now()))
            ready = httpx.get(f"{office.bot_url}/readyz", trust_env=False)
            assert (ready.status_code, ready.text) == (503, "database")
            office.clock.advance(MINUTE)
        assert httpx.get(f"{office.bot_url}/readyz", trust_env=False).text == "ready"
        office.deliver()
        assert all_once(office)
        assert {row.state for row in rows(office.liaison.database, OutboxMessage)} == {OutboxState.SENT}
