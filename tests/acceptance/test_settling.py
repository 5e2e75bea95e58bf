"""Escalations that people can settle: a ping offers what can be done about its kind, an answer can be undone for ten
minutes, and what a partner was told cannot."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlmodel import col

from bot.domain.ladder import Rung, Step
from bot.domain.london import london_instant
from bot.domain.plan_cycle import PlanStatus
from bot.domain.ratings import Rating
from bot.models import Report
from tests.acceptance.office import AMIRA, HELEN, NORTH_EAST, PRIYA, Office, words
from tests.acceptance.test_escalations import (
    DECEMBER,
    NADIA,
    go_to,
    is_told,
    notice,
    of_wp_ne,
    offers,
    pinged,
    raised,
)
from tests.acceptance.test_remedies import TITLE, accepted, begin
from tests.builders import contract_named
from tests.integration.escalating import person, quiet, report_on
from workspace import Person
from workspace.client.person import Message

MINUTES = timedelta(minutes=1)
LEAVING = "Advisers leaving"


def late_report(office: Office) -> Message:
    """What Amira Shah is asked about the report of WP-NE that has not come."""
    with office.liaison.database.writing() as session:
        report_on(session, quiet(session))
    go_to(office, 13)
    (ping,) = pinged(office.person(AMIRA), DECEMBER)
    return ping


def about(person: Person, what: str) -> Message:
    """The last message to somebody about something, as it is shown now."""
    return [m for m in person.direct_messages() if what in m.plain and m.thread_ts in (None, m.ts)][-1]


def labels(message: Message) -> list[str]:
    """The buttons of a message, by their words; a menu by its action."""
    return [each.get("text", {}).get("text", each["action_id"]) for _, each in message.elements()]


def chases(office: Office) -> list[Message]:
    """What the partner's person was asked again."""
    return [m for m in office.person(PRIYA).direct_messages() if "asks you again" in m.text]


def test_a_late_report_is_chased_once_on_a_working_day_and_the_partner_can_answer_where_it_reaches_them(
    office: Office,
) -> None:
    ping, amira, priya = late_report(office), office.person(AMIRA), office.person(PRIYA)
    offered = ["Open the contract", "Chase now", "Report the figures", "Acknowledge", "Settled because…", "Reassign…"]
    assert labels(ping) == [*offered, "escalation_more"]
    assert "asked again at once; that cannot be undone" in ping.plain
    amira.click(ping, "Chase now")
    office.deliver()
    (asked,) = chases(office)
    assert asked.text == "Amira Shah asks you again: Report for December 2026 on WP-NE, was due 6 January 2027"
    assert "escalat" not in asked.plain.lower(), "what goes on inside is not the partner's"
    assert "The partner was last chased on 13 January 2027 at 9" in about(amira, DECEMBER).plain
    amira.click(about(amira, DECEMBER), "Chase now")
    assert is_told(amira, "Northgate Futures Ltd was chased for this on 13 January 2027 at 9am, so nothing was sent.")
    amira.click(about(amira, DECEMBER), "Acknowledge")
    office.deliver()
    assert len(chases(office)) == 1
    office.clock.move_to(london_instant(date(2027, 1, 14), 9))
    amira.click(about(amira, DECEMBER), "Chase now")
    office.deliver()
    assert len(chases(office)) == 2, "the next working day, after it was acknowledged too"
    priya.click(chases(office)[-1], "Report the figures")
    assert priya.modal().title == "Report: December 2026"
    assert "Amira Shah: partner chased" in history(office)


def history(office: Office) -> str:
    (page,) = office.person(AMIRA).command("/contract history WP-NE", channel=NORTH_EAST)
    return page.plain


def test_an_acknowledgement_is_undone_within_ten_minutes_and_all_is_as_it_was(office: Office) -> None:
    ping, helen = raised(office), office.person(HELEN)
    before = of_wp_ne(office)
    helen.click(ping, "Acknowledge")
    office.deliver()
    answered = about(helen, LEAVING)
    assert "Acknowledged by Helen Marsh" in notice(office).plain
    assert "You can undo this until 4 January 2027 at 9:10am. What the partner was told stays told." in answered.plain
    office.clock.advance(9 * MINUTES)
    helen.click(answered, "Undo")
    office.deliver()
    after = of_wp_ne(office)
    assert (after.standing, after.owner_id, after.rung, after.due_at) == (
        Step.ASKED,
        before.owner_id,
        before.rung,
        before.due_at,
    )
    assert after.steps == 3, "it is a step in the history"
    again = about(helen, LEAVING)
    assert "Helen Marsh took that back" in again.plain
    assert offers(again, "escalation_acknowledge")
    assert "Waiting for" in notice(office).plain.replace("*", ""), "the notice follows"
    assert "Helen Marsh: escalation answer undone" in history(office)
    helen.click(again, "Acknowledge")
    office.deliver()
    assert of_wp_ne(office).standing is Step.ACKNOWLEDGED, "and it can be answered anew"


