"""A durable command beside a no-op on a bare Bolt app, and the local workspace by itself."""

import asyncio
import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import col

from benchmarks.load import Target, Timings, measure, typed
from benchmarks.posting import calls_a_second
from benchmarks.running import events, running
from bot import demo
from bot.db import Database
from bot.models import Receipt, Risk, TrailEntry

ROUNDS, ALONE, TOGETHER, CLIENTS = 3, 400, 2000, 16
LINE = 'raise WP-NE "Advisers leaving faster than hired" likely minor'


def main() -> None:
    """Start a workspace, the bot and the bare app, measure them in turn, and print the figures."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        ports = [demo.free_port(0) for _ in range(3)]
        settings = demo.demo_settings(Path(folder) / "data", ports[0], ports[1])
        demo.prepare(settings, Path(folder) / "data")
        secret = settings.slack_signing_secret.get_secret_value()
        environment = {
            **os.environ,
            "SLACK_BOT_TOKEN": settings.slack_bot_token.get_secret_value(),
            "SLACK_SIGNING_SECRET": secret,
            "SLACK_API_URL": settings.slack_api_url,
            "DATABASE_URL": settings.database_url,
            "PORT": str(ports[1]),
            "WORKSPACE_BOT_TOKEN": settings.slack_bot_token.get_secret_value(),
            "WORKSPACE_SIGNING_SECRET": secret,
        }
        seed = ("--seed", str(demo.HERE / "workspace.yaml"), "--manifest", str(demo.MANIFEST))
        at_full_speed = ("--port", str(ports[0]), "--pace", "0")
        stack.enter_context(running(("workspace", *seed, *at_full_speed), ports[0], "/", environment))
        _print_calls(ports[0], environment["WORKSPACE_BOT_TOKEN"])
        stack.enter_context(running(("bot", "serve", "--host", "127.0.0.1"), ports[1], "/healthz", environment))
        stack.enter_context(running(("benchmarks.bare", str(ports[2])), ports[2], "/healthz", environment))
        ours = Target(events(ports[1]), secret, typed("/risk", LINE), lambda answer: "is raised" in answer)
        bare = Target(events(ports[2]), secret, typed("/risk", LINE), lambda answer: "ok" in answer)
        sent = _compare(ours, bare)
        _check_durable(settings.database_url, sent)


def _print_calls(port: int, token: str) -> None:
    """What the workspace takes by itself, so that it is known not to be the narrow place of the other figures."""
    calls = asyncio.run(calls_a_second(port, token))
    floor = max(calls.values())
    print(f"\n{'local workspace, calls a second':34}{'':>22}{'':>14}{'ratio':>9}")
    for name, figure in calls.items():
        print(f"{name:34}{figure:>22,.0f}{'':>14}{figure / floor:>9.2f}")


def _compare(ours: Target, bare: Target) -> int:
    """Measure both in turn, several rounds, and print the middle round; how many commands ours was sent."""
    for target in (ours, bare):
        asyncio.run(measure(target, 200, CLIENTS))  # warm
    alone, together = [], []
    for _ in range(ROUNDS):
        alone.append([asyncio.run(measure(target, ALONE, 1)) for target in (ours, bare)])
        together.append([asyncio.run(measure(target, TOGETHER, CLIENTS)) for target in (ours, bare)])
    one = sorted(alone, key=lambda pair: pair[0].percentile(0.5))[ROUNDS // 2]
    many = sorted(together, key=lambda pair: pair[0].throughput / pair[1].throughput)[ROUNDS // 2]
    print(f"\n{'':34}{'durable /risk raise':>22}{'bare no-op':>14}{'ratio':>9}")
    _row("one client, p50 (ms)", one, lambda t: t.percentile(0.5))
    _row("one client, p99 (ms)", one, lambda t: t.percentile(0.99))
    _row(f"{CLIENTS} clients, commands a second", many, lambda t: t.throughput)
    _row(f"{CLIENTS} clients, p99 (ms)", many, lambda t: t.percentile(0.99))
    return 200 + ROUNDS * (ALONE + TOGETHER)


def _row(name: str, pair: list[Timings], figure: Callable[[Timings], float]) -> None:
    a, b = figure(pair[0]), figure(pair[1])
    print(f"{name:34}{a:>22.2f}{b:>14.2f}{a / b:>9.2f}")


def _check_durable(url: str, sent: int) -> None:
    """Every command that was acknowledged is in the database, with its audit entry and its receipt."""
    database = Database(url)
    with database.writing() as session:
        risks = session.scalar(select(func.count()).where(col(Risk.title).like("Advisers leaving%")))
        receipts = session.scalar(select(func.count(col(Receipt.key))))
        audited = session.scalar(select(func.count()).where(col(TrailEntry.action) == "risk raised"))
    database.close()
    print(f"\n{sent} acknowledged; in the database: {risks} risks, {audited} audit entries, {receipts} receipts")
    if {risks, receipts, audited} != {sent}:
        raise SystemExit("something that was acknowledged is missing")
