"""The job that redraws opened App Home pages when their content has changed."""

import asyncio
import logging
from datetime import datetime, timedelta
from functools import partial

from bot import homes
from bot.delivery.messages import View
from bot.delivery.slack_answers import Limited, Refused, SlackFailure
from bot.homes import StalePage
from bot.identity import Identity, Unknown, find_actor
from bot.services.pages import home as home_page
from bot.services.pages.home import home_view
from bot.services.unit_of_work import ActorContext, UnitOfWork
from jobs.context import JobContext, Planned

NAME = "homes"
AGAIN = timedelta(minutes=1)
log = logging.getLogger(__name__)


async def run(ctx: JobContext, now: datetime) -> int:
    """Redraw the stale pages that have been quiet for a while; returns how many were published."""
    units = ctx.units(NAME, now)
    if await units.read(_is_new_day):
        await units.write(home_page.note_new_day)
    if not await units.read(_due):  # mostly no page is due, and then there is no write to wait for
        return 0
    pages = await units.write(lambda work: homes.claim(work.session, now))
    return sum(await asyncio.gather(*(_draw(ctx, page, now) for page in pages)))


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """The people whose pages a run would redraw."""
    pages = await ctx.units(NAME, now).read(_due)
    return [Planned(page.slack, "their App Home page", "something that it shows has changed") for page in pages]


async def next_due(ctx: JobContext, now: datetime) -> datetime | None:
    """When the next page is due, which may be in the past; None if nobody has opened a page."""
    return await ctx.units(NAME, now).read(_next_due)


def _next_due(work: UnitOfWork) -> datetime | None:
    if not homes.any_opened(work.session):
        return None
    return min(filter(None, (homes.next_due(work.session), home_page.next_morning(work))))


def _due(work: UnitOfWork) -> list[StalePage]:
    return homes.due(work.session, work.now)


def _is_new_day(work: UnitOfWork) -> bool:
    return homes.any_opened(work.session) and home_page.is_due(work)


async def _draw(ctx: JobContext, page: StalePage, now: datetime) -> bool:
    """Redraw one page if its content has changed; returns whether it was published."""
    try:
        identity = await ctx.slack.identity(page.slack)
        view = await ctx.units(NAME, now).read(partial(_view, identity=identity))
        shown = homes.digest(view)
        if shown != page.shown:
            await ctx.slack.publish_home(page.slack, view)
    except (Unknown, Refused) as gone:  # a deactivated person, one without a known organisation, or no Home tab
        log.info("the page of %s is drawn no more: %s", page.slack, gone)
        await ctx.database.write(partial(homes.forget, page=page))
        return False
    except SlackFailure as failure:
        wait = failure.wait if isinstance(failure, Limited) else AGAIN
        log.warning("the page of %s waits: %s", page.slack, failure)
        await ctx.database.write(partial(homes.postpone, page=page, until=now + wait))
        return False
    await ctx.database.write(partial(homes.settle, page=page, shown=shown))
    return shown != page.shown


def _view(work: UnitOfWork, identity: Identity) -> View:
    actor = find_actor(work.session, identity)
    return home_view(ActorContext(work.session, work.now, work.published_calendar, work.messages, work.by, actor))
