"""The database's shape over time (Alembic), and the command that brings one up to date."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from bot.errors import UserError


class NotUpToDate(UserError):
    """The database has not been brought up to date."""

    def __init__(self) -> None:
        super().__init__("The database is not up to date. Run: liaison migrate")


def require_up_to_date(engine: Engine) -> None:
    """NotUpToDate unless the database stands at the newest revision."""
    with engine.connect() as connection:
        if not is_up_to_date(connection):
            raise NotUpToDate


def is_up_to_date(connection: Connection) -> bool:
    """Whether the database stands at the newest revision."""
    return MigrationContext.configure(connection).get_current_revision() == _newest()


@cache
def _newest() -> str | None:
    return ScriptDirectory(str(Path(__file__).parent)).get_current_head()


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring a database to a revision, the newest by default. Safe to run again: there is then nothing to do."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
