"""What one side of a contract owes the other: milestones and deliverables, and obligations on either side.

A day that follows from a rule is stored with the rule, as in bot.models.specification.
"""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from bot.domain.deadlines import Deadline, kept_deadline
from bot.domain.owed_cycle import OwedState, state_of
from bot.domain.recurrence import parse_recurrence
from bot.models._model import Model
from bot.models._types import Key, choice, public_id
from bot.models._worked_out import follows_provisionally, worked_out


class Party(StrEnum):
    """The side that has an obligation."""

    DEPARTMENT = "department"
    PARTNER = "partner"


class MilestoneKind(StrEnum):
    """A milestone to reach, or a deliverable to hand over."""

    MILESTONE = "milestone"
    DELIVERABLE = "deliverable"


_RECURS = "recurs <> '' and ended_on is null"
_TO_CONFIRM = "said_on is not null and met_on is null"


def _of_what_is_owed(table: str) -> tuple[CheckConstraint | Index, ...]:
    """What the tables of what is owed have in common."""
    said = "(said_done_on is null) = (said_on is null) and (said_on is null) = (said_done_by_id is null)"
    to_confirm = text(_TO_CONFIRM)
    return (
        CheckConstraint("ended_on is null or length(end_reason) > 0", name=f"{table}_ended_for_a_reason"),
        CheckConstraint(said, name=f"{table}_said_done_by_someone"),
        CheckConstraint("met_by_id is null or met_on is not null", name=f"{table}_met_by_someone"),
        Index(f"{table}_to_confirm", "contract_id", sqlite_where=to_confirm, postgresql_where=to_confirm),
    )


class Owed(Model):
    """What one side owes the other, until it is met. Somebody may say before that it was done on a day
    (`said_done_on`); they said so on the day `said_on`. `evidence` is what shows it."""

    met_on: date | None = None
    met_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    evidence: str = Field(default="", max_length=1000)
    said_done_on: date | None = None
    said_on: date | None = None
    said_done_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)
    times_said: int = 0

    @property
    def state(self) -> OwedState:
        """Its place in the life cycle."""
        return state_of(self.met_on, self.said_on)


@worked_out("due_on", when=follows_provisionally)
class Milestone(Owed, table=True):
    """A milestone or deliverable, its due day, and when it was met, or ended before it was."""

    __tablename__ = "milestone"
    __table_args__ = (
        UniqueConstraint("contract_id", "name"),
        *_of_what_is_owed("milestone"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    name: str = Field(max_length=150)
    kind: MilestoneKind = Field(sa_type=choice(MilestoneKind))
    owed_by: Party = Field(sa_type=choice(Party))
    due_on: date = Field(index=True)
    rule: str = Field(default="", max_length=150)
    ended_on: date | None = None
    end_reason: str = Field(default="", max_length=300)

    @property
    def noun(self) -> str:
        """What it is."""
        return self.kind.value


@worked_out("due_on", when=follows_provisionally)
class Obligation(Owed, table=True):
    """An obligation of one side to the other; without a day it applies throughout.

    `recurs` says how it comes again ("monthly", see bot.domain.recurrence), until the next one is made, which takes it
    over. `next_rule` is the deadline of the next one, "" if it follows from this one's.
    """

    __tablename__ = "obligation"
    __table_args__ = (
        UniqueConstraint("contract_id", "name"),
        CheckConstraint("rule = '' or due_on is not null", name="obligation_rule_gives_a_day"),
        CheckConstraint("recurs = '' or due_on is not null", name="obligation_recurs_from_a_day"),
        *_of_what_is_owed("obligation"),
        Index("obligation_recurring", "contract_id", sqlite_where=text(_RECURS), postgresql_where=text(_RECURS)),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    name: str = Field(max_length=200)
    owed_by: Party = Field(sa_type=choice(Party))
    clause: str = Field(default="", max_length=40)
    due_on: date | None = Field(default=None, index=True)
    rule: str = Field(default="", max_length=150)
    recurs: str = Field(default="", max_length=40)
    next_rule: str = Field(default="", max_length=150)
    ended_on: date | None = None
    end_reason: str = Field(default="", max_length=300)

    @property
    def noun(self) -> str:
        """What it is."""
        return "obligation"

    @property
    def deadline(self) -> Deadline | None:
        """The deadline that gives its day; None if it applies throughout."""
        return kept_deadline(self.due_on, self.rule)

    def keep_next(self) -> None:
        """Keep the deadline of the next one, before the day of this one is moved."""
        if self.recurs and self.deadline and not self.next_rule:
            recurs = parse_recurrence(self.recurs)
            self.next_rule = str(recurs.after(self.deadline))
            self.recurs = str(recurs.from_then_on(self.deadline))
