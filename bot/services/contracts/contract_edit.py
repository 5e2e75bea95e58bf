"""Adding a contract to the register, and changing its terms."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.access import Permission
from bot.domain.calendar import extended
from bot.domain.change_notice import ChangeNotice, change_notice
from bot.domain.duties import Duty
from bot.domain.periods import Month, first_in_time
from bot.domain.references import check_contract_reference
from bot.domain.stages import STAGE, Stage
from bot.domain.text_validation import optional_text
from bot.domain.wording import format_date
from bot.errors import UserError
from bot.models import Contract, Organisation, Role, RoleName
from bot.policy import RegisterPermission
from bot.records import ContractRecord
from bot.services import changes, edit_conflicts
from bot.services.due.contract_duties import duties_of_contract, has_act_duties
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup import partners as partner_lookup
from bot.services.progress.reports import first_report_at
from bot.services.risks import risk_sharing, stage_review
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class ChangedContract:
    """A contract after a change, and the changes; `notice` says whether the change must be published first.

    `to_reassess` is the number of open risks to assess again because of a change of stage, `rounded` what became of
    the pence that were entered. `duties` are those of the law that are due on another day because of it.
    """

    contract: Contract
    changes: dict[str, list[str]]
    notice: ChangeNotice | None = None
    to_reassess: int = 0
    rounded: Collection[str] = ()
    duties: Sequence[Duty] = ()


def add_contract(ctx: ActorContext, record: ContractRecord) -> Contract:
    """Add a contract; the actor becomes its first contract manager. Raises `Denied`, or `UserError` with its form
    field."""
    ctx.require_on_register(RegisterPermission.ADD_CONTRACTS)
    reference = record.reference
    check_contract_reference(reference)
    if ctx.session.scalar(select(col(Contract.id)).where(col(Contract.reference) == reference)) is not None:
        raise UserError(f"Another contract has the reference {reference}. Choose one of its own.", field="reference")
    # Reports whose day has passed are not asked for: they would be late on the first morning.
    calendar = ctx.calendar.of(record.nation)
    period = max(Month.of(record.start), first_in_time(ctx.today, record.report_working_day, calendar))
    contract = Contract(
        reference=reference,
        next_period=period.key,
        next_report_at=first_report_at(period, calendar),
        created_at=ctx.now,
        **_columns(ctx, record),
    )
    ctx.add(contract)
    ctx.session.add(Role(contract_id=contract.id, person_id=ctx.actor.person_id, role=RoleName.CONTRACT_MANAGER))
    ctx.record("contract added", reference, contract_id=contract.id, manager=ctx.actor.slack)
    return contract


def contract_to_change(ctx: ActorContext, typed: str) -> Contract:
    """A contract that the actor may change. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    return ctx.session.get_one(Contract, contract_lookup.contract_for(ctx, typed, Permission.CHANGE).id)


def change_contract(ctx: ActorContext, contract_id: int, record: ContractRecord, why: str = "") -> ChangedContract:
    """Change a contract; the audit trail records each value before and after, and the reason. Raises `UserError`,
    `Denied` or `EditConflict`."""
    contract = _locked(ctx, contract_id)
    ctx.require(Permission.CHANGE, contract)
    edit_conflicts.check(ctx, contract.reference, "contract changed", *STAGE.history_of(*Stage))
    if record.stage is not contract.stage:
        STAGE.follow(contract.stage, record.stage)
    before = Contract(**contract.model_dump())
    made = changes.apply(contract, _columns(ctx, record))
    if before.partner_id != contract.partner_id:
        both = [ctx.session.get_one(Organisation, each.partner_id).name for each in (before, contract)]
        made[changes.label(Contract, "partner_id")] = both
        ctx.session.flush()
        risk_sharing.unshare_all(ctx, contract_lookup.contract_facts(ctx.session, contract.id))
    contract.next_report_at = first_report_at(Month.parse(contract.next_period), ctx.calendar.of(contract.nation))
    reason = optional_text(why, what="the reason", at_most=300, field="why")
    if made:
        ctx.record("contract changed", contract.reference, contract_id=contract.id, changes=made, why=reason)
    asked = _risks_to_reassess(ctx, contract, before.stage)
    return ChangedContract(contract, made, _notice(before, contract), asked, record.rounded.values())


