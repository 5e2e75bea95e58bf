"""Noting that a partner has acknowledged a change memo or a policy outside Slack."""

from dataclasses import dataclass
from datetime import date

from bot.access import ContractRef, Permission
from bot.db import by_key
from bot.domain.london import london
from bot.domain.wording import format_date
from bot.errors import UserError
from bot.models import Document, DocumentRecipient, DocumentVersion
from bot.services import changes
from bot.services.documents import versions
from bot.services.documents.stale_messages import mark_stale
from bot.services.lookup import contracts as contract_lookup
from bot.services.specification.days import check_day
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class MemoCard:
    """A document as one contract's partner was told it, with its contract."""

    document: Document
    version: DocumentVersion
    recipient: DocumentRecipient
    contract: ContractRef

    @property
    def sent_on(self) -> date:
        """The day on which it was issued."""
        return london(self.version.issued_at).date() if self.version.issued_at else date.min


def memo_to_acknowledge(ctx: ActorContext, key: str) -> MemoCard:
    """What a button names, not acknowledged yet, for the actor to settle. Raises `UserError` or `Denied`."""
    return _open_memo(ctx, key)


def acknowledge(ctx: ActorContext, key: str, on: date) -> MemoCard:
    """Note that the partner acknowledged it outside Slack, on a day from its issue up to today.

    Raises `UserError`, with its form field, or `Denied`.
    """
    card = _open_memo(ctx, key, locked=True)
    check_day(ctx, on, since=card.sent_on, what="it was sent")
    made = changes.apply(card.recipient, {"acknowledged_on": on})
    ctx.record(
        "memo acknowledged",
        f"{card.contract.reference}, {card.document.name}",
        contract_id=card.contract.id,
        changes=made,
        outside_slack=True,
    )
    ctx.session.flush()
    mark_stale(ctx, card.version.id, [card.recipient.id])
    return card


def _open_memo(ctx: ActorContext, key: str, *, locked: bool = False) -> MemoCard:
    recipient = by_key(ctx.session, DocumentRecipient, key, locked=locked)
    if recipient is None:
        raise UserError("This memo is no longer in the record, so nothing was done. Open the contract's page again.")
    contract = contract_lookup.contract_facts(ctx.session, recipient.contract_id)
    ctx.require(Permission.CHANGE, contract)
    version = ctx.session.get_one(DocumentVersion, recipient.version_id)
    document = ctx.session.get_one(Document, version.document_id)
    versions.check_asks(document, version)
    if recipient.acknowledged_on is not None:
        day = format_date(recipient.acknowledged_on)
        raise UserError(f"{document.name} was acknowledged on {day} already, so nothing was done.")
    return MemoCard(document, version, recipient, contract)
