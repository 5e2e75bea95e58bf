"""The App Home page of a person: the sections of each of their roles, each section once."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from sqlalchemy import exists, select
from sqlmodel import col

from bot import homes
from bot.access import ContractRef, Permission, roles_anywhere
from bot.delivery.messages import View
from bot.domain.attention import needs_attention
from bot.domain.calendar import Nation
from bot.domain.london import london, london_instant
from bot.domain.ratings import Movement, Rating
from bot.domain.scores import Band
from bot.models import Audience, Contract, Occurrence, Organisation, RoleName
from bot.services import occurrences
from bot.services.due import due_lines
from bot.services.due.due_lines import DueLine
from bot.services.due.source import DueItem
from bot.services.edit_conflicts import last_entry
from bot.services.lookup.risks import with_very_high_risks
from bot.services.pages.waiting import WaitingItem, waiting_on
from bot.services.progress.standings import ContractStanding, RankedContract, ranked, standings
from bot.services.unit_of_work import ActorContext, UnitOfWork

MOST_WAITING = 12
MOST_WORST = 10
MOST_IN_SHORT = 5
MOST_CONTRACTS = 30  # a table in Slack holds 10,000 characters
MOST_COMING = 12
MOST_OWED = 20
OVERSEEING = frozenset({RoleName.SENIOR_OWNER, RoleName.HEAD})
WORKING = OVERSEEING | {RoleName.CONTRACT_MANAGER, RoleName.PERFORMANCE_MANAGER, RoleName.COMMERCIAL_LEAD}
T = TypeVar("T")


@dataclass(frozen=True)
class TopItems(Generic[T]):
    """The first items of a list, and the number of items left out."""

    rows: Sequence[T]
    more: int = 0


@dataclass(frozen=True)
class ContractOnHome:
    """A contract with the rating of its last report, if one has come, and the way it went since the report before."""

    contract: Contract
    partner: str
    rating: Rating
    movement: Movement | None = None
    has_report: bool = True


@dataclass(frozen=True)
class HomeContent:
    """The sections of a department person's page; None for a section that belongs to none of their roles.

    `attention` is the number of all their contracts that need it.
    """

    waiting: TopItems[WaitingItem]
    worst: TopItems[ContractStanding] | None
    contracts: TopItems[ContractOnHome]
    attention: int
    coming: TopItems[DueLine] | None


@dataclass(frozen=True)
class PartnerHome:
    """The page of a partner's person: the items their side owes, and their contracts."""

    owed: TopItems[DueLine]
    contracts: Sequence[ContractRef]


def note_opened(ctx: ActorContext, view: View, seen: int) -> None:
    """Note the actor's page as shown now, so that it is redrawn when its content changes.

    `seen` is the last entry of the trail when the page was made: if there are later ones, it is redrawn soon.
    """
    homes.opened(ctx.session, ctx.actor.person_id, view)
    if last_entry(ctx.session) != seen:
        homes.mark_stale_for(ctx.session, [ctx.actor.person_id], ctx.now)


def home_view(ctx: ActorContext) -> View:
    """The actor's page now, in a constant number of queries."""
    if ctx.actor.is_department:
        return ctx.messages.view("home/home", page=home_page(ctx))
    return ctx.messages.view("home/partner", page=partner_page(ctx))


def home_page(ctx: ActorContext) -> HomeContent:
    """The page of a person of the department."""
    roles = roles_anywhere(ctx.session, ctx.actor, ctx.today)
    due = due_lines.on_home(ctx)
    stand = ranked(ctx, ctx.scope(Permission.SEE))
    fell = [each for each in stand if each.movement is Movement.WORSE]
    at_risk = with_very_high_risks(ctx, ctx.scope(Permission.SEE))
    return HomeContent(
        waiting=TopItems(*waiting_on(ctx, due.waiting, MOST_WAITING)),
        worst=_in_full(ctx, _top(sorted(fell, key=_fall), MOST_WORST)) if roles & OVERSEEING else None,
        contracts=_as_listed(ctx, _top(stand, MOST_CONTRACTS)),
        attention=sum(_needs_attention(each, due.late_on, at_risk) for each in stand),
        coming=_top_lines(ctx, due.coming, MOST_COMING) if roles & WORKING else None,
    )


