"""What one side owes the other: a partner says that it is done, and the manager confirms it or not, from wherever they
meet it."""

import json
from datetime import date, timedelta

from sqlalchemy import select
from sqlmodel import col

from bot.domain.owed_cycle import OwedState
from bot.models import Party, Role
from bot.models import Person as RegisteredPerson
from tests.acceptance.office import AMIRA, HELEN, NORTH_EAST, NORTH_EAST_SHARED, PORTFOLIO, PRIYA, Office, words
from tests.acceptance.test_reminders import acknowledge_memos, milestone, morning, owe, reminder
from workspace import Person
from workspace.client.person import Message

GATESHEAD, HEXHAM, DURHAM = "Open the Gateshead office", "Open the Hexham office", "Send the list of offices"
SHOWN, WHY = "Signed off by the board", "Two of five rooms are still shut"
YESTERDAY, TOMORROW = date(2027, 1, 3), date(2027, 1, 5)  # the demonstration begins on Monday 4 January 2027


def asked(person: Person, name: str) -> Message:
    """The last message that asks somebody about it."""
    return [m for m in person.direct_messages() if name in m.text and "done" in m.text][-1]


def test_a_partner_says_done_and_the_manager_says_not_yet_and_then_confirms(office: Office) -> None:
    amira, priya = office.person(AMIRA), office.person(PRIYA)
    acknowledge_memos(office)
    key = owe(office, GATESHEAD, TOMORROW)
    morning(office)
    priya.click(reminder(priya), "Answer")
    form = priya.submit(priya.modal(), {"answer": "It is done"}).view
    assert form is not None
    assert "Please complete" in priya.submit(form, {}).errors["evidence"]
    said = priya.submit(form, {"evidence": SHOWN, "on": "2027-01-03"}).view
    assert "The contract manager is asked to confirm it. Until then you are not reminded of it." in words(said)
    morning(office, 2)
    assert milestone(office, key).state is OwedState.SAID_DONE
    assert reminder(priya).text.startswith("All done"), "it is late for nobody"
    (page,) = amira.command("/contract show WP-NE", channel=NORTH_EAST)
    assert f"11 January 2027: For the department to confirm: {GATESHEAD}" in page.plain
    assert f"Milestone of the partner: {GATESHEAD}" not in page.plain
    (dates,) = amira.command("/contract dates WP-NE", channel=PORTFOLIO)
    assert f"(past): Milestone of the partner: {GATESHEAD} (said done on 4 January 2027, not confirmed)" in (
        dates.plain.replace("*", "")
    )

    amira.click(asked(amira, GATESHEAD), "Confirm")
    form = amira.modal(title="Confirm that it is done")
    assert f"Priya Nair says that it was done on 3 January 2027. What shows it: {SHOWN}" in words(form)
    assert "Enter why" in amira.submit(form, {"event": "opened again"}).errors["reason"]
    amira.submit(form, {"event": "opened again", "reason": WHY})
    office.deliver()
    answered = asked(priya, GATESHEAD)
    assert answered.text == f"Not done yet, says Amira Shah: {GATESHEAD} on WP-NE. It is open again."
    assert f"Amira Shah answers: not yet. {WHY}" in answered.plain
    priya.click(answered, "Done")
    priya.submit(priya.modal(title="It is done"), {"evidence": "All rooms are open"})
    office.deliver()
    amira.click(asked(amira, GATESHEAD), "Confirm")
    done = amira.submit(amira.modal(title="Confirm that it is done"), {"event": "met", "on": "2027-01-06"}).view
    assert "Met on 6 January 2027." in words(done)
    office.deliver()
    assert (milestone(office, key).met_on, milestone(office, key).evidence) == (date(2027, 1, 6), "All rooms are open")
    assert asked(amira, GATESHEAD).text == f"Amira Shah confirmed that it is done: {GATESHEAD} on WP-NE"
    (history,) = amira.command("/contract history WP-NE", channel=PORTFOLIO)
    for entry in ("milestone said done", "milestone not done yet", "milestone met", f"Why: {WHY}"):
        assert entry in history.plain


