"""The sheets of past events: reports and their figures, plans, change memos and risks."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from bot.domain.ratings import Outlook, Rag, Rating
from bot.domain.risk_rules import RiskCategory
from bot.domain.scores import Impact, Likelihood
from bot.domain.wording import join_words
from bot.models import Audience, PlanStatus, RiskResponse, RiskStatus
from bot.services.portfolio.sheets import cells
from bot.services.portfolio.sheets.columns import (
    Contract,
    Day,
    Figure,
    KpiCode,
    Misfit,
    Period,
    Person,
    Row,
    Story,
    Title,
)

OnLikelihood = Annotated[Likelihood, cells.scale(Likelihood)] | None
OnImpact = Annotated[Impact, cells.scale(Impact)] | None
Long = Annotated[str, cells.text(1000)]


class Decided(StrEnum):
    """What became of a report that came."""

    ACCEPTED = "accepted"
    QUERIED = "queried"
    OPEN = "to be accepted"


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
    decision: Annotated[Decided, cells.choice(Decided)] | None = Field(
        default=None,
        description="What the contract manager decided. If blank, a report that came is accepted, as history is.",
    )
    decided: Day | None = Field(default=None, description="The day of the decision; if blank, the day of the import.")
    decided_by: Person | None = Field(
        default=None, description="The Slack member id of who decided; blank for an accepted report if nobody is known."
    )
    query: Annotated[str, cells.text(1000)] = Field(default="", description="What was asked, for a queried report.")
    rag: Annotated[Rag, cells.choice(Rag)] | None = Field(
        default=None, description="How who sent it sees the delivery; blank if they did not say."
    )
    rag_reason: Annotated[str, cells.text(1000)] = Field(
        default="", description="Why it is that. Amber and red have a reason."
    )
    path_to_green: Annotated[str, cells.text(1000)] = Field(
        default="", description="How it becomes green again. Amber and red have a path."
    )

    @model_validator(mode="after")
    def _received_from_somebody(self) -> Self:
        if (self.received is None) != (self.by is None):
            missing = "received" if self.received is None else "by"
            raise Misfit(missing, "a report that came has both received and by. Enter both, or neither.")
        return self

    @model_validator(mode="after")
    def _decided_by_somebody(self) -> Self:
        if self.decision in (None, Decided.OPEN) and self.decided_by:
            raise Misfit("decided_by", "nobody has decided on this report yet. Leave it blank, or enter a decision.")
        if self.decision is Decided.QUERIED and not (self.query and self.decided_by):
            raise Misfit("decision", "a queried report has a query, and who asked it as decided_by. Enter both.")
        return self

    @model_validator(mode="after")
    def _rag_with_its_path(self) -> Self:
        said = Outlook(self.rag, self.rag_reason, self.path_to_green)
        if self.rag is None and (said.reason or said.path):
            raise Misfit("rag", "a reason or a path belongs to a rag. Enter Green, Amber or Red, or leave those blank.")
        if said.needs_a_path and not (said.reason and said.path):
            raise Misfit("rag", "amber and red have a rag_reason and a path_to_green. Enter both.")
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
    part: Figure | None = Field(
        default=None, description="Of a ratio, what is counted: the starts on time. With it, value can stay blank."
    )
    whole: Figure | None = Field(
        default=None, description="Of a ratio, what it is a share of: all starts. Of an average, its number of cases."
    )
    why: Annotated[str, cells.text(300)] = Field(default="", description="Why there is no figure, if there is none.")
    verified: Day | None = Field(
        default=None, description="The day the figure was verified; blank if it is the partner's own word."
    )
    verified_by: Person | None = Field(default=None, description="The Slack member id of the person who verified it.")
    rating: Annotated[Rating, cells.choice(Rating)] | None = Field(
        default=None, description="The rating that the contract manager set instead; blank if it is by the cut-offs."
    )
    rating_why: Annotated[str, cells.text(300)] = Field(default="", description="Why it was set.")
    rated: Day | None = Field(default=None, description="The day it was set.")
    rated_by: Person | None = Field(default=None, description="The Slack member id of the person who set it.")

    @model_validator(mode="after")
    def _value_or_why(self) -> Self:
        if self.part is not None and self.whole is None:
            raise Misfit("whole", "a part is a part of something. Enter what as whole, or leave out part.")
        if self.whole == 0 and (self.value is not None or self.part):
            raise Misfit("whole", "with a whole of 0 there is nothing to count. Leave the value blank and say why.")
        if (self.value is None and not (self.part is not None and self.whole)) == (not self.why):
            raise Misfit("why", "say why where there is no figure, and only there. Enter a value or a why.")
        return self

    @model_validator(mode="after")
    def _judged_by_somebody(self) -> Self:
        if (self.verified is None) != (self.verified_by is None):
            missing = "verified" if self.verified is None else "verified_by"
            raise Misfit(missing, "a verified figure has both verified and verified_by. Enter both, or neither.")
        parts = {"rating": self.rating, "rating_why": self.rating_why, "rated": self.rated, "rated_by": self.rated_by}
        blank = [column for column, value in parts.items() if not value]
        if 0 < len(blank) < len(parts):
            raise Misfit(blank[0], f"a rating that was set has {join_words(list(parts))}. Enter all, or none.")
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
    """Risks. Partners see those that are shared."""

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
    audience: Annotated[Audience, cells.choice(Audience)] = Field(
        default=Audience.INTERNAL,
        description="Who may see a new one: the department alone, or the partner as well; later that is said in Slack.",
    )
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
