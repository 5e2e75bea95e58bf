"""`liaison migrate`, `import`, `export` and `template`: the database, and reading and writing register files."""

import asyncio
import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import typer
from sqlmodel import Session

from bot.clock import SystemClock
from bot.config import DatabaseSettings
from bot.db import Database
from bot.delivery.messages import Messages
from bot.domain.calendar import published
from bot.domain.wording import plural
from bot.exclusive import alone
from bot.migrations import migrate, require_up_to_date
from bot.records import SHEETS
from bot.services.portfolio.exporting import export, export_template, register_rows
from bot.services.portfolio.plan import lines
from bot.services.portfolio.planning import plan
from bot.services.portfolio.reading import read
from bot.services.portfolio.source import Rows
from bot.services.portfolio.writing import Imported, write_import
from bot.services.unit_of_work import UnitOfWork

T = TypeVar("T")
LONG_IMPORT = 1_000  # rows of a file, from which a progress bar is shown


def migrate_database() -> None:
    """Bring the database up to date."""
    with closing(Database(DatabaseSettings.read().database_url)) as database:
        migrate(database.engine)
    typer.echo("The database is up to date.")


def import_register(file: Path, *, dry_run: bool) -> None:
    """Add the new rows of a file to the register and change those that differ, or print the plan."""
    rows = read(file)
    with closing(Database(DatabaseSettings.read().database_url, gives_way=True)) as database:
        require_up_to_date(database.engine)
        if dry_run:
            with database.reading() as session:
                typer.echo("\n".join(lines(plan(_work(session, SystemClock().now()), rows))))
            return
        done = asyncio.run(_import(database, rows))
    typer.echo("\n".join([done.sentence, *rows.notes]))
    if done.left:
        raise SystemExit(2)


async def _import(database: Database, rows: Rows) -> Imported:
    """Import rows, with a progress bar if they are many."""
    with typer.progressbar(
        length=len(rows), label=f"Importing {rows.file}", hidden=len(rows) < LONG_IMPORT, file=sys.stderr
    ) as bar:
        units = _Units(database, SystemClock().now())
        done = await write_import(units, lambda work: plan(work, rows), progress=bar.update)
        bar.update(bar.length or 0)  # what is left alone is not written
        return done


@dataclass(frozen=True)
class _Units:
    """The units of work of a command: it acts at one instant."""

    database: Database
    now: datetime

    async def read(self, unit: Callable[[UnitOfWork], T]) -> T:
        return await self.database.read(lambda session: unit(_work(session, self.now)))

    async def write(self, unit: Callable[[UnitOfWork], T]) -> T:
        return await self.database.write(lambda session: unit(_work(session, self.now)))

    def alone(self, what: str) -> AbstractAsyncContextManager[bool]:
        return alone(self.database.engine, what)


def _work(session: Session, now: datetime) -> UnitOfWork:
    return UnitOfWork(session, now, published(), Messages(), "import")


def export_register(to: Path) -> None:
    """Write the whole register to a file."""
    with closing(Database(DatabaseSettings.read().database_url)) as database:
        require_up_to_date(database.engine)
        with database.reading() as session:
            rows = register_rows(UnitOfWork(session, SystemClock().now(), published(), Messages(), "export"))
    export(rows, to)
    written = sum(len(those) for sheet, those in rows if sheet in SHEETS)  # the matrix of them is no row of its own
    typer.echo(f"Wrote {plural(written, 'row')} to {to}.")


def write_template(to: Path) -> None:
    """Write an empty workbook to fill in."""
    export_template(to)
    typer.echo(f"Wrote {to}. Fill it in, then run: liaison import {to} --dry-run")
