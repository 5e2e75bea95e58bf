"""While Slack is away as a whole, one message goes now and then; one answer, and everything goes again."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.breaker import OPENS_AFTER, PROBED_EVERY, Breaker
from tests.builders import HOUR, MONDAY

SECOND = timedelta(seconds=1)


def opened() -> Breaker:
    breaker = Breaker()
    breaker.note([False] * OPENS_AFTER, MONDAY)
    return breaker


def test_it_opens_after_failures_in_a_row_and_then_allows_a_probe_at_times() -> None:
    breaker, now = Breaker(), MONDAY
    for _ in range(OPENS_AFTER):
        assert breaker.allows(100, now) == 100
        breaker.note([False], now)
    assert breaker.is_open
    for wait in (*PROBED_EVERY[OPENS_AFTER - 1 :], PROBED_EVERY[-1], PROBED_EVERY[-1]):
        assert breaker.allows(100, now + wait - SECOND) == 0
        now += wait
        assert (breaker.allows(100, now), breaker.allows(0, now)) == (1, 0)
        breaker.note([False], now)


def test_one_answer_closes_it() -> None:
    breaker = opened()
    breaker.note([True], MONDAY + HOUR)
    assert (breaker.is_open, breaker.allows(100, MONDAY + HOUR)) == (False, 100)


def test_a_clock_that_is_put_back_delays_no_probe() -> None:
    assert opened().allows(100, MONDAY - HOUR) == 1


@given(st.lists(st.lists(st.booleans(), max_size=5), max_size=20))
def test_it_is_open_exactly_while_the_last_tries_all_failed(rounds: list[list[bool]]) -> None:
    breaker, failures = Breaker(), 0
    for answered in rounds:
        breaker.note(answered, MONDAY)
        failures = 0 if any(answered) else failures + len(answered)
        assert breaker.is_open == (failures >= OPENS_AFTER)
