"""How long a transaction waits for another's locks, where somebody waits for its answer."""

from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

LOCK_NOT_AVAILABLE, QUERY_CANCELED = "55P03", "57014"  # postgresql.org/docs/current/errcodes-appendix
_BOUND = text("select set_config('lock_timeout', '2000', true), set_config('statement_timeout', '2500', true)")


def bound_waiting(session: Session) -> None:
    """Let a transaction for which somebody waits end in time, also behind another's lock: on PostgreSQL, where the
    locks are of rows. On SQLite there is one writer, and what waits for it has not begun."""
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        connection.execute(_BOUND)


def gave_up_waiting(failure: OperationalError) -> bool:
    """Whether a statement failed because `bound_waiting` ended it."""
    return getattr(failure.orig, "sqlstate", None) in (LOCK_NOT_AVAILABLE, QUERY_CANCELED)
