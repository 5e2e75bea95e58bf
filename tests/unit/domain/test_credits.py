"""Service credits: the working by example, and what holds in every order and for every figure."""

from collections import defaultdict
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.credit_cycle import CREDIT, CreditEvent, CreditState
from bot.domain.credits import (
    PENNY,
    AcceptedMonth,
    Cap,
    CreditTerms,
    MonthlyCredit,
    alert_reached,
    work_out,
    year_of,
)
from bot.domain.periods import Month, months
from bot.domain.permissions import Permission
from bot.domain.ratings import Rating

POINTS = {Rating.APPROACHING_TARGET: 1, Rating.REQUIRES_IMPROVEMENT: 2, Rating.INADEQUATE: 3}
OCTOBER, MARCH, APRIL = Month(2026, 10), Month(2027, 3), Month(2027, 4)
CHARGES = Decimal("350000.50")
BY_MONTH = list(months(OCTOBER, Month(2027, 9)))


def terms(**changes: object) -> CreditTerms:
    usual: dict[str, object] = {"since": OCTOBER, "points": POINTS, "percent_per_point": Decimal("0.5")}
    return CreditTerms(**{**usual, **changes})  # type: ignore[arg-type]  # whichever terms a test is about


def accepted(month: Month, *ratings: Rating, charges: Decimal | None = CHARGES) -> AcceptedMonth:
    return AcceptedMonth(month, {f"kpi-{n}": rating for n, rating in enumerate(ratings)}, charges)


def test_points_take_a_share_of_the_charges_and_are_rounded_once() -> None:
    (credit,) = work_out(
        terms(), [accepted(OCTOBER, Rating.REQUIRES_IMPROVEMENT, Rating.GOOD, Rating.APPROACHING_TARGET)]
    )
    assert [(line.points, line.times) for line in credit.lines] == [(2, 1), (0, 1), (1, 1)]
    assert (credit.points, credit.percent) == (3, Decimal("1.5"))
    assert credit.amount == Decimal("5250.01"), "1.5% of £350,000.50 is £5,250.0075"
    assert credit.capped_by is None


def test_a_kpi_that_falls_short_again_counts_double_and_only_in_the_month_after() -> None:
    short, good = Rating.APPROACHING_TARGET, Rating.GOOD
    found = work_out(
        terms(),
        [
            accepted(OCTOBER.previous(), short, good),
            accepted(OCTOBER, short, short),
            accepted(OCTOBER.next(), good, short),
            accepted(OCTOBER.next().next().next(), short, short),
        ],
    )
    assert [credit.month for credit in found] == [OCTOBER, OCTOBER.next(), OCTOBER.next().next().next()], (
        "the month before the terms hold earns nothing, and counts as the month before"
    )
    assert [[line.total for line in credit.lines] for credit in found] == [[2, 1], [0, 2], [1, 1]]
    once = work_out(terms(doubles=False), [accepted(OCTOBER, short), accepted(OCTOBER.next(), short)])
    assert [credit.points for credit in once] == [1, 1]


def test_other_earns_nothing_and_is_no_shortfall_of_the_month_before() -> None:
    found = work_out(terms(), [accepted(OCTOBER, Rating.OTHER), accepted(OCTOBER.next(), Rating.APPROACHING_TARGET)])
    assert [credit.points for credit in found] == [0, 1]


def test_a_month_without_charges_waits_for_them() -> None:
    (credit,) = work_out(terms(), [accepted(OCTOBER, Rating.INADEQUATE, charges=None)])
    assert (credit.points, credit.waits_for_charges) == (3, True)
    assert not credit.amount
    (good,) = work_out(terms(), [accepted(OCTOBER, Rating.GOOD, charges=None)])
    assert not good.waits_for_charges


def test_the_caps_of_the_month_and_of_the_financial_year() -> None:
    worst = [accepted(month, Rating.INADEQUATE, charges=Decimal(1000)) for month in (Month(2027, 2), MARCH, APRIL)]
    capped = terms(percent_per_point=Decimal(2), month_cap=Decimal(10), year_cap=Decimal(140))
    found = work_out(capped, worst)
    assert [(credit.amount, credit.capped_by) for credit in found] == [
        (Decimal(60), None),
        (Decimal(80), Cap.YEAR),  # 12% is more than the 10% of the month, and £100 more than what is left of the year
        (Decimal(100), Cap.MONTH),  # of the next year
    ]


