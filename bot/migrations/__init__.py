"""The database's shape over time (Alembic), the command that brings one up to date, and whether one is.

A revision that has been released is never edited, and imports nothing of ours: what it does today it does for ever. A
change is a new file in versions/, of which `upgrade` and `downgrade` are each other's contrary. On SQLite most changes
make a table anew (`op.batch_alter_table`); see bot.migrations.rebuilding for what is kept while that is done.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from bot.errors import UserError
from bot.migrations.rebuilding import foreign_keys_held_at_the_end
from bot.migrations.shape import differences

_TOLD = 5  # differences that a sentence has room for

log = logging.getLogger(__name__)


def _out_of_shape(found: Sequence[str]) -> UserError:
    """The database says that it is up to date, and what is in it is something else."""
    more = f" And {len(found) - _TOLD} more." if len(found) > _TOLD else ""
    return UserError(
        f"The database is at revision {_newest()}, but it is not what that revision makes. "
        f"{' '.join(found[:_TOLD])}{more} "
        "It was changed by hand, or made by a version that was never released. "
        "Undo that change, or restore a backup from before it; then run: liaison migrate"
    )


class Standing:
    """Whether a database is what this version needs, for a host that asks every few seconds.

    To compare the whole shape is hundreds of queries. A shape changes with the revision and otherwise only where
    somebody changes it by hand, so one that was found right is looked at again when the revision is another. One that
    was found wrong is looked at each time: somebody is about to put it right.
    """

    def __init__(self) -> None:
        self._right_at: str | None = None

    def problem(self, connection: Connection) -> str:
        """The word for what is wrong with the database; "" for nothing."""
        revision = revision_of(connection)
        if revision != _newest():
            return "migrations"
        if revision == self._right_at:
            return ""
        found = differences(connection)
        if found:
            log.warning("the database is out of shape: %s", " ".join(found[:_TOLD]))
            return "shape"
        self._right_at = revision
        return ""


def require_up_to_date(engine: Engine) -> None:
    """UserError unless the database stands at the newest revision and has its shape as well."""
    found = out_of_shape(engine)
    if found:
        raise _out_of_shape(found)


def out_of_shape(engine: Engine) -> Sequence[str]:
    """What differs from the shape of the newest revision, in plain sentences. UserError at any other revision."""
    with engine.connect() as connection:
        if revision_of(connection) != _newest():
            raise UserError("The database is not up to date. Run: liaison migrate")
        return differences(connection)


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring a database to a revision, the newest by default. Safe to run again: there is then nothing to do.

    A database that would not be in shape at the newest one stays as it was: UserError.
    """
    with migrating(engine) as (config, connection):
        upgrade(config, connection, revision)


def upgrade(config: Config, connection: Connection, revision: str = "head") -> None:
    """Bring the database of an open transaction (see `migrating`) to a revision. UserError if it would not be in shape
    at the newest one."""
    command.upgrade(config, revision)
    if revision_of(connection) == _newest():
        _require_shape(connection)


def make_empty_at(config: Config, connection: Connection, revision: str) -> None:
    """Bring a database with nothing in it to a revision, which may be earlier than its own."""
    if (revision_of(connection) or "") > revision:  # they are numbers of four digits
        command.downgrade(config, revision)
    else:
        upgrade(config, connection, revision)


def revision_of(connection: Connection) -> str | None:
    """The revision at which a database says it is; None if it says none."""
    return MigrationContext.configure(connection).get_current_revision()


def is_known(revision: str) -> bool:
    """Whether this version knows a revision."""
    return any(each.revision == revision for each in _script().walk_revisions())


@contextmanager
def migrating(engine: Engine) -> Iterator[tuple[Config, Connection]]:
    """What a command of Alembic's needs, in one transaction: it is kept if the block ends and all foreign keys hold."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with engine.connect() as connection, foreign_keys_held_at_the_end(connection):
        config.attributes["connection"] = connection
        yield config, connection


def _require_shape(connection: Connection) -> None:
    found = differences(connection)
    if found:
        raise _out_of_shape(found)


@cache
def _newest() -> str | None:
    return _script().get_current_head()


def _script() -> ScriptDirectory:
    return ScriptDirectory(str(Path(__file__).parent))
