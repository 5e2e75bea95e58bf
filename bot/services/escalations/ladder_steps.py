"""The steps of an escalation: ask one person at a time, the next above when the time has run out, until it is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import update

from bot.db import insert, table
from bot.domain.ladder import (
    ESCALATION,
    EscalationState,
    Next,
    Rung,
    Step,
    after_timeout,
    answer_due_at,
    first_rung,
    next_rung,
)
from bot.domain.life_cycle import Transition
from bot.domain.wording import shorten
from bot.models import Audience, Contract, Escalation, EscalationEnd, EscalationStep, Person
from bot.services.due.candidate import Candidate
from bot.services.escalations import escalation_messages
from bot.services.escalations.escalation_card import EscalationCard, StepLine, asked_among, card_of, steps_of
from bot.services.escalations.holders import deputy_of, holders_of, ladder_holders
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import UnitOfWork

LONGEST_WHY = 1000


@dataclass(frozen=True)
class Prepared:
    """An escalation that is ready to be begun, as people read it; `channel` is where its notice goes, if anywhere."""

    found: Candidate
    card: EscalationCard
    channel: str | None


def prepare(work: UnitOfWork, found: Candidate) -> Prepared | None:
    """Find out who is asked first, and what they read. It only reads. None where nobody could be asked."""
    standing = ladder_holders(work, found.contract_id, found.kind, found.subject_id)
    trigger = found.reasons[0].trigger
    rung = first_rung(_ids(standing), trigger)
    if rung is None:
        return None
    person, contract = standing[rung], work.session.get_one(Contract, found.contract_id)
    escalation = Escalation(
        contract_id=found.contract_id,
        kind=found.kind,
        subject_id=found.subject_id,
        what=shorten(found.what, 300),
        trigger=trigger,
        why=shorten(found.why, LONGEST_WHY),
        raised_at=work.now,
        owner_id=person.id,
        rung=rung,
        standing=Step.ASKED,
        due_at=answer_due_at(work.now, contract.tier, rung, work.calendar.of(contract.nation)),
        steps=1,
    )
    asked = StepLine(1, Step.ASKED, person, work.now, None, "", True)
    channel = contract_lookup.channel_of(work.session, contract.id, Audience.INTERNAL)
    return Prepared(found, card_of(work, escalation, standing, [asked]), channel)


def start_escalation(work: UnitOfWork, ready: Prepared) -> int:
    """Ask the first whose turn it is, and tell the contract's channel; returns the escalation's id. The message to the
    person is sent by `pings`."""
    escalation, person = ready.card.escalation, ready.card.owner
    escalation.id = insert(work.session, Escalation, **escalation.model_dump(exclude={"id"}))
    _insert_step(work, escalation, Step.ASKED, person, pinged=True)
    _record(work, escalation, "escalated", to=person.slack)
    if ready.channel is not None:
        rows = table(Escalation)
        notice = escalation_messages.post_notice(work, ready.card, ready.channel)
        work.session.connection().execute(update(rows).where(rows.c.id == escalation.id).values(notice=notice))
    return escalation.id


def climb(work: UnitOfWork, escalation: Escalation) -> bool:
    """Take the next step when the time has run out; returns whether anybody was asked. Outside working time nobody
    is."""
    contract = work.session.get_one(Contract, escalation.contract_id)
    if not work.calendar.of(contract.nation).is_working_time(work.now):
        return False
    standing = holders_of(work, escalation)
    rung = _above(work, escalation, standing)
    match after_timeout(escalation.standing, rung):
        case Next.UP if rung is not None:
            _ask(work, escalation, rung, standing[rung], standing)
        case Next.AGAIN:
            _ask(work, escalation, escalation.rung, work.session.get_one(Person, escalation.owner_id), standing)
        case Next.STANDS:
            escalation.due_at = None
            _record(work, escalation, "escalation at its last rung")
            return False
    return True


def skip_unreachable(work: UnitOfWork, escalation: Escalation, reason: str) -> None:
    """Skip a person who cannot be reached: ask their deputy, else the next rung."""
    contract = work.session.get_one(Contract, escalation.contract_id)
    if not work.calendar.of(contract.nation).is_working_time(work.now):
        return
    person = work.session.get_one(Person, escalation.owner_id)
    asked = asked_among(steps_of(work, escalation))
    add_step(work, escalation, Step.NOT_REACHED, person, reason=reason)
    escalation.ping, escalation.due_at = "", None
    deputy = deputy_of(work, escalation, asked)
    standing = holders_of(work, escalation)
    rung = _above(work, escalation, standing)
    if deputy is not None:
        _ask(work, escalation, escalation.rung, deputy, standing)
    elif rung is not None:
        _ask(work, escalation, rung, standing[rung], standing)
    else:
        escalation_messages.refresh_messages(work, escalation)


def close(work: UnitOfWork, escalation: Escalation, because: EscalationEnd) -> None:
    """Close an escalation: every message says why, and everybody asked is told, unless the same record is escalated
    again."""
    ended = ESCALATION.follow(escalation.state, EscalationState.OVER)
    escalation.ended_at, escalation.ended_because = work.now, because
    escalation.due_at, escalation.ping = None, ""
    _record(work, escalation, ended.in_history, because=because.value)
    work.session.flush()
    escalation_messages.notify_ended(work, card_of(work, escalation), aloud=because is not EscalationEnd.AGAIN)


def add_step(
    work: UnitOfWork,
    escalation: Escalation,
    kind: Step,
    person: Person,
    *,
    until: date | None = None,
    reason: str = "",
    pinged: bool = False,
) -> Transition[EscalationState, EscalationState]:
    """Store a step, and update the escalation with it; returns its row of the life cycle. Raises `UserError` for a step
    that does not follow."""
    followed = ESCALATION.follow(escalation.state, EscalationState(kind.value))
    escalation.steps += 1
    escalation.standing, escalation.until = kind, until
    work.session.flush()
    _insert_step(work, escalation, kind, person, until=until, reason=reason, pinged=pinged)
    return followed


def _insert_step(
    work: UnitOfWork,
    escalation: Escalation,
    kind: Step,
    person: Person,
    *,
    until: date | None = None,
    reason: str = "",
    pinged: bool = False,
) -> None:
    insert(
        work.session,
        EscalationStep,
        escalation_id=escalation.id,
        number=escalation.steps,
        kind=kind,
        person_id=person.id,
        at=work.now,
        until=until,
        reason=shorten(reason, 300),
        pinged=pinged,
    )


def _ask(work: UnitOfWork, escalation: Escalation, rung: Rung, person: Person, standing: Mapping[Rung, Person]) -> None:
    contract = work.session.get_one(Contract, escalation.contract_id)
    escalation.owner_id, escalation.rung = person.id, rung
    escalation.due_at = answer_due_at(work.now, contract.tier, rung, work.calendar.of(contract.nation))
    followed = add_step(work, escalation, Step.ASKED, person, pinged=True)
    _record(work, escalation, followed.in_history, to=person.slack)
    escalation_messages.notify_next(work, card_of(work, escalation, standing))


def _above(work: UnitOfWork, escalation: Escalation, standing: Mapping[Rung, Person]) -> Rung | None:
    asked = asked_among(steps_of(work, escalation))
    return next_rung(_ids(standing), escalation.rung, escalation.owner_id, asked, escalation.trigger)


def _ids(standing: Mapping[Rung, Person]) -> dict[Rung, int]:
    return {rung: person.id for rung, person in standing.items()}


def _record(
    work: UnitOfWork, escalation: Escalation, action: str, *, to: str | None = None, because: str | None = None
) -> None:
    why, trigger = (shorten(escalation.why, 300), escalation.trigger.value) if to else ("", None)
    about = escalation.contract_id
    work.record(action, escalation.reference, contract_id=about, why=why, trigger=trigger, to=to, because=because)
