"""Composition objects, and the rules that look at an object as a whole.

https://docs.slack.dev/reference/block-kit/composition-objects
"""

from __future__ import annotations

from typing import Any

from workspace.blocks.checks import (
    Check,
    Report,
    Shape,
    at_least_one,
    exactly_one,
    flag,
    kind_of,
    many,
    one_of,
    record,
    string,
    text,
)

EVERYWHERE = frozenset({"message", "modal", "home"})
MESSAGE = frozenset({"message"})
MODAL = frozenset({"modal"})
MESSAGE_AND_HOME = frozenset({"message", "home"})

# What the documentation names and the workspace refuses, each with the reason.
NOT_SUPPORTED = {
    "file": "an app cannot send a file block; it shows a remote file in a message that is read",
    **dict.fromkeys(
        ("attachment_mention", "work_object_mention", "message_mention", "workflow_mention", "salesforce_data_field"),
        "mentions of work objects, messages and workflows are not supported: the workspace has none to point at",
    ),
    **dict.fromkeys(
        ("canvas", "canvas_user_mention", "canvas_message_unfurl", "list_record", "citation", "tag"),
        "canvases, lists and what an assistant cites are not supported: the workspace has none",
    ),
}

ID = string(255)
URL = string(3000, pattern=r"https?://\S+")
SECURE_URL = string(3000, pattern=r"https://\S+")
DATE = string(10, pattern=r"\d{4}-\d{2}-\d{2}")
TIME = string(5, pattern=r"([01]\d|2[0-3]):[0-5]\d")
USER = string(32, pattern=r"[UW][A-Z0-9]+")
CHANNEL = string(32, pattern=r"[CG][A-Z0-9]+")
CONVERSATION = string(32, pattern=r"[CDGUW][A-Z0-9]+")
BUTTON_STYLE = one_of("primary", "danger")


def plain(at_most: int) -> Check:
    """A plain_text object."""
    return text(at_most, plain=True)


CONFIRM = record(
    Shape(
        {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
        {"style": BUTTON_STYLE},
    )
)
DISPATCH = record(
    Shape(
        {"trigger_actions_on": many(one_of("on_enter_pressed", "on_character_entered"), 2, of="triggers")},
    )
)
# `include` names each kind at most once, and there are four.
FILTER = record(
    Shape(
        {},
        {
            "include": many(one_of("im", "mpim", "private", "public"), 4, of="kinds"),
            "exclude_external_shared_channels": flag,
            "exclude_bot_users": flag,
        },
        EVERYWHERE,
        (at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),),
    )
)
SLACK_FILE = record(
    Shape({}, {"id": string(32, pattern=r"F[A-Z0-9]+"), "url": URL}, EVERYWHERE, (exactly_one("id", "url"),))
)
WORKFLOW = record(
    Shape(
        {
            "trigger": record(
                Shape(
                    {"url": URL},
                    {
                        "customizable_input_parameters": many(
                            record(Shape({"name": string(255), "value": string(3000)})), 100, of="parameters"
                        )
                    },
                )
            )
        }
    )
)
ICON_NAMES = (
    "archive", "book", "bookmark", "bot", "bug", "calendar", "call", "caret-left", "caret-right", "check", "clipboard",
    "code", "comment", "compass", "copy", "cube", "download", "edit", "email", "eye-closed", "eye-open", "file", "flag",
    "folder", "gear", "globe", "heart", "help", "image", "info", "key", "lightbulb", "link", "map", "mobile",
    "new-window", "pin", "plus", "refine", "refresh", "rocket", "save", "screen", "share", "sparkle", "star",
    "star-filled", "tag", "thumbs-down", "thumbs-up", "trash", "upload", "user", "warning",
)  # fmt: skip
SLACK_ICON = kind_of({"icon": Shape({"name": one_of(*ICON_NAMES)})})


def option(value_limit: int, *, formatted: bool = False, link: bool = False) -> Check:
    """An option object; checkboxes and radio buttons may be formatted, overflow menus may hold links."""
    words = text if formatted else plain
    extra: dict[str, Check] = {"description": words(75)}
    if link:
        extra["url"] = URL
    return record(Shape({"text": words(75), "value": string(value_limit)}, extra))


SELECT_OPTION = option(150)
CHOICE = option(150, formatted=True)
OPTIONS = many(SELECT_OPTION, 100, of="options")
GROUPS = many(record(Shape({"label": plain(75), "options": OPTIONS})), 100, of="option groups")


def options_of(value: dict[str, Any]) -> list[dict[str, Any]]:
    """Every option an element offers, those in groups as well."""
    groups = value.get("option_groups", [])
    return [*value.get("options", []), *(choice for group in groups for choice in group["options"])]


def initials_offered(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
    """What is chosen at the start must be among the options, exactly as it stands there."""
    offered = options_of(value)
    for name in ("initial_option", "initial_options"):
        chosen = value.get(name, [])
        for choice in chosen if isinstance(chosen, list) else [chosen]:
            if not any(_same(choice, other) for other in offered):
                report.add(f"{place}.{name}", "not among the options")


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool(one["value"] == other["value"] and one["text"]["text"] == other["text"]["text"])


def values_differ(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
    """No two options of an element may have the same value."""
    values = [choice["value"] for choice in options_of(value)]
    for repeated in sorted({one for one in values if values.count(one) > 1}):
        report.add(f"{place}.options", f"value {repeated!r} appears twice")


def few_enough(*names: str) -> Check:
    """No more is chosen at the start than `max_selected_items` allows."""

    def rule(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
        most = value.get("max_selected_items")
        for name in names:
            if most is not None and len(value.get(name, ())) > most:
                report.add(f"{place}.{name}", f"{len(value[name])} items, at most {most}")

    return rule
