"""The workspace's time over HTTP: told by whoever drives it, and asked to move on behalf of people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.workspace.conftest import HTTP, Clock, World, build
from workspace import Person, Server, create_app
from workspace.control.timekeeping import RunningClock

Json = dict[str, Any]
NINE = "2026-11-23T09:00:00+00:00"
PUBLIC = "2026-11-22T09:05:00+00:00"


@dataclass
class Driver:
    """Whoever drives time: keeps the wishes it was sent and answers as it is told to."""

    answer: Response
    wishes: list[Json] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        self.wishes.append(await request.json())
        return self.answer


@pytest.fixture
def driver() -> Driver:
    return Driver(JSONResponse({}, status_code=202))


@pytest.fixture
def url(driver: Driver) -> Iterator[str]:
    """The address of the clock of a workspace whose time is driven."""
    clock = Clock()

    def put(instant: datetime) -> None:
        clock.value = instant

    with Server(Starlette(routes=[Route("/clock", driver.take, methods=["POST"])])) as driving:
        settings = build(clock, None, put_clock=put, clock_url=f"{driving.url}/clock")
        with Server(create_app(settings)) as served:
            yield f"{served.url}/control/clock"


def error(answer: httpx.Response) -> str:
    assert answer.status_code == 400
    return str(answer.json()["error"])


def test_the_clock_is_told_and_shown(url: str) -> None:
    assert HTTP.get(url).json() == {"now": PUBLIC, "movable": True, "moving": False, "target": None}
    told = HTTP.put(url, json={"now": NINE, "target": "2026-12-01T09:00:00Z"}).json()
    assert told == {"now": NINE, "movable": True, "moving": True, "target": "2026-12-01T09:00:00+00:00"}
    assert HTTP.put(url, json={"now": NINE}).json()["moving"] is False


def test_messages_and_pages_carry_the_time_that_was_told(url: str) -> None:
    HTTP.put(url, json={"now": NINE})
    base = url.removesuffix("/control/clock")
    with Person(base, "U0ALICE") as alice:
        stamp = float(alice.say("Good morning", channel="C0OPEN").ts)
    assert datetime.fromtimestamp(stamp, UTC).isoformat() == NINE
    assert "Monday 23 November 2026, 9am" in HTTP.get(f"{base}/as/U0ALICE/C0OPEN").text


def test_who_looks_hears_of_a_new_time(url: str) -> None:
    revision = f"{url.removesuffix('/control/clock')}/people/U0ALICE/revision"
    before = HTTP.get(revision).json()["revision"]
    HTTP.put(url, json={"now": NINE})
    assert HTTP.get(revision).json()["revision"] > before


def test_a_wish_is_passed_on(url: str, driver: Driver) -> None:
    answer = HTTP.post(url, json={"to": "monday", "more": "is not passed on"})
    assert (answer.status_code, answer.json()["movable"]) == (202, True)
    assert driver.wishes == [{"to": "monday"}]


def test_a_wish_that_is_refused_says_why(url: str, driver: Driver) -> None:
    driver.answer = JSONResponse({"error": "Monday is cancelled."}, status_code=400)
    assert error(HTTP.post(url, json={"to": "monday"})) == "Monday is cancelled."
    driver.answer = JSONResponse([], status_code=500)
    assert error(HTTP.post(url, json={"to": "monday"})) == "The clock could not be moved there."
    driver.answer = PlainTextResponse("oops")
    assert error(HTTP.post(url, json={"to": "monday"})) == "The clock did not answer."


@pytest.mark.parametrize("body", [{}, {"to": 3}, [], {"to": None}])
def test_a_wish_must_say_where_to(url: str, driver: Driver, body: object) -> None:
    assert error(HTTP.post(url, json=body)).startswith("Expected ")
    assert driver.wishes == []


@pytest.mark.parametrize("body", [{}, {"now": "soon"}, {"now": "2026-11-23T09:00:00"}, {"now": NINE, "target": 4}])
def test_a_time_that_is_none_changes_nothing(url: str, body: Json) -> None:
    assert error(HTTP.put(url, json=body)).startswith("Expected an instant")
    assert HTTP.get(url).json() == {"now": PUBLIC, "movable": True, "moving": False, "target": None}


def test_a_page_of_another_site_cannot_move_it(url: str, driver: Driver) -> None:
    for content_type in ("text/plain", "application/x-www-form-urlencoded"):
        sent = HTTP.post(url, content=b'{"to": "monday"}', headers={"Content-Type": content_type})
        assert error(sent) == "Expected application/json."
    assert driver.wishes == []


def test_a_clock_that_nobody_drives_cannot_be_moved(world: World) -> None:
    url = f"{world.url}/control/clock"
    assert HTTP.get(url).json()["movable"] is False
    assert error(HTTP.post(url, json={"to": "monday"})).startswith("This clock cannot be moved")
    assert error(HTTP.put(url, json={"now": NINE})).startswith("This clock cannot be moved")


def test_a_running_clock_runs_on_and_never_back() -> None:
    begin = datetime(2027, 1, 4, 9, tzinfo=UTC)
    clock = RunningClock(begin)
    assert begin <= clock.now() < begin + timedelta(minutes=1)
    clock.put(begin + timedelta(days=1))
    clock.put(begin)
    assert begin + timedelta(days=1) <= clock.now() < begin + timedelta(days=1, minutes=1)