def test_after_ten_minutes_undo_answers_with_a_sentence_and_changes_nothing(office: Office) -> None:
    ping, helen = raised(office), office.person(HELEN)
    helen.click(ping, "Acknowledge")
    office.deliver()
    office.clock.advance(11 * MINUTES)
    helen.click(about(helen, LEAVING), "Undo")
    assert is_told(helen, "it can be undone for 10 minutes only, so nothing was changed")
    assert of_wp_ne(office).standing is Step.ACKNOWLEDGED


def test_what_is_given_to_somebody_is_told_at_once_the_clock_goes_on_and_it_can_be_taken_back(office: Office) -> None:
    ping, helen, amira = raised(office), office.person(HELEN), office.person(AMIRA)
    before = of_wp_ne(office)
    helen.click(ping, "Reassign…")
    form = helen.modal(title="Reassign it")
    options = [each["text"]["text"] for each in form.field("who")[1]["options"]]
    assert options == ["Amira Shah", "Nadia Rahman"], "others of the department on this contract"
    done = helen.submit(form, {"who": AMIRA})
    assert "They are told at once, and the clock goes on." in words(done.view)
    office.deliver()
    (theirs,) = pinged(amira, LEAVING)
    assert "Helen Marsh gave it to you" in theirs.text
    assert "goes back to Helen Marsh" in theirs.plain
    given = of_wp_ne(office)
    assert (given.standing, given.rung, given.due_at) == (Step.REASSIGNED, Rung.SENIOR_OWNER, before.due_at)
    mine = about(helen, LEAVING)
    assert "Now with Amira Shah: Helen Marsh gave it to them" in mine.plain.replace("*", "")
    assert not offers(mine, "escalation_acknowledge")
    office.clock.advance(5 * MINUTES)
    helen.click(mine, "Undo")
    office.deliver()
    back = of_wp_ne(office)
    assert (back.standing, back.owner_id, back.rung, back.due_at) == (
        Step.ASKED,
        before.owner_id,
        before.rung,
        before.due_at,
    )
    assert "it was given to you, and taken back" in about(amira, LEAVING).plain
    assert pinged(amira, LEAVING) == []
    assert offers(about(helen, LEAVING), "escalation_acknowledge")


def test_silence_of_whom_it_was_given_to_brings_it_back_to_the_rung(office: Office) -> None:
    ping, helen, amira = raised(office), office.person(HELEN), office.person(AMIRA)
    helen.click(ping, "Reassign…")
    helen.submit(helen.modal(title="Reassign it"), {"who": AMIRA})
    office.deliver()
    go_to(office, 4, 13)
    assert len(pinged(helen, LEAVING)) == 1
    assert "Now with Helen Marsh" in about(amira, LEAVING).plain.replace("*", "")


def test_what_is_settled_for_a_reason_is_not_asked_again_and_its_record_stays_open_and_says_so(office: Office) -> None:
    ping, amira = late_report(office), office.person(AMIRA)
    amira.click(ping, "Settled because…")
    form = amira.modal(title="Settle it")
    assert "National Insurance number" in amira.submit(form, {"reason": "About AB123456C"}).errors["reason"]
    done = amira.submit(form, {"reason": "Northgate sends it with January's, as agreed"})
    assert "Nobody is asked about this again." in words(done.view)
    office.deliver()
    ended = about(amira, DECEMBER)
    sentence = "Amira Shah settled it, though its record stays open: Northgate sends it with January"
    assert sentence in ended.plain
    assert sentence in notice(office, DECEMBER).plain
    go_to(office, 14)
    go_to(office, 20)
    assert not pinged(amira, DECEMBER), "not again for the same fact"
    (row,) = office.read(
        lambda s: s.scalars(
            select(Report).where(col(Report.period) == "2026-12", col(Report.received_at).is_(None))
        ).all()[:1]
    )
    assert row.received_at is None, "the report is still awaited"
    amira.click(ended, "Open the contract")
    shown = amira.wait(lambda each: [m for m in each.direct_messages() if "Settled, but still open" in m.plain])
    assert "Northgate sends it with January" in shown[-1].plain
    assert "Amira Shah: escalation settled" in history(office)


