"""The composition root: the one place that builds and joins everything."""

import asyncio
import contextlib
import gc
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy.orm import configure_mappers
from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

import handlers
from bot import probes
from bot.clock import Clock, SystemClock
from bot.config import Settings
from bot.db import Database
from bot.delivery.channels import Channels
from bot.delivery.charts import Charts
from bot.delivery.directory import Directory
from bot.delivery.messages import Messages
from bot.delivery.slack import Slack
from bot.domain.calendar import published
from bot.installed import OneWorkspace, Reached
from bot.interactions.commands import Commands
from bot.interactions.followups import Followups
from bot.interactions.rate_limited import RateLimited
from bot.interactions.router import Router
from bot.interactions.time_limit import BEGINS_WITHIN
from bot.job_watch import JobWatch
from bot.receiving import Receiver
from jobs import JOBS, LONDON, Job
from jobs.context import JobContext
from jobs.rehearsal import rehearse
from jobs.runner import JobRunner, tick

log = logging.getLogger(__name__)

SOCKET_CONNECTIONS = 2  # with one, requests that arrive while it reconnects are lost
SOCKET_WITHIN = timedelta(seconds=10)
STOP_WITHIN = timedelta(seconds=10)
DRAINS_WITHIN = timedelta(seconds=4)  # of what goes on after an acknowledgement, when a process is to end
FOLLOWS_CLOCK_EVERY = timedelta(seconds=10)
SLACK_TIMEOUT = timedelta(seconds=15)
# A command lets go of the interpreter at each of its statements, and waits for as long until a thread that draws a page
# gives it back: by default 5 ms, a dozen times.
TURN = 0.0005  # seconds


