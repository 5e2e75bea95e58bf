"""Words: whatever is put through a template stands in it as itself, and what is no words is refused."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError

from bot.delivery.messages import Messages
from bot.domain.slack_text import inert, one_line, without_spacers
from tests.builders import MONDAY

PLACES = """
{% import "common/_blocks.j2" as b %}
{% macro inner(text) %}<{{ text }}>{% endmacro %}
{
  "text": "{{ value }}",
  "blocks": [
    {"alone": "{{ value }}"},
    {"twice": "{{ value }} and {{ value }}"},
    {"joined": "{{ "a " ~ value }}"},
    {"macro": "{{ inner(value) }}"},
    {"raw": "{{ value|raw }}"},
    {"listed": "{{ [value, value]|words }}"},
    {"shortened": "{{ value|shorten(10000) }}"},
    {"plain": {{ b.plain(value) }}},
    {{ b.header(value) }},
    {% call b.section() %}[{{ value }}]{% endcall %},
    {% call b.note() %}[{{ value }}]{% endcall %},
    {{ b.button("act", value, value) }},
    {{ b.cell(value) }},
    {{ b.option("o", value) }},
    {% call b.actions("one") %}{{ b.button("act", value, value) }}{% endcall %},
    {% call b.input("in", value, value) %}{{ b.text_input(10, placeholder=value) }}{% endcall %},
  ],
}
"""
TYPED = st.text(max_size=200).map(without_spacers)
HARD = {
    "markup": "<!channel> & <@U0HELEN> > all",
    "already escaped": "&lt;b&gt; &amp;amp;",
    "quotes": "\"double\" 'single' “curly”",
    "backslashes": r"C:\new\table \u0041 \" end\\",
    "lines": "one\ntwo\r\nthree\ttabbed",
    "control characters": "\x00\x01\x1f\x7f\x85\u2028\u2029",
    "right to left": "شراكة الشمال \u202eREVERSED\u202c",
    "unclosed marks": "*unclosed _and ~this `too",
    "trailing commas": '[1, ], {"a": 1, }, "b", ]',
    "jinja": "{{ 7 * 7 }} {% if %} {# note #}",
    "html": "<script>alert('x')</script>",
    "beyond the first plane": "😀 \U0001d518 \U0010ffff",
    "three thousand": 'abc &<>"\\\n' * 330,
    "nothing": "",
}


@pytest.fixture(scope="session")
def messages(tmp_path_factory: pytest.TempPathFactory) -> Messages:
    """The templates of these tests, beside the product's own macros."""
    folder = tmp_path_factory.mktemp("templates")
    blocks = Messages().environment.loader.get_source(Messages().environment, "common/_blocks.j2")[0]  # type: ignore[union-attr]
    (folder / "common").mkdir()
    (folder / "common/_blocks.j2").write_text(blocks, encoding="utf-8")
    (folder / "places.j2").write_text(PLACES, encoding="utf-8")
    return Messages(folder)


def one(tmp_path: Path, template: str, **context: Any) -> str:  # noqa: ANN401  # a template's context is open
    """What one template of plain words says."""
    (tmp_path / "one.j2").write_text(template, encoding="utf-8")
    return str(Messages(tmp_path).view("one", **context)["text"])


def escaped(text: str) -> str:
    """Slack's three control characters, as its documentation writes them."""
    return "".join({"&": "&amp;", "<": "&lt;", ">": "&gt;"}.get(character, character) for character in text)


def formatted(text: str) -> str:
    """The text in a place where Slack formats: on one line, with no mark that counts."""
    return escaped(inert(text))


