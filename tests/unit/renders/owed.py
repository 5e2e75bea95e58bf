"""What one side owes the other: the forms that say that it is done and confirm it, and what people are told of it."""

from datetime import date
from typing import Any

from bot.domain.due_kinds import DueKind
from bot.domain.owed_cycle import OWED, OwedEvent, OwedStanding, OwedState
from bot.models import Milestone, MilestoneKind, Obligation, Party
from bot.services.due.duties import FORM as FORM_DONE
from bot.services.due.duties import TO_CONFIRM
from bot.services.pages.owed_matrix import MatrixItem, OwedMatrix
from bot.services.specification.owed import OwedDone, OwedItem
from bot.services.specification.owed_list import OwedChoice, OwedChoices
from tests.builders import contract, facts
from tests.unit.renders.common import DAYS, LONG, NAME, TITLE, Context, Contexts, long_text
from tests.unit.renders.specification import MANY, OTHERS, also_due

SAID = date(2026, 12, 18)
SAID_DONE = {"said_done_on": SAID, "said_on": SAID, "said_done_by_id": 4, "evidence": "Signed off by the board"}
LARGE = {"name": TITLE, "evidence": long_text(1000), "said_done_on": SAID, "said_on": SAID, "said_done_by_id": 4}


def milestone(**changes: Any) -> Milestone:  # noqa: ANN401  # whichever columns a case is about
    usual: dict[str, Any] = {"id": 3, "contract_id": 1, "name": "Recovery test at the second data centre"}
    usual |= {"kind": MilestoneKind.MILESTONE, "owed_by": Party.PARTNER, "due_on": date(2027, 2, 15)}
    return Milestone(**{**usual, **changes})


def obligation(**changes: Any) -> Obligation:  # noqa: ANN401  # as above
    usual: dict[str, Any] = {"id": 3, "contract_id": 1, "name": "Send the list of interpreters", "clause": "9.2"}
    usual |= {"owed_by": Party.PARTNER, "due_on": date(2027, 1, 29), "recurs": "quarterly"}
    return Obligation(**{**usual, **changes})


def owed(item: Milestone | Obligation, *, confirms: bool = True, **of: Any) -> OwedItem:  # noqa: ANN401  # as above
    return OwedItem(item, facts(**of), confirms, "Mei Lin" if item.said_on else "")


def after(item: OwedItem, state: OwedState, event: OwedEvent, **more: Any) -> OwedDone:  # noqa: ANN401  # as above
    return OwedDone(item, OWED.follow(state, event), **{"by": "Rhian Price", **more})


SMALL = owed(obligation(name="A", recurs="", due_on=None), title="B", sample=False)
SMALL_SAID = owed(obligation(name="A", **SAID_DONE, due_on=None, recurs=""), title="B", sample=False)
LARGEST = OwedItem(milestone(**LARGE), facts(**LONG, partner=NAME), True, NAME)
MET = {"met_on": date(2027, 1, 4), "met_by_id": 3, "evidence": "Signed off by the board"}
NEXT = obligation(name="Send the list of interpreters (30 April 2027)", due_on=date(2027, 4, 30))
NOT_YET = after(
    OwedItem(milestone(), facts(), True, "Mei Lin"),
    OwedState.SAID_DONE,
    OwedEvent.NOT_YET,
    reason="The test of the second centre failed",
)
LARGE_NOT_YET = after(LARGEST, OwedState.SAID_DONE, OwedEvent.NOT_YET, by=NAME, reason=long_text(1000))
FORM: Context = {**DAYS, "in_window": False}
ALSO = [also_due(DueKind.MILESTONE, "Milestone of the partner: Recovery test"), *OTHERS]

BY = {"kind": "milestone", "due_on": date(2027, 1, 29), "key": "key-of-a-record0"}


def choice(what: str, *, contract: str = "WP-NE", key: str = "") -> OwedChoice:
    return OwedChoice(contract, what, date(2027, 1, 5), key or f"key of {what}")


def matrix_item(name: str, standing: OwedStanding, **more: Any) -> MatrixItem:  # noqa: ANN401  # as above
    return MatrixItem(**{"owed_by": Party.PARTNER, "name": name, "standing": standing, **BY, **more})


