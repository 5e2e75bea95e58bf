"""Everything that a workspace is built from."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from workspace.state.seed import Seed


def system_now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Settings:
    """How to build a workspace.

    `now` gives aware UTC instants and is the only clock for timestamps and expiries. `patience` is how many
    real seconds the app has to answer (Slack gives 3). `sleep` waits between retries of an event, in seconds.
    `put_clock` makes `now` show a later instant, where it can; `clock_url` is asked to move time (see timekeeping).
    `pace` is how many times Slack's rate limits are allowed; None is no limits, for benchmarks.
    """

    seed: Seed
    manifest: Mapping[str, Any]
    bot_url: str | None = None
    signing_secret: str = "workspace-signing-secret"  # noqa: S105 - a default for local use only
    bot_token: str = "xoxb-workspace"  # noqa: S105 - a default for local use only
    app_token: str = "xapp-workspace"  # noqa: S105 - a default for local use only
    now: Callable[[], datetime] = system_now
    patience: float = 3.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    put_clock: Callable[[datetime], None] | None = None
    clock_url: str | None = None
    pace: float | None = 1.0
