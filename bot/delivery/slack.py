"""The adapter over the Slack SDK: Liaison's calls of Slack's Web API.

The outbox retries. The SDK's own retries are switched off, because they repeat requests that Slack may have carried
out.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.delivery.messages import Blocks, View
from bot.delivery.slack_answers import (
    Answer,
    Away,
    NotProcessed,
    Refused,
    Unsettled,
    answer_of,
    needed,
    object_of,
    objects_of,
    pages_of,
    response_of,
    text_of,
    texts_of,
)
from bot.delivery.slack_facts import ChannelFacts, Installation, PostedMessage, SlackFile
from bot.identity import Identity
from bot.models import SlackUser
from bot.slack_users import CLOCKS_DIFFER, identity_of, read_user

KEY_EVENT = "liaison_message"
USERS_ON_A_PAGE = 200  # as Slack recommends
NOT_KEPT = datetime(2000, 1, 1, tzinfo=UTC)  # older than anything that is kept
_READ_AT_ONCE = 1_000_000  # bytes of a file
_LOOK_BACK = timedelta(minutes=10).total_seconds()  # our clock may be ahead of Slack's
PICTURE_WAITS = (0.0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)  # seconds to wait before each time we ask if a file is ready


# The other organisations of a channel: those that see all of it, those that see a part, and those that are invited.
_OUTSIDE = ("connected_team_ids", "connected_limited_team_ids", "pending_connected_team_ids")


def _facts(info: Answer) -> ChannelFacts:
    outside = frozenset(team for name in _OUTSIDE for team in texts_of(info, name))
    return ChannelFacts(
        id=needed(info, "id"),
        name=text_of(info, "name"),
        is_member=bool(info.get("is_member")),
        is_direct=bool(info.get("is_im") or info.get("is_mpim")),
        is_archived=bool(info.get("is_archived")),
        is_shared_outside=bool(info.get("is_ext_shared") or info.get("is_pending_ext_shared") or outside),
        outside_teams=outside,
    )


def _place(answer: Answer) -> PostedMessage:
    return PostedMessage(needed(answer, "channel"), needed(answer, "ts"))


class Slack:
    """Liaison's calls of Slack, each made once. Every method may raise a SlackFailure."""

    def __init__(self, client: AsyncWebClient, picture_waits: Sequence[float] = PICTURE_WAITS) -> None:
        self.client = client
        self.picture_waits = picture_waits

    async def installation(self) -> Installation:
        """Whose the token is, and what it may do (auth.test). Raises `Unsettled` for one that Slack does not take."""
        response = await response_of(self.client.auth_test())
        body: Any = response.data
        scopes = {each.strip() for each in str(response.headers.get("x-oauth-scopes") or "").split(",")}
        return Installation(
            text_of(body, "team"), text_of(body, "url"), text_of(body, "user"), frozenset(scopes - {""})
        )

    async def open_socket(self, app_token: str) -> None:
        """Ask for an address for Socket Mode, and leave it unused (apps.connections.open). Raises `Unsettled` for a
        token that Slack does not take."""
        await answer_of(self.client.apps_connections_open(app_token=app_token))

    async def post(self, channel: str, text: str, blocks: Blocks, key: str, thread: str | None = None) -> PostedMessage:
        """Post a message with its outbox key in the metadata, or a reply in a thread (chat.postMessage)."""
        answer = await answer_of(
            self.client.chat_postMessage(
                channel=channel,
                text=text,
                blocks=blocks,
                thread_ts=thread,
                metadata={"event_type": KEY_EVENT, "event_payload": {"key": key}},
                unfurl_links=False,
            )
        )
        return _place(answer)

    async def post_ephemeral(
        self, channel: str, user: str, text: str, blocks: Blocks, thread: str | None = None
    ) -> None:
        """Post a message in a channel or thread that only one person sees (chat.postEphemeral)."""
        await answer_of(
            self.client.chat_postEphemeral(channel=channel, user=user, text=text, blocks=blocks, thread_ts=thread)
        )

    async def update(self, standing: PostedMessage, text: str, blocks: Blocks) -> PostedMessage:
        """Replace a message in place (chat.update)."""
        answer = await answer_of(
            self.client.chat_update(channel=standing.channel, ts=standing.ts, text=text, blocks=blocks)
        )
        return _place(answer)

    async def pin(self, standing: PostedMessage) -> None:
        """Pin a message in its channel; one that is pinned stays so (pins.add)."""
        await self._settled(self.client.pins_add(channel=standing.channel, timestamp=standing.ts), "already_pinned")

    async def unpin(self, standing: PostedMessage) -> None:
        """Take a message's pin away, if it has one (pins.remove)."""
        await self._settled(self.client.pins_remove(channel=standing.channel, timestamp=standing.ts), "no_pin")

    async def _settled(self, call: Awaitable[AsyncSlackResponse], already: str) -> None:
        """Make a call whose refusal with this word means that it is as it should be. Raises `SlackFailure`."""
        try:
            await answer_of(call)
        except Refused as refused:
            if str(refused) != already:
                raise

    async def direct_channel(self, user: str) -> str:
        """The channel id of the direct messages with a person (conversations.open)."""
        return needed(object_of(await answer_of(self.client.conversations_open(users=user)), "channel"), "id")

    async def channel(self, channel: str) -> ChannelFacts:
        """The facts of a channel, with the other organisations in it or invited to it (conversations.info)."""
        return _facts(object_of(await answer_of(self.client.conversations_info(channel=channel)), "channel"))

    async def own_channels(self) -> list[ChannelFacts]:
        """The channels that Liaison is in, and whether each is shared, but not with whom (users.conversations)."""
        types = "public_channel,private_channel"
        pages = pages_of(lambda at: self.client.users_conversations(types=types, limit=999, cursor=at))
        return [_facts({**each, "is_member": True}) async for page in pages for each in objects_of(page, "channels")]

    async def members(self, channel: str) -> frozenset[str]:
        """Everybody who is in a channel (conversations.members)."""
        pages = pages_of(lambda at: self.client.conversations_members(channel=channel, limit=1000, cursor=at))
        return frozenset([member async for page in pages for member in texts_of(page, "members")])

    async def find_posted(
        self, channel: str, key: str, since: float, thread: str | None = None
    ) -> PostedMessage | None:
        """The message with this key in the history of a channel or thread since an instant (in seconds); None if it is
        not there."""
        where: dict[str, Any] = {"oldest": f"{since - _LOOK_BACK:.6f}", "include_all_metadata": True, "limit": 200}

        def ask(cursor: str) -> Awaitable[AsyncSlackResponse]:
            if thread is None:
                return self.client.conversations_history(channel=channel, cursor=cursor, **where)
            return self.client.conversations_replies(channel=channel, ts=thread, cursor=cursor, **where)

        async for page in pages_of(ask):
            for message in objects_of(page, "messages"):
                if text_of(object_of(object_of(message, "metadata"), "event_payload"), "key") == key:
                    return PostedMessage(channel, needed(message, "ts"))
        return None

    async def file(self, file_id: str, most_bytes: int) -> SlackFile:
        """A file and its bytes (files.info, and the URL in its answer). Raises `Refused` for a file that is stored
        elsewhere or is too large, by what Slack says of it or by what comes."""
        about = object_of(await answer_of(self.client.files_info(file=file_id)), "file")
        address = text_of(about, "url_private_download") or text_of(about, "url_private")
        # Send the token only to Slack: a file may be a link to any host.
        if about.get("is_external") or not self._is_slacks(address):
            raise Refused("file_is_kept_elsewhere")
        size = about.get("size")
        if isinstance(size, int) and size > most_bytes:
            raise Refused("file_too_large")
        content = await self._bytes(address, most_bytes)
        return SlackFile(file_id, text_of(about, "name"), text_of(about, "user"), content)

    def _is_slacks(self, address: str) -> bool:
        host, ours = urlsplit(address), urlsplit(self.client.base_url)
        return (host.scheme, host.netloc) == (ours.scheme, ours.netloc) or (
            host.scheme == "https" and host.hostname is not None and host.hostname.endswith(".slack.com")
        )

    async def _bytes(self, address: str, most_bytes: int) -> bytes:
        headers = {"Authorization": f"Bearer {self.client.token}"}
        try:
            async with (
                aiohttp.ClientSession(headers=headers) as session,
                session.get(address, allow_redirects=False) as response,
            ):
                if response.status != 200:
                    raise Unsettled("missing_scope" if response.status == 302 else f"HTTP {response.status}")
                content = bytearray()
                async for some in response.content.iter_chunked(_READ_AT_ONCE):
                    content += some
                    if len(content) > most_bytes:
                        raise Refused("file_too_large")
                return bytes(content)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise Away(type(error).__name__) from error

    async def upload_picture(self, name: str, title: str, content: bytes) -> str:
        """Upload a picture that is not shared in any channel, for use in blocks; returns its file id.

        Wait with `until_processed` before a block names it.
        """
        ticket = await answer_of(self.client.files_getUploadURLExternal(filename=name, length=len(content)))
        await self._send_bytes(needed(ticket, "upload_url"), content)
        file = needed(ticket, "file_id")
        await answer_of(self.client.files_completeUploadExternal(files=[{"id": file, "title": title}]))
        return file

    async def send_file(self, user: str, name: str, content: bytes) -> None:
        """Share a file with one person, in their direct messages."""
        channel = await self.direct_channel(user)
        ticket = await answer_of(self.client.files_getUploadURLExternal(filename=name, length=len(content)))
        await self._send_bytes(needed(ticket, "upload_url"), content)
        file = needed(ticket, "file_id")
        await answer_of(
            self.client.files_completeUploadExternal(files=[{"id": file, "title": name}], channel_id=channel)
        )

    async def until_processed(self, file: str) -> None:
        """Wait until Slack has processed an uploaded picture: only then can a block show it.

        docs.slack.dev, Working with files; slackapi/python-slack-sdk#1658. Raises `NotProcessed` if that takes longer
        than a few seconds, and `Refused` for a file that is gone.
        """
        for wait in self.picture_waits:
            await asyncio.sleep(wait)
            if text_of(object_of(await answer_of(self.client.files_info(file=file)), "file"), "mimetype"):
                return
        raise NotProcessed(f"file {file} is not processed yet")

    async def _send_bytes(self, address: str, content: bytes) -> None:
        try:
            async with aiohttp.ClientSession() as session, session.post(address, data=content) as response:
                if response.status != 200:
                    raise Away(f"HTTP {response.status}")
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise Away(type(error).__name__) from error

    async def open_view(self, trigger_id: str, view: View) -> None:
        """Open a form (views.open). Raises `Refused` with `is_late_trigger` if the trigger has expired."""
        await answer_of(self.client.views_open(trigger_id=trigger_id, view=view))

    async def push_view(self, trigger_id: str, view: View) -> None:
        """Open a form on top of an open one (views.push)."""
        await answer_of(self.client.views_push(trigger_id=trigger_id, view=view))

    async def update_view(self, view_id: str, view: View) -> None:
        """Replace the content of an open form (views.update)."""
        await answer_of(self.client.views_update(view_id=view_id, view=view))

    async def publish_home(self, user: str, view: View) -> None:
        """Publish a person's App Home page (views.publish)."""
        await answer_of(self.client.views_publish(user_id=user, view=view))

    async def user(self, user: str, asked_at: datetime) -> SlackUser:
        """What Slack says of anybody (users.info)."""
        found = object_of(await answer_of(self.client.users_info(user=user)), "user")
        return read_user({**found, "id": needed(found, "id")}, asked_at - CLOCKS_DIFFER)

    async def users(self, asked_at: datetime) -> AsyncIterator[list[SlackUser]]:
        """Everybody in the workspace that installed the app, a page at a time (users.list)."""
        async for page in pages_of(lambda at: self.client.users_list(limit=USERS_ON_A_PAGE, cursor=at)):
            yield [
                read_user(each, asked_at - CLOCKS_DIFFER) for each in objects_of(page, "members") if text_of(each, "id")
            ]

    async def identity(self, user: str) -> Identity:
        """Slack's identity of a person, where nothing is kept of them."""
        return identity_of(await self.user(user, NOT_KEPT))
