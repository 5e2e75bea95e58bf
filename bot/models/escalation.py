"""Escalations: what was escalated, to whom, and what each of them answered."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from bot.domain.bank_holidays import published_until
from bot.domain.escalation_triggers import Subject, Trigger
from bot.domain.ladder import ESCALATION, SETTLING, EscalationEvent, EscalationState, Rung, Step
from bot.models._model import Model
from bot.models._types import Instant, Key, choice, public_id
from bot.models._worked_out import WorkedOutInstant, worked_out


class EscalationEnd(StrEnum):
    """Why an escalation is over: its risk was closed or has fallen, its reason no longer holds, the same record was
    escalated again for another reason, or somebody settled it while its record is still open."""

    CLOSED = "closed"
    FALLEN = "fallen"
    SETTLED = "settled"
    AGAIN = "escalated again"
    BY_PERSON = "settled by a person"


_OPEN = "ended_at is null"
_LETTERS = {Subject.RISK: "R", Subject.REPORT: "P", Subject.QUERY: "P", Subject.RATINGS: "P"}


class Escalation(Model, table=True):
    """A record that is with one person at a time until it is settled. Each record has at most one open escalation.

    `standing` is the last step that counts, and `steps` the number of steps; at `due_at` its time runs out, None if no
    time runs. `until` is the day in the last answer. `ping` is the key of the message whose delivery is still to be
    checked, `notice` that of the message in the contract's channel, each "" if there is none.
    """

    __tablename__ = "escalation"
    __table_args__ = (
        CheckConstraint("(ended_at is null) = (ended_because is null)", name="escalation_ended_for_a_reason"),
        CheckConstraint("ended_at is null or due_at is null", name="escalation_ended_runs_no_more"),
        CheckConstraint(
            "(until is not null) = (standing in ('acknowledged', 'took over', 'asked for a plan', 'paused'))",
            name="escalation_answered_until",
        ),
        Index(
            "escalation_open", "kind", "subject_id", unique=True, sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)
        ),
        Index("escalation_of", "kind", "subject_id"),
        Index("escalation_with", "owner_id", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    contract_id: int = Field(foreign_key="contract.id", index=True, sa_type=Key)
    kind: Subject = Field(sa_type=choice(Subject))
    subject_id: int = Field(sa_type=Key)
    what: str = Field(max_length=300)
    trigger: Trigger = Field(sa_type=choice(Trigger))
    why: str = Field(max_length=1000)
    raised_at: datetime = Field(sa_type=Instant)
    owner_id: int = Field(foreign_key="person.id", sa_type=Key)
    rung: Rung = Field(sa_type=choice(Rung))
    standing: Step = Field(sa_type=choice(Step, "standing"))
    until: date | None = None
    due_at: datetime | None = Field(default=None, index=True, sa_type=WorkedOutInstant)
    steps: int = 0
    ping: str = Field(default="", max_length=80)
    notice: str = Field(default="", max_length=80)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_because: EscalationEnd | None = Field(default=None, sa_type=choice(EscalationEnd))

    @property
    def state(self) -> EscalationState:
        """The state, from its last step and its end."""
        return EscalationState.OVER if self.ended_at is not None else EscalationState(self.standing.value)

    @property
    def waits(self) -> bool:
        """Whether an answer is still awaited."""
        return ESCALATION.allows(self.state, EscalationEvent.ACKNOWLEDGED)

    @property
    def reference(self) -> str:
        """The reference of its record in the audit: R-12, P-12, plan 12."""
        letter = _LETTERS.get(self.kind)
        return f"{letter}-{self.subject_id}" if letter else f"{self.kind} {self.subject_id}"

    @property
    def version(self) -> str:
        """What a button or form carries, so that nobody answers what has moved on since they saw it."""
        return f"{self.public_id} {self.steps}"

    def key(self, number: int) -> str:
        """The key of the message of a step."""
        return f"escalation-{self.id}-{number}"


_UNSENT = "pinged and message = ''"


@worked_out("until", when=lambda row, day: row.kind in SETTLING and day > published_until())
class EscalationStep(Model, table=True):
    """One event of an escalation, in order: who was asked or answered, with the day and reason of the answer.

    A person who is `pinged` gets a message of their own, of which `message` is the key, "" until it is sent. What is
    put to one person at one time has one message. What can be undone has the owner, rung and due instant `before`.
    """

    __tablename__ = "escalation_step"
    __table_args__ = (
        CheckConstraint("(owner_before_id is null) = (rung_before is null)", name="escalation_step_before"),
        Index("escalation_step_unsent", "escalation_id", sqlite_where=text(_UNSENT), postgresql_where=text(_UNSENT)),
        Index("escalation_step_message", "message"),
    )

    escalation_id: int = Field(foreign_key="escalation.id", primary_key=True, sa_type=Key)
    number: int = Field(primary_key=True)
    kind: Step = Field(sa_type=choice(Step))
    person_id: int = Field(foreign_key="person.id", sa_type=Key)
    at: datetime = Field(sa_type=Instant)
    until: date | None = None
    reason: str = Field(default="", max_length=300)
    pinged: bool = False
    message: str = Field(default="", max_length=80)
    owner_before_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    rung_before: Rung | None = Field(default=None, sa_type=choice(Rung, "rung_before"))
    due_before: datetime | None = Field(default=None, sa_type=WorkedOutInstant)
