"""The command line of `liaison trail`."""

from pathlib import Path
from typing import Annotated

import typer

trail_cli = typer.Typer(help="Verify, export or redact the audit trail.", no_args_is_help=True, rich_markup_mode=None)


@trail_cli.command()
def verify(
    seal: Annotated[
        list[str] | None, typer.Option(help="A seal that was noted, such as 12:3f9a...; may be given several times.")
    ] = None,
) -> None:
    """Name what was changed, removed, forged or back-dated. Ends with status 1 if anything was."""
    from bot import trail_command

    trail_command.verify(seal or ())


@trail_cli.command(name="export")
def export_trail(to: Annotated[Path, typer.Argument(help="The file to write, such as trail.jsonl.")]) -> None:
    """Write the trail to a file that somebody else can verify. See docs/trail.md."""
    from bot import trail_command

    trail_command.export(to)


@trail_cli.command()
def redact(
    entry: Annotated[int, typer.Argument(help="The number of the entry.")],
    why: Annotated[str, typer.Option(help="The reason, which the audit keeps.")],
) -> None:
    """Remove for good what an entry says. The trail can still be verified."""
    from bot import trail_command

    trail_command.redact_entry(entry, why)
