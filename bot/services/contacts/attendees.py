"""The people who took part in a contact: people on its contract, picked from the register, and others by name."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlmodel import Session, col

from bot.access import ContractRef, Permission
from bot.domain.slack_text import mentioned_users, without_mentions
from bot.domain.wording import shorten
from bot.errors import UserError
from bot.identity import is_department
from bot.models import ContactPerson, Contract, Organisation, Person, Role
from bot.policy import DEPARTMENT
from bot.services.lookup.contracts import contract_for
from bot.services.lookup.mentions import readable
from bot.services.unit_of_work import ActorContext

MOST_OFFERED = 300
MOST_PICKED = 100  # the most options that a Slack field can open with
MOST_NAMED = 500  # characters
_BETWEEN_NAMES = re.compile(r"[,&\s]|\band\b", re.IGNORECASE)
NOBODY: Mapping[str, str] = {}


@dataclass(frozen=True)
class AttendeeGroup:
    """The people of one organisation who are on a contract, by name."""

    organisation: str
    people: Sequence[Person]


@dataclass(frozen=True)
class Attendees:
    """The people who took part: ids of those picked from the register, and the typed names of the others."""

    people: Sequence[int] = ()
    named: str = ""


def people_on(ctx: ActorContext, contract: ContractRef, picked: Collection[int] = ()) -> list[AttendeeGroup]:
    """The people on a contract: the department's with a role on it, and the partner's. At most 300, picked ones first.

    Raises `Denied`.
    """
    ctx.require(Permission.LOG_CONTACT, contract)
    rows = ctx.session.execute(
        select(Person, Organisation)
        .join(Organisation, col(Organisation.id) == col(Person.organisation_id))
        .join(Contract, _on_contract())
        .where(col(Contract.id) == contract.id)
        .order_by(col(Person.id).not_in(picked), ~is_department(), col(Person.name), col(Person.id))
        .limit(MOST_OFFERED)
    ).all()
    sides: dict[int, list[Person]] = {}
    for person, organisation in sorted(rows, key=lambda row: row[0].name.casefold()):
        sides.setdefault(organisation.id, []).append(person)
    organisations = {organisation.id: organisation for _, organisation in rows}
    ours_first = sorted(organisations.values(), key=lambda each: not each.kind.is_department)
    return [AttendeeGroup(each.name, sides[each.id]) for each in ours_first]


def picked(ctx: ActorContext, slack_ids: Sequence[str]) -> list[int]:
    """The ids of the people whom a form names by their Slack ids; 0, which is nobody's, for who is on no contract on
    which the actor may log contacts."""
    known = {person.slack: person.id for person in _those_on(ctx, None, col(Person.slack).in_(slack_ids))}
    return [known.get(slack, 0) for slack in slack_ids]


def check_picked(ctx: ActorContext, contract: ContractRef, people: Collection[int]) -> None:
    """Refuse picked people who are not on the contract, and more of them than a form can show. Raises `UserError` or
    `Denied`."""
    ctx.require(Permission.LOG_CONTACT, contract)
    if len(people) > MOST_PICKED:
        raise UserError(
            f"These are {len(people)} people, and the most is {MOST_PICKED}. "
            "Say in the field below who else took part.",
            field="people",
        )
    if people and {each.id for each in _those_on(ctx, contract, col(Person.id).in_(people))} != set(people):
        raise UserError(
            f"Somebody of these is not on {contract.reference}. Take them out, and type their name in the field below.",
            field="people",
        )


def combine_attendees(
    ctx: ActorContext,
    contract: ContractRef | None,
    before: Attendees,
    users: Mapping[str, str] = NOBODY,
    *,
    by_name: bool = False,
) -> Attendees:
    """The earlier attendees and some Slack users, for this contract: people on it are picked, the others are named.

    People picked on another contract of the actor's are named as well. `by_name` picks people whose whole name was
    typed.
    """
    parts = [part for each in before.named.split(",") if (part := each.strip())]
    asked = or_(
        col(Person.id).in_(before.people),
        col(Person.slack).in_(users),
        col(Person.name).in_(parts if by_name else ()),
    )
    here = _those_on(ctx, contract, asked)[:MOST_PICKED] if contract else []
    picked, names = {each.id for each in here}, {each.name for each in here}
    elsewhere = [each.name for each in _those_on(ctx, None, col(Person.id).in_(before.people)) if each.id not in picked]
    slack = {each.slack for each in here}
    added = [*elsewhere, *(name for user, name in users.items() if name and user not in slack)]
    kept = [part for part in parts if part not in names] if by_name else parts
    named = before.named if kept == parts and not added else ", ".join(dict.fromkeys([*kept, *added]))
    return Attendees(sorted(picked), shorten(named, MOST_NAMED))


def typed(ctx: ActorContext, reference: str, text: str) -> Attendees:
    """Who took part, as typed in a line: mentioned people who are on the contract are picked, if nobody else is named.

    Raises the errors of `contract_for`.
    """
    users = mentioned_users(text)
    if not users:
        return Attendees(named=text)
    contract = contract_for(ctx, reference, Permission.LOG_CONTACT)
    on_it = {each.slack: each.id for each in _those_on(ctx, contract, col(Person.slack).in_(users))}
    if users == on_it.keys() and not _BETWEEN_NAMES.sub("", without_mentions(text)):
        return Attendees(people=sorted(on_it.values()))
    return Attendees(named=readable(ctx, text).replace("@", ""))


def names_in(session: Session, contact_id: int) -> list[str]:
    """The names of the people of the register who took part in a contact."""
    return list(
        session.scalars(
            select(col(Person.name))
            .join(ContactPerson, col(ContactPerson.person_id) == col(Person.id))
            .where(col(ContactPerson.contact_id) == contact_id)
            .order_by(col(Person.name), col(Person.id))
        )
    )


def people_in(session: Session, contact_id: int) -> list[int]:
    """The ids of the people of the register who took part in a contact."""
    return list(
        session.scalars(
            select(col(ContactPerson.person_id))
            .where(col(ContactPerson.contact_id) == contact_id)
            .order_by(col(ContactPerson.person_id))
        )
    )


def _those_on(ctx: ActorContext, contract: ContractRef | None, asked: ColumnElement[bool]) -> list[Person]:
    """The people meeting a condition who are on a contract, or without one on any contract that the actor may log
    contacts on."""
    which = col(Contract.id) == contract.id if contract else ctx.open_to(Permission.LOG_CONTACT)
    on = exists().where(_on_contract(), which)
    people = select(Person).join(Organisation, col(Organisation.id) == col(Person.organisation_id)).where(asked, on)
    return list(ctx.session.scalars(people.order_by(col(Person.name), col(Person.id))))


def _on_contract() -> ColumnElement[bool]:
    """The SQL condition that a person, of an organisation, is on a contract."""
    ours = exists().where(
        col(Role.contract_id) == col(Contract.id),
        col(Role.role).in_(DEPARTMENT),
        or_(col(Role.person_id) == col(Person.id), col(Role.deputy_id) == col(Person.id)),
    )
    return or_(col(Person.organisation_id) == col(Contract.partner_id), and_(is_department(), ours))
