"""The matrix of what each side owes: worked out of milestones and obligations, written into an export, never read."""

from typing import Annotated

from pydantic import Field

from bot import models
from bot.models import Party
from bot.records import readers
from bot.records.fields import Contract, Day, LongName
from bot.records.record import Record, columns


class OwedMatrixRecord(Record):
    """What each side owes the other, and how it stands on the day of the export. An import leaves this sheet out."""

    sheet = "matrix"
    one = "item of the matrix"
    key_fields = ("contract", "name")
    table = models.Obligation
    stored_as = columns(contract="contract_id")

    contract: Contract = Field(description="The reference of the contract.")
    owed_by: Annotated[Party, readers.choice(Party)] = Field(description="Which side owes it.")
    kind: Annotated[str, readers.text(40)] = Field(description="Milestone, deliverable or obligation.")
    clause: Annotated[str, readers.text(40)] = Field(default="", description="The clause that says so.")
    name: LongName = Field(description="What is owed.")
    due: Day | None = Field(default=None, description="The day it is due; blank if it holds throughout.")
    recurs: Annotated[str, readers.text(40)] = Field(default="", description="How often it comes again.")
    standing: Annotated[str, readers.text(40)] = Field(description="Late, open, said done, met or throughout.")
    done: Day | None = Field(default=None, description="The day it was met, or done as somebody said.")
    evidence: Annotated[str, readers.text(1000)] = Field(default="", description="What shows it.")
