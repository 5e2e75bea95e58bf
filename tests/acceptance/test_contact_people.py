"""Who took part in a contact: picked from the people of its contract, or typed; found, corrected, and kept inside."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.models import Contact, ContactPerson, Organisation, Person, TrailEntry
from tests.acceptance.office import AMIRA, NORTH_EAST, PORTFOLIO, PRIYA, TOMASZ, Office, whole_form, words
from workspace.client.person import Modal

NADIA = "U0NADIA"  # head of contract management, of every contract


def test_who_took_part_is_picked_from_the_people_of_the_contract_and_anyone_else_is_typed(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command("/contact", channel=NORTH_EAST)
    form = amira.modal()
    ours, theirs = offered(form).values()
    assert list(offered(form)) == ["Department for Opportunity", "Northgate Futures Ltd"]
    assert {"Amira Shah", "Callum Reid", "Helen Marsh", "Joseph Adeyemi", "Nadia Rahman"} == set(ours)
    assert theirs == ["Liam Thornton", "Priya Nair"]
    sent = amira.submit(
        whole_form(amira),
        {"people": ["Priya Nair", "Helen Marsh"], "attendees": "two of Northgate's advisers", "summary": "The plan"},
    )
    assert "with Helen Marsh, Priya Nair, two of Northgate's advisers" in words(sent.view)
    assert picked(office, 1) == ["Helen Marsh", "Priya Nair"]
    assert contacts(office)[0].attendees == "two of Northgate's advisers", "what was typed stays text"
    for typed, found in {
        "priya": 1,
        "Helen Marsh": 1,
        "advisers": 1,
        "liam": 0,
        "WP-NE nair since 1 December": 1,
    }.items():
        (listed,) = amira.command(f"/contact list {typed}", channel=PORTFOLIO)
        assert listed.plain.count("C-1") == (2 if found else 0), typed
    (page,) = amira.command("/contact show C-1", channel=PORTFOLIO)
    assert "with Helen Marsh, Priya Nair, two of Northgate's advisers" in page.plain


def test_a_correction_begins_with_who_took_part_and_takes_its_place(office: Office) -> None:
    amira = office.person(AMIRA)
    log(office, ["Priya Nair", "Nadia Rahman"], "an adviser")
    amira.command("/contact correct C-1", channel=PORTFOLIO)
    form = amira.modal()
    assert begun(form) == ["Nadia Rahman", "Priya Nair"]
    assert form.field("attendees")[1]["initial_value"] == "an adviser"
    amira.submit(form, {"people": ["Liam Thornton", "Priya Nair"]})
    assert (picked(office, 1), picked(office, 2)) == (["Nadia Rahman", "Priya Nair"], ["Liam Thornton", "Priya Nair"])
    for typed, found in {"nadia": "No contact", "liam": "C-2", "priya": "C-2", "adviser": "C-2"}.items():
        (listed,) = amira.command(f"/contact list {typed}", channel=PORTFOLIO)
        assert found in listed.plain, typed
    corrected = office.read(
        lambda s: s.scalars(
            select(TrailEntry).where(col(TrailEntry.action) == "contact corrected").order_by(col(TrailEntry.id))
        ).one()
    )
    assert corrected.changes == {"people": ["Nadia Rahman, Priya Nair", "Liam Thornton, Priya Nair"]}


def test_a_correction_may_be_of_another_contract_with_the_people_of_that_one(office: Office) -> None:
    amira = office.person(AMIRA)
    log(office, ["Priya Nair", "Nadia Rahman"], "an adviser")
    amira.command("/contact correct C-1", channel=PORTFOLIO)
    form = amira.modal()
    amira.click(form, "contact_correct_contract", "SE-CW")
    office.drain()
    assert offered(amira.modal())["Calderwick Council"] == ["Tomasz Zielinski", "Yvonne Carter"]
    amira.submit(amira.modal(), {"people": ["Yvonne Carter"]})
    assert (picked(office, 1), picked(office, 2)) == (["Nadia Rahman", "Priya Nair"], ["Yvonne Carter"])


def test_a_name_in_one_line_stays_text(office: Office) -> None:
    office.person(AMIRA).command("/contact call WP-NE with Priya Nair: agreed", channel=NORTH_EAST)
    assert (picked(office, 1), contacts(office)[0].attendees) == ([], "Priya Nair")


def test_another_contract_has_other_people_and_what_was_entered_stays(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command("/contact", channel=NORTH_EAST)
    form = amira.modal()
    fill(office, AMIRA, form, {"summary": "Both councils", "people": ["Priya Nair", "Nadia Rahman"]})
    amira.click(form, "contact_contract", "SE-CW")
    office.drain()
    other = amira.modal()
    assert offered(other)["Calderwick Council"] == ["Tomasz Zielinski", "Yvonne Carter"]
    assert begun(other) == ["Nadia Rahman"], "who is on both contracts"
    assert other.values["attendees"]["entered_SE-CW"] == "Priya Nair", "who is not on this one is named"
    sent = amira.submit(other, {"people": ["Nadia Rahman", "Tomasz Zielinski"]})
    assert "SE-CW" in words(sent.view)
    (contact,) = contacts(office)
    assert (contact.summary, contact.attendees) == ("Both councils", "Priya Nair")
    assert picked(office, contact.id) == ["Nadia Rahman", "Tomasz Zielinski"]


def test_without_a_contract_there_is_nobody_to_pick_until_one_is_chosen(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command("/contact", channel=PORTFOLIO)
    form = amira.modal()
    assert "people" not in [block["block_id"] for block in form.blocks]
    fill(office, AMIRA, form, {"attendees": "Priya Nair, an adviser"})
    amira.click(form, "contact_contract", "WP-NE")
    office.drain()
    chosen = amira.modal()
    assert begun(chosen) == ["Priya Nair"], "whose whole name was typed is picked, and can be taken out again"
    assert chosen.field("attendees")[1]["initial_value"] == "an adviser"


def test_somebody_of_another_contract_is_refused_under_the_field_and_nothing_is_kept(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command("/contact", channel=NORTH_EAST)
    refused = amira.submit(amira.modal(), {"contract": "SE-CW", "people": ["Priya Nair"], "summary": "Called"})
    assert list(refused.errors) == ["people"]
    assert "Somebody of these is not on SE-CW" in refused.errors["people"]
    assert "Priya" not in refused.errors["people"]
    assert contacts(office) == []


def test_the_people_of_a_contact_are_seen_by_nobody_who_may_not_see_the_contact(office: Office) -> None:
    log(office, ["Liam Thornton"], "")
    rhian = office.person("U0RHIAN")
    for typed in ("list liam", "show C-1", "correct C-1"):
        (answer,) = rhian.command(f"/contact {typed}", channel=PORTFOLIO)
        assert "No contact" in answer.plain, typed
        assert "Thornton" not in answer.plain
    rhian.command("/contact", channel=PORTFOLIO)
    assert "WP-NE" not in words(rhian.modal())
    for partner in (PRIYA, TOMASZ):
        assert "C-1" not in words(office.person(partner).home())


def test_three_hundred_people_on_a_contract_are_offered_and_a_hundred_of_them_kept(office: Office) -> None:
    with office.liaison.database.writing() as session:
        northgate = session.scalars(select(col(Organisation.id)).where(col(Organisation.key) == "northgate")).one()
        names = [f"Adviser number {number:03}" for number in range(300)]
        session.add_all(Person(slack=f"U1{n:03}", name=name, organisation_id=northgate) for n, name in enumerate(names))
    amira = office.person(AMIRA)
    amira.command("/contact", channel=NORTH_EAST)
    form = amira.modal()
    groups = form.field("people")[1]["option_groups"]
    assert [len(group["options"]) for group in groups] == [5, 100, 100, 95]
    assert groups[2]["label"]["text"] == "Northgate Futures Ltd, continued"
    sent = amira.submit(form, {"people": names[195:295], "summary": "The whole team"})
    assert "Adviser number 195" in words(sent.view)
    assert "and 88 more" in words(sent.view)
    assert len(picked(office, 1)) == 100
    amira.close(amira.modal())
    amira.command("/contact correct C-1", channel=PORTFOLIO)
    assert begun(amira.modal()) == names[195:295], "whoever is picked is offered again"


def log(office: Office, people: Sequence[str], named: str) -> None:
    """A contact of Amira's on WP-NE, entered in the form."""
    amira = office.person(AMIRA)
    amira.command("/contact", channel=NORTH_EAST)
    sent = amira.submit(whole_form(amira), {"people": list(people), "attendees": named, "summary": "The plan"})
    assert "is logged" in words(sent.view)
    amira.close(amira.modal())


