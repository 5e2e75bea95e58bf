"""Risks: forms, pages, pings."""

from dataclasses import replace
from datetime import date
from typing import Any

from bot.domain.scores import Band, Impact, Likelihood
from bot.models import (
    Risk,
    RiskAssessment,
    RiskCategory,
    RiskResponse,
    RiskStatus,
)
from bot.services.risks.risk_card import Assessment, RiskSheet
from bot.services.risks.risk_list import ListedRisk, RiskPage
from bot.services.risks.risk_review import Reviewed, ToReview
from bot.services.risks.risks import RiskCard
from tests.builders import MONDAY, card, facts, person
from tests.unit.renders.common import (
    HELEN,
    LONG,
    LONG_NAME,
    LOTS,
    NAME,
    ONE,
    TWELVE,
    WORDS,
    Context,
    Contexts,
    long_text,
    turn,
)

ACKNOWLEDGED = card(owner=HELEN, acknowledged_by="Helen Marsh")
SMALL_CARD = card(Likelihood.RARE, Impact.NEGLIGIBLE, title="A", about=facts(reference="A", title="B"))
LARGE_CARD = card(
    Likelihood.ALMOST_CERTAIN,
    Impact.SEVERE,
    owner=LONG_NAME,
    about=facts(**LONG, partner=NAME),
    title=long_text(200).replace("\n", " "),
    detail=WORDS,
)
ON_RISKS: Context = {
    "categories": list(RiskCategory),
    "likelihoods": list(Likelihood),
    "impacts": list(Impact),
    "chosen": None,
}
NEXT_REVIEW = date(2026, 12, 31)


def listed_risk(number: int, **changes: Any) -> ListedRisk:  # noqa: ANN401  # whichever columns a case is about
    usual = ListedRisk(f"R-{number}", "WP-NE", "Advisers leaving", 16, Band.VERY_HIGH, "Amira Shah", 3, NEXT_REVIEW,
                       overdue=True, happened=False)  # fmt: skip
    return replace(usual, **changes)


def risk_sheet(
    *assessments: Assessment,
    card: RiskCard | None = None,
    **changes: Any,  # noqa: ANN401  # whichever columns a case is about
) -> RiskSheet:
    """A risk on one page; `changes` are whichever columns of the risk a case is about."""
    about = card or USUAL_RISK
    risk = Risk(**{**about.risk.model_dump(), **changes})
    owner = person(NAME, LONG_NAME.slack) if card else person("Amira Shah", "U0AMIRA", 3)
    open_now = risk.status is RiskStatus.OPEN
    return RiskSheet(risk, about.contract, owner.name, owner, assessments, may_manage=True, overdue=open_now)


USUAL_RISK = card(detail="Pay is higher next door.")
ASSESSED = Assessment(MONDAY, "Amira Shah", Likelihood.LIKELY, Impact.MAJOR, "Two more advisers left")
AS_RAISED = replace(ASSESSED, likelihood=Likelihood.POSSIBLE, why="")
CLOSED: dict[str, Any] = {
    "status": RiskStatus.CLOSED,
    "closed_on": date(2027, 1, 4),
    "closing_reason": "Pay was raised",
}
SCALES: Context = {"likelihoods": list(Likelihood), "impacts": list(Impact)}
LAST = RiskAssessment(
    id=7, risk_id=9, likelihood=4, impact=4, why="Two more left", assessed_by_id=3, assessed_at=MONDAY
)
LARGE_REVIEW = ToReview(
    LARGE_CARD.risk, LARGE_CARD.contract, 2**62, NAME, RiskAssessment(**{**LAST.model_dump(), "why": long_text(300)})
)
LARGE_SHEET = risk_sheet(
    *[replace(ASSESSED, who=NAME, why=long_text(300))] * 40,
    card=LARGE_CARD,
    response=RiskResponse.TERMINATE,
    response_note=long_text(1000),
    happened=long_text(1000),
    status=RiskStatus.CLOSED,
    closed_on=date(2027, 1, 4),
    closing_reason=long_text(300),
)

