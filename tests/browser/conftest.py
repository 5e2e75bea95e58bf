"""A real browser, where one is installed; its screenshots are kept in artefacts/."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.acceptance.office import Office, open_office
from tests.chromium import CHROMIUMS, FLAGS, find_chromium
from tests.closing import Closing
from tests.conftest import Templates
from tests.workspace.conftest import alice, full, gina, make_world, world

__all__ = ["alice", "full", "gina", "make_world", "world"]  # fixtures


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, headless. For one module at a time: its event loop would be in the way of the others' tests."""
    found = find_chromium()
    if found is None:
        pytest.skip(f"no Chromium is installed ({', '.join(CHROMIUMS)}), so the page was not tested in a browser")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield opened
        opened.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens pages that must not report any error, but for a line of the console that is expected."""
    pages: list[Page] = []
    complaints: list[str] = []

    def heard(message: ConsoleMessage, but: str | None) -> None:
        if message.type == "error" and (but is None or but not in message.text):
            complaints.append(message.text)

    def opened(but: str | None = None) -> Page:
        page = browser.new_page(viewport={"width": 1280, "height": 860}, locale="en-GB")
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda message: heard(message, but))
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()
    assert complaints == []


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A page on which nothing may go wrong."""
    return open_page()


@pytest.fixture
def refused_page(open_page: OpenPage) -> Page:
    """A page whose person is refused something, as they are told: the browser notes the status in its console."""
    return open_page("status of 400")


@pytest.fixture
def office(templates: Templates, closing: Closing) -> Iterator[Office]:
    """The whole product with the sample portfolio."""
    with closing.later() as stack:
        yield stack.enter_context(open_office(stack.enter_context(templates.lent("sqlite"))))


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Where screenshots go."""
    folder = Path(__file__).parents[2] / "artefacts"
    folder.mkdir(exist_ok=True)
    return folder
