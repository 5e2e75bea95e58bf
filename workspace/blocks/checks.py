"""The small checks that the Block Kit rules are written with.

A check looks at one value at one place and adds a sentence to the report for each thing that is wrong.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Report:
    """What was found wrong so far, each as `place: what is wrong`, and what must be unique in a payload."""

    surface: str
    problems: list[str] = field(default_factory=list)

    def add(self, place: str, problem: str) -> None:
        """Note a problem."""
        self.problems.append(f"{place}: {problem}")


Check = Callable[[Any, str, Report], None]
LARGEST = sys.float_info.max


@dataclass(frozen=True)
class Shape:
    """The fields of one kind of object. `rules` look at the object as a whole, after its fields."""

    required: Mapping[str, Check]
    optional: Mapping[str, Check] = field(default_factory=dict)
    surfaces: frozenset[str] = frozenset({"message", "modal", "home"})
    rules: tuple[Check, ...] = ()


def check_shape(value: Any, place: str, report: Report, shape: Shape, ignore: Iterable[str] = ("type",)) -> None:  # noqa: ANN401 - JSON
    """Hold a JSON object against a shape: nothing missing, nothing unknown, each field as it should be."""
    known = {**shape.required, **shape.optional}
    for name in value:
        if name not in known and name not in ignore:
            report.add(f"{place}.{name}", "unknown field")
    for name in shape.required:
        if name not in value:
            report.add(f"{place}.{name}", "missing")
    before = len(report.problems)
    for name, check in known.items():
        if name in value:
            check(value[name], f"{place}.{name}", report)
    if len(report.problems) == before and all(name in value for name in shape.required):
        for rule in shape.rules:
            rule(value, place, report)


def string(at_most: int, at_least: int = 1, pattern: str = "") -> Check:
    """A string of at most so many characters."""

    def check(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
        if not isinstance(value, str):
            report.add(place, "must be a string")
        elif len(value) < at_least:
            report.add(place, "must not be empty" if at_least == 1 else f"at least {at_least} characters")
        elif len(value) > at_most:
            report.add(place, f"{len(value):,} characters, at most {at_most:,}")
        elif pattern and not re.fullmatch(pattern, value):
            report.add(place, f"{value[:30]!r} is not of the right form")

    return check


def one_of(*values: str) -> Check:
    """One of a few words."""

    def check(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
        if not isinstance(value, str) or value not in values:
            report.add(place, f"must be one of {', '.join(values)}")

    return check


def flag(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
    """True or false."""
    if not isinstance(value, bool):
        report.add(place, "must be true or false")


def whole(lowest: int, highest: int) -> Check:
    """A whole number within bounds."""

    def check(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
        if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
            report.add(place, f"must be a whole number from {lowest:,} to {highest:,}")

    return check


def decimal(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
    """A number written as a string, as number_input takes it."""
    try:
        good = isinstance(value, str) and math.isfinite(float(value))
    except ValueError:
        good = False
    if not good:
        report.add(place, "must be a number written as a string")


def number(*, above: float | None = None) -> Check:
    """A number, and not one that JSON cannot hold."""

    def check(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
        if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= LARGEST:
            report.add(place, "must be a number")
        elif above is not None and value <= above:
            report.add(place, f"must be more than {above:g}")

    return check


def or_null(check_one: Check) -> Check:
    """The value, or null in its place."""

    def check(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
        if value is not None:
            check_one(value, place, report)

    return check


def on_surface(surfaces: frozenset[str], check_one: Check) -> Check:
    """A field that works on some surfaces alone."""

    def check(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
        if report.surface not in surfaces:
            report.add(place, f"not allowed in a {report.surface}")
        check_one(value, place, report)

    return check


def anything(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
    """Whatever it is, it is not looked at."""


def text(at_most: int, *, plain: bool = False) -> Check:
    """A text object; `plain` where Slack takes no formatting there.

    https://docs.slack.dev/reference/block-kit/composition-objects/text-object
    """

    def check(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
        if not isinstance(value, dict):
            report.add(place, "must be a text object")
            return
        kind = value.get("type")
        if kind not in ("plain_text", "mrkdwn"):
            report.add(f"{place}.type", "must be plain_text or mrkdwn")
            return
        if plain and kind != "plain_text":
            report.add(place, "must be plain_text")
        extra = {"emoji": flag} if kind == "plain_text" else {"verbatim": flag}
        check_shape(value, place, report, Shape({"text": _length(at_most, place)}, extra))

    return check


def _length(at_most: int, place: str) -> Check:
    """The length of a text object's text, reported at the object and not at the field within."""
    within = string(at_most)
    return lambda value, _, report: within(value, place, report)


def many(check_one: Check, at_most: int, at_least: int = 1, *, of: str = "items") -> Check:
    """A list whose items all pass."""

    def check(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
        if not isinstance(value, list):
            report.add(place, "must be a list")
            return
        if len(value) < at_least:
            report.add(place, f"at least {at_least} {of}")
        if len(value) > at_most:
            report.add(place, f"{len(value)} {of}, at most {at_most}")
        for at, item in enumerate(value):
            check_one(item, f"{place}[{at}]", report)

    return check


def kind_of(shapes: Mapping[str, Shape], *names: str, refused: Mapping[str, str] | None = None) -> Check:
    """An object whose `type` is one of those named (any of the shapes where none is named).

    `refused` has the reason for each type that is known and not taken.
    """
    allowed = names or tuple(shapes)

    def check(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
        kind = value.get("type") if isinstance(value, dict) else None
        if not isinstance(kind, str):
            report.add(place, "must be an object with a type")
        elif refused and kind in refused:
            report.add(f"{place}.type", refused[kind])
        elif kind not in shapes:
            report.add(f"{place}.type", f"unknown type {kind[:40]!r}")
        elif kind not in allowed:
            report.add(f"{place}.type", f"{kind} is not allowed here")
        elif report.surface not in shapes[kind].surfaces:
            report.add(f"{place}.type", f"{kind} is not allowed in a {report.surface}")
        else:
            check_shape(value, place, report, shapes[kind])

    return check


def record(shape: Shape) -> Check:
    """An object without a type of its own."""

    def check(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
        if isinstance(value, dict):
            check_shape(value, place, report, shape, ignore=())
        else:
            report.add(place, "must be an object")

    return check


def exactly_one(*names: str) -> Check:
    """One of these fields, and not two of them."""

    def rule(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
        if sum(name in value for name in names) != 1:
            report.add(place, f"needs exactly one of {', '.join(names)}")

    return rule


def at_least_one(*names: str) -> Check:
    """One of these fields at the least."""

    def rule(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
        if not any(name in value for name in names):
            report.add(place, f"needs {' or '.join(names)}")

    return rule


def at_most_one(*names: str) -> Check:
    """None or one of these fields, and not two of them."""

    def rule(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
        if sum(name in value for name in names) > 1:
            report.add(place, f"only one of {', '.join(names)}")

    return rule


def ordered(low: str, high: str) -> Check:
    """The lower bound may not be above the upper one."""

    def rule(value: Any, place: str, report: Report) -> None:  # noqa: ANN401 - JSON
        if low in value and high in value and float(value[low]) > float(value[high]):
            report.add(place, f"{low} is more than {high}")

    return rule
