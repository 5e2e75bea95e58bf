"""Visits and audits of a contract, and what was found."""

from datetime import date

from sqlalchemy import CheckConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field

from bot.domain.audit_cycle import AuditKind, AuditState, Opinion
from bot.domain.finding_cycle import LATE_AFTER, FindingGrade, FindingState
from bot.models._model import Model
from bot.models._types import Key, choice, public_id


class Audit(Model, table=True):
    """A visit or audit. `due_on` is the day of what is due next: its own day until it is held.

    `areas` are what it looks at, `team` who goes with its lead. `notes` are the department's own. The partner may ask
    for another day (`asked_day`). `ended_why` says why it was cancelled.
    """

    __tablename__ = "audit"
    __table_args__ = (
        UniqueConstraint("contract_id", "name"),
        CheckConstraint("state in ('final', 'cancelled') or due_on is not null", name="audit_due_while_open"),
        CheckConstraint(
            "state in ('planned', 'told to the partner', 'cancelled') or held_on is not null",
            name="audit_held",
        ),
        CheckConstraint("state <> 'final' or final_on is not null", name="audit_final_on_a_day"),
        CheckConstraint("state <> 'cancelled' or length(ended_why) > 0", name="audit_cancelled_for_a_reason"),
        CheckConstraint("(asked_day is null) = (asked_why = '')", name="audit_another_day_for_a_reason"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    name: str = Field(max_length=150)
    kind: AuditKind = Field(sa_type=choice(AuditKind))
    areas: str = Field(default="", max_length=300)
    place: str = Field(default="", max_length=200)
    scope: str = Field(default="", max_length=1000)
    team: str = Field(default="", max_length=300)
    notes: str = Field(default="", max_length=1000)
    lead_id: int = Field(foreign_key="person.id", sa_type=Key)
    day: date
    state: AuditState = Field(default=AuditState.PLANNED, sa_type=choice(AuditState))
    due_on: date | None = Field(default=None, index=True)
    asked_day: date | None = None
    asked_why: str = Field(default="", max_length=300)
    held_on: date | None = Field(default=None, index=True)
    opinion: Opinion | None = Field(default=None, sa_type=choice(Opinion))
    summary: str = Field(default="", max_length=2000)
    final_on: date | None = None
    ended_why: str = Field(default="", max_length=300)

    @property
    def reference(self) -> str:
        """Its reference: V-3."""
        return f"V-{self.id}"

    @property
    def report_key(self) -> str:
        """The key of the message with its report."""
        return f"audit-{self.id}-report"


class Finding(Model, table=True):
    """What a visit or audit found. A repeat of an earlier finding has its grade one up.

    `due_on` is the day by which it is put right, by its grade, and `next_on` the day of what one side owes next: the
    response, the answer to a dispute, the verification; so many `escalate_days` after it a late response is escalated.
    `comment` is what the partner says of the facts in the draft,
    and `answer` what became of that. `reason` is the last one that the lead gave: why it was upheld, sent back,
    reopened or withdrawn.
    """

    __tablename__ = "finding"
    __table_args__ = (
        UniqueConstraint("audit_id", "title"),
        CheckConstraint("(file_name = '') = (file_hash = '')", name="finding_file_has_a_hash"),
        CheckConstraint("state <> 'disputed' or disputed_on is not null", name="finding_disputed_on_a_day"),
        CheckConstraint("(state = 'closed') = (closed_on is not null)", name="finding_closed_on_a_day"),
        CheckConstraint("escalate_days between 1 and 60", name="finding_days_until_escalated"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    audit_id: int = Field(foreign_key="audit.id", sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", index=True, sa_type=Key)
    title: str = Field(max_length=150)
    grade: FindingGrade = Field(sa_type=choice(FindingGrade))
    clause: str = Field(default="", max_length=40)
    fact: str = Field(max_length=2000)
    link: str = Field(default="", max_length=500)
    file_name: str = Field(default="", max_length=255)
    file_type: str = Field(default="", max_length=100)
    file_size: int = 0
    file_hash: str = Field(default="", max_length=64)
    repeat_of_id: int | None = Field(default=None, foreign_key="finding.id", sa_type=Key)
    state: FindingState = Field(default=FindingState.OPEN, sa_type=choice(FindingState))
    found_on: date
    due_on: date | None = Field(default=None, index=True)
    next_on: date | None = Field(default=None, index=True)
    escalate_days: int = LATE_AFTER
    comment: str = Field(default="", max_length=1000)
    answer: str = Field(default="", max_length=1000)
    containment: str = Field(default="", max_length=1000)
    root_cause: str = Field(default="", max_length=1000)
    dispute: str = Field(default="", max_length=1000)
    disputed_on: date | None = None
    reason: str = Field(default="", max_length=500)
    closed_on: date | None = None
    closed_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)

    @property
    def reference(self) -> str:
        """Its reference: F-12."""
        return f"F-{self.id}"

    @property
    def key(self) -> str:
        """The key of its message in the thread of the report."""
        return f"finding-{self.id}"

    @property
    def was_only_drafted(self) -> bool:
        """Whether it was withdrawn before its report was final, so that no report has it."""
        return self.state is FindingState.WITHDRAWN and self.due_on is None

    @property
    def has_file(self) -> bool:
        """Whether its evidence is a file that is kept here."""
        return bool(self.file_name)


class FindingFile(Model, table=True):
    """The bytes of a file that is the evidence of a finding, apart so that a list of findings does not read them."""

    __tablename__ = "finding_file"

    finding_id: int = Field(foreign_key="finding.id", primary_key=True, sa_type=Key)
    content: bytes = Field(sa_type=LargeBinary)
