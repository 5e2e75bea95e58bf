"""Contracts: what was agreed with which partner, the roles on it, and its Slack channels."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.engine.default import DefaultExecutionContext
from sqlmodel import Field

from bot.domain import audit_cycle, finding_cycle
from bot.domain.calendar import Nation
from bot.domain.duties import Regime, Supplies
from bot.domain.plan_cycle import COMES_AGAIN_WITHIN, DECIDED_WITHIN, SUBMITTED_WITHIN
from bot.domain.stages import Stage
from bot.models._folded import folded_from, words_from
from bot.models._model import Model
from bot.models._types import Figure, Instant, Key, choice, public_id
from bot.models._words_known import words_known
from bot.models._worked_out import WorkedOutInstant


class AgreementForm(StrEnum):
    """The form of an agreement: the law asks less of a framework and of a concession."""

    CONTRACT = "contract"
    GRANT = "grant"
    FRAMEWORK = "framework"
    CONCESSION = "concession"


class RoleName(StrEnum):
    """A person's role on a contract."""

    CONTRACT_MANAGER = "contract manager"
    PERFORMANCE_MANAGER = "performance manager"
    SENIOR_OWNER = "senior owner"
    HEAD = "head of contract management"
    COMMERCIAL_LEAD = "commercial lead"
    VIEWER = "viewer"
    PARTNER_CONTACT = "partner contact"


class Audience(StrEnum):
    """The readers of a channel or message: the department alone, or a partner too."""

    INTERNAL = "internal"
    SHARED = "shared"


_OWN = "visit_months is not null"


def _own_visits(day: str) -> Index:
    return Index(
        f"contract_own_visits_{day}", "visit_months", day, sqlite_where=text(_OWN), postgresql_where=text(_OWN)
    )


def _day_of_creation(context: DefaultExecutionContext) -> date:
    created: datetime = context.get_current_parameters()["created_at"]  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    return created.astimezone(UTC).date()


