"""A partner's people: members of its own Slack workspace, and guests in the department's."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, exists, or_, select
from sqlmodel import SQLModel, col

from bot.domain.wording import join_words
from bot.errors import UserError
from bot.identity import Identity
from bot.models import Absence, Contract, Organisation, Person, Role
from bot.services import edit_conflicts
from bot.services.lookup import partners as partner_lookup
from bot.services.lookup.people import find_or_add_person
from bot.services.unit_of_work import ActorContext

OWN, GUESTS = "people", "guests"  # the two fields of the form
MOST_NAMED = 5

# Columns that name a person, apart from their leave: a person named there cannot be removed.
_NAMING = [
    column
    for each in SQLModel.metadata.sorted_tables
    for column in each.columns
    if each.name != "absence" and any(key.target_fullname == "person.id" for key in column.foreign_keys)
]


def _has_roles(name: str, references: Sequence[str], field: str) -> UserError:
    """Somebody who was taken out has a role, or stands in for one."""
    named = list(references[:MOST_NAMED])
    if len(references) > MOST_NAMED:
        named.append(f"{len(references) - MOST_NAMED} more")
    return UserError(
        f"{name} has a role on {join_words(named)}. Take it away first: type /contract people {references[0]}.",
        field=field,
    )


@dataclass(frozen=True)
class PartnerPeople:
    """A partner's people, by name."""

    partner: Organisation
    own: Sequence[Person]
    guests: Sequence[Person]


def people_to_change(ctx: ActorContext, typed: str) -> PartnerPeople:
    """The people of a partner, if the actor may change them. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    return _people(ctx, partner_lookup.partner_to_change(ctx, typed))


def new_people(ctx: ActorContext, key: str, own: Collection[str], guests: Collection[str]) -> list[str]:
    """The Slack users in each field who were not in it before. Raises `UserError` or `Denied`."""
    now = _people(ctx, partner_lookup.partner_by_key(ctx, key))
    if set(own) & set(guests):
        raise UserError("Somebody is in both fields. Leave them in one of the two.", field=GUESTS)
    new = set(own) - {person.slack for person in now.own} | set(guests) - {person.slack for person in now.guests}
    return sorted(new)


def set_people(
    ctx: ActorContext, key: str, own: Collection[str], guests: Collection[str], identities: Sequence[Identity]
) -> PartnerPeople:
    """Make these Slack users the partner's only people; the audit trail records the people before and after.

    `identities` describe the users who are new in their field. Raises `CannotAdd` or `UserError` with the form field,
    `Denied` or `EditConflict`.
    """
    before = _people(ctx, partner_lookup.partner_by_key(ctx, key))
    edit_conflicts.check(ctx, before.partner.key, "people changed")
    known = {identity.user: identity for identity in identities}
    for field, users, people in ((OWN, own, before.own), (GUESTS, guests, before.guests)):
        for user in set(users) - {person.slack for person in people}:
            find_or_add_person(ctx, before.partner, user, known.get(user), field, guest=field == GUESTS)
        for person in people:
            if person.slack not in own and person.slack not in guests:
                _remove(ctx, person, field)
    ctx.session.flush()
    after = _people(ctx, before.partner)
    changes = {
        label: [_names(was), _names(became)]
        for label, was, became in (("people", before.own, after.own), ("guests", before.guests, after.guests))
        if _names(was) != _names(became)
    }
    if changes:
        ctx.record("people changed", before.partner.key, changes=changes)
    return after


def _people(ctx: ActorContext, partner: Organisation) -> PartnerPeople:
    every = ctx.session.scalars(
        select(Person).where(col(Person.organisation_id) == partner.id).order_by(col(Person.name), col(Person.id))
    ).all()
    return PartnerPeople(partner, [each for each in every if not each.guest], [each for each in every if each.guest])


def _remove(ctx: ActorContext, person: Person, field: str) -> None:
    references = ctx.session.scalars(
        select(col(Contract.reference))
        .join(Role, col(Role.contract_id) == col(Contract.id))
        .where(or_(col(Role.person_id) == person.id, col(Role.deputy_id) == person.id))
        .distinct()
        .order_by(col(Contract.reference))
    ).all()
    if references:
        raise _has_roles(person.name, references, field)
    if ctx.session.scalar(select(or_(*(exists().where(column == person.id) for column in _NAMING)))):
        raise UserError(
            f"{person.name} stays, because the record says what they did. "
            "Without a role they can do nothing on a contract. Put them back, and save.",
            field=field,
        )
    ctx.session.execute(delete(Absence).where(col(Absence.person_id) == person.id))
    ctx.session.delete(person)
    ctx.record("person removed", person.slack, name=person.name)


def _names(people: Collection[Person]) -> str:
    return ", ".join(person.name for person in people) or "nobody"
