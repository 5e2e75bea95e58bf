"""Tables whose rows are only ever added: the database refuses changes and removals."""

from collections.abc import Callable
from typing import TypeVar

from sqlmodel import SQLModel

from bot.models._triggers import after_creating

M = TypeVar("M", bound=type[SQLModel])

_REFUSED = "begin select raise(abort, '%(table)s is append-only'); end"
_SQLITE = (
    "create trigger %(table)s_no_update before update on %(table)s {when}" + _REFUSED,
    "create trigger %(table)s_no_delete before delete on %(table)s {unless}" + _REFUSED,
)
_REMOVED = "exists (select 1 from contract_removal where contract_id = {of_contract})"
# INSERT OR REPLACE removes the row that was there, and fires no trigger of a removal (sqlite.org/lang_conflict.html).
_SQLITE_REPLACED = (
    "create trigger %(table)s_no_replace before insert on %(table)s "
    "when exists (select 1 from %(table)s where {key} = new.{key}) "
    "begin select raise(abort, '%(table)s is append-only'); end"
)
_FUNCTION = (
    "create function %(table)s_append_only() returns trigger language plpgsql as "
    "$$ begin raise exception '%(table)s is append-only'; end $$"
)
_POSTGRESQL = (
    "create trigger %(table)s_append_only before {refused} on %(table)s "
    "for each statement execute function %(table)s_append_only()"
)
_POSTGRESQL_DELETE = (
    "create function %(table)s_removal() returns trigger language plpgsql as $$ begin if {removed} then return old; "
    "end if; raise exception '%(table)s is append-only'; end $$",
    "create trigger %(table)s_no_delete before delete on %(table)s for each row execute function %(table)s_removal()",
)
_POSTGRESQL_UPDATE = (
    "create trigger %(table)s_no_update before update on %(table)s "
    "for each row when (not ({but_for})) execute function %(table)s_append_only()"
)


def but_for_redaction(*kept: str) -> str:
    """The condition of a redaction of a row: an entry of the trail tells of it, and these columns stay as they are."""
    stay = (f"coalesce(cast(new.{each} as text), '') = coalesce(cast(old.{each} as text), '')" for each in kept)
    return " and ".join(["coalesce(new.redaction_id, 0) > coalesce(old.redaction_id, 0)", *stay])


def append_only(*, numbered_by: str = "", but_for: str = "", of_contract: str = "") -> Callable[[M], M]:
    """Make the database refuse to change or remove a row of a model. On PostgreSQL it also refuses TRUNCATE.

    With `numbered_by`, a row's key, SQLite also refuses to put another row in its place. `but_for` is the SQL condition
    on `old` and `new` of the one change that is allowed, and `of_contract` the SQL expression on `old` of the contract
    with which a row may be removed, once `contract_removal` has it.

    The triggers are created with the table.
    """

    def decorate(model: M) -> M:
        when = f"when not ({but_for}) " if but_for else ""
        removed = _REMOVED.format(of_contract=of_contract)
        unless = f"when not {removed} " if of_contract else ""
        for statement in _SQLITE:
            after_creating(model, statement.format(when=when, unless=unless), "sqlite")
        if numbered_by:
            after_creating(model, _SQLITE_REPLACED.format(key=numbered_by), "sqlite")
        refused = " or ".join([*([] if but_for else ["update"]), *([] if of_contract else ["delete"]), "truncate"])
        if of_contract:
            for statement in _POSTGRESQL_DELETE:
                after_creating(model, statement.format(removed=removed), "postgresql")
        for statement in (_FUNCTION, _POSTGRESQL.format(refused=refused)):
            after_creating(model, statement, "postgresql")
        if but_for:
            after_creating(model, _POSTGRESQL_UPDATE.format(but_for=but_for), "postgresql")
        return model

    return decorate
