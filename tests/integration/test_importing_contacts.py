"""Contacts and actions in files: what was logged in Slack goes out, a file adds, and what is final stays as it is."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

import pytest

from bot.db import Database
from bot.domain.text_validation import optional_link
from bot.errors import UserError
from bot.models import ActionItem, Contact, ContactChannel, ContactPerson, MadeBy
from bot.records import ActionRecord, ContactRecord
from bot.services.actions.actions import add_action, close_action, move_action
from bot.services.contacts.contact_corrections import correct_contact, withdraw
from bot.services.contacts.contacts import ContactEntry, log_contact
from bot.services.portfolio.exporting import export_bytes, register_rows
from bot.services.portfolio.plan import lines, summary
from bot.services.portfolio.planning import plan
from bot.services.portfolio.reading import read_bytes
from tests.builders import DAY, MONDAY, act, rows, work
from tests.integration.importing import audited, load, only, rows_of
from tests.samples import imported

CONTACT: dict[str, object] = {
    "contract": "WP-NE",
    "day": date(2026, 12, 18),
    "time": "14:30",
    "channel": "phone",
    "made_by": "by the partner",
    "people": "U0PRIYA U0AMIRA",
    "attendees": "Jo Bloggs",
    "purpose": "Staffing",
    "summary": "Northgate hires 6 advisers in January",
    "next_contact": date(2027, 1, 8),
    "link": "https://documents.opportunity.example/notes/1",
    "by": "U0AMIRA",
    "logged": date(2026, 12, 21),
}
ACTION: dict[str, object] = {
    "contract": "WP-NE",
    "what": "Send the staffing plan",
    "owner": "U0PRIYA",
    "due": date(2027, 1, 8),
    "added": date(2026, 12, 18),
    "by": "U0AMIRA",
}
DONE = {**ACTION, "done": date(2026, 12, 31), "done_by": "U0AMIRA", "done_note": "It came by email"}


def test_a_contact_of_a_file_is_in_the_log_with_its_people_and_audited(portfolio: Database) -> None:
    assert summary(load(portfolio, only("contacts", CONTACT))) == "Added 1 contact. Left alone: 0 rows."
    (kept,) = rows(portfolio, Contact)
    assert (kept.happened_on, kept.happened_at, kept.channel) == (
        date(2026, 12, 18),
        time(14, 30),
        ContactChannel.PHONE,
    )
    assert (kept.made_by, kept.attendees, kept.next_contact_on) == (MadeBy.PARTNERS, "Jo Bloggs", date(2027, 1, 8))
    assert kept.logged_at.date() == date(2026, 12, 21)
    assert len({part.person_id for part in rows(portfolio, ContactPerson)}) == 2
    entry = audited(portfolio)[-1]
    assert (entry.action, entry.actor, entry.contract_id) == ("contact added", "import", kept.contract_id)
    again = load(portfolio, only("contacts", CONTACT))
    assert (len(again), len(rows(portfolio, Contact))) == (0, 1)


def test_a_contact_that_says_little_has_the_day_of_the_import(portfolio: Database) -> None:
    few = {name: CONTACT[name] for name in ("contract", "day", "channel", "summary", "by")}
    load(portfolio, only("contacts", few))
    (kept,) = rows(portfolio, Contact)
    assert (kept.made_by, kept.purpose, kept.logged_at.date()) == (MadeBy.OURS, "", MONDAY.date())
    assert rows(portfolio, ContactPerson) == []
    assert len(load(portfolio, only("contacts", few), MONDAY + 30 * DAY)) == 0


@pytest.mark.parametrize("ending", [".yaml", ".xlsx", ".zip"])
def test_what_was_logged_in_slack_goes_round(portfolio: Database, still_empty: Database, ending: str) -> None:
    """As it stands now: not what was put right since, nor what was taken back."""
    with portfolio.writing() as session:
        ctx = act(session, "U0AMIRA")
        entry = ContactEntry("WP-NE", ContactChannel.VIDEO, MONDAY.date(), "Agreed 5 advisers", actions="")
        first = log_contact(ctx, entry)
        correct_contact(ctx, first.contact.public_id, said(entry, summary="Agreed 6 advisers", attendees="Jo Bloggs"))
        mistaken = log_contact(ctx, said(entry, summary="Of another contract"))
        withdraw(ctx, mistaken.contact.public_id)
        open_one = add_action(ctx, "WP-NE", "Priya Nair: send the staffing plan by 8 January")
        closed = add_action(ctx, "WP-NE", "Priya Nair: send the staffing plan by 15 January")
        close_action(ctx, closed.item.reference, "By email")
        move_action(ctx, open_one.item.reference, date(2027, 1, 22))
    with portfolio.reading() as session:
        before = register_rows(work(session))
    contacts, actions = dict(before)[ContactRecord], dict(before)[ActionRecord]
    assert [each.summary for each in contacts if isinstance(each, ContactRecord)] == ["Agreed 6 advisers"]
    assert [(each.due, each.done_note) for each in actions if isinstance(each, ActionRecord)] == [
        (date(2027, 1, 22), ""),
        (date(2027, 1, 15), "By email"),
    ]
    content = export_bytes(before, ending)
    with portfolio.writing() as session:
        assert len(imported(work(session), read_bytes(f"x{ending}", content))) == 0
    with still_empty.rehearsing() as session:
        imported(work(session), read_bytes(f"x{ending}", content))
        assert register_rows(work(session)) == before


def said(entry: ContactEntry, **changes: Any) -> ContactEntry:  # noqa: ANN401  # whichever fields are put right
    return ContactEntry(**{**vars(entry), **changes})


def test_an_open_action_is_changed_by_a_file_and_a_done_one_is_not(portfolio: Database) -> None:
    load(portfolio, only("actions", ACTION))
    made = load(portfolio, only("actions", {**ACTION, "due": date(2027, 1, 22), "owner": "U0LIAM"}))
    assert summary(made) == "Changed 1 action. Left alone: 0 rows."
    assert audited(portfolio)[-1].changes == {
        "owner": ["U0PRIYA", "U0LIAM"],
        "due on": ["8 January 2027", "22 January 2027"],
    }
    load(portfolio, only("actions", {**DONE, "owner": "U0LIAM"}))
    (kept,) = rows(portfolio, ActionItem)
    assert (kept.done_on, kept.done_note) == (date(2026, 12, 31), "It came by email")
    assert "this action is done" in refusal(portfolio, "actions", {**DONE, "owner": "U0PRIYA"})
    assert len(load(portfolio, only("actions", {**DONE, "owner": "U0LIAM"}))) == 0


def test_what_was_logged_is_not_changed_by_a_file(portfolio: Database) -> None:
    load(portfolio, only("contacts", CONTACT))
    told = refusal(portfolio, "contacts", {**CONTACT, "summary": "Northgate hires nobody"})
    assert "this contact is in the log already, with something else in it." in told
    assert [each.summary for each in rows(portfolio, Contact)] == ["Northgate hires 6 advisers in January"]


@pytest.mark.parametrize(
    ("sheet", "row", "column", "sentence"),
    [
        ("contacts", {**CONTACT, "day": date(2027, 1, 5), "logged": None}, "day", "5 January 2027 has not come yet."),
        ("contacts", {**CONTACT, "by": "U0PRIYA"}, "by", "U0PRIYA does not work for the department."),
        ("contacts", {**CONTACT, "people": "U0AMIRA U0NOBODY"}, "people", "“U0NOBODY” is not among the people."),
        ("contacts", {**CONTACT, "time": "2.30pm"}, "time", "“2.30pm” is not a time of day. Enter one such as 14:30."),
        ("contacts", {**CONTACT, "link": "notes.docx"}, "link", "Enter one that begins with https://"),
        ("contacts", {**CONTACT, "summary": None}, "summary", "this is needed. What was said."),
        ("actions", {**ACTION, "owner": "U0GRACE"}, "owner", "works neither for the department nor for northgate."),
        ("actions", {**ACTION, "done": date(2027, 1, 4)}, "done_by", "has both done and done_by."),
        ("actions", {**DONE, "done": date(2027, 1, 5)}, "done", "5 January 2027 has not come yet."),
        ("actions", {**ACTION, "due": date(2026, 1, 1)}, "due", "“Due on”, 1 January 2026, is before “Added on”"),
        ("actions", {**ACTION, "done_note": "Sent"}, "done_note", "this action is not done yet."),
        (
            "actions",
            {**DONE, "closed_by_another": True, "done_by": "U0PRIYA"},
            "done_by",
            "somebody other than its owner",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(
    unchanged: Database, sheet: str, row: Mapping[str, object], column: str, sentence: str
) -> None:
    told = refusal(unchanged, sheet, row)
    assert f"column {column}" in told
    assert sentence in told


def refusal(database: Database, sheet: str, row: Mapping[str, object]) -> str:
    with pytest.raises(UserError) as refused, database.rehearsing() as session:
        imported(work(session), rows_of(only(sheet, row)))
    return refused.value.sentence


def test_a_dry_run_names_them(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        told = list(lines(plan(work(session), rows_of({"contacts": [dict(CONTACT)], "actions": [dict(ACTION)]}))))
    assert "  add WP-NE, 2026-12-18, phone, U0AMIRA, Staffing" in told
    assert "  add WP-NE, Send the staffing plan, 2026-12-18" in told


@pytest.mark.parametrize("typed", ["", "  ", " https://documents.opportunity.example/a "])
def test_a_link_may_be_left_out(typed: str) -> None:
    assert optional_link(typed, at_most=500, field="link") == typed.strip()
