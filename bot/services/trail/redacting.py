"""Redacting an entry of the trail: what it says goes, and it is still proved that it was there."""

from sqlalchemy import select, update
from sqlmodel import col

from bot.db import locking
from bot.domain.text_validation import required_text
from bot.errors import UserError
from bot.models import REDACTED, LegalHold, TrailEntry
from bot.services.unit_of_work import UnitOfWork


def redact(work: UnitOfWork, entry_id: int, why: str) -> None:
    """Blank who did it, to what, its text and its salt. Its instant, action, contract and digest stay, and a new entry
    says when, by whom and why it was redacted. Raises `UserError` for an entry that is not there, is redacted already,
    tells of a redaction itself, or is about a contract on legal hold, and for a missing reason.
    """
    reason = required_text(why, what="the reason", at_most=250, field="why")
    entry = work.session.scalar(locking(work.session, select(TrailEntry).where(col(TrailEntry.id) == entry_id)))
    if entry is None:
        raise UserError(f"There is no entry {entry_id} in the audit trail.")
    if entry.redaction_id is not None:
        raise UserError(f"Entry {entry_id} is redacted already: entry {entry.redaction_id} says why.")
    if entry.action == REDACTED:
        raise UserError(f"Entry {entry_id} says why another was redacted, so it stays.")
    if entry.contract_id is not None and work.session.get(LegalHold, entry.contract_id) is not None:
        raise UserError(f"Entry {entry_id} is about a contract on legal hold, so it stays.")
    redaction = work.record(REDACTED, f"entry {entry_id}", contract_id=entry.contract_id, why=reason)
    blank = {"actor": "", "subject": "", "details": {}, "changes": {}, "why": "", "salt": ""}
    redacted = update(TrailEntry).where(col(TrailEntry.id) == entry_id)
    work.session.execute(redacted.values(**blank, redaction_id=redaction))
