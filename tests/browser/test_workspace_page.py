"""The page in a real browser: keyboard, live updates, the modal."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.workspace.conftest import World
from workspace import Person


def test_a_form_from_command_to_submission_by_keyboard(world: World, page: Page) -> None:
    page.goto(world.url)
    page.get_by_role("link", name="Alice Arden").click()
    expect(page.get_by_label("Message open")).to_be_focused()
    page.keyboard.type("/r")
    expect(page.get_by_role("option", name="/risk")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("form")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Raise a risk")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_label("Title")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("Please complete this required field.").first).to_be_visible()
    page.keyboard.type("Advisers leaving")
    dialog.get_by_label("Impact").fill("maj")
    page.keyboard.press("Enter")
    dialog.get_by_label("Shared").check()
    dialog.get_by_label("High").check()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    values = world.sample.last("view_submission")["view"]["state"]["values"]
    assert values["title"]["v"]["value"] == "Advisers leaving"
    assert values["flags"]["v"]["selected_options"][0]["value"] == "shared"
    assert values["band"]["v"]["selected_option"]["value"] == "high"


def test_escape_closes_one_view_at_a_time(world: World, page: Page, alice: Person) -> None:
    page.goto(f"{world.url}/as/U0ALICE/C0OPEN")
    page.keyboard.type("/risk steps")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Deeper").click()
    expect(page.get_by_role("dialog", name="Step 2")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Step 1")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    alice.wait(lambda _: world.sample.last("view_closed")["view"]["callback_id"] == "one")


def test_two_people_see_each_others_changes_at_once(world: World, page: Page, gina: Person) -> None:
    page.goto(f"{world.url}/as/U0ALICE/C0SHARED")
    page.get_by_label("Message shared").fill("half a sentence")
    gina.say("Good morning", channel="C0SHARED")
    expect(page.get_by_text("Good morning")).to_be_visible()
    expect(page.get_by_label("Message shared")).to_have_value("half a sentence")
    page.get_by_label("Message shared").fill("/risk card")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Acknowledge").wait_for()
    gina.click(gina.messages("C0SHARED")[-1], "Acknowledge")
    expect(page.get_by_text("Acknowledged by @Gina Guest")).to_be_visible()


def test_a_reply_in_a_thread(world: World, page: Page, alice: Person) -> None:
    alice.say("Parent", channel="C0OPEN")
    page.goto(f"{world.url}/as/U0BOB/C0OPEN")
    page.get_by_role("list", name="Messages", exact=True).focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("t")
    expect(page.get_by_label("Reply", exact=True)).to_be_focused()
    page.keyboard.type("A reply")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Thread").get_by_text("A reply")).to_be_visible()
    expect(page.get_by_role("link", name="1 reply")).to_be_visible()


def test_an_app_that_fails_leaves_the_form_open(world: World, page: Page) -> None:
    page.goto(f"{world.url}/as/U0ALICE/C0OPEN")
    page.keyboard.type("/risk steps")
    page.keyboard.press("Enter")
    world.sample.on_submit = {"response_action": "dance"}
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("alert")).to_have_text("We had some trouble connecting. Try again?")
    expect(page.get_by_role("dialog", name="Step 1")).to_be_visible()
