"""The certificates whose evidence a partner owes, and the evidence that the department is to check.

One that lasts as long as its contract needs no renewal, and nothing is owed on a contract that has ended.
A certificate is in one of the two at a time: nobody is reminded of what waits for the other side.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlmodel import col

from bot.access import Permission
from bot.domain.calendar import Nation
from bot.domain.certificate_cycle import CHECKED_WITHIN, CertificateState
from bot.domain.due_kinds import DueKind
from bot.domain.escalation_triggers import Reason, Subject
from bot.domain.london import london
from bot.domain.reminders import ReminderRule
from bot.domain.shortfalls import certificate_lapsed, duty_missed
from bot.models import Audience, Certificate, CertificateEvidence, Contract, Party
from bot.scopes import ContractScope, built_once
from bot.services.due.selection import Selection, parameters
from bot.services.due.source import DueForm, DueItem, DueSource, LateContract, LateRule
from bot.services.unit_of_work import UnitOfWork

GIVE = DueForm("certificate_give", "Give the evidence", (Permission.GIVE_EVIDENCE,), Audience.SHARED)
CHECK = DueForm("certificate_check", "Check the evidence", (Permission.CHANGE,))
# Lists name a period that ends so soon, and every rule reminds within it (see bot.domain.reminders.MOST_DAYS_AHEAD).
RENEWED_AHEAD = timedelta(days=183)


@built_once
def _to_renew(contracts: ColumnElement[bool], which: Selection, today: date) -> Select[Certificate]:
    row = Certificate
    subject, contract, ends, needed = col(row.id), col(row.contract_id), col(row.valid_to), col(row.needed_by)
    soon = and_(ends <= today + RENEWED_AHEAD, ends < col(Contract.end_date))
    renewed = and_(which.opened(soon), which.of(subject, contract, ends))
    first = and_(ends.is_(None), col(row.verified_on).is_(None), which.of(subject, contract, needed))
    return (
        select(row)
        .join(Contract, col(Contract.id) == col(row.contract_id))
        .where(contracts, which.opened(col(row.state) != CertificateState.SUBMITTED), or_(renewed, first))
        .where(which.opened(col(Contract.end_date) >= today))
    )


def _renewals(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    rows = work.session.scalars(_to_renew(scope.contracts, which, work.today), parameters(scope, which))
    return [_renewal(each, due_on) for each in rows if (due_on := each.due_on)]


def _renewal(row: Certificate, due_on: date) -> DueItem:
    asks = f"Evidence that it is renewed: {row.name}" if row.valid_to else f"Evidence: {row.name}"
    return DueItem(
        kind=DueKind.CERTIFICATE,
        subject_id=row.id,
        contract_id=row.contract_id,
        what=asks,
        label=f"Certificate of the partner: {row.name}{', to be renewed' if row.valid_to else ''}",
        due_on=due_on,
        key=row.public_id,
        owed_by=Party.PARTNER,
        reminded=Party.PARTNER,
    )


@built_once
def _to_check(contracts: ColumnElement[bool], which: Selection) -> Select[Certificate, datetime, Nation]:
    row, evidence = Certificate, CertificateEvidence
    return (
        select(row, col(evidence.given_at), col(Contract.nation))
        .join(Contract, col(Contract.id) == col(row.contract_id))
        .join(evidence, and_(col(evidence.certificate_id) == col(row.id), col(evidence.decided_at).is_(None)))
        .where(contracts, col(row.state) == CertificateState.SUBMITTED, which.computed(col(row.id)))
    )


def _checks(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    rows = work.session.execute(_to_check(scope.contracts, which), parameters(scope, which))
    found = []
    for each, given_at, nation in rows:
        due_on = work.calendar.of(nation).add_working_days(london(given_at).date(), CHECKED_WITHIN)
        if which.holds(each.id, each.contract_id, due_on):
            found.append(_check(each, due_on))
    return found


def _check(row: Certificate, due_on: date) -> DueItem:
    return DueItem(
        kind=DueKind.CERTIFICATE_CHECK,
        subject_id=row.id,
        contract_id=row.contract_id,
        what=f"Check the evidence: {row.name}",
        label=f"Check of the department on the evidence: {row.name}",
        due_on=due_on,
        key=row.public_id,
    )


def _lapsed(item: DueItem, today: date, contract: LateContract) -> list[Reason]:
    return certificate_lapsed(item.due_on, today, contract.calendar)


def _unchecked(item: DueItem, today: date, contract: LateContract) -> list[Reason]:
    return duty_missed(item.due_on, today, contract.calendar)


CERTIFICATES = DueSource(
    kind=DueKind.CERTIFICATE,
    reminded=Party.PARTNER,
    find=_renewals,
    among=select(col(Certificate.contract_id)),
    rule=ReminderRule((60, 30, 10, 0), late_every=5),
    form=GIVE,
    is_term=True,
    late=LateRule(Subject.CERTIFICATE, _lapsed),
)
CERTIFICATE_CHECKS = DueSource(
    kind=DueKind.CERTIFICATE_CHECK,
    find=_checks,
    among=select(col(Certificate.contract_id)).where(col(Certificate.state) == CertificateState.SUBMITTED),
    rule=ReminderRule((2, 0), late_every=2),
    form=CHECK,
    late=LateRule(Subject.CERTIFICATE, _unchecked),
)
