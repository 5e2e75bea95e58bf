"""The memos or policies that somebody may see: one by its number, and the list of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, func, select
from sqlmodel import col

from bot.access import Permission
from bot.db import by_key
from bot.domain.document_cycle import CYCLES, NOT_ISSUED, DocumentKind, VersionEvent, VersionState
from bot.domain.references import code_typed
from bot.domain.wording import quoted
from bot.errors import UserError
from bot.models import Audience, Contract, Document, DocumentRecipient, DocumentVersion, Person
from bot.services.documents import answering, notices, versions
from bot.services.documents.notices import NoticePage
from bot.services.documents.recipients import is_asked
from bot.services.documents.versions import VersionCard
from bot.services.lookup.ambiguity import AmbiguousMatch, Option
from bot.services.unit_of_work import ActorContext

ON_A_PAGE = 20


@dataclass(frozen=True)
class ListLine:
    """A line of the list: a document in its last version, with how many have acknowledged it of those who are asked and
    whom the reader may see."""

    document: Document
    version: DocumentVersion
    acknowledged: int
    recipients: int
    reference: str  # of its contract, if it has one alone

    @property
    def is_open(self) -> bool:
        """Whether an acknowledgement is awaited."""
        asks = self.version.state is VersionState.ISSUED and not self.version.for_information
        return asks and self.acknowledged < self.recipients


@dataclass(frozen=True)
class DocumentList:
    """The list of a kind, the newest first: what is open, or with `everything` all."""

    kind: DocumentKind
    lines: Sequence[ListLine]
    more: int


@dataclass(frozen=True)
class DocumentPage:
    """A version as one reads it; somebody of the department also with who wrote and issued it."""

    page: NoticePage
    issuer: Person | None
    may_change: bool
    is_ours: bool
    may_approve: bool = False

    @property
    def waiting(self) -> int:
        """How many of its recipients have not acknowledged it."""
        return sum(line.recipient.is_awaited for line in self.page.lines)


def page_of(ctx: ActorContext, kind: DocumentKind, typed: str) -> DocumentPage:
    """The last version of the document with this number, as the actor may see it; "3 WP-NE" is the one that WP-NE got.

    Raises `UserError` or `AmbiguousMatch`.
    """
    version = find(ctx, kind, typed)
    return page_of_version(ctx, version)


def page_of_button(ctx: ActorContext, key: str) -> DocumentPage:
    """The version of a button, as the actor may see it. Raises `UserError`."""
    version = by_key(ctx.session, DocumentVersion, key)
    found = page_of_version(ctx, version) if version is not None else None
    hidden = found is None or not found.page.lines or (found.page.card.is_draft and not found.is_ours)
    if found is None or hidden:
        raise UserError(answering.GONE)
    return found


def page_of_version(ctx: ActorContext, version: DocumentVersion) -> DocumentPage:
    """A version as the actor may see it."""
    recipients = ctx.session.scalars(
        select(DocumentRecipient)
        .join(Contract, col(Contract.id) == col(DocumentRecipient.contract_id))
        .where(col(DocumentRecipient.version_id) == version.id, _open_to(ctx))
    ).all()
    card = versions.card_of(ctx, version)
    page = notices.page_for(ctx, card, recipients, version.public_id)
    issuer = ctx.session.get(Person, version.issued_by_id) if version.issued_by_id else None
    may = {each.id for each in ctx.contracts_open_to(Permission.CHANGE)}
    may_change = may.issuperset(versions.contract_ids(ctx, version.id))
    return DocumentPage(page, issuer, may_change, ctx.actor.is_department, _may_approve(ctx, card))


def _may_approve(ctx: ActorContext, card: VersionCard) -> bool:
    """Whether the actor may approve it as it is, on every contract that gets it."""
    if not CYCLES[card.document.kind].allows(card.version.state, VersionEvent.APPROVED):
        return False
    may = {each.id for each in ctx.contracts_open_to(Permission.APPROVE)}
    return may.issuperset(versions.contract_ids(ctx, card.version.id))


def find(ctx: ActorContext, kind: DocumentKind, typed: str) -> DocumentVersion:
    """The last version, a draft too for the department, of the document with this number. Raises `UserError` or
    `AmbiguousMatch`."""
    number, _, reference = typed.strip().partition(" ")
    digits = number.removeprefix("#")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 8):
        raise UserError(f"{quoted(number)} is not the number of a {kind}. To see them, type /{kind} list.")
    rows = ctx.session.execute(
        select(DocumentVersion, Document, func.min(col(Contract.reference)))
        .join(Document, col(Document.id) == col(DocumentVersion.document_id))
        .join(DocumentRecipient, col(DocumentRecipient.version_id) == col(DocumentVersion.id))
        .join(Contract, col(Contract.id) == col(DocumentRecipient.contract_id))
        .where(col(Document.kind) == kind, col(Document.number) == int(digits), _open_to(ctx), _visible(ctx))
        .where(col(Contract.reference) == code_typed(reference) if reference else col(Contract.id) > 0)
        .group_by(col(DocumentVersion.id), col(Document.id))
        .order_by(col(DocumentVersion.version))
    ).all()
    last = {document.id: (version, contract) for version, document, contract in rows}
    if not last:
        on = f" on {code_typed(reference)}" if reference else ""
        raise UserError(f"No {kind} of yours has the number {digits}{on}. To see them, type /{kind} list.")
    if len(last) > 1:
        options = [Option(f"{digits} {where}", f"{digits} {where}", each.subject) for each, where in last.values()]
        raise AmbiguousMatch(number, str(kind), options)
    version: DocumentVersion = next(iter(last.values()))[0]
    return version


def list_of(ctx: ActorContext, kind: DocumentKind, *, everything: bool) -> DocumentList:
    """The documents that the actor may see, the newest first: those that are open or drafts, or all. Two queries."""
    version, recipient = DocumentVersion, DocumentRecipient
    rows = ctx.session.execute(
        select(
            Document,
            version,
            func.count(col(recipient.acknowledged_on)),
            func.count(case((is_asked(), 1))),
            func.count(),
            func.min(col(Contract.reference)),
        )
        .join(version, col(version.document_id) == col(Document.id))
        .join(recipient, col(recipient.version_id) == col(version.id))
        .join(Contract, col(Contract.id) == col(recipient.contract_id))
        .where(col(Document.kind) == kind, _open_to(ctx), _visible(ctx))
        .group_by(col(Document.id), col(version.id))
        .order_by(col(Document.number).desc(), col(Document.id).desc(), col(version.version).desc())
    )
    lines = [
        ListLine(document, its_last, done, asked, where if of_them == 1 else "")
        for document, its_last, done, asked, of_them, where in rows
    ]
    shown = [line for line in lines if everything or line.is_open or line.version.state in NOT_ISSUED]
    return DocumentList(kind, shown[:ON_A_PAGE], len(shown) - len(shown[:ON_A_PAGE]))


def _open_to(ctx: ActorContext) -> ColumnElement[bool]:
    return ctx.open_to(Permission.SEE, Audience.INTERNAL if ctx.actor.is_department else Audience.SHARED)


def _visible(ctx: ActorContext) -> ColumnElement[bool]:
    """Partners do not see drafts; nobody sees what was discarded."""
    state = col(DocumentVersion.state)
    hidden = [VersionState.DISCARDED, *([] if ctx.actor.is_department else NOT_ISSUED)]
    return state.not_in(hidden)
