"""Who people are: help, leave, setting up."""

from dataclasses import replace
from datetime import date
from typing import Any

import handlers
from bot.domain.missing import Missing
from bot.domain.sensitive import PersonalDetail
from bot.identity import Actor
from bot.interactions.commands import CommandInShort
from bot.interactions.disambiguation import Choice
from bot.models import (
    Absence,
    OutboxState,
    Person,
    RoleName,
    SlackUser,
)
from bot.policy import RegisterPermission, granted
from bot.services.contracts.welcomes import GivenRole, Welcome
from bot.services.lookup.ambiguity import Option
from bot.services.lookup.unpinned import Unpinned
from bot.services.pages.me import HeldRole, Me
from bot.services.people.accounts import ChangedAccount, SharedAddress
from bot.services.people.leave import OwnLeave
from bot.services.people.setup import Checklist, WhomToAsk
from tests.builders import MONDAY, facts, person
from tests.unit.renders.common import DAYS, DAYS_ABROAD, LONG, NAME, TITLE, TODAY, WORDS, Contexts, absence, long_text

LACKING = {
    Missing.SHARED_CHANNEL: ["WP-NE"],
    Missing.PARTNER_CONTACT: ["WP-NE", "SE-CW"],
    Missing.LADDER: [f"WP-{number:03}" for number in range(12)],
}


def choice(number: int, about: str = "Work Pathways, with Northgate Futures Ltd") -> Choice:
    reference = f"WP-{number:03}"
    return Choice(Option(reference, reference, about), f"/risk raise {reference} “Advisers leaving” likely major")


def replace_id(absence: Absence, number: int) -> Absence:
    absence.id = number
    return absence


def held(role: RoleName, *contracts: str, **changes: Any) -> HeldRole:  # noqa: ANN401  # whichever facts a case is about
    return HeldRole(role, contracts, granted(role), **changes)


ACTOR = Actor(3, "U0AMIRA", "Amira Shah", 1, "Department for Opportunity", is_department=True, home="T0DEPT")
OUR_GUEST = Actor(
    4, "U0GUEST", "Gus Guest", 2, "Northgate Futures Ltd", is_department=False, is_guest=True, home="T0DEPT"
)


def changed_account(
    name: str, handle: str, email: str = "", organisation: str = "A", digits: int = 5
) -> ChangedAccount:
    person = Person(slack=f"U{'0' * digits}", name=name, organisation_id=1)
    account = SlackUser(slack=f"U{'1' * digits}", handle=handle, email=email, seen_at=MONDAY)
    return ChangedAccount(person, organisation, account)


CHANGED = changed_account("Priya Nair", "priya.n", "priya.nair@northgate.example", "Northgate Futures Ltd")
LONG_CHANGED = changed_account(NAME, "h" * 150, "e" * 254, NAME, 39)
ADDRESS = SharedAddress(
    "amira.shah@opportunity.example",
    ["Amira Shah (U0AMIRA) of Department for Opportunity", "Amira Shah (U0AMIRA2) of Department for Opportunity"],
)
LEAVE = OwnLeave([replace_id(absence(11, 15), 1)], [("Callum Reid", ["WP-NE", "DE-SW"])], ["SE-CW"])
LONG_LEAVE = OwnLeave(
    [replace_id(absence(11, 15), n) for n in range(30)],
    [(NAME, [LONG["reference"]] * 200)] * 30,
    [LONG["reference"]] * 200,
)
COMMANDS = {table.name: table for table in handlers.COMMANDS}
IN_SHORT = [
    CommandInShort(each.name, each.does, [row.word for row in each.subcommands if row.word])
    for each in COMMANDS.values()
]
EXAMPLE = COMMANDS["/progress"].example

TASKS = [line for each in COMMANDS.values() for line in each.lines if line.task]

