"""What the job does with escalations at an instant: ends what is settled, passes by who cannot be reached, goes on
where a time has run out, and begins what came to be so."""

from collections import defaultdict
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from bot.domain.escalation_triggers import OF_TIME, Subject
from bot.domain.london import london_instant
from bot.models import Contract, Escalation, EscalationEnd, Occurrence, OutboxMessage, OutboxState
from bot.services import occurrences
from bot.services.due.candidate import Candidate
from bot.services.due.escalation_due import found_of_late, still_so
from bot.services.due.risk_triggers import settled_risks
from bot.services.escalations import escalation_messages, ladder_steps
from bot.services.escalations.escalation_card import is_about, is_open
from bot.services.unit_of_work import UnitOfWork

T = TypeVar("T")
RULE = "escalation"
_LOST = (OutboxState.DEAD, OutboxState.WITHHELD, OutboxState.DROPPED)


def settled(work: UnitOfWork) -> list[int]:
    """The escalations of what is no longer so, where somebody may hear of it now."""
    opened = work.session.scalars(select(Escalation).where(is_open()).order_by(col(Escalation.id))).all()
    over = _over(work, opened)
    heard = _heard(work, {each.contract_id for each in opened if each.id in over})
    return [each.id for each in opened if each.id in over and each.contract_id in heard]


def settle(work: UnitOfWork, escalation_id: int) -> bool:
    """End an escalation of what is no longer so; whether it was. What somebody sent up by hand is over when it is
    closed."""
    escalation = _locked(work, escalation_id)
    if escalation is None or (because := _over(work, [escalation]).get(escalation.id)) is None:
        return False
    ladder_steps.end(work, escalation, because)
    return True


def not_reached(work: UnitOfWork) -> list[int]:
    """The escalations with a ping or a notice that could not be delivered."""
    found = select(col(Escalation.id)).join(OutboxMessage, _is_of_it()).where(is_open(), _is_lost())
    return sorted({*work.session.scalars(found)})


def pass_by(work: UnitOfWork, escalation_id: int) -> bool:
    """Ask somebody else where a ping could not be delivered; whether it was not. A notice that could not be is told to
    the contract's manager, once. Nobody is asked about what is settled meanwhile."""
    escalation = _locked(work, escalation_id)
    if escalation is None or _over(work, [escalation]):
        return False
    lost = work.session.scalars(
        select(OutboxMessage)
        .where(col(OutboxMessage.key).in_((escalation.ping, escalation.notice)), _is_lost())
        .order_by(col(OutboxMessage.id))
    ).all()
    for row in lost:
        if row.key == escalation.ping:
            ladder_steps.pass_by(work, escalation, row.last_error)
        elif row.key == escalation.notice:
            escalation.notice = ""
            if row.state is OutboxState.DEAD:  # of a withheld one they were told when it was
                escalation_messages.tell_channel_not_reached(work, escalation, row.channel, row.last_error)
    return bool(lost)


def out_of_time(work: UnitOfWork) -> Sequence[int]:
    """The escalations of which a time has run out."""
    due = select(col(Escalation.id)).where(col(Escalation.due_at) <= work.now)
    return work.session.scalars(due.order_by(col(Escalation.id))).all()


def go_on(work: UnitOfWork, escalation_id: int) -> bool:
    """Ask the next, where the time of an escalation has run out; whether anybody was asked. Nobody is about what is
    settled meanwhile."""
    escalation = _locked(work, escalation_id)
    if escalation is None or escalation.due_at is None or escalation.due_at > work.now or _over(work, [escalation]):
        return False
    return ladder_steps.go_on(work, escalation)


def came_up(work: UnitOfWork) -> list[Candidate]:
    """What came to be so of late and was not escalated, once for what it came to be."""
    found = found_of_late(work)
    if not found:
        return []
    opened = {(each.kind, each.subject_id) for each in work.session.scalars(select(Escalation).where(is_open()))}
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
        if (each.kind, each.subject_id) not in opened and (_subject(each), _instant(each)) not in claimed
    ]
    heard = _heard(work, {each.contract_id for each in new})
    return [each for each in new if each.contract_id in heard]


def begin(work: UnitOfWork, found: Candidate) -> bool:
    """Escalate what came to be so, unless that has changed or another did; whether it was.

    Where nobody can be asked it is not claimed: whoever gets a role on the contract later is asked.
    """
    opened = select(col(Escalation.id)).where(is_about(found.kind, found.subject_id), is_open())
    if work.session.scalar(opened) is not None or not still_so(work, found.kind, [found.subject_id]):
        return False
    with work.session.begin_nested() as tried:
        claimed = occurrences.claim(work, RULE, _subject(found), _instant(found))
        begun = claimed and ladder_steps.begin(work, found) is not None
        if not begun:
            tried.rollback()
    return begun


@dataclass(frozen=True)
class Phase(Generic[T]):
    """A part of what is to be done: all that it is to be done with, found in a read, and what is done with each, in a
    write that looks again."""

    find: Callable[[UnitOfWork], Sequence[T]]
    do: Callable[[UnitOfWork, T], bool]


# What is settled comes first, so that nobody is asked about it.
PHASES: Sequence[Phase[Any]] = (
    Phase(settled, settle),
    Phase(not_reached, pass_by),
    Phase(out_of_time, go_on),
    Phase(came_up, begin),
)


def _over(work: UnitOfWork, opened: Sequence[Escalation]) -> dict[int, EscalationEnd]:
    """Those of these that are over, and why."""
    by_kind: dict[Subject, list[Escalation]] = defaultdict(list)
    for each in opened:
        by_kind[each.kind].append(each)
    risks = by_kind[Subject.RISK]
    because = settled_risks(work, {each.subject_id: each.trigger for each in risks})
    over = {each.id: because[each.subject_id] for each in risks if each.subject_id in because}
    by_kind[Subject.RISK] = [each for each in risks if each.trigger in OF_TIME and each.id not in over]
    for kind, some in by_kind.items():
        still = still_so(work, kind, [each.subject_id for each in some])
        over |= {each.id: EscalationEnd.SETTLED for each in some if each.subject_id not in still}
    return over


def _is_of_it() -> ColumnElement[bool]:
    return col(OutboxMessage.key).in_((col(Escalation.ping), col(Escalation.notice)))


def _is_lost() -> ColumnElement[bool]:
    return col(OutboxMessage.state).in_(_LOST)


def _locked(work: UnitOfWork, escalation_id: int) -> Escalation | None:
    """An escalation that is open, and that nobody else is at: what they do is found again at the next run."""
    opened = select(Escalation).where(col(Escalation.id) == escalation_id, is_open())
    return work.session.scalar(opened.with_for_update(skip_locked=True), execution_options={"populate_existing": True})


def _heard(work: UnitOfWork, contract_ids: Set[int]) -> set[int]:
    """Those of these contracts where it is working time."""
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
