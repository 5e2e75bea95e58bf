"""The ladder of an escalation: who is asked first, who is asked next when nobody answers, after how much working time,
what follows an answer, and for how long one can be taken back."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

from bot.domain.calendar import DAY_ENDS, NationCalendar
from bot.domain.escalation_triggers import Trigger
from bot.domain.life_cycle import Cause, LifeCycle, Transition
from bot.domain.london import london_instant
from bot.domain.permissions import Permission
from bot.domain.working_hours import DAY_BEGINS, after_working_time, working_time_between


class Rung(StrEnum):
    """The people who can be asked, from the lowest rung up."""

    OWNER = "owner"
    MANAGER = "contract manager"
    HEAD = "head of contract management"
    SENIOR_OWNER = "senior owner"
    DIRECTOR = "commercial director"


class Step(StrEnum):
    """What happens in an escalation: a person is asked, answers in one of four ways, cannot be reached, gives it to
    somebody else, takes back what they did last, or settles it."""

    ASKED = "asked"
    ACKNOWLEDGED = "acknowledged"
    TOOK_OVER = "took over"
    PLANNED = "asked for a plan"
    PAUSED = "paused"
    NOT_REACHED = "not reached"
    REASSIGNED = "reassigned"
    UNDONE = "undone"
    SETTLED = "settled"


SETTLING = frozenset({Step.ACKNOWLEDGED, Step.TOOK_OVER})
"""The answers whose day is worked out; that of the others is chosen."""


class EscalationState(StrEnum):
    """The state of an escalation: its last step that counts, or that it is over."""

    ASKED = "asked"
    ACKNOWLEDGED = "acknowledged"
    TOOK_OVER = "took over"
    PLANNED = "asked for a plan"
    PAUSED = "paused"
    NOT_REACHED = "not reached"
    REASSIGNED = "reassigned"
    OVER = "over"


class EscalationEvent(StrEnum):
    """What becomes of an escalation: one of its steps, or its end without one, because its reason is gone."""

    ASKED = "asked"
    ACKNOWLEDGED = "acknowledged"
    TOOK_OVER = "took over"
    PLANNED = "asked for a plan"
    PAUSED = "paused"
    NOT_REACHED = "not reached"
    REASSIGNED = "reassigned"
    UNDONE = "undone"
    SETTLED = "settled"
    ENDED = "over"


class Next(StrEnum):
    """What happens when the time of an escalation runs out."""

    UP = "the next rung is asked"
    AGAIN = "the same person is asked again"
    STANDS = "it stands until somebody answers"


Holders = Mapping[Rung, int]
"""The person's id on each rung; a vacant rung is left out."""

_S, _E = EscalationState, EscalationEvent
_OPEN: tuple[EscalationState, ...] = tuple(state for state in EscalationState if state is not EscalationState.OVER)
_UNANSWERED = (_S.ASKED, _S.PAUSED, _S.NOT_REACHED, _S.REASSIGNED)  # somebody is still to answer
_ANSWERS = (
    (_E.ACKNOWLEDGED, _S.ACKNOWLEDGED, Cause.ADDRESSEE, "its end", "escalation acknowledged"),
    (_E.TOOK_OVER, _S.TOOK_OVER, Permission.TAKE_OVER, "its end", "escalation taken over"),
    (_E.PLANNED, _S.PLANNED, Cause.ADDRESSEE, "the plan", "plan asked for"),
    (_E.PAUSED, _S.PAUSED, Cause.ADDRESSEE, "an answer after the pause", "escalation paused"),
    (_E.REASSIGNED, _S.REASSIGNED, Cause.ADDRESSEE, "an answer of the person it was given to", "escalation reassigned"),
)

