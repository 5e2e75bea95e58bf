"""The job's work on escalations: close settled ones, skip people who cannot be reached, climb where the time has run
out, and start new ones."""

from collections import defaultdict
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from bot.domain.escalation_triggers import DATE_TRIGGERS, OVERTAKES, Subject, Trigger
from bot.domain.london import london_instant
from bot.models import UNDELIVERED_STATES, Contract, Escalation, EscalationEnd, Occurrence, OutboxMessage
from bot.services import occurrences
from bot.services.due.candidate import Candidate
from bot.services.due.escalation_due import recent_candidates, still_candidates
from bot.services.due.risk_triggers import settled_risks
from bot.services.escalations import ladder_steps, pings
from bot.services.escalations.escalation_card import is_about, is_open
from bot.services.escalations.ladder_steps import Prepared
from bot.services.unit_of_work import UnitOfWork

T = TypeVar("T")
R = TypeVar("R")
RULE = "escalation"


def settled_escalations(work: UnitOfWork) -> list[int]:
    """The ids of open escalations whose reason is gone, in contracts where it is working time."""
    opened = work.session.scalars(select(Escalation).where(is_open()).order_by(col(Escalation.id))).all()
    over = reasons_gone(work, opened)
    in_working_time = _in_working_time(work, {each.contract_id for each in opened if each.id in over})
    return [each.id for each in opened if each.id in over and each.contract_id in in_working_time]


def close_settled(work: UnitOfWork, escalation_id: int) -> bool:
    """Close an escalation whose reason is gone; returns whether it was closed. One started by hand ends only when its
    risk is closed."""
    escalation = _locked(work, escalation_id)
    if escalation is None or (because := reasons_gone(work, [escalation]).get(escalation.id)) is None:
        return False
    ladder_steps.close(work, escalation, because)
    return True


def unreachable_escalations(work: UnitOfWork) -> list[int]:
    """The ids of escalations with a ping that could not be delivered."""
    found = select(col(Escalation.id)).join(OutboxMessage, col(OutboxMessage.key) == col(Escalation.ping))
    return sorted({*work.session.scalars(found.where(is_open(), _is_undelivered()))})


def skip_unreachable(work: UnitOfWork, escalation_id: int) -> bool:
    """Ask somebody else if a ping could not be delivered; returns whether it could not. Nobody is asked if the
    escalation was settled meanwhile."""
    escalation = _locked(work, escalation_id)
    if escalation is None or reasons_gone(work, [escalation]):
        return False
    lost = select(OutboxMessage).where(col(OutboxMessage.key) == escalation.ping, _is_undelivered())
    row = work.session.scalar(lost)
    if row is not None:
        ladder_steps.skip_unreachable(work, escalation, row.last_error)
    return row is not None


def expired_escalations(work: UnitOfWork) -> Sequence[int]:
    """The ids of escalations whose time has run out."""
    due = select(col(Escalation.id)).where(col(Escalation.due_at) <= work.now)
    return work.session.scalars(due.order_by(col(Escalation.id))).all()


def climb(work: UnitOfWork, escalation_id: int) -> bool:
    """Ask the next person if the time of an escalation has run out; returns whether anybody was asked. Nobody is if it
    was settled meanwhile."""
    escalation = _locked(work, escalation_id)
    if (
        escalation is None
        or escalation.due_at is None
        or escalation.due_at > work.now
        or reasons_gone(work, [escalation])
    ):
        return False
    return ladder_steps.climb(work, escalation)


def new_candidates(work: UnitOfWork) -> list[Candidate]:
    """The records that recently gave a reason to escalate and were not escalated for that occasion."""
    found = recent_candidates(work)
    if not found:
        return []
    opened = {
        (each.kind, each.subject_id): each.trigger for each in work.session.scalars(select(Escalation).where(is_open()))
    }
    claimed = {
        (subject, at)
        for subject, at in work.session.execute(
            select(col(Occurrence.subject), col(Occurrence.due_at)).where(
                col(Occurrence.rule) == RULE, col(Occurrence.subject).in_({_subject(each) for each in found})
            )
        )
    }
    new = [
        each
        for each in found
        if _may_begin(each, opened.get((each.kind, each.subject_id)))
        and (_subject(each), _instant(each)) not in claimed
    ]
    in_working_time = _in_working_time(work, {each.contract_id for each in new})
    return [each for each in new if each.contract_id in in_working_time]


