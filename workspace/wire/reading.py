"""JSON from outside, read so that no form of it can do harm."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from workspace.errors import SlackError

# Block Kit needs about a dozen levels. What is nested deeper than this is refused before anything walks it.
DEEPEST = 64


def read_json(text: str, refusal: str) -> Any:  # noqa: ANN401 - any JSON value may come
    """JSON as Slack reads it: no NaN and no infinity, not nested without end, and with no halves of characters.

    Raises SlackError(`refusal`).
    """
    if text.count("[") + text.count("{") > DEEPEST and _depth(text) > DEEPEST:
        raise SlackError(refusal)
    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except ValueError as error:
        raise SlackError(refusal) from error
    return _whole(value) if "\\ud" in text or "\\uD" in text else value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def read_seconds(text: str) -> float:
    """A number of seconds. Raises ValueError; NaN, which no timer can wait for, is none either."""
    seconds = float(text)
    return seconds if not math.isnan(seconds) else _refuse(text)


def _finite(digits: str) -> float:
    """A number, which no JSON can carry back where it is beyond all bounds: 1e999."""
    number = float(digits)
    return number if math.isfinite(number) else _refuse(digits)


def _depth(text: str) -> int:
    """How deep the brackets outside strings are nested."""
    depth = deepest = 0
    quoted = escaped = False
    for character in text:
        if quoted:
            quoted = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            quoted = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


def _whole(value: Any) -> Any:  # noqa: ANN401 - any JSON value
    """The same value with U+FFFD for halves of surrogate pairs, which no UTF-8 can carry."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_whole(key): _whole(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner) for inner in value]
    return value


def read_object(text: str) -> dict[str, Any]:
    """A JSON object, {} for nothing. Raises SlackError invalid_json or json_not_object."""
    data = read_json(text, "invalid_json") if text.strip() else {}
    if not isinstance(data, dict):
        raise SlackError("json_not_object")
    return data
