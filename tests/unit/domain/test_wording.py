"""Plain values as words."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.wording import (
    format_date,
    format_instant,
    format_money,
    format_number,
    format_time,
    in_a_sentence,
    join_words,
    nearest,
    plural,
    quoted,
    shorten,
)


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Value in pounds, with VAT", "value in pounds, with VAT"),
        ("OCDS id", "OCDS id"),
        ("KPI", "KPI"),
        ("Slack id", "Slack id"),
        ("", ""),
    ],
)
def test_a_label_in_a_sentence(label: str, expected: str) -> None:
    assert in_a_sentence(label) == expected


def test_dates() -> None:
    assert format_date(date(2026, 11, 22)) == "22 November 2026"
    assert format_date(date(2027, 1, 1)) == "1 January 2027"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (time(0, 0), "midnight"),
        (time(0, 5), "12:05am"),
        (time(9, 0), "9am"),
        (time(9, 5, 59), "9:05am"),
        (time(12, 0), "midday"),
        (time(12, 30), "12:30pm"),
        (time(17, 0), "5pm"),
        (time(23, 59), "11:59pm"),
    ],
)
def test_times(at: time, expected: str) -> None:
    assert format_time(at) == expected


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (datetime(2026, 11, 22, 9, 5, tzinfo=UTC), "22 November 2026 at 9:05am"),
        (datetime(2026, 7, 1, 8, 0, tzinfo=UTC), "1 July 2026 at 9am"),
        (datetime(2026, 7, 1, 23, 0, tzinfo=UTC), "2 July 2026 at midnight"),
        (datetime(2026, 11, 22, 7, 0, tzinfo=timezone(timedelta(hours=-5))), "22 November 2026 at midday"),
    ],
)
def test_instants_are_read_in_london(instant: datetime, expected: str) -> None:
    assert format_instant(instant) == expected


def test_a_time_without_a_zone_is_not_an_instant() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        format_instant(datetime(2026, 11, 22, 9))


@pytest.mark.parametrize(
    ("pounds", "expected"),
    [
        (84_000_000, "£84 million"),
        (6_200_000, "£6.2 million"),
        (6_250_000, "£6.25 million"),
        (6_249_999, "£6,249,999"),
        (1_000_000, "£1 million"),
        (999_999, "£999,999"),
        (900_000, "£900,000"),
        (1_500_000_000, "£1.5 billion"),
        (0, "£0"),
        (Decimal("12.5"), "£12.50"),
        (Decimal("12.00"), "£12"),
        (Decimal("0.005"), "£0.01"),
        (-6_200_000, "-£6.2 million"),
        (-50, "-£50"),
    ],
)
def test_money(pounds: Decimal | int, expected: str) -> None:
    assert format_money(pounds) == expected


@given(st.integers(0, 10**12))
def test_no_pound_is_rounded_away(pounds: int) -> None:
    number, _, scale = format_money(pounds).removeprefix("£").partition(" ")
    times = {"": 1, "million": 10**6, "billion": 10**9}[scale]
    assert Decimal(number.replace(",", "")) * times == pounds


def test_numbers() -> None:
    assert [format_number(Decimal(n)) for n in ("1234", "97.20", "100", "0.00004")] == [
        "1,234",
        "97.2",
        "100",
        "0",
    ]
    assert format_number(Decimal("33.333"), places=1) == "33.3"


@pytest.mark.parametrize(
    ("words", "expected"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_lists(words: list[str], expected: str) -> None:
    assert join_words(words) == expected


def test_a_list_of_choices() -> None:
    assert join_words(["a", "b", "c"], "or") == "a, b or c"


def test_plurals() -> None:
    assert [plural(n, "report") for n in (0, 1, 3, 1200)] == [
        "0 reports",
        "1 report",
        "3 reports",
        "1,200 reports",
    ]
    assert [plural(n, "reply", "replies") for n in (1, 2)] == ["1 reply", "2 replies"]


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        ("short", 5, "short"),
        ("Starts fell in October", 15, "Starts fell in…"),
        ("Starts fell in October", 18, "Starts fell in…"),
        ("Supercalifragilistic", 10, "Supercali…"),
        ("a Supercalifragilistic", 10, "a Superca…"),
        ("anything", 1, "…"),
        ("anything", 0, ""),
    ],
)
def test_shortening(text: str, length: int, expected: str) -> None:
    assert shorten(text, length) == expected


@given(st.text(), st.integers(0, 50))
def test_a_shortened_text_fits_and_is_how_the_text_starts(text: str, length: int) -> None:
    shortened = shorten(text, length)
    assert len(shortened) <= length
    assert shortened == text or text.startswith(shortened.removesuffix("…"))


def test_what_was_typed_is_repeated_on_one_line() -> None:
    assert quoted("two\nlines\x00") == "“two lines”"
    assert len(quoted("x" * 1000)) == 82


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Northgate", "Northgate Futures"),
        ("calderwik council", "Calderwick Council"),
        ("zzz", None),
        ("", None),
    ],
)
def test_the_nearest_option(word: str, expected: str | None) -> None:
    assert nearest(word, ["Northgate Futures", "Calderwick Council"]) == expected
