"""The command line: its commands, and the module that runs each.

Each command imports its own modules. Importing everything takes seconds, and `--help` needs none of it.
"""

import logging
import os
import signal
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.errors import UserError
from bot.holidays_cli import holidays_cli
from bot.log_context import current_reference, task
from bot.person_cli import person_cli
from bot.retention_cli import retention_cli
from bot.trail_cli import trail_cli
from bot.turns import compute_behind_others

log = logging.getLogger(__name__)

WHICH = "Its number in the list, or its key."
NOBODY_WAITS_FOR = frozenset({"work", "job", "import", "person", "backup"})
LIVE_LONG = frozenset({"serve", "work"})

# Rich, which would draw boxes around the help, takes as long to import as everything else together.
cli = typer.Typer(
    help="Liaison: contracts, partners, progress and risks, from where people already talk.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
outbox_cli = typer.Typer(
    help="See, retry or drop messages that wait or did not leave.", no_args_is_help=True, rich_markup_mode=None
)
cli.add_typer(outbox_cli, name="outbox")
cli.add_typer(holidays_cli, name="holidays")
cli.add_typer(trail_cli, name="trail")
cli.add_typer(person_cli, name="person")
cli.add_typer(retention_cli, name="retention")


@cli.command()
def serve(host: Annotated[str, typer.Option(help="The address to listen on.")] = "0.0.0.0") -> None:  # noqa: S104  # behind a host's router
    """Receive what people do in Slack. Over HTTP, and by Socket Mode when SLACK_APP_TOKEN is set."""
    from bot import processes

    processes.serve(host)


@cli.command()
def work() -> None:
    """Run the jobs: deliver messages, prompt, remind and summarise."""
    from bot import processes

    processes.work()


@cli.command()
def doctor(
    url: Annotated[
        str | None, typer.Option(help="The request URL that Slack has; without it the port on this machine.")
    ] = None,
) -> None:
    """Check the settings and the connections, and say what to do."""
    from bot.doctor import examine

    examine(url)


@cli.command()
def job(
    name: Annotated[str | None, typer.Argument(help="The job (see the README); none for all, in a span.")] = None,
    at: Annotated[str | None, typer.Option(help="The instant to run it at, such as 2027-01-04T09:00.")] = None,
    from_: Annotated[str | None, typer.Option("--from", help="The first day of a span, such as 2027-01-04.")] = None,
    to: Annotated[str | None, typer.Option(help="The last day of a span, such as 2027-01-15.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be sent, and change nothing.")] = False,
) -> None:
    """Run one job by hand, or list what will go out in a span. A span needs --dry-run, --from and --to."""
    from bot.job_command import run_job

    run_job(name, at, from_, to, dry_run=dry_run)


@cli.command()
def migrate() -> None:
    """Bring the database up to date."""
    from bot.register_commands import migrate_database

    migrate_database()


@cli.command()
def backup(file: Annotated[Path, typer.Argument(help="The file to write, such as liaison-2027-01-04.backup.")]) -> None:
    """Write the whole record to one file, while Liaison runs. See docs/backup.md."""
    from bot.snapshot_command import backup

    backup(file)


@cli.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that liaison backup wrote, on either database.")],
) -> None:
    """Put a backup into a database that is empty or new. See docs/backup.md."""
    from bot.snapshot_command import restore

    restore(file)


@cli.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="A portfolio in YAML or XLSX, or a folder of CSV files.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print what would be done, and change nothing.")] = False,
) -> None:
    """Import a file into the register, if nothing in it is wrong. New rows are added, and those that differ changed."""
    from bot.register_commands import import_register

    import_register(file, dry_run=dry_run)


@cli.command(name="export")
def export_(
    to: Annotated[Path, typer.Argument(help="A file that ends in .yaml, .xlsx or .zip, or a folder for CSV files.")],
) -> None:
    """Write the whole register to a file that can be imported again."""
    from bot.register_commands import export_register

    export_register(to)


@cli.command()
def template(to: Annotated[Path, typer.Argument(help="The name of the workbook, which ends in .xlsx.")]) -> None:
    """Write an empty workbook to fill in, with drop-downs and notes."""
    from bot.register_commands import write_template

    write_template(to)


@cli.command()
def demo(
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="The port of the workspace's page; another if it is taken.")
    ] = 8000,
    folder: Annotated[Path, typer.Option(help="Where its database goes, made anew.")] = Path(".demo"),
) -> None:
    """Show the whole product on this machine. A local workspace, the bot, its jobs and a sample portfolio."""
    import asyncio

    from bot import demo as demonstration

    # Ctrl+C ends it even if a shell started it in the background with Ctrl+C ignored. SIGTERM from the parent process
    # works too: the workspace, a process of its own, ends with it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    asyncio.run(demonstration.run(port, folder))


