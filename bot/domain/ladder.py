"""The ladder of an escalation: who is asked first, who when nobody answers, and after how much working time; what an
answer does, and what follows when its time has run out."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.domain.calendar import DAY_ENDS, NationCalendar
from bot.domain.escalation_triggers import Trigger
from bot.domain.london import london_instant
from bot.domain.working_hours import DAY_BEGINS, after_working_time, working_time_between


class Rung(StrEnum):
    """Who is asked, from below upwards."""

    OWNER = "owner"
    MANAGER = "contract manager"
    HEAD = "head of contract management"
    SENIOR_OWNER = "senior owner"
    DIRECTOR = "commercial director"


class Step(StrEnum):
    """What happens on a ladder: somebody is asked, answers in one of four ways, or cannot be reached."""

    ASKED = "asked"
    ACKNOWLEDGED = "acknowledged"
    TOOK_OVER = "took over"
    PLANNED = "asked for a plan"
    PAUSED = "paused"
    NOT_REACHED = "not reached"


class Next(StrEnum):
    """What follows when a time has run out."""

    UP = "the next rung is asked"
    AGAIN = "the same person is asked again"
    STANDS = "it stands until somebody answers"


Holders = Mapping[Rung, int]
"""Who stands on which rung, by a person's id; a vacant rung is not in it."""

WAITING = frozenset({Step.ASKED, Step.PAUSED, Step.NOT_REACHED})  # somebody is still to answer
SETTLED_WITHIN = 5  # working days in which what was acknowledged or taken over is expected to be settled

# Working hours in which a rung answers before it goes up, by the contract's tier in small letters.
LIMITS: Mapping[str, Mapping[Rung, int]] = {
    "gold": {Rung.OWNER: 4, Rung.MANAGER: 4, Rung.HEAD: 4, Rung.SENIOR_OWNER: 4, Rung.DIRECTOR: 8},
    "silver": {Rung.OWNER: 8, Rung.MANAGER: 8, Rung.HEAD: 8, Rung.SENIOR_OWNER: 8, Rung.DIRECTOR: 16},
    "bronze": {Rung.OWNER: 16, Rung.MANAGER: 16, Rung.HEAD: 16, Rung.SENIOR_OWNER: 16, Rung.DIRECTOR: 24},
}
TIER_ELSE = "silver"

# Who is asked first. What somebody owes begins with them; what was judged begins above whoever judged it.
BEGINS: Mapping[Trigger, Rung] = {
    Trigger.VERY_HIGH: Rung.SENIOR_OWNER,
    Trigger.ABOVE_APPETITE: Rung.SENIOR_OWNER,
    Trigger.WORSE: Rung.SENIOR_OWNER,
    Trigger.BY_HAND: Rung.SENIOR_OWNER,
    Trigger.REVIEW_OVERDUE: Rung.OWNER,
    Trigger.ACTION_OVERDUE: Rung.OWNER,
    Trigger.NEAR: Rung.OWNER,
    Trigger.REPORT_LATE: Rung.MANAGER,
    Trigger.UNANSWERED: Rung.MANAGER,
    Trigger.INADEQUATE: Rung.HEAD,
    Trigger.TWICE_SHORT: Rung.HEAD,
    Trigger.PLAN_LATE: Rung.MANAGER,
    Trigger.PLAN_FAILED: Rung.HEAD,
    Trigger.DUTY_MISSED: Rung.MANAGER,
}
# How far up silence takes it, where that is not to the top: a day that went by is no senior owner's affair.
HIGHEST: Mapping[Trigger, Rung] = {Trigger.REVIEW_OVERDUE: Rung.HEAD, Trigger.ACTION_OVERDUE: Rung.HEAD}

_RUNGS = tuple(Rung)
_TAKEN_ON = frozenset({Step.ACKNOWLEDGED, Step.TOOK_OVER, Step.PLANNED})


def first_rung(holders: Holders, trigger: Trigger) -> Rung | None:
    """Whose turn it is first: where the trigger begins or next above, else next below, though not so far down as the
    owner, who knows already. None where nobody stands there."""
    begins = _RUNGS.index(BEGINS[trigger])
    order = (*_RUNGS[begins:], *reversed(_RUNGS[1:begins]))
    return next((rung for rung in order if rung in holders), None)


def rung_above(holders: Holders, rung: Rung, asked: Collection[int], trigger: Trigger) -> Rung | None:
    """Whose turn it is after a rung: vacant ones are passed over, and those whose holder was asked already."""
    top = _RUNGS.index(HIGHEST.get(trigger, _RUNGS[-1]))
    higher = _RUNGS[_RUNGS.index(rung) + 1 : top + 1]
    return next((each for each in higher if each in holders and holders[each] not in asked), None)


def next_rung(holders: Holders, rung: Rung, person: int, asked: Collection[int], trigger: Trigger) -> Rung | None:
    """Whose turn it is after a person on a rung. Who owns what went up may stand high on the ladder themselves: then
    nobody below them comes after them."""
    stands = rung_of(holders, person, rung) if rung is Rung.OWNER else rung
    return rung_above(holders, stands, {*asked, person}, trigger)


def asked_of(steps: Sequence[tuple[Step, int]]) -> set[int]:
    """Who was asked, by a person's id, since somebody last took it on: with an answer that nothing came of, those above
    have their turn again."""
    asked: set[int] = set()
    for step, person in reversed(steps):
        if step in _TAKEN_ON:
            break
        if step is Step.ASKED:
            asked.add(person)
    return asked


def rung_of(holders: Holders, person: int, otherwise: Rung) -> Rung:
    """The highest rung on which a person stands; another where they stand on none."""
    return next((rung for rung in reversed(_RUNGS) if holders.get(rung) == person), otherwise)


def follows(standing: Step, above: Rung | None) -> Next:
    """What follows when a time has run out. Silence is followed by the next rung; so is an answer that nothing came of.
    On the last rung silence lets it stand, and an answer that nothing came of is asked for again."""
    if above is not None:
        return Next.UP
    return Next.STANDS if standing in (Step.ASKED, Step.NOT_REACHED) else Next.AGAIN


def limit(tier: str, rung: Rung) -> timedelta:
    """How much working time a rung has to answer."""
    return timedelta(hours=LIMITS.get(tier.lower(), LIMITS[TIER_ELSE])[rung])


def climbs_at(asked_at: datetime, tier: str, rung: Rung, calendar: NationCalendar) -> datetime:
    """When silence sends it up. `CalendarEnds`."""
    return after_working_time(asked_at, limit(tier, rung), calendar)


def settled_by(today: date, calendar: NationCalendar) -> date:
    """The day by which what somebody acknowledged today is expected to be settled. `CalendarEnds`."""
    return calendar.add_working_days(today, SETTLED_WITHIN)


def expires_at(until: date, calendar: NationCalendar) -> datetime:
    """When an answer that lasts until a day is over: the working morning after it. `CalendarEnds`."""
    return calendar.next_working_morning(london_instant(until, DAY_ENDS))


def goes_on_at(
    now: datetime, until: date, due_at: datetime | None, whole: timedelta, calendar: NationCalendar
) -> datetime:
    """When silence sends up what is paused until a day: what was left of its time runs from that morning on. Where no
    time ran any more, it has the `whole` again. `CalendarEnds`."""
    left = whole if due_at is None else working_time_between(now, due_at, calendar)
    return after_working_time(london_instant(until, DAY_BEGINS), left, calendar)
