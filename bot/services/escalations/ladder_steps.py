"""The steps of an escalation: ask one person at a time, the next above when the time has run out, until it is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import update

from bot.db import insert, table
from bot.domain.escalation_triggers import Subject
from bot.domain.ladder import (
    ESCALATION,
    WAITING,
    EscalationEvent,
    EscalationState,
    Next,
    Rung,
    Step,
    after_timeout,
    answer_due_at,
    expires_at,
    first_rung,
)
from bot.domain.life_cycle import Transition
from bot.domain.wording import shorten
from bot.models import Audience, Contract, Escalation, EscalationEnd, EscalationStep, Person
from bot.services.due.candidate import Candidate
from bot.services.escalations import escalation_messages
from bot.services.escalations.choices import is_figure_awaited
from bot.services.escalations.escalation_card import (
    EscalationCard,
    StepLine,
    asked_among,
    card_of,
    next_asked,
    steps_of,
)
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
    is; nor is anybody about a shortfall that was answered while its next figure has not come."""
    contract = work.session.get_one(Contract, escalation.contract_id)
    calendar = work.calendar.of(contract.nation)
    if not calendar.is_working_time(work.now):
        return False
    if _waits_for_figure(work, escalation):
        escalation.due_at = expires_at(work.today, calendar)
        return False
    standing = holders_of(work, escalation)
    above = next_asked(work, escalation, steps_of(work, escalation), standing)
    match after_timeout(escalation.standing, above[0] if above else None):
        case Next.UP if above is not None:
            _ask(work, escalation, *above, standing)
        case Next.AGAIN:
            _ask(work, escalation, escalation.rung, work.session.get_one(Person, escalation.owner_id), standing)
        case Next.STANDS:
            escalation.due_at = None
            _record(work, escalation, "escalation at its last rung")
            return False
    return True


def _waits_for_figure(work: UnitOfWork, escalation: Escalation) -> bool:
    """Whether nobody can do anything about a shortfall before the next figure: it was answered, and that has not
    come."""
    is_answered = escalation.kind is Subject.RATINGS and escalation.standing not in WAITING
    return is_answered and is_figure_awaited(work, escalation)


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
    above = next_asked(work, escalation, steps_of(work, escalation), standing)
    if deputy is not None:
        _ask(work, escalation, escalation.rung, deputy, standing)
    elif above is not None:
        _ask(work, escalation, *above, standing)
    else:
        escalation_messages.refresh_messages(work, escalation)


def close(work: UnitOfWork, escalation: Escalation, because: EscalationEnd) -> None:
    """Close an escalation: every message says why, and everybody asked is told, unless the same record is escalated
    again."""
    ended = ESCALATION.follow(escalation.state, EscalationEvent.ENDED)
    _end(work, escalation, because, ended.in_history)


def settle(work: UnitOfWork, escalation: Escalation, person: Person, reason: str) -> None:
    """Close an escalation because a person settles it for a reason, though its record stays open. Told as by
    `close`."""
    settled = add_step(work, escalation, Step.SETTLED, person, reason=reason)
    _end(work, escalation, EscalationEnd.BY_PERSON, settled.in_history, why=reason)


def _end(work: UnitOfWork, escalation: Escalation, because: EscalationEnd, action: str, why: str = "") -> None:
    escalation.ended_at, escalation.ended_because = work.now, because
    escalation.due_at, escalation.ping = None, ""
    _record(work, escalation, action, because=because.value, why=why)
    work.session.flush()
    escalation_messages.notify_ended(work, card_of(work, escalation), aloud=because is not EscalationEnd.AGAIN)


@dataclass(frozen=True)
class Before:
    """What an undo puts back: whom an escalation was with, on which rung, and when its time ran out."""

    owner_id: int
    rung: Rung
    due_at: datetime | None

    @classmethod
    def of(cls, escalation: Escalation) -> "Before":
        """As it is now."""
        return cls(escalation.owner_id, escalation.rung, escalation.due_at)


def add_step(
    work: UnitOfWork,
    escalation: Escalation,
    kind: Step,
    person: Person,
    *,
    until: date | None = None,
    reason: str = "",
    pinged: bool = False,
    before: Before | None = None,
) -> Transition[EscalationState, EscalationEvent]:
    """Store a step, and update the escalation with it; returns its row of the life cycle. `before` is how it was, for a
    step that can be undone. Raises `UserError` for a step that does not follow."""
    followed = ESCALATION.follow(escalation.state, EscalationEvent(kind.value))
    escalation.steps += 1
    escalation.standing, escalation.until = kind, until
    work.session.flush()
    _insert_step(work, escalation, kind, person, until=until, reason=reason, pinged=pinged, before=before)
    return followed


def add_undo(work: UnitOfWork, escalation: Escalation, person: Person, before: Before, counts: StepLine) -> None:
    """Store that a person undid their last step: the escalation is as it was `before` it, and `counts` is again its
    last step."""
    ESCALATION.follow(escalation.state, EscalationEvent.UNDONE)
    escalation.steps += 1
    escalation.standing, escalation.until = counts.kind, counts.until
    escalation.owner_id, escalation.rung, escalation.due_at = before.owner_id, before.rung, before.due_at
    work.session.flush()
    _insert_step(work, escalation, Step.UNDONE, person)


def _insert_step(
    work: UnitOfWork,
    escalation: Escalation,
    kind: Step,
    person: Person,
    *,
    until: date | None = None,
    reason: str = "",
    pinged: bool = False,
    before: Before | None = None,
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
        owner_before_id=before.owner_id if before else None,
        rung_before=before.rung if before else None,
        due_before=before.due_at if before else None,
    )


def _ask(work: UnitOfWork, escalation: Escalation, rung: Rung, person: Person, standing: Mapping[Rung, Person]) -> None:
    contract = work.session.get_one(Contract, escalation.contract_id)
    escalation.owner_id, escalation.rung = person.id, rung
    escalation.due_at = answer_due_at(work.now, contract.tier, rung, work.calendar.of(contract.nation))
    followed = add_step(work, escalation, Step.ASKED, person, pinged=True)
    _record(work, escalation, followed.in_history, to=person.slack)
    escalation_messages.notify_next(work, card_of(work, escalation, standing))


def _ids(standing: Mapping[Rung, Person]) -> dict[Rung, int]:
    return {rung: person.id for rung, person in standing.items()}


def _record(
    work: UnitOfWork,
    escalation: Escalation,
    action: str,
    *,
    to: str | None = None,
    because: str | None = None,
    why: str = "",
) -> None:
    why, trigger = (shorten(escalation.why, 300), escalation.trigger.value) if to else (why, None)
    about = escalation.contract_id
    work.record(action, escalation.reference, contract_id=about, why=why, trigger=trigger, to=to, because=because)
