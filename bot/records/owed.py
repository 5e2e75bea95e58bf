"""What one side of a contract owes the other: milestones, deliverables and obligations."""

from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from bot import models
from bot.domain.wording import join_words
from bot.models import MilestoneKind, Party
from bot.records import readers
from bot.records.fields import Contract, Day, Due, LongName, Name, Person, Recurs
from bot.records.record import Misfit, columns
from bot.records.specification import END_REASON, ENDED, EndReason, Term

_MOVED = {"certificate or policy": "Enter it on the sheet certificates: its name, its kind, and its day as needed_by."}
_PARTY = Field(description="Which side owes it.")
Evidence = Annotated[str, readers.text(1000)]
_MET = Field(title="Met on", default=None, description="The day it was met; blank if it is not.")
_MET_BY = Field(title="Confirmed by", default=None, description="The Slack member id of who confirmed that it was met.")
_EVIDENCE = Field(default="", description="What shows that it is done: words or a link.")
_SAID_DONE = Field(
    title="Said to be done on",
    default=None,
    description="The day on which it was done, as somebody said; blank if nobody has. Until it is met, the department "
    "is asked to confirm it.",
)
_SAID = Field(title="Said on", default=None, description="The day on which they said so.")
_OWED_COLUMNS = columns(
    contract="contract_id",
    due="due_on",
    met="met_on",
    met_by="met_by_id",
    said_done="said_done_on",
    said="said_on",
    said_done_by="said_done_by_id",
    ended="ended_on",
)
_SAID_BY = Field(title="Said to be done by", default=None, description="The Slack member id of who said so.")


class OwedTerm(Term):
    """What one side owes the other: somebody may say that it is done before it is confirmed as met."""

    have_been = ("met", "said_done", "said", "ended")
    not_in_forms: ClassVar[tuple[str, ...]] = (
        *("contract", "met", "met_by", "evidence", "said_done", "said", "said_done_by", *Term.end),
    )

    @model_validator(mode="after")
    def _met_or_said_done_by_somebody(self) -> Self:
        parts = {name: getattr(self, name) for name in ("said_done", "said", "said_done_by")}
        blank = [column for column, value in parts.items() if not value]
        if 0 < len(blank) < len(parts):
            raise Misfit(blank[0], f"what is said to be done has {join_words(list(parts))}. Enter all, or none.")
        if getattr(self, "met_by", "") and not getattr(self, "met", None):
            raise Misfit("met", "somebody confirmed it, so it was met. Say when, or leave out who confirmed it.")
        return self


class MilestoneRecord(OwedTerm):
    """Points to reach and things to hand over."""

    sheet = "milestones"
    one = "milestone"
    key_fields = ("contract", "name")
    table = models.Milestone
    stored_as = _OWED_COLUMNS

    contract: Contract = Field(description="The reference of the contract.")
    name: Name = Field(description="What is reached or handed over, unique in the contract.")
    kind: Annotated[MilestoneKind, readers.choice(MilestoneKind, _MOVED)] = Field(
        default=MilestoneKind.MILESTONE, description="Whether it is reached or handed over."
    )
    owed_by: Annotated[Party, readers.choice(Party)] = _PARTY
    due: Due = Field(title="Due on", description="The day it is due, or a rule that gives it.")
    met: Day | None = _MET
    met_by: Person | None = _MET_BY
    evidence: Evidence = _EVIDENCE
    said_done: Day | None = _SAID_DONE
    said: Day | None = _SAID
    said_done_by: Person | None = _SAID_BY
    ended: Day | None = ENDED
    end_reason: EndReason = END_REASON


class ObligationRecord(OwedTerm):
    """What either side owes the other besides."""

    sheet = "obligations"
    one = "obligation"
    key_fields = ("contract", "name")
    table = models.Obligation
    stored_as = columns(**_OWED_COLUMNS, next_due="next_rule")
    not_in_forms = (*OwedTerm.not_in_forms, "next_due")

    contract: Contract = Field(description="The reference of the contract.")
    name: LongName = Field(description="What is owed, unique in the contract.")
    owed_by: Annotated[Party, readers.choice(Party)] = _PARTY
    clause: Annotated[str, readers.text(40)] = Field(default="", description="The clause that says so.")
    due: Due | None = Field(
        title="Due on",
        default=None,
        description="The day it is due, or a rule that gives it; blank if it holds throughout.",
    )
    recurs: Recurs = Field(
        title="Comes again",
        default="",
        description="How often it comes again: monthly, quarterly, yearly or every 6 months. The rule or day in due "
        "moves on by that time, and the next one is made when this one is met or its day has passed, up to the end of "
        "the contract. Month ends stay month ends. For another day of the month: monthly on the 30th.",
    )
    next_due: Due | None = Field(
        title="Next due on",
        default=None,
        description="The day or rule of the next one, if it does not follow from due, because more time was agreed.",
    )
    met: Day | None = _MET
    met_by: Person | None = _MET_BY
    evidence: Evidence = _EVIDENCE
    said_done: Day | None = _SAID_DONE
    said: Day | None = _SAID
    said_done_by: Person | None = _SAID_BY
    ended: Day | None = ENDED
    end_reason: EndReason = END_REASON

    @model_validator(mode="after")
    def _comes_again_from_a_day(self) -> Self:
        if self.recurs and self.due is None:
            raise Misfit("due", "what comes again has a day. Enter the day or rule of the next one.")
        if self.next_due is not None and not self.recurs:
            raise Misfit("recurs", "the next day is known, so say how often it comes again, or leave the day out.")
        return self
