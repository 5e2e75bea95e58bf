"""Whether a change needs a contract change notice."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.change_notice import change_notice
from bot.domain.duties import Supplies
from bot.errors import UserError

GOODS, SERVICES, WORKS = Supplies
START, END = date(2025, 1, 1), date(2027, 9, 27)  # a term of exactly 1,000 days
CHECK = "Check with your commercial team."

supplies = st.sampled_from(Supplies)
values = st.integers(1, 10**9) | st.decimals(1, 10**9, places=2)
ends = st.dates(date(2025, 1, 1), date(2035, 12, 31))


def days_later(days: int) -> date:
    return END + timedelta(days=days)


@pytest.mark.parametrize(
    ("after", "bought", "needed"),
    [
        (Decimal("110"), SERVICES, False),
        (Decimal("110.01"), SERVICES, True),
        (Decimal("109.99"), SERVICES, False),
        (Decimal("90"), SERVICES, False),
        (Decimal("89.99"), SERVICES, True),
        (Decimal("110"), GOODS, False),
        (Decimal("110.01"), GOODS, True),
        (Decimal("115"), WORKS, False),
        (Decimal("115.01"), WORKS, True),
        (Decimal("85"), WORKS, False),
        (Decimal("84.99"), WORKS, True),
        (Decimal("0"), SERVICES, True),
        (Decimal("200"), SERVICES, True),  # the end that stays excuses nothing
    ],
)
def test_the_value_alone_moves(after: Decimal, bought: Supplies, needed: bool) -> None:
    notice = change_notice(100, after, bought, START, END, END)
    assert notice.needed is needed
    assert notice.value_move == Fraction(after) / 100 - 1
    assert notice.term_move == 0


def test_a_penny_more_in_millions_is_seen() -> None:
    before = 84_000_000
    assert not change_notice(before, Decimal("92400000.00"), SERVICES, START, END, END).needed
    assert change_notice(before, Decimal("92400000.01"), SERVICES, START, END, END).needed
    assert not change_notice(before, Decimal("96600000.00"), WORKS, START, END, END).needed
    assert change_notice(before, Decimal("96600000.01"), WORKS, START, END, END).needed


@pytest.mark.parametrize(
    ("days", "needed"), [(1, False), (100, False), (101, True), (-1, False), (-100, False), (-101, True), (-999, True)]
)
@pytest.mark.parametrize("bought", Supplies)
def test_the_term_alone_moves(days: int, needed: bool, bought: Supplies) -> None:
    notice = change_notice(100, 100, bought, START, END, days_later(days))
    assert notice.needed is needed
    assert notice.term_move == Fraction(days, 1_000)


@pytest.mark.parametrize(
    ("after", "days", "needed"),
    [
        (110, 100, False),
        (90, -100, False),
        (111, 100, True),
        (110, 101, True),
        (111, 1, True),  # a small move of one does not excuse a large move of the other
        (101, 101, True),
        (111, 101, True),
        (100, 0, True),  # where nothing moves, nothing is excepted
    ],
)
def test_both_move_or_neither(after: int, days: int, needed: bool) -> None:
    assert change_notice(100, after, SERVICES, START, END, days_later(days)).needed is needed


@pytest.mark.parametrize(
    ("before", "after", "bought", "days", "sentence"),
    [
        (
            84_000_000,
            90_000_000,
            SERVICES,
            0,
            "The value rises from £84 million to £90 million, by 7.14%: at or under 10%, "
            "so no contract change notice (UK10) is needed.",
        ),
        (
            84_000_000,
            Decimal("92400000.01"),
            SERVICES,
            0,
            "The value rises from £84 million to £92,400,000.01, by just over 10%: over 10%, "
            "so publish a contract change notice (UK10) before the change.",
        ),
        (
            84_000_000,
            Decimal("92399999.99"),
            SERVICES,
            0,
            "The value rises from £84 million to £92,399,999.99, by just under 10%: at or under 10%, "
            "so no contract change notice (UK10) is needed.",
        ),
        (
            84_000_000,
            92_400_000,
            GOODS,
            0,
            "The value rises from £84 million to £92.4 million, by 10%: at or under 10%, "
            "so no contract change notice (UK10) is needed.",
        ),
        (
            84_000_000,
            70_000_000,
            WORKS,
            0,
            "The value falls from £84 million to £70 million, by 16.67%: over 15%, "
            "so publish a contract change notice (UK10) before the change.",
        ),
        (
            84_000_000,
            84_000_001,
            WORKS,
            0,
            "The value rises from £84 million to £84,000,001, by less than 0.01%: at or under 15%, "
            "so no contract change notice (UK10) is needed.",
        ),
        (
            84_000_000,
            84_000_000,
            SERVICES,
            184,
            "The end moves from 27 September 2027 to 29 March 2028, which lengthens the term by 18.4%: over 10%, "
            "so publish a contract change notice (UK10) before the change.",
        ),
        (
            84_000_000,
            90_000_000,
            SERVICES,
            -184,
            "The value rises from £84 million to £90 million, by 7.14%: at or under 10%. "
            "The end moves from 27 September 2027 to 27 March 2027, which shortens the term by 18.4%: over 10%, "
            "so publish a contract change notice (UK10) before the change.",
        ),
        (
            84_000_000,
            84_000_000,
            SERVICES,
            0,
            "Neither the value nor the term moves, and only a small move of one is excepted, "
            "so publish a contract change notice (UK10) before the change.",
        ),
    ],
)
def test_the_reason_in_words(
    before: Decimal | int, after: Decimal | int, bought: Supplies, days: int, sentence: str
) -> None:
    notice = change_notice(before, after, bought, START, END, days_later(days))
    assert notice.sentence == f"{sentence} {CHECK}"


@pytest.mark.parametrize(
    ("before", "after", "field", "says"),
    [
        (0, 100, "value_before", "£0 before the change is too little to measure a change by."),
        (-1, 100, "value_before", "-£1 before the change"),
        (100, Decimal("-0.01"), "value_after", "-£0.01 after the change"),
    ],
)
def test_a_change_is_measured_by_a_value(before: int, after: Decimal | int, field: str, says: str) -> None:
    with pytest.raises(UserError, match="the change is too little to measure a") as refusal:
        change_notice(before, after, SERVICES, START, END, END)
    assert says in refusal.value.sentence
    assert "for example 84,000,000." in refusal.value.sentence
    assert refusal.value.field == field


def test_a_term_ends_after_it_starts() -> None:
    early = START - timedelta(days=1)
    for field, before, after in (("end_before", early, END), ("end_after", END, early)):
        with pytest.raises(UserError, match="for example 1 January 2026") as refusal:
            change_notice(100, 100, SERVICES, START, before, after)
        assert refusal.value.field == field


@given(values, values, supplies, ends, ends)
def test_a_larger_move_is_never_excused_where_a_smaller_one_is_not(
    before: Decimal | int, after: Decimal | int, bought: Supplies, end_before: date, end_after: date
) -> None:
    notice = change_notice(before, after, bought, START, end_before, end_after)
    larger = after * 2 if after > before else after / Decimal(2)
    if notice.needed and after != before:
        assert change_notice(before, larger, bought, START, end_before, end_after).needed


@given(values, values, supplies, ends, ends)
def test_the_sentence_says_what_was_decided(
    before: Decimal | int, after: Decimal | int, bought: Supplies, end_before: date, end_after: date
) -> None:
    notice = change_notice(before, after, bought, START, end_before, end_after)
    assert ("publish a contract change notice" in notice.sentence) == notice.needed
    assert ("no contract change notice" in notice.sentence) != notice.needed
    assert (": over " in notice.sentence) == (notice.needed and bool(notice.value_move or notice.term_move))
    assert notice.sentence.endswith(CHECK)
