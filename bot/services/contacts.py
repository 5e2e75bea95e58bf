"""The contact log."""

from dataclasses import dataclass
from datetime import date

from bot.access import Action
from bot.errors import UserError
from bot.models import Contact, ContactChannel
from bot.services import register
from bot.services.texts import kept_text, optional_text
from bot.services.work import Act


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
    attendees: str = ""
    next_contact_on: date | None = None
    formal_notice: bool = False


@dataclass(frozen=True)
class LoggedContact:
    """What was recorded of a contact."""

    contact: Contact
    contract_reference: str
    contract_title: str


def log_contact(act: Act, entry: ContactEntry) -> LoggedContact:
    """Add an entry to the contact log. UserErrors name the field they belong to."""
    contract = register.contract_for(act, entry.contract, Action.LOG_CONTACT)
    if entry.happened_on > act.today:
        raise InTheFuture
    if entry.next_contact_on is not None and entry.next_contact_on < act.today:
        raise NextContactPassed
    contact = Contact(
        contract_id=contract.id,
        channel=entry.channel,
        happened_on=entry.happened_on,
        attendees=optional_text(entry.attendees, what="who took part", at_most=500, field="attendees"),
        summary=kept_text(entry.summary, what="a summary", at_most=3000, field="summary"),
        next_contact_on=entry.next_contact_on,
        formal_notice=entry.formal_notice,
        author_id=act.actor.person_id,
        logged_at=act.now,
    )
    act.session.add(contact)
    act.session.flush()
    act.record("contact logged", contact.reference, contract_id=contract.id, channel=contact.channel)
    return LoggedContact(contact, contract.reference, contract.title)
