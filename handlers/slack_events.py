"""Changes in Slack that no person makes through Liaison: channels are shared or renumbered, accounts change."""

import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse

from bot.delivery.directory import Directory
from bot.interactions.payloads import Notice
from bot.interactions.router import Router
from bot.services.people import slack_changes
from bot.services.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)


def register(app: AsyncApp, router: Router) -> None:
    """Register the events."""
    app.use(rate_limited)
    router.on_notice(app, "channel_shared", shared)
    router.on_notice(app, "channel_unshared", unshared)
    router.on_notice(app, "channel_id_changed", renumbered)
    router.on_notice(app, "user_change", lost_access, matters=partial(may_have_lost_access, router.directory))


async def rate_limited(body: dict[str, Any], next: Callable[[], Awaitable[BoltResponse]]) -> BoltResponse:
    """Note that Slack kept events back for a minute, because there were more than it sends to an app.

    docs.slack.dev/reference/events/app_rate_limited. It is no event, so no listener hears of it.
    """
    if body.get("type") == "app_rate_limited":
        log.error("Slack kept back the events of the minute %s: there were too many", body.get("minute_rate_limited"))
        return BoltResponse(status=200)
    return await next()


def shared(work: UnitOfWork, notice: Notice) -> None:
    """Another organisation joined a channel (docs.slack.dev/reference/events/channel_shared)."""
    about = notice.about
    slack_changes.organisation_joined(work, about["channel"], about["connected_team_id"], notice.key)


def unshared(work: UnitOfWork, notice: Notice) -> None:
    """Another organisation left a channel (docs.slack.dev/reference/events/channel_unshared)."""
    about = notice.about
    slack_changes.organisation_left(work, about["channel"], about["previously_connected_team_id"])


def renumbered(work: UnitOfWork, notice: Notice) -> None:
    """A channel has a new id (docs.slack.dev/reference/events/channel_id_changed)."""
    slack_changes.channel_renumbered(work, notice.about["old_channel_id"], notice.about["new_channel_id"])


def may_have_lost_access(directory: Directory, notice: Notice) -> bool:
    """Forget what is cached of the person, and return whether they were deactivated or are a guest.

    People change their status all day, so other changes are not recorded.
    """
    user = notice.about["user"]
    directory.forget(user["id"])
    return bool(user.get("deleted") or user.get("is_restricted") or user.get("is_ultra_restricted"))


def lost_access(work: UnitOfWork, notice: Notice) -> None:
    """A person was deactivated or is a guest (docs.slack.dev/reference/events/user_change)."""
    user = notice.about["user"]
    slack_changes.lost_access(work, user["id"], is_deactivated=bool(user.get("deleted")))
