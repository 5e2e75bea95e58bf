"""What the log has of a database's error, of a job's run and of what the threads of a database do."""

import asyncio
import json
import logging
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from bot.db import Database
from bot.log_context import current, current_reference, task
from bot.models import JobHeartbeat
from jobs import job_named
from jobs.context import JobContext
from jobs.runner import JobRunner
from tests.builders import job_desk, rows

MONDAY = datetime(2027, 1, 4, 9, tzinfo=UTC)
SECRET = "Amira Shah"
DOUBLE = "insert into slack_user select * from slack_user where slack = 'U0AMIRA'"
EMPTY = "update person set name = null where slack = 'U0AMIRA'"
NO_NUMBER = "select cast(name as integer), {missing} from person where slack = 'U0AMIRA'"
log = logging.getLogger("bot.test_log")


@pytest.mark.parametrize("statement", [DOUBLE, EMPTY, NO_NUMBER])
def test_the_log_has_a_databases_code_and_names_and_nothing_of_the_row(
    unchanged: Database, lines: StringIO, statement: str
) -> None:
    is_sqlite = unchanged.engine.dialect.name == "sqlite"
    with unchanged.engine.connect() as connection:
        try:
            connection.execute(text(statement.format(missing="no_such_column" if is_sqlite else "1")))
        except DBAPIError as error:
            quoted = str(error.orig)
            log.exception("fault: %s", error)
    assert is_sqlite or SECRET in quoted or "U0AMIRA" in quoted, "PostgreSQL quotes what is in the row"
    written = lines.getvalue()
    assert SECRET not in written
    assert "U0AMIRA" not in written
    assert ("SQLITE_" if is_sqlite else "sqlstate ") in written
    if statement != NO_NUMBER:
        assert ("slack_user" if statement == DOUBLE else "person") in written


def test_what_a_units_thread_writes_has_the_reference_of_its_request(empty: Database) -> None:
    def unit(_session: Session) -> object:
        return current()

    async def asked() -> list[object]:
        with task("command /risk"):
            return [current(), *[await run(unit) for run in (empty.read, empty.write, empty.read_in_turn)]]

    mine, *theirs = asyncio.run(asked())
    assert theirs == [mine] * 3


def test_a_run_that_fails_is_written_once_with_the_reference_that_the_administrators_read(
    portfolio: Database, lines: StringIO
) -> None:
    references: list[str] = []

    async def fails(_ctx: JobContext, _now: datetime) -> int:
        references.append(current_reference())
        raise KeyError(SECRET)

    async def running() -> None:
        runs = JobRunner(job_desk(portfolio))
        await runs.watch_over(MONDAY)
        await runs.run(replace(job_named("prompt"), run=fails), MONDAY)

    with pytest.raises(KeyError):
        asyncio.run(running())
    (line,) = [json.loads(each) for each in lines.getvalue().splitlines() if "failed" in each]
    assert (line["message"], line["task"], line["reference"]) == (
        "the job failed: KeyError",
        "job prompt",
        references[0],
    )
    assert SECRET not in lines.getvalue()
    (row,) = [each for each in rows(portfolio, JobHeartbeat) if each.job == "prompt"]
    assert row.reason == f"KeyError, reference {references[0]}"


def test_a_run_that_did_something_says_how_much_and_one_that_did_not_says_nothing(
    portfolio: Database, lines: StringIO
) -> None:
    def job(done: int) -> JobRunner:
        async def does(_ctx: JobContext, _now: datetime) -> int:
            return done

        runs = JobRunner(job_desk(portfolio))
        asyncio.run(runs.run(replace(job_named("prompt"), run=does), MONDAY))
        return runs

    assert job(0).began_at == MONDAY
    assert lines.getvalue() == ""
    job(3)
    assert json.loads(lines.getvalue())["done"] == 3
