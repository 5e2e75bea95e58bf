"""The inspector and the clock: what goes between app and workspace, what is to go wrong, and when it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.workspace.conftest import HTTP, Clock, World, build
from workspace import Server, create_app

OPEN = "/as/U0ALICE/C0OPEN"


def say(page: Page, text: str) -> None:
    page.get_by_label("Message open").fill(text)
    page.get_by_label("Message open").press("Enter")


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("list", name="Requests and responses").get_by_role("listitem").filter(has_text=name)


def test_traffic_is_shown_as_it_happens(full: World, page: Page, artefacts: Path) -> None:
    page.set_viewport_size({"width": 1440, "height": 860})
    page.goto(full.url + OPEN)
    page.keyboard.press("Control+i")
    inspector = page.get_by_role("complementary", name="Inspector")
    expect(inspector.get_by_text("Nothing yet.")).to_be_visible()
    say(page, "/risk card")
    expect(row(page, "/risk")).to_contain_text("200")
    expect(row(page, "chat.postMessage")).to_contain_text(" ms")
    row(page, "chat.postMessage").locator("summary").first.click()
    expect(row(page, "chat.postMessage").get_by_role("group", name="Request of")).to_contain_text('"channel": "C0OPEN"')
    expect(row(page, "chat.postMessage").get_by_role("group", name="Response of")).to_contain_text('"ok": true')
    page.screenshot(path=artefacts / "inspector.png")
    page.get_by_label("Filter the traffic").fill("slash 200")
    expect(row(page, "/risk")).to_be_visible()
    expect(row(page, "chat.postMessage")).to_be_hidden()
    page.reload()  # the choice and the filter are remembered
    expect(row(page, "/risk")).to_be_visible()
    expect(page.get_by_label("Filter the traffic")).to_have_value("slash 200")


def test_traffic_is_paused_and_cleared(full: World, page: Page) -> None:
    page.goto(f"{full.url}{OPEN}?inspect")
    say(page, "/risk one")
    expect(row(page, "/risk")).to_have_count(1)
    page.get_by_role("button", name="Pause").click()
    say(page, "/risk two")
    expect(page.get_by_text("You said two")).to_be_visible()
    expect(row(page, "/risk")).to_have_count(1)
    page.get_by_role("button", name="Pause").click()
    expect(row(page, "/risk")).to_have_count(2)
    page.get_by_role("button", name="Clear").click()
    expect(row(page, "/risk")).to_have_count(0)
    page.reload()
    say(page, "/risk three")
    expect(row(page, "/risk")).to_have_count(1)


def test_faults_are_ordered_seen_and_removed(full: World, page: Page, artefacts: Path) -> None:
    page.goto(f"{full.url}{OPEN}?inspect")
    page.get_by_role("tab", name="Faults").click()
    page.get_by_label("What goes wrong").select_option("drop_before")
    page.get_by_label("To which method").fill("/risk")
    page.get_by_label("How often").fill("2")
    page.get_by_role("button", name="Add the fault").click()
    page.get_by_label("What goes wrong").select_option("ratelimited")
    page.get_by_label("How often").fill("")
    page.get_by_role("button", name="Add the fault").click()
    expect(page.get_by_text("until removed, 1 s")).to_be_visible()
    page.screenshot(path=artefacts / "faults.png")
    page.get_by_role("button", name="Remove Ratelimited: /risk").click()
    say(page, "/risk hello")
    expect(page.get_by_text("/risk failed with the error")).to_be_visible()
    waiting = page.get_by_role("list", name="Waiting to happen")
    expect(waiting).to_contain_text("once, 1 s")  # one of two is used up
    page.get_by_role("tab", name="Traffic").click()
    expect(row(page, "/risk")).to_contain_text("drop before")
    page.get_by_role("tab", name="Traffic").press("ArrowRight")
    page.get_by_role("button", name="Disconnect Socket Mode").click()
    expect(page.get_by_role("alert").filter(has_text="0 connections were told.")).to_be_visible()


@pytest.fixture
def driven() -> Iterator[tuple[str, list[str]]]:
    """A workspace whose clock is driven, and the wishes that its driver was sent."""
    clock = Clock()
    wishes: list[str] = []

    def put(instant: datetime) -> None:
        clock.value = instant

    async def take(request: Request) -> Response:
        wishes.append((await request.json())["to"])
        if wishes[-1] == "2026-11-22T09:05":
            return JSONResponse({"error": "The clock only goes forwards."}, status_code=400)
        return JSONResponse({}, status_code=202)

    with Server(Starlette(routes=[Route("/clock", take, methods=["POST"])])) as driving:
        settings = build(clock, None, put_clock=put, clock_url=f"{driving.url}/clock")
        with Server(create_app(settings)) as served:
            yield served.url, wishes


def test_the_clock_is_moved(driven: tuple[str, list[str]], refused_page: Page, artefacts: Path) -> None:
    url, wishes = driven
    page = refused_page
    page.goto(url)
    expect(page.get_by_text("Move the clock")).to_be_visible()
    page.goto(url + OPEN)
    page.get_by_role("button", name="Move the clock").click()
    menu = page.get_by_role("dialog", name="Move the clock")
    page.screenshot(path=artefacts / "clock.png")
    menu.get_by_role("button", name="Go").click()  # to the time that it is
    expect(menu.get_by_role("alert")).to_have_text("The clock only goes forwards.")
    menu.get_by_role("button", name="To Monday 9am").click()
    expect(menu).to_be_hidden()
    assert wishes == ["2026-11-22T09:05", "monday"]
    HTTP.put(f"{url}/control/clock", json={"now": "2026-11-22T18:30:00Z", "target": "2026-11-23T09:00:00Z"})
    expect(page.get_by_text("Moving to Mon 23 Nov 2026, 9am")).to_be_visible()
    expect(page.get_by_role("button", name="Move the clock")).to_contain_text("Sun 22 Nov 2026, 6:30pm")
    page.screenshot(path=artefacts / "clock-moving.png")
    HTTP.put(f"{url}/control/clock", json={"now": "2026-11-23T09:00:00Z"})
    expect(page.get_by_role("button", name="Move the clock")).to_contain_text("Mon 23 Nov 2026, 9am")
    expect(page.get_by_text("Moving to")).to_have_count(0)


def test_a_clock_that_cannot_be_moved_is_only_shown(full: World, page: Page) -> None:
    page.goto(full.url + OPEN)
    expect(page.get_by_text("Sun 22 Nov 2026, 9:05am")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("clock"))).to_have_count(0)
