"""Finding contracts, and their people and channels."""

import re
from collections.abc import Collection, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, Row, Select, bindparam, case, exists, func, or_, select, true
from sqlmodel import Session, col

from bot.absence import is_absent
from bot.access import FACTS, ContractRef, Permission, role_counts
from bot.db import table
from bot.domain.references import code_typed
from bot.domain.wording import nearest, quoted
from bot.errors import UserError
from bot.identity import NotTheirs
from bot.models import Audience, Channel, Contract, Person, Role, RoleName
from bot.policy import DEPARTMENT
from bot.services.lookup.ambiguity import MOST_NAMED, AmbiguousMatch, Option
from bot.services.lookup.contract_search import best_fit
from bot.services.unit_of_work import ActorContext, UnitOfWork


def _no_such_contract(typed: str, close: str | None, example: str) -> UserError:
    """What was typed is neither a reference nor words of a contract that is the asker's."""
    meant = f"Did you mean {close}?" if close else f"For example: {example}."
    sentence = f"No contract of yours fits {quoted(typed)}. {meant}"
    code = code_typed(typed)
    if _CODE.fullmatch(code):
        return NotTheirs(sentence, f"no contract of theirs is {code}", field="contract")
    return UserError(sentence, field="contract")


def _ambiguous_contract(typed: str, found: Sequence[ContractRef], more: int) -> AmbiguousMatch:
    """What was typed fits more than one contract: these, and so many more."""
    options = [Option(each.reference, each.reference, f"{each.title}, with {each.partner}") for each in found]
    return AmbiguousMatch(typed, "contract", options, more=more)


def no_longer_there() -> UserError:
    """A button or form belongs to nothing in the record."""
    return UserError("This contract is no longer in the record, so nothing was done. Type the command again.")


MOST_OFFERED = 100  # contracts in a list that Slack shows while somebody types
MOST_COMPARED = 50  # references among which the nearest to a misspelled one is looked for

_contracts = table(Contract)
_CODE = re.compile(r"[A-Z0-9-]{1,40}")  # what may be a reference
_BY_REFERENCE = FACTS.where(_contracts.c.reference == bindparam("reference"))
_BY_KEY = FACTS.where(_contracts.c.public_id == bindparam("key"))
_BY_ID = FACTS.where(_contracts.c.id == bindparam("id"))
_channels = table(Channel)
_CHANNEL = select(_channels.c.slack).where(
    _channels.c.contract_id == bindparam("contract_id"), _channels.c.audience == bindparam("audience")
)


def contract_for(
    ctx: ActorContext, typed: str, action: Permission, audience: Audience = Audience.INTERNAL
) -> ContractRef:
    """The contract with this reference, if the actor may do this on it; or the one of theirs that matches the words.

    A contract that they may not see is answered like one that does not exist. Raises `UserError`, `AmbiguousMatch` or
    `Denied`.
    """
    found = ctx.session.connection().execute(_BY_REFERENCE, {"reference": code_typed(typed)}).first()
    if found is not None:
        contract = ContractRef(*found)
        if ctx.require_if_seen(action, contract, audience):
            return contract
    own = ctx.open_to(action, audience)
    fits = best_fit(ctx.session, typed, own)
    if fits is None:
        raise _no_such_contract(typed, nearest(typed, _similar_references(ctx, typed, own)), _an_example(ctx, own))
    fitting = _facts_where(ctx, own, fits, at_most=MOST_NAMED + 1)
    if len(fitting) == 1:
        return fitting[0]
    count = select(func.count()).select_from(_contracts).where(own, fits)
    more = (ctx.session.scalar(count) or 0) - MOST_NAMED if len(fitting) > MOST_NAMED else 0
    raise _ambiguous_contract(typed, fitting[:MOST_NAMED], more)


def contract_by_id(
    ctx: ActorContext, contract_id: int, action: Permission, audience: Audience = Audience.INTERNAL
) -> ContractRef:
    """The contract that a record points at, with which the actor may do this. UserError, Denied."""
    return _open_to(ctx, ctx.session.connection().execute(_BY_ID, {"id": contract_id}).first(), action, audience)


def contract_by_key(
    ctx: ActorContext, key: str, action: Permission, audience: Audience = Audience.INTERNAL
) -> ContractRef:
    """The contract that a form or button is about, with which the actor may do this. UserError, Denied."""
    return _open_to(ctx, ctx.session.connection().execute(_BY_KEY, {"key": key}).first(), action, audience)


def _open_to(
    ctx: ActorContext, found: Row[*tuple[Any, ...]] | None, action: Permission, audience: Audience
) -> ContractRef:
    if found is None:
        raise no_longer_there()
    contract = ContractRef(*found)
    ctx.require(action, contract, audience)
    return contract


def contract_facts(session: Session, contract_id: int) -> ContractRef:
    """The facts of a contract that a record belongs to."""
    return ContractRef(*session.connection().execute(_BY_ID, {"id": contract_id}).one())


def facts_of(session: Session, contract_ids: Collection[int]) -> list[ContractRef]:
    """The facts of the contracts that records belong to, by reference. One query."""
    found = FACTS.where(_contracts.c.id.in_(contract_ids)).order_by(_contracts.c.reference)
    return [ContractRef(*row) for row in session.connection().execute(found)]


def contracts_for(
    ctx: ActorContext, action: Permission, audience: Audience = Audience.INTERNAL
) -> Sequence[ContractRef]:
    """The contracts on which the actor may do this. Raises `UserError` if there are none."""
    contracts = ctx.contracts_open_to(action, audience)
    if not contracts:
        raise UserError(
            f"There is no contract on which you can {action}. Ask a contract manager to give you a role on yours."
        )
    return contracts


