"""The workspace from the command line: `python -m workspace --seed seed.yaml --manifest manifest.json`."""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

import uvicorn

from workspace.app import create_app
from workspace.control.timekeeping import RunningClock
from workspace.settings import Settings, system_now
from workspace.state.seed import load_seed
from workspace.support import support_lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve a workspace until it is interrupted; one line is printed once it is ready."""
    options = _parser().parse_args(arguments)
    try:
        settings = _settings(options)
    except (OSError, ValueError, KeyError) as error:
        print(f"workspace: {error}", file=sys.stderr)
        return 2
    config = uvicorn.Config(
        create_app(settings),
        host=options.host,
        port=options.port,
        log_level="warning",
        ws="websockets-sansio",
        timeout_graceful_shutdown=1,
    )
    _Announcing(config).run()
    return 0


class _Announcing(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            port = self.servers[0].sockets[0].getsockname()[1]  # the one that was free, where port 0 was asked for
            print(f"Workspace ready at http://{self.config.host}:{port}/", flush=True)


class _SayMethods(argparse.Action):
    """`--methods`: what of Slack is here, a line for each method and event, and nothing else is done."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        lines = support_lines()
        width = max(len(line.name) for line in lines) + 2
        for line in lines:
            print(f"{line.kind:8}{line.name:{width}}{line.level:15}{line.note}".rstrip())
        parser.exit()


def _settings(options: argparse.Namespace) -> Settings:
    """The settings that the options and the environment ask for."""
    clock = RunningClock(options.start) if options.start else None
    return Settings(
        seed=load_seed(options.seed),
        manifest=json.loads(options.manifest.read_text(encoding="utf-8")),
        bot_url=options.bot_url,
        now=clock.now if clock else system_now,
        put_clock=clock.put if clock else None,
        clock_url=options.clock_url,
        signing_secret=os.environ.get("WORKSPACE_SIGNING_SECRET") or Settings.signing_secret,
        bot_token=os.environ.get("WORKSPACE_BOT_TOKEN") or Settings.bot_token,
        app_token=os.environ.get("WORKSPACE_APP_TOKEN") or Settings.app_token,
        pace=options.pace,
    )


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m workspace", description="A strict local Slack.")
    parser.add_argument("--methods", action=_SayMethods, nargs=0, help="list what is supported, and end")
    parser.add_argument("--seed", type=Path, required=True, help="people, organisations and channels (YAML)")
    parser.add_argument("--manifest", type=Path, required=True, help="the app's manifest (JSON)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    parser.add_argument("--port", type=int, default=8065, help="port to listen on (default %(default)s)")
    parser.add_argument("--bot-url", help="where the app takes requests; not needed with Socket Mode")
    parser.add_argument("--clock-url", help="who moves time when somebody asks for it on the page")
    parser.add_argument("--start", type=_instant, help="the instant it is at the start (ISO 8601, UTC if unsaid)")
    parser.add_argument(
        "--pace", type=float, default=1.0, help="how many times Slack's rate limits are allowed; 0 for no limits"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
