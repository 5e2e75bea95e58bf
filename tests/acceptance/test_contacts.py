"""The contact log: a form or one line, lists, pages, corrections and what is taken back."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlmodel import col

from bot.models import Contact, ContactPerson, Person, Role, RoleName, TrailEntry
from tests.acceptance.office import (
    AMIRA,
    CALLUM,
    HELEN,
    NORTH_EAST,
    NORTH_EAST_SHARED,
    PORTFOLIO,
    PRIYA,
    Office,
    whole_form,
    words,
)
from workspace import Person as SlackPerson
from workspace.client.person import Value

NADIA = "U0NADIA"  # head of contract management, of every contract


def test_one_line_records_a_call_of_today(office: Office) -> None:
    (answer,) = office.person(AMIRA).command(
        '/contact Call WP-NE agreed "staffing plan" by Friday;  the 6" pipe', channel=NORTH_EAST
    )
    contact = _contact(office)
    assert f"Contact {contact.reference} is logged on WP-NE" in answer.plain
    assert contact.summary == 'agreed "staffing plan" by Friday;  the 6" pipe', "kept to the letter"
    assert (contact.channel, contact.happened_on) == ("phone", date(2027, 1, 4))
    entry = office.read(
        lambda s: s.scalars(
            select(TrailEntry).where(col(TrailEntry.action) == "contact logged").order_by(col(TrailEntry.id))
        ).one()
    )
    assert (entry.actor, entry.subject) == (AMIRA, contact.reference)


def test_one_line_says_on_which_day_it_was_and_a_doubtful_day_is_refused(office: Office) -> None:
    amira = office.person(AMIRA)
    said = answered(amira, "/contact call WP-NE yesterday with their lead: agreed the plan; next 2 weeks tomorrow")
    assert "You had a call with their lead on 3 January 2027: agreed the plan; next contact on 19 January 2027" in said
    contact = _contact(office)
    assert (contact.happened_on, contact.next_contact_on) == (date(2027, 1, 3), date(2027, 1, 19))
    for line, sentence in (
        ("last week with Priya: agreed", "“last week” is not a date that can be read here"),
        ("yesterday we agreed the plan", "Did you mean “yesterday” as the day of the contact?"),
        ("tomorrow with Priya: agreed", "A contact is logged after it has happened"),
        ("agreed; next 29 February", "“29 February” is not a day in the calendar"),
    ):
        assert sentence in answered(amira, f"/contact call WP-NE {line}")
    assert _contact(office).id == contact.id, "nothing else was kept"


def test_who_and_what_is_mentioned_in_a_line_is_named_in_the_record(office: Office) -> None:
    """Slack sends ids for names and escapes what is typed; the channel of a contract stands for the contract."""
    amira = office.person(AMIRA)
    line = "with @priya.nair: R&D <plan> agreed with @helen.marsh in #wp-ne, see https://plan.example/?a=1&b=2"
    said = answered(amira, f"/contact call #wp-ne-northgate {line}")
    assert "You had a call with Priya Nair on 4 January 2027: R&D <plan> agreed with @Helen Marsh" in said
    contact = _contact(office)
    assert contact.summary == "R&D <plan> agreed with @Helen Marsh in #wp-ne, see https://plan.example/?a=1&b=2"
    picked = select(col(Person.slack)).join(ContactPerson, col(ContactPerson.person_id) == col(Person.id))
    assert office.read(lambda s: s.scalars(picked).all()) == [PRIYA]
    assert "1 contact for “call Priya Nair”" in answered(amira, "/contact list call @priya.nair")
    assert "/contact shwo @tomasz.zielinski" in answered(amira, "/contact shwo @tomasz.zielinski"), (
        "said back as it was typed"
    )


def test_the_form_knows_the_contract_and_today_and_keeps_what_it_says(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command("/contact", channel=NORTH_EAST)
    fields = [block["block_id"] for block in amira.modal().blocks if block["type"] == "input"]
    assert fields[:3] == ["contract", "channel", "summary"]
    assert len(fields) == 8, "the rest is behind the button"
    sent = amira.submit(
        whole_form(amira),
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
    logged = amira.submit(amira.modal(), {"contract": "SE-CW", "summary": "Called"})
    assert "SE-CW" in words(logged.view)
    amira.close(amira.modal())
    amira.command("/contact", channel=PORTFOLIO)
    begun = amira.modal()
    assert begun.field("contract")[1]["initial_option"]["value"] == "SE-CW", "what was logged on last"


def test_the_next_contact_is_due_on_the_contracts_page_and_logged_from_there(office: Office) -> None:
    amira = office.person(AMIRA)
    (page,) = amira.command("/contract show WP-NE", channel=NORTH_EAST)
    assert "3 February 2027: Speak with the partner" in page.plain
    amira.click(page, "Log a contact")
    logged = amira.submit(amira.modal(), {"summary": "Called about the staffing plan"})
    assert "WP-NE" in words(logged.view)
    (kept,) = office.read(lambda s: s.scalars(select(Contact)).all())
    assert kept.summary == "Called about the staffing plan"


def test_a_moved_review_is_told_to_the_partner_with_one_tick_in_the_form(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command("/contact", channel=NORTH_EAST)
    assert "tell_partner" not in amira.modal().values, "no day is agreed yet"
    amira.submit(amira.modal(), {"summary": "Agreed to meet", "next_contact_on": "2027-01-12"})
    amira.close(amira.modal())
    amira.command("/contact", channel=NORTH_EAST)
    form = amira.modal()
    assert "So far it is agreed for 12 January 2027." in words(form)
    assert sum(block["type"] == "input" for block in form.blocks) == 8, "the rest is behind the button"
    moved: dict[str, Value] = {
        "summary": "Two of them are ill",
        "next_contact_on": "2027-01-19",
        "tell_partner": ["tell_partner"],
    }
    said = words(amira.submit(form, moved).view)
    assert "Northgate Futures Ltd is told that the review agreed for 12 January 2027 is now on 19 January 2027" in said
    amira.close(amira.modal())
    assert "WP-NE: our next review is now on 19 January 2027" in told_by_memo(office)[-1]
    assert "The review agreed for 12 January 2027 is now on 19 January 2027." in told_by_memo(office)[-1]

    amira.command("/contact correct C-2", channel=PORTFOLIO)
    form = amira.modal(title="Correct a contact")
    amira.submit(form, {"next_contact_on": "2027-01-20", "tell_partner": ["tell_partner"]})
    assert "The review agreed for 19 January 2027 is now on 20 January 2027." in told_by_memo(office)[-1]
    assert len(told_by_memo(office)) == 2


def test_whoever_may_not_tell_the_partner_has_no_tick(office: Office) -> None:
    """A performance manager logs contacts, and does not speak for the contract."""
    log(office.person(AMIRA), "/contact call WP-NE agreed to meet; next 12 January")
    with office.liaison.database.writing() as session:
        person = session.scalars(select(Person).where(col(Person.slack) == CALLUM)).one().id
        contract = session.scalars(select(Contact)).one().contract_id
        session.add(Role(contract_id=contract, person_id=person, role=RoleName.PERFORMANCE_MANAGER))
    callum = office.person(CALLUM)
    callum.command("/contact correct C-1", channel=PORTFOLIO)
    form = callum.modal(title="Correct a contact")
    assert form.values["next_contact_on"]["entered"] == "2027-01-12"
    assert "tell_partner" not in form.values


def told_by_memo(office: Office) -> list[str]:
    """What the partner's contact is told of the next review."""
    office.run("documents")
    office.deliver()
    return [each.plain for each in office.person(PRIYA).direct_messages() if "our next review" in each.plain]