def test_ratings_below_target_are_settled_by_requesting_a_plan(office: Office) -> None:
    accepted(office, Rating.GOOD, Rating.INADEQUATE)
    go_to(office, 4)
    nadia, ratings = office.person(NADIA), "Ratings in the report for December 2026"
    (ping,) = pinged(nadia, ratings)
    assert labels(ping)[1:4] == ["Request a plan", "Acknowledge", "Settled because…"]
    nadia.click(ping, "Request a plan")
    done = nadia.submit(nadia.modal(title="What falls short"), {"title": TITLE})
    assert "Next comes the plan" in words(done.view), done.errors
    office.deliver()
    go_to(office, 4, 10)
    assert "a rectification plan is in force about it" in about(nadia, ratings).plain


def test_the_next_figures_that_wait_for_a_decision_are_decided_on_from_the_ping(office: Office) -> None:
    accepted(office, Rating.GOOD, Rating.INADEQUATE)
    with office.liaison.database.writing() as session:
        contract, now = contract_named(session, "WP-NE").id, office.clock.now()
        report_on(session, contract, "2027-01", received_at=now, reporter_id=person(session, PRIYA).id)
    go_to(office, 4)
    nadia, ratings = office.person(NADIA), "Ratings in the report for December 2026"
    (ping,) = pinged(nadia, ratings)
    nadia.click(ping, "Decide")
    shown = nadia.wait(lambda each: [m for m in each.direct_messages() if offers(m, "report_accept_here")])
    assert "January 2027" in shown[-1].plain


def test_a_plan_that_nobody_decided_on_in_time_is_accepted_from_the_ping(office: Office) -> None:
    begin(office, PlanStatus.SUBMITTED, received_on=date(2026, 12, 15))
    go_to(office, 7)
    amira = office.person(AMIRA)
    (ping,) = pinged(amira, f"Decide on the rectification plan: {TITLE}")
    assert "The department owed it by" in ping.plain
    amira.click(ping, "Accept the plan")
    form = amira.modal(title="Update a plan")
    assert form.values["event"]["entered"] == "accepted", "it is chosen already, and another can be"
    assert not amira.submit(form).errors
    go_to(office, 7, 10)
    assert "the plan is accepted" in about(amira, TITLE).plain


def test_a_risk_is_assessed_and_its_late_action_done_from_the_ping(office: Office) -> None:
    ping, helen = raised(office), office.person(HELEN)
    assert labels(ping)[1:3] == ["Review it", "Acknowledge"]
    helen.click(ping, "Review it")
    assert "Advisers leaving" in words(helen.modal())
    helen.close(helen.modal(), everything=True)
    helen.click(ping, "Settled because…")
    helen.submit(helen.modal(title="Settle it"), {"reason": "The board accepts it until March"})
    office.deliver()
    amira = office.person(AMIRA)
    (page,) = amira.command("/risk show R-17", channel=NORTH_EAST)
    assert "Settled, but still open" in page.plain
    assert "The board accepts it until March" in page.plain
    amira.command("/action add R-17 Amira: ask ten advisers by 5 January", channel=NORTH_EAST)
    go_to(office, 6)
    (late,) = [m for m in pinged(amira, LEAVING) if "actions was due" in m.plain]
    (done,) = [label for label in labels(late) if label.endswith("is done")]
    amira.click(late, done)
    go_to(office, 6, 10)
    assert "R-17 has no overdue action" in about(amira, LEAVING).plain


def test_of_a_list_each_can_be_chased_and_undone_by_itself(office: Office) -> None:
    amira = office.person(AMIRA)
    office.run("prompt")
    office.deliver()
    go_to(office, 13)
    (ping,) = [m for m in amira.direct_messages() if "escalations need you" in m.plain]
    block = next(b for b in ping.blocks if b["type"] == "actions")
    assert len(block["elements"]) <= 6, "five buttons and a menu"
    amira.click(ping, "Chase now")
    office.deliver()
    assert "The partner was last chased on 13 January 2027" in about(amira, "escalation").plain
    amira.click(about(amira, "need"), "Acknowledge")
    office.deliver()
    shown = about(amira, "Acknowledged by Amira Shah")
    amira.click(shown, "Undo")
    office.deliver()
    assert "Acknowledged by Amira Shah" not in shown_now(amira, shown)


def shown_now(person: Person, message: Message) -> str:
    """A message as it is now."""
    return next(m.plain for m in person.direct_messages() if m.ts == message.ts)
