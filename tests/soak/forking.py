"""Programs of the bot that start at once, because what they import is loaded: for each line "serve PORT LOG" or "work
PORT LOG" that it reads, it starts one and says its process id."""

import os
import signal
import sys
from pathlib import Path

from bot import __main__ as command_line
from bot.app import build
from bot.config import Settings


def main() -> None:
    """Start programs until there are no more lines."""
    liaison = build(Settings.read())  # with all that is imported, compiled and kept; it connects to nothing
    liaison.get_ready()
    liaison.close()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that end
    print("ready", flush=True)
    for line in sys.stdin:
        name, port, log = line.split()
        child = os.fork()
        if child == 0:
            _become(name, port, Path(log))
        print(child, flush=True)


def _become(name: str, port: str, log: Path) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    written = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(written, 1)
    os.dup2(written, 2)
    os.environ["PORT"] = port
    sys.argv = ["liaison", name, *(("--host", "127.0.0.1") if name == "serve" else ())]
    try:
        command_line.main()
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
