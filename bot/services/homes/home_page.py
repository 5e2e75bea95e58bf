"""The page that a person sees when they open Liaison: the sections of each of their roles, each once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar

from sqlalchemy import select
from sqlmodel import col

from bot import homes
from bot.access import Action, ContractFacts, roles_anywhere
from bot.domain.ratings import Movement, Rating
from bot.messages import View
from bot.models import Audience, Contract, RoleName
from bot.services.contracts.due_items import OwnItem, coming_items, owed_by_partner
from bot.services.homes.waiting import WaitingItem, waiting_on
from bot.services.progress.standings import Standing, standings
from bot.services.work import Act

SOON = timedelta(days=14)
MOST_WAITING = 12
MOST_WORST = 10
MOST_CONTRACTS = 30  # a table in Slack holds 10,000 characters
MOST_COMING = 12
MOST_OWED = 20
OVERSEEING = frozenset({RoleName.SENIOR_OWNER, RoleName.HEAD})
WORKING = frozenset({RoleName.CONTRACT_MANAGER, RoleName.PERFORMANCE_MANAGER, RoleName.COMMERCIAL_LEAD, RoleName.HEAD})
T = TypeVar("T")


@dataclass(frozen=True)
class Some(Generic[T]):
    """The first of what was found, and how many more there are."""

    rows: Sequence[T]
    more: int = 0


@dataclass(frozen=True)
class HomePage:
    """The sections of a page of the department's; None for one that belongs to none of the person's roles.

    `attention` is how many of all the contracts are rated Requires improvement or worse.
    """

    waiting: Some[WaitingItem]
    worst: Some[Standing] | None
    contracts: Some[Standing]
    attention: int
    coming: Some[OwnItem] | None


@dataclass(frozen=True)
class PartnerPage:
    """What a partner's person sees: what their side owes, and their contracts."""

    owed: Some[OwnItem]
    contracts: Sequence[ContractFacts]


def open_home(act: Act) -> View:
    """The actor's page, which from now on is drawn anew when what it shows changes."""
    view = home_view(act)
    homes.opened(act.session, act.actor.person_id, view)
    return view


def home_view(act: Act) -> View:
    """The actor's page as it is now. The number of queries does not grow with the portfolio."""
    if act.actor.is_department:
        return act.messages.view("home", page=home_page(act))
    return act.messages.view("home_of_partner", page=partner_page(act))


def home_page(act: Act) -> HomePage:
    """The page of somebody of the department."""
    roles = roles_anywhere(act.session, act.actor, act.today)
    own = act.session.scalars(select(Contract).where(act.open_to(Action.SEE)).order_by(col(Contract.reference)))
    stand = standings(act, {contract.id: contract for contract in own})
    fell = [each for each in stand if each.movement is Movement.WORSE]
    poor = sum(each.rating.severity >= Rating.REQUIRES_IMPROVEMENT.severity for each in stand)
    return HomePage(
        waiting=_some(waiting_on(act), MOST_WAITING),
        worst=_some(sorted(fell, key=_fall), MOST_WORST) if roles & OVERSEEING else None,
        contracts=_some(stand, MOST_CONTRACTS),
        attention=poor,
        coming=_some(coming_items(act, act.today + SOON), MOST_COMING) if roles & WORKING else None,
    )


def partner_page(act: Act) -> PartnerPage:
    """The page of a partner's person."""
    own = act.contracts_open_to(Action.SEE, Audience.SHARED)
    return PartnerPage(_some(owed_by_partner(act), MOST_OWED), own)


def _fall(standing: Standing) -> tuple[int, int, str]:
    """The worst rating first, then the longest way down to it."""
    before = standing.before.severity if standing.before else 0
    return -standing.rating.severity, before - standing.rating.severity, standing.contract.reference


def _some(found: Sequence[T], most: int) -> Some[T]:
    return Some(found[:most], max(len(found) - most, 0))