def start_escalation(work: UnitOfWork, ready: Prepared) -> bool:
    """Escalate a candidate, unless its reason is gone or another worker did; returns whether it was escalated.

    If nobody can be asked nothing was prepared, and nothing is claimed: a person who gets a role later is asked.
    """
    found = ready.found
    opened = work.session.scalar(select(Escalation).where(is_about(found.kind, found.subject_id), is_open()))
    if not _may_begin(found, opened.trigger if opened else None):
        return False
    if not still_candidates(work, found.kind, [found.subject_id]):
        return False
    if not occurrences.claim(work, RULE, _subject(found), _instant(found)):
        return False
    if opened is not None:
        ladder_steps.close(work, opened, EscalationEnd.AGAIN)
    ladder_steps.start_escalation(work, ready)
    return True


def _may_begin(found: Candidate, open_for: Trigger | None) -> bool:
    """Whether a candidate may be escalated: nothing is open about it, or for a reason that was overtaken."""
    return open_for is None or OVERTAKES.get(found.reasons[0].trigger) is open_for


@dataclass(frozen=True)
class Phase(Generic[T, R]):
    """One part of the work: `find` lists the items in a read, and `do` handles each in a write that checks it again.

    What takes time is done by `prepare`, in a read of its own for each item; None from it leaves the item out.
    """

    find: Callable[[UnitOfWork], Sequence[T]]
    do: Callable[[UnitOfWork, R], bool | None]
    prepare: Callable[[UnitOfWork, T], R | None] | None = None


# Settled ones come first, so that nobody is asked about them; messages last, so that what is put to one person at one
# time is one message.
PHASES: Sequence[Phase[Any, Any]] = (
    Phase(settled_escalations, close_settled),
    Phase(unreachable_escalations, skip_unreachable),
    Phase(expired_escalations, climb),
    Phase(new_candidates, start_escalation, ladder_steps.prepare),
    Phase(pings.people_to_ask, pings.send, pings.prepare),
)


def reasons_gone(work: UnitOfWork, opened: Sequence[Escalation]) -> dict[int, EscalationEnd]:
    """The escalations among these whose reason is gone, and why they are over."""
    by_kind: dict[Subject, list[Escalation]] = defaultdict(list)
    for each in opened:
        by_kind[each.kind].append(each)
    risks = by_kind[Subject.RISK]
    because = settled_risks(work, {each.subject_id: each.trigger for each in risks})
    over = {each.id: because[each.subject_id] for each in risks if each.subject_id in because}
    by_kind[Subject.RISK] = [each for each in risks if each.trigger in DATE_TRIGGERS and each.id not in over]
    for kind, some in by_kind.items():
        still = still_candidates(work, kind, [each.subject_id for each in some])
        over |= {each.id: EscalationEnd.SETTLED for each in some if each.subject_id not in still}
    return over


def _is_undelivered() -> ColumnElement[bool]:
    return col(OutboxMessage.state).in_(UNDELIVERED_STATES)


def _locked(work: UnitOfWork, escalation_id: int) -> Escalation | None:
    """An open escalation that nobody else is changing, locked; None if somebody is, and the next run finds it again."""
    opened = select(Escalation).where(col(Escalation.id) == escalation_id, is_open())
    return work.session.scalar(opened.with_for_update(skip_locked=True), execution_options={"populate_existing": True})


def _in_working_time(work: UnitOfWork, contract_ids: Set[int]) -> set[int]:
    """The contracts among these where it is working time."""
    if not contract_ids:
        return set()
    rows = work.session.execute(
        select(col(Contract.id), col(Contract.nation)).where(col(Contract.id).in_(contract_ids))
    )
    return {key for key, nation in rows if work.calendar.of(nation).is_working_time(work.now)}


def _subject(found: Candidate) -> str:
    return f"{found.kind} {found.subject_id} {found.reasons[0].trigger}"


def _instant(found: Candidate) -> datetime:
    return london_instant(found.since, 0)