@dataclass(frozen=True)
class Liaison:
    """The built bot: its listeners, its scheduled jobs, and what both depend on."""

    settings: Settings
    clock: Clock
    database: Database
    bolt: AsyncApp
    router: Router
    jobs: JobContext
    runs: JobRunner
    watch: JobWatch
    reached: Reached
    _running: set[asyncio.Future[int]] = field(default_factory=set)

    def web(self, *more: BaseRoute, watched: bool = False) -> Starlette:
        """The ASGI application that receives Slack's requests; with an app token it also listens over Socket Mode.

        `more` are routes besides Slack's. `watched`: it watches the workers' jobs as well.
        """
        receiver = Receiver(self.bolt, SignatureVerifier(self.settings.slack_signing_secret.get_secret_value()))
        asked = probes.routes(self.settings, self.clock, self.database, self.router.answered, self.reached)
        return Starlette(
            routes=[Route("/slack/events", receiver.receive, methods=["GET", "POST"]), *asked, *more],
            lifespan=lambda _app: self._listening(watched=watched),
        )

    def get_ready(self) -> None:
        """Load what every request and job uses, let the garbage collector pass over it from then on, and let threads
        take turns often.

        For a process that lives long: to look through all of it takes a sixth of a second, perhaps in an open write.
        """
        self.router.messages.load()
        configure_mappers()
        gc.collect()
        gc.freeze()
        sys.setswitchinterval(TURN)

    @asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Watch the jobs until the block ends."""
        looking = asyncio.create_task(self.watch.run())
        try:
            yield
        finally:
            looking.cancel()

    @asynccontextmanager
    async def _listening(self, *, watched: bool) -> AsyncIterator[None]:
        self.router.messages.load()
        token = self.settings.slack_app_token
        secrets = [token.get_secret_value()] * SOCKET_CONNECTIONS if token else []
        connections = [AsyncSocketModeHandler(self.bolt, secret) for secret in secrets]
        # A failing connection is tried again and again, so it runs in a task that does not block stopping.
        connecting = [
            asyncio.create_task(connection.connect_async())  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
            for connection in connections
        ]
        if connecting:
            await asyncio.wait(connecting, timeout=SOCKET_WITHIN.total_seconds())
        asking = asyncio.create_task(self.reached.ask_while_away())
        try:
            async with self.watching() if watched else contextlib.nullcontext():
                yield
        finally:
            for task in (*connecting, asking):
                task.cancel()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DRAINS_WITHIN.total_seconds()):
                    await self.router.followups.drain()
                    await self.router.directory.drain()
            for connection in connections:
                await connection.close_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped

    def scheduler(self) -> AsyncIOScheduler:
        """A scheduler of every job, not yet started. The next run of a job makes up for missed ones."""
        scheduler = AsyncIOScheduler(timezone=LONDON)
        for job in JOBS:
            scheduler.add_job(
                self._run,
                job.trigger,
                args=[job],
                id=job.name,
                max_instances=job.at_once,
                coalesce=True,
                misfire_grace_time=None,
            )
        return scheduler

    @asynccontextmanager
    async def following_clock(self, scheduler: AsyncIOScheduler) -> AsyncIterator[None]:
        """Until the block ends, bring jobs forward whose next run lies too far ahead because the clock was put back."""
        following = asyncio.create_task(self._follow_clock(scheduler))
        try:
            yield
        finally:
            following.cancel()

    async def _follow_clock(self, scheduler: AsyncIOScheduler) -> None:
        while True:
            await asyncio.sleep(FOLLOWS_CLOCK_EVERY.total_seconds())
            bring_forward(scheduler, self.clock.now())

    async def _run(self, job: Job) -> None:
        running = asyncio.ensure_future(self.runs.run(job, self.clock.now()))
        self._running.add(running)
        try:
            # Shielded: when the scheduler ends, a running job still finishes (see stop).
            await asyncio.shield(running)
        finally:
            self._running.discard(running)

    async def stop(self, scheduler: AsyncIOScheduler) -> None:
        """Start no more jobs, and give running ones time to finish: a message sent halfway would be in doubt."""
        scheduler.pause()
        if self._running:
            await asyncio.wait(self._running, timeout=STOP_WITHIN.total_seconds())
        scheduler.shutdown(wait=False)

    def close(self) -> None:
        """Close the database."""
        self.database.close()


def bring_forward(scheduler: AsyncIOScheduler, now: datetime) -> None:
    """Let each job run at the first instant of its trigger after `now`, if its next run is later than that."""
    for job in scheduler.get_jobs():
        first = tick(job.trigger, now)
        if job.next_run_time is not None and job.next_run_time > first:
            job.modify(next_run_time=first)


def build(
    settings: Settings,
    clock: Clock | None = None,
    *,
    gives_way: bool = False,
    begins_within: float = BEGINS_WITHIN,
) -> Liaison:
    """Build the bot from its settings, without connecting to anything.

    `gives_way`: what it writes comes after what others write, because nobody waits for it. `begins_within`: the seconds
    after which a request that has not begun is refused.
    """
    client = _client(settings)
    bolt = _bolt(settings, client)
    clock, calendar, messages, slack = clock or SystemClock(), published(), Messages(), Slack(client)
    database = Database(settings.database_url, gives_way=gives_way)
    charts = Charts(database, slack, clock)
    channels = Channels(slack, clock, database)
    jobs = JobContext(database, calendar, messages, slack, charts, channels, settings.trail_channel, settings.retention)
    runs = JobRunner(jobs)
    followups, commands = Followups(slack, charts, messages), Commands(handlers.COMMANDS, partial(rehearse, jobs, JOBS))
    directory = Directory(slack, database)
    parts = (database, clock, calendar, messages, directory, slack, followups, commands)
    router = Router(*parts, begins_within=begins_within)
    handlers.register(router)
    bolt.use(RateLimited())
    router.listeners.register(bolt)
    return Liaison(settings, clock, database, bolt, router, jobs, runs, JobWatch(runs, clock), Reached(slack))


def _client(settings: Settings) -> AsyncWebClient:
    return AsyncWebClient(
        token=settings.slack_bot_token.get_secret_value(),
        base_url=settings.slack_api_url,
        timeout=int(SLACK_TIMEOUT.total_seconds()),
        retry_handlers=[],
    )


def _bolt(settings: Settings, client: AsyncWebClient) -> AsyncApp:
    logger = logging.getLogger("liaison.bolt")
    # Bolt reads SLACK_BOT_TOKEN itself and warns, at every start, that the client's token comes first.
    logger.addFilter(lambda record: "`token`" not in str(record.msg))
    return AsyncApp(
        name="Liaison",
        logger=logger,
        client=client,
        signing_secret=settings.slack_signing_secret.get_secret_value(),
        authorize=OneWorkspace(settings.slack_bot_token.get_secret_value()),
        process_before_response=True,
        # Middleware that every request would pass through and no handler of ours needs; bot.receiving verifies them.
        request_verification_enabled=False,
        ssl_check_enabled=False,
        ignoring_self_events_enabled=False,
        attaching_function_token_enabled=False,
    )
