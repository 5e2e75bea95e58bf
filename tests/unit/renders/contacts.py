"""Contacts and the actions that come of them."""

from dataclasses import replace
from datetime import date, time
from typing import Any

from bot.delivery.slack_messages import UnreadReason
from bot.models import (
    Contact,
    ContactChannel,
    MadeBy,
)
from bot.services.actions.action_list import ActionPage as ActionsFound
from bot.services.actions.action_list import ListedAction as ActionOf
from bot.services.actions.actions import ActionCard
from bot.services.contacts.agreed_day import AgreedReview, MovedReview
from bot.services.contacts.attendees import AttendeeGroup
from bot.services.contacts.contact_forms import ContactForm
from bot.services.contacts.contact_log import ContactListPage as ContactsFound
from bot.services.contacts.contact_log import ContactPage, ListedContact
from bot.services.contacts.contacts import ContactEntry, LoggedContact
from bot.services.contacts.from_partner import ToldContact
from tests.builders import action, contact, facts, person
from tests.unit.renders.common import DAYS, DAYS_ABROAD, LONG, NAME, TITLE, WORDS, Contexts, long_text, turn

SMALL_CONTACT = LoggedContact(contact(summary="A"), "A", "B", "C")
USUAL_CONTACT = LoggedContact(
    contact(attendees="two advisers", next_contact_on=date(2027, 1, 11)),
    "WP-NE",
    "Work Pathways, North East",
    "Northgate Futures Ltd",
    people=["Amira Shah", "Priya Nair"],
)
LARGE_ENTRY = contact(
    summary=WORDS,
    decisions=WORDS,
    attendees=long_text(500),
    purpose=long_text(200),
    next_contact_on=date(2027, 9, 22),
    formal_notice=True,
    happened_at=time(21, 5),
    link="https://example.org/" + "&a=b" * 120,
    id=2**62,
)
CROWD = [f"{NAME[:145]} {number}" for number in range(300)]
SMALL_ACTION = ActionCard(action(what="A"), facts(reference="A", sample=False), "B", late=False)
USUAL_ACTION = ActionCard(action(), facts(), "Priya Nair", late=False)
DONE_ACTION = ActionCard(
    action(done_on=date(2027, 1, 7), done_by_id=3, done_note="Agreed with Northgate"), facts(), "Priya Nair", late=False
)
LARGE_ACTION = ActionCard(
    action(what=long_text(300), id=2**62, closed_by_another=True), facts(**LONG, partner=NAME), NAME, late=True
)
LARGE_CONTACT = LoggedContact(LARGE_ENTRY, LONG["reference"], TITLE, NAME, people=CROWD)
TAKEN_BACK = contact(id=8, corrects_id=7, withdrawn=True)
SIDES = [
    AttendeeGroup("Department", [person("Amira Shah", "U0AMIRA", 3)]),
    AttendeeGroup("Northgate Futures Ltd", [person("Liam Moore", "U0LIAM", 8), person("Priya Nair", "U0PRIYA", 9)]),
]
CROWDED = [AttendeeGroup(NAME, [person(name, f"U{n}", 2**60 + n) for n, name in enumerate(CROWD)]), *SIDES]


OWN = [facts(id=n, reference=f"WP-{n:03}") for n in range(1, 13)]
LOTS_OWN = [facts(id=n, reference=f"WP-{n:03}", title=TITLE) for n in range(1, 121)]


def entry(**changes: Any) -> ContactEntry:  # noqa: ANN401  # whichever fields a case is about
    usual: dict[str, Any] = {"contract": "WP-002", "channel": ContactChannel.PHONE, "happened_on": date(2027, 1, 4)}
    return ContactEntry(**{**usual, "summary": "", **changes})


FROM_MESSAGE = entry(
    channel=ContactChannel.MESSAGE,
    made_by=MadeBy.PARTNERS,
    happened_at=time(9, 5),
    people=[9],
    summary="Two advisers have left",
    link="https://example.slack.com/archives/C0WPNENG/p1799053500000100",
)
LARGE_FORM = entry(
    contract="WP-100",
    happened_at=time(21, 5),
    people=[2**60 + number for number in range(100)],
    attendees=LARGE_ENTRY.attendees,
    purpose=LARGE_ENTRY.purpose,
    summary=WORDS,
    decisions=WORDS,
    actions=WORDS,
    next_contact_on=date(2027, 9, 22),
    formal_notice=True,
    actions_closed_by_another=True,
    link=LARGE_ENTRY.link,
)


AGREED = AgreedReview(date(2027, 1, 12), "Northgate Futures Ltd")


def as_correction(entry: Contact, corrects: int) -> Contact:
    """An entry that takes the place of another."""
    return entry.model_copy(update={"corrects_id": corrects})


