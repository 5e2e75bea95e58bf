"""The state of the workspace, in memory, and the notice given when it changes."""

from __future__ import annotations

import asyncio
import contextlib
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from workspace.seed import Seed, Team, User

Json = dict[str, Any]
# The options that the app last suggested to people, by block_id and action_id.
Offered = dict[str, dict[str, list[Json]]]
SLACKBOT = User(id="USLACKBOT", team="", name="slackbot", real_name="Slackbot", is_bot=True)


@dataclass
class Message:
    """One message. `only_for` is the one person who sees an ephemeral message."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[Json] = field(default_factory=list)
    by_app: bool = False
    thread_ts: str | None = None
    edited_ts: str | None = None
    only_for: str | None = None
    metadata: Json | None = None
    broadcast: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    offered: Offered = field(default_factory=dict)
    version: int = 0

    @property
    def is_reply(self) -> bool:
        """Whether the message stands in a thread below another one."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass
class Conversation:
    """A channel or a direct message. `kind` is channel, group (private) or im."""

    id: str
    name: str
    kind: str
    members: list[str]
    topic: str = ""
    archived: bool = False
    created: int = 0
    messages: list[Message] = field(default_factory=list)
    read: dict[str, str] = field(default_factory=dict)

    def find(self, ts: str) -> Message | None:
        """The message with this timestamp, whoever may see it."""
        return next((message for message in self.messages if message.ts == ts), None)

    def replies(self, ts: str) -> list[Message]:
        """The public replies below a message, oldest first."""
        return [m for m in self.messages if m.is_reply and m.thread_ts == ts and m.only_for is None]


class Store:
    """Teams, people, conversations, and a revision that grows with every change."""

    def __init__(self, seed: Seed, bot: User, now: Callable[[], datetime]) -> None:
        self._now = now
        self._last_ts = 0
        self._waiter = asyncio.Event()
        self.revision = 0
        self.app = seed.app
        self.bot = bot
        self.teams: dict[str, Team] = {team.id: team for team in seed.teams}
        self.users: dict[str, User] = {user.id: user for user in (*seed.users, bot, SLACKBOT)}
        self.conversations: dict[str, Conversation] = {}
        for channel in seed.channels:
            members = [*channel.members, *([bot.id] if channel.bot else [])]
            self.conversations[channel.id] = Conversation(
                id=channel.id,
                name=channel.name,
                kind="group" if channel.private else "channel",
                members=members,
                topic=channel.topic,
                archived=channel.archived,
                created=int(now().timestamp()),
            )

    def next_ts(self) -> str:
        """A message timestamp such as 1795339200.000100: unique and always growing, even on a stopped clock."""
        self._last_ts = max(int(self._now().timestamp() * 1_000_000), self._last_ts + 100)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def direct(self, one: str, other: str) -> Conversation:
        """The direct message between two people, opened where it does not exist yet."""
        pair = sorted((one, other))
        for conversation in self.conversations.values():
            if conversation.kind == "im" and sorted(conversation.members) == pair:
                return conversation
        number = 1 + sum(1 for conversation in self.conversations.values() if conversation.kind == "im")
        opened = Conversation(
            id=f"D{number:08d}", name="", kind="im", members=[one, other], created=int(self._now().timestamp())
        )
        self.conversations[opened.id] = opened
        self.changed()
        return opened

    def of(self, user: str) -> Iterator[Conversation]:
        """The conversations a person is a member of."""
        return (c for c in self.conversations.values() if user in c.members)

    def teams_in(self, conversation: Conversation) -> set[str]:
        """The ids of the organisations whose people are members."""
        return {self.users[member].team for member in conversation.members}

    def is_shared(self, conversation: Conversation) -> bool:
        """Whether people of more than one organisation are members (Slack Connect)."""
        return conversation.kind != "im" and len(self.teams_in(conversation)) > 1

    def shares_channel(self, one: str, other: str) -> bool:
        """Whether two people are together in a channel."""
        return any(one in c.members and other in c.members for c in self.conversations.values() if c.kind != "im")

    def add(self, message: Message) -> Message:
        """Put a message at the end of its conversation."""
        self.conversations[message.channel].messages.append(message)
        self.touch(message)
        return message

    def remove(self, message: Message) -> None:
        """Take a message away."""
        self.conversations[message.channel].messages.remove(message)
        self.changed()

    def touch(self, message: Message) -> None:
        """Note that a message is different now; its version says so to whoever draws it."""
        self.changed()
        message.version = self.revision

    def changed(self) -> None:
        """Count a change and wake everybody who waits for one."""
        self.revision += 1
        waiter, self._waiter = self._waiter, asyncio.Event()
        waiter.set()

    async def beyond(self, revision: int, patience: float) -> int:
        """Wait until the state is newer than `revision`, or `patience` seconds; return the revision then."""
        if self.revision <= revision:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._waiter.wait(), patience)
        return self.revision


def clone(value: Any) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """A deep copy of a JSON value, so that a payload never shares state with the store."""
    return copy.deepcopy(value)
