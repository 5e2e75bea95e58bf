"""A line of the log: what it has, and what it leaves out of a fault."""

import json
import logging
import threading
from collections.abc import Iterator
from io import StringIO

import pytest

from bot import logs
from bot.delivery.slack_answers import Refused
from bot.log_context import current, current_reference, task
from bot.log_lines import JsonLines, TextLines, facts, words_of

SECRET = "Two advisers left"
RECORD = {"name": "bot.x", "levelname": "INFO", "created": 1798794000.5, "msecs": 500.0}
log = logging.getLogger("bot.test_log_lines")


@pytest.fixture(params=[JsonLines, TextLines])
def written(request: pytest.FixtureRequest) -> Iterator[StringIO]:
    """What a handler with each kind of line has written."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(request.param())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def fault(error: Exception) -> None:
    try:
        raise error
    except Exception as caught:
        log.exception("it failed: %s", caught)


def test_a_line_in_json_has_what_a_machine_looks_for() -> None:
    record = logging.makeLogRecord(
        {
            "name": "bot.x",
            "levelname": "INFO",
            "msg": "answered %d",
            "args": (2,),
            "created": 1798794000.5,
            "msecs": 500.0,
        }
        | facts(kind="command", ms=12)
    )
    with task("command /risk"):
        reference = current_reference()
        line = json.loads(JsonLines().format(record))
    assert line == {
        "time": "2027-01-01T09:00:00.500Z",
        "level": "INFO",
        "logger": "bot.x",
        "reference": reference,
        "task": "command /risk",
        "message": "answered 2",
        "kind": "command",
        "ms": 12,
    }


def test_a_line_of_text_says_the_same() -> None:
    told = {"name": "bot.x", "levelname": "INFO", "msg": "answered", "created": 1798794000.5, "msecs": 500.0} | facts(
        ms=12
    )
    with task("command /risk"):
        reference = current_reference()
        line = TextLines().format(logging.makeLogRecord(told))
    assert line == f"2027-01-01T09:00:00.500Z INFO bot.x [{reference} command /risk] answered ms=12"


def test_each_task_has_a_reference_of_its_own_and_the_one_around_it_gets_its_own_back() -> None:
    with task("job deliver"):
        outer = current()
        with task("command /risk"):
            assert current().what == "command /risk"
            assert current().reference != outer.reference
        assert current() == outer
    assert current().reference == ""


@pytest.mark.parametrize("error", [ValueError(SECRET), KeyError(SECRET), AssertionError(SECRET), Exception(SECRET)])
def test_what_an_error_quotes_is_not_written(written: StringIO, error: Exception) -> None:
    fault(error)
    assert SECRET not in written.getvalue()
    assert type(error).__name__ in written.getvalue()
    assert "in fault" in written.getvalue(), "where it was raised is"


def test_nor_is_what_led_to_it_or_came_with_it(written: StringIO) -> None:
    try:
        try:
            raise KeyError(SECRET)
        except KeyError as first:
            raise ExceptionGroup(SECRET, [ValueError(SECRET)]) from first
    except ExceptionGroup:
        log.exception("it failed")
    assert SECRET not in written.getvalue()
    for kind in ("KeyError", "which led to", "ExceptionGroup", "ValueError"):
        assert kind in written.getvalue()


@pytest.mark.parametrize(
    "error", [AttributeError("no 'x'"), TypeError("takes 2"), OSError(2, "gone"), Refused("not_in")]
)
def test_what_names_the_program_or_is_slacks_own_code_is_written(written: StringIO, error: Exception) -> None:
    fault(error)
    assert str(error) in written.getvalue()


def test_a_line_of_a_library_has_neither_the_words_of_its_error_nor_more_than_one_line(written: StringIO) -> None:
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        logging.getLogger("slack_sdk").exception(f"Failed to process a message: {error}, session: 1\n{SECRET}")
    assert SECRET not in written.getvalue()
    assert "Failed to process a message: ValueError, session: 1" in written.getvalue()


def test_tokens_and_what_follows_a_host_are_hidden(written: StringIO) -> None:
    log.warning("xoxb-1-a, xapp-1-b, https://hooks.slack.com/services/here?y, postgresql://liaison:word@host/db")
    for secret in ("xoxb-1", "xapp-1", "services", "here", "word"):
        assert secret not in written.getvalue()
    assert "https://hooks.slack.com/…" in written.getvalue()


def test_a_record_is_left_as_it_is_for_other_handlers() -> None:
    record = logging.makeLogRecord({"name": "bot.x", "msg": "it failed: %s", "args": (ValueError(SECRET),)})
    JsonLines().format(record)
    assert record.getMessage() == f"it failed: {SECRET}"


def test_words_of_an_error_within_another_are_its_drivers() -> None:
    class Outer(Exception):
        orig = AttributeError("no 'x'")

    assert words_of(Outer(SECRET)).endswith("Outer of AttributeError: no 'x'")


def test_the_fault_of_a_thread_is_written_without_its_words(written: StringIO) -> None:
    def fails() -> None:
        raise ValueError(SECRET)

    usual = threading.excepthook
    threading.excepthook = logs.note_fault_of_thread
    try:
        thread = threading.Thread(target=fails, name="writer")
        thread.start()
        thread.join()
    finally:
        threading.excepthook = usual
    assert "the thread writer ended with a fault" in written.getvalue()
    assert SECRET not in written.getvalue()
