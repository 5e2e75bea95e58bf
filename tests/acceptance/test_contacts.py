"""Logging a contact, by form and in one line."""

from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.models import AuditEntry, Contact
from tests.acceptance.office import AMIRA, NORTH_EAST, PORTFOLIO, Office, words


def test_one_line_records_a_call_of_today(office: Office) -> None:
    (answer,) = office.person(AMIRA).command(
        '/contact Call WP-NE agreed "staffing plan" by Friday;  the 6" pipe', channel=NORTH_EAST
    )
    contact = _contact(office)
    assert f"Contact {contact.reference} is logged on WP-NE" in answer.plain
    assert contact.summary == 'agreed "staffing plan" by Friday;  the 6" pipe', "kept to the letter"
    assert (contact.channel, contact.happened_on) == ("phone", date(2027, 1, 4))
    entry = office.read(lambda s: s.scalars(select(AuditEntry).where(col(AuditEntry.action) == "contact logged")).one())
    assert (entry.actor, entry.subject) == (AMIRA, contact.reference)


def test_the_form_knows_the_contract_and_today_and_keeps_what_it_says(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command("/contact", channel=NORTH_EAST)
    form = amira.modal()
    sent = amira.submit(
        form,
        {
            "channel": "site visit",
            "attendees": "Priya Nair (Northgate)",
            "summary": "Walked the Gateshead office.\nAgreed to fix the heating.",
            "next_contact_on": "2027-02-01",
            "formal_notice": ["formal_notice"],
        },
    )
    contact = _contact(office)
    assert f"Contact {contact.reference}" in words(sent.view)
    assert "Next contact: 1 February 2027" in words(sent.view)
    assert "not valid service" in words(sent.view)
    assert contact.channel == "site visit"
    assert contact.attendees == "Priya Nair (Northgate)"
    assert contact.summary.splitlines() == ["Walked the Gateshead office.", "Agreed to fix the heating."]
    assert contact.formal_notice


def test_away_from_a_contracts_channel_the_form_asks_which_contract(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command("/contact", channel=PORTFOLIO)
    form = amira.modal()
    refused = amira.submit(form, {"summary": "Called"})
    assert refused.errors == {"contract": "Please complete this required field."}
    amira.submit(amira.modal(), {"contract": "SE-CW", "summary": "Called"})
    assert "SE-CW" in words(amira.modal())


def test_a_day_that_has_not_come_is_refused_under_its_field_and_nothing_is_kept(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command("/contact", channel=NORTH_EAST)
    refused = amira.submit(amira.modal(), {"summary": "Called", "happened_on": "2027-01-05"})
    assert list(refused.errors) == ["happened_on"]
    assert "Use today or an earlier day" in refused.errors["happened_on"]
    assert office.read(lambda s: s.scalars(select(Contact)).all()) == []


def test_a_national_insurance_number_is_refused_under_its_field(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command("/contact", channel=NORTH_EAST)
    refused = amira.submit(amira.modal(), {"summary": "Spoke about AB 12 34 56 C"})
    assert "National Insurance number" in refused.errors["summary"]
    assert office.read(lambda s: s.scalars(select(Contact)).all()) == []


def _contact(office: Office) -> Contact:
    return office.read(lambda s: s.scalars(select(Contact)).one())