MATRIX = OwedMatrix(
    contract(),
    [
        matrix_item("Recovery test at the second data centre", OwedStanding.LATE, form=FORM_DONE),
        matrix_item("List of jobcentres that close", OwedStanding.OPEN, owed_by=Party.DEPARTMENT, form=FORM_DONE),
        matrix_item(
            "Send the list of interpreters", OwedStanding.OPEN, kind="obligation", clause="9.2", recurs="quarterly"
        ),
        matrix_item("Survey of advisers", OwedStanding.SAID_DONE, done_on=SAID, form=TO_CONFIRM),
        matrix_item("Pass a security test", OwedStanding.MET, done_on=SAID, kind="obligation"),
        matrix_item("Keep the evidence for 6 years", OwedStanding.THROUGHOUT, kind="obligation", due_on=None),
    ],
)
UNSETTLED = (OwedStanding.LATE, OwedStanding.OPEN)
LARGE_ITEM = {"clause": TITLE[:40], "recurs": "every 119 months on the last day", "done_on": SAID}
LARGE_MATRIX = OwedMatrix(
    contract(**LONG),
    [
        matrix_item(
            TITLE, each, **LARGE_ITEM, form=FORM_DONE if each in (OwedStanding.LATE, OwedStanding.OPEN) else None
        )
        for each in OwedStanding
        for _ in range(40)
    ],
)

MESSAGE_CONTEXTS: Contexts = {
    "contracts/matrix": {
        "smallest": {"matrix": OwedMatrix(contract(title="B", sample=False), [])},
        "usual": {"matrix": MATRIX},
        "largest": {"matrix": LARGE_MATRIX},
    },
    "specification/said_done": {
        "smallest": {"done": after(SMALL_SAID, OwedState.OPEN, OwedEvent.SAID_DONE, by="C")},
        "usual": {"done": after(owed(milestone(**SAID_DONE)), OwedState.OPEN, OwedEvent.SAID_DONE)},
        "met": {"done": after(owed(milestone(**MET)), OwedState.SAID_DONE, OwedEvent.MET)},
        "not_yet": {"done": NOT_YET},
        "largest": {"done": LARGE_NOT_YET},
    },
    "specification/not_yet": {
        "smallest": {"done": after(SMALL_SAID, OwedState.SAID_DONE, OwedEvent.NOT_YET, by="C", reason="D")},
        "usual": {"done": NOT_YET},
        "largest": {"done": LARGE_NOT_YET},
    },
}
VIEW_CONTEXTS: Contexts = {
    "specification/owed_list_form": {
        "smallest": {"found": OwedChoices([choice("A", contract="B")], 0)},
        "usual": {"found": OwedChoices([choice("Open the Gateshead office"), choice("Send the list of offices")], 0)},
        "largest": {
            "found": OwedChoices([choice(TITLE, contract=LONG["reference"], key=f"k{n}") for n in range(100)], 1234)
        },
    },
    "specification/owed_form": {
        "smallest": {"owed": SMALL, **FORM},
        "usual": {"owed": owed(milestone(), confirms=False), **FORM},
        "in_window": {"owed": owed(obligation()), **DAYS, "in_window": True},
        "largest": {"owed": LARGEST, **FORM},
    },
    "specification/owed_confirm_form": {
        "smallest": {"owed": SMALL_SAID, **FORM},
        "usual": {"owed": owed(milestone(**SAID_DONE)), **FORM},
        "largest": {"owed": LARGEST, **FORM},
    },
    "specification/owed_done": {
        "smallest": {"done": NOT_YET, "others": []},
        "usual": {"done": after(owed(obligation(**MET)), OwedState.OPEN, OwedEvent.MET, next=NEXT), "others": ALSO},
        "said_done": {
            "done": after(owed(milestone(**SAID_DONE), confirms=False), OwedState.OPEN, OwedEvent.SAID_DONE),
            "others": [],
        },
        "largest": {
            "done": after(
                OwedItem(obligation(name=TITLE, **MET), facts(**LONG), True, NAME),
                OwedState.OPEN,
                OwedEvent.MET,
                by=NAME,
                next=obligation(name=TITLE),
            ),
            "others": MANY,
        },
    },
}
