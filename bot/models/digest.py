"""Performance summaries: when a channel gets one, and the content of each, for later comparison."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint
from sqlmodel import Field

from bot.domain.ratings import Rating
from bot.models._model import Model
from bot.models._types import Instant, Json, Key, choice
from bot.models.contract import Audience


class QuietWeek(StrEnum):
    """What a channel gets when the summary is empty."""

    ONE_LINE = "one line"
    SILENCE = "silence"


class Digest(Model, table=True):
    """When a channel gets its weekly summary, in Europe/London; it is removed with the channel.

    `weekday` counts from 0 for Monday. `since` is when the schedule was set: no summary is owed from before.
    """

    __tablename__ = "digest"
    __table_args__ = (
        CheckConstraint("weekday between 0 and 6", name="digest_weekday"),
        CheckConstraint("hour between 9 and 16", name="digest_in_working_hours"),
        CheckConstraint("minute between 0 and 59", name="digest_minute"),
    )

    channel_id: int = Field(foreign_key="channel.id", primary_key=True, ondelete="CASCADE", sa_type=Key)
    weekday: int
    hour: int
    minute: int
    if_quiet: QuietWeek = Field(default=QuietWeek.ONE_LINE, sa_type=choice(QuietWeek))
    stopped: bool = False
    since: datetime = Field(sa_type=Instant)


class DigestPost(Model, table=True):
    """A posted summary, with its headline. `due_at` is None if somebody asked for it."""

    __tablename__ = "digest_post"
    __table_args__ = (
        CheckConstraint("contract_id is not null or audience = 'internal'", name="digest_of_portfolio_is_internal"),
    )

    id: int = Field(default=None, primary_key=True, sa_type=Key)
    channel: str = Field(max_length=40, index=True)
    contract_id: int | None = Field(default=None, foreign_key="contract.id", index=True, sa_type=Key)
    audience: Audience = Field(sa_type=choice(Audience))
    due_at: datetime | None = Field(default=None, sa_type=Instant)
    posted_at: datetime = Field(sa_type=Instant)
    headline: str = Field(max_length=300)


class DigestLine(Model, table=True):
    """One contract in a summary: the rating and its period, whether the report was accepted, the reason, the score of
    each open risk by its number, if the summary may show risks, and the keys of what was late; None if the summary is
    of a version that did not keep them."""

    __tablename__ = "digest_line"

    post_id: int = Field(foreign_key="digest_post.id", primary_key=True, sa_type=Key)
    contract_id: int = Field(foreign_key="contract.id", primary_key=True, index=True, sa_type=Key)
    period: str | None = Field(default=None, max_length=7)
    rating: Rating = Field(sa_type=choice(Rating))
    accepted: bool = False
    why: str = Field(max_length=600)
    risks: dict[str, int] = Field(sa_type=Json)
    late: list[str] | None = Field(default=None, sa_type=Json)
