"""What a contract requires, kept in Slack: its KPIs, milestones, obligations and options to extend."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlmodel import col

from bot.models import Milestone
from tests.acceptance.office import AMIRA, HELEN, PORTFOLIO, PRIYA, Office, words
from workspace import Person
from workspace.client.person import Message, Value

NADIA = "U0NADIA"
SURVEY: Mapping[str, Value] = {
    "name": "Second survey of advisers",
    "kind": "deliverable",
    "owed_by": "partner",
    "due": "10 working days after 5 January 2027",
}


def answer(person: Person, command: str) -> Message:
    (given,) = person.command(command, channel=PORTFOLIO)
    return given


def told(person: Person, words: str) -> Message:
    """The last message to somebody, which says so."""
    person.wait(lambda each: words in each.messages(PORTFOLIO)[-1].plain)
    return person.messages(PORTFOLIO)[-1]


def test_a_milestone_is_added_changed_by_two_people_and_ended_and_the_history_says_so(office: Office) -> None:
    amira, nadia = office.person(AMIRA), office.person(NADIA)
    amira.click(answer(amira, "/contract show WP-NE"), "milestone_list")
    listed = told(amira, "2 milestones on WP-NE")
    amira.click(listed, "term_add")
    form = amira.modal(title="New milestone")
    refused = amira.submit(form, {**SURVEY, "name": "survey of ADVISERS"})
    assert "is another milestone of WP-NE already. Enter another name." in refused.errors["name"]
    assert "is added to WP-NE." in words(amira.submit(form, SURVEY).view)
    assert (
        "Due on: 19 January 2027 (10 working days after 5 January 2027)"
        in answer(amira, "/contract milestone WP-NE").plain
    )
    assert "Second survey of advisers" in answer(amira, "/contract show WP-NE").plain

    for person in (nadia, amira):
        person.command("/contract milestone WP-NE second", channel=PORTFOLIO)
    theirs, mine = nadia.modal(title="Change a milestone"), amira.modal(title="Change a milestone")
    assert mine.values["due"]["entered"] == "10 working days after 5 January 2027"
    done = nadia.submit(theirs, {"due": "29 January 2027", "why": "The partner asked"})
    assert "Due on: from 19 January 2027 to 29 January 2027" in words(done.view)
    asked = amira.submit(mine, {"due": "1 February 2027"}).view
    assert asked is not None
    assert "Nadia Rahman changed" in words(asked)
    amira.submit(asked, {"crossing": "theirs"})

    amira.command("/contract milestone WP-NE second", channel=PORTFOLIO)
    form = amira.modal(title="Change a milestone")
    amira.click(form, "term_end")
    ended = amira.submit(amira.modal(title="End a milestone"), {"reason": "One survey is enough"})
    assert "Second survey of advisers* has ended on WP-NE:" in words(ended.view)
    assert "Second survey" not in answer(amira, "/contract show WP-NE").plain
    assert "Second survey" not in answer(amira, "/contract dates WP-NE").plain
    amira.click(answer(amira, "/contract milestone WP-NE"), "Show 1 that ended")
    told(amira, "Why it ended: One survey is enough")
    said = answer(office.person(HELEN), "/contract history WP-NE").plain
    assert "Amira Shah: milestone added, WP-NE, Second survey of advisers" in said
    assert "Nadia Rahman: milestone changed, WP-NE, Second survey of advisers" in said
    assert "Why: The partner asked" in said
    assert "Amira Shah: milestone ended, WP-NE, Second survey of advisers" in said
    kept = office.read(
        lambda session: session.scalars(select(Milestone).where(col(Milestone.name) == SURVEY["name"])).one()
    )
    assert (str(kept.due_on), kept.rule, kept.end_reason) == ("2027-01-29", "", "One survey is enough")


def test_a_kpis_target_holds_from_a_month_on_and_earlier_ratings_stay(office: Office) -> None:
    """From the contract's page it takes six clicks and inputs: the list, the KPI, three cut-offs, and Save."""
    amira = office.person(AMIRA)
    amira.click(answer(amira, "/contract show WP-NE"), "kpi_list")
    listed = told(amira, "2 KPIs on WP-NE")
    assert "Good: 99%; Approaching target: 97%; Requires improvement: 93%; In force from: April 2025" in listed.plain
    amira.click(listed, "Edit")
    form = amira.modal(title="Change a KPI")
    clicks, entered = 3, {"good": "98%", "approaching": "96%", "requires_improvement": "97%"}
    assert clicks + len(entered) <= 6
    refused = amira.submit(form, entered)
    assert "From Good to Requires improvement they go down or stay level" in refused.errors["requires_improvement"]
    done = words(amira.submit(form, {**entered, "requires_improvement": "92%"}).view)
    assert "Last figure rated Good: from 99% to 98%" in done
    assert "In force from: from April 2025 to December 2026" in done
    assert "Northgate Futures Ltd is told: 1 person gets a message." in done, "the box was ticked to begin with"
    office.run("documents")
    office.deliver()
    (memo,) = [each for each in office.person(PRIYA).direct_messages() if "KPI changed" in each.plain]
    assert "Last figure rated Good: from 99% to 98%" in memo.plain

    amira.command("/progress report WP-NE starts=98.5 outcomes=100", channel=PORTFOLIO)
    amira.command("/progress history WP-NE starts", channel=PORTFOLIO)
    history = told(amira, "The target has changed")
    assert "Good, 98.5% against 98% in December 2026" in history.text
    assert "Since December 2026: Good is 98% or more, Approaching target 96%" in history.plain
    assert "Since April 2025: Good is 99% or more" in history.plain
