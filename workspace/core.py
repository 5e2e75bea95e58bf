"""The workspace itself: its parts, joined, and the few things that both people and the app do with messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from workspace.blocks import check_blocks, text_size
from workspace.blocks.normal import normal_blocks
from workspace.copies import clone
from workspace.errors import NotPossible, SlackError
from workspace.settings import Settings
from workspace.state.files import File
from workspace.state.grants import Grants
from workspace.state.limits import Limits
from workspace.state.manifest import read_manifest
from workspace.state.pictures import picture_problems
from workspace.state.scheduled import Schedule
from workspace.state.seed import User
from workspace.state.store import SLACKBOT, Conversation, Message, Store
from workspace.state.views import Views
from workspace.wire.courier import Courier
from workspace.wire.delivery import Delivery
from workspace.wire.events import Events
from workspace.wire.faults import Faults
from workspace.wire.payloads import NO_TEXT, message_json
from workspace.wire.socket_mode import SocketMode
from workspace.wire.traffic import Traffic

Json = dict[str, Any]
LONGEST_TEXT = 40_000
# Slack gives no number for msg_blocks_too_long; this is where it was met in practice.
LONGEST_BLOCKS = 13_200


class Workspace:
    """Everything one running workspace consists of."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.clock_target: datetime | None = None  # where time is being moved to, while it is
        self.manifest = read_manifest(settings.manifest)
        app = settings.seed.app
        name = self.manifest.display_name
        bot = User(id=app.bot_user_id, team=app.team, name=name.lower(), real_name=name, is_bot=True)
        self.store = Store(settings.seed, bot, settings.now)
        self.grants = Grants(settings.now)
        self.views = Views(self.store, self.store.next_ts)
        self.traffic = Traffic(settings.now, (settings.bot_token, settings.app_token))
        self.faults = Faults()
        self.sockets = SocketMode(app.id, self.traffic, settings.sleep)
        self.delivery = Delivery(settings, self.sockets, self.traffic, self.faults, self.store.switches)
        self.courier = Courier(self.delivery, self.faults, settings.sleep)
        self.events = Events(self.store, self.manifest, self.courier, settings.now)
        self.limits = Limits(settings.now, settings.pace)
        self.schedule = Schedule(settings.now, self._post_due)

    async def close(self) -> None:
        """End what is still under way."""
        await self.schedule.close()
        await self.courier.close()
        await self.delivery.close()

    @property
    def interactive(self) -> bool:
        """Whether the app is here, and takes what people do with its buttons and forms."""
        return self.manifest.interactive and self.events.installed

    def person(self, user_id: str) -> User:
        """A person who can act. Raises NotPossible for those unknown, deactivated, or not people."""
        user = self.store.users.get(user_id)
        if user is None or user.is_bot:
            raise NotPossible(f"There is nobody with the id {user_id[:40]}.")
        if user.deleted:
            raise NotPossible(f"{user.real_name} is deactivated.")
        return user

    def conversation_for(self, user: User, channel: str) -> Conversation:
        """A conversation that a person is in; a person's id stands for the direct message with them."""
        if channel in self.store.users and channel != user.id and self.can_message(user, channel):
            return self.store.direct(user.id, channel)
        conversation = self.store.conversations.get(channel)
        if conversation is None or user.id not in conversation.members:
            raise NotPossible(f"{user.real_name} is not in {channel[:40]}.")
        return conversation

    def can_message(self, user: User, other: str) -> bool:
        """Whether a person can write to another directly: one of their organisation, or of a channel they are in."""
        near = self.store.organisation(self.store.users[other].team) == self.store.organisation(user.team)
        return near or self.store.shares_channel(user.id, other)

    def closed(self, conversation: Conversation) -> str | None:
        """Why a person has no message box in a conversation; None where they have one.

        https://docs.slack.dev/surfaces/app-home: the messages tab may be read-only.
        """
        if conversation.archived:
            return "This channel is archived."
        with_app = conversation.kind == "im" and self.store.bot.id in conversation.members
        if with_app and self.manifest.messages_tab_read_only:
            return "Sending messages to this app has been turned off."
        return None

    def app_may_write(self, conversation: Conversation) -> bool:
        """Whether the app writes there: as a member, or in a public channel with the scope chat:write.public."""
        public = conversation.kind == "channel" and "chat:write.public" in self.manifest.scopes
        return public or self.store.bot.id in conversation.members

    def visible(self, user: User, conversation: Conversation) -> list[Message]:
        """The messages that a person sees in a conversation, oldest first."""
        return [message for message in conversation.messages if message.only_for in (None, user.id)]

    def content(self, text: object, blocks: object, markdown: object = None) -> tuple[str, list[Json]]:
        """The text and normal blocks of a new message.

        Raises SlackError: no_text, invalid_blocks (naming the places), msg_blocks_too_long.
        """
        if markdown:
            if text or blocks:
                raise SlackError("markdown_text_conflict")
            blocks = [{"type": "markdown", "text": markdown}]
        if not isinstance(text, str):
            text = ""
        problems = check_blocks(blocks, "message") if blocks else []
        if problems := problems or picture_problems(self.store, blocks):
            raise SlackError("invalid_blocks", tuple(problems))
        checked: list[Json] = normal_blocks(blocks) if isinstance(blocks, list) else []
        if not text.strip() and not checked:
            raise SlackError("no_text")
        if text_size(checked) > LONGEST_BLOCKS:
            raise SlackError("msg_blocks_too_long")
        return (text or NO_TEXT)[:LONGEST_TEXT], checked

    def post(self, message: Message) -> Message:
        """Add a message and tell the app where it listens. The message's own ts is filled in here."""
        posted = self.store.add(replace(message, ts=self.store.next_ts()))
        if posted.only_for is None:
            self.store.conversations[posted.channel].read[posted.user] = posted.ts
            self.events.posted(posted)
        return posted

    def _post_due(self, message: Message) -> None:
        """Post a message whose time has come, where the app can still write."""
        conversation = self.store.conversations[message.channel]
        if self.events.installed and not conversation.archived and self.app_may_write(conversation):
            self.post(message)

    def edit(self, message: Message, text: str, blocks: list[Json], *, mark: bool) -> None:
        """Change a message's content; `mark` shows it as edited."""
        before = message_json(self.store, message)
        message.text, message.blocks = text, clone(blocks)
        if mark:
            message.edited_ts = self.store.next_ts()
        self.store.touch(message)
        self.events.edited(message, before)

    def delete(self, message: Message) -> None:
        """Take a message away."""
        before = message_json(self.store, message)
        self.store.remove(message)
        self.events.deleted(message, before)

    def react(self, message: Message, user: User, name: str) -> bool:
        """Add a reaction, or take away the one that is there from the same person; whether it is there now."""
        people = message.reactions.setdefault(name, [])
        added = user.id not in people
        people.append(user.id) if added else people.remove(user.id)
        if not people:
            del message.reactions[name]
        self.store.touch(message)
        self.events.reacted(message, user, name, added=added)
        return added

    def join(self, conversation: Conversation, user: User, inviter: User | None = None) -> None:
        """Make somebody a member of a channel."""
        known = {self.store.organisation(team) for team in (*self.store.teams_in(conversation), self.store.app.team)}
        conversation.members.append(user.id)
        conversation.pending = tuple(team for team in conversation.pending if team != user.team)
        self.store.changed()
        self.events.joined(conversation, user, inviter)
        self._note(conversation, user, "channel_join", "has joined the channel")
        if self.store.organisation(user.team) not in known:
            self.events.shared(conversation, self.store.home(user))

    def leave(self, conversation: Conversation, user: User) -> None:
        """End somebody's membership of a channel."""
        self.events.left(conversation, user)
        if user.id == self.store.bot.id:
            self.events.changed(conversation, "left")
        self._note(conversation, user, "channel_leave", "has left the channel")
        conversation.members.remove(user.id)
        self.store.changed()

    def _note(self, conversation: Conversation, user: User, subtype: str, words: str) -> None:
        """What Slack writes into a channel of itself."""
        text = f"<@{user.id}> {words}"
        self.post(Message(channel=conversation.id, ts="", user=user.id, text=text, subtype=subtype))

    def slackbot(self, user: User, conversation: Conversation, text: str) -> Message:
        """What Slack itself tells one person."""
        return self.post(Message(channel=conversation.id, ts="", user=SLACKBOT.id, text=text, only_for=user.id))

    def share(self, files: list[File], message: Message) -> Message:
        """Post a message with files, and tell the app of each."""
        posted = self.post(replace(message, files=[file.id for file in files]))
        conversation = self.store.conversations[posted.channel]
        for file in files:
            file.shares.setdefault(posted.channel, []).append(posted.ts)
            self.events.file_shared(conversation, file.id, self.store.users[file.user])
        return posted
