"""Marking messages about a document as out of date: a job brings them up to date (see notices and counts)."""

from collections.abc import Sequence

from sqlalchemy import select, update
from sqlmodel import col

from bot.models import DocumentNotice, DocumentRecipient, DocumentTold
from bot.services.unit_of_work import UnitOfWork


def mark_stale(work: UnitOfWork, version_id: int, recipients: Sequence[int] | None = None) -> None:
    """Mark the messages of the people of these recipients as out of date, None for everybody's, and those with the
    count in the internal channels. Two statements."""
    notice, recipient = DocumentNotice, DocumentRecipient
    told = update(notice).where(col(notice.version_id) == version_id)
    if recipients is not None:
        of_them = select(col(DocumentTold.notice_id)).where(col(DocumentTold.recipient_id).in_(recipients))
        told = told.where(col(notice.id).in_(of_them))
    work.session.execute(told.values(wanted=col(notice.wanted) + 1))
    counted = update(recipient).where(col(recipient.version_id) == version_id, col(recipient.counts_wanted) > 0)
    work.session.execute(counted.values(counts_wanted=col(recipient.counts_wanted) + 1))
