"""Assessing a risk again: what it is now and what changed, kept beside what it was before."""

from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from bot.access import Action, ContractFacts
from bot.domain import scores
from bot.domain.scores import Band, Impact, Likelihood
from bot.domain.wording import format_date, format_instant
from bot.errors import UserError
from bot.models import Escalation, Person, Risk, RiskAssessment, RiskStatus
from bot.services.risks.risk_find import check_is_not_closed, risk_by_id, risk_for
from bot.services.risks.risks import RiskCard, escalate, keep_assessment
from bot.services.texts import kept_text
from bot.services.work import Act


class ReviewedMeanwhile(UserError):
    """Somebody else assessed the risk while the form was open."""

    def __init__(self, risk: Risk, who: str, last: RiskAssessment) -> None:
        likelihood, impact = Likelihood(last.likelihood), Impact(last.impact)
        super().__init__(
            f"{who} reviewed {risk.reference} on {format_instant(last.assessed_at)}, after you opened this form: "
            f"{likelihood.label.lower()} and {impact.label.lower()}, {likelihood} x {impact}. "
            f"Nothing of yours was kept. Copy what you typed, and look again: /risk review {risk.reference}."
        )


class HasHappened(UserError):
    """A risk that has happened has no likelihood any more."""

    def __init__(self, risk: Risk) -> None:
        super().__init__(
            f"{risk.reference} has happened, so there is no likelihood to assess and nothing was done. "
            f"When it is settled: /risk close {risk.reference} and why."
        )


@dataclass(frozen=True)
class ToReview:
    """A risk to be assessed again; `seen` is the number of its last assessment, 0 for none."""

    risk: Risk
    contract: ContractFacts
    seen: int
    last_by: str
    last: RiskAssessment | None


@dataclass(frozen=True)
class Reviewed:
    """A risk as it is assessed now and what it was before.

    Where it is very high: `asked` is whether it was escalated now, `waiting_for` who has not answered yet.
    """

    card: RiskCard
    was: Band
    asked: bool = False
    waiting_for: str = ""

    @property
    def moved(self) -> str:
        """Whether its band rose, fell or stayed."""
        difference = self.card.band.severity - self.was.severity
        return "rose" if difference > 0 else "fell" if difference < 0 else "stayed"


def risk_to_review(act: Act, typed: str) -> ToReview:
    """A risk that the actor may assess. NotARisk, NoSuchRisk, Denied, IsClosed, HasHappened."""
    risk, contract = risk_for(act, typed, Action.MANAGE_RISK)
    _check_can_be_reviewed(risk)
    last, who = _last(act, risk)
    return ToReview(risk, contract, last.id if last else 0, who, last)


def review(act: Act, risk_id: int, seen: int, likelihood: Likelihood, impact: Impact, why: str) -> Reviewed:
    """Keep an assessment and set the next review by its band; one that becomes very high is escalated.

    `seen` is the last assessment that the actor knew of: ReviewedMeanwhile if there is a later one. NoSuchRisk, Denied,
    IsClosed, HasHappened; what cannot be kept names its field.
    """
    risk, contract = risk_by_id(act, risk_id, Action.MANAGE_RISK)
    _check_can_be_reviewed(risk)
    last, who = _last(act, risk)
    if last is not None and last.id != seen:
        raise ReviewedMeanwhile(risk, who, last)
    reason = kept_text(why, what="what changed", at_most=300, field="why")
    was = scores.band(Likelihood(risk.likelihood), Impact(risk.impact))
    changes = _assess(act, risk, likelihood, impact)
    keep_assessment(act, risk, act.actor.person_id, reason)
    act.record("risk reviewed", risk.reference, contract_id=contract.id, changes=changes, why=reason)
    raised_by = act.session.get_one(Person, risk.raised_by_id).name
    card = RiskCard(risk, contract, raised_by, likelihood, impact)
    return _escalated(act, Reviewed(card, was)) if card.band is Band.VERY_HIGH else Reviewed(card, was)


def _check_can_be_reviewed(risk: Risk) -> None:
    check_is_not_closed(risk)
    if risk.status is RiskStatus.ISSUE:
        raise HasHappened(risk)


def _last(act: Act, risk: Risk) -> tuple[RiskAssessment | None, str]:
    """The last assessment of a risk and whose it is."""
    found = act.session.execute(
        select(RiskAssessment, col(Person.name))
        .join(Person, col(Person.id) == col(RiskAssessment.assessed_by_id))
        .where(col(RiskAssessment.risk_id) == risk.id)
        .order_by(col(RiskAssessment.id).desc())
        .limit(1)
    ).first()
    return (found[0], found[1]) if found else (None, "")


def _assess(act: Act, risk: Risk, likelihood: Likelihood, impact: Impact) -> dict[str, tuple[str, str]]:
    """Set what the risk is now; what differs, in words."""
    before = (Likelihood(risk.likelihood).label, Impact(risk.impact).label, format_date(risk.review_on))
    risk.likelihood, risk.impact = int(likelihood), int(impact)
    risk.review_on = act.today + timedelta(days=scores.review_days(scores.band(likelihood, impact)))
    after = (likelihood.label, impact.label, format_date(risk.review_on))
    both = zip(("likelihood", "impact", "next review"), before, after, strict=True)
    return {name: (was, became) for name, was, became in both if was != became}


def _escalated(act: Act, reviewed: Reviewed) -> Reviewed:
    """Ask somebody to acknowledge a risk that became very high, or of which nobody was ever asked.

    Who was asked before and has not answered yet is not asked twice; one acknowledgement counts until the risk falls.
    """
    last = act.session.scalar(
        select(Escalation)
        .where(col(Escalation.risk_id) == reviewed.card.risk.id)
        .order_by(col(Escalation.id).desc())
        .limit(1)
    )
    if last is not None and last.acknowledged_at is None:
        return replace(reviewed, waiting_for=act.session.get_one(Person, last.owner_id).name)
    if last is not None and reviewed.was is Band.VERY_HIGH:
        return reviewed
    return replace(reviewed, card=escalate(act, reviewed.card), asked=True)
