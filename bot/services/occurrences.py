"""Occurrences: one firing of one rule for one subject at one due instant, claimed only once."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Dialect, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from bot.models import Occurrence
from bot.services.unit_of_work import UnitOfWork


def claim(work: UnitOfWork, rule: str, subject: str, due_at: datetime) -> bool:
    """Claim an occurrence; returns whether this unit of work got it. Only then may it enqueue messages for it.

    On PostgreSQL a second claimer waits for the first to commit, and gets the occurrence if the first rolls back.
    """
    insert = _insert(work.session.get_bind().dialect)
    claimed = work.session.execute(
        insert(Occurrence)
        .values(rule=rule, subject=subject, due_at=due_at, claimed_at=work.now)
        .on_conflict_do_nothing()
        .returning(col(Occurrence.id))
    )
    return claimed.first() is not None


def claim_all(work: UnitOfWork, rule: str, subjects: Mapping[str, datetime]) -> set[str]:
    """Claim an occurrence of a rule for each of these subjects at its due instant; returns the subjects of those that
    this unit of work got. One statement."""
    if not subjects:
        return set()
    insert = _insert(work.session.get_bind().dialect)
    rows = [
        {"rule": rule, "subject": subject, "due_at": due_at, "claimed_at": work.now}
        for subject, due_at in subjects.items()
    ]
    claimed = insert(Occurrence).values(rows).on_conflict_do_nothing().returning(col(Occurrence.subject))
    return set(work.session.scalars(claimed))


def claimed(work: UnitOfWork, rule: str, since: datetime) -> dict[str, datetime]:
    """The subjects with claimed occurrences of a rule since an instant, each with the latest due instant."""
    latest = (
        select(col(Occurrence.subject), func.max(col(Occurrence.due_at)))
        .where(col(Occurrence.rule) == rule, col(Occurrence.due_at) >= since)
        .group_by(col(Occurrence.subject))
    )
    return dict(work.session.execute(latest).all())


def forget(work: UnitOfWork, rule: str) -> None:
    """Forget the claimed occurrences of a rule, so that it fires again."""
    work.session.execute(delete(Occurrence).where(col(Occurrence.rule) == rule))


def _insert(dialect: Dialect) -> type[sqlite.Insert] | type[postgresql.Insert]:
    return sqlite.Insert if dialect.name == "sqlite" else postgresql.Insert
