"""Legal holds: while there is one, nothing of a contract is removed or redacted."""

from sqlalchemy import select
from sqlmodel import col

from bot.domain.text_validation import required_text
from bot.errors import UserError
from bot.models import Contract, ContractRemoval, LegalHold
from bot.services.unit_of_work import UnitOfWork


def hold(work: UnitOfWork, reference: str, reason: str) -> None:
    """Put a contract on hold. Raises `UserError` for one that is not there, is held already, or is being removed, and
    for a missing reason."""
    why = required_text(reason, what="the reason", at_most=300, field="reason")
    contract = _contract(work, reference)
    if work.session.get(ContractRemoval, contract.id) is not None:
        raise UserError(f"The records of {contract.reference} are being removed, so it cannot be put on hold.")
    if work.session.get(LegalHold, contract.id) is not None:
        raise UserError(f"{contract.reference} is on hold already. Release it first to give another reason.")
    work.session.add(LegalHold(contract_id=contract.id, reason=why, since=work.now))
    work.session.flush()
    work.record("legal hold placed", contract.reference, contract_id=contract.id, why=why)


def release(work: UnitOfWork, reference: str, reason: str) -> None:
    """Release a contract from its hold. Raises `UserError` for one that is not there or not held, and for a missing
    reason."""
    why = required_text(reason, what="the reason", at_most=300, field="reason")
    contract = _contract(work, reference)
    held = work.session.get(LegalHold, contract.id)
    if held is None:
        raise UserError(f"{contract.reference} is not on hold.")
    work.session.delete(held)
    work.session.flush()
    changes = {"Legal hold": [held.reason, "released"]}
    work.record("legal hold released", contract.reference, contract_id=contract.id, changes=changes, why=why)


def _contract(work: UnitOfWork, reference: str) -> Contract:
    found = select(Contract).where(col(Contract.reference) == reference.strip().upper()).with_for_update()
    contract = work.session.scalar(found)
    if contract is None:
        raise UserError(f"There is no contract {reference.strip()}.")
    return contract
