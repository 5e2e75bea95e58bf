"""Reminders: one message a day for each person, answered from its lines."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlmodel import col

from bot.models import (
    ActionItem,
    Contract,
    DocumentRecipient,
    Milestone,
    MilestoneKind,
    MoreTime,
    Party,
    ReminderSetting,
    Report,
    Risk,
    TrailEntry,
)
from tests.acceptance.office import AMIRA, NORTH_EAST, NORTH_EAST_SHARED, PRIYA, Office, words
from workspace import Person
from workspace.client.person import Message

TOMORROW = date(2027, 1, 5)  # the demonstration begins on Monday 4 January 2027
LATER = date(2027, 1, 20)


def morning(office: Office, days: int = 0) -> None:
    """9am, so many days on: the jobs of the hour run, and what they wrote is sent."""
    if days:
        office.clock.advance(timedelta(days=days))
    office.run("remind")
    office.deliver()


def reminder(person: Person) -> Message:
    """The last message of the day."""
    return [m for m in person.direct_messages() if "for you" in m.text or "All done" in m.text][-1]


def answer(person: Person, **values: str) -> str:
    """Answer the first line that waits, with what the form says next, or under which field it refused."""
    if person.open_view() is not None:  # what the last answer left open would be taken for the new form
        person.close(person.modal(), everything=True)
    person.click(reminder(person), "Answer")
    sent = person.submit(person.modal(), values)
    if not sent.errors:
        return words(sent.view)
    person.close(person.modal())
    return " ".join(f"{field}: {said}" for field, said in sent.errors.items())


def done(person: Person) -> str:
    """Say that the first line that waits is done, and what shows it; what the form says next."""
    if person.open_view() is not None:
        person.close(person.modal(), everything=True)
    person.click(reminder(person), "Answer")
    form = person.submit(person.modal(), {"answer": "It is done"}).view
    assert form is not None
    return words(person.submit(form, {"evidence": "The board signed it off"}).view)


def again(person: Person, message: Message) -> str:
    """What a message to a person says now."""
    return next(m for m in person.direct_messages() if m.ts == message.ts).plain.replace("*", "")


def owe(office: Office, name: str, due_on: date, by: Party = Party.PARTNER) -> int:
    """Something that is owed on WP-NE; its id."""
    with office.liaison.database.writing() as session:
        contract = session.scalars(select(Contract).where(col(Contract.reference) == "WP-NE")).one()
        milestone = Milestone(
            contract_id=contract.id, name=name, kind=MilestoneKind.MILESTONE, owed_by=by, due_on=due_on
        )
        session.add(milestone)
        session.flush()
        return milestone.id


def acknowledge_memos(office: Office) -> None:
    """Every change memo, so that nobody is reminded of one."""
    with office.liaison.database.writing() as session:
        for memo in session.scalars(select(DocumentRecipient)):
            memo.acknowledged_on = memo.asked_on


def milestone(office: Office, key: int) -> Milestone:
    return office.read(lambda session: session.get_one(Milestone, key))


def test_a_person_is_reminded_once_a_day_of_all_that_is_theirs_and_the_message_follows_it(office: Office) -> None:
    amira = office.person(AMIRA)
    acknowledge_memos(office)
    amira.command("/action add WP-NE amira: read the staffing plan by 6 January", channel=NORTH_EAST)
    owe(office, "Send the list of offices", TOMORROW, by=Party.DEPARTMENT)
    morning(office)
    first = reminder(amira)
    assert (
        first.text
        == "2 things wait for you. First: Send the list of offices on WP-NE, due 5 January 2027, in 1 working day"
    )
    assert "A-1 read the staffing plan\nWP-NE, due 6 January 2027, in 2 working days" in first.plain.replace("*", "")
    morning(office)
    assert [m.ts for m in amira.direct_messages() if "for you" in m.text] == [first.ts], "once a day"
    assert "Met on 4 January 2027" in done(amira)
    morning(office)
    assert reminder(amira).text.startswith("1 thing waits for you: A-1")
    amira.command("/action done A-1 it is read", channel=NORTH_EAST)
    morning(office)
    assert (reminder(amira).ts, reminder(amira).text) == (
        first.ts,
        "All done: nothing from 4 January 2027 still waits for you",
    )
    morning(office, 1)
    assert reminder(amira).ts == first.ts, "nothing is due, so nothing is sent"


def test_a_reminder_counts_and_shows_what_is_still_open_of_the_days_before(office: Office) -> None:
    acknowledge_memos(office)
    priya = office.person(PRIYA)
    owe(office, "Open the Gateshead office", date(2027, 1, 11))
    owe(office, "Open the Hexham office", date(2027, 1, 11))
    owe(office, "Open the Durham office", date(2027, 1, 6))
    morning(office)
    first = reminder(priya)
    assert first.text.startswith(
        "2 things wait for you. First: Open the Gateshead office on WP-NE, due 11 January 2027"
    )
    morning(office, 1)
    second = reminder(priya)
    assert second.text.startswith("3 things wait for you. First: Open the Durham office on WP-NE, due 6 January 2027")
    assert "Open the Gateshead office\nWP-NE, due 11 January 2027, in 4 working days" in second.plain.replace("*", "")
    for left in ("2 things wait for you. First: Open the Gateshead", "1 thing waits for you: Open the Hexham"):
        assert "Said done on 5 January 2027" in done(priya)
        morning(office)
        assert (reminder(priya).ts, reminder(priya).text.startswith(left)) == (second.ts, True)
    (earlier,) = [m for m in priya.direct_messages() if m.ts == first.ts]
    assert (
        earlier.text
        == "1 thing from 4 January 2027 still waits. The message of 5 January 2027 has all that waits for you."
    )
    assert "Open the Gateshead office\nWP-NE: done" in earlier.plain.replace("*", "")


def test_what_a_partner_says_to_be_done_is_confirmed_by_the_manager(office: Office) -> None:
    acknowledge_memos(office)
    amira, priya = office.person(AMIRA), office.person(PRIYA)
    acknowledge_memos(office)
    amira.command("/action add WP-NE priya: send the list of offices by 6 January", channel=NORTH_EAST)
    morning(office)
    assert "A-1 send the list of offices" in reminder(priya).text
    assert "manager will confirm it" in answer(priya, answer="It is done")
    office.deliver()
    assert office.read(lambda session: session.scalars(select(ActionItem)).one()).done_on is None
    claim = next(m for m in amira.direct_messages() if m.text.startswith("Priya Nair says that it is done"))
    amira.click(claim, "Confirm that it is done")
    office.deliver()
    assert office.read(lambda session: session.scalars(select(ActionItem)).one()).done_on == date(2027, 1, 4)
    assert "Confirmed by Amira Shah" in next(m for m in amira.direct_messages() if m.ts == claim.ts).plain.replace(
        "*", ""
    )
    assert reminder(priya).text.startswith("All done")
    audit = office.read(lambda s: s.scalars(select(col(TrailEntry.action))).all())
    assert {"action closed", "reminder answered"} <= set(audit)


def test_more_time_is_asked_for_and_agreed_and_everything_says_the_new_day(office: Office) -> None:
    acknowledge_memos(office)
    amira, priya = office.person(AMIRA), office.person(PRIYA)
    office.run("prompt")
    office.deliver()
    morning(office, 1)
    assert "until: Choose a day after 6 January 2027" in answer(
        priya, answer="I need more time", until="2027-01-06", why="Late"
    )
    assert "why: " in answer(priya, answer="I need more time", until="2027-01-13")
    said = answer(priya, answer="I need more time", until="2027-01-13", why="The data comes a week late")
    assert "You will be told the decision" in said
    office.deliver()
    asked = reminder(priya)
    assert (
        asked.text == "Nothing from 5 January 2027 is left for you to do. Still to be decided: 1 request for more time"
    )
    assert "you asked for more time until 13 January 2027; Amira Shah decides" in asked.plain
    wish = next(m for m in amira.direct_messages() if "asks for more time" in m.text)
    assert "13 January 2027 instead of 6 January 2027" in wish.plain
    amira.click(wish, "Agree")
    office.deliver()
    kept = office.read(lambda s: s.scalars(select(MoreTime)).one())
    assert (kept.due_on, kept.until, kept.agreed) == (date(2027, 1, 6), date(2027, 1, 13), True)
    assert any("More time is agreed: Report for December 2026" in m.text for m in priya.direct_messages())
    assert "Agreed by Amira Shah" in again(amira, wish)
    assert "more time agreed, due 13 January 2027" in again(priya, asked)
    (prompt,) = [m for m in priya.messages(NORTH_EAST_SHARED) if "Report for December 2026" in m.plain]
    assert "Due 13 January 2027. More time was agreed: it was due 6 January 2027" in prompt.plain
    (dates,) = amira.command("/contract dates WP-NE", channel=NORTH_EAST)
    assert (
        "13 January 2027: Report for December 2026 (more time agreed: it was due 6 January 2027)"
        in dates.plain.replace("*", "")
    )
    morning(office, 1)
    assert (
        reminder(priya).text
        == "1 thing waits for you: Report for December 2026 on WP-NE, due 13 January 2027, in 5 working days (more "
        "time agreed: it was due 6 January 2027)"
    )


def test_more_time_is_refused_and_the_day_stays(office: Office) -> None:
    acknowledge_memos(office)
    amira, priya = office.person(AMIRA), office.person(PRIYA)
    key = owe(office, "Open the Gateshead office", TOMORROW)
    morning(office)
    answer(priya, answer="I need more time", until="2027-01-20", why="The lease is signed a week late")
    office.deliver()
    wish = next(m for m in amira.direct_messages() if "asks for more time" in m.text)
    amira.click(wish, "Keep the current date")
    office.deliver()
    assert milestone(office, key).due_on == TOMORROW
    assert office.read(lambda s: s.scalars(select(MoreTime)).one()).agreed is False
    assert reminder(priya).text.startswith("1 thing waits for you: Open the Gateshead office"), "it waits again"
    assert any("Open the Gateshead office" in m.text and "stays" in m.plain for m in priya.direct_messages())


def test_more_time_for_what_was_settled_meanwhile_moves_nothing(office: Office) -> None:
    acknowledge_memos(office)
    amira, priya = office.person(AMIRA), office.person(PRIYA)
    key = owe(office, "Open the Gateshead office", TOMORROW)
    morning(office)
    answer(priya, answer="I need more time", until="2027-01-20", why="The lease is signed a week late")
    office.deliver()
    with office.liaison.database.writing() as session:
        session.get_one(Milestone, key).met_on = date(2027, 1, 4)
    wish = next(m for m in amira.direct_messages() if "asks for more time" in m.text)
    amira.click(wish, "Agree")
    office.deliver()
    assert "it was settled meanwhile. Nothing was changed" in str([m.plain for m in amira.direct_messages()])
    assert milestone(office, key).due_on == TOMORROW
    assert office.read(lambda s: s.scalars(select(MoreTime)).one()).agreed is None


def test_a_snooze_wakes_on_its_day_and_what_is_not_mine_goes_to_the_manager(office: Office) -> None:
    acknowledge_memos(office)
    amira, priya = office.person(AMIRA), office.person(PRIYA)
    owe(office, "Open the Gateshead office", TOMORROW)
    morning(office)
    assert "until: Choose a day from tomorrow" in answer(priya, answer="Remind me on another day", until="2027-03-01")
    assert "You will be reminded again" in answer(priya, answer="Remind me on another day", until="2027-01-07")
    morning(office, 1)
    assert reminder(priya).text.startswith("Nothing from 4 January"), "due today, but asleep"
    morning(office, 2)
    assert "2 working days late" in reminder(priya).text
    assert "manager has been told" in answer(priya, answer="This is not mine", why="Liam opens offices")
    office.deliver()
    assert any(
        "Priya Nair says that this is not theirs: Open the Gateshead office" in m.text for m in amira.direct_messages()
    )


def test_a_report_is_made_from_the_reminder(office: Office) -> None:
    priya = office.person(PRIYA)
    office.run("prompt")
    office.deliver()
    morning(office, 1)
    assert "Report for December 2026 on WP-NE, due 6 January 2027, in 1 working day" in reminder(priya).text
    form = answer(priya, answer="Do it now")
    assert "Starts within 15 working days" in form
    fields = [each["block_id"] for each in priya.modal().blocks if each.get("block_id", "").startswith("kpi_")]
    sent = priya.submit(priya.modal(), dict(zip(fields, ("99.1", "100"), strict=True)))
    assert not sent.errors
    office.run("remind")
    office.deliver()
    assert reminder(priya).text.startswith("All done")
    received = office.read(lambda s: s.scalars(select(Report).where(col(Report.period) == "2026-12")).all())
    assert any(report.received_at for report in received)


def test_a_risk_is_reviewed_from_the_reminder(office: Office) -> None:
    with office.liaison.database.writing() as session:
        risk = session.scalars(select(Risk).where(col(Risk.title).startswith("Advisers leave faster"))).one()
        risk.review_on = date(2027, 1, 4)
        reference = risk.reference
    amira = office.person(AMIRA)
    acknowledge_memos(office)
    morning(office)
    assert f"Review {reference} Advisers leave faster" in reminder(amira).text
    form = answer(amira, answer="Do it now")
    assert "The next review is in " in form
    assert amira.modal().values["likelihood"]["entered"] == "3"
    kept = amira.submit(amira.modal(), {"likelihood": "4", "why": "Two more advisers left"})
    assert f"The review of *{reference}* is saved. It rose from medium to high." in words(kept.view)
    assert office.read(lambda session: session.get_one(Risk, int(reference[2:])).likelihood) == 4
    office.run("remind")
    office.deliver()
    assert reminder(amira).text.startswith("All done")


def test_a_contract_has_rules_of_its_own(office: Office) -> None:
    acknowledge_memos(office)
    amira, priya = office.person(AMIRA), office.person(PRIYA)
    (shown,) = amira.command("/contract reminders WP-NE", channel=NORTH_EAST)
    assert "Milestone: 10, 5 and 1 working days before, on the day, every 2 working days when it is late" in shown.plain
    amira.click(shown, "Change a rule")
    refused = amira.submit(amira.modal(), {"kind": "milestone", "before": "soon", "late_every": "1"})
    assert "for example 5, 1, 0" in refused.errors["before"]
    kept = amira.submit(amira.modal(), {"kind": "milestone", "before": "3", "late_every": "1"})
    assert "Milestone: 3 working days before, every working day when it is late (its own rule)" in words(kept.view)
    owe(office, "Open the Gateshead office", TOMORROW)
    owe(office, "Open the Durham office", date(2027, 1, 7))
    morning(office)
    assert reminder(priya).text.startswith("1 thing waits for you: Open the Durham office")
    amira.close(amira.modal())
    amira.click(shown, "Change a rule")
    amira.submit(amira.modal(), {"kind": "milestone", "usual": "usual"})
    assert office.read(lambda s: s.scalars(select(ReminderSetting)).all()) == []
    assert office.read(lambda s: s.scalars(select(ActionItem)).all()) == []


def test_a_rule_of_its_own_keeps_the_usual_days_after_unless_it_says_otherwise(office: Office) -> None:
    amira = office.person(AMIRA)
    (shown,) = amira.command("/contract reminders WP-NE", channel=NORTH_EAST)
    assert "Change memo: 2 working days before, on the day, 2 working days after" in shown.plain
    for late, sentence in {
        None: "Change memo: 4 working days before, 2 working days after (its own rule)",
        "never": "Change memo: 4 working days before (its own rule)",
        "3": "Change memo: 4 working days before, every 3 working days when it is late (its own rule)",
    }.items():
        amira.click(shown, "Change a rule")
        chosen = {"kind": "change memo", "before": "4", **({"late_every": late} if late else {})}
        assert sentence in words(amira.submit(amira.modal(title="Change a reminder"), chosen).view)
        amira.close(amira.modal(title="Saved"))
