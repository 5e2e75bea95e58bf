"""The probes for a host: of the web process and of the worker, whether it is alive and whether it is ready; metrics."""

import asyncio
import hmac
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.clock import Clock
from bot.config import Settings
from bot.db import Database
from bot.installed import Reached
from bot.metrics import CONTENT_TYPE, RequestMetrics, gauge
from bot.migrations import Standing
from bot.services.health.health import Health, figures

T = TypeVar("T")
ANSWERS_WITHIN = timedelta(seconds=5)
STUCK_AFTER = timedelta(minutes=1)  # without a job: one begins each second
log = logging.getLogger(__name__)


def routes(
    settings: Settings, clock: Clock, database: Database, answered: RequestMetrics, reached: Reached
) -> list[BaseRoute]:
    """/healthz, /readyz and, for whoever has the token, /metrics. They show no secret, and nothing of the record but
    counts."""

    standing = Standing()

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("ok")

    async def ready(_request: Request) -> Response:
        reason = await _not_ready(settings, database, standing)
        # Ready all the same while Slack is away: what people do may still come, and is kept.
        is_ready = "ready, but Slack does not answer" if reached.is_away else "ready"
        return _answer(reason, is_ready)

    async def metrics(request: Request) -> Response:
        if not _has_token(request, settings):
            return PlainTextResponse("token", status_code=401, headers={"WWW-Authenticate": "Bearer"})
        now = clock.now()
        try:
            health = await _in_time(database.read(lambda session: figures(session, now)))
        except (SQLAlchemyError, TimeoutError) as error:
            log.warning("no figures of the database: %s", type(error).__name__)
            return PlainTextResponse("database", status_code=503)
        lines = [*_figures(health, now.timestamp()), *answered.lines()]
        return PlainTextResponse("\n".join(lines) + "\n", media_type=CONTENT_TYPE)

    probes: list[BaseRoute] = [Route("/healthz", alive), Route("/readyz", ready)]
    return [*probes, Route("/metrics", metrics)] if settings.metrics_token else probes


def worker(clock: Clock, database: Database, last_began: Callable[[], datetime | None]) -> Starlette:
    """/livez and /readyz of a worker, whose last job began at `last_began()`; None if its scheduler does not run.

    A worker is not alive if no job has begun for a minute: to start it again may help. It is ready if its database
    answers as well, and is of this version.
    """
    standing = Standing()

    def stuck() -> str:
        at = last_began()
        return "scheduler" if at is None else "jobs" if clock.now() - at > STUCK_AFTER else ""

    async def alive(_request: Request) -> Response:
        return _answer(stuck(), "ok")

    async def ready(_request: Request) -> Response:
        return _answer(stuck() or await _wrong_with(database, standing), "ready")

    return Starlette(routes=[Route("/livez", alive), Route("/readyz", ready)])


def _answer(reason: str, otherwise: str) -> Response:
    return PlainTextResponse(reason or otherwise, status_code=503 if reason else 200)


def _has_token(request: Request, settings: Settings) -> bool:
    token = settings.metrics_token
    needed = f"Bearer {token.get_secret_value()}" if token else ""
    return hmac.compare_digest(request.headers.get("authorization", "").encode(), needed.encode())


async def _not_ready(settings: Settings, database: Database, standing: Standing) -> str:
    """The word for the missing part; "" if it is ready."""
    if not settings.slack_bot_token.get_secret_value().removeprefix("xoxb-"):
        return "token"
    return await _wrong_with(database, standing)


async def _wrong_with(database: Database, standing: Standing) -> str:
    """The word for what is wrong with the database; "" if nothing is."""
    try:
        return await _in_time(asyncio.to_thread(problem_of, database, standing))
    except (SQLAlchemyError, TimeoutError) as error:
        log.warning("the database does not answer: %s", type(error).__name__)
        return "database"


def problem_of(database: Database, standing: Standing) -> str:
    """The word for what is wrong with the database's revision or shape; "" if nothing is."""
    # On PostgreSQL the shape that is expected is made of temporary tables, which a read-only transaction refuses; on
    # SQLite a connection that may write would wait for the writer. Nothing is committed on either.
    engine = database.reading_engine if database.engine.dialect.name == "sqlite" else database.engine
    with engine.connect() as connection:
        return standing.problem(connection)


async def _in_time(answer: Awaitable[T]) -> T:
    return await asyncio.wait_for(answer, ANSWERS_WITHIN.total_seconds())


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
            "liaison_outbox_given_up_messages",
            "Dead messages that Slack did not take for three days.",
            [({}, health.outbox.given_up)],
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
