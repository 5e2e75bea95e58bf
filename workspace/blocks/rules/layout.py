"""Blocks: https://docs.slack.dev/reference/block-kit/blocks"""

from __future__ import annotations

from typing import Any

from workspace.blocks.checks import (
    Check,
    Report,
    Shape,
    at_least_one,
    at_most_one,
    exactly_one,
    flag,
    kind_of,
    many,
    one_of,
    record,
    string,
    text,
)
from workspace.blocks.rules.data import DATA_TABLE, DATA_VISUALIZATION, TABLE
from workspace.blocks.rules.elements import ACCESSORIES, ACTION_ELEMENTS, CONTEXT_ACTIONS, ELEMENTS, INPUT_ELEMENTS
from workspace.blocks.rules.objects import (
    EVERYWHERE,
    ID,
    MESSAGE,
    MESSAGE_AND_HOME,
    MODAL,
    SECURE_URL,
    SLACK_FILE,
    SLACK_ICON,
    URL,
    plain,
)
from workspace.blocks.rules.rich_text import RICH_TEXT_BLOCK, RICH_TEXT_VALUE

NAMED: dict[str, Check] = {"block_id": ID}
CONTEXT: dict[str, Shape] = {
    "image": ELEMENTS["image"],
    "plain_text": Shape({"text": string(3000)}, {"emoji": flag}),
    "mrkdwn": Shape({"text": string(3000)}, {"verbatim": flag}),
}
IMAGE = kind_of(ELEMENTS, "image")

BLOCKS: dict[str, Shape] = {
    "section": Shape(
        {},
        {
            **NAMED,
            "text": text(3000),
            "fields": many(text(2000), 10, of="fields"),
            "accessory": kind_of(ELEMENTS, *ACCESSORIES),
            "expand": flag,
        },
        EVERYWHERE,
        (at_least_one("text", "fields"),),
    ),
    "header": Shape({"text": plain(150)}, NAMED),
    "divider": Shape({}, NAMED),
    "context": Shape({"elements": many(kind_of(CONTEXT), 10, of="elements")}, NAMED),
    "actions": Shape({"elements": many(kind_of(ELEMENTS, *ACTION_ELEMENTS), 25, of="elements")}, NAMED),
    "context_actions": Shape({"elements": many(kind_of(ELEMENTS, *CONTEXT_ACTIONS), 5, of="elements")}, NAMED, MESSAGE),
    "input": Shape(
        {"label": plain(2000), "element": kind_of(ELEMENTS, *INPUT_ELEMENTS)},
        {**NAMED, "hint": plain(2000), "optional": flag, "dispatch_action": flag},
    ),
    "image": Shape(
        {"alt_text": string(2000)},
        {**NAMED, "image_url": URL, "slack_file": SLACK_FILE, "title": plain(2000)},
        EVERYWHERE,
        (exactly_one("image_url", "slack_file"),),
    ),
    # "must be less than 50 characters" and "less than 200", which is one fewer than elsewhere.
    "video": Shape(
        {"alt_text": string(2000), "thumbnail_url": URL, "title": plain(199), "video_url": SECURE_URL},
        {
            **NAMED,
            "author_name": string(49),
            "description": plain(199),
            "provider_icon_url": string(2000, pattern=r"https?://\S+"),
            "provider_name": string(50),
            "title_url": string(2000, pattern=r"https://\S+"),
        },
    ),
    "rich_text": RICH_TEXT_BLOCK,
    "markdown": Shape({"text": string(12_000)}, NAMED, MESSAGE),
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    # The page for alerts gives no length; 200 is what Slack's own type definitions say.
    "alert": Shape(
        {"text": text(200)}, {**NAMED, "level": one_of("default", "info", "warning", "error", "success")}, MODAL
    ),
    "card": Shape(
        {},
        {
            **NAMED,
            "hero_image": IMAGE,
            "icon": IMAGE,
            "slack_icon": SLACK_ICON,
            "title": text(150),
            "subtitle": text(150),
            "body": text(200),
            "subtext": text(200),
            "actions": many(kind_of(ELEMENTS, "button"), 3, of="actions"),
        },
        EVERYWHERE,
        (at_least_one("hero_image", "title", "actions", "body"), at_most_one("icon", "slack_icon")),
    ),
}
BLOCKS["carousel"] = Shape({"elements": many(kind_of(BLOCKS, "card"), 10, of="elements")}, NAMED, MESSAGE_AND_HOME)

# Files are in the page's list too, but an app cannot send one.
CONTAINED = (*("actions", "context", "divider", "header", "image", "input", "rich_text", "section", "table", "video"),)


def folds(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
    """What only makes sense of a container that can be collapsed, or that cannot."""
    collapsible = value.get("is_collapsible", False)
    if value.get("default_collapsed") and not collapsible:
        report.add(f"{place}.default_collapsed", "needs is_collapsible")
    if value.get("has_header_divider") and collapsible:
        report.add(f"{place}.has_header_divider", "only where the container is not collapsible")


BLOCKS["container"] = Shape(
    {"child_blocks": many(kind_of(BLOCKS, *CONTAINED), 10, of="blocks")},
    {
        **NAMED,
        "title": plain(150),
        "rich_text_title": RICH_TEXT_VALUE,
        "subtitle": text(150),
        "width": one_of("narrow", "standard", "wide", "full"),
        "icon": IMAGE,
        "is_collapsible": flag,
        "default_collapsed": flag,
        "has_header_divider": flag,
    },
    MESSAGE,
    (at_least_one("title", "rich_text_title"), folds),
)

# The page shows `status` as optional, Slack's own type definitions as required; it gives no length for the words, so
# a text object's holds.
TASK: dict[str, Check] = {
    "task_id": ID,
    "title": string(3000),
    "status": one_of("pending", "in_progress", "complete", "error"),
}
TASK_MORE: dict[str, Check] = {
    "details": RICH_TEXT_VALUE,
    "output": RICH_TEXT_VALUE,
    "sources": many(kind_of(ELEMENTS, "url"), 50, of="sources"),
}
BLOCKS["task_card"] = Shape(TASK, {**NAMED, **TASK_MORE}, MESSAGE)


def tasks_differ(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
    """No two tasks of a plan have the same id."""
    names = [task["task_id"] for task in value["tasks"]]
    for repeated in sorted({one for one in names if names.count(one) > 1}):
        report.add(f"{place}.tasks", f"task_id {repeated!r} appears twice")


# A plan's tasks are written with or without the type that they would have on their own.
PLAN_TASK = record(Shape(TASK, {**NAMED, **TASK_MORE, "type": one_of("task_card")}))
BLOCKS["plan"] = Shape(
    {"title": string(3000), "tasks": many(PLAN_TASK, 50, 0, of="tasks")}, NAMED, MESSAGE, (tasks_differ,)
)
