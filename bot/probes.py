"""What a host asks the web process: whether it is alive, whether it can do its work, and figures."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.clock import Clock
from bot.config import Settings
from bot.db import Database
from bot.metrics import CONTENT_TYPE, RequestMetrics, gauge
from bot.migrations import Standing
from bot.services.health.health import Health, figures

T = TypeVar("T")
ANSWERS_WITHIN = timedelta(seconds=5)
log = logging.getLogger(__name__)


def routes(settings: Settings, clock: Clock, database: Database, answered: RequestMetrics) -> list[BaseRoute]:
    """/healthz, /readyz and /metrics. None of them says a secret, or anything of the record but counts."""

    standing = Standing()

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(_request: Request) -> Response:
        reason = await _not_ready(settings, database, standing)
        return PlainTextResponse(reason or "ready", status_code=503 if reason else 200)

    async def metrics(_request: Request) -> Response:
        now = clock.now()
        try:
            health = await _asked(database, lambda session: figures(session, now))
        except (SQLAlchemyError, TimeoutError) as error:
            log.warning("no figures of the database: %s", type(error).__name__)
            return PlainTextResponse("database", status_code=503)
        lines = [*_figures(health, now.timestamp()), *answered.lines()]
        return PlainTextResponse("\n".join(lines) + "\n", media_type=CONTENT_TYPE)

    return [Route("/healthz", alive), Route("/readyz", ready), Route("/metrics", metrics)]


async def _not_ready(settings: Settings, database: Database, standing: Standing) -> str:
    """The word for what is missing; "" for nothing."""
    if not settings.slack_bot_token.get_secret_value().removeprefix("xoxb-"):
        return "token"
    try:
        return await _asked(database, lambda session: standing.problem(session.connection()))
    except (SQLAlchemyError, TimeoutError) as error:
        log.warning("the database does not answer: %s", type(error).__name__)
        return "database"


async def _asked(database: Database, query: Callable[[Session], T]) -> T:
    return await asyncio.wait_for(database.read(query), ANSWERS_WITHIN.total_seconds())


def _figures(health: Health, now: float) -> list[str]:
    oldest = health.outbox.oldest
    succeeded = [(job.name, job.succeeded_at) for job in health.jobs if job.succeeded_at is not None]
    return [
        *gauge(
            "liaison_outbox_messages",
            "Messages by state.",
            [({"state": state.value}, count) for state, count in health.outbox.by_state.items()],
        ),
        *gauge(
            "liaison_outbox_oldest_waiting_age_seconds",
            "Age of the message that has waited longest; 0 where none waits.",
            [({}, 0 if oldest is None else round(now - oldest.timestamp(), 3))],
        ),
        *gauge(
            "liaison_job_last_success_age_seconds",
            "Time since a job last succeeded.",
            [({"job": name}, round(now - at.timestamp(), 3)) for name, at in succeeded],
        ),
        *gauge(
            "liaison_job_late",
            "1 where a job has not succeeded when it should have.",
            [({"job": job.name}, int(job.is_late)) for job in health.jobs],
        ),
    ]
