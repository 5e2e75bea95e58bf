"""Buttons, options and forms carry the key of a record, never its number: after a restore of the database a number
may be another record's."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import pytest
from sqlmodel import SQLModel

from bot.delivery.messages import Message
from tests.unit.renders import RENDERS, Render

UNMISTAKABLE = 987654321
CARRIED = ("value", "private_metadata", "block_id", "action_id", "callback_id")


def numbered(made: Any, seen: set[int]) -> None:  # noqa: ANN401  # whatever a template is rendered with
    """Give every record in this the same unmistakable number."""
    if id(made) in seen or made is None or isinstance(made, str | int | Enum):
        return
    seen.add(id(made))
    if isinstance(made, dict):
        parts = list(made.values())
    elif isinstance(made, list | tuple | set | frozenset):
        parts = list(made)
    elif isinstance(made, SQLModel):
        parts = [getattr(made, name) for name in type(made).model_fields]
        renumber(made, type(made).model_fields)
    elif is_dataclass(made):
        names = [each.name for each in fields(made)]
        parts = [getattr(made, name) for name in names]
        renumber(made, names)
    else:
        return
    for part in parts:
        numbered(part, seen)


def renumber(record: object, names: Any) -> None:  # noqa: ANN401  # the names of its fields
    for name in names:
        is_number = name in ("id", "number") or name.endswith("_id")
        if is_number and type(getattr(record, name)) is int:
            object.__setattr__(record, name, UNMISTAKABLE)


def with_numbers(render: Render) -> dict[str, Any]:
    """What a template makes of records that all have that number."""
    errors = {id(each): each for each in render.context.values() if isinstance(each, Exception)}
    context = deepcopy(render.context, errors)  # which an error does not bear
    numbered(context, set())
    made = render.make(render.template, **context)
    return {"blocks": made.blocks} if isinstance(made, Message) else made


def carried(part: Any, name: str = "") -> Iterator[str]:  # noqa: ANN401  # JSON
    """What comes back to Liaison of a message or view."""
    if isinstance(part, dict):
        for key, inner in part.items():
            yield from carried(inner, key)
    elif isinstance(part, list):
        for inner in part:
            yield from carried(inner)
    elif name in CARRIED:
        yield str(part)


@pytest.mark.parametrize("render", [each for each in RENDERS if each.size != "largest"], ids=lambda each: each.name)
def test_nothing_that_comes_back_has_the_number_of_a_record(render: Render) -> None:
    assert [each for each in carried(with_numbers(render)) if str(UNMISTAKABLE) in each] == []


def test_the_numbers_are_those_that_people_read() -> None:
    shown = [render.name for render in RENDERS if str(UNMISTAKABLE) in str(with_numbers(render))]
    assert {"actions_list.usual", "contacts_logged.usual", "risks_page.usual"} <= set(shown)
