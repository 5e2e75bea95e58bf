"""Slack's word that it kept events back for a minute, because there were more than it sends to an app.

docs.slack.dev/reference/events/app_rate_limited. It is no event, so no listener hears of it.
"""

import logging
from collections.abc import Awaitable, Callable

from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

log = logging.getLogger(__name__)


class RateLimited(AsyncMiddleware):
    """Notes it in the log. As a class, because Bolt builds every argument anew for a function."""

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],
    ) -> BoltResponse | None:
        """Answer it here, and pass on everything else."""
        if req.body.get("type") == "app_rate_limited":
            minute = req.body.get("minute_rate_limited")
            log.error("Slack kept back the events of the minute %s: there were too many", minute)
            return BoltResponse(status=200)
        return await next()
