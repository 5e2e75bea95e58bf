"""Risks."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from bot import models
from bot.domain.risk_rules import RiskCategory
from bot.domain.scores import Impact, Likelihood
from bot.models import Audience, RiskResponse, RiskStatus
from bot.records import readers
from bot.records.fields import Contract, Day, Person, Title
from bot.records.record import Misfit, Record, columns

OnLikelihood = Annotated[Likelihood, readers.scale(Likelihood)] | None
OnImpact = Annotated[Impact, readers.scale(Impact)] | None
Long = Annotated[str, readers.text(1000)]


class RiskRecord(Record):
    """Risks. Partners see those that are shared."""

    sheet = "risks"
    one = "risk"
    key_fields = ("contract", "title", "raised", "by")
    table = models.Risk
    stored_as = columns(
        contract="contract_id",
        closed="closed_on",
        review="review_on",
        proximity="proximity_on",
        raised="raised_at",
        by="raised_by_id",
        owner="owner_id",
    )
    in_order = (("raised", "closed"),)
    have_been = ("raised", "closed")
    repeats = True  # in Slack somebody may raise the same risk twice in a day

    contract: Contract = Field(description="The reference of the contract.")
    title: Title = Field(description="What may happen.")
    cause: Long = Field(default="", description="Because of what it may happen.")
    effect: Long = Field(default="", description="What would follow if it did.")
    category: Annotated[RiskCategory, readers.choice(RiskCategory)] = Field(description="What kind of risk it is.")
    likelihood: OnLikelihood = Field(
        default=None,
        description="As it is now: rare, unlikely, possible, likely or almost certain; blank if nobody has judged it.",
    )
    impact: OnImpact = Field(
        default=None, description="As it is now: negligible, minor, moderate, major or severe; blank if nobody has."
    )
    inherent_likelihood: OnLikelihood = Field(
        title="Likelihood without controls",
        default=None,
        description="As first assessed, without controls; if blank, the same as likelihood.",
    )
    inherent_impact: OnImpact = Field(
        title="Impact without controls",
        default=None,
        description="As first assessed, without controls; if blank, the same as impact.",
    )
    target_likelihood: OnLikelihood = Field(
        title="Likelihood aimed at", default=None, description="The likelihood that is aimed at."
    )
    target_impact: OnImpact = Field(title="Impact aimed at", default=None, description="The impact that is aimed at.")
    controls: Long = Field(default="", description="What holds it back already.")
    proximity: Day | None = Field(
        title="When it could happen", default=None, description="The day when it could happen."
    )
    audience: Annotated[Audience, readers.choice(Audience)] = Field(
        title="Who may see it",
        default=Audience.INTERNAL,
        description="Who may see a new one: the department alone, or the partner as well; later that is said in Slack.",
    )
    status: Annotated[RiskStatus, readers.choice(RiskStatus)] = Field(
        default=RiskStatus.OPEN, description="Whether it still needs watching; an issue is a risk that has happened."
    )
    happened: Long = Field(title="What has happened", default="", description="What has happened, for an issue.")
    closed: Day | None = Field(
        title="Closed on", default=None, description="The day it was closed; blank if it is not."
    )
    closing_reason: Annotated[str, readers.text(300)] = Field(
        title="Why it was closed", default="", description="Why it was closed."
    )
    response: Annotated[RiskResponse, readers.choice(RiskResponse)] | None = Field(
        default=None, description="What is done about it; blank if that is not decided."
    )
    response_note: Long = Field(default="", description="What will be done.")
    raised: Day = Field(title="Raised on", description="The day it was raised.")
    by: Person = Field(title="Raised by", description="The Slack member id of the person who raised it.")
    owner: Person | None = Field(
        default=None, description="The Slack member id of the person who looks after it; if blank, who raised it."
    )
    review: Day | None = Field(
        title="Next review",
        default=None,
        description="The day it is to be looked at again; if blank, as its likelihood and impact say.",
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
