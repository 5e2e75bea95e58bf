"""The state of the workspace, in memory, and the notice given when it changes."""

from __future__ import annotations

import asyncio
import contextlib
from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from workspace.state.files import Files
from workspace.state.seed import Enterprise, Seed, Team, User
from workspace.state.switches import Switches

Json = dict[str, Any]
# The options that the app last suggested to people, by block_id and action_id.
Offered = dict[str, dict[str, list[Json]]]
GONE = "This message was deleted."
SLACKBOT = User(id="USLACKBOT", team="", name="slackbot", real_name="Slackbot", is_bot=True)


@dataclass
class Message:
    """One message. `only_for` is the one person who sees an ephemeral message; `files` are ids of shared files."""

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
    files: list[str] = field(default_factory=list)
    subtype: str = ""
    version: int = 0

    @property
    def is_reply(self) -> bool:
        """Whether the message stands in a thread below another one."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(frozen=True)
class Pin:
    """A message that somebody pinned to its conversation; `at` is in Unix seconds."""

    ts: str
    user: str
    at: int


@dataclass
class Bookmark:
    """A link at the top of a conversation; `created` and `updated` are in Unix seconds."""

    id: str
    title: str
    link: str
    emoji: str
    created: int
    user: str
    updated: int = 0


@dataclass
class Conversation:
    """A channel or a direct message. `kind` is channel, group (private), im, or mpim (with several people).

    `host` is the team it belongs to; `pending` are teams that were invited to share it and have not accepted.
    Messages stand in the order of their timestamps, and are found by them without looking at each.
    """

    id: str
    name: str
    kind: str
    members: list[str]
    topic: str = ""
    archived: bool = False
    created: int = 0
    host: str = ""
    pending: tuple[str, ...] = ()
    messages: list[Message] = field(default_factory=list)
    read: dict[str, str] = field(default_factory=dict)
    pins: list[Pin] = field(default_factory=list)
    bookmarks: dict[str, Bookmark] = field(default_factory=dict)
    _by_ts: dict[str, Message] = field(default_factory=dict, repr=False)
    _threads: dict[str, list[Message]] = field(default_factory=dict, repr=False)

    @property
    def is_channel(self) -> bool:
        """Whether it is a channel, public or private, and not a direct message."""
        return self.kind in ("channel", "group")

    def find(self, ts: str) -> Message | None:
        """The message with this timestamp, whoever may see it."""
        return self._by_ts.get(ts)

    def replies(self, ts: str) -> list[Message]:
        """The public replies below a message, oldest first."""
        return self._threads.get(ts, [])

    def add(self, message: Message) -> None:
        """Put a message at the end."""
        self.messages.append(message)
        self._by_ts[message.ts] = message
        if message.thread_ts is not None and message.is_reply and message.only_for is None:
            self._threads.setdefault(message.thread_ts, []).append(message)

    def remove(self, message: Message) -> None:
        """Take a message away, and the pin on it."""
        del self._by_ts[message.ts]
        for found in (self.messages, self._threads.get(message.thread_ts or "", [])):
            at = bisect_left(found, message.ts, key=lambda one: one.ts)
            if at < len(found) and found[at] is message:
                del found[at]
        self.unpin(message)

    def unpin(self, message: Message) -> None:
        """Take the pin on a message away, if there is one."""
        self.pins = [pin for pin in self.pins if pin.ts != message.ts]


class Store:
    """Teams, people, conversations, and a revision that grows with every change."""

    def __init__(self, seed: Seed, bot: User, now: Callable[[], datetime]) -> None:
        self._now = now
        self._last_ts = 0
        self._waiter: asyncio.Event | None = None
        self._directs: dict[frozenset[str], Conversation] = {}
        self.revision = 0
        self.app = seed.app
        self.bot = bot
        self.enterprises: dict[str, Enterprise] = {one.id: one for one in seed.enterprises}
        self.teams: dict[str, Team] = {team.id: team for team in seed.teams}
        self.users: dict[str, User] = {user.id: user for user in (*seed.users, bot, SLACKBOT)}
        self.switches = Switches()
        self.files = Files(now, self.switches)
        self.conversations: dict[str, Conversation] = {}
        for channel in seed.channels:
            members = [*channel.members, *([bot.id] if channel.bot else [])]
            first = self.users[members[0]].team if members else seed.app.team
            self.conversations[channel.id] = Conversation(
                id=channel.id,
                name=channel.name,
                kind="group" if channel.private else "channel",
                members=members,
                topic=channel.topic,
                archived=channel.archived,
                host=channel.host or first,
                pending=channel.pending,
                created=int(now().timestamp()),
            )

    def next_ts(self) -> str:
        """A message timestamp such as 1795339200.000100: unique and always growing, even on a stopped clock."""
        self._last_ts = max(int(self._now().timestamp() * 1_000_000), self._last_ts + 100)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def direct(self, one: str, other: str) -> Conversation:
        """The direct message between two people, opened where it does not exist yet."""
        pair = frozenset((one, other))
        return self._directs.get(pair) or self._opened(pair, f"D{len(self._directs) + 1:08d}", "im", [one, other])

    def offset_of(self, user: User) -> int:
        """How far a person's clock is ahead of UTC, in seconds. Here London is on winter time all year."""
        offset = None if user.tz == "Europe/London" else self._now().astimezone(ZoneInfo(user.tz)).utcoffset()
        return int(offset.total_seconds()) if offset else 0

    def known_direct(self, people: set[str]) -> Conversation | None:
        """The direct message between exactly these people, where it has been opened."""
        return self._directs.get(frozenset(people))

    def group_direct(self, members: list[str]) -> Conversation:
        """The direct message between three people or more, opened where it does not exist yet."""
        people = frozenset(members)
        names = "--".join(self.users[member].name for member in members)
        made = f"G{len(self._directs) + 1:08d}"
        return self._directs.get(people) or self._opened(people, made, "mpim", members, f"mpdm-{names}-1")

    def _opened(
        self, people: frozenset[str], conversation_id: str, kind: str, members: list[str], name: str = ""
    ) -> Conversation:
        created = int(self._now().timestamp())
        opened = Conversation(conversation_id, name, kind, members, created=created, host=self.app.team)
        self._directs[people] = self.conversations[opened.id] = opened
        self.changed()
        return opened

    def of(self, user: str) -> Iterator[Conversation]:
        """The conversations a person is a member of."""
        return (c for c in self.conversations.values() if user in c.members)

    def organisation(self, team: str) -> str:
        """The id of the organisation that a team is, or is part of: its enterprise's where it has one."""
        known = self.teams.get(team)
        return known.enterprise or team if known else team

    def enterprise_of(self, team: str) -> Enterprise | None:
        """The enterprise that a team is part of."""
        return self.enterprises.get(self.organisation(team))

    def home(self, user: User) -> str:
        """The team id that the app is shown for a person.

        For somebody of another Enterprise organisation it is the id of that (E...), and not of a workspace.
        """
        elsewhere = self.organisation(user.team) != self.organisation(self.app.team)
        return self.organisation(user.team) if elsewhere else user.team

    def is_member(self, user: User, team: str) -> bool:
        """Whether a person is in a workspace: their own, or a further one of the same enterprise."""
        return team in (user.team, *user.teams)

    def teams_in(self, conversation: Conversation) -> set[str]:
        """The ids of the teams whose people are members."""
        return {self.users[member].team for member in conversation.members}

    def is_shared(self, conversation: Conversation) -> bool:
        """Whether people of more than one organisation are members (Slack Connect)."""
        organisations = {self.organisation(team) for team in self.teams_in(conversation)}
        return conversation.kind != "im" and len(organisations) > 1

    def is_visible(self, conversation: Conversation) -> bool:
        """Whether the app can know of a conversation: it is a member, or the channel is public and its team's."""
        if self.bot.id in conversation.members:
            return True
        ours = self.app.team
        return conversation.kind == "channel" and (conversation.host == ours or ours in self.teams_in(conversation))

    def can_see(self, user: User, conversation: Conversation) -> bool:
        """Whether a person knows of a conversation: a member does, and of a public channel its teams, but no guest."""
        near = user.team == conversation.host or user.team in self.teams_in(conversation)
        public = conversation.kind == "channel" and near and not user.guest
        return public or user.id in conversation.members

    def shares_channel(self, one: str, other: str) -> bool:
        """Whether two people are together in a channel."""
        return any(one in c.members and other in c.members for c in self.conversations.values() if c.is_channel)

    def add(self, message: Message) -> Message:
        """Put a message at the end of its conversation."""
        self.conversations[message.channel].add(message)
        self.touch(message)
        return message

    def remove(self, message: Message) -> None:
        """Take a message away. One that has replies leaves a tombstone, which goes with the last of them."""
        conversation = self.conversations[message.channel]
        if conversation.replies(message.ts):
            conversation.unpin(message)
            message.user, message.by_app, message.text, message.subtype = SLACKBOT.id, False, GONE, "tombstone"
            message.blocks, message.files, message.reactions, message.metadata = [], [], {}, None
            self.touch(message)
            return
        conversation.remove(message)
        parent = conversation.find(message.thread_ts or "")
        if parent and parent.subtype == "tombstone" and not conversation.replies(parent.ts):
            conversation.remove(parent)
        self.changed()

    def touch(self, message: Message) -> None:
        """Note that a message is different now; its version says so to whoever draws it."""
        self.changed()
        message.version = self.revision

    def changed(self) -> None:
        """Count a change and wake everybody who waits for one."""
        self.revision += 1
        if self._waiter is not None:
            self._waiter.set()
            self._waiter = None

    async def beyond(self, revision: int, patience: float) -> int:
        """Wait until the state is newer than `revision`, or `patience` seconds; return the revision then."""
        if self.revision <= revision:
            self._waiter = self._waiter or asyncio.Event()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._waiter.wait(), patience)
        return self.revision
