"""Change memos as rows of a sheet: one for each contract. Those of the same number, subject and day are one memo."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, FromClause, select, update
from sqlmodel import Session, col

from bot.db import insert
from bot.domain.document_cycle import DocumentKind, VersionState
from bot.errors import UserError
from bot.models import Document, DocumentRecipient, DocumentVersion
from bot.services.portfolio.column_mapping import Register

_OF_VERSION = ("subject", "issued_at")
_IS_MEMO = col(Document.kind) == DocumentKind.MEMO


def source() -> FromClause:
    """The memos that partners were told, as they were issued last, with what the sheet says of each recipient."""
    recipient, version = DocumentRecipient, DocumentVersion
    return (
        select(
            col(recipient.id),
            col(recipient.contract_id),
            col(Document.number),
            col(version.subject),
            col(version.issued_at),
            col(recipient.acknowledge_by),
            col(recipient.acknowledged_on),
        )
        .join(version, col(version.id) == col(recipient.version_id))
        .join(Document, col(Document.id) == col(version.document_id))
        .where(_IS_MEMO, col(version.state) == VersionState.ISSUED, col(recipient.acknowledge_by).is_not(None))
        .subquery("memos")
    )


def insert_rows(session: Session, register: Register, rows: Iterable[Mapping[str, Any]]) -> None:
    """Store memos of a file, each with its recipient. Liaison asks whoever has not acknowledged one."""
    for row in rows:
        version = _same(session, row)
        insert(
            session,
            DocumentRecipient,
            version_id=_new(session, row) if version is None else version,
            contract_id=row["contract_id"],
            acknowledge_by=row["acknowledge_by"],
            acknowledged_on=row["acknowledged_on"],
            asked_on=row["issued_at"].date() if row["acknowledged_on"] else None,
        )


def update_row(session: Session, recipient_id: int, values: Mapping[str, Any]) -> None:
    """Change a memo for a contract. Another subject or day is that of the memo, for all its recipients.

    Raises `UserError` for one that was issued in Slack: its text stays as partners acknowledge it.
    """
    of_version = {name: value for name, value in values.items() if name in _OF_VERSION}
    own = {name: value for name, value in values.items() if name not in _OF_VERSION}
    here = col(DocumentRecipient.id) == recipient_id
    if own:
        session.execute(update(DocumentRecipient).where(here).values(own))
    if of_version:
        version = select(col(DocumentRecipient.version_id)).where(here).scalar_subquery()
        imported = (col(DocumentVersion.id) == version, col(DocumentVersion.sha256) == "")
        changed = update(DocumentVersion).where(*imported).values(of_version).returning(col(DocumentVersion.id))
        if session.scalar(changed) is None:
            subject = session.scalar(select(col(DocumentVersion.subject)).where(col(DocumentVersion.id) == version))
            raise UserError(
                f"The memo “{subject}” was issued in Slack, so a file cannot change its subject or its day. "
                "Use /memo correct."
            )


def _same(session: Session, row: Mapping[str, Any]) -> int | None:
    """The version of the same memo that another contract has."""
    others = select(col(DocumentRecipient.version_id)).where(col(DocumentRecipient.contract_id) == row["contract_id"])
    same: tuple[ColumnElement[bool], ...] = (
        _IS_MEMO,
        col(Document.number) == row["number"],
        col(DocumentVersion.subject) == row["subject"],
        col(DocumentVersion.issued_at) == row["issued_at"],
        col(DocumentVersion.id).not_in(others),
    )
    found = select(col(DocumentVersion.id)).join(Document, col(Document.id) == col(DocumentVersion.document_id))
    return session.scalar(found.where(*same).limit(1))


def _new(session: Session, row: Mapping[str, Any]) -> int:
    document = insert(session, Document, kind=DocumentKind.MEMO, number=row["number"])
    return insert(
        session,
        DocumentVersion,
        document_id=document,
        state=VersionState.ISSUED,
        subject=row["subject"],
        issued_at=row["issued_at"],
        acknowledge_by=row["acknowledge_by"],
    )
