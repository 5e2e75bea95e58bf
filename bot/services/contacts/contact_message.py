"""A message in Slack as the beginning of an entry in the contact log."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from bot.access import Action
from bot.domain.london import london
from bot.domain.slack_text import as_seen, mentioned
from bot.models import Contact, ContactChannel, MadeBy, Organisation, OrganisationKind, Person
from bot.services.contracts import register
from bot.services.work import Act

LONGEST = 3000  # characters of a summary


def contact_of_message(act: Act, author: str, text: str, written_at: datetime) -> Contact:
    """What the log would say of a message, for its form: nothing is kept yet. NoContractsYet."""
    register.contracts_for(act, Action.LOG_CONTACT)
    people = act.session.execute(
        select(col(Person.slack), col(Person.name), col(Organisation.kind))
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .where(col(Person.slack).in_(mentioned(text) | {author}))
    ).all()
    names = {slack: name for slack, name, _ in people}
    kinds = {slack: kind for slack, _, kind in people}
    ours = kinds.get(author, OrganisationKind.DEPARTMENT) is OrganisationKind.DEPARTMENT
    return Contact(
        contract_id=0,
        channel=ContactChannel.MESSAGE,
        happened_on=london(written_at).date(),
        made_by=MadeBy.OURS if ours else MadeBy.PARTNERS,
        attendees=names.get(author, ""),
        summary=as_seen(text, names)[:LONGEST],
        author_id=act.actor.person_id,
        logged_at=act.now,
    )
