"""Shortfalls and the plans that put them right, what partners sent as plans, and change memos."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from bot import models
from bot.domain.monitoring import GOOD_PERIODS
from bot.domain.plan_cycle import BEFORE_PLAN, Served
from bot.models import PlanStatus
from bot.records import readers
from bot.records.fields import Contract, Day, KpiCode, LongName, Name, Person, Story, Title
from bot.records.record import Misfit, Record, columns


class PlanRecord(Record):
    """Shortfalls, and the plans that a partner was asked for to put them right."""

    sheet = "plans"
    one = "plan"
    key_fields = ("contract", "title")
    table = models.RectificationPlan
    stored_as = columns(
        contract="contract_id",
        kpi="kpi_id",
        opened="opened_on",
        requested="requested_on",
        due="due_on",
        received="received_on",
        since="status_on",
        notice="notice_on",
    )
    in_order = (
        ("opened", "requested"),
        ("requested", "due"),
        ("requested", "received"),
        ("requested", "since"),
        ("since", "notice"),
    )
    have_been = ("opened", "requested", "received", "since", "notice")

    contract: Contract = Field(description="The reference of the contract.")
    title: LongName = Field(description="What the plan puts right, unique in the contract.")
    shortfall: Story = Field(
        default="", title="What falls short", description="What falls short, in words that the partner may read."
    )
    kpi: KpiCode | None = Field(
        default=None, title="KPI", description="The code of the KPI that falls short; blank for all of the contract."
    )
    good_periods: Annotated[int, readers.whole(1, 12)] = Field(
        default=GOOD_PERIODS,
        title="Good periods that cure it",
        description="After how many periods in a row at or above target it counts as cured.",
    )
    opened: Day | None = Field(
        title="Noted on",
        default=None,
        description="The day the concern was noted; blank where the record begins with the request.",
    )
    requested: Day | None = Field(
        title="Requested on", default=None, description="The day the plan was asked for; blank if none was yet."
    )
    served_by: Annotated[Served, readers.choice(Served)] | None = Field(
        default=None, description="How the last notice or request was served on the partner."
    )
    due: Day | None = Field(
        title="Due on",
        default=None,
        description="The day the plan is due, usually 10 working days after the request; without one, the day by which "
        "delivery is to improve.",
    )
    status: Annotated[PlanStatus, readers.choice(PlanStatus)] = Field(description="How far it has come.")
    reason: Story = Field(default="", description="Why it was rejected, is cured or has failed.")
    grounds: Annotated[str, readers.text(200)] = Field(
        default="", title="Grounds of the rejection", description="On which grounds it was last rejected."
    )
    opportunity: Annotated[str, readers.text(1000)] = Field(
        default="",
        title="Opportunity given",
        description="The opportunity to improve that the partner was given before it was declared failed.",
    )
    received: Day | None = Field(
        title="Received on", default=None, description="The day it last came; blank if it has not, or if nobody knows."
    )
    since: Day | None = Field(
        title="Status since", default=None, description="The day of its last change; blank if nobody knows."
    )
    notice: Day | None = Field(
        title="Notice dealt with on",
        default=None,
        description="The day on which the performance notice (UK9) of a failed one was published, or found not to be "
        "needed.",
    )
    assumed: Annotated[str, readers.text(300)] = Field(
        default="", title="Assumed days", description="Which of its days Liaison assumed, because nobody knew them."
    )

    @model_validator(mode="after")
    def _begins_on_a_day(self) -> Self:
        if self.requested is None and self.status not in BEFORE_PLAN | {PlanStatus.CURED, PlanStatus.WITHDRAWN}:
            raise Misfit("requested", f"a plan that is {self.status} was requested on a day. Enter it.")
        if self.requested is None and self.opened is None:
            raise Misfit("opened", "enter the day the concern was noted, or the day the plan was requested.")
        if self.requested is not None and self.due is None:
            raise Misfit("due", "a plan that was requested is due on a day. Enter it.")
        return self


_Part = Annotated[str, readers.text(2000)]
_Number = Annotated[int, readers.whole(1, 99)]


class PlanSubmissionRecord(Record):
    """What partners sent as plans. An import adds to it, and changes nothing in it."""

    sheet = "plan_submissions"
    one = "plan that came"
    many = "plans that came"
    key_fields = ("contract", "plan", "number")
    table = models.PlanSubmission
    stored_as = columns(contract="contract_id", plan="plan_id", by="submitted_by_id", submitted="submitted_at")
    have_been = ("submitted",)
    final = "this plan came already, with something else in it. Take its row out, or leave it as it was."

    contract: Contract = Field(description="The reference of the contract.")
    plan: LongName = Field(description="The title of the plan, as on the sheet plans.")
    number: _Number = Field(description="1 for the first that came, 2 for the next.")
    submitted: Day = Field(title="Sent on", description="The day it was sent.")
    by: Person = Field(title="Sent by", description="The Slack member id of the partner’s person who sent it.")
    default: _Part = Field(title="What went wrong", description="What went wrong.")
    containment: _Part = Field(description="What the partner does now to contain it.")
    root_cause: _Part = Field(description="Why it happened.")
    effect: _Part = Field(description="The effect.")
    prevention: _Part = Field(title="How it will not come back", description="How it will not come back.")

    @property
    def is_final(self) -> bool:
        """What came stays as it is."""
        return True


class PlanStepRecord(Record):
    """The steps of plans that came. A file does not say which action an accepted step became; in Slack it stays so."""

    sheet = "plan_steps"
    one = "step of a plan"
    many = "steps of plans"
    key_fields = ("contract", "plan", "number", "what")
    table = models.PlanStep
    stored_as = columns(contract="contract_id", number="submission_id", answers="owner_id", due="due_on")
    repeats = True
    final = "this step came already, with something else in it. Take its row out, or leave it as it was."

    contract: Contract = Field(description="The reference of the contract.")
    plan: LongName = Field(description="The title of the plan, as on the sheet plans.")
    number: _Number = Field(description="The number of the plan that came, as on the sheet plan_submissions.")
    what: Annotated[str, readers.text(300)] = Field(title="What is to be done", description="What is to be done.")
    owner: Name = Field(title="Who does it", description="The name of who does it, as the partner wrote it.")
    answers: Person = Field(
        title="Who answers for it", description="The Slack member id of the person who answers for it."
    )
    due: Day = Field(title="Due on", description="The day by which it is to be done.")

    @property
    def is_final(self) -> bool:
        """What came stays as it is."""
        return True


class MemoRecord(Record):
    """Change memos sent to partners."""

    sheet = "memos"
    one = "change memo"
    key_fields = ("contract", "number")
    table = models.DocumentRecipient
    stored_as = columns(contract="contract_id", sent="issued_at", acknowledged="acknowledged_on")
    in_order = (("sent", "acknowledge_by"), ("sent", "acknowledged"))
    have_been = ("sent", "acknowledged")

    contract: Contract = Field(description="The reference of the contract.")
    number: Annotated[int, readers.whole(1, 9_999)] = Field(
        description="Its number in the department’s series. The same number, subject and day are one memo."
    )
    subject: Title = Field(description="What it is about.")
    sent: Day = Field(title="Sent on", description="The day it was sent.")
    acknowledge_by: Day = Field(description="The day by which the partner is to acknowledge it.")
    acknowledged: Day | None = Field(
        title="Acknowledged on", default=None, description="The day the partner did; blank if it has not."
    )
