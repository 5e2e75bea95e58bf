"""What is escalated of reports, answers, ratings, plans and duties, and the sentence that says why."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.asking import Asking
from bot.domain.calendar import NationCalendar, published
from bot.domain.escalation_triggers import Reason, Trigger
from bot.domain.ratings import Rating
from bot.domain.shortfalls import (
    DUTY_DAYS,
    QUERY_DAYS,
    REPORT_DAYS,
    REPORT_DAYS_ELSE,
    Rated,
    duty_missed,
    option_undecided,
    plan_failed,
    plan_missed,
    query_unanswered,
    ratings_short,
    report_late,
)

DAY = timedelta(days=1)
DUE = date(2027, 1, 6)  # a Wednesday
HERE, *_ = published().nations
GOOD, SHORT, INADEQUATE = Rating.GOOD, Rating.REQUIRES_IMPROVEMENT, Rating.INADEQUATE
days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
calendars = st.sampled_from(published().nations)


def sentences(reasons: list[Reason]) -> list[str]:
    return [reason.sentence for reason in reasons]


@pytest.mark.parametrize(
    ("tier", "today", "expected"),
    [
        ("Gold", date(2027, 1, 12), []),
        ("gold", date(2027, 1, 13), ["It was due on 6 January 2027, and had not come 5 working days later."]),
        ("platinum", date(2027, 1, 13), ["It was due on 6 January 2027, and had not come 5 working days later."]),
        ("bronze", date(2027, 1, 19), []),
        ("bronze", date(2027, 1, 20), ["It was due on 6 January 2027, and had not come 10 working days later."]),
    ],
)
def test_a_report_is_escalated_so_many_working_days_late(tier: str, today: date, expected: list[str]) -> None:
    assert sentences(report_late(Asking(DUE, DUE), today, tier, HERE)) == expected


def test_lateness_counts_from_the_day_of_asking_and_what_was_not_asked_for_is_not_late() -> None:
    """The contractual day stands in the sentence, and when it was asked for beside it."""
    asked_late = Asking(DUE, date(2027, 1, 12))
    assert report_late(asked_late, date(2027, 1, 18), "gold", HERE) == []
    assert sentences(report_late(asked_late, date(2027, 1, 19), "gold", HERE)) == [
        "It was due on 6 January 2027, was not asked until 12 January 2027, and had not come 5 working days later."
    ]
    assert report_late(Asking(DUE, None), date(2027, 3, 31), "gold", HERE) == []
    in_time = Asking(DUE, date(2027, 1, 4))
    assert (in_time.counts_from, in_time.note, asked_late.note) == (DUE, "", "not asked until 12 January 2027")
    assert (Asking(DUE, None).counts_from, Asking(DUE, None).note) == (None, "not asked yet")


def test_a_query_that_nobody_answers_is_escalated_after_five_working_days() -> None:
    assert query_unanswered(DUE, date(2027, 1, 12), HERE) == []
    (reason,) = query_unanswered(DUE, date(2027, 1, 13), HERE)
    assert reason.trigger is Trigger.UNANSWERED
    assert reason.sentence == "It was asked on 6 January 2027, and had no answer 5 working days later."


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ([(GOOD, INADEQUATE)], []),
        ([(SHORT, None)], []),
        ([(SHORT, GOOD)], []),
        ([(SHORT, INADEQUATE)], []),
        ([(Rating.OTHER, SHORT)], []),
        ([(INADEQUATE, None)], ["KPI 0 is rated Inadequate: 88% against 99%."]),
        ([(SHORT, SHORT)], ["KPI 0 requires improvement in two reports in a row: 88% against 99%."]),
        (
            [(SHORT, SHORT), (GOOD, GOOD), (INADEQUATE, SHORT)],
            [
                "KPI 2 is rated Inadequate: 88% against 99%.",
                "KPI 0 requires improvement in two reports in a row: 88% against 99%.",
            ],
        ),
    ],
)
def test_ratings_that_fall_short_are_escalated(
    figures: list[tuple[Rating, Rating | None]], expected: list[str]
) -> None:
    rated = [Rated(f"KPI {place}", now, before, "88% against 99%") for place, (now, before) in enumerate(figures)]
    assert sentences(ratings_short(rated)) == expected


def test_a_plan_that_has_not_come_or_has_failed_is_escalated() -> None:
    assert plan_missed(DUE, DUE) == []
    assert sentences(plan_missed(DUE, DUE + DAY)) == ["The plan was to come by 6 January 2027, and has not."]
    assert plan_failed().sentence == "The plan has failed."


def test_an_option_is_escalated_ten_working_days_before_its_last_day_and_one_after() -> None:
    friday = date(2027, 1, 29)
    opens = date(2027, 1, 15)
    assert option_undecided(friday, opens - DAY, HERE) == []
    for today in (opens, friday, friday + 2 * DAY):
        (near,) = option_undecided(friday, today, HERE)
        assert (near.trigger, near.since) == (Trigger.OPTION_NEAR, opens)
        assert near.sentence == "It is to be decided by 29 January 2027, and no decision is recorded."
    (lapsed,) = option_undecided(friday, friday + 3 * DAY, HERE)
    assert (lapsed.trigger, lapsed.since) == (Trigger.OPTION_LAPSED, friday)
    assert lapsed.sentence == (
        "It was to be decided by 29 January 2027, and no decision is recorded 1 working day later. "
        "An option that lapses is lost."
    )


def test_a_duty_of_ours_is_escalated_a_working_day_after_its_day() -> None:
    friday = date(2027, 1, 8)
    assert duty_missed(friday, friday + 2 * DAY, HERE) == [], "a Sunday is no working day late"
    assert sentences(duty_missed(friday, friday + 3 * DAY, HERE)) == [
        "The department owed it by 8 January 2027, and it was not done 1 working day later."
    ]


@given(days, days, calendars, st.sampled_from(["gold", "silver", "bronze", "other"]))
def test_nothing_is_escalated_before_its_working_days_have_gone_and_everything_after(
    day: date, today: date, calendar: NationCalendar, tier: str
) -> None:
    allowed = REPORT_DAYS.get(tier, REPORT_DAYS_ELSE)
    for found, count in (
        (report_late(Asking(day, day), today, tier, calendar), allowed),
        (query_unanswered(day, today, calendar), QUERY_DAYS),
        (duty_missed(day, today, calendar), DUTY_DAYS),
    ):
        assert bool(found) is (today >= calendar.add_working_days(day, count))
