"""Nobody reads what is not for them: what is known of a channel is fresh, people are judged by Slack, guests count."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot import slack_channels, slack_users
from bot.app import Liaison, build
from bot.delivery import outbox
from bot.delivery.budgets import FACTS
from bot.delivery.channels import MANY
from bot.delivery.directory import identify
from bot.delivery.slack import USERS_ON_A_PAGE
from bot.delivery.slack_answers import Limited
from bot.identity import Unknown, find_actor
from bot.models import Audience, Channel, OutboxState, TrailEntry
from jobs import deliver, members
from tests.acceptance.office import AMIRA, GUEST, NORTH_EAST, NORTH_EAST_SHARED, PRIYA, Office, finish, words
from tests.builders import MINUTE, draft
from workspace import Control
from workspace.state.seed import User

SECOND = timedelta(seconds=1)
SOUTH_WEST, CALDERWICK = "C0DESW", "C0SECW"  # internal channels of other contracts
ADMINISTRATOR = "U0NADIA"


@pytest.fixture
def control(office: Office) -> Iterator[Control]:
    with Control(office.workspace_url) as control:
        yield control


@contextmanager
def another_process(office: Office) -> Iterator[Liaison]:
    """A second process of the same installation: it shares the database with the first, and no memory."""
    other = build(office.liaison.settings, office.clock)
    yield other
    other.close()


def enqueue(office: Office, key: str, *channels: str) -> None:
    """An internal message for each of these channels or people."""
    with office.liaison.database.writing() as session:
        for channel in channels:
            outbox.enqueue(session, draft(f"{key} {channel}", channel, f"{key} sentence"), office.clock.now())


def state(office: Office, key: str) -> tuple[OutboxState, str]:
    """What became of a message, and why."""
    row = office.read(lambda session: outbox.find(session, key))
    assert row is not None
    return row.state, row.last_error


def internal_channels(office: Office) -> list[str]:
    bound = select(col(Channel.slack)).where(col(Channel.audience) == Audience.INTERNAL)
    return office.read(lambda session: list(session.scalars(bound)))


def test_a_channel_that_has_just_been_shared_gets_nothing_internal_from_any_process(
    office: Office, control: Control
) -> None:
    channels = internal_channels(office)
    assert len(channels) > MANY
    with another_process(office) as worker:
        enqueue(office, "first", *channels)
        finish(deliver.run(worker.jobs, office.clock.now()))
        assert state(office, f"first {NORTH_EAST}") == (OutboxState.SENT, "")
        enqueue(office, "second", *channels)
        control.share(NORTH_EAST, PRIYA)
        control.settle()  # the first process has heard of it
        office.workspace.store.conversations[SOUTH_WEST].members.append(PRIYA)  # of which nobody hears
        office.clock.advance(SECOND)  # what the worker knows of all channels is still good
        finish(deliver.run(worker.jobs, office.clock.now(), to=[NORTH_EAST]))
        withheld = (OutboxState.WITHHELD, "another organisation is in that channel")
        assert state(office, f"second {NORTH_EAST}") == withheld
        office.clock.advance(SECOND)
        finish(deliver.run(worker.jobs, office.clock.now()))
        assert state(office, f"second {SOUTH_WEST}") == withheld, "two seconds after it was shared"
        assert state(office, f"second {CALDERWICK}") == (OutboxState.SENT, "")
    assert [m.plain for m in office.person(PRIYA).messages(NORTH_EAST) if "second" in m.plain] == []
    control.unshare(NORTH_EAST, "T0NORTHGATE")
    control.settle()
    enqueue(office, "third", NORTH_EAST)
    office.deliver()
    assert state(office, f"third {NORTH_EAST}") == (OutboxState.SENT, "")


def test_direct_messages_are_opened_once_and_a_channel_is_asked_about_once(office: Office, control: Control) -> None:
    for number in range(3):
        enqueue(office, f"number {number}", AMIRA, "U0HELEN", NORTH_EAST, NORTH_EAST_SHARED)
        office.deliver()
        office.clock.advance(MINUTE)
    asked = ("conversations.open", "conversations.members")
    assert [len(control.traffic(method)) for method in asked] == [2, 2]
    assert {state(office, f"number {n} {channel}")[0] for n in range(3) for channel in (AMIRA, NORTH_EAST)} == {
        OutboxState.SENT
    }
    with another_process(office) as other:
        enqueue(office, "again", AMIRA, NORTH_EAST)
        finish(deliver.run(other.jobs, office.clock.now()))
    assert [len(control.traffic(method)) for method in asked] == [2, 2], "what one process asked, every one knows"
    with office.liaison.database.writing() as session:
        slack_channels.keep_direct(session, AMIRA, "D0NONE")
    office.clock.advance(MINUTE)
    enqueue(office, "wrong", AMIRA)
    office.deliver()
    assert state(office, f"wrong {AMIRA}") == (OutboxState.FAILED, "channel_not_found")
    office.clock.advance(deliver.SET_UP_WAIT)
    office.deliver()
    assert state(office, f"wrong {AMIRA}")[0] is OutboxState.SENT, "opened anew"


def test_a_guest_of_whom_slack_tells_bars_at_once_and_one_of_whom_nobody_hears_within_minutes(
    guest_office: Office,
) -> None:
    office = guest_office
    enqueue(office, "first", NORTH_EAST, CALDERWICK)
    office.deliver()
    assert state(office, f"first {NORTH_EAST}")[0] is OutboxState.SENT
    with Control(office.workspace_url) as control:
        control.share(NORTH_EAST, GUEST)
        control.settle()
    office.drain()
    office.workspace.store.conversations[CALDERWICK].members.append(GUEST)  # of which nobody hears
    enqueue(office, "second", NORTH_EAST)
    office.deliver()
    assert state(office, f"second {NORTH_EAST}")[0] is OutboxState.WITHHELD
    office.clock.advance(members.AGE)
    office.run("members")
    enqueue(office, "third", CALDERWICK)
    office.deliver()
    assert state(office, f"third {CALDERWICK}")[0] is OutboxState.WITHHELD
    office.clock.advance(slack_channels.FRESH)
    known = office.read(lambda session: slack_channels.known(session, [CALDERWICK], office.clock.now()))
    assert known[CALDERWICK].members is None, "without the job, it is asked again"


def test_questions_about_channels_stay_within_what_slack_takes_in_a_minute(office: Office) -> None:
    channels = office.liaison.jobs.channels

    async def ask(times: int) -> None:
        for _ in range(times):
            await channels.facts(NORTH_EAST, reported_shared=False)

    finish(ask(FACTS))
    office.clock.advance(20 * SECOND)
    with pytest.raises(Limited) as refused:
        finish(ask(1))
    assert refused.value.wait == MINUTE - 20 * SECOND
    office.clock.advance(refused.value.wait)
    finish(ask(1))


def test_a_guest_bars_what_is_internal_until_an_administrator_registers_them_as_the_departments(
    office: Office, control: Control
) -> None:
    control.arrive(GUEST, "gus.guest", "Gus Guest", guest="multi")
    control.share(NORTH_EAST, GUEST)
    control.settle()
    enqueue(office, "first", NORTH_EAST)
    office.deliver()
    reason = "Gus Guest, a guest in Slack who is not registered as one of the department, is in that channel"
    assert state(office, f"first {NORTH_EAST}") == (OutboxState.WITHHELD, reason)
    assert "first sentence" not in [m.plain for m in office.person(GUEST).messages(NORTH_EAST)]
    amira, nadia = office.person(AMIRA), office.person(ADMINISTRATOR)
    assert "You do not have a role that lets you" in amira.command("/liaison guests", channel=NORTH_EAST)[0].plain
    nadia.command("/liaison guests", channel="C0PORTFOLIO")
    form = nadia.modal(title="Guests of our own")
    assert "is not a guest in your workspace" in nadia.submit(form, {"guests": [AMIRA]}).errors["guests"]
    done = nadia.submit(form, {"guests": [GUEST]})
    assert "Guests who work for your department" in words(done.view)
    enqueue(office, "second", NORTH_EAST)
    office.deliver()
    assert state(office, f"second {NORTH_EAST}") == (OutboxState.SENT, "")
    (entry,) = office.read(
        lambda session: session.scalars(select(TrailEntry).where(col(TrailEntry.action) == "guests changed")).all()
    )
    assert entry.changes == {"guests": ["nobody", "Gus Guest"]}


def test_who_becomes_a_guest_bars_too_and_reads_nothing_internal_themselves(office: Office, control: Control) -> None:
    control.regrade("U0HELEN", "multi")
    control.settle()
    enqueue(office, "told", NORTH_EAST, "U0HELEN", AMIRA)
    office.deliver()
    guest = "Helen Marsh, a guest in Slack who is not registered as one of the department"
    assert state(office, f"told {NORTH_EAST}") == (OutboxState.WITHHELD, f"{guest}, is in that channel")
    assert state(office, "told U0HELEN") == (OutboxState.WITHHELD, f"it was addressed to {guest}")
    assert state(office, f"told {AMIRA}") == (OutboxState.SENT, "")
    control.regrade("U0HELEN", "")
    control.settle()
    enqueue(office, "again", NORTH_EAST)
    office.deliver()
    assert state(office, f"again {NORTH_EAST}") == (OutboxState.SENT, "")


def test_who_left_gets_nothing_and_is_refused_by_every_process(office: Office, control: Control) -> None:
    now = office.clock.now()
    with another_process(office) as other, other.database.reading() as session:
        finish(other.router.directory.ask(AMIRA, now))
        assert find_actor(session, identify(session, AMIRA, "T0DEPT", now)).name == "Amira Shah"
    with another_process(office) as other:
        control.deactivate(AMIRA)
        control.settle()  # the first process has heard of it
        enqueue(office, "told", AMIRA, NORTH_EAST)
        finish(deliver.run(other.jobs, now))
        assert state(office, f"told {AMIRA}") == (OutboxState.WITHHELD, "Amira Shah is deactivated in Slack")
        assert state(office, f"told {NORTH_EAST}") == (OutboxState.SENT, ""), "who left reads nothing there"
        with other.database.reading() as session, pytest.raises(Unknown, match="does not know you"):
            find_actor(session, identify(session, AMIRA, "T0DEPT", now))


def test_everybody_of_the_workspace_is_listed_and_what_an_event_did_not_say_is_made_up_for(
    office: Office, control: Control
) -> None:
    users = office.workspace.store.users  # of these changes nobody hears
    users["U0HELEN"] = replace(users["U0HELEN"], guest="multi")
    for number in range(3 * USERS_ON_A_PAGE // 2):
        users[f"U1{number}"] = User(f"U1{number}", "T0DEPT", f"n{number}", f"Number {number}")
    office.clock.advance(MINUTE)
    assert office.run("users") > 3 * USERS_ON_A_PAGE // 2
    assert office.run("users") == 0, "once in six hours"
    assert len(control.traffic("users.list")) == 2
    seen = office.read(lambda session: [slack_users.find(session, user) for user in ("U10", "U1299", "U0HELEN")])
    assert [user and (user.name, user.is_guest) for user in seen] == [
        ("Number 0", False),
        ("Number 299", False),
        ("Helen Marsh", True),
    ]
    office.clock.advance(timedelta(hours=6))
    assert office.run("users") > 0


def test_who_came_into_a_channel_is_asked_about_at_once(office: Office, control: Control) -> None:
    office.workspace.store.users["U0NELL"] = User("U0NELL", "T0DEPT", "nell", "Nell New", guest="multi")
    control.share(NORTH_EAST, "U0NELL")
    control.settle()
    known = office.read(lambda session: slack_users.find(session, "U0NELL"))
    assert known is not None
    assert (known.name, known.is_guest, known.time_zone) == ("Nell New", True, "Europe/London")
