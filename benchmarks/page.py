"""From the press of a key to the message on the screen, in a real Chromium: `python -m benchmarks.page`."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page, sync_playwright
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.figures import Figure, Size, run_alone
from tests.chromium import CHROMIUMS, FLAGS, find_chromium
from workspace import Person, Server, Settings, create_app, parse_seed

Json = dict[str, Any]
RUNS = 50
GOAL = 150
SEED = {
    "app": {"id": "A0BENCH", "bot_id": "B0BENCH", "bot_user_id": "U0BENCH", "team": "T0"},
    "teams": [{"id": "T0", "name": "Department of Measures", "domain": "measures"}],
    "users": [
        {"id": "U0ANN", "team": "T0", "name": "ann", "real_name": "Ann Arbour"},
        {"id": "U0BEN", "team": "T0", "name": "ben", "real_name": "Ben Brook"},
    ],
    "channels": [{"id": "C0BENCH", "name": "bench", "members": ["U0ANN", "U0BEN"], "bot": True}],
}
MANIFEST: Json = {
    "display_information": {"name": "Bench"},
    "features": {"slash_commands": [{"command": "/card", "description": "A message with a button"}]},
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands"]}},
    "settings": {"interactivity": {"is_enabled": True}},
}
# Told in the page itself: when it was pressed, when the next message was there, and when that had been painted.
WATCH = """() => {
  const list = document.getElementById("messages");
  let pressed = 0;
  const press = (event) => { if (event.type === "click" || event.key === "Enter") pressed = event.timeStamp; };
  for (const type of ["keydown", "click"]) addEventListener(type, press, { capture: true });
  window.drawn = () => new Promise((resolve) => {
    const watcher = new MutationObserver((changes) => {
      if (!changes.some((change) => [...change.addedNodes].some((node) => node.matches?.("li.message.fresh")))) return;
      watcher.disconnect();
      requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - pressed)));
    });
    watcher.observe(list, { childList: true, attributes: true, subtree: true });
  });
}"""


def click_to_drawn(page: Page, press: Callable[[int], None], runs: int = RUNS) -> list[float]:
    """Milliseconds from a press to the next message painted, for each of so many runs.

    The page is open at a conversation; `press(run)` presses Enter or a button there.
    """
    page.evaluate(WATCH)
    taken = []
    for run in range(runs):
        page.evaluate("() => { window.waiting = window.drawn(); }")
        press(run)
        taken.append(page.evaluate("window.waiting"))
    return taken


def measure(size: Size) -> list[Figure]:
    """Measure a person's own message and a button that is answered with a message, and print the figures."""
    older, runs = size.of((500, RUNS), (50, 10))
    found = find_chromium()
    if found is None:
        print(f"\nNo Chromium is installed ({', '.join(CHROMIUMS)}), so the page was not measured.")
        return [Figure("Enter to one's own message drawn, and a click to its answer, p50", None, "ms", GOAL)]
    with _workspace() as url, sync_playwright() as playwright:
        with Person(url, "U0BEN") as ben:
            for number in range(older):
                ben.say(f"Message {number} of those that were here before", channel="C0BENCH")
        browser = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.goto(f"{url}/as/U0ANN/C0BENCH")
        own, button = _writing(page), _pressing(page)
        print(f"\nIn a channel of {older} messages, {runs} runs each, in Chromium{'':14}p50{'':8}p95{'':8}max")
        figures = [_row("Enter to one's own message drawn", click_to_drawn(page, own, runs))]
        own(0)
        page.locator("#composer").fill("/card")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Answer").wait_for()
        figures.append(_row("a button's click to the app's answer drawn", click_to_drawn(page, button, runs)))
        browser.close()
        return figures


def _writing(page: Page) -> Callable[[int], None]:
    def press(run: int) -> None:
        page.locator("#composer").fill(f"My message {run}")
        page.keyboard.press("Enter")

    return press


def _pressing(page: Page) -> Callable[[int], None]:
    return lambda _: page.get_by_role("button", name="Answer").click()


def _row(name: str, taken: list[float]) -> Figure:
    cuts = statistics.quantiles(taken, n=20)
    print(f"{f'{name} (ms)':56}{cuts[9]:11.1f}{cuts[18]:11.1f}{max(taken):11.1f}")
    return Figure(f"{name}, p50", cuts[9], "ms", GOAL)


@contextmanager
def _workspace() -> Iterator[str]:
    """A workspace with a small app beside it, both on the loopback."""
    late = _Late()
    app = Server(late)
    settings = Settings(seed=parse_seed(SEED), manifest=MANIFEST, bot_url=f"{app.url}/slack/events")
    with Server(create_app(settings)) as served:
        client = AsyncWebClient(token=settings.bot_token, base_url=f"{served.url}/api/")
        late.target = _app(AsyncApp(client=client, signing_secret=settings.signing_secret))
        with app:
            yield served.url


class _Late:
    """An ASGI application whose inside is made once its address is known."""

    target: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401  # ASGI
        await self.target(scope, receive, send)


def _app(bolt: AsyncApp) -> Starlette:
    """An app that answers a command with a button, and the button with a message."""
    handler = AsyncSlackRequestHandler(bolt)
    button = {"type": "button", "action_id": "answer", "text": {"type": "plain_text", "text": "Answer"}}

    @bolt.command("/card")
    async def card(ack: Any, respond: Any) -> None:  # noqa: ANN401  # Bolt leaves it untyped
        await ack()
        await respond(text="A card", blocks=[{"type": "actions", "elements": [button]}])

    @bolt.action("answer")
    async def answer(ack: Any, respond: Any) -> None:  # noqa: ANN401  # Bolt leaves it untyped
        await ack()
        await respond(text="Here it is", replace_original=False)

    async def receive(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route("/slack/events", receive, methods=["POST"])])


if __name__ == "__main__":
    run_alone("page", measure)
