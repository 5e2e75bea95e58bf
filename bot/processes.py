"""`liaison serve` and `liaison work`: the process that answers Slack, and the one that runs the jobs."""

import asyncio
import logging
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta

import typer
import uvicorn
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot import probes
from bot.app import Liaison, build
from bot.config import Settings, SettingsError
from bot.delivery.slack_answers import SlackFailure, Unsettled
from bot.log_lines import facts
from bot.migrations import require_up_to_date

log = logging.getLogger(__name__)
AWAY = "Slack does not answer just now. Liaison asks it again and again, keeps what it is to send, and sends it then."
PROBED_AT = "0.0.0.0"  # noqa: S104  # a host asks from outside of the container
ANSWERS_WITHIN = timedelta(seconds=4)  # in which requests under way are answered, when the process is to end


def serve(host: str) -> None:
    """Answer Slack's requests until ended. Raises `SettingsError` for a token that Slack does not take."""
    settings = Settings.read()
    _note_start(settings)
    liaison = build(settings)
    try:
        require_up_to_date(liaison.database.engine)
        whom = asyncio.run(_for_whom(liaison))
        liaison.get_ready()
        web = liaison.web(watched=True)
        config = uvicorn.Config(
            web,
            host=host,
            port=settings.port,
            log_config=None,
            access_log=False,
            proxy_headers=False,
            timeout_graceful_shutdown=int(ANSWERS_WITHIN.total_seconds()),
        )
        way = "over Socket Mode" if settings.slack_app_token else f"at port {settings.port}"
        line = f"Liaison is ready for {whom}, {way}." if whom else f"Liaison is ready, {way}. {AWAY}"
        _Announcing(config, line).run()
    finally:
        liaison.close()


def _note_start(settings: Settings) -> None:
    database = "SQLite" if settings.database_url.startswith("sqlite") else "PostgreSQL"
    log.info("starts", extra=facts(database=database))


class _Announcing(uvicorn.Server):
    """A server that prints one line when it is ready, and notes that and its end in the log."""

    def __init__(self, config: uvicorn.Config, line: str) -> None:
        super().__init__(config)
        self._line = line

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            log.info("ready", extra=facts(port=self.config.port))
            typer.echo(self._line)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        log.info("ends")
        await super().shutdown(sockets)


async def _for_whom(liaison: Liaison) -> str:
    """The workspace that the tokens are for; "" if Slack does not answer. Raises `SettingsError` for one that it does
    not take."""
    slack, app_token = liaison.jobs.slack, liaison.settings.slack_app_token
    try:
        installed = await liaison.reached.ask()
    except Unsettled as refused:
        raise SettingsError(
            f"Slack does not take SLACK_BOT_TOKEN ({refused}): copy the bot token from OAuth & Permissions."
        ) from None
    except SlackFailure as failure:  # it may answer later
        log.warning("Slack did not say for whom the token is: %s", failure)
        return ""
    try:
        if app_token is not None:
            await slack.open_socket(app_token.get_secret_value())
    except Unsettled as refused:
        raise SettingsError(
            f"Slack does not take SLACK_APP_TOKEN ({refused}): make an app-level token with connections:write."
        ) from None
    except SlackFailure as failure:
        log.warning("Socket Mode has no connection yet: %s", failure)
    return installed.named


def work() -> None:
    """Run the jobs until ended."""
    asyncio.run(_work(Settings.read()))


async def _work(settings: Settings) -> None:
    _note_start(settings)
    liaison, stop = build(settings, gives_way=True), asyncio.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(ending, stop.set)
    try:
        require_up_to_date(liaison.database.engine)
        liaison.get_ready()
        await liaison.runs.watch_over(liaison.clock.now())
        scheduler = liaison.scheduler()
        scheduler.start()
        async with liaison.watching(), liaison.following_clock(scheduler), _probed(liaison, scheduler):
            log.info("ready", extra=facts(jobs=len(scheduler.get_jobs()), probes_port=settings.probes_port))
            await stop.wait()
        log.info("ends")
        await liaison.stop(scheduler)
    finally:
        liaison.close()


@asynccontextmanager
async def _probed(liaison: Liaison, scheduler: AsyncIOScheduler) -> AsyncIterator[None]:
    """Answer the worker's probes until the block ends, if there is a port for them."""
    port, begun = liaison.settings.probes_port, liaison.clock.now()
    if port is None:
        yield
        return

    def last_began() -> datetime | None:
        return (liaison.runs.began_at or begun) if scheduler.running else None

    app = probes.worker(liaison.clock, liaison.database, last_began)
    server = _Beside(uvicorn.Config(app, host=PROBED_AT, port=port, log_config=None, access_log=False, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await serving


class _Beside(uvicorn.Server):
    """A server beside something else, which hears the signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to it."""
        yield
