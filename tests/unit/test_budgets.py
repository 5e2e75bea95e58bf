"""No more calls in any minute than Slack takes, and none left unused that somebody waits for."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.budgets import MINUTE, Budget, affordable
from tests.builders import HOUR, MONDAY

SECONDS = st.lists(st.integers(0, 20), max_size=80)


@given(st.integers(1, 10), SECONDS)
def test_in_any_minute_there_are_no_more_calls_than_the_budget_and_a_wait_is_as_long_as_need_be(
    calls: int, steps: list[int]
) -> None:
    budget, now = Budget(calls), MONDAY
    made: list[datetime] = []
    for step in steps:
        now += timedelta(seconds=step)
        recent = [at for at in made if now - at < MINUTE]
        assert budget.left(now) == calls - len(recent)
        assert budget.wait(now) == (timedelta(0) if len(recent) < calls else recent[0] + MINUTE - now)
        if budget.left(now):
            budget.spend(now)
            made.append(now)


def test_a_clock_that_is_put_back_keeps_nobody_waiting() -> None:
    budget = Budget(1)
    budget.spend(MONDAY)
    assert budget.left(MONDAY - HOUR) == 1


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=30), st.integers(0, 10), st.integers(0, 30))
def test_the_first_that_can_be_paid_for_go_and_what_cannot_holds_up_nobody(
    wanted: list[tuple[bool, bool]], few: int, at_most: int
) -> None:
    posts, openings = Budget(20), Budget(few)
    needs = [(n, [posts] * posted + [openings] * opened) for n, (posted, opened) in enumerate(wanted)]
    chosen = affordable(needs, at_most, MONDAY)
    expected: list[int] = []
    left = {True: 20, False: few}
    for number, (posted, opened) in enumerate(wanted):
        if len(expected) < at_most and left[True] >= posted and left[False] >= opened:
            expected.append(number)
            left[True] -= posted
            left[False] -= opened
    assert chosen == expected
    assert posts.left(MONDAY) == 20, "nothing is spent yet"
