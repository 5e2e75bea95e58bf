"""Blocks in a real browser: accessible, and what can be turned, filled and cleared works."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import FilePayload, Page, expect

from tests.browser.test_accessibility import check
from tests.workspace import gallery
from tests.workspace.conftest import World
from tests.workspace.sample import plain
from workspace import Person

Json = dict[str, Any]


def shown(world: World, page: Page, blocks: list[Json]) -> None:
    """Show blocks; their example pictures are answered here, as there is no network."""
    page.route("https://pictures.example/**", lambda route: route.fulfill(content_type="image/svg+xml", body=SVG))
    world.web.chat_postMessage(channel="C0OPEN", text="x", blocks=blocks)
    page.goto(f"{world.url}/as/U0ALICE/C0OPEN")


SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><rect width="40" height="40" fill="#39648f"/></svg>'
)


def test_every_block_is_accessible(world: World, page: Page) -> None:
    blocks = gallery.message_blocks("Jobs and starts")
    shown(world, page, [*blocks.values(), gallery.chart("pie"), {"type": "markdown", "text": "- [x] **done**"}])
    check(page)
    page.goto(f"{world.url}/as/U0ALICE/C0OPEN")
    shown(world, page, [gallery.chart("line"), gallery.chart("area"), gallery.container("x", is_collapsible=True)])
    check(page)


def test_every_alert_is_accessible(world: World, page: Page, alice: Person) -> None:
    alice.command("/risk form", channel="C0OPEN")
    levels = ("default", "info", "warning", "error", "success")
    alerts: list[Json] = [{"type": "alert", "level": level, "text": plain("Take care")} for level in levels]
    world.web.views_update(view_id=alice.modal().id, view=gallery.modal([*alerts, *gallery.inputs()]))
    page.goto(f"{world.url}/as/U0ALICE/C0OPEN")
    expect(page.get_by_role("dialog", name="Gallery")).to_be_visible()
    check(page)
    page.get_by_role("combobox", name="multi_static_select").click()
    check(page)


def test_a_data_table_is_turned(world: World, page: Page) -> None:
    shown(world, page, [gallery.data_table("Jobs", 7, page_size=5)])
    table = page.get_by_role("table", name="Jobs")
    expect(table.get_by_role("rowheader")).to_have_text([f"Row {at}" for at in range(1, 6)])
    page.get_by_role("button", name="Next").click()
    expect(table.get_by_role("rowheader")).to_have_text(["Row 6", "Row 7"])
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    expect(page.get_by_text("Page 2 of 2")).to_be_visible()
    page.get_by_role("button", name="Previous").click()
    expect(table.get_by_role("rowheader")).to_have_count(5)


def test_what_is_filled_in_reaches_the_app(world: World, page: Page, alice: Person) -> None:
    alice.command("/risk form", channel="C0OPEN")
    view = gallery.modal(gallery.inputs()) | {"callback_id": "raise"}
    world.web.views_update(view_id=alice.modal().id, view=view)
    page.goto(f"{world.url}/as/U0ALICE/C0OPEN")
    dialog = page.get_by_role("dialog", name="Gallery")
    dialog.get_by_label("datetimepicker").fill("2026-07-01T12:00")
    dialog.get_by_label("rich_text_input").fill("Two\nlines")
    dialog.get_by_role("combobox", name="multi_channels_select").fill("ope")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    dialog.get_by_role("button", name="Remove Bob Brook").click()
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_be_hidden()
    values = world.sample.last("view_submission")["view"]["state"]["values"]
    assert values["datetimepicker"]["v"]["selected_date_time"] == 1782903600  # midday in British Summer Time
    assert values["rich_text_input"]["v"]["rich_text_value"] == gallery.rich("Two\nlines")
    assert values["multi_channels_select"]["v"]["selected_channels"] == ["C0OPEN"]
    assert values["multi_users_select"]["v"]["selected_users"] == []


def test_feedback_is_told_by_its_value(world: World, page: Page) -> None:
    shown(world, page, [gallery.context_actions("Good")])
    page.get_by_role("button", name="Bad").click()
    world.sample.wait(lambda: any(body.get("type") == "block_actions" for body in world.sample.received))
    assert world.sample.last("block_actions")["actions"][0]["value"] == "bad"


def test_a_field_of_text_tells_the_app_when_it_was_asked_to(world: World, page: Page) -> None:
    def field(name: str, *triggers: str) -> Json:
        element: Json = {"type": "plain_text_input", "action_id": name}
        if triggers:
            element["dispatch_action_config"] = {"trigger_actions_on": list(triggers)}
        return {
            "type": "input",
            "label": {"type": "plain_text", "text": name},
            "dispatch_action": True,
            "element": element,
        }

    shown(world, page, [field("entered"), field("typed", "on_character_entered")])
    page.get_by_label("entered").fill("half")
    page.get_by_label("typed").press_sequentially("now")
    world.sample.wait(lambda: any("actions" in body for body in world.sample.received))
    page.get_by_label("entered").press("Enter")
    world.sample.wait(lambda: world.sample.last("block_actions")["actions"][0]["action_id"] == "entered")
    told = [body["actions"][0] for body in world.sample.received if body.get("type") == "block_actions"]
    assert [one["value"] for one in told if one["action_id"] == "entered"] == ["half"]
    assert [one["value"] for one in told if one["action_id"] == "typed"][-1] == "now"


def test_files_are_handed_in(world: World, page: Page, alice: Person) -> None:
    alice.command("/risk form", channel="C0OPEN")
    world.web.views_update(view_id=alice.modal().id, view=gallery.modal(gallery.inputs()) | {"callback_id": "raise"})
    page.goto(f"{world.url}/as/U0ALICE/C0OPEN")
    dialog = page.get_by_role("dialog", name="Gallery")
    files: list[FilePayload] = [
        {"name": name, "mimeType": "text/csv", "buffer": b"a,b"} for name in ("one.csv", "two.csv")
    ]
    dialog.get_by_label("file_input").set_input_files(files)
    dialog.get_by_role("button", name="Remove one.csv").click()
    expect(dialog.get_by_role("button", name="Remove two.csv")).to_be_visible()
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_be_hidden()
    values = world.sample.last("view_submission")["view"]["state"]["values"]
    assert [file["name"] for file in values["file_input"]["v"]["files"]] == ["two.csv"]
