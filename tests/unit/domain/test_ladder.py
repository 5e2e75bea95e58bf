"""The ladder: who is asked after whom, when, and what an answer does."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.calendar import NationCalendar, published
from bot.domain.escalation_triggers import Trigger
from bot.domain.ladder import (
    BEGINS,
    HIGHEST,
    LIMITS,
    UNDOABLE,
    WAITING,
    Next,
    Rung,
    Step,
    after_timeout,
    answer_due_at,
    due_after_pause,
    expires_at,
    first_rung,
    in_force,
    limit,
    next_rung,
    people_asked,
    rung_above,
    rung_of,
    rung_reassigned,
    settled_by,
    undone_until,
)
from bot.domain.london import london
from bot.domain.working_hours import working_time_between

MONDAY = datetime(2027, 1, 4, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
HERE, SCOTLAND, _ = published().nations
ORDER = list(Rung)
holders = st.dictionaries(st.sampled_from(Rung), st.integers(1, 3))
triggers, rungs = st.sampled_from(Trigger), st.sampled_from(Rung)
calendars = st.sampled_from(published().nations)
instants = st.datetimes(datetime(2026, 6, 1), datetime(2027, 12, 1), timezones=st.just(UTC))
tiers = st.sampled_from([*LIMITS, "Gold", "other"])


def climb(standing: dict[Rung, int], trigger: Trigger) -> list[Rung]:
    """The rungs that are asked when nobody ever answers."""
    rung = first_rung(standing, trigger)
    asked: list[Rung] = []
    while rung is not None:
        asked.append(rung)
        rung = rung_above(standing, rung, {standing[each] for each in asked}, trigger)
    return asked


def test_every_trigger_begins_somewhere_and_every_rung_of_every_tier_has_its_limit() -> None:
    assert set(BEGINS) == set(Trigger)
    assert all(set(limits) == set(Rung) for limits in LIMITS.values())
    assert all(ORDER.index(top) >= ORDER.index(BEGINS[trigger]) for trigger, top in HIGHEST.items())


def test_the_upper_rungs_have_no_less_time_than_the_lower() -> None:
    for tier in LIMITS:
        times = [limit(tier, rung) for rung in Rung]
        assert times == sorted(times)


@given(holders, triggers)
def test_silence_asks_everybody_above_once_and_comes_to_an_end(standing: dict[Rung, int], trigger: Trigger) -> None:
    asked = climb(standing, trigger)
    people = [standing[rung] for rung in asked]
    assert len(people) == len(set(people)), "nobody is asked twice"
    if asked:
        higher = [ORDER.index(rung) for rung in asked]
        assert higher == sorted(set(higher))
        top = ORDER.index(HIGHEST.get(trigger, Rung.DIRECTOR))
        left = {standing[rung] for rung in ORDER[higher[0] : top + 1] if rung in standing} - set(people)
        assert left == set(), "nobody in between is left out"


@given(holders, triggers)
def test_it_begins_where_its_trigger_says_or_as_near_above_as_anybody_stands(
    standing: dict[Rung, int], trigger: Trigger
) -> None:
    first, begins = first_rung(standing, trigger), ORDER.index(BEGINS[trigger])
    if first is None:
        assert not set(standing) - {Rung.OWNER}
        assert BEGINS[trigger] is not Rung.OWNER or not standing
        return
    place = ORDER.index(first)
    between = ORDER[begins:place] if place >= begins else [*ORDER[place + 1 :]]
    assert not set(between) & set(standing)


def test_who_was_asked_before_somebody_took_it_on_may_be_asked_again() -> None:
    asked, taken, paused = (Step.ASKED, 1), (Step.TOOK_OVER, 2), (Step.PAUSED, 1)
    assert people_asked([asked, (Step.ASKED, 3)]) == {1, 3}
    assert people_asked([asked, paused, (Step.NOT_REACHED, 1), (Step.ASKED, 3)]) == {1, 3}
    assert people_asked([asked, taken]) == set()
    assert people_asked([asked, taken, (Step.ASKED, 3)]) == {3}


@given(holders, st.integers(1, 3), rungs)
def test_a_person_stands_on_their_highest_rung(standing: dict[Rung, int], person: int, otherwise: Rung) -> None:
    rung = rung_of(standing, person, otherwise)
    own = [each for each in ORDER if standing.get(each) == person]
    assert rung is (own[-1] if own else otherwise)


@given(st.sampled_from(Step), st.none() | rungs)
def test_when_a_time_has_run_out_somebody_is_asked_unless_the_last_was_silent(
    standing: Step, above: Rung | None
) -> None:
    followed = after_timeout(standing, above)
    assert (followed is Next.UP) is (above is not None)
    if above is None:
        silent = standing in (Step.ASKED, Step.NOT_REACHED)
        assert followed is (Next.STANDS if silent else Next.AGAIN)


def test_who_is_still_to_answer_has_been_asked_or_given_it_or_has_paused() -> None:
    assert {Step.ASKED, Step.PAUSED, Step.NOT_REACHED, Step.REASSIGNED} == WAITING


@given(instants, tiers, rungs, calendars)
def test_silence_goes_up_in_working_time_and_after_just_its_limit(
    asked_at: datetime, tier: str, rung: Rung, calendar: NationCalendar
) -> None:
    at = answer_due_at(asked_at, tier, rung, calendar)
    assert working_time_between(asked_at, at, calendar) == limit(tier, rung)
    assert at > asked_at


@given(instants, st.integers(1, 40), tiers, rungs, calendars)
def test_a_pause_neither_shortens_nor_lengthens_what_is_left(
    now: datetime, days: int, tier: str, rung: Rung, calendar: NationCalendar
) -> None:
    due_at, until = answer_due_at(now, tier, rung, calendar), london(now).date() + timedelta(days=days)
    left = working_time_between(now, due_at, calendar)
    resumed = due_after_pause(now, until, due_at, timedelta(hours=99), calendar)
    whole = due_after_pause(now, until, None, limit(tier, rung), calendar)
    assert working_time_between(now, resumed, calendar) >= left
    assert london(resumed).date() >= until
    assert resumed == whole, "nothing of its time had run yet"


@given(instants, calendars)
def test_an_answer_lasts_to_the_end_of_its_day_and_is_over_on_the_next_working_morning(
    now: datetime, calendar: NationCalendar
) -> None:
    today = london(now).date()
    until = settled_by(today, calendar)
    over = expires_at(until, calendar)
    assert london(over).date() > until > today
    assert london(over).hour == 9
    assert calendar.is_working_time(over)


def test_the_limits_by_tier_and_bank_holidays() -> None:
    assert answer_due_at(MONDAY, "gold", Rung.HEAD, HERE) == MONDAY + 4 * HOUR
    assert answer_due_at(MONDAY, "silver", Rung.HEAD, HERE) == MONDAY + 8 * HOUR
    assert answer_due_at(MONDAY, "gold", Rung.HEAD, SCOTLAND) == MONDAY + 28 * HOUR, "a bank holiday there"
    assert settled_by(date(2027, 1, 4), HERE) == date(2027, 1, 11)


def test_nobody_below_comes_after_an_owner_who_stands_high_on_the_ladder() -> None:
    standing = {Rung.OWNER: 1, Rung.MANAGER: 2, Rung.HEAD: 3, Rung.SENIOR_OWNER: 1, Rung.DIRECTOR: 4}
    assert next_rung(standing, Rung.OWNER, 1, (), Trigger.NEAR) is Rung.DIRECTOR
    assert next_rung(standing, Rung.OWNER, 1, (), Trigger.REVIEW_OVERDUE) is None, "which goes no higher than the head"
    assert next_rung({**standing, Rung.SENIOR_OWNER: 5}, Rung.OWNER, 1, (), Trigger.NEAR) is Rung.MANAGER


@dataclass(frozen=True)
class Happened:
    kind: Step


def happened(*kinds: Step) -> list[Happened]:
    return [Happened(kind) for kind in kinds]


@given(st.lists(st.sampled_from(sorted(UNDOABLE)), max_size=6))
def test_what_is_undone_leaves_no_trace_among_the_steps_that_count(undone: list[Step]) -> None:
    began = happened(Step.ASKED, Step.PAUSED)
    tried = [each for kind in undone for each in happened(kind, Step.UNDONE)]
    assert in_force([*began, *tried]) == began
    assert in_force([*began, *tried, Happened(Step.SETTLED)]) == [*began, Happened(Step.SETTLED)]


@given(instants)
def test_what_was_done_can_be_undone_for_ten_minutes(at: datetime) -> None:
    assert undone_until(at) - at == timedelta(minutes=10)


@given(rungs, rungs)
def test_what_is_given_to_somebody_never_goes_down_the_ladder(now: Rung, theirs: Rung) -> None:
    order = list(Rung)
    given_to = rung_reassigned({theirs: 7}, 7, now)
    assert given_to in (now, theirs)
    assert order.index(given_to) == max(order.index(now), order.index(theirs))
    assert rung_reassigned({theirs: 7}, 8, now) is now, "somebody on no rung answers on the present one"
