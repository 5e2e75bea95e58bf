"""What a template reads of its context is there, in every branch, whether or not a test renders it.

Held against the types that the calls in the product give, so that a field that goes, or is called otherwise, is missed
here and not by whoever would have read the message.
"""

import ast
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from pathlib import Path

import pytest
from jinja2 import DictLoader, nodes

from bot.delivery.messages import Messages
from tests.builders import MESSAGES
from tests.unit.call_types import context_types, type_at
from tests.unit.declared_types import Mistyped, Type, describe
from tests.unit.template_calls import SOURCES, found_in
from tests.unit.template_types import TemplateChecker

TEMPLATES = MESSAGES.environment.list_templates(extensions=["j2"])


@cache
def checked() -> TemplateChecker:
    """Every template, checked with what each call gives it."""
    checker = TemplateChecker(MESSAGES.environment)
    for path in SOURCES:
        for call in found_in(path):
            checker.check(f"{call.template}.j2", context_types(path, call))
    return checker


@pytest.mark.parametrize("path", [path for path in SOURCES if found_in(path)], ids=lambda path: path.stem)
def test_it_is_known_of_what_type_each_call_gives_its_names(path: Path) -> None:
    for call in found_in(path):
        try:
            context_types(path, call)
        except Mistyped as problem:
            pytest.fail(f"{call.place}: {call.template}: {problem}: declare it, for example what a function returns")


def test_what_templates_read_of_their_contexts_is_there() -> None:
    assert sorted({*map(str, checked().problems)}) == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_attribute_in_a_template_was_held_against_a_type(template: str) -> None:
    """Nothing is passed over: a macro that nobody calls, or a value of which only None is known."""
    unread = [node for node in reading(checked().parsed(template)) if node not in checked().read]
    assert [f"{template}:{node.lineno}: {node}" for node in unread] == []


def reading(template: nodes.Template) -> Iterator[nodes.Node]:
    """Whatever in a template reads an attribute."""
    yield from template.find_all(nodes.Getattr)
    for node in template.find_all(nodes.Filter):
        told = node.args if node.name in ("selectattr", "rejectattr", "options") else node.kwargs
        if node.name in ("map", "selectattr", "rejectattr", "options") and (told or node.name == "options"):
            yield node


class Colour(StrEnum):
    """An enum, for the tests of the checker."""

    RED = "red"


@dataclass(frozen=True)
class Wheel:
    """A part, for the tests of the checker."""

    size: Decimal
    colour: Colour
    maker: str | None = None

    @property
    def label(self) -> str:
        return f"{self.size} {self.colour}"


@dataclass(frozen=True)
class Car:
    """A thing with parts, for the tests of the checker."""

    name: str
    wheels: Sequence[Wheel]
    notes: Mapping[str, Sequence[str]]
    spare: Wheel | None = None

    def wheel(self, number: int) -> Wheel:
        return self.wheels[number]


MACROS = """
{% macro wheel(one, word="a") %}{{ word }} {{ one.label }}{% endmacro %}
{% macro framed() %}[{{ caller() }}]{% endmacro %}
"""


