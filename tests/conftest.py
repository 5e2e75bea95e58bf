"""What every test stands on: fresh databases of both kinds, migrated, with or without the sample portfolio."""

import gc
import logging
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, make_url, text
from sqlmodel import Session

from bot import demo, slack_users
from bot.config import DatabaseSettings
from bot.db import Database
from bot.delivery.messages import Messages
from bot.domain.calendar import published
from bot.log_lines import JsonLines
from bot.migrations import migrate
from bot.services.portfolio.applying import apply
from bot.services.portfolio.planning import plan
from bot.services.portfolio.reading import read
from bot.services.unit_of_work import UnitOfWork
from tests import written_logs
from tests.closing import Closing
from tests.once import one_of_each
from tests.played import PLAYED, Played, offered
from tests.postgresql import postgresql_server
from tests.registered import connected_to_nothing
from tests.samples import sample_users

ROOM = 2_000_000_000  # bytes
KINDS = ("sqlite", "postgresql")
NOT_PLAYED: list[Played] = []
LEFT_OUT: set[str] = set()

# A machine that is shared may pause for longer than an example is usually given.
settings.register_profile("shared", deadline=None, print_blob=True)
settings.register_profile("long", settings.get_profile("shared"), max_examples=2000)  # --hypothesis-profile=long
# Each run of the same tests plays the same.
settings.register_profile("once", settings.get_profile("shared"), max_examples=20, derandomize=True, database=None)
settings.load_profile("shared")


def pytest_addoption(parser: pytest.Parser) -> None:
    """--once, which make check asks for."""
    told = "play each test on one kind of database and over one way in, and the long ones in a small form"
    parser.addoption("--once", action="store_true", help=told)


def pytest_configure(config: pytest.Config) -> None:
    """Have the long ones in a small form, unless another form is asked for."""
    config.pluginmanager.register(written_logs)
    if config.option.once and not config.getoption("--hypothesis-profile"):
        settings.load_profile("once")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what --once leaves out."""
    if config.option.once:
        kept = one_of_each(item.nodeid for item in items)
        left_out = [item for item in items if item.nodeid not in kept]
        items[:] = [item for item in items if item.nodeid in kept]
        config.hook.pytest_deselected(items=left_out)
        if hasattr(config, "workeroutput"):  # the first process looks at no test itself, and is told
            config.workeroutput["left_out"] = [item.nodeid for item in left_out]


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: a test often waits, for a server, a browser or a disk."""
    return (os.cpu_count() or 1) + 1


def pytest_collection_finish() -> None:
    """What has been imported by now stays: Python need not look through it again and again for what may go."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """A PostgreSQL server: the one that TEST_DATABASE_URL names, or a real one from a wheel.

    Its files are not among pytest's own: as root the server runs as another user, and each further run of pytest
    that starts takes the way to its folder away from other users, so that the server dies in the middle of a test.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield DatabaseSettings(database_url=given).database_url
        return
    # Nothing of it outlives the run, or lives long enough to need tidying.
    with postgresql_server(_in_memory(), durable=False) as url:
        yield url


@pytest.fixture(scope="session")
def closing(templates: "Templates") -> Iterator[Closing]:
    """Closes what tests have used while the next ones are under way.

    It asks for the templates so that it ends before them: what is closed last still removes its database from a server.
    """
    closes = Closing()
    yield closes
    closes.finish()


def _in_memory() -> str | None:
    """A folder in memory with room for the databases, where there is one: a copy takes an eighth of the time there."""
    shared = Path("/dev/shm")
    roomy = shared.is_dir() and os.access(shared, os.W_OK) and shutil.disk_usage(shared).free > ROOM
    return str(shared) if roomy else None


