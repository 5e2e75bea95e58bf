"""What people and the app write comes out as it was typed, wherever it is shown, and nothing of it runs."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.workspace.conftest import MORE, SEED, World
from tests.workspace.sample import field, plain
from workspace import parse_seed
from workspace.page.mrkdwn import escaped

OPEN = "/as/U0ALICE/C0OPEN"
HOSTILE = (
    "<script>document.title = 'owned'</script>",
    "<img src=x onerror=\"document.title = 'owned'\">",
    "&lt;b&gt; &amp;amp; &#60;i&#62;",
    "*unclosed _and `this",
    "\"quoted\" 'single' </textarea></pre></script>",
    "{{ 7 * 7 }} {% raw %} ${7 * 7}",
    "\u202eright to left\u202c \u05e9\u05dc\u05d5\u05dd",
    "x" * 3_900,
)


@pytest.mark.parametrize("text", HOSTILE)
def test_text_comes_out_as_it_was_typed(full: World, page: Page, text: str) -> None:
    full.sample.view = {
        "type": "modal",
        "title": plain(escaped(text[:4])),
        "submit": plain("Save"),
        "blocks": [
            {"type": "section", "text": plain(escaped(text[:2_900]))},
            field("said", {"type": "plain_text_input", "action_id": "v", "initial_value": text[:2_900]}),
        ],
    }
    page.goto(f"{full.url}{OPEN}?inspect")
    composer = page.get_by_label("Message open")
    composer.fill(text)
    composer.press("Enter")
    own = page.locator("#messages li.message[data-own]")
    expect(own.locator(".text")).to_have_text(text, use_inner_text=False)
    assert own.get_attribute("data-own") == text
    composer.fill(f"/risk {text}")
    composer.press("Enter")
    expect(page.locator("#messages li.message.ephemeral .text")).to_contain_text("You said")
    row = page.locator("#exchanges > li").filter(has_text="/risk").first
    row.locator("summary").first.click()
    asked = json.loads(row.get_by_role("group", name="Request of /risk").text_content() or "")
    assert (asked["command"], asked["text"]) == ("/risk", text)
    composer.fill("/risk view")
    composer.press("Enter")
    expect(page.locator("#modal .section .text")).to_have_text(text[:2_900])
    expect(page.locator("#modal h2")).to_have_text(text[:4])
    expect(page.get_by_label("Said")).to_have_value(text[:2_900])
    page.get_by_role("button", name="View source").click()
    source = page.get_by_role("dialog", name="Modal").locator("pre")
    expect(source).to_contain_text('"plain_text_input"')
    shown = json.loads(source.text_content() or "")
    assert shown["blocks"][1]["element"]["initial_value"] == text[:2_900]
    assert shown["blocks"][0]["text"]["text"] == escaped(text[:2_900])
    assert "owned" not in page.title()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


NAME = "<script>alert(1)</script>"


@pytest.fixture
def hostile(make_world: Callable[..., Iterator[World]]) -> Iterator[World]:
    """A world in which a person, their organisation, a channel and the app are called what no one should be."""
    seed, manifest = copy.deepcopy(SEED), copy.deepcopy(MORE)
    seed["users"][1] |= {"real_name": NAME, "title": NAME, "persona": NAME, "tries": [NAME]}  # type: ignore[index]
    seed["teams"][1]["name"] = NAME  # type: ignore[index]
    seed["channels"][0] |= {"name": NAME, "topic": NAME}  # type: ignore[index]
    manifest["display_information"] |= {"name": NAME, "description": NAME}
    manifest["features"]["bot_user"]["display_name"] = NAME
    manifest["features"]["slash_commands"][0] |= {"description": NAME, "usage_hint": NAME}
    yield from make_world(seed=parse_seed(seed), manifest=manifest)


def test_names_come_out_as_they_are(hostile: World, page: Page) -> None:
    alerts: list[str] = []
    page.on("dialog", lambda dialog: alerts.append(dialog.message))
    with hostile.person("U0BOB") as bob:
        said = bob.say("Good morning, <@U0BOB>, in <#C0OPEN>", channel="C0OPEN")
        hostile.web.chat_postMessage(channel="C0OPEN", text="From <@U0SAMPLE>")
        hostile.web.reactions_add(channel="C0OPEN", timestamp=said.ts, name="eyes")
    page.goto(hostile.url)
    expect(page.get_by_role("heading", level=1)).to_contain_text(NAME)
    expect(page.get_by_role("link").filter(has_text=NAME).first).to_be_visible()
    page.goto(hostile.url + OPEN)
    expect(page.get_by_role("heading", name=NAME, exact=True)).to_be_visible()
    expect(page.locator(".topic")).to_have_text(NAME)
    expect(page.locator(".by strong")).to_have_text([NAME, NAME])
    expect(page.locator("#messages .mention").first).to_have_text(f"@{NAME}")
    page.get_by_label(f"Message {NAME}").fill("/ri")
    expect(page.get_by_role("option", name="/risk")).to_contain_text(NAME)
    page.get_by_label(f"Message {NAME}").fill("@")
    expect(page.get_by_role("option", name="@bob")).to_contain_text(NAME)
    page.keyboard.press("Control+k")
    page.keyboard.type("script")
    expect(page.get_by_role("option", name=NAME).first).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Be somebody else").click()
    expect(page.get_by_role("dialog", name="Be somebody else").get_by_role("heading", name=NAME)).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("navigation", name="Workspace").get_by_role("link").filter(has_text="App").click()
    page.get_by_role("link", name="About").click()
    expect(page.get_by_role("heading", name=NAME, level=2)).to_be_visible()
    page.goto(f"{hostile.url}/as/U0ALICE/C0SHARED")
    expect(page.locator(".chip.shared")).to_have_text(f"Shared with {NAME}")
    assert page.locator("script:not([src]):not([type='application/json'])").count() == 0
    assert alerts == []
