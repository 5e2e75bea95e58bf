"""The sheets of what has happened already: reports and their figures, plans, change memos and risks."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.domain.risk_rules import RiskCategory
from bot.domain.scores import Impact, Likelihood
from bot.models import PlanStatus, RiskResponse, RiskStatus
from bot.services.portfolio.sheets import cells
from bot.services.portfolio.sheets._row import Misfit, Row
from bot.services.portfolio.sheets.columns import Contract, Day, Figure, KpiCode, Period, Person, Story, Title

OnLikelihood = Annotated[Likelihood, cells.scale(Likelihood)] | None
OnImpact = Annotated[Impact, cells.scale(Impact)] | None
Long = Annotated[str, cells.text(1000)]


class ReportRow(Row):
    """The report of each month. One that is not received is late once its due day has passed."""

    sheet = "reports"
    one = "report"
    key_columns = ("contract", "period")

    contract: Contract = Field(description="The reference of the contract.")
    period: Period = Field(description="The month that it covers, for example 2026-11.")
    due: Day | None = Field(
        default=None, description="The day it was due; if blank, as the contract's report_working_day says."
    )
    received: Day | None = Field(default=None, description="The day it came; blank if it has not.")
    by: Person | None = Field(default=None, description="The Slack member id of the person who sent it.")
    narrative: Story = Field(default="", description="What it says besides the figures.")

    @model_validator(mode="after")
    def _received_from_somebody(self) -> Self:
        if (self.received is None) != (self.by is None):
            missing = "received" if self.received is None else "by"
            raise Misfit(missing, "a report that came has both received and by. Enter both, or neither.")
        return self


class FigureRow(Row):
    """The figures of the reports that came."""

    sheet = "figures"
    one = "figure"
    key_columns = ("contract", "period", "kpi")

    contract: Contract = Field(description="The reference of the contract.")
    period: Period = Field(description="The month of the report.")
    kpi: KpiCode = Field(description="The code of the KPI.")
    value: Figure | None = Field(
        default=None,
        description="The figure, in the unit of the KPI; blank if there is none. It is rated by the cut-offs.",
    )
    why: Annotated[str, cells.text(300)] = Field(default="", description="Why there is no figure, if there is none.")

    @model_validator(mode="after")
    def _value_or_why(self) -> Self:
        if (self.value is None) == (not self.why):
            raise Misfit("why", "say why where there is no figure, and only there. Enter a value or a why.")
        return self


class PlanRow(Row):
    """Plans that a partner was asked for, to put something right."""

    sheet = "plans"
    one = "plan"
    key_columns = ("contract", "title")

    contract: Contract = Field(description="The reference of the contract.")
    title: Title = Field(description="What the plan puts right, unique in the contract.")
    requested: Day = Field(description="The day the plan was asked for.")
    due: Day = Field(description="The day the plan is due, usually 10 working days later.")
    status: Annotated[PlanStatus, cells.choice(PlanStatus)] = Field(description="How far it has come.")
    reason: Story = Field(default="", description="Why it was rejected, is cured or has failed.")


class MemoRow(Row):
    """Change memos sent to partners."""

    sheet = "memos"
    one = "change memo"
    key_columns = ("contract", "number")

    contract: Contract = Field(description="The reference of the contract.")
    number: Annotated[int, cells.whole(1, 9_999)] = Field(description="Its number in the contract, from 1.")
    subject: Title = Field(description="What it is about.")
    sent: Day = Field(description="The day it was sent.")
    acknowledge_by: Day = Field(description="The day by which the partner is to acknowledge it.")
    acknowledged: Day | None = Field(default=None, description="The day the partner did; blank if it has not.")


class RiskRow(Row):
    """Risks. Partners never see these."""

    sheet = "risks"
    one = "risk"
    key_columns = ("contract", "title", "raised", "by")
    repeats = True  # in Slack somebody may raise the same risk twice in a day

    contract: Contract = Field(description="The reference of the contract.")
    title: Title = Field(description="What may happen.")
    cause: Long = Field(default="", description="Because of what it may happen.")
    effect: Long = Field(default="", description="What would follow if it did.")
    category: Annotated[RiskCategory, cells.choice(RiskCategory)] = Field(description="What kind of risk it is.")
    likelihood: OnLikelihood = Field(
        default=None,
        description="As it is now: rare, unlikely, possible, likely or almost certain; blank if nobody has judged it.",
    )
    impact: OnImpact = Field(
        default=None, description="As it is now: negligible, minor, moderate, major or severe; blank if nobody has."
    )
    inherent_likelihood: OnLikelihood = Field(
        default=None, description="As first assessed, without controls; if blank, the same as likelihood."
    )
    inherent_impact: OnImpact = Field(
        default=None, description="As first assessed, without controls; if blank, the same as impact."
    )
    target_likelihood: OnLikelihood = Field(default=None, description="The likelihood that is aimed at.")
    target_impact: OnImpact = Field(default=None, description="The impact that is aimed at.")
    controls: Long = Field(default="", description="What holds it back already.")
    proximity: Day | None = Field(default=None, description="The day when it could happen.")
    status: Annotated[RiskStatus, cells.choice(RiskStatus)] = Field(
        default=RiskStatus.OPEN, description="Whether it still needs watching; an issue is a risk that has happened."
    )
    happened: Long = Field(default="", description="What has happened, for an issue.")
    closed: Day | None = Field(default=None, description="The day it was closed; blank if it is not.")
    closing_reason: Annotated[str, cells.text(300)] = Field(default="", description="Why it was closed.")
    response: Annotated[RiskResponse, cells.choice(RiskResponse)] | None = Field(
        default=None, description="What is done about it; blank if that is not decided."
    )
    response_note: Long = Field(default="", description="What will be done.")
    raised: Day = Field(description="The day it was raised.")
    by: Person = Field(description="The Slack member id of the person who raised it.")
    owner: Person | None = Field(
        default=None, description="The Slack member id of the person who looks after it; if blank, who raised it."
    )
    review: Day | None = Field(
        default=None, description="The day it is to be looked at again; if blank, as its likelihood and impact say."
    )

    @model_validator(mode="after")
    def _with_both_points(self) -> Self:
        for prefix in ("", "inherent_", "target_"):
            likelihood, impact = f"{prefix}likelihood", f"{prefix}impact"
            if (getattr(self, likelihood) is None) != (getattr(self, impact) is None):
                missing = likelihood if getattr(self, likelihood) is None else impact
                raise Misfit(missing, f"{likelihood} and {impact} go together. Enter both, or neither.")
        if self.likelihood is None and self.inherent_likelihood is not None:
            raise Misfit("likelihood", "a risk that was assessed without controls has a likelihood now. Enter it.")
        return self

    @model_validator(mode="after")
    def _closed_for_a_reason(self) -> Self:
        if (self.status is RiskStatus.CLOSED) != (self.closed is not None):
            raise Misfit("closed", "a closed risk has the day it was closed, and no other has. Correct one of the two.")
        if (self.closed is None) == bool(self.closing_reason):
            raise Misfit("closing_reason", "say why a closed risk was closed, and only of a closed one.")
        if self.status is RiskStatus.ISSUE and not self.happened:
            raise Misfit("happened", "an issue has happened. Say what has, or use open.")
        return self
