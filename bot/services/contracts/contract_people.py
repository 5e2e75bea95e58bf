"""Who does what on a contract: roles, deputies and leave."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot import homes
from bot.access import PARTNERS, Action, ContractFacts
from bot.errors import UserError
from bot.identity import Identity
from bot.models import Absence, Organisation, OrganisationKind, Person, Role, RoleName
from bot.services import crossing
from bot.services.contracts import register
from bot.services.people.newcomers import person_vouched_for
from bot.services.work import Act


class CannotAppoint(UserError):
    """Somebody cannot have a role: who, and why."""


@dataclass(frozen=True)
class Holder:
    """Somebody in a role, who stands in for them, and their leave that is not over."""

    role: RoleName
    person: Person
    deputy: Person | None
    leave: Sequence[Absence]

    @property
    def key(self) -> str:
        """What tells this holder from the others of the contract."""
        return f"{self.role.name.lower()}-{self.person.id}"


@dataclass(frozen=True)
class ContractPeople:
    """Everybody in a role on a contract; `may_change` says whether the asker may change that."""

    contract: ContractFacts
    holders: Sequence[Holder]
    may_change: bool

    def slack_ids(self, role: RoleName) -> list[str]:
        """The Slack users in a role."""
        return [holder.person.slack for holder in self.holders if holder.role is role]


def people_of(act: Act, typed: str) -> ContractPeople:
    """Who does what on a contract that the actor may see. NoSuchContract, SeveralContracts, Denied."""
    return _people(act, register.contract_for(act, typed, Action.SEE))


def people_to_change(act: Act, contract_id: int) -> ContractPeople:
    """The same, for somebody who may change it. NoLongerThere, Denied."""
    return _people(act, register.contract_by_id(act, contract_id, Action.APPOINT))


def appoint(
    act: Act, contract_id: int, wanted: Mapping[RoleName, Sequence[str]], identities: Sequence[Identity]
) -> ContractPeople:
    """Make these Slack users, and nobody else, the holders of each role; what was and what became is audited.

    `identities` are what Slack says of those whom the register does not know: they are added to it.
    CannotAdd names the role's field; Crossed, NoLongerThere, Denied.
    """
    facts = register.contract_by_id(act, contract_id, Action.APPOINT)
    crossing.check(act, facts.reference, "people changed")
    now = _people(act, facts)
    known = {identity.user: identity for identity in identities}
    changes, gone = {}, list[int]()
    for role, slack_ids in wanted.items():
        before = {holder.person.slack: holder.person for holder in now.holders if holder.role is role}
        after = {slack: _person_for(act, facts, role, slack, known) for slack in slack_ids}
        for slack in before.keys() - after.keys():
            gone.append(before[slack].id)
            act.session.delete(act.session.get_one(Role, (facts.id, before[slack].id, role)))
        for slack in after.keys() - before.keys():
            act.session.add(Role(contract_id=facts.id, person_id=after[slack].id, role=role))
        if before.keys() != after.keys():
            changes[role.value] = [_names(before.values()), _names(after.values())]
    act.session.flush()
    if changes:
        act.record("people changed", facts.reference, contract_id=facts.id, changes=changes)
        homes.note_for(act.session, gone, act.now)  # who has no role any more is not found by the contract
    return _people(act, facts)


def set_deputies(
    act: Act, contract_id: int, wanted: Mapping[str, str], identities: Sequence[Identity]
) -> ContractPeople:
    """Set who stands in for each holder, by `Holder.key`; "" for nobody.

    CannotAppoint, CannotAdd, Crossed, NoLongerThere, Denied.
    """
    facts = register.contract_by_id(act, contract_id, Action.APPOINT)
    crossing.check(act, facts.reference, "people changed", "deputies changed")
    known = {identity.user: identity for identity in identities}
    changes = {}
    for holder in _people(act, facts).holders:
        if holder.key not in wanted:
            continue
        field, slack = f"deputy_{holder.key}", wanted[holder.key]
        deputy = _person_for(act, facts, holder.role, slack, known, field) if slack else None
        if deputy is not None and deputy.id == holder.person.id:
            raise CannotAppoint(f"{deputy.name} cannot stand in for themselves. Choose somebody else.", field=field)
        if (deputy and deputy.id) != (holder.deputy and holder.deputy.id):
            row = act.session.get_one(Role, (facts.id, holder.person.id, holder.role))
            row.deputy_id = deputy.id if deputy else None
            label = f"deputy of {holder.person.name} ({holder.role})"
            changes[label] = [_names([holder.deputy] if holder.deputy else []), _names([deputy] if deputy else [])]
    act.session.flush()
    if changes:
        act.record("deputies changed", facts.reference, contract_id=facts.id, changes=changes)
    return _people(act, facts)


def _people(act: Act, facts: ContractFacts) -> ContractPeople:
    deputy = aliased(Person)
    rows = act.session.execute(
        select(Role, Person, deputy)
        .join(Person, col(Person.id) == col(Role.person_id))
        .outerjoin(deputy, col(deputy.id) == col(Role.deputy_id))
        .where(col(Role.contract_id) == facts.id)
        .order_by(col(Person.name), col(Person.id))
    ).all()
    leave = _leave(act, [person.id for _, person, _ in rows])
    holders = [Holder(role.role, person, standing_in, leave[person.id]) for role, person, standing_in in rows]
    places = list(RoleName)
    holders.sort(key=lambda holder: places.index(holder.role))
    return ContractPeople(facts, holders, act.may(Action.APPOINT, facts))


def _leave(act: Act, person_ids: Collection[int]) -> dict[int, list[Absence]]:
    found: dict[int, list[Absence]] = defaultdict(list)
    for absence in act.session.scalars(
        select(Absence)
        .where(col(Absence.person_id).in_(person_ids), col(Absence.last_day) >= act.today)
        .order_by(col(Absence.first_day))
    ):
        found[absence.person_id].append(absence)
    return found


def _person_for(
    act: Act,
    facts: ContractFacts,
    role: RoleName,
    slack: str,
    known: Mapping[str, Identity],
    field: str | None = None,
) -> Person:
    """The person of the register behind a Slack user, added if Slack vouches for them. CannotAdd."""
    field = field or f"role_{role.name.lower()}"
    return person_vouched_for(act, _organisation_for(act, facts, role), slack, known.get(slack), field)


def _organisation_for(act: Act, facts: ContractFacts, role: RoleName) -> Organisation:
    """Whose people can have a role: the partner's own, or the department's."""
    if role in PARTNERS:
        return act.session.get_one(Organisation, facts.partner_id)
    return act.session.scalars(select(Organisation).where(col(Organisation.kind) == OrganisationKind.DEPARTMENT)).one()


def _names(people: Collection[Person]) -> str:
    return ", ".join(sorted(person.name for person in people)) or "nobody"
