"""Money: service credits, what is decided on them, and the terms of a contract."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.domain.credit_cycle import CREDIT, CreditEvent, CreditNews, CreditState
from bot.domain.credits import Cap, CreditLine, MonthlyCredit
from bot.domain.periods import Month
from bot.domain.ratings import Rating
from bot.interactions import record_forms
from bot.models import CreditTermsRow, ServiceCredit
from bot.records import CreditTermsRecord
from bot.services.money.credits import CreditCard, CreditInList, CreditList
from bot.services.money.terms import TermsForm
from bot.services.money.worth import FigureInMonth, WorkedLine, YearTotal
from tests.builders import facts
from tests.unit.renders.common import LONG, NAME, Contexts, long_text

LARGE = facts(**LONG, partner=NAME)
SUBJECT = long_text(150).replace("\n", " ")
MOST = Decimal("999999999999.99")


def credit(**changes: Any) -> ServiceCredit:  # noqa: ANN401  # whichever columns a case is about
    usual: dict[str, Any] = {"id": 3, "contract_id": 1, "period": "2026-12", "proposed_on": date(2027, 1, 8)}
    usual |= {"public_id": "key-of-a-record0", "amount": Decimal("14499.22"), "worth": Decimal("14499.22")}
    return ServiceCredit(**{**usual, **changes})


def line(
    name: str, rating: Rating, points: int, times: int = 1, figure: str = "188 seconds", why: str = ""
) -> WorkedLine:
    return WorkedLine(CreditLine("answer", rating, points, times), FigureInMonth(name, figure, why))


WORKING = [
    line("Average speed of answer", Rating.REQUIRES_IMPROVEMENT, 2, 2),
    line("Calls abandoned", Rating.APPROACHING_TARGET, 1, figure="6.7%"),
    line("Call quality score", Rating.GOOD, 0, figure="90.8%"),
    line("Complaints answered", Rating.OTHER, 0, figure="", why="the system was down"),
    line("Calls returned", Rating.OTHER, 0, figure=""),
]


def month(**changes: Any) -> MonthlyCredit:  # noqa: ANN401  # as above
    usual: dict[str, Any] = {"month": Month(2026, 12), "lines": [each.line for each in WORKING]}
    usual |= {"charges": Decimal("362480.50"), "percent": Decimal("2.5"), "capped_by": None}
    usual |= {"uncapped": Decimal("9062.01"), "amount": Decimal("9062.01")}
    return MonthlyCredit(**{**usual, **changes})


YEAR = YearTotal(2026, Decimal("24999.22"), Decimal(60000))


def card(row: ServiceCredit | None = None, **changes: Any) -> CreditCard:  # noqa: ANN401  # as above
    shown = row or credit()
    usual: dict[str, Any] = {"contract": facts(), "worth": shown.amount, "month": month(), "working": WORKING}
    return CreditCard(**{"credit": shown, "year": YEAR, **usual, **changes})


def offered(state: CreditState) -> list[Any]:
    return [row for row in CREDIT.of_state(state) if row.event is not CreditEvent.COMMENTED]


COMMENTED: dict[str, Any] = {
    "state": CreditState.COMMENTED,
    "comment": "The forecast of calls was wrong",
    "sendings": 1,
}
COMMENTED |= {"commented_on": date(2027, 1, 11), "reached_on": date(2027, 1, 8)}
SENT: dict[str, Any] = {"state": CreditState.SENT, "sendings": 1, "reached_on": date(2027, 1, 8)}
WAIVED = credit(state=CreditState.WAIVED, reason="The forecast was ours", sendings=1)
DEDUCTED = credit(state=CreditState.DEDUCTED, invoice="BC-2310", deducted_on=date(2027, 1, 20), sendings=1)
BIG: dict[str, Any] = {"comment": long_text(2000), "reason": long_text(500), "invoice": long_text(60)}
HUGE = card(
    credit(**{**BIG, "state": CreditState.COMMENTED, "amount": MOST, "part": 99, "commented_on": date(2027, 1, 8)}),
    contract=LARGE,
    worth=-MOST,
    working=[line(SUBJECT, Rating.OTHER, 0, figure="", why=long_text(300)) for _ in range(90)],
    month=month(charges=MOST, uncapped=MOST, amount=MOST, capped_by=Cap.YEAR),
    others=[credit(state=CreditState.DEDUCTED, amount=MOST, invoice=long_text(60), deducted_on=date(2027, 1, 8))] * 8,
    year=YearTotal(2026, MOST, MOST),
    commented_by=NAME,
    comment_by=date(2027, 1, 15),
    offered=offered(CreditState.COMMENTED),
)
SMALL = card(month=None, working=[], year=None)
OUTSIDE = {"inside": False, "year": None}


def listed(row: ServiceCredit | None = None, reference: str = "WP-NE") -> CreditInList:
    return CreditInList(row or credit(), reference)


LISTED = [listed(credit(part=2, amount=Decimal("-250.50"))), listed(DEDUCTED), listed(WAIVED), listed(credit(**SENT))]

MESSAGE_CONTEXTS: Contexts = {
    "money/credit": {
        "smallest": {"card": SMALL, "news": CreditNews.ASKED},
        "usual": {"card": card(), "news": CreditNews.PROPOSED},
        "without_charges": {
            "card": card(credit(amount=Decimal(0)), month=month(charges=None, amount=Decimal(0))),
            "news": CreditNews.PROPOSED,
        },
        "capped": {"card": card(month=month(capped_by=Cap.MONTH)), "news": CreditNews.CHANGED},
        "changed": {"card": card(credit(**SENT), worth=Decimal("9062.01")), "news": CreditNews.CHANGED},
        "sent": {"card": card(credit(state=CreditState.SENT, sendings=1), **OUTSIDE), "news": CreditNews.SENT},
        "commented": {"card": card(credit(**COMMENTED), commented_by="Kwame Boateng"), "news": CreditNews.COMMENTED},
        "page": {
            "card": card(credit(**SENT), comment_by=date(2027, 1, 15), offered=offered(CreditState.SENT)),
            "news": CreditNews.ASKED,
        },
        "page_of_partner": {
            "card": card(credit(**SENT), comment_by=date(2027, 1, 15), can_comment=True, **OUTSIDE),
            "news": CreditNews.ASKED,
        },
        "corrected_for_partner": {
            "card": card(credit(**SENT), worth=Decimal(5), **OUTSIDE),
            "news": CreditNews.ASKED,
        },
        "waived": {"card": card(WAIVED), "news": CreditNews.ASKED},
        "adjusted": {"card": card(credit(part=2), others=[DEDUCTED]), "news": CreditNews.PROPOSED},
        "settled": {"card": card(DEDUCTED, is_kept=True, **OUTSIDE), "news": CreditNews.SETTLED},
        "lines_not_kept": {"card": card(DEDUCTED), "news": CreditNews.ASKED},
        "largest": {"card": HUGE, "news": CreditNews.COMMENTED},
    },
    "money/list": {
        "smallest": {"found": CreditList(None, [], 0)},
        "usual": {"found": CreditList(facts(), LISTED, 0, YEAR, can_change=True)},
        "without_terms": {"found": CreditList(facts(), [], 0, has_terms=False, can_change=True)},
        "all": {"found": CreditList(None, LISTED, 3)},
        "without_cap": {"found": CreditList(facts(), LISTED, 0, replace(YEAR, cap=None))},
        "largest": {
            "found": CreditList(
                LARGE,
                [listed(HUGE.others[0], LARGE.reference)] * 15,
                1234,
                YearTotal(2026, MOST, MOST),
                can_change=True,
            )
        },
    },
    "money/cap": {
        "smallest": {"contract": facts(sample=False), "year": YEAR, "reached": 50},
        "usual": {"contract": facts(), "year": YEAR, "reached": 80},
        "largest": {"contract": LARGE, "year": YearTotal(2026, MOST, MOST), "reached": 100},
    },
}


def inputs(row: CreditTermsRow | None) -> list[record_forms.FormInput]:
    known = CreditTermsRecord.kept_in(row) if row else {}
    return record_forms.inputs(CreditTermsRecord, known, {})


TERMS = CreditTermsRow(
    id=1, contract_id=1, since="2026-10", percent_per_point=Decimal("0.5"), approaching=1, requires_improvement=2,
    inadequate=3, doubles=True, year_cap=Decimal(60000),
)  # fmt: skip

VIEW_CONTEXTS: Contexts = {
    "money/decide_form": {
        "smallest": {"card": replace(SMALL, offered=offered(CreditState.PROPOSED))},
        "usual": {"card": card(credit(**COMMENTED), offered=offered(CreditState.COMMENTED))},
        "confirmed": {"card": card(credit(state=CreditState.CONFIRMED), offered=offered(CreditState.CONFIRMED))},
        "largest": {"card": HUGE},
    },
    "money/comment_form": {
        "smallest": {"card": replace(SMALL, inside=False)},
        "usual": {"card": card(credit(**SENT), **OUTSIDE)},
        "largest": {"card": replace(HUGE, inside=False)},
    },
    "money/done": {
        "smallest": {"card": card(DEDUCTED)},
        "usual": {"card": card(credit(**SENT))},
        "commented": {"card": card(credit(**COMMENTED), **OUTSIDE)},
        "largest": {"card": HUGE},
    },
    "money/terms_form": {
        "smallest": {"form": TermsForm(facts(), None), "inputs": inputs(None)},
        "usual": {"form": TermsForm(facts(), TERMS), "inputs": inputs(TERMS)},
        "largest": {"form": TermsForm(LARGE, TERMS), "inputs": inputs(TERMS)},
    },
    "money/terms_saved": {
        "smallest": {"form": TermsForm(facts(), None)},
        "usual": {"form": TermsForm(facts(), TERMS)},
        "largest": {"form": TermsForm(LARGE, TERMS)},
    },
}
