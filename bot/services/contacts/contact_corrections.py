"""Correcting the contact log. An entry never changes: a correction or a withdrawal is a new entry that points to it."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.errors import UserError
from bot.models import Contact, ContactPerson, Person
from bot.services import edit_conflicts
from bot.services.contacts.attendees import Attendees, combine_attendees, names_in, people_in
from bot.services.contacts.contact_log import contact_by_key, contact_named
from bot.services.contacts.contacts import ContactEntry, LoggedContact, add_entry, personal_detail
from bot.services.unit_of_work import ActorContext

UNDO_WITHIN = timedelta(minutes=10)


def _corrected_already(contact: Contact, later: Contact, who: str) -> UserError:
    """Another entry has taken the place of this one."""
    done = "took it back" if later.withdrawn else f"corrected it as {later.reference}"
    advice = "" if later.withdrawn else f" Look at it with /contact show {later.reference}."
    return UserError(f"{contact.reference} is not what stands any more: {who} {done}.{advice}")


def _check_stands(ctx: ActorContext, contact: Contact) -> None:
    later = ctx.session.execute(
        select(Contact, col(Person.name))
        .join(Person, col(Person.id) == col(Contact.author_id))
        .where(col(Contact.corrects_id) == contact.id)
    ).first()
    if later is not None:
        raise _corrected_already(contact, *later)


def entry_to_correct(ctx: ActorContext, typed: str) -> tuple[Contact, ContactEntry]:
    """The reference of an entry to correct, and its content for the form. Raises `UserError` or `Denied`."""
    return _to_correct(ctx, *contact_named(ctx, typed, Permission.LOG_CONTACT))


def entry_of_button(ctx: ActorContext, key: str) -> tuple[Contact, ContactEntry]:
    """The same by the key that a button carries."""
    return _to_correct(ctx, *contact_by_key(ctx, key, Permission.LOG_CONTACT))


def contact_of_form(ctx: ActorContext, key: str) -> Contact:
    """The entry that a form is to correct. UserError."""
    return contact_by_key(ctx, key, Permission.LOG_CONTACT)[0]


def _to_correct(ctx: ActorContext, contact: Contact, contract: ContractRef) -> tuple[Contact, ContactEntry]:
    _check_stands(ctx, contact)
    who = combine_attendees(ctx, contract, Attendees(people_in(ctx.session, contact.id), contact.attendees))
    return contact, ContactEntry(
        contract=contract.reference,
        channel=contact.channel,
        happened_on=contact.happened_on,
        happened_at=contact.happened_at,
        made_by=contact.made_by,
        people=who.people,
        attendees=who.named,
        purpose=contact.purpose,
        summary=contact.summary,
        decisions=contact.decisions,
        next_contact_on=contact.next_contact_on,
        formal_notice=contact.formal_notice,
        link=contact.link,
    )


def correct_contact(ctx: ActorContext, key: str, entry: ContactEntry) -> LoggedContact:
    """Add an entry that replaces another, or its latest correction if that came while the form was open.

    Raises `EditConflict` and the errors of `log_contact`.
    """
    before = _current_entry(ctx, key)
    logged = add_entry(ctx, entry, corrects_id=before.id)
    ctx.record(
        "contact corrected",
        logged.contact.reference,
        contract_id=logged.contact.contract_id,
        corrects=before.reference,
        changes=_changes(before, logged.contact) | _change_of_people(ctx, before, logged),
        personal_detail=personal_detail(logged.contact),
    )
    return logged


def _current_entry(ctx: ActorContext, key: str) -> Contact:
    """The latest correction of an entry. Raises `EditConflict` if it was made while the form was open."""
    contact, _ = contact_by_key(ctx, key, Permission.LOG_CONTACT)
    while ctx.since is not None:
        later = ctx.session.scalar(select(Contact).where(col(Contact.corrects_id) == contact.id))
        if later is None or later.withdrawn:
            break
        edit_conflicts.check(ctx, later.reference, "contact corrected")
        contact = later
    _check_stands(ctx, contact)
    return contact


def withdraw(ctx: ActorContext, key: str) -> Contact:
    """Withdraw an entry that its author made by mistake. Raises `UserError` or `Denied`."""
    contact, _ = contact_by_key(ctx, key, Permission.LOG_CONTACT)
    _check_stands(ctx, contact)
    if contact.author_id != ctx.actor.person_id or ctx.now - contact.logged_at > UNDO_WITHIN:
        raise UserError(
            "A contact can be taken back by who logged it, for ten minutes. "
            f"Correct it instead: /contact correct {contact.reference}."
        )
    fields = contact.model_dump(exclude={"id", "public_id", "logged_at", "corrects_id", "withdrawn"})
    ctx.add(withdrawal := Contact(**fields, logged_at=ctx.now, corrects_id=contact.id, withdrawn=True))
    people = people_in(ctx.session, contact.id)
    ctx.session.add_all(ContactPerson(contact_id=withdrawal.id, person_id=each) for each in people)
    ctx.record("contact taken back", contact.reference, contract_id=contact.contract_id)
    return contact


def _change_of_people(ctx: ActorContext, before: Contact, logged: LoggedContact) -> dict[str, tuple[str, str]]:
    was = names_in(ctx.session, before.id)
    return {} if was == logged.people else {"people": (", ".join(was), ", ".join(logged.people))}


def _changes(before: Contact, after: Contact) -> dict[str, tuple[str, str]]:
    entry = ("id", "public_id", "author_id", "logged_at", "corrects_id", "withdrawn")
    was, is_now = before.model_dump(exclude=set(entry)), after.model_dump(exclude=set(entry))
    return {name: (str(was[name]), str(is_now[name])) for name in was if was[name] != is_now[name]}
