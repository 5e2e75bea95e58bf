"""What is done with messages in a real browser: toolbar, menus, keys, reactions, editing, shortcuts."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.workspace.conftest import World

OPEN = "/as/U0ALICE/C0OPEN"


def message(page: Page, text: str) -> Locator:
    return page.locator("#messages li.message").filter(has_text=text)


def act_on(page: Page, text: str, button: str) -> None:
    """Press a button of the toolbar that comes when the mouse is on a message."""
    message(page, text).hover()
    page.get_by_role("toolbar", name="Message actions").get_by_role("button", name=button, exact=True).click()


def test_an_own_message_is_changed_and_deleted(full: World, page: Page, artefacts: Path) -> None:
    page.goto(full.url + OPEN)
    page.keyboard.type("Frist <draft> & more")
    page.keyboard.press("Enter")
    act_on(page, "Frist", "Edit message")
    box = page.get_by_label("Edit message").and_(page.locator("textarea"))
    expect(box).to_be_focused()
    expect(box).to_have_value("Frist <draft> & more")
    page.screenshot(path=artefacts / "edit.png")
    box.fill("First <draft> & more")
    page.keyboard.press("Enter")
    expect(message(page, "First <draft> & more")).to_contain_text("(edited)")
    act_on(page, "First", "Delete message")
    dialog = page.get_by_role("dialog", name="Delete this message?")
    expect(dialog).to_contain_text("First <draft> & more")
    dialog.get_by_role("button", name="Delete").click()
    expect(message(page, "First")).to_have_count(0)


def test_a_draft_being_edited_survives_what_others_do(full: World, page: Page) -> None:
    with full.person("U0ALICE") as alice, full.person("U0BOB") as bob:
        said = alice.say("Original", channel="C0OPEN")
        page.goto(full.url + OPEN)
        page.keyboard.press("ArrowUp")  # in the empty message box: edit the last message
        box = page.locator("form.editor textarea")
        box.fill("Half a sent")
        full.web.reactions_add(channel="C0OPEN", timestamp=said.ts, name="eyes")
        bob.say("Meanwhile", channel="C0OPEN")
        expect(message(page, "Original").get_by_role("button", name="eyes, 1")).to_be_visible()
        expect(message(page, "Meanwhile")).to_be_visible()
        expect(box).to_be_focused()
        page.keyboard.type("ence")
        expect(box).to_have_value("Half a sentence")
        page.keyboard.press("Escape")
        expect(box).to_have_count(0)
        expect(message(page, "Original")).to_be_visible()


def test_reactions_by_mouse_and_keys(full: World, page: Page, artefacts: Path) -> None:
    with full.person("U0BOB") as bob:
        bob.say("Shall we?", channel="C0OPEN")
    page.goto(full.url + OPEN)
    act_on(page, "Shall we?", "Add a reaction")
    menu = page.get_by_role("menu", name="React with")
    expect(menu.get_by_role("menuitem").first).to_be_focused()
    page.screenshot(path=artefacts / "reactions.png")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    mine = message(page, "Shall we?").get_by_role("button", name="white_check_mark, 1: Alice Arden")
    expect(mine).to_have_attribute("aria-pressed", "true")
    mine.click()
    expect(mine).to_have_count(0)


def test_messages_by_keyboard_alone(full: World, page: Page) -> None:
    with full.person("U0BOB") as bob:
        for text in ("One", "Two", "Three"):
            bob.say(text, channel="C0OPEN")
    page.goto(full.url + OPEN)
    page.get_by_role("list", name="Messages", exact=True).focus()
    page.keyboard.press("ArrowUp")
    expect(message(page, "Three")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(message(page, "Two")).to_be_focused()
    page.keyboard.press("r")
    page.keyboard.press("Enter")
    expect(message(page, "Two").get_by_role("button", name="+1, 1: Alice Arden")).to_be_visible()
    message(page, "Two").focus()
    page.keyboard.press("m")
    expect(page.get_by_role("menuitem", name="Copy link")).to_be_focused()
    expect(page.get_by_role("menuitem", name="Edit message")).to_be_hidden()  # it is Bob's
    page.keyboard.press("Escape")
    message(page, "Two").focus()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Message open")).to_be_focused()


def test_message_shortcuts_and_the_source(full: World, page: Page, artefacts: Path) -> None:
    full.web.chat_postMessage(channel="C0OPEN", text="Keep this")
    page.goto(full.url + OPEN)
    act_on(page, "Keep this", "More actions")
    page.screenshot(path=artefacts / "message-menu.png")
    page.get_by_role("menuitem", name="Keep").click()
    expect(page.get_by_text("You chose: Keep this")).to_be_visible()
    act_on(page, "You chose", "More actions")
    expect(page.get_by_role("menuitem", name="Keep")).to_be_hidden()  # not for what only you can see
    page.get_by_role("menuitem", name="View blocks").click()
    expect(page.get_by_role("dialog", name="Message")).to_contain_text('"ephemeral": true')
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()


def test_global_shortcuts_and_commands_at_the_composer(full: World, page: Page, artefacts: Path) -> None:
    page.goto(full.url + OPEN)
    page.get_by_role("button", name="Shortcuts and commands").click()
    page.screenshot(path=artefacts / "shortcuts.png")
    page.get_by_role("menuitem", name="/risk").click()
    expect(page.get_by_label("Message open")).to_have_value("/risk ")
    expect(page.get_by_role("option", name="/risk")).to_contain_text("raise ...")  # its hint stays in sight
    page.get_by_label("Message open").fill("")
    page.get_by_role("button", name="Shortcuts and commands").click()
    page.get_by_role("menuitem", name="Raise Raise something").click()
    expect(page.get_by_role("dialog", name="Raise a risk")).to_be_visible()
    page.get_by_role("button", name="View source").click()
    expect(page.get_by_role("dialog", name="Modal")).to_contain_text('"callback_id": "raise"')


def test_people_and_channels_are_completed(full: World, page: Page) -> None:
    page.goto(full.url + OPEN)
    page.keyboard.type("Ask @bro")
    expect(page.get_by_role("option", name="@bob Bob Brook")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.type("in #sha")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Message open")).to_have_value("Ask @bob in #shared ")


def test_old_messages_come_when_they_are_asked_for(full: World, page: Page) -> None:
    with full.person("U0BOB") as bob:
        said = [bob.say(f"Number {number}.", channel="C0OPEN") for number in range(215)]
    page.goto(full.url + OPEN)
    expect(page.locator("#messages li.message")).to_have_count(200)
    page.get_by_role("button", name="Show earlier messages").click()
    expect(page.locator("#messages li.message")).to_have_count(215)
    expect(message(page, "Number 15.")).to_be_in_viewport()
    page.goto(f"{full.url}/archives/C0OPEN/p{said[3].ts.replace('.', '')}")
    expect(message(page, "Number 3.")).to_be_in_viewport()


def test_files_pins_and_bookmarks(full: World, page: Page, artefacts: Path, tmp_path: Path) -> None:
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63606060f80f00010401"
        "005fe5c34b0000000049454e44ae426082"
    )
    (tmp_path / "dot.png").write_bytes(png)
    (tmp_path / "notes.txt").write_text("<script>alert(1)</script>")
    page.goto(full.url + OPEN)
    for name in ("dot.png", "notes.txt"):
        with page.expect_file_chooser() as chooser:
            page.get_by_role("button", name="Attach a file").click()
        chooser.value.set_files(tmp_path / name)
    image = page.get_by_role("img", name="dot.png")
    expect(image).to_have_js_property("naturalWidth", 1)  # it is in sight before it has come from the server
    with page.expect_download() as download:
        page.get_by_role("link", name="notes.txt").click()
    assert download.value.suggested_filename == "notes.txt"
    said = full.web.chat_postMessage(channel="C0OPEN", text="Keep <https://a.example|this> in sight")
    full.web.pins_add(channel="C0OPEN", timestamp=said["ts"])
    full.web.bookmarks_add(channel_id="C0OPEN", title="The contract", type="link", link="https://a.example/contract")
    kept = page.get_by_role("list", name="Bookmarks and pins")
    expect(kept.get_by_role("link", name="Keep this in sight")).to_be_visible()
    expect(kept.get_by_role("link", name="The contract")).to_have_attribute("href", "https://a.example/contract")
    expect(message(page, "Keep this in sight")).to_contain_text("Pinned")
    page.screenshot(path=artefacts / "files.png")


def test_what_comes_while_one_reads_above_is_a_press_away(full: World, page: Page) -> None:
    with full.person("U0BOB") as bob:
        for number in range(40):
            bob.say(f"Number {number}.", channel="C0OPEN")
        page.goto(full.url + OPEN)
        expect(message(page, "Number 39.")).to_be_in_viewport()
        page.get_by_role("button", name="Inspector", exact=True).click()
        expect(message(page, "Number 39.")).to_be_in_viewport()  # the end stays in sight beside it
        message(page, "Number 0.").scroll_into_view_if_needed()
        bob.say("The newest", channel="C0OPEN")
        page.get_by_role("button", name="New messages").click()
        expect(message(page, "The newest")).to_be_in_viewport()
        expect(page.get_by_role("button", name="New messages")).to_be_hidden()
