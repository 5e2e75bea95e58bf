"""Shortfalls and what puts them right."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from bot.domain.intervention_cycle import LEVELS, InterventionEvent
from bot.domain.monitoring import PlanStanding
from bot.domain.plan_cycle import PLAN, Ground, PlanEvent, PlanStatus
from bot.models import Intervention, InterventionEntry, Person, PlanStep, PlanSubmission, RectificationPlan
from bot.services.remedies.failure_notice import FailedPlan
from bot.services.remedies.intervention_steps import ToHandOver
from bot.services.remedies.interventions import InterventionCard, NewIntervention
from bot.services.remedies.noting import NewRemedy, NotedRemedy
from bot.services.remedies.partner_plans import SentPlan
from bot.services.remedies.plans import PlanToSettle, SettledPlan
from bot.services.remedies.proposal_messages import MissedStep, ProposalsToTell
from bot.services.remedies.proposals import LevelProposal, Proposal
from bot.services.remedies.remedy_list import RemedyLine, RemedyList
from bot.services.remedies.telling import PartnerPlan, shown_to_partner
from handlers.interventions import REVIEWS
from tests.builders import facts, kpi_row
from tests.unit.renders.common import DAYS, NAME, Context, Contexts, long_text
from tests.unit.renders.specification import LARGE, MANY, MONDAY, OTHERS, SUBJECT

FORM: Context = {**DAYS, "in_window": False, "chosen": ""}
ASSUMED = "Assumed, because nobody knew: the day it came and the day of its last change."


def plan(**changes: Any) -> RectificationPlan:  # noqa: ANN401  # whichever columns a case is about
    usual: dict[str, Any] = {"id": 3, "contract_id": 1, "title": "Bring clearance back"}
    usual |= {"requested_on": date(2026, 12, 1), "due_on": date(2026, 12, 15), "status": PlanStatus.REQUESTED}
    return RectificationPlan(**{**usual, **changes})


def settled(state: PlanStatus, event: PlanEvent, **changes: Any) -> SettledPlan:  # noqa: ANN401  # as above
    followed = PLAN.follow(state, event)
    usual = {"plan": plan(status=followed.to), "contract": facts(), "followed": followed, "on": MONDAY}
    return SettledPlan(**{**usual, **changes})


OFFERED = {state: [row for row in PLAN.of_state(state) if row.event is not PlanEvent.SUBMITTED] for state in PlanStatus}


def to_settle(state: PlanStatus, **changes: Any) -> PlanToSettle:  # noqa: ANN401  # as above
    usual: dict[str, Any] = {"plan": plan(status=state), "contract": facts(), "offered": OFFERED[state]}
    return PlanToSettle(**{**usual, **changes})


COMES_AGAIN = plan(status=PlanStatus.REJECTED, due_on=date(2027, 1, 11))
SUBMITTED = plan(status=PlanStatus.SUBMITTED, received_on=date(2026, 12, 14))
NOTED = plan(status=PlanStatus.NOTED, opened_on=date(2026, 12, 1), requested_on=None, due_on=None)


def failed(**changes: Any) -> FailedPlan:  # noqa: ANN401  # as above
    usual: dict[str, Any] = {"status": PlanStatus.FAILED, "status_on": MONDAY}
    return FailedPlan(plan(**{**usual, **changes}), facts(), MONDAY)


SENT_AT = datetime(2027, 1, 6, 10, tzinfo=UTC)


def sent(count: int = 2, longest: int = 40, **changes: Any) -> SentPlan:  # noqa: ANN401  # as above
    words = long_text(longest)
    row = PlanSubmission(
        number=1,
        id=1,
        plan_id=3,
        contract_id=1,
        default=words,
        containment=words,
        root_cause=words,
        effect=words,
        prevention=words,
        submitted_by_id=2,
        submitted_at=SENT_AT,
    )
    step = PlanStep(
        id=1, submission_id=1, contract_id=1, what="Fill both posts", owner="Priya Nair", owner_id=2, due_on=MONDAY
    )
    usual: dict[str, Any] = {"plan": plan(), "contract": facts(), "by": "Priya Nair", "decider": "Amira Shah"}
    return SentPlan(**{**usual, "submission": row, "steps": [step] * count, **changes})


def told(status: PlanStatus, **changes: Any) -> PartnerPlan:  # noqa: ANN401  # as above
    return shown_to_partner(plan(status=status, **changes), facts())


LARGE_PLAN = plan(
    title=SUBJECT,
    status=PlanStatus.REJECTED,
    shortfall=long_text(3000),
    grounds=", ".join(Ground),
    reason=long_text(1000),
)


def line(status: PlanStatus = PlanStatus.MONITORED, **changes: Any) -> RemedyLine:  # noqa: ANN401  # as above
    return RemedyLine(**{"plan": plan(status=status, status_on=MONDAY), "contract": "WP-NE", **changes})


CURED = PlanStanding(3, 3, PlanEvent.CURED, "Targets were met in October to December 2026.")
FAILING = PlanStanding(0, 3, PlanEvent.FAILED, "Delivery still fell short in November to December 2026.")
LATE_STEP = "Step A-12 was due on 4 January 2027: " + "Fill both posts"
AGAIN = "It came again in January 2027, in the watch after the cure."
TRIGGER: dict[str, Any] = {"trigger": "plan kpi 1", "since": date(2026, 12, 31)}
PROPOSED = Proposal(
    contract="WP-NE",
    why="Starts fell short in November 2026 and December 2026.",
    key="key-of-a-contract key",
    **TRIGGER,
)
MISSED = MissedStep(plan="Starts", why=LATE_STEP, key="key-of-a-plan000", **TRIGGER)
LINES = [
    line(standing=PlanStanding(2, 3), can_update=True, kpi="Starts within 15 working days"),
    line(standing=CURED, can_update=True),
    line(standing=FAILING, can_update=True, missed=[LATE_STEP]),
    line(PlanStatus.CURED, recurred=AGAIN),
    line(PlanStatus.NOTED),
]
KPI = kpi_row()
PROPOSED_NEW = NewRemedy(facts(), [KPI], KPI.public_id, "Starts\nDecember 2026: 95%")
LARGE_PLANS = [RectificationPlan(**{**LARGE_PLAN.model_dump(), "public_id": f"key-of-plan-{n:04}"}) for n in range(8)]
LARGE_NEW = NewRemedy(LARGE, [kpi_row(n) for n in range(1, 21)], "", long_text(2000))
REQUEST = PLAN.follow(PlanStatus.NOTED, PlanEvent.REQUESTED)


def level(number: int = 1, level: int = 2, **changes: Any) -> Intervention:  # noqa: ANN401  # as above
    usual: dict[str, Any] = {
        "id": number,
        "public_id": f"key-of-level-{number:03}",
        "contract_id": 1,
        "level": level,
        "area": "Starts within 15 working days",
        "reason": "Starts required improvement in November 2026",
        "lead_id": 1,
        "exit_test": "3 good periods in a row",
        "opened_on": MONDAY,
        "review_on": date(2027, 2, 4),
    }
    return Intervention(**{**usual, **changes})


def card(row: Intervention | None = None, **changes: Any) -> InterventionCard:  # noqa: ANN401  # as above
    usual: dict[str, Any] = {"contract": facts(), "lead": "Amira Shah", "standing": PlanStanding(1, 3)}
    return InterventionCard(**{**usual, "row": row or level(), **changes})


ENTRY = InterventionEntry(
    id=1,
    intervention_id=1,
    contract_id=1,
    kind=InterventionEvent.SUPPORTED,
    happened_on=MONDAY,
    words="Two advisers of the south team are lent for a month",
    author_id=1,
    logged_at=SENT_AT,
)
LARGE_LEVELS = [
    card(
        level(
            n,
            4,
            area=long_text(150).replace("\n", " "),
            reason=long_text(1000),
            exit_test=long_text(500),
            told_on=MONDAY,
            told_words="Told",
        ),
        contract=LARGE,
        lead=NAME,
        standing=CURED,
        log=[InterventionEntry(**{**ENTRY.model_dump(), "words": long_text(1000)})] * 5,
        can_review=True,
        can_tell=True,
        can_hand=True,
    )
    for n in range(5)
]
LEVELS_ADVISED = [
    LevelProposal(
        contract="WP-NE",
        level=3,
        why="Starts is rated Inadequate in November 2026: 88% against 99%.",
        key="key-of-a-contract 3 key",
        **TRIGGER,
    ),
    LevelProposal(
        contract="WP-NE",
        level=4,
        why="Starts is rated Inadequate in November 2026 and December 2026.",
        key="",
        **TRIGGER,
    ),
]
LEVELS_IN_FORCE = [
    card(can_review=True, can_tell=True),
    card(level(2, told_on=MONDAY, told_words="Told"), standing=CURED, can_review=True),
    card(level(3)),
]
PEOPLE = [Person(id=1, slack="U0AMIRA", name="Amira Shah", organisation_id=1)]
LARGE_PEOPLE = [Person(id=n, slack=f"U{n:039}", name=NAME, organisation_id=1) for n in range(20)]
MESSAGE_CONTEXTS: Contexts = {
    "remedies/level_told": {
        "smallest": {"contract": facts(), "level": 1, "words": "We meet weekly"},
        "usual": {"contract": facts(), "level": 2, "words": "We meet weekly on starts until three months are good."},
        "largest": {"contract": LARGE, "level": 4, "words": long_text(2000)},
    },
    "remedies/list": {
        "levels": {
            "found": RemedyList(facts(), [], 0, [], can_add=False, interventions=LEVELS_IN_FORCE, levels=LEVELS_ADVISED)
        },
        "smallest": {"found": RemedyList(None, [], 0, [], can_add=False)},
        "usual": {"found": RemedyList(facts(), LINES, 0, [PROPOSED], can_add=True)},
        "largest": {
            "found": RemedyList(
                None,
                [
                    line(plan=each, kpi=NAME, can_update=True, missed=[SUBJECT] * 9, standing=FAILING)
                    for each in LARGE_PLANS
                ],
                99,
                [replace(PROPOSED, why=long_text(600))] * 5,
                can_add=False,
                interventions=LARGE_LEVELS,
                levels=[replace(LEVELS_ADVISED[0], why=long_text(600))] * 5,
            )
        },
    },
    "remedies/told": {
        "smallest": {"plan": told(PlanStatus.ACCEPTED)},
        "usual": {"plan": told(PlanStatus.REQUESTED, shortfall="Starts were below 97% in October and November.")},
        "notice": {"plan": told(PlanStatus.NOTICE)},
        "failed": {"plan": told(PlanStatus.FAILED, reason="Not for the partner")},
        "rejected": {"plan": told(PlanStatus.REJECTED, grounds="not enough detail", reason="It has no dates.")},
        "largest": {"plan": shown_to_partner(LARGE_PLAN, LARGE)},
    },
    "remedies/received": {
        "smallest": {"sent": sent(1, 1)},
        "usual": {"sent": sent()},
        "largest": {"sent": sent(20, 2000, contract=LARGE, plan=LARGE_PLAN)},
    },
    "remedies/handed": {
        "smallest": {"card": card(), "before": "A", "by": "B", "words": "C"},
        "usual": {"card": card(), "before": "Rhian Davies", "by": "Nadia Rahman", "words": "Rhian is away until May"},
        "largest": {"card": LARGE_LEVELS[0], "before": NAME, "by": NAME, "words": long_text(1000)},
    },
    "remedies/proposed": {
        "smallest": {"contract": facts(reference="A", title="B", sample=False), "found": ProposalsToTell([PROPOSED])},
        "usual": {"contract": facts(), "found": ProposalsToTell([PROPOSED], LEVELS_ADVISED, [MISSED])},
        "largest": {
            "contract": LARGE,
            "found": ProposalsToTell(
                [replace(PROPOSED, contract=LARGE.reference, why=long_text(800))] * 9,
                [replace(each, contract=LARGE.reference, why=long_text(800)) for each in LEVELS_ADVISED] * 5,
                [replace(MISSED, plan=long_text(200), why=long_text(400))] * 9,
            ),
        },
    },
}
VIEW_CONTEXTS: Contexts = {
    "remedies/level_hand_form": {
        "smallest": {"asked": ToHandOver(card(), [])},
        "usual": {"asked": ToHandOver(card(), PEOPLE)},
        "largest": {"asked": ToHandOver(LARGE_LEVELS[0], LARGE_PEOPLE)},
    },
    "remedies/level_form": {
        "smallest": {"new": NewIntervention(facts(), [], PEOPLE, 1), "means": LEVELS[1], **DAYS},
        "usual": {
            "new": NewIntervention(facts(), [KPI], PEOPLE, 2, KPI.public_id, "U0AMIRA"),
            "means": LEVELS[2],
            **DAYS,
        },
        "largest": {
            "new": NewIntervention(LARGE, [kpi_row(n) for n in range(1, 21)], PEOPLE, 4),
            "means": LEVELS[4],
            **DAYS,
        },
    },
    "remedies/level_review_form": {
        "smallest": {"card": card(), "events": REVIEWS, **DAYS},
        "usual": {"card": card(log=[ENTRY], standing=CURED), "events": REVIEWS, **DAYS},
        "largest": {"card": LARGE_LEVELS[0], "events": REVIEWS, **DAYS},
    },
    "remedies/level_tell_form": {
        "smallest": {"card": card()},
        "usual": {"card": card(level(told_on=MONDAY, told_words="Told"))},
        "largest": {"card": LARGE_LEVELS[0]},
    },
    "remedies/level_done": {
        "smallest": {"card": card(followed=InterventionEvent.SUPPORTED)},
        "usual": {"card": card()},
        "told": {"card": card(followed=InterventionEvent.TOLD)},
        "left": {"card": card(level(left_on=MONDAY, outcome="Good again"), followed=InterventionEvent.LEFT)},
        "largest": {"card": LARGE_LEVELS[0]},
    },
    "remedies/form": {
        "smallest": {"new": NewRemedy(facts(), []), "escalation": "", **DAYS},
        "usual": {
            "new": PROPOSED_NEW,
            "escalation": "",
            **DAYS,
        },
        "largest": {
            "new": LARGE_NEW,
            "escalation": "key-of-an-esc-01 3",
            **DAYS,
        },
    },
    "remedies/noted": {
        "smallest": {"noted": NotedRemedy(NOTED, facts())},
        "usual": {"noted": NotedRemedy(plan(), facts(), REQUEST, told=True)},
        "largest": {"noted": NotedRemedy(LARGE_PLAN, LARGE, REQUEST, told=False)},
    },
    "remedies/send_form": {
        "smallest": {"plan": told(PlanStatus.REQUESTED)},
        "usual": {"plan": told(PlanStatus.REQUESTED, shortfall="Starts were below 97%.")},
        "largest": {"plan": shown_to_partner(LARGE_PLAN, LARGE)},
    },
    "remedies/sent": {
        "smallest": {"sent": sent(1, 1, decider="")},
        "usual": {"sent": sent()},
        "largest": {"sent": sent(20, 2000, contract=LARGE, plan=LARGE_PLAN)},
    },
    "remedies/plan_form": {
        "smallest": {
            "asked": to_settle(PlanStatus.REQUESTED, offered=PLAN.of_state(PlanStatus.REQUESTED)[:1]),
            **FORM,
        },
        "noted": {"asked": to_settle(PlanStatus.NOTED, plan=NOTED), **FORM},
        "usual": {"asked": to_settle(PlanStatus.SUBMITTED, plan=SUBMITTED), **FORM},
        "monitored": {"asked": to_settle(PlanStatus.MONITORED), **FORM},
        "accepted": {"asked": to_settle(PlanStatus.ACCEPTED), **FORM},
        "largest": {
            "asked": to_settle(
                PlanStatus.REJECTED,
                plan=plan(title=SUBJECT, status=PlanStatus.REJECTED, assumed=ASSUMED),
                contract=LARGE,
            ),
            **FORM,
        },
    },
    "remedies/plan_settled": {
        "smallest": {"done": settled(PlanStatus.MONITORED, PlanEvent.CURED), "others": []},
        "usual": {"done": settled(PlanStatus.REQUESTED, PlanEvent.RECEIVED), "others": OTHERS},
        "requested": {"done": settled(PlanStatus.NOTED, PlanEvent.REQUESTED, told=False), "others": []},
        "accepted": {"done": settled(PlanStatus.SUBMITTED, PlanEvent.ACCEPTED, actions=3, told=True), "others": []},
        "rejected": {"done": settled(PlanStatus.SUBMITTED, PlanEvent.REJECTED, plan=COMES_AGAIN), "others": []},
        "failed": {"done": settled(PlanStatus.MONITORED, PlanEvent.FAILED), "others": []},
        "largest": {
            "done": settled(
                PlanStatus.REJECTED,
                PlanEvent.FAILED,
                plan=plan(title=SUBJECT, status=PlanStatus.FAILED),
                contract=LARGE,
            ),
            "others": MANY,
        },
    },
    "remedies/notice_form": {
        "smallest": {"failed": failed(), **DAYS},
        "usual": {"failed": failed(opportunity="They had ten weeks"), **DAYS},
        "largest": {"failed": failed(opportunity=long_text(1000), assumed=ASSUMED, title=SUBJECT), **DAYS},
    },
    "remedies/notice_done": {
        "smallest": {"failed": failed(), "on": MONDAY},
        "usual": {"failed": failed(), "on": MONDAY},
        "largest": {"failed": failed(title=SUBJECT), "on": MONDAY},
    },
}
