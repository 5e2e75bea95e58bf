"""One entry in the audit for a refusal that is repeated, and none for what names nobody."""

from datetime import UTC, datetime, timedelta

from bot.interactions.refusals import MOST_REMEMBERED, SAME_FOR, Refusals

NOON, SECOND = datetime(2027, 1, 4, 12, tzinfo=UTC), timedelta(seconds=1)


def test_a_refusal_is_new_once_an_hour_for_each_person_and_reason() -> None:
    refusals = Refusals()
    assert refusals.is_new("U1", "click", "no role", NOON)
    assert not refusals.is_new("U1", "click", "no role", NOON + SAME_FOR - SECOND)
    assert refusals.is_new("U1", "command", "no role", NOON)
    assert refusals.is_new("U1", "click", "not theirs", NOON)
    assert refusals.is_new("U2", "click", "no role", NOON)
    assert refusals.is_new("U1", "click", "no role", NOON + SAME_FOR)
    assert not refusals.is_new("", "click", "no role", NOON)


def test_what_is_remembered_is_bounded_and_nothing_goes_unnoted() -> None:
    refusals = Refusals()
    for number in range(MOST_REMEMBERED + 5):
        assert refusals.is_new(f"U{number}", "click", "no role", NOON)
    assert refusals.is_new("U1", "click", "no role", NOON + SAME_FOR)
    assert not refusals.is_new("U1", "click", "no role", NOON + SAME_FOR), "there is room again"