UNPINNED = Unpinned("the app may not pin messages. Install it again with the scope pins:write", ["WP-NE", "SE-CW"])
LARGE_UNPINNED = Unpinned(long_text(300), ["ABCDEFGHIJ-123456789"] * 40)
CONTACT = GivenRole(RoleName.PARTNER_CONTACT, facts(), "Amira Shah", "C0WPNENG", 3)
OWNER = GivenRole(RoleName.SENIOR_OWNER, facts(), "Amira Shah", "C0WPNENG", 3)
LARGE_ROLE = GivenRole(RoleName.CONTRACT_MANAGER, facts(**LONG, partner=NAME), NAME, "C" + "0" * 39, 15)
MESSAGE_CONTEXTS: Contexts = {
    "people/welcome": {
        "smallest": {"welcome": Welcome("A", False, [GivenRole(RoleName.PARTNER_CONTACT, facts(), "", "", 1)])},
        "usual": {"welcome": Welcome("Priya Nair", False, [CONTACT])},
        "department": {
            "welcome": Welcome("Helen Marsh", True, [OWNER, *(replace(OWNER, role=each) for each in RoleName)][:6])
        },
        "largest": {"welcome": Welcome(NAME, True, [LARGE_ROLE] * 8, 1234)},
    },
    "forms/keep_anyway": {
        "smallest": {"found": "A"},
        "usual": {"found": PersonalDetail.HEALTH.value},
        "largest": {"found": max((each.value for each in PersonalDetail), key=len)},
    },
    "people/away": {
        "smallest": {"leave": OwnLeave([], [], []), **TODAY},
        "usual": {"leave": LEAVE, **TODAY},
        "begun": {"leave": OwnLeave([replace_id(absence(1, 8), 2), *LEAVE.coming], [], []), **TODAY},
        "largest": {"leave": LONG_LEAVE, **TODAY},
    },
    "liaison/help_for_newcomer": {
        "smallest": {"name": "", "ask": WhomToAsk(True, False, [])},
        "usual": {"name": "Martha Quill", "ask": WhomToAsk(True, False, ["U0NADIA"])},
        "first_run": {"name": "Martha Quill", "ask": WhomToAsk(False, True, [])},
        "not_set_up": {"name": "Martha Quill", "ask": WhomToAsk(False, False, [])},
        "largest": {"name": NAME, "ask": WhomToAsk(True, False, ["U" + "0" * 39] * 12)},
    },
    "liaison/help": {
        "smallest": {"tasks": COMMANDS["/risk"].lines[:1]},
        "usual": {"tasks": TASKS},
        "largest": {"tasks": TASKS},
    },
    "liaison/help_in_full": {
        "smallest": {"commands": [CommandInShort("/action", "shows what is to be done.", [])]},
        "usual": {"commands": IN_SHORT[:5]},
        "largest": {"commands": IN_SHORT},
    },
    "liaison/me": {
        "smallest": {"me": Me(ACTOR, [], [], OwnLeave([], [], []))},
        "guest": {"me": Me(OUR_GUEST, [held(RoleName.PARTNER_CONTACT, "WP-NE")], [], OwnLeave([], [], []))},
        "usual": {
            "me": Me(
                ACTOR,
                [
                    held(RoleName.CONTRACT_MANAGER, "WP-NE", "DE-SW"),
                    held(RoleName.SENIOR_OWNER, "HA-EW", stands_in_for="Helen Marsh", until=date(2027, 1, 8)),
                ],
                list(RegisterPermission)[:2],
                LEAVE,
            )
        },
        "largest": {
            "me": Me(
                replace(ACTOR, name=NAME, organisation=NAME, is_administrator=True),
                [held(RoleName.HEAD, *[LONG["reference"]] * 200, stands_in_for=NAME, until=date(2027, 11, 22))] * 30,
                list(RegisterPermission),
                LONG_LEAVE,
            )
        },
    },
    "liaison/setup": {
        "smallest": {"list": Checklist("A", 1, 0, 0, 0, 0, 0, None)},
        "usual": {"list": Checklist("Department for Opportunity", 23, 12, 12, 1, 2, 24, None)},
        "missing": {
            "list": Checklist(
                "Department for Opportunity", 23, 12, 12, 0, 0, 24, "C0PORTFOLIO", missing=LACKING, unpinned=[UNPINNED]
            )
        },
        "begun": {"list": Checklist("Department for Opportunity", 2, 1, 0, 0, 0, 0, None, OutboxState.PENDING)},
        "done": {
            "list": Checklist("Department for Opportunity", 23, 12, 12, 0, 0, 24, "C0PORTFOLIO", OutboxState.SENT)
        },
        "accounts": {
            "list": Checklist(
                "Department for Opportunity", 23, 12, 12, 0, 0, 24, "C0PORTFOLIO", None, "", [CHANGED], [ADDRESS]
            )
        },
        "largest": {
            "list": Checklist(
                NAME,
                99999,
                99999,
                99999,
                99999,
                99999,
                99999,
                None,
                OutboxState.DEAD,
                long_text(300),
                [LONG_CHANGED] * 30,
                [SharedAddress("a" * 254, [f"{NAME} (U{'0' * 39}) of {NAME}"] * 30)] * 30,
                unpinned=[LARGE_UNPINNED] * 9,
            )
        },
    },
    "people/account_changed": {
        "smallest": {"changed": changed_account("A", "a")},
        "usual": {"changed": CHANGED},
        "largest": {"changed": LONG_CHANGED},
    },
    "people/account_joined": {
        "smallest": {"changed": changed_account("A", "a")},
        "usual": {"changed": CHANGED},
        "largest": {"changed": LONG_CHANGED},
    },
    "liaison/setup_test": {"smallest": {"name": "A"}, "usual": {"name": "Amira Shah"}, "largest": {"name": NAME}},
    "common/choose": {
        "smallest": {"question": "Which one?", "choices": [choice(1)]},
        "usual": {
            "question": "“work” fits 2 contracts. Which one do you mean: WP-001 or WP-002?",
            "choices": [choice(1), choice(2)],
        },
        "largest": {
            "question": long_text(400),
            "choices": [choice(n, f"{TITLE}, with {NAME}") for n in range(1, 11)],
        },
    },
    "forms/opened_late": {"usual": {}},
    "common/help": {
        "smallest": {"command": COMMANDS["/risk"]},
        "usual": {"command": COMMANDS["/contact"]},
        "largest": {"command": COMMANDS["/contract"]},
    },
    "common/problem": {
        "smallest": {"sentence": "Enter a title.", "typed": "/risk", "command": "/risk", "example": EXAMPLE},
        "usual": {
            "sentence": "No contract of yours fits “WP-EN”. Did you mean WP-NE?",
            "typed": "/contact call WP-EN Agreed the staffing plan",
            "command": "/contact",
            "example": EXAMPLE,
        },
        "largest": {
            "sentence": long_text(400),
            "typed": f"/progress report {WORDS}",
            "command": "/progress",
            "example": EXAMPLE,
        },
    },
    "common/typed_again": {
        "smallest": {"seconds": 0, "command": "", "answer": "Done.", "button": "again"},
        "usual": {
            "seconds": 20,
            "command": "1.2 /risk raise WP-NE “Advisers leaving” likely minor",
            "answer": "R-12 is raised on WP-NE Work Pathways, North East: medium, 8 points.",
            "button": "again",
        },
        "largest": {
            "seconds": 59,
            "command": f"1.2 /contact call WP-NE {WORDS}"[:2000],
            "answer": long_text(4000).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
            "button": "again",
        },
    },
    "common/working": {"usual": {}},
    "common/cut_off": {"usual": {}},
    "common/words": {
        "smallest": {"text": "Done"},
        "usual": {"text": "Raised R-12: *Advisers leaving* on WP-NE &amp; WP-NW"},
        "largest": {"text": long_text(2000).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")},
    },
    "common/sentence": {
        "smallest": {"sentence": "No."},
        "usual": {"sentence": "Helen Marsh acknowledged this on 4 January 2027 at 9:12am."},
        "largest": {"sentence": long_text(1000)},
    },
}
VIEW_CONTEXTS: Contexts = {
    "people/away_done": {
        "smallest": {"leave": OwnLeave([absence(4, 8)], [], [])},
        "usual": {"leave": LEAVE},
        "largest": {"leave": LONG_LEAVE},
    },
    "people/away_form": {
        "smallest": {"leave": OwnLeave([], [], []), **DAYS},
        "usual": {"leave": LEAVE, **DAYS},
        "abroad": {"leave": LEAVE, **DAYS_ABROAD},
        "largest": {"leave": LONG_LEAVE, **DAYS},
    },
    "liaison/setup_done": {
        "smallest": {"name": "A", "list": Checklist("A", 1, 0, 0, 0, 0, 0, None)},
        "usual": {"name": "Amira Shah", "list": Checklist("Department for Opportunity", 1, 0, 0, 0, 0, 0, None)},
        "largest": {"name": NAME, "list": Checklist(NAME, 1, 99999, 99999, 99999, 99999, 99999, None)},
    },
    "liaison/guests_form": {
        "smallest": {"guests": []},
        "usual": {"guests": [person("Gus Guest", "U0GUEST")]},
        "largest": {"guests": [person(NAME, "U" + f"{n:031}") for n in range(110)]},
    },
    "liaison/guests_done": {
        "smallest": {"guests": []},
        "usual": {"guests": [person("Gus Guest", "U0GUEST")]},
        "largest": {"guests": [person(NAME, "U" + f"{n:031}") for n in range(110)]},
    },
    "liaison/setup_form": {"usual": {}},
}
