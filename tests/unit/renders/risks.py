"""Risks: forms, pages, pings."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from bot.access import ContractRef
from bot.domain.risk_rules import RiskCategory, RiskChange
from bot.domain.scores import Impact, Likelihood
from bot.models import (
    Audience,
    Risk,
    RiskAssessment,
    RiskResponse,
    RiskStatus,
    Stage,
    StageReview,
)
from bot.services.lookup.risks import RiskCard
from bot.services.risks.risk_card import Assessment, RiskSheet, ToDo, course_of
from bot.services.risks.risk_list import ListedRisk, RiskPage
from bot.services.risks.risk_matrix import MatrixCell, RiskMatrix, chart_of
from bot.services.risks.risk_review import Reviewed, ToReview
from bot.services.risks.risk_sharing import SharedRisk
from bot.services.risks.stage_review import StageProgress, ToReassess
from tests.builders import MONDAY, RULES, action, card, facts, person
from tests.unit.renders.common import (
    HELEN,
    LONG,
    LONG_NAME,
    LOTS,
    NAME,
    ONE,
    TWELVE,
    Contexts,
    long_text,
    turn,
)

SMALL_CARD = card(Likelihood.RARE, Impact.NEGLIGIBLE, title="A", about=facts(reference="A", title="B"))
LARGE_CARD = card(
    Likelihood.ALMOST_CERTAIN,
    Impact.SEVERE,
    asked=LONG_NAME,
    about=facts(**LONG, partner=NAME),
    title=long_text(200).replace("\n", " "),
    **dict.fromkeys(("cause", "effect", "controls"), long_text(1000)),
    target_likelihood=5,
    target_impact=5,
    proximity_on=date(2027, 11, 22),
)


NEXT_REVIEW = date(2026, 12, 31)


def listed_risk(number: int, **changes: Any) -> ListedRisk:  # noqa: ANN401  # whichever columns a case is about
    usual = ListedRisk(f"R-{number}", "WP-NE", "Advisers leaving", RULES.grade(4, 4), "Amira Shah", 3, NEXT_REVIEW,
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
    return RiskSheet(
        risk,
        about.contract,
        owner.name,
        owner,
        inherent=RULES.grade_if_any(risk.inherent_likelihood, risk.inherent_impact),
        residual=RULES.grade_if_any(risk.likelihood, risk.impact),
        target=RULES.grade_if_any(risk.target_likelihood, risk.target_impact),
        above_appetite=bool(card),
        assessments=assessments,
        actions=[],
        waiting_for="",
        course=course_of(RULES, risk, assessments),
        may_manage=True,
        overdue=open_now,
    )


USUAL_RISK = card(cause="Pay is higher next door.", effect="Fewer people start on time.")
ASSESSED = Assessment(MONDAY, "Amira Shah", RULES.grade(4, 4), "Two more advisers left")
AS_RAISED = replace(ASSESSED, grade=RULES.grade(3, 4), why="")
FROM_A_FILE = replace(ASSESSED, who="", why="Changed by the import of risks.csv")
NOT_ASSESSED: dict[str, Any] = dict.fromkeys(("likelihood", "impact", "inherent_likelihood", "inherent_impact"))
TO_DO = ToDo(action(what="interview ten advisers"), "Priya Nair", late=True)
CLOSED: dict[str, Any] = {
    "status": RiskStatus.CLOSED,
    "closed_on": date(2027, 1, 4),
    "closing_reason": "Pay was raised",
}
DAYS = [90, 60, 30, 14]
LAST = RiskAssessment(
    id=7, risk_id=9, likelihood=4, impact=4, why="Two more left", assessed_by_id=3, assessed_at=MONDAY
)
LARGE_REVIEW = ToReview(
    LARGE_CARD.risk,
    LARGE_CARD.contract,
    NAME,
    RiskAssessment(**{**LAST.model_dump(), "why": long_text(300)}),
    DAYS,
)
LARGE_SHEET = replace(
    risk_sheet(
        *[replace(ASSESSED, who=NAME, why=long_text(300))] * 40,
        card=LARGE_CARD,
        response=RiskResponse.TERMINATE,
        response_note=long_text(1000),
        happened=long_text(1000),
        status=RiskStatus.CLOSED,
        closed_on=date(2027, 1, 4),
        closing_reason=long_text(300),
    ),
    waiting_for=NAME,
    actions=[replace(TO_DO, owner=NAME, item=action(what=long_text(300)))] * 40,
)


def shown(**changes: Any) -> SharedRisk:  # noqa: ANN401  # whichever parts a case is about
    """What a partner sees of a risk."""
    usual = SharedRisk(
        reference="R-9",
        contract=facts(),
        title="Advisers leaving faster than hired",
        cause="",
        effect="",
        category=RiskCategory.PEOPLE,
        grade=RULES.grade(4, 4),
        proximity=None,
        status=RiskStatus.OPEN,
        raised_by="Amira Shah",
    )
    return replace(usual, **changes)


def stage_progress(
    count: int, done: int = 0, about: RiskCard = USUAL_RISK, ended_at: datetime | None = None
) -> StageProgress:
    """So many risks to be assessed again, of which some are."""
    review = StageReview(id=3, contract_id=1, stage=Stage.EXIT, asked_at=MONDAY, ended_at=ended_at)
    risks = [ToReassess(about.risk, about.residual, done=n > count - done) for n in range(1, count + 1)]
    return StageProgress(about.contract, review, risks)


def matrix(*cells: MatrixCell, about: ContractRef | None = None) -> RiskMatrix:
    """Risks on the grid of a contract."""
    contract = about or facts()
    return RiskMatrix(contract, cells, [], chart_of(RULES, contract, cells))


USUAL_CELLS = (MatrixCell(RULES.grade(4, 4), ["R-9"]), MatrixCell(RULES.grade(3, 3), ["R-1", "R-2"]))
MANY = [f"R-{2**62 + n}" for n in range(120)]
EVERYWHERE = [RULES.grade(likelihood, impact) for likelihood in Likelihood for impact in Impact]
LARGE_MATRIX = replace(
    matrix(*[MatrixCell(grade, MANY) for grade in EVERYWHERE], about=LARGE_CARD.contract), unassessed=MANY
)
LARGE_SHOWN = shown(
    reference=f"R-{2**62}",
    contract=LARGE_CARD.contract,
    title=LARGE_CARD.risk.title,
    cause=long_text(1000),
    effect=long_text(1000),
    proximity=date(2027, 11, 22),
    raised_by=NAME,
)

MESSAGE_CONTEXTS: Contexts = {
    "risks/raised": {
        "smallest": {"card": SMALL_CARD},
        "usual": {"card": card(asked=HELEN)},
        "nobody_to_ask": {"card": card()},
        "largest": {"card": LARGE_CARD},
    },
    "risks/list": {
        "smallest": {"page": RiskPage([], 1, 0, ["mine"]), "turn": turn},
        "usual": {
            "page": RiskPage(
                [
                    listed_risk(4, grade=None),
                    listed_risk(1),
                    listed_risk(2, overdue=False),
                    listed_risk(3, happened=True),
                ],
                1,
                4,
                [],
                1,
            ),
            "turn": turn,
        },
        "of_partner": {"page": RiskPage([listed_risk(1)], 1, 1, [], 1, of_partner=True), "turn": turn},
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
    "risks/page": {
        "smallest": {"sheet": replace(risk_sheet(cause="", effect=""), may_manage=False), "done": None},
        "usual": {"sheet": risk_sheet(ASSESSED, AS_RAISED, response=RiskResponse.TREAT), "done": None},
        "linked": {
            "sheet": replace(risk_sheet(), link="https://liaison.slack.com/archives/C1/p1?a=1&b=2"),
            "done": None,
        },
        "full": {
            "sheet": replace(
                risk_sheet(
                    FROM_A_FILE,
                    controls="A pool of bank staff",
                    inherent_likelihood=5,
                    target_likelihood=2,
                    target_impact=3,
                    proximity_on=date(2027, 1, 31),
                ),
                above_appetite=True,
                actions=[TO_DO],
            ),
            "done": None,
        },
        "shared": {"sheet": risk_sheet(AS_RAISED, audience=Audience.SHARED), "done": RiskChange.SHARED},
        "taken_back": {"sheet": risk_sheet(AS_RAISED), "done": RiskChange.TAKEN_BACK},
        "not_assessed": {"sheet": risk_sheet(**NOT_ASSESSED), "done": None},
        "responded": {
            "sheet": risk_sheet(AS_RAISED, response=RiskResponse.TREAT, response_note="Recruit 6 advisers by March"),
            "done": RiskChange.RESPONSE,
        },
        "issue": {
            "sheet": risk_sheet(AS_RAISED, status=RiskStatus.ISSUE, happened="Nine of 40 advisers have left."),
            "done": RiskChange.ISSUE,
        },
        "closed": {"sheet": risk_sheet(AS_RAISED, **CLOSED), "done": RiskChange.CLOSED},
        "escalated": {
            "sheet": replace(risk_sheet(AS_RAISED), waiting_for="Helen Marsh"),
            "done": RiskChange.ESCALATED,
        },
        "handed_over": {"sheet": risk_sheet(AS_RAISED), "done": RiskChange.OWNER},
        "largest": {"sheet": LARGE_SHEET, "done": RiskChange.CLOSED},
        "largest_shown": {"sheet": LARGE_SHEET, "done": None},
    },
    "risks/shared": {
        "smallest": {"risk": shown(title="A", grade=None, category=RiskCategory.LEGAL)},
        "usual": {"risk": shown(cause="Pay is higher next door.", effect="Fewer people start on time.")},
        "issue": {"risk": shown(status=RiskStatus.ISSUE)},
        "closed": {"risk": shown(status=RiskStatus.CLOSED)},
        "largest": {"risk": LARGE_SHOWN},
    },
    "risks/matrix": {
        "smallest": {"matrix": RiskMatrix(None, [], [], chart_of(RULES, None, []))},
        "usual": {"matrix": matrix(*USUAL_CELLS)},
        "unassessed": {"matrix": replace(matrix(), unassessed=["R-4"])},
        "largest": {"matrix": LARGE_MATRIX},
    },
    "risks/stage_review": {
        "smallest": {"progress": stage_progress(1, about=SMALL_CARD)},
        "usual": {"progress": stage_progress(7, done=4)},
        "all_done": {"progress": stage_progress(7, done=7)},
        "moved_on": {"progress": stage_progress(7, done=4, ended_at=MONDAY)},
        "largest": {"progress": stage_progress(120, about=LARGE_CARD)},
    },
    "risks/taken_back": {
        "smallest": {"reference": "R-1", "contract": SMALL_CARD.contract},
        "usual": {"reference": "R-12", "contract": facts()},
        "largest": {"reference": f"R-{2**62}", "contract": LARGE_CARD.contract},
    },
    "risks/from_partner": {
        "smallest": {"card": replace(SMALL_CARD, residual=None), "assessed_by": ""},
        "usual": {"card": replace(USUAL_RISK, residual=None, raised_by="Priya Nair"), "assessed_by": ""},
        "assessed": {"card": replace(USUAL_RISK, raised_by="Priya Nair"), "assessed_by": "Amira Shah"},
        "largest": {"card": replace(LARGE_CARD, raised_by=NAME), "assessed_by": NAME},
    },
    "risks/owner_told": {
        "smallest": {"sheet": risk_sheet(title="A", status=RiskStatus.ISSUE, happened="B"), "by": "C"},
        "usual": {"sheet": risk_sheet(), "by": "Amira Shah"},
        "largest": {"sheet": LARGE_SHEET, "by": NAME},
    },
}
RULES_CHANGED = {"very high from a score of": ["15", "16"], "appetite for legal": ["High", "Medium"]}
VIEW_CONTEXTS: Contexts = {
    "risks/partner_form": {
        "smallest": {"contract": SMALL_CARD.contract},
        "usual": {"contract": facts()},
        "largest": {"contract": LARGE_CARD.contract},
    },
    "risks/partner_done": {
        "smallest": {"card": replace(SMALL_CARD, residual=None)},
        "usual": {"card": replace(USUAL_RISK, residual=None, raised_by="Priya Nair")},
        "largest": {"card": LARGE_CARD},
    },
    "risks/settings_form": {
        "smallest": {"rules": RULES},
        "usual": {"rules": RULES},
        "largest": {"rules": RULES},
    },
    "risks/settings_done": {
        "smallest": {"changes": {}},
        "usual": {"changes": RULES_CHANGED},
        "largest": {"changes": {f"appetite for {each.value}": ["Very high", "Very high"] for each in RiskCategory}},
    },
    "risks/owner_done": {
        "smallest": {"sheet": risk_sheet(title="A")},
        "usual": {"sheet": risk_sheet()},
        "largest": {"sheet": LARGE_SHEET},
    },
    "risks/owner_form": {
        "smallest": {"sheet": risk_sheet(title="A")},
        "usual": {"sheet": risk_sheet()},
        "largest": {"sheet": LARGE_SHEET},
    },
    "risks/review_form": {
        "smallest": {"found": ToReview(USUAL_RISK.risk, facts(), "", None, DAYS)},
        "usual": {"found": ToReview(USUAL_RISK.risk, facts(), "Amira Shah", LAST, DAYS)},
        "largest": {"found": LARGE_REVIEW},
    },
    "risks/reviewed": {
        "smallest": {"reviewed": Reviewed(SMALL_CARD, RULES.grade(1, 1), RULES.grade(1, 1))},
        "usual": {"reviewed": Reviewed(card(asked=HELEN), RULES.grade(4, 4), RULES.grade(3, 3), escalated=True)},
        "waiting": {"reviewed": Reviewed(USUAL_RISK, RULES.grade(4, 4), RULES.grade(3, 4), waiting_for="Helen Marsh")},
        "acknowledged": {"reviewed": Reviewed(USUAL_RISK, RULES.grade(4, 4), RULES.grade(5, 4))},
        "first": {"reviewed": Reviewed(SMALL_CARD, RULES.grade(1, 1), None)},
        "nobody_to_ask": {"reviewed": Reviewed(USUAL_RISK, RULES.grade(4, 4), RULES.grade(3, 4), escalated=True)},
        "largest": {"reviewed": Reviewed(LARGE_CARD, RULES.grade(5, 5), RULES.grade(3, 4), escalated=True)},
    },
    "risks/done": {
        "smallest": {"card": SMALL_CARD},
        "usual": {"card": card(asked=HELEN)},
        "largest": {"card": LARGE_CARD},
    },
    "risks/form": {
        "smallest": {"contracts": ONE, "chosen": None},
        "usual": {"contracts": TWELVE, "chosen": "WP-002"},
        "largest": {"contracts": LOTS, "chosen": "WP-100"},
    },
}
