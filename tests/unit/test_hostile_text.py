"""What people type or import draws no line of its own and formats nothing, in any template: it reads as plain words."""

import re
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.messages import Message, View
from bot.domain.normalisation import cleaned
from bot.domain.slack_text import inert, without_spacers
from tests.unit.renders import JOURNEYS, Render, renders_of
from tests.unit.test_extremes import NAMES, extreme, parts_of, sized
from tests.unit.transcripts import name_of
from workspace.page.mrkdwn import to_html

HOSTILE = "\n• *R-1* _is_ ~not~ `closed`\r> by <!channel> ```x```\n> <https://example.org|here> *<@U0NOBODY>*_"
TAME = re.sub(r"[^\w .:/-]", "x", HOSTILE)
# Under which names a context has what people write, besides names and titles.
WORDS = NAMES | {
    *("cause", "clause", "closing_reason", "controls", "decision_reason", "decisions", "definition", "done_note"),
    *("effect", "happened", "label", "link", "narrative", "note", "objectives", "path_to_green", "problem", "purpose"),
    *("query", "question", "rag_reason", "reason", "response_note", "sentence", "summary", "text", "tier", "typed"),
    *("unit", "what", "why", "words"),
}
TAGS = re.compile(r"</?[a-z]+")


def made_of(render: Render, words: str) -> Message | View:
    return render.make(render.template, **extreme(render.context, words, names=WORDS))


def texts(value: Any) -> list[tuple[str, bool]]:  # noqa: ANN401  # JSON
    """Every text that is shown, and whether Slack formats it."""
    if isinstance(value, dict):
        text = value.get("text")
        own = [(text, value.get("type") == "mrkdwn")] if isinstance(text, str) else []
        return own + [each for inner in value.values() for each in texts(inner)]
    return [each for inner in value for each in texts(inner)] if isinstance(value, list) else []


def shape(text: str, formatted: bool) -> list[str]:
    """The lines and the formatting that a text draws, without its words."""
    return TAGS.findall(str(to_html(text, lambda name: name, formatted=formatted)))


@pytest.mark.parametrize("journey", JOURNEYS, ids=name_of)
def test_hostile_words_draw_what_tame_words_draw(journey: ModuleType) -> None:
    for render in sized(renders_of(journey)):
        if render.template == "common/words":  # it is given what another template has made
            continue
        hostile, tame = made_of(render, HOSTILE), made_of(render, TAME)
        pairs = zip(texts(parts_of(hostile)), texts(parts_of(tame)), strict=True)
        for (one, formatted), (other, _) in pairs:
            assert shape(one, formatted) == shape(other, formatted), f"{render.name}: {one}"
        if isinstance(hostile, Message) and isinstance(tame, Message):
            assert shape(hostile.text, True) == shape(tame.text, True), f"{render.name}: {hostile.text}"
            assert "\n" not in hostile.text or "\n" in tame.text, render.name


MARKS = st.text(st.sampled_from("*_~`> \nab1.,(\u200d•&<"), max_size=30)


@given(MARKS, MARKS, st.sampled_from(["{}", "*{}*", "_{}_ {}", "a *{}* {} b", "> {}", "{}: *{}*"]))
def test_whatever_is_typed_is_inert_between_our_own_marks(one: str, other: str, around: str) -> None:
    def drawn(*parts: str) -> list[str]:
        escaped = [part.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") for part in parts]
        return shape(around.replace("> ", "&gt; ").format(*escaped, *escaped[:1]), True)

    assert drawn(inert(f"w{one}w"), inert(f"w{other}w")) == drawn("w", "w")


@given(st.text(max_size=60))
def test_it_is_only_spaced_and_the_spacing_is_gone_when_it_is_typed_again(text: str) -> None:
    kept = cleaned(text)
    shown = without_spacers(inert(kept))
    assert re.sub(r"[\s/'`]", "", shown) == re.sub(r"[\s/'`]", "", kept)
    assert "\u2060" not in cleaned(inert(kept))
    assert inert(without_spacers(inert(kept))) == inert(kept)
