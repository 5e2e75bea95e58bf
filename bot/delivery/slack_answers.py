"""Slack's answers: the failures as classes, and the fields of an answer, any of which may be null or missing."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

# Slack's own troubles (docs.slack.dev/reference/methods/chat.postMessage): the last two while it moves a workspace.
_TRANSIENT = frozenset(
    {
        "fatal_error",
        "internal_error",
        "service_unavailable",
        "request_timeout",
        "team_added_to_org",
        "org_login_required",
    }
)
_LIMITED = frozenset({"ratelimited", "rate_limited"})
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
# Of a view with such blocks Slack says invalid_arguments.
_OF_BLOCKS = frozenset({"invalid_arguments", "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"})
_TRIGGER_LATE = frozenset({"expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"})

Answer = Mapping[str, Any]


class SlackFailure(Exception):
    """Slack did not do what Liaison asked."""

    is_loggable = True  # its words are Slack's own codes and names


class Away(SlackFailure):
    """Slack did not answer, or said that it is in trouble itself. It may have carried out the request all the same."""


class Limited(SlackFailure):
    """Slack had too many requests and did nothing; ask again after `wait`."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(f"ratelimited, again after {wait.total_seconds():.0f} s")
        self.wait = wait


class Unsettled(SlackFailure):
    """The app lacks a token, a scope or an invitation. A person can fix that, and then the request can succeed."""


class NotProcessed(SlackFailure):
    """Slack has an uploaded file and does not show it yet. Nothing was sent."""


class Refused(SlackFailure):
    """Slack refused for good, with its own code for the reason (`channel_not_found`, say)."""

    @property
    def is_late_trigger(self) -> bool:
        """Whether a form could not open because 3 seconds had passed since the click."""
        return str(self) in _TRIGGER_LATE


class BlocksRefused(Refused):
    """Slack did not take the blocks of a message. Its text alone may still go."""


async def answer_of(call: Awaitable[AsyncSlackResponse]) -> dict[str, Any]:
    """The body of Slack's answer to a call. Raises `SlackFailure`."""
    data: Any = (await response_of(call)).data
    return data if isinstance(data, dict) else {}


async def response_of(call: Awaitable[AsyncSlackResponse]) -> AsyncSlackResponse:
    """Slack's whole answer to a call, with its headers. Raises `SlackFailure`."""
    try:
        return await call
    except SlackApiError as error:
        raise _failure(error) from error
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        raise Away(type(error).__name__) from error


async def pages_of(ask: Callable[[str], Awaitable[AsyncSlackResponse]]) -> AsyncIterator[dict[str, Any]]:
    """Every page of an answer, each asked for with the cursor of the previous one."""
    cursor: str | None = ""
    while cursor is not None:
        page = await answer_of(ask(cursor))
        yield page
        cursor = text_of(object_of(page, "response_metadata"), "next_cursor") or None


def object_of(answer: Answer, name: str) -> Answer:
    """The object under a name, an empty one where Slack gives none."""
    value = answer.get(name)
    return value if isinstance(value, Mapping) else {}


def objects_of(answer: Answer, name: str) -> list[Answer]:
    """The objects of the list under a name, none where Slack gives none."""
    return [each for each in _list_of(answer, name) if isinstance(each, Mapping)]


def texts_of(answer: Answer, name: str) -> list[str]:
    """The texts of the list under a name, none where Slack gives none."""
    return [each for each in _list_of(answer, name) if isinstance(each, str) and each]


def text_of(answer: Answer, name: str) -> str:
    """The text under a name, "" where Slack gives none."""
    value = answer.get(name)
    return value if isinstance(value, str) else ""


def needed(answer: Answer, name: str) -> str:
    """The text under a name. Raises `SlackFailure` where Slack gives none."""
    value = text_of(answer, name)
    if not value:
        raise SlackFailure(f"an answer without {name}")
    return value


def _list_of(answer: Answer, name: str) -> list[object]:
    value = answer.get(name)
    return value if isinstance(value, list) else []


def _failure(error: SlackApiError) -> SlackFailure:
    # If the SDK could not parse Slack's answer, the response is the HTTP client's own.
    response: Any = error.response
    status = int(getattr(response, "status_code", None) or getattr(response, "status", None) or 0)
    # The error page of a gateway is text.
    data: Any = response.data if isinstance(response, AsyncSlackResponse) else response
    name = text_of(data, "error") if isinstance(data, dict) else ""
    if status == 429 or name in _LIMITED:
        return Limited(_retry_after(getattr(response, "headers", {})))
    if status >= 500 or not name or name in _TRANSIENT:
        return Away(name or f"HTTP {status}")
    if name in _OF_BLOCKS:
        places = texts_of(object_of(data, "response_metadata"), "messages")
        return BlocksRefused(": ".join([name, *(["; ".join(places)] if places else [])]))
    return Unsettled(name) if name in _SET_UP else Refused(name)


def _retry_after(headers: Mapping[str, str]) -> timedelta:
    try:
        return timedelta(seconds=float(headers.get("Retry-After", "")))
    except ValueError:
        return timedelta(seconds=30)
