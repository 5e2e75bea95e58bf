"""Redacting a person: the record goes on, and nothing in it says any more who they were.

The rows that are theirs alone go. Where another text names them, the words are taken out; an entry of the trail is
redacted whole. Their acts, roles of ended contracts and records stay, of somebody without a name.
"""

import unicodedata
from collections.abc import Sequence, Set
from datetime import date
from typing import Any

from sqlalchemy import delete, exists, or_, select
from sqlmodel import Session, col

from bot.db import table
from bot.delivery import outbox_queue
from bot.domain.search import words_of
from bot.domain.text_validation import required_text
from bot.errors import UserError
from bot.models import (
    REDACTED,
    WAITING_STATES,
    Absence,
    Contact,
    Contract,
    DirectChannel,
    EarlierAccount,
    FormDraft,
    HomeChange,
    HomePage,
    KnownWord,
    LegalHold,
    Organisation,
    OutboxMessage,
    Person,
    Receipt,
    RiskAssessment,
    Role,
    SlackUser,
    TrailEntry,
)
from bot.services.personal_data.data_subject import DataSubject
from bot.services.personal_data.searching import Holding
from bot.services.trail.redacting import redact
from bot.services.unit_of_work import UnitOfWork

INSTEAD = "[redacted]"
# What is of one person alone, or of no use without them.
THEIRS = (Absence, DirectChannel, EarlierAccount, FormDraft, HomeChange, HomePage, Receipt, SlackUser)


def require_gone(session: Session, subject: DataSubject, today: date) -> None:
    """Raise `UserError` for a person who is an administrator, or has a role on a contract that goes on: whatever falls
    due there would reach nobody."""
    if session.get_one(Person, subject.id).administrator:
        raise UserError(f"{subject.name} is an administrator: first take that from them, with an import.")
    held = (
        select(col(Contract.reference))
        .join(Role, col(Role.contract_id) == col(Contract.id))
        .where(
            (col(Role.person_id) == subject.id) | (col(Role.deputy_id) == subject.id), col(Contract.end_date) >= today
        )
        .order_by(col(Contract.reference))
    )
    contracts = list(dict.fromkeys(session.scalars(held)))
    if contracts:
        raise UserError(f"{subject.name} still has a role on {', '.join(contracts)}: first give it to somebody else.")


def require_no_hold(session: Session, subject: DataSubject, contracts: Set[int]) -> None:
    """Raise `UserError` where one of these contracts, whose records are about the person or name them, is on legal
    hold."""
    found = session.execute(
        select(col(Contract.id), col(Contract.reference))
        .join(LegalHold, col(LegalHold.contract_id) == col(Contract.id))
        .order_by(col(Contract.reference))
    )
    held = [reference for number, reference in found if number in contracts]
    if held:
        raise UserError(f"{subject.name} is in the records of {', '.join(held)}, where a legal hold keeps all of it.")


def begin(work: UnitOfWork, subject: DataSubject, why: str) -> int:
    """Note in the trail that a person is redacted, and why; the number of that entry."""
    reason = required_text(why, what="the reason", at_most=250, field="why")
    if subject.is_named_in(reason):
        raise UserError("The reason stays, so it must not name them.")
    return work.record("person redacted", f"person {subject.id}", why=reason)


def redact_rows(work: UnitOfWork, subject: DataSubject, found: Sequence[Holding], entry: int) -> None:
    """Redact some of the rows that are about the person or name them, but for their own."""
    for each in found:
        if each.model in THEIRS:
            _remove(work.session, each)
        elif each.model is TrailEntry:
            _redact_entry(work, each)
        elif each.model is not Person and each.named_in:
            _take_out(work, subject, each, entry)
    work.session.flush()


def finish(work: UnitOfWork, subject: DataSubject) -> None:
    """Redact the person's own row, and forget the words of their names that are in no other."""
    person = work.session.get_one(Person, subject.id)
    person.name, person.email, person.slack = f"Redacted person {subject.id}", "", pseudonym(subject)
    work.session.flush()
    for word in {word for name in subject.names for word in words_of(name)}:
        has_it = (col(each).contains(f" {word} ", autoescape=True) for each in (Contract.words, Organisation.words))
        if not work.session.scalar(select(or_(*(exists().where(each) for each in has_it)))):
            work.session.execute(delete(KnownWord).where(col(KnownWord.word) == word))


def pseudonym(subject: DataSubject) -> str:
    """What stands for each of a person's Slack accounts."""
    return f"UREDACTED{subject.id}"


def _remove(session: Session, holding: Holding) -> None:
    row = session.get(holding.model, holding.key)
    if row is not None:
        session.delete(row)


def _redact_entry(work: UnitOfWork, holding: Holding) -> None:
    entry = work.session.get_one(TrailEntry, holding.key)
    if entry.redaction_id is None and entry.action != REDACTED:
        redact(work, entry.id, "a person was redacted")


def _take_out(work: UnitOfWork, subject: DataSubject, holding: Holding, entry: int) -> None:
    row = work.session.get_one(holding.model, holding.key)
    if isinstance(row, OutboxMessage) and row.state in WAITING_STATES and row.channel in subject.accounts:
        outbox_queue.settle_dropped(work.session, row, work.now, "it was for a person who was redacted")
        work.session.refresh(row)
    if isinstance(row, Contact | RiskAssessment):
        row.redaction_id = entry
    columns = table(holding.model).columns
    for name in holding.named_in:
        redacted = _without(subject, getattr(row, name))
        longest = getattr(columns[name].type, "length", None)
        setattr(row, name, redacted[:longest] if isinstance(redacted, str) else redacted)


def _without(subject: DataSubject, value: Any) -> Any:  # noqa: ANN401  # whatever JSON holds
    """A text, or a structure of lists and maps, without what names the person."""
    match value:
        case str():
            plain = unicodedata.normalize("NFC", value)
            return subject.by_name.sub(INSTEAD, subject.by_account.sub(pseudonym(subject), plain))
        case dict():
            return {_without(subject, key): _without(subject, each) for key, each in value.items()}
        case list() | tuple():
            return [_without(subject, each) for each in value]
        case _:
            return value
