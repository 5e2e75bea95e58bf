"""`liaison person`: what is held of somebody, for whoever answers them, and taking it out of the record."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import typer
from sqlmodel import Session

from bot.clock import Clock, SystemClock
from bot.config import DatabaseSettings
from bot.db import Database
from bot.delivery.messages import Messages
from bot.domain.calendar import published
from bot.domain.wording import plural
from bot.errors import UserError
from bot.migrations import require_up_to_date
from bot.services.personal_data import redacting
from bot.services.personal_data.data_subject import DataSubject, find_subject
from bot.services.personal_data.exporting import lines_of
from bot.services.personal_data.searching import holdings
from bot.services.unit_of_work import UnitOfWork

AT_ONCE = 20  # rows in one write: others take their turns between two


def find(who: str, also: Sequence[str]) -> None:
    """Print how many rows of which tables are about a person, and in how many texts they are named."""
    with _database() as database, database.reading() as session:
        subject = find_subject(session, who, also)
        about, named = _counts(session, subject)
    typer.echo(f"{subject.name}, person {subject.id}, {', '.join(subject.accounts)}")
    typer.echo(f"Looked for: {', '.join(subject.names)}")
    _print("Rows about them:", about)
    _print("Texts that name them:", named)


def export(who: str, to: Path, also: Sequence[str]) -> None:
    """Write what is held of a person to a file in JSON Lines."""
    rows = 0
    with _database() as database, database.reading() as session:
        subject = find_subject(session, who, also)
        try:
            with to.open("x", encoding="utf-8") as file:
                for line in lines_of(session, subject):
                    file.write(json.dumps(line, ensure_ascii=False) + "\n")
                    rows += 1
        except OSError as error:
            raise UserError(f"{to} could not be written: {error.strerror}.") from error
    typer.echo(f"Wrote {plural(rows, 'row')} about {subject.name} to {to}.")
    typer.echo("Other people are named in it as well: take out what is theirs before you hand it out.")


def redact(who: str, why: str, also: Sequence[str], clock: Clock | None = None) -> None:
    """Redact a person: in short writes, so that nobody waits. If it is cut short, do it again."""
    now = (clock or SystemClock()).now()
    with _database() as database:
        with database.reading() as session:
            subject = find_subject(session, who, also)
            redacting.require_gone(session, subject, _work(session, now).today)
            found, contracts = [], set()
            for held, row in holdings(session, subject):
                found.append(held)
                contracts.add(getattr(row, "contract_id", 0))
            redacting.require_no_hold(session, subject, contracts)
        with database.writing() as session:
            entry = redacting.begin(_work(session, now), subject, why)
        for start in range(0, len(found), AT_ONCE):
            with database.writing() as session:
                redacting.redact_rows(_work(session, now), subject, found[start : start + AT_ONCE], entry)
        with database.writing() as session:
            redacting.finish(_work(session, now), subject)
        with database.reading() as session:
            _, left = _counts(session, subject)
    typer.echo(f"{plural(len(found), 'row')} redacted. Who it was cannot be brought back from this database.")
    typer.echo("Slack, backups and exported files have their own copies.")
    if left:
        _print(f"Still named, so do it again for {redacting.pseudonym(subject)}, with --also:", left)


def _counts(session: Session, subject: DataSubject) -> tuple[Counter[str], Counter[str]]:
    about: Counter[str] = Counter()
    named: Counter[str] = Counter()
    for held, _ in holdings(session, subject):
        about.update(f"{held.table}, {column}" for column in held.about)
        named.update(f"{held.table}, {column}" for column in held.named_in)
    return about, named


def _print(heading: str, counts: Counter[str]) -> None:
    typer.echo(f"\n{heading}")
    for what, times in sorted(counts.items()):
        typer.echo(f"  {what:50}{times:8}")
    if not counts:
        typer.echo("  none")


@contextmanager
def _database() -> Iterator[Database]:
    with closing(Database(DatabaseSettings.read().database_url, gives_way=True)) as database:
        require_up_to_date(database.engine)
        yield database


def _work(session: Session, now: datetime) -> UnitOfWork:
    return UnitOfWork(session, now, published(), Messages(), "person redact")
