"""What is typed in a form is not lost: a fault of ours keeps it, drafts are come back to, by their owner alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import select, text
from sqlmodel import col

from bot.models import Contact, ContactPerson, FormDraft
from bot.models import Person as Known
from tests.acceptance.office import AMIRA, CALLUM, NORTH_EAST, NORTH_EAST_SHARED, PRIYA, Office, whole_form, words
from tests.acceptance.reporting import december, in_channel
from tests.acceptance.test_progress_thread import figures
from tests.builders import DAY
from workspace import Person
from workspace.client.person import Modal, Value

SAID = "Walked the Gateshead office.\nAgreed to fix the heating & < all > of it"
ENTERED: dict[str, Value] = {
    "channel": "site visit",
    "people": ["Priya Nair", "Helen Marsh"],
    "attendees": "an adviser of Northgate's",
    "summary": SAID,
    "happened_on": "2027-01-03",
    "next_contact_on": "2027-02-01",
    "formal_notice": ["formal_notice"],
}


@contextmanager
def without(office: Office, *tables: str) -> Iterator[None]:
    """A while in which some tables of the database are not there: a fault of ours in whatever needs them."""
    engine = office.liaison.database.engine
    for table in tables:
        with engine.begin() as connection:
            connection.execute(text(f"alter table {table} rename to {table}_away"))
    yield
    for table in tables:
        with engine.begin() as connection:
            connection.execute(text(f"alter table {table}_away rename to {table}"))


def contact_form(person: Person) -> Modal:
    person.command("/contact", channel=NORTH_EAST)
    return person.modal()


def turned(person: Person, title: str) -> Modal:
    """The form into which the offer turns."""

    def is_form(each: Person) -> Modal | None:
        view = each.modal(title=title)
        return view if view.view["submit"] else None  # an offer has none

    found: Modal = person.wait(is_form)
    return found


def picked(office: Office) -> set[str]:
    """Who was picked as taking part."""
    named = select(col(Known.name)).join(ContactPerson, col(ContactPerson.person_id) == col(Known.id))
    return office.read(lambda session: set(session.scalars(named)))


def logged(office: Office) -> list[Contact]:
    return office.read(lambda session: list(session.scalars(select(Contact))))


def test_a_fault_keeps_what_was_typed_and_the_next_opening_offers_it(office: Office) -> None:
    amira, before = office.person(AMIRA), len(logged(office))
    contact_form(amira)
    form = whole_form(amira)
    with without(office, "trail_entry"):
        refused = amira.submit(form, ENTERED)
    (told,) = refused.errors.values()
    assert "Something went wrong on our side and nothing was recorded. What you typed is saved" in told
    assert amira.modal().id == form.id, "the form stays open as it was filled in"
    amira.close(amira.modal())
    office.clock.advance(DAY)
    offer = contact_form(amira)
    assert "You started this on 4 January 2027 at 9am" in words(offer).replace("*", "")
    amira.click(offer, "Continue")
    again = turned(amira, "Log a contact")
    kept = {block: value.get("entered") for block, value in again.values.items()}
    typed = {name: said for name, said in ENTERED.items() if name != "people"}
    assert {name: kept[name] for name in typed} == typed
    assert amira.submit(again).view is not None
    contact = logged(office)[-1]
    assert (contact.summary, contact.channel, contact.formal_notice) == (SAID, "site visit", True)
    assert picked(office) == {"Priya Nair", "Helen Marsh"}
    assert len(logged(office)) == before + 1
    assert contact_form(amira).view["submit"], "it was sent, so it is offered no more"


def test_what_was_kept_is_its_owners_alone_and_can_be_begun_anew(office: Office) -> None:
    amira, callum = office.person(AMIRA), office.person(CALLUM)
    contact_form(amira)
    form = whole_form(amira)
    with without(office, "trail_entry"):
        amira.submit(form, ENTERED)
    amira.close(amira.modal())
    callum.command("/contact", channel="C0HAEW")
    assert callum.modal().view["submit"], "nobody else is offered it"
    offer = contact_form(amira)
    amira.click(offer, "Start again")
    fresh = turned(amira, "Log a contact")
    assert fresh.values["summary"]["entered"] is None
    assert fresh.values["channel"]["entered"] == "phone"
    amira.close(amira.modal())
    assert contact_form(amira).view["submit"]


def test_after_two_weeks_it_is_forgotten(office: Office) -> None:
    amira = office.person(AMIRA)
    contact_form(amira)
    form = whole_form(amira)
    with without(office, "trail_entry"):
        amira.submit(form, ENTERED)
    amira.close(amira.modal())
    office.clock.advance(timedelta(days=14))
    assert contact_form(amira).view["submit"]
    office.run("prompt")
    assert office.read(lambda session: list(session.scalars(select(FormDraft)))) == [], "and is in the record no more"


def test_where_nothing_can_be_kept_the_form_stays_open_and_says_so(office: Office) -> None:
    amira = office.person(AMIRA)
    contact_form(amira)
    form = whole_form(amira)
    with without(office, "trail_entry", "form_draft"):
        (told,) = amira.submit(form, ENTERED).errors.values()
    assert "Nothing that you typed is lost while this form stays open: send it again in a minute" in told
    sent = amira.submit(amira.modal())
    assert "is logged" in words(sent.view) or sent.view is not None
    assert logged(office)[-1].summary == SAID


def test_a_draft_of_a_report_is_kept_and_the_next_opening_goes_on_with_it(office: Office) -> None:
    priya = office.person(PRIYA)
    office.run("prompt")
    office.deliver()
    prompt = in_channel(priya, NORTH_EAST_SHARED, "Report for December 2026")
    priya.click(prompt, "Report the figures")
    form = priya.modal()
    starts, outcomes = (each["block_id"] for each in form.blocks if each.get("block_id", "").startswith("kpi_"))
    priya.click(form, "Save as a draft", filled={starts: "97.2", "narrative": "Two advisers left", "rag": "Amber"})
    kept = priya.modal(title="Liaison")
    assert "Your draft is saved until 18 January 2027" in words(kept).replace("*", "")
    priya.close(kept)
    assert office.read(figures) == {}
    assert office.read(december).received_at is None
    assert in_channel(priya, NORTH_EAST_SHARED, "Report for December 2026").plain == prompt.plain
    amira = office.person(AMIRA)
    amira.click(prompt, "Report the figures")
    assert amira.modal().view["submit"], "only you can see it"
    priya.click(prompt, "Report the figures")
    priya.click(priya.modal(), "Continue")
    again = turned(priya, "Report: December 2026")
    entered = {block: value.get("entered") for block, value in again.values.items()}
    assert (entered[starts], entered["narrative"], entered["rag"]) == ("97.2", "Two advisers left", "Amber")
    more = {outcomes: "88", "rag_reason": "Two posts are empty", "path_to_green": "Both start on 18 January"}
    assert "Report for December 2026" in words(priya.submit(again, more).view)
    assert office.read(figures) == {"starts": "97.2", "outcomes": "88"}
