"""Everything that the tests have the bot write to its log, and whether anything is in it that must not be.

Each process of a run writes its lines as production does, down to the details, and notes what people type. At the end
it looks in the lines for secrets, for addresses with one in them, for markers (tests/acceptance/markers.py) and for
what was typed. The first process ends the run with an error where anything was found.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from io import StringIO
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from bot.log_lines import OURS, JsonLines, TextLines

SECRETS = re.compile(
    r"""xox[a-z]-[\w-]+ | xapp-[\w-]+          # tokens
      | hooks\.slack\.com/\w | /response/\w    # Slack's response_url, and the workspace's
      | wss?://[^\s"\\/]+/[^\s"\\]+            # Socket Mode's address, which has a ticket in it
      | \b q\d{4}q \b                          # a marker: a text of the record
      | DETAIL: | \bKey\ \(                    # what PostgreSQL says of a row
    """,
    re.VERBOSE,
)
WORDS_AT_LEAST, LETTERS_AT_LEAST = 3, 15  # of what was typed: a shorter one may be a name in the program
_CHANGES = re.compile(r'"time": "[^"]*"|"reference": "\w*"|\d+')


class WrittenLogs(logging.Handler):
    """Keeps each line once, whatever its time, reference and numbers, and what people typed."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(JsonLines())
        self._text = TextLines()
        self._seen: set[str] = set()
        self.lines = StringIO()
        self.typed: set[str] = set()
        self.secrets: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line, in both of its forms."""
        line = self.format(record)
        kind = _CHANGES.sub("", line)
        if kind not in self._seen:
            self._seen.add(kind)
            self.lines.write(f"{line}\n{self._text.format(record)}\n")

    def add(self, output: str) -> None:
        """Keep what a program of its own has written."""
        self.lines.write(f"{output}\n")

    def found(self) -> list[str]:
        """What is in the lines and must not be."""
        return found_in(self.lines.getvalue(), self.typed | self.secrets)


LOGS = WrittenLogs()
FOUND: list[str] = []


def found_in(lines: str, words: Iterable[str]) -> list[str]:
    """The secrets in these lines, and those of these words that are there, each with its line."""
    places = [(each.group(), each.start()) for each in SECRETS.finditer(lines)]
    places += [(word, at) for word in words if (at := lines.find(word)) >= 0]
    return [f"{word!r} in: {_line_at(lines, at)}" for word, at in places]


def _line_at(lines: str, at: int) -> str:
    return lines[lines.rfind("\n", 0, at) + 1 : (lines.find("\n", at) + 1 or len(lines) + 1) - 1][:2000]


def note(app: AsyncApp, secret: str) -> None:
    """Have an app note what people type, and the secret with which Slack signs."""
    LOGS.secrets.add(secret)

    async def noting(body: Mapping[str, Any], next: Callable[[], Awaitable[None]]) -> None:  # Bolt's name
        LOGS.typed.update(each for each in _texts(_typed(body)) if _is_a_text(each))
        await next()

    app.middleware(noting)


def _typed(body: Mapping[str, Any]) -> Iterator[object]:
    yield body.get("text")
    yield body.get("event", {}).get("text")
    yield body.get("message", {}).get("text")
    yield body.get("view", {}).get("state")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, Mapping):
        yield from _texts(list(value.values()))
    elif isinstance(value, Iterable):
        for each in value:
            yield from _texts(each)


def _is_a_text(typed: str) -> bool:
    return len(typed) >= LETTERS_AT_LEAST and len(typed.split()) >= WORDS_AT_LEAST


def pytest_configure() -> None:
    """Write the lines of everything from now on."""
    logging.getLogger().addHandler(LOGS)
    for ours in OURS:
        logging.getLogger(ours).setLevel(logging.DEBUG)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401  # xdist does not say what it is
    """Hear from a worker what it has found."""
    FOUND.extend(getattr(node, "workeroutput", {}).get("found_in_logs", ()))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the first process what was found; there, end a run that is green with an error where anything was."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["found_in_logs"] = LOGS.found()
        return
    FOUND.extend(LOGS.found())
    if FOUND and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Show it."""
    for each in FOUND:
        terminalreporter.write_line(f"MUST NOT BE IN A LOG: {each}", red=True)
