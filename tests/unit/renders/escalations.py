"""Escalations: pings, notices, forms, closing words."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.domain.asking import Asking
from bot.domain.due_kinds import DueKind
from bot.domain.escalation_triggers import Subject, Trigger
from bot.domain.ladder import Rung, Step, in_force
from bot.models import (
    Certificate,
    CertificateKind,
    CertificateState,
    Decision,
    Document,
    DocumentKind,
    EscalationEnd,
    Finding,
    FindingGrade,
    FindingState,
    Invoice,
    Milestone,
    MilestoneKind,
    Obligation,
    Party,
    Person,
    PlanStatus,
    RectificationPlan,
    Report,
)
from bot.services.due.duties import TO_CONFIRM
from bot.services.due.source import DueItem
from bot.services.due.sources.documents import POLICY_REVIEWS
from bot.services.due.sources.options import OPTIONS
from bot.services.due.sources.plans import PLANS
from bot.services.due.sources.reports import FORM as REPORT_FORM
from bot.services.due.sources.risk_reviews import REVIEW
from bot.services.escalations.answers import ToPlan, ToReassign
from bot.services.escalations.chasing import Chased
from bot.services.escalations.choices import ACCEPT_PLAN, DECIDE_ON_FAILURE, DECIDE_ON_REPORT, NOTHING, Choices
from bot.services.escalations.escalation_card import About, EscalationCard, StepLine
from bot.services.escalations.pings import MOST_LISTED, PingItem
from bot.services.lookup.risks import RiskCard
from tests.builders import HOUR, MINUTE, MONDAY, RULES, card, escalation, facts, person, report
from tests.unit.renders.common import HELEN, LONG, LONG_NAME, NAME, Contexts, long_text, option
from tests.unit.renders.risks import LARGE_CARD

KEY = "key-of-a-record0"
AMIRA = person("Amira Shah", "U0AMIRA", 3)
CALLUM = person("Callum Reid", "U0CALLUM", 6)
UNTIL = date(2027, 1, 11)
LONG_WHAT = long_text(300).replace("\n", " ")


def line(number: int, kind: Step, who: Person = HELEN, **changes: Any) -> StepLine:  # noqa: ANN401  # parts
    is_asked = kind in (Step.ASKED, Step.REASSIGNED)
    usual = StepLine(number, kind, who, MONDAY + (number - 1) * 12 * MINUTE, None, "", is_asked)
    return replace(usual, **changes)


ASKED = line(1, Step.ASKED)
ACKNOWLEDGED = line(2, Step.ACKNOWLEDGED, until=UNTIL)
TAKEN = line(2, Step.TOOK_OVER, AMIRA, until=UNTIL, pinged=True)
PLANNED = line(2, Step.PLANNED, until=UNTIL, reason="A-12 for Amira Shah")
PAUSED = line(2, Step.PAUSED, until=UNTIL, reason="The board meets on Friday")
NOT_REACHED = line(2, Step.NOT_REACHED)
GIVEN = line(2, Step.REASSIGNED, AMIRA, giver=HELEN)
SETTLED = line(3, Step.SETTLED, reason="The council owns this risk since Friday")
UP = line(2, Step.ASKED, CALLUM)


def shown(*steps: StepLine, about: About | None = None, **changes: Any) -> EscalationCard:  # noqa: ANN401  # columns
    """An escalation after these steps; `changes` are whichever of its columns a case is about."""
    happened = steps or (ASKED,)
    counting = in_force(happened)
    asked, last = [each for each in counting if each.pinged][-1], counting[-1]
    row = escalation(**{"steps": len(happened), "standing": last.kind, "until": last.until, **changes})
    subject = card(cause="Pay is higher next door.", effect="Fewer people start.") if about is None else about
    above = "Callum Reid" if asked.who is not CALLUM else ""
    can = Choices(REVIEW, KEY, settles=True) if about is None else Choices(settles=True)
    return EscalationCard(row, facts(), subject, asked.who, happened, above, UNTIL, choices=can)


def over(because: EscalationEnd, about: About | None = None, **changes: Any) -> EscalationCard:  # noqa: ANN401  # columns
    subject = about or replace(card(), residual=RULES.grade(2, 3))
    steps: tuple[StepLine, ...] = changes.pop("after", ())
    return replace(
        shown(*steps, about=subject, ended_at=MONDAY, ended_because=because, due_at=None, **changes), choices=NOTHING
    )


_OF_REPORTS = {
    Subject.REPORT: Choices(REPORT_FORM, KEY, chases=True, settles=True),
    Subject.QUERY: Choices(DECIDE_ON_REPORT, KEY, chases=True, chased_at=MONDAY, settles=True),
    Subject.RATINGS: Choices(asks_plan=True, settles=True),
}


def on_report(kind: Subject, trigger: Trigger, **changes: Any) -> EscalationCard:  # noqa: ANN401  # columns
    about: Report = changes.pop("about", report(query="Why did starts fall in the second week?"))
    what = {Subject.REPORT: "Report for", Subject.QUERY: "Query about the report for"}.get(
        kind, "Ratings in the report for"
    )
    card = shown(about=about, kind=kind, trigger=trigger, what=f"{what} December 2026", **changes)
    return replace(card, choices=_OF_REPORTS[kind])


LATE = on_report(
    Subject.REPORT,
    Trigger.REPORT_LATE,
    why="It was due on 6 January 2027, and had not come 5 working days later.",
    rung=Rung.MANAGER,
)
UNANSWERED = on_report(
    Subject.QUERY, Trigger.UNANSWERED, why="It was asked on 8 January 2027, and had no answer 5 working days later."
)
RATINGS = on_report(
    Subject.RATINGS, Trigger.INADEQUATE, why="Starts within 15 working days is rated Inadequate: 88% against 99%."
)
PLAN = RectificationPlan(
    id=3,
    contract_id=1,
    title="Bring clearance back",
    requested_on=date(2026, 12, 1),
    due_on=date(2026, 12, 15),
    status=PlanStatus.REQUESTED,
    reason="Clearance took 29 days.",
)
MILESTONE = Milestone(
    id=3,
    contract_id=1,
    name="List of offices",
    kind=MilestoneKind.DELIVERABLE,
    owed_by=Party.DEPARTMENT,
    due_on=date(2027, 1, 4),
)
OBLIGATION = Obligation(
    id=3, contract_id=1, name="Access", owed_by=Party.DEPARTMENT, clause="7.3", due_on=date(2027, 1, 4)
)
LATE_PLAN = replace(
    shown(about=PLAN, kind=Subject.PLAN, trigger=Trigger.PLAN_LATE, what=PLAN.title, why="It has not come."),
    choices=Choices(PLANS.form, KEY, chases=True, settles=True),
)
SUBMITTED_PLAN = replace(
    shown(
        about=RectificationPlan(**{**PLAN.model_dump(), "status": PlanStatus.SUBMITTED}),
        kind=Subject.PLAN,
        trigger=Trigger.DUTY_MISSED,
        what=f"Decide on the rectification plan: {PLAN.title}",
        why="The department owed it by 4 January 2027, and it was not done 1 working day later.",
    ),
    choices=Choices(ACCEPT_PLAN, KEY, settles=True),
)
FAILED_PLAN = replace(
    shown(
        about=RectificationPlan(**{**PLAN.model_dump(), "status": PlanStatus.FAILED}),
        kind=Subject.PLAN,
        trigger=Trigger.PLAN_FAILED,
        what=PLAN.title,
        why="The plan has failed.",
    ),
    choices=Choices(DECIDE_ON_FAILURE, "WP-NE", settles=True),
)
OWED = shown(
    about=MILESTONE, kind=Subject.MILESTONE, trigger=Trigger.DUTY_MISSED, what=MILESTONE.name, why="It is late."
)
OWED_BY_CLAUSE = shown(
    about=OBLIGATION, kind=Subject.OBLIGATION, trigger=Trigger.DUTY_MISSED, what="Access", why="It is late."
)
INSURANCE = Certificate(
    id=3,
    contract_id=1,
    name="Public liability insurance",
    kind=CertificateKind.INSURANCE,
    valid_to=date(2026, 12, 31),
    state=CertificateState.AWAITED,
)
LAPSED = shown(
    about=INSURANCE,
    kind=Subject.CERTIFICATE,
    trigger=Trigger.CERTIFICATE_LAPSED,
    what="Evidence that it is renewed: Public liability insurance",
    why="It was to be renewed by 31 December 2026, and no evidence had come 2 working days later.",
)
FINDING = Finding(
    id=12,
    audit_id=3,
    contract_id=1,
    title="Fire doors wedged open",
    grade=FindingGrade.CRITICAL,
    clause="7.3",
    fact="Both fire doors on the second floor were wedged open.",
    state=FindingState.OPEN,
    found_on=date(2026, 12, 8),
    due_on=date(2027, 1, 8),
)
CRITICAL = shown(
    about=FINDING,
    kind=Subject.FINDING,
    trigger=Trigger.FINDING_CRITICAL,
    what=FINDING.title,
    why="It is critical, and to be put right by 8 January 2027.",
)
INVOICE = Invoice(
    id=3,
    contract_id=1,
    number="NF-1044",
    period="2026-11",
    valid_on=date(2026, 11, 20),
    amount=Decimal("120400.50"),
)
UNPAID = shown(
    about=INVOICE,
    kind=Subject.INVOICE,
    trigger=Trigger.DUTY_MISSED,
    what="Pay invoice NF-1044: £120,400.50",
    why="The department owed it by 20 December 2026, and it was not done 6 working days later.",
)
UNCHECKED = shown(
    about=INSURANCE, kind=Subject.CERTIFICATE, trigger=Trigger.DUTY_MISSED, what="Check the evidence", why="It is late."
)
SAID_DONE = Milestone(**{**MILESTONE.model_dump(), "owed_by": Party.PARTNER, "said_on": date(2026, 12, 28)})
UNCONFIRMED = replace(
    shown(
        about=SAID_DONE,
        kind=Subject.MILESTONE,
        trigger=Trigger.DUTY_MISSED,
        what=f"Confirm that it is done: {SAID_DONE.name}",
        why="It is late.",
    ),
    choices=Choices(form=TO_CONFIRM, key=KEY),
)
UNREVIEWED = replace(
    shown(
        about=Document(id=3, kind=DocumentKind.POLICY, number=1, review_by=date(2027, 1, 4)),
        kind=Subject.POLICY_REVIEW,
        trigger=Trigger.DUTY_MISSED,
        what="Review policy 1: Keeping people safe",
        why="It is late.",
    ),
    choices=Choices(form=POLICY_REVIEWS.act, key=KEY),
)
UNDECIDED = replace(
    shown(
        about=option(),
        kind=Subject.OPTION,
        trigger=Trigger.OPTION_NEAR,
        what="Decide: extension of 24 months",
        why="It is to be decided by 29 September 2028, and no decision is recorded.",
    ),
    choices=Choices(form=OPTIONS.form, key=KEY, settles=True),
)
LARGE_STEPS = [
    line(number, kind, LONG_NAME, until=UNTIL, reason=long_text(300), pinged=True, giver=LONG_NAME)
    for number, kind in enumerate([*Step] * 7, 1)
]
LAST = len(LARGE_STEPS) + 1
LARGE = replace(
    shown(*LARGE_STEPS, line(LAST, Step.ASKED, LONG_NAME), what=LONG_WHAT, why=long_text(1000), about=LARGE_CARD),
    contract=facts(**LONG, partner=NAME),
    above=NAME,
)
SMALL: RiskCard = card(title="A", about=facts(sample=False))
SMALLEST = replace(shown(about=SMALL, what="A"), contract=facts(sample=False))
STATES: dict[str, EscalationCard] = {
    "smallest": SMALLEST,
    "usual": shown(),
    "acknowledged": shown(ASKED, ACKNOWLEDGED),
    "taken_over": shown(ASKED, TAKEN),
    "plan_asked_for": shown(ASKED, PLANNED),
    "paused": shown(ASKED, PAUSED, due_at=MONDAY + 100 * HOUR),
    "paused_at_the_top": shown(
        ASKED, UP, line(3, Step.PAUSED, CALLUM, until=UNTIL, reason="The board meets on Friday")
    ),
    "asked_again": shown(ASKED, ACKNOWLEDGED, line(3, Step.ASKED)),
    "not_reached": shown(ASKED, NOT_REACHED, due_at=None),
    "went_up": shown(ASKED, UP),
    "acknowledged_just_now": replace(shown(ASKED, ACKNOWLEDGED), undo_until=MONDAY + 22 * MINUTE),
    "given": replace(shown(ASKED, GIVEN), above="Helen Marsh", returns=True, undo_until=MONDAY + 22 * MINUTE),
    "taken_back": shown(ASKED, GIVEN, line(3, Step.UNDONE)),
    "settled_by_a_person": over(EscalationEnd.BY_PERSON, after=(ASKED, ACKNOWLEDGED, SETTLED)),
    "closed": over(EscalationEnd.CLOSED),
    "fallen": over(EscalationEnd.FALLEN),
    "again": over(EscalationEnd.AGAIN),
    "reviewed": over(EscalationEnd.SETTLED, trigger=Trigger.REVIEW_OVERDUE),
    "action_done": over(EscalationEnd.SETTLED, trigger=Trigger.ACTION_OVERDUE),
    "not_near": over(EscalationEnd.SETTLED, trigger=Trigger.NEAR),
    "of_the_owner": shown(rung=Rung.OWNER, trigger=Trigger.NEAR, why="It could happen soon."),
    "of_the_director": shown(UP, rung=Rung.DIRECTOR),
    "late_report": LATE,
    "unanswered": UNANSWERED,
    "ratings": RATINGS,
    "ratings_acknowledged": replace(RATINGS, steps=(ASKED, ACKNOWLEDGED)),
    "late_plan": LATE_PLAN,
    "submitted_plan": SUBMITTED_PLAN,
    "failed_plan": FAILED_PLAN,
    "undecided": UNDECIDED,
    "undecided_acknowledged": replace(
        shown(ASKED, ACKNOWLEDGED, about=option(), kind=Subject.OPTION, what="Decide: extension of 24 months"),
        choices=Choices(form=OPTIONS.form, key=KEY, settles=True),
    ),
    "owed": OWED,
    "owed_by_clause": OWED_BY_CLAUSE,
    "lapsed": LAPSED,
    "unchecked": UNCHECKED,
    "unconfirmed": UNCONFIRMED,
    "unreviewed": UNREVIEWED,
    "critical_finding": CRITICAL,
    "unpaid": UNPAID,
    "largest": LARGE,
}
DONE = {"ended_at": MONDAY, "ended_because": EscalationEnd.SETTLED, "due_at": None}
CAME = report(received_at=MONDAY, reporter_id=3)
ENDS: dict[str, EscalationCard] = {
    "smallest": over(EscalationEnd.FALLEN),
    "usual": over(EscalationEnd.CLOSED),
    "report_came": on_report(Subject.REPORT, Trigger.REPORT_LATE, about=CAME, **DONE),
    "report_later": on_report(Subject.REPORT, Trigger.REPORT_LATE, **DONE),
    "answered": on_report(Subject.QUERY, Trigger.UNANSWERED, **DONE),
    "better": on_report(Subject.RATINGS, Trigger.INADEQUATE, **DONE),
    "planned": replace(on_report(Subject.RATINGS, Trigger.INADEQUATE, **DONE), planned=True),
    "contract_over": replace(
        shown(about=option(), kind=Subject.OPTION, what="Decide: extension of 24 months", **DONE), contract_over=True
    ),
    "overtaken": replace(on_report(Subject.RATINGS, Trigger.INADEQUATE, **DONE), overtaken=True),
    "plan_accepted": shown(
        about=RectificationPlan(**{**PLAN.model_dump(), "status": PlanStatus.ACCEPTED}),
        kind=Subject.PLAN,
        what=PLAN.title,
        **DONE,
    ),
    "plan_later": shown(about=PLAN, kind=Subject.PLAN, what=PLAN.title, **DONE),
    "option_declined": shown(
        about=option(decision=Decision.DECLINED), kind=Subject.OPTION, what="Decide: extension of 24 months", **DONE
    ),
    "certificate": shown(about=INSURANCE, kind=Subject.CERTIFICATE, what="Public liability insurance", **DONE),
    "reviewed": shown(about=UNREVIEWED.about, kind=Subject.POLICY_REVIEW, what="Review policy 1: Safety", **DONE),
    "said_done": shown(about=SAID_DONE, kind=Subject.MILESTONE, what=SAID_DONE.name, **DONE),
    "finding": shown(
        about=Finding(**{**FINDING.model_dump(), "state": FindingState.CLOSED, "clause": ""}),
        kind=Subject.FINDING,
        what=FINDING.title,
        **DONE,
    ),
    "invoice_paid": shown(
        about=Invoice(**{**INVOICE.model_dump(), "paid": Decimal("120400.50"), "paid_on": date(2027, 1, 4)}),
        kind=Subject.INVOICE,
        what="Pay invoice NF-1044: £120,400.50",
        **DONE,
    ),
    "invoice_disputed": shown(about=INVOICE, kind=Subject.INVOICE, what="Pay invoice NF-1044: £120,400.50", **DONE),
    "option_moved": shown(about=option(), kind=Subject.OPTION, what="Decide: extension of 24 months", **DONE),
    "met": shown(
        about=Milestone(**{**MILESTONE.model_dump(), "met_on": date(2027, 1, 5)}),
        kind=Subject.MILESTONE,
        what=MILESTONE.name,
        **DONE,
    ),
    "moved": shown(about=OBLIGATION, kind=Subject.OBLIGATION, what="Access", **DONE),
    "largest": replace(over(EscalationEnd.CLOSED, LARGE_CARD, what=LONG_WHAT), contract=facts(**LONG, partner=NAME)),
}


def _last_asked(about: EscalationCard) -> int:
    return about.last_asked.number


LATER = date(2027, 1, 13)
ITEM = DueItem(
    kind=DueKind.REPORT,
    subject_id=3,
    contract_id=1,
    what="Report for December 2026",
    due_on=date(2027, 1, 6),
    key=KEY,
    owed_by=Party.PARTNER,
)


def _listed(*cards: EscalationCard) -> dict[str, object]:
    return {"items": [PingItem(each, _last_asked(each)) for each in cards]}


def _on(reference: str, about: EscalationCard) -> EscalationCard:
    return replace(about, contract=facts(reference=reference, title="Health assessments"))


AGAIN = replace(RATINGS, steps=(ASKED, line(2, Step.ACKNOWLEDGED, AMIRA, until=UNTIL), line(3, Step.ASKED)))

MESSAGE_CONTEXTS: Contexts = {
    "escalations/ping": {
        **{name: {"item": PingItem(each, _last_asked(each))} for name, each in STATES.items()},
        "passed_on": {"item": PingItem(STATES["went_up"], 1)},
        "given_away": {"item": PingItem(STATES["given"], 1)},
        "was_taken_back": {"item": PingItem(STATES["taken_back"], 2)},
    },
    "escalations/pings": {
        "smallest": _listed(SMALLEST, SMALLEST),
        "usual": _listed(LATE, _on("HA-EW", LATE), AGAIN, UNDECIDED),
        "answered": {
            "items": [
                PingItem(LATE, 1),
                PingItem(STATES["paused"], 1),
                PingItem(STATES["acknowledged"], 1),
                PingItem(over(EscalationEnd.CLOSED), 1),
                PingItem(STATES["went_up"], 1),
                PingItem(replace(RATINGS, steps=(ASKED, ACKNOWLEDGED)), 1),
                PingItem(STATES["given"], 1),
                PingItem(STATES["taken_back"], 2),
            ]
        },
        "nothing_left": {"items": [PingItem(STATES["acknowledged"], 1), PingItem(over(EscalationEnd.CLOSED), 1)]},
        "largest": {"items": [PingItem(LARGE, LAST)] * MOST_LISTED},
    },
    "escalations/notice": {name: {"card": each} for name, each in STATES.items()},
    "escalations/closed": {name: {"card": each} for name, each in ENDS.items()},
    "escalations/chase": {
        "smallest": {"chased": Chased(ITEM, facts(sample=False), None, "Amira Shah", MONDAY.date())},
        "usual": {"chased": Chased(ITEM, facts(), REPORT_FORM, "Amira Shah", LATER)},
        "not_asked_in_time": {
            "chased": Chased(
                replace(ITEM, asking=Asking(ITEM.due_on, date(2027, 1, 8))), facts(), REPORT_FORM, "Amira Shah", LATER
            )
        },
        "largest": {
            "chased": Chased(replace(ITEM, what=LONG_WHAT), facts(**LONG, partner=NAME), REPORT_FORM, NAME, LATER)
        },
    },
    "escalations/plan_asked": {
        "smallest": {"card": replace(SMALLEST, steps=(ASKED, PLANNED))},
        "usual": {"card": shown(ASKED, PLANNED)},
        "largest": {"card": replace(LARGE, steps=(*LARGE_STEPS, LARGE_STEPS[3]))},
    },
}
VIEW_CONTEXTS: Contexts = {
    "escalations/plan_form": {
        "smallest": {"asked": ToPlan(SMALLEST, [AMIRA], "")},
        "usual": {"asked": ToPlan(shown(), [AMIRA, HELEN], "U0AMIRA")},
        "largest": {"asked": ToPlan(LARGE, [person(NAME, f"U{n}", n) for n in range(120)], "U7")},
    },
    "escalations/pause_form": {
        "smallest": {"card": SMALLEST},
        "usual": {"card": shown()},
        "largest": {"card": LARGE},
    },
    "escalations/settle_form": {
        "smallest": {"card": SMALLEST},
        "usual": {"card": LATE},
        "largest": {"card": LARGE},
    },
    "escalations/reassign_form": {
        "smallest": {"asked": ToReassign(SMALLEST, [AMIRA])},
        "usual": {"asked": ToReassign(shown(), [AMIRA, CALLUM])},
        "largest": {"asked": ToReassign(LARGE, [person(NAME, f"U{n}", n) for n in range(120)])},
    },
    "escalations/answered": {
        "given": {"card": STATES["given"]},
        "settled": {"card": STATES["settled_by_a_person"]},
        "smallest": {"card": replace(SMALLEST, steps=(ASKED, PAUSED))},
        "usual": {"card": shown(ASKED, PLANNED)},
        "paused": {"card": shown(ASKED, PAUSED)},
        "largest": {"card": replace(LARGE, steps=(*LARGE_STEPS, LARGE_STEPS[3]))},
    },
}
