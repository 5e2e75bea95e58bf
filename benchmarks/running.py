"""Programs of ours in processes of their own, from when they answer to the end of a block."""

import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

START_WITHIN = 60.0  # seconds, on a machine that is busy with other things


@contextmanager
def running(
    module: tuple[str, ...], port: int, path: str, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """A process of a module with its arguments, until the block ends. SystemExit if it does not answer at the path."""
    process = subprocess.Popen(  # noqa: S603  # our own modules, by this interpreter
        [sys.executable, "-m", *module], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(f"http://127.0.0.1:{port}{path}", process)
        yield process
    finally:
        process.terminate()
        process.wait()


def events(port: int) -> str:
    """The address to which the bot's requests go."""
    return f"http://127.0.0.1:{port}/slack/events"


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_WITHIN
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=1):  # noqa: S310  # our own address on the loopback
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise SystemExit(f"{url} did not answer")
