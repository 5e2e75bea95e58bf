"""Clocks: the machine's, and one that stands still or runs on from any instant, and is only ever moved forward."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from bot.clock import Clock, MovableClock, SystemClock
from tests.builders import DAY, HOUR, MINUTE, MONDAY


def test_the_systems_clock_says_the_instant_in_utc() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta(0)


def test_a_clock_that_stands_still_moves_only_when_it_is_told_to() -> None:
    clock = MovableClock(MONDAY)
    assert clock.now() == clock.now() == MONDAY
    assert clock.advance(DAY) == clock.now() == MONDAY + DAY
    assert clock.move_to(MONDAY + 2 * DAY) == clock.now() == MONDAY + 2 * DAY


def test_a_clock_that_ticks_runs_at_the_speed_of_its_source_from_where_it_began() -> None:
    source = MovableClock(datetime(2030, 1, 1, tzinfo=UTC))
    clock = MovableClock(MONDAY, ticking=source.now)
    assert clock.now() == MONDAY
    source.advance(MINUTE)
    assert clock.now() == MONDAY + MINUTE
    assert clock.advance(HOUR) == MONDAY + MINUTE + HOUR
    source.advance(MINUTE)
    assert clock.now() == MONDAY + 2 * MINUTE + HOUR
    assert clock.move_to(MONDAY + DAY) == MONDAY + DAY


@pytest.mark.parametrize("ticking", [False, True])
def test_no_clock_moves_backward(ticking: bool) -> None:
    clock = MovableClock(MONDAY, ticking=MovableClock(MONDAY).now if ticking else None)
    with pytest.raises(ValueError, match="only moves forward"):
        clock.advance(-timedelta(microseconds=1))
    with pytest.raises(ValueError, match="only moves forward"):
        clock.move_to(MONDAY - MINUTE)
    assert clock.now() == MONDAY
    assert clock.advance(timedelta(0)) == clock.move_to(MONDAY) == MONDAY


def test_a_clock_that_begins_in_any_zone_speaks_utc() -> None:
    abroad = MONDAY.astimezone(timezone(timedelta(hours=5, minutes=30)))
    for clock in (MovableClock(abroad), MovableClock(abroad, ticking=MovableClock(MONDAY).now)):
        kept: Clock = clock
        assert kept.now() == MONDAY
        assert kept.now().utcoffset() == timedelta(0)
