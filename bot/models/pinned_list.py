"""The pinned message in a channel that a contract shares with its partner."""

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from bot.models._model import Model
from bot.models._types import Instant, Key


class PinnedList(Model, table=True):
    """The one message in a shared channel that says what is open on its contract, kept up to date in place.

    `message` is its key in the outbox, "" while it is to be posted again, and `shown` the hash of its content. `seen`
    is the contract's last audit entry when it was last looked at, and `looked_on` the day of that. `pinned_at` is when
    it was pinned; `problem` is Slack's word for why it is not, and `try_at` when that is tried again. `unshared`: Slack
    has reported that no other organisation is in the channel any more. `released`: it is kept up to date no more.
    """

    __tablename__ = "pinned_list"
    __table_args__ = (UniqueConstraint("contract_id", "channel"),)

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", sa_type=Key)
    channel: str = Field(max_length=40, index=True)
    message: str = Field(default="", max_length=120, index=True)
    shown: str = Field(default="", max_length=64)
    seen: int = Field(default=0, sa_type=Key)
    looked_on: date
    pinned_at: datetime | None = Field(default=None, sa_type=Instant)
    problem: str = Field(default="", max_length=60)
    try_at: datetime | None = Field(default=None, sa_type=Instant)
    unshared: bool = False
    released: bool = False
