"""Noting that a partner has acknowledged a change memo."""

from dataclasses import dataclass
from datetime import date

from bot.access import ContractRef, Permission
from bot.db import by_key
from bot.domain.wording import format_date
from bot.errors import UserError
from bot.models import Memo
from bot.services import changes
from bot.services.lookup import contracts as contract_lookup
from bot.services.specification.days import check_day
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class MemoCard:
    """A memo with its contract."""

    memo: Memo
    contract: ContractRef


def memo_to_acknowledge(ctx: ActorContext, key: str) -> MemoCard:
    """The memo of a button, not acknowledged yet, for the actor to settle. Raises `UserError` or `Denied`."""
    return MemoCard(*_open_memo(ctx, key))


def acknowledge(ctx: ActorContext, key: str, on: date) -> MemoCard:
    """Note that the partner acknowledged a memo on a day from its sending up to today.

    Raises `UserError`, with its form field, or `Denied`.
    """
    memo, contract = _open_memo(ctx, key, locked=True)
    check_day(ctx, on, since=memo.sent_on, what="the memo was sent")
    made = changes.apply(memo, {"acknowledged_on": on})
    ctx.record("memo acknowledged", f"{contract.reference}, {memo.number}", contract_id=contract.id, changes=made)
    ctx.session.flush()
    return MemoCard(memo, contract)


def _open_memo(ctx: ActorContext, key: str, *, locked: bool = False) -> tuple[Memo, ContractRef]:
    memo = by_key(ctx.session, Memo, key, locked=locked)
    if memo is None:
        raise UserError("This memo is no longer in the record, so nothing was done. Open the contract's page again.")
    contract = contract_lookup.contract_facts(ctx.session, memo.contract_id)
    ctx.require(Permission.CHANGE, contract)
    if memo.acknowledged_on is not None:
        raise UserError(
            f"Change memo {memo.number} was acknowledged on {format_date(memo.acknowledged_on)} already, "
            "so nothing was done."
        )
    return memo, contract
