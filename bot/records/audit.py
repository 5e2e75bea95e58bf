"""Visits and audits of a contract, and what was found."""

from datetime import date
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from bot import models
from bot.domain.audit_cycle import TO_HOLD
from bot.domain.finding_cycle import LATE_AFTER
from bot.models import AuditKind, AuditState, FindingGrade, FindingState, Opinion
from bot.records import readers
from bot.records.fields import Contract, Day, Name, Person
from bot.records.record import Hint, Misfit, Record, columns

_Story = Annotated[str, readers.text(1000)]
_Short = Annotated[str, readers.text(300)]


class AuditRecord(Record):
    """Visits and audits of a contract. Without a day in due, one that was reported counts as final."""

    sheet = "audits"
    one = "visit or audit"
    many = "visits and audits"
    key_fields = ("contract", "name")
    table = models.Audit
    stored_as = columns(contract="contract_id", lead="lead_id", due="due_on", held="held_on", reported="final_on")
    in_order = (("held", "reported"),)
    have_been = ("held", "reported")
    not_in_forms: ClassVar[tuple[str, ...]] = (
        *("contract", "name", "state", "due", "asked_day", "asked_why", "held", "opinion", "summary", "reported"),
        "ended_why",
    )

    contract: Contract = Field(description="The reference of the contract.")
    name: Name = Field(description="What it is called, unique in the contract.")
    kind: Annotated[AuditKind, readers.choice(AuditKind)] = Field(description="What kind it is.")
    day: Day = Field(description="The day for which it is planned.")
    lead: Annotated[Person, Hint("Who leads it, and verifies what comes of it")] = Field(
        description="The Slack member id of the person of the department who leads it."
    )
    place: Annotated[str, readers.text(200)] = Field(default="", description="Where it takes place.")
    areas: Annotated[_Short, Hint("For example: governance, service delivery, claims and payments")] = Field(
        default="", description="What it looks at."
    )
    scope: Annotated[_Story, Hint("The partner reads this")] = Field(
        default="", description="What it covers, and what the partner should have ready."
    )
    team: Annotated[_Short, Hint("Who goes with the lead")] = Field(default="", description="Who goes with the lead.")
    notes: Annotated[_Story, Hint("The partner never sees these")] = Field(
        title="Internal notes", default="", description="Notes of the department, which the partner never sees."
    )
    state: Annotated[AuditState, readers.choice(AuditState)] = Field(
        default=AuditState.PLANNED, description="How far it has come."
    )
    due: Day | None = Field(
        title="Due next on",
        default=None,
        description="The day by which its next step is due: its report, the factual check. Before it is held, its day.",
    )
    asked_day: Day | None = Field(
        title="Other day asked for", default=None, description="The day that the partner asked for instead."
    )
    asked_why: _Short = Field(title="Why another day", default="", description="Why the partner asked for it.")
    held: Day | None = Field(title="Held on", default=None, description="The day it was held; blank if it was not.")
    opinion: Annotated[Opinion, readers.choice(Opinion)] | None = Field(
        default=None, description="What the report says of the controls as a whole."
    )
    summary: Annotated[str, readers.text(2000)] = Field(default="", description="What the report says in short.")
    reported: Day | None = Field(title="Report final on", default=None, description="The day its report was final.")
    ended_why: _Short = Field(title="Why cancelled", default="", description="Why it was cancelled.")

    @property
    def due_on(self) -> date | None:
        """The day of its next step; None if there is none."""
        if self.state in (AuditState.FINAL, AuditState.CANCELLED):
            return None
        return self.day if self.state in TO_HOLD else self.due or self.held

    @model_validator(mode="after")
    def _state_has_its_days(self) -> Self:
        if self.held is None and self.state not in (*TO_HOLD, AuditState.CANCELLED):
            raise Misfit("held", f"it is {self.state}, so it was held. Enter the day.")
        if self.reported is None and self.state is AuditState.FINAL:
            raise Misfit("reported", "its report is final. Enter the day.")
        if self.state is AuditState.CANCELLED and not self.ended_why:
            raise Misfit("ended_why", "it was cancelled. Enter why.")
        if (self.asked_day is None) != (not self.asked_why):
            missing = "asked_day" if self.asked_day is None else "asked_why"
            raise Misfit(missing, "the partner asked for another day. Enter both the day and why, or neither.")
        return self


