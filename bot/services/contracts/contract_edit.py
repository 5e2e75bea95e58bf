"""Adding a contract to the register, and changing its terms."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.access import Permission, RegisterPermission
from bot.domain.calendar import Nation, months_before
from bot.domain.change_notice import ChangeNotice, change_notice
from bot.domain.duties import Regime, Supplies
from bot.domain.periods import Month
from bot.domain.stages import STAGE, Stage
from bot.domain.text_validation import optional_text, required_text
from bot.domain.wording import format_date, quoted
from bot.errors import UserError
from bot.models import AgreementForm, Contract, Organisation, Role, RoleName
from bot.services import changes, edit_conflicts
from bot.services.due.contract_duties import has_act_duties
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup import partners as partner_lookup
from bot.services.progress.reports import first_report_at
from bot.services.risks import risk_sharing, stage_review
from bot.services.unit_of_work import ActorContext

_REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,19}")


@dataclass(frozen=True)
class ContractEntry:
    """A contract as a person enters it. `reference` is used only for a new one."""

    reference: str
    title: str
    partner: str
    start: date
    end: date
    value: int
    nation: Nation
    stage: Stage
    tier: str
    regime: Regime = Regime.ACT_2023
    form: AgreementForm = AgreementForm.CONTRACT
    supplies: Supplies = Supplies.SERVICES
    light_touch: bool = False
    longest_end: date | None = None
    value_with_vat: int | None = None
    service_credit_cap: Decimal | None = None
    purpose: str = ""
    objectives: str = ""
    kpi_exemption: str = ""
    ocds_id: str = ""
    notice_id: str = ""
    documents: str = ""
    report_working_day: int = 3


@dataclass(frozen=True)
class ChangedContract:
    """A contract after a change, and the changes; `notice` says whether the change must be published first.

    `to_reassess` is the number of open risks to assess again because of a change of stage.
    """

    contract: Contract
    changes: dict[str, list[str]]
    notice: ChangeNotice | None = None
    to_reassess: int = 0


def add_contract(ctx: ActorContext, entry: ContractEntry) -> Contract:
    """Add a contract; the actor becomes its first contract manager. Raises `Denied`, or `UserError` with its form
    field."""
    ctx.require_on_register(RegisterPermission.ADD_CONTRACTS)
    reference = entry.reference.strip().upper()
    if not _REFERENCE.fullmatch(reference):
        raise UserError(
            f"{quoted(entry.reference)} cannot be a reference. "
            "Use up to 20 capital letters, digits and dashes, for example WP-NE.",
            field="reference",
        )
    if ctx.session.scalar(select(col(Contract.id)).where(col(Contract.reference) == reference)) is not None:
        raise UserError(f"Another contract has the reference {reference}. Choose one of its own.", field="reference")
    # Reports for earlier months are not asked for: that would be a flood on the first morning.
    period = max(Month.of(entry.start), Month.of(ctx.today).previous())
    contract = Contract(
        reference=reference, next_period=period.key, next_report_at=ctx.now, created_at=ctx.now, **_columns(ctx, entry)
    )
    contract.next_report_at = first_report_at(period, ctx.calendar.of(contract.nation))
    ctx.session.add(contract)
    ctx.session.flush()
    ctx.session.add(Role(contract_id=contract.id, person_id=ctx.actor.person_id, role=RoleName.CONTRACT_MANAGER))
    ctx.record("contract added", reference, contract_id=contract.id, manager=ctx.actor.slack)
    return contract


def contract_to_change(ctx: ActorContext, typed: str) -> Contract:
    """A contract that the actor may change. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    return ctx.session.get_one(Contract, contract_lookup.contract_for(ctx, typed, Permission.CHANGE).id)


def change_contract(ctx: ActorContext, contract_id: int, entry: ContractEntry, why: str = "") -> ChangedContract:
    """Change a contract; the audit trail records each value before and after, and the reason. Raises `UserError`,
    `Denied` or `EditConflict`."""
    contract = _locked(ctx, contract_id)
    ctx.require(Permission.CHANGE, contract)
    edit_conflicts.check(ctx, contract.reference, "contract changed", *STAGE.history_of(*Stage))
    if entry.stage is not contract.stage:
        STAGE.follow(contract.stage, entry.stage)
    before = Contract(**contract.model_dump())
    made = changes.apply(contract, _columns(ctx, entry))
    if "partner" in made:
        both = (before.partner_id, contract.partner_id)
        made["partner"] = [ctx.session.get_one(Organisation, each).name for each in both]
        ctx.session.flush()
        risk_sharing.unshare_all(ctx, contract_lookup.contract_facts(ctx.session, contract.id))
    contract.next_report_at = first_report_at(Month.parse(contract.next_period), ctx.calendar.of(contract.nation))
    reason = optional_text(why, what="the reason", at_most=300, field="why")
    if made:
        ctx.record("contract changed", contract.reference, contract_id=contract.id, changes=made, why=reason)
    asked = _risks_to_reassess(ctx, contract, made)
    return ChangedContract(contract, made, _notice(before, contract), asked)


