"""An open office for each test: on both databases over HTTP, and once over Socket Mode."""

from collections.abc import Iterator

import pytest

from tests.acceptance.office import Office, open_office
from tests.conftest import Templates

WAYS = (("sqlite", "http"), ("postgresql", "http"), ("sqlite", "socket"))


@pytest.fixture(params=WAYS, ids="-".join)
def office(request: pytest.FixtureRequest, templates: Templates) -> Iterator[Office]:
    """The whole product with the sample portfolio, at 9am on Monday 4 January 2027."""
    kind, way = request.param
    url = templates.copy(kind, portfolio=True)
    with open_office(url, socket_mode=way == "socket") as opened:
        yield opened
    templates.drop(url)


@pytest.fixture(params=("sqlite", "postgresql"))
def http_office(request: pytest.FixtureRequest, templates: Templates) -> Iterator[Office]:
    """The same over HTTP alone, for requests that a test signs and posts itself."""
    url = templates.copy(request.param, portfolio=True)
    with open_office(url) as opened:
        yield opened
    templates.drop(url)
