"""`/digest`: the weekly summary of a channel, at its own time, with what its readers may know; and the monthly one."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.models import DigestLine, DigestPost
from tests.acceptance.office import AMIRA, HELEN, NORTH_EAST, NORTH_EAST_SHARED, PORTFOLIO, PRIYA, Office
from workspace.client.person import Message

NADIA = "U0NADIA"  # the head of contract management
THURSDAY = datetime(2027, 1, 7, 16, tzinfo=UTC)


def answer(office: Office, user: str, line: str, channel: str) -> str:
    return "\n".join(message.plain for message in office.person(user).command(line, channel=channel))


def summaries(office: Office, user: str, channel: str) -> list[Message]:
    said = office.person(user).messages(channel)
    return [m for m in said if m.text.startswith("Weekly performance summary") and not m.ephemeral]


def deliver(office: Office) -> int:
    posted = office.run("summary")
    office.deliver()
    return posted


def test_a_contract_s_channels_get_their_own_summary_at_their_own_time(office: Office) -> None:
    said = answer(office, AMIRA, "/digest schedule Thursday at 4 pm", NORTH_EAST)
    assert "of WP-NE comes to this channel on Thursday at 4pm. The next one comes on 7 January 2027 at 4pm." in said
    said = answer(office, AMIRA, "/digest schedule thu 16:00 silence", NORTH_EAST_SHARED)
    assert "of WP-NE, with what its partner may read, comes to this channel on Thursday at 4pm" in said
    assert "nothing is posted" in said
    office.person(AMIRA).command("/progress report WP-NE starts=90 outcomes=80", channel=NORTH_EAST)
    office.clock.move_to(THURSDAY - timedelta(minutes=1))
    assert deliver(office) == 1  # the portfolio's, of Monday
    office.clock.move_to(THURSDAY)
    assert (deliver(office), deliver(office)) == (2, 0)
    (own,), (shared,) = summaries(office, AMIRA, NORTH_EAST), summaries(office, PRIYA, NORTH_EAST_SHARED)
    for message in (own, shared):
        assert message.text.startswith("Weekly performance summary of WP-NE, 7 January 2027: ")
        assert "Change memo 3 to be acknowledged: Revised guidance on checking job outcomes" in message.plain
        assert ("Late: Pay invoice NF-1044" in message.plain) == (message is own), "the department pays it"
        assert "HA-EW" not in message.plain
    assert (own.reply_count, shared.reply_count) == (2, 1), "risks, which the partner does not read, and the charts"
    priya = office.person(PRIYA)
    priya.click(shared, "Show WP-NE")
    priya.wait(lambda p: any("Your contacts" in m.plain for m in p.messages(NORTH_EAST_SHARED)))
    assert "as reported" in shared.text
    assert "as reported" not in own.plain
    assert "risk" not in shared.plain
    risks = [post.risks for post in office.read(lambda session: session.scalars(select(DigestLine)).all())]
    assert sum(not each for each in risks) < len(risks)
    posts = office.read(lambda session: session.scalars(select(DigestPost)).all())
    assert [(post.channel, post.headline) for post in posts[1:]] == [
        (NORTH_EAST, own.text),
        (NORTH_EAST_SHARED, shared.text),
    ]


def test_a_channel_s_summary_is_looked_at_asked_for_and_stopped_by_who_may(office: Office) -> None:
    assert "No weekly summary comes to this channel" in answer(office, AMIRA, "/digest", NORTH_EAST)
    assert "there is nothing to stop" in answer(office, AMIRA, "/digest stop", NORTH_EAST)
    preview = answer(office, AMIRA, "/digest preview", NORTH_EAST)
    assert "Weekly performance summary of WP-NE" in preview
    assert summaries(office, AMIRA, NORTH_EAST) == []
    assert "is on its way to this channel" in answer(office, AMIRA, "/digest now", NORTH_EAST)
    office.deliver()
    (posted,) = summaries(office, AMIRA, NORTH_EAST)
    history = answer(office, AMIRA, "/digest history", NORTH_EAST)
    assert "4 January 2027 at 9am, asked for" in history.replace("*", "")
    assert posted.text in history
    for user, line, channel in (
        (HELEN, "/digest stop", NORTH_EAST),  # its senior owner
        (HELEN, "/digest now", NORTH_EAST),
        (AMIRA, "/digest stop", PORTFOLIO),
        (AMIRA, "/digest preview", PORTFOLIO),
    ):
        assert "You do not have a role" in answer(office, user, line, channel)
    assert "belongs to no contract" in answer(office, AMIRA, "/digest", "C0HELP")
    assert "of the portfolio comes to this channel on Monday at 9am" in answer(office, NADIA, "/digest", PORTFOLIO)
    assert "No more weekly summaries" in answer(office, NADIA, "/digest stop", PORTFOLIO)
    assert deliver(office) == 0
    for line, wrong in (
        ("schedule thursday", "That is not complete"),
        ("schedule someday 4pm", "is not a day of the week"),
        ("schedule friday 25:00", "is not a time"),
        ("schedule friday 8am", "8am is outside working hours"),
        ("schedule friday 9am loudly", "does not say what is sent"),
        ("now please", "is more than was expected"),
        ("later", "does not know the word"),
    ):
        assert wrong in answer(office, AMIRA, f"/digest {line}", NORTH_EAST)


def test_a_senior_owner_gets_their_own_contracts_once_the_reports_of_the_month_were_due(office: Office) -> None:
    """WP-NE's report comes; the others' do not, and nobody waits for them. SK-SC's is due a day later, in Scotland."""
    office.person(AMIRA).command("/progress report WP-NE starts=90 outcomes=80", channel=NORTH_EAST)
    for day, sent in ((5, 0), (7, 1), (8, 1), (11, 0)):
        office.clock.move_to(datetime(2027, 1, day, 8, 59, tzinfo=UTC))
        assert office.run("monthly") == 0
        office.clock.advance(timedelta(minutes=1))
        assert office.run("monthly") == sent, day
    office.deliver()
    (message,) = [m for m in office.person(HELEN).direct_messages() if m.text.startswith("Performance")]
    assert message.text == (
        "Performance in December 2026, your 6 contracts: 1 got worse; 6 of 6 contracts need attention; 5 reports are "
        "not in."
    )
    assert "From Approaching target to Inadequate. Starts within 15 working days: 90% against 99%" in message.plain
    assert "the working day after the last of their reports for December 2026 was due" in message.plain
    assert "not 12 reports yet" in message.plain
    office.person(HELEN).click(message, "Show WP-NE")
    office.clock.move_to(datetime(2027, 2, 4, 9, tzinfo=UTC))
    assert office.run("monthly") == 2
    office.deliver()
    last = office.person(HELEN).direct_messages()[-1]
    assert last.text.startswith("Performance in January 2027, your 6 contracts: no rating changed; ")
