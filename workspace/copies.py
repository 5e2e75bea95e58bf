"""Copies of JSON values."""

from __future__ import annotations

from typing import Any


def clone(value: Any) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """A deep copy of a JSON value, so that a payload never shares state with the store."""
    if isinstance(value, dict):
        return {key: clone(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [clone(inner) for inner in value]
    return value
