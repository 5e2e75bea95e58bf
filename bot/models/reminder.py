"""Reminders: a person's reminders of one day, their answers, and a contract's own rules."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from bot.domain.due_kinds import DueKind
from bot.models._model import Model
from bot.models._types import Instant, Key, choice, part_of_program, public_id


class LineState(StrEnum):
    """The state of a line of a reminder."""

    OPEN = "open"
    DONE = "done"
    SNOOZED = "snoozed"
    CLAIMED = "said to be done"
    MORE_TIME = "more time asked for"
    PASSED_ON = "passed on"


class Reminder(Model, table=True):
    """One person's reminders of one day: one message, however many lines it has."""

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("person_id", "day"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    person_id: int = Field(foreign_key="person.id", sa_type=Key)
    day: date = Field(index=True)
    times_told: int = 0

    @property
    def key(self) -> str:
        """The key of its message."""
        return f"reminder-{self.id}"


class ReminderLine(Model, table=True):
    """One item in a reminder: `subject_id` is the id of the record, whose table follows from the kind. The person it is
    meant for differs from the reminder's person if a deputy stands in. `asked_on` is the day from which it counts where
    the partner was asked for it only after it was due."""

    __tablename__ = "reminder_line"
    __table_args__ = (UniqueConstraint("reminder_id", "kind", "subject_id"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    reminder_id: int = Field(foreign_key="reminder.id", index=True, sa_type=Key)
    kind: DueKind = Field(sa_type=part_of_program(DueKind))
    subject_id: int = Field(sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    meant_for_id: int = Field(foreign_key="person.id", sa_type=Key)
    what: str = Field(max_length=300)
    due_on: date
    asked_on: date | None = None
    state: LineState = Field(default=LineState.OPEN, sa_type=choice(LineState))


class Snooze(Model, table=True):
    """A person is not reminded of one item until a day, on which they are reminded again."""

    __tablename__ = "snooze"
    __table_args__ = (UniqueConstraint("person_id", "kind", "subject_id"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    person_id: int = Field(foreign_key="person.id", sa_type=Key)
    kind: DueKind = Field(sa_type=part_of_program(DueKind))
    subject_id: int = Field(sa_type=Key)
    until: date = Field(index=True)


_WAITS = "decided_at is null"


class MoreTime(Model, table=True):
    """A request for a later due day. If it is agreed, the due day moves and the previous day is stored here."""

    __tablename__ = "more_time"
    __table_args__ = (
        CheckConstraint("(decided_at is null) = (decided_by_id is null)", name="more_time_decided_by_someone"),
        CheckConstraint("(decided_at is null) = (agreed is null)", name="more_time_decided_is_yes_or_no"),
        CheckConstraint("until > due_on", name="more_time_is_later"),
        Index(
            "more_time_waiting",
            "kind",
            "subject_id",
            unique=True,
            sqlite_where=text(_WAITS),
            postgresql_where=text(_WAITS),
        ),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    public_id: str = public_id()
    kind: DueKind = Field(sa_type=part_of_program(DueKind))
    subject_id: int = Field(sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", index=True, sa_type=Key)
    what: str = Field(max_length=300)
    due_on: date
    until: date
    why: str = Field(max_length=300)
    asked_by_id: int = Field(foreign_key="person.id", sa_type=Key)
    asked_at: datetime = Field(sa_type=Instant)
    to_decide_id: int = Field(foreign_key="person.id", sa_type=Key)
    agreed: bool | None = None
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    decided_by_id: int | None = Field(default=None, foreign_key="person.id", sa_type=Key)

    @property
    def key(self) -> str:
        """The key of the message that asks for the decision."""
        return f"more-time-{self.id}"


class ReminderSetting(Model, table=True):
    """A contract's own rule for one kind of reminder, in place of the usual one: the working days before and after the
    due day, and every so many when it is late."""

    __tablename__ = "reminder_setting"
    __table_args__ = (CheckConstraint("late_every is null or late_every >= 1", name="reminder_setting_late_every"),)

    contract_id: int = Field(foreign_key="contract.id", primary_key=True, sa_type=Key)
    kind: DueKind = Field(primary_key=True, sa_type=part_of_program(DueKind))
    before: str = Field(default="", max_length=60)
    late_every: int | None = None
    after: str = Field(default="", max_length=60)
