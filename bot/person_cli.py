"""The command line of `liaison person`."""

from pathlib import Path
from typing import Annotated

import typer

person_cli = typer.Typer(
    help="Find, hand out or redact what is held of a person.", no_args_is_help=True, rich_markup_mode=None
)
Who = Annotated[str, typer.Argument(help="A Slack id, an e-mail address, or a name as the register has it.")]
Also = Annotated[
    list[str] | None, typer.Option(help="A further name or address of theirs; may be given several times.")
]


@person_cli.command()
def find(who: Who, also: Also = None) -> None:
    """Say what is held of a person, in which tables, and in which texts they are named."""
    from bot import person_command

    person_command.find(who, also or ())


@person_cli.command()
def export(
    who: Who, to: Annotated[Path, typer.Argument(help="The file to write, such as person.jsonl.")], also: Also = None
) -> None:
    """Write all of it to a file, in which others may be named too. See docs/personal-data.md."""
    from bot import person_command

    person_command.export(who, to, also or ())


@person_cli.command()
def redact(
    who: Who, why: Annotated[str, typer.Option(help="The reason, which the audit keeps.")], also: Also = None
) -> None:
    """Remove for good who somebody was. What they did stays, of a person without a name."""
    from bot import person_command

    person_command.redact(who, why, also or ())
