"""Blocks at their limits: whole samples of every block and element, and the ways in which each is changed.

A case is written as `surface sample:path change`, such as `message video:title.text length 200`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.workspace import gallery
from tests.workspace.sample import options, plain

Json = dict[str, Any]
Path = tuple[str | int, ...]

DOCUMENTED = (0, 20, 30, 49, 50, 75, 100, 150, 199, 200, 255, 300, 2000, 3000, 12_000)
LENGTHS = sorted({length for limit in DOCUMENTED for length in (limit, limit + 1)})
COUNTS = (0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 20, 21, 25, 26, 50, 51, 100, 101, 102, 201, 202)
NUMBERS = {
    "max_files": (0, 1, 10, 11),
    "max_selected_items": (0, 1),
    "min_query_length": (-1, 0),
    "min_length": (-1, 0, 3000, 3001),
    "max_length": (0, 1, 3000, 3001),
    "min_lines": (0, 1, 100, 101),
    "max_lines": (0, 1, 100, 101),
    "page_size": (0, 1, 100, 101),
    "row_header_column_index": (-1, 0, 1, 2),
    "indent": (-1, 0, 8, 9),
    "border": (-1, 0, 1, 2),
    "value": (-1, 0, 1),
}
WORDS = {"style", "level", "width", "status", "icon", "name", "align", "include", "trigger_actions_on"}
# What is of a form rather than of a length, or has to match something else in the block.
LEFT_ALONE = {"type", "initial_date", "initial_time", "initial_user", "initial_users", "initial_channel", "id",
              "initial_channels", "initial_conversation", "initial_conversations", "initial_option", "source",
              "initial_options", "categories", "data", "visible_to_user_ids", "timezone", "task_id"}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """One change to a sample."""

    path: Path
    words: str
    value: Any

    def __str__(self) -> str:
        named = ".".join(str(step) for step in self.path if isinstance(step, str))
        return f"{named} {self.words}"

    def made(self, block: Json) -> Json | None:
        """The block with this change, or None where an earlier change has taken its place away."""
        at: Any = block
        try:
            for step in self.path:
                at = at[step]
        except (KeyError, IndexError, TypeError):
            return None
        return self.put(block)

    def put(self, block: Json) -> Json:
        """The block with the value in its place; what the change does not touch is shared with the old one."""
        changed: Json = block.copy()
        at: Any = changed
        for step in self.path[:-1]:
            at[step] = at[step].copy()
            at = at[step]
        if self.words == "missing":
            del at[self.path[-1]]
        else:
            at[self.path[-1]] = self.value
        return changed


def changes(value: object, path: Path = ()) -> Iterator[Change]:
    """Every change at a limit, everywhere in a block."""
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    if key in LEFT_ALONE:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            if name != "type":
                yield Change((*path, name), "missing", None)
            yield from changes(inner, (*path, name))
    elif isinstance(value, list):
        yield from (Change(path, f"count {n}", _several(value[0], n, key)) for n in COUNTS)
        yield from changes(value[0], (*path, 0))
    elif isinstance(value, str) and key in WORDS:
        yield Change(path, "other", "other")
    elif isinstance(value, str):
        yield from (Change(path, f"length {n}", _long(value, n)) for n in LENGTHS)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield from (Change(path, f"= {n}", n) for n in NUMBERS.get(key, ()))


def _long(value: str, length: int) -> str:
    return (value if value.startswith("https://") else "").ljust(length, "x")[:length]


def _several(item: Any, count: int, key: str) -> list[Any]:  # noqa: ANN401 - JSON
    """So many of an item, each with ids of its own."""
    items = [copy.deepcopy(item) for _ in range(count)]
    for at, one in enumerate(items):
        if not isinstance(one, dict):
            continue
        for name in ("action_id", "task_id", "name"):
            if name in one:
                one[name] = f"{name}{at}"
        if key == "options":
            one["value"] = f"o{at}"
        if key == "option_groups":
            one["options"] = options(f"o{at}")
    return items


CONFIRM = {
    "title": plain("Sure?"),
    "text": plain("It is sent"),
    "confirm": plain("Yes"),
    "deny": plain("No"),
    "style": "danger",
}
BUTTON: Json = {
    **gallery.button("Go"),
    "value": "v",
    "url": "https://a.example/",
    "style": "primary",
    "confirm": CONFIRM,
    "accessibility_label": "Go on",
}
OPTIONS = [{"text": plain("One"), "value": "one", "description": plain("The first")}]
GROUPS = [{"label": plain("All"), "options": OPTIONS}]
ASKED = {"action_id": "v", "placeholder": plain("Choose"), "confirm": CONFIRM}
DISPATCH = {"trigger_actions_on": ["on_enter_pressed"]}
ENTRY = {"action_id": "v", "placeholder": plain("Write"), "dispatch_action_config": DISPATCH}
FILTER = {"include": ["private"], "exclude_bot_users": True, "exclude_external_shared_channels": True}
INPUTS: list[Json] = [
    {"type": "plain_text_input", **ENTRY, "initial_value": "x", "min_length": 1, "max_length": 20, "multiline": True},
    {"type": "number_input", **ENTRY, "is_decimal_allowed": True, "min_value": "1", "initial_value": "2"},
    {"type": "email_text_input", **ENTRY},
    {"type": "url_text_input", **ENTRY},
    {"type": "rich_text_input", **ENTRY, "initial_value": gallery.rich("x"), "min_lines": 2, "max_lines": 4},
    {"type": "file_input", "action_id": "v", "filetypes": ["pdf"], "max_files": 2},
    {"type": "datepicker", **ASKED, "initial_date": "2026-11-23"},
    {"type": "timepicker", **ASKED, "initial_time": "09:05", "timezone": "Europe/London"},
    {"type": "datetimepicker", "action_id": "v", "confirm": CONFIRM, "initial_date_time": 1795338300},
    {"type": "checkboxes", "action_id": "v", "options": OPTIONS, "confirm": CONFIRM},
    {"type": "radio_buttons", "action_id": "v", "options": OPTIONS, "confirm": CONFIRM},
    {"type": "static_select", **ASKED, "options": OPTIONS},
    {"type": "external_select", **ASKED, "min_query_length": 2},
    {"type": "users_select", **ASKED, "initial_user": "U0BOB"},
    {"type": "conversations_select", **ASKED, "filter": FILTER, "default_to_current_conversation": True},
    {"type": "channels_select", **ASKED, "initial_channel": "C0OPEN"},
    {"type": "multi_static_select", **ASKED, "option_groups": GROUPS, "max_selected_items": 2},
    {"type": "multi_external_select", **ASKED, "min_query_length": 2, "max_selected_items": 2},
    {"type": "multi_users_select", **ASKED, "max_selected_items": 2},
    {"type": "multi_conversations_select", **ASKED, "filter": FILTER, "max_selected_items": 2},
    {"type": "multi_channels_select", **ASKED, "max_selected_items": 2},
]
PICKED = {element["type"]: element for element in INPUTS}
PARAMETERS = [{"name": "a", "value": "b"}]
WORKFLOW_BUTTON = {
    "type": "workflow_button",
    "action_id": "w",
    "text": plain("Run"),
    "workflow": {"trigger": {"url": "https://a.example/Ft1", "customizable_input_parameters": PARAMETERS}},
    "style": "primary",
    "accessibility_label": "Run it",
}
ICON_BUTTON = {
    **gallery.context_actions("x")["elements"][1],
    "value": "v",
    "confirm": CONFIRM,
    "accessibility_label": "Bin",
    "visible_to_user_ids": ["U0BOB"],
}
PICTURE = {"type": "image", "alt_text": "A picture", "image_url": gallery.PICTURE}
LIST = {
    "type": "rich_text_list",
    "style": "bullet",
    "indent": 1,
    "border": 1,
    "elements": gallery.rich("x")["elements"],
}
QUOTE = {"type": "rich_text_quote", "border": 1, "elements": [{"type": "text", "text": "x"}]}
ROW = [{"type": "raw_text", "text": "x"}, gallery.rich("x")]
FOLDED = {"icon": PICTURE, "width": "wide", "is_collapsible": True, "default_collapsed": True}


def section(accessory: Json) -> Json:
    return {"type": "section", "block_id": "b", "text": plain("x"), "fields": [plain("x")], "accessory": accessory}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def asked(element: Json) -> Json:
    return {"type": "input", "label": plain("Label"), "hint": plain("Hint"), "element": element}


def texts() -> dict[str, Json]:
    """Blocks of words and pictures."""
    return {
        "section": section(BUTTON),
        "section with image": section(PICTURE),
        "section with workflow": section(WORKFLOW_BUTTON),
        "section with select": section(PICKED["static_select"]),
        "section with moment": section(PICKED["datetimepicker"]),
        "header": {"type": "header", "block_id": "b", "text": plain("x")},
        "divider": {"type": "divider", "block_id": "b"},
        "context": {"type": "context", "elements": [plain("x"), PICTURE]},
        "image": {**PICTURE, "title": plain("Title")},
        "image of a file": {"type": "image", "alt_text": "A picture", "slack_file": {"id": "F0123456789"}},
        "video": {**gallery.video("x"), "provider_icon_url": gallery.PICTURE, "title_url": "https://a.example/1"},
        "file": {"type": "file", "external_id": "x", "source": "remote"},
        "rich_text": gallery.rich("x"),
        "rich_text list": {"type": "rich_text", "elements": [LIST]},
        "rich_text quote": {"type": "rich_text", "elements": [QUOTE]},
        "markdown": {"type": "markdown", "text": "x"},
        "alert": {"type": "alert", "text": plain("x"), "level": "info"},
    }


def samples() -> dict[str, Json]:
    """A block for each kind of block and element, with all that it may hold."""
    divider = {"type": "divider"}
    titled = {"rich_text_title": gallery.rich("x"), "child_blocks": [divider], "has_header_divider": True}
    refused = ("multi_users_select", "plain_text_input")
    return {
        **texts(),
        "table": {"type": "table", "rows": [ROW], "column_settings": [{"align": "right", "is_wrapped": True}]},
        "data_table": gallery.data_table("x", 1, page_size=5, row_header_column_index=1),
        **{f"{kind} chart": gallery.chart(kind) for kind in ("pie", "bar", "line", "area")},
        "card": {**gallery.card("x"), "hero_image": gallery.image(), "actions": [BUTTON]},
        "card with icon": {"type": "card", "title": plain("x"), "slack_icon": {"type": "icon", "name": "rocket"}},
        "carousel": {"type": "carousel", "elements": [gallery.card("x")]},
        "container": {**gallery.container("x"), **FOLDED},
        "container with rich title": {"type": "container", **titled},
        "context_actions": gallery.context_actions("x"),
        "icon button": {"type": "context_actions", "elements": [ICON_BUTTON]},
        "task_card": gallery.task("x", "t"),
        "plan": {"type": "plan", "title": "x", "tasks": [gallery.task("x", "t", "pending")]},
        "actions": actions(BUTTON, {"type": "overflow", "action_id": "o", "options": OPTIONS}),
        "actions with overflow": actions({"type": "overflow", "options": OPTIONS, "confirm": CONFIRM}),
        **{f"actions with {kind}": actions(PICKED[kind]) for kind in ("static_select", "checkboxes", *refused)},
        **{kind: asked(element) for kind, element in PICKED.items()},
    }
