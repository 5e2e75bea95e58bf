"""Every call that renders a template gives it each name that it uses, and no other.

Read from the source, so that it holds of the calls that no test happens to make as well. A call that cannot be read,
because its template or its names are not written there, is refused.
"""

import ast
from functools import cache
from pathlib import Path

import pytest
from jinja2 import nodes
from jinja2.meta import find_undeclared_variables

from tests.builders import MESSAGES, ROOT
from tests.unit.renders import RENDERS
from tests.unit.template_calls import SOURCES, CannotBeRead, found_in, parsed, renderings

TEMPLATES = MESSAGES.environment.list_templates(extensions=["j2"])
MACROS = [name for name in TEMPLATES if name.rpartition("/")[2].startswith("_")]
RENDERED = {name.removesuffix(".j2") for name in TEMPLATES if name not in MACROS}


@cache
def needed(template: str) -> frozenset[str]:
    """The names that a template uses and does not set itself."""
    environment = MESSAGES.environment
    assert environment.loader is not None
    source = environment.loader.get_source(environment, template)[0]
    return frozenset(find_undeclared_variables(environment.parse(source)) - environment.globals.keys())


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_each_template_is_given_the_names_that_it_uses(path: Path) -> None:
    wrong = {}
    for each in found_in(path):
        assert each.template in RENDERED, f"{each.place}: there is no template {each.template}"
        uses = needed(f"{each.template}.j2")
        if each.given != uses:
            wrong[each.place] = f"{each.template} lacks {[*uses - each.given]} and has no use of {[*each.given - uses]}"
    assert wrong == {}


def test_every_template_is_rendered_somewhere() -> None:
    assert {each.template for path in SOURCES for each in found_in(path)} == RENDERED


def test_each_render_of_these_tests_gives_the_same_names_as_the_product() -> None:
    given = {render.name: set(render.context) for render in RENDERS}
    assert given == {render.name: needed(f"{render.template}.j2") for render in RENDERS}


@pytest.mark.parametrize("macros", MACROS)
def test_a_macro_uses_only_what_it_is_given(macros: str) -> None:
    assert needed(macros) == frozenset()


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_reads_no_name_of_another(template: str) -> None:
    """Templates share macros, imported without the names around them, so the names of each are in its own file."""
    environment = MESSAGES.environment
    assert environment.loader is not None
    parsed = environment.parse(environment.loader.get_source(environment, template)[0])
    sharing = parsed.find_all((nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport))
    assert [node for node in sharing if getattr(node, "with_context", True)] == []


@pytest.mark.parametrize(
    "written",
    [
        "act.messages.view(template, found=found)",
        'act.messages.view(f"risk_{kind}", found=found)',
        'act.messages.view("risks/form" if new else "risk_review_form", found=found)',
        'act.messages.message("risks/done", **names)',
        'act.messages.message("risks/done", card=card, **{"days": 3})',
        "act.messages.message(*what, card=card)",
        "act.messages.message()",
        "render = act.messages.message",
        'partial(messages.view, "risk_form")',
        'partial(self._messages.view, "risk_form")',
    ],
)
def test_a_call_that_cannot_be_read_is_refused(written: str) -> None:
    with pytest.raises(CannotBeRead):
        list(renderings(ROOT / "handlers" / "risks.py", ast.parse(written)))


def test_what_is_called_alike_and_renders_nothing_is_left_alone() -> None:
    assert (
        list(renderings(ROOT / "handlers" / "risks.py", ast.parse("row.view = arrival.view or draft.message.text")))
        == []
    )


def test_only_the_messages_render() -> None:
    """Nobody goes round them, to Jinja itself."""
    ways = {"get_template", "from_string", "select_template", "_render"}
    places = {
        path
        for path in SOURCES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and node.attr in ways
    }
    assert places == {ROOT / "bot" / "delivery" / "messages.py"}
