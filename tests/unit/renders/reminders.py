"""Reminders: the day's message, the form that answers a line of it, what comes of an answer, the rules."""

from dataclasses import replace
from datetime import date

from bot.domain.due_kinds import DueKind
from bot.domain.reminders import ReminderRule
from bot.models import LineState, MoreTime, ReminderLine
from bot.services.due.sources import SOURCES, source_of
from bot.services.reminders.answers import Answer, LineDetails
from bot.services.reminders.more_time import Extension, MoreTimeForm, Wanted
from bot.services.reminders.reminder_page import ReminderPage, ReminderView
from bot.services.reminders.reminder_settings import ContractRules, KindRule
from tests.builders import MONDAY, facts
from tests.unit.renders.common import LONG, NAME, TITLE, Contexts, long_text

WHAT = long_text(300)


def line(kind: DueKind, what: str, state: LineState = LineState.OPEN, number: int = 1) -> ReminderLine:
    return ReminderLine(
        id=number,
        reminder_id=1,
        kind=kind,
        subject_id=number,
        contract_id=1,
        meant_for_id=3,
        what=what,
        due_on=date(2027, 1, 6),
        state=state,
    )


def view(kind: DueKind, what: str, left: int, state: LineState = LineState.OPEN, **more: str) -> ReminderView:
    return ReminderView(line(kind, what, state), more.get("contract", "WP-NE"), left, more.get("meant_for"))


REPORT = view(DueKind.REPORT, "Report for December 2026", 2)
USUAL_LINES = [
    view(DueKind.MILESTONE, "Open the Gateshead office", -3),
    view(DueKind.OBLIGATION, "Send referrals by post code", 0, meant_for="Amira Shah"),
    REPORT,
    view(DueKind.ACTION, "A-12 Send the staffing plan", 1, LineState.DONE),
]
LARGE_LINE = view(DueKind.DELIVERABLE, WHAT, -1234, contract=LONG["reference"], meant_for=NAME)
DONE = [replace(each, line=line(each.line.kind, each.line.what, LineState.DONE)) for each in USUAL_LINES[:2]]
REQUEST = MoreTime(
    kind=DueKind.REPORT,
    subject_id=1,
    contract_id=1,
    what="Report for December 2026",
    due_on=date(2027, 1, 6),
    until=date(2027, 1, 13),
    why="The data comes a week late",
    asked_by_id=3,
    asked_at=MONDAY,
    to_decide_id=4,
)
ASKED = replace(
    view(DueKind.REPORT, "Report for December 2026", 2, LineState.MORE_TIME), request=REQUEST, decider="Amira Shah"
)
GIVEN = replace(ASKED, request=REQUEST.model_copy(update={"agreed": True}))
LONGER = replace(REPORT, due_before=date(2026, 12, 30))
PUT_OFF = [*DONE, view(DueKind.REPORT, "Report for December 2026", 2, LineState.SNOOZED)]
DAY = date(2027, 1, 4)
SMALL_DETAILS = LineDetails(
    line(DueKind.CONTACT, "A"),
    facts(reference="A", title="B", sample=False),
    ReminderRule(()),
    False,
    [Answer.NOT_MINE],
)
USUAL_DETAILS = LineDetails(REPORT.line, facts(), source_of(DueKind.REPORT).rule, False, list(Answer))
LARGE_DETAILS = LineDetails(
    line(DueKind.OPTION, WHAT, number=2**62),
    facts(**LONG, partner=NAME),
    ReminderRule(tuple(range(120, 100, -1)), late_every=30),
    True,
    list(Answer),
)
WISH = MoreTime(
    id=5,
    kind=DueKind.MILESTONE,
    subject_id=1,
    contract_id=1,
    what="Open the Gateshead office",
    due_on=date(2027, 1, 6),
    until=date(2027, 1, 20),
    why="The lease is signed a week late",
    asked_by_id=4,
    asked_at=MONDAY,
    to_decide_id=3,
)
AGREED = MoreTime(**{**WISH.model_dump(), "agreed": True, "decided_at": MONDAY, "decided_by_id": 3})
REFUSED = MoreTime(**{**WISH.model_dump(), "agreed": False, "decided_at": MONDAY, "decided_by_id": 3})
LARGE_WISH = MoreTime(**{**AGREED.model_dump(), "what": WHAT, "why": long_text(300), "id": 2**62})
USUAL_WISH = Extension(WISH, facts(), "Priya Nair")
LARGE_EXTENSION = Extension(LARGE_WISH, facts(**LONG, partner=NAME), NAME, NAME)
KIND_RULES = [KindRule(each.kind, each.rule, each.kind is DueKind.REPORT) for each in SOURCES]
LARGE_RULES = [KindRule(kind, ReminderRule(tuple(range(120, 80, -1)), late_every=30), True) for kind in DueKind]
EVERY = [("as usual", "as usual"), ("never", "never"), *((str(n), str(n)) for n in range(1, 31))]
RULES_SEEN: Contexts = {
    "found": {
        "smallest": {"found": ContractRules(facts(reference="A", title="B", sample=False), KIND_RULES[:1], False)},
        "usual": {"found": ContractRules(facts(), KIND_RULES, True)},
        "largest": {"found": ContractRules(facts(**LONG), LARGE_RULES, True)},
    }
}


