"""Risks, and their assessments over time."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from bot.domain.risk_rules import RiskCategory
from bot.domain.scores import Band
from bot.domain.stages import Stage
from bot.models._append_only import append_only, but_for_redaction
from bot.models._model import Model
from bot.models._types import Instant, Json, Key, choice, public_id
from bot.models.contract import Audience


class RiskStatus(StrEnum):
    """The status of a risk; an issue is a risk that has happened."""

    OPEN = "open"
    ISSUE = "issue"
    CLOSED = "closed"


class RiskResponse(StrEnum):
    """The response to a risk, as in the Orange Book."""

    TREAT = "treat"
    TOLERATE = "tolerate"
    TRANSFER = "transfer"
    TERMINATE = "terminate"


class Risk(Model, table=True):
    """Something that may happen to a contract; its title is the event, separate from its cause and its effect.

    Each likelihood and impact is from 1 to 5. Those without a prefix are residual: the last assessment, with the
    present controls. Inherent is the first assessment, without controls; target is the aim. `shown_as` is the key of
    its message in the shared channel, "" if there is none.
    """

    __tablename__ = "risk"
    __table_args__ = (
        CheckConstraint("likelihood between 1 and 5", name="risk_likelihood"),
        CheckConstraint("impact between 1 and 5", name="risk_impact"),
        CheckConstraint("inherent_likelihood between 1 and 5", name="risk_inherent_likelihood"),
        CheckConstraint("inherent_impact between 1 and 5", name="risk_inherent_impact"),
        CheckConstraint("target_likelihood between 1 and 5", name="risk_target_likelihood"),
        CheckConstraint("target_impact between 1 and 5", name="risk_target_impact"),
        CheckConstraint(
            "(likelihood is null) = (impact is null) and (likelihood is null) = (inherent_likelihood is null)"
            " and (inherent_likelihood is null) = (inherent_impact is null)",
            name="risk_assessed_whole",
        ),
        CheckConstraint("(target_likelihood is null) = (target_impact is null)", name="risk_target_whole"),
        CheckConstraint("(status = 'closed') = (closed_on is not null)", name="risk_closed_on"),
        CheckConstraint("status <> 'closed' or closing_reason <> ''", name="risk_closed_for_a_reason"),
        CheckConstraint("status <> 'issue' or happened <> ''", name="risk_issue_happened"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    contract_id: int = Field(foreign_key="contract.id", index=True, sa_type=Key)
    title: str = Field(max_length=200)
    cause: str = Field(default="", max_length=1000)
    effect: str = Field(default="", max_length=1000)
    category: RiskCategory = Field(sa_type=choice(RiskCategory))
    audience: Audience = Field(default=Audience.INTERNAL, sa_type=choice(Audience))
    shown_as: str = Field(default="", max_length=80)
    inherent_likelihood: int | None = None
    inherent_impact: int | None = None
    likelihood: int | None = None
    impact: int | None = None
    target_likelihood: int | None = None
    target_impact: int | None = None
    controls: str = Field(default="", max_length=1000)
    proximity_on: date | None = Field(default=None, index=True)
    status: RiskStatus = Field(default=RiskStatus.OPEN, sa_type=choice(RiskStatus))
    response: RiskResponse | None = Field(default=None, sa_type=choice(RiskResponse))
    response_note: str = Field(default="", max_length=1000)
    happened: str = Field(default="", max_length=1000)
    closed_on: date | None = None
    closing_reason: str = Field(default="", max_length=300)
    review_on: date = Field(index=True)
    owner_id: int = Field(foreign_key="person.id", sa_type=Key)
    raised_by_id: int = Field(foreign_key="person.id", sa_type=Key)
    raised_at: datetime = Field(sa_type=Instant)

    @property
    def reference(self) -> str:
        """The risk's reference: R-12."""
        return f"R-{self.id}"


@append_only(
    but_for=but_for_redaction("id", "risk_id", "likelihood", "impact", "assessed_by_id", "assessed_at"),
    of_contract="(select contract_id from risk where id = old.risk_id)",
)
class RiskAssessment(Model, table=True):
    """A person's assessment of a risk's likelihood and impact, with the reason; an imported one has no person.

    Entries are only ever added. The reason changes only where a person is redacted, of which an entry of the trail
    tells, that `redaction_id` names.
    """

    __tablename__ = "risk_assessment"
    __table_args__ = (
        CheckConstraint("likelihood between 1 and 5", name="risk_assessment_likelihood"),
        CheckConstraint("impact between 1 and 5", name="risk_assessment_impact"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    risk_id: int = Field(foreign_key="risk.id", index=True, sa_type=Key)
    likelihood: int
    impact: int
    why: str = Field(default="", max_length=300)
    assessed_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    assessed_at: datetime = Field(sa_type=Instant)
    redaction_id: int | None = Field(default=None, sa_type=Key)


class StageReview(Model, table=True):
    """A change of stage that asked for the open risks of a contract to be assessed again.

    It is open until all are, or until the contract changes stage again.
    """

    __tablename__ = "stage_review"

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", index=True, sa_type=Key)
    stage: Stage = Field(sa_type=choice(Stage))
    asked_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class Reassessment(Model, table=True):
    """A risk in a stage review, and when it was assessed again."""

    __tablename__ = "reassessment"

    stage_review_id: int = Field(foreign_key="stage_review.id", primary_key=True, sa_type=Key)
    risk_id: int = Field(foreign_key="risk.id", primary_key=True, index=True, sa_type=Key)
    done_at: datetime | None = Field(default=None, sa_type=Instant)


class RiskSettings(Model, table=True):
    """The department's own rules for risks, in one row; without it the defaults are in force."""

    __tablename__ = "risk_settings"
    __table_args__ = (
        CheckConstraint("id = 1", name="risk_settings_one_row"),
        CheckConstraint(
            "medium_from > 1 and high_from > medium_from and very_high_from > high_from and very_high_from <= 25",
            name="risk_settings_bands_rise",
        ),
        CheckConstraint(
            "very_high_days > 0 and high_days >= very_high_days and medium_days >= high_days"
            " and low_days >= medium_days",
            name="risk_settings_serious_are_reviewed_sooner",
        ),
    )

    id: int = Field(default=1, primary_key=True, sa_type=Key)
    medium_from: int
    high_from: int
    very_high_from: int
    severe_at_least: Band = Field(sa_type=choice(Band))
    low_days: int
    medium_days: int
    high_days: int
    very_high_days: int
    appetite: dict[str, str] = Field(default_factory=dict, sa_type=Json)
