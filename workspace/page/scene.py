"""What a page is open at, and what its person finds there: places at the left, messages in the middle."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from workspace.core import Workspace
from workspace.page import clock
from workspace.state.files import File
from workspace.state.seed import Team, User
from workspace.state.store import Conversation, Message

CLOSE_TOGETHER = 300
# Older messages are drawn when they are asked for: a page of a few thousand would be slow.
MOST_SHOWN = 200


@dataclass(frozen=True)
class Scene:
    """What one person's page is open at.

    `tab` is messages, home or about, where the app's page has such `tabs`; `shown` is how many messages are drawn
    at most, and `line` the last message that the person had read: what comes after it is new to them.
    """

    user: User
    conversation: Conversation
    parent: Message | None = None
    tabs: tuple[str, ...] = ()
    tab: str = "messages"
    shown: int = MOST_SHOWN
    line: str = ""


@dataclass(frozen=True)
class Place:
    """A conversation as one person finds it in the list at the left."""

    conversation: Conversation
    name: str
    unread: int
    other: User | None = None


@dataclass(frozen=True)
class Line:
    """A message as one person sees it; `follows` where it continues the one above."""

    message: Message
    author: User
    organisation: str
    replies: tuple[Message, ...]
    follows: bool
    day: str
    own: bool
    files: tuple[File, ...]
    pinned: bool


def lines(ws: Workspace, user: User, messages: list[Message]) -> list[Line]:
    """Messages as a person sees them, each with its author and replies."""
    drawn: list[Line] = []
    above: Message | None = None
    conversation = ws.store.conversations[messages[0].channel] if messages else None
    pins = {pin.ts for pin in conversation.pins} if conversation else set()
    for message in messages:
        author = ws.store.users[message.user]
        drawn.append(
            Line(
                message=message,
                author=author,
                organisation=ws.store.teams[author.team].name if author.team not in (user.team, "") else "",
                replies=tuple(conversation.replies(message.ts)) if conversation else (),
                follows=above is not None and _continues(above, message),
                day=clock.day(clock.instant(message.ts)),
                own=message.user == user.id and not message.by_app,
                files=tuple(filter(None, map(ws.store.files.find, message.files))),
                pinned=message.ts in pins,
            )
        )
        above = message
    return drawn


def _continues(above: Message, message: Message) -> bool:
    same = (above.user, above.only_for) == (message.user, message.only_for)
    near = float(message.ts) - float(above.ts) < CLOSE_TOGETHER
    return same and near and clock.day(clock.instant(above.ts)) == clock.day(clock.instant(message.ts))


def stream(ws: Workspace, scene: Scene) -> tuple[list[Message], int]:
    """The messages to draw in the middle, oldest first, and how many earlier ones there are."""
    visible = ws.visible(scene.user, scene.conversation)
    found = [message for message in visible if not message.is_reply or message.broadcast]
    return found[-scene.shown :], max(0, len(found) - scene.shown)


def thread(ws: Workspace, scene: Scene) -> list[Message]:
    """The messages of the thread that is open, its parent first."""
    parent = scene.parent
    if parent is None:
        return []
    visible = ws.visible(scene.user, scene.conversation)
    return [message for message in visible if message is parent or message.thread_ts == parent.ts]


def place(ws: Workspace, user: User, conversation: Conversation) -> Place:
    """A conversation as a person finds it, with how much of it they have not read."""
    read = conversation.read.get(user.id, "")
    unread = 0
    for message in reversed(conversation.messages):
        if message.ts <= read:
            break
        unread += _counts(user, conversation, message)
    if conversation.is_channel:
        return Place(conversation, conversation.name, unread)
    others = [ws.store.users[member] for member in conversation.members if member != user.id]
    names = ", ".join(other.real_name for other in others)
    return Place(conversation, names, unread, others[0] if len(others) == 1 else None)


def _counts(user: User, conversation: Conversation, message: Message) -> bool:
    """Whether a message that came since a person looked is unread to them.

    A reply in a thread is so for who follows the thread: https://slack.com/help/articles/115000769927. In Slack such
    replies stand in a view of all threads, which there is not here: they are counted where the thread is.
    """
    if message.user == user.id or message.only_for not in (None, user.id):
        return False
    return not message.is_reply or message.broadcast or _follows(user, conversation, message.thread_ts or "")


def _follows(user: User, conversation: Conversation, ts: str) -> bool:
    """Whether a person follows a thread: they began it, wrote in it or were mentioned in it."""
    parent = conversation.find(ts)
    said = [*([parent] if parent else []), *conversation.replies(ts)]
    return any(user.id == one.user or f"<@{user.id}" in one.text for one in said)


def channels(ws: Workspace, user: User) -> list[Place]:
    """The channels a person is in."""
    return [place(ws, user, one) for one in ws.store.of(user.id) if one.is_channel]


def directs(ws: Workspace, user: User) -> list[Place]:
    """The people that a person already talks with, one or several at a time."""
    with_app = {user.id, ws.store.bot.id}
    talks = (one for one in ws.store.of(user.id) if not one.is_channel and set(one.members) != with_app)
    return sorted((place(ws, user, one) for one in talks), key=lambda one: one.name)


def apps(ws: Workspace, user: User) -> list[Place]:
    """The app, for whoever can write to it."""
    if not ws.can_message(user, ws.store.bot.id):
        return []
    return [place(ws, user, ws.store.direct(user.id, ws.store.bot.id))]


def arrival(ws: Workspace, user: User) -> Conversation:
    """Where a person arrives: the first channel with something unread, else one that the app is in, else any."""
    found = [one for one in ws.store.of(user.id) if one.is_channel]
    unread = (one for one in found if place(ws, user, one).unread)
    with_app = (one for one in found if ws.store.bot.id in one.members)
    return next(chain(unread, with_app, found), None) or ws.store.direct(user.id, ws.store.bot.id)


def open_channels(ws: Workspace, user: User) -> list[Conversation]:
    """The public channels of a person's own organisation; a guest cannot browse them."""
    if user.guest:
        return []
    found = (one for one in ws.store.conversations.values() if one.kind == "channel" and not one.archived)
    return [one for one in found if user.team in ws.store.teams_in(one)]


def guests(ws: Workspace, user: User, conversation: Conversation) -> list[str]:
    """The names of the organisations that a person shares a channel with."""
    there = ws.store.teams_in(conversation) - {user.team} if ws.store.is_shared(conversation) else set()
    return sorted(ws.store.teams[team].name for team in there)


def people(ws: Workspace, team: Team) -> list[User]:
    """A team's people, those with a persona first."""
    found = [u for u in ws.store.users.values() if u.team == team.id and not u.is_bot and not u.deleted]
    return sorted(found, key=lambda user: (not user.persona, user.real_name))


def teams(ws: Workspace) -> list[Team]:
    """The team that installed the app first."""
    return sorted(ws.store.teams.values(), key=lambda team: (team.id != ws.store.app.team, team.name))
