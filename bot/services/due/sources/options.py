"""The options to extend that nobody has decided on.

An option that lapses is lost for good, so it is late until its decision is recorded, and the senior owner hears of it
before its day.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import col

from bot.access import Permission
from bot.domain.due_kinds import DueKind
from bot.domain.escalation_triggers import Reason, Subject
from bot.domain.reminders import ReminderRule
from bot.domain.shortfalls import option_undecided
from bot.models import Audience, Contract, Decision, ExtensionOption
from bot.scopes import ContractScope, built_once
from bot.services.due.selection import Selection, parameters
from bot.services.due.source import DueForm, DueItem, DueSource, LateContract, LateRule, restating
from bot.services.unit_of_work import UnitOfWork


@built_once
def _statement(contracts: ColumnElement[bool], which: Selection) -> Select[ExtensionOption]:
    option = ExtensionOption
    return (
        select(option)
        .join(Contract, col(Contract.id) == col(option.contract_id))
        .where(contracts, col(option.ended_on).is_(None), which.opened(col(option.decision) == Decision.OPEN))
        .where(which.of(col(option.id), col(option.contract_id), col(option.decide_by)))
    )


def _find(work: UnitOfWork, scope: ContractScope, which: Selection) -> Sequence[DueItem]:
    return [_item(row) for row in work.session.scalars(_statement(scope.contracts, which), parameters(scope, which))]


def _item(row: ExtensionOption) -> DueItem:
    is_open = row.decision is Decision.OPEN
    outcome = "" if is_open else f" ({row.decision})"
    return DueItem(
        kind=DueKind.OPTION,
        subject_id=row.id,
        contract_id=row.contract_id,
        what=f"Decide: {row.name[:1].lower()}{row.name[1:]}{outcome}",
        due_on=row.decide_by,
        key=row.public_id,
        audience=Audience.INTERNAL,
        rule=row.rule,
        done_on=None if is_open else row.decided_on or row.decide_by,
    )


def _undecided(item: DueItem, today: date, contract: LateContract) -> list[Reason]:
    return option_undecided(item.due_on, today, contract.calendar)


OPTIONS = DueSource(
    kind=DueKind.OPTION,
    find=_find,
    among=select(col(ExtensionOption.contract_id)).where(col(ExtensionOption.decision) == Decision.OPEN),
    rule=ReminderRule((90, 60, 30, 10, 0), late_every=2),
    audience=Audience.INTERNAL,
    ahead=timedelta(days=42),  # a decision to extend takes weeks to prepare
    is_term=True,
    restate=restating(ExtensionOption, "decide_by", not_before="recorded_on"),
    form=DueForm("option_open", "Decide", (Permission.DECIDE,)),
    late=LateRule(Subject.OPTION, _undecided, ahead=timedelta(days=31)),
)
