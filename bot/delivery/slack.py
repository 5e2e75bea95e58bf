"""The adapter over the Slack SDK that sends messages, with Slack's failures as classes.

The outbox retries. The SDK's own retries are switched off, because they repeat requests that Slack may have carried
out.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.delivery.messages import Blocks, View
from bot.delivery.slack_facts import ChannelFacts, PostedMessage, SlackFile
from bot.identity import Identity

KEY_EVENT = "liaison_message"
_TRANSIENT = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"})
_SET_UP = frozenset(
    {
        "account_inactive",
        "channel_not_found",  # Slack's answer for a private channel without the bot
        "invalid_auth",
        "missing_scope",
        "not_authed",
        "not_in_channel",
        "token_expired",
        "token_revoked",
    }
)
_LOOK_BACK = timedelta(minutes=10).total_seconds()  # our clock may be ahead of Slack's
_UNTIL_PROCESSED = (0.0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2)  # seconds to wait before each time we ask if a file is ready
_TRIGGER_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"})


class SlackFailure(Exception):
    """Slack did not do what Liaison asked."""


class Limited(SlackFailure):
    """Slack had too many requests and did nothing; ask again after `wait`."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"ratelimited, again after {wait.total_seconds():.0f} s")
        self.wait = wait


class Unsettled(SlackFailure):
    """The app lacks a token, a scope or an invitation. A person can fix that, and then the request can succeed."""


class Refused(SlackFailure):
    """Slack refused for good, with its own code for the reason (`channel_not_found`, say)."""

    @property
    def is_late_trigger(self) -> bool:
        """Whether a form could not open because 3 seconds had passed since the click."""
        return str(self) in _TRIGGER_LATE


async def pages_of(ask: Callable[[str], Awaitable[AsyncSlackResponse]]) -> AsyncIterator[dict[str, Any]]:
    """Every page of an answer, each asked for with the cursor of the previous one."""
    cursor: str | None = ""
    while cursor is not None:
        page = await answer_of(ask(cursor))
        yield page
        cursor = page.get("response_metadata", {}).get("next_cursor") or None


def _facts(info: Mapping[str, Any]) -> ChannelFacts:
    outside = {*info.get("connected_team_ids", ()), *info.get("pending_connected_team_ids", ())}
    return ChannelFacts(
        id=info["id"],
        name=str(info.get("name", "")),
        is_member=bool(info.get("is_member")),
        is_direct=bool(info.get("is_im") or info.get("is_mpim")),
        is_shared_outside=bool(info.get("is_ext_shared") or info.get("is_pending_ext_shared") or outside),
        outside_teams=frozenset(outside),
    )


