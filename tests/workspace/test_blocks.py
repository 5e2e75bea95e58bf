"""Block Kit's rules: what Slack takes passes, what it refuses is named with its place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workspace.sample import card, form, options, plain
from workspace.blocks import check_blocks, check_view

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
