"""The list of open risks on the contracts that the actor may see, worst score first, a page at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select, true

from bot.access import Permission
from bot.db import table
from bot.domain.risk_rules import RiskRules
from bot.domain.scores import Band, Grade, order
from bot.domain.wording import join_words, quoted
from bot.errors import UserError
from bot.models import Audience, Contract, Person, Risk, RiskStatus
from bot.services.lookup.contract_search import best_fit
from bot.services.lookup.risks import rules_in_force
from bot.services.paging import Paged, page_number, page_of
from bot.services.unit_of_work import ActorContext

MINE, OVERDUE = "mine", "overdue"

_risks, _contracts, _people = table(Risk), table(Contract), table(Person)


def _fits_no_risk(word: str) -> UserError:
    """A word of a list is no band, contract or other word that narrows it."""
    bands = join_words([each.value.lower() for each in Band], "or")
    return UserError(
        f"{quoted(word)} narrows no list of risks. After list comes a band ({bands}), {MINE}, {OVERDUE}, "
        "or a contract of yours, for example WP-NE."
    )


@dataclass(frozen=True)
class ListedRisk:
    """A risk in a list; `grade` is None if nobody has assessed it, `happened`: it is an issue."""

    reference: str
    contract: str
    title: str
    grade: Grade | None
    owner: str
    owner_id: int
    review_on: date
    overdue: bool
    happened: bool


@dataclass(frozen=True)
class RiskPage(Paged[ListedRisk]):
    """A page of risks; pages count from 1. `overdue` counts all overdue ones found; `of_partner`: the reader may see
    neither owners nor reviews."""

    words: Sequence[str]
    overdue: int = 0
    of_partner: bool = False


@dataclass
class _Filter:
    bands: set[Band] = field(default_factory=set)
    contracts: list[ColumnElement[bool]] = field(default_factory=list)
    owner_id: int | None = None
    overdue: bool = False

    def matches(self, row: ListedRisk) -> bool:
        return (
            (not self.bands or (row.grade is not None and row.grade.band in self.bands))
            and (self.owner_id is None or row.owner_id == self.owner_id)
            and (not self.overdue or row.overdue)
        )


def list_risks(ctx: ActorContext, words: Sequence[str], page: int = 1) -> RiskPage:
    """A page of the open risks and issues that the actor may see and that match every word.

    A partner's people see the shared ones on their contracts. A word is a band, "mine", "overdue", or a word of a
    contract or its partner; of two words of one kind either may match. A page beyond the last is the last. Raises
    `UserError`.
    """
    wanted = _wanted(ctx, words)
    rules = rules_in_force(ctx.session)
    found = [row for row in (_listed(each, rules, ctx.today) for each in _rows(ctx, wanted)) if wanted.matches(row)]
    found.sort(key=lambda row: order(row.grade))
    number = page_number(page, len(found))
    shown = page_of(found, number)
    return RiskPage(shown, number, len(found), words, sum(row.overdue for row in found), not ctx.actor.is_department)


def _rows(ctx: ActorContext, wanted: _Filter) -> Iterable[Row[Any]]:
    shared = and_(_risks.c.audience == Audience.SHARED, ctx.open_to(Permission.SEE, Audience.SHARED))
    seen = or_(ctx.open_to(Permission.SEE), shared)
    statement = (
        select(
            _risks.c.id,
            _contracts.c.reference,
            _risks.c.title,
            _risks.c.likelihood,
            _risks.c.impact,
            _people.c.name.label("owner"),
            _risks.c.owner_id,
            _risks.c.review_on,
            _risks.c.status,
        )
        .join_from(_risks, _contracts, _contracts.c.id == _risks.c.contract_id)
        .join(_people, _people.c.id == _risks.c.owner_id)
        .where(
            _risks.c.status != RiskStatus.CLOSED,
            seen,
            or_(*wanted.contracts) if wanted.contracts else true(),
        )
        .order_by(_risks.c.id)
    )
    return ctx.session.connection().execute(statement)


def _listed(row: Row[Any], rules: RiskRules, today: date) -> ListedRisk:
    happened = row.status is RiskStatus.ISSUE
    return ListedRisk(
        reference=f"R-{row.id}",
        contract=row.reference,
        title=row.title,
        grade=rules.grade_if_any(row.likelihood, row.impact),
        owner=row.owner,
        owner_id=row.owner_id,
        review_on=row.review_on,
        overdue=row.review_on < today and not happened,
        happened=happened,
    )


def _wanted(ctx: ActorContext, words: Sequence[str]) -> _Filter:
    wanted, bands = _Filter(), {each.value.casefold(): each for each in Band}
    readers = Audience.INTERNAL if ctx.actor.is_department else Audience.SHARED
    seen = ctx.open_to(Permission.SEE, readers)
    for word in _with_two_in_one(words):
        typed = word.casefold()
        if typed in bands:
            wanted.bands.add(bands[typed])
        elif typed == MINE:
            wanted.owner_id = ctx.actor.person_id
        elif typed == OVERDUE:
            wanted.overdue = True
        elif (fits := best_fit(ctx.session, word, seen)) is not None:
            wanted.contracts.append(seen & fits)
        else:
            raise _fits_no_risk(word)
    return wanted


def _with_two_in_one(words: Sequence[str]) -> list[str]:
    """The words, with "very" and a following "high" joined."""
    joined: list[str] = []
    for word in words:
        if joined and joined[-1].casefold() == "very" and word.casefold() == "high":
            joined[-1] = f"{joined[-1]} {word}"
        else:
            joined.append(word)
    return joined