def contracts_that_fit(
    ctx: ActorContext, typed: str, action: Permission, audience: Audience = Audience.INTERNAL
) -> Sequence[ContractRef]:
    """The first of the contracts on which the actor may do this that fit what is typed so far; of all, if nothing
    is."""
    own = ctx.open_to(action, audience)
    fits = best_fit(ctx.session, typed, own) if typed.strip() else true()
    return [] if fits is None else _facts_where(ctx, own, fits, at_most=MOST_OFFERED)


def _facts_where(ctx: ActorContext, *conditions: ColumnElement[bool], at_most: int) -> list[ContractRef]:
    """The first contracts that satisfy conditions, by reference."""
    found = FACTS.where(*conditions).order_by(_contracts.c.reference).limit(at_most)
    return [ContractRef(*row) for row in ctx.session.connection().execute(found)]


def _similar_references(ctx: ActorContext, typed: str, own: ColumnElement[bool]) -> Sequence[str]:
    """Some references that begin or end as what was typed does."""
    code = code_typed(typed)
    half = len(code) // 2
    reference = _contracts.c.reference
    alike = or_(reference.startswith(code[:half], autoescape=True), reference.endswith(code[half:], autoescape=True))
    found = select(reference).where(own, alike).order_by(reference).limit(MOST_COMPARED)
    return ctx.session.connection().scalars(found).all()


def _an_example(ctx: ActorContext, own: ColumnElement[bool]) -> str:
    first = select(_contracts.c.reference).where(own).order_by(_contracts.c.reference).limit(1)
    return ctx.session.connection().scalar(first) or "WP-NE"


def reference_of_channel(session: Session, slack_channel: str) -> str | None:
    """The reference of a channel's contract, if it has one."""
    return session.scalar(
        select(col(Contract.reference))
        .join(Channel, col(Channel.contract_id) == Contract.id)
        .where(col(Channel.slack) == slack_channel)
    )


def own_reference(ctx: ActorContext, slack_channel: str) -> str | None:
    """The reference of a contract on which the actor has a role, or which they may see: the channel's, if it is one of
    them. None for none."""
    mine = exists().where(col(Role.contract_id) == col(Contract.id), col(Role.person_id) == ctx.actor.person_id)
    here = exists().where(col(Channel.contract_id) == col(Contract.id), col(Channel.slack) == slack_channel)
    audience = Audience.INTERNAL if ctx.actor.is_department else Audience.SHARED
    found = select(col(Contract.reference)).where(ctx.open_to(Permission.SEE, audience))
    return ctx.session.scalar(found.order_by(here.desc(), mine.desc(), col(Contract.reference)).limit(1))


def channel_of(session: Session, contract_id: int, audience: Audience) -> str | None:
    """The Slack channel of a contract with this audience, if it has one."""
    return session.connection().scalar(_CHANNEL, {"contract_id": contract_id, "audience": audience})


def person_in_role(session: Session, contract_id: int, today: date, *roles: RoleName) -> Person | None:
    """Who answers for the first of these roles that anybody holds on the contract: the holder, or their deputy on
    days of leave and once their Slack account is deactivated. Who is away without a deputy comes last."""
    found = session.execute(_first_in_roles(roles), {"contract_id": contract_id, "today": today}).first()
    return None if found is None else found[1]


def people_in_roles(
    session: Session, contract_id: int, today: date, roles: Collection[RoleName]
) -> dict[RoleName, Person]:
    """The person in each of these roles that anybody holds on the contract, as in `person_in_role`. One query."""
    found: dict[RoleName, Person] = {}
    for role, person in session.execute(_in_roles(tuple(roles)), {"contract_id": contract_id, "today": today}):
        found.setdefault(role, person)
    return found


def department_people(work: UnitOfWork, contract_id: int) -> Sequence[Person]:
    """Everybody of the department with a role on a contract, and today's deputy of its manager, by name."""
    on_it = (
        select(col(Role.person_id))
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .join(Person, col(Person.id) == col(Role.person_id))
        .where(col(Contract.id) == contract_id, col(Role.role).in_(DEPARTMENT - {RoleName.VIEWER}), role_counts())
    )
    manager = person_in_role(work.session, contract_id, work.today, RoleName.CONTRACT_MANAGER)
    asked = col(Person.id).in_(on_it) | (col(Person.id) == (manager.id if manager else 0))
    return work.session.scalars(select(Person).where(asked).order_by(col(Person.name))).all()


@cache
def _first_in_roles(roles: tuple[RoleName, ...]) -> Select[RoleName, Person]:
    return _in_roles(roles).limit(1)


@cache
def _in_roles(roles: tuple[RoleName, ...]) -> Select[RoleName, Person]:
    """The roles with whoever answers for each, in order. Built once: to build it takes longer than to run it."""
    order = case({role: place for place, role in enumerate(roles)}, value=col(Role.role))
    today = bindparam("today", type_=Date())
    away = is_absent(col(Role.person_id), today)
    stands = case((away, func.coalesce(col(Role.deputy_id), col(Role.person_id))), else_=col(Role.person_id))
    return (
        select(col(Role.role), Person)
        .join(Person, stands == col(Person.id))
        .join(Contract, col(Contract.id) == col(Role.contract_id))
        .where(col(Contract.id) == bindparam("contract_id"), col(Role.role).in_(roles), role_counts())
        .order_by(away & col(Role.deputy_id).is_(None), order, col(Person.id))
    )
