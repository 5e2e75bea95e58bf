"""The list of a person's contracts: filtered by a few words, worst first, in pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, select, true

from bot.access import Permission
from bot.db import table
from bot.domain.normalisation import name_key
from bot.domain.ratings import Rating
from bot.domain.wording import join_words, quoted
from bot.errors import UserError
from bot.models import Contract, Organisation, Stage
from bot.services.lookup.contract_search import best_fit
from bot.services.paging import ON_A_PAGE, Paged, page_number
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


def list_contracts(
    ctx: ActorContext, words: Sequence[str], page: int = 1, on_a_page: int = ON_A_PAGE
) -> ContractListPage:
    """A page of the contracts that the actor may see and that match every word, worst rating first. It reads the rows
    of the page, and one for each tier where there are words.

    A word is a rating, a stage, a tier, or (allowing a typing error) a word of the contract or its partner; two of one
    kind mean either. A page number beyond the last gives the last page. Raises `UserError`.
    """
    wanted = _wanted(ctx, words) if words else true()
    connection = ctx.session.connection()
    count = select(func.count()).select_from(_contracts).where(ctx.open_to(Permission.SEE), wanted)
    found = connection.scalar(count) or 0
    number = page_number(page, found, on_a_page)
    shown = _statement(ctx).where(wanted).order_by(_worst().desc(), _contracts.c.reference)
    rows = connection.execute(shown.limit(on_a_page).offset((number - 1) * on_a_page))
    return ContractListPage([_listed(row) for row in rows], number, found, words)


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


def _wanted(ctx: ActorContext, words: Sequence[str]) -> ColumnElement[bool]:
    """The condition on a contract that it matches every word."""
    seen = ctx.open_to(Permission.SEE)
    tiers = sorted(ctx.session.connection().scalars(select(_contracts.c.tier).where(seen).distinct()))
    ratings, stages, of_tiers, named = set[Rating](), set[Stage](), set[str](), list[str]()
    for word in words:
        typed = name_key(word)
        if meant := {rating for rating in Rating if _names(rating.value, typed)}:
            ratings |= meant
        elif at := {stage for stage in Stage if _names(stage.value, typed)}:
            stages |= at
        elif of := {tier for tier in tiers if name_key(tier) == typed}:
            of_tiers |= of
        elif best_fit(ctx.session, word, seen) is not None:
            named.append(word)
        else:
            raise _fits_nothing(word, tiers)
    wanted = and_(
        true(),
        *([_worst().in_([each.severity for each in ratings])] if ratings else []),
        *([_contracts.c.stage.in_(stages)] if stages else []),
        *([_contracts.c.tier.in_(of_tiers)] if of_tiers else []),
    )
    fits = best_fit(ctx.session, " ".join(named), seen & wanted) if named else true()
    return wanted & (false() if fits is None else fits)


def _worst() -> ColumnElement[int]:
    """The severity of a contract's rating: without a report, of Other."""
    return func.coalesce(worst_severity(), rating_of(None).severity)


def _names(value: str, typed: str) -> bool:
    """Whether the typed text is the value or, with at least three letters, begins a word of it: live, req, exit."""
    words = value.casefold().split()
    return typed == value.casefold() or (len(typed) >= 3 and any(word.startswith(typed) for word in words))