class Slack:
    """Liaison's calls of Slack, each made once. Every method may raise a SlackFailure."""

    def __init__(self, client: AsyncWebClient) -> None:
        self.client = client

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
        return PostedMessage(answer["channel"], answer["ts"])

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
        return PostedMessage(answer["channel"], answer["ts"])

    async def direct_channel(self, user: str) -> str:
        """The channel id of the direct messages with a person (conversations.open)."""
        return str((await answer_of(self.client.conversations_open(users=user)))["channel"]["id"])

    async def channel(self, channel: str) -> ChannelFacts:
        """The facts of a channel, with the other organisations in it or invited to it (conversations.info)."""
        return _facts((await answer_of(self.client.conversations_info(channel=channel)))["channel"])

    async def own_channels(self) -> list[ChannelFacts]:
        """The channels that Liaison is in, and whether each is shared, but not with whom (users.conversations)."""
        types = "public_channel,private_channel"
        pages = pages_of(lambda at: self.client.users_conversations(types=types, limit=200, cursor=at))
        return [_facts({**each, "is_member": True}) async for page in pages for each in page["channels"]]

    async def members(self, channel: str) -> frozenset[str]:
        """Everybody who is in a channel (conversations.members)."""
        pages = pages_of(lambda at: self.client.conversations_members(channel=channel, limit=1000, cursor=at))
        return frozenset([member async for page in pages for member in page["members"]])

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
            for message in page["messages"]:
                if message.get("metadata", {}).get("event_payload", {}).get("key") == key:
                    return PostedMessage(channel, message["ts"])
        return None

    async def file(self, file_id: str, most_bytes: int) -> SlackFile:
        """A file and its bytes (files.info, and the URL in its answer). Raises `Refused` for a file that is stored
        elsewhere or is too large."""
        about = (await answer_of(self.client.files_info(file=file_id)))["file"]
        address = str(about.get("url_private_download") or about.get("url_private") or "")
        # Send the token only to Slack: a file may be a link to any host.
        if about.get("is_external") or not self._is_slacks(address):
            raise Refused("file_is_kept_elsewhere")
        if int(about.get("size", 0)) > most_bytes:
            raise Refused("file_too_large")
        content = await self._bytes(address)
        return SlackFile(about["id"], str(about.get("name", "")), str(about.get("user", "")), content)

    def _is_slacks(self, address: str) -> bool:
        host, ours = urlsplit(address), urlsplit(self.client.base_url)
        return (host.scheme, host.netloc) == (ours.scheme, ours.netloc) or (
            host.scheme == "https" and host.hostname is not None and host.hostname.endswith(".slack.com")
        )

    async def _bytes(self, address: str) -> bytes:
        headers = {"Authorization": f"Bearer {self.client.token}"}
        try:
            async with (
                aiohttp.ClientSession(headers=headers) as session,
                session.get(address, allow_redirects=False) as response,
            ):
                if response.status != 200:
                    raise Unsettled("missing_scope" if response.status == 302 else f"HTTP {response.status}")
                return await response.read()
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise SlackFailure(type(error).__name__) from error

    async def upload_picture(self, name: str, title: str, content: bytes) -> str:
        """Upload a picture that is not shared in any channel, for use in blocks; returns its file id.

        Slack processes an upload after it has accepted it, and only then can a block show it (docs.slack.dev, Working
        with files; slackapi/python-slack-sdk#1658). Raises `SlackFailure` if that takes too long.
        """
        ticket = await answer_of(self.client.files_getUploadURLExternal(filename=name, length=len(content)))
        await self._send_bytes(ticket["upload_url"], content)
        file: str = ticket["file_id"]
        await answer_of(self.client.files_completeUploadExternal(files=[{"id": file, "title": title}]))
        for wait in _UNTIL_PROCESSED:
            await asyncio.sleep(wait)
            if (await answer_of(self.client.files_info(file=file)))["file"].get("mimetype"):
                return file
        raise SlackFailure("file_not_processed")

    async def _send_bytes(self, address: str, content: bytes) -> None:
        try:
            async with aiohttp.ClientSession() as session, session.post(address, data=content) as response:
                if response.status != 200:
                    raise SlackFailure(f"HTTP {response.status}")
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise SlackFailure(type(error).__name__) from error

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

    async def identity(self, user: str) -> Identity:
        """Slack's identity of a person (users.info). A stranger has no home that counts."""
        found = (await answer_of(self.client.users_info(user=user)))["user"]
        enterprise = found.get("enterprise_user") or {}
        homes = {found.get("team_id"), enterprise.get("enterprise_id")} - {None, ""}
        return Identity(
            user=found["id"],
            homes=frozenset() if found.get("is_stranger") else frozenset(homes),
            is_guest=bool(found.get("is_restricted") or found.get("is_ultra_restricted")),
            is_active_person=not (found.get("deleted") or found.get("is_bot")),
            name=str(found.get("real_name") or found.get("name") or ""),
            runs_workspace=bool(found.get("is_admin")),
        )


async def answer_of(call: Awaitable[AsyncSlackResponse]) -> dict[str, Any]:
    """The body of Slack's answer to a call. Raises `SlackFailure`."""
    try:
        data: Any = (await call).data
    except SlackApiError as error:
        raise _failure(error) from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise SlackFailure(type(error).__name__) from error
    return data if isinstance(data, dict) else {}


def _failure(error: SlackApiError) -> SlackFailure:
    # If the SDK could not parse Slack's answer, the response is the HTTP client's own.
    response: Any = error.response
    status = int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)
    # The error page of a gateway is text.
    data: Any = response.data if isinstance(response, AsyncSlackResponse) else response
    name = str(data.get("error", "")) if isinstance(data, dict) else ""
    if status == 429 or name == "ratelimited":
        return Limited(_retry_after(getattr(response, "headers", {})))
    if status >= 500 or not name or name in _TRANSIENT:
        return SlackFailure(name or f"HTTP {status}")
    return Unsettled(name) if name in _SET_UP else Refused(name)


def _retry_after(headers: Mapping[str, str]) -> timedelta:
    try:
        return timedelta(seconds=float(headers.get("Retry-After", "")))
    except ValueError:
        return timedelta(seconds=30)
