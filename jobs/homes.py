"""Drawing App Home pages anew: those that were opened once, when what they show has changed."""

import asyncio
import logging
from datetime import datetime, timedelta
from functools import partial

from sqlmodel import Session

from bot import homes
from bot.delivery.messages import View
from bot.delivery.slack import Limited, Refused, SlackFailure
from bot.domain.calendar import CalendarEnds
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
    """Draw the stale pages that have been quiet for a while; how many were published."""
    pages = await ctx.work(NAME, now, _claim)
    return sum(await asyncio.gather(*(_draw(ctx, page, now) for page in pages)))


async def plan(ctx: JobContext, now: datetime) -> list[Planned]:
    """Whose pages a run would draw."""
    pages = await ctx.database.read(lambda session: homes.due(session, now))
    return [Planned(page.slack, "their App Home page", "something that it shows has changed") for page in pages]


async def next_due(ctx: JobContext, now: datetime) -> datetime | None:
    """When the next page is due, which may have passed; None where nobody has opened one."""

    def unit(session: Session) -> datetime | None:
        if not homes.any_opened(session):
            return None
        morning = home_page.next_morning(UnitOfWork(session, now, ctx.messages, f"job {NAME}"))
        return min(filter(None, (homes.next_due(session), morning)))

    return await ctx.database.read(unit)


def _claim(work: UnitOfWork) -> list[StalePage]:
    if homes.any_opened(work.session):
        try:
            home_page.note_new_day(work)
        except CalendarEnds as ends:  # what changes is drawn all the same
            log.warning("no page is drawn for the new day: %s", ends)
    return homes.claim(work.session, work.now)


async def _draw(ctx: JobContext, page: StalePage, now: datetime) -> bool:
    """Draw one page, if it shows something else than before; whether it was published."""
    try:
        identity = await ctx.slack.identity(page.slack)
        view = await ctx.database.read(partial(_view, ctx, identity, now))
        shown = homes.digest(view)
        if shown != page.shown:
            await ctx.slack.publish_home(page.slack, view)
    except (Unknown, Refused) as gone:  # deactivated, of no organisation that counts, or with no Home tab
        log.info("the page of %s is drawn no more: %s", page.slack, gone)
        await ctx.database.write(partial(homes.forget, page=page))
        return False
    except SlackFailure as failure:
        wait = failure.wait if isinstance(failure, Limited) else AGAIN
        log.warning("the page of %s waits: %s", page.slack, failure)
        await ctx.database.write(partial(homes.put_off, page=page, until=now + wait))
        return False
    await ctx.database.write(partial(homes.settle, page=page, shown=shown))
    return shown != page.shown


def _view(ctx: JobContext, identity: Identity, now: datetime, session: Session) -> View:
    actor = find_actor(session, identity)
    return home_view(ActorContext(session, now, ctx.messages, f"job {NAME}", actor))
