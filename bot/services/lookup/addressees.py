"""Who is told: the partner's contacts on each contract, and the contracts on which nobody can be reached."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from bot.absence import is_deactivated
from bot.access import ContractRef, role_counts
from bot.models import Contract, Person, Role, RoleName
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Addressees:
    """The people of each contract, by their ids; `unreached` are sentences about who cannot be told."""

    contracts: Sequence[ContractRef]
    people: Mapping[int, Sequence[int]]
    unreached: Sequence[str]

    @property
    def persons(self) -> Collection[int]:
        """Everybody who is told, each once."""
        return dict.fromkeys(person for people in self.people.values() for person in people)

    @property
    def reached(self) -> int:
        """On how many contracts somebody is told."""
        return sum(bool(people) for people in self.people.values())


def addressees_of(work: UnitOfWork, contract_ids: Sequence[int]) -> Addressees:
    """Who is told on these contracts. Two queries."""
    contracts = contract_lookup.facts_of(work.session, contract_ids)
    rows = work.session.execute(
        select(col(Role.contract_id), col(Person.id), col(Person.name), is_deactivated(col(Person.id)))
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .join(Person, col(Person.id) == col(Role.person_id))
        .where(col(Role.contract_id).in_(contract_ids), col(Role.role) == RoleName.PARTNER_CONTACT, role_counts())
        .order_by(col(Role.contract_id), col(Person.id))
    )
    people: dict[int, list[int]] = defaultdict(list)
    gone: dict[int, list[str]] = defaultdict(list)
    for contract_id, person_id, name, is_gone in rows:
        if is_gone:
            gone[contract_id].append(name)
        else:
            people[contract_id].append(person_id)
    unreached = [_unreached(each, gone[each.id], bool(people[each.id])) for each in contracts]
    return Addressees(contracts, people, [each for each in unreached if each])


def _unreached(contract: ContractRef, gone: Sequence[str], has_others: bool) -> str:
    if has_others:
        return "".join(f"{name} of {contract.partner} has no active Slack account. " for name in gone).strip()
    why = f"{' and '.join(gone)} has no active Slack account" if gone else "it has no partner contact"
    return (
        f"Nobody at {contract.partner} can be told on {contract.reference}: {why}. "
        f"To name somebody, type /contract people {contract.reference}."
    )
