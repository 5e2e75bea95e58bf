"""The audit: who did what to which record, and when. Rows are only ever added; the database refuses the rest."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from bot.models._append_only import append_only
from bot.models._model import Model
from bot.models._types import Instant, Json, Key


@append_only
class TrailEntry(Model, table=True):
    """One act. `actor` is a Slack user id, or the name of a job or command; `subject` is a record's reference.

    `changes` maps each changed column to its old and new value, in words.
    """

    __tablename__ = "trail_entry"
    # With the id, so that the last entry of a contract is found without a look at the others.
    __table_args__ = (Index("trail_entry_of_contract", "contract_id", "id"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    at: datetime = Field(sa_type=Instant)
    actor: str = Field(max_length=60)
    action: str = Field(max_length=60)
    subject: str = Field(max_length=80, index=True)
    contract_id: int | None = Field(default=None, foreign_key="contract.id", sa_type=Key)
    details: dict[str, Any] = Field(sa_type=Json)
    changes: dict[str, list[str]] = Field(default_factory=dict, sa_type=Json)
    why: str = Field(default="", max_length=300)
