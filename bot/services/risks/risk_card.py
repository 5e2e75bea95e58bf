"""A risk on one page: what it is, who looks after it, what is done about it, and how it was assessed over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from bot.access import Action, ContractFacts
from bot.domain.scores import Band, Impact, Likelihood, band, score
from bot.models import Person, Risk, RiskAssessment, RiskStatus
from bot.services.risks.risk_find import risk_for
from bot.services.work import Act


@dataclass(frozen=True)
class Assessment:
    """What somebody judged a risk to be, and why."""

    at: datetime
    who: str
    likelihood: Likelihood
    impact: Impact
    why: str

    @property
    def score(self) -> int:
        """Likelihood times impact, 1 to 25."""
        return score(self.likelihood, self.impact)

    @property
    def band(self) -> Band:
        """The band of the score."""
        return band(self.likelihood, self.impact)


@dataclass(frozen=True)
class RiskSheet:
    """A risk with its assessments, the newest first: none for one that came with a file.

    `may_manage` is whether the reader may assess it, `overdue` whether its review is.
    """

    risk: Risk
    contract: ContractFacts
    raised_by: str
    owner: Person
    assessments: Sequence[Assessment]
    may_manage: bool
    overdue: bool

    @property
    def likelihood(self) -> Likelihood:
        """How likely it is, as last assessed."""
        return Likelihood(self.risk.likelihood)

    @property
    def impact(self) -> Impact:
        """How serious it would be, as last assessed."""
        return Impact(self.risk.impact)

    @property
    def score(self) -> int:
        """Likelihood times impact, 1 to 25."""
        return score(self.likelihood, self.impact)

    @property
    def band(self) -> Band:
        """The band of the score."""
        return band(self.likelihood, self.impact)


def risk_sheet(act: Act, typed: str) -> RiskSheet:
    """The page of a risk on a contract that the actor may see. NotARisk, NoSuchRisk."""
    risk, contract = risk_for(act, typed, Action.SEE)
    return sheet_of(act, risk, contract)


def sheet_of(act: Act, risk: Risk, contract: ContractFacts) -> RiskSheet:
    """The page of a risk that was found. Denied."""
    act.require(Action.SEE, contract)
    return RiskSheet(
        risk=risk,
        contract=contract,
        raised_by=act.session.get_one(Person, risk.raised_by_id).name,
        owner=act.session.get_one(Person, risk.owner_id),
        assessments=_assessments(act, risk.id),
        may_manage=act.may(Action.MANAGE_RISK, contract),
        overdue=risk.status is RiskStatus.OPEN and risk.review_on < act.today,
    )


def _assessments(act: Act, risk_id: int) -> list[Assessment]:
    rows = act.session.execute(
        select(RiskAssessment, col(Person.name))
        .join(Person, col(Person.id) == col(RiskAssessment.assessed_by_id))
        .where(col(RiskAssessment.risk_id) == risk_id)
        .order_by(col(RiskAssessment.id).desc())
    )
    return [
        Assessment(each.assessed_at, who, Likelihood(each.likelihood), Impact(each.impact), each.why)
        for each, who in rows
    ]
