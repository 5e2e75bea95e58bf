"""What changes in Slack while nobody looks: channels are shared, people leave; what is for some reaches no other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import Session, col

from bot.delivery import outbox
from bot.delivery.directory import REMEMBER
from bot.models import Absence, Audience, Channel, OutboxMessage, OutboxState, Person, Role, RoleName, TrailEntry
from tests.acceptance.office import (
    AMIRA,
    CALLUM,
    GUEST,
    HELEN,
    NORTH_EAST,
    NORTH_EAST_SHARED,
    PORTFOLIO,
    PRIYA,
    TOMASZ,
    Office,
)
from tests.builders import DAY, MINUTE, contract_named, draft
from workspace import Control

LINE = '/risk raise WP-NE "Advisers leaving faster than hired" likely major'
TYPED = {  # by Amira, as Slack posts it
    "command": "/risk",
    "text": LINE.removeprefix("/risk "),
    "user_id": AMIRA,
    "team_id": "T0DEPT",
    "channel_id": NORTH_EAST,
    "response_url": "http://127.0.0.1/unused",
}


@pytest.fixture
def control(office: Office) -> Iterator[Control]:
    with Control(office.workspace_url) as control:
        yield control


def person(session: Session, user: str) -> Person:
    return session.scalars(select(Person).where(col(Person.slack) == user)).one()


def told(office: Office, user: str) -> list[str]:
    """What a phone showed of Liaison's direct messages."""
    return [message.text for message in office.person(user).direct_messages()]


def public(office: Office, user: str, channel: str) -> str:
    """What everyone in a channel reads there."""
    return "\n".join(message.plain for message in office.person(user).messages(channel) if not message.ephemeral)


def audited(office: Office, action: str) -> list[TrailEntry]:
    return office.read(
        lambda s: list(
            s.scalars(select(TrailEntry).where(col(TrailEntry.action) == action).order_by(col(TrailEntry.id)))
        )
    )


def states(office: Office, channel: str) -> set[OutboxState]:
    return office.read(
        lambda s: set(s.scalars(select(col(OutboxMessage.state)).where(col(OutboxMessage.channel) == channel)))
    )


def appoint(office: Office, user: str) -> None:
    with office.liaison.database.writing() as session:
        person(session, user).administrator = True


def northgate(office: Office) -> str:
    """The id by which Slack names the partner: of its team, or of its enterprise."""
    return office.workspace.store.organisation("T0NORTHGATE")


def test_a_channel_that_is_shared_before_the_message_goes_gets_nothing_internal(
    office: Office, control: Control
) -> None:
    office.person(AMIRA).command(LINE, channel=NORTH_EAST)
    control.share(NORTH_EAST, PRIYA)
    control.wait("channel_shared", 1)
    office.deliver()
    assert states(office, NORTH_EAST) == {OutboxState.WITHHELD}
    assert "Advisers leaving" not in public(office, PRIYA, NORTH_EAST)
    office.run("mend")
    office.deliver()
    shared, withheld = told(office, AMIRA)
    assert shared == (
        "Northgate Futures Ltd is now in the internal channel of WP-NE. "
        "Internal messages about WP-NE will not be posted there."
    )
    assert withheld.startswith("This did not arrive, because another organisation is in that channel: Very high risk")
    assert len(told(office, HELEN)) == 1, "the senior owner's own message goes"
    (entry,) = audited(office, "channel shared")
    assert (entry.actor, entry.subject, entry.details) == (
        "slack",
        f"channel {NORTH_EAST}",
        {"team": northgate(office)},
    )


def test_another_partner_in_a_shared_channel_stops_its_messages_until_they_leave(
    office: Office, control: Control
) -> None:
    control.share(NORTH_EAST_SHARED, TOMASZ)
    control.wait("channel_shared", 1)
    office.run("prompt")
    office.deliver()
    assert states(office, NORTH_EAST_SHARED) == {OutboxState.WITHHELD}
    assert "Report for December" not in public(office, TOMASZ, NORTH_EAST_SHARED)
    assert told(office, AMIRA)[0] == (
        "Calderwick Council is now in the channel that WP-NE shares with Northgate Futures Ltd. "
        "Messages about WP-NE will not be posted there."
    )
    control.unshare(NORTH_EAST_SHARED, "T0CALDERWICK")
    control.wait("channel_unshared", 1)
    with office.liaison.database.writing() as session:
        contract = contract_named(session, "WP-NE")
        again = draft("again", NORTH_EAST_SHARED, "Hello", audience=Audience.SHARED, contract_id=contract.id)
        outbox.enqueue(session, again, office.clock.now())
    office.deliver()
    assert "Hello" in public(office, PRIYA, NORTH_EAST_SHARED)
    assert [entry.details for entry in audited(office, "channel unshared")] == [{"team": "T0CALDERWICK"}]


