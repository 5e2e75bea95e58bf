"""The contact log."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot.access import Action
from bot.errors import UserError
from bot.models import Contact, ContactChannel, MadeBy
from bot.services.actions.actions import ActionCard, add_from_contact
from bot.services.contracts import register
from bot.services.texts import kept_text, optional_text
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
    """What a person says of a contact."""

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
    actions: str = ""
    actions_closed_by_another: bool = False


@dataclass(frozen=True)
class LoggedContact:
    """What was recorded of a contact."""

    contact: Contact
    contract_reference: str
    contract_title: str
    actions: Sequence[ActionCard] = ()


def log_contact(act: Act, entry: ContactEntry) -> LoggedContact:
    """Add an entry to the contact log, and the actions that were agreed. UserErrors name the field they belong to."""
    logged = add_entry(act, entry)
    contact = logged.contact
    act.record("contact logged", contact.reference, contract_id=contact.contract_id, channel=contact.channel)
    agreed = add_from_contact(act, contact, entry.actions, closed_by_another=entry.actions_closed_by_another)
    return replace(logged, actions=agreed)


def add_entry(act: Act, entry: ContactEntry, corrects_id: int | None = None) -> LoggedContact:
    """Add an entry, or the correction of one; the caller audits it. UserErrors name the field they belong to."""
    contract = register.contract_for(act, entry.contract, Action.LOG_CONTACT)
    if entry.happened_on > act.today:
        raise InTheFuture
    if entry.next_contact_on is not None and entry.next_contact_on < act.today:
        raise NextContactPassed
    contact = Contact(
        contract_id=contract.id,
        channel=entry.channel,
        happened_on=entry.happened_on,
        made_by=entry.made_by,
        attendees=optional_text(entry.attendees, what="who took part", at_most=500, field="attendees"),
        purpose=optional_text(entry.purpose, what="what it was about", at_most=200, field="purpose"),
        summary=kept_text(entry.summary, what="a summary", at_most=3000, field="summary"),
        decisions=optional_text(entry.decisions, what="the decisions", at_most=3000, field="decisions"),
        next_contact_on=entry.next_contact_on,
        formal_notice=entry.formal_notice,
        author_id=act.actor.person_id,
        logged_at=act.now,
        corrects_id=corrects_id,
    )
    act.session.add(contact)
    act.session.flush()
    return LoggedContact(contact, contract.reference, contract.title)
