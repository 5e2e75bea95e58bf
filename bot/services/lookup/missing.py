"""What contracts lack, so that prompts, reminders or escalations of them reach nobody."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, exists, or_, select
from sqlmodel import col

from bot.absence import is_deactivated
from bot.access import role_counts
from bot.domain.missing import Missing
from bot.domain.stages import TALKED_WITH
from bot.models import Audience, Channel, Contract, Person, Role, RoleName
from bot.services.unit_of_work import UnitOfWork

_ABOVE_MANAGER = (RoleName.HEAD, RoleName.SENIOR_OWNER, RoleName.COMMERCIAL_LEAD)


def missing_on(work: UnitOfWork, contract: Contract) -> list[Missing]:
    """What a contract lacks; nothing before there is a partner to talk with. One query."""
    if contract.stage not in TALKED_WITH:
        return []
    lacks = select(*(_lacks(each).label(each.name) for each in Missing)).where(col(Contract.id) == contract.id)
    found = work.session.execute(lacks.select_from(Contract)).one()
    return [each for each, is_missing in zip(Missing, found, strict=True) if is_missing]


def missing_on_all(work: UnitOfWork) -> Mapping[Missing, Sequence[str]]:
    """The references of the contracts that lack each thing; what no contract lacks is left out. One query for each."""
    found = {
        each: work.session.scalars(
            select(col(Contract.reference))
            .where(col(Contract.stage).in_(TALKED_WITH), _lacks(each))
            .order_by(col(Contract.reference))
        ).all()
        for each in Missing
    }
    return {each: references for each, references in found.items() if references}


def _lacks(what: Missing) -> ColumnElement[bool]:
    match what:
        case Missing.SHARED_CHANNEL:
            return ~exists().where(
                col(Channel.contract_id) == col(Contract.id), col(Channel.audience) == Audience.SHARED
            )
        case Missing.PARTNER_CONTACT:
            return ~_is_held(RoleName.PARTNER_CONTACT)
        case Missing.LADDER:
            return ~_is_held(*_ABOVE_MANAGER)


def _is_held(*roles: RoleName) -> ColumnElement[bool]:
    """Whether somebody who can be reached, or has a deputy, holds one of these roles on the contract."""
    is_reached = or_(~is_deactivated(col(Role.person_id)), col(Role.deputy_id).is_not(None))
    held = exists().where(
        col(Role.contract_id) == col(Contract.id),
        col(Person.id) == col(Role.person_id),
        col(Role.role).in_(roles),
        role_counts(),
        is_reached,
    )
    return held.correlate(Contract)
