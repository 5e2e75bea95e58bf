"""A risk on one page: its details, owner and actions, and its assessments over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.domain.charts import Level, LineChart
from bot.domain.escalation_triggers import Subject
from bot.domain.london import london
from bot.domain.periods import Month
from bot.domain.risk_rules import RiskRules
from bot.domain.scores import Grade
from bot.models import ActionItem, Escalation, Person, Risk, RiskAssessment, RiskStatus
from bot.services.escalations.escalation_card import is_about, is_waiting
from bot.services.escalations.settled import SettledLine, settled_by_people
from bot.services.lookup.risks import risk_for, rules_in_force
from bot.services.unit_of_work import ActorContext

MOST_SHOWN = 24  # assessments on the chart


@dataclass(frozen=True)
class Assessment:
    """One assessment of a risk; `who` is "" if it came with a file."""

    at: datetime
    who: str
    grade: Grade
    why: str


@dataclass(frozen=True)
class ToDo:
    """An open action of a risk."""

    item: ActionItem
    owner: str
    late: bool


@dataclass(frozen=True)
class RiskSheet:
    """A risk with its assessments, the newest first (none if it came with a file), and its open actions.

    Its grades are None if nobody has assessed it. `waiting_for` names the person who was asked to acknowledge it and
    has not answered; `course` is its score over time, from two assessments on; `may_manage`: the reader may assess it;
    `overdue`: its review is overdue; `settled` is who settled
    what was escalated of it, while it is open; `link` leads to the message that shows it to the partner, if there is
    one.
    """

    risk: Risk
    contract: ContractRef
    raised_by: str
    owner: Person
    inherent: Grade | None
    residual: Grade | None
    target: Grade | None
    above_appetite: bool
    assessments: Sequence[Assessment]
    actions: Sequence[ToDo]
    waiting_for: str
    course: LineChart | None
    may_manage: bool
    overdue: bool
    link: str = ""
    settled: Sequence[SettledLine] = ()


def risk_sheet(ctx: ActorContext, typed: str) -> RiskSheet:
    """The page of a risk on a contract that the actor may see. Raises `UserError`."""
    risk, contract = risk_for(ctx, typed, Permission.SEE)
    return sheet_of(ctx, risk, contract)


def sheet_of(ctx: ActorContext, risk: Risk, contract: ContractRef) -> RiskSheet:
    """The page of a risk. Raises `Denied`."""
    ctx.require(Permission.SEE, contract)
    rules = rules_in_force(ctx.session)
    residual = rules.grade_if_any(risk.likelihood, risk.impact)
    assessments = _assessments(ctx, rules, risk.id)
    return RiskSheet(
        risk=risk,
        contract=contract,
        raised_by=ctx.session.get_one(Person, risk.raised_by_id).name,
        owner=ctx.session.get_one(Person, risk.owner_id),
        inherent=rules.grade_if_any(risk.inherent_likelihood, risk.inherent_impact),
        residual=residual,
        target=rules.grade_if_any(risk.target_likelihood, risk.target_impact),
        above_appetite=residual is not None and rules.is_above_appetite(residual.band, risk.category),
        assessments=assessments,
        actions=_actions(ctx, risk.id),
        waiting_for=_waiting_for(ctx, risk.id),
        course=course_of(rules, risk, assessments),
        may_manage=ctx.may(Permission.MANAGE_RISK, contract),
        overdue=risk.status is RiskStatus.OPEN and risk.review_on < ctx.today,
        settled=settled_by_people(ctx, is_about(Subject.RISK, risk.id)),
    )


def _assessments(ctx: ActorContext, rules: RiskRules, risk_id: int) -> list[Assessment]:
    rows = ctx.session.execute(
        select(RiskAssessment, col(Person.name))
        .outerjoin(Person, col(Person.id) == col(RiskAssessment.assessed_by_id))
        .where(col(RiskAssessment.risk_id) == risk_id)
        .order_by(col(RiskAssessment.id).desc())
    )
    return [
        Assessment(each.assessed_at, who or "", rules.grade(each.likelihood, each.impact), each.why)
        for each, who in rows
    ]


def course_of(rules: RiskRules, risk: Risk, assessments: Sequence[Assessment]) -> LineChart | None:
    """The score of a risk over time, as a chart with today's bands; None with fewer than two assessments."""
    shown = [*reversed(assessments[:MOST_SHOWN])]
    if len(shown) < 2:
        return None
    starts = {"Medium": rules.starts.medium, "High": rules.starts.high, "Very high": rules.starts.very_high}
    return LineChart(
        title=f"{risk.reference}: {risk.title}",
        unit="Score, likelihood x impact",
        points=[_short(london(each.at).date()) for each in shown],
        values=[Decimal(each.grade.points) for each in shown],
        levels=[Level(f"{name} from {start}", Decimal(start)) for name, start in starts.items()],
    )


def _short(day: date) -> str:
    return f"{day.day} {Month.of(day).short}"


def _actions(ctx: ActorContext, risk_id: int) -> list[ToDo]:
    rows = ctx.session.execute(
        select(ActionItem, col(Person.name))
        .join(Person, col(Person.id) == col(ActionItem.owner_id))
        .where(col(ActionItem.risk_id) == risk_id, col(ActionItem.done_on).is_(None))
        .order_by(col(ActionItem.due_on), col(ActionItem.id))
    )
    return [ToDo(item, owner, item.due_on < ctx.today) for item, owner in rows]


def _waiting_for(ctx: ActorContext, risk_id: int) -> str:
    asked = (
        select(col(Person.name))
        .join(Escalation, col(Escalation.owner_id) == col(Person.id))
        .where(is_about(Subject.RISK, risk_id), is_waiting())
    )
    return ctx.session.scalar(asked) or ""
