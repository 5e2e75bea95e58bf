"""The register: finding contracts, and the people and channels that belong to them."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, bindparam, case, exists, func, select
from sqlmodel import Session, col

from bot.access import FACTS, ContractRef, Permission, counting
from bot.db import table
from bot.domain.search import search
from bot.domain.wording import nearest, quoted
from bot.errors import UserError
from bot.models import Absence, Audience, Channel, Contract, Person, Role, RoleName
from bot.services.lookup.ambiguity import AmbiguousMatch, Option
from bot.services.unit_of_work import ActorContext


class NoSuchContract(UserError):
    """What was typed is neither a reference nor words of a contract that is the asker's."""

    def __init__(self, typed: str, close: str | None, example: str) -> None:
        meant = f"Did you mean {close}?" if close else f"For example: {example}."
        super().__init__(f"No contract of yours fits {quoted(typed)}. {meant}", field="contract")


class AmbiguousContract(AmbiguousMatch):
    """What was typed fits more than one contract."""

    def __init__(self, typed: str, found: Sequence[ContractRef]) -> None:
        options = [Option(each.reference, each.reference, f"{each.title}, with {each.partner}") for each in found]
        super().__init__(typed, "contract", options)


class NoContractsYet(UserError):
    """The asker has no contract on which to do this."""

    def __init__(self, action: Permission) -> None:
        super().__init__(
            f"There is no contract on which you can {action}. Ask a contract manager to give you a role on yours."
        )


class NoLongerThere(UserError):
    """A button or form belongs to nothing in the record."""

    def __init__(self) -> None:
        super().__init__("This contract is no longer in the record, so nothing was done. Type the command again.")


_contracts = table(Contract)
_BY_REFERENCE = FACTS.where(_contracts.c.reference == bindparam("reference"))
_BY_KEY = FACTS.where(_contracts.c.public_id == bindparam("key"))
_BY_ID = FACTS.where(_contracts.c.id == bindparam("id"))


def contract_for(
    ctx: ActorContext, typed: str, action: Permission, audience: Audience = Audience.INTERNAL
) -> ContractRef:
    """The contract of this reference, on which the actor may do this; or the one of theirs that the words fit.

    NoSuchContract, SeveralContracts, Denied.
    """
    found = ctx.session.connection().execute(_BY_REFERENCE, {"reference": typed.strip().upper()}).first()
    if found is not None:
        contract = ContractRef(*found)
        ctx.require(action, contract, audience)
        return contract
    own = ctx.contracts_open_to(action, audience)
    fitting = search(typed, own)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise AmbiguousContract(typed, fitting)
    references = [each.reference for each in own]
    raise NoSuchContract(typed, nearest(typed, references), references[0] if own else "WP-NE")


def contract_by_id(
    ctx: ActorContext, contract_id: int, action: Permission, audience: Audience = Audience.INTERNAL
) -> ContractRef:
    """The contract that a record points at, with which the actor may do this. NoLongerThere, Denied."""
    return _open_to(ctx, ctx.session.connection().execute(_BY_ID, {"id": contract_id}).first(), action, audience)


def contract_by_key(
    ctx: ActorContext, key: str, action: Permission, audience: Audience = Audience.INTERNAL
) -> ContractRef:
    """The contract that a form or button is about, with which the actor may do this. NoLongerThere, Denied."""
    return _open_to(ctx, ctx.session.connection().execute(_BY_KEY, {"key": key}).first(), action, audience)


def _open_to(
    ctx: ActorContext, found: Row[*tuple[Any, ...]] | None, action: Permission, audience: Audience
) -> ContractRef:
    if found is None:
        raise NoLongerThere
    contract = ContractRef(*found)
    ctx.require(action, contract, audience)
    return contract


def contract_facts(session: Session, contract_id: int) -> ContractRef:
    """The facts of a contract that a record points at."""
    return ContractRef(*session.connection().execute(_BY_ID, {"id": contract_id}).one())


def contracts_for(
    ctx: ActorContext, action: Permission, audience: Audience = Audience.INTERNAL
) -> Sequence[ContractRef]:
    """The contracts on which the actor may do this. NoContractsYet if there are none."""
    contracts = ctx.contracts_open_to(action, audience)
    if not contracts:
        raise NoContractsYet(action)
    return contracts


def reference_of_channel(session: Session, slack_channel: str) -> str | None:
    """The reference of the contract that a channel belongs to, if it belongs to one."""
    return session.scalar(
        select(col(Contract.reference))
        .join(Channel, col(Channel.contract_id) == Contract.id)
        .where(col(Channel.slack) == slack_channel)
    )


def channel_of(session: Session, contract_id: int, audience: Audience) -> str | None:
    """The Slack channel in which a contract is talked about with this audience, if it has one."""
    return session.scalar(
        select(col(Channel.slack)).where(col(Channel.contract_id) == contract_id, col(Channel.audience) == audience)
    )


def person_in_role(session: Session, contract_id: int, today: date, *roles: RoleName) -> Person | None:
    """Who answers for the first of these roles that anybody holds on the contract: the holder, or their deputy on
    days of leave. Who is away without a deputy comes last."""
    found = session.execute(_in_roles(contract_id, today, roles).limit(1)).first()
    return None if found is None else found[1]


def people_in_roles(
    session: Session, contract_id: int, today: date, roles: Collection[RoleName]
) -> dict[RoleName, Person]:
    """Who answers for each of these roles that anybody holds on the contract, as in `person_in_role`. One query."""
    found: dict[RoleName, Person] = {}
    for role, person in session.execute(_in_roles(contract_id, today, roles)):
        found.setdefault(role, person)
    return found


def _in_roles(contract_id: int, today: date, roles: Collection[RoleName]) -> Select[RoleName, Person]:
    """The roles with whoever answers for each, in order."""
    order = case({role: place for place, role in enumerate(roles)}, value=col(Role.role))
    away = exists().where(
        col(Absence.person_id) == col(Role.person_id), col(Absence.first_day) <= today, col(Absence.last_day) >= today
    )
    stands = case((away, func.coalesce(col(Role.deputy_id), col(Role.person_id))), else_=col(Role.person_id))
    return (
        select(col(Role.role), Person)
        .join(Person, stands == col(Person.id))
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .where(col(Contract.id) == contract_id, col(Role.role).in_(roles), counting())
        .order_by(away & col(Role.deputy_id).is_(None), order, col(Person.id))
    )