def fill(office: Office, user: str, form: Modal, values: Mapping[str, str | list[str]]) -> None:
    """Enter something in an open form without sending it."""
    view = office.workspace.views.top(user)
    assert view is not None
    for name, value in values.items():
        block, element = form.field(name)
        known = {option: number for number, option in options(element).items()} if isinstance(value, list) else {}
        entered = [known[each] for each in value] if isinstance(value, list) else value
        view.values.setdefault(block["block_id"], {})[element["action_id"]] = entered


def options(element: Mapping[str, Any]) -> dict[str, str]:
    """The options of a field in groups, by value."""
    return {each["value"]: each["text"]["text"] for group in element["option_groups"] for each in group["options"]}


def offered(form: Modal) -> dict[str, list[str]]:
    """The people who are offered, by the label of their group."""
    groups = form.field("people")[1]["option_groups"]
    return {group["label"]["text"]: [each["text"]["text"] for each in group["options"]] for group in groups}


def begun(form: Modal) -> list[str]:
    """Who is picked in a form."""
    block, element = form.field("people")
    known = options(element)
    return [known[each] for each in form.values[block["block_id"]][element["action_id"]]]


def contacts(office: Office) -> list[Contact]:
    return list(office.read(lambda s: s.scalars(select(Contact).order_by(col(Contact.id))).all()))


def picked(office: Office, contact: int) -> list[str]:
    of = select(col(Person.name)).join(ContactPerson, col(ContactPerson.person_id) == col(Person.id))
    query = of.where(col(ContactPerson.contact_id) == contact).order_by(col(Person.name))
    return list(office.read(lambda s: s.scalars(query).all()))
