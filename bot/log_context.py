"""The reference of what goes on: every line of the log has it, and every sentence about a fault.

Each request, each run of a job and each command at a shell has one. It goes along into the threads of the database
(bot.db), so that what is done there is known by it as well.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple


class Task(NamedTuple):
    """What goes on, such as `command /risk` or `job deliver`, and its reference, 8 hexadecimal digits."""

    what: str = ""
    reference: str = ""


_current: ContextVar[Task] = ContextVar("task", default=Task())  # noqa: B039  # a tuple does not change


def current() -> Task:
    """What goes on here; a task without words where nothing has begun."""
    return _current.get()


def current_reference() -> str:
    """The reference of what goes on, under which the log has it, and a person can ask about it."""
    return _current.get().reference


@contextmanager
def task(what: str) -> Iterator[None]:
    """Give what goes on in the block a name and a new reference."""
    token = _current.set(Task(what, secrets.token_hex(4)))
    try:
        yield
    finally:
        _current.reset(token)
