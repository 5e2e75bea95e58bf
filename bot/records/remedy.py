"""Plans that put something right, and change memos."""

from typing import Annotated

from pydantic import Field

from bot import models
from bot.models import PlanStatus
from bot.records import readers
from bot.records.fields import Contract, Day, LongName, Story, Title
from bot.records.record import Record, columns


class PlanRecord(Record):
    """Plans that a partner was asked for, to put something right."""

    sheet = "plans"
    one = "plan"
    key_fields = ("contract", "title")
    table = models.RectificationPlan
    stored_as = columns(
        contract="contract_id", requested="requested_on", due="due_on", received="received_on", since="status_on"
    )
    in_order = (("requested", "due"), ("requested", "received"), ("requested", "since"))
    have_been = ("requested", "received", "since")

    contract: Contract = Field(description="The reference of the contract.")
    title: LongName = Field(description="What the plan puts right, unique in the contract.")
    requested: Day = Field(title="Requested on", description="The day the plan was asked for.")
    due: Day = Field(title="Due on", description="The day the plan is due, usually 10 working days later.")
    status: Annotated[PlanStatus, readers.choice(PlanStatus)] = Field(description="How far it has come.")
    reason: Story = Field(default="", description="Why it was rejected, is cured or has failed.")
    received: Day | None = Field(
        title="Received on", default=None, description="The day it last came; blank if it has not, or if nobody knows."
    )
    since: Day | None = Field(
        title="Status since", default=None, description="The day of its last change; blank if nobody knows."
    )


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
