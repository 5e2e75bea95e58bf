"""What policies have beside memos: approval before their issue, minor versions, a yearly review."""

from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.access import Permission
from bot.db import by_key
from bot.domain.document_cycle import POLICY, DocumentKind, VersionEvent, VersionState
from bot.errors import UserError
from bot.models import Document, DocumentVersion
from bot.services.documents import versions, writing
from bot.services.documents.versions import VersionCard
from bot.services.due.sources.documents import note_reviewed
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext


def approve(ctx: ActorContext, key: str) -> VersionCard:
    """Approve a draft, for somebody who may on every contract that gets it. Raises `UserError` or `Denied`."""
    version = by_key(ctx.session, DocumentVersion, key, locked=True)
    if version is None:
        raise _gone()
    for contract_id in versions.contract_ids(ctx, version.id):
        ctx.require(Permission.APPROVE, contract_lookup.contract_facts(ctx.session, contract_id))
    card = versions.card_of(ctx, version)
    if card.document.kind is not DocumentKind.POLICY:
        raise UserError("A memo needs no approval, so nothing was done.")
    followed = POLICY.follow(version.state, VersionEvent.APPROVED)
    version.state = followed.to
    ctx.session.flush()
    for contract_id in versions.contract_ids(ctx, version.id):
        ctx.record(f"policy {followed.in_history}", card.name, contract_id=contract_id)
    return card


def revise(ctx: ActorContext, key: str, *, minor: bool) -> VersionCard:
    """Begin the next version of a policy in force. A minor one changes nothing of what partners must do: it asks only
    those who have not acknowledged the version before. Raises `UserError` or `Denied`."""
    card = writing.correct(ctx, key)
    card.version.is_minor = card.version.for_information = minor  # whatever the version before was
    ctx.session.flush()
    return card


def reviewed(ctx: ActorContext, key: str) -> tuple[Document, date]:
    """Note that a policy was reviewed and stays as it is; returns the day by which it is reviewed again, a year from
    today. Raises `UserError` or `Denied`."""
    document = by_key(ctx.session, Document, key, locked=True)
    if document is None:
        raise _gone()
    in_force = select(DocumentVersion).where(
        col(DocumentVersion.document_id) == document.id, col(DocumentVersion.state) == VersionState.ISSUED
    )
    version = ctx.session.scalar(in_force)
    if version is None or document.review_by is None:
        raise UserError(f"{document.name} is not in force, so there is nothing to review. Nothing was done.")
    versions.require_all(ctx, version.id)
    return document, note_reviewed(ctx, document.id)


def _gone() -> UserError:
    return UserError("This policy is no longer in the record, so nothing was done. Type /policy list to see what is.")
