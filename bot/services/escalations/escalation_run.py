"""What the job does with escalations at an instant: ends what is settled, passes by who cannot be reached, goes on
where a time has run out, and begins what came to be so."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from bot.domain.escalation_triggers import OF_TIME, Subject
from bot.domain.london import london_instant
from bot.models import Contract, Escalation, EscalationEnd, Occurrence, OutboxMessage, OutboxState
from bot.services import occurrences
from bot.services.due.candidate import Candidate
from bot.services.due.escalation_due import found_of_late, still_so
from bot.services.due.risk_triggers import settled_risks
from bot.services.escalations import escalation_messages, ladder_steps
from bot.services.escalations.escalation_card import is_open
from bot.services.unit_of_work import UnitOfWork

RULE = "escalation"
_LOST = (OutboxState.DEAD, OutboxState.WITHHELD, OutboxState.DROPPED)


def watch(work: UnitOfWork) -> int:
    """One run; how many people were asked, and how many escalations are over. What is settled comes first, so that
    nobody is asked about it; a constant number of queries where nothing is to be done."""
    return settle(work) + pass_by(work) + go_on(work) + begin(work)


def settle(work: UnitOfWork) -> int:
    """End what is no longer so; how many. What somebody sent up by hand is over when it is closed."""
    opened = work.session.scalars(select(Escalation).where(is_open()).order_by(col(Escalation.id))).all()
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
    ended = [each for each in _locked(work, list(over)) if _is_heard(work, each.contract_id)]
    for escalation in ended:
        ladder_steps.end(work, escalation, over[escalation.id])
    return len(ended)


def pass_by(work: UnitOfWork) -> int:
    """Ask somebody else where a ping could not be delivered; how many were not. A notice that could not be is told to
    the contract's manager, once."""
    lost = work.session.execute(
        select(col(Escalation.id), OutboxMessage)
        .join(OutboxMessage, col(OutboxMessage.key).in_((col(Escalation.ping), col(Escalation.notice))))
        .where(is_open(), col(OutboxMessage.state).in_(_LOST))
        .order_by(col(Escalation.id))
    ).all()
    escalations = {each.id: each for each in _locked(work, [key for key, _ in lost])}
    for key, row in lost:
        if (escalation := escalations.get(key)) is None:
            continue
        if row.key == escalation.ping:
            ladder_steps.pass_by(work, escalation, row.last_error)
        elif row.key == escalation.notice:
            escalation.notice = ""
            if row.state is OutboxState.DEAD:  # of a withheld one they were told when it was
                escalation_messages.tell_channel_not_reached(work, escalation, row.channel, row.last_error)
    return len(escalations)


def go_on(work: UnitOfWork) -> int:
    """Ask the next where a time has run out; how many were asked."""
    due = select(col(Escalation.id)).where(col(Escalation.due_at) <= work.now).order_by(col(Escalation.id))
    return sum(ladder_steps.go_on(work, each) for each in _locked(work, work.session.scalars(due).all()))


def begin(work: UnitOfWork) -> int:
    """Escalate what came to be so of late, once for what it came to be; how many."""
    found = found_of_late(work)
    if not found:
        return 0
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
    return sum(_begin(work, each) for each in new if _is_heard(work, each.contract_id))


def _begin(work: UnitOfWork, found: Candidate) -> bool:
    """Where nobody can be asked it is not claimed: whoever gets a role on the contract later is asked."""
    with work.session.begin_nested() as tried:
        claimed = occurrences.claim(work, RULE, _subject(found), _instant(found))
        begun = claimed and ladder_steps.begin(work, found) is not None
        if not begun:
            tried.rollback()
    return begun


def _locked(work: UnitOfWork, ids: Sequence[int]) -> Sequence[Escalation]:
    """Those of these that are open, and that nobody else is at: what they do is found again at the next run."""
    if not ids:
        return []
    statement = select(Escalation).where(col(Escalation.id).in_(ids), is_open()).order_by(col(Escalation.id))
    locked = statement.with_for_update(skip_locked=True)
    return work.session.scalars(locked, execution_options={"populate_existing": True}).all()


def _is_heard(work: UnitOfWork, contract_id: int) -> bool:
    nation = work.session.get_one(Contract, contract_id).nation
    return work.calendar.of(nation).is_working_time(work.now)


def _subject(found: Candidate) -> str:
    return f"{found.kind} {found.subject_id} {found.reasons[0].trigger}"


def _instant(found: Candidate) -> datetime:
    return london_instant(found.since, 0)
