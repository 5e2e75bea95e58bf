"""Visits, audits and findings: notices, reports, lists, and the forms of both sides."""

from dataclasses import replace
from datetime import date
from typing import Any

from bot.domain.audit_cycle import TO_HOLD, AuditKind, AuditState, Opinion
from bot.domain.finding_cycle import FindingEvent, FindingGrade, FindingState
from bot.interactions import record_forms
from bot.models import Audit, Finding
from bot.records import AuditRecord, FindingRecord
from bot.services.audits.audit_pages import (
    AuditLine,
    AuditList,
    AuditPage,
    FindingLine,
    FindingPage,
)
from bot.services.audits.audit_steps import AuditToDo
from bot.services.audits.audits import AuditCard, AuditFacts, facts_of
from bot.services.audits.findings import FindingCard, FindingStep
from bot.services.audits.visits import VisitDue, YearPlan
from tests.builders import action, facts, person
from tests.unit.renders.common import DAYS, DAYS_ABROAD, LONG, NAME, WORDS, Contexts, long_text

AMIRA = person("Amira Shah", "U0AMIRA", 3)
LARGE = facts(**LONG, partner=NAME)
SHORT = long_text(150).replace("\n", " ")
ANOTHER: dict[str, Any] = {"asked_day": date(2027, 1, 27), "asked_why": "The office moves"}


def audit(state: AuditState = AuditState.TOLD, **changes: Any) -> Audit:  # noqa: ANN401  # whichever columns a case is about
    usual: dict[str, Any] = {"id": 3, "contract_id": 1, "name": "Site visit, January 2027"}
    usual |= {"kind": AuditKind.SITE_VISIT, "day": date(2027, 1, 20), "lead_id": 3, "due_on": date(2027, 2, 3)}
    usual |= {"place": "Gateshead", "areas": "governance, service delivery", "scope": "Case files", "team": "Rhian"}
    if state not in (*TO_HOLD, AuditState.CANCELLED):
        usual |= {"held_on": date(2027, 1, 20), "opinion": Opinion.LIMITED, "summary": "Doors and files need work."}
    usual |= {"final_on": date(2027, 2, 12)} if state is AuditState.FINAL else {}
    usual |= {"ended_why": "The contract ends"} if state is AuditState.CANCELLED else {}
    return Audit(state=state, **{**usual, **changes})


def huge(state: AuditState) -> Audit:
    return audit(
        state, name=SHORT, place=long_text(200), areas=long_text(300), scope=long_text(1000), team=long_text(300),
        summary=long_text(2000), ended_why=long_text(300), asked_day=date(2027, 1, 27), asked_why=long_text(300),
    )  # fmt: skip


def said(row: Audit) -> AuditFacts:
    return facts_of(row, AMIRA.name, inside=True)


def card(row: Audit | None = None, **changes: Any) -> AuditCard:  # noqa: ANN401  # facts of the contract
    return AuditCard(row or audit(), facts(**changes), AMIRA)


def finding(state: FindingState = FindingState.OPEN, **changes: Any) -> Finding:  # noqa: ANN401  # as above
    usual: dict[str, Any] = {"id": 12, "audit_id": 3, "contract_id": 1, "title": "Fire doors wedged open"}
    usual |= {"grade": FindingGrade.MAJOR, "clause": "7.3", "fact": "Both doors were wedged open."}
    usual |= {"found_on": date(2027, 1, 20), "due_on": date(2027, 3, 12), "next_on": date(2027, 2, 26)}
    usual |= {"closed_on": date(2027, 3, 1)} if state is FindingState.CLOSED else {}
    return Finding(state=state, **{**usual, **changes})


