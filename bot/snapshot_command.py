"""`liaison backup` and `liaison restore`: a snapshot of the whole record, for the operator of Liaison."""

from contextlib import closing
from datetime import datetime
from pathlib import Path

import typer

from bot.clock import SystemClock
from bot.config import DatabaseSettings
from bot.db import Database, SingleTransactionDatabase
from bot.delivery.messages import Messages
from bot.domain.calendar import published
from bot.domain.london import london
from bot.domain.wording import format_age, format_instant, join_words, plural
from bot.services.health.restored import WaitingMessages, settle_restored
from bot.services.unit_of_work import UnitOfWork
from bot.snapshots.file import opened
from bot.snapshots.manifest import Manifest
from bot.snapshots.restoring import restored
from bot.snapshots.taking import take
from bot.trail_command import print_verdict, print_verification

_WORDS = {"person": "people", "contact person": "people at contacts", "spend": "months of spend", "kpi": "KPIs"}
"""What several rows of a table are, where that is not its name with an s."""


def backup(file: Path) -> None:
    """Write the whole record to a new file, and print what is in it."""
    clock = SystemClock()
    now = clock.now()
    with closing(Database(DatabaseSettings.read().database_url)) as database:
        taken = take(database.reading_engine, file, now)
    typer.echo(f"Wrote {file}: {_rows(taken)}, at migration {taken.revision}, in {format_age(clock.now() - now)}.")
    for name, held in taken.tables.items():
        if held.rows:
            typer.echo(f"{held.rows:>11,} {_called(name, held.rows)}")


def restore(file: Path) -> None:
    """Put a backup into an empty database, bring it up to date and verify the trail. Ends with status 1 if something
    in the trail was changed."""
    now = SystemClock().now()
    with opened(file) as snapshot, closing(Database(DatabaseSettings.read().database_url)) as database:
        taken = snapshot.manifest
        with restored(database.engine, snapshot) as (connection, left_out):
            whole = SingleTransactionDatabase(connection)
            with whole.writing() as session:
                work = UnitOfWork(session, now, published(), Messages(), "restore")
                waiting = settle_restored(work, taken.taken_at, taken.revision)
            with whole.reading() as session:
                found = print_verification(session, {})
        is_changed = print_verdict(found)
    typer.echo(f"Restored {_rows(taken)} from the backup of {format_instant(taken.taken_at)}.")
    if left_out:
        typer.echo(f"Left out, because this version has no place for it: {join_words(left_out)}.")
    _print_what_follows(waiting, taken, now)
    if is_changed:
        raise typer.Exit(1)


def _print_what_follows(waiting: WaitingMessages, taken: Manifest, now: datetime) -> None:
    """What the operator should know before the bot runs on with what was restored."""
    if waiting.oldest is None:
        typer.echo("No message waits to be sent.")
    else:
        wait = "waits" if waiting.messages == 1 else "wait"
        typer.echo(
            f"{plural(waiting.messages, 'message')} {wait} to be sent, the oldest for {format_age(waiting.oldest)}. "
            "Each is looked for in its channel first, so that none is sent twice. See them: liaison outbox list"
        )
    begin, end = (f"{london(at):%Y-%m-%dT%H:%M}" for at in (taken.taken_at, now))
    typer.echo(
        f"The backup is {format_age(now - taken.taken_at)} old. If Liaison ran after it was taken, what people did "
        "since then is missing, and jobs send again what they sent since then. Before you start it, see what:\n"
        f"  liaison job --dry-run --from {begin} --to {end}"
    )


def _rows(taken: Manifest) -> str:
    filled = sum(held.rows > 0 for held in taken.tables.values())
    return f"{plural(taken.rows, 'row')} in {plural(filled, 'table')}"


def _called(table: str, rows: int) -> str:
    one = table.replace("_", " ")
    if rows == 1:
        return one
    if one.endswith("s"):
        return one
    return _WORDS.get(one) or (f"{one[:-1]}ies" if one.endswith("y") else f"{one}s")
