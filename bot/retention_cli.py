"""The command line of `liaison retention`."""

from typing import Annotated

import typer

retention_cli = typer.Typer(
    help="Remove records whose time is over, or put them on legal hold.",
    invoke_without_command=True,
    rich_markup_mode=None,
)
REFERENCE = "The reference of the contract, such as WP-NE."
REASON = "The reason, which the audit keeps."


@retention_cli.callback()
def retention(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print what would be removed, and change nothing.")
    ] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Remove it. It cannot be brought back.")] = False,
) -> None:
    """Remove the records of contracts that ended more than RETENTION_YEARS ago. Say --dry-run or --apply."""
    if context.invoked_subcommand is not None:
        return
    if dry_run == apply:
        raise typer.BadParameter("Say --dry-run or --apply.")
    from bot import retention_command

    retention_command.retain(apply=apply)


@retention_cli.command(name="hold")
def hold_contract(
    contract: Annotated[str, typer.Argument(help=REFERENCE)],
    reason: Annotated[str, typer.Option(help=REASON)],
) -> None:
    """Put a contract on legal hold: nothing of it is removed or redacted."""
    from bot import retention_command

    retention_command.hold_contract(contract, reason)


@retention_cli.command(name="release")
def release_contract(
    contract: Annotated[str, typer.Argument(help=REFERENCE)],
    reason: Annotated[str, typer.Option(help=REASON)],
) -> None:
    """Release a contract from its legal hold."""
    from bot import retention_command

    retention_command.release_contract(contract, reason)