@words_known("new.words || replace(lower(new.reference), '-', ' ')", "words, reference")
class Contract(Model, table=True):
    """An agreement with one delivery partner. Deadlines are dates in the calendar of its nation.

    The working days of its plans, visits and findings count for what begins from then on: a day that is set stays.
    Without `visit_months` its tier says how often it is visited. `registered_on` is the day of `created_at`: what was
    said and visited before that, nobody has recorded.
    """

    __tablename__ = "contract"
    __table_args__ = (
        Index("contract_of_regime", "regime", "end_date"),
        _own_visits("start_date"),
        _own_visits("registered_on"),
        CheckConstraint("end_date > start_date", name="contract_ends_after_start"),
        CheckConstraint("longest_end_date >= end_date", name="contract_longest_end"),
        CheckConstraint("value_pounds >= 0", name="contract_value"),
        CheckConstraint("value_with_vat_pounds >= value_pounds", name="contract_value_with_vat"),
        CheckConstraint("report_working_day between 1 and 15", name="contract_report_working_day"),
        CheckConstraint(
            "plan_submit_days between 1 and 60 and plan_decide_days between 1 and 60 "
            "and plan_resubmit_days between 1 and 60",
            name="contract_days_of_plans",
        ),
        CheckConstraint("visit_months between 1 and 60", name="contract_months_between_visits"),
        CheckConstraint(
            "visit_notice_days between 1 and 60 and audit_draft_days between 1 and 60 "
            "and audit_check_days between 1 and 60 and audit_final_days between 1 and 60",
            name="contract_days_of_visits",
        ),
        CheckConstraint(
            "finding_respond_days between 1 and 60 and finding_escalate_days between 1 and 60 "
            "and finding_decide_days between 1 and 60 and finding_verify_days between 1 and 60",
            name="contract_days_of_findings",
        ),
        CheckConstraint("length(reference) > 0", name="contract_has_a_reference"),
        CheckConstraint("length(title) > 0", name="contract_has_a_title"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    reference: str = Field(unique=True, max_length=20)
    title: str = Field(max_length=150)
    folded: str = folded_from("title")
    words: str = words_from("title")
    purpose: str = Field(default="", max_length=3000)
    objectives: str = Field(default="", max_length=3000)
    partner_id: int = Field(foreign_key="organisation.id", index=True, sa_type=Key)
    regime: Regime = Field(sa_type=choice(Regime))
    light_touch: bool = False
    form: AgreementForm = Field(sa_type=choice(AgreementForm))
    supplies: Supplies = Field(default=Supplies.SERVICES, sa_type=choice(Supplies))
    kpi_exemption: str = Field(default="", max_length=300)
    tier: str = Field(max_length=20)
    value_pounds: int = Field(sa_type=Key)
    value_with_vat_pounds: int | None = Field(default=None, sa_type=Key)
    plan_submit_days: int = SUBMITTED_WITHIN
    plan_decide_days: int = DECIDED_WITHIN
    plan_resubmit_days: int = COMES_AGAIN_WITHIN
    visit_months: int | None = None
    visit_notice_days: int = audit_cycle.NOTICE
    audit_draft_days: int = audit_cycle.DRAFTED_WITHIN
    audit_check_days: int = audit_cycle.CHECKED_WITHIN
    audit_final_days: int = audit_cycle.FINAL_WITHIN
    finding_respond_days: int = finding_cycle.RESPONDED_WITHIN
    finding_escalate_days: int = finding_cycle.LATE_AFTER
    finding_decide_days: int = finding_cycle.DECIDED_WITHIN
    finding_verify_days: int = finding_cycle.VERIFIED_WITHIN
    service_credit_cap: Decimal | None = Field(default=None, sa_type=Figure)
    start_date: date = Field(index=True)
    end_date: date
    longest_end_date: date
    nation: Nation = Field(sa_type=choice(Nation))
    stage: Stage = Field(sa_type=choice(Stage))
    ocds_id: str = Field(default="", max_length=60)
    notice_id: str = Field(default="", max_length=20)
    documents: str = Field(default="", max_length=2000)
    report_working_day: int
    next_period: str = Field(max_length=7)
    next_report_at: datetime = Field(index=True, sa_type=WorkedOutInstant)
    sample: bool = False
    created_at: datetime = Field(sa_type=Instant)
    registered_on: date = Field(default=None, index=True, sa_column_kwargs={"default": _day_of_creation})


class Role(Model, table=True):
    """A person's role on a contract, and the deputy for days of leave. `given_at` is when they got it, None where that
    was before they could be welcomed to it."""

    __tablename__ = "role"
    __table_args__ = (
        CheckConstraint("deputy_id <> person_id", name="role_deputy_is_another"),
        Index("role_of_person", "person_id", "contract_id", "role"),  # whatever is asked about somebody's contracts
    )

    contract_id: int = Field(foreign_key="contract.id", primary_key=True, sa_type=Key)
    person_id: int = Field(foreign_key="person.id", primary_key=True, sa_type=Key)
    role: RoleName = Field(primary_key=True, sa_type=choice(RoleName))
    deputy_id: int | None = Field(default=None, foreign_key="person.id", index=True, sa_type=Key)
    given_at: datetime | None = Field(default=None, index=True, sa_type=Instant)


class Channel(Model, table=True):
    """A Slack channel and its purpose: it belongs to one contract, or (with no contract) to the portfolio."""

    __tablename__ = "channel"
    __table_args__ = (
        CheckConstraint("contract_id is not null or audience = 'internal'", name="portfolio_is_internal"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    slack: str = Field(unique=True, max_length=40)
    contract_id: int | None = Field(default=None, foreign_key="contract.id", index=True, sa_type=Key)
    audience: Audience = Field(sa_type=choice(Audience))
    created_at: datetime = Field(sa_type=Instant)
