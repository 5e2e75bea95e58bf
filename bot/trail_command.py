"""`liaison trail`: whether the audit trail is as it was written, and handing it out, for the operator of Liaison."""

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

import typer
from sqlmodel import Session

from bot.clock import SystemClock
from bot.config import DatabaseSettings
from bot.db import Database
from bot.delivery.messages import Messages
from bot.domain.calendar import published
from bot.domain.wording import format_instant, plural
from bot.errors import UserError
from bot.migrations import out_of_shape, require_up_to_date
from bot.services.trail.exporting import lines_of
from bot.services.trail.redacting import redact
from bot.services.trail.verifying import Discrepancy, Fault, Verification
from bot.services.unit_of_work import UnitOfWork

SEAL = re.compile("([1-9][0-9]{0,17}):([0-9a-f]{64})")
TABLES = ("trail_entry", "trail_seal")


def verify(seals: Sequence[str]) -> None:
    """Print what of the trail is not as it was written and sealed, and what is not sealed. Ends with status 1 if
    something was changed."""
    noted, found = _noted(seals), 0
    with closing(Database(DatabaseSettings.read().database_url)) as database:
        for sentence in out_of_shape(database.engine):
            if any(table in sentence for table in TABLES):  # what refuses changes is not there
                found += 1
                _print(Discrepancy(Fault.CHANGED, "the database", sentence))
        with database.reading() as session:
            found += print_verification(session, noted)
    if print_verdict(found):
        raise typer.Exit(1)


def print_verification(session: Session, noted: Mapping[int, str]) -> int:
    """Print what of the trail is not as it was written, and what was looked at; returns how many findings there are."""
    verification, found = Verification(session, noted), 0
    for finding in verification.discrepancies():
        found += 1
        _print(finding)
    _print_sum(verification)
    return found


def print_verdict(found: int) -> bool:
    """Print whether the trail is as it was written; returns whether it is not."""
    if found:
        typer.echo(f"{plural(found, 'finding')}: the trail is not as it was written.")
    else:
        typer.echo("All of it is as it was written.")
    return found > 0


def export(to: Path) -> None:
    """Write the trail to a file in JSON Lines."""
    lines = 0
    with closing(Database(DatabaseSettings.read().database_url)) as database:
        require_up_to_date(database.engine)
        try:
            with database.reading() as session, to.open("w", encoding="utf-8") as file:
                for line in lines_of(session):
                    file.write(json.dumps(line) + "\n")
                    lines += 1
        except OSError as error:
            raise UserError(f"{to} could not be written: {error.strerror}.") from error
    typer.echo(f"Wrote {plural(lines, 'line')} to {to}.")


def redact_entry(entry: int, why: str) -> None:
    """Redact an entry."""
    with closing(Database(DatabaseSettings.read().database_url)) as database:
        require_up_to_date(database.engine)
        with database.writing() as session:
            redact(UnitOfWork(session, SystemClock().now(), published(), Messages(), "trail"), entry, why)
    typer.echo(f"Entry {entry} is redacted. What it said cannot be brought back.")


def _noted(seals: Sequence[str]) -> Mapping[int, str]:
    noted = {}
    for each in seals:
        found = SEAL.fullmatch(each.strip())
        if found is None:
            raise typer.BadParameter(f"{each!r} is not a seal: give its number, a colon and its 64 digits.")
        noted[int(found[1])] = found[2]
    return noted


def _print(finding: Discrepancy) -> None:
    typer.echo(f"{finding.fault.upper():11}{finding.what}: {finding.why}")


def _print_sum(looked_at: Verification) -> None:
    newest = looked_at.newest
    if newest is None:
        typer.echo("Nothing is sealed yet.")
    else:
        entries = plural(looked_at.sealed, "entry", "entries")
        segments = plural(newest.number, "segment")
        typer.echo(f"{entries} in {segments}, the newest of {format_instant(newest.at)}.")
        typer.echo(f"The newest seal is {newest.number}:{newest.digest}")
    if looked_at.unsealed_since is not None:
        since = format_instant(looked_at.unsealed_since)
        typer.echo(f"Not sealed yet: {plural(looked_at.unsealed, 'entry', 'entries')}, the first of {since}.")
