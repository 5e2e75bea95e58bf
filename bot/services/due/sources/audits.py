"""What visits, audits and findings ask for: the visit itself and its report, the partner's check of the facts, the
response to a finding, its actions, and what the lead then looks at.

Findings are the department's alone until the draft report is with the partner.

The partner is reminded of a coming visit 10 and 2 working days before it: 10 are the usual notice of a visit, which
whoever was told earlier gets once more, and 2 are the last days to prepare, as for a factual check or a response.
"""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import col

from bot.access import Permission
from bot.domain.audit_cycle import TO_HOLD, AuditState
from bot.domain.due_kinds import DueKind
from bot.domain.escalation_triggers import Reason, Subject
from bot.domain.finding_cycle import TO_CHECK, FindingState
from bot.domain.reminders import ReminderRule
from bot.domain.shortfalls import duty_missed, finding_disputed, finding_late
from bot.models import ActionItem, Audience, Audit, Contract, Finding, Party, Person
from bot.scopes import ContractScope, built_once
from bot.services.due.selection import Selection, parameters
from bot.services.due.source import DueForm, DueItem, DueSource, LateContract, LateRule
from bot.services.unit_of_work import UnitOfWork

NEXT_STEP = DueForm("audit_open", "Next step", (Permission.AUDIT,))
CHECK = DueForm("audit_check", "Check the facts", (Permission.ANSWER_FINDINGS,), Audience.SHARED)
RESPOND = DueForm("finding_respond", "Respond", (Permission.ANSWER_FINDINGS,), Audience.SHARED)
VERIFY = DueForm("finding_check", "Look at it", (Permission.AUDIT,))
SAY_DONE = DueForm("finding_done", "It is done", (Permission.ANSWER_FINDINGS,), Audience.SHARED, says_done=True)
_LEADS = (*TO_HOLD, AuditState.HELD, AuditState.DRAFT, AuditState.CHECKED)
_ASKS = {
    AuditState.HELD: "Write the draft report",
    AuditState.DRAFT: "Send the draft report to the partner",
    AuditState.CHECKED: "Make the report final",
}


@built_once
def _led(contracts: ColumnElement[bool], which: Selection) -> Select[Audit]:
    row = Audit
    return (
        select(row)
        .join(Contract, col(Contract.id) == col(row.contract_id))
        .where(contracts, which.owned(col(row.lead_id)), which.opened(col(row.state).in_(_LEADS)))
        .where(which.of(col(row.id), col(row.contract_id), col(row.due_on)), col(row.due_on).is_not(None))
    )


