"""The lines of the log, in JSON or as text. Nothing that people wrote is in them, and no secret.

This is the border for what a library or a driver says of a fault: PostgreSQL's DETAIL quotes the row, a KeyError what
was looked for, asyncio the error of a task. Of an error the log has its kind, what is the program's own in its words,
and where it was raised.
"""

import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from bot.log_context import current

OURS = ("bot", "handlers", "jobs")
"""The loggers whose lines are written with care. Of a line of any other, the first line is kept."""

# The words of these are names in the program, never a value.
_OF_THE_PROGRAM = (AttributeError, TypeError, NameError, ImportError, OSError, RuntimeError, RecursionError)
_PROGRAMS = ("jinja2.exceptions",)
# Classes of errors (postgresql.org/docs/current/errcodes-appendix.html) whose first line names what is in the statement
# or in the server: connection, rollback, syntax and names, resources, state, operator, system. Not those of data.
_OF_THE_SERVER = frozenset({"08", "40", "42", "53", "55", "57", "58"})
_ADDRESS = re.compile(r"(://)(?:[^\s/@\"'\\]+@)?([^\s/\"'\\]+)/[^\s\"'\\]+")
_TOKEN = re.compile(r"xox[a-z]-[\w-]+|xapp-[\w-]+")


def facts(**named: object) -> dict[str, dict[str, object]]:
    """What a line says in fields of their own: `extra` for a logger. Ids, kinds, counts and durations alone."""
    return {"facts": named}


class TextLines(logging.Formatter):
    """A line for people at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, and below it where a fault was raised."""
        what, reference = current()
        told = "".join(f" {name}={value}" for name, value in _facts(record).items())
        fault = f"\n{_fault(record.exc_info[1])}" if record.exc_info and record.exc_info[1] else ""
        head = f"{_instant(record)} {record.levelname} {record.name} [{reference} {what}]"
        return _hidden(f"{head} {_message(record)}{told}{fault}")


class JsonLines(JsonFormatter):
    """A line for machines: one JSON object."""

    def __init__(self) -> None:
        super().__init__(json_ensure_ascii=False, json_default=str)

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        """Say what the line has, in place of what the record and the error say in their own words."""
        what, reference = current()
        log_data |= {
            "time": _instant(record),
            "level": record.levelname,
            "logger": record.name,
            "reference": reference,
            "task": what,
            "message": _message(record),
            **_facts(record),
        }
        if record.exc_info and record.exc_info[1]:
            log_data["fault"] = _fault(record.exc_info[1])

    def serialize_log_record(self, log_data: dict[str, Any]) -> str:
        """The line without tokens and addresses."""
        return _hidden(super().serialize_log_record(log_data))


def words_of(error: BaseException) -> str:
    """What may be said of an error: its kind, and such words as are the program's own.

    Of a database's error that is its code and the names of the constraint, the table and the column. An error class of
    ours says with `is_loggable` that its words hold nothing of the record.
    """
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    of_driver = getattr(error, "orig", None)  # SQLAlchemy's
    if isinstance(of_driver, BaseException):
        return f"{name} of {words_of(of_driver)}"
    said = _of_database(error) or (str(error) if _is_of_the_program(error) else "")
    return f"{name}: {said}" if said else name


def _is_of_the_program(error: BaseException) -> bool:
    return (
        isinstance(error, _OF_THE_PROGRAM)
        or type(error).__module__ in _PROGRAMS
        or bool(getattr(error, "is_loggable", False))
    )


def _of_database(error: BaseException) -> str:
    sqlite = getattr(error, "sqlite_errorname", None)
    if sqlite is not None:  # whose words name tables, columns and constraints, and no value
        return f"{sqlite}: {error}"
    diagnostics = getattr(error, "diag", None)
    if diagnostics is None:
        return ""
    code = diagnostics.sqlstate or ""
    if not code and type(error).__name__ == "OperationalError":  # there is no connection, and so no row
        return str(error).partition("\n")[0]
    names = ["sqlstate", "constraint_name", "table_name", "column_name", "datatype_name"]
    names += ["message_primary"] if code[:2] in _OF_THE_SERVER else []
    told = {name: getattr(diagnostics, name, None) for name in names}
    return ", ".join(f"{name} {value}" for name, value in told.items() if value)


def _fault(error: BaseException) -> str:
    """Where the error was raised, and what may be said of it."""
    return "\n".join(_lines(error, set()))


def _lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    """The error and what led to it, the first of them first, as Python writes them but for their words."""
    if id(error) in seen:
        return
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _lines(before, seen)
        yield "which led to" if error.__cause__ else "and meanwhile"
    yield "Traceback (most recent call last):"
    yield from (each.rstrip("\n") for each in traceback.format_tb(error.__traceback__))
    yield words_of(error)
    for each in getattr(error, "exceptions", ()):  # a group's
        yield from _lines(each, seen)


def _message(record: logging.LogRecord) -> str:
    """The message without any error's own words."""
    message, args = str(record.msg), record.args
    if args:
        if isinstance(args, tuple):
            args = tuple(words_of(each) if isinstance(each, BaseException) else each for each in args)
        message = message % args
    if record.exc_info and record.exc_info[1] and (said := str(record.exc_info[1])):
        message = message.replace(said, words_of(record.exc_info[1]))
    return message if record.name.startswith(OURS) else message.partition("\n")[0]


def _facts(record: logging.LogRecord) -> Mapping[str, Any]:
    return getattr(record, "facts", {})


def _hidden(line: str) -> str:
    """The line without tokens, and without the path of an address: Slack's have secrets in it."""
    if "://" in line:
        line = _ADDRESS.sub(r"\1\2/…", line)
    return _TOKEN.sub("(a token)", line) if "xox" in line or "xapp-" in line else line


def _instant(record: logging.LogRecord) -> str:
    """When it was written, in UTC to a millisecond."""
    return f"{_second(int(record.created))}.{int(record.msecs):03d}Z"


@lru_cache(maxsize=2)
def _second(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%S")
