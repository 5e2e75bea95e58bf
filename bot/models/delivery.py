"""Exactly-once delivery: outgoing messages, answers already given, and scheduled occurrences already claimed."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from bot.domain.priorities import Priority
from bot.models._model import Model
from bot.models._types import Instant, Json, Key, choice
from bot.models.contract import Audience


class OutboxState(StrEnum):
    """The state of an outgoing message.

    Sending rows are leased; failed ones will be tried again; dead ones need a person; withheld ones were internal and
    their channel was shared outside the department; dropped ones were given up by a person, or were out of date.
    """

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    DEAD = "dead"
    WITHHELD = "withheld"
    DROPPED = "dropped"


WAITING_STATES = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.FAILED)  # will be sent yet
UNDELIVERED_STATES = (OutboxState.DEAD, OutboxState.WITHHELD, OutboxState.DROPPED)  # ended, and reached nobody
_WAITING = f"state in {tuple(state.value for state in WAITING_STATES)}"
_UNTOLD = "told_at is null and state in ('failed', 'dead', 'withheld')"
_TO_EMPTY = "emptied_at is null and state in ('sent', 'dropped')"


def _where_given(name: str, column: str) -> Index:
    given = text(f"{column} is not null")
    return Index(name, column, sqlite_where=given, postgresql_where=given)


class OutboxMessage(Model, table=True):
    """A message to send.

    `replaces_id` is the message that this one updates in place, `thread_of_id` the one whose thread it goes to.
    `subject` is what it is about, where it can be out of date before it leaves (bot/domain/subjects.py), and at
    `stale_at` it is, whatever becomes of that. `template` made its text and blocks. `priority` says which channel's
    message goes first (bot/domain/priorities.py). `wanted_at` is since when it is to leave: what Slack does not take
    for too long after that is given up. `lost_leases` counts the workers in a row that ended while they sent it.
    `permalink` is its address in Slack, once somebody asked for it. `told_at` is when somebody was told that it did not
    arrive. At `emptied_at` its blocks and charts were removed, as nobody needs them any more.
    """

    __tablename__ = "outbox_message"
    __table_args__ = (
        Index("outbox_waiting", "channel", "id", sqlite_where=text(_WAITING), postgresql_where=text(_WAITING)),
        Index("outbox_sent", "channel", "settled_at"),
        Index("outbox_untold", "id", sqlite_where=text(_UNTOLD), postgresql_where=text(_UNTOLD)),
        Index("outbox_standing", "slack_channel", "slack_ts"),
        Index("outbox_to_empty", "settled_at", sqlite_where=text(_TO_EMPTY), postgresql_where=text(_TO_EMPTY)),
        # By which the database finds what still stands on a row that is removed.
        _where_given("outbox_replacing", "replaces_id"),
        _where_given("outbox_in_thread", "thread_of_id"),
        _where_given("outbox_of_contract", "contract_id"),
        CheckConstraint("(state = 'sent') = (slack_ts is not null)", name="outbox_sent_has_ts"),
        CheckConstraint("replaces_id is null or thread_of_id is null", name="outbox_update_stays_in_place"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    key: str = Field(unique=True, max_length=120)
    channel: str = Field(max_length=40)
    audience: Audience = Field(sa_type=choice(Audience))
    contract_id: int | None = Field(default=None, foreign_key="contract.id", sa_type=Key)
    replaces_id: int | None = Field(default=None, foreign_key="outbox_message.id", sa_type=Key)
    thread_of_id: int | None = Field(default=None, foreign_key="outbox_message.id", sa_type=Key)
    text: str
    blocks: list[dict[str, Any]] = Field(sa_type=Json)
    charts: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    subject: str = Field(default="", max_length=80)
    stale_at: datetime | None = Field(default=None, sa_type=Instant)
    template: str | None = Field(default=None, max_length=80)
    why: str = Field(max_length=300)
    state: OutboxState = Field(default=OutboxState.PENDING, sa_type=choice(OutboxState))
    created_at: datetime = Field(sa_type=Instant)
    next_try_at: datetime = Field(sa_type=Instant)
    wanted_at: datetime = Field(sa_type=Instant)
    priority: int = Priority.ANSWER
    attempts: int = 0
    lost_leases: int = 0
    in_doubt: bool = False
    lease: str | None = Field(default=None, max_length=40)
    last_error: str = Field(default="", max_length=300)
    settled_at: datetime | None = Field(default=None, sa_type=Instant)
    slack_channel: str | None = Field(default=None, max_length=40)
    slack_ts: str | None = Field(default=None, max_length=40)
    permalink: str = Field(default="", max_length=300)
    told_at: datetime | None = Field(default=None, sa_type=Instant)
    emptied_at: datetime | None = Field(default=None, sa_type=Instant)


class ChartFile(Model, table=True):
    """The uploaded picture of a chart, by the chart's content. Blocks can show it once Slack has processed it."""

    __tablename__ = "chart_file"

    key: str = Field(primary_key=True, max_length=40)
    slack_file: str = Field(max_length=40)
    at: datetime = Field(sa_type=Instant)
    processed: bool = False


class Receipt(Model, table=True):
    """The answer to one delivery from Slack; a repeated delivery gets the same. `typed`: the command that was done.

    After a day the answer is removed, and the receipt still says that the delivery was dealt with.
    """

    __tablename__ = "receipt"

    key: str = Field(primary_key=True, max_length=200)
    typed: str | None = Field(default=None, index=True, unique=True, max_length=32)
    answer: dict[str, Any] = Field(sa_type=Json)
    at: datetime = Field(sa_type=Instant)


class Occurrence(Model, table=True):
    """One firing of one rule for one subject. Only the process that inserts the row may send its messages."""

    __tablename__ = "occurrence"
    __table_args__ = (UniqueConstraint("rule", "subject", "due_at"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    rule: str = Field(max_length=60)
    subject: str = Field(max_length=80)
    due_at: datetime = Field(sa_type=Instant)
    claimed_at: datetime = Field(sa_type=Instant)
