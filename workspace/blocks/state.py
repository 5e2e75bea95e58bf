"""What a person has filled in: from what they typed to Slack's `state.values`, with Slack's own checks.

`raw` values are keyed by block_id and action_id. A raw value is a string, a list of strings (the values
of chosen options), or None for nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from workspace.blocks import interactive
from workspace.blocks.rules import TYPED, options_of

Json = dict[str, Any]
Raw = str | list[str] | None
RawValues = dict[str, dict[str, Raw]]

STATELESS = ("button", "overflow")
VALUE_FIELD = {
    **dict.fromkeys(TYPED, "value"),
    "static_select": "selected_option",
    "radio_buttons": "selected_option",
    "multi_static_select": "selected_options",
    "checkboxes": "selected_options",
    "users_select": "selected_user",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
}
INITIAL_FIELD = {
    "value": "initial_value",
    "selected_user": "initial_user",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
}
REQUIRED = "Please complete this required field."


def initial(blocks: list[Json]) -> RawValues:
    """What stands in each field before anybody has typed."""
    values: RawValues = {}
    for block, element in interactive(blocks):
        if element["type"] not in STATELESS:
            values.setdefault(block["block_id"], {})[element["action_id"]] = _initial(element)
    return values


def _initial(element: Json) -> Raw:
    field = VALUE_FIELD[element["type"]]
    if field == "selected_options":
        return [choice["value"] for choice in element.get("initial_options", [])]
    if field == "selected_option":
        chosen: Json | None = element.get("initial_option")
        return chosen["value"] if chosen else None
    value: str | None = element.get(INITIAL_FIELD[field])
    return value


def merged(blocks: list[Json], *layers: Mapping[str, Mapping[str, Raw]]) -> RawValues:
    """The fields' starting values with later layers laid over them; fields that are not there are dropped."""
    values = initial(blocks)
    for layer in layers:
        for block_id, fields in layer.items():
            for action_id, raw in fields.items():
                if action_id in values.get(block_id, {}):
                    values[block_id][action_id] = raw
    return values


def state_values(blocks: list[Json], values: RawValues) -> Json:
    """`state.values` as in Slack's payloads.

    https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    Raises ValueError for an option that is not on offer.
    """
    state: Json = {}
    for block, element in interactive(blocks):
        if element["type"] not in STATELESS:
            raw = values.get(block["block_id"], {}).get(element["action_id"])
            state.setdefault(block["block_id"], {})[element["action_id"]] = filled(element, raw)
    return state


def filled(element: Json, raw: Raw) -> Json:
    """One element's entry: its type, and its value under the name that Slack uses for that type."""
    field = VALUE_FIELD[element["type"]]
    value: object
    if field == "selected_options":
        value = [chosen(element, one) for one in as_list(raw)]
    elif field == "selected_option":
        value = chosen(element, raw) if isinstance(raw, str) and raw else None
    else:
        value = raw if isinstance(raw, str) and raw else None
    return {"type": element["type"], field: value}


def chosen(element: Json, value: str) -> Json:
    """The option with this value. Raises ValueError where the element offers no such thing."""
    for choice in options_of(element):
        if choice["value"] == value:
            return {key: inner for key, inner in choice.items() if key != "url"}
    raise ValueError(f"{value!r} is not one of the options of {element['action_id']!r}")


def as_list(raw: Raw) -> list[str]:
    """A raw value as a list of strings."""
    if raw is None or raw == "":
        return []
    return [raw] if isinstance(raw, str) else raw


def faults(blocks: list[Json], values: RawValues) -> dict[str, str]:
    """What the Slack client itself refuses before the app hears of it: a sentence for each block_id."""
    found: dict[str, str] = {}
    for block, element in interactive(blocks):
        if block["type"] != "input":
            continue
        raw = values.get(block["block_id"], {}).get(element["action_id"])
        if not as_list(raw) or (isinstance(raw, str) and not raw.strip()):
            if not block.get("optional", False):
                found[block["block_id"]] = REQUIRED
        elif fault := _fault(element, raw):
            found[block["block_id"]] = fault
    return found


def _fault(element: Json, raw: Raw) -> str | None:
    kind = element["type"]
    if kind == "multi_static_select" and len(as_list(raw)) > element.get("max_selected_items", 100):
        return f"Choose at most {element['max_selected_items']}."
    if not isinstance(raw, str):
        return None
    if kind == "number_input":
        return _number_fault(element, raw)
    if kind == "plain_text_input":
        return _length_fault(element, raw)
    if kind == "email_text_input" and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", raw):
        return "Please enter a valid email address."
    if kind == "url_text_input" and not re.fullmatch(r"https?://[^\s/]+\S*", raw):
        return "Please enter a valid URL."
    if kind == "datepicker" and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw):
        return "Please enter a valid date."
    if kind == "timepicker" and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", raw):
        return "Please enter a valid time."
    return None


def _number_fault(element: Json, raw: str) -> str | None:
    try:
        number = Decimal(raw)
    except InvalidOperation:
        return "Please enter a number."
    if not number.is_finite():
        return "Please enter a number."
    if not element["is_decimal_allowed"] and number != number.to_integral_value():
        return "Please enter a whole number."
    if "min_value" in element and number < Decimal(element["min_value"]):
        return f"Please enter a number that is {element['min_value']} or more."
    if "max_value" in element and number > Decimal(element["max_value"]):
        return f"Please enter a number that is {element['max_value']} or less."
    return None


def _length_fault(element: Json, raw: str) -> str | None:
    longest = min(element.get("max_length", 3000), 3000)
    if len(raw) > longest:
        return f"Please use at most {longest:,} characters."
    if len(raw) < element.get("min_length", 0):
        return f"Please use at least {element['min_length']:,} characters."
    return None
