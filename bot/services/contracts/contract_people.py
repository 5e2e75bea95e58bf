"""The people of a contract: their roles, deputies and leave."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import col

from bot import homes
from bot.access import ContractRef, Permission
from bot.errors import UserError
from bot.identity import Identity, is_department
from bot.models import Absence, Organisation, Person, Role, RoleName
from bot.policy import PARTNERS
from bot.services import edit_conflicts
from bot.services.documents import telling
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.people import find_or_add_person
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class Holder:
    """A person in a role, their deputy, and their present and future leave."""

    role: RoleName
    person: Person
    deputy: Person | None
    leave: Sequence[Absence]

    @property
    def key(self) -> str:
        """The key of this holder among those of the contract."""
        return f"{self.role.name.lower()}-{self.person.slack}"


@dataclass(frozen=True)
class ContractPeople:
    """Everybody in a role on a contract; `may_change`: the actor may change that."""

    contract: ContractRef
    holders: Sequence[Holder]
    may_change: bool

    def slack_ids(self, role: RoleName) -> list[str]:
        """The Slack users in a role."""
        return [holder.person.slack for holder in self.holders if holder.role is role]


def people_of(ctx: ActorContext, typed: str) -> ContractPeople:
    """The people of a contract that the actor may see. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    return _people(ctx, contract_lookup.contract_for(ctx, typed, Permission.SEE))


def people_to_change(ctx: ActorContext, key: str) -> ContractPeople:
    """The people of a contract, if the actor may change them. Raises `UserError` or `Denied`."""
    return _people(ctx, contract_lookup.contract_by_key(ctx, key, Permission.APPOINT))


def appoint(
    ctx: ActorContext,
    contract_id: int,
    wanted: Mapping[RoleName, Sequence[str]],
    identities: Sequence[Identity],
    *,
    tell_partner: bool = False,
) -> ContractPeople:
    """Make these Slack users the only holders of each role; the audit trail records the holders before and after.

    `tell_partner`: the partner is told of a new contract manager. `identities` describe the users who are not in the
    register, which then gets them. Raises `CannotAdd` with the role's field, `UserError`, `Denied` or `EditConflict`.
    """
    facts = contract_lookup.contract_by_id(ctx, contract_id, Permission.APPOINT)
    edit_conflicts.check(ctx, facts.reference, "people changed")
    now = _people(ctx, facts)
    known = {identity.user: identity for identity in identities}
    pairs = {
        role: (
            {holder.person.slack: holder.person for holder in now.holders if holder.role is role},
            {slack: _person_for(ctx, facts, role, slack, known) for slack in slack_ids},
        )
        for role, slack_ids in wanted.items()
    }
    if tell_partner and RoleName.CONTRACT_MANAGER in pairs:
        _tell_of_manager(ctx, facts, *pairs[RoleName.CONTRACT_MANAGER])
    changes, gone = {}, list[int]()
    for role, (before, after) in pairs.items():
        gone += _replace_holders(ctx, facts, role, before, after)
        if before.keys() != after.keys():
            changes[role.value] = [_names(before.values()), _names(after.values())]
    ctx.session.flush()
    if changes:
        ctx.record("people changed", facts.reference, contract_id=facts.id, changes=changes)
        homes.mark_stale_for(ctx.session, gone, ctx.now)  # who lost a role is not found through the contract
    return _people(ctx, facts)


def _replace_holders(
    ctx: ActorContext, facts: ContractRef, role: RoleName, before: Mapping[str, Person], after: Mapping[str, Person]
) -> list[int]:
    """Take the role from those who have it no more, and give it to those who are new to it; returns whose it was."""
    gone = [before[slack].id for slack in before.keys() - after.keys()]
    for person_id in gone:
        ctx.session.delete(ctx.session.get_one(Role, (facts.id, person_id, role)))
    for slack in after.keys() - before.keys():
        given_at = None if slack == ctx.actor.slack else ctx.now  # who gives themselves a role needs no welcome
        ctx.session.add(Role(contract_id=facts.id, person_id=after[slack].id, role=role, given_at=given_at))
    return gone


