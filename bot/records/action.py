"""Actions: who does what by when."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from bot import models
from bot.records import readers
from bot.records.fields import Contract, Day, Flag, Person
from bot.records.record import Misfit, Record, columns


class ActionRecord(Record):
    """Actions: who does what by when. A file does not say of which contact or risk one is; in Slack it stays so."""

    sheet = "actions"
    one = "action"
    key_fields = ("contract", "what", "added")
    table = models.ActionItem
    stored_as = columns(
        contract="contract_id",
        owner="owner_id",
        due="due_on",
        added="added_at",
        by="added_by_id",
        done="done_on",
        done_by="done_by_id",
    )
    in_order = (("added", "due"), ("added", "done"))
    have_been = ("added", "done")
    repeats = True
    final = "this action is done, so nothing of it is changed any more. Take its row out, or leave it as it was."

    contract: Contract = Field(description="The reference of the contract.")
    what: Annotated[str, readers.text(300)] = Field(title="What is to be done", description="What is to be done.")
    owner: Person = Field(description="The Slack member id of the person who does it.")
    due: Day = Field(title="Due on", description="The day by which it is to be done.")
    closed_by_another: Flag = Field(
        default=False, description="Whether somebody other than its owner has to say that it is done."
    )
    added: Day = Field(title="Added on", description="The day it was agreed or added.")
    by: Person = Field(title="Added by", description="The Slack member id of the person who added it.")
    done: Day | None = Field(default=None, title="Done on", description="The day it was done; blank if it is not.")
    done_by: Person | None = Field(
        default=None, title="Closed by", description="The Slack member id of the person who said that it is done."
    )
    done_note: Annotated[str, readers.text(300)] = Field(
        default="", title="What was done", description="What was done, in a few words."
    )

    @property
    def is_final(self) -> bool:
        """What is done stays done."""
        return self.done is not None

    @model_validator(mode="after")
    def _done_by_somebody(self) -> Self:
        if (self.done is None) != (self.done_by is None):
            missing = "done" if self.done is None else "done_by"
            raise Misfit(missing, "an action that is done has both done and done_by. Enter both, or neither.")
        if self.done is None and self.done_note:
            raise Misfit("done_note", "this action is not done yet. Leave this blank, or enter done and done_by.")
        if self.closed_by_another and self.done_by == self.owner:
            raise Misfit("done_by", f"somebody other than its owner, {self.owner}, closes this action. Name them.")
        return self
