"""What people and the app write comes out as it was typed, wherever it is shown, and nothing of it runs."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.workspace.conftest import World
from tests.workspace.sample import field, plain
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
    expect(row.get_by_role("group", name="Request of /risk")).to_contain_text('"command": "/risk"')
    composer.fill("/risk view")
    composer.press("Enter")
    expect(page.locator("#modal .section .text")).to_have_text(text[:2_900])
    expect(page.locator("#modal h2")).to_have_text(text[:4])
    expect(page.get_by_label("Said")).to_have_value(text[:2_900])
    page.get_by_role("button", name="View source").click()
    expect(page.get_by_role("dialog", name="Modal").locator("pre")).to_contain_text('"plain_text_input"')
    assert "owned" not in page.title()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