MESSAGE_CONTEXTS: Contexts = {
    "risk_notice": {
        "smallest": {"card": card(owner=HELEN, about=facts(sample=False), title="A")},
        "usual": {"card": card(owner=HELEN, detail="Pay is higher next door.")},
        "acknowledged": {"card": ACKNOWLEDGED},
        "largest": {"card": LARGE_CARD},
    },
    "risk_ping": {
        "smallest": {"card": card(owner=HELEN, about=facts(sample=False), title="A")},
        "usual": {"card": card(owner=HELEN, detail="Pay is higher next door.")},
        "acknowledged": {"card": ACKNOWLEDGED},
        "largest": {"card": LARGE_CARD},
    },
    "risk_raised": {
        "smallest": {"card": SMALL_CARD},
        "usual": {"card": card(owner=HELEN)},
        "nobody_to_ask": {"card": card()},
        "largest": {"card": LARGE_CARD},
    },
    "risk_list": {
        "smallest": {"page": RiskPage([], 1, 0, ["mine"]), "turn": turn},
        "usual": {
            "page": RiskPage(
                [listed_risk(1), listed_risk(2, overdue=False), listed_risk(3, happened=True)], 1, 3, [], 1
            ),
            "turn": turn,
        },
        "largest": {
            "page": RiskPage(
                [
                    listed_risk(2**50 + n, contract=LONG["reference"], title=long_text(200), owner=NAME)
                    for n in range(10)
                ],
                2,
                1234,
                [NAME],
                567,
            ),
            "turn": turn,
        },
    },
    "risk_sheet": {
        "smallest": {"sheet": replace(risk_sheet(detail=""), may_manage=False), "done": ""},
        "usual": {"sheet": risk_sheet(ASSESSED, AS_RAISED, response=RiskResponse.TREAT), "done": ""},
        "responded": {
            "sheet": risk_sheet(AS_RAISED, response=RiskResponse.TREAT, response_note="Recruit 6 advisers by March"),
            "done": "response",
        },
        "issue": {
            "sheet": risk_sheet(AS_RAISED, status=RiskStatus.ISSUE, happened="Nine of 40 advisers have left."),
            "done": "issue",
        },
        "closed": {"sheet": risk_sheet(AS_RAISED, **CLOSED), "done": "closed"},
        "handed_over": {"sheet": risk_sheet(AS_RAISED), "done": "owner"},
        "largest": {"sheet": LARGE_SHEET, "done": "closed"},
    },
}
VIEW_CONTEXTS: Contexts = {
    "risk_owner_done": {
        "smallest": {"sheet": risk_sheet(title="A")},
        "usual": {"sheet": risk_sheet()},
        "largest": {"sheet": LARGE_SHEET},
    },
    "risk_owner_form": {
        "smallest": {"sheet": risk_sheet(title="A")},
        "usual": {"sheet": risk_sheet()},
        "largest": {"sheet": LARGE_SHEET},
    },
    "risk_review_form": {
        "smallest": {"found": ToReview(USUAL_RISK.risk, facts(), 0, "", None), **SCALES},
        "usual": {"found": ToReview(USUAL_RISK.risk, facts(), 7, "Amira Shah", LAST), **SCALES},
        "largest": {"found": LARGE_REVIEW, **SCALES},
    },
    "risk_reviewed": {
        "smallest": {"reviewed": Reviewed(SMALL_CARD, Band.LOW)},
        "usual": {"reviewed": Reviewed(card(owner=HELEN), Band.MEDIUM, asked=True)},
        "waiting": {"reviewed": Reviewed(USUAL_RISK, Band.HIGH, waiting_for="Helen Marsh")},
        "acknowledged": {"reviewed": Reviewed(USUAL_RISK, Band.VERY_HIGH)},
        "nobody_to_ask": {"reviewed": Reviewed(USUAL_RISK, Band.HIGH, asked=True)},
        "largest": {"reviewed": Reviewed(LARGE_CARD, Band.HIGH, asked=True)},
    },
    "risk_done": {
        "smallest": {"card": SMALL_CARD},
        "usual": {"card": card(owner=HELEN)},
        "largest": {"card": LARGE_CARD},
    },
    "risk_form": {
        "smallest": {"contracts": ONE, **ON_RISKS},
        "usual": {"contracts": TWELVE, **ON_RISKS, "chosen": "WP-002"},
        "largest": {"contracts": LOTS, **ON_RISKS, "chosen": "WP-100"},
    },
}
