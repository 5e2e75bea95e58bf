"""What templates leave to the code: lists that they show."""

from collections.abc import Iterator

import pytest
from jinja2 import nodes

from tests.builders import MESSAGES

ENVIRONMENT = MESSAGES.environment
TEMPLATES = ENVIRONMENT.list_templates(extensions=["j2"])
BUILDING = {"append", "extend", "insert", "add", "update"}
STILL_BUILD = {"contracts/form.j2", "reminders/form.j2", "reminders/rule_form.j2", "specification/plan_form.j2"}


def source(template: str) -> str:
    assert ENVIRONMENT.loader is not None
    return ENVIRONMENT.loader.get_source(ENVIRONMENT, template)[0]


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


@pytest.mark.parametrize("template", sorted({*TEMPLATES} - STILL_BUILD))
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