@cli.command()
def simulate(
    weeks: Annotated[int, typer.Option(min=1, max=52, help="How many weeks to go through.")] = 13,
    to: Annotated[Path | None, typer.Option(help="The Markdown file to write; without it the screen.")] = None,
    answering: Annotated[
        bool, typer.Option("--answering", help="People do what they are asked within a day or two.")
    ] = False,
) -> None:
    """Write down every message of some weeks of the sample portfolio. They pass in the local workspace."""
    import asyncio
    from datetime import timedelta

    from bot.demo import simulation

    # Monday at 9am after the last week belongs to the next week.
    written = asyncio.run(simulation.simulate(timedelta(weeks=weeks, minutes=-1), answering=answering))
    if to is None:
        typer.echo(written, nl=False)
    else:
        to.write_text(written, encoding="utf-8")
        typer.echo(f"Wrote {to}.")


@cli.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True}, add_help_option=False)
def workspace(context: typer.Context) -> None:
    """Serve the local workspace by itself. See its --help, and --methods for what of Slack it supports."""
    from bot import demo as demonstration

    defaults = ("--seed", str(demonstration.HERE / "workspace.yaml"), "--manifest", str(demonstration.MANIFEST))
    command = (sys.executable, "-m", "workspace", *defaults, *context.args)
    os.execv(sys.executable, command)  # noqa: S606  # our own module, in place of this process


@outbox_cli.command(name="list")
def list_(
    state: Annotated[
        list[str] | None, typer.Option(help="Only messages in this state, such as dead; may be given several times.")
    ] = None,
) -> None:
    """List what waits and what needs a person. By state, with age, channel, key, why and what went wrong."""
    from bot.outbox_command import list_messages

    list_messages(state or ())


@outbox_cli.command()
def show(message: Annotated[str, typer.Argument(help=WHICH)]) -> None:
    """Show one message whole."""
    from bot.outbox_command import show_message

    show_message(message)


@outbox_cli.command()
def retry(
    message: Annotated[str | None, typer.Argument(help=WHICH)] = None,
    all_dead: Annotated[bool, typer.Option("--all-dead", help="Every dead message.")] = False,
    channel: Annotated[str | None, typer.Option(help="The dead messages for this channel or person.")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The dead messages of this day and later.")
    ] = None,
) -> None:
    """Try a dead or withheld message again, or dead ones together."""
    from bot.outbox_command import retry_dead, retry_message

    together = all_dead or channel is not None or since is not None
    if (message is not None) == together:
        raise typer.BadParameter("Name one message, or say --all-dead, --channel or --since.")
    if message is not None:
        retry_message(message)
    else:
        retry_dead(channel, since)


@outbox_cli.command()
def drop(
    message: Annotated[str, typer.Argument(help=WHICH)],
    why: Annotated[str, typer.Option(help="The reason, which the audit keeps.")],
) -> None:
    """Give a message up: it is never sent."""
    from bot.outbox_command import drop_message

    drop_message(message, why)


def main() -> None:
    """Run the command line. An expected failure is one sentence and exit status 2; a fault of ours is told with its
    reference, and status 1."""
    if NOBODY_WAITS_FOR.intersection(sys.argv[1:2]):
        compute_behind_others()
    with task(f"liaison {' '.join(sys.argv[1:2])}".strip()):
        try:
            if "--help" not in sys.argv:  # which needs no settings
                _set_up_log(sys.argv[1:2])
            cli()
        except Exception as error:  # the only place where a fault at a shell becomes an answer
            sentence = _sentence(error)
            if sentence is not None:
                typer.echo(sentence, err=True)
                raise SystemExit(2) from error
            log.critical("fault", exc_info=error)
            typer.echo(f"Something went wrong on our side. The log has it as {current_reference()}.", err=True)
            raise SystemExit(1) from error


def _set_up_log(command: Sequence[str]) -> None:
    from bot import logs
    from bot.config import LogSettings

    settings = LogSettings.read()
    usual = "info" if LIVE_LONG.intersection(command) else "warning"
    logs.set_up(settings.log_format, settings.log_level or usual)


def _sentence(error: Exception) -> str | None:
    """The sentence of an expected failure; None for a fault of ours."""
    from sqlalchemy.exc import OperationalError

    from bot.config import SettingsError

    if isinstance(error, UserError):
        return error.sentence
    if isinstance(error, SettingsError):
        return str(error)
    if isinstance(error, OperationalError):
        return f"The database that DATABASE_URL names could not be used: {error.orig}"
    return None


if __name__ == "__main__":
    main()
