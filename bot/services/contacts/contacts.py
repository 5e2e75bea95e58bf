"""The contact log."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from sqlalchemy import select
from sqlmodel import col

from bot.access import Action
from bot.errors import UserError
from bot.models import Contact, ContactChannel, Contract, MadeBy
from bot.services.actions.actions import ActionCard, add_from_contact
from bot.services.contracts import register
from bot.services.texts import kept_deliberately, kept_text, optional_text
from bot.services.work import Act

# What people type for a way of contact.
CHANNELS = {
    "call": ContactChannel.PHONE,
    "phone": ContactChannel.PHONE,
    "email": ContactChannel.EMAIL,
    "video": ContactChannel.VIDEO,
    "meeting": ContactChannel.FACE_TO_FACE,
    "letter": ContactChannel.LETTER,
    "visit": ContactChannel.SITE_VISIT,
    "message": ContactChannel.MESSAGE,
}


class InTheFuture(UserError):
    """A contact was dated after today."""

    def __init__(self) -> None:
        super().__init__("A contact is logged after it has happened. Use today or an earlier day.", field="happened_on")


class NextContactPassed(UserError):
    """The next contact was dated before today."""

    def __init__(self) -> None:
        super().__init__("The next contact is in the past. Use a later day, or leave it out.", field="next_contact_on")


@dataclass(frozen=True)
class ContactEntry:
    """What a person says of a contact. `deliberate`: they were warned of a personal detail, and it stays."""

    contract: str
    channel: ContactChannel
    happened_on: date
    summary: str
    made_by: MadeBy = MadeBy.OURS
    attendees: str = ""
    purpose: str = ""
    decisions: str = ""
    next_contact_on: date | None = None
    formal_notice: bool = False
    deliberate: bool = False
    actions: str = ""
    actions_closed_by_another: bool = False


@dataclass(frozen=True)
class LoggedContact:
    """What was recorded of a contact."""

    contact: Contact
    contract_reference: str
    contract_title: str
    partner: str
    actions: Sequence[ActionCard] = ()


def contract_to_begin_with(act: Act, slack_channel: str) -> str | None:
    """The reference that a form begins with: the channel's contract, else the one that the actor last logged on."""
    last = (
        select(col(Contract.reference))
        .join(Contact, col(Contact.contract_id) == col(Contract.id))
        .where(col(Contact.author_id) == act.actor.person_id, act.open_to(Action.LOG_CONTACT))
        .order_by(col(Contact.id).desc())
        .limit(1)
    )
    return register.reference_of_channel(act.session, slack_channel) or act.session.scalar(last)


def log_contact(act: Act, entry: ContactEntry) -> LoggedContact:
    """Add an entry to the contact log, and the actions that were agreed. UserErrors name the field they belong to."""
    logged = add_entry(act, entry)
    contact = logged.contact
    act.record(
        "contact logged",
        contact.reference,
        contract_id=contact.contract_id,
        channel=contact.channel,
        personal_detail=personal_detail(contact),
    )
    agreed = add_from_contact(act, contact, entry.actions, closed_by_another=entry.actions_closed_by_another)
    return replace(logged, actions=agreed)


def personal_detail(contact: Contact) -> str | None:
    """What the audit entry says of a personal detail that was kept on purpose."""
    return kept_deliberately(contact.purpose, contact.summary, contact.decisions)


def add_entry(act: Act, entry: ContactEntry, corrects_id: int | None = None) -> LoggedContact:
    """Add an entry, or the correction of one; the caller audits it. UserErrors name the field they belong to."""
    contract = register.contract_for(act, entry.contract, Action.LOG_CONTACT)
    _check_days(entry, act.today)
    optional = partial(optional_text, deliberate=entry.deliberate)
    contact = Contact(
        contract_id=contract.id,
        channel=entry.channel,
        happened_on=entry.happened_on,
        made_by=entry.made_by,
        attendees=optional_text(entry.attendees, what="who took part", at_most=500, field="attendees"),
        purpose=optional(entry.purpose, what="what it was about", at_most=200, field="purpose"),
        summary=kept_text(entry.summary, what="a summary", at_most=3000, field="summary", deliberate=entry.deliberate),
        decisions=optional(entry.decisions, what="the decisions", at_most=3000, field="decisions"),
        next_contact_on=entry.next_contact_on,
        formal_notice=entry.formal_notice,
        author_id=act.actor.person_id,
        logged_at=act.now,
        corrects_id=corrects_id,
    )
    act.session.add(contact)
    act.session.flush()
    return LoggedContact(contact, contract.reference, contract.title, contract.partner)


def _check_days(entry: ContactEntry, today: date) -> None:
    if entry.happened_on > today:
        raise InTheFuture
    if entry.next_contact_on is not None and entry.next_contact_on < today:
        raise NextContactPassed
