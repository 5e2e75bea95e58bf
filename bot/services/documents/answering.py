"""What a partner's person answers to a memo or policy: they acknowledge it, or have passed it on to their
subcontractors. It counts for every contract for which they got it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.db import by_key, locking
from bot.domain.wording import format_date, join_words
from bot.errors import UserError
from bot.models import Audience, DocumentNotice, DocumentRecipient, DocumentTold, DocumentVersion, Person
from bot.services.documents import notices, versions
from bot.services.documents.notices import NoticePage
from bot.services.documents.stale_messages import mark_stale
from bot.services.documents.versions import VersionCard
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext

GONE = "This is no longer in the record, so nothing was done. Ask your contract manager."


@dataclass(frozen=True)
class AnsweredDocument:
    """A version, and the contracts for which the actor may answer it, each with its recipient."""

    card: VersionCard
    recipients: Sequence[DocumentRecipient]
    contracts: Sequence[ContractRef]
    notice: DocumentNotice | None

    @property
    def references(self) -> str:
        """The contracts, in words."""
        return join_words([each.reference for each in self.contracts])


def to_answer(ctx: ActorContext, key: str, *, locked: bool = False) -> AnsweredDocument:
    """What the button of a message, or of a line about one contract, names, for one of its recipients' people.

    Raises `UserError` for a version that asks nobody, or `Denied`.
    """
    answered = _named(ctx, key, locked=locked)
    versions.check_asks(answered.card.document, answered.card.version)
    return answered


def page_to_answer(ctx: ActorContext, key: str) -> NoticePage:
    """The same as its recipient reads it. Raises `UserError` or `Denied`."""
    answered = to_answer(ctx, key)
    return notices.page_for(ctx, answered.card, answered.recipients, key)


def acknowledge(ctx: ActorContext, key: str) -> AnsweredDocument:
    """Acknowledge it for every contract for which the actor got it and nobody has. Raises `UserError` or `Denied`."""
    answered = to_answer(ctx, key, locked=True)
    unanswered = [each for each in answered.recipients if each.is_awaited]
    if not unanswered and not any(each.acknowledged_on for each in answered.recipients):
        raise UserError(f"{answered.card.document.name} is for your information, so there is nothing to acknowledge.")
    if not unanswered:
        raise UserError(_already(ctx, answered))
    for each in unanswered:
        each.acknowledged_on, each.acknowledged_at = ctx.today, ctx.now
        each.acknowledged_by_id = ctx.actor.person_id
    _record(ctx, answered, unanswered, "acknowledged")
    return answered


def pass_on(ctx: ActorContext, key: str) -> AnsweredDocument:
    """Note that it was passed on to the subcontractors, where nobody has. Raises `UserError` or `Denied`."""
    answered = to_answer(ctx, key, locked=True)
    told = [each for each in answered.recipients if each.passed_on_on is None]
    if not told:
        first = answered.recipients[0]
        day = format_date(first.passed_on_on or ctx.today)
        raise UserError(
            f"{answered.card.document.name} was passed on to subcontractors on {day} already, so nothing was done."
        )
    for each in told:
        each.passed_on_on, each.passed_on_by_id = ctx.today, ctx.actor.person_id
    _record(ctx, answered, told, "passed on to subcontractors")
    return answered


def _named(ctx: ActorContext, key: str, *, locked: bool) -> AnsweredDocument:
    notice = by_key(ctx.session, DocumentNotice, key)
    recipient = DocumentRecipient
    if notice is None:
        found = select(recipient).where(col(recipient.public_id) == key)
    else:
        of_it = col(DocumentTold.recipient_id) == col(recipient.id)
        found = select(recipient).join(DocumentTold, of_it).where(col(DocumentTold.notice_id) == notice.id)
    found = found.order_by(col(recipient.id))
    rows = ctx.session.scalars(
        locking(ctx.session, found) if locked else found, execution_options={"populate_existing": True}
    ).all()
    if not rows:
        raise UserError(GONE)
    contracts = {each.id: each for each in contract_lookup.facts_of(ctx.session, [row.contract_id for row in rows])}
    theirs = [row for row in rows if ctx.may(Permission.ACKNOWLEDGE, contracts[row.contract_id], Audience.SHARED)]
    if not theirs:
        ctx.require(Permission.ACKNOWLEDGE, contracts[rows[0].contract_id], Audience.SHARED)
    version = ctx.session.get_one(DocumentVersion, rows[0].version_id)
    notice = notice or _own_notice(ctx, rows[0].version_id)
    return AnsweredDocument(
        versions.card_of(ctx, version), theirs, [contracts[each.contract_id] for each in theirs], notice
    )


def _own_notice(ctx: ActorContext, version_id: int) -> DocumentNotice | None:
    mine = (col(DocumentNotice.version_id) == version_id, col(DocumentNotice.person_id) == ctx.actor.person_id)
    return ctx.session.scalar(select(DocumentNotice).where(*mine))


def _already(ctx: ActorContext, answered: AnsweredDocument) -> str:
    first = next(each for each in answered.recipients if each.acknowledged_on)
    by = ctx.session.get(Person, first.acknowledged_by_id) if first.acknowledged_by_id else None
    who = f" by {by.name}" if by else ""
    day = format_date(first.acknowledged_on or ctx.today)
    return f"{answered.card.document.name} was acknowledged{who} on {day} already, so nothing was done."


def _record(ctx: ActorContext, answered: AnsweredDocument, rows: Sequence[DocumentRecipient], what: str) -> None:
    contracts = {each.id: each for each in answered.contracts}
    card = answered.card
    for each in rows:
        reference = contracts[each.contract_id].reference
        action = f"{card.document.kind} {what}"
        ctx.record(action, f"{reference}, {card.name}", contract_id=each.contract_id, text=card.version.sha256[:16])
    ctx.session.flush()
    mark_stale(ctx, card.version.id, [each.id for each in rows])