HUGE = finding(
    title=SHORT, clause="7" * 40, fact=long_text(2000), link="https://files.example/" + "a" * 470,
    file_name=long_text(250), comment=long_text(1000), answer=long_text(1000), containment=long_text(1000),
    root_cause=long_text(1000), dispute=long_text(1000), reason=long_text(500), repeat_of_id=3,
)  # fmt: skip
TO_DO = FindingStep(action(finding_id=12), "Priya Nair")
SAID = FindingStep(action(finding_id=12, said_done_on=date(2027, 2, 1), evidence="A photograph"), "Priya Nair")
VERIFIED = FindingStep(action(finding_id=12, done_on=date(2027, 2, 3)), "Priya Nair")
LONG_STEP = FindingStep(action(what=long_text(300), said_done_on=date(2027, 2, 1), evidence=long_text(500)), NAME)
FINAL, DRAFT = card(audit(AuditState.FINAL)), card(audit(AuditState.DRAFT))
MANY = [action(what=long_text(300), said_done_on=date(2027, 2, 1), evidence=long_text(500)) for _ in range(40)]
LARGE_AUDIT = AuditCard(huge(AuditState.FINAL), LARGE, person(NAME, "U0AMIRA", 3))
LARGE_FINDING = FindingCard(HUGE, LARGE_AUDIT, [LONG_STEP] * 12, "F-3")


def found(
    state: FindingState = FindingState.OPEN,
    *steps: FindingStep,
    of: AuditCard = FINAL,
    **changes: Any,  # noqa: ANN401  # as above
) -> FindingCard:
    return FindingCard(finding(state, **changes), of, steps)


def large_findings(number: int) -> list[FindingCard]:
    rows = [Finding(**{**HUGE.model_dump(), "public_id": f"key-of-a-find-{each:02}"}) for each in range(number)]
    return [FindingCard(row, LARGE_AUDIT, [LONG_STEP] * 12, "F-3") for row in rows]


SMALL = found(clause="", due_on=None, next_on=None, of=DRAFT)
DISPUTED = found(FindingState.DISPUTED, dispute="They were shut")
AGREED = found(
    FindingState.AGREED, TO_DO, SAID, VERIFIED, containment="Wedges taken away", root_cause="No door holders"
)
COMMENTED = found(comment="They are shut now", answer="Not on the day", link="https://files.example/1")
EACH = {
    "open": found(),
    "commented": COMMENTED,
    "disputed": DISPUTED,
    "undated": found(FindingState.DISPUTED, dispute="They were shut", next_on=None),
    "agreed": AGREED,
    "contained": found(FindingState.AGREED, containment="Wedges taken away"),
    "done": found(FindingState.DONE, SAID, root_cause="No door holders"),
    "closed": found(FindingState.CLOSED, VERIFIED, TO_DO, reason="One door still had a wedge"),
    "with_a_file": found(file_name="doors.pdf", file_hash="ab" * 32, repeat_of_id=3),
    "repeated": replace(found(), repeats="F-3"),
}


def page(state: AuditState, **changes: Any) -> AuditPage:  # noqa: ANN401  # as above
    asked = ANOTHER if state is AuditState.TOLD else {}
    usual: dict[str, Any] = {"findings": [COMMENTED], "notes": "They were late", "can_audit": True, "can_answer": True}
    return AuditPage(said(audit(state, **asked)), facts(), **{**usual, **changes})


def seen(shown: FindingCard, *, can: bool = True) -> FindingPage:
    return FindingPage(shown, can, can, can)


LINE = AuditLine(said(audit(AuditState.FINAL)), "WP-NE", 3, 2)
BARE = audit(place="", areas="", scope="", team="")


def visits(**changes: Any) -> VisitDue:  # noqa: ANN401  # as above
    usual: dict[str, Any] = {"contract": "WP-NE", "title": "Work Pathways", "tier": "gold", "last": date(2026, 6, 1)}
    usual |= {"due_on": date(2026, 12, 1), "planned": None, "is_overdue": True}
    return VisitDue(**{**usual, **changes})


