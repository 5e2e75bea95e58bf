"""Adding people to the register: only people whom Slack confirms, in the organisation of their Slack team."""

from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import col

from bot.errors import UserError
from bot.identity import Identity
from bot.models import Organisation, Person, Team
from bot.services.unit_of_work import ActorContext, UnitOfWork


class CannotAdd(UserError):
    """A person cannot be added or chosen; the sentence says who and why."""


def unknown_among(work: UnitOfWork, slack_ids: Collection[str]) -> list[str]:
    """The Slack users among these who are not in the register; Slack must be asked about them."""
    known = work.session.scalars(select(col(Person.slack)).where(col(Person.slack).in_(slack_ids)))
    return sorted(set(slack_ids) - set(known))


def find_or_add_person(
    work: UnitOfWork,
    organisation: Organisation,
    slack: str,
    identity: Identity | None,
    field: str,
    *,
    guest: bool = False,
) -> Person:
    """The person of an organisation with this Slack id, added if they are new and Slack confirms them.

    `identity` is Slack's, and is needed for a new person. `guest` is for a partner's person who is a guest in the
    department's workspace. Raises `CannotAdd` with the field. It does not tell a partner's person, who could ask about
    anybody whose id they have, to which organisation somebody belongs.
    """
    try:
        return _find_or_add(work, organisation, slack, identity, field, guest=guest)
    except CannotAdd:
        if isinstance(work, ActorContext) and not work.actor.is_department:
            sentence = f"This person does not work for {organisation.name}. Choose somebody else."
            raise CannotAdd(sentence, field=field) from None
        raise


def _find_or_add(
    work: UnitOfWork, organisation: Organisation, slack: str, identity: Identity | None, field: str, *, guest: bool
) -> Person:
    person = work.session.scalar(select(Person).where(col(Person.slack) == slack))
    if person is not None and person.organisation_id != organisation.id:
        raise CannotAdd(f"{person.name} does not work for {organisation.name}. Choose somebody else.", field=field)
    if person is not None and person.guest and not guest and organisation.kind.is_department:
        raise CannotAdd(f"{person.name} is a guest in Slack, and so has no role. Choose somebody else.", field=field)
    if identity is not None:
        _check(work, organisation, identity, field, guest=guest)
    if person is None:
        if identity is None:
            raise CannotAdd("Slack did not say who one of these people is. Try again in a minute.", field=field)
        person = _added(work, organisation, identity, guest=guest)
    if identity is not None:
        person.guest = guest
    return person


def _check(work: UnitOfWork, organisation: Organisation, identity: Identity, field: str, *, guest: bool) -> None:
    """Refuse a person whom Slack does not confirm: they must be active, and from the organisation or a guest of
    ours."""
    if not identity.is_active_person:
        raise CannotAdd(
            f"{_name(identity)} has no active Slack account, so Liaison could not reach them. Choose somebody else.",
            field=field,
        )
    at_home = _at_home(work, identity)
    is_our_guest = identity.is_guest and any(each.kind.is_department for each in at_home)
    if is_our_guest and not guest:
        raise CannotAdd(_of_a_guest(organisation, _name(identity)), field=field)
    if guest and not is_our_guest:
        raise CannotAdd(
            f"{_name(identity)} is not a guest in your workspace. Name guests here, and people with a Slack workspace "
            "of their own in the other field.",
            field=field,
        )
    if not guest and organisation.id not in {each.id for each in at_home}:
        raise CannotAdd(_of_a_stranger(organisation, identity, at_home), field=field)


def _added(work: UnitOfWork, organisation: Organisation, identity: Identity, *, guest: bool) -> Person:
    person = Person(slack=identity.user, name=_name(identity), organisation_id=organisation.id, guest=guest)
    work.add(person)
    work.record("person added", person.slack, name=person.name, organisation=organisation.key, guest=guest)
    return person


def _at_home(work: UnitOfWork, identity: Identity) -> list[Organisation]:
    """The organisations of the register with a Slack team of this person."""
    statement = select(Organisation).join(Team, col(Team.organisation_id) == col(Organisation.id))
    return list(work.session.scalars(statement.where(col(Team.slack).in_(identity.homes)).distinct()))


def _name(identity: Identity) -> str:
    return (identity.name or identity.user)[:150]


def _of_a_guest(organisation: Organisation, name: str) -> str:
    if organisation.kind.is_department:
        return f"{name} is a guest in Slack. A guest works for a partner: add them as its guest with /partner people."
    return (
        f"{name} is a guest in your workspace and not known as one of {organisation.name}. "
        f"A contract manager can name them: type /partner people {organisation.key}."
    )


def _of_a_stranger(organisation: Organisation, identity: Identity, at_home: list[Organisation]) -> str:
    if at_home:
        return f"{_name(identity)} works for {at_home[0].name}, as Slack says. Choose somebody of {organisation.name}."
    if not identity.homes:
        return (
            f"Slack does not say where {_name(identity)} works, because they share no channel with Liaison. "
            "Invite them to one that Liaison is in, and try again."
        )
    return (
        f"Slack says that {_name(identity)} is at home in {' and '.join(sorted(identity.homes))}, which is not a "
        f"workspace of {organisation.name}. Choose somebody else, or add that id first with /partner edit."
    )
