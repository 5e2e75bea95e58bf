"""Reading the contact log: lists of the current entries, and each entry on a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.db import by_key
from bot.domain.natural_dates import parse_past_day
from bot.domain.references import code_typed, number_of
from bot.domain.wording import quoted
from bot.errors import UserError
from bot.models import ActionItem, Contact, ContactPerson, Contract, Organisation, Person
from bot.services.contacts.attendees import names_in
from bot.services.contacts.contacts import CHANNELS
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.contact_entries import is_current
from bot.services.lookup.folded_search import says
from bot.services.paging import ON_A_PAGE, Paged, page_number
from bot.services.unit_of_work import ActorContext

_ATTENDING = aliased(Person)


def _no_such_contact(typed: str) -> UserError:
    """What was typed is no entry of a contract that is the asker's."""
    what = f"fits {quoted(typed)}" if typed else "is the one of this button"
    return UserError(f"No contact of your contracts {what}. /contact list shows them, each as C-12.")


@dataclass(frozen=True)
class ListedContact:
    """An entry in a list."""

    contact: Contact
    contract: str
    author: str


@dataclass(frozen=True)
class ContactListPage(Paged[ListedContact]):
    """A page of entries, the newest first; pages count from 1."""

    words: Sequence[str]


@dataclass(frozen=True)
class ContactPage:
    """An entry with the entry that it corrects and the one that corrects it, each as it was written."""

    contact: Contact
    contract: ContractRef
    author: str
    before: Contact | None
    after: Contact | None
    people: Sequence[str] = ()


def contact_named(ctx: ActorContext, typed: str, action: Permission) -> tuple[Contact, ContractRef]:
    """The entry with this reference and its contract, if the actor has this permission on it. Raises `UserError`."""
    return _open_to(ctx, ctx.session.get(Contact, number_of(typed, "C") or 0), action, typed)


def contact_by_key(ctx: ActorContext, key: str, action: Permission) -> tuple[Contact, ContractRef]:
    """The same by the key that a form or a button carries."""
    return _open_to(ctx, by_key(ctx.session, Contact, key), action)


def _open_to(
    ctx: ActorContext, contact: Contact | None, action: Permission, typed: str = ""
) -> tuple[Contact, ContractRef]:
    if contact is None or contact.withdrawn:
        raise _no_such_contact(typed)
    contract = contract_lookup.contract_facts(ctx.session, contact.contract_id)
    if not ctx.may(action, contract):
        raise _no_such_contact(typed)
    return contact, contract


def contact_page(ctx: ActorContext, typed: str) -> ContactPage:
    """An entry in full, if the actor may see its contract. Raises `UserError`."""
    contact, contract = contact_named(ctx, typed, Permission.SEE)
    session = ctx.session
    return ContactPage(
        contact,
        contract,
        session.get_one(Person, contact.author_id).name,
        session.get(Contact, contact.corrects_id) if contact.corrects_id else None,
        session.scalar(select(Contact).where(col(Contact.corrects_id) == contact.id)),
        names_in(session, contact.id),
    )


def list_contacts(ctx: ActorContext, words: Sequence[str], page: int = 1) -> ContactListPage:
    """A page of the current entries on the actor's contracts that match every word. Two queries.

    A word is a contract's reference, a way of contact (call, email, visit), or text to find in the entry, the actions
    agreed in it, its names, and those of the contract and the partner; "since" with a day leaves out earlier entries.
    A page beyond the last is the last. Raises `NotADate`.
    """
    wanted = and_(is_current(), ctx.open_to(Permission.SEE), *_conditions(words, ctx.today))
    entries = (
        select(Contact, col(Contract.reference), col(Person.name))
        .join(Contract, col(Contract.id) == col(Contact.contract_id))
        .join(Person, col(Person.id) == col(Contact.author_id))
        .where(wanted)
    )
    found = ctx.session.scalar(select(func.count()).select_from(entries.subquery())) or 0
    number = page_number(page, found)
    rows = ctx.session.execute(
        entries.order_by(col(Contact.happened_on).desc(), col(Contact.id).desc())
        .limit(ON_A_PAGE)
        .offset((number - 1) * ON_A_PAGE)
    )
    return ContactListPage([ListedContact(*row) for row in rows], number, found, words)


def _conditions(words: Sequence[str], today: date) -> list[ColumnElement[bool]]:
    place = next((index for index, word in enumerate(words) if word.casefold() == "since"), len(words))
    conditions = [_fits(word) for word in words[:place]]
    if place < len(words):
        day = parse_past_day(" ".join(words[place + 1 :]), today)
        conditions.append(col(Contact.happened_on) >= day)
    return conditions


def _fits(word: str) -> ColumnElement[bool]:
    ways = [col(Contact.channel) == CHANNELS[word.casefold()]] if word.casefold() in CHANNELS else []
    took_part = exists().where(
        col(ContactPerson.contact_id) == col(Contact.id),
        col(ContactPerson.person_id) == col(_ATTENDING.id),
        says(_ATTENDING.folded, word),
    )
    agreed = exists().where(col(ActionItem.contact_id) == col(Contact.id), says(ActionItem.folded, word))
    with_partner = exists().where(col(Organisation.id) == col(Contract.partner_id), says(Organisation.folded, word))
    written = (says(Contact.folded, word), says(Person.folded, word), says(Contract.folded, word))
    return or_(col(Contract.reference) == code_typed(word), *ways, *written, took_part, agreed, with_partner)
