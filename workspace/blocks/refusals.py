"""What the Slack client itself refuses of what a person filled in, before the app hears of anything.

Slack's documentation names the checks and not the sentences; these are ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from workspace.blocks import interactive
from workspace.blocks.state import Offered, Raw, RawValues, as_list, at, is_many

Json = dict[str, Any]
REQUIRED = "Please complete this required field."
MOST_FILES = 10
FORMS = {
    "email_text_input": (r"[^@\s]+@[^@\s]+\.[^@\s.]+", "Please enter a valid email address."),
    "url_text_input": (r"https?://[^\s/]+\S*", "Please enter a valid URL."),
    "datepicker": (r"[0-9]{4}-[0-9]{2}-[0-9]{2}", "Please enter a valid date."),
    "timepicker": (r"([01][0-9]|2[0-3]):[0-5][0-9]", "Please enter a valid time."),
    "datetimepicker": (r"[0-9]{10}", "Please enter a valid date and time."),
}


def faults(blocks: list[Json], values: RawValues, offered: Offered | None = None) -> dict[str, str]:
    """A sentence for each block_id whose field cannot be sent as it is."""
    found: dict[str, str] = {}
    for block, element in interactive(blocks):
        if block["type"] != "input":
            continue
        block_id, action_id = block["block_id"], element["action_id"]
        raw = values.get(block_id, {}).get(action_id)
        if not as_list(raw) or (isinstance(raw, str) and not raw.strip()):
            if not block.get("optional", False):
                found[block_id] = REQUIRED
        elif fault := _fault(element, raw, at(offered, block_id, action_id)):
            found[block_id] = fault
    return found


def _fault(element: Json, raw: Raw, offered: Sequence[Json]) -> str | None:
    kind = element["type"]
    if kind == "file_input":
        return _files_fault(element, as_list(raw), offered)
    if is_many(element):
        most = element.get("max_selected_items")
        return f"Choose at most {most}." if most is not None and len(as_list(raw)) > most else None
    if not isinstance(raw, str):
        return None
    if kind == "number_input":
        return _number_fault(element, raw)
    if kind == "plain_text_input":
        return _length_fault(element, raw)
    pattern, sentence = FORMS.get(kind, (r"(?s).*", ""))
    return None if re.fullmatch(pattern, raw) else sentence


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


def _files_fault(element: Json, files: list[str], offered: Sequence[Json]) -> str | None:
    """https://docs.slack.dev/reference/block-kit/block-elements/file-input-element"""
    most = element.get("max_files", MOST_FILES)
    if len(files) > most:
        return f"Please choose at most {most} {'file' if most == 1 else 'files'}."
    kinds = [kind.lower().removeprefix(".") for kind in element.get("filetypes", ())]
    names = {file["id"]: str(file.get("name", "")) for file in offered}
    if kinds and any(names.get(one, "").rpartition(".")[2].lower() not in kinds for one in files):
        return f"Please choose only files of these types: {', '.join(kinds)}."
    return None
