"""Block Kit: is this message, or this view, one that Slack would take?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from workspace.blocks.checks import Report, check_shape, kind_of
from workspace.blocks.rules import BLOCKS, NOT_SUPPORTED, VIEWS

MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MOST_TABLE_CHARACTERS = 10_000
MOST_CHARTS = 2
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
    known = kind_of(BLOCKS, refused=NOT_SUPPORTED)
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


def parts(block: Json, place: str = "") -> Iterator[tuple[str, Json]]:
    """A block and the blocks within it, each with its place: a container's children, a carousel's cards."""
    yield place, block
    held = {"container": "child_blocks", "carousel": "elements"}.get(block["type"])
    if held is not None:
        for at, inner in enumerate(block[held]):
            yield from parts(inner, f"{place}.{held}[{at}]")


def elements(block: Json) -> list[Json]:
    """The interactive elements and images of one block, without those of the blocks within it."""
    if block["type"] in ("actions", "context_actions"):
        return list(block["elements"])
    if block["type"] == "card":
        return list(block.get("actions", ()))
    return [block[name] for name in ("accessory", "element") if name in block]


def interactive(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Each block and element that a person can act on, in the order they are drawn.

    The block of an element within a container or a carousel is the inner one, whose block_id the app is told.
    A workflow button runs a workflow, of which the workspace has none, and tells the app nothing.
    """
    for block in blocks:
        for _, part in parts(block):
            found = elements(part)
            yield from ((part, element) for element in found if element["type"] not in ("image", "workflow_button"))


def _all(blocks: list[Json], kind: str) -> list[Json]:
    return [part for block in blocks for _, part in parts(block) if part["type"] == kind]


def _has_input(view: Json) -> bool:
    return bool(_all(view["blocks"], "input"))


def _check_unique(blocks: list[Json], place: str, report: Report) -> None:
    seen: dict[str, str] = {}
    for at, block in enumerate(blocks):
        for where, part in parts(block, f"{place}[{at}]"):
            name = part.get("block_id")
            if name is not None and name in seen:
                report.add(f"{where}.block_id", f"{name!r} is already used by {seen[name]}")
            elif name is not None:
                seen[name] = where
            actions = [element["action_id"] for element in elements(part) if "action_id" in element]
            for repeated in sorted({one for one in actions if actions.count(one) > 1}):
                report.add(where, f"action_id {repeated!r} appears twice")


def _check_totals(blocks: list[Json], place: str, report: Report) -> None:
    """The limits on a payload as a whole."""
    tables = _all(blocks, "table")
    if len(tables) > 1:
        report.add(place, f"{len(tables)} tables, at most 1")
    cells = [table["rows"] for table in (*tables, *_all(blocks, "data_table"))]
    if (size := sum(len(words) for words in _words(cells))) > MOST_TABLE_CHARACTERS:
        report.add(place, f"{size:,} characters in tables, at most {MOST_TABLE_CHARACTERS:,}")
    if (charts := len(_all(blocks, "data_visualization"))) > MOST_CHARTS:
        report.add(place, f"{charts} charts, at most {MOST_CHARTS}")
    if (markdown := sum(len(block["text"]) for block in _all(blocks, "markdown"))) > MOST_MARKDOWN_CHARACTERS:
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
