"""The people on the ladder of a contract today, and the deputies of people who cannot be reached."""

from collections.abc import Collection, Mapping

from sqlalchemy import case, select
from sqlmodel import col

from bot.absence import is_absent
from bot.access import role_counts
from bot.domain.escalation_triggers import Subject
from bot.domain.ladder import Rung
from bot.models import Contract, Escalation, Person, Risk, Role, RoleName
from bot.policy import DEPARTMENT
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import UnitOfWork

ROLES = {
    Rung.MANAGER: RoleName.CONTRACT_MANAGER,
    Rung.HEAD: RoleName.HEAD,
    Rung.SENIOR_OWNER: RoleName.SENIOR_OWNER,
    Rung.DIRECTOR: RoleName.COMMERCIAL_LEAD,
}


def ladder_holders(work: UnitOfWork, contract_id: int, kind: Subject, subject_id: int) -> Mapping[Rung, Person]:
    """The person on each rung: the holder of the role, or their deputy on days of leave. A risk's owner is on the
    lowest rung; other records have no owner."""
    people = contract_lookup.people_in_roles(work.session, contract_id, work.today, ROLES.values())
    found = {rung: people[role] for rung, role in ROLES.items() if role in people}
    owner = kind is Subject.RISK and _owner(work, contract_id, work.session.get_one(Risk, subject_id).owner_id)
    return {**found, Rung.OWNER: owner} if owner else found


def holders_of(work: UnitOfWork, escalation: Escalation) -> Mapping[Rung, Person]:
    """The people on the ladder of an escalation."""
    return ladder_holders(work, escalation.contract_id, escalation.kind, escalation.subject_id)


def deputy_of(work: UnitOfWork, escalation: Escalation, asked: Collection[int]) -> Person | None:
    """The deputy of the person an escalation is with, in their role on its rung, if that deputy was not asked yet."""
    role = ROLES.get(escalation.rung)
    return work.session.scalar(
        select(Person)
        .join(Role, col(Role.deputy_id) == col(Person.id))
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .where(
            col(Contract.id) == escalation.contract_id,
            col(Role.person_id) == escalation.owner_id,
            col(Person.id).not_in(asked),
            role_counts(),
        )
        .order_by(case((col(Role.role) == role, 0), else_=1), col(Role.role))
        .limit(1)
    )


def _owner(work: UnitOfWork, contract_id: int, person_id: int) -> Person | None:
    """The owner of a risk, if they have a role of the department's on its contract; their deputy there while they are
    away."""
    away = is_absent(col(Role.person_id), work.today)
    stands = case((away, col(Role.deputy_id)), else_=col(Role.person_id))
    return work.session.scalar(
        select(Person)
        .join(Role, stands == col(Person.id))
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .where(
            col(Contract.id) == contract_id,
            col(Role.person_id) == person_id,
            col(Role.role).in_(DEPARTMENT),
            role_counts(),
        )
        .limit(1)
    )
