"""What is attacked: a local workspace, and the bot's serve and work over a database with the sample portfolio."""

import hashlib
import hmac
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

import yaml
from sqlalchemy import select
from sqlmodel import Session, col

from benchmarks.running import running
from bot import demo
from bot.config import Settings
from bot.db import Database
from bot.models import Audience, Channel, Contract, Role
from tests.acceptance.office import AMIRA, NORTH_EAST

T = TypeVar("T")
ANSWERS_WITHIN = 3.0  # seconds for which Slack waits
STARTS_WITHIN = 60.0
FORM = "application/x-www-form-urlencoded"
_numbers = count(1)


@dataclass(frozen=True)
class Answer:
    """An answer, or what a person is told where none came in time: status 0."""

    status: int
    text: str = ""


@dataclass
class World:
    """What runs, and how to reach it."""

    settings: Settings
    folder: Path
    workspace_url: str
    database: Database
    _forking: subprocess.Popen[str]
    _started: dict[int, str] = field(default_factory=dict)

    @property
    def log(self) -> Path:
        """What the bot's programs have logged."""
        return self.folder / "log"

    def start(self, name: str) -> int:
        """Start `serve` or `work`; the process id of it, once it answers."""
        assert self._forking.stdin
        assert self._forking.stdout
        self._forking.stdin.write(f"{name} {self.settings.port} {self.log}\n")
        self._forking.stdin.flush()
        process = int(self._forking.stdout.readline())
        self._started[process] = name
        if name == "serve":
            wait_for(lambda: self.get("/readyz").status == 200, STARTS_WITHIN, "serve did not start")
        return process

    def end(self, process: int, how: signal.Signals) -> None:
        """Send a process that was started here a signal, and wait until it is gone. TimeoutError after 15 seconds."""
        del self._started[process]
        try:
            os.kill(process, how)
            wait_for(lambda: not is_there(process), 15, f"process {process} did not end")
        finally:
            if is_there(process):
                os.kill(process, signal.SIGKILL)

    def end_all(self) -> None:
        """End what still runs."""
        for process in list(self._started):
            if is_there(process):
                self.end(process, signal.SIGKILL)

    def get(self, path: str) -> Answer:
        """The answer to a probe."""
        return self._ask("GET", path, b"", {})

    def type(self, command: str, user: str = AMIRA, channel: str = NORTH_EAST, trigger: str = "") -> Answer:
        """Type a command: a new delivery, or again the one with this trigger."""
        name, _, text = command.partition(" ")
        form = {"command": name, "text": text, "user_id": user, "team_id": "T0DEPT", "channel_id": channel}
        form |= {"trigger_id": trigger or new_trigger(), "response_url": "http://127.0.0.1:9/unused"}
        return self.post(urlencode(form).encode(), FORM)

    def post(self, body: bytes, kind: str, *, secret: str | None = None, at: int | None = None) -> Answer:
        """A request as Slack signs it, unless another secret or instant is given."""
        moment = str(int(time.time()) if at is None else at)
        key = (self.settings.slack_signing_secret.get_secret_value() if secret is None else secret).encode()
        signature = hmac.new(key, b"v0:" + moment.encode() + b":" + body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": kind, "X-Slack-Request-Timestamp": moment, "X-Slack-Signature": f"v0={signature}"}
        return self._ask("POST", "/slack/events", body, headers)

    def read(self, query: Callable[[Session], T]) -> T:
        """What the database says."""
        with self.database.reading() as session:
            return query(session)

    def _ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.settings.port, timeout=ANSWERS_WITHIN)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return Answer(answer.status, answer.read().decode())
        except (OSError, http.client.HTTPException):
            return Answer(0)
        finally:
            connection.close()


def new_trigger() -> str:
    """What Slack calls one delivery."""
    return f"{next(_numbers)}.{time.time_ns()}"


def is_there(process: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has waited for does not."""
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] not in ("Z", "X")


def peak_megabytes(process: int) -> float:
    """What a process has needed of memory at most (proc_pid_status(5): VmHWM)."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM:"))) / 1024


def wait_for(condition: Callable[[], bool], seconds: float, otherwise: str) -> None:
    """Wait until something is so. TimeoutError, which says `otherwise`, if it is not in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(otherwise)
        time.sleep(0.05)


@contextmanager
def opened(database_url: str, folder: Path, contracts: int = 20) -> Iterator[World]:
    """The workspace and an empty database with the sample portfolio and as many contracts more, each with a channel of
    its own. Nothing of the bot runs yet."""
    port, bot_port = demo.free_port(0), demo.free_port(0)
    settings = demo.demo_settings(folder, port, bot_port).model_copy(update={"database_url": database_url})
    demo.prepare(settings, folder)
    seed = folder / "seed.yaml"
    seed.write_text(yaml.safe_dump(_with_channels(contracts)), encoding="utf-8")
    token, secret = (each.get_secret_value() for each in (settings.slack_bot_token, settings.slack_signing_secret))
    environment = {**os.environ, "WORKSPACE_BOT_TOKEN": token, "WORKSPACE_SIGNING_SECRET": secret}
    environment |= {"SLACK_BOT_TOKEN": token, "SLACK_SIGNING_SECRET": secret, "DATABASE_URL": settings.database_url}
    environment |= {"SLACK_API_URL": settings.slack_api_url}
    workspace = ("workspace", "--seed", str(seed), "--manifest", str(demo.MANIFEST), "--port", str(port), "--pace", "0")
    to_bot = ("--bot-url", f"http://127.0.0.1:{bot_port}/slack/events")
    with ExitStack() as stack:
        database = stack.enter_context(closing(Database(settings.database_url)))
        _add_contracts(database, contracts)
        stack.enter_context(running((*workspace, *to_bot), port, "/", environment))
        forking = stack.enter_context(_forking(environment))
        world = World(settings, folder, f"http://127.0.0.1:{port}", database, forking)
        stack.callback(world.end_all)
        yield world


@contextmanager
def _forking(environment: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.soak.forking"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True) as process:  # ours
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.kill()


def _with_channels(contracts: int) -> object:
    """The demonstration's workspace with a channel more for each contract."""
    seed = yaml.safe_load((demo.HERE / "workspace.yaml").read_text(encoding="utf-8"))
    seed["channels"] += [
        {"id": channel_of(n), "name": f"soak-{n}", "private": True, "members": [AMIRA], "bot": True}
        for n in range(contracts)
    ]
    return seed


def _add_contracts(database: Database, contracts: int) -> None:
    """Contracts like the sample's first, with the same people."""
    with database.writing() as session:
        model = session.scalars(select(Contract).where(col(Contract.reference) == "WP-NE")).one()
        held = session.scalars(select(Role).where(col(Role.contract_id) == model.id)).all()
        for n in range(contracts):
            row = Contract(**model.model_dump(exclude={"id", "public_id", "reference"}), reference=reference_of(n))
            session.add(row)
            session.flush()
            place = {"contract_id": row.id, "audience": Audience.INTERNAL, "created_at": demo.BEGINS}
            session.add(Channel.model_validate({"slack": channel_of(n), **place}))
            session.add_all(Role(**each.model_dump(exclude={"id", "contract_id"}), contract_id=row.id) for each in held)


def reference_of(number: int) -> str:
    """The reference of a further contract."""
    return f"SO-{number:03}"


def channel_of(number: int) -> str:
    """The channel of a further contract."""
    return f"C0SOAK{number:03}"