class FindingRecord(Record):
    """What visits and audits found. The actions of a finding are on the sheet actions."""

    sheet = "findings"
    one = "finding"
    key_fields = ("contract", "audit", "title")
    table = models.Finding
    stored_as = columns(
        contract="contract_id",
        found="found_on",
        due="due_on",
        next_due="next_on",
        disputed="disputed_on",
        closed="closed_on",
        closed_by="closed_by_id",
    )
    in_order = (("found", "due"), ("found", "disputed"), ("found", "closed"))
    have_been = ("found", "disputed", "closed")
    not_in_forms: ClassVar[tuple[str, ...]] = (
        *("contract", "audit", "state", "found", "due", "next_due", "comment", "answer", "containment", "root_cause"),
        *("escalate_days", "dispute", "disputed", "reason", "closed", "closed_by"),
    )

    contract: Contract = Field(description="The reference of the contract.")
    audit: Name = Field(title="Visit or audit", description="The name of the visit or audit, as on the sheet audits.")
    title: Annotated[Name, Hint("For example: Fire doors wedged open")] = Field(
        title="Finding", description="What was found, in a few words, unique in the visit or audit."
    )
    grade: Annotated[FindingGrade, readers.choice(FindingGrade)] = Field(description="How serious it is.")
    clause: Annotated[str, readers.text(40), Hint("A repeat of the same clause within a year goes up one grade")] = (
        Field(default="", description="The clause of the contract that it is about.")
    )
    fact: Annotated[str, readers.text(2000)] = Field(title="What was seen", description="The facts, without judgement.")
    link: Annotated[str, readers.link(500)] = Field(
        title="Link to the evidence", default="", description="The address of what shows it."
    )
    state: Annotated[FindingState, readers.choice(FindingState)] = Field(
        default=FindingState.OPEN, description="How far it has come."
    )
    found: Day = Field(title="Found on", description="The day it was found.")
    due: Day | None = Field(
        title="Due on", default=None, description="The day by which it is put right; blank before the report is final."
    )
    next_due: Day | None = Field(
        title="Due next on",
        default=None,
        description="The day by which the partner responds, or the lead decides or verifies.",
    )
    escalate_days: Annotated[int, readers.whole(1, 60)] = Field(
        default=LATE_AFTER,
        title="Working days until a late response is escalated",
        description="The working days after that day at which a response that has not come is escalated.",
    )
    comment: _Story = Field(
        title="Comment on the facts", default="", description="What the partner said of the facts in the draft."
    )
    answer: _Story = Field(title="Answer to the comment", default="", description="What became of that.")
    containment: _Story = Field(default="", description="What the partner did at once.")
    root_cause: _Story = Field(default="", description="Why it happened, as the partner says.")
    dispute: _Story = Field(default="", description="Why the partner disputes it.")
    disputed: Day | None = Field(title="Disputed on", default=None, description="The day the partner disputed it.")
    reason: Annotated[str, readers.text(500)] = Field(
        default="", description="Why it was upheld, sent back, reopened or withdrawn."
    )
    closed: Day | None = Field(
        title="Closed on", default=None, description="The day it was closed; blank if it is not."
    )
    closed_by: Person | None = Field(
        title="Closed by", default=None, description="The Slack member id of who verified its last action."
    )

    @model_validator(mode="after")
    def _state_has_its_day(self) -> Self:
        if (self.state is FindingState.CLOSED) != (self.closed is not None):
            raise Misfit("closed", "a finding that is closed has the day on which it was closed, and no other has.")
        if self.state is FindingState.DISPUTED and self.disputed is None:
            raise Misfit("disputed", "it is disputed. Enter the day.")
        return self
