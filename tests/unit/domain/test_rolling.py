"""Figures over several months, against a computation of their own, with fractions."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.figures import Unit
from bot.domain.parts import Combining, FigureWithParts
from bot.domain.periods import Month, in_words, months
from bot.domain.rolling import first_month, rolling_figure

JANUARY = Month(2026, 1)
COUNTS = st.integers(0, 5_000)
VALUES = st.decimals(0, 1_000, places=4)


def run(length: int) -> list[Month]:
    return list(months(JANUARY, Month(JANUARY.year + (length - 1) // 12, (length - 1) % 12 + 1)))


@given(st.lists(st.tuples(COUNTS, st.integers(1, 5_000)), min_size=1, max_size=30))
def test_a_ratio_is_all_the_parts_over_all_the_wholes(counted: list[tuple[int, int]]) -> None:
    """The rounded figure of each month plays no part: it may say anything."""
    span = run(len(counted))
    figures = {m: FigureWithParts(Decimal(1), Decimal(p), Decimal(w)) for m, (p, w) in zip(span, counted, strict=True)}
    found = rolling_figure(figures, span[0], span[-1], Combining.RATIO, Unit.PERCENT)
    assert found.exact == Fraction(100 * sum(p for p, _ in counted), sum(w for _, w in counted))


@given(st.lists(st.tuples(VALUES, st.integers(1, 5_000)), min_size=1, max_size=30))
def test_an_average_is_that_of_every_case(cases: list[tuple[Decimal, int]]) -> None:
    span = run(len(cases))
    figures = {m: FigureWithParts(value, None, Decimal(n)) for m, (value, n) in zip(span, cases, strict=True)}
    found = rolling_figure(figures, span[0], span[-1], Combining.AVERAGE, Unit.HOURS)
    total = sum((Fraction(value) * n for value, n in cases), Fraction())
    assert found.exact == total / sum(n for _, n in cases)
    assert found.exact is not None
    assert min(value for value, _ in cases) <= found.exact <= max(value for value, _ in cases)


@given(st.lists(VALUES, min_size=1, max_size=30))
def test_a_sum_adds_up_and_the_last_stands_for_all(values: list[Decimal]) -> None:
    span = run(len(values))
    figures = {month: FigureWithParts(value) for month, value in zip(span, values, strict=True)}
    added = rolling_figure(figures, span[0], span[-1], Combining.SUM, Unit.COUNT)
    assert added.exact == sum((Fraction(value) for value in values), Fraction())
    stock = rolling_figure({span[-1]: FigureWithParts(values[-1])}, span[0], span[-1], Combining.LAST, Unit.COUNT)
    assert stock.exact == Fraction(values[-1])
    assert stock.no_figure == ()


@given(
    st.lists(st.sampled_from(["none", "plain", "parts", "nothing to count"]), min_size=1, max_size=30),
    st.sampled_from([Combining.RATIO, Combining.AVERAGE]),
)
def test_it_says_which_months_lack_what_and_computes_nothing_without(kinds: list[str], combines: Combining) -> None:
    part = Decimal(1) if combines is Combining.RATIO else None
    nothing = Decimal(0) if combines is Combining.RATIO else None
    of_kind = {
        "none": FigureWithParts(None),
        "plain": FigureWithParts(Decimal(50)),
        "parts": FigureWithParts(Decimal(50), part, Decimal(2)),
        "nothing to count": FigureWithParts(None, nothing, Decimal(0)),
    }
    span = run(len(kinds))
    figures = {month: of_kind[kind] for month, kind in zip(span, kinds, strict=True) if kind != "none"}
    found = rolling_figure(figures, span[0], span[-1], combines, Unit.PERCENT)
    assert list(found.no_figure) == [m for m, kind in zip(span, kinds, strict=True) if kind == "none"]
    assert list(found.no_parts) == [m for m, kind in zip(span, kinds, strict=True) if kind == "plain"]
    counted = "parts" in kinds and not {"none", "plain"} & set(kinds)
    assert found.exact == (Fraction(50) if counted else None)


@given(st.lists(st.booleans(), min_size=2, max_size=30))
def test_a_month_in_which_there_was_nothing_to_count_changes_nothing(counted: list[bool]) -> None:
    span = run(len(counted))
    some, none = FigureWithParts(Decimal(90), Decimal(9), Decimal(10)), FigureWithParts(None, Decimal(0), Decimal(0))
    figures = {month: some if each else none for month, each in zip(span, counted, strict=True)}
    found = rolling_figure(figures, span[0], span[-1], Combining.RATIO, Unit.PERCENT)
    assert found.exact == (Fraction(90) if any(counted) else None)


def test_rounded_figures_would_say_something_else() -> None:
    """2 of 3 and 1 of 300: the mean of the two percentages is 33.5, the truth 0.990099... per cent."""
    figures = {
        Month(2026, 1): FigureWithParts(Decimal("66.6666"), Decimal(2), Decimal(3)),
        Month(2026, 2): FigureWithParts(Decimal("0.3333"), Decimal(1), Decimal(300)),
    }
    assert rolling_figure(figures, JANUARY, Month(2026, 2), Combining.RATIO, Unit.PERCENT).exact == Fraction(300, 303)


@given(st.integers(1, 40), st.integers(0, 60))
def test_so_many_months_back_and_never_before_the_contract(count: int, age: int) -> None:
    span = run(61)
    begins, last = span[60 - age], span[60]
    first = first_month(last, count, begins)
    assert len(list(months(first, last))) == min(count, age + 1)


def test_a_contract_that_begins_later_has_its_last_month_alone() -> None:
    assert first_month(JANUARY, 12, Month(2027, 5)) == JANUARY


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ([], ""),
        (["2026-08"], "August 2026"),
        (["2026-08", "2026-09"], "August 2026 to September 2026"),
        (["2027-01", "2025-12", "2026-12", "2026-08"], "December 2025, August 2026 and December 2026 to January 2027"),
    ],
)
def test_months_that_follow_each_other_are_told_together(keys: list[str], words: str) -> None:
    assert in_words([Month.parse(key) for key in keys]) == words