@pytest.mark.parametrize(("before", "after", "alert"), [(0, 49, None), (0, 50, 50), (50, 79, None), (49, 100, 100)])
def test_people_are_told_of_the_highest_share_of_the_cap_once(before: int, after: int, alert: int | None) -> None:
    assert alert_reached(Decimal(before), Decimal(after), Decimal(100)) == alert


MONEY = st.decimals(0, 10_000_000, places=2)
MONTHS = st.lists(
    st.builds(
        AcceptedMonth,
        st.sampled_from(BY_MONTH),
        st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(Rating)),
        st.none() | MONEY,
    ),
    unique_by=lambda each: each.month,
    max_size=8,
)
TERMS = st.builds(
    CreditTerms,
    since=st.sampled_from(BY_MONTH[:3]),
    points=st.just(POINTS),
    percent_per_point=st.decimals(0, 20, places=4),
    doubles=st.booleans(),
    month_cap=st.none() | st.decimals(0, 100, places=4),
    year_cap=st.none() | MONEY,
)


@given(terms=TERMS, known=MONTHS)
def test_no_credit_is_below_zero_or_above_a_cap_or_in_less_than_pennies(
    terms: CreditTerms, known: list[AcceptedMonth]
) -> None:
    of_year: dict[int, Decimal] = defaultdict(Decimal)
    for credit in work_out(terms, known):
        assert 0 <= credit.amount <= credit.uncapped
        assert credit.amount == credit.amount.quantize(PENNY)
        of_year[year_of(credit.month)] += credit.amount
        if terms.month_cap is not None:
            assert credit.amount * 100 <= (credit.charges or 0) * terms.month_cap
    assert terms.year_cap is None or all(total <= terms.year_cap for total in of_year.values())


def settle(terms: CreditTerms, known: list[AcceptedMonth], parts: dict[Month, list[Decimal]]) -> list[MonthlyCredit]:
    """Deduct what each month is worth now beside what was deducted for it, as the department does in the end."""
    found = work_out(terms, known)
    for credit in found:
        if difference := credit.amount - sum(parts[credit.month]):
            parts[credit.month].append(difference)
    return found


@given(terms=TERMS, known=MONTHS, data=st.data())
def test_the_order_of_acceptance_makes_no_difference_and_what_was_deducted_stands(
    terms: CreditTerms, known: list[AcceptedMonth], data: st.DataObject
) -> None:
    parts: dict[Month, list[Decimal]] = defaultdict(list)
    steps = data.draw(st.permutations(known))
    kept: list[dict[Month, list[Decimal]]] = [{}]
    for count in range(1, len(steps) + 1):
        settle(terms, steps[:count], parts)
        kept.append({month: [*each] for month, each in parts.items()})
        assert all(sum(each) >= 0 for each in parts.values())
    assert {month: sum(each) for month, each in parts.items() if sum(each)} == {
        credit.month: credit.amount for credit in work_out(terms, known) if credit.amount
    }
    for earlier, later in pairwise(kept):
        assert all(later[month][: len(each)] == each for month, each in earlier.items())
    assert work_out(terms, steps) == work_out(terms, known), "recomputation equals computation"


@given(st.lists(st.sampled_from(CreditEvent), max_size=12))
def test_a_credit_ends_deducted_or_waived_and_is_not_deducted_before_it_is_sent_and_confirmed(
    events: list[CreditEvent],
) -> None:
    state, done = CREDIT.begins, list[CreditEvent]()
    for event in events:
        if CREDIT.allows(state, event):
            state = CREDIT.follow(state, event).to
            done.append(event)
    if state is CreditState.DEDUCTED:
        sent, confirmed = (len(done) - 1 - done[::-1].index(each) for each in (CreditEvent.SENT, CreditEvent.CONFIRMED))
        assert sent < confirmed < len(done) - 1
    assert all(CREDIT.allows(each, CreditEvent.WAIVED) for each in CREDIT.open_states)
    assert {CREDIT.who(CreditEvent.WAIVED), CREDIT.who(CreditEvent.COMMENTED)} == {
        Permission.WAIVE_CREDIT,
        Permission.COMMENT_CREDIT,
    }