SMALL_TOLD = ToldContact(contact(purpose="A", summary="B"), facts(reference="A", title="B", sample=False), "C", "D")
TOLD = ToldContact(
    contact(
        purpose="The Gateshead hub moves in March",
        summary="The lease ends. We have a new one, two streets away, from 1 March.",
        link="https://northgate.example/hub",
    ),
    facts(),
    "Priya Nair",
    "Amira Shah",
)
LARGE_TOLD = ToldContact(
    contact(purpose=long_text(200), summary=WORDS, link="https://example.org/" + "a" * 480),
    facts(**LONG, partner=NAME),
    NAME,
    NAME,
)
MESSAGE_CONTEXTS: Contexts = {
    "contacts/from_partner": {
        "smallest": {"told": SMALL_TOLD},
        "usual": {"told": TOLD},
        "largest": {"told": LARGE_TOLD},
    },
    "actions/changed": {
        "smallest": {"card": SMALL_ACTION, "what": "is added"},
        "usual": {"card": USUAL_ACTION, "what": "has a new day"},
        "done": {"card": DONE_ACTION, "what": "is done"},
        "largest": {"card": LARGE_ACTION, "what": "has a new owner"},
    },
    "actions/moved": {
        "smallest": {"card": SMALL_ACTION, "before": date(2027, 1, 6), "by": "B"},
        "usual": {"card": USUAL_ACTION, "before": date(2027, 1, 6), "by": "Amira Shah"},
        "largest": {"card": LARGE_ACTION, "before": date(2027, 1, 6), "by": NAME},
    },
    "actions/list": {
        "smallest": {"page": ActionsFound([], 1, 0, 0, ["mine"]), "turn": turn},
        "usual": {
            "page": ActionsFound([ActionOf(action(), "WP-NE", "Priya Nair", late=True)] * 2, 1, 2, 2, []),
            "turn": turn,
        },
        "largest": {
            "page": ActionsFound(
                [ActionOf(LARGE_ACTION.item, LONG["reference"], NAME, late=True)] * 10, 2, 1234, 1234, ["late", NAME]
            ),
            "turn": turn,
        },
    },
    "contacts/list": {
        "smallest": {"page": ContactsFound([], 1, 0, ["staffing"]), "turn": turn},
        "usual": {"page": ContactsFound([ListedContact(contact(), "WP-NE", "Amira Shah")] * 2, 1, 2, []), "turn": turn},
        "largest": {
            "page": ContactsFound([ListedContact(LARGE_ENTRY, LONG["reference"], NAME)] * 10, 2, 1234, ["call", NAME]),
            "turn": turn,
        },
    },
    "contacts/page": {
        "smallest": {"page": ContactPage(contact(summary="A"), facts(sample=False), "B", None, None)},
        "usual": {
            "page": ContactPage(contact(decisions="Two more advisers"), facts(), "Amira Shah", contact(id=3), None)
        },
        "taken_back": {"page": ContactPage(contact(), facts(), "Amira Shah", None, TAKEN_BACK)},
        "largest": {
            "page": ContactPage(LARGE_ENTRY, facts(**LONG, partner=NAME), NAME, LARGE_ENTRY, contact(id=2**61), CROWD)
        },
    },
    "contacts/taken_back": {
        "smallest": {"contact": contact(id=1)},
        "usual": {"contact": contact()},
        "largest": {"contact": LARGE_ENTRY},
    },
    "contacts/logged": {
        "smallest": {"logged": SMALL_CONTACT},
        "usual": {"logged": USUAL_CONTACT},
        "of_the_register": {"logged": replace(USUAL_CONTACT, contact=contact())},
        "largest": {"logged": LARGE_CONTACT},
    },
}
VIEW_CONTEXTS: Contexts = {
    "contacts/tell_form": {
        "smallest": {"contract": facts(reference="A", title="B")},
        "usual": {"contract": facts()},
        "largest": {"contract": facts(**LONG)},
    },
    "contacts/told": {
        "smallest": {"told": SMALL_TOLD},
        "usual": {"told": TOLD},
        "largest": {"told": LARGE_TOLD},
    },
    "contacts/done": {
        "smallest": {"logged": SMALL_CONTACT},
        "usual": {"logged": replace(USUAL_CONTACT, actions=[USUAL_ACTION])},
        "moved": {"logged": replace(USUAL_CONTACT, moved=MovedReview(date(2027, 1, 8), date(2027, 1, 11), 1))},
        "corrected": {"logged": replace(USUAL_CONTACT, contact=as_correction(USUAL_CONTACT.contact, 3))},
        "largest": {
            "logged": replace(
                LARGE_CONTACT,
                contact=as_correction(LARGE_ENTRY, LARGE_ENTRY.id),
                actions=[LARGE_ACTION] * 60,
                moved=MovedReview(date(2027, 9, 21), date(2027, 9, 22), 1234),
            )
        },
    },
    "contacts/form": {
        "smallest": {"form": ContactForm(OWN[:1], entry(contract=""), ()), **DAYS},
        "usual": {"form": ContactForm(OWN[:12], entry(), SIDES), **DAYS},
        "day_agreed": {"form": ContactForm(OWN[:12], entry(), SIDES, agreed=AGREED), **DAYS},
        "correcting": {
            "form": ContactForm(
                OWN[:12], entry(summary="Agreed", formal_notice=True, people=[9]), SIDES, corrects=contact()
            ),
            **DAYS,
        },
        "correcting_one_of_many": {
            "form": ContactForm(LOTS_OWN, entry(contract="WP-120"), SIDES, corrects=contact()),
            **DAYS,
        },
        "from_message": {"form": ContactForm(OWN[:12], FROM_MESSAGE, SIDES), **DAYS},
        "from_thread": {
            "form": ContactForm(OWN[:12], FROM_MESSAGE, SIDES, thread="C0WPNENG 1799053500.000100"),
            **DAYS,
        },
        "not_there": {
            "form": ContactForm(OWN[:12], replace(FROM_MESSAGE, link=""), SIDES, unread=UnreadReason.NOT_THERE),
            **DAYS,
        },
        "not_answered": {
            "form": ContactForm(
                OWN[:12], FROM_MESSAGE, SIDES, thread="C0WPNENG 1799053500.000100", unread=UnreadReason.NOT_ANSWERED
            ),
            **DAYS,
        },
        "abroad": {"form": ContactForm(OWN[:12], entry(), SIDES), **DAYS_ABROAD},
        "largest": {
            "form": ContactForm(
                LOTS_OWN,
                LARGE_FORM,
                CROWDED,
                thread="C" * 30,
                unread=UnreadReason.NOT_THERE,
                fresh="_WP-100",
                agreed=AgreedReview(date(2027, 9, 21), NAME),
            ),
            **DAYS,
        },
    },
}
