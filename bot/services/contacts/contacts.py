"""Logging contacts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from functools import partial

from sqlalchemy import select
from sqlmodel import col

from bot.access import Permission
from bot.domain.london import Days
from bot.domain.text_validation import deliberate_text, optional_link, optional_text, required_text
from bot.errors import UserError
from bot.models import Contact, ContactChannel, ContactPerson, Contract, MadeBy
from bot.services.actions.actions import ActionCard, add_from_contact
from bot.services.contacts.agreed_day import MovedReview, agreed_day, tell_of_move
from bot.services.contacts.attendees import Attendees, check_picked, names_in
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext

MOST_LINK = 500
# The words that people type for a way of contact.
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


@dataclass(frozen=True)
class ContactEntry:
    """The content of a contact entry. `deliberate`: the author was warned of a personal detail and keeps it.

    `people` are the ids of attendees who are on the contract, `attendees` the names of the others. `tell_partner`: the
    partner is told if the agreed day of the next contact moves.
    """

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
    happened_at: time | None = None
    people: Sequence[int] = ()
    link: str = ""
    tell_partner: bool = False

    @property
    def attending(self) -> Attendees:
        """The people who took part."""
        return Attendees(self.people, self.attendees)


@dataclass(frozen=True)
class LoggedContact:
    """A contact that was recorded; `people` are the names of the picked attendees. `moved` is the agreed day that it
    moved, if the partner is told of that."""

    contact: Contact
    contract_reference: str
    contract_title: str
    partner: str
    actions: Sequence[ActionCard] = ()
    people: Sequence[str] = ()
    moved: MovedReview | None = None

    @property
    def corrects(self) -> str:
        """The reference of the entry that it corrects; "" for none."""
        return f"C-{self.contact.corrects_id}" if self.contact.corrects_id else ""


def contract_to_begin_with(ctx: ActorContext, slack_channel: str) -> str | None:
    """The reference that the form opens with: the channel's contract, or else the actor's last one in the log."""
    last = (
        select(col(Contract.reference))
        .join(Contact, col(Contact.contract_id) == col(Contract.id))
        .where(col(Contact.author_id) == ctx.actor.person_id, ctx.open_to(Permission.LOG_CONTACT))
        .order_by(col(Contact.id).desc())
        .limit(1)
    )
    return contract_lookup.reference_of_channel(ctx.session, slack_channel) or ctx.session.scalar(last)


def log_contact(ctx: ActorContext, entry: ContactEntry) -> LoggedContact:
    """Add an entry to the contact log, and the actions agreed in it. Raises `UserError` with its form field."""
    logged = add_entry(ctx, entry)
    contact = logged.contact
    ctx.record(
        "contact logged",
        contact.reference,
        contract_id=contact.contract_id,
        channel=contact.channel,
        personal_detail=personal_detail(contact),
    )
    agreed = add_from_contact(ctx, contact, entry.actions, closed_by_another=entry.actions_closed_by_another)
    return replace(logged, actions=agreed)


def personal_detail(contact: Contact) -> str | None:
    """The personal detail that a contact keeps deliberately, for the audit trail; None if it has none."""
    return deliberate_text(contact.purpose, contact.summary, contact.decisions)


def add_entry(ctx: ActorContext, entry: ContactEntry, corrects_id: int | None = None) -> LoggedContact:
    """Add an entry, or the correction of one, without an audit record, and perhaps tell the partner of a moved day.
    Raises `UserError` with its form field."""
    contract = contract_lookup.contract_for(ctx, entry.contract, Permission.LOG_CONTACT)
    _check_days(entry, ctx.days)
    check_picked(ctx, contract, entry.people)
    agreed = agreed_day(ctx, contract) if entry.tell_partner else None
    optional = partial(optional_text, deliberate=entry.deliberate)
    contact = Contact(
        contract_id=contract.id,
        channel=entry.channel,
        happened_on=entry.happened_on,
        happened_at=entry.happened_at,
        made_by=entry.made_by,
        attendees=optional_text(entry.attendees, what="who took part", at_most=500, field="attendees"),
        purpose=optional(entry.purpose, what="what it was about", at_most=200, field="purpose"),
        summary=required_text(
            entry.summary, what="a summary", at_most=3000, field="summary", deliberate=entry.deliberate
        ),
        decisions=optional(entry.decisions, what="the decisions", at_most=3000, field="decisions"),
        next_contact_on=entry.next_contact_on,
        formal_notice=entry.formal_notice,
        link=optional_link(entry.link, at_most=MOST_LINK, field="link"),
        author_id=ctx.actor.person_id,
        logged_at=ctx.now,
        corrects_id=corrects_id,
    )
    ctx.add(contact)
    ctx.session.add_all(ContactPerson(contact_id=contact.id, person_id=each) for each in entry.people)
    ctx.session.flush()
    people = names_in(ctx.session, contact.id)
    moved = tell_of_move(ctx, contract, agreed)
    return LoggedContact(contact, contract.reference, contract.title, contract.partner, people=people, moved=moved)


def _check_days(entry: ContactEntry, days: Days) -> None:
    if entry.happened_on > days.last:
        raise UserError("A contact is logged after it has happened. Use today or an earlier day.", field="happened_on")
    if entry.next_contact_on is not None and entry.next_contact_on < days.first:
        raise UserError("The next contact is in the past. Use a later day, or leave it out.", field="next_contact_on")
