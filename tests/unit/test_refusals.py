"""One entry in the audit for a refusal that is repeated, and none for what names nobody."""

from datetime import UTC, datetime, timedelta

from bot.interactions.payloads import Command
from bot.interactions.refusals import MOST_REMEMBERED, SAME_FOR, Refusals

NOON, SECOND = datetime(2027, 1, 4, 12, tzinfo=UTC), timedelta(seconds=1)


def typed(text: str = "close R-1", user: str = "U1", trigger: str = "1") -> Command:
    return Command(f"command {trigger}", user, "T1", trigger, "/risk", text, "C1")


def test_a_refusal_is_new_once_an_hour_for_each_person_act_and_reason() -> None:
    refusals = Refusals()
    assert refusals.is_new(typed(), "no role", NOON)
    assert not refusals.is_new(typed(trigger="2"), "no role", NOON + SAME_FOR - SECOND)
    assert refusals.is_new(typed("close R-2"), "no role", NOON)
    assert refusals.is_new(typed(), "not theirs", NOON)
    assert refusals.is_new(typed(user="U2"), "no role", NOON)
    assert refusals.is_new(typed(), "no role", NOON + SAME_FOR)
    assert not refusals.is_new(typed(user=""), "no role", NOON)


def test_what_is_remembered_is_bounded_and_nothing_goes_unnoted() -> None:
    refusals = Refusals()
    for number in range(MOST_REMEMBERED + 5):
        assert refusals.is_new(typed(str(number)), "no role", NOON)
    assert refusals.is_new(typed("1"), "no role", NOON + SAME_FOR)
    assert not refusals.is_new(typed("1"), "no role", NOON + SAME_FOR), "there is room again"
