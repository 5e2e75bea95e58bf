"""Block Kit's rules: what Slack takes passes, what it refuses is named with its place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workspace import gallery
from tests.workspace.sample import card, form, options, plain
from workspace.blocks import check_blocks, check_view
from workspace.blocks.rules import NOT_SUPPORTED

Json = dict[str, Any]


def section(text: str = "x", **more: Any) -> Json:  # noqa: ANN401 - JSON
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def button(**more: Any) -> Json:  # noqa: ANN401 - JSON
    return {"type": "button", "action_id": "b", "text": plain("Go"), **more}


def select(**more: Any) -> Json:  # noqa: ANN401 - JSON
    return {"type": "static_select", "action_id": "s", "options": options("a", "b"), **more}


def table(rows: int, columns: int, words: str = "x") -> Json:
    return {"type": "table", "rows": [[{"type": "raw_text", "text": words}] * columns] * rows}


SPAN = {"type": "rich_text_section", "elements": [{"type": "text", "text": "x", "style": {"bold": True}}]}
GOOD = [
    [section()],
    [section("x" * 3000)],
    card("words"),
    [{"type": "header", "text": plain("x" * 150)}, {"type": "divider"}],
    [{"type": "context", "elements": [plain("x"), {"type": "mrkdwn", "text": "x"}]}],
    [{"type": "context", "elements": [{"type": "image", "image_url": "https://a.example/x.png", "alt_text": "x"}]}],
    [{"type": "image", "image_url": "https://a.example/x.png", "alt_text": "x", "title": plain("x")}],
    [section(accessory=select(initial_option=options("a")[0]))],
    [actions({"type": "overflow", "options": options("a")})],
    [actions(button(confirm={"title": plain("x"), "text": plain("x"), "confirm": plain("Y"), "deny": plain("N")}))],
    [{"type": "rich_text", "elements": [SPAN, {"type": "rich_text_list", "style": "bullet", "elements": [SPAN]}]}],
    [table(100, 20)],
    [{"type": "markdown", "text": "**x**"}],
    [section()] * 50,
]
BAD = [
    ([actions(button(text=plain("x" * 82)))], "blocks[0].elements[0].text: 82 characters, at most 75"),
    ([section("x" * 3001)], "blocks[0].text: 3,001 characters, at most 3,000"),
    ([section("")], "blocks[0].text: must not be empty"),
    ([{"type": "section"}], "blocks[0]: needs text or fields"),
    ([{"type": "mystery"}], "blocks[0].type: unknown type 'mystery'"),
    ([{"text": "x"}], "blocks[0]: must be an object with a type"),
    (["x"], "blocks[0]: must be an object with a type"),
    ("x", "blocks: must be a list"),
    ([section(colour="red")], "blocks[0].colour: unknown field"),
    ([{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}], "blocks[0].text: must be plain_text"),
    ([{"type": "header"}], "blocks[0].text: missing"),
    ([actions()], "blocks[0].elements: at least 1 elements"),
    ([actions(*[button(action_id=str(n)) for n in range(26)])], "blocks[0].elements: 26 elements, at most 25"),
    ([section()] * 51, "blocks: 51 blocks, at most 50"),
    ([section(block_id="a"), section(block_id="a")], "blocks[1].block_id: 'a' is already used by blocks[0]"),
    ([actions(button(), button())], "blocks[0]: action_id 'b' appears twice"),
    (
        [actions(select(initial_option=options("z")[0]))],
        "blocks[0].elements[0].initial_option: not among the options",
    ),
    ([actions(select(options=options("a", "a")))], "blocks[0].elements[0].options: value 'a' appears twice"),
    ([actions(select(options=[]))], "blocks[0].elements[0].options: at least 1 options"),
    (
        [actions(select(option_groups=[{"label": plain("x"), "options": options("a")}]))],
        "blocks[0].elements[0]: needs exactly one of options, option_groups",
    ),
    (
        [actions({"type": "plain_text_input", "action_id": "t"})],
        "blocks[0].elements[0].type: plain_text_input is not allowed here",
    ),
    ([actions(button(style="blue"))], "blocks[0].elements[0].style: must be one of primary, danger"),
    ([actions(button(value="x" * 2001))], "blocks[0].elements[0].value: 2,001 characters, at most 2,000"),
    (
        [actions({"type": "datepicker", "initial_date": "23/11/2026"})],
        "blocks[0].elements[0].initial_date: '23/11/2026' is not of the right form",
    ),
    (
        [actions({"type": "overflow", "options": options(*"abcdef")})],
        "blocks[0].elements[0].options: 6 options, at most 5",
    ),
    ([table(101, 1)], "blocks[0].rows: 101 rows, at most 100"),
    ([table(1, 21)], "blocks[0].rows[0]: 21 columns, at most 20"),
    ([table(1, 1), table(1, 1)], "blocks: 2 tables, at most 1"),
    ([table(11, 1, "x" * 1000)], "blocks: 11,000 characters in tables, at most 10,000"),
    ([{"type": "markdown", "text": "x" * 7000}] * 2, "blocks: 14,000 characters of markdown, at most 12,000"),
    (
        [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "sound"}]}]}],
        "blocks[0].elements[0].elements[0].type: unknown type 'sound'",
    ),
    (
        [section(accessory={"type": "image", "image_url": "x", "alt_text": "x"})],
        "blocks[0].accessory.image_url: 'x' is",
    ),
    ([section(block_id="x" * 256)], "blocks[0].block_id: 256 characters, at most 255"),
]


CHART = gallery.chart("bar")["chart"]
DATA = gallery.data_table("x", 2)
NEWER = [
    ({"type": "file", "external_id": "x", "source": "remote"}, ".type: an app cannot send a file block"),
    ({"type": "alert", "text": plain("x")}, ".type: alert is not allowed in a message"),
    ({"type": "card"}, ": needs hero_image or title or actions or body"),
    ({**gallery.card("x"), "slack_icon": {"type": "icon", "name": "bot"}}, ": only one of icon, slack_icon"),
    ({**gallery.card("x"), "actions": [button()] * 4}, ".actions: 4 actions, at most 3"),
    ({"type": "carousel", "elements": [gallery.card("x")] * 11}, ".elements: 11 elements, at most 10"),
    ({"type": "carousel", "elements": [section()]}, ".elements[0].type: section is not allowed here"),
    (gallery.container("x", child_blocks=[gallery.card("x")]), ".child_blocks[0].type: card is not allowed here"),
    (gallery.container("x", default_collapsed=True), ".default_collapsed: needs is_collapsible"),
    (
        gallery.container("x", child_blocks=[actions(button(text=plain("x" * 82)))]),
        ".child_blocks[0].elements[0].text: 82 characters, at most 75",
    ),
    ({**DATA, "rows": [*DATA["rows"], DATA["rows"][0][:1]]}, ".rows[3]: 1 cells, the header has 2"),
    (
        {**DATA, "rows": [[gallery.rich("x")], [gallery.rich("x")]]},
        ".rows[0][0].type: rich_text is not allowed in a header",
    ),
    ({**DATA, "row_header_column_index": 2}, ".row_header_column_index: there are 2 columns"),
    (
        {"type": "data_visualization", "title": "x", "chart": {**CHART, "series": CHART["series"][:1] * 2}},
        ".chart.series: two series have the same name",
    ),
    (
        {
            "type": "data_visualization",
            "title": "x",
            "chart": {**CHART, "axis_config": {"categories": ["Jobs", "June"]}},
        },
        ".chart.series[0].data: needs exactly one point for each category",
    ),
    (
        {
            "type": "data_visualization",
            "title": "x",
            "chart": {"type": "pie", "segments": [{"label": "x", "value": 0}]},
        },
        ".chart.segments[0].value: must be more than 0",
    ),
    (
        {"type": "plan", "title": "x", "tasks": [gallery.task("x", "t")] * 2},
        ".tasks: task_id 't' appears twice",
    ),
    ({"type": "image", "alt_text": "x"}, ": needs exactly one of image_url, slack_file"),
    (
        section(accessory={"type": "conversations_select", "filter": {}}),
        ".accessory.filter: needs include or exclude_external_shared_channels or exclude_bot_users",
    ),
    (
        section(accessory={"type": "channels_select", "response_url_enabled": True}),
        ".accessory.response_url_enabled: not allowed in a message",
    ),
    (
        section(accessory={"type": "multi_users_select", "initial_users": ["U1", "U2"], "max_selected_items": 1}),
        ".accessory.initial_users: 2 items, at most 1",
    ),
    (
        {**gallery.rich("x"), "elements": [{"type": "rich_text_section", "elements": [{"type": "canvas"}]}]},
        ".elements[0].elements[0].type: canvases, lists and what an assistant cites are not supported",
    ),
]


@pytest.mark.parametrize(("block", "problem"), NEWER, ids=range(len(NEWER)))
def test_newer_blocks_are_held_to_their_rules(block: Json, problem: str) -> None:
    found = check_blocks([section(), block], "message")
    assert all(one.startswith("blocks[1]") for one in found)
    assert found[0].startswith(f"blocks[1]{problem}")


def test_what_is_not_supported_is_refused_with_its_reason() -> None:
    for kind, reason in NOT_SUPPORTED.items():
        rich = {**gallery.rich("x"), "elements": [{"type": "rich_text_section", "elements": [{"type": kind}]}]}
        found = check_blocks([{"type": kind}] if kind == "file" else [rich], "message")
        assert [problem.split(".type: ")[1] for problem in found] == [reason]


def test_limits_on_a_whole_message() -> None:
    charts = [gallery.chart("pie")] * 3
    assert check_blocks(charts, "message") == ["blocks: 3 charts, at most 2"]
    long = gallery.data_table("x" * 200, 30)
    assert check_blocks([long, long], "message") == ["blocks: 12,750 characters in tables, at most 10,000"]
    twice = [gallery.container("x", block_id="a"), {"type": "divider", "block_id": "a"}]
    assert check_blocks(twice, "message") == ["blocks[1].block_id: 'a' is already used by blocks[0]"]
    inner = gallery.container("x", child_blocks=[{"type": "divider", "block_id": "a"}])
    assert check_blocks([{"type": "divider", "block_id": "a"}, inner], "message") == [
        "blocks[1].child_blocks[0].block_id: 'a' is already used by blocks[0]"
    ]


@pytest.mark.parametrize("blocks", GOOD)
def test_good_blocks_pass(blocks: list[Json]) -> None:
    assert check_blocks(blocks, "message") == []


@pytest.mark.parametrize(("blocks", "problem"), BAD)
def test_bad_blocks_are_named(blocks: object, problem: str) -> None:
    assert any(found.startswith(problem) for found in check_blocks(blocks, "message")), check_blocks(blocks, "message")


def test_each_surface_has_its_own_blocks() -> None:
    assert check_blocks([table(1, 1)], "modal") == ["blocks[0].type: table is not allowed in a modal"]
    assert check_blocks([{"type": "markdown", "text": "x"}], "home") == [
        "blocks[0].type: markdown is not allowed in a home"
    ]
    assert check_blocks([section()] * 100, "modal") == []
    assert check_blocks([section()] * 101, "modal") == ["blocks: 101 blocks, at most 100"]


def number_input(**more: Any) -> Json:  # noqa: ANN401 - JSON
    return {"type": "number_input", "action_id": "v", **more}


VIEWS = [
    (form(), []),
    ({"type": "home", "blocks": []}, ["view.type: must be modal"]),
    ("x", ["view: must be an object"]),
    (
        {key: value for key, value in form().items() if key != "submit"},
        ["view.submit: required where there is an input"],
    ),
    (form(title="x" * 25), ["view.title: 25 characters, at most 24"]),
    (form() | {"title": {"type": "mrkdwn", "text": "x"}}, ["view.title: must be plain_text"]),
    (form() | {"private_metadata": "x" * 3001}, ["view.private_metadata: 3,001 characters, at most 3,000"]),
    (form() | {"callback_id": "x" * 256}, ["view.callback_id: 256 characters, at most 255"]),
    (form() | {"colour": "x"}, ["view.colour: unknown field"]),
    (
        form() | {"blocks": [{"type": "input", "label": plain("x"), "element": number_input()}]},
        ["view.blocks[0].element.is_decimal_allowed: missing"],
    ),
    (
        form()
        | {
            "blocks": [
                {
                    "type": "input",
                    "label": plain("x"),
                    "element": number_input(is_decimal_allowed=True, min_value="9", max_value="1"),
                }
            ]
        },
        ["view.blocks[0].element: min_value is more than max_value"],
    ),
    (
        form() | {"blocks": [{"type": "input", "label": plain("x"), "element": button()}]},
        ["view.blocks[0].element.type: button is not allowed here"],
    ),
]


@pytest.mark.parametrize(("view", "problems"), VIEWS)
def test_views(view: object, problems: list[str]) -> None:
    found = check_view(view)
    assert len(found) == len(problems)
    assert all(one.startswith(start) for one, start in zip(found, problems, strict=True)), found
