"""The client around the messages: places, unread marks, channels, the app's page, personas, the narrow page."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.workspace.conftest import World
from tests.workspace.sample import card

OPEN = "/as/U0ALICE/C0OPEN"


def test_unread_marks_and_the_line_before_what_is_new(full: World, page: Page, artefacts: Path) -> None:
    with full.person("U0BOB") as bob, full.person("U0ALICE") as alice:
        alice.say("Seen", channel="C0OPEN")
        bob.say("News", channel="C0OPEN")
        page.goto(f"{full.url}/as/U0ALICE/C0ALONE")
        place = page.get_by_role("link", name="open 1 unread")
        expect(place).to_be_visible()
        expect(page).to_have_title(re.compile(r"^\(1\) alone"))
        place.click()
        expect(page.get_by_role("listitem").filter(has_text=re.compile("^New$"))).to_be_visible()
        expect(page.get_by_role("link", name="open", exact=True)).to_be_visible()  # read by now
        page.screenshot(path=artefacts / "new.png")
        bob.say("More news", channel="C0OPEN")
        expect(page.get_by_text("More news")).to_be_visible()
        expect(page).to_have_title(re.compile("^open"))


def test_who_one_is_changes_with_one_press(full: World, page: Page) -> None:
    page.goto(f"{full.url}/as/U0ALICE/C0SHARED")
    page.get_by_role("link", name="Be Gina Guest, Partner").click()
    expect(page).to_have_url(re.compile("/as/U0GINA/C0SHARED$"))
    page.get_by_role("button", name="Be somebody else").click()
    page.get_by_role("link", name="Bob Brook").click()
    expect(page).to_have_url(re.compile("/as/U0BOB/C0OPEN$"))


def test_channels_are_browsed_joined_and_left(full: World, page: Page, artefacts: Path) -> None:
    page.goto(f"{full.url}/as/U0BOB/C0OPEN")
    page.get_by_role("button", name="Browse channels").click()
    page.screenshot(path=artefacts / "browse.png")
    page.get_by_role("button", name="Join alone").click()
    expect(page).to_have_url(re.compile("/as/U0BOB/C0ALONE$"))
    page.get_by_role("button", name="Browse channels").click()
    page.get_by_role("button", name="Leave alone").click()
    expect(page).to_have_url(re.compile("/as/U0BOB/C0OPEN$"))
    expect(page.get_by_role("link", name="alone")).to_have_count(0)


def test_the_apps_page_and_its_tabs(full: World, page: Page, artefacts: Path) -> None:
    full.web.views_publish(user_id="U0ALICE", view={"type": "home", "blocks": card("Your contracts")})
    page.goto(full.url + OPEN)
    page.get_by_role("link", name="Sample App").click()
    tabs = page.get_by_role("navigation", name="Sample")
    expect(tabs.get_by_role("link", name="Messages")).to_have_attribute("aria-current", "page")
    tabs.get_by_role("link", name="Home").click()
    expect(page.get_by_text("Your contracts")).to_be_visible()
    full.sample.wait(lambda: any(event.get("tab") == "home" for event in full.sample.heard))
    page.screenshot(path=artefacts / "home.png")
    page.get_by_role("button", name="Open a form").click()
    expect(page.get_by_role("dialog", name="Raise a risk")).to_be_visible()
    page.keyboard.press("Escape")
    full.web.views_publish(user_id="U0ALICE", view={"type": "home", "blocks": card("Your contracts, anew")})
    expect(page.get_by_text("Your contracts, anew")).to_be_visible()
    page.get_by_role("button", name="View source").click()
    expect(page.get_by_role("dialog", name="Home")).to_contain_text("Your contracts, anew")
    page.keyboard.press("Escape")
    tabs.get_by_role("link", name="About").click()
    expect(page.get_by_text("Shows what there is")).to_be_visible()
    expect(page.get_by_text("Keep a message")).to_be_visible()


def test_a_place_is_found_by_its_name(full: World, page: Page) -> None:
    page.goto(full.url + OPEN)
    page.keyboard.press("Control+k")
    page.keyboard.type("bob")
    expect(page.get_by_role("option", name="Bob Brook")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Bob Brook")).to_be_visible()
    expect(page.get_by_text("Nothing has been said here yet.")).to_be_visible()


def test_what_is_half_written_is_there_on_coming_back(full: World, page: Page) -> None:
    page.goto(full.url + OPEN)
    page.keyboard.type("Half a sentence")
    page.get_by_role("link", name="shared").click()
    expect(page.get_by_label("Message shared")).to_have_value("")
    page.get_by_role("link", name="open", exact=True).click()
    expect(page.get_by_label("Message open")).to_have_value("Half a sentence")


def test_keys_are_explained(full: World, page: Page, artefacts: Path) -> None:
    page.goto(full.url + OPEN)
    page.keyboard.press("F6")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    page.screenshot(path=artefacts / "keys.png")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_a_narrow_page_has_a_drawer(full: World, page: Page, artefacts: Path) -> None:
    page.set_viewport_size({"width": 420, "height": 800})
    full.web.chat_postMessage(channel="C0OPEN", text="x", blocks=card("*Advisers* leaving faster than hired"))
    page.goto(full.url + OPEN)
    expect(page.get_by_role("link", name="shared")).to_be_hidden()
    page.screenshot(path=artefacts / "narrow.png")
    assert page.evaluate("document.documentElement.scrollWidth") == 420
    page.get_by_role("button", name="Channels and people").click()
    page.screenshot(path=artefacts / "drawer.png")
    expect(page.get_by_role("link", name="Department of Examples")).to_be_focused()
    page.get_by_role("button", name="Be somebody else").click()
    page.keyboard.press("Escape")  # closes the list alone
    expect(page.get_by_role("dialog", name="Be somebody else")).to_be_hidden()
    expect(page.get_by_role("button", name="Be somebody else")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Channels and people")).to_be_focused()
    page.get_by_role("button", name="Channels and people").click()
    page.get_by_role("link", name="shared").click()
    expect(page.get_by_role("heading", name="shared")).to_be_visible()


def test_news_is_announced_where_the_browser_has_no_notifications_of_its_own(full: World, page: Page) -> None:
    page.add_init_script("delete Document.prototype.ariaNotify")
    page.goto(full.url + OPEN)
    with full.person("U0BOB") as bob:
        bob.say("Good morning", channel="C0OPEN")
    expect(page.locator("#news")).to_have_text("Bob Brook: Good morning")