def extend_contract(ctx: ActorContext, contract_id: int, months: int, why: str, *, field: str) -> ChangedContract:
    """Move a contract's end by calendar months, up to the longest possible end, which stays.

    Raises `Denied`, or `UserError` with the form field that it is given.
    """
    contract = _locked(ctx, contract_id)
    ctx.require(Permission.DECIDE, contract)
    end = extended(contract.end_date, months)
    if end > contract.longest_end_date:
        raise UserError(
            f"{contract.reference} would end on {format_date(end)}, after its longest possible end, "
            f"{format_date(contract.longest_end_date)}. If that is wrong, correct it first: type /contract edit "
            f"{contract.reference}.",
            field=field,
        )
    before = duties_of_contract(ctx, contract)
    made = changes.apply(contract, {"end_date": end})
    ctx.record("contract changed", contract.reference, contract_id=contract.id, changes=made, why=why)
    known = {(each.name, each.due) for each in before}
    duties = [each for each in duties_of_contract(ctx, contract) if (each.name, each.due) not in known]
    return ChangedContract(contract, made, duties=duties)


def needs_notice_of_change(contract: Contract) -> bool:
    """Whether a change to a contract must be published before it is made, unless it is small."""
    return has_act_duties(contract) and not contract.light_touch


def move_stage(ctx: ActorContext, typed: str, stage: Stage, why: str = "") -> ChangedContract:
    """Move a contract to another stage of its life. Raises `UserError`, `AmbiguousMatch`, `Denied` or
    `EditConflict`."""
    facts = contract_lookup.contract_for(ctx, typed, Permission.CHANGE)
    contract = _locked(ctx, facts.id)
    edit_conflicts.check(ctx, contract.reference, *STAGE.history_of(*Stage))
    reason = optional_text(why, what="the reason", at_most=300, field="why")
    if stage is contract.stage:
        return ChangedContract(contract, {})
    before, moved = contract.stage, STAGE.follow(contract.stage, stage)
    made = changes.apply(contract, {"stage": moved.to})
    ctx.record(moved.in_history, contract.reference, contract_id=contract.id, changes=made, why=reason)
    return ChangedContract(contract, made, to_reassess=_risks_to_reassess(ctx, contract, before))


def _risks_to_reassess(ctx: ActorContext, contract: Contract, before: Stage) -> int:
    """The number of risks to assess again, if the stage is another than before."""
    if contract.stage is before:
        return 0
    return stage_review.ask_to_reassess(ctx, contract_lookup.contract_facts(ctx.session, contract.id), contract.stage)


def _columns(ctx: ActorContext, record: ContractRecord) -> dict[str, Any]:
    """The fields of the form as columns of the table; a reference stays what it was."""
    names = [field.name for field in ContractRecord.form_fields() if field.name != "reference"]
    values = {ContractRecord.column(name): getattr(record, name) for name in names}
    return {**values, "partner_id": partner_lookup.partner_to_contract(ctx, record.partner).id}


def _locked(ctx: ActorContext, contract_id: int) -> Contract:
    contract = ctx.session.scalar(select(Contract).where(col(Contract.id) == contract_id).with_for_update())
    if contract is None:
        raise contract_lookup.no_longer_there()
    return contract


def _notice(before: Contract, after: Contract) -> ChangeNotice | None:
    """Whether a change of value or term must be published first; None if neither moved, or if the Act requires no
    notice.

    The term is the longest possible one, as in section 75 of the Procurement Act 2023.
    """
    value, end = before.value_pounds, before.longest_end_date
    moved = (value, end) != (after.value_pounds, after.longest_end_date)
    if not (moved and value and needs_notice_of_change(after)) or end < after.start_date:
        return None
    return change_notice(value, after.value_pounds, after.supplies, after.start_date, end, after.longest_end_date)
