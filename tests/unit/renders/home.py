"""App Home."""

from dataclasses import replace
from datetime import date, timedelta

from bot.domain.ratings import Movement, Rating
from bot.domain.waiting import Waiting
from bot.models import Contract
from bot.services.due.due_lines import DueLine
from bot.services.due.sources import SOURCES
from bot.services.due.sources.actions import ACTIONS
from bot.services.due.sources.reports import FORM
from bot.services.due.sources.risk_reviews import RISK_REVIEWS
from bot.services.pages.home import ContractOnHome, HomeContent, PartnerHome, TopItems
from bot.services.pages.waiting import WaitingItem
from bot.services.progress.standings import ContractStanding
from tests.builders import contract, facts
from tests.unit.renders.common import LONG, NAME, TITLE, WORDS, Contexts, long_text

MONDAY = date(2027, 1, 4)
LONGEST = long_text(300)


def standing(
    about: Contract, rating: Rating = Rating.GOOD, before: Rating | None = None, why: str = ""
) -> ContractStanding:
    return ContractStanding(about, "Northgate Futures Ltd", "Amira Shah", "December 2026", rating, before, why)


def listed(about: Contract, rating: Rating = Rating.GOOD, movement: Movement | None = None) -> ContractOnHome:
    return ContractOnHome(about, "Northgate Futures Ltd", rating, movement)


def waiting(kind: Waiting, title: str, days: int = 0, number: int = 12, contract: str = "WP-NE") -> WaitingItem:
    return WaitingItem(kind, contract, number, title, MONDAY + timedelta(days=days), days < 0)


ALL_KINDS = [
    replace(waiting(Waiting.ESCALATION, "Advisers leaving faster than hired"), why="It is very high.", version="4 1"),
    waiting(Waiting.LATE_REPORT, "November 2026", -12),
    replace(waiting(Waiting.UNDECIDED_REPORT, "December 2026"), others=5),
    waiting(Waiting.QUERIED_REPORT, "December 2026", contract="SE-CW"),
    replace(waiting(Waiting.DUE, "Review R-12 Heating fails", -3), form=RISK_REVIEWS.form, key="key-of-a-record0"),
    replace(waiting(Waiting.DUE, "A-12 send the staffing plan", 4), form=ACTIONS.act, key="key-of-a-record0"),
    WaitingItem(Waiting.DUE, "SE-CW", 13, "A-13 agree the recovery plan", MONDAY, by_another=True),
]
FALLEN = standing(contract(), Rating.INADEQUATE, Rating.GOOD, "Starts within 15 working days: 88% against 99%")
COMING = [
    DueLine("WP-NE", "Report for December 2026", date(2027, 1, 6), late=False, form=FORM, key="key-of-a-report0"),
    DueLine("SE-CW", "Assess performance for the year (UK9)", date(2027, 1, 8), late=False),
    *(
        DueLine("WP-NE", f"One {each.kind}", date(2027, 1, 9), late=False, form=form, key="key-of-a-record0")
        for each in SOURCES
        for form in each.buttons
    ),
]
LISTED = [listed(contract(), Rating.INADEQUATE, Movement.WORSE), listed(contract(reference="SE-CW"))]
OWED = [
    DueLine("WP-NE", "Report for November 2026", date(2026, 12, 3), late=True, form=FORM, key="key-of-a-report1"),
    DueLine("WP-NE", "A-12 Priya Nair: send the staffing plan", date(2027, 1, 8), late=False),
    DueLine("WP-NE", "Renew the insurance", date(2027, 1, 20), late=False),
]
LARGE = contract(**LONG)
LARGE_STANDING = ContractStanding(
    LARGE, NAME, NAME, "September 2026", Rating.REQUIRES_IMPROVEMENT, Rating.GOOD, LONGEST
)
LARGE_ITEM = DueLine(LONG["reference"], LONGEST, date(2027, 9, 22), late=True, form=FORM, key="key-of-a-report2")
LARGE_WAITING = [
    WaitingItem(kind, LONG["reference"], 2**62, LONGEST, date(2027, 9, 22), late=True, others=1234, why=long_text(1000))
    for kind in Waiting
] * 2

MESSAGE_CONTEXTS: Contexts = {
    "home/in_short": {
        "smallest": {"page": TopItems([])},
        "usual": {"page": TopItems(ALL_KINDS[:5], 1)},
        "largest": {"page": TopItems(LARGE_WAITING[:5], 1234)},
    },
    "common/table_in_modal": {
        "smallest": {"lines": [("A", "B")]},
        "usual": {"lines": [("Starts", "December 2026 98.5%, 3 months 97.8%"), ("Outcomes", "December 2026 88%")]},
        "largest": {"lines": [(TITLE, WORDS)] * 100},
    },
}
VIEW_CONTEXTS: Contexts = {
    "home/home": {
        "smallest": {"page": HomeContent(TopItems([]), None, TopItems([]), 0, None)},
        "usual": {
            "page": HomeContent(
                TopItems(ALL_KINDS),
                None,
                TopItems(LISTED),
                1,
                TopItems(COMING),
            )
        },
        "senior_owner": {
            "page": HomeContent(
                TopItems(ALL_KINDS[:1]), TopItems([FALLEN]), TopItems([LISTED[0], listed(contract())], 0), 1, None
            )
        },
        "nothing": {"page": HomeContent(TopItems([]), TopItems([]), TopItems([listed(contract())]), 0, TopItems([]))},
        "largest": {
            "page": HomeContent(
                TopItems(LARGE_WAITING, 123),
                TopItems([LARGE_STANDING] * 10, 45),
                TopItems([ContractOnHome(LARGE, NAME, Rating.REQUIRES_IMPROVEMENT, Movement.WORSE)] * 30, 1204),
                567,
                TopItems([LARGE_ITEM] * 12, 678),
            )
        },
    },
    "home/partner": {
        "smallest": {"page": PartnerHome(TopItems([]), [])},
        "usual": {"page": PartnerHome(TopItems(OWED), [facts()])},
        "largest": {"page": PartnerHome(TopItems([LARGE_ITEM] * 20, 99), [facts(**LONG)] * 120)},
    },
    "home/unknown": {
        "smallest": {"sentence": "No."},
        "usual": {"sentence": "Liaison does not know you yet, so nothing was done."},
        "largest": {"sentence": long_text(1000)},
    },
    "common/modal": {"usual": {}},
}
