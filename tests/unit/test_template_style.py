"""Templates can be read: their lines are short, and they leave to the code what it knows."""

from collections.abc import Iterator

import pytest
from jinja2 import nodes

from tests.builders import MESSAGES

ENVIRONMENT = MESSAGES.environment
TEMPLATES = ENVIRONMENT.list_templates(extensions=["j2"])
LONGEST_LINE = 149
BUILDING = {"append", "extend", "insert", "add", "update"}


def source(template: str) -> str:
    assert ENVIRONMENT.loader is not None
    return ENVIRONMENT.loader.get_source(ENVIRONMENT, template)[0]


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_no_line_is_too_long(template: str) -> None:
    long = [number for number, line in enumerate(source(template).splitlines(), 1) if len(line) > LONGEST_LINE]
    assert long == [], "let it go on in the next with a backslash, or break it between the parts of a tag"


def built(text: str) -> Iterator[int]:
    """The lines where a template puts a list together: piece by piece, or from itself."""
    for node in ENVIRONMENT.parse(text).find_all((nodes.Call, nodes.Assign)):
        match node:
            case nodes.Call(node=nodes.Name(name="namespace")):
                yield node.lineno
            case nodes.Call(node=nodes.Getattr(attr=attr)) if attr in BUILDING:
                yield node.lineno
            case nodes.Assign(target=nodes.Name(name=name), node=value):
                if any(
                    each.name == name for each in [value, *value.find_all(nodes.Name)] if isinstance(each, nodes.Name)
                ):
                    yield node.lineno


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_lists_are_built_in_code(template: str) -> None:
    assert list(built(source(template))) == [], "give it the list, or make one with the filter options"


@pytest.mark.parametrize(
    "written",
    [
        "{% set all = namespace(pairs=[]) %}",
        "{% for each in them %}{% set _ = all.append(each) %}{% endfor %}",
        "{% set all = all + [each] %}",
    ],
)
def test_a_list_that_a_template_builds_is_found(written: str) -> None:
    assert list(built(written)) == [1]


def spelled(text: str) -> Iterator[int]:
    """The lines where a template compares with a text, or finds something by one: an enum has it, or a property."""
    parsed = ENVIRONMENT.parse(text)
    compared: list[tuple[nodes.Node, nodes.Const]]
    compared = [(node, each) for node in parsed.find_all(nodes.Compare) for each in node.find_all(nodes.Const)]
    compared += [(node, node.key) for node in parsed.find_all(nodes.Pair) if isinstance(node.key, nodes.Const)]
    yield from sorted({node.lineno for node, each in compared if isinstance(each.value, str)})


@pytest.mark.parametrize("template", sorted(TEMPLATES))
def test_no_state_is_spelled_out(template: str) -> None:
    assert list(spelled(source(template))) == [], "compare with an enum (bot/delivery/messages.py), or ask a property"


@pytest.mark.parametrize(
    "written",
    [
        '{% if risk.status.value == "open" %}{% endif %}',
        '{{ "Late" if "late" != each.standing else "" }}',
        '{% if kind in ("milestone", "obligation") %}{% endif %}',
        '{% set labels = {"awaited": "Report the figures"} %}',
    ],
)
def test_a_state_that_is_spelled_out_is_found(written: str) -> None:
    assert list(spelled(written)) == [1]


def test_what_a_template_says_is_no_state() -> None:
    assert (
        list(spelled('{{ "was" if risk.status == RiskStatus.CLOSED else "is" }}{{ say("it", how={1: "so"}) }}')) == []
    )
