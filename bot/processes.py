"""`liaison serve` and `liaison work`: the process that answers Slack, and the one that runs the jobs."""

import asyncio
import signal

import uvicorn

from bot.app import build
from bot.config import Settings
from bot.migrations import require_up_to_date


def serve(host: str) -> None:
    """Answer Slack's requests until ended."""
    settings = Settings.read()
    liaison = build(settings)
    try:
        require_up_to_date(liaison.database.engine)
        liaison.get_ready()
        web = liaison.web(watched=True)
        uvicorn.run(
            web,
            host=host,
            port=settings.port,
            log_config=None,
            access_log=False,
            proxy_headers=False,
        )
    finally:
        liaison.close()


def work() -> None:
    """Run the jobs until ended."""
    asyncio.run(_work(Settings.read()))


async def _work(settings: Settings) -> None:
    liaison, stop = build(settings), asyncio.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(ending, stop.set)
    try:
        require_up_to_date(liaison.database.engine)
        liaison.get_ready()
        await liaison.runs.watch_over(liaison.clock.now())
        scheduler = liaison.scheduler()
        scheduler.start()
        async with liaison.watching():
            await stop.wait()
        await liaison.stop(scheduler)
    finally:
        liaison.close()
