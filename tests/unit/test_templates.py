"""Every template, rendered at each size, is what Slack takes, and what its journey's transcript says.

After a change of words run `make transcripts`, and read what has changed: those are the words that people will see.
"""

import json
import re
from types import ModuleType
from typing import Any

import pytest

from tests.builders import MESSAGES
from tests.unit.renders import JOURNEYS, MESSAGES_OF, OPTIONS, RENDERS, renders_of, templates
from tests.unit.renders.contacts import LOTS_OWN
from tests.unit.transcripts import FOLDER, difference, name_of
from workspace.blocks import check_blocks, check_view, text_size

PYTHON_SPELLINGS = ("object at 0x", "bot.models", "Decimal(", "datetime.", "{{", "{%")
MOST_MESSAGE_TEXT = 4000  # Slack truncates beyond 40,000 and asks for no more than 4,000

each_journey = pytest.mark.parametrize("journey", JOURNEYS, ids=name_of)


def test_every_template_is_rendered() -> None:
    assert {render.template for render in RENDERS} == templates()


def test_a_template_with_something_to_fill_in_is_rendered_at_its_smallest_usual_and_largest() -> None:
    for template in templates():
        sizes = {render.size for render in RENDERS if render.template == template}
        filled_in = any(render.context for render in RENDERS if render.template == template)
        assert sizes >= ({"smallest", "usual", "largest"} if filled_in else {"usual"}), template


def test_what_is_offered_while_somebody_types_fits_a_list_of_slack() -> None:
    """docs.slack.dev/reference/block-kit/composition-objects/option-object: 100 options, a text of 75 characters."""
    offered = MESSAGES.view(OPTIONS, contracts=LOTS_OWN)["options"]
    assert len(LOTS_OWN) > len(offered) == 100
    assert [each["value"] for each in offered] == [each.reference for each in LOTS_OWN[:100]]
    assert all(each["text"]["text"].startswith(f"{each['value']} ") for each in offered)
    assert max(len(each["text"]["text"]) for each in offered) <= 75
    assert MESSAGES.view(OPTIONS, contracts=[])["options"] == []


def test_every_transcript_is_of_a_journey_and_the_other_way_round() -> None:
    assert {path.name for path in FOLDER.glob("*.txt")} == {name_of(journey) for journey in JOURNEYS}


@each_journey
def test_people_read_what_the_transcript_says(journey: ModuleType) -> None:
    if changed := difference(journey):
        pytest.fail(f"Run make transcripts if this is what people are to read:\n{changed}", pytrace=False)


@each_journey
def test_slack_takes_every_render(journey: ModuleType) -> None:
    made = {render.name: render() for render in renders_of(journey)}
    problems = {
        name: check_view(each, ("home", "modal")) if "type" in each else check_blocks(each["blocks"], "message")
        for name, each in made.items()
    }
    assert {name: found for name, found in problems.items() if found} == {}


@each_journey
def test_the_text_of_a_message_stands_alone(journey: ModuleType) -> None:
    """It is what a phone shows and a screen reader reads, so it is whole words on what the blocks are about."""
    for render in MESSAGES_OF[journey.__name__]:
        made = render()
        text = made["text"]
        assert text == text.strip(), render.name
        assert 3 <= len(text) <= MOST_MESSAGE_TEXT, render.name
        assert made["blocks"], render.name
        assert text_size(made["blocks"]) > 0, render.name


@each_journey
def test_no_render_shows_a_value_that_is_no_words(journey: ModuleType) -> None:
    """Python's own spelling of nothing, a number or an object is never what people read."""
    for render in renders_of(journey):
        for words in _strings(render()):
            assert not any(spelling in words for spelling in PYTHON_SPELLINGS), render.name


def _strings(value: Any) -> list[str]:  # noqa: ANN401  # JSON
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [words for each in inner for words in _strings(each)]


@each_journey
def test_each_item_of_a_list_begins_a_line(journey: ModuleType) -> None:
    """Jinja drops the line break after a block tag, and with it two items run together."""
    for render in renders_of(journey):
        words = json.dumps(render(), ensure_ascii=False)
        assert re.findall(r'(?<!\\n)(?<!")• ', words) == [], render.name
