"""Contacts and the actions that come of them."""

from datetime import date

from bot.models import (
    ContactChannel,
    MadeBy,
)
from bot.services.actions.action_list import Line as ActionOf
from bot.services.actions.action_list import Page as ActionsFound
from bot.services.actions.actions import ActionCard
from bot.services.contacts.contact_log import ContactPage, Line
from bot.services.contacts.contact_log import Page as ContactsFound
from tests.builders import action, contact, facts
from tests.unit.renders.common import LONG, LOTS, NAME, ONE, TITLE, TWELVE, WORDS, Context, Contexts, long_text, turn

SMALL_CONTACT = {"contact": contact(summary="A"), "contract": "A", "title": "B", "partner": "C"}
USUAL_CONTACT = {
    "contact": contact(attendees="Priya Nair, Northgate", next_contact_on=date(2027, 1, 11)),
    "contract": "WP-NE",
    "title": "Work Pathways, North East",
    "partner": "Northgate Futures Ltd",
}
LARGE_ENTRY = contact(
    summary=WORDS,
    decisions=WORDS,
    attendees=long_text(500),
    purpose=long_text(200),
    next_contact_on=date(2027, 9, 22),
    formal_notice=True,
    id=2**62,
)
SMALL_ACTION = ActionCard(action(what="A"), facts(reference="A", sample=False), "B", late=False)
USUAL_ACTION = ActionCard(action(), facts(), "Priya Nair", late=False)
DONE_ACTION = ActionCard(
    action(done_on=date(2027, 1, 7), done_by_id=3, done_note="Agreed with Northgate"), facts(), "Priya Nair", late=False
)
LARGE_ACTION = ActionCard(
    action(what=long_text(300), id=2**62, closed_by_another=True), facts(**LONG, partner=NAME), NAME, late=True
)
LARGE_CONTACT = {
    "contact": LARGE_ENTRY,
    "contract": LONG["reference"],
    "title": TITLE,
    "partner": NAME,
}
TAKEN_BACK = contact(id=8, corrects_id=7, withdrawn=True)
ON_CONTACTS: Context = {
    "channels": list(ContactChannel),
    "made_by": list(MadeBy),
    "today": date(2027, 1, 4),
    "chosen": None,
    "contact": None,
    "corrects": "",
}

MESSAGE_CONTEXTS: Contexts = {
    "action_changed": {
        "smallest": {"card": SMALL_ACTION, "what": "is added"},
        "usual": {"card": USUAL_ACTION, "what": "has a new day"},
        "done": {"card": DONE_ACTION, "what": "is done"},
        "largest": {"card": LARGE_ACTION, "what": "has a new owner"},
    },
    "action_list": {
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
    "contact_list": {
        "smallest": {"page": ContactsFound([], 1, 0, ["staffing"]), "turn": turn},
        "usual": {"page": ContactsFound([Line(contact(), "WP-NE", "Amira Shah")] * 2, 1, 2, []), "turn": turn},
        "largest": {
            "page": ContactsFound([Line(LARGE_ENTRY, LONG["reference"], NAME)] * 10, 2, 1234, ["call", NAME]),
            "turn": turn,
        },
    },
    "contact_page": {
        "smallest": {"page": ContactPage(contact(summary="A"), facts(sample=False), "B", None, None)},
        "usual": {
            "page": ContactPage(contact(decisions="Two more advisers"), facts(), "Amira Shah", contact(id=3), None)
        },
        "taken_back": {"page": ContactPage(contact(), facts(), "Amira Shah", None, TAKEN_BACK)},
        "largest": {
            "page": ContactPage(LARGE_ENTRY, facts(**LONG, partner=NAME), NAME, LARGE_ENTRY, contact(id=2**61))
        },
    },
    "contact_taken_back": {
        "smallest": {"contact": contact(id=1)},
        "usual": {"contact": contact()},
        "largest": {"contact": LARGE_ENTRY},
    },
    "contact_logged": {"smallest": SMALL_CONTACT, "usual": USUAL_CONTACT, "largest": LARGE_CONTACT},
}
VIEW_CONTEXTS: Contexts = {
    "contact_done": {
        "smallest": {**SMALL_CONTACT, "corrects": "", "actions": []},
        "usual": {**USUAL_CONTACT, "corrects": "", "actions": [USUAL_ACTION]},
        "corrected": {**USUAL_CONTACT, "corrects": "C-3", "actions": []},
        "largest": {**LARGE_CONTACT, "corrects": LARGE_ENTRY.reference, "actions": [LARGE_ACTION] * 60},
    },
    "contact_form": {
        "smallest": {"contracts": ONE, **ON_CONTACTS},
        "usual": {"contracts": TWELVE, **ON_CONTACTS, "chosen": "WP-002"},
        "correcting": {
            "contracts": TWELVE,
            **ON_CONTACTS,
            "chosen": "WP-002",
            "contact": contact(formal_notice=True),
            "corrects": "C-7",
        },
        "from_message": {
            "contracts": TWELVE,
            **ON_CONTACTS,
            "chosen": "WP-002",
            "contact": contact(channel=ContactChannel.MESSAGE, made_by=MadeBy.PARTNERS, attendees="Priya Nair"),
        },
        "largest": {
            "contracts": LOTS,
            **ON_CONTACTS,
            "chosen": "WP-100",
            "contact": LARGE_ENTRY,
            "corrects": LARGE_ENTRY.reference,
        },
    },
}
