"""Telling both sides of a certificate that has lapsed, on the first working morning after its last day."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, select
from sqlmodel import col

from bot.access import ContractRef
from bot.delivery.outbox import OutgoingMessage
from bot.domain.due_kinds import DueKind
from bot.domain.london import london, london_instant
from bot.domain.shortfalls import LOOKS_BACK
from bot.models import Audience, Certificate, Contract, Organisation, Party, Person
from bot.services import occurrences
from bot.services.due.open_items import still_open
from bot.services.lookup import contracts as contract_lookup
from bot.services.reminders.recipients import address
from bot.services.reminders.reminders import AT_HOUR
from bot.services.unit_of_work import UnitOfWork

RULE = "lapsed certificate"


@dataclass(frozen=True)
class Lapse:
    """A certificate whose period is over. `is_checked`: evidence of the next one came, and the department checks it."""

    certificate: Certificate
    contract: ContractRef
    is_checked: bool


def lapsed_certificates(work: UnitOfWork) -> Sequence[int]:
    """The ids of the certificates that lapsed not long ago, on contracts where it is working time, and of which nobody
    was told."""
    if london(work.now).hour < AT_HOUR:
        return []
    rows = work.session.execute(
        select(Certificate, col(Contract.nation))
        .join(Contract, col(Contract.id) == col(Certificate.contract_id))
        .where(_has_lapsed(work))
        .order_by(col(Certificate.id))
    ).all()
    told = occurrences.claimed(work, RULE, london_instant(work.today - LOOKS_BACK, 0))
    return [
        row.id
        for row, nation in rows
        if work.calendar.of(nation).is_working_time(work.now) and told.get(str(row.id)) != _lapsed_at(row)
    ]


def tell(work: UnitOfWork, certificate_id: int) -> int:
    """Tell both sides of a certificate that it has lapsed, unless another worker did or it was renewed.

    Returns how many people were told.
    """
    row = work.session.scalar(
        select(Certificate)
        .join(Contract, col(Contract.id) == col(Certificate.contract_id))
        .where(_has_lapsed(work), col(Certificate.id) == certificate_id)
    )
    if row is None or not occurrences.claim(work, RULE, str(row.id), _lapsed_at(row)):
        return 0
    owed, checked = (still_open(work, kind, [row.id]) for kind in (DueKind.CERTIFICATE, DueKind.CERTIFICATE_CHECK))
    lapse = Lapse(row, contract_lookup.contract_facts(work.session, row.contract_id), bool(checked))
    people = {
        each.person_id
        for each in address(work, [*owed, *(replace(item, reminded=Party.DEPARTMENT) for item in [*owed, *checked])])
    }
    found = work.session.execute(
        select(Person, col(Organisation.kind))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.id).in_(people))
        .order_by(col(Person.id))
    ).all()
    for person, kind in found:
        work.enqueue(_message(work, lapse, person, ours=kind.is_department))
    return len(found)


def _message(work: UnitOfWork, lapse: Lapse, person: Person, *, ours: bool) -> OutgoingMessage:
    """The message for one person, of the department or of the partner."""
    row = lapse.certificate
    message = work.messages.message("certificates/lapsed", lapse=lapse, ours=ours)
    key = f"certificate-{row.id}-lapsed-{row.valid_to}-{person.id}"
    audience, why = Audience.INTERNAL if ours else Audience.SHARED, "a certificate has lapsed"
    return OutgoingMessage(key, person.slack, audience, message, why, row.contract_id)


def _has_lapsed(work: UnitOfWork) -> ColumnElement[bool]:
    """The condition on a certificate and its contract that its period ended not long ago, and the contract has not."""
    ended = col(Certificate.valid_to)
    recently = and_(ended < work.today, ended >= work.today - LOOKS_BACK)
    return and_(recently, col(Contract.end_date) >= work.today)


def _lapsed_at(row: Certificate) -> datetime:
    """The beginning of the first day without it."""
    if row.valid_to is None:
        raise ValueError("a certificate without an end does not lapse")
    return london_instant(row.valid_to + timedelta(days=1), 0)
