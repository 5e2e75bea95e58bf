"""Draws the gallery: python -m tests.gallery, with words of the names of what is to be drawn, or all of it."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader
from playwright.sync_api import Page, ViewportSize, sync_playwright

from bot import demo
from bot.delivery.charts import without_pictures
from tests.acceptance.office import AMIRA, PORTFOLIO, sample_seed
from tests.builders import ROOT
from tests.chromium import CHROMIUMS, FLAGS, find_chromium
from tests.unit.renders import JOURNEYS, RENDERS, Render
from workspace import Server, Settings, create_app
from workspace.blocks import check_blocks
from workspace.core import Workspace
from workspace.state.store import Message

FOLDER = ROOT / "artefacts" / "gallery"
SIZE = ViewportSize(width=1280, height=4000)
# A window as high as what is in it, and no message box over the last message.
WHOLE = ".modal { max-height: none !important; overflow: visible !important; } .toast { display: none !important; }"


@dataclass
class Shot:
    """A picture of one render, and what a phone shows of it."""

    size: str
    file: str
    text: str


@dataclass
class Journey:
    """The pictures of a journey, by template."""

    name: str
    title: str
    templates: dict[str, list[Shot]] = field(default_factory=dict)


@dataclass(frozen=True)
class Studio:
    """A workspace that nobody else is in, and a browser that looks at it."""

    workspace: Workspace
    url: str
    page: Page

    def shoot(self, render: Render, path: Path) -> str:
        """Draw a render into a file; the text that a phone shows of it, "" for a form or page."""
        made = render()
        made = {**made, "blocks": without_pictures(made["blocks"])}
        if "type" not in made:
            self._message(made, path)
        elif made["type"] == "home":
            self._home(made, path)
        else:
            self._modal(made, path)
        return str(made.get("text", ""))

    def _message(self, made: dict[str, Any], path: Path) -> None:
        assert check_blocks(made["blocks"], "message") == []
        bot = self.workspace.store.bot.id
        text, blocks = self.workspace.content(made["text"], made["blocks"])
        posted = self.workspace.post(Message(channel=PORTFOLIO, ts="", user=bot, text=text, blocks=blocks, by_app=True))
        self._open(f"{self.url}/as/{AMIRA}/{PORTFOLIO}")
        self.page.locator(f'[data-ts="{posted.ts}"]').screenshot(path=path)
        self.workspace.delete(posted)

    def _home(self, made: dict[str, Any], path: Path) -> None:
        self.workspace.views.publish(AMIRA, made)
        direct = self.workspace.store.direct(AMIRA, self.workspace.store.bot.id).id
        self._open(f"{self.url}/as/{AMIRA}/{direct}?tab=home")
        self.page.locator(".card").first.screenshot(path=path)

    def _modal(self, made: dict[str, Any], path: Path) -> None:
        view = self.workspace.views.open(AMIRA, made)
        self._open(f"{self.url}/as/{AMIRA}/{PORTFOLIO}")
        self.page.locator("#modal").screenshot(path=path)
        self.workspace.views.close(view, everything=True)

    def _open(self, url: str) -> None:
        self.page.goto(url)
        self.page.add_style_tag(content=WHOLE)


@contextmanager
def studio(browser: str) -> Iterator[Studio]:
    """A studio with the people of the demonstration in it."""
    with ExitStack() as stack:
        app = create_app(Settings(seed=sample_seed(), manifest=json.loads(demo.MANIFEST.read_text(encoding="utf-8"))))
        server = stack.enter_context(Server(app))
        playwright = stack.enter_context(sync_playwright())
        opened = playwright.chromium.launch(executable_path=browser, args=[*FLAGS, "--lang=en-GB"])
        stack.callback(opened.close)
        page = opened.new_page(viewport=SIZE, locale="en-GB", bypass_csp=True)
        yield Studio(app.state.workspace, server.url, page)


def draw(wanted: list[str], folder: Path) -> int:
    """Draw every render whose name holds one of the words, and the page that shows them; how many were drawn."""
    browser = find_chromium()
    if browser is None:
        sys.exit(f"The gallery needs a Chromium ({', '.join(CHROMIUMS)}), and none is installed.")
    folder.mkdir(parents=True, exist_ok=True)
    renders = [render for render in RENDERS if not wanted or any(word in render.name for word in wanted)]
    journeys = [Journey(each.__name__.rpartition(".")[2], (each.__doc__ or "").rstrip(".")) for each in JOURNEYS]
    by_template = {
        template: journey
        for journey, module in zip(journeys, JOURNEYS, strict=True)
        for template in (*module.MESSAGE_CONTEXTS, *module.VIEW_CONTEXTS)
    }
    with studio(browser) as open_studio:
        for render in renders:
            file = f"{render.name}.png"
            text = open_studio.shoot(render, folder / file)
            shots = by_template[render.template].templates.setdefault(render.template, [])
            shots.append(Shot(render.size, file, text))
    page = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True).get_template("page.html")
    (folder / "index.html").write_text(
        page.render(journeys=[each for each in journeys if each.templates]), encoding="utf-8"
    )
    return len(renders)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--into", type=Path, default=FOLDER)
    asked = parser.parse_args()
    drawn = draw(asked.words, asked.into)
    sys.stdout.write(f"{drawn} pictures are drawn: open {asked.into / 'index.html'}\n")
