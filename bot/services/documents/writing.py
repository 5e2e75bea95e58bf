"""Writing a memo or policy: a draft of a version, for the contracts that get it, is changed until it is issued."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import delete, func, select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.db import insert, insert_all
from bot.domain.document_cycle import CYCLES, NOT_ISSUED, DocumentKind, VersionEvent, VersionState
from bot.domain.document_text import WhatChanges, check_days, parse_changes
from bot.domain.text_validation import optional_text, required_text
from bot.errors import UserError
from bot.models import Document, DocumentChange, DocumentRecipient, DocumentVersion, Organisation, Person
from bot.services.documents import scope, versions
from bot.services.documents.versions import VersionCard
from bot.services.unit_of_work import ActorContext

LONGEST_SUBJECT, LONGEST_ACTION, LONGEST_LINKS = 150, 900, 1900


@dataclass(frozen=True)
class DocumentEntry:
    """What somebody wrote. `changes` is the text with the table, `ask` the Slack id of whom partners may ask.

    A blank action is for information alone; without `acknowledge_by` partners get the usual days from the issue on.
    """

    subject: str
    changes: str
    action: str
    effective_on: date | None
    acknowledge_by: date | None = None
    ask: str = ""
    links: str = ""
    urgent: bool = False
    for_information: bool = False


@dataclass(frozen=True)
class _Checked:
    subject: str
    what: WhatChanges
    action: str
    links: str
    ask_id: int | None


def write(ctx: ActorContext, kind: DocumentKind, typed: str, entry: DocumentEntry) -> VersionCard:
    """Keep a draft for the contracts that were typed, with the next number of its kind.

    Raises `UserError`, with its form field, `AmbiguousMatch` or `Denied`.
    """
    return draft_for(ctx, kind, scope.contracts_named(ctx, typed), entry)


def draft_for(
    ctx: ActorContext, kind: DocumentKind, contracts: Sequence[ContractRef], entry: DocumentEntry
) -> VersionCard:
    """The same for these contracts. Raises `UserError`, with its form field, or `Denied`."""
    for each in contracts:
        ctx.require(Permission.CHANGE, each)
    checked = _checked(ctx, entry)
    number = versions.next_number(ctx, kind)
    document = insert(ctx.session, Document, kind=kind, number=number)
    return _add_version(ctx, document, 1, [each.id for each in contracts], entry, checked)


def draft_to_edit(ctx: ActorContext, key: str) -> VersionCard:
    """A draft that the actor may change. Raises `UserError` or `Denied`."""
    return versions.card_of(ctx, _draft(ctx, key))


def edit(ctx: ActorContext, key: str, entry: DocumentEntry) -> VersionCard:
    """Change a draft. Raises `UserError`, with its form field, or `Denied`."""
    version = _draft(ctx, key, locked=True)
    checked = _checked(ctx, entry)
    for name, value in _columns(replace(entry, for_information=version.for_information), checked).items():
        setattr(version, name, value)
    if version.state is VersionState.APPROVED:  # what was approved is not what it says now
        kind = ctx.session.get_one(Document, version.document_id).kind
        version.state = CYCLES[kind].follow(version.state, VersionEvent.CHANGED).to
    ctx.session.execute(delete(DocumentChange).where(col(DocumentChange.version_id) == version.id))
    versions.store_changes(ctx, version.id, checked.what.changes)
    ctx.session.flush()
    return _recorded(ctx, version, "draft changed")


def discard(ctx: ActorContext, key: str) -> VersionCard:
    """Give up a draft; its number is not given again. Raises `UserError` or `Denied`."""
    version = _draft(ctx, key, locked=True)
    document = ctx.session.get_one(Document, version.document_id)
    followed = CYCLES[document.kind].follow(version.state, VersionEvent.DISCARDED)
    version.state = followed.to
    ctx.session.flush()
    return _recorded(ctx, version, followed.in_history)


def correct(ctx: ActorContext, key: str) -> VersionCard:
    """Begin the next version of one that is issued, with the same words and recipients; there is at most one draft.

    Raises `UserError` or `Denied`.
    """
    version = versions.version_to_change(ctx, key, locked=True)
    document = ctx.session.get_one(Document, version.document_id)
    if version.state is not VersionState.ISSUED:
        raise UserError(f"{document.name} is {version.state}, so it cannot be corrected, and nothing was done.")
    begun = select(DocumentVersion).where(
        col(DocumentVersion.document_id) == document.id, col(DocumentVersion.state).in_(NOT_ISSUED)
    )
    if (draft := ctx.session.scalar(begun)) is not None:
        return versions.card_of(ctx, draft)
    before = versions.card_of(ctx, version)
    last = select(func.max(col(DocumentVersion.version))).where(col(DocumentVersion.document_id) == document.id)
    entry = DocumentEntry(
        version.subject,
        before.what_changes.typed,
        version.action,
        version.effective_on,
        links=version.links,
        urgent=version.urgent,
        for_information=version.for_information,
    )
    same = _Checked(version.subject, before.what_changes, version.action, version.links, version.ask_id)
    number = (ctx.session.scalar(last) or 0) + 1
    return _add_version(ctx, document.id, number, versions.contract_ids(ctx, version.id), entry, same)


def _draft(ctx: ActorContext, key: str, *, locked: bool = False) -> DocumentVersion:
    version = versions.version_to_change(ctx, key, locked=locked)
    if version.state not in NOT_ISSUED:
        document = ctx.session.get_one(Document, version.document_id)
        raise UserError(
            f"{document.name} is {version.state} already, so its text stays as it is. To change it, type "
            f"/{document.kind} correct {document.number}."
        )
    return version


def _add_version(
    ctx: ActorContext, document_id: int, number: int, contracts: Sequence[int], entry: DocumentEntry, checked: _Checked
) -> VersionCard:
    version = DocumentVersion(
        document_id=document_id,
        version=number,
        state=VersionState.DRAFT,
        written_by_id=ctx.actor.person_id,
        **_columns(entry, checked),
    )
    ctx.add(version)
    versions.store_changes(ctx, version.id, checked.what.changes)
    insert_all(
        ctx.session,
        DocumentRecipient,
        [{"version_id": version.id, "contract_id": each} for each in contracts],
    )
    return _recorded(ctx, version, "draft written")


def _columns(entry: DocumentEntry, checked: _Checked) -> dict[str, Any]:
    return {
        "subject": checked.subject,
        "summary": checked.what.summary,
        "action": checked.action,
        "effective_on": entry.effective_on,
        "acknowledge_by": None if entry.for_information else entry.acknowledge_by,
        "for_information": entry.for_information,
        "urgent": entry.urgent,
        "ask_id": checked.ask_id,
        "links": checked.links,
    }


def _checked(ctx: ActorContext, entry: DocumentEntry) -> _Checked:
    """The words of an entry, if it can be kept. Raises `UserError`, with its form field."""
    subject = required_text(entry.subject, what="the subject", at_most=LONGEST_SUBJECT, field="subject")
    required_text(entry.changes, what="what changes", at_most=3000, field="changes")
    what = parse_changes(entry.changes, "changes")
    action = optional_text(entry.action, what="the action", at_most=LONGEST_ACTION, field="action")
    check_days(ctx.days.first, entry.effective_on, entry.acknowledge_by)
    ask_id = _person_to_ask(ctx, entry.ask)
    return _Checked(" ".join(subject.split()), what, action, _links(entry.links), ask_id)


def _person_to_ask(ctx: ActorContext, slack: str) -> int | None:
    """The id of somebody of the department whom partners may ask; None for nobody. Raises `UserError`."""
    if not slack:
        return None
    person = ctx.session.execute(
        select(col(Person.id), col(Organisation.kind))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.slack) == slack)
    ).first()
    if person is None or not person[1].is_department:
        raise UserError("Choose somebody of your department whom Liaison knows.", field="ask")
    return int(person[0])


def _links(typed: str) -> str:
    links = typed.split()
    for each in links:
        if not each.startswith(("https://", "http://")):
            raise UserError(
                f"“{each[:60]}” is not the address of a file. Write one address on each line, each with https://.",
                field="links",
            )
    kept = "\n".join(links)
    if len(kept) > LONGEST_LINKS:
        raise UserError(f"These addresses have more than {LONGEST_LINKS} characters together.", field="links")
    return kept


def _recorded(ctx: ActorContext, version: DocumentVersion, action: str) -> VersionCard:
    card = versions.card_of(ctx, version)
    for contract_id in versions.contract_ids(ctx, version.id):
        ctx.record(f"{card.document.kind} {action}", card.name, contract_id=contract_id)
    return card
