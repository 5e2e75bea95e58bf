"""Tables whose rows are only ever added: the database refuses changes and removals."""

from typing import TypeVar

from sqlmodel import SQLModel

from bot.models._triggers import after_creating

M = TypeVar("M", bound=type[SQLModel])

_SQLITE = (
    "create trigger %(table)s_no_{verb} before {verb} on %(table)s "
    "begin select raise(abort, '%(table)s is append-only'); end"
)
_POSTGRESQL = (
    "create function %(table)s_append_only() returns trigger language plpgsql as "
    "$$ begin raise exception '%(table)s is append-only'; end $$",
    "create trigger %(table)s_append_only before update or delete or truncate on %(table)s "
    "for each statement execute function %(table)s_append_only()",
)


def append_only(model: M) -> M:
    """Make the database refuse to change or remove a row of a model. On PostgreSQL it also refuses TRUNCATE.

    The triggers are created with the table.
    """
    for verb in ("update", "delete"):
        after_creating(model, _SQLITE.format(verb=verb), "sqlite")
    for statement in _POSTGRESQL:
        after_creating(model, statement, "postgresql")
    return model
