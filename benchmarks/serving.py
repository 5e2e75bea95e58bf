"""The bot as it serves, in processes of its own beside a local workspace at full speed, over a filled database."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.load import Content, Target
from benchmarks.running import events, running
from bot import demo
from bot.config import Settings
from bot.db import Database
from tests.postgresql import postgresql_server

KINDS = ("sqlite", "postgresql")


@dataclass(frozen=True)
class Serving:
    """What serves: its settings, the environment of its processes, and these with the ports on which they listen."""

    settings: Settings
    environment: Mapping[str, str]
    ports: tuple[int, ...]
    processes: tuple[subprocess.Popen[bytes], ...]

    @property
    def workspace_port(self) -> int:
        """The port of the workspace."""
        return int(self.settings.slack_api_url.split(":")[2].split("/")[0])

    def target(self, content: Content, said: str, *, process: int = 0) -> Target:
        """Requests with this content to one of the processes, whose answers say this."""
        secret = self.settings.slack_signing_secret.get_secret_value()
        return Target(events(self.ports[process]), secret, content, lambda answer: said in answer)

    def processor_time(self) -> float:
        """The seconds of processor that the processes have taken so far (proc_pid_stat(5): utime and stime)."""
        fields = [
            Path(f"/proc/{each.pid}/stat").read_text(encoding="ascii").rpartition(")")[2] for each in self.processes
        ]
        ticks = sum(int(each.split()[11]) + int(each.split()[12]) for each in fields)
        return ticks / os.sysconf("SC_CLK_TCK")


@contextmanager
def prepared(url: str = "") -> Iterator[Settings]:
    """Settings for a bot with the sample portfolio in a new SQLite file, or in the empty database at a URL."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        settings = demo.demo_settings(data, *(demo.free_port(0) for _ in range(2)))
        if url:
            settings = settings.model_copy(update={"database_url": url})
        demo.prepare(settings, data)
        yield settings


@contextmanager
def serving(
    fill: Callable[[Database], None] | None = None, *, kind: str = "sqlite", processes: int = 1
) -> Iterator[Serving]:
    """Serve a database of this kind with the sample portfolio and whatever `fill` adds, until the block ends."""
    with ExitStack() as stack:
        url = stack.enter_context(postgresql_server()) if kind == "postgresql" else ""
        settings = stack.enter_context(prepared(url))
        if fill is not None:
            with closing(Database(settings.database_url)) as database:
                fill(database)
        yield stack.enter_context(_serving(settings, processes))


@contextmanager
def _serving(settings: Settings, processes: int) -> Iterator[Serving]:
    token, secret = (value.get_secret_value() for value in (settings.slack_bot_token, settings.slack_signing_secret))
    environment = {**os.environ, "SLACK_BOT_TOKEN": token, "SLACK_SIGNING_SECRET": secret}
    environment |= {"SLACK_API_URL": settings.slack_api_url, "DATABASE_URL": settings.database_url}
    environment |= {"WORKSPACE_BOT_TOKEN": token, "WORKSPACE_SIGNING_SECRET": secret}
    seed = ("--seed", str(demo.HERE / "workspace.yaml"), "--manifest", str(demo.MANIFEST), "--pace", "0")
    ports = tuple(demo.free_port(0) for _ in range(processes))
    with ExitStack() as stack:
        made = Serving(settings, environment, ports, ())
        workspace = ("workspace", *seed, "--port", str(made.workspace_port))
        stack.enter_context(running(workspace, made.workspace_port, "/", environment))
        started = [
            stack.enter_context(running(SERVE, port, "/healthz", {**environment, "PORT": str(port)})) for port in ports
        ]
        yield Serving(settings, environment, ports, tuple(started))


SERVE = ("bot", "serve", "--host", "127.0.0.1")