def test_the_partner_who_belongs_there_comes_in_without_a_word(office: Office, control: Control) -> None:
    control.unshare(NORTH_EAST_SHARED, "T0NORTHGATE")
    control.share(NORTH_EAST_SHARED, PRIYA)
    control.wait("channel_shared", 1)
    office.deliver()
    assert [text for text in told(office, AMIRA) if "is now in" in text] == [], "only those who left are told of"
    assert len(audited(office, "channel shared")) == 1


def test_a_portfolio_channel_that_is_shared_is_every_administrators_affair(office: Office, control: Control) -> None:
    for user in (CALLUM, HELEN):
        appoint(office, user)
    control.share(PORTFOLIO, PRIYA)
    control.wait("channel_shared", 1)
    office.run("summary")
    office.deliver()
    assert states(office, PORTFOLIO) == {OutboxState.WITHHELD}
    for user in (CALLUM, HELEN):
        (text,) = told(office, user)
        assert text.startswith("Northgate Futures Ltd is now in the portfolio")
        assert text.endswith("The weekly summary will not be posted there.")
    assert told(office, AMIRA) == []


def test_where_nobody_can_be_told_the_log_says_it(
    office: Office, control: Control, caplog: pytest.LogCaptureFixture
) -> None:
    with office.liaison.database.writing() as session:
        session.execute(update(Person).values(administrator=False))
    control.share(PORTFOLIO, PRIYA)
    control.wait("channel_shared", 1)
    assert f"there is nobody to tell of a change in channel {PORTFOLIO}" in caplog.text


def test_an_event_that_comes_again_tells_nobody_again_and_one_of_a_channel_not_bound_nobody_at_all(
    http_office: Office,
) -> None:
    for event, channel in (("Ev1", NORTH_EAST), ("Ev1", NORTH_EAST), ("Ev2", NORTH_EAST), ("Ev3", "C0GENERAL")):
        about = {"type": "channel_shared", "channel": channel, "connected_team_id": "T0OTHER"}
        assert http_office.tell(event, **about).status_code == 200
    http_office.deliver()
    said = told(http_office, AMIRA)
    assert len(said) == 2
    assert said[0].startswith("An organisation that is not in the register (team T0OTHER) is now in")


def test_the_binding_and_what_was_posted_follow_a_channels_new_id(http_office: Office) -> None:
    office = http_office
    office.run("summary")
    about = {"type": "channel_id_changed", "old_channel_id": PORTFOLIO, "new_channel_id": "C0HELP"}
    office.tell("Ev1", **about)
    office.deliver()
    assert "Weekly performance summary" in public(office, AMIRA, "C0HELP")
    assert office.run("summary") == 0, "this week's has gone, though the channel has another id"
    bound = office.read(lambda s: s.scalars(select(col(Channel.slack)).where(col(Channel.contract_id).is_(None))).all())
    assert bound == ["C0HELP"]
    (entry,) = audited(office, "channel id changed")
    assert (entry.subject, entry.changes) == ("channel C0HELP", {"slack": [PORTFOLIO, "C0HELP"]})


