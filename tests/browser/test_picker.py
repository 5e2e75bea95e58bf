"""Selects that can be searched, by keyboard and by mouse."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.workspace.conftest import World
from workspace import Person


def opened(world: World, page: Page, alice: Person) -> Locator:
    alice.command("/risk form", channel="C0OPEN")
    page.goto(f"{world.url}/as/U0ALICE/C0OPEN")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def test_one_option_by_keyboard(world: World, page: Page, alice: Person) -> None:
    dialog = opened(world, page, alice)
    impact = dialog.get_by_role("combobox", name="Impact")
    impact.focus()
    expect(impact).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("option")).to_have_text(["Minor", "Major"])
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(impact).to_have_value("Major")
    expect(impact).to_have_attribute("aria-expanded", "false")


def test_escape_closes_the_list_and_not_the_dialog(world: World, page: Page, alice: Person) -> None:
    dialog = opened(world, page, alice)
    impact = dialog.get_by_role("combobox", name="Impact")
    impact.fill("nothing like it")
    expect(dialog.get_by_text("No results")).to_be_visible()
    page.keyboard.press("Escape")
    expect(impact).to_have_value("")
    expect(impact).to_have_attribute("aria-expanded", "false")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_several_options_stand_as_chips(world: World, page: Page, alice: Person) -> None:
    dialog = opened(world, page, alice)
    dialog.get_by_label("Title").fill("Advisers")
    dialog.get_by_role("combobox", name="Impact").fill("min")
    page.keyboard.press("Enter")
    stages = dialog.get_by_role("combobox", name="Stages")
    stages.click()
    dialog.get_by_role("option", name="Live").click()
    dialog.get_by_role("option", name="Exit").click()
    dialog.get_by_role("button", name="Remove Live").click()
    dialog.get_by_role("combobox", name="Owner").fill("bob")
    dialog.get_by_role("option", name="Bob Brook").click()
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_be_hidden()
    values = world.sample.last("view_submission")["view"]["state"]["values"]
    assert [one["value"] for one in values["stages"]["v"]["selected_options"]] == ["exit"]
    assert values["impact"]["v"]["selected_option"]["value"] == "minor"
    assert values["owner"]["v"]["selected_user"] == "U0BOB"


def test_a_choice_in_a_message_is_sent_once(world: World, page: Page, alice: Person) -> None:
    alice.command("/risk card", channel="C0OPEN")
    page.goto(f"{world.url}/as/U0ALICE/C0OPEN")
    rating = page.get_by_role("combobox", name="Rating")
    rating.fill("poo")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Noted")).to_be_visible()
    expect(rating).to_have_value("Poor")
    sent = [body for body in world.sample.received if body.get("type") == "block_actions"]
    assert [body["actions"][0]["selected_option"]["value"] for body in sent] == ["poor"]
