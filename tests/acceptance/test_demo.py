"""The demonstration as its users start it: a page, a bot, and a clock that can be moved."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from bot import demo
from tests.acceptance.office import AMIRA, NORTH_EAST_SHARED, PORTFOLIO
from tests.once import usual_or
from workspace import Person
from workspace.client.http import connection

WEEKS = usual_or(2, 1)
GRACE, SOUTH_WEST_SHARED = "U0GRACE", "C0DESWHL"
READY_WITHIN = 120.0  # on a machine that does much else besides
# As a shell without a terminal starts what it is to go on without: with Ctrl+C ignored.
IN_BACKGROUND = ("sh", "-c", 'trap "" INT; exec "$@"', "sh")
INTERRUPTED = 128 + signal.SIGINT


@contextmanager
def demonstration(folder: Path, *begun: str, ends: signal.Signals = signal.SIGINT) -> Iterator[str]:
    """`liaison demo` in a process of its own, `begun` by another command where one is given, ended by a signal; gives
    the page's address."""
    port = demo.free_port(0)
    command = [*begun, sys.executable, "-m", "bot", "demo", "--port", str(port), "--folder", str(folder)]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment) as ran:
        assert ran.stdout is not None
        try:
            said = next((line for line in ran.stdout if "Open http" in line), "")
            yield said.split("Open ")[1].strip()
        finally:
            ran.send_signal(ends)
            rest = ran.stdout.read()
    assert (ran.returncode, "Traceback" in rest) == (INTERRUPTED, False), rest


def days(person: Person, channel: str, words: str) -> list[str]:
    """When each message with these words stands in a channel, in London."""
    found = (message for message in person.messages(channel) if words in message.plain)
    return [datetime.fromtimestamp(float(message.ts), UTC).strftime("%a %d %b %H:%M:%S") for message in found]


def test_weeks_pass_in_seconds_and_everything_comes_when_it_is_due(tmp_path: Path) -> None:
    with (
        demonstration(tmp_path, *IN_BACKGROUND) as page,
        connection(page, "/control/") as control,
        Person(page, AMIRA, timeout=READY_WITHIN) as amira,
    ):
        amira.wait(lambda person: days(person, PORTFOLIO, "Weekly performance"))
        nonsense = control.post("clock", json={"to": "yesterday"})
        assert nonsense.json()["error"].startswith("“yesterday” does not say when.")
        last = f"2027-01-{4 + 7 * WEEKS:02}T12:00"
        assert control.post("clock", json={"to": last}).status_code == 202
        amira.wait(lambda _: not control.get("clock").json()["moving"])
        summaries = ["Mon 04 Jan", "Mon 11 Jan", "Mon 18 Jan"]
        assert [day[:10] for day in days(amira, PORTFOLIO, "Weekly performance")] == summaries[: WEEKS + 1]
        assert {day[11:16] for day in days(amira, PORTFOLIO, "Weekly performance")} == {"09:00"}
        prompts = days(amira, NORTH_EAST_SHARED, "It needs 2 figures")
        assert [day[:16] for day in prompts] == ["Mon 04 Jan 09:00"]
        shown = control.get("clock").json()
        assert (shown["now"][:16], shown["target"], shown["movable"]) == (last, None, True)


def test_the_sample_has_a_policy_that_one_partner_has_acknowledged_and_another_is_asked_to(tmp_path: Path) -> None:
    with (
        demonstration(tmp_path) as page,
        Person(page, AMIRA, timeout=READY_WITHIN) as amira,
        Person(page, GRACE, timeout=READY_WITHIN) as grace,
    ):
        amira.wait(lambda person: days(person, PORTFOLIO, "Weekly performance"))
        (listed,) = amira.command("/policy list", channel=PORTFOLIO)
        assert "Policy 1: Keeping people safe" in listed.plain
        assert "1 of 2" in listed.plain
        asked = "Policy 1 to be acknowledged: Keeping people safe"
        amira.wait(lambda person: days(person, PORTFOLIO, f"8 January 2027: {asked} (DE-SW)"))
        grace.wait(lambda person: days(person, SOUTH_WEST_SHARED, "Keeping people safe"))
        grace.wait(lambda person: [m for m in person.direct_messages() if "Keeping people safe" in m.text])
        message = grace.direct_messages()[-1]
        assert message.text == "Policy 1: Keeping people safe. Acknowledge by 8 January 2027"
        grace.click(message, "Acknowledge")
        grace.wait(lambda person: "Policy 1 is acknowledged for DE-SW." in person.messages(message.channel)[-1].plain)


def test_whoever_ends_it_ends_its_workspace_as_well(tmp_path: Path) -> None:
    with demonstration(tmp_path, ends=signal.SIGTERM) as page:
        assert httpx.get(page, trust_env=False).status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(page, trust_env=False)
