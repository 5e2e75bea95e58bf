"""Every block and element on the page: whole, as it was typed, and never as a tag."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.workspace import gallery
from tests.workspace.conftest import HTTP, MANIFEST, SCOPES, World
from tests.workspace.sample import plain
from workspace import Person
from workspace.blocks import check_blocks, check_view
from workspace.blocks.rules import BLOCKS, ELEMENTS
from workspace.blocks.state import VALUE_FIELD
from workspace.page.charts import nice_ticks, plot
from workspace.page.mrkdwn import unescaped

Json = dict[str, Any]
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "&lt;b&gt; &amp;amp; &",
    "*unclosed _and ~this `too",
    "\u202eright to left\u202c שלום مرحبا",
    "Ωβ" * 2000,
]
# Keys that no person reads.
UNSEEN = (
    "type",
    "block_id",
    "action_id",
    "value",
    "image_url",
    "thumbnail_url",
    "video_url",
    "url",
    "task_id",
    "status",
)


class Seen(HTMLParser):
    """The tags, words and attributes of HTML, as a browser reads them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.words = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names |= {name for name, _ in attrs}
        self.words += "".join(f"\n{value}\n" for name, value in attrs if name in ("alt", "placeholder", "aria-label"))

    def handle_data(self, data: str) -> None:
        self.words += data


def page(world: World, channel: str = "C0OPEN") -> str:
    answer = HTTP.get(f"{world.url}/as/U0ALICE/{channel}")
    assert answer.status_code == 200
    return answer.text


def message(html: str, ts: str) -> str:
    """The part of the page that shows a message which is not the last one."""
    return html.split(f'id="m-{ts}"')[1].split('id="m-')[0]


