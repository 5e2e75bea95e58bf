"""The office: a local workspace and the bot on free ports, and the people of the sample portfolio in it."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, TypeVar
from urllib.parse import urlencode

import httpx
from pydantic import SecretStr
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from bot import demo
from bot.app import Liaison, build
from bot.clock import MovableClock
from bot.config import Settings
from bot.interactions.time_limit import BEGINS_WITHIN
from jobs import job_named
from jobs.context import Planned
from tests import played, written_logs
from workspace import Control, Person, Seed, Server, create_app, load_seed
from workspace import Settings as WorkspaceSettings
from workspace.client.http import connection
from workspace.client.person import Modal
from workspace.core import Workspace

T = TypeVar("T")
AMIRA, CALLUM, HELEN, MARTHA = "U0AMIRA", "U0CALLUM", "U0HELEN", "U0MARTHA"  # the last is in no contract
PRIYA, TOMASZ = "U0PRIYA", "U0TOMASZ"  # of two partners
GUEST = "U0GUEST"  # of Northgate, in the department's own workspace, where a test asks for one
SLACK_WAITS = 3.0  # seconds
# A machine that is shared may pause for longer than that, which is not what most tests are about.
PATIENTLY = 30.0
METRICS_TOKEN = "of-whoever-asks-for-figures"
PORTFOLIO, NORTH_EAST, NORTH_EAST_SHARED = "C0PORTFOLIO", "C0WPNE", "C0WPNENG"


@dataclass
class Office:
    """The whole product, running: people act through the workspace, jobs run when a test says so."""

    liaison: Liaison
    clock: MovableClock
    workspace_url: str
    bot_url: str
    stack: ExitStack
    workspace: Workspace
    _http: httpx.Client

    def person(self, user: str) -> Person:
        """Somebody at their keyboard."""
        return self.stack.enter_context(Person(self.workspace_url, user))

    def post(
        self, form: Mapping[str, str], *, timestamp: int | None = None, secret: str | None = None, at: str = ""
    ) -> httpx.Response:
        """A request to the bot, or to another `at` an address, as Slack would sign it, with what every request has: for
        what a workspace would not send of itself."""
        return self._signed(urlencode(_whole(form)), "application/x-www-form-urlencoded", timestamp, secret, at)

    def tell(self, event_id: str, **event: object) -> httpx.Response:
        """An event, as Slack would sign it."""
        return self.post_json({"type": "event_callback", "team_id": "T0DEPT", "event_id": event_id, "event": event})

    def post_json(self, body: Mapping[str, object]) -> httpx.Response:
        """A request with JSON, as Slack would sign it."""
        return self._signed(json.dumps(body), "application/json")

    def _signed(
        self, body: str, content_type: str, timestamp: int | None = None, secret: str | None = None, to: str = ""
    ) -> httpx.Response:
        at = str(int(time.time()) if timestamp is None else timestamp)
        key = (secret or self.liaison.settings.slack_signing_secret.get_secret_value()).encode()
        signature = "v0=" + hmac.new(key, f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": content_type,
            "X-Slack-Request-Timestamp": at,
            "X-Slack-Signature": signature,
        }
        return self._http.post(f"{to}/slack/events", content=body, headers=headers)

    def drain(self) -> None:
        """Wait for what the bot still does after it has answered."""
        self._http.get("/drained").raise_for_status()

    def settle(self) -> None:
        """Wait until the bot has heard of what people wrote, and has done what it does after that."""
        with Control(self.workspace_url) as control:
            control.settle()
        self.drain()

    def run(self, job: str) -> int:
        """Run a job at the clock's instant."""
        return finish(job_named(job).run(self.liaison.jobs, self.clock.now()))

    def plan(self, job: str) -> list[Planned]:
        """What a job would send at the clock's instant."""
        return finish(job_named(job).plan(self.liaison.jobs, self.clock.now()))

    def deliver(self) -> int:
        """Deliver until nothing can be sent, a second at a time as Slack's limit for a channel asks; how many were."""
        sent = 0
        while tried := self.run("deliver"):
            sent += tried
            self.clock.advance(timedelta(seconds=1))
        return sent

    def read(self, query: Callable[[Session], T]) -> T:
        """What the database says."""
        with self.liaison.database.reading() as session:
            return query(session)


def _whole(form: Mapping[str, str]) -> dict[str, str]:
    """A command or an interaction, with what Slack always says besides."""
    unused = "http://127.0.0.1:9/unused"
    if "payload" not in form:
        return {"response_url": unused, "channel_id": PORTFOLIO, **form}
    payload = {"response_url": unused, **json.loads(form["payload"])}
    if "view" in payload:
        payload["view"] = {"type": "modal", **payload["view"]}
    return {**form, "payload": json.dumps(payload)}


def finish(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end on a thread of its own: the browser tests have a loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def whole_form(person: Person) -> Modal:
    """The open contact form with all of its fields."""
    person.click(person.modal(), "More")

    def grown(each: Person) -> Modal | None:
        form = each.modal()
        return form if any(block.get("block_id") == "purpose" for block in form.blocks) else None

    form: Modal = person.wait(grown)
    return form


def words(modal: Modal | None) -> str:
    """Everything that a form says."""
    return "" if modal is None else "\n".join(_texts(modal.view))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            if key == "text" and isinstance(part, str):
                yield part
            else:
                yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)


@cache
def sample_seed() -> Seed:
    """The people and channels of the demonstration. Nobody changes them, so they are read once."""
    return load_seed(demo.HERE / "workspace.yaml")


class _Later:
    """An ASGI application that is built after its port is known."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


@contextmanager
def open_office(
    database_url: str,
    *,
    socket_mode: bool = False,
    seed: Seed | None = None,
    counts: bool = True,
    trail_channel: str | None = None,
    waits: float = PATIENTLY,
) -> Iterator[Office]:
    """Start both on free ports, over the given database, with the sample's people and channels unless others are
    given; everything stops when the block ends. What is done in it `counts` as played (tests/played.py). Slack `waits`
    for so many seconds, and the bot for its share of them."""
    clock, later = MovableClock(demo.BEGINS), _Later()
    bot_server = Server(later)
    manifest = json.loads(demo.MANIFEST.read_text(encoding="utf-8"))
    ours = WorkspaceSettings(
        seed=seed or sample_seed(),
        manifest=manifest,
        bot_url=None if socket_mode else f"{bot_server.url}/slack/events",
        now=clock.now,
        patience=waits,
    )
    with ExitStack() as stack:
        app = create_app(ours)
        workspace = stack.enter_context(Server(app))
        settings = Settings(
            slack_bot_token=SecretStr(ours.bot_token),
            slack_signing_secret=SecretStr(ours.signing_secret),
            slack_app_token=SecretStr(ours.app_token) if socket_mode else None,
            slack_api_url=f"{workspace.url}/api/",
            slack_client_id=None,
            database_url=database_url,
            trail_channel=trail_channel,
            metrics_token=SecretStr(METRICS_TOKEN),
        )
        liaison = build(settings, clock, begins_within=waits * BEGINS_WITHIN / SLACK_WAITS)
        stack.callback(liaison.close)

        async def drained(_request: Request) -> Response:
            await liaison.router.followups.drain()
            return Response()

        if counts:
            played.note(liaison.bolt, over="socket" if socket_mode else "http")
        written_logs.note(liaison.bolt, ours.signing_secret)
        later.app = liaison.web(Route("/drained", drained))
        stack.enter_context(bot_server)
        http = stack.enter_context(connection(bot_server.url, ""))
        yield Office(liaison, clock, workspace.url, bot_server.url, stack, app.state.workspace, http)
