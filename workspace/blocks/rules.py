"""Block Kit as Slack documents it: which fields, how long, where.

https://docs.slack.dev/reference/block-kit. Read it as a table; `checks` says what each word means.
"""

from __future__ import annotations

from typing import Any

from workspace.blocks.checks import (
    Check,
    Report,
    Shape,
    anything,
    at_least_one,
    decimal,
    exactly_one,
    flag,
    kind_of,
    many,
    one_of,
    record,
    string,
    text,
    whole,
)

EVERYWHERE = frozenset({"message", "modal", "home"})
ID = string(255)
URL = string(3000, pattern=r"https?://\S+")
DATE = string(10, pattern=r"\d{4}-\d{2}-\d{2}")
TIME = string(5, pattern=r"([01]\d|2[0-3]):[0-5]\d")
USER = string(32, pattern=r"[UW][A-Z0-9]+")


def plain(at_most: int) -> Check:
    """A plain_text object."""
    return text(at_most, plain=True)


CONFIRM = record(
    Shape(
        {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
        {"style": one_of("primary", "danger")},
    )
)
DISPATCH = record(
    Shape(
        {},
        {"trigger_actions_on": many(one_of("on_enter_pressed", "on_character_entered"), 2, of="triggers")},
    )
)


def option(value_limit: int, *, formatted: bool = False, link: bool = False) -> Check:
    """An option object; checkboxes and radio buttons may be formatted, overflow menus may hold links."""
    words = text if formatted else lambda limit: text(limit, plain=True)
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


def ordered(low: str, high: str) -> Check:
    """The lower bound may not be above the upper one."""

    def rule(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
        if low in value and high in value and float(value[low]) > float(value[high]):
            report.add(place, f"{low} is more than {high}")

    return rule


COMMON: dict[str, Check] = {"action_id": ID}
ASKS: dict[str, Check] = {**COMMON, "confirm": CONFIRM, "focus_on_load": flag}
ENTRY: dict[str, Check] = {
    **COMMON,
    "placeholder": plain(150),
    "focus_on_load": flag,
    "dispatch_action_config": DISPATCH,
}
SELECT: dict[str, Check] = {**ASKS, "placeholder": plain(150)}
OFFERS: dict[str, Check] = {"options": OPTIONS, "option_groups": GROUPS}
OFFER_RULES = (exactly_one("options", "option_groups"), values_differ, initials_offered)
CHOICE_RULES = (values_differ, initials_offered)

ELEMENTS: dict[str, Shape] = {
    "button": Shape(
        {"text": plain(75)},
        {
            **COMMON,
            "confirm": CONFIRM,
            "value": string(2000, 0),
            "url": URL,
            "style": one_of("primary", "danger"),
            "accessibility_label": string(75),
        },
    ),
    "static_select": Shape({}, {**SELECT, **OFFERS, "initial_option": SELECT_OPTION}, EVERYWHERE, OFFER_RULES),
    "multi_static_select": Shape(
        {},
        {**SELECT, **OFFERS, "initial_options": OPTIONS, "max_selected_items": whole(1, 100)},
        EVERYWHERE,
        OFFER_RULES,
    ),
    "users_select": Shape({}, {**SELECT, "initial_user": USER}),
    "overflow": Shape(
        {"options": many(option(150, link=True), 5, of="options")}, {**COMMON, "confirm": CONFIRM}, EVERYWHERE
    ),
    "datepicker": Shape({}, {**SELECT, "initial_date": DATE}),
    "timepicker": Shape({}, {**SELECT, "initial_time": TIME, "timezone": string(64)}),
    "checkboxes": Shape(
        {"options": many(CHOICE, 10, of="options")},
        {**ASKS, "initial_options": many(CHOICE, 10, of="options")},
        EVERYWHERE,
        CHOICE_RULES,
    ),
    "radio_buttons": Shape(
        {"options": many(CHOICE, 10, of="options")}, {**ASKS, "initial_option": CHOICE}, EVERYWHERE, CHOICE_RULES
    ),
    "plain_text_input": Shape(
        {},
        {
            **ENTRY,
            "initial_value": string(3000, 0),
            "multiline": flag,
            "min_length": whole(0, 3000),
            "max_length": whole(1, 3000),
        },
        EVERYWHERE,
        (ordered("min_length", "max_length"),),
    ),
    "number_input": Shape(
        {"is_decimal_allowed": flag},
        {**ENTRY, "initial_value": decimal, "min_value": decimal, "max_value": decimal},
        EVERYWHERE,
        (ordered("min_value", "max_value"),),
    ),
    "email_text_input": Shape({}, {**ENTRY, "initial_value": string(3000)}),
    "url_text_input": Shape({}, {**ENTRY, "initial_value": string(3000)}),
    "image": Shape({"image_url": URL, "alt_text": string(2000)}),
}
TYPED = ("plain_text_input", "number_input", "email_text_input", "url_text_input")
PICKED = (
    "static_select",
    "multi_static_select",
    "users_select",
    "datepicker",
    "timepicker",
    "checkboxes",
    "radio_buttons",
)
INPUT_ELEMENTS = (*TYPED, *PICKED)
ACCESSORIES = ("button", "overflow", "image", *PICKED)
# Slack's table of block elements leaves multi-selects out of actions blocks.
ACTION_ELEMENTS = ("button", "overflow", *(name for name in PICKED if name != "multi_static_select"))

RICH_PARTS = ("rich_text_section", "rich_text_list", "rich_text_preformatted", "rich_text_quote")
STYLE = record(Shape({}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight"), flag)))
RICH: dict[str, Shape] = {
    "text": Shape({"text": string(12_000)}, {"style": STYLE}),
    "link": Shape({"url": string(3000)}, {"text": string(3000), "style": STYLE, "unsafe": flag}),
    "emoji": Shape({"name": string(100)}, {"unicode": string(100), "style": STYLE, "skin_tone": whole(1, 6)}),
    "user": Shape({"user_id": string(32)}, {"style": STYLE}),
    "channel": Shape({"channel_id": string(32)}, {"style": STYLE}),
    "usergroup": Shape({"usergroup_id": string(32)}, {"style": STYLE}),
    "broadcast": Shape({"range": one_of("here", "channel", "everyone")}, {"style": STYLE}),
    "date": Shape(
        {"timestamp": whole(0, 2**53), "format": string(200)}, {"url": URL, "fallback": string(200), "style": STYLE}
    ),
    "color": Shape({"value": string(20)}, {"style": STYLE}),
}
WORDS = many(kind_of(RICH), 1000, 0, of="elements")
SECTION: dict[str, Check] = {"elements": WORDS}
BORDER: dict[str, Check] = {"border": whole(0, 1)}
RICH_BLOCKS: dict[str, Shape] = {
    "rich_text_section": Shape(SECTION),
    "rich_text_preformatted": Shape(SECTION, {**BORDER, "language": string(50)}),
    "rich_text_quote": Shape(SECTION, BORDER),
}
RICH_BLOCKS["rich_text_list"] = Shape(
    {
        "style": one_of("bullet", "ordered"),
        "elements": many(kind_of(RICH_BLOCKS, "rich_text_section"), 1000, of="elements"),
    },
    {"indent": whole(0, 8), "offset": whole(0, 10_000), **BORDER},
)
RICH_TEXT = many(kind_of(RICH_BLOCKS, *RICH_PARTS), 1000, of="elements")

CELLS: dict[str, Shape] = {
    "raw_text": Shape({"text": string(3000, 0)}),
    "rich_text": Shape({"elements": RICH_TEXT}, {"block_id": ID}),
}
COLUMN = record(Shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag}))
CONTEXT: dict[str, Shape] = {
    "image": ELEMENTS["image"],
    "plain_text": Shape({"text": string(3000)}, {"emoji": flag}),
    "mrkdwn": Shape({"text": string(3000)}, {"verbatim": flag}),
}

NAMED: dict[str, Check] = {"block_id": ID}
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
    "input": Shape(
        {"label": plain(2000), "element": kind_of(ELEMENTS, *INPUT_ELEMENTS)},
        {**NAMED, "hint": plain(2000), "optional": flag, "dispatch_action": flag},
    ),
    "image": Shape({"alt_text": string(2000), "image_url": URL}, {**NAMED, "title": plain(2000)}),
    "rich_text": Shape({"elements": RICH_TEXT}, NAMED),
    "table": Shape(
        {"rows": many(many(kind_of(CELLS), 20, of="columns"), 100, of="rows")},
        {**NAMED, "column_settings": many(COLUMN, 20, of="columns")},
        frozenset({"message", "home"}),
    ),
    "markdown": Shape({"text": string(12_000)}, NAMED, frozenset({"message"})),
}

VIEW: dict[str, Check] = {
    "private_metadata": string(3000, 0),
    "callback_id": string(255, 0),
    "external_id": string(255, 0),
}
VIEWS: dict[str, Shape] = {
    "modal": Shape(
        {"title": plain(24), "blocks": anything},
        {
            **VIEW,
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": flag,
            "notify_on_close": flag,
        },
    ),
    "home": Shape({"blocks": anything}, VIEW),
}
