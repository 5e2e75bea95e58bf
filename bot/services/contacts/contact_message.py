"""A message in Slack, or its whole thread, as the beginning of an entry in the contact log."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from bot.access import Action, ContractFacts
from bot.domain.london import london
from bot.domain.slack_text import as_seen, fitting, mentioned
from bot.identity import Denied
from bot.models import ContactChannel, MadeBy, Organisation, OrganisationKind, Person
from bot.services.contacts.attending import Attending, settled
from bot.services.contacts.contacts import MOST_LINK, ContactEntry
from bot.services.contracts import register
from bot.services.people.newcomers import unknown_among
from bot.services.work import Act
from bot.slack_messages import Around, Thread

LONGEST = 3000  # characters of a summary


@dataclass(frozen=True)
class Written:
    """A message: who wrote it ("" where an app did), what, and when."""

    author: str
    text: str
    at: datetime


def unknown_authors(act: Act, written: Written) -> list[str]:
    """Whose name only Slack knows. NoContractsYet for somebody who can log no contact at all."""
    register.contracts_for(act, Action.LOG_CONTACT)
    return unknown_among(act, {written.author} - {""})


def entry_of_message(act: Act, contract: ContractFacts | None, written: Written, around: Around) -> ContactEntry:
    """What the log would say of a message: nothing is kept yet. NoContractsYet."""
    register.contracts_for(act, Action.LOG_CONTACT)
    names, partners = _people(act, mentioned(written.text) | {written.author}, around.names)
    at = london(written.at)
    who = settled(act, contract, Attending(), {written.author: names.get(written.author, "")})
    return ContactEntry(
        contract=contract.reference if contract else "",
        channel=ContactChannel.MESSAGE,
        happened_on=at.date(),
        happened_at=at.time().replace(second=0, microsecond=0),
        made_by=MadeBy.PARTNERS if written.author in partners else MadeBy.OURS,
        people=who.people,
        attendees=who.named,
        summary=fitting([as_seen(written.text, names)], LONGEST),
        link=around.link if len(around.link) <= MOST_LINK else "",
    )


def entry_with_thread(act: Act, contract: ContractFacts | None, entry: ContactEntry, thread: Thread) -> ContactEntry:
    """The same entry with all that was said in the thread, and who said it: an app takes no part.

    Denied, NoContractsYet.
    """
    register.contracts_for(act, Action.LOG_CONTACT)
    if not thread.open_to_reader:
        raise Denied(
            "You are not in the channel of this thread, so nothing was read.", "not in the channel of the thread"
        )
    asked = {user for each in thread.said for user in (*mentioned(each.text), each.author) if user}
    names, _ = _people(act, asked, thread.names)
    lines = [f"{names.get(each.author, 'An app')}: {as_seen(each.text, names)}" for each in thread.said if each.text]
    took_part = {each.author: names.get(each.author, "") for each in thread.said if each.author and not each.by_app}
    who = settled(act, contract, entry.attending, took_part)
    summary = fitting(lines, LONGEST, more=thread.more)
    return replace(entry, summary=summary, people=who.people, attendees=who.named)


def _people(act: Act, users: Collection[str], called: Mapping[str, str]) -> tuple[dict[str, str], set[str]]:
    """The names of these Slack users, the register's before Slack's, and who of them is a partner's."""
    people = act.session.execute(
        select(col(Person.slack), col(Person.name), col(Organisation.kind))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.slack).in_(users))
    ).all()
    names = {**called, **{slack: name for slack, name, _ in people}}
    return names, {slack for slack, _, kind in people if kind is not OrganisationKind.DEPARTMENT}
