"""Spend by month: the variance by example, and what holds for every sum."""

from dataclasses import fields
from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.invoices import InvoiceSums, payable_by
from bot.domain.periods import Month
from bot.domain.spend import MonthOfSpend, Sums, Variance, check, outturn, total
from bot.domain.spend_line import SpendTyped, parse_spend_line
from bot.errors import UserError

DECEMBER = Month(2026, 12)
PROFILE = Decimal(1_000_000)
MONEY = st.decimals(0, 1_000_000_000, places=2)
SOME = st.none() | MONEY
SUMS = st.builds(Sums, SOME, SOME, SOME, SOME, SOME, SOME)
MONTHS = st.builds(MonthOfSpend, st.just(DECEMBER), SUMS, st.booleans())


def month(*, is_over: bool = True, **sums: object) -> MonthOfSpend:
    return MonthOfSpend(DECEMBER, Sums(**{name: Decimal(str(value)) for name, value in sums.items()}), is_over)


@pytest.mark.parametrize(
    ("amount", "profile", "asks", "told"),
    [
        ("0", "1000000", False, False),
        ("50000", "1000000", False, False),  # 5% and £50,000: over neither
        ("50000.01", "1000000", True, False),
        ("-50000.01", "1000000", True, False),
        ("50000.01", "10000000", True, False),  # half a per cent, and over £50,000
        ("5.01", "100", True, False),
        ("10", "100", True, False),
        ("-10.01", "100", True, True),
        ("0.01", "0", True, True),  # nothing was planned
        ("0", "0", False, False),
    ],
)
def test_a_variance_asks_over_5_per_cent_or_50000_and_is_told_over_10(
    amount: str, profile: str, asks: bool, told: bool
) -> None:
    variance = Variance(Decimal(amount), Decimal(profile))
    assert (variance.asks_why, variance.is_told) == (asks, told)


def test_a_month_that_is_over_comes_to_what_was_invoiced_and_before_that_to_what_is_expected() -> None:
    assert month(invoiced=90, forecast=100).comes_to == 90
    assert month(forecast=100).comes_to == 100
    assert month(profile=100).comes_to is None
    assert month(is_over=False, invoiced=40, forecast=100).comes_to == 100, "the rest is still to be invoiced"
    assert month(is_over=False, invoiced=120, forecast=100).comes_to == 120, "so much is certain"
    assert month(is_over=False, invoiced=40, profile=100).comes_to == 100, "as planned, while nobody says otherwise"
    assert month(is_over=False, profile=100).comes_to is None
    assert month(invoiced=90).variance is None
    assert month(profile=100, invoiced=90).variance == Variance(Decimal(-10), Decimal(100))


@given(MONTHS)
def test_a_variance_is_what_a_month_comes_to_less_its_profile(of: MonthOfSpend) -> None:
    variance = of.variance
    if variance is None:
        assert of.sums.profile is None or of.comes_to is None
    else:
        assert of.comes_to is not None
        assert variance.amount + variance.profile == of.comes_to
        assert not variance.is_told or variance.asks_why, "what is told is asked for"
        percent = variance.percent
        assert percent is None or variance.is_told == (percent > 10)


@given(st.lists(SUMS, max_size=4))
def test_totals_are_exact_in_every_order(many: list[Sums]) -> None:
    found = total(many)
    assert all(total(list(other)) == found for other in permutations(many))
    for field in fields(Sums):
        known = [value for each in many if (value := getattr(each, field.name)) is not None]
        assert getattr(found, field.name) == (sum(known) if known else None)


@given(st.lists(MONTHS, max_size=6), MONEY)
def test_a_contract_comes_to_what_is_invoiced_and_what_is_to_come(many: list[MonthOfSpend], value: Decimal) -> None:
    found = outturn(many, value)
    known = [each.comes_to if each.comes_to is not None else each.sums.profile for each in many]
    assert found.total == sum((each for each in known if each is not None), Decimal(0))
    assert found.unknown == sum(each is None for each in known)
    assert found.invoiced == sum((each.sums.invoiced or Decimal(0) for each in many), Decimal(0))
    assert found.is_over == (found.total > value)


@pytest.mark.parametrize(
    ("sums", "field", "sentence"),
    [
        ({"invoiced": 100, "approved": 101}, "approved", "£101 is approved, and only £100 invoiced"),
        ({"invoiced": 100, "disputed": 101}, "disputed", "£101 is disputed, and only £100 invoiced"),
        ({"invoiced": 100, "approved": 90, "disputed": 20}, "disputed", "£90 is approved and £20 disputed"),
        ({"invoiced": 100, "approved": 80, "paid": 90}, "paid", "£90 is paid, and only £80 approved"),
        ({"invoiced": 100, "disputed": 20, "paid": 90}, "paid", "£90 is paid, and only £80 invoiced and not disputed"),
        ({"paid": 90}, "paid", "only £0 invoiced"),
    ],
)
def test_sums_that_cannot_be_are_refused(sums: dict[str, int], field: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as refused:
        check(Sums(**{name: Decimal(value) for name, value in sums.items()}))
    assert refused.value.field == field


def test_what_can_be_is_let_through() -> None:
    check(Sums())
    check(Sums(invoiced=Decimal(100), approved=Decimal(80), disputed=Decimal(20), paid=Decimal(80)))
    check(Sums(invoiced=Decimal(100), paid=Decimal(100)))


@given(MONEY, MONEY, SOME)
def test_what_is_owed_is_neither_disputed_nor_paid(amount: Decimal, disputed: Decimal, paid: Decimal | None) -> None:
    assert InvoiceSums(amount, None, disputed, paid).owed + disputed + (paid or 0) == amount


def test_an_invoice_is_due_30_days_after_it_is_valid() -> None:
    assert payable_by(date(2026, 11, 20)) == date(2026, 12, 19)
    assert payable_by(date(2027, 1, 31)) == date(2027, 3, 1)


def test_a_line_is_taken_apart_at_its_words() -> None:
    assert parse_spend_line("2026-12 invoiced 100,000.50 paid 90,000") == SpendTyped(
        "2026-12", {"invoiced": "100,000.50", "paid": "90,000"}
    )
    assert parse_spend_line(
        "January 2027 Forecast: £1.2 million disputed none because A hub opened late"
    ) == SpendTyped("January 2027", {"forecast": "£1.2 million", "disputed": None}, "A hub opened late")
    assert parse_spend_line("2026-12 because of strikes") == SpendTyped("2026-12", {}, "of strikes")
    for incomplete in ("", "2026-12", "invoiced 5"):
        assert parse_spend_line(incomplete) is None


@pytest.mark.parametrize(
    ("line", "field", "sentence"),
    [
        ("2026-12 paid 5 paid 6", "paid", "stands there twice"),
        ("2026-12 paid", "paid", "After paid comes a sum"),
        ("2026-12 paid 5 because", "reason", "comes the reason"),
    ],
)
def test_a_line_that_is_not_whole_is_refused(line: str, field: str, sentence: str) -> None:
    with pytest.raises(UserError, match=sentence) as refused:
        parse_spend_line(line)
    assert refused.value.field == field