def extend_contract(ctx: ActorContext, contract_id: int, months: int, why: str, *, field: str) -> ChangedContract:
    """Move a contract's end by calendar months, up to the longest possible end, which stays.

    Raises `Denied`, or `UserError` with the form field that it is given.
    """
    contract = _locked(ctx, contract_id)
    ctx.require(Permission.DECIDE, contract)
    before = Contract(**contract.model_dump())
    end = months_before(contract.end_date, -months)
    if end > contract.longest_end_date:
        raise UserError(
            f"{contract.reference} would end on {format_date(end)}, after its longest possible end, "
            f"{format_date(contract.longest_end_date)}. If that is wrong, correct it first: type /contract edit "
            f"{contract.reference}.",
            field=field,
        )
    made = changes.apply(contract, {"end_date": end})
    ctx.record("contract changed", contract.reference, contract_id=contract.id, changes=made, why=why)
    return ChangedContract(contract, made, _notice(before, contract))


def move_stage(ctx: ActorContext, typed: str, stage: Stage, why: str = "") -> ChangedContract:
    """Move a contract to another stage of its life. Raises `UserError`, `AmbiguousMatch`, `Denied` or
    `EditConflict`."""
    facts = contract_lookup.contract_for(ctx, typed, Permission.CHANGE)
    contract = _locked(ctx, facts.id)
    edit_conflicts.check(ctx, contract.reference, *STAGE.history_of(*Stage))
    reason = optional_text(why, what="the reason", at_most=300, field="why")
    if stage is contract.stage:
        return ChangedContract(contract, {})
    moved = STAGE.follow(contract.stage, stage)
    made = changes.apply(contract, {"stage": moved.to})
    ctx.record(moved.in_history, contract.reference, contract_id=contract.id, changes=made, why=reason)
    return ChangedContract(contract, made, to_reassess=_risks_to_reassess(ctx, contract, made))


def _risks_to_reassess(ctx: ActorContext, contract: Contract, made: dict[str, list[str]]) -> int:
    """The number of risks to assess again, if the stage changed."""
    if "stage" not in made:
        return 0
    return stage_review.ask_to_reassess(ctx, contract_lookup.contract_facts(ctx.session, contract.id), contract.stage)


def _refuse_contradictions(entry: ContractEntry) -> None:
    if entry.end <= entry.start:
        raise UserError(
            f"The end, {format_date(entry.end)}, is not after the start, {format_date(entry.start)}. Use a later end.",
            field="end",
        )
    if entry.longest_end is not None and entry.longest_end < entry.end:
        raise UserError(
            f"The longest possible end, {format_date(entry.longest_end)}, is before the end, {format_date(entry.end)}. "
            "Use a later one, or leave it out if nothing can be extended.",
            field="longest_end",
        )
    if entry.value_with_vat is not None and entry.value_with_vat < entry.value:
        raise UserError(
            "With VAT the value cannot be less than without. Correct one of the two.", field="value_with_vat"
        )


def _columns(ctx: ActorContext, entry: ContractEntry) -> dict[str, Any]:
    """The entry as columns of the table, validated."""
    _refuse_contradictions(entry)
    return {
        "title": required_text(entry.title, what="a title", at_most=150, field="title"),
        "partner_id": partner_lookup.partner_to_contract(ctx, entry.partner).id,
        "purpose": optional_text(entry.purpose, what="the purpose", at_most=3000, field="purpose"),
        "objectives": optional_text(entry.objectives, what="the objectives", at_most=3000, field="objectives"),
        "regime": entry.regime,
        "light_touch": entry.light_touch,
        "form": entry.form,
        "supplies": entry.supplies,
        "kpi_exemption": optional_text(entry.kpi_exemption, what="the reasons", at_most=300, field="kpi_exemption"),
        "tier": required_text(entry.tier, what="a tier", at_most=20, field="tier"),
        "value_pounds": entry.value,
        "value_with_vat_pounds": entry.value_with_vat,
        "service_credit_cap": entry.service_credit_cap,
        "start_date": entry.start,
        "end_date": entry.end,
        "longest_end_date": entry.longest_end or entry.end,
        "nation": entry.nation,
        "stage": entry.stage,
        "ocds_id": optional_text(entry.ocds_id, what="the OCDS id", at_most=60, field="ocds_id"),
        "notice_id": optional_text(entry.notice_id, what="the notice", at_most=20, field="notice_id"),
        "documents": optional_text(entry.documents, what="the links", at_most=2000, field="documents"),
        "report_working_day": entry.report_working_day,
    }


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
    if not (moved and value and has_act_duties(after)) or after.light_touch or end < after.start_date:
        return None
    return change_notice(value, after.value_pounds, after.supplies, after.start_date, end, after.longest_end_date)
