"""Every template, rendered at each size, is what Slack takes, and what its golden file says.

After a change of words run `UPDATE_GOLDEN=1 pytest tests/unit/test_templates.py`, and read the difference:
the golden files are the words that people will see.
"""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.unit.renders import MESSAGE_RENDERS, RENDERS, Render, templates
from workspace.blocks import check_blocks, check_view, text_size

GOLDEN = Path(__file__).parent / "golden"
PYTHON_SPELLINGS = ("object at 0x", "bot.models", "Decimal(", "datetime.", "{{", "{%")
MOST_MESSAGE_TEXT = 4000  # Slack truncates beyond 40,000 and asks for no more than 4,000


def by_name(render: Render) -> str:
    return render.name


def golden_of(render: Render) -> Path:
    return GOLDEN / f"{render.name}.json"


@pytest.fixture(scope="module", autouse=True)
def _updated() -> None:
    """With UPDATE_GOLDEN=1 the golden files are made anew first; those that nothing renders go."""
    if os.environ.get("UPDATE_GOLDEN"):
        for path in GOLDEN.rglob("*.json"):
            path.unlink()
        for render in RENDERS:
            golden_of(render).write_text(json.dumps(render(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def test_every_template_is_rendered() -> None:
    assert {render.template for render in RENDERS} == templates()


def test_a_template_with_something_to_fill_in_is_rendered_at_its_smallest_usual_and_largest() -> None:
    for template in templates():
        sizes = {render.size for render in RENDERS if render.template == template}
        filled_in = any(render.context for render in RENDERS if render.template == template)
        assert sizes >= ({"smallest", "usual", "largest"} if filled_in else {"usual"}), template


def test_every_golden_file_is_rendered_and_the_other_way_round() -> None:
    assert set(GOLDEN.rglob("*.json")) == {golden_of(render) for render in RENDERS}


@pytest.mark.parametrize("render", RENDERS, ids=by_name)
def test_a_render_is_what_its_golden_file_says(render: Render) -> None:
    assert render() == json.loads(golden_of(render).read_text(encoding="utf-8"))


@pytest.mark.parametrize("render", RENDERS, ids=by_name)
def test_slack_takes_every_render(render: Render) -> None:
    made = render()
    problems = check_view(made, ("home", "modal")) if "type" in made else check_blocks(made["blocks"], "message")
    assert problems == []


@pytest.mark.parametrize("render", MESSAGE_RENDERS, ids=by_name)
def test_the_text_of_a_message_stands_alone(render: Render) -> None:
    """It is what a phone shows and a screen reader reads, so it is whole words on what the blocks are about."""
    made = render()
    text = made["text"]
    assert text == text.strip()
    assert 3 <= len(text) <= MOST_MESSAGE_TEXT
    assert made["blocks"]
    assert text_size(made["blocks"]) > 0


@pytest.mark.parametrize("render", RENDERS, ids=by_name)
def test_no_render_shows_a_value_that_is_no_words(render: Render) -> None:
    """Python's own spelling of nothing, a number or an object is never what people read."""
    for words in _strings(render()):
        assert not any(spelling in words for spelling in PYTHON_SPELLINGS)


def _strings(value: Any) -> list[str]:  # noqa: ANN401  # JSON
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [words for each in inner for words in _strings(each)]


@pytest.mark.parametrize("render", RENDERS, ids=by_name)
def test_each_item_of_a_list_begins_a_line(render: Render) -> None:
    """Jinja drops the line break after a block tag, and with it two items run together."""
    words = json.dumps(render(), ensure_ascii=False)
    assert re.findall(r'(?<!\\n)(?<!")• ', words) == []
