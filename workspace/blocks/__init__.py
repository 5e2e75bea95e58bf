"""Block Kit: is this message, or this view, one that Slack would take?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from workspace.blocks.checks import Report, check_shape, kind_of
from workspace.blocks.rules import BLOCKS, VIEWS

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MOST_TABLE_CHARACTERS = 10_000
MOST_MARKDOWN_CHARACTERS = 12_000

Json = dict[str, Any]


def check_blocks(blocks: object, surface: str, place: str = "blocks") -> list[str]:
    """What is wrong with the blocks of a "message", "modal" or "home": sentences that name the place.

    An empty list means that Slack would take them.
    """
    report = Report(surface)
    if not isinstance(blocks, list):
        return [f"{place}: must be a list"]
    if len(blocks) > MOST_BLOCKS[surface]:
        report.add(place, f"{len(blocks)} blocks, at most {MOST_BLOCKS[surface]}")
    known = kind_of(BLOCKS)
    for at, block in enumerate(blocks):
        known(block, f"{place}[{at}]", report)
    if not report.problems:
        _check_unique(blocks, place, report)
        _check_totals(blocks, place, report)
    return report.problems


def check_view(view: object, surfaces: tuple[str, ...] = ("modal",)) -> list[str]:
    """What is wrong with a view: sentences that name the place."""
    if not isinstance(view, dict):
        return ["view: must be an object"]
    kind = view.get("type")
    if kind not in surfaces:
        return [f"view.type: must be {' or '.join(surfaces)}"]
    report = Report(kind)
    check_shape(view, "view", report, VIEWS[kind])
    if "blocks" in view:
        report.problems += check_blocks(view["blocks"], kind, "view.blocks")
    if not report.problems and kind == "modal" and "submit" not in view and _has_input(view):
        report.add("view.submit", "required where there is an input block")
    return report.problems


def elements(block: Json) -> list[Json]:
    """The interactive elements and images of one block."""
    if block["type"] == "actions":
        return list(block["elements"])
    return [block[name] for name in ("accessory", "element") if name in block]


def interactive(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Each block and element that a person can act on, in the order they are drawn."""
    return ((block, element) for block in blocks for element in elements(block) if element["type"] != "image")


def _has_input(view: Json) -> bool:
    return any(block["type"] == "input" for block in view["blocks"])


def _check_unique(blocks: list[Json], place: str, report: Report) -> None:
    seen: dict[str, int] = {}
    for at, block in enumerate(blocks):
        name = block.get("block_id")
        if name is not None and name in seen:
            report.add(f"{place}[{at}].block_id", f"{name!r} is already used by {place}[{seen[name]}]")
        elif name is not None:
            seen[name] = at
        actions = [element["action_id"] for element in elements(block) if "action_id" in element]
        for repeated in sorted({one for one in actions if actions.count(one) > 1}):
            report.add(f"{place}[{at}]", f"action_id {repeated!r} appears twice")


def _check_totals(blocks: list[Json], place: str, report: Report) -> None:
    """The limits on a payload as a whole."""
    tables = [block for block in blocks if block["type"] == "table"]
    if len(tables) > 1:
        report.add(place, f"{len(tables)} tables, at most 1")
    for table in tables:
        size = sum(len(words) for row in table["rows"] for cell in row for words in _words(cell))
        if size > MOST_TABLE_CHARACTERS:
            report.add(place, f"{size:,} characters in a table, at most {MOST_TABLE_CHARACTERS:,}")
    markdown = sum(len(block["text"]) for block in blocks if block["type"] == "markdown")
    if markdown > MOST_MARKDOWN_CHARACTERS:
        report.add(place, f"{markdown:,} characters of markdown, at most {MOST_MARKDOWN_CHARACTERS:,}")
    focused = sum(bool(element.get("focus_on_load")) for _, element in interactive(blocks))
    if focused > 1:
        report.add(place, f"{focused} elements with focus_on_load, at most 1")


def text_size(blocks: list[Json]) -> int:
    """How many characters of text the blocks hold in all."""
    return sum(len(words) for block in blocks for words in _words(block))


def json_size(value: object) -> int:
    """The size of a JSON value on the wire, in bytes."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _words(value: object) -> Iterator[str]:
    """Every string that stands under a `text` key, however deep."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "text" and isinstance(inner, str):
                yield inner
            else:
                yield from _words(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _words(inner)
