"""Databases that many tests share: each leaves its database as it found it, and is found out if it does not."""

from collections.abc import Iterator

import pytest
from sqlalchemy import delete

from bot.db import Database
from bot.models import Occurrence, OutboxMessage
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


@pytest.fixture
def blank(_empty_for_all: Database) -> Iterator[Database]:
    """The tables and nothing in them, for tests that keep messages and occurrences: those are gone afterwards."""
    before = dump(_empty_for_all)
    yield _empty_for_all
    with _empty_for_all.engine.begin() as connection:
        for model in (OutboxMessage, Occurrence):
            connection.execute(delete(model))
    assert dump(_empty_for_all) == before


@pytest.fixture
def blank_url(blank: Database) -> str:
    """Its address, for workers with connections of their own."""
    return blank.engine.url.render_as_string(hide_password=False)
