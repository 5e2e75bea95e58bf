"""The rating that a figure earns against a KPI's cut-offs."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ratings import (
    CutOffs,
    CutOffsOutOfOrder,
    Direction,
    Movement,
    Rating,
    check_cut_offs,
    movement,
    rate,
    worst,
)

HIGHER, LOWER = Direction.HIGHER, Direction.LOWER
GOOD, APPROACHING, REQUIRES, INADEQUATE, OTHER = Rating

values = st.decimals(0, 1000, places=2)
directions = st.sampled_from(Direction)
rated = st.sampled_from([GOOD, APPROACHING, REQUIRES, INADEQUATE])


def cut_offs(good: str, approaching: str, requires_improvement: str) -> CutOffs:
    return CutOffs(Decimal(good), Decimal(approaching), Decimal(requires_improvement))


@st.composite
def kpis(draw: st.DrawFn) -> tuple[CutOffs, Direction]:
    direction = draw(directions)
    three = sorted(draw(st.tuples(values, values, values)), reverse=direction is HIGHER)
    return CutOffs(*three), direction


STARTS = cut_offs("99", "97", "93"), HIGHER  # per cent of starts within 15 working days
CLEARANCE = cut_offs("20", "23", "28"), LOWER  # working days
LOST_ITEMS = cut_offs("0", "1", "2"), LOWER


@pytest.mark.parametrize(
    ("kpi", "value", "rating"),
    [
        (STARTS, "100", GOOD),
        (STARTS, "99", GOOD),
        (STARTS, "98.9999", APPROACHING),
        (STARTS, "97", APPROACHING),
        (STARTS, "96.9", REQUIRES),
        (STARTS, "93", REQUIRES),
        (STARTS, "92.9", INADEQUATE),
        (CLEARANCE, "20", GOOD),
        (CLEARANCE, "20.1", APPROACHING),
        (CLEARANCE, "28", REQUIRES),
        (CLEARANCE, "28.1", INADEQUATE),
        (LOST_ITEMS, "0", GOOD),
        (LOST_ITEMS, "3", INADEQUATE),
    ],
)
def test_rating(kpi: tuple[CutOffs, Direction], value: str, rating: Rating) -> None:
    assert rate(Decimal(value), *kpi) is rating


def test_no_data_is_other() -> None:
    assert rate(None, *STARTS) is OTHER


@given(kpis())
def test_exactly_a_cut_off_earns_its_rating(kpi: tuple[CutOffs, Direction]) -> None:
    cutoffs, direction = kpi
    check_cut_offs(cutoffs, direction)
    assert rate(cutoffs.good, *kpi) is GOOD
    assert rate(cutoffs.approaching, *kpi).severity <= APPROACHING.severity
    assert rate(cutoffs.requires_improvement, *kpi).severity <= REQUIRES.severity


@given(kpis(), values, values)
def test_a_better_figure_never_earns_a_worse_rating(kpi: tuple[CutOffs, Direction], a: Decimal, b: Decimal) -> None:
    worse, better = sorted((a, b), reverse=kpi[1] is LOWER)
    assert rate(better, *kpi).severity <= rate(worse, *kpi).severity


@given(kpis(), values)
def test_the_two_directions_mirror_each_other(kpi: tuple[CutOffs, Direction], value: Decimal) -> None:
    cutoffs, direction = kpi
    mirrored = CutOffs(-cutoffs.good, -cutoffs.approaching, -cutoffs.requires_improvement)
    other_way = LOWER if direction is HIGHER else HIGHER
    assert rate(-value, mirrored, other_way) is rate(value, cutoffs, direction)


@pytest.mark.parametrize(
    ("cutoffs", "direction", "field", "example"),
    [
        (cut_offs("93", "97", "99"), HIGHER, "approaching", "95 / 90 / 80"),
        (cut_offs("99", "90", "93"), HIGHER, "requires_improvement", "95 / 90 / 80"),
        (cut_offs("28", "23", "20"), LOWER, "approaching", "5 / 7 / 10"),
        (cut_offs("20", "23", "22.5"), LOWER, "requires_improvement", "5 / 7 / 10"),
    ],
)
def test_cut_offs_out_of_order_are_refused_at_the_one_that_is(
    cutoffs: CutOffs, direction: Direction, field: str, example: str
) -> None:
    with pytest.raises(CutOffsOutOfOrder) as refusal:
        check_cut_offs(cutoffs, direction)
    assert refusal.value.field == field
    assert str(direction) in refusal.value.sentence
    assert example in refusal.value.sentence


def test_the_examples_in_the_refusals_are_themselves_in_order() -> None:
    check_cut_offs(cut_offs("95", "90", "80"), HIGHER)
    check_cut_offs(cut_offs("5", "7", "10"), LOWER)


@pytest.mark.parametrize("direction", Direction)
def test_equal_cut_offs_leave_out_a_rating(direction: Direction) -> None:
    nothing_tolerated = cut_offs("0", "0", "0")
    check_cut_offs(nothing_tolerated, direction)
    assert rate(Decimal(0), nothing_tolerated, direction) is GOOD


def test_each_rating_has_its_words_and_its_id_in_open_contracting_data() -> None:
    assert {str(rating): rating.ocds for rating in Rating} == {
        "Good": "met",
        "Approaching target": "slightlyBelow",
        "Requires improvement": "below",
        "Inadequate": "significantlyBelow",
        "Other": "other",
    }


@pytest.mark.parametrize(
    ("ratings", "expected"),
    [
        ([], OTHER),
        ([OTHER], OTHER),
        ([OTHER, GOOD], GOOD),
        ([GOOD, INADEQUATE, OTHER], INADEQUATE),
        ([APPROACHING, REQUIRES, GOOD], REQUIRES),
    ],
)
def test_the_worst_of_several(ratings: list[Rating], expected: Rating) -> None:
    assert worst(ratings) is expected


@given(st.lists(rated, min_size=1))
def test_no_data_changes_no_worst_rating(ratings: list[Rating]) -> None:
    assert worst([OTHER, *ratings, OTHER]) is worst(ratings)
    assert all(rating.severity <= worst(ratings).severity for rating in ratings)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (GOOD, INADEQUATE, Movement.WORSE),
        (REQUIRES, APPROACHING, Movement.BETTER),
        (GOOD, GOOD, Movement.SAME),
        (None, GOOD, None),
        (GOOD, None, None),
        (OTHER, GOOD, None),
        (GOOD, OTHER, None),
    ],
)
def test_movement(before: Rating | None, after: Rating | None, expected: Movement | None) -> None:
    assert movement(before, after) is expected


@given(rated, rated)
def test_movement_the_other_way_is_the_opposite(before: Rating, after: Rating) -> None:
    opposite = {
        Movement.BETTER: Movement.WORSE,
        Movement.WORSE: Movement.BETTER,
        Movement.SAME: Movement.SAME,
    }
    moved = movement(before, after)
    assert moved is not None
    assert movement(after, before) is opposite[moved]