MESSAGE_CONTEXTS: Contexts = {
    "audits/told": {
        "smallest": {"facts": said(BARE), "contract": facts()},
        "usual": {"facts": said(audit(**ANOTHER)), "contract": facts()},
        "cancelled": {"facts": said(audit(AuditState.CANCELLED)), "contract": facts()},
        "largest": {"facts": said(huge(AuditState.TOLD)), "contract": LARGE},
    },
    "audits/report": {
        "smallest": {"facts": said(audit(AuditState.CHECK, opinion=None)), "contract": facts(), "findings": []},
        "usual": {"facts": said(audit(AuditState.FINAL)), "contract": facts(), "findings": [*EACH.values()]},
        "unheld": {"facts": said(audit()), "contract": facts(), "findings": []},
        "checked": {"facts": said(audit(AuditState.CHECKED)), "contract": facts(), "findings": [COMMENTED]},
        "largest": {"facts": said(huge(AuditState.FINAL)), "contract": LARGE, "findings": [LARGE_FINDING] * 30},
    },
    "audits/finding": {
        "smallest": {"card": SMALL},
        "usual": {"card": EACH["open"]},
        **{name: {"card": each} for name, each in EACH.items()},
        "largest": {"card": LARGE_FINDING},
    },
    "audits/finding_page": {
        "smallest": {"page": seen(SMALL, can=False)},
        "usual": {"page": seen(DISPUTED)},
        "with_a_file": {"page": seen(EACH["with_a_file"])},
        "largest": {"page": seen(LARGE_FINDING)},
    },
    "audits/page": {
        "smallest": {"page": page(AuditState.CANCELLED, findings=[], notes="", can_audit=False, can_answer=False)},
        "usual": {"page": page(AuditState.TOLD)},
        **{state.name.lower(): {"page": replace(page(state))} for state in AuditState},
        "partner": {"page": page(AuditState.TOLD, notes="", can_audit=False)},
        "largest": {
            "page": AuditPage(
                said(huge(AuditState.CHECK)), LARGE, [LARGE_FINDING] * 30, notes=long_text(1000), can_audit=True
            )
        },
    },
    "audits/list": {
        "smallest": {"found": AuditList(None, [], [], 0)},
        "usual": {
            "found": AuditList(
                facts(), [LINE, replace(LINE, findings=0)], [FindingLine(finding(repeat_of_id=3), "WP-NE", True)], 0
            )
        },
        "largest": {
            "found": AuditList(
                LARGE,
                [AuditLine(said(huge(AuditState.CHECK)), "ABCDEFGHIJ-123456789", 99, 99)] * 15,
                [FindingLine(HUGE, "ABCDEFGHIJ-123456789", True)] * 15,
                1234,
            )
        },
    },
    "audits/year": {
        "smallest": {"plan": YearPlan([])},
        "usual": {
            "plan": YearPlan(
                [
                    ("gold", 6, [visits(), visits(planned=date(2027, 1, 20), is_overdue=False)]),
                    ("silver", 12, [visits(last=None, is_overdue=False)]),
                ]
            )
        },
        "largest": {"plan": YearPlan([(long_text(20), 12, [visits(title=SHORT)] * 40)] * 5)},
    },
    "audits/news": {
        "smallest": {"sentence": "F-12 is upheld.", "finding": found(), "audit": None},
        "usual": {"sentence": "Priya Nair asks for another day", "finding": None, "audit": said(audit())},
        "largest": {"sentence": WORDS, "finding": LARGE_FINDING, "audit": None},
    },
}


def to_do(state: AuditState, *cards: FindingCard, **changes: Any) -> AuditToDo:  # noqa: ANN401  # as above
    return AuditToDo(card(audit(state, **changes)), cards)


def inputs(row: Finding | None) -> list[record_forms.FormInput]:
    known = FindingRecord.kept_in(row) if row else {}
    return record_forms.inputs(FindingRecord, known, {"grade": [(g.in_words, g.value) for g in FindingGrade]})


