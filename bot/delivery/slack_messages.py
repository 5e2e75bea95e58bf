"""Messages that people wrote in Slack: their address, their thread and their author."""

import asyncio
from collections.abc import Awaitable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any, TypeVar

from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.delivery.slack import Slack
from bot.delivery.slack_answers import Refused, SlackFailure, Unsettled, answer_of, objects_of, pages_of, text_of

T = TypeVar("T")

MOST_READ = 1000  # messages of a thread
MOST_NAMED = 20  # authors of a thread whose names are asked from Slack
ON_A_PAGE = 200
AT_OPENING = timedelta(seconds=1)  # of the three seconds in which a form opens


class UnreadReason(StrEnum):
    """Why a message or thread could not be read."""

    NOT_THERE = "Liaison is not in the channel"
    NOT_ANSWERED = "Slack did not answer in time"


@dataclass(frozen=True)
class MessageRef:
    """The place of a message, and of the first message of its thread; "" if it is in none."""

    channel: str
    ts: str
    thread: str = ""


@dataclass(frozen=True)
class MessageContext:
    """The context of a message: its address, the authors' names, and why its thread cannot be read."""

    link: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    unread: UnreadReason | None = None


@dataclass(frozen=True)
class ThreadMessage:
    """A message of a thread; `author` is a Slack user, or an app if `by_app`."""

    author: str
    text: str
    by_app: bool = False


@dataclass(frozen=True)
class Thread:
    """The messages of a thread in order, and the authors' names; `more` if the thread goes on after those.

    `open_to_reader`: the reader is in the channel. If not, nothing was read.
    """

    said: Sequence[ThreadMessage] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    more: bool = False
    open_to_reader: bool = True
    unread: UnreadReason | None = None


async def message_context(slack: Slack, place: MessageRef, unknown: Collection[str]) -> MessageContext:
    """The context with which a message's form begins (chat.getPermalink, conversations.replies, users.info), within a
    second.

    `unknown` are the authors whose names the register does not have. It raises nothing: a part that Slack does not give
    is left out, with the reason.
    """
    link, thread, names = await asyncio.gather(
        _in_time(link_to(slack, place)),
        _in_time(_try_thread(slack, place)),
        _in_time(_names(slack, unknown)),
    )
    unread = [each for each in (link, thread) if isinstance(each, UnreadReason)]
    return MessageContext(
        link if not isinstance(link, UnreadReason) else "",
        names if not isinstance(names, UnreadReason) else {},
        unread[0] if unread else None,
    )


async def read_thread(slack: Slack, place: MessageRef, reader: str) -> Thread:
    """The first thousand messages of a thread, for a reader who is in its channel. It raises nothing, as in
    `message_context`."""
    try:
        if not await _is_member(slack, place.channel, reader):
            return Thread(open_to_reader=False)
        said, more = list[ThreadMessage](), False
        async for page in pages_of(lambda at: _replies(slack, place, ON_A_PAGE, at)):
            said += [_thread_message(message) for message in objects_of(page, "messages")]
            more = bool(page.get("has_more"))
            if len(said) >= MOST_READ:
                break
        authors = list(dict.fromkeys(each.author for each in said if each.author))
        return Thread(said, await _names(slack, authors[:MOST_NAMED]), more)
    except SlackFailure as failure:
        return Thread(unread=_why(failure))


async def link_to(slack: Slack, place: MessageRef) -> str:
    """The address of a message (chat.getPermalink)."""
    answer = await answer_of(slack.client.chat_getPermalink(channel=place.channel, message_ts=place.ts))
    return text_of(answer, "permalink")


async def _try_thread(slack: Slack, place: MessageRef) -> None:
    """Check that the thread of a message can be read."""
    if place.thread:
        await answer_of(_replies(slack, place, 1))


def _replies(slack: Slack, place: MessageRef, limit: int, cursor: str = "") -> Awaitable[AsyncSlackResponse]:
    """A page of a thread (conversations.replies)."""
    return slack.client.conversations_replies(channel=place.channel, ts=place.thread, limit=limit, cursor=cursor)


def _thread_message(message: Mapping[str, Any]) -> ThreadMessage:
    return ThreadMessage(text_of(message, "user"), text_of(message, "text"), by_app=bool(message.get("bot_id")))


async def _names(slack: Slack, users: Collection[str]) -> dict[str, str]:
    """Slack's names of people; a person whom Slack does not find has none."""
    found = await asyncio.gather(*(slack.identity(user) for user in users), return_exceptions=True)
    return {each.user: each.name for each in found if not isinstance(each, BaseException) and each.name}


async def _is_member(slack: Slack, channel: str, user: str) -> bool:
    """Whether a person is in a channel, or the channel is their direct messages with Liaison."""
    if channel.startswith("D"):
        return await slack.direct_channel(user) == channel
    return user in await slack.members(channel)


async def _in_time(asked: Awaitable[T]) -> T | UnreadReason:
    try:
        return await asyncio.wait_for(asked, AT_OPENING.total_seconds())
    except (SlackFailure, TimeoutError) as failure:
        return _why(failure)


def _why(failure: BaseException) -> UnreadReason:
    return UnreadReason.NOT_THERE if isinstance(failure, Unsettled | Refused) else UnreadReason.NOT_ANSWERED
