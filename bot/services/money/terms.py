"""What a contract says of service credits."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.models import CreditTermsRow
from bot.records import CreditTermsRecord
from bot.services import changes
from bot.services.lookup import contracts as contract_lookup
from bot.services.money.proposals import propose
from bot.services.unit_of_work import ActorContext

CHANGED = "credit terms changed"


@dataclass(frozen=True)
class TermsForm:
    """The terms of a contract, None if it has none yet, for their form."""

    contract: ContractRef
    terms: CreditTermsRow | None


def terms_to_change(ctx: ActorContext, typed: str) -> TermsForm:
    """The terms of a contract that the actor may change. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    contract = contract_lookup.contract_for(ctx, typed, Permission.CHANGE)
    return TermsForm(contract, _terms(ctx, contract))


def contract_of_form(ctx: ActorContext, key: str) -> ContractRef:
    """The contract of the form. Raises `UserError` or `Denied`."""
    return contract_lookup.contract_by_key(ctx, key, Permission.CHANGE)


def change_terms(ctx: ActorContext, record: CreditTermsRecord) -> TermsForm:
    """Keep the terms of a contract, and propose what its accepted figures earn by them. Raises `UserError` or
    `Denied`."""
    contract = contract_lookup.contract_for(ctx, record.contract, Permission.CHANGE)
    row = _terms(ctx, contract, locked=True)
    values = _columns(record)
    if row is None:
        row = CreditTermsRow(contract_id=contract.id, **values)
        ctx.session.add(row)
        ctx.record("credit terms added", f"{contract.reference}, service credits", contract_id=contract.id)
    elif made := changes.apply(row, values):
        ctx.record(CHANGED, f"{contract.reference}, service credits", contract_id=contract.id, changes=made)
    ctx.session.flush()
    propose(ctx, contract)
    return TermsForm(contract, row)


def _terms(ctx: ActorContext, contract: ContractRef, *, locked: bool = False) -> CreditTermsRow | None:
    found = select(CreditTermsRow).where(col(CreditTermsRow.contract_id) == contract.id)
    return ctx.session.scalar(found.with_for_update() if locked else found)


def _columns(record: CreditTermsRecord) -> dict[str, Any]:
    """The fields of the form as columns of the table."""
    values = {field.name: getattr(record, field.name) for field in CreditTermsRecord.form_fields()}
    return {**values, "since": record.since.key}
