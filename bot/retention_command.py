"""`liaison retention`: removing records whose time is over, and legal holds, for the operator of Liaison."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

import typer
from sqlmodel import Session

from bot.clock import SystemClock
from bot.config import RetentionSettings
from bot.db import Database
from bot.delivery.messages import Messages
from bot.domain.calendar import published
from bot.domain.wording import format_date, join_words, plural
from bot.migrations import require_up_to_date
from bot.services.retention import holds, removing
from bot.services.retention.removing import Left, PastContract
from bot.services.unit_of_work import UnitOfWork


def retain(*, apply: bool) -> None:
    """Print which contracts are past their time, and with `apply` remove the records of those that may go."""
    settings = RetentionSettings.read()
    years = settings.retention_years
    with closing(Database(settings.database_url, gives_way=True)) as database:
        require_up_to_date(database.engine)
        with database.reading() as session:
            found = removing.past_contracts(_work(session), years)
        for past in found:
            typer.echo(_line(past))
            if apply and not past.kept:
                typer.echo(_removed(database, past, years))
    going = sum(not past.kept for past in found)
    typer.echo(f"{plural(len(found), 'contract')} ended more than {plural(years, 'year')} ago; {going} may go.")


def hold_contract(contract: str, reason: str) -> None:
    """Put a contract on legal hold."""
    with _writing() as work:
        holds.hold(work, contract, reason)
    typer.echo(f"{contract.strip().upper()} is on legal hold: nothing of it is removed or redacted.")


def release_contract(contract: str, reason: str) -> None:
    """Release a contract from its legal hold."""
    with _writing() as work:
        holds.release(work, contract, reason)
    typer.echo(f"{contract.strip().upper()} is on legal hold no more.")


def _removed(database: Database, past: PastContract, years: int) -> str:
    """Remove the records of a contract, some in each transaction; what became of it."""
    with database.writing() as session:
        if not removing.begin(_work(session), past, years):
            return f"{past.reference} stays: it has changed meanwhile."
    rows = 0
    while (left := _some_left(database, past)) is not None:
        with database.writing() as session:
            rows += removing.remove(_work(session), left)
    return f"{past.reference} is removed: {plural(rows, 'row')}."


def _some_left(database: Database, past: PastContract) -> Left | None:
    with database.reading() as session:
        return removing.some_left(_work(session), past.id)


def _line(past: PastContract) -> str:
    """What would go of a contract, or why it stays."""
    said = f"{past.reference}, ended on {format_date(past.ended_on)}"
    if past.kept:
        return f"{said}: stays, because {join_words(past.kept)}."
    rows = ", ".join(f"{name} {count}" for name, count in past.rows.items())
    return f"{said}: goes. {rows or 'Nothing hangs on it'}."


def _work(session: Session) -> UnitOfWork:
    return UnitOfWork(session, SystemClock().now(), published(), Messages(), "retention")


@contextmanager
def _writing() -> Iterator[UnitOfWork]:
    with closing(Database(RetentionSettings.read().database_url)) as database:
        require_up_to_date(database.engine)
        with database.writing() as session:
            yield _work(session)
