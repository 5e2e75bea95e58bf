"""The benefits of a contract: the list against their profile, adding and changing one, and its figures by month."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.db import by_key
from bot.domain.benefit_line import BenefitTyped
from bot.domain.normalisation import name_key
from bot.domain.periods import Month
from bot.domain.search import search_by
from bot.errors import UserError
from bot.models import Benefit, BenefitFigure, Person
from bot.records import BenefitFigureRecord, BenefitRecord
from bot.services import changes, edit_conflicts
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.ambiguity import AmbiguousMatch, Option
from bot.services.money.spend_entry import check_month
from bot.services.unit_of_work import ActorContext

ADDED, CHANGED, ENTERED = "benefit added", "benefit changed", "benefit entered"
MOST_LISTED = 10
SHOWN = 12  # months of each


@dataclass(frozen=True)
class BenefitMonth:
    """A month of a benefit."""

    month: str
    profile: Decimal | None
    actual: Decimal | None


@dataclass(frozen=True)
class BenefitLine:
    """A benefit with its owner and its months, the newest first."""

    benefit: Benefit
    owner: str
    months: Sequence[BenefitMonth] = ()

    @property
    def profile(self) -> Decimal | None:
        """What was planned for the months of which the actual is known; None where there is none."""
        return self._total([each.profile for each in self._known])

    @property
    def actual(self) -> Decimal | None:
        """What came of these months."""
        return self._total([each.actual for each in self._known])

    @property
    def percent(self) -> Decimal | None:
        """The actual as a percentage of the profile."""
        return self.actual * 100 / self.profile if self.profile and self.actual is not None else None

    @property
    def _known(self) -> list[BenefitMonth]:
        return [each for each in self.months if each.profile is not None and each.actual is not None]

    @staticmethod
    def _total(figures: Sequence[Decimal | None]) -> Decimal | None:
        known = [each for each in figures if each is not None]
        return sum(known, Decimal(0)) if known else None


@dataclass(frozen=True)
class BenefitList:
    """The benefits of a contract, and how many more there are."""

    contract: ContractRef
    lines: Sequence[BenefitLine]
    more: int = 0
    can_change: bool = False


@dataclass(frozen=True)
class BenefitCard:
    """A benefit with its contract. `done` says what became of it, "" for nothing; `people` can own it; `kept` is what
    is known of the month that is to be entered, None for nothing."""

    contract: ContractRef
    line: BenefitLine
    done: str = ""
    people: Sequence[Person] = ()
    kept: BenefitFigure | None = None


@dataclass(frozen=True)
class NewBenefit:
    """The contract of a benefit that is to be added, and the people who can own it."""

    contract: ContractRef
    people: Sequence[Person]


def list_benefits(ctx: ActorContext, typed: str) -> BenefitList:
    """The benefits of a contract against their profile. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    contract = contract_lookup.contract_for(ctx, typed, Permission.SEE)
    found = _lines(ctx, contract.id)
    more = max(len(found) - MOST_LISTED, 0)
    return BenefitList(contract, found[:MOST_LISTED], more, ctx.may(Permission.CHANGE, contract))


def contract_to_add_to(ctx: ActorContext, typed: str) -> ContractRef:
    """The contract to which the actor adds a benefit. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    return contract_lookup.contract_for(ctx, typed, Permission.CHANGE)


def benefit_to_add(ctx: ActorContext, key: str) -> NewBenefit:
    """What the form for a new benefit of a contract is about. Raises `UserError` or `Denied`."""
    contract = contract_lookup.contract_by_key(ctx, key, Permission.CHANGE)
    return NewBenefit(contract, contract_lookup.department_people(ctx, contract.id))


def benefit_to_change(ctx: ActorContext, key: str, *, locked: bool = False) -> BenefitCard:
    """The benefit of a button or form, for the actor to change. Raises `UserError` or `Denied`."""
    row = by_key(ctx.session, Benefit, key, locked=locked)
    if row is None:
        raise UserError("This benefit is no longer in the record, so nothing was done. Open the list again.")
    contract = contract_lookup.contract_facts(ctx.session, row.contract_id)
    ctx.require(Permission.CHANGE, contract)
    return _card(ctx, contract, row)


def add_benefit(ctx: ActorContext, contract: ContractRef, record: BenefitRecord) -> BenefitCard:
    """Add a benefit. Raises `UserError`, with its form field, or `Denied`."""
    ctx.require(Permission.CHANGE, contract)
    _check_name(ctx, contract, record.name)
    row = Benefit(contract_id=contract.id, **_columns(ctx, contract, record))
    ctx.add(row)
    ctx.record(ADDED, _subject(contract, row), contract_id=contract.id)
    return _card(ctx, contract, row, "is added")


def change_benefit(ctx: ActorContext, key: str, record: BenefitRecord) -> BenefitCard:
    """Change what a benefit is. Raises `UserError`, `Denied` or `EditConflict`."""
    card = benefit_to_change(ctx, key, locked=True)
    row, contract = card.line.benefit, card.contract
    edit_conflicts.check(ctx, _subject(contract, row), CHANGED)
    if name_key(record.name) != name_key(row.name):
        _check_name(ctx, contract, record.name)
    subject = _subject(contract, row)
    if made := changes.apply(row, _columns(ctx, contract, record)):
        ctx.record(CHANGED, subject, contract_id=contract.id, changes=made)
    ctx.session.flush()
    return _card(ctx, contract, row, "is changed" if made else "is as it was")


def benefit_named(ctx: ActorContext, typed: str, words: str) -> BenefitCard:
    """The benefit of a contract that words name, for the actor to enter. Raises `UserError`, `AmbiguousMatch` or
    `Denied`."""
    contract = contract_lookup.contract_for(ctx, typed, Permission.CHANGE)
    rows = ctx.session.scalars(
        select(Benefit).where(col(Benefit.contract_id) == contract.id).order_by(col(Benefit.id))
    ).all()
    found = rows if len(rows) == 1 and not words else search_by(words, rows, lambda row: row.name, lambda row: row.name)
    if not found:
        known = f"Its benefits are {', '.join(row.name for row in rows)}." if rows else "It has none yet."
        raise UserError(f"No benefit of {contract.reference} fits these words. {known}")
    if len(found) > 1:
        raise AmbiguousMatch(words, "benefit", [Option(row.name, row.name, row.unit) for row in found])
    return _card(ctx, contract, found[0])


def month_to_enter(ctx: ActorContext, key: str, month: Month) -> BenefitCard:
    """The benefit of a button, with what is known of a month, for the actor to enter. Raises `UserError` or
    `Denied`."""
    card = benefit_to_change(ctx, key)
    return replace(card, kept=_kept(ctx, card.line.benefit, month))


def enter_line(ctx: ActorContext, typed: str, said: BenefitTyped) -> BenefitCard:
    """Keep what came of a month by a line; its profile stays. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    card = benefit_named(ctx, typed, said.name)
    benefit = card.line.benefit
    kept = _kept(ctx, benefit, said.month)
    record = BenefitFigureRecord(
        contract=card.contract.reference,
        benefit=benefit.name,
        period=said.month,
        profile=kept.profile if kept else None,
        actual=said.actual,
    )
    return enter(ctx, benefit.public_id, record)


