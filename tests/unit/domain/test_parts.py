"""The parts of a figure: read, computed exactly, and rated as the exact figure is."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.figures import Unit
from bot.domain.parts import (
    Combining,
    FigureWithParts,
    check_separators,
    parse_figure_with_parts,
    round_to_worse,
    share,
)
from bot.domain.ratings import CutOffs, Direction, rate
from bot.errors import UserError
from tests.builders import kpi

PARTS = st.decimals(0, 1_000_000, places=2)
WHOLES = st.decimals("0.01", 1_000_000, places=2)
UNITS, DIRECTIONS = st.sampled_from(Unit), st.sampled_from(Direction)


def read(typed: str, unit: Unit = Unit.PERCENT, combines: Combining = Combining.RATIO) -> FigureWithParts:
    return parse_figure_with_parts(typed, unit, combines, Direction.HIGHER)


@pytest.mark.parametrize(
    ("typed", "unit", "combines", "value", "part", "whole"),
    [
        ("972/1000", Unit.PERCENT, Combining.RATIO, "97.2", "972", "1000"),
        (" 972 / 1,000 ", Unit.PERCENT, Combining.RATIO, "97.2", "972", "1000"),
        ("972 of 1000", Unit.PERCENT, Combining.RATIO, "97.2", "972", "1000"),
        ("972 Out Of 1000", Unit.PERCENT, Combining.RATIO, "97.2", "972", "1000"),
        ("2/3", Unit.PERCENT, Combining.RATIO, "66.6666", "2", "3"),
        ("8/4000", Unit.PER_1_000, Combining.RATIO, "2", "8", "4000"),
        ("9/1,000,000", Unit.PER_100_000, Combining.RATIO, "0.9", "9", "1000000"),
        ("1.5/3", Unit.HOURS, Combining.RATIO, "0.5", "1.5", "3"),
        ("1,200/1000", Unit.PERCENT, Combining.RATIO, "120", "1200", "1000"),
        ("0/0", Unit.PERCENT, Combining.RATIO, None, "0", "0"),
        ("21.5 over 340", Unit.WORKING_DAYS, Combining.AVERAGE, "21.5", None, "340"),
        ("21.5 working days OVER 1,340", Unit.WORKING_DAYS, Combining.AVERAGE, "21.5", None, "1340"),
        ("0 over 0", Unit.HOURS, Combining.AVERAGE, None, None, "0"),
        ("97.2%", Unit.PERCENT, Combining.RATIO, "97.2", None, None),
        ("12", Unit.COUNT, Combining.SUM, "12", None, None),
    ],
)
def test_a_figure_is_read_with_its_parts_and_without(
    typed: str, unit: Unit, combines: Combining, value: str | None, part: str | None, whole: str | None
) -> None:
    expected = [None if each is None else Decimal(each) for each in (value, part, whole)]
    found = read(typed, unit, combines)
    assert [found.value, found.part, found.whole] == expected


@pytest.mark.parametrize(
    ("typed", "unit", "combines", "says"),
    [
        ("21.5 over 340", Unit.PERCENT, Combining.RATIO, "with both of its parts, for example 972/1000"),
        ("972/1000", Unit.HOURS, Combining.AVERAGE, "number of cases, for example 4 hours over 340"),
        ("5/10", Unit.COUNT, Combining.SUM, "alone, for example 1,234"),
        ("5 over 10", Unit.COUNT, Combining.LAST, "alone"),
        ("5/0", Unit.PERCENT, Combining.RATIO, "to be a share of"),
        ("100000000/0.0001", Unit.PERCENT, Combining.RATIO, "makes more than 100,000,000"),
        ("/1000", Unit.PERCENT, Combining.RATIO, "A figure is needed"),
        ("972/", Unit.PERCENT, Combining.RATIO, "A figure is needed"),
        ("972/1000/3", Unit.PERCENT, Combining.RATIO, "for example"),
        ("972%/1000", Unit.PERCENT, Combining.RATIO, "not a number"),
        ("-3/1000", Unit.PERCENT, Combining.RATIO, "below 0"),
        ("over 340", Unit.HOURS, Combining.AVERAGE, "for example"),
    ],
)
def test_what_cannot_be_read_is_refused_with_an_example(typed: str, unit: Unit, combines: Combining, says: str) -> None:
    with pytest.raises(UserError, match=says):
        read(typed, unit, combines)


@pytest.mark.parametrize(
    ("typed", "unit", "says"),
    [
        ("97.2/98", Unit.PERCENT, "so it could be two figures. Enter a percentage, for example 97.2%."),
        ("97 of 98.5", Unit.PERCENT, "could be two figures"),
        ("1.234", Unit.COUNT, "could be thousands or a decimal. Enter a number, for example 1,234, or 1.2340."),
        ("972/1000", Unit.PERCENT, ""),
        ("97.234", Unit.PERCENT, ""),
        ("1.5/3", Unit.HOURS, ""),
        ("0.234", Unit.COUNT, ""),
        ("1.2340", Unit.COUNT, ""),
    ],
)
def test_a_separator_that_could_mean_two_things_is_asked_about_outside_forms(typed: str, unit: Unit, says: str) -> None:
    said = ""
    try:
        check_separators(typed, unit)
    except UserError as error:
        said = error.sentence
    assert says in said
    assert bool(says) is bool(said)


@given(PARTS, WHOLES, UNITS, DIRECTIONS)
def test_a_figure_is_within_its_last_place_of_what_its_parts_make(
    part: Decimal, whole: Decimal, unit: Unit, direction: Direction
) -> None:
    exact = Fraction(part) * {"%": 100, "per 1,000": 1000, "per 100,000": 100_000}.get(unit, 1) / Fraction(whole)
    assert share(part, whole, unit) == exact
    difference = Fraction(round_to_worse(exact, direction)) - exact
    assert abs(difference) < Fraction(1, 10_000)
    assert (difference <= 0) is (direction is Direction.HIGHER) or difference == 0


@given(PARTS, WHOLES, UNITS, DIRECTIONS, st.lists(st.decimals(0, 1_000, places=4), min_size=3, max_size=3))
def test_what_is_shown_earns_the_rating_of_the_exact_figure(
    part: Decimal, whole: Decimal, unit: Unit, direction: Direction, numbers: list[Decimal]
) -> None:
    cut_offs = CutOffs(*sorted(numbers, reverse=direction is Direction.HIGHER))
    exact = share(part, whole, unit)
    better = (Fraction(each) for each in (cut_offs.good, cut_offs.approaching, cut_offs.requires_improvement))
    reached = [exact >= each if direction is Direction.HIGHER else exact <= each for each in better]
    assert rate(round_to_worse(exact, direction), cut_offs, direction).severity == 3 - sum(reached)


@given(PARTS, WHOLES, UNITS, DIRECTIONS)
def test_what_is_written_is_read_again(part: Decimal, whole: Decimal, unit: Unit, direction: Direction) -> None:
    value = min(round_to_worse(share(part, whole, unit), direction), Decimal(100_000_000))
    for combines, figure in (
        (Combining.RATIO, FigureWithParts(value, part, whole)),
        (Combining.AVERAGE, FigureWithParts(value, None, whole)),
        (Combining.LAST, FigureWithParts(value)),
    ):
        if combines is Combining.RATIO and share(part, whole, unit) > 100_000_000:
            continue
        assert parse_figure_with_parts(figure.written(unit), unit, combines, direction) == figure


@pytest.mark.parametrize(
    ("value", "changes", "said"),
    [
        pytest.param("97.8333", {}, "97.83%", id="two places"),
        pytest.param("98.9999", {}, "98.99%", id="never up to a target that was missed"),
        pytest.param(
            "2.001",
            {
                "direction": Direction.LOWER,
                "good": Decimal(2),
                "approaching": Decimal(3),
                "requires_improvement": Decimal(4),
            },
            "2.01%",
            id="to the worse side",
        ),
        pytest.param("99.9949", {"good": Decimal("99.995")}, "99.994%", id="as many places as its cut-offs have"),
        pytest.param("100", {}, "100%", id="a whole number"),
    ],
)
def test_a_figure_is_read_in_as_few_places_as_tell_its_rating(value: str, changes: dict[str, Any], said: str) -> None:
    assert kpi(**changes).with_unit(Decimal(value)) == said


def test_nothing_is_written_as_nothing() -> None:
    assert FigureWithParts(None).written(Unit.PERCENT) == ""
    assert FigureWithParts(None).is_empty
    assert not FigureWithParts(None, Decimal(0), Decimal(0)).is_empty


def test_each_unit_has_a_usual_way_to_combine_that_fits_it() -> None:
    assert all(Combining.usual(unit).fits(unit) for unit in Unit)
    assert {unit: Combining.usual(unit) for unit in (Unit.PERCENT, Unit.COUNT, Unit.HOURS)} == {
        Unit.PERCENT: Combining.RATIO,
        Unit.COUNT: Combining.SUM,
        Unit.HOURS: Combining.AVERAGE,
    }
    assert not Combining.SUM.fits(Unit.PER_1_000)
