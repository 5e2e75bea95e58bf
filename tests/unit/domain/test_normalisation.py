"""Text as it was meant: what phones, Word, Excel and web pages put in is seen through."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.normalisation import cleaned, folded, look_alike, name_key, plain_punctuation

ANY = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("R\u200b-1", "R-1"),
        ("\ufeffMarch\u202e\u2066 report\u2069", "March report"),
        ("soft\u00adhyphen", "softhyphen"),
        ("a\u00a0b\u202fc\u3000d", "a b c d"),
        ("one\u2028two\r\nthree", "one\ntwo\nthree"),
        ("Cafe\u0301", "Café"),
        ("👩\u200d🚀 and ❤\ufe0f\u200d🔥", "👩\u200d🚀 and ❤\ufe0f\u200d🔥"),
        ("\u200d👩\u200d", "👩"),
        ("🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f", None),
        ("x\U000e0067", "x"),
        ("pl\u0600ain ‘words’ – “stay”", None),
    ],
)
def test_what_cannot_be_seen_goes_and_the_rest_stays(typed: str, kept: str | None) -> None:
    assert cleaned(typed) == (typed if kept is None else kept)


@pytest.mark.parametrize("dash", "-\u2010\u2011\u2012–—―\u2212\ufe63\uff0d")
def test_every_dash_is_a_hyphen(dash: str) -> None:
    assert plain_punctuation(f"R{dash}1") == "R-1"


def test_every_quotation_mark_and_apostrophe_is_a_straight_one() -> None:
    assert (
        plain_punctuation("‘a’ \u201ab\u201b “c” „d‟ «e» O’Brien O`Brien")
        == "'a' 'b' \"c\" \"d\" \"e\" O'Brien O'Brien"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Harbour Lane Trust", "HARBOUR  lane\u00a0trust"),
        ("Work Pathways – North East", "Work Pathways - North East"),
        ("Partner’s review", "Partner's review"),
        ("“First” renewal", '"first" renewal'),
        ("\uff21\uff22\uff23 Ltd", "ABC Ltd"),
        ("ﬁrst visit", "first visit"),
        ("Re\u200bnewal", "Renewal"),
    ],
)
def test_two_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_an_accent_makes_another_name_and_the_same_search() -> None:
    assert name_key("Café Cymru") != name_key("Cafe Cymru")
    assert folded("Café Cymru") == folded("CAFE cymru") == "cafe cymru"
    assert folded("Łódź, Ærø, O’Neill & İstanbul") == "lodz, aero, oneill & istanbul"


def test_a_letter_of_another_alphabet_among_latin_ones_is_found() -> None:
    assert look_alike("H\u0430rbour Lane") == "\u0430"  # a Cyrillic a
    assert look_alike("Harbour Lane \u039c") == "\u039c"  # a Greek M, alone
    assert look_alike("\u0421\u041e\u0420\u0410 Ltd") == "\u0421"  # four Cyrillic letters that spell COPA
    assert look_alike("Café Ærø 日本 Ltd") == look_alike("Дом Мария Ltd") == look_alike("\u0421\u041e") == ""


@given(ANY)
@example("👩\u200d\u200b🚀")
@example("e\u200b\u0301")
@example("\u1fef")
def test_what_is_normalised_stays_as_it_is(text: str) -> None:
    for normalise in (cleaned, plain_punctuation, name_key, folded):
        assert normalise(normalise(text)) == normalise(text)


@given(ANY)
@example("\u00b4")
@example("0\u00b40")
@example("0\u1ffd0")  # the same in NFC
def test_each_step_sees_through_the_one_before_it(text: str) -> None:
    assert name_key(cleaned(text)) == name_key(plain_punctuation(cleaned(text))) == name_key(text)
    assert folded(name_key(text)) == folded(text) == folded(text.casefold())
