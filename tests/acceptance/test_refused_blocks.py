"""What Slack does not take costs no message: pictures are left out first, then all but the text, and the log has it."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.delivery.message_parts import MOST_CHARACTERS
from bot.delivery.messages import Message
from bot.domain.retries import longest_wait
from bot.models import ChartFile, Obligation, OutboxMessage, OutboxState, Party
from tests.acceptance.office import AMIRA, NORTH_EAST, PORTFOLIO, Office
from tests.acceptance.test_charts import STARTS, chart_of, kept, pictures, send
from tests.acceptance.test_progress_pages import answered
from tests.builders import contract_named
from workspace import Control
from workspace.blocks import text_size

UPLOADS = "files.getUploadURLExternal"


@pytest.fixture
def control(office: Office) -> Iterator[Control]:
    with Control(office.workspace_url) as control:
        office.liaison.jobs.slack.picture_waits = (0.0, 0.0)  # it asks twice, and does not wait for longer
        yield control


def rows(office: Office) -> Sequence[OutboxMessage]:
    return office.read(lambda session: session.scalars(select(OutboxMessage).order_by(col(OutboxMessage.id))).all())


def section(words: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}}


def test_a_slow_picture_is_asked_for_again_and_not_uploaded_again(office: Office, control: Control) -> None:
    control.switch(scanning=60)
    send(office, chart_of(STARTS, "Slow"))
    (row,) = rows(office)
    assert (row.state, row.in_doubt) == (OutboxState.FAILED, False)
    for wait in map(longest_wait, (1, 2, 3)):
        assert pictures(office) == []
        office.clock.advance(wait)
        office.deliver()
    ((file,),) = pictures(office)
    assert kept(office) == [file]
    assert len(control.traffic(UPLOADS)) == 1
    control.switch(scanning=3600)
    other = chart_of(STARTS.__class__("Outcomes", "%", ["December"], [None]), "Slower")
    send(office, other)
    for wait in map(longest_wait, (1, 2, 3)):
        office.clock.advance(wait)
        office.deliver()
    assert pictures(office) == [[file], []], "it goes with its words, within three minutes"
    assert len(control.traffic(UPLOADS)) == 2


def test_a_picture_that_is_gone_is_forgotten_and_the_message_goes_with_its_words(
    office: Office, control: Control, caplog: pytest.LogCaptureFixture
) -> None:
    send(office, chart_of(STARTS, "New"))
    control.switch(retention=timedelta(days=1).total_seconds())
    office.clock.advance(timedelta(days=2))
    gone = Message("Old", chart_of(STARTS, "Old").blocks, [STARTS], "progress/kpi_history")
    send(office, gone)
    assert pictures(office)[1:] == [[]]
    assert kept(office) == []
    assert "Slack did not take the blocks of progress/kpi_history: invalid_blocks: " in caplog.text
    send(office, chart_of(STARTS, "New again"))
    assert pictures(office)[2] == kept(office)
    assert len(control.traffic(UPLOADS)) == 2


def test_blocks_that_slack_does_not_take_leave_the_text(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    wrong = Message("Raised R-12: Advisers leaving", [section("x" * 3001)], template="risks/raised")
    send(office, wrong)
    (said,) = office.person(AMIRA).messages(NORTH_EAST)
    assert (said.text, said.blocks) == ("Raised R-12: Advisers leaving", [])
    assert "Slack did not take the blocks of risks/raised: invalid_blocks: " in caplog.text
    assert [row.state for row in rows(office)] == [OutboxState.SENT]


def test_what_is_too_long_for_one_message_stands_in_its_thread(office: Office) -> None:
    long = Message("Everything", [section(f"{n} " + "x" * 2900) for n in range(8)])
    send(office, long, chart_of(STARTS, "The next one"))
    first, *others = office.person(AMIRA).messages(NORTH_EAST)
    assert [(one.thread_ts, text_size(one.blocks) <= MOST_CHARACTERS) for one in others[:2]] == [(first.ts, True)] * 2
    assert [block["text"]["text"][:1] for one in (first, *others[:2]) for block in one.blocks] == [*"01234567"]
    assert others[0].text.startswith("3 xxx")
    assert others[2].text == "The next one"


def test_an_answer_that_a_response_url_refuses_is_given_again_without_its_picture(
    office: Office, control: Control, caplog: pytest.LogCaptureFixture
) -> None:
    with_picture = answered(office, AMIRA, "history WP-NE starts")
    (file,) = kept(office)
    control.switch(unshared_pictures=False)
    words = answered(office, AMIRA, "history WP-NE starts")
    kinds = [block["type"] for block in with_picture.blocks]
    assert [block["type"] for block in words.blocks] == [kind for kind in kinds if kind != "image"]
    assert "Slack did not take the blocks of progress/kpi_history: invalid_blocks" in caplog.text
    assert kept(office) == [file], "Slack has it, and channels show it"
    control.switch(unshared_pictures=True)
    control.fault("server_error", "response_url", times=2)
    text = answered(office, AMIRA, "history WP-NE starts")
    assert (text.text, text.blocks) == (with_picture.text, [])
    assert "progress/kpi_history: Internal Server Error" in caplog.text


def test_a_long_answer_comes_in_parts(office: Office) -> None:
    def fill(session: Session) -> None:
        contract = contract_named(session, "WP-NE").id
        for n in range(80):
            name = f"{n} {'x' * 150}"
            session.add(Obligation(contract_id=contract, name=name, owed_by=Party.PARTNER, due_on=date(2027, 5, 4)))

    with office.liaison.database.writing() as session:
        fill(session)
    amira = office.person(AMIRA)
    before = len(amira.messages(PORTFOLIO))
    amira.command("/contract dates WP-NE", channel=PORTFOLIO)
    amira.wait(lambda person: len(person.messages(PORTFOLIO)) == before + 2)
    first, second = amira.messages(PORTFOLIO)[before:]
    assert first.ephemeral
    assert second.ephemeral
    assert text_size(first.blocks) <= MOST_CHARACTERS
    assert first.plain.startswith("Dates of WP-NE")
    assert second.plain.endswith("is due on the working day before.")
    assert office.read(lambda session: session.scalars(select(ChartFile)).all()) == []