# The first answer counts. If it leads to nothing in time, somebody is asked again. What is undone is as it was before:
# asked, here, or else paused, reassigned or not reached.
ESCALATION: LifeCycle[EscalationState, EscalationEvent] = LifeCycle(
    "This escalation",
    _S.ASKED,
    (
        *(
            Transition(state, event, to, who, due, said)
            for state in _UNANSWERED
            for event, to, who, due, said in _ANSWERS
        ),
        *(Transition(state, _E.ASKED, _S.ASKED, Cause.LIAISON, "an answer", "escalated") for state in _OPEN),
        Transition(_S.ASKED, _E.NOT_REACHED, _S.NOT_REACHED, Cause.LIAISON, "an answer of somebody else"),
        Transition(_S.REASSIGNED, _E.NOT_REACHED, _S.NOT_REACHED, Cause.LIAISON, "an answer of somebody else"),
        *(
            Transition(state, _E.UNDONE, _S.ASKED, Cause.AUTHOR, "an answer", "escalation answer undone")
            for state in (_S.ACKNOWLEDGED, _S.TOOK_OVER, _S.REASSIGNED)
        ),
        *(Transition(state, _E.SETTLED, _S.OVER, Permission.DECIDE, "", "escalation settled") for state in _OPEN),
        *(Transition(state, _E.ENDED, _S.OVER, Cause.LIAISON, "", "escalation ended") for state in _OPEN),
    ),
)


def _steps_with(event: EscalationEvent) -> frozenset[Step]:
    return frozenset(Step(state.value) for state in ESCALATION.states_with(event))


WAITING = _steps_with(EscalationEvent.ACKNOWLEDGED)
UNDOABLE = _steps_with(EscalationEvent.UNDONE)
UNDONE_WITHIN = timedelta(minutes=10)  # in which whoever acknowledged, took over or reassigned can take it back
SETTLED_WITHIN = 5  # working days in which an acknowledged or taken-over escalation should be settled

# Working hours that a rung has to answer before the next is asked, by the contract's tier in small letters.
LIMITS: Mapping[str, Mapping[Rung, int]] = {
    "gold": {Rung.OWNER: 4, Rung.MANAGER: 4, Rung.HEAD: 4, Rung.SENIOR_OWNER: 4, Rung.DIRECTOR: 8},
    "silver": {Rung.OWNER: 8, Rung.MANAGER: 8, Rung.HEAD: 8, Rung.SENIOR_OWNER: 8, Rung.DIRECTOR: 16},
    "bronze": {Rung.OWNER: 16, Rung.MANAGER: 16, Rung.HEAD: 16, Rung.SENIOR_OWNER: 16, Rung.DIRECTOR: 24},
}
TIER_ELSE = "silver"

# The first rung for each trigger: the person who owes something, or the one above the person who judged it.
BEGINS: Mapping[Trigger, Rung] = {
    Trigger.VERY_HIGH: Rung.SENIOR_OWNER,
    Trigger.ABOVE_APPETITE: Rung.SENIOR_OWNER,
    Trigger.WORSE: Rung.SENIOR_OWNER,
    Trigger.BY_HAND: Rung.SENIOR_OWNER,
    Trigger.REVIEW_OVERDUE: Rung.OWNER,
    Trigger.ACTION_OVERDUE: Rung.OWNER,
    Trigger.NEAR: Rung.OWNER,
    Trigger.REPORT_LATE: Rung.MANAGER,
    Trigger.NOT_ACKNOWLEDGED: Rung.MANAGER,
    Trigger.UNANSWERED: Rung.MANAGER,
    Trigger.INADEQUATE: Rung.HEAD,
    Trigger.TWICE_SHORT: Rung.HEAD,
    Trigger.PLAN_LATE: Rung.MANAGER,
    Trigger.PLAN_FAILED: Rung.HEAD,
    Trigger.DUTY_MISSED: Rung.MANAGER,
    Trigger.OPTION_NEAR: Rung.SENIOR_OWNER,
    Trigger.OPTION_LAPSED: Rung.SENIOR_OWNER,
    Trigger.CERTIFICATE_LAPSED: Rung.HEAD,  # the manager was told when it lapsed
    Trigger.FINDING_CRITICAL: Rung.MANAGER,
    Trigger.FINDING_OVERDUE: Rung.MANAGER,
    Trigger.FINDING_DISPUTED: Rung.HEAD,
}
# The highest rung for some triggers; the others go to the top. A missed day does not go to the senior owner.
HIGHEST: Mapping[Trigger, Rung] = {Trigger.REVIEW_OVERDUE: Rung.HEAD, Trigger.ACTION_OVERDUE: Rung.HEAD}

_RUNGS = tuple(Rung)
_TAKEN_ON = _steps_with(EscalationEvent.ENDED) - WAITING


class _HasKind(Protocol):
    @property
    def kind(self) -> Step: ...


T = TypeVar("T", bound=_HasKind)


