"""A report that came is changed until it is accepted, in its place; what it said before stays in the audit."""

from bot.models import ReportState
from tests.acceptance.office import AMIRA, NORTH_EAST, NORTH_EAST_SHARED, PORTFOLIO, PRIYA, Office, words
from tests.acceptance.reporting import (
    card,
    december,
    entries,
    in_channel,
    notice,
    opened,
    pressed,
    reported,
    send,
)
from tests.acceptance.test_progress_thread import figures


def test_who_reports_changes_a_report_until_it_is_accepted(office: Office) -> None:
    told, priya = reported(office), office.person(PRIYA)
    shown = in_channel(priya, NORTH_EAST_SHARED, "Report for December 2026")
    priya.click(shown, "Change the figures")
    form = opened(priya)
    assert "You can change it until it is accepted" in words(form)
    assert "98.5%" in send(priya, "98.5", "88", "A late start was counted twice.")
    office.deliver()
    again = in_channel(priya, NORTH_EAST_SHARED, "Report for December 2026")
    assert again.ts == shown.ts, "the one message in the shared channel is updated"
    assert "98.5% against 99%" in again.plain
    assert notice(office).ts == told.ts, "and so is the internal one"
    assert "A late start was counted twice." in notice(office).plain
    assert len([m for m in office.person(AMIRA).messages(NORTH_EAST) if "December 2026" in m.plain]) == 1
    (entry,) = entries(office, "report changed")
    assert (entry.actor, entry.changes) == (PRIYA, {"starts": ["97.2", "98.5"]}), "what it was stays in the audit"
    (history,) = office.person(AMIRA).command("/contract history WP-NE", channel=PORTFOLIO)
    assert "report changed" in history.plain
    assert pressed(office, AMIRA, notice(office), "Accept") == ""
    office.deliver()
    assert "Change the figures" not in str(in_channel(priya, NORTH_EAST_SHARED, "Report for December").blocks)
    assert office.read(figures) == {"starts": "98.5", "outcomes": "88"}


def test_a_form_that_was_open_changes_nothing_that_came_or_was_accepted_meanwhile(office: Office) -> None:
    reported(office)
    priya, amira = office.person(PRIYA), office.person(AMIRA)
    shown = in_channel(priya, NORTH_EAST_SHARED, "Report for December 2026")
    for each in (priya, amira):
        each.click(shown, "Change the figures")
        opened(each)
    assert "98.5%" in send(priya, "98.5", "88")
    assert "Priya Nair changed P-" in send(amira, "50", "50")
    assert "Starts: from 97.2 to 98.5" in words(amira.modal())
    assert office.read(figures) == {"starts": "98.5", "outcomes": "88"}
    office.deliver()
    priya.close(priya.modal())
    priya.click(in_channel(priya, NORTH_EAST_SHARED, "Report for December 2026"), "Change the figures")
    opened(priya)
    assert pressed(office, AMIRA, notice(office), "Accept") == ""
    assert "so it cannot be changed any more" in send(priya, "99", "99")
    assert office.read(december).state is ReportState.ACCEPTED


def test_nobody_decides_on_figures_that_were_changed_since_they_saw_them(office: Office) -> None:
    reported(office)
    seen, priya = card(office, AMIRA), office.person(PRIYA)
    priya.click(in_channel(priya, NORTH_EAST_SHARED, "Report for December 2026"), "Change the figures")
    send(priya, "50", "88")
    assert "Priya Nair sent this report again on" in pressed(office, AMIRA, seen, "Accept")
    office.deliver()
    assert pressed(office, AMIRA, notice(office), "Accept") == ""
    assert office.read(december).state is ReportState.ACCEPTED


def test_a_query_that_crosses_with_a_change_is_asked_if_it_still_is_to_be(office: Office) -> None:
    told, amira, priya = reported(office), office.person(AMIRA), office.person(PRIYA)
    amira.click(told, "Query")
    form = amira.modal()
    priya.click(in_channel(priya, NORTH_EAST_SHARED, "Report for December 2026"), "Change the figures")
    send(priya, "98.5", "88")
    asked = amira.submit(form, {"query": "Why did starts fall?"}).view
    assert asked is not None
    assert "Priya Nair changed P-" in words(asked)
    assert "Starts: from 97.2 to 98.5" in words(asked)
    assert asked.values["query"]["entered"] == "Why did starts fall?"
    assert office.read(december).state is ReportState.RECEIVED
    assert "Report queried" in words(amira.submit(asked, {"crossing": "mine"}).view)
    assert office.read(december).state is ReportState.QUERIED


def test_the_history_names_the_partners_own_view_as_people_do(office: Office) -> None:
    reported(office)
    priya = office.person(PRIYA)
    priya.click(in_channel(priya, NORTH_EAST_SHARED, "Report for December 2026"), "Change the figures")
    view = {"rag": "Amber", "rag_reason": "Two advisers left.", "path_to_green": "Two start on 1 February."}
    priya.submit(opened(priya), view)
    (history,) = office.person(AMIRA).command("/contract history WP-NE", channel=PORTFOLIO)
    assert "RAG: from not said to Amber" in history.plain
