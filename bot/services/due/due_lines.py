"""The lists of what is due that people read on pages: of one contract, of several, or of a partner's side."""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, select
from sqlmodel import col

from bot import access, policy
from bot.access import Permission
from bot.models import Audience, Contract, Party, RoleName
from bot.scopes import ContractScope, built_once, on_contract, on_contracts
from bot.services.due.open_items import listed_in_use, open_items, sources_on
from bot.services.due.selection import DueBetween, OwnedBy
from bot.services.due.source import DueForm, DueItem, DueSource
from bot.services.due.sources import source_of
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class DueLine:
    """A line of a list: the contract's reference, what is due, its day, whether that has passed.

    `form` is the form that settles it, None if the reader has none; `key` is what its button carries. `note` stands
    beside the day.
    """

    contract: str
    what: str
    on: date
    late: bool
    form: DueForm | None = None
    key: str = ""
    note: str = ""


def due_on_contract(ctx: ActorContext, contract_id: int, audience: Audience) -> list[DueItem]:
    """Everything that is due on a contract that the actor may see for this audience, in order of its day."""
    here = on_contract(contract_id) & ctx.scope(Permission.SEE, audience)
    return _sorted(open_items(ctx, here, DueBetween(), audience, sources_on(ctx, contract_id)))


@dataclass(frozen=True)
class HomeItems:
    """What waits for a person, and what falls due soon, each in order of its day; and the ids of the contracts on which
    something is late that is no one person's work."""

    waiting: Sequence[DueItem]
    coming: Sequence[DueItem]
    late_on: Set[int] = frozenset()


def on_home(ctx: ActorContext) -> HomeItems:
    """What is due on the contracts that the actor may see.

    What they own waits from its day on, but what can be done at once from the beginning; so does, from its day on, what
    the department owes or is to see to on the contracts that they manage. The rest of what falls due soon is coming; of
    one person's work, that on the contracts that they manage.
    """
    seen, managed = ctx.scope(Permission.SEE), ctx.scope(Permission.SEE, holding={RoleName.CONTRACT_MANAGER})
    waiting, coming = list[DueItem](), list[DueItem]()
    for_managers = list[DueItem]()
    late_on = set[int]()
    for source in listed_in_use(ctx):
        if source.has_owner:
            waiting += _owned(ctx, source, seen)
        for item in source.find(ctx, managed if source.is_personal else seen, _on_home(ctx, source)):
            if item.due_on < ctx.today and not source.is_personal:
                late_on.add(item.contract_id)
            if _waits(ctx, source, item):
                for_managers += [] if source.has_owner else [item]
            elif item.due_on >= ctx.today:
                coming.append(item)
    theirs = on_contracts({item.contract_id for item in for_managers}) & managed
    own = {*ctx.session.scalars(_contracts_in(theirs.contracts), theirs.values)}
    for item in for_managers:
        if item.contract_id in own:
            waiting.append(item)
        elif item.due_on >= ctx.today:
            coming.append(item)
    return HomeItems(_sorted(waiting), _sorted(coming), late_on)


@built_once
def _contracts_in(contracts: ColumnElement[bool]) -> Select[int]:
    return select(col(Contract.id)).where(contracts)


def _owned(ctx: ActorContext, source: DueSource, seen: ContractScope) -> Sequence[DueItem]:
    last = None if source.act else ctx.today
    return source.find(ctx, seen, OwnedBy(last=last, person_id=ctx.actor.person_id))


def _on_home(ctx: ActorContext, source: DueSource) -> DueBetween:
    """What is late is asked for only where it may wait for somebody who does not own it, or counts for everybody."""
    waits_for_managers = not source.has_owner and source.reminded is not Party.PARTNER
    is_asked_for = waits_for_managers or not source.is_personal
    return DueBetween(None if is_asked_for else ctx.today, ctx.today + source.ahead)


def _waits(ctx: ActorContext, source: DueSource, item: DueItem) -> bool:
    """Whether an item waits for its owner or for the contract's manager."""
    if source.has_owner:
        return item.owner_id == ctx.actor.person_id and (source.act is not None or item.due_on <= ctx.today)
    return item.reminded is Party.DEPARTMENT and item.due_on <= ctx.today


def owed_by_partner(ctx: ActorContext) -> list[DueItem]:
    """Everything that the actor's side owes, for a partner's person, in order of its day."""
    found = open_items(ctx, ctx.scope(Permission.SEE, Audience.SHARED), DueBetween(), Audience.SHARED)
    return _sorted(item for item in found if item.owed_by is Party.PARTNER)


def lines(ctx: ActorContext, items: Sequence[DueItem]) -> list[DueLine]:
    """The items as lines, as of today. Two queries."""
    if not items:
        return []
    ids = {item.contract_id for item in items}
    contracts = ctx.session.execute(
        select(col(Contract.id), col(Contract.reference), col(Contract.partner_id)).where(col(Contract.id).in_(ids))
    )
    roles = access.roles_on_each(ctx.session, ctx.actor, ids, ctx.today)
    of_each = {key: (reference, partner_id, roles[key]) for key, reference, partner_id in contracts}
    return [_line(ctx, item, *of_each[item.contract_id]) for item in items]


def _line(ctx: ActorContext, item: DueItem, reference: str, partner_id: int, roles: Set[RoleName]) -> DueLine:
    offered = (each for each in source_of(item.kind).buttons if _may_use(ctx, each, partner_id, roles))
    is_closed_by_another = item.closed_by_another and item.owner_id == ctx.actor.person_id
    is_ours = ctx.actor.is_department or item.owed_by is Party.PARTNER  # nobody settles what the other side owes
    button = next(offered, None) if is_ours and item.key and not is_closed_by_another else None
    key = item.key if button else ""
    return DueLine(reference, item.in_a_list, item.due_on, item.due_on < ctx.today, button, key, item.note)


def _may_use(ctx: ActorContext, form: DueForm, partner_id: int, roles: Set[RoleName]) -> bool:
    return any(policy.may(ctx.actor, roles, partner_id, each, form.audience) for each in form.who)


def _sorted(items: Iterable[DueItem]) -> list[DueItem]:
    return sorted(items, key=lambda item: (item.due_on, item.contract_id, item.in_a_list))