def _audits(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    rows = work.session.scalars(_led(scope.contracts, which), parameters(scope, which))
    return [_audit(each, each.due_on) for each in rows if each.due_on]


def _audit(row: Audit, due_on: date) -> DueItem:
    asks = _ASKS.get(row.state)
    return DueItem(
        kind=DueKind.AUDIT,
        subject_id=row.id,
        contract_id=row.contract_id,
        what=f"{asks}: {row.name}" if asks else row.name,
        label=f"{row.reference} {row.name}{f': {asks[:1].lower()}{asks[1:]}' if asks else ''}",
        due_on=due_on,
        key=row.public_id,
        owner_id=row.lead_id,
        audience=Audience.SHARED if row.state is AuditState.TOLD else Audience.INTERNAL,
        done_on=row.final_on,
    )


@built_once
def _told(contracts: ColumnElement[bool], which: Selection, today: date) -> Select[Audit]:
    row = Audit
    return (
        select(row)
        .join(Contract, col(Contract.id) == col(row.contract_id))
        .where(contracts, col(row.state) == AuditState.TOLD, col(row.day) >= today)
        .where(which.of(col(row.id), col(row.contract_id), col(row.day)))
    )


def _coming(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    """The visits of which the partner was told, on their day as it is now: a moved one is reminded of before its new
    day, and one that is cancelled, held or past never."""
    rows = work.session.scalars(_told(scope.contracts, which, work.today), parameters(scope, which))
    return [
        DueItem(
            kind=DueKind.COMING_VISIT,
            subject_id=each.id,
            contract_id=each.contract_id,
            what=f"{each.name}, {each.place}" if each.place else each.name,
            due_on=each.day,
            key=each.public_id,
            reminded=Party.PARTNER,
        )
        for each in rows
    ]


@built_once
def _with_partner(contracts: ColumnElement[bool], which: Selection) -> Select[Audit]:
    row = Audit
    return (
        select(row)
        .join(Contract, col(Contract.id) == col(row.contract_id))
        .where(contracts, col(row.state) == AuditState.CHECK)
        .where(which.of(col(row.id), col(row.contract_id), col(row.due_on)))
    )


def _checks(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    rows = work.session.scalars(_with_partner(scope.contracts, which), parameters(scope, which))
    return [
        DueItem(
            kind=DueKind.FACTUAL_CHECK,
            subject_id=each.id,
            contract_id=each.contract_id,
            what=f"Check the facts in the draft report: {each.name}",
            label=f"Factual check of the partner: {each.name}",
            due_on=each.due_on,
            key=each.public_id,
            owed_by=Party.PARTNER,
            reminded=Party.PARTNER,
        )
        for each in rows
        if each.due_on
    ]


@built_once
def _without_response(contracts: ColumnElement[bool], which: Selection) -> Select[Finding]:
    row = Finding
    return (
        select(row)
        .join(Contract, col(Contract.id) == col(row.contract_id))
        .where(contracts, col(row.state) == FindingState.OPEN)
        .where(which.of(col(row.id), col(row.contract_id), col(row.next_on)), col(row.next_on).is_not(None))
    )


def _responses(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    rows = work.session.scalars(_without_response(scope.contracts, which), parameters(scope, which))
    return [
        DueItem(
            kind=DueKind.FINDING,
            subject_id=each.id,
            contract_id=each.contract_id,
            what=f"Respond to the {each.grade.value} finding {each.reference}: {each.title}",
            label=f"Response of the partner to {each.reference}: {each.title}",
            due_on=each.next_on,
            key=each.public_id,
            owed_by=Party.PARTNER,
            reminded=Party.PARTNER,
            escalate_days=each.escalate_days,
        )
        for each in rows
        if each.next_on
    ]


@built_once
def _with_lead(contracts: ColumnElement[bool], which: Selection) -> Select[Finding, int]:
    row = Finding
    return (
        select(row, col(Audit.lead_id))
        .join(Audit, col(Audit.id) == col(row.audit_id))
        .join(Contract, col(Contract.id) == col(row.contract_id))
        .where(contracts, which.owned(col(Audit.lead_id)), col(row.state).in_(TO_CHECK))
        .where(which.of(col(row.id), col(row.contract_id), col(row.next_on)), col(row.next_on).is_not(None))
    )


def _findings_to_check(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    rows = work.session.execute(_with_lead(scope.contracts, which), parameters(scope, which))
    return [_to_check(each, each.next_on, lead_id) for each, lead_id in rows if each.next_on]


def _to_check(row: Finding, due_on: date, lead_id: int) -> DueItem:
    disputed = row.state is FindingState.DISPUTED
    asks = "Answer the dispute of" if disputed else "Verify the actions of"
    return DueItem(
        kind=DueKind.FINDING_CHECK,
        subject_id=row.id,
        contract_id=row.contract_id,
        what=f"{asks} {row.reference}: {row.title}",
        label=f"{asks} {row.reference}: {row.title}",
        due_on=due_on,
        since=row.disputed_on if disputed else None,
        key=row.public_id,
        owner_id=lead_id,
    )


@built_once
def _of_findings(contracts: ColumnElement[bool], which: Selection) -> Select[ActionItem, str, bool]:
    row = ActionItem
    is_partners = col(Person.organisation_id) == col(Contract.partner_id)
    opened = col(row.done_on).is_(None) & col(row.said_done_on).is_(None)
    return (
        select(row, col(Person.name), is_partners)
        .join(Person, col(Person.id) == col(row.owner_id))
        .join(Contract, col(Contract.id) == col(row.contract_id))
        .where(contracts, col(row.finding_id).is_not(None), which.owned(col(row.owner_id)), which.opened(opened))
        .where(which.of(col(row.id), col(row.contract_id), col(row.due_on)))
    )


def _actions(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    rows = work.session.execute(_of_findings(scope.contracts, which), parameters(scope, which))
    return [
        DueItem(
            kind=DueKind.FINDING_ACTION,
            subject_id=each.id,
            contract_id=each.contract_id,
            what=f"{each.reference} {each.what}, for F-{each.finding_id}",
            label=f"{each.reference} {owner}: {each.what}, for F-{each.finding_id}",
            due_on=each.due_on,
            key=each.public_id,
            owed_by=Party.PARTNER if theirs else Party.DEPARTMENT,
            owner_id=each.owner_id,
            done_on=each.done_on,
        )
        for each, owner, theirs in rows
    ]


def _response_late(item: DueItem, today: date, contract: LateContract) -> list[Reason]:
    return finding_late(item.due_on, item.escalate_days, today, contract.calendar)


def _check_late(item: DueItem, today: date, contract: LateContract) -> list[Reason]:
    if item.since is not None:
        return finding_disputed(item.since, item.due_on, today)
    return duty_missed(item.due_on, today, contract.calendar)


_AUDITED, _FOUND = select(col(Audit.contract_id)), select(col(Finding.contract_id))
AUDITS = DueSource(
    kind=DueKind.AUDIT,
    find=_audits,
    among=_AUDITED,
    rule=ReminderRule((10, 2, 0), late_every=5),
    has_owner=True,
    form=NEXT_STEP,
)
COMING_VISITS = DueSource(
    kind=DueKind.COMING_VISIT,
    find=_coming,
    among=_AUDITED,
    rule=ReminderRule((10, 2)),
    reminded=Party.PARTNER,
    only_reminds=True,
)
FACTUAL_CHECKS = DueSource(
    kind=DueKind.FACTUAL_CHECK,
    find=_checks,
    among=_AUDITED,
    rule=ReminderRule((2, 0), late_every=2),
    reminded=Party.PARTNER,
    form=CHECK,
)
FINDINGS = DueSource(
    kind=DueKind.FINDING,
    find=_responses,
    among=_FOUND,
    rule=ReminderRule((2, 0), late_every=2),
    reminded=Party.PARTNER,
    form=RESPOND,
    late=LateRule(Subject.FINDING, _response_late),
)
FINDING_CHECKS = DueSource(
    kind=DueKind.FINDING_CHECK,
    find=_findings_to_check,
    among=_FOUND,
    rule=ReminderRule((2, 0), late_every=2),
    has_owner=True,
    form=VERIFY,
    late=LateRule(Subject.FINDING, _check_late),
)
FINDING_ACTIONS = DueSource(
    kind=DueKind.FINDING_ACTION,
    find=_actions,
    among=select(col(ActionItem.contract_id)).where(col(ActionItem.finding_id).is_not(None)),
    rule=ReminderRule((2, 0), late_every=2),
    has_owner=True,
    form=SAY_DONE,
)
