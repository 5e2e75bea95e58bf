"""A real browser, where one is installed; its screenshots are kept in artefacts/."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.acceptance.office import Office, open_office
from tests.conftest import Templates
from tests.workspace.conftest import alice, full, gina, make_world, world

__all__ = ["alice", "full", "gina", "make_world", "world"]  # fixtures

NAMES = ("chromium", "chromium-browser", "google-chrome")
# No sandbox: it needs privileges that a container does not give. The rest keeps the browser off the network.
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, headless. For one module at a time: its event loop would be in the way of the others' tests."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip(f"no Chromium is installed ({', '.join(NAMES)}), so the page was not tested in a browser")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that must not report any error.

    A refusal that the person is told of is none, though the browser notes its status in its console.
    """
    opened = browser.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: complaints.append(message.text) if _is_error(message) else None)
    yield opened
    opened.close()
    assert complaints == []


def _is_error(message: ConsoleMessage) -> bool:
    return message.type == "error" and "status of 400" not in message.text


@pytest.fixture
def office(templates: Templates) -> Iterator[Office]:
    """The whole product with the sample portfolio."""
    with open_office(templates.copy("sqlite", portfolio=True)) as opened:
        yield opened


@pytest.fixture(scope="session")
def artefacts() -> Path:
    """Where screenshots go."""
    folder = Path(__file__).parents[2] / "artefacts"
    folder.mkdir(exist_ok=True)
    return folder
