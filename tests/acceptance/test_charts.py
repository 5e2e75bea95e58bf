"""Charts in Slack: put there once for what they show, and never in the way of the words."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import col

from bot.delivery import outbox
from bot.delivery.messages import Message
from bot.delivery.outbox import OutgoingMessage
from bot.domain.charts import LineChart, picture_key
from bot.domain.retries import longest_wait
from bot.models import Audience, ChartFile, OutboxMessage, OutboxState
from tests.acceptance.office import AMIRA, NORTH_EAST, Office
from workspace import Control

STARTS = LineChart("Starts within 15 working days", "%", ["November", "December"], [Decimal("98.2"), Decimal(97)])


def chart_of(course: LineChart, words: str) -> Message:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": words}}
    picture = {"type": "image", "slack_file": {"id": picture_key(course)}, "alt_text": "98.2%, then 97%"}
    return Message(words, [section, picture], [course])


def send(office: Office, *messages: Message) -> None:
    with office.liaison.database.writing() as session:
        for message in messages:
            draft = OutgoingMessage(message.text, NORTH_EAST, Audience.INTERNAL, message, "the test asks for it")
            outbox.enqueue(session, draft, office.clock.now())
    office.deliver()


def pictures(office: Office) -> list[list[str]]:
    """The files that the pictures of each message in the channel name."""
    messages = office.person(AMIRA).messages(NORTH_EAST)
    return [[block["slack_file"]["id"] for block in m.blocks if block["type"] == "image"] for m in messages]


def kept(office: Office) -> Sequence[str]:
    return office.read(lambda session: session.scalars(select(col(ChartFile.slack_file))).all())


def test_a_chart_is_put_in_slack_once_and_shown_wherever_it_is_the_same(office: Office) -> None:
    other = LineChart("Outcomes", "%", ["December"], [None])
    send(office, chart_of(STARTS, "One"), chart_of(STARTS, "Two"), chart_of(other, "Three"))
    first, second, third = pictures(office)
    assert first == second != third
    assert set(kept(office)) == {*first, *third}
    file = office.workspace.store.files.find(first[0])
    assert file is not None
    assert (file.content or b"").startswith(b"\x89PNG")
    assert file.title == STARTS.title


def test_words_go_without_a_chart_that_slack_will_not_take_and_wait_for_one_it_may(office: Office) -> None:
    with Control(office.workspace_url) as control:
        control.fault("ratelimited", "files.getUploadURLExternal", seconds=30)
        send(office, chart_of(STARTS, "It may work later"))
    assert pictures(office) == []
    manifest = office.workspace.manifest
    office.workspace.manifest = replace(manifest, scopes=manifest.scopes - {"files:write"})
    office.clock.advance(longest_wait(2))
    office.deliver()
    assert pictures(office) == [[]]
    rows = office.read(lambda session: session.scalars(select(OutboxMessage)).all())
    assert [row.state for row in rows] == [OutboxState.SENT]
    assert kept(office) == []