class Templates:
    """Databases made once for the whole run, and copied for each test that wants one."""

    def __init__(self, folder: Path, postgresql_url: str) -> None:
        self._folder = folder
        self._server = make_url(postgresql_url)
        self._administers = create_engine(self._server, isolation_level="AUTOCOMMIT")
        self._made: set[tuple[str, str]] = set()

    def copy(self, kind: str, *, portfolio: bool) -> str:
        """The URL of a fresh migrated database, with the sample portfolio or empty."""
        return self.copy_of(kind, "portfolio", import_sample) if portfolio else self.copy_of(kind, "empty", None)

    def copy_of(self, kind: str, name: str, fill: Callable[[Session], None] | None) -> str:
        """The URL of a fresh migrated database that `fill` has written: it is asked once for each kind and name."""
        template = self._template(kind, name, fill)
        copy = f"test_{uuid4().hex}"
        self._create(kind, copy, template)
        return self._url(kind, copy)

    def unmigrated(self, kind: str) -> str:
        """The URL of a fresh database without any table."""
        name = f"test_{uuid4().hex}"
        self._create(kind, name)
        return self._url(kind, name)

    def _template(self, kind: str, name: str, fill: Callable[[Session], None] | None) -> str:
        """The database to copy: one with something in it begins as a copy of the empty one, which alone is migrated."""
        template = f"template_{name}_{os.getpid()}"
        if (kind, name) not in self._made:
            self._create(kind, template, self._template(kind, "empty", None) if fill else None)
            _write(self._url(kind, template), fill)
            self._made.add((kind, name))
        return template

    @contextmanager
    def lent(self, kind: str, *, portfolio: bool = True) -> Iterator[str]:
        """The same, removed at the end."""
        url = self.copy(kind, portfolio=portfolio)
        yield url
        self.drop(url)

    def drop(self, url: str) -> None:
        """Remove a copy."""
        if not url.startswith("sqlite"):
            self._administer(f'drop database "{make_url(url).database}" with (force)')

    def drop_all(self) -> None:
        """Remove the templates from the server."""
        for kind, name in self._made:
            if kind == "postgresql":
                self._administer(f'drop database "template_{name}_{os.getpid()}" with (force)')
        self._administers.dispose()

    def _url(self, kind: str, name: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{self._folder / name}.db"
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _create(self, kind: str, name: str, template: str | None = None) -> None:
        if kind == "postgresql":
            self._administer(
                f'create database "{name}"' + (f' template "{template}" strategy file_copy' if template else "")
            )
        elif template is not None:
            shutil.copy(self._folder / f"{template}.db", self._folder / f"{name}.db")

    def _administer(self, statement: str) -> None:
        with self._administers.connect() as connection:
            connection.execute(text(statement))


def _write(url: str, fill: Callable[[Session], None] | None) -> None:
    database = Database(url)
    if fill is None:
        migrate(database.engine)
    else:
        with database.writing() as session:
            fill(session)
    database.close()


def import_sample(session: Session) -> None:
    """Import the sample portfolio."""
    slack_users.keep(session, sample_users(demo.BEGINS - timedelta(days=1)))  # who acts is asked about again
    work = UnitOfWork(session, demo.BEGINS - demo.IMPORTED_BEFORE, published(), Messages(), "import")
    apply(work, plan(work, read(demo.SAMPLE)))


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory, postgresql_url: str) -> Iterator[Templates]:
    """The databases to copy from."""
    made = Templates(tmp_path_factory.mktemp("databases"), postgresql_url)
    yield made
    made.drop_all()


@pytest.fixture(params=KINDS)
def empty_url(request: pytest.FixtureRequest, templates: Templates) -> Iterator[str]:
    """A fresh migrated database of each kind, with nothing in it."""
    with templates.lent(request.param, portfolio=False) as url:
        yield url


@pytest.fixture(params=KINDS)
def portfolio_url(request: pytest.FixtureRequest, templates: Templates) -> Iterator[str]:
    """A fresh database of each kind with the sample portfolio, imported just before the demonstration begins."""
    with templates.lent(request.param) as url:
        yield url


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    """A database with the tables and nothing in them."""
    database = Database(empty_url)
    yield database
    database.close()


@pytest.fixture
def portfolio(portfolio_url: str) -> Iterator[Database]:
    """A database with the sample portfolio."""
    database = Database(portfolio_url)
    yield database
    database.close()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:  # noqa: ANN401  # xdist does not say what it is
    """Hear from a worker what it has played, and what it has left out, which is the same for each."""
    told = getattr(node, "workeroutput", {})
    PLAYED.update(tuple(each) for each in told.get("played", ()))
    LEFT_OUT.update(told.get("left_out", ()))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the first process what was played; there, end a whole run that is green and left something out with an
    error."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["played"] = sorted(PLAYED)
        return
    option = session.config.option
    everything = session.config.args_source is pytest.Config.ArgsSource.TESTPATHS and not option.keyword
    if everything and not (option.once or option.collectonly) and session.exitstatus == pytest.ExitCode.OK:
        NOT_PLAYED.extend(sorted(everything_offered() - PLAYED))
        session.exitstatus = pytest.ExitCode.TESTS_FAILED if NOT_PLAYED else pytest.ExitCode.OK


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name what no test has played, and count what was left out."""
    if LEFT_OUT:
        terminalreporter.write_line(f"{len(LEFT_OUT)} deselected: make test plays them as well")
    for each in NOT_PLAYED:
        terminalreporter.write_line(f"NOT PLAYED by any acceptance test: {' '.join(each[:2])} over {each[2]}", red=True)


def everything_offered() -> set[Played]:
    """Every command, button, form and shortcut of the product, over both ways."""
    with TemporaryDirectory() as folder, connected_to_nothing(Path(folder)) as liaison:
        listeners = liaison.router.listeners
    return offered(liaison.router.commands.tables, listeners.buttons, listeners.forms, listeners.shortcuts)


@pytest.fixture
def lines() -> Iterator[StringIO]:
    """What is written to the log, in JSON."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)