def strings(value: object) -> Iterator[str]:
    """Every string that a person should find on the page."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in UNSEEN and inner != "trash":
                yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_words_come_out_as_typed_in_every_block(world: World, words: str) -> None:
    blocks = gallery.message_blocks(words)
    sent = {
        kind: world.web.chat_postMessage(channel="C0OPEN", text="x", blocks=[block])["ts"]
        for kind, block in blocks.items()
    }
    world.web.chat_postMessage(channel="C0OPEN", text="The end")
    html = page(world)
    for kind, block in blocks.items():
        seen = Seen(message(html, sent[kind]))
        assert "script" not in seen.tags
        assert "onerror" not in seen.names
        for text in strings(block):
            assert text.strip() in seen.words or unescaped(text).strip() in seen.words, (kind, text[:60])


def test_raw_text_is_shown_to_the_letter(world: World) -> None:
    """It is no text object, in which Slack would undo the escapes of its three control characters."""
    rows = [[{"type": "raw_text", "text": "R&D"}], [{"type": "raw_text", "text": "R&amp;D"}]]
    ts = world.web.chat_postMessage(channel="C0OPEN", text="x", blocks=[{"type": "table", "rows": rows}])["ts"]
    words = Seen(message(page(world), ts)).words
    assert "R&D" in words
    assert "R&amp;D" in words


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_words_come_out_as_typed_in_a_modal(world: World, alice: Person, words: str) -> None:
    alice.command("/risk form", channel="C0OPEN")
    alert = {"type": "alert", "level": "error", "text": plain(words[:200])}
    asked = {
        "type": "input",
        "label": plain(words[:2000]),
        "element": {"type": "users_select", "placeholder": plain(words[:150])},
    }
    world.web.views_update(view_id=alice.modal().id, view=gallery.modal([alert, asked]))
    seen = Seen(page(world))
    assert "onerror" not in seen.names
    for text in strings([alert["text"], asked]):
        assert text in seen.words or unescaped(text) in seen.words, text[:60]


def test_the_gallery_has_every_block_and_every_element() -> None:
    shown = {*gallery.message_blocks("x"), "divider", "markdown", "alert"}
    assert shown == set(BLOCKS)
    asked = {block["element"]["type"] for block in gallery.inputs()}
    assert asked == set(VALUE_FIELD)
    others = {"button", "workflow_button", "feedback_buttons", "icon_button", "overflow", "image", "url"}
    assert asked | others == set(ELEMENTS)


def test_every_input_is_a_labelled_field(world: World, alice: Person) -> None:
    alice.command("/risk form", channel="C0OPEN")
    view = gallery.modal(gallery.inputs())
    assert check_view(view) == []
    world.web.views_update(view_id=alice.modal().id, view=view)
    html = page(world)
    for drawn in (
        'type="datetime-local" data-field="moment"',
        'value="2026-11-22T09:05"',
        'type="file" multiple accept=".pdf,.csv"',
        'data-picker="external" data-block-id="external_select" data-action-id="v" data-min-query="0"',
        'data-block-id="multi_external_select" data-action-id="v" data-min-query="3"',
        'data-max="1"',
        'aria-label="Remove Bob Brook"',
        ">Begun</textarea>",
    ):
        assert drawn in html, drawn
    labelled = html.count('<label for="') + html.count("<legend>")
    assert labelled >= len(gallery.inputs())


def test_selects_offer_what_the_person_can_see(world: World, alice: Person, gina: Person) -> None:
    private = {"type": "conversations_select", "action_id": "c", "filter": {"include": ["private"]}}
    public = {"type": "channels_select", "action_id": "d"}
    section = {"type": "section", "text": plain("x"), "accessory": private}
    world.web.chat_postMessage(channel="C0SHARED", text="x", blocks=[section, {**section, "accessory": public}])
    for user, offered, not_offered in (
        ("U0ALICE", ("#shared", "#secret", "#open", "#alone"), ("#old",)),
        ("U0GINA", ("#shared",), ("#secret", "#open", "#alone")),
    ):
        html = HTTP.get(f"{world.url}/as/{user}/C0SHARED").text
        assert all(f'data-text="{name}"' in html for name in offered)
        assert not any(f'data-text="{name}"' in html for name in not_offered)


def test_a_data_table_is_a_table_with_pages(world: World) -> None:
    block = gallery.data_table("Jobs", 12, page_size=5)
    world.web.chat_postMessage(channel="C0OPEN", text="x", blocks=[block])
    html = page(world)
    assert "<caption>Jobs</caption>" in html
    assert html.count("<tbody") == 3
    assert html.count("<tbody hidden>") == 2
    assert '<th scope="row">Row 12</th>' in html
    assert 'Page <span class="page">1</span> of 3' in html


@pytest.mark.parametrize("kind", ["bar", "line", "area", "pie"])
def test_a_chart_is_a_picture_and_a_table(world: World, kind: str) -> None:
    ts = world.web.chat_postMessage(channel="C0OPEN", text="x", blocks=[gallery.chart(kind)])["ts"]
    world.web.chat_postMessage(channel="C0OPEN", text="The end")
    html = message(page(world), ts)
    assert '<svg viewBox="0 0 640 320" role="img" aria-labelledby="' in html
    assert "<caption>Jobs" in html
    cells = ("<td>3</td>", "<td>75%</td>") if kind == "pie" else ("<td>2.5</td>", "<td>-4</td>")
    assert all(cell in html for cell in cells)
    assert "style=" not in html


def test_pictures_of_slack_files(make_world: Callable[..., Iterator[World]]) -> None:
    writer = {**MANIFEST, "oauth_config": {"scopes": {"bot": [*SCOPES, "files:write", "files:read"]}}}
    for world in make_world(manifest=writer):
        show_pictures(world)


def show_pictures(world: World) -> None:
    plan, gone = uploaded(world, "a plan.png"), uploaded(world, "gone.png")
    shown = {"type": "image", "alt_text": "A plan", "slack_file": {"id": plan}}
    removed = {"type": "image", "alt_text": "Not here", "slack_file": {"id": gone}}
    with pytest.raises(SlackApiError, match=r"invalid slack file \[json-pointer:/blocks/0/slack_file\]"):
        world.web.chat_postMessage(channel="C0OPEN", text="x", blocks=[shown])
    for file in (plan, gone):  # the first answer still gives no type, and whoever asks again finds it processed
        assert [world.web.files_info(file=file)["file"]["mimetype"] for _ in range(2)] == ["", "image/png"]
    world.web.chat_postMessage(channel="C0OPEN", text="x", blocks=[shown, removed])
    world.web.files_delete(file=gone)
    html = page(world)
    assert f'src="/files/{plan}/a%20plan.png" alt="A plan"' in html
    assert "Picture: Not here" in html
    for file in (gone, uploaded(world, "words.txt")):
        world.web.files_info(file=plan)
        named = {"type": "image", "alt_text": "No picture", "slack_file": {"id": file}}
        with pytest.raises(SlackApiError, match="invalid slack file"):
            world.web.chat_postMessage(channel="C0OPEN", text="x", blocks=[named])
        with pytest.raises(SlackApiError, match="invalid_arguments"):
            world.web.views_publish(user_id="U0ALICE", view={"type": "home", "blocks": [named]})


def uploaded(world: World, name: str) -> str:
    ticket = world.web.files_getUploadURLExternal(filename=name, length=3)
    assert HTTP.post(ticket["upload_url"], content=b"png").status_code == 200
    world.web.files_completeUploadExternal(files=[{"id": ticket["file_id"]}])
    return str(ticket["file_id"])


def test_an_icon_button_is_for_those_it_is_shown_to(world: World, alice: Person) -> None:
    block = gallery.context_actions("Delete")
    block["elements"][1]["visible_to_user_ids"] = ["U0BOB"]
    world.web.chat_postMessage(channel="C0OPEN", text="x", blocks=[block])
    assert 'title="Delete"' not in page(world)
    assert 'title="Delete"' in HTTP.get(f"{world.url}/as/U0BOB/C0OPEN").text
    with pytest.raises(PermissionError, match="not shown to you"):
        alice.click(alice.messages("C0OPEN")[-1], "bin")


def test_what_stands_in_blocks_is_found_in_their_plain_words(world: World, alice: Person) -> None:
    for kind, block in gallery.message_blocks("Quite particular").items():
        assert check_blocks([block], "message") == [], kind
        world.web.chat_postMessage(channel="C0OPEN", text="x", blocks=[block])
        words = alice.messages("C0OPEN")[-1].plain
        assert set(strings(block)) <= {*words.split("\n"), *words.split()}, kind


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [
        (0, 10, [0, 2, 4, 6, 8, 10]),
        (-4, 2.5, [-4, -2, 0, 2, 4]),
        (0, 0, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 97.2, [0, 20, 40, 60, 80, 100]),
    ],
)
def test_axes_are_marked_with_round_numbers(low: float, high: float, ticks: list[float]) -> None:
    assert nice_ticks(low, high) == ticks


def test_slices_go_round_from_the_top() -> None:
    segments = [{"label": "a", "value": 1}, {"label": "b", "value": 3}]
    drawn = plot({"type": "pie", "segments": segments})
    assert drawn.rows == [["", "Value", "Share"], ["a", "1", "25%"], ["b", "3", "75%"]]
    assert drawn.series[0].marks[0].path == "M320 160L320.00 30.00A130 130 0 0 1 450.00 160.00Z"
    assert " 0 1 1 " in drawn.series[1].marks[0].path
    whole = plot({"type": "pie", "segments": segments[:1]})
    assert whole.series[0].marks[0].path.startswith("M320 30A130 130 0 0 1 320 290")
