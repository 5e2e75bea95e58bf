"""The audit: who did what to which record, and when. Rows are only ever added; the database refuses the rest."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from bot.models._append_only import append_only
from bot.models._model import Model
from bot.models._types import Instant, Json, Key

REDACTED = "entry redacted"
"""What an entry says was done that tells of a redaction."""

# Words that mean the same on SQLite and on PostgreSQL.
_REDACTS = (
    f"old.redaction_id is null and new.redaction_id is not null and old.action <> '{REDACTED}' "
    "and new.id = old.id and new.at = old.at and new.action = old.action and new.digest = old.digest "
    "and coalesce(new.contract_id, 0) = coalesce(old.contract_id, 0) "
    "and new.salt = '' and new.actor = '' and new.subject = '' and new.why = '' "
    "and cast(new.details as text) = '{}' and cast(new.changes as text) = '{}'"
)


@append_only(numbered_by="id", but_for=_REDACTS)
class TrailEntry(Model, table=True):
    """One act. `actor` is a Slack user id, or the name of a job or command; `subject` is a record's reference.

    `changes` maps each changed column to its old and new value, in words. `digest` proves what the entry says, with a
    `salt` of its own (see bot.domain.trail_digests). One that was redacted keeps its instant, action, contract and
    digest alone, and names the entry that says when, by whom and why. An entry outlives the records of its contract.
    """

    __tablename__ = "trail_entry"
    # With the id, so that the last entry of a contract is found without a look at the others.
    __table_args__ = (Index("trail_entry_of_contract", "contract_id", "id"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    at: datetime = Field(sa_type=Instant)
    actor: str = Field(max_length=60)
    action: str = Field(max_length=60)
    subject: str = Field(max_length=80, index=True)
    contract_id: int | None = Field(default=None, sa_type=Key)
    details: dict[str, Any] = Field(sa_type=Json)
    changes: dict[str, list[str]] = Field(default_factory=dict, sa_type=Json)
    why: str = Field(default="", max_length=300)
    salt: str = Field(max_length=32)
    digest: str = Field(max_length=64)
    redaction_id: int | None = Field(default=None, foreign_key="trail_entry.id", sa_type=Key)


@append_only(numbered_by="number")
class TrailSeal(Model, table=True):
    """A segment of the trail that is closed: its digest covers every entry from one id to another, and the digest of
    the segment before.

    `entries` has the id and the mark of each, by which it is named if it differs.
    """

    __tablename__ = "trail_seal"

    number: int = Field(primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False})
    at: datetime = Field(sa_type=Instant)
    first_id: int = Field(sa_type=Key)
    last_id: int = Field(sa_type=Key)
    entries: list[tuple[int, str]] = Field(sa_type=Json)
    previous: str = Field(max_length=64)
    digest: str = Field(max_length=64)
