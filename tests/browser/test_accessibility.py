"""The page against axe-core: WCAG 2.0 to 2.2, levels A and AA, and its best practices; nothing may be found."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FloatRect, Page, expect

from tests.workspace.conftest import Clock, World, build
from tests.workspace.sample import card, field, form, options, plain
from workspace import Server, create_app

Json = dict[str, Any]
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
OPTIONS = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
OPEN = "/as/U0ALICE/C0OPEN"
WORDS = {"type": "mrkdwn", "text": "*Bold*, `code`, <https://a.example|a link> and :eyes:"}
BLOCKS: list[Json] = [
    {"type": "header", "text": plain("A header")},
    {
        "type": "section",
        "fields": [WORDS, WORDS],
        "accessory": {"type": "overflow", "options": options("more", "less")},
    },
    {"type": "context", "elements": [WORDS]},
    {"type": "table", "rows": [[{"type": "raw_text", "text": "Rating"}], [{"type": "raw_text", "text": "Good"}]]},
    {"type": "divider"},
    *card("Words"),
]


def check(page: Page) -> None:
    """Fail with every violation and where it is."""
    # What has just come is tinted for half a second, which is no contrast to be measured.
    page.evaluate("Promise.all(document.getAnimations().map((animation) => animation.finished))")
    found = Axe().run(page, options=OPTIONS).response["violations"]
    places = [
        f"{one['id']} ({one['impact']}): {node['target']} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]
    assert places == []


@pytest.fixture
def busy(full: World) -> World:
    """A channel with every kind of message in it."""
    with full.person("U0ALICE") as alice, full.person("U0BOB") as bob:
        parent = alice.say("The *first* one", channel="C0OPEN")
        alice.say("And one more", channel="C0OPEN")
        bob.say("A reply", channel="C0OPEN", thread=parent.ts)
        full.web.reactions_add(channel="C0OPEN", timestamp=parent.ts, name="eyes")
        full.web.chat_postMessage(channel="C0OPEN", text="x", blocks=BLOCKS)
        full.web.chat_postEphemeral(channel="C0OPEN", user="U0ALICE", text="Psst")
    return full


def test_the_start(full: World, page: Page) -> None:
    page.goto(full.url)
    check(page)
    page.get_by_text("Or be somebody else").click()
    check(page)


def test_a_channel(busy: World, page: Page) -> None:
    page.goto(busy.url + OPEN)
    check(page)
    page.get_by_text("And one more").hover()
    expect(page.get_by_role("toolbar")).to_be_visible()
    check(page)
    page.get_by_role("button", name="More actions").click()
    check(page)


def test_a_thread(busy: World, page: Page) -> None:
    page.goto(busy.url + OPEN)
    page.get_by_role("link", name="1 reply").click()
    expect(page.get_by_role("complementary", name="Thread")).to_be_visible()
    check(page)


def test_a_modal_with_every_input_element(busy: World, page: Page) -> None:
    select = {"action_id": "v", "options": options("one", "two")}
    kinds: list[Json] = [
        {"type": "external_select", "action_id": "v"},
        {"type": "conversations_select", "action_id": "v"},
        {"type": "channels_select", "action_id": "v"},
        {"type": "multi_static_select", **select},
        {"type": "multi_external_select", "action_id": "v"},
        {"type": "multi_users_select", "action_id": "v"},
        {"type": "multi_conversations_select", "action_id": "v"},
        {"type": "multi_channels_select", "action_id": "v"},
        {"type": "datetimepicker", "action_id": "v"},
        {"type": "rich_text_input", "action_id": "v"},
        {"type": "file_input", "action_id": "v"},
    ]
    view = form()
    view["blocks"] += [field(f"{kind['type']}s", kind, optional=True) for kind in kinds]
    busy.sample.view = view
    with busy.person("U0ALICE") as alice:
        alice.command("/risk view", channel="C0OPEN")
    page.goto(busy.url + OPEN)
    dialog = page.get_by_role("dialog", name="Raise a risk")
    expect(dialog).to_be_visible()
    check(page)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Please complete this required field.").first).to_be_visible()
    check(page)


def test_the_apps_page(busy: World, page: Page) -> None:
    busy.web.views_publish(user_id="U0ALICE", view={"type": "home", "blocks": BLOCKS})
    for tab in ("home", "messages", "about"):
        page.goto(f"{busy.url}/as/U0ALICE/U0SAMPLE?tab={tab}")
        check(page)


def test_the_inspector(busy: World, page: Page) -> None:
    page.set_viewport_size({"width": 1440, "height": 860})
    page.goto(f"{busy.url}{OPEN}?inspect")
    page.locator("#exchanges summary").first.click()
    check(page)
    page.get_by_role("tab", name="Faults").click()
    page.get_by_label("To which method").fill("chat.update")
    page.get_by_role("button", name="Add the fault").click()
    expect(page.get_by_role("button", name="Remove Slow")).to_be_visible()
    check(page)


@pytest.mark.parametrize(
    "name", ["Keyboard shortcuts", "Browse channels", "Be somebody else", "Shortcuts and commands"]
)
def test_what_opens_over_the_page(busy: World, page: Page, name: str) -> None:
    page.goto(busy.url + OPEN)
    page.get_by_role("button", name=name).click()
    check(page)


def test_completions(busy: World, page: Page) -> None:
    page.goto(busy.url + OPEN)
    page.keyboard.type("/")
    expect(page.get_by_role("option", name="/risk")).to_be_visible()
    check(page)


@pytest.fixture
def movable() -> Iterator[str]:
    """The address of a workspace whose clock can be moved."""
    clock = Clock()
    settings = build(clock, None, put_clock=lambda _: None, clock_url="http://127.0.0.1/clock")
    with Server(create_app(settings)) as served:
        yield served.url


def test_the_clock(movable: str, page: Page) -> None:
    page.goto(movable + OPEN)
    page.get_by_role("button", name="Move the clock").click()
    expect(page.get_by_role("dialog", name="Move the clock")).to_be_visible()
    check(page)


@pytest.mark.parametrize("width", [420, 760, 959, 960, 1180, 1320, 1600])
def test_the_panes_stand_side_by_side_or_below_each_other(busy: World, page: Page, width: int) -> None:
    """At every width all of each pane is in the window, and none covers another."""
    page.set_viewport_size({"width": width, "height": 720})
    page.goto(f"{busy.url}{OPEN}?inspect")
    page.get_by_role("link", name="1 reply").click()
    panes = [page.get_by_role("complementary", name=name) for name in ("Thread", "Inspector")]
    boxes = [pane.bounding_box() for pane in [*panes, page.locator(".centre .bar")]]
    for box in boxes:
        assert box is not None
        assert box["width"] >= 280
        assert (box["x"] >= 0, box["x"] + box["width"] <= width) == (True, True)
        assert (box["y"] >= 0, box["y"] + box["height"] <= 720) == (True, True)
    assert not any(overlap(one, other) for one, other in combinations(boxes, 2) if one and other)


def overlap(one: FloatRect, other: FloatRect) -> bool:
    beside = one["x"] >= other["x"] + other["width"] or other["x"] >= one["x"] + one["width"]
    below = one["y"] >= other["y"] + other["height"] or other["y"] >= one["y"] + one["height"]
    return not beside and not below


@pytest.mark.parametrize("width", [420, 640])  # a narrow window, and 1280 pixels at 200 %
def test_a_narrow_page(busy: World, page: Page, artefacts: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 640})
    page.goto(busy.url + OPEN)
    check(page)
    page.get_by_role("button", name="Channels and people").click()
    check(page)
    page.goto(f"{busy.url}{OPEN}?inspect")
    expect(page.get_by_role("complementary", name="Inspector")).to_be_visible()
    check(page)
    page.get_by_role("link", name="1 reply").click()
    expect(page.get_by_role("complementary", name="Thread")).to_be_visible()
    check(page)
    page.screenshot(path=artefacts / f"narrow-{width}.png")


def test_the_focus_is_kept_in_a_dialog_and_given_back(busy: World, page: Page) -> None:
    page.goto(busy.url + OPEN)
    opener = page.get_by_role("button", name="Browse channels")
    opener.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Browse channels")).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        # the body stands for the browser's own controls, which come after the last one of the page
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_nothing_moves_for_those_who_want_no_motion(busy: World, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto(busy.url + OPEN)
    with busy.person("U0BOB") as bob:
        bob.say("Good morning", channel="C0OPEN")
    expect(page.get_by_text("Good morning")).to_be_visible()
    assert page.evaluate("document.getAnimations().length") == 0