def page(*shown: ReminderView, undecided: int = 0, more: int = 0, later: date | None = None) -> ReminderPage:
    """A reminder that shows these lines, and has so many more."""
    lines = [each.line for each in shown]
    return ReminderPage(DAY, lines + lines[-1:] * more, shown, undecided, later)


MESSAGE_CONTEXTS: Contexts = {
    "reminders/reminder": {
        "smallest": {"page": page(REPORT)},
        "usual": {"page": page(*USUAL_LINES)},
        "done": {"page": page(*DONE)},
        "put_off": {"page": page(*PUT_OFF)},
        "earlier": {"page": page(*USUAL_LINES, later=date(2027, 1, 5))},
        "undecided": {"page": page(ASKED, undecided=1)},
        "more_time": {"page": page(LONGER, GIVEN)},
        "largest": {"page": page(*[LARGE_LINE] * 10, more=1224)},
    },
    "reminders/claimed": {
        "smallest": {"details": SMALL_DETAILS, "by": "C", "confirmed_by": ""},
        "usual": {"details": USUAL_DETAILS, "by": "Priya Nair", "confirmed_by": ""},
        "confirmed": {"details": USUAL_DETAILS, "by": "Priya Nair", "confirmed_by": "Amira Shah"},
        "largest": {"details": LARGE_DETAILS, "by": NAME, "confirmed_by": NAME},
    },
    "reminders/passed_on": {
        "smallest": {"details": SMALL_DETAILS, "by": "C", "reason": "D"},
        "usual": {"details": USUAL_DETAILS, "by": "Priya Nair", "reason": "Liam reports from January"},
        "action": {
            "details": replace(USUAL_DETAILS, line=line(DueKind.ACTION, "A-12 Send the plan", number=12)),
            "by": "Priya Nair",
            "reason": "Liam does it",
        },
        "risk": {
            "details": replace(USUAL_DETAILS, line=line(DueKind.RISK_REVIEW, "Review R-9 Advisers leaving", number=9)),
            "by": "Helen Marsh",
            "reason": "Amira looks after it",
        },
        "largest": {"details": LARGE_DETAILS, "by": NAME, "reason": long_text(300)},
    },
    "reminders/more_time": {
        "smallest": {"extension": Extension(WISH, facts(reference="A", title="B", sample=False), "C")},
        "usual": {"extension": USUAL_WISH},
        "agreed": {"extension": Extension(AGREED, facts(), "Priya Nair", "Amira Shah")},
        "refused": {"extension": Extension(REFUSED, facts(), "Priya Nair", "Amira Shah")},
        "largest": {"extension": LARGE_EXTENSION},
    },
    "reminders/more_time_decided": {
        "smallest": {"extension": Extension(REFUSED, facts(reference="A", title="B", sample=False), "C", "D")},
        "usual": {"extension": Extension(AGREED, facts(), "Priya Nair", "Amira Shah")},
        "largest": {"extension": LARGE_EXTENSION},
    },
    "contracts/reminders": RULES_SEEN["found"],
}
WANTED = Wanted(DueKind.REPORT, 1, "Report for December 2026", date(2027, 1, 6))
LARGE_REQUEST = REQUEST.model_copy(update={"what": WHAT})
VIEW_CONTEXTS: Contexts = {
    "reminders/more_time_form": {
        "smallest": {"form": MoreTimeForm(facts(reference="A", title="B"), [WANTED])},
        "usual": {"form": MoreTimeForm(facts(), [WANTED, replace(WANTED, subject_id=2, what="Staffing plan")])},
        "largest": {
            "form": MoreTimeForm(facts(**LONG), [replace(WANTED, subject_id=n, what=WHAT) for n in range(120)])
        },
    },
    "reminders/more_time_asked": {
        "smallest": {"extension": Extension(REQUEST, facts(), "A")},
        "usual": {"extension": Extension(REQUEST, facts(), "Priya Nair")},
        "largest": {"extension": Extension(LARGE_REQUEST, facts(**LONG), NAME)},
    },
    "reminders/form": {
        "smallest": {"details": SMALL_DETAILS},
        "usual": {"details": USUAL_DETAILS},
        "largest": {"details": LARGE_DETAILS},
    },
    "reminders/answered": {
        "smallest": {"details": SMALL_DETAILS, "state": LineState.PASSED_ON},
        "usual": {"details": USUAL_DETAILS, "state": LineState.MORE_TIME},
        **{
            state.name.lower(): {"details": USUAL_DETAILS, "state": state}
            for state in (LineState.DONE, LineState.CLAIMED)
        },
        "largest": {
            "details": replace(LARGE_DETAILS, line=line(DueKind.OPTION, TITLE * 2)),
            "state": LineState.SNOOZED,
        },
    },
    "reminders/rule_form": {size: {**context, "every": EVERY} for size, context in RULES_SEEN["found"].items()},
    "reminders/rule_done": RULES_SEEN["found"],
}