PLAN_INPUTS = record_forms.inputs(AuditRecord, {}, {"lead": [("Amira Shah", "U0AMIRA"), (NAME[:70], "U0HELEN")]})
EVENTS = [FindingEvent.UPHELD, FindingEvent.REOPENED, FindingEvent.WITHDRAWN]
CHECKS = (FindingEvent.VERIFIED, FindingEvent.RETURNED)
VIEW_CONTEXTS: Contexts = {
    "audits/form": {
        "smallest": {"contract": facts(), "inputs": PLAN_INPUTS[:3]},
        "usual": {"contract": facts(), "inputs": PLAN_INPUTS},
        "largest": {"contract": LARGE, "inputs": PLAN_INPUTS},
    },
    "audits/outcome_form": {
        "smallest": {"to_do": to_do(AuditState.PLANNED), **DAYS},
        "usual": {"to_do": to_do(AuditState.TOLD, **ANOTHER), **DAYS_ABROAD},
        "largest": {"to_do": AuditToDo(AuditCard(huge(AuditState.TOLD), LARGE, AMIRA), []), **DAYS},
    },
    "audits/day_form": {
        "smallest": {"facts": said(BARE), "contract": facts(), **DAYS},
        "usual": {"facts": said(audit()), "contract": facts(), **DAYS_ABROAD},
        "largest": {"facts": said(huge(AuditState.TOLD)), "contract": LARGE, **DAYS},
    },
    "audits/report_form": {
        "smallest": {"to_do": to_do(AuditState.HELD, opinion=None, summary=""), "opinions": list(Opinion)},
        "usual": {"to_do": to_do(AuditState.DRAFT, SMALL, COMMENTED), "opinions": list(Opinion)},
        "largest": {"to_do": AuditToDo(LARGE_AUDIT, [LARGE_FINDING] * 40), "opinions": list(Opinion)},
    },
    "audits/check_form": {
        "smallest": {"facts": said(BARE), "contract": facts(), "findings": []},
        "usual": {"facts": said(audit(AuditState.CHECK)), "contract": facts(), "findings": [SMALL]},
        "largest": {"facts": said(huge(AuditState.CHECK)), "contract": LARGE, "findings": large_findings(60)},
    },
    "audits/final_form": {
        "smallest": {"to_do": to_do(AuditState.CHECKED)},
        "usual": {"to_do": to_do(AuditState.CHECKED, COMMENTED)},
        "largest": {"to_do": AuditToDo(LARGE_AUDIT, large_findings(60))},
    },
    "audits/finding_form": {
        "smallest": {"facts": said(BARE), "contract": facts(), "finding": None, "inputs": inputs(None), "recorded": 0},
        "usual": {
            "facts": said(audit(AuditState.HELD)), "contract": facts(), "finding": finding(),
            "inputs": inputs(finding()), "recorded": 2,
        },
        "largest": {
            "facts": said(huge(AuditState.HELD)), "contract": LARGE, "finding": HUGE, "inputs": inputs(HUGE),
            "recorded": 1234,
        },
    },
    "audits/finding_added": {
        "smallest": {"card": SMALL, "given": FindingGrade.MAJOR, "recorded": 1},
        "usual": {"card": replace(found(of=DRAFT), repeats="F-3"), "given": FindingGrade.MINOR, "recorded": 2},
        "largest": {"card": LARGE_FINDING, "given": FindingGrade.MINOR, "recorded": 1234},
    },
    "audits/agree_form": {
        "smallest": {"card": SMALL, "contained": False},
        "usual": {"card": found(), "contained": True},
        "largest": {"card": LARGE_FINDING, "contained": True},
    },
    "audits/dispute_form": {
        "smallest": {"card": SMALL, "within": 1},
        "usual": {"card": found(), "within": 10},
        "largest": {"card": LARGE_FINDING, "within": 60},
    },
    "audits/done_form": {
        "smallest": {"item": TO_DO.item, "card": SMALL, **DAYS},
        "usual": {"item": TO_DO.item, "card": AGREED, **DAYS_ABROAD},
        "largest": {"item": LONG_STEP.item, "card": LARGE_FINDING, **DAYS},
    },
    "audits/verify_form": {
        "smallest": {"card": AGREED, "items": [SAID.item], "events": CHECKS},
        "usual": {"card": AGREED, "items": MANY[:2], "events": CHECKS},
        "largest": {"card": LARGE_FINDING, "items": MANY, "events": CHECKS},
    },
    "audits/change_form": {
        "smallest": {"card": SMALL, "events": EVENTS[2:]},
        "usual": {"card": DISPUTED, "events": EVENTS},
        "largest": {"card": LARGE_FINDING, "events": EVENTS},
    },
}  # fmt: skip