def unescaped(text: str) -> str:
    """What a person sees of it."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def stands_everywhere_as_itself(messages: Messages, value: str) -> None:
    made, shown, plain = messages.message("places", value=value), formatted(value), escaped(one_line(value))
    found: dict[str, Any] = {key: each for block in made.blocks[:8] for key, each in block.items()}
    header, section, note, button, cell, option, actions, entry = made.blocks[8:]
    assert made.text == shown
    assert (found["alone"], found["twice"]) == (shown, f"{shown} and {shown}")
    assert (found["joined"], found["macro"]) == (formatted(f"a {value}"), f"<{shown}>")
    assert (found["raw"], found["listed"]) == (value, formatted(f"{value} and {value}"))
    assert (found["shortened"], found["plain"]["text"]) == (shown, plain)
    assert (header["text"]["text"], cell["text"]) == (plain, one_line(value))  # a cell holds raw text
    assert section["text"]["text"] == note["elements"][0]["text"] == f"[{shown}]"
    assert (button["text"]["text"], button["value"]) == (plain, value)
    assert option["value"] == value
    assert actions["elements"] == [button]
    assert entry["label"]["text"] == plain
    assert entry.get("hint", {"text": ""})["text"] == plain


@pytest.mark.parametrize("value", HARD.values(), ids=HARD.keys())
def test_hard_text_stands_everywhere_as_itself(messages: Messages, value: str) -> None:
    stands_everywhere_as_itself(messages, value)


@given(value=TYPED | st.text(alphabet='&<>"\\,]}[{ \n\x00', max_size=60))
def test_any_text_stands_everywhere_as_itself(messages: Messages, value: str) -> None:
    stands_everywhere_as_itself(messages, value)


@given(value=TYPED)
def test_any_text_survives_the_way_to_slack_and_to_a_person(messages: Messages, value: str) -> None:
    """On the wire it is JSON, and Slack shows it with its three escapes undone, on one line."""
    made = messages.message("places", value=value)
    assert without_spacers(unescaped(json.loads(json.dumps(made.text)))) == one_line(value).replace("`", "'")


def test_no_text_can_mention_anybody(messages: Messages) -> None:
    made = messages.message("places", value="<!channel> <@U0HELEN> <#C0WPNE> <https://example.org|here>")
    assert "<!" not in json.dumps([made.text, *made.blocks[:3]])
    assert "<@" not in json.dumps([made.text, *made.blocks[:3]])


def test_a_name_that_the_context_lacks_is_our_fault_and_is_raised(tmp_path: Path) -> None:
    with pytest.raises(UndefinedError, match="'nobody' is undefined"):
        one(tmp_path, '{"text": "{{ nobody }}"}')
    with pytest.raises(UndefinedError):
        one(tmp_path, '{"text": "{% if nobody %}x{% endif %}"}')
    with pytest.raises(UndefinedError):
        one(tmp_path, '{"text": "{{ day.nothing }}"}', day=date(2027, 1, 4))


@pytest.mark.parametrize("value", [0.1, None, True, ["a"], ("a",), {"a": 1}, {"a"}, b"a", object()])
def test_what_is_no_words_is_never_printed(tmp_path: Path, value: object) -> None:
    with pytest.raises(TypeError, match="a template printed"):
        one(tmp_path, '{"text": "{{ value }}"}', value=value)
    with pytest.raises(TypeError, match="a template printed"):
        one(tmp_path, '{"text": "{{ value|raw }}"}', value=value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (MONDAY, "4 January 2027 at 9am"),
        (date(2027, 1, 4), "4 January 2027"),
        (Decimal("97.20"), "97.20"),
        (12, "12"),
        ("twelve", "twelve"),
    ],
)
def test_dates_numbers_and_words_print_as_people_read_them(tmp_path: Path, value: object, shown: str) -> None:
    assert one(tmp_path, '{"text": "{{ value }}"}', value=value) == shown


def test_trailing_commas_go_and_those_inside_strings_stay(tmp_path: Path) -> None:
    (tmp_path / "commas.j2").write_text(
        '{"text": "a, ] b,} \\", ]", "blocks": [{"a": [1, 2, ], "b": {"c": ",]", }, }, \n ], }', encoding="utf-8"
    )
    made = Messages(tmp_path).message("commas")
    assert made.text == 'a, ] b,} ", ]'
    assert made.blocks == [{"a": [1, 2], "b": {"c": ",]"}}]


def test_a_string_may_run_over_lines(tmp_path: Path) -> None:
    assert one(tmp_path, '{"text": "one\ntwo"}') == "one\ntwo"


def test_a_line_that_ends_with_a_backslash_goes_on_in_the_next(tmp_path: Path) -> None:
    written = '{"text": "one \\\n    two{% if value %}\\\n  three{% endif %}\\\n{{ value }}"}'
    assert one(tmp_path, written, value="\\\n four") == "one twothree\\ /  four"


def test_an_error_in_a_template_with_long_lines_names_the_line_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(TemplateSyntaxError) as error:
        one(tmp_path, '{"text": "one \\\n  two \\\n  {{ 1 + }}"}')
    assert error.value.lineno == 3


@pytest.mark.parametrize("template", ['{"text": "a" "b"}', '{"text": ,}', "words", ""])
def test_a_template_that_is_not_json_is_our_fault_and_is_raised(tmp_path: Path, template: str) -> None:
    with pytest.raises(ValueError, match=r"line \d+ column \d+"):
        one(tmp_path, template)


def test_a_template_that_is_not_there_is_our_fault_and_is_raised(tmp_path: Path) -> None:
    with pytest.raises(TemplateNotFound):
        Messages(tmp_path).message("nothing")


def test_a_mention_is_markup_that_only_an_id_can_stand_in(tmp_path: Path) -> None:
    template = '{"text": "{{ mention(user) }}"}'
    assert one(tmp_path, template, user="U0HELEN") == "<@U0HELEN>"
    for forged in ("U0HELEN> <!channel", "!channel", "U0 HELEN", "U0HELEN|here", "", "subteam^S1", "Ü0HELEN"):
        with pytest.raises(ValueError, match="is not a Slack user id"):
            one(tmp_path, template, user=forged)


@pytest.mark.parametrize(
    ("options", "offered"),
    [
        ("people|options", "Priya Nair=Priya Nair"),
        ('people|options("key", "team.name")', "pn=North & East"),
        ('people|options(within, "key")', "Priya Nair of North & East=pn"),
    ],
)
def test_a_choice_has_the_text_of_an_attribute_or_of_a_macro_and_a_value(
    tmp_path: Path, options: str, offered: str
) -> None:
    priya = SimpleNamespace(value="priya Nair", key="pn", team=SimpleNamespace(name="North & East"))
    written = (
        "{% macro within(one) %}\n{{ one.value[:1]|upper }}{{ one.value[1:] }} of {{ one.team.name }}\n{% endmacro %}\n"
        '{"text": "{% for text, value in OPTIONS %}{{ text|raw }}={{ value|raw }}{% endfor %}"}'
    )
    assert one(tmp_path, written.replace("OPTIONS", options), people=[priya]).casefold() == offered.casefold()


def test_a_message_answers_a_command_for_the_person_alone(messages: Messages) -> None:
    made = messages.message("places", value="a")
    assert made.as_answer() == {"response_type": "ephemeral", "text": made.text, "blocks": made.blocks}


def test_every_template_is_read_at_the_start_and_a_broken_one_is_found_there(tmp_path: Path) -> None:
    messages = Messages(tmp_path)
    (tmp_path / "whole.j2").write_text('{"text": "well", "blocks": []}', encoding="utf-8")
    messages.load()
    (tmp_path / "broken.j2").write_text("{% if %}", encoding="utf-8")
    with pytest.raises(TemplateSyntaxError, match="Expected an expression"):
        messages.load()