def test_a_day_that_has_not_come_is_refused_under_its_field_and_nothing_is_kept(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command("/contact", channel=NORTH_EAST)
    refused = amira.submit(amira.modal(), {"summary": "Called", "happened_on": "2027-01-05"})
    assert list(refused.errors) == ["happened_on"]
    assert "Use today or an earlier day" in refused.errors["happened_on"]
    assert office.read(lambda s: s.scalars(select(Contact)).all()) == []


def test_a_personal_detail_is_asked_about_and_kept_only_on_purpose(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command("/contact", channel=NORTH_EAST)
    warned = amira.submit(whole_form(amira), {"summary": "Spoke about AB 12 34 56 C", "purpose": "A complaint"})
    assert "This seems to hold a National Insurance number" in words(warned.view)
    assert [block["block_id"] for block in amira.modal().blocks].count("keep_anyway") == 1
    health = amira.submit(amira.modal(), {"summary": "Two advisers are off with anxiety"})
    assert "a detail of somebody's health" in words(health.view)
    assert "National Insurance" not in words(health.view), "it was taken out"
    assert [block["block_id"] for block in amira.modal().blocks].count("keep_anyway") == 1
    assert office.read(lambda s: s.scalars(select(Contact)).all()) == []
    amira.submit(amira.modal(), {"keep_anyway": ["keep_anyway"]})
    contact = _contact(office)
    assert (contact.summary, contact.purpose) == ("Two advisers are off with anxiety", "A complaint")
    entry = office.read(
        lambda s: s.scalars(
            select(TrailEntry).where(col(TrailEntry.action) == "contact logged").order_by(col(TrailEntry.id))
        ).one()
    )
    assert entry.details["personal_detail"] == "a detail of somebody's health"
    amira.close(amira.modal())
    refused = answered(amira, "/contact call WP-NE spoke about her pregnancy")
    assert "If the record needs it, use the form, which asks again" in refused
    assert len(_contacts(office)) == 1


def test_one_line_says_who_took_part_and_when_they_speak_again(office: Office) -> None:
    answer = log(office.person(AMIRA), "/contact call WP-NE with Priya Nair: agreed the plan; next 3 February")
    contact = _contact(office)
    assert (contact.attendees, contact.summary) == ("Priya Nair", "agreed the plan")
    assert contact.next_contact_on == date(2027, 2, 3)
    said = "You had a call with Priya Nair on 4 January 2027: agreed the plan; next contact on 3 February 2027"
    assert said in answer
    unclear = office.person(AMIRA).command(
        "/contact call WP-NE agreed the plan; next end of January", channel=PORTFOLIO
    )
    assert "“end of January” is not a date that can be read here" in unclear[0].plain
    assert len(_contacts(office)) == 1


def test_what_was_logged_by_mistake_is_taken_back_within_ten_minutes(office: Office) -> None:
    amira = office.person(AMIRA)
    log(amira, "/contact call WP-NE meant for another contract")
    amira.click(amira.messages(NORTH_EAST)[-1], "Undo")
    office.drain()
    assert "is taken back" in amira.messages(NORTH_EAST)[-1].plain
    assert "No contact" in answered(amira, "/contact list WP-NE")
    assert "none logged yet" in answered(amira, "/contract show WP-NE")
    assert [entry.withdrawn for entry in _contacts(office)] == [False, True], "both are kept"
    assert _audited(office) == ["contact logged", "contact taken back"]


def test_after_ten_minutes_an_entry_is_corrected_instead(office: Office) -> None:
    amira = office.person(AMIRA)
    log(amira, "/contact call WP-NE agreed the plan")
    office.clock.advance(timedelta(minutes=11))
    amira.click(amira.messages(NORTH_EAST)[-1], "Undo")
    office.drain()
    assert "Correct it instead: /contact correct C-1" in amira.messages(NORTH_EAST)[-1].plain
    assert len(_contacts(office)) == 1


def test_a_correction_takes_the_place_of_an_entry_that_is_kept(office: Office) -> None:
    amira = office.person(AMIRA)
    log(amira, "/contact call WP-NE agreed the plan by Monday")
    (page,) = amira.command("/contact show C-1", channel=PORTFOLIO)
    amira.click(page, "Correct it")
    form = amira.modal()
    assert "C-1 stays in the log. What you send replaces it" in words(form)
    said = {"summary": "agreed the plan by Friday", "decisions": "Two more advisers", "purpose": "The plan"}
    sent = amira.submit(whole_form(amira), said)
    assert "It replaces C-1" in words(sent.view)
    first, second = _contacts(office)
    assert (first.summary, second.summary) == ("agreed the plan by Monday", "agreed the plan by Friday")
    assert (second.corrects_id, second.channel, second.decisions) == (first.id, first.channel, "Two more advisers")
    assert second.purpose == "The plan"
    listed = answered(amira, "/contact list")
    assert "1 contact on your contracts" in listed
    assert "by Friday" in listed
    assert "C-2 replaces it" in answered(amira, "/contact show C-1")
    assert "It replaces C-1, which said: agreed the plan by Monday" in answered(amira, "/contact show C-2")
    assert "Amira Shah corrected it as C-2" in answered(amira, "/contact correct C-1")


def test_of_two_who_correct_the_same_entry_the_second_is_asked_which_is_to_stand(office: Office) -> None:
    amira, nadia = office.person(AMIRA), office.person(NADIA)
    log(amira, "/contact call WP-NE agreed the plan by Monday")
    forms = []
    for person in (amira, nadia):
        person.command("/contact correct C-1", channel=PORTFOLIO)
        forms.append(person.modal())
    amira.submit(forms[0], {"summary": "by Friday"})
    asked = nadia.submit(forms[1], {"summary": "by Thursday"})
    assert "Amira Shah changed C-2 on 4 January 2027" in words(asked.view)
    assert len(_contacts(office)) == 2


def test_the_log_is_searched_by_contract_partner_way_word_name_decision_action_and_day(office: Office) -> None:
    amira = office.person(AMIRA)
    log(amira, "/contact call WP-NE with Priya Nair: agreed the staffing plan")
    log(amira, "/contact email SE-CW asked for the 100% figures")
    office.clock.advance(timedelta(days=3))
    log(amira, "/contact visit WP–NE walked the Gateshead office’s café")
    amira.command("/contact", channel=NORTH_EAST)
    agreed = {"decisions": "To reopen Durham", "actions": "Helen: clear the backlog by Friday"}
    assert amira.submit(amira.modal(), {"channel": "letter", "summary": "Waits", **agreed}).errors == {}
    for typed, found in {
        "WP-NE": ["C-4", "C-3", "C-1"],
        "call": ["C-1"],
        "priya": ["C-1"],
        "amira gateshead": ["C-3"],
        "100%": ["C-2"],
        "1_0": [],
        "OFFICES CAFE": ["C-3"],
        "príya ‘staffing plan’": ["C-1"],
        "wp–ne": ["C-4", "C-3", "C-1"],
        "since 6 January": ["C-4", "C-3"],
        "wp-ne since 1 December": ["C-4", "C-3", "C-1"],
        "northgate futures": ["C-4", "C-3", "C-1"],
        "calderwick figures": ["C-2"],
        "supported employment": ["C-2"],
        "northgate backlog": ["C-4"],
        "reopen": ["C-4"],
    }.items():
        listed = answered(amira, f"/contact list {typed}")
        assert [each for each in ("C-4", "C-3", "C-2", "C-1") if f"{each} " in listed] == found, typed


def test_a_long_log_is_turned_page_by_page(office: Office) -> None:
    amira = office.person(AMIRA)
    for number in range(12):
        log(amira, f"/contact call WP-NE call number {number}")
    assert "12 contacts for “call”, page 1 of 2" in answered(amira, "/contact list call")
    amira.click(amira.messages(NORTH_EAST)[-1], "Next page")
    office.drain()
    turned = amira.messages(NORTH_EAST)[-1].plain
    assert "page 2 of 2" in turned
    assert "call number 1" in turned
    assert "call number 11" not in turned
    amira.click(amira.messages(NORTH_EAST)[-1], "Previous page")
    office.drain()
    assert "call number 11" in amira.messages(NORTH_EAST)[-1].plain


def test_another_managers_contacts_are_as_if_they_were_not_there(office: Office) -> None:
    callum = office.person(CALLUM)
    callum.command("/contact call HA-EW agreed the recovery plan", channel=PORTFOLIO)
    amira = office.person(AMIRA)
    for typed in ("show C-1", "correct C-1", "show C-99", "show nonsense", "correct C-٣"):
        assert "No contact of your contracts fits" in answered(amira, f"/contact {typed}"), typed
    assert "No contacts on your contracts" in answered(amira, "/contact list")
    assert "needs a contact's reference" in answered(amira, "/contact show")


def test_a_message_is_logged_from_its_menu(office: Office) -> None:
    priya, amira = office.person(PRIYA), office.person(AMIRA)
    said = priya.say("@amira.shah two advisers left, R&D is < 3", channel=NORTH_EAST_SHARED)
    office.clock.advance(timedelta(days=1))
    assert amira.shortcut("contact_from_message", said) is None
    form = amira.modal()
    assert form.field("summary")[1]["initial_value"] == "@Amira Shah two advisers left, R&D is < 3"
    sent = amira.submit(form)
    assert "Slack message, by the partner, 4 January 2027 at 9am, with Priya Nair" in words(sent.view)
    contact = _contact(office)
    assert (contact.channel, contact.made_by) == ("Slack message", "by the partner")
    assert contact.summary == "@Amira Shah two advisers left, R&D is < 3"


def test_who_has_no_contract_cannot_log_a_message(office: Office) -> None:
    said = office.person(AMIRA).say("Hello", channel=PORTFOLIO)
    helen = office.person(HELEN)
    seen = len(helen.messages(PORTFOLIO))
    with office.liaison.database.writing() as session:
        for role in session.scalars(select(Role)):
            session.delete(role)
    assert helen.shortcut("contact_from_message", said) is None
    office.drain()
    assert "no contract on which you can log a contact" in helen.messages(PORTFOLIO)[seen].plain


def log(person: SlackPerson, line: str) -> str:
    (answer,) = person.command(line, channel=NORTH_EAST)
    assert "is logged on" in answer.plain
    return answer.plain


def answered(person: SlackPerson, line: str) -> str:
    (answer,) = person.command(line, channel=NORTH_EAST)
    return answer.plain


def _contacts(office: Office) -> list[Contact]:
    return list(office.read(lambda s: s.scalars(select(Contact).order_by(col(Contact.id))).all()))


def _audited(office: Office) -> list[str]:
    kept = office.read(
        lambda s: s.scalars(
            select(col(TrailEntry.action)).where(col(TrailEntry.subject) == "C-1").order_by(col(TrailEntry.id))
        ).all()
    )
    return sorted(kept, reverse=False)


def _contact(office: Office) -> Contact:
    return office.read(lambda s: s.scalars(select(Contact)).one())