def problems(written: str, of: Type = Car) -> list[str]:
    """What the checker finds in a template that is given a car."""
    environment = Messages().environment.overlay(loader=DictLoader({"t.j2": written, "_m.j2": MACROS}))
    checker = TemplateChecker(environment)
    checker.check("t.j2", {"car": of})
    return [str(problem) for problem in checker.problems]


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("{{ car.nme }}", "t.j2:1: Car has no nme"),
        ("\n{% if car.spare %}{% elif car.name %}{{ car.spare.width }}{% endif %}", "t.j2:2: Wheel has no width"),
        ("{% if not car.wheels %}{% else %}{{ car.wheels[0].width }}{% endif %}", "t.j2:1: Wheel has no width"),
        ("{{ car.name if car.spare else car.spare.width }}", "t.j2:1: Wheel has no width"),
        ("{% for one in car.spare %}{% endfor %}", "t.j2:1: Wheel is nothing to loop over"),
        ("{% for one in car.wheels %}{% else %}{{ car.nme }}{% endfor %}", "t.j2:1: Car has no nme"),
        ("{% for one in car.wheels[:2]|batch(3) %}{{ one.label }}{% endfor %}", "t.j2:1: list[Wheel] has no label"),
        ("{% for one in car.wheels %}{{ one.label }}{{ loop.idx }}{% endfor %}", "t.j2:1: there is no idx"),
        ("{% for key, all in car.notes.items() %}{{ all[0].label }}{% endfor %}", "t.j2:1: str has no label"),
        ("{% set one = car.wheels|first %}{{ one.width }}", "t.j2:1: Wheel has no width"),
        ("{% set one, other = car.name, car.spare %}{{ other.width }}", "t.j2:1: Wheel has no width"),
        ("{{ car.wheels|map(attribute='width')|list|words }}", "t.j2:1: Wheel has no width"),
        ("{{ car.wheels|map(attribute='size')|list|words }}", "t.j2:1: words takes no list[decimal.Decimal]"),
        ("{% for one in car.wheels|rejectattr('colour.hue') %}{% endfor %}", "t.j2:1: Colour has no hue"),
        ("{{ car.wheel(1).width }}", "t.j2:1: Wheel has no width"),
        ("{{ car.name(1) }}", "t.j2:1: str cannot be called"),
        ("{{ car.name|date }}", "t.j2:1: date takes no str"),
        ("{{ car.spare.colour }}{{ car.spare }}", "t.j2:1: a Wheel is printed"),
        ("{% if car.spare.colour == Band.LOW %}{% endif %}", "t.j2:1: a Colour is never a Band"),
        ("{% if car.name in car.wheels %}{% endif %}", "t.j2:1: a str is never a Wheel"),
        ("{% if car.name == Band.NONE %}{% endif %}", "t.j2:1: type[bot.domain.scores.Band] has no NONE"),
        ("{% for band in Band %}{{ band.size }}{% endfor %}", "t.j2:1: Band has no size"),
        ("{{ car.notes[1] }}", "t.j2:1: Mapping[str, Sequence[str]] has no keys that are int"),
        ("{% import '_m.j2' as m %}{{ m.wheel(car) }}", "_m.j2:2: Car has no label, in wheel(Car, str)"),
        ("{% import '_m.j2' as m %}{{ m.wheel(car.spare, size=1) }}", "t.j2:1: wheel(one, word) is called otherwise"),
        ("{% import '_m.j2' as m %}{{ m.wheel() }}", "t.j2:1: wheel(one, word) is called otherwise"),
        ("{% import '_m.j2' as m %}{{ m.whel(car.spare) }}", "t.j2:1: there is no whel"),
        ("{% import '_m.j2' as m %}{% call m.framed() %}{{ car.nme }}{% endcall %}", "t.j2:1: Car has no nme"),
        ("{% macro own(one) %}\n{{ one.nme }}{% endmacro %}{{ own(car) }}", "t.j2:2: Car has no nme, in own(Car)"),
        ("{% for text, value in car.wheels|options('label', 'id') %}{% endfor %}", "t.j2:1: Wheel has no id"),
    ],
)
def test_what_a_type_lacks_is_found_in_every_branch(written: str, problem: str) -> None:
    plain = [found.replace(f"{__name__}.", "").replace("collections.abc.", "") for found in problems(written)]
    assert plain == [problem]


@pytest.mark.parametrize(
    "written",
    [
        "{{ car.name }}{% if car.spare %}{{ car.spare.colour.value }}{% endif %}{{ car.spare.maker or '-' }}",
        "{% for one in car.wheels|selectattr('maker')|list if one.size %}{{ one.label }}{{ loop.index }}{% endfor %}",
        "{% for key, all in car.notes.items() %}{{ key }}{{ all|words }}{{ all|length|plural('note') }}{% endfor %}",
        "{% import '_m.j2' as m %}{% call m.framed() %}{{ m.wheel(car.wheel(0), word='one') }}{% endcall %}",
        "{{ car.wheels|map(attribute='maker')|sort|first|default('-') }}{{ car.name|replace('a', 'b') }}",
        "{{ car.notes.tyres|join }}{{ car.wheels[-1].size|number }}",
    ],
)
def test_what_is_there_is_no_problem(written: str) -> None:
    assert problems(written) == []


def test_what_is_declared_as_anything_is_not_taken_for_known() -> None:
    assert problems("{{ car.name }}", dict[str, object]) == [
        "t.j2:1: the type of name of dict[str, object] is not declared"
    ]


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("def f(card: Car):\n return card.wheels[0]", "Wheel"),
        ("def f(card: Car):\n one = card.spare\n return one or card.name", "Wheel | str"),
        ("def f(card: Car):\n for one in card.wheels:\n  return one", "Wheel"),
        ("def f(card: Car):\n return [each.size for each in card.wheels if each.maker]", "list[decimal.Decimal]"),
        ("def f(card: Car):\n return card.wheel(1).label", "str"),
        ("def f(card: object):\n if isinstance(card, Car):\n  return card.spare", "Wheel"),
    ],
)
def test_the_type_of_what_a_call_gives_is_read_from_annotations(written: str, found: str) -> None:
    assert describe(returned(written)) == found


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("def f(card):\n return card", "it is not declared what card is"),
        ("def f(card: Car):\n return card.nme", "Car has no nme"),
        ("def f(card: dict[str, object]):\n return card['x']", "not declared"),
        ("def f():\n return (lambda: 1)()", "it cannot be known"),
    ],
)
def test_what_no_annotation_says_is_refused(written: str, problem: str) -> None:
    with pytest.raises(Mistyped, match=problem):
        returned(written)


def returned(written: str) -> Type:
    """The type of what a function returns, written as in this module."""
    module = ast.parse(written)
    returns = [node.value for node in ast.walk(module) if isinstance(node, ast.Return)]
    assert returns[0] is not None
    return type_at(Path(__file__), module, returns[0])
