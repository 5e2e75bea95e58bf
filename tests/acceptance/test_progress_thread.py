"""Reporting by replies in the thread of a prompt: read, shown back, confirmed; and queries that are answered there."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, SQLModel, col

from bot.domain.wording import format_number
from bot.models import FormDraft, Kpi, OutboxMessage, Reading, ReportAnswer, ReportState, TrailEntry
from tests.acceptance.office import AMIRA, NORTH_EAST_SHARED, PORTFOLIO, PRIYA, Office
from tests.acceptance.reporting import (
    asks,
    card,
    december,
    entries,
    in_channel,
    notice,
    opened,
    pressed,
    reported,
)
from tests.builders import DAY
from workspace import Control
from workspace.client.person import Message

LIAM = "U0LIAM"  # of the same partner, and only a deputy on the contract
WROTE = "starts 97.2, outcomes 88; two advisers left"


@pytest.fixture
def control(office: Office) -> Iterator[Control]:
    with Control(office.workspace_url) as control:
        yield control


def prompted(office: Office) -> Message:
    office.run("prompt")
    office.deliver()
    return in_channel(office.person(PRIYA), NORTH_EAST_SHARED, "Report for December 2026")


def writes(office: Office, control: Control, text: str, user: str = PRIYA) -> list[Message]:
    """What somebody writes in the prompt's thread, and what stands there then of Liaison's that they see."""
    person = office.person(user)
    prompt = next(each for each in person.messages(NORTH_EAST_SHARED) if each.by_app and each.thread_ts is None)
    person.say(text, channel=NORTH_EAST_SHARED, thread=prompt.ts)
    control.settle()
    office.drain()
    office.deliver()
    return thread(office, user)


def thread(office: Office, user: str = PRIYA) -> list[Message]:
    seen = office.person(user).messages(NORTH_EAST_SHARED)
    return [each for each in seen if each.by_app and (each.thread_ts or each.ts) != each.ts]


def figures(session: Session) -> dict[str, str]:
    rows = session.execute(
        select(Reading, col(Kpi.code))
        .join(Kpi, col(Kpi.id) == col(Reading.kpi_id))
        .where(col(Reading.report_id) == december(session).id)
    )
    return {code: format_number(reading.value) for reading, code in rows if reading.value is not None}


def counted(office: Office, model: type[SQLModel]) -> int:
    return office.read(lambda session: session.scalar(select(func.count()).select_from(model)) or 0)


def test_a_reply_is_read_shown_back_by_kpi_and_recorded_once_it_is_confirmed(office: Office, control: Control) -> None:
    prompt = prompted(office)
    assert "with the figures and what is behind them, for example: starts 97%, outcomes 95%" in prompt.plain
    (back,) = writes(office, control, WROTE)
    said = back.plain.replace("*", "")
    assert "Priya Nair, is this right?" in said
    assert "Starts within 15 working days: Approaching target, 97.2% against 99%" in said
    assert "Job outcomes against profile: Requires improvement, 88% against 100%" in said
    assert "In your words: two advisers left" in said
    assert "Still missing" not in said
    assert office.read(december).state is ReportState.AWAITED, "nothing is a report until it is confirmed"
    assert pressed(office, PRIYA, back, "Confirm") == ""
    office.deliver()
    assert office.read(figures) == {"starts": "97.2", "outcomes": "88"}
    assert office.read(december).narrative == "two advisers left"
    assert "Confirmed by Priya Nair" in thread(office)[0].plain.replace("*", "")
    standing = in_channel(office.person(AMIRA), NORTH_EAST_SHARED, "Report for December 2026")
    assert standing.ts == prompt.ts, "the prompt shows the report in its place"
    assert "It is waiting for a decision." in notice(office).text
    assert counted(office, FormDraft) == 0


def test_what_is_missing_or_unclear_is_asked_for_and_a_later_reply_adds_to_it(office: Office, control: Control) -> None:
    prompted(office)
    (first,) = writes(office, control, "strats 96.1; outcomes 12,5; the hub in Gateshead opened")
    said = first.plain.replace("*", "")
    assert "Starts within 15 working days: Requires improvement, 96.1% against 99%" in said, "a slip is forgiven"
    assert "Not understood: Job outcomes against profile: “12,5” has a comma where a decimal point goes." in said
    assert "Still missing: Job outcomes against profile." in said
    assert "In your words: the hub in Gateshead opened" in said
    last = writes(office, control, "starts = 972/1,000\noutcomes 88, two advisers left")[-1]
    said = last.plain.replace("*", "")
    assert "Starts within 15 working days: Approaching target, 97.2% (972 of 1,000) against 99%" in said
    assert "Requires improvement, 88% against 100%" in said
    assert "the hub in Gateshead opened / outcomes 88, two advisers left" in said
    assert "see the latest reading below" in thread(office)[0].plain
    assert pressed(office, PRIYA, last, "Confirm") == ""
    assert office.read(december).state is ReportState.RECEIVED


def test_a_figure_that_is_far_from_the_accepted_ones_is_asked_about_before_it_is_confirmed(
    office: Office, control: Control
) -> None:
    prompted(office)
    (back,) = writes(office, control, "starts 9.93; outcomes 97 to 98")
    said = back.plain.replace("*", "")
    assert "Please check: Starts within 15 working days: 9.93%, and the last 4 accepted were 99% to 99.4%" in said
    assert "Confirm it only if it is right." in said
    assert "Not understood: Job outcomes against profile: “outcomes 97 to 98” does not say for certain" in said
    assert pressed(office, PRIYA, back, "Confirm") == ""
    assert office.read(figures) == {"starts": "9.93"}


def test_correct_opens_the_form_with_what_was_read(office: Office, control: Control) -> None:
    prompted(office)
    (back,) = writes(office, control, "outcomes 88; two advisers left")
    assert "Still missing: Starts within 15 working days" in back.plain.replace("*", "")
    priya = office.person(PRIYA)
    priya.click(back, "Correct")
    form = opened(priya)
    entered = {block: each.get("entered") for block, each in form.values.items()}
    starts, outcomes = (each["block_id"] for each in form.blocks if each.get("block_id", "").startswith("kpi_"))
    assert (entered[starts], entered[outcomes], entered["narrative"]) == (None, "88%", "two advisers left")
    assert priya.submit(form, {starts: "99", outcomes: "89"}).view is not None
    assert office.read(figures) == {"starts": "99", "outcomes": "89"}
    refused = pressed(office, PRIYA, back, "Confirm")
    assert "You have nothing to confirm here" in refused, "what was corrected waits no more"


def test_talk_is_not_answered_and_who_may_not_report_is_told_so_alone(office: Office, control: Control) -> None:
    prompted(office)
    for text in ("Thanks, we are on it", "See you at 3pm", "5 of us come on 12 January", "starts look fine"):
        assert writes(office, control, text) == []
    assert writes(office, control, "Thank you", LIAM) == []
    (told,) = writes(office, control, "starts 97.2", LIAM)
    assert told.ephemeral
    assert "You do not have a role on this contract" in told.plain
    assert thread(office, PRIYA) == [], "only you can see it"
    priya = office.person(PRIYA)
    priya.say("starts 97.2", channel=NORTH_EAST_SHARED)
    control.settle()
    assert office.deliver() == 0, "outside the thread nothing is read"
    assert [entry.actor for entry in entries(office, "refused")] == [LIAM]
    assert counted(office, FormDraft) == 0


def test_a_reply_that_is_delivered_twice_and_a_double_click_give_one_report(office: Office, control: Control) -> None:
    prompted(office)
    control.fault("duplicate_event", "message")
    (back,) = writes(office, control, WROTE)
    assert pressed(office, PRIYA, back, "Confirm") == ""
    assert "You have nothing to confirm here" in pressed(office, PRIYA, back, "Confirm")
    assert len(entries(office, "report received")) == 1
    assert len(office.read(figures)) == 2
    office.deliver()
    assert "You have nothing to confirm here" not in thread(office, AMIRA)[0].plain


def test_only_who_wrote_it_confirms_and_only_what_was_shown(office: Office, control: Control) -> None:
    prompted(office)
    (first,) = writes(office, control, "starts 97.2")
    assert "You have nothing to confirm here" in pressed(office, AMIRA, first, "Confirm")
    (value,) = [each["value"] for _, each in first.elements() if each["action_id"] == "report_confirm"]
    writes(office, control, "outcomes 88")
    newest = thread(office)[-1]
    assert [each["action_id"] for _, each in thread(office)[0].elements()] == [], "the older one has no buttons"
    assert value not in str(newest.blocks), "and its button would not confirm what came since"
    assert office.read(december).state is ReportState.AWAITED


def test_a_query_is_asked_in_the_thread_and_an_answer_in_words_is_kept_and_shown(
    office: Office, control: Control
) -> None:
    told = reported(office)
    assert "in the thread of the report" in asks(office, told)
    (question,) = thread(office)
    assert "Why did starts fall" in question.plain
    assert PRIYA in str(question.blocks), "who reported is mentioned, and so told by Slack"
    assert writes(office, control, "We are looking into it", AMIRA) == [question], (
        "the department does not answer itself"
    )
    office.clock.advance(DAY)
    writes(office, control, "Both posts are filled since 2 January.")
    answered = "Answer of Priya Nair on 5 January 2027 at 9am: Both posts are filled since 2 January."
    assert office.read(december).state is ReportState.RECEIVED, "it is to be decided on again"
    assert "Answered by Priya Nair on 5 January 2027" in thread(office)[0].plain.replace("*", "")
    standing = in_channel(office.person(PRIYA), NORTH_EAST_SHARED, "Report for December 2026")
    for seen in (notice(office), card(office, AMIRA), standing):
        assert answered in seen.plain.replace("*", "")
    (entry,) = entries(office, "query answered")
    assert (entry.actor, entry.changes) == (PRIYA, {"state": ["queried", "received"]})
    (history,) = office.person(AMIRA).command("/contract history WP-NE", channel=PORTFOLIO)
    assert "query answered" in history.plain
    assert "Both posts are filled since 2 January." in history.plain
    assert pressed(office, AMIRA, notice(office), "Query") == ""
    amira = office.person(AMIRA)
    amira.submit(amira.modal(), {"query": "And outcomes?"})
    assert (office.read(december).state, office.read(december).queries) == (ReportState.QUERIED, 2)


def test_figures_in_an_answer_are_shown_back_and_confirmed(office: Office, control: Control) -> None:
    asks(office, reported(office))
    back = writes(office, control, "starts 98.5 after the correction; both posts are filled")[-1]
    said = back.plain.replace("*", "")
    assert "98.5% against 99%" in said
    assert "88% against 100%" in said, "what the answer leaves alone stays as it was"
    assert office.read(december).state is ReportState.QUERIED
    assert counted(office, ReportAnswer) == 1
    assert pressed(office, PRIYA, back, "Confirm") == ""
    office.deliver()
    assert office.read(december).state is ReportState.RECEIVED
    assert "98.5%" in notice(office).plain
    assert "starts 98.5 after the correction" in notice(office).plain, "with the words of the answer"
    revised = [each for each in entries(office, "report received") if each.changes]
    assert [each.changes["starts"] for each in revised] == [["97.2", "98.5"]]


def test_a_query_of_a_report_without_a_prompt_goes_to_the_channel(office: Office, control: Control) -> None:
    office.person(PRIYA)
    office.person(AMIRA).command("/progress report WP-NE starts=97.2 outcomes=88", channel=PORTFOLIO)
    office.deliver()
    asks(office, notice(office))
    question = in_channel(office.person(PRIYA), NORTH_EAST_SHARED, "Query about the report")
    assert question.thread_ts in (None, question.ts)
    person = office.person(PRIYA)
    person.say("Both posts are filled", channel=NORTH_EAST_SHARED, thread=question.ts)
    control.settle()
    assert office.read(december).state is ReportState.RECEIVED, "its thread is the report's"


def test_a_national_insurance_number_is_not_kept_from_a_reply(office: Office, control: Control) -> None:
    prompted(office)
    (told,) = writes(office, control, "starts 97.2; AB 12 34 56 C left")
    assert told.ephemeral
    assert "National Insurance" in told.plain
    assert counted(office, FormDraft) == 0
    kept = office.read(lambda s: [*s.scalars(select(col(OutboxMessage.text))), *s.scalars(select(col(TrailEntry.why)))])
    assert "AB 12 34" not in str(kept)
