"""What Slack says of its users, kept so that every process judges people by the same facts."""

from datetime import datetime

from sqlmodel import Field

from bot.models._model import Model
from bot.models._types import Instant, Json


class SlackUser(Model, table=True):
    """A Slack user, as last seen (docs.slack.dev/reference/objects/user-object).

    `team_id`, `teams`, `enterprise_id` and `enterprise_teams` are the homes that Slack names; any may be missing.
    `utc_offset` is in seconds, at the time of asking. `seen_at` is the instant from which the facts are.
    """

    __tablename__ = "slack_user"

    slack: str = Field(primary_key=True, max_length=40)
    team_id: str | None = Field(default=None, max_length=40)
    teams: list[str] = Field(default_factory=list, sa_type=Json)
    enterprise_id: str | None = Field(default=None, max_length=40)
    enterprise_teams: list[str] = Field(default_factory=list, sa_type=Json)
    name: str = Field(default="", max_length=150)
    display_name: str = Field(default="", max_length=150)
    handle: str = Field(default="", max_length=150)
    email: str | None = Field(default=None, max_length=254)
    time_zone: str | None = Field(default=None, max_length=64)
    utc_offset: int | None = None
    deleted: bool = False
    is_bot: bool = False
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_stranger: bool = False
    is_admin: bool = False
    seen_at: datetime = Field(sa_type=Instant)

    @property
    def is_guest(self) -> bool:
        """Whether the person is a guest, of one channel or several."""
        return self.is_restricted or self.is_ultra_restricted

    @property
    def homes(self) -> frozenset[str]:
        """Every team and enterprise that Slack names as the user's. Those of a stranger do not count."""
        if self.is_stranger:
            return frozenset()
        named = (self.team_id, self.enterprise_id, *self.teams, *self.enterprise_teams)
        return frozenset(home for home in named if home)


class SlackChannel(Model, table=True):
    """Who is in a channel, and which other organisations, each as Slack said when it was asked; None before that.

    `changed_at` is when Slack last said that somebody came or left: what was asked until then is good no more.
    """

    __tablename__ = "slack_channel"

    slack: str = Field(primary_key=True, max_length=40)
    members: list[str] = Field(default_factory=list, sa_type=Json)
    members_at: datetime | None = Field(default=None, sa_type=Instant)
    outside: list[str] = Field(default_factory=list, sa_type=Json)
    outside_at: datetime | None = Field(default=None, sa_type=Instant)
    changed_at: datetime | None = Field(default=None, sa_type=Instant)


class DirectChannel(Model, table=True):
    """The channel of the direct messages with a person, by their Slack id."""

    __tablename__ = "direct_channel"

    slack: str = Field(primary_key=True, max_length=40)
    channel: str = Field(max_length=40)


class SharedChannel(Model, table=True):
    """A channel that Slack has reported as shared with another organisation, and not as left by all of them since."""

    __tablename__ = "shared_channel"

    slack: str = Field(primary_key=True, max_length=40)
    at: datetime = Field(sa_type=Instant)
