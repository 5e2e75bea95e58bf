"""A message, or its whole thread, taken into the contact log: who wrote it, when, what, and where it can be read."""

import json
from datetime import date, time, timedelta

from sqlalchemy import select
from sqlmodel import col

from bot.models import Contact, TrailEntry
from tests.acceptance.office import (
    AMIRA,
    HELEN,
    MARTHA,
    NORTH_EAST,
    NORTH_EAST_SHARED,
    PORTFOLIO,
    PRIYA,
    Office,
    whole_form,
    words,
)
from tests.acceptance.test_contact_people import begun, contacts, fill, picked
from workspace import Control, Person
from workspace.client.person import Message, Modal

GENERAL, LIAM = "C0GENERAL", "U0LIAM"  # Liaison is not in the first


def test_a_message_brings_its_author_time_words_and_link(office: Office) -> None:
    priya, amira = office.person(PRIYA), office.person(AMIRA)
    office.clock.advance(timedelta(minutes=35))
    said = priya.say("Two advisers left, R&D is < 3", channel=NORTH_EAST_SHARED)
    office.clock.advance(timedelta(days=1))
    form = taken(amira, said)
    assert begun(form) == ["Priya Nair"]
    assert form.field("happened_on")[1]["initial_date"] == "2027-01-04"
    assert form.field("happened_at")[1]["initial_time"] == "09:35"
    assert "contact_thread" not in actions(form), "it is in no thread"
    sent = amira.submit(form)
    assert "Slack message, by the partner, 4 January 2027 at 9:35am, with Priya Nair" in words(sent.view)
    (contact,) = contacts(office)
    assert (contact.happened_on, contact.happened_at) == (date(2027, 1, 4), time(9, 35))
    assert contact.summary == "Two advisers left, R&D is < 3"
    assert contact.link.endswith(f"/archives/{NORTH_EAST_SHARED}/p{said.ts.replace('.', '')}")
    assert picked(office, contact.id) == ["Priya Nair"]
    (page,) = amira.command("/contact show C-1", channel=PORTFOLIO)
    assert contact.link in json.dumps(page.blocks)


def test_a_colleague_whom_the_register_does_not_know_is_named_as_in_slack(office: Office) -> None:
    said = office.person(MARTHA).say("The policy is out", channel="C0HELP")
    form = taken(office.person(AMIRA), said)
    assert form.field("attendees")[1]["initial_value"] == "Martha Quill"


def test_a_whole_thread_is_taken_with_its_own_words(office: Office) -> None:
    priya, liam, amira = (office.person(user) for user in (PRIYA, LIAM, AMIRA))
    first = priya.say("Can we move the review?", channel=NORTH_EAST_SHARED)
    office.clock.advance(timedelta(minutes=5))
    reply = amira.say("To the 12th, @priya.nair & @liam.thornton?", channel=NORTH_EAST_SHARED, thread=first.ts)
    liam.say("Yes", channel=NORTH_EAST_SHARED, thread=first.ts)
    form = taken(amira, reply)
    assert "This message is part of a thread" in words(form)
    assert (begun(form), form.field("happened_at")[1]["initial_time"]) == (["Amira Shah"], "09:05")
    fill(office, AMIRA, whole_form(amira), {"decisions": "The 12th", "purpose": "The review"})
    whole = thread_of(office, amira, amira.modal())
    assert whole.field("summary")[1]["initial_value"] == (
        "Priya Nair: Can we move the review?\n"
        "Amira Shah: To the 12th, @Priya Nair & @Liam Thornton?\n"
        "Liam Thornton: Yes"
    )
    assert begun(whole) == ["Amira Shah", "Liam Thornton", "Priya Nair"]
    assert "contact_thread" not in actions(whole)
    amira.submit(whole)
    (contact,) = contacts(office)
    assert (contact.decisions, contact.purpose) == ("The 12th", "The review")
    assert contact.summary.endswith("Liam Thornton: Yes")
    assert contact.link, "that of the message"
    assert picked(office, contact.id) == ["Amira Shah", "Liam Thornton", "Priya Nair"]


def test_liaison_said_something_in_a_thread_but_took_no_part_in_it(office: Office) -> None:
    priya, amira = office.person(PRIYA), office.person(AMIRA)
    office.run("prompt")
    office.deliver()
    prompt = next(each for each in priya.messages(NORTH_EAST_SHARED) if each.by_app)
    reply = priya.say("Who is away this week?", channel=NORTH_EAST_SHARED, thread=prompt.ts)
    whole = thread_of(office, amira, taken(amira, reply))
    assert whole.field("summary")[1]["initial_value"].startswith("Liaison: Northgate Futures Ltd: the report")
    assert begun(whole) == ["Priya Nair"]
    assert "attendees" not in whole.values, "there is nobody else"


def test_the_first_message_of_a_thread_offers_it_too_and_another_contract_keeps_the_offer(office: Office) -> None:
    priya, amira = office.person(PRIYA), office.person(AMIRA)
    first = priya.say("Can we move the review?", channel=NORTH_EAST_SHARED)
    amira.say("Yes", channel=NORTH_EAST_SHARED, thread=first.ts)
    form = taken(amira, first)
    amira.click(form, "contact_contract", "SE-CW")
    office.drain()
    other = amira.modal()
    assert begun(other) == []
    assert other.field("attendees")[1]["initial_value"] == "Priya Nair"
    whole = thread_of(office, amira, other)
    assert "Amira Shah: Yes" in whole.field("summary")[1]["initial_value"]
    assert begun(whole) == ["Amira Shah"]


