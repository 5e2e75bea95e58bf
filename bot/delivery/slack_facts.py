"""Slack's facts about messages, channels and files, as values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PostedMessage:
    """The place of a message in Slack."""

    channel: str
    ts: str


@dataclass(frozen=True)
class ChannelFacts:
    """Slack's facts about a channel: `outside_teams` are the other organisations there, by team or enterprise id.

    `is_member`: Liaison itself is in it.
    """

    id: str
    name: str
    is_member: bool
    is_direct: bool
    is_archived: bool
    is_shared_outside: bool
    outside_teams: frozenset[str]

    @property
    def is_shared_with_unknown(self) -> bool:
        """Whether Slack says that another organisation is there, and not which."""
        return self.is_shared_outside and not self.outside_teams


@dataclass(frozen=True)
class Installation:
    """The workspace in which the token was installed, the app's user there, and the scopes that it was given."""

    team: str
    address: str
    user: str
    scopes: frozenset[str]

    @property
    def named(self) -> str:
        """The workspace and the app's user, for whoever runs Liaison."""
        return f"{self.team} ({self.address}), as @{self.user}"


@dataclass(frozen=True)
class SlackFile:
    """A file in Slack: `owner` is the user who uploaded it."""

    id: str
    name: str
    owner: str
    content: bytes
