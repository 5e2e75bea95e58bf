"""Contracts whose records have to stay, and contracts whose records were removed."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from bot.models._append_only import append_only
from bot.models._model import Model
from bot.models._types import Instant, Key


class LegalHold(Model, table=True):
    """While it is there, nothing of its contract is removed or redacted. The trail keeps who placed and released it."""

    __tablename__ = "legal_hold"
    __table_args__ = (CheckConstraint("length(reason) > 0", name="legal_hold_for_a_reason"),)

    contract_id: int = Field(
        foreign_key="contract.id", primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False}
    )
    reason: str = Field(max_length=300)
    since: datetime = Field(sa_type=Instant)


@append_only(numbered_by="contract_id")
class ContractRemoval(Model, table=True):
    """A contract whose records are removed, or have been. Only with this row does the database let go of entries that
    are else never removed."""

    __tablename__ = "contract_removal"

    contract_id: int = Field(primary_key=True, sa_type=Key, sa_column_kwargs={"autoincrement": False})
    reference: str = Field(max_length=20)
    at: datetime = Field(sa_type=Instant)