def _needs_attention(contract: RankedContract, late_on: Set[int], at_risk: Set[int]) -> bool:
    worst = Band.VERY_HIGH if contract.id in at_risk else None
    return needs_attention(contract.rating, is_late=contract.id in late_on, worst_risk=worst)


def home_in_short(ctx: ActorContext) -> TopItems[WaitingItem]:
    """What waits for a person of the department: the first of it."""
    return TopItems(*waiting_on(ctx, due_lines.on_home(ctx).waiting, MOST_IN_SHORT))


def partner_page(ctx: ActorContext) -> PartnerHome:
    """The page of a partner's person."""
    own = ctx.contracts_open_to(Permission.SEE, Audience.SHARED)
    return PartnerHome(_top_lines(ctx, due_lines.owed_by_partner(ctx), MOST_OWED), own)


def _in_full(ctx: ActorContext, top: TopItems[RankedContract]) -> TopItems[ContractStanding]:
    """The standings of ranked contracts with their reasons, in the same order. Four queries."""
    ids = [each.id for each in top.rows]
    own = {each.id: each for each in ctx.session.scalars(select(Contract).where(col(Contract.id).in_(ids)))}
    by_id = {each.contract.id: each for each in standings(ctx, own)}
    return TopItems([by_id[each] for each in ids], top.more)


def _as_listed(ctx: ActorContext, top: TopItems[RankedContract]) -> TopItems[ContractOnHome]:
    """Ranked contracts with what a table says of each, in the same order. One query."""
    found = ctx.session.execute(
        select(Contract, col(Organisation.name))
        .join(Organisation, col(Organisation.id) == col(Contract.partner_id))
        .where(col(Contract.id).in_([each.id for each in top.rows]))
    )
    own = {contract.id: (contract, partner) for contract, partner in found}
    rows = [ContractOnHome(*own[each.id], each.rating, each.movement, each.has_report) for each in top.rows]
    return TopItems(rows, top.more)


def _fall(standing: RankedContract) -> tuple[int, int, str]:
    """The sort key: the worst rating first, then the furthest fall."""
    before = standing.before.severity if standing.before else 0
    return -standing.rating.severity, before - standing.rating.severity, standing.reference


def _top_lines(ctx: ActorContext, found: Sequence[DueItem], most: int) -> TopItems[DueLine]:
    """Only what is shown gets its words and its button."""
    return TopItems(due_lines.lines(ctx, found[:most]), max(len(found) - most, 0))


def _top(found: Sequence[T], most: int) -> TopItems[T]:
    return TopItems(found[:most], max(len(found) - most, 0))


RULE = "pages of a new day"
SUBJECT = "every page"
BEGINS = 7  # the hour: pages are ready before the working day begins


def note_new_day(work: UnitOfWork) -> bool:
    """Make every page stale at 7am of a working day, or later if that was missed; returns whether this call did it."""
    morning = london_instant(work.today, BEGINS)
    if not is_due(work) or not occurrences.claim(work, RULE, SUBJECT, morning):
        return False
    homes.mark_stale_for(work.session, None, morning)
    return True


def is_due(work: UnitOfWork) -> bool:
    """Whether it is after 7am on a working day and the pages are not yet stale for it."""
    morning = london_instant(work.today, BEGINS)
    return work.now >= morning and next_morning(work) == morning


def next_morning(work: UnitOfWork) -> datetime:
    """The first 7am of a working day, today's included, for which the pages are not yet stale."""
    calendar, midnight = work.calendar.of(Nation.ENGLAND_AND_WALES), london_instant(work.today, 0)
    today = calendar.next_working_morning(midnight, BEGINS)
    done = exists().where(
        col(Occurrence.rule) == RULE, col(Occurrence.subject) == SUBJECT, col(Occurrence.due_at) == today
    )
    if not work.session.scalar(select(done)):
        return today
    tomorrow = london_instant(london(midnight).date() + timedelta(days=1), 0)
    return calendar.next_working_morning(tomorrow, BEGINS)
