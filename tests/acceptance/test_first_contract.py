"""From nothing to the first contract, in a workspace that starts empty: the steps of the README, with its commands."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot import demo
from tests.acceptance.office import words
from tests.acceptance.test_keeping_contracts import NEW
from tests.builders import ROOT
from workspace import Control, Person, Server, create_app, parse_seed
from workspace import Settings as WorkspaceSettings

SECRET = "0123456789abcdef0123456789abcdef"  # of the local workspace
EMPTY = {
    "app": {"id": "A0LIAISON", "bot_id": "B0LIAISON", "bot_user_id": "U0LIAISON", "team": "T0DEPT"},
    "teams": [{"id": "T0DEPT", "name": "Department", "domain": "department"}],
    "users": [{"id": "U0AMIRA", "team": "T0DEPT", "name": "amira", "real_name": "Amira Shah", "role": "admin"}],
    "channels": [{"id": "C0WPNW", "name": "wp-nw", "members": ["U0AMIRA"]}],
}
FIRST = "C0WPNW"


@dataclass
class Install:
    """A machine with Liaison on it, in a folder that holds its .env alone."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command of Liaison's to its end."""
        return subprocess.run(self._command(*arguments), **self._where(), check=False, timeout=300)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """`liaison serve`, ready; with the line that it printed."""
        with subprocess.Popen(self._command("serve", "--host", "127.0.0.1"), **self._where()) as served:
            assert served.stdout is not None
            try:
                yield served.stdout.readline().strip()
            finally:
                served.terminate()
                served.wait(timeout=10)  # whatever is open

    def fill_in(self, **settings: str) -> None:
        """Write .env from the example, with these settings."""
        example = (ROOT / ".env.example").read_text(encoding="utf-8")
        for name, value in settings.items():
            example, found = re.subn(rf"^(# )?{name}=.*$", f"{name}={value}", example, flags=re.MULTILINE)
            assert found == 1, f"{name} stands in the example"
        (self.folder / ".env").write_text(example, encoding="utf-8")

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "bot", *arguments]

    def _where(self) -> dict[str, Any]:
        piped = subprocess.PIPE
        return {"cwd": self.folder, "env": self.environment, "stdout": piped, "stderr": piped, "text": True}


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Nothing of the environment's own settings."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return Install(tmp_path, {**kept, "PYTHONPATH": str(ROOT)})


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def test_the_steps_of_the_readme_lead_from_nothing_to_the_first_contract(install: Install) -> None:
    port = free_port()
    manifest = json.loads(demo.MANIFEST.read_text(encoding="utf-8"))
    request_url = f"http://127.0.0.1:{port}/slack/events"
    ours = WorkspaceSettings(seed=parse_seed(EMPTY), manifest=manifest, bot_url=request_url, signing_secret=SECRET)
    with ExitStack() as stack, Server(create_app(ours)) as workspace, Control(workspace.url) as control:
        install.fill_in(SLACK_BOT_TOKEN="xoxb-wrong", SLACK_SIGNING_SECRET=SECRET, PORT=str(port))
        with (install.folder / ".env").open("a", encoding="utf-8") as more:
            more.write(f"SLACK_API_URL={workspace.url}/api/\n")
        assert install.run("migrate").stdout == "The database is up to date.\n"
        refused = install.run("serve")
        assert refused.returncode == 2
        assert refused.stderr.strip().splitlines()[-1] == (
            "Slack does not take SLACK_BOT_TOKEN (invalid_auth): copy the bot token from OAuth & Permissions."
        )
        before = install.run("doctor")
        assert (before.returncode, before.stdout.count("TO DO")) == (1, 2), before.stdout
        assert f"TO DO  request URL: nothing answers at {request_url}" in before.stdout
        assert "TO DO  token: Slack does not take it (invalid_auth)" in before.stdout
        env = install.folder / ".env"
        env.write_text(env.read_text(encoding="utf-8").replace("xoxb-wrong", ours.bot_token), encoding="utf-8")
        with install.serving() as line, Person(workspace.url, "U0AMIRA") as amira:
            assert line == f"Liaison is ready for Department ({workspace.url}/), as @liaison, at port {port}."
            assert control.verify(), "the request URL is verified after the start"
            to_do = install.run("doctor").stdout
            assert "TO DO  channels: none is bound to a contract" in to_do
            assert to_do.count("TO DO") == 1
            begin(amira)
            control.invite(FIRST)
            (bound,) = amira.command("/contract channel WP-NW", channel=FIRST)
            assert "WP-NW" in bound.plain
            well = install.run("doctor")
            assert (well.returncode, "TO DO" in well.stdout) == (0, False), well.stdout
            assert "ok     channels: Liaison is in 1 of 1" in well.stdout
            (page,) = amira.command("/contract", channel=FIRST)
            assert "Work Pathways, North West" in page.plain
            half = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            half.sendall(b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nhalf")


def begin(amira: Person) -> None:
    """The register is begun in Slack: the department, a partner and a contract with it."""
    assert amira.command("/liaison setup", channel=FIRST) == []
    amira.submit(amira.modal(title="Set Liaison up"), {"name": "Department for Opportunity"})
    amira.close(amira.modal(), everything=True)
    amira.command("/partner new", channel=FIRST)
    amira.submit(amira.modal(), {"name": "Northgate Futures Ltd", "kind": "private company", "teams": "T0NORTHGATE"})
    amira.close(amira.modal(), everything=True)
    amira.command("/contract new", channel=FIRST)
    done = amira.submit(amira.modal(title="New contract"), {**NEW, "partner": "Northgate Futures Ltd"})
    assert "is in the register, and you are its contract manager." in words(done.view)
    amira.close(amira.modal(), everything=True)
