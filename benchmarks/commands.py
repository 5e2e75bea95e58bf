"""A durable command beside a no-op on a bare Bolt app, and the local workspace by itself."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from sqlalchemy import func, select
from sqlmodel import col

from benchmarks.figures import Figure, Size, run_alone
from benchmarks.load import Target, Timings, typed
from benchmarks.load import measure as send
from benchmarks.posting import calls_a_second
from benchmarks.running import events, running
from benchmarks.serving import Serving, serving
from bot import demo
from bot.db import Database
from bot.models import Receipt, Risk, TrailEntry

CLIENTS = 16
LINE = 'raise WP-NE "Advisers leaving faster than hired {n}" likely minor'


def measure(size: Size) -> list[Figure]:
    """Start a workspace, the bot and the bare app, measure them in turn, and print the figures."""
    with serving() as bot, ExitStack() as stack:
        calls = _print_calls(bot, size)
        port = demo.free_port(0)
        stack.enter_context(running(("benchmarks.bare", str(port)), port, "/healthz", bot.environment))
        ours = bot.target(typed("/risk", LINE), "is raised")
        bare = replace(bot.target(typed("/risk", LINE), "ok"), url=events(port))
        sent, figures = _compare(ours, bare, size)
        _check_durable(bot.settings.database_url, sent)
        return [*figures, Figure("local workspace, calls a second", calls, "", 1500, at_least=True)]


def _print_calls(bot: Serving, size: Size) -> float:
    """What the workspace takes by itself, so that it is known not to be the narrow place of the other figures; the
    least of the figures."""
    token = bot.settings.slack_bot_token.get_secret_value()
    calls = asyncio.run(calls_a_second(bot.workspace_port, token, size))
    floor = max(calls.values())
    print(f"\n{'local workspace, calls a second':34}{'':>22}{'':>14}{'ratio':>9}")
    for name, figure in calls.items():
        print(f"{name:34}{figure:>22,.0f}{'':>14}{figure / floor:>9.2f}")
    return min(calls.values())


def _compare(ours: Target, bare: Target, size: Size) -> tuple[int, list[Figure]]:
    """Measure both in turn, several rounds, and print the middle round; how many commands ours was sent, and the
    figures."""
    rounds, alone_each, together_each, warm = size.of((3, 400, 2000, 200), (1, 60, 300, 50))
    for target in (ours, bare):
        asyncio.run(send(target, warm, CLIENTS))
    alone, together = [], []
    for _ in range(rounds):
        alone.append([asyncio.run(send(target, alone_each, 1)) for target in (ours, bare)])
        together.append([asyncio.run(send(target, together_each, CLIENTS)) for target in (ours, bare)])
    one = sorted(alone, key=lambda pair: pair[0].percentile(0.5))[rounds // 2]
    many = sorted(together, key=lambda pair: pair[0].throughput / pair[1].throughput)[rounds // 2]
    print(f"\n{'':34}{'durable /risk raise':>22}{'bare no-op':>14}{'ratio':>9}")
    _row("one client, p50 (ms)", one, lambda t: t.percentile(0.5))
    _row("one client, p99 (ms)", one, lambda t: t.percentile(0.99))
    _row(f"{CLIENTS} clients, commands a second", many, lambda t: t.throughput)
    _row(f"{CLIENTS} clients, p99 (ms)", many, lambda t: t.percentile(0.99))
    ratio, p50 = many[0].throughput / many[1].throughput, one[0].percentile(0.5)
    named = f"durable /risk raise of a no-op on stock Bolt, {CLIENTS} clients"
    return warm + rounds * (alone_each + together_each), [
        Figure(named, ratio, "times", 0.4, at_least=True, then=0.6),
        Figure("durable /risk raise, one client, p50", p50, "ms", 3),
    ]


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


if __name__ == "__main__":
    run_alone("commands", measure)
