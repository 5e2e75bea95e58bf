"""A database that many tests share, because none of them keeps what it does."""

from collections.abc import Iterator

import pytest

from bot.db import Database
from tests.builders import dump
from tests.conftest import KINDS, Templates


@pytest.fixture(scope="session", params=KINDS)
def unchanged(request: pytest.FixtureRequest, templates: Templates) -> Iterator[Database]:
    """The sample portfolio on each kind of database, for tests that roll back: what one kept would be found here."""
    url = templates.copy(request.param, portfolio=True)
    database = Database(url)
    before = dump(database)
    yield database
    after = dump(database)
    database.close()
    templates.drop(url)
    assert after == before


@pytest.fixture(scope="session", params=KINDS)
def _empty_for_all(request: pytest.FixtureRequest, templates: Templates) -> Iterator[Database]:
    url = templates.copy(request.param, portfolio=False)
    database = Database(url)
    yield database
    database.close()
    templates.drop(url)


@pytest.fixture
def still_empty(_empty_for_all: Database) -> Iterator[Database]:
    """The tables and nothing in them, before the test and after it: whatever it tries is refused as a whole."""
    before = dump(_empty_for_all)
    yield _empty_for_all
    assert dump(_empty_for_all) == before
