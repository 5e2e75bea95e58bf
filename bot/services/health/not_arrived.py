"""Telling whoever can mend it what did not arrive: messages that ended dead or withheld, or wait until Liaison is let
into their channel, and reports for which there is no channel to ask in.

Each is told once. What the same people are told at one time is one message.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.delivery.messages import Message
from bot.delivery.outbox import OutgoingMessage, is_for_a_person
from bot.domain.calendar import Nation
from bot.domain.not_arrived import NOT_LET_IN, Mend, in_words, mend_channel, mend_person
from bot.domain.periods import Month
from bot.identity import department_id
from bot.models import (
    Audience,
    Escalation,
    EscalationStep,
    OutboxMessage,
    OutboxState,
    Person,
    RoleName,
)
from bot.services import occurrences
from bot.services.health.given_up import is_given_up
from bot.services.lookup import contracts as contract_lookup
from bot.services.progress import prompting
from bot.services.progress.received_reports import report_of_thread
from bot.services.unit_of_work import UnitOfWork

RULE = "report not asked for"
MOST_LISTED = 20  # in one message
READ_AT_ONCE = 200
KEY = "not-arrived-"
_MENDERS = (RoleName.CONTRACT_MANAGER, RoleName.HEAD, RoleName.SENIOR_OWNER, RoleName.COMMERCIAL_LEAD)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NotArrived:
    """What did not arrive: what it says, where it was to go (a channel's id or a person's name, "" for nowhere), why it
    did not get there, and what to do. `contract` is the contract's reference, "" without one.

    `asks_again`: the partner is asked again by itself once it is mended. `message` is the number of the message, and
    `report` the id of a report that had no channel, for which it was to be asked at `prompt_at`.
    """

    what: str
    why: str
    mend: Mend
    channel: str = ""
    person: str = ""
    contract: str = ""
    asks_again: bool = False
    message: int | None = None
    report: int | None = None
    prompt_at: datetime | None = None


@dataclass(frozen=True)
class ReadyNotice:
    """A message about what did not arrive that is ready to send, and the Slack users who can mend it."""

    people: Sequence[str]
    items: Sequence[NotArrived]
    message: Message


@dataclass(frozen=True)
class Untold:
    """What nobody was told of yet, and the Slack users who can mend it."""

    people: Sequence[str]
    items: Sequence[NotArrived]


def untold(work: UnitOfWork) -> Sequence[Untold]:
    """What nobody was told of yet, for the same people together; nothing outside working hours."""
    if not work.calendar.of(Nation.ENGLAND_AND_WALES).is_working_time(work.now):
        return []
    groups: dict[tuple[str, ...], list[NotArrived]] = defaultdict(list)
    for people, item in [*_messages(work), *_reports(work)]:
        if people:
            groups[people].append(item)
        else:
            log.error(
                "there is nobody to tell that this did not arrive: message %s, report %s", item.message, item.report
            )
    return [
        Untold(people, items[at : at + MOST_LISTED])
        for people, items in groups.items()
        for at in range(0, len(items), MOST_LISTED)
    ]


def prepare(work: UnitOfWork, found: Untold) -> ReadyNotice:
    """The message about what did not arrive. It only reads."""
    return ReadyNotice(found.people, found.items, _render(work, found.items))


def tell(work: UnitOfWork, ready: ReadyNotice) -> int:
    """Tell people what did not arrive, unless another worker did; returns how many were told."""
    items = _claim(work, ready.items)
    if not items:
        return 0
    message = ready.message if items == ready.items else _render(work, items)
    key = work.next_key(KEY)
    why = f"{items[0].what} did not arrive" if len(items) == 1 else f"{len(items)} messages did not arrive"
    for slack in ready.people:
        work.enqueue(OutgoingMessage(f"{key}-{slack}", slack, Audience.INTERNAL, message, why))
    return len(ready.people)


def _render(work: UnitOfWork, items: Sequence[NotArrived]) -> Message:
    return work.messages.message("liaison/not_arrived", items=items)


def _claim(work: UnitOfWork, items: Sequence[NotArrived]) -> Sequence[NotArrived]:
    """The items among these that nobody told of meanwhile."""
    ids = [item.message for item in items if item.message is not None]
    claimed = set(
        work.session.scalars(
            update(OutboxMessage)
            .where(col(OutboxMessage.id).in_(ids), _is_untold())
            .values(told_at=work.now)
            .returning(col(OutboxMessage.id))
        )
    )
    asked_at = {f"report {item.report}": item.prompt_at for item in items if item.prompt_at is not None}
    reports = occurrences.claim_all(work, RULE, asked_at)
    return [item for item in items if item.message in claimed or f"report {item.report}" in reports]


def _is_untold() -> ColumnElement[bool]:
    """The condition on a message that it did not arrive, and that nobody was told so. What was given up is told by
    itself (see given_up)."""
    waits = and_(col(OutboxMessage.state) == OutboxState.FAILED, col(OutboxMessage.last_error).in_(NOT_LET_IN))
    ended = col(OutboxMessage.state).in_((OutboxState.DEAD, OutboxState.WITHHELD))
    return and_(col(OutboxMessage.told_at).is_(None), or_(ended, waits), ~is_given_up())


def _messages(work: UnitOfWork) -> list[tuple[tuple[str, ...], NotArrived]]:
    """The messages that did not arrive. What updates or answers another that did not is told with that."""
    first = aliased(OutboxMessage)
    stands_on = col(first.id).in_((col(OutboxMessage.replaces_id), col(OutboxMessage.thread_of_id)))
    alone = ~exists().where(stands_on, col(first.state) != OutboxState.SENT)
    rows = work.session.scalars(
        select(OutboxMessage).where(_is_untold(), alone).order_by(col(OutboxMessage.id)).limit(READ_AT_ONCE)
    ).all()
    names = dict(
        work.session.execute(
            select(col(Person.slack), col(Person.name)).where(col(Person.slack).in_({row.channel for row in rows}))
        ).all()
    )
    return [_message(work, row, names.get(row.channel, "")) for row in rows]


def _message(work: UnitOfWork, row: OutboxMessage, name: str) -> tuple[tuple[str, ...], NotArrived]:
    to_person, is_withheld = is_for_a_person(row.channel), row.state is OutboxState.WITHHELD
    contract_id = row.contract_id or _escalated_on(work, row.key)
    mend = (
        mend_person(row.last_error, is_withheld=is_withheld)
        if to_person
        else mend_channel(row.last_error, is_withheld=is_withheld, has_contract=contract_id is not None)
    )
    item = NotArrived(
        what=row.text,
        why=in_words(row.last_error),
        mend=mend,
        channel="" if to_person else row.channel,
        person=name if to_person else "",
        contract=contract_lookup.contract_facts(work.session, contract_id).reference if contract_id else "",
        asks_again=report_of_thread(row.key) is not None,
        message=row.id,
    )
    is_managers = contract_id is not None and mend is not Mend.LOOK and not row.key.startswith(KEY)
    return _who_can_mend(work, contract_id if is_managers else None, row.channel), item


def _escalated_on(work: UnitOfWork, key: str) -> int | None:
    """The contract of an escalation in a message that asks about several."""
    of_it = select(col(Escalation.contract_id)).join(
        EscalationStep, col(EscalationStep.escalation_id) == col(Escalation.id)
    )
    return work.session.scalar(of_it.where(col(EscalationStep.message) == key).limit(1))


def _reports(work: UnitOfWork) -> list[tuple[tuple[str, ...], NotArrived]]:
    """The reports for which there is no channel to ask in."""
    found = []
    for report, contract in prompting.reports_without_channel(work, RULE):
        item = NotArrived(
            what=f"The report for {Month.parse(report.period)} on {contract.reference} is not asked for.",
            why=f"{contract.reference} has no channel that is shared with its partner",
            mend=Mend.BIND_FIRST,
            contract=contract.reference,
            asks_again=True,
            report=report.id,
            prompt_at=report.prompt_at,
        )
        found.append((_who_can_mend(work, contract.id, ""), item))
    return found


def _who_can_mend(work: UnitOfWork, contract_id: int | None, not_this: str) -> tuple[str, ...]:
    """The contract's manager, their deputy or the next person above; without one, the administrators."""
    if contract_id is not None:
        people = (contract_lookup.person_in_role(work.session, contract_id, work.today, role) for role in _MENDERS)
        for person in people:
            if person is not None and person.slack != not_this:
                return (person.slack,)
    administrators = select(col(Person.slack)).where(
        col(Person.administrator), col(Person.organisation_id).in_(department_id()), col(Person.slack) != not_this
    )
    return tuple(work.session.scalars(administrators.order_by(col(Person.id))))
