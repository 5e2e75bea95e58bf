"""Blocks as Slack hands them back: every id present, every text object with its defaults."""

from __future__ import annotations

import secrets
from typing import Any

from workspace.blocks import elements, parts
from workspace.copies import clone

Json = dict[str, Any]
ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def normal_blocks(blocks: list[Json]) -> list[Json]:
    """A copy of checked blocks, with the block_ids, action_ids and text flags that Slack fills in."""
    copies: list[Json] = clone(blocks)
    for block in copies:
        for _, part in parts(block):
            part.setdefault("block_id", _generated())
            for element in elements(part):
                if element["type"] != "image":
                    element.setdefault("action_id", _generated())
    fill_text(copies)
    return copies


def _generated() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(5))


def fill_text(value: object) -> None:
    """Give every text object in a JSON value the flags it has by default."""
    if isinstance(value, dict):
        if value.get("type") == "plain_text":
            value.setdefault("emoji", True)
        elif value.get("type") == "mrkdwn":
            value.setdefault("verbatim", False)
        for inner in value.values():
            fill_text(inner)
    elif isinstance(value, list):
        for inner in value:
            fill_text(inner)
