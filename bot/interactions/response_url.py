"""Answers through a response_url, with a look at whether Slack took them: Bolt raises nothing where it did not.

docs.slack.dev/interactivity/handling-user-interaction#message_responses
"""

import json
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncRespond
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook import WebhookResponse

from bot.delivery.messages import Blocks
from bot.delivery.slack_answers import BlocksRefused, Refused, SlackFailure

_SPENT = frozenset({"used_url", "expired_url", "invalid_url"})
_LIMITED = 429


async def send(respond: AsyncRespond, body: dict[str, Any], blocks: Blocks, *, replace_original: bool) -> None:
    """Send an answer. Raises `BlocksRefused` where Slack does not take what it holds, else a `SlackFailure`."""
    try:
        answer = await respond(**{**body, "blocks": blocks}, replace_original=replace_original)
    except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
        raise SlackFailure(type(error).__name__) from error
    reason = refusal(answer)
    if reason in _SPENT:
        raise Refused(reason)
    if answer.status_code == _LIMITED:
        raise SlackFailure(reason)
    if reason:
        raise BlocksRefused(reason)


def refusal(answer: WebhookResponse) -> str:
    """Slack's reason for a refusal; "" where it took the answer, which it may say with `ok` as a word or in JSON."""
    try:
        said = json.loads(answer.body or "")
    except ValueError:
        said = None
    given = str(said.get("error") or "") if isinstance(said, dict) else (answer.body or "").strip()[:100]
    is_refused = isinstance(said, dict) and said.get("ok") is False
    if 200 <= answer.status_code < 300 and not is_refused:
        return ""
    return given or f"HTTP {answer.status_code}"