def test_a_long_thread_says_what_is_left_out(office: Office) -> None:
    priya, amira = office.person(PRIYA), office.person(AMIRA)
    first = priya.say("first " * 30, channel=NORTH_EAST_SHARED)
    for number in range(1, 231):  # more than a page of Slack's
        priya.say(f"answer {number} " * 10, channel=NORTH_EAST_SHARED, thread=first.ts)
    summary = thread_of(office, amira, taken(amira, first)).field("summary")[1]["initial_value"]
    assert len(summary) <= 3000
    kept = summary.count("Priya Nair: ")
    assert summary.endswith(f"[Left out, as there is no more room: {231 - kept} later messages.]")
    assert amira.submit(amira.modal()).errors == {}
    assert contacts(office)[0].summary == summary


def test_a_long_message_says_what_is_left_out(office: Office) -> None:
    said = office.person(PRIYA).say("word " * 1000, channel=NORTH_EAST_SHARED)
    summary = taken(office.person(AMIRA), said).field("summary")[1]["initial_value"]
    assert summary.endswith("characters of this message.]")
    assert len(summary) <= 3000


def test_where_liaison_is_not_in_the_channel_the_form_has_the_message_alone_and_says_why(office: Office) -> None:
    helen, amira = office.person(HELEN), office.person(AMIRA)
    first = helen.say("Northgate rang about the review", channel=GENERAL)
    amira.say("Thank you", channel=GENERAL, thread=first.ts)
    form = taken(amira, first)
    assert "Liaison is not in the channel of this message, so only the message itself is here" in words(form)
    assert "/invite @Liaison" in words(form)
    assert "contact_thread" not in actions(form)
    assert form.field("summary")[1]["initial_value"] == "Northgate rang about the review"
    amira.close(form)

    priya = office.person(PRIYA)
    first = priya.say("In a private channel", channel=NORTH_EAST_SHARED)
    office.workspace.store.conversations[NORTH_EAST_SHARED].members.remove("U0LIAISON")
    form = taken(amira, first)
    assert "without its link" in words(form)
    assert amira.submit(form, {"contract": "WP-NE"}).errors == {}
    assert contacts(office)[0].link == ""


def test_when_liaison_leaves_meanwhile_the_form_stays_as_it_stands_and_says_why(office: Office) -> None:
    priya, amira = office.person(PRIYA), office.person(AMIRA)
    first = priya.say("Can we move the review?", channel=NORTH_EAST_SHARED)
    amira.say("Yes", channel=NORTH_EAST_SHARED, thread=first.ts)
    taken(amira, first)
    fill(office, AMIRA, whole_form(amira), {"decisions": "The 12th"})
    office.workspace.store.conversations[NORTH_EAST_SHARED].members.remove("U0LIAISON")
    stays = thread_of(office, amira, amira.modal())
    assert "Liaison is not in the channel of this message" in words(stays)
    assert stays.values["decisions"]["entered"] == "The 12th"
    assert stays.values["summary"]["entered"] == "Can we move the review?"


def test_where_slack_does_not_answer_the_form_opens_all_the_same_and_the_thread_can_be_tried_again(
    office: Office,
) -> None:
    priya, amira = office.person(PRIYA), office.person(AMIRA)
    first = priya.say("Can we move the review?", channel=NORTH_EAST_SHARED)
    amira.say("Yes", channel=NORTH_EAST_SHARED, thread=first.ts)
    with Control(office.workspace_url) as control:
        control.fault("server_error", "chat.getPermalink")
        form = taken(amira, first)
        assert "Slack did not answer in time, so only the message itself is here, without its link" in words(form)
        control.fault("ratelimited", "conversations.replies", seconds=30)
        again = thread_of(office, amira, form)
        assert "Slack did not answer in time" in words(again)
        control.clear()
    assert "Amira Shah: Yes" in thread_of(office, amira, again).field("summary")[1]["initial_value"]


def test_a_thread_of_a_channel_that_is_not_ones_own_is_refused_and_not_read(office: Office) -> None:
    """What names the thread comes back from the form, and could be anything."""
    callum, amira = office.person("U0CALLUM"), office.person(AMIRA)
    secret = callum.say("A secret", channel="C0HAEW")
    callum.say("Another", channel="C0HAEW", thread=secret.ts)
    amira.command("/contact", channel=NORTH_EAST)
    form = amira.modal()
    view = office.workspace.views.top(AMIRA)
    assert view is not None
    view.body["private_metadata"] = f"C0HAEW {secret.ts}"
    payload = {
        "type": "block_actions",
        "team": {"id": "T0DEPT"},
        "user": {"id": AMIRA, "team_id": "T0DEPT"},
        "trigger_id": office.workspace.grants.trigger(AMIRA, view.id),
        "view": office.workspace.views.json(view, values=True),
        "actions": [{"type": "button", "action_id": "contact_thread", "value": "thread", "block_id": "forged"}],
    }
    office.post({"payload": json.dumps(payload)})
    office.drain()
    shown = words(amira.modal())
    assert "You are not in the channel of this thread" in shown
    assert "secret" not in shown
    refused = office.read(
        lambda s: s.scalars(
            select(TrailEntry).where(col(TrailEntry.action) == "refused").order_by(col(TrailEntry.id))
        ).one()
    )
    assert refused.actor == AMIRA
    assert office.read(lambda s: s.scalars(select(Contact)).all()) == []
    assert form.id == amira.modal().id


def taken(person: Person, message: Message) -> Modal:
    """The form that the shortcut on a message opens."""
    assert person.shortcut("contact_from_message", message) is None
    return person.modal(title="Log a contact")


def thread_of(office: Office, person: Person, form: Modal) -> Modal:
    """The form when the whole thread was taken into it."""
    person.click(form, "Take the whole thread")
    office.drain()
    return person.modal()


def actions(form: Modal) -> list[str]:
    return [block["accessory"]["action_id"] for block in form.blocks if "accessory" in block]
