"""What goes wrong between Slack and the bot: nothing is lost, nothing is said twice, nobody is left without a word."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.domain.retries import longest_wait
from bot.models import OutboxMessage, OutboxState
from tests.acceptance.office import AMIRA, HELEN, NORTH_EAST, Office, open_office
from tests.closing import Closing
from tests.conftest import Templates
from workspace import Control

WAITS = [longest_wait(tries) for tries in range(1, 6)]
LINE = '/risk raise WP-NE "Advisers leaving faster than hired" likely major'


@pytest.fixture
def control(office: Office) -> Iterator[Control]:
    with Control(office.workspace_url) as control:
        yield control


@pytest.fixture
def socket_office(templates: Templates, closing: Closing) -> Iterator[Office]:
    with closing.later() as stack:
        yield stack.enter_context(open_office(stack.enter_context(templates.lent("sqlite")), socket_mode=True))


def pings(office: Office) -> int:
    """How many messages about the risk the senior owner has."""
    return sum("Very high risk" in message.plain for message in office.person(HELEN).direct_messages())


def notices(office: Office) -> int:
    """How many messages about the risk everyone in the contract's channel sees."""
    return sum("Very high risk" in m.plain for m in office.person(AMIRA).messages(NORTH_EAST) if not m.ephemeral)


def states(office: Office) -> set[OutboxState]:
    return office.read(lambda session: set(session.scalars(select(col(OutboxMessage.state)))))


def test_a_rate_limit_is_waited_for_and_the_message_sent_once(office: Office, control: Control) -> None:
    office.person(AMIRA).command(LINE, channel=NORTH_EAST)
    control.fault("ratelimited", "chat.postMessage", times=2, seconds=30)
    office.deliver()
    assert (pings(office), notices(office)) == (0, 0)
    office.clock.advance(timedelta(seconds=20))
    office.deliver()
    assert len(control.traffic("chat.postMessage")) == 2, "nothing is asked before the wait is over"
    office.clock.advance(timedelta(seconds=11))
    office.deliver()
    assert (pings(office), notices(office)) == (1, 1)
    assert states(office) == {OutboxState.SENT}


@pytest.mark.parametrize("kind", ["server_error", "drop_before", "drop_after"])
def test_what_may_or_may_not_have_been_done_is_looked_for_and_said_once(
    office: Office, control: Control, kind: str
) -> None:
    office.person(AMIRA).command(LINE, channel=NORTH_EAST)
    control.fault(kind, "chat.postMessage", times=2)
    office.deliver()
    done = kind == "drop_after"
    assert (pings(office), notices(office)) == (done, done)
    assert states(office) == {OutboxState.FAILED}
    office.clock.advance(longest_wait(1))
    office.deliver()
    assert (pings(office), notices(office)) == (1, 1)
    assert states(office) == {OutboxState.SENT}
    assert control.faults() == []


def test_a_break_in_the_looking_posts_nothing_twice(office: Office, control: Control) -> None:
    office.person(AMIRA).command(LINE, channel=NORTH_EAST)
    control.fault("drop_after", "chat.postMessage", times=2)
    control.fault("drop_before", "conversations.history", times=2)
    for wait in (timedelta(), *WAITS):
        office.clock.advance(wait)
        office.deliver()
    assert (pings(office), notices(office)) == (1, 1)
    assert states(office) == {OutboxState.SENT}


def test_an_acknowledgement_stands_though_its_update_was_cut_off(office: Office, control: Control) -> None:
    office.person(AMIRA).command(LINE, channel=NORTH_EAST)
    office.deliver()
    helen = office.person(HELEN)
    control.fault("drop_after", "chat.update", times=None)
    helen.click(helen.direct_messages()[0], "Acknowledge")
    office.deliver()
    control.clear()
    for wait in WAITS:
        office.clock.advance(wait)
        office.deliver()
    (ping,) = helen.direct_messages()
    assert "Acknowledged by Helen Marsh" in ping.plain
    assert states(office) == {OutboxState.SENT}


def test_a_form_that_opens_slowly_opens(office: Office, control: Control) -> None:
    control.fault("slow", "views.open", seconds=1)
    amira = office.person(AMIRA)
    amira.command("/risk", channel=NORTH_EAST)
    assert amira.modal().title == "Raise a risk"


def test_a_form_that_comes_too_late_is_told_of(office: Office, control: Control) -> None:
    control.fault("slow", "views.open", seconds=1)
    amira = office.person(AMIRA)
    amira.command("/risk", channel=NORTH_EAST)
    office.clock.advance(timedelta(seconds=4))  # the trigger is good for 3
    amira.wait(lambda person: [m for m in person.messages(NORTH_EAST) if m.ephemeral and "again" in m.plain])
    assert amira.open_view() is None


@pytest.mark.parametrize("kind", ["server_error", "drop_before"])
def test_a_form_that_cannot_open_is_told_of(office: Office, control: Control, kind: str) -> None:
    control.fault(kind, "views.open")
    amira = office.person(AMIRA)
    amira.command("/risk", channel=NORTH_EAST)
    amira.wait(lambda person: [m for m in person.messages(NORTH_EAST) if m.ephemeral and "again" in m.plain])
    assert amira.open_view() is None


def test_a_command_whose_answer_was_lost_is_recorded_once(office: Office, control: Control) -> None:
    control.fault("drop_after", "/risk")
    amira = office.person(AMIRA)
    (failed,) = amira.command(LINE, channel=NORTH_EAST)
    assert "dispatch_failed" in failed.plain
    office.deliver()
    assert (pings(office), notices(office)) == (1, 1)


def test_while_one_connection_is_replaced_the_other_hears(socket_office: Office) -> None:
    amira = socket_office.person(AMIRA)
    with Control(socket_office.workspace_url) as control:
        assert control.disconnect("refresh_requested", connections=1) == 1
        (answer,) = amira.command(LINE, channel=NORTH_EAST)
        assert "is raised" in answer.plain
        control.wait("hello", 3, timeout=40)


def test_a_warned_connection_is_replaced_before_it_ends(socket_office: Office) -> None:
    amira = socket_office.person(AMIRA)
    with Control(socket_office.workspace_url) as control:
        assert control.disconnect("warning") == 2
        control.wait("hello", 4, timeout=40)
        for _ in range(4):
            (answer,) = amira.command(LINE, channel=NORTH_EAST)
            assert "is raised" in answer.plain


@pytest.mark.parametrize("reason", ["link_disabled", "abrupt"])
def test_connections_that_break_are_made_again(socket_office: Office, reason: str) -> None:
    office, amira = socket_office, socket_office.person(AMIRA)
    with Control(office.workspace_url) as control:
        assert control.disconnect(reason) == 2

        def hears(_: object) -> bool:
            return "is raised" in amira.command(LINE, channel=NORTH_EAST)[0].plain

        amira.wait(hears, timeout=20)