def _tell_of_manager(
    ctx: ActorContext, facts: ContractRef, before: Mapping[str, Person], after: Mapping[str, Person]
) -> None:
    """Tell the partner who manages the contract from now on, before whoever says so may have no role any more."""
    if not after or before.keys() == after.keys():
        return
    names, instead = _names(after.values()), f", in place of {_names(before.values())}" if before else ""
    what = f"From today {names} manages {facts.reference} {facts.title} for the department{instead}."
    if telling.tell(ctx, facts, f"Your contract manager is {names}", what, ctx.today) is None:
        raise UserError(f"{telling.unreached(ctx, facts)} Or take the tick out.", field=telling.TICK)


def set_deputies(
    ctx: ActorContext, contract_id: int, wanted: Mapping[str, str], identities: Sequence[Identity]
) -> ContractPeople:
    """Set the deputy of each holder, by `Holder.key`; "" for none.

    Raises `CannotAdd`, `UserError`, `Denied` or `EditConflict`.
    """
    facts = contract_lookup.contract_by_id(ctx, contract_id, Permission.APPOINT)
    edit_conflicts.check(ctx, facts.reference, "people changed", "deputies changed")
    known = {identity.user: identity for identity in identities}
    changes = {}
    for holder in _people(ctx, facts).holders:
        if holder.key not in wanted:
            continue
        field, slack = f"deputy_{holder.key}", wanted[holder.key]
        deputy = _person_for(ctx, facts, holder.role, slack, known, field) if slack else None
        if deputy is not None and deputy.id == holder.person.id:
            raise UserError(f"{deputy.name} cannot stand in for themselves. Choose somebody else.", field=field)
        if (deputy and deputy.id) != (holder.deputy and holder.deputy.id):
            row = ctx.session.get_one(Role, (facts.id, holder.person.id, holder.role))
            row.deputy_id = deputy.id if deputy else None
            label = f"deputy of {holder.person.name} ({holder.role})"
            changes[label] = [_names([holder.deputy] if holder.deputy else []), _names([deputy] if deputy else [])]
    ctx.session.flush()
    if changes:
        ctx.record("deputies changed", facts.reference, contract_id=facts.id, changes=changes)
    return _people(ctx, facts)


def _people(ctx: ActorContext, facts: ContractRef) -> ContractPeople:
    deputy = aliased(Person)
    rows = ctx.session.execute(
        select(Role, Person, deputy)
        .join(Person, col(Person.id) == col(Role.person_id))
        .outerjoin(deputy, col(deputy.id) == col(Role.deputy_id))
        .where(col(Role.contract_id) == facts.id)
        .order_by(col(Person.name), col(Person.id))
    ).all()
    leave = _leave(ctx, [person.id for _, person, _ in rows])
    holders = [Holder(role.role, person, standing_in, leave[person.id]) for role, person, standing_in in rows]
    places = list(RoleName)
    holders.sort(key=lambda holder: places.index(holder.role))
    return ContractPeople(facts, holders, ctx.may(Permission.APPOINT, facts))


def _leave(ctx: ActorContext, person_ids: Collection[int]) -> dict[int, list[Absence]]:
    found: dict[int, list[Absence]] = defaultdict(list)
    for absence in ctx.session.scalars(
        select(Absence)
        .where(col(Absence.person_id).in_(person_ids), col(Absence.last_day) >= ctx.today)
        .order_by(col(Absence.first_day))
    ):
        found[absence.person_id].append(absence)
    return found


def _person_for(
    ctx: ActorContext,
    facts: ContractRef,
    role: RoleName,
    slack: str,
    known: Mapping[str, Identity],
    field: str | None = None,
) -> Person:
    """The person of a Slack user; one who is not in the register is added if Slack confirms their identity. Raises
    `CannotAdd`."""
    field = field or f"role_{role.name.lower()}"
    return find_or_add_person(ctx, _organisation_for(ctx, facts, role), slack, known.get(slack), field)


def _organisation_for(ctx: ActorContext, facts: ContractRef, role: RoleName) -> Organisation:
    """The organisation whose people may have a role: the partner's, or the department's."""
    if role in PARTNERS:
        return ctx.session.get_one(Organisation, facts.partner_id)
    return ctx.session.scalars(select(Organisation).where(is_department())).one()


def _names(people: Collection[Person]) -> str:
    return ", ".join(sorted(person.name for person in people)) or "nobody"