def test_a_new_id_that_is_bound_already_changes_nothing_and_the_log_says_it(
    http_office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    for event, old in (("Ev1", NORTH_EAST), ("Ev2", "C0NOTBOUND")):
        about = {"type": "channel_id_changed", "old_channel_id": old, "new_channel_id": PORTFOLIO}
        assert http_office.tell(event, **about).status_code == 200
    assert f"channel {NORTH_EAST} is now {PORTFOLIO}, which is bound already" in caplog.text
    assert audited(http_office, "channel id changed") == []


def test_a_guest_of_a_partner_in_an_internal_channel_holds_back_what_is_internal(guest_office: Office) -> None:
    office = guest_office
    with Control(office.workspace_url) as control:
        control.share(NORTH_EAST, GUEST)
    office.person(AMIRA).command(LINE, channel=NORTH_EAST)
    office.deliver()
    assert states(office, NORTH_EAST) == {OutboxState.WITHHELD}
    assert "Advisers leaving" not in public(office, GUEST, NORTH_EAST)
    office.person(GUEST).leave_channel(NORTH_EAST)
    office.clock.advance(timedelta(minutes=1))
    office.person(AMIRA).command(LINE, channel=NORTH_EAST)
    office.deliver()
    assert "Advisers leaving" in public(office, AMIRA, NORTH_EAST)


def test_an_internal_message_to_another_organisations_person_is_withheld(office: Office) -> None:
    with office.liaison.database.writing() as session:
        contract = contract_named(session, "WP-NE")
        for user in (PRIYA, AMIRA):
            outbox.enqueue(session, draft(user, user, "Between us", contract_id=contract.id), office.clock.now())
    office.deliver()
    assert (states(office, PRIYA), states(office, AMIRA)) == ({OutboxState.WITHHELD}, {OutboxState.SENT})
    assert told(office, PRIYA) == []
    (entry,) = audited(office, "message withheld")
    assert entry.details["reason"] == "it was addressed to Priya Nair, who works for Northgate Futures Ltd"


def test_a_deputy_gets_the_escalation_while_the_senior_owner_is_away(office: Office) -> None:
    with office.liaison.database.writing() as session:
        contract, helen = contract_named(session, "WP-NE"), person(session, HELEN)
        held = (col(Role.contract_id) == contract.id, col(Role.role) == RoleName.SENIOR_OWNER)
        session.execute(update(Role).where(*held).values(deputy_id=person(session, CALLUM).id))
        today = office.clock.now().date()
        session.add(Absence(person_id=helen.id, first_day=today, last_day=today + DAY))
    office.person(AMIRA).command(LINE, channel=NORTH_EAST)
    office.deliver()
    callum = office.person(CALLUM)
    (ping,) = callum.direct_messages()
    assert told(office, HELEN) == []
    callum.click(ping, "Acknowledge")
    office.deliver()
    assert "Acknowledged by Callum Reid" in public(office, AMIRA, NORTH_EAST)


def test_who_is_deactivated_is_refused_at_once(office: Office, control: Control) -> None:
    assert "is raised" in office.post({**TYPED, "trigger_id": "1.1"}).text
    control.deactivate(AMIRA)
    control.wait("user_change", 1)
    assert 2 * MINUTE < REMEMBER
    office.clock.advance(2 * MINUTE)
    assert "Liaison does not know you yet" in office.post({**TYPED, "trigger_id": "1.2"}).text
    (entry,) = audited(office, "deactivated in Slack")
    assert (entry.actor, entry.subject) == ("slack", AMIRA)


def test_what_slack_was_about_to_say_of_a_person_who_changed_is_not_remembered(http_office: Office) -> None:
    with Control(http_office.workspace_url) as control, ThreadPoolExecutor(1) as pool:
        control.fault("slow", "users.info", seconds=1)
        answer = pool.submit(http_office.post, {**TYPED, "trigger_id": "1.1"})
        while not control.traffic("users.info"):
            pass
        gone = {"id": AMIRA, "team_id": "T0DEPT", "deleted": True}
        http_office.tell("Ev1", type="user_change", user=gone)
        assert "does not know you" in answer.result().text
        assert "does not know you" in http_office.post({**TYPED, "trigger_id": "1.2"}).text
        assert len(control.traffic("users.info")) == 1


def test_only_a_loss_of_access_is_written_down_of_a_person(http_office: Office) -> None:
    office = http_office
    changes = [{"id": AMIRA}, {"id": "U0MARTHA", "deleted": True}, {"id": HELEN, "is_ultra_restricted": True}]
    for number, user in enumerate(changes):
        assert office.tell(f"Ev{number}", type="user_change", user=user).status_code == 200
    assert [entry.subject for entry in audited(office, "made a guest in Slack")] == [HELEN]
    assert audited(office, "deactivated in Slack") == []


def test_a_channel_that_ends_is_told_to_who_can_mend_it_before_a_message_is_missed(
    office: Office, control: Control
) -> None:
    """Of WP-NE its manager, of the portfolio every administrator; and of a partner's person who left."""
    control.archive(NORTH_EAST)
    control.unarchive(NORTH_EAST)
    office.person(PRIYA).leave_channel(NORTH_EAST_SHARED)
    control.remove(NORTH_EAST_SHARED)
    control.archive(PORTFOLIO)
    control.delete(NORTH_EAST)
    control.archive("C0GENERAL")  # bound to nothing
    control.settle()
    office.deliver()
    assert sorted(told(office, AMIRA)) == [
        "Priya Nair left the channel that WP-NE shares with Northgate Futures Ltd, and no longer sees what is posted "
        "there.",
        "The channel that WP-NE shares with Northgate Futures Ltd no longer has Liaison in it. Messages about WP-NE "
        "cannot be posted there.",
        "The internal channel of WP-NE was archived. Internal messages about WP-NE cannot be posted there.",
        "The internal channel of WP-NE was deleted. Internal messages about WP-NE cannot be posted there.",
    ]
    portfolio = "The portfolio’s channel was archived. The weekly summary cannot be posted there."
    assert portfolio in told(office, "U0NADIA")
    (without,) = [m for m in office.person(AMIRA).direct_messages() if "no longer has Liaison" in m.text]
    assert "type /invite @Liaison in the channel, or bind WP-NE" in without.plain
    assert len(audited(office, "channel is no longer archived")) == 1
