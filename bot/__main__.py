"""The command line."""

import asyncio
import logging
import os
import signal
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from sqlalchemy.exc import OperationalError

from bot import demo as demonstration
from bot.app import build
from bot.clock import SystemClock
from bot.config import DatabaseSettings, Settings, SettingsError
from bot.db import Database
from bot.delivery.messages import Messages
from bot.demo import simulation
from bot.domain.wording import plural
from bot.errors import UserError
from bot.job_command import job
from bot.migrations import migrate as migrate_database
from bot.migrations import require_up_to_date
from bot.outbox_command import outbox_cli
from bot.services.portfolio.applying import apply
from bot.services.portfolio.exporting import export, export_template, register_rows
from bot.services.portfolio.plan import Plan, lines, summary
from bot.services.portfolio.planning import plan
from bot.services.portfolio.reading import read
from bot.services.unit_of_work import UnitOfWork

LONG_IMPORT = 1_000  # records, from which a bar is worth showing

cli = typer.Typer(
    help="Liaison: contracts, partners, progress and risks, from where people already talk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
cli.add_typer(outbox_cli, name="outbox")
cli.command()(job)


@cli.command()
def serve(host: Annotated[str, typer.Option(help="The address to listen on.")] = "0.0.0.0") -> None:  # noqa: S104  # behind a host's router
    """Receive what people do in Slack (HTTP, and Socket Mode when SLACK_APP_TOKEN is set)."""
    settings = Settings.read()
    liaison = build(settings)
    try:
        require_up_to_date(liaison.database.engine)
        web = liaison.web(watched=True)
        uvicorn.run(
            web,
            host=host,
            port=settings.port,
            log_config=None,
            access_log=False,
            proxy_headers=False,
        )
    finally:
        liaison.close()


@cli.command()
def work() -> None:
    """Run the jobs: deliver messages, ask for reports, remind of what is due, post the weekly summary."""
    asyncio.run(_work(Settings.read()))


async def _work(settings: Settings) -> None:
    liaison, stop = build(settings), asyncio.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(ending, stop.set)
    try:
        require_up_to_date(liaison.database.engine)
        await liaison.runs.watch_over(liaison.clock.now())
        scheduler = liaison.scheduler()
        scheduler.start()
        async with liaison.watching():
            await stop.wait()
        await liaison.stop(scheduler)
    finally:
        liaison.close()


@cli.command()
def migrate() -> None:
    """Bring the database up to date."""
    with closing(Database(DatabaseSettings.read().database_url)) as database:
        migrate_database(database.engine)
    typer.echo("The database is up to date.")


@cli.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="A portfolio in YAML or XLSX, or a folder of CSV files.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be done, and change nothing.")] = False,
) -> None:
    """Add the rows of a file to the register and change those that differ: all of it, or nothing."""
    rows = read(file)
    with closing(Database(DatabaseSettings.read().database_url)) as database:
        require_up_to_date(database.engine)
        with database.transaction(keep=not dry_run) as session:
            work = UnitOfWork(session, SystemClock().now(), Messages(), "import")
            made = plan(work, rows)
            if not dry_run:
                _apply(work, made)
    typer.echo("\n".join(lines(made)) if dry_run else summary(made))


def _apply(work: UnitOfWork, made: Plan) -> None:
    """Apply a plan, with a bar on the screen where it takes long."""
    with typer.progressbar(
        length=len(made), label=f"Importing {made.file}", hidden=len(made) < LONG_IMPORT, file=sys.stderr
    ) as bar:
        apply(work, made, bar.update)


@cli.command(name="export")
def export_(
    to: Annotated[Path, typer.Argument(help="A file that ends in .yaml, .xlsx or .zip, or a folder for CSV files.")],
) -> None:
    """Write the whole register to a file, in a form that can be imported again."""
    with closing(Database(DatabaseSettings.read().database_url)) as database:
        require_up_to_date(database.engine)
        with database.transaction(keep=False) as session:
            rows = register_rows(UnitOfWork(session, SystemClock().now(), Messages(), "export"))
    export(rows, to)
    typer.echo(f"Wrote {plural(sum(len(those) for _, those in rows), 'row')} to {to}.")


@cli.command()
def template(to: Annotated[Path, typer.Argument(help="The name of the workbook, which ends in .xlsx.")]) -> None:
    """Write an empty workbook to fill in, with drop-downs and notes."""
    export_template(to)
    typer.echo(f"Wrote {to}. Fill it in, then run: liaison import {to} --dry-run")


@cli.command()
def demo(
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="The port of the workspace's page; another if it is taken.")
    ] = 8000,
    folder: Annotated[Path, typer.Option(help="Where its database goes, made anew.")] = Path(".demo"),
) -> None:
    """Show the whole product on this machine: a local workspace, the bot, its jobs and a sample portfolio."""
    # Ctrl+C ends it even where a shell has started it in the background, with Ctrl+C ignored. To be ended by whoever
    # started it is as good: the workspace, a process of its own, ends with it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    asyncio.run(demonstration.run(port, folder))


@cli.command()
def simulate(
    weeks: Annotated[int, typer.Option(min=1, max=52, help="How many weeks to go through.")] = 13,
    to: Annotated[Path | None, typer.Option(help="The Markdown file to write; without it the screen.")] = None,
) -> None:
    """Go through some weeks of the sample portfolio in the local workspace, and write down every message."""
    # The Monday at 9am that follows begins another week.
    written = asyncio.run(simulation.simulate(timedelta(weeks=weeks, minutes=-1)))
    if to is None:
        typer.echo(written, nl=False)
    else:
        to.write_text(written, encoding="utf-8")
        typer.echo(f"Wrote {to}.")


@cli.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True}, add_help_option=False)
def workspace(context: typer.Context) -> None:
    """Serve the local workspace by itself (--help), or say what of Slack it supports (--methods)."""
    defaults = ("--seed", str(demonstration.HERE / "workspace.yaml"), "--manifest", str(demonstration.MANIFEST))
    command = (sys.executable, "-m", "workspace", *defaults, *context.args)
    os.execv(sys.executable, command)  # noqa: S606  # our own module, in place of this process


def main() -> None:
    """Run the command line. An expected failure is one sentence and exit status 2."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for chatty in ("alembic", "apscheduler", "httpx", "uvicorn"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    try:
        cli()
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise SystemExit(2) from error
    except UserError as error:
        typer.echo(error.sentence, err=True)
        raise SystemExit(2) from error
    except OperationalError as error:
        typer.echo(f"The database that DATABASE_URL names could not be used: {error.orig}", err=True)
        raise SystemExit(2) from error


if __name__ == "__main__":
    main()
