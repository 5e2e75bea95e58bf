"""The list of actions on the actor's contracts, by their day."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import col

from bot.access import Permission
from bot.domain.references import code_typed
from bot.models import ActionItem, Contract, Person
from bot.services.lookup.folded_search import says
from bot.services.paging import ON_A_PAGE, Paged, page_number
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class ListedAction:
    """An action in a list."""

    item: ActionItem
    contract: str
    owner: str
    late: bool


@dataclass(frozen=True)
class ActionPage(Paged[ListedAction]):
    """A page of actions, the first due first; pages count from 1. `late` counts the late ones on all pages."""

    late: int
    words: Sequence[str]

    @property
    def is_own(self) -> bool:
        """Whether it lists all of the actor's own, and no others."""
        return [word.casefold() for word in self.words] == ["mine"]


def list_actions(ctx: ActorContext, words: Sequence[str], page: int = 1) -> ActionPage:
    """A page of the open actions on the actor's contracts that match every word. Two queries.

    A word is mine, late, a contract's reference, or text to find in the action and its owner's name. A page beyond the
    last is the last.
    """
    actions = (
        select(ActionItem, col(Contract.reference), col(Person.name))
        .join(Contract, col(Contract.id) == col(ActionItem.contract_id))
        .join(Person, col(Person.id) == col(ActionItem.owner_id))
        .where(col(ActionItem.done_on).is_(None), ctx.open_to(Permission.SEE), *(_fits(ctx, word) for word in words))
    )
    asked = actions.subquery()
    counted = select(func.count(), func.count().filter(asked.c.due_on < ctx.today)).select_from(asked)
    found, late = ctx.session.execute(counted).one()
    number = page_number(page, found)
    by_day = actions.order_by(col(ActionItem.due_on), col(ActionItem.id))
    rows = ctx.session.execute(by_day.limit(ON_A_PAGE).offset((number - 1) * ON_A_PAGE))
    return ActionPage(
        [ListedAction(item, contract, owner, item.due_on < ctx.today) for item, contract, owner in rows],
        number,
        found,
        late,
        words,
    )


def _fits(ctx: ActorContext, word: str) -> ColumnElement[bool]:
    typed = word.casefold()
    if typed == "mine":
        return col(ActionItem.owner_id) == ctx.actor.person_id
    if typed == "late":
        return col(ActionItem.due_on) < ctx.today
    return or_(col(Contract.reference) == code_typed(word), says(ActionItem.folded, word), says(Person.folded, word))
