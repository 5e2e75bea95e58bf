"""A version of a memo or policy with everything that it says, its number, and the hash of its text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.db import by_key, insert
from bot.domain.document_cycle import NOT_ISSUED, OVER, DocumentKind, VersionState
from bot.domain.document_text import Change, WhatChanges, hash_of
from bot.domain.london import london
from bot.domain.wording import format_date
from bot.errors import UserError
from bot.models import (
    Document,
    DocumentChange,
    DocumentRecipient,
    DocumentSeries,
    DocumentVersion,
    Person,
)
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext, UnitOfWork


@dataclass(frozen=True)
class VersionCard:
    """A version as people read it; `ask` is whom partners may ask."""

    document: Document
    version: DocumentVersion
    changes: Sequence[Change]
    ask: Person | None

    @property
    def name(self) -> str:
        """What people call it: Change memo 4, and from the second version on which."""
        return (
            f"{self.document.name}, version {self.version.version}" if self.version.version > 1 else self.document.name
        )

    @property
    def issued_on(self) -> date | None:
        """The day of its issue; None for a draft."""
        return london(self.version.issued_at).date() if self.version.issued_at else None

    @property
    def ended_on(self) -> date | None:
        """The day on which it was superseded or withdrawn."""
        return london(self.version.ended_at).date() if self.version.ended_at else None

    @property
    def is_draft(self) -> bool:
        """Whether it is not issued yet."""
        return self.version.state in NOT_ISSUED

    @property
    def is_over(self) -> bool:
        """Whether it was superseded or withdrawn."""
        return self.version.state in OVER

    @property
    def asks(self) -> bool:
        """Whether partners are asked to acknowledge it now."""
        return self.version.state is VersionState.ISSUED and not self.version.for_information

    @property
    def links(self) -> Sequence[str]:
        """The addresses of its files."""
        return self.version.links.split()

    @property
    def what_changes(self) -> WhatChanges:
        """The words and the table, as they are typed."""
        return WhatChanges(self.version.summary, self.changes)


def card_of(work: UnitOfWork, version: DocumentVersion) -> VersionCard:
    """A version with its changes. Three queries."""
    document = work.session.get_one(Document, version.document_id)
    rows = work.session.scalars(
        select(DocumentChange).where(col(DocumentChange.version_id) == version.id).order_by(col(DocumentChange.place))
    )
    changes = [Change(row.chapter, row.paragraph, row.change, row.version) for row in rows]
    ask = work.session.get(Person, version.ask_id) if version.ask_id else None
    return VersionCard(document, version, changes, ask)


def card_to_answer(ctx: ActorContext, recipient_id: int) -> tuple[VersionCard, ContractRef]:
    """The version that a recipient got, and the recipient's contract, for one of the department who may change it to
    answer. Raises `Denied`."""
    recipient = ctx.session.get_one(DocumentRecipient, recipient_id)
    contract = contract_lookup.contract_by_id(ctx, recipient.contract_id, Permission.CHANGE)
    return card_of(ctx, ctx.session.get_one(DocumentVersion, recipient.version_id)), contract


def hash_of_version(card: VersionCard) -> str:
    """The hash of what a version says."""
    version = card.version
    said = (
        "version",
        "subject",
        "summary",
        "action",
        "effective_on",
        "acknowledge_by",
        "for_information",
        "urgent",
        "links",
    )
    ask = card.ask.name if card.ask else ""
    values = {name: getattr(version, name) for name in said}
    return hash_of(
        {
            **values,
            "kind": card.document.kind.value,
            "number": card.document.number,
            "ask": ask,
            "changes": list(card.changes),
        }
    )


def next_number(work: UnitOfWork, kind: DocumentKind) -> int:
    """Take the next number of a kind, after every one that was given or imported. Whoever takes one at the same time
    waits."""
    series = DocumentSeries
    begin = postgresql.insert if work.session.get_bind().dialect.name == "postgresql" else sqlite.insert
    work.session.execute(begin(series).values(kind=kind, last=0).on_conflict_do_nothing())
    highest = (
        select(func.coalesce(func.max(col(Document.number)), 0)).where(col(Document.kind) == kind).scalar_subquery()
    )
    last = case((col(series.last) > highest, col(series.last)), else_=highest) + 1
    taken = update(series).where(col(series.kind) == kind).values(last=last).returning(col(series.last))
    number: int = work.session.execute(taken).scalar_one()
    return number


def check_asks(document: Document, version: DocumentVersion) -> None:
    """Refuse an answer to a version that asks nobody any more. Raises `UserError`."""
    if version.state is VersionState.ISSUED:
        return
    day = f" on {format_date(london(version.ended_at).date())}" if version.ended_at else ""
    because = {
        VersionState.SUPERSEDED: f"was replaced by a later version{day}. Answer that one",
        VersionState.WITHDRAWN: f"was withdrawn{day}, so nobody needs to answer it",
    }.get(version.state, "is not issued yet")
    raise UserError(f"{document.name} {because}. Nothing was done, and earlier answers stay as they are.")


def version_to_change(ctx: ActorContext, key: str, *, locked: bool = False) -> DocumentVersion:
    """The version that a form or button is about, for somebody who may change every contract that gets it.

    Raises `UserError` or `Denied`.
    """
    version = by_key(ctx.session, DocumentVersion, key, locked=locked)
    if version is None:
        raise UserError("This is no longer in the record, so nothing was done. Type the command again.")
    require_all(ctx, version.id)
    return version


def require_all(ctx: ActorContext, version_id: int) -> None:
    """Refuse the actor unless they may change every contract that gets a version. Raises `Denied`."""
    own = {each.id: each for each in ctx.contracts_open_to(Permission.CHANGE)}
    for contract_id in contract_ids(ctx, version_id):
        if contract_id not in own:
            ctx.require(Permission.CHANGE, contract_lookup.contract_facts(ctx.session, contract_id))


def contract_ids(work: UnitOfWork, version_id: int) -> Sequence[int]:
    """The ids of the contracts that get a version."""
    found = select(col(DocumentRecipient.contract_id)).where(col(DocumentRecipient.version_id) == version_id)
    return work.session.scalars(found.order_by(col(DocumentRecipient.contract_id))).all()


def store_changes(work: UnitOfWork, version_id: int, changes: Sequence[Change]) -> None:
    """Store the table of a version that has none."""
    for place, each in enumerate(changes, 1):
        insert(
            work.session,
            DocumentChange,
            version_id=version_id,
            place=place,
            chapter=each.chapter,
            paragraph=each.paragraph,
            change=each.change,
            version=each.version,
        )
