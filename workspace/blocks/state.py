"""What a person has filled in: from what they typed to Slack's `state.values`.

`raw` values are keyed by block_id and action_id. A raw value is a string, a list of strings, or None for nothing:
the value of an option, the id of a person, a conversation or a file, a date as Slack writes it, the Unix seconds of
a date and time, or the text itself.

`offered` holds, also by block_id and action_id, the objects that a raw value may name and that do not stand in the
block: the options that the app last suggested for an external select, and the files that a person has uploaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workspace.blocks import interactive
from workspace.blocks.rules import TYPED, options_of

Json = dict[str, Any]
Raw = str | list[str] | None
RawValues = dict[str, dict[str, Raw]]
Offered = Mapping[str, Mapping[str, Sequence[Json]]]

# Under which name `state.values` tells what is in each element; elements that are not here hold nothing.
VALUE_FIELD = {
    **dict.fromkeys(TYPED, "value"),
    "rich_text_input": "rich_text_value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "file_input": "files",
}
MANY = ("selected_options", "selected_users", "selected_conversations", "selected_channels", "files")


def initial(blocks: list[Json]) -> RawValues:
    """What stands in each field before anybody has typed."""
    values: RawValues = {}
    for block, element in interactive(blocks):
        if element["type"] in VALUE_FIELD:
            values.setdefault(block["block_id"], {})[element["action_id"]] = _initial(element)
    return values


def _initial(element: Json) -> Raw:
    field = VALUE_FIELD[element["type"]]
    begun = element.get(field.replace("selected_", "initial_") if field.startswith("selected_") else "initial_value")
    if field == "selected_options":
        return [choice["value"] for choice in begun or []]
    if field in MANY:
        return list(begun or [])
    if begun is None or isinstance(begun, str):
        return begun
    if field == "selected_option":
        return str(begun["value"])
    return rich_words(begun) if field == "rich_text_value" else str(begun)


def merged(blocks: list[Json], *layers: Mapping[str, Mapping[str, Raw]]) -> RawValues:
    """The fields' starting values with later layers laid over them; fields that are not there are dropped."""
    values = initial(blocks)
    for layer in layers:
        for block_id, fields in layer.items():
            for action_id, raw in fields.items():
                if action_id in values.get(block_id, {}):
                    values[block_id][action_id] = raw
    return values


def state_values(blocks: list[Json], values: RawValues, offered: Offered | None = None) -> Json:
    """`state.values` as in Slack's payloads.

    https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    Raises ValueError for an option that is not on offer.
    """
    state: Json = {}
    for block, element in interactive(blocks):
        if element["type"] in VALUE_FIELD:
            block_id, action_id = block["block_id"], element["action_id"]
            raw = values.get(block_id, {}).get(action_id)
            state.setdefault(block_id, {})[action_id] = filled(element, raw, at(offered, block_id, action_id))
    return state


def at(offered: Offered | None, block_id: str, action_id: str) -> Sequence[Json]:
    """What was offered for one element."""
    return (offered or {}).get(block_id, {}).get(action_id, ())


def filled(element: Json, raw: Raw, offered: Sequence[Json] = ()) -> Json:
    """What one element tells the app: its type, and its value under the name that Slack uses for that type.

    `offered` is what may be chosen beside the element's own options. Raises ValueError for what is not on offer.
    https://docs.slack.dev/reference/interaction-payloads/block_actions-payload
    """
    kind = element["type"]
    if kind == "overflow":
        return {"type": kind, "selected_option": chosen(element, raw if isinstance(raw, str) else "")}
    if kind == "feedback_buttons":
        return {"type": kind, **_feedback(element, raw)}
    if kind not in VALUE_FIELD:
        return {"type": kind}
    field = VALUE_FIELD[kind]
    return {"type": kind, field: _many(element, field, raw, offered) if field in MANY else _one(element, raw, offered)}


def _many(element: Json, field: str, raw: Raw, offered: Sequence[Json]) -> list[Any]:
    values = as_list(raw)
    if field == "selected_options":
        return [chosen(element, one, offered) for one in values]
    if field == "files":
        known = {file["id"]: file for file in offered}
        return [known.get(one, {"id": one}) for one in values]
    return values


def _one(element: Json, raw: Raw, offered: Sequence[Json]) -> object:
    field = VALUE_FIELD[element["type"]]
    if not isinstance(raw, str) or not raw:
        return None
    if field == "selected_option":
        return chosen(element, raw, offered)
    if field == "selected_date_time":
        return int(raw) if raw.isdecimal() and raw.isascii() else None
    if field == "rich_text_value":
        begun: Json | None = element.get("initial_value")
        return begun if begun and rich_words(begun) == raw else _rich_text(raw)
    return raw


def chosen(element: Json, value: str, offered: Sequence[Json] = ()) -> Json:
    """The option with this value. Raises ValueError where nothing of the kind is on offer."""
    begun = [element["initial_option"]] if "initial_option" in element else element.get("initial_options", [])
    for choice in (*options_of(element), *offered, *begun):
        if choice["value"] == value:
            return {key: inner for key, inner in choice.items() if key != "url"}
    raise ValueError(f"{value!r} is not one of the options of {element['action_id']!r}")


def _feedback(element: Json, raw: Raw) -> Json:
    """The one of the two buttons that has this value."""
    for button in (element["positive_button"], element["negative_button"]):
        if button["value"] == raw:
            return {"text": button["text"], "value": raw}
    raise ValueError(f"{raw!r} is not one of the buttons of {element['action_id']!r}")


def _rich_text(text: str) -> Json:
    """Plain words as the client sends them from a rich text input."""
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "elements": [section]}


def rich_words(rich: Json) -> str:
    """The words of rich text, a line for each of its parts, as they stand in a field of plain text."""
    lines: list[str] = []
    for part in rich["elements"]:
        items = part["elements"] if part["type"] == "rich_text_list" else [part]
        lines += ["".join(str(word.get("text", word.get("url", ""))) for word in item["elements"]) for item in items]
    return "\n".join(lines)


def as_list(raw: Raw) -> list[str]:
    """A raw value as a list of strings."""
    if raw is None or raw == "":
        return []
    return [raw] if isinstance(raw, str) else raw


def is_many(element: Json) -> bool:
    """Whether a person may choose several things, so that the raw value is a list."""
    return VALUE_FIELD.get(element["type"]) in MANY