def test_the_page_and_the_dates_settle_it_and_a_partner_only_what_they_owe(http_office: Office) -> None:
    amira = http_office.person(AMIRA)
    theirs, ours = owe(http_office, HEXHAM, TOMORROW), owe(http_office, DURHAM, YESTERDAY, by=Party.DEPARTMENT)
    for command, name in (("show", DURHAM), ("dates", HEXHAM)):
        (answer,) = amira.command(f"/contract {command} WP-NE", channel=NORTH_EAST)
        amira.click(answer, "Done")
        form = amira.modal(title="It is done")
        assert name in words(form)
        assert "is in the future" in amira.submit(form, {"evidence": SHOWN, "on": "2027-01-05"}).errors["on"]
        amira.submit(form, {"evidence": SHOWN, "on": "2027-01-04"})
        amira.close(amira.modal(), everything=True)
    assert {milestone(http_office, each).met_on for each in (theirs, ours)} == {date(2027, 1, 4)}

    http_office.clock.advance(timedelta(days=1))
    key = owe(http_office, GATESHEAD, TOMORROW, by=Party.DEPARTMENT)
    for callback, values in (
        ("owed_form", {"on": "2027-01-04", "evidence": SHOWN}),
        ("owed_confirm_form", {"event": "met", "on": "2027-01-04"}),
    ):
        record = milestone(http_office, key)
        state = {name: {"entered": {"type": "plain_text_input", "value": value}} for name, value in values.items()}
        view = {"id": "V1", "type": "modal", "callback_id": callback, "private_metadata": record.public_id}
        payload = {"type": "view_submission", "view": {**view, "blocks": [], "state": {"values": state}}}
        sent = {**payload, "user": {"id": PRIYA, "team_id": "T0NORTHGATE"}, "team": {"id": "T0NORTHGATE"}}
        assert "You do not have a role" in http_office.post({"payload": json.dumps(sent)}).text
        assert milestone(http_office, key).model_dump() == record.model_dump()


def test_the_weekly_summary_settles_what_it_lists_for_whoever_presses(office: Office) -> None:
    """In the portfolio's channel; who may settle nothing is told so, and nobody else sees it."""
    amira, helen = office.person(AMIRA), office.person(HELEN)
    late, soon = owe(office, GATESHEAD, YESTERDAY), owe(office, HEXHAM, TOMORROW)
    owe(office, DURHAM, YESTERDAY + timedelta(days=60))
    office.run("summary")
    office.deliver()
    (summary,) = [each for each in amira.messages(PORTFOLIO) if each.text.startswith("Weekly")]
    assert f"Milestone of the partner: {GATESHEAD}" in summary.plain
    amira.click(summary, "Say what is done")
    form = amira.modal(title="Say what is done")
    offered = [option["text"]["text"] for option in form.field("item")[1]["options"]]
    assert f"WP-NE, 3 January 2027: {GATESHEAD}" in offered
    assert offered == sorted(offered, key=lambda each: HEXHAM in each), "the oldest first"
    assert not [each for each in offered if DURHAM in each], "it is not in the summary either"
    assert "Please complete" in amira.submit(form, {}).errors["item"]
    met = amira.submit(form, {"item": milestone(office, late).public_id}).view
    assert met is not None
    assert met.title == "It is done"
    assert GATESHEAD in words(met)
    assert "Met on 3 January 2027." in words(amira.submit(met, {"evidence": SHOWN, "on": "2027-01-03"}).view)
    assert (milestone(office, late).met_on, milestone(office, late).evidence) == (YESTERDAY, SHOWN)
    assert milestone(office, soon).met_on is None
    amira.close(amira.modal(), everything=True)
    with office.liaison.database.writing() as session:
        helens = select(col(RegisteredPerson.id)).where(col(RegisteredPerson.slack) == HELEN)
        for role in session.scalars(select(Role).where(col(Role.person_id).in_(helens))):
            session.delete(role)
    helen.click(summary, "Say what is done")
    helen.wait(lambda each: "Nothing that you can say is done is late" in each.messages(PORTFOLIO)[-1].plain)


def test_a_partner_says_from_the_shared_channel_s_summary_that_something_of_theirs_is_done(office: Office) -> None:
    amira, priya = office.person(AMIRA), office.person(PRIYA)
    theirs = owe(office, GATESHEAD, TOMORROW)
    owe(office, DURHAM, TOMORROW, by=Party.DEPARTMENT)
    amira.command("/digest now", channel=NORTH_EAST_SHARED)
    office.deliver()
    (summary,) = [each for each in priya.messages(NORTH_EAST_SHARED) if each.text.startswith("Weekly")]
    priya.click(summary, "Say what is done")
    form = priya.modal(title="Say what is done")
    offered = [option["text"]["text"] for option in form.field("item")[1]["options"]]
    assert offered == [f"WP-NE, 5 January 2027: {GATESHEAD}"], "what the department owes is not theirs to settle"
    done = priya.submit(form, {"item": milestone(office, theirs).public_id}).view
    assert done is not None
    said = priya.submit(done, {"evidence": SHOWN}).view
    assert "The contract manager is asked to confirm it." in words(said)
    assert milestone(office, theirs).state is OwedState.SAID_DONE
