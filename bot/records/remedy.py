"""Plans that put something right, and change memos."""

from typing import Annotated

from pydantic import Field

from bot.models import PlanStatus
from bot.records import readers
from bot.records.fields import Contract, Day, Story, Title
from bot.records.record import Record


class PlanRecord(Record):
    """Plans that a partner was asked for, to put something right."""

    sheet = "plans"
    one = "plan"
    key_fields = ("contract", "title")

    contract: Contract = Field(description="The reference of the contract.")
    title: Title = Field(description="What the plan puts right, unique in the contract.")
    requested: Day = Field(description="The day the plan was asked for.")
    due: Day = Field(description="The day the plan is due, usually 10 working days later.")
    status: Annotated[PlanStatus, readers.choice(PlanStatus)] = Field(description="How far it has come.")
    reason: Story = Field(default="", description="Why it was rejected, is cured or has failed.")


class MemoRecord(Record):
    """Change memos sent to partners."""

    sheet = "memos"
    one = "change memo"
    key_fields = ("contract", "number")

    contract: Contract = Field(description="The reference of the contract.")
    number: Annotated[int, readers.whole(1, 9_999)] = Field(description="Its number in the contract, from 1.")
    subject: Title = Field(description="What it is about.")
    sent: Day = Field(description="The day it was sent.")
    acknowledge_by: Day = Field(description="The day by which the partner is to acknowledge it.")
    acknowledged: Day | None = Field(default=None, description="The day the partner did; blank if it has not.")
