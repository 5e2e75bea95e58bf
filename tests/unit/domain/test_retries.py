"""What Slack did not take is tried after waits that grow, spread, and are never so long that a recovery goes unseen."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.retries import LONGEST_WAIT, SPREAD, TRIED_FOR, longest_wait, wait_after

TRIES = st.integers(1, 1000)
CHANCE = st.floats(0, 1)


@given(TRIES, CHANCE)
def test_a_wait_is_within_its_spread_and_never_longer_than_the_longest(tries: int, chance: float) -> None:
    wait = wait_after(tries, chance)
    assert longest_wait(tries) * (1 - SPREAD) <= wait <= longest_wait(tries) <= LONGEST_WAIT
    assert wait >= timedelta(seconds=4)


@given(TRIES)
def test_waits_grow_until_the_longest(tries: int) -> None:
    assert longest_wait(tries) <= longest_wait(tries + 1)
    assert longest_wait(tries + 5) == LONGEST_WAIT


@given(TRIES, CHANCE, CHANCE)
def test_more_chance_waits_no_longer(tries: int, one: float, other: float) -> None:
    assert (wait_after(tries, one) <= wait_after(tries, other)) or one < other


@given(st.lists(CHANCE, min_size=400, max_size=400))
def test_three_days_are_some_hundreds_of_tries_and_each_is_a_quarter_of_an_hour_after_the_last_at_most(
    chances: list[float],
) -> None:
    at, tries = timedelta(), 0
    while at < TRIED_FOR:
        tries += 1
        at += wait_after(tries, chances[tries - 1])
    assert 288 <= tries <= 365
    assert at < TRIED_FOR + LONGEST_WAIT
