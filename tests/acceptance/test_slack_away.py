"""Slack is away for hours: nothing dies, nothing is hammered, and everything comes once and in order after that."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.delivery import outbox, outbox_queue
from bot.delivery.breaker import PROBED_EVERY
from bot.delivery.outbox import OutgoingMessage
from bot.delivery.slack_answers import SlackFailure
from bot.demo import BEGINS
from bot.domain.london import london_instant
from bot.domain.retries import GAVE_UP, LONGEST_WAIT, TRIED_FOR
from bot.models import Audience, OutboxMessage, OutboxState
from bot.services.health import outbox_admin
from jobs import JOBS, deliver
from jobs.runner import tick
from tests.acceptance.office import AMIRA, CALLUM, HELEN, NORTH_EAST, PORTFOLIO, Office, finish
from tests.builders import HOUR, MINUTE, work
from workspace import Control

SECOND, STEP = timedelta(seconds=1), 5 * MINUTE
OFTEN = {"deliver", "homes", "documents", "pinned"}  # these run each few seconds: here, once in each step
PLACES = (NORTH_EAST, PORTFOLIO, "C0DESW", AMIRA, CALLUM, HELEN)
ROUNDS = 12  # of numbered messages in an outage
ADMINISTRATOR = "U0NADIA"
TROUBLES = ("drop_before", "service_unavailable", "internal_error", "fatal_error")


@pytest.fixture
def control(office: Office) -> Iterator[Control]:
    with Control(office.workspace_url) as control:
        yield control


def enqueue(office: Office, key: str, *channels: str) -> None:
    message = office.liaison.router.messages.message("common/sentence", sentence=f"This is {key}.")
    with office.liaison.database.writing() as session:
        for channel in channels:
            draft = OutgoingMessage(f"{key} {channel}", channel, Audience.INTERNAL, message, "the test asks for it")
            outbox.enqueue(session, draft, office.clock.now())


def messages(office: Office) -> list[OutboxMessage]:
    return office.read(lambda session: list(session.scalars(select(OutboxMessage).order_by(col(OutboxMessage.id)))))


def live(office: Office, span: timedelta, also: Callable[[], object] = lambda: None) -> None:
    """Let time pass, a few minutes at a time, with every job as it is due and one delivery in each step."""
    end = office.clock.now() + span
    while office.clock.now() < end:
        now = office.clock.now()
        for job in JOBS:
            if job.name not in OFTEN and tick(job.trigger, now - STEP) <= now:
                with suppress(SlackFailure):  # as in a worker, where it runs again
                    office.run(job.name)
        also()
        office.run("deliver")
        office.clock.move_to(min(now + STEP, end))


def catch_up(office: Office) -> None:
    """Deliver whenever something may be tried, until nothing waits."""
    while due := finish(deliver.next_due(office.liaison.jobs, office.clock.now())):
        office.clock.reach(max(due, office.clock.now() + SECOND))
        office.run("deliver")


def keys_by_place(office: Office) -> dict[str, list[str]]:
    """The keys of the messages that stand in each place of the workspace, in their order there."""
    found: dict[str, list[str]] = defaultdict(list)
    for conversation in office.workspace.store.conversations.values():
        for message in conversation.messages:
            if message.metadata is not None:
                found[conversation.id].append(message.metadata["event_payload"]["key"])
    return found


@pytest.mark.parametrize("hours", [1, 4, 9, 60])
def test_an_outage_costs_no_message_and_no_order(
    office: Office, control: Control, hours: int, record_property: Callable[[str, object], None]
) -> None:
    live(office, 10 * MINUTE)
    catch_up(office)
    steps = hours * HOUR // STEP
    control.fault(TROUBLES[hours % len(TROUBLES)], times=None)
    live(office, hours * HOUR, lambda: enqueue_at_times(office, steps // ROUNDS))
    tries = sum(row.attempts for row in messages(office) if row.state is not OutboxState.SENT)
    assert tries <= outbox_queue.AT_ONCE + steps, "one message in each step, after the first that failed together"
    control.clear()
    back = office.clock.now()
    catch_up(office)
    rows = messages(office)
    states = Counter(row.state.value for row in rows)
    took = max(row.settled_at for row in rows if row.settled_at) - back
    reasons = Counter(row.last_error for row in rows if row.state is OutboxState.DROPPED)
    outcome = (
        f"{hours} h away: {dict(states)}, dropped: {dict(reasons)}; all settled {took} after it, {tries} tries in it"
    )
    record_property("outcome", outcome)
    print(f"\n{outcome}")
    assert set(states) <= {OutboxState.SENT, OutboxState.DROPPED}
    assert took < LONGEST_WAIT + MINUTE
    standing = keys_by_place(office)
    expected = [row.key for row in rows if row.state is OutboxState.SENT and row.replaces_id is None]
    assert Counter(key for keys in standing.values() for key in keys) == Counter(expected), "each stands, and once"
    place = {row.key: row.id for row in rows}
    for keys in standing.values():
        assert [place[key] for key in keys] == sorted(place[key] for key in keys)


def test_while_slack_is_away_one_message_is_tried_each_minute_and_nothing_else_is_asked(
    office: Office, control: Control
) -> None:
    enqueue(office, "one", *PLACES)
    control.fault("service_unavailable", times=None)
    for _ in PROBED_EVERY:
        office.run("deliver")
        office.clock.advance(MINUTE)
    for _ in range(10):
        before = tried(office)
        for _ in range(30):
            office.run("deliver")
            office.clock.advance(SECOND)
        assert tried(office) == before + 1
        office.clock.advance(30 * SECOND)
    control.clear()
    catch_up(office)
    assert {row.state for row in messages(office)} == {OutboxState.SENT}


def test_what_is_given_up_after_three_days_is_told_to_each_administrator_in_one_message_and_can_be_retried(
    office: Office, control: Control
) -> None:
    enqueue(office, "early", *PLACES)
    control.fault("drop_before", times=None)
    for _ in range(9):
        for _ in range(5):
            office.run("deliver")
            office.clock.advance(MINUTE)
        office.run("mend")
        office.clock.advance(TRIED_FOR / 8)
        enqueue(office, f"later {office.clock.now()}", PORTFOLIO)
    given_up = [row for row in messages(office) if row.state is OutboxState.DEAD]
    assert len(given_up) >= len(PLACES)
    assert all(row.last_error.startswith(GAVE_UP) for row in given_up)
    figures = httpx.get(f"{office.bot_url}/metrics", trust_env=False).text
    assert f"liaison_outbox_given_up_messages {len(given_up)}\n" in figures
    control.clear()
    catch_up(office)
    office.clock.move_to(london_instant(date(2027, 1, 11), 10))
    for _ in range(3):
        office.run("mend")
        catch_up(office)
    told = [m.plain for m in office.person(ADMINISTRATOR).direct_messages() if "could not be sent" in m.plain]
    assert len(told) == 1
    assert f"{len(given_up)} messages could not be sent" in told[0]
    assert "liaison outbox retry --all-dead" in told[0]
    with office.liaison.database.writing() as session:
        assert outbox_admin.retry_dead(work(session, office.clock.now())) == len(given_up)
    catch_up(office)
    assert {row.state for row in messages(office)} == {OutboxState.SENT}


def enqueue_at_times(office: Office, steps: int) -> None:
    """A numbered message for each place, each so many steps."""
    minutes = (office.clock.now() - BEGINS) // STEP
    if minutes % max(steps, 1) == 0:
        enqueue(office, f"number {minutes:05}", *PLACES)


def tried(office: Office) -> int:
    return sum(row.attempts for row in messages(office))
