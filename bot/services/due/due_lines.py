"""The lists of what is due that people read on pages: of one contract, of several, or of a partner's side."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.access import Permission, holds_role
from bot.models import Audience, Contract, Party, RoleName
from bot.services.due.open_items import open_items
from bot.services.due.selection import DueBetween, OwnedBy
from bot.services.due.source import DueForm, DueItem
from bot.services.due.sources import SOURCES, source_of
from bot.services.unit_of_work import ActorContext

FORMS = tuple({source.button: None for source in SOURCES if source.button is not None})
MANAGING = (RoleName.CONTRACT_MANAGER, RoleName.PERFORMANCE_MANAGER)


@dataclass(frozen=True)
class DueLine:
    """A line of a list: the contract's reference, what is due, its day, whether that has passed.

    `form` is the form that settles it, None if the reader has none; `key` is what its button carries.
    """

    contract: str
    what: str
    on: date
    late: bool
    form: DueForm | None = None
    key: str = ""


def due_on_contract(ctx: ActorContext, contract_id: int, audience: Audience) -> list[DueItem]:
    """Everything that is due on a contract that the actor may see for this audience, in order of its day."""
    here = (col(Contract.id) == contract_id) & ctx.open_to(Permission.SEE, audience)
    return _sorted(open_items(ctx, here, DueBetween(), audience))


def coming(ctx: ActorContext) -> list[DueItem]:
    """What falls due soon on the contracts that the actor may see, in order of its day, without what they can do at
    once (see `owned`); of one person's work, that on the contracts that they manage."""
    seen = ctx.open_to(Permission.SEE)
    managed = seen & holds_role(ctx.actor, ctx.today, MANAGING)
    return _sorted(
        item
        for source in SOURCES
        for item in source.find(
            ctx, managed if source.is_personal else seen, DueBetween(ctx.today, ctx.today + source.ahead)
        )
        if source.act is None or item.owner_id != ctx.actor.person_id
    )


def owned(ctx: ActorContext) -> list[DueItem]:
    """What the actor owns, on the contracts that they may see: from its day on, but what can be done at once from the
    beginning."""
    seen, me = ctx.open_to(Permission.SEE), ctx.actor.person_id
    return _sorted(
        item
        for source in SOURCES
        if source.has_owner
        for item in source.find(ctx, seen, OwnedBy(last=None if source.act else ctx.today, person_id=me))
    )


def owed_by_managed(ctx: ActorContext) -> list[DueItem]:
    """What the department owes by today, or is to see to, on the contracts that the actor manages; what has an owner is
    theirs."""
    managed = ctx.open_to(Permission.SEE) & holds_role(ctx.actor, ctx.today, MANAGING[:1])
    sources = [source for source in SOURCES if not source.has_owner and source.reminded is not Party.PARTNER]
    found = open_items(ctx, managed, DueBetween(last=ctx.today), sources=sources)
    return _sorted(item for item in found if item.reminded is Party.DEPARTMENT)


def owed_by_partner(ctx: ActorContext) -> list[DueItem]:
    """Everything that the actor's side owes, for a partner's person, in order of its day."""
    found = open_items(ctx, ctx.open_to(Permission.SEE, Audience.SHARED), DueBetween(), Audience.SHARED)
    return _sorted(item for item in found if item.owed_by is Party.PARTNER)


def lines(ctx: ActorContext, items: Sequence[DueItem]) -> list[DueLine]:
    """The items as lines, as of today. One query."""
    if not items:
        return []
    ids = {item.contract_id for item in items}
    allowed = [ctx.open_to(form.who, form.audience) for form in FORMS]
    rows = ctx.session.execute(
        select(col(Contract.id), col(Contract.reference), *allowed).where(col(Contract.id).in_(ids))
    )
    contracts = {key: (reference, dict(zip(FORMS, may, strict=True))) for key, reference, *may in rows}
    return [_line(ctx, item, *contracts[item.contract_id]) for item in items]


def _line(ctx: ActorContext, item: DueItem, reference: str, may_use: Mapping[DueForm, bool]) -> DueLine:
    button = source_of(item.kind).button
    is_closed_by_another = item.closed_by_another and item.owner_id == ctx.actor.person_id
    usable = button if button is not None and may_use[button] and not is_closed_by_another else None
    return DueLine(reference, item.in_a_list, item.due_on, item.due_on < ctx.today, usable, item.key)


def _sorted(items: Iterable[DueItem]) -> list[DueItem]:
    return sorted(items, key=lambda item: (item.due_on, item.contract_id, item.in_a_list))
