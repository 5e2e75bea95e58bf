"""How something comes again: every day once, in order, month ends on month ends, by the nation's calendar."""

from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import Nation, published
from bot.domain.deadlines import Deadline, Side, TimeUnit, parse_deadline
from bot.domain.recurrence import LAST_DAY, Recurrence, parse_recurrence
from bot.errors import UserError

ENGLAND = published().of(Nation.ENGLAND_AND_WALES)
DAYS = st.dates(date(2025, 1, 1), date(2040, 12, 31))
MONTHS = st.sampled_from([1, 2, 3, 6, 12, 24])


def following(recurs: Recurrence, due: Deadline, count: int) -> list[Deadline]:
    """The next deadlines, each made from the one before alone, as they are kept."""
    found = []
    for _ in range(count):
        due, recurs = recurs.after(due), parse_recurrence(str(recurs.from_then_on(due)))
        found.append(due)
    return found


@given(day=DAYS, months=MONTHS)
def test_a_day_comes_again_on_the_same_day_of_the_month_or_the_last_of_a_shorter_one(day: date, months: int) -> None:
    kept = LAST_DAY if day.day == monthrange(day.year, day.month)[1] else day.day
    for number, due in enumerate(following(Recurrence(months), Deadline.fixed(day), 30), 1):
        year, month = divmod(day.year * 12 + day.month - 1 + number * months, 12)
        assert due.anchor == date(year, month + 1, min(kept, monthrange(year, month + 1)[1]))


@given(day=DAYS, months=MONTHS, count=st.integers(1, 60), side=st.sampled_from([Side.AFTER, Side.BEFORE]))
def test_a_rule_comes_again_from_the_date_that_moves_on(day: date, months: int, count: int, side: Side) -> None:
    rule = Deadline(count, TimeUnit.WORKING_DAY, side, day)
    for due, plain in zip(
        following(Recurrence(months), rule, 5), following(Recurrence(months), Deadline.fixed(day), 5), strict=True
    ):
        assert (due.anchor, due.count, due.unit, due.side) == (plain.anchor, count, TimeUnit.WORKING_DAY, side)
        assert ENGLAND.is_working_day(due.on(ENGLAND))


@pytest.mark.parametrize(
    ("recurs", "due", "then"),
    [
        ("monthly", "31 January 2027", ["28 February 2027", "31 March 2027", "30 April 2027"]),
        ("monthly", "30 January 2027", ["28 February 2027", "30 March 2027", "30 April 2027"]),
        ("monthly on the 28th", "28 February 2027", ["28 March 2027", "28 April 2027", "28 May 2027"]),
        ("quarterly", "30 June 2027", ["30 September 2027", "31 December 2027", "31 March 2028"]),
        ("yearly", "29 February 2028", ["28 February 2029", "28 February 2030", "28 February 2031"]),
        ("every 6 months", "15 May 2027", ["15 November 2027", "15 May 2028", "15 November 2028"]),
        (
            "monthly",
            "3rd working day of January 2027",
            [f"3rd working day of {month} 2027" for month in ("February", "March", "April")],
        ),
        (
            "yearly",
            "20 working days before 31 March 2029",
            [f"20 working days before 31 March {year}" for year in (2030, 2031, 2032)],
        ),
    ],
)
def test_in_words(recurs: str, due: str, then: list[str]) -> None:
    assert [str(each) for each in following(parse_recurrence(recurs), parse_deadline(due), 3)] == then


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("Monthly", "monthly"),
        ("  every  month ", "monthly"),
        ("annually", "yearly"),
        ("every 3 months", "quarterly"),
        ("every 12 months", "yearly"),
        ("every 1 month", "monthly"),
        ("every 6 months on the last day", "every 6 months on the last day"),
        ("MONTHLY, on the 30th", "monthly on the 30th"),
        ("quarterly on the 1", "quarterly on the 1st"),
        ("monthly on the 31st", "monthly on the last day"),
    ],
)
def test_what_is_typed_is_read_in_its_usual_writings(typed: str, words: str) -> None:
    assert str(parse_recurrence(typed)) == words
    assert str(parse_recurrence(words)) == words


@pytest.mark.parametrize(
    "typed",
    ["weekly", "every 0 months", "every 121 months", "monthly on the 32nd", "monthly on the 0th", "6 months", "¹"],
)
def test_anything_else_is_refused_with_what_can_be_entered(typed: str) -> None:
    with pytest.raises(UserError, match="does not say how it comes again"):
        parse_recurrence(typed)
