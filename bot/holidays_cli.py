"""`liaison holidays`: the command line of bank holidays."""

from typing import Annotated

import typer

from bot.domain.bank_holidays import Nation

holidays_cli = typer.Typer(
    help="List, add or remove bank holidays beside the published ones.", no_args_is_help=True, rich_markup_mode=None
)
DAY = "The day, such as 2026-06-15."
NATION = "England and Wales, Scotland or Northern Ireland."


@holidays_cli.command(name="list")
def list_holidays() -> None:
    """List the bank holidays that were added or removed."""
    from bot.holidays_command import list_days

    list_days()


@holidays_cli.command(name="add")
def add_holiday(
    day: Annotated[str, typer.Argument(help=DAY)],
    nation: Annotated[Nation, typer.Argument(help=NATION, case_sensitive=False)],
    name: Annotated[str, typer.Option(help="What it is called.")] = "Bank holiday",
    source: Annotated[str, typer.Option(help="Where it was proclaimed.")] = "",
) -> None:
    """Make a day a bank holiday. What depends on it is worked out again."""
    from bot.holidays_command import add_day

    add_day(day, nation, name, source)


@holidays_cli.command(name="remove")
def remove_holiday(
    day: Annotated[str, typer.Argument(help=DAY)],
    nation: Annotated[Nation, typer.Argument(help=NATION, case_sensitive=False)],
) -> None:
    """Make a bank holiday a working day, also one that is published. What depends on it is worked out again."""
    from bot.holidays_command import remove_day

    remove_day(day, nation)
