"""The list of a person's contracts: filtered by a few words, worst first, in pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, func, select

from bot.access import Permission
from bot.db import table
from bot.domain.normalisation import name_key
from bot.domain.ratings import Rating
from bot.domain.search import search
from bot.domain.wording import join_words, quoted
from bot.errors import UserError
from bot.models import Contract, Organisation, Stage
from bot.services.paging import ON_A_PAGE, Paged, page_number, page_of
from bot.services.progress.standings import rating_of, worst_severity
from bot.services.unit_of_work import ActorContext

_contracts, _partners = table(Contract), table(Organisation)


def _fits_nothing(word: str, tiers: Sequence[str]) -> UserError:
    """A word of a list is no rating, stage, tier or partner of the asker's contracts."""
    ratings = join_words([rating.value for rating in Rating], "or")
    named = f" ({join_words(tiers, 'or')})" if tiers else ""
    return UserError(
        f"{quoted(word)} fits none of your contracts. After list comes a rating ({ratings}), "
        f"a stage such as live, a tier{named} or words of a contract or its partner."
    )


@dataclass(frozen=True)
class ListedContract:
    """A contract in a list, with the rating of its last report, if one has come."""

    reference: str
    title: str
    partner: str
    tier: str
    stage: Stage
    end_date: date
    rating: Rating
    has_report: bool = True


@dataclass(frozen=True)
class ContractListPage(Paged[ListedContract]):
    """One page of the matching contracts; pages count from 1."""

    words: Sequence[str]


@dataclass
class _Filters:
    ratings: set[Rating] = field(default_factory=set)
    stages: set[Stage] = field(default_factory=set)
    tiers: set[str] = field(default_factory=set)
    words: list[str] = field(default_factory=list)

    def has(self, row: ListedContract) -> bool:
        return (
            (not self.ratings or row.rating in self.ratings)
            and (not self.stages or row.stage in self.stages)
            and (not self.tiers or name_key(row.tier) in self.tiers)
        )


def list_contracts(
    ctx: ActorContext, words: Sequence[str], page: int = 1, on_a_page: int = ON_A_PAGE
) -> ContractListPage:
    """A page of the contracts that the actor may see and that match every word, worst rating first. Two queries without
    words, of the rows of the page; else one, of a row for each contract.

    A word is a rating, a stage, a tier, or (allowing a typing error) a word of the contract or its partner; two of one
    kind mean either. A page number beyond the last gives the last page. Raises `UserError`.
    """
    if not words:
        return _all_of_them(ctx, page, on_a_page)
    rows = ctx.session.connection().execute(_statement(ctx))
    own = [_listed(row) for row in rows]
    wanted = _wanted(words, own)
    found = [row for row in own if wanted.has(row)]
    if wanted.words:
        found = search(" ".join(wanted.words), found)
    found = _worst_first(found)
    number = page_number(page, len(found), on_a_page)
    return ContractListPage(page_of(found, number, on_a_page), number, len(found), words)


def _all_of_them(ctx: ActorContext, page: int, on_a_page: int) -> ContractListPage:
    connection, statement = ctx.session.connection(), _statement(ctx)
    count = select(func.count()).select_from(_contracts).where(ctx.open_to(Permission.SEE))
    found = connection.scalar(count) or 0
    number = page_number(page, found, on_a_page)
    worst = func.coalesce(statement.selected_columns.severity, rating_of(None).severity)
    shown = statement.order_by(worst.desc(), _contracts.c.reference).limit(on_a_page).offset((number - 1) * on_a_page)
    return ContractListPage([_listed(row) for row in connection.execute(shown)], number, found, ())


def contracts_with(ctx: ActorContext, partner_id: int) -> list[ListedContract]:
    """The contracts with a partner that the actor may see, worst rating first. One query."""
    rows = ctx.session.connection().execute(_statement(ctx).where(_contracts.c.partner_id == partner_id))
    return _worst_first(map(_listed, rows))


def _statement(ctx: ActorContext) -> Select[Any]:
    return (
        select(
            _contracts.c.reference,
            _contracts.c.title,
            _partners.c.name.label("partner"),
            _contracts.c.tier,
            _contracts.c.stage,
            _contracts.c.end_date,
            worst_severity().label("severity"),
        )
        .join_from(_contracts, _partners, _partners.c.id == _contracts.c.partner_id)
        .where(ctx.open_to(Permission.SEE))
    )


def _worst_first(rows: Iterable[ListedContract]) -> list[ListedContract]:
    return sorted(rows, key=lambda row: (-row.rating.severity, row.reference))


def _listed(row: Row[Any]) -> ListedContract:
    rating = rating_of(row.severity)
    has_report = row.severity is not None
    return ListedContract(row.reference, row.title, row.partner, row.tier, row.stage, row.end_date, rating, has_report)


def _wanted(words: Sequence[str], own: Sequence[ListedContract]) -> _Filters:
    wanted, tiers = _Filters(), sorted({row.tier for row in own})
    for word in words:
        typed = name_key(word)
        ratings = {rating for rating in Rating if _names(rating.value, typed)}
        stages = {stage for stage in Stage if _names(stage.value, typed)}
        if ratings:
            wanted.ratings |= ratings
        elif stages:
            wanted.stages |= stages
        elif typed in map(name_key, tiers):
            wanted.tiers.add(typed)
        elif search(word, own):
            wanted.words.append(word)
        else:
            raise _fits_nothing(word, tiers)
    return wanted


def _names(value: str, typed: str) -> bool:
    """Whether the typed text is the value or, with at least three letters, begins a word of it: live, req, exit."""
    words = value.casefold().split()
    return typed == value.casefold() or (len(typed) >= 3 and any(word.startswith(typed) for word in words))
