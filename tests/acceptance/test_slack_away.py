"""Slack is away for hours: nothing dies, nothing is hammered, and everything comes once and in order after that."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, timedelta

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import col
from typer.testing import CliRunner

from bot.__main__ import cli
from bot.delivery import outbox, outbox_queue
from bot.delivery.breaker import PROBED_EVERY
from bot.delivery.outbox import OutgoingMessage
from bot.delivery.slack_answers import SlackFailure
from bot.demo import BEGINS
from bot.domain.london import london_instant
from bot.domain.retries import GAVE_UP, LONGEST_WAIT, TRIED_FOR
from bot.models import Audience, Milestone, MilestoneKind, OutboxMessage, OutboxState, Party
from bot.services.health import outbox_admin
from bot.services.progress.received_reports import prompt_key
from jobs import JOBS, deliver
from jobs.runner import tick
from jobs.staleness import FOLLOWED, NEVER_SENT
from tests.acceptance.conftest import WAYS
from tests.acceptance.office import (
    AMIRA,
    CALLUM,
    HELEN,
    METRICS_TOKEN,
    NORTH_EAST,
    NORTH_EAST_SHARED,
    PORTFOLIO,
    Office,
    finish,
)
from tests.acceptance.reporting import december
from tests.builders import DAY, HOUR, MINUTE, contract_named, work
from workspace import Control

SECOND = timedelta(seconds=1)
STEPS = {1: 5 * MINUTE, 4: 5 * MINUTE, 9: 10 * MINUTE, 60: 30 * MINUTE}  # by the hours of an outage
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


def live(office: Office, span: timedelta, step: timedelta, also: Callable[[], object] = lambda: None) -> None:
    """Let time pass, a step at a time, with every job as it is due and one delivery in each."""
    end = office.clock.now() + span
    while office.clock.now() < end:
        now = office.clock.now()
        for job in JOBS:
            if job.name not in OFTEN and tick(job.trigger, now - step) <= now:
                with suppress(SlackFailure):  # as in a worker, where it runs again
                    office.run(job.name)
        also()
        office.run("deliver")
        office.clock.move_to(min(now + step, end))


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


# Long: each outage on one database and way in, two on each.
@pytest.mark.parametrize(
    ("office", "hours"),
    [(WAYS[number % 2], hours) for number, hours in enumerate(STEPS)],
    indirect=["office"],
    ids=["-".join((*WAYS[number % 2], str(hours))) for number, hours in enumerate(STEPS)],
)
def test_an_outage_costs_no_message_and_no_order(
    office: Office, control: Control, hours: int, record_property: Callable[[str, object], None]
) -> None:
    step = STEPS[hours]
    live(office, 2 * step, step)
    catch_up(office)
    steps = hours * HOUR // step
    control.fault(TROUBLES[hours % len(TROUBLES)], times=None)
    live(office, hours * HOUR, step, lambda: enqueue_at_times(office, step * (steps // ROUNDS)))
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
    token = {"Authorization": f"Bearer {METRICS_TOKEN}"}
    figures = httpx.get(f"{office.bot_url}/metrics", headers=token, trust_env=False).text
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


def test_what_is_out_of_date_after_the_outage_is_dropped_with_its_reason(office: Office, control: Control) -> None:
    control.fault("service_unavailable", "chat.*", times=None)
    with office.liaison.database.writing() as session:
        contract_id = contract_named(session, "WP-NE").id
        for day in (5, 6, 7):
            milestone = Milestone(
                contract_id=contract_id,
                name=f"Due on {day} January",
                kind=MilestoneKind.MILESTONE,
                owed_by=Party.DEPARTMENT,
                due_on=date(2027, 1, day),
            )
            session.add(milestone)
    for _ in range(3):  # Monday's, Tuesday's and Wednesday's reminders, and the prompts for December
        for job in ("prompt", "remind"):
            office.run(job)
        office.run("deliver")
        office.clock.advance(DAY)
    office.person(AMIRA).command("/progress report WP-NE starts=90 outcomes=80", channel=NORTH_EAST)
    control.clear()
    catch_up(office)
    dropped = {row.key: row.last_error for row in messages(office) if row.state is OutboxState.DROPPED}
    prompt = office.read(lambda session: prompt_key(december(session)))
    assert dropped[prompt] == "the report came before it was sent"
    assert [why for key, why in dropped.items() if key.startswith(f"{prompt}-")] == [NEVER_SENT]
    assert FOLLOWED in {why for key, why in dropped.items() if key.startswith("reminder-")}
    assert not [m for m in office.person(AMIRA).messages(NORTH_EAST_SHARED) if "Report for December 2026" in m.plain]
    days = [m for m in office.person(AMIRA).direct_messages() if "for you" in m.text]
    assert len(days) == 1, "the newest reminder shows what is open of the earlier ones"
    listed = outbox_command(office, "list")
    assert f"Dropped in the last week, out of date or given up: {len(dropped)} messages." in listed
    assert "the report came before it was sent" in outbox_command(office, "list", "--state", "dropped")


def outbox_command(office: Office, *arguments: str) -> str:
    """What `liaison outbox` prints."""
    done = CliRunner().invoke(cli, ["outbox", *arguments], env={"DATABASE_URL": office.liaison.settings.database_url})
    assert done.exit_code == 0, done.output
    return done.stdout


def enqueue_at_times(office: Office, each: timedelta) -> None:
    """A numbered message for each place, once in such a time."""
    minutes = (office.clock.now() - BEGINS) // MINUTE
    if minutes % (each // MINUTE) < 5:
        enqueue(office, f"number {minutes:05}", *PLACES)


def tried(office: Office) -> int:
    return sum(row.attempts for row in messages(office))


def test_a_start_while_slack_is_away_is_said_and_recovers_by_itself(office: Office, control: Control) -> None:
    """Nobody is told that the app is gone, and /readyz says how it is."""

    def ready() -> str:
        return httpx.get(f"{office.bot_url}/readyz", trust_env=False).text

    def listed() -> str:
        [answer] = office.person(AMIRA).command("/risk list", channel=NORTH_EAST)
        return answer.plain

    control.fault("service_unavailable", times=None)
    with pytest.raises(SlackFailure):
        finish(office.liaison.reached.ask())
    assert ready() == "ready, but Slack does not answer"
    assert listed() == ("Liaison could not check with Slack who you are, so nothing was done. Try again in a minute.")
    control.clear()
    finish(office.liaison.reached.ask_while_away(every=timedelta(0)))
    assert ready() == "ready"
    known = listed()
    assert "R-1" in known
    control.fault("service_unavailable", times=None)
    office.clock.advance(MINUTE)
    assert listed() == known, "of Slack nothing is asked for somebody whom it knows"
