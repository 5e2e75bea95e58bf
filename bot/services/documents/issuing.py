"""Issuing a version to its recipients, and withdrawing it: one transaction for the record, the people to tell and the
trail. A job sends the messages."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, update
from sqlmodel import col

from bot.db import locking
from bot.domain.calendar import extended
from bot.domain.document_cycle import CYCLES, REVIEWED_EVERY, DocumentKind, VersionEvent, VersionState
from bot.domain.document_text import ACKNOWLEDGED_WITHIN, URGENT_WITHIN, check_days
from bot.domain.text_validation import required_text
from bot.errors import UserError
from bot.models import Contract, DocumentRecipient, DocumentVersion
from bot.services.documents import versions, writing
from bot.services.documents.recipients import add_notices
from bot.services.documents.stale_messages import mark_stale
from bot.services.documents.versions import VersionCard
from bot.services.lookup.addressees import Addressees, addressees_of
from bot.services.unit_of_work import ActorContext, UnitOfWork
from bot.trail import NewEntry


@dataclass(frozen=True)
class IssuedDocument:
    """A version, before its issue or after it, and who is told: `days` are those on which it is to be acknowledged."""

    card: VersionCard
    to: Addressees
    days: Mapping[int, date]

    @property
    def needs_approval(self) -> bool:
        """Whether it is approved before it can be issued: a policy is, a memo is not."""
        return CYCLES[self.card.document.kind].allows(self.card.version.state, VersionEvent.APPROVED)

    @property
    def people(self) -> int:
        """How many people are told."""
        return len(self.to.persons)

    @property
    def acknowledge_by(self) -> date | None:
        """The first of the days; None for one that is for information."""
        return min(self.days.values(), default=None)


def preview(ctx: ActorContext, key: str) -> IssuedDocument:
    """A draft as it would be issued now, with who would be told. Raises `UserError` or `Denied`."""
    card = writing.draft_to_edit(ctx, key)
    return _prepared(ctx, card)


def issue(ctx: ActorContext, key: str) -> IssuedDocument:
    """Issue a draft: everybody who is to be told gets a message, and the version before asks nobody any more.

    Raises `UserError` or `Denied`.
    """
    card = versions.card_of(ctx, versions.version_to_change(ctx, key, locked=True))
    version = card.version
    followed = CYCLES[card.document.kind].follow(version.state, VersionEvent.ISSUED)
    check_days(ctx.days.first, version.effective_on, version.acknowledge_by)
    prepared = _prepared(ctx, card)
    if not prepared.to.persons:
        raise UserError(f"{card.name} would reach nobody, so nothing was done. {' '.join(prepared.to.unreached[:3])}")
    _supersede(ctx, card)
    version.acknowledge_by = prepared.acknowledge_by
    version.for_information = not prepared.days
    version.state, version.issued_at, version.issued_by_id = followed.to, ctx.now, ctx.actor.person_id
    version.sha256 = versions.hash_of_version(card)
    ctx.session.flush()
    for day in set(prepared.days.values()):
        contracts = [each for each, its_day in prepared.days.items() if its_day == day]
        here = (col(DocumentRecipient.version_id) == version.id, col(DocumentRecipient.contract_id).in_(contracts))
        ctx.session.execute(update(DocumentRecipient).where(*here).values(acknowledge_by=day))
    ctx.session.execute(
        update(DocumentRecipient).where(col(DocumentRecipient.version_id) == version.id).values(counts_wanted=1)
    )
    add_notices(ctx, version.id, prepared.to)
    if card.document.kind is DocumentKind.POLICY:
        card.document.review_by = extended(ctx.today, REVIEWED_EVERY)
    _record(ctx, card, followed.in_history, [each.id for each in prepared.to.contracts])
    return prepared


def withdraw(ctx: ActorContext, key: str, reason: str) -> VersionCard:
    """Withdraw a version that was issued: everybody who was told hears of it. Raises `UserError` or `Denied`."""
    version = versions.version_to_change(ctx, key, locked=True)
    card = versions.card_of(ctx, version)
    followed = CYCLES[card.document.kind].follow(version.state, VersionEvent.WITHDRAWN)
    why = required_text(reason, what="why it is withdrawn", at_most=300, field="reason")
    version.state, version.ended_at, version.ended_why = followed.to, ctx.now, why
    card.document.review_by = None
    ctx.session.flush()
    mark_stale(ctx, version.id)
    _record(ctx, card, followed.in_history, versions.contract_ids(ctx, version.id), why)
    return card


def _prepared(work: UnitOfWork, card: VersionCard) -> IssuedDocument:
    contracts = versions.contract_ids(work, card.version.id)
    return IssuedDocument(card, addressees_of(work, contracts), _days(work, card, contracts))


def _days(work: UnitOfWork, card: VersionCard, contracts: Collection[int]) -> Mapping[int, date]:
    """The day by which each contract's partner is to acknowledge it: the one that was chosen, or the usual number of
    working days in its nation. For a minor version of a policy, that of the version before, if it has not gone by."""
    version = card.version
    if version.is_minor:
        waiting = _waiting(work, card)
        usual = _usual_days(work, version, waiting)
        return {key: day if day >= work.today else usual[key] for key, day in waiting.items()}
    if version.for_information:
        return {}
    if version.acknowledge_by is not None:
        return dict.fromkeys(contracts, version.acknowledge_by)
    return _usual_days(work, version, contracts)


def _waiting(work: UnitOfWork, card: VersionCard) -> Mapping[int, date]:
    """The contracts on which the version in force is not acknowledged, each with its day."""
    recipient, version = DocumentRecipient, DocumentVersion
    in_force = (col(version.document_id) == card.document.id, col(version.state) == VersionState.ISSUED)
    found = (
        select(recipient)
        .where(col(recipient.version_id).in_(select(col(version.id)).where(*in_force)))
        .order_by(col(recipient.id))
    )
    rows = work.session.scalars(locking(work.session, found), execution_options={"populate_existing": True})
    return {each.contract_id: each.acknowledge_by for each in rows if each.is_awaited and each.acknowledge_by}


def _usual_days(work: UnitOfWork, version: DocumentVersion, contracts: Collection[int]) -> Mapping[int, date]:
    within = URGENT_WITHIN if version.urgent else ACKNOWLEDGED_WITHIN
    rows = work.session.execute(select(col(Contract.id), col(Contract.nation)).where(col(Contract.id).in_(contracts)))
    return {key: work.calendar.of(nation).add_working_days(work.today, within) for key, nation in rows}


def _supersede(ctx: ActorContext, card: VersionCard) -> None:
    before = ctx.session.scalar(
        select(DocumentVersion)
        .where(col(DocumentVersion.document_id) == card.document.id, col(DocumentVersion.state) == VersionState.ISSUED)
        .with_for_update()
    )
    if before is None:
        return
    followed = CYCLES[card.document.kind].follow(before.state, VersionEvent.SUPERSEDED)
    before.state, before.ended_at = followed.to, ctx.now
    ctx.session.flush()
    mark_stale(ctx, before.id)


def _record(ctx: ActorContext, card: VersionCard, action: str, contracts: Collection[int], why: str = "") -> None:
    what = f"{card.document.kind} {action}"
    ctx.record_all(why or card.version.subject, (NewEntry(what, card.name, each, {}) for each in contracts))
