"""Figures as people type and read them."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.figures import Unit, format_figure, parse_figure
from bot.errors import UserError

PERCENT, DAYS, WORKING_DAYS, HOURS, SECONDS, PER_1_000, PER_100_000, COUNT = Unit

figures = st.decimals(0, 100_000_000, places=4)
units = st.sampled_from(Unit)


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("97.2", PERCENT, "97.2"),
        (" 97.2 % ", PERCENT, "97.2"),
        ("97.2%", PERCENT, "97.2"),
        ("97.2 per cent", PERCENT, "97.2"),
        ("104%", PERCENT, "104"),
        (".5%", PERCENT, "0.5"),
        ("1,234", COUNT, "1234"),
        ("1,234,567.5", COUNT, "1234567.5"),
        ("0", COUNT, "0"),
        ("100,000,000", COUNT, "100000000"),
        ("4 hours", HOURS, "4"),
        ("1 hour", HOURS, "1"),
        ("4h", HOURS, "4"),
        ("150 Seconds", SECONDS, "150"),
        ("12 days", DAYS, "12"),
        ("15  working days", WORKING_DAYS, "15"),
        ("15", WORKING_DAYS, "15"),
        ("2 per 1,000", PER_1_000, "2"),
        ("2 per 1000", PER_1_000, "2"),
        ("1.25 per 100,000", PER_100_000, "1.25"),
    ],
)
def test_what_people_type_is_read(text: str, unit: Unit, expected: str) -> None:
    assert parse_figure(text, unit) == Decimal(expected)


@pytest.mark.parametrize(
    ("text", "unit", "says"),
    [
        ("97.2 days", PERCENT, "is not a figure in %. Enter a percentage, for example 97.2%."),
        ("97.2%", DAYS, "is not a figure in days"),
        ("15 days", WORKING_DAYS, "is not a figure in working days"),
        ("15 working days", DAYS, "is not a figure in days"),
        ("2 per 100,000", PER_1_000, "is not a figure in per 1,000"),
        ("3 complaints", COUNT, "is not a number"),
        ("12 34", COUNT, "is not a number"),
        ("12,5", PERCENT, "has a comma where a decimal point goes. Enter a percentage, for example 12.5."),
        ("0,25 %", PERCENT, "for example 0.25."),
        ("1,23,456", COUNT, "digits 0 to 9"),
        ("", COUNT, "A figure is needed here. Enter a number, for example 1,234."),
        ("   ", HOURS, "A figure is needed here. Enter a number of hours, for example 4 hours."),
        ("NaN", PERCENT, "digits 0 to 9"),
        ("inf", PERCENT, "digits 0 to 9"),
        ("Infinity", COUNT, "digits 0 to 9"),
        ("1e3", COUNT, "is not a number"),
        ("-5", COUNT, "is below 0"),
        ("\N{MINUS SIGN}5%", PERCENT, "is below 0"),
        ("100,000,000.1", COUNT, "is more than 100,000,000"),
        ("999999999999999999999999999999999999", COUNT, "is more than 100,000,000"),
        ("97.12345", PERCENT, "has more than 4 decimal places"),
        ("97.", PERCENT, "digits 0 to 9"),
        ("97.2.1", PERCENT, "digits 0 to 9"),
        ("\N{FULLWIDTH DIGIT NINE}\N{FULLWIDTH DIGIT SEVEN}", PERCENT, "digits 0 to 9"),
        ("\N{ARABIC-INDIC DIGIT SEVEN}", PERCENT, "digits 0 to 9"),
        ("9\N{FULLWIDTH DIGIT SEVEN}%", PERCENT, "is not a figure in %"),
        ("ninety", PERCENT, "digits 0 to 9"),
    ],
)
def test_what_cannot_be_a_figure_is_refused(text: str, unit: Unit, says: str) -> None:
    with pytest.raises(UserError, match=says) as refusal:
        parse_figure(text, unit)
    assert "for example" in refusal.value.sentence


@given(st.text(max_size=5), units)
def test_a_long_text_is_not_repeated_in_full(text: str, unit: Unit) -> None:
    with pytest.raises(UserError, match="digits 0 to 9") as refusal:
        parse_figure(f"x{text}x" * 81, unit)
    assert len(refusal.value.sentence) < 80 + 120
    assert refusal.value.sentence.isprintable()


@given(st.text(max_size=90), units)
def test_any_text_is_a_figure_within_bounds_or_refused(text: str, unit: Unit) -> None:
    try:
        number = parse_figure(text, unit)
    except UserError:
        return
    assert 0 <= number <= 100_000_000


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        ("97.2", PERCENT, "97.2%"),
        ("97.20", PERCENT, "97.2%"),
        ("100", PERCENT, "100%"),
        ("4", HOURS, "4 hours"),
        ("1", HOURS, "1 hour"),
        ("1.00", DAYS, "1 day"),
        ("1", WORKING_DAYS, "1 working day"),
        ("0", SECONDS, "0 seconds"),
        ("1.5", DAYS, "1.5 days"),
        ("2", PER_1_000, "2 per 1,000"),
        ("1", PER_100_000, "1 per 100,000"),
        ("1234", COUNT, "1,234"),
        ("1E+3", COUNT, "1,000"),
        ("33.33333333", PERCENT, "33.3333%"),
    ],
)
def test_figures_are_shown_with_their_unit(value: str, unit: Unit, expected: str) -> None:
    assert format_figure(Decimal(value), unit) == expected


@given(figures, units)
def test_what_is_shown_can_be_typed(value: Decimal, unit: Unit) -> None:
    assert parse_figure(format_figure(value, unit), unit) == value


@pytest.mark.parametrize("unit", Unit)
def test_the_example_of_each_unit_can_be_typed(unit: Unit) -> None:
    assert format_figure(parse_figure(unit.example, unit), unit) == unit.example