def in_force(steps: Sequence[T]) -> list[T]:
    """The steps that count, in order: what was undone does not, and to undo it is no step of its own."""
    kept: list[T] = []
    for each in steps:
        if each.kind is Step.UNDONE:
            kept.pop()
        else:
            kept.append(each)
    return kept


def undone_until(at: datetime) -> datetime:
    """The instant until which what was done at this one can be undone."""
    return at + UNDONE_WITHIN


def first_rung(holders: Holders, trigger: Trigger) -> Rung | None:
    """The rung that is asked first: the trigger's first rung or the next above it, else the next below, but not the
    owner, who knows already. None if all of these are vacant."""
    begins = _RUNGS.index(BEGINS[trigger])
    order = (*_RUNGS[begins:], *reversed(_RUNGS[1:begins]))
    return next((rung for rung in order if rung in holders), None)


def rung_above(holders: Holders, rung: Rung, asked: Collection[int], trigger: Trigger) -> Rung | None:
    """The rung that is asked after this one, skipping vacant rungs and people who were already asked."""
    top = _RUNGS.index(HIGHEST.get(trigger, _RUNGS[-1]))
    higher = _RUNGS[_RUNGS.index(rung) + 1 : top + 1]
    return next((each for each in higher if each in holders and holders[each] not in asked), None)


def next_rung(holders: Holders, rung: Rung, person: int, asked: Collection[int], trigger: Trigger) -> Rung | None:
    """The rung that is asked after a person on a rung. If the owner is this person and also holds a higher rung, the
    rungs up to theirs are skipped."""
    stands = rung_of(holders, person, rung) if rung is Rung.OWNER else rung
    return rung_above(holders, stands, {*asked, person}, trigger)


def people_asked(steps: Sequence[tuple[Step, int]]) -> set[int]:
    """The ids of everybody asked since an answer was last given. If that answer leads to nothing, the people above are
    asked again."""
    asked: set[int] = set()
    for step, person in reversed(steps):
        if step in _TAKEN_ON:
            break
        if step in (Step.ASKED, Step.REASSIGNED):
            asked.add(person)
    return asked


def rung_of(holders: Holders, person: int, otherwise: Rung) -> Rung:
    """The highest rung that a person holds; `otherwise` if they hold none."""
    return next((rung for rung in reversed(_RUNGS) if holders.get(rung) == person), otherwise)


def rung_reassigned(holders: Holders, person: int, rung: Rung) -> Rung:
    """The rung of an escalation that is given to a person: the one it is on, or a higher one that they hold. So it
    never goes down the ladder again by being given to somebody."""
    return max(rung, rung_of(holders, person, rung), key=_RUNGS.index)


def after_timeout(standing: Step, above: Rung | None) -> Next:
    """What happens when the time runs out. If nobody answered or the answer led to nothing, the next rung is asked. On
    the last rung, silence leaves the escalation as it is, and an answer that led to nothing is asked for again."""
    if above is not None:
        return Next.UP
    return Next.STANDS if standing in (Step.ASKED, Step.NOT_REACHED) else Next.AGAIN


def limit(tier: str, rung: Rung) -> timedelta:
    """The working time that a rung has to answer."""
    return timedelta(hours=LIMITS.get(tier.lower(), LIMITS[TIER_ELSE])[rung])


def answer_due_at(asked_at: datetime, tier: str, rung: Rung, calendar: NationCalendar) -> datetime:
    """When the next rung is asked if nobody answers."""
    return after_working_time(asked_at, limit(tier, rung), calendar)


def settled_by(today: date, calendar: NationCalendar) -> date:
    """The day by which an escalation acknowledged today should be settled."""
    return calendar.add_working_days(today, SETTLED_WITHIN)


def expires_at(until: date, calendar: NationCalendar) -> datetime:
    """When an answer that lasts until a day expires: on the working morning after it."""
    return calendar.as_worked_out_instant(calendar.next_working_morning(london_instant(until, DAY_ENDS)))


def due_after_pause(
    now: datetime, until: date, due_at: datetime | None, whole: timedelta, calendar: NationCalendar
) -> datetime:
    """When the next rung is asked after a pause until a day: the rest of the time runs from that morning. If no time
    was running, the `whole` time runs again."""
    left = whole if due_at is None else working_time_between(now, due_at, calendar)
    return after_working_time(london_instant(until, DAY_BEGINS), left, calendar)
