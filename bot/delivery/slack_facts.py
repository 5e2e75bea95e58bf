"""What Slack says of things, as values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class PostedMessage:
    """Where a message stands in Slack."""

    channel: str
    ts: str


@dataclass(frozen=True)
class ChannelFacts:
    """What Slack says of a channel: `outside_teams` are the other organisations there, by team or enterprise.

    `is_member` says whether Liaison itself is in it.
    """

    id: str
    name: str
    is_member: bool
    is_direct: bool
    is_shared_outside: bool
    outside_teams: frozenset[str]


@dataclass(frozen=True)
class SlackFile:
    """A file in Slack: `owner` is the user who uploaded it."""

    id: str
    name: str
    owner: str
    content: bytes
