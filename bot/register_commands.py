"""`liaison migrate`, `import`, `export` and `template`: the database, and reading and writing register files."""

import sys
from contextlib import closing
from pathlib import Path

import typer

from bot.clock import SystemClock
from bot.config import DatabaseSettings
from bot.db import Database
from bot.delivery.messages import Messages
from bot.domain.calendar import published
from bot.domain.wording import plural
from bot.migrations import migrate, require_up_to_date
from bot.records import SHEETS
from bot.services.portfolio.applying import apply
from bot.services.portfolio.exporting import export, export_template, register_rows
from bot.services.portfolio.plan import Plan, lines, summary
from bot.services.portfolio.planning import plan
from bot.services.portfolio.reading import read
from bot.services.unit_of_work import UnitOfWork

LONG_IMPORT = 1_000  # records, from which a progress bar is shown


def migrate_database() -> None:
    """Bring the database up to date."""
    with closing(Database(DatabaseSettings.read().database_url)) as database:
        migrate(database.engine)
    typer.echo("The database is up to date.")


def import_register(file: Path, *, dry_run: bool) -> None:
    """Add the new rows of a file to the register and change those that differ, or print the plan."""
    rows = read(file)
    with closing(Database(DatabaseSettings.read().database_url)) as database:
        require_up_to_date(database.engine)
        with database.reading() if dry_run else database.writing() as session:
            work = UnitOfWork(session, SystemClock().now(), published(), Messages(), "import")
            made = plan(work, rows)
            if not dry_run:
                _apply(work, made)
    typer.echo("\n".join(lines(made) if dry_run else [summary(made), *made.notes]))


def _apply(work: UnitOfWork, made: Plan) -> None:
    """Apply a plan, with a progress bar if it is long."""
    with typer.progressbar(
        length=len(made), label=f"Importing {made.file}", hidden=len(made) < LONG_IMPORT, file=sys.stderr
    ) as bar:
        apply(work, made, bar.update)


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
