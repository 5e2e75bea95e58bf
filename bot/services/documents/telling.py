"""Telling a partner of a change at the moment when it is made: a memo that is issued at once."""

from datetime import date

from bot.access import ContractRef, Permission
from bot.domain.document_cycle import DocumentKind
from bot.domain.document_text import LONGEST_SUMMARY
from bot.domain.wording import shorten
from bot.services.documents import issuing, writing
from bot.services.documents.issuing import IssuedDocument
from bot.services.documents.writing import DocumentEntry
from bot.services.lookup.addressees import addressees_of
from bot.services.unit_of_work import ActorContext

TICK = "tell_partner"  # the field of a form that asks whether the partner is told
NO_TABLE = "¦"  # stands for | in the words of a change, where | would begin a table


def tell(
    ctx: ActorContext,
    contract: ContractRef,
    subject: str,
    what: str,
    effective_on: date | None = None,
    *,
    acknowledge: bool = False,
) -> IssuedDocument | None:
    """Issue a memo about a change to the partner of a contract that the actor may change: for information, or to be
    acknowledged within the usual days. `what` is a sentence, or several lines. What is too long is shortened.

    None, and nothing is issued, where nobody at the partner can be told (`unreached` says why). Raises `UserError` or
    `Denied`.
    """
    ctx.require(Permission.CHANGE, contract)
    if not addressees_of(ctx, [contract.id]).persons:
        return None
    later = effective_on if effective_on is not None and effective_on >= ctx.days.first else None
    subject = shorten(subject, writing.LONGEST_SUBJECT)
    text = shorten(what, LONGEST_SUMMARY).replace("|", NO_TABLE)
    entry = DocumentEntry(subject, text, "", later, ask=ctx.actor.slack, for_information=not acknowledge)
    card = writing.draft_for(ctx, DocumentKind.MEMO, [contract], entry)
    return issuing.issue(ctx, card.version.public_id)


def can_tell(ctx: ActorContext, contract: ContractRef) -> bool:
    """Whether the actor may tell the partner of a contract of a change, and somebody there can be told."""
    return ctx.may(Permission.CHANGE, contract) and bool(addressees_of(ctx, [contract.id]).persons)


def unreached(ctx: ActorContext, contract: ContractRef) -> str:
    """Why nobody at the partner of a contract can be told, in a sentence; "" if somebody can. Raises `Denied`."""
    ctx.require(Permission.CHANGE, contract)
    found = addressees_of(ctx, [contract.id])
    return "" if found.persons else " ".join(found.unreached)
