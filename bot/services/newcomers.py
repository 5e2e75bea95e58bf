"""Adding people to the register: only those for whom Slack vouches, in the organisation they are at home in."""

from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import col

from bot.errors import UserError
from bot.identity import Identity
from bot.models import Organisation, OrganisationKind, Person, Team
from bot.services.work import Work


class CannotAdd(UserError):
    """Somebody cannot be added or chosen: who, and what Slack or the register says of them."""


def unknown_among(work: Work, slack_ids: Collection[str]) -> list[str]:
    """Those of these Slack users of whom the register knows nothing: of them Slack is to be asked."""
    known = work.session.scalars(select(col(Person.slack)).where(col(Person.slack).in_(slack_ids)))
    return sorted(set(slack_ids) - set(known))


def person_vouched_for(
    work: Work, organisation: Organisation, slack: str, identity: Identity | None, field: str, *, guest: bool = False
) -> Person:
    """The person of an organisation behind a Slack user, added if they are new and Slack vouches for them.

    `guest` is for a partner's person who is a guest in the department's workspace. CannotAdd names the field.
    """
    person = work.session.scalar(select(Person).where(col(Person.slack) == slack))
    if person is None:
        if identity is None:
            raise CannotAdd("Slack did not say who one of these people is. Try again in a minute.", field=field)
        return _added(work, organisation, identity, field, guest=guest)
    if person.organisation_id != organisation.id:
        raise CannotAdd(f"{person.name} does not work for {organisation.name}. Choose somebody else.", field=field)
    return person


def _added(work: Work, organisation: Organisation, identity: Identity, field: str, *, guest: bool) -> Person:
    name = identity.name or identity.user
    if not identity.is_active_person:
        raise CannotAdd(
            f"{name} has no active Slack account, so Liaison could not reach them. Choose somebody else.", field=field
        )
    if identity.is_guest and not guest:
        raise CannotAdd(
            f"{name} is a guest in Slack. A guest works for a partner: add them as its guest with /partner people.",
            field=field,
        )
    if guest and not identity.is_guest:
        raise CannotAdd(f"{name} is no guest in Slack. Choose somebody else.", field=field)
    if not _teams(work, organisation, guest=guest) & identity.homes:
        raise CannotAdd(
            f"Slack does not say that {name} works for {organisation.name}. Choose somebody else, or add the id of "
            "their Slack workspace with /partner edit.",
            field=field,
        )
    person = Person(slack=identity.user, name=name[:150], organisation_id=organisation.id, guest=guest)
    work.session.add(person)
    work.session.flush()
    work.record("person added", person.slack, name=person.name, organisation=organisation.key, guest=guest)
    return person


def _teams(work: Work, organisation: Organisation, *, guest: bool) -> set[str]:
    """The Slack teams that prove it: the organisation's own, or for a guest the department's."""
    teams = select(col(Team.slack)).join(Organisation, col(Organisation.id) == col(Team.organisation_id))
    of = col(Organisation.kind) == OrganisationKind.DEPARTMENT if guest else col(Organisation.id) == organisation.id
    return set(work.session.scalars(teams.where(of)))
