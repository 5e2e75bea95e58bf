"""The first values of the contact form: an entry as far as it is known, or a message with its thread."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.delivery.slack_messages import MessageContext, Thread, UnreadReason
from bot.domain.london import london
from bot.domain.slack_text import mentioned_users, shorten_lines, without_markup
from bot.identity import Denied
from bot.models import Contact, ContactChannel, MadeBy, Organisation, Person
from bot.services.contacts.agreed_day import AgreedReview, day_to_tell_of
from bot.services.contacts.attendees import AttendeeGroup, Attendees, combine_attendees, people_on
from bot.services.contacts.contacts import MOST_LINK, ContactEntry
from bot.services.documents.telling import TICK
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.people import unknown_among
from bot.services.unit_of_work import ActorContext

FIRST_SIGHT = 8  # fields: more of them do not fit a phone
_ALWAYS = ("contract", "channel", "summary", "happened_on", "people")
_AT_ONCE = ("next_contact_on", "actions", "decisions")
_BEHIND_MORE = (TICK, "made_by", "happened_at", "attendees", "purpose", "closed_by_another", "formal_notice", "link")
FIELDS = (*_ALWAYS, *_AT_ONCE, *_BEHIND_MORE)


@dataclass(frozen=True)
class ContactForm:
    """The contact form. `corrects` is the entry that it corrects, `thread` the thread that it can take in.

    At first sight it has few fields: the usual ones, and those that hold something. `whole`: it has all of them.
    `agreed` is the day of the next contact so far, if the actor can tell the partner that it moves.
    `fresh` is added to the action ids of the fields that must show new values rather than what was entered before.
    """

    contracts: Sequence[ContractRef]
    entry: ContactEntry
    sides: Sequence[AttendeeGroup]
    corrects: Contact | None = None
    thread: str = ""
    unread: UnreadReason | None = None
    fresh: str = ""
    has_thread: bool = False  # the words of the whole thread were just taken in
    whole: bool = False
    agreed: AgreedReview | None = None

    @cached_property
    def shown(self) -> Mapping[str, bool]:
        """Whether the form has each field now."""
        names = self._shown_names()
        return {name: name in names for name in FIELDS}

    def _shown_names(self) -> Collection[str]:
        unfit = {"actions", "closed_by_another"} if self.corrects else set()
        unfit |= set() if self.sides else {"people"}
        unfit |= set() if self.agreed else {TICK}
        fit = [name for name in FIELDS if name not in unfit]
        if self.whole:
            return fit
        held = {name for name, value in self._given.items() if value}
        needed = [name for name in fit if name in (*_ALWAYS, *held) or (name == "attendees" and not self.sides)]
        more = [name for name in _AT_ONCE if name in fit and name not in needed]
        return [*needed, *more[: max(FIRST_SIGHT - len(needed), 0)]]

    @property
    def _given(self) -> dict[str, object]:
        """What stands in the fields that need not be shown."""
        entry = self.entry
        return {
            "next_contact_on": entry.next_contact_on or self.agreed,
            TICK: self.agreed,
            "actions": entry.actions,
            "decisions": entry.decisions,
            "made_by": entry.made_by is not MadeBy.OURS,
            "happened_at": entry.happened_at is not None,
            "attendees": entry.attendees,
            "purpose": entry.purpose,
            "closed_by_another": entry.actions_closed_by_another,
            "formal_notice": entry.formal_notice,
            "link": entry.link,
        }

    @property
    def is_not_there(self) -> bool:
        """Whether Liaison is not in the channel of the message."""
        return self.unread is UnreadReason.NOT_THERE

    @property
    def metadata(self) -> str:
        """The private metadata that Slack returns with the form."""
        return self.corrects.public_id if self.corrects else self.thread

    @property
    def groups(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """Who can be picked: the name and the id of each, by organisation."""
        return [(side.organisation, [(each.name, each.slack) for each in side.people]) for side in self.sides]

    @property
    def picked(self) -> list[str]:
        """The ids of the picked people, as the form holds them."""
        people = (person for side in self.sides for person in side.people)
        return [person.slack for person in people if person.id in self.entry.people]


def form_of(ctx: ActorContext, entry: ContactEntry) -> ContactForm:
    """The form filled in with an entry, as far as it is known. Raises `UserError`."""
    contracts = contract_lookup.contracts_for(ctx, Permission.LOG_CONTACT)
    contract = _named(contracts, entry.contract)
    if contract is None:
        return ContactForm(contracts, entry, ())
    sides, agreed = people_on(ctx, contract, entry.people), day_to_tell_of(ctx, contract)
    return ContactForm(contracts, entry, sides, agreed=agreed)


def new_form(ctx: ActorContext, reference: str | None) -> ContactForm:
    """The form for a contact today, on this contract if one is given. Raises `UserError`."""
    begun = ContactEntry(contract=reference or "", channel=ContactChannel.PHONE, happened_on=ctx.days.own, summary="")
    return form_of(ctx, begun)


def chosen_contract(ctx: ActorContext, reference: str | None) -> ContractRef | None:
    """The contract with this reference, if the actor may log contacts on it. Raises `UserError`."""
    return _named(contract_lookup.contracts_for(ctx, Permission.LOG_CONTACT), reference)


def on_another_contract(ctx: ActorContext, entry: ContactEntry, reference: str) -> ContactEntry:
    """The entry moved to another contract: picked people who are not on that one are named instead."""
    contract = chosen_contract(ctx, reference)
    who = combine_attendees(ctx, contract, entry.attending, by_name=True)
    return replace(entry, contract=reference if contract else "", people=who.people, attendees=who.named)


def _named(contracts: Sequence[ContractRef], reference: str | None) -> ContractRef | None:
    return next((each for each in contracts if each.reference == reference), None)


LONGEST = 3000  # characters of a summary


@dataclass(frozen=True)
class WrittenMessage:
    """A message: its author ("" for an app), its text and its time."""

    author: str
    text: str
    at: datetime


def unknown_authors(ctx: ActorContext, written: WrittenMessage) -> list[str]:
    """The authors whose name only Slack knows. Raises `UserError`."""
    contract_lookup.contracts_for(ctx, Permission.LOG_CONTACT)
    return unknown_among(ctx, {written.author} - {""})


def entry_of_message(
    ctx: ActorContext, contract: ContractRef | None, written: WrittenMessage, context: MessageContext
) -> ContactEntry:
    """The contact entry for a message; nothing is stored. Raises `UserError`."""
    contract_lookup.contracts_for(ctx, Permission.LOG_CONTACT)
    names, partners = _people(ctx, mentioned_users(written.text) | {written.author}, context.names)
    at = london(written.at)
    who = combine_attendees(ctx, contract, Attendees(), {written.author: names.get(written.author, "")})
    return ContactEntry(
        contract=contract.reference if contract else "",
        channel=ContactChannel.MESSAGE,
        happened_on=at.date(),
        happened_at=at.time().replace(second=0, microsecond=0),
        made_by=MadeBy.PARTNERS if written.author in partners else MadeBy.OURS,
        people=who.people,
        attendees=who.named,
        summary=shorten_lines([without_markup(written.text, names)], LONGEST),
        link=context.link if len(context.link) <= MOST_LINK else "",
    )


def entry_with_thread(
    ctx: ActorContext, contract: ContractRef | None, entry: ContactEntry, thread: Thread
) -> ContactEntry:
    """The entry with the text of a whole thread and its authors, without apps. Raises `UserError` or `Denied`."""
    contract_lookup.contracts_for(ctx, Permission.LOG_CONTACT)
    if not thread.open_to_reader:
        raise Denied(
            "You are not in the channel of this thread, so nothing was read.", "not in the channel of the thread"
        )
    asked = {user for each in thread.said for user in (*mentioned_users(each.text), each.author) if user}
    names, _ = _people(ctx, asked, thread.names)
    lines = [
        f"{names.get(each.author, 'An app')}: {without_markup(each.text, names)}" for each in thread.said if each.text
    ]
    took_part = {each.author: names.get(each.author, "") for each in thread.said if each.author and not each.by_app}
    who = combine_attendees(ctx, contract, entry.attending, took_part)
    summary = shorten_lines(lines, LONGEST, more=thread.more)
    return replace(entry, summary=summary, people=who.people, attendees=who.named)


def _people(ctx: ActorContext, users: Collection[str], called: Mapping[str, str]) -> tuple[dict[str, str], set[str]]:
    """The names of these Slack users, from the register or else from Slack, and the users who are a partner's."""
    people = ctx.session.execute(
        select(col(Person.slack), col(Person.name), col(Organisation.kind))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.slack).in_(users))
    ).all()
    names = {**called, **{slack: name for slack, name, _ in people}}
    return names, {slack for slack, _, kind in people if not kind.is_department}