def enter(ctx: ActorContext, key: str, record: BenefitFigureRecord) -> BenefitCard:
    """Keep the figures of a month. Raises `UserError`, `Denied` or `EditConflict`."""
    card = benefit_to_change(ctx, key, locked=True)
    benefit, contract = card.line.benefit, card.contract
    check_month(ctx, contract, record.period)
    subject = f"{_subject(contract, benefit)}, {record.period}"
    edit_conflicts.check(ctx, subject, ENTERED)
    new = BenefitFigure(benefit_id=benefit.id, contract_id=contract.id, period=record.period.key)
    row = _kept(ctx, benefit, record.period) or new
    made = changes.apply(row, {"profile": record.profile, "actual": record.actual})
    if made:
        ctx.session.add(row)
        ctx.session.flush()
        ctx.record(ENTERED, subject, contract_id=contract.id, changes=made)
    return _card(ctx, contract, benefit, "is saved" if made else "is as it was")


def _kept(ctx: ActorContext, benefit: Benefit, month: Month) -> BenefitFigure | None:
    of = (col(BenefitFigure.benefit_id) == benefit.id, col(BenefitFigure.period) == month.key)
    return ctx.session.scalar(select(BenefitFigure).where(*of))


def _card(ctx: ActorContext, contract: ContractRef, row: Benefit, done: str = "") -> BenefitCard:
    line = next(each for each in _lines(ctx, contract.id) if each.benefit.id == row.id)
    return BenefitCard(contract, line, done, contract_lookup.department_people(ctx, contract.id))


def _lines(ctx: ActorContext, contract_id: int) -> list[BenefitLine]:
    """The benefits of a contract. Two queries."""
    figures: dict[int, list[BenefitMonth]] = defaultdict(list)
    for each in ctx.session.scalars(
        select(BenefitFigure)
        .where(col(BenefitFigure.contract_id) == contract_id)
        .order_by(col(BenefitFigure.period).desc())
    ):
        figures[each.benefit_id].append(BenefitMonth(Month.parse(each.period).short, each.profile, each.actual))
    rows = ctx.session.execute(
        select(Benefit, col(Person.name))
        .join(Person, col(Person.id) == col(Benefit.owner_id))
        .where(col(Benefit.contract_id) == contract_id)
        .order_by(col(Benefit.id))
    )
    return [BenefitLine(row, owner, figures[row.id]) for row, owner in rows]


def _subject(contract: ContractRef, row: Benefit) -> str:
    return f"{contract.reference}, benefit {row.name}"


def _columns(ctx: ActorContext, contract: ContractRef, record: BenefitRecord) -> dict[str, Any]:
    """The fields of the form as columns of the table."""
    people = contract_lookup.department_people(ctx, contract.id)
    owner = next((each for each in people if each.slack == record.owner), None)
    if owner is None:
        raise UserError("Choose somebody of the department who has a role on the contract.", field="owner")
    return {"name": record.name, "unit": record.unit, "baseline": record.baseline, "owner_id": owner.id}


def _check_name(ctx: ActorContext, contract: ContractRef, name: str) -> None:
    names = ctx.session.scalars(select(col(Benefit.name)).where(col(Benefit.contract_id) == contract.id))
    if name_key(name) in {name_key(each) for each in names}:
        raise UserError("The contract has a benefit of this name. Change that one instead.", field="name")
