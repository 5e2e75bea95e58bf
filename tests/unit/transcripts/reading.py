"""A message or a view as plain lines, in the order in which a person reads it.

Slack's marks for bold and the like stay as they are; names, links and escaped characters stand as people see them.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from workspace.page.mrkdwn import unescaped

Json = dict[str, Any]
LEAD = re.compile(r"<(?P<target>[^<>|]+)(?:\|(?P<label>[^<>]+))?>")
COLOURS = {"primary": " (green)", "danger": " (red)"}
INITIAL = ("initial_value", "initial_date", "initial_time", "initial_user")
EMPTY = {
    "file_input": "(a file to be chosen)",
    **dict.fromkeys(("plain_text_input", "url_text_input"), ""),
    **dict.fromkeys(("users_select", "multi_users_select"), "(somebody to be picked)"),
    "datepicker": "(a day to be picked)",
    "timepicker": "(a time to be picked)",
}
INDENT = "    "


def read_aloud(made: Json) -> Iterator[str]:
    """The lines of a message (its text and its blocks) or of a view."""
    kind = made.get("type", "message")
    if kind == "message":
        yield from _led("On a phone: ", seen(made["text"]))
    elif kind == "home":
        yield "Page"
    else:
        yield f"{'Form' if 'submit' in made else 'Window'}: {_plain(made['title'])}"
    yield ""
    for block in made["blocks"]:
        yield from BLOCKS[block["type"]](block)
    if kind == "modal":
        ends = [_plain(made[name]) for name in ("submit", "close") if name in made]
        yield ""
        yield " ".join(f"[{label}]" for label in ends)


def seen(text: str) -> str:
    """Text as a person sees it: a person's or a channel's name behind its sign, a link behind its words."""
    return unescaped(LEAD.sub(_lead, text))


def _lead(found: re.Match[str]) -> str:
    target, label = found["target"], found["label"]
    return target if label is None else f"{label} ({target})"


def _plain(text: Json) -> str:
    """A text in which nothing is marked."""
    return unescaped(text["text"])


def _led(lead: str, text: str, rest: str = "") -> Iterator[str]:
    """A text behind some words; its further lines stand below `rest`."""
    first, *others = text.split("\n")
    yield f"{lead}{first}"
    yield from (f"{rest}{line}" for line in others)


def _header(block: Json) -> Iterator[str]:
    yield f"# {_plain(block['text'])}"


def _section(block: Json) -> Iterator[str]:
    yield from seen(block["text"]["text"]).split("\n")
    if "accessory" in block:
        yield from (f"{INDENT}{line}" for line in _element(block["accessory"]))


def _context(block: Json) -> Iterator[str]:
    for each in block["elements"]:
        yield from _led("~ ", seen(each["text"]), "~ ")


def _actions(block: Json) -> Iterator[str]:
    lines = [line for element in block["elements"] for line in _element(element)]
    in_one_line = all(each["type"] in ("button", "overflow") for each in block["elements"])
    yield from [" ".join(lines)] if in_one_line else lines


def _input(block: Json) -> Iterator[str]:
    optional = " (optional)" if block.get("optional") else ""
    first, *others = _element(block["element"])
    yield f"{_plain(block['label'])}{optional}: {first}"
    yield from (f"{INDENT}{line}" for line in others)
    if "hint" in block:
        yield from _led(f"{INDENT}? ", _plain(block["hint"]), f"{INDENT}  ")


def _table(block: Json) -> Iterator[str]:
    for row in block["rows"]:
        yield "| " + " | ".join(cell["text"] for cell in row) + " |"


def _image(block: Json) -> Iterator[str]:
    yield f"(picture: {block['alt_text']})"


def _divider(_block: Json) -> Iterator[str]:
    yield "-----"


BLOCKS: dict[str, Callable[[Json], Iterator[str]]] = {
    "header": _header,
    "section": _section,
    "context": _context,
    "actions": _actions,
    "input": _input,
    "table": _table,
    "image": _image,
    "divider": _divider,
}


def _element(element: Json) -> list[str]:
    """What one presses, fills in or chooses from; of a choice, each option below it, a full circle before what is
    chosen."""
    kind = element["type"]
    if kind == "button":
        return [f"[{_plain(element['text'])}]{COLOURS.get(element.get('style', ''), '')}"]
    if kind == "overflow":
        return [f"[… {' / '.join(_plain(option['text']) for option in element['options'])}]"]
    if kind in EMPTY:
        begun = [element[name] for name in INITIAL if name in element] + element.get("initial_users", [])
        return ", ".join(begun).split("\n") if begun else [EMPTY[kind]]
    return [_asked(element), *_options(element)]


def _asked(element: Json) -> str:
    most = f" (at most {element['max_selected_items']})" if "max_selected_items" in element else ""
    return _plain(element["placeholder"]) + most if "placeholder" in element else most


def _options(element: Json) -> Iterator[str]:
    """The options of a choice, below the names of their groups where they have some."""
    first = element.get("initial_option")
    chosen = [each["value"] for each in element.get("initial_options", [first] if first else [])]
    if element["type"] == "external_select":  # it shows what fits what is typed
        yield from [f"● {_plain(first['text'])}"] if first else []
        return
    for group in element.get("option_groups", [element]):
        yield from [_plain(group["label"])] if "label" in group else []
        for option in group["options"]:
            mark = "●" if option["value"] in chosen else "○"
            yield from _led(f"{mark} ", _plain(option["text"]), "  ")
