"""The calls that render a template, read from the source: which template, and what it is given.

So it holds of the calls that no test happens to make as well. A call that cannot be read, because its template or its
names are not written there, is refused.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.builders import ROOT

RENDERING = ("message", "view")
SOURCES = sorted(path for folder in ("bot", "handlers", "jobs") for path in (ROOT / folder).rglob("*.py"))


class CannotBeRead(Exception):
    """A call whose template or names are not written where it is made."""


@dataclass(frozen=True)
class Rendering:
    """A call that renders a template, and what it gives it under which name."""

    place: str
    template: str
    context: Mapping[str, ast.expr]

    @property
    def given(self) -> frozenset[str]:
        """The names that it gives."""
        return frozenset(self.context)


def rendering(place: str, call: ast.Call) -> Rendering:
    """What a call renders and with which names. CannotBeRead."""
    match call.args:
        case [ast.Constant(value=str(template))]:
            pass
        case _:
            raise CannotBeRead(f"{place}: name the template in the call, as a literal")
    given = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None}
    if len(given) < len(call.keywords):
        raise CannotBeRead(f"{place}: give each name by itself, not with **")
    return Rendering(place, template, given)


def is_of_messages(node: ast.Attribute) -> bool:
    """Whether it is what renders: `messages.view`, `act.messages.view`, `self.message`, and not a `row.view`."""
    match node.value:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            return name.strip("_").lower().endswith("messages")
    return False


def renderings(path: Path, parsed: ast.AST) -> Iterator[Rendering]:
    """Every call in a module that renders a template. CannotBeRead, of what renders without being called as well."""
    called = set()
    for node in ast.walk(parsed):
        match node:
            case ast.Call(func=ast.Attribute(attr=name) as func) if name in RENDERING:
                called.add(func)
                yield rendering(f"{path.relative_to(ROOT)}:{node.lineno}", node)
            case ast.Attribute(attr=name) if name in RENDERING and is_of_messages(node) and node not in called:
                raise CannotBeRead(f"{path.relative_to(ROOT)}:{node.lineno}: call it where it stands")


@cache
def parsed(path: Path) -> ast.Module:
    """A module of the product, as its syntax."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def found_in(path: Path) -> list[Rendering]:
    """Every call in a module of the product that renders a template."""
    return list(renderings(path, parsed(path)))
