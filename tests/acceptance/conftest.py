"""An open office for each test: over HTTP on SQLite, and over Socket Mode on PostgreSQL."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.models import Person
from tests.acceptance import grid
from tests.acceptance.grid import as_grid
from tests.acceptance.office import GUEST, PATIENTLY, PRIYA, Office, open_office, sample_seed
from tests.closing import Closing
from tests.conftest import Templates
from workspace.state.seed import User

# Every test on each database and over each transport: how a request arrives knows nothing of where it is kept.
WAYS = (("sqlite", "http"), ("postgresql", "socket"))


@pytest.fixture
def waits() -> float:
    """For how many seconds Slack waits. Tests that are about the time have a fixture of their own."""
    return PATIENTLY


@pytest.fixture(params=WAYS, ids="-".join)
def office(request: pytest.FixtureRequest, templates: Templates, closing: Closing, waits: float) -> Iterator[Office]:
    """The whole product with the sample portfolio, at 9am on Monday 4 January 2027. Over Socket Mode the department and
    a partner are Enterprise Grids: who is who must not depend on it."""
    kind, way = request.param
    with closing.later() as stack:
        url = stack.enter_context(templates.lent(kind))
        if way == "http":
            yield stack.enter_context(open_office(url, waits=waits))
            return
        opened = stack.enter_context(open_office(url, socket_mode=True, seed=as_grid(sample_seed()), waits=waits))
        with opened.liaison.database.writing() as session:
            grid.register(session)
        yield opened


@pytest.fixture(params=("sqlite", "postgresql"))
def http_office(
    request: pytest.FixtureRequest, templates: Templates, closing: Closing, waits: float
) -> Iterator[Office]:
    """The same over HTTP alone, for requests that a test signs and posts itself."""
    with closing.later() as stack:
        yield stack.enter_context(open_office(stack.enter_context(templates.lent(request.param)), waits=waits))


@pytest.fixture(params=WAYS, ids="-".join)
def guest_office(
    request: pytest.FixtureRequest, templates: Templates, closing: Closing, waits: float
) -> Iterator[Office]:
    """The office with somebody of Northgate as a guest of the department's own workspace, in no channel yet."""
    kind, way = request.param
    seed = sample_seed()
    guest = User(GUEST, "T0DEPT", "gus.guest", "Gus Guest", guest="multi")
    with closing.later() as stack:
        url = stack.enter_context(templates.lent(kind))
        seed = replace(seed, users=(*seed.users, guest))
        opened = stack.enter_context(open_office(url, socket_mode=way == "socket", seed=seed, waits=waits))
        with opened.liaison.database.writing() as session:
            priya = select(col(Person.organisation_id)).where(col(Person.slack) == PRIYA)
            northgate = session.scalars(priya).one()
            session.add(Person(slack=GUEST, name="Gus Guest", organisation_id=northgate, guest=True))
        yield opened
