"""The demonstration: the whole product on one machine, with a sample portfolio and its own clock.

It begins on Monday 4 January 2027 at 9am, when the weekly summary and the prompts for December's reports are due.
"""

import asyncio
import contextlib
import os
import secrets
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import typer
import uvicorn
from pydantic import SecretStr

from bot.app import Liaison, build
from bot.clock import MovableClock, SystemClock
from bot.config import Settings
from bot.db import Database
from bot.delivery.messages import Messages
from bot.demo.clock_http import CLOCK_PATH, clock_route, workspace_clock
from bot.demo.policy import issue_policy
from bot.demo.timeline import Timeline
from bot.domain.calendar import published
from bot.migrations import migrate
from bot.services.portfolio.applying import apply
from bot.services.portfolio.planning import plan
from bot.services.portfolio.reading import read
from bot.services.unit_of_work import UnitOfWork
from jobs import JOBS

HERE = Path(__file__).parent
SAMPLE = HERE / "portfolio.yaml"
MANIFEST = HERE.parent.parent / "manifest.json"
BEGINS = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)
IMPORTED_BEFORE = timedelta(minutes=5)


async def run(port: int, folder: Path) -> None:
    """Start the workspace, the bot and its jobs, print the page's address, and run until interrupted."""
    workspace_port, bot_port = free_port(port), free_port(0)
    settings = demo_settings(folder, workspace_port, bot_port)
    async with workspace_running(settings, workspace_port, bot_port) as ready:
        prepare(settings, folder)
        clock = MovableClock(BEGINS, ticking=SystemClock().now)
        liaison = build(settings, clock)
        await liaison.runs.watch_over(clock.now())
        liaison.get_ready()
        async with workspace_clock(f"http://127.0.0.1:{workspace_port}/control/clock") as tell:
            try:
                await ready()
                timeline = Timeline(clock, JOBS, liaison.runs, tell)
                await _serve(liaison, timeline, bot_port, f"http://127.0.0.1:{workspace_port}/")
            finally:
                liaison.close()


def demo_settings(folder: Path, workspace_port: int, bot_port: int) -> Settings:
    """Settings for a workspace on this machine, with newly made secrets."""
    return Settings(
        slack_bot_token=SecretStr(f"xoxb-{secrets.token_hex(16)}"),
        slack_signing_secret=SecretStr(secrets.token_hex(16)),
        slack_app_token=None,
        slack_api_url=f"http://127.0.0.1:{workspace_port}/api/",
        slack_client_id=None,
        database_url=f"sqlite:///{folder / f'liaison-{workspace_port}.db'}",
        port=bot_port,
    )


def prepare(settings: Settings, folder: Path) -> None:
    """A new database with the sample portfolio, imported five minutes before the demonstration begins, and a policy."""
    folder.mkdir(parents=True, exist_ok=True)
    file = Path(settings.database_url.removeprefix("sqlite:///"))
    for old in (file, file.with_name(f"{file.name}-wal"), file.with_name(f"{file.name}-shm")):
        old.unlink(missing_ok=True)
    with contextlib.closing(Database(settings.database_url)) as database:
        migrate(database.engine)
        with database.writing() as session:
            work = UnitOfWork(session, BEGINS - IMPORTED_BEFORE, published(), Messages(), "import")
            apply(work, plan(work, read(SAMPLE)))
            issue_policy(session, work.calendar, work.messages)


def free_port(wanted: int) -> int:
    """The wanted port if nothing listens on it, else any free port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return free_port(0)
        port: int = probe.getsockname()[1]
        return port


@contextlib.asynccontextmanager
async def workspace_running(
    settings: Settings, port: int, bot_port: int
) -> AsyncIterator[Callable[[], Awaitable[bytes]]]:
    """Run the local workspace as a program of its own until the block ends; gives a function that waits until it is
    ready."""
    secret = settings.slack_signing_secret.get_secret_value()
    environment = {
        **os.environ,
        "WORKSPACE_BOT_TOKEN": settings.slack_bot_token.get_secret_value(),
        "WORKSPACE_SIGNING_SECRET": secret,
        "WORKSPACE_APP_TOKEN": f"xapp-{secrets.token_hex(16)}",
    }
    arguments = {
        "--seed": str(HERE / "workspace.yaml"),
        "--manifest": str(MANIFEST),
        "--port": str(port),
        "--bot-url": f"http://127.0.0.1:{bot_port}/slack/events",
        "--clock-url": f"http://127.0.0.1:{bot_port}{CLOCK_PATH}",
        "--start": BEGINS.isoformat(),
    }
    flat = [part for pair in arguments.items() for part in pair]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "workspace", *flat, env=environment, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None  # noqa: S101  # stdout is a pipe, as requested above
    try:
        yield process.stdout.readline  # it prints one line, once it is ready
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def _serve(liaison: Liaison, timeline: Timeline, port: int, page: str) -> None:
    web = liaison.web(clock_route(timeline, liaison.jobs.calendar))
    server = uvicorn.Server(uvicorn.Config(web, host="127.0.0.1", port=port, log_config=None))
    serving, passing = asyncio.create_task(server.serve()), asyncio.create_task(timeline.run())
    typer.echo(f"\n  Liaison is running. Open {page}\n  Stop it with Ctrl+C.\n")
    try:
        await asyncio.wait((serving, passing), return_when=asyncio.FIRST_COMPLETED)
    finally:  # also after Ctrl+C has ended the server, which then cancels us
        server.should_exit = True
        await asyncio.wait((serving,))
        await timeline.stop(passing)
