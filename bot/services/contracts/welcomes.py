"""A short welcome for who got a role on a contract: who its manager is, what will be asked, how to answer, whom to ask.

Each person gets one for each role on a contract, and one message for all that they got at a time. Roles of sample
records that came with a file, and of contracts that have ended, get none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, role_counts
from bot.delivery.outbox import OutgoingMessage
from bot.models import Audience, Contract, Occurrence, Person, Role, RoleName
from bot.policy import PARTNERS
from bot.services import occurrences
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import UnitOfWork

RULE = "welcomed"
WITHIN = timedelta(days=14)  # after which a welcome would come too late
MOST_AT_ONCE = 20  # people in a run, so that a large import does not send hundreds of messages together
MOST_NAMED = 8  # roles in one message


@dataclass(frozen=True)
class GivenRole:
    """A role that somebody got: its contract, the manager to ask ("" for themselves or nobody), the channel in which
    the partner is asked ("" for none), and the working day of the month by which a report is due."""

    role: RoleName
    contract: ContractRef
    manager: str
    channel: str
    report_day: int


@dataclass(frozen=True)
class Welcome:
    """The roles that one person is welcomed to; `more` is how many others there are."""

    name: str
    inside: bool
    roles: Sequence[GivenRole]
    more: int = 0


def to_welcome(work: UnitOfWork) -> list[int]:
    """The people who have got a role and were not welcomed to it, in working hours of their contract's nation; those
    who wait longest first."""
    waiting: dict[int, bool] = {}
    for role, contract in _given(work):
        is_time = work.calendar.of(contract.nation).is_working_time(work.now)
        waiting[role.person_id] = waiting.get(role.person_id, False) or is_time
    return [person_id for person_id, is_time in waiting.items() if is_time][:MOST_AT_ONCE]


def welcome(work: UnitOfWork, person_id: int) -> bool:
    """Welcome somebody to the roles that they have got, unless another worker did; returns whether it was done."""
    given = [(role, contract) for role, contract in _given(work) if role.person_id == person_id]
    claimed = occurrences.claim_all(
        work, RULE, {_subject(role): role.given_at for role, _ in given if role.given_at is not None}
    )
    mine = [(role, contract) for role, contract in given if _subject(role) in claimed]
    if not mine:
        return False
    person = work.session.get_one(Person, person_id)
    inside = mine[0][0].role not in PARTNERS
    roles = [_described(work, role, contract, person) for role, contract in mine[:MOST_NAMED]]
    message = work.messages.message(
        "people/welcome", welcome=Welcome(person.name, inside, roles, len(mine) - len(roles))
    )
    first = mine[0][1]
    draft = OutgoingMessage(
        work.next_key(f"welcome-{person_id}"),
        person.slack,
        Audience.INTERNAL if inside else Audience.SHARED,
        message,
        f"you are now {roles[0].role.value} on {first.reference}",
        first.id,
    )
    work.enqueue(draft)
    for role, contract in mine:
        work.record("welcomed", person.slack, contract_id=contract.id, role=role.role.value)
    return True


def _given(work: UnitOfWork) -> list[tuple[Role, Contract]]:
    """The roles that were given lately and count, on contracts that have not ended, and were not welcomed to."""
    rows = work.session.execute(
        select(Role, Contract)
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .join(Person, col(Person.id) == col(Role.person_id))
        .where(col(Role.given_at) >= work.now - WITHIN, col(Contract.end_date) >= work.today, role_counts())
        .order_by(col(Role.given_at), col(Role.person_id), col(Contract.reference), col(Role.role))
    ).all()
    if not rows:
        return []
    subjects = [_subject(role) for role, _ in rows]
    done = set(
        work.session.scalars(
            select(col(Occurrence.subject)).where(col(Occurrence.rule) == RULE, col(Occurrence.subject).in_(subjects))
        )
    )
    return [(role, contract) for role, contract in rows if _subject(role) not in done]


def _subject(role: Role) -> str:
    return f"{role.person_id} {role.role.value} on {role.contract_id}"


def _described(work: UnitOfWork, role: Role, contract: Contract, person: Person) -> GivenRole:
    manager = contract_lookup.person_in_role(work.session, contract.id, work.today, RoleName.CONTRACT_MANAGER)
    return GivenRole(
        role.role,
        contract_lookup.contract_facts(work.session, contract.id),
        manager.name if manager is not None and manager.id != person.id else "",
        contract_lookup.channel_of(work.session, contract.id, Audience.SHARED) or "",
        contract.report_working_day,
    )
