"""Interventions: those in force, and entering one at a level."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.db import by_key
from bot.domain.calendar import months_before
from bot.domain.intervention_cycle import ENTERED_BY, INTERVENTION, LEVELS, InterventionEvent
from bot.domain.monitoring import PlanStanding, standing_of
from bot.domain.normalisation import name_key
from bot.domain.periods import Month
from bot.domain.text_validation import required_text
from bot.domain.wording import format_date, shorten
from bot.errors import UserError
from bot.models import Contract, Intervention, InterventionEntry, Kpi, Person
from bot.services.lookup import contracts as contract_lookup
from bot.services.remedies.accepted_ratings import ContractRatings, accepted_ratings
from bot.services.unit_of_work import ActorContext, UnitOfWork

GOOD_TO_LEAVE = 3
LONGEST_AREA, LONGEST_REASON, LONGEST_TEST = 150, 1000, 500
MOST_LOGGED = 5  # entries in its form


@dataclass(frozen=True)
class NewIntervention:
    """A contract for an intervention: its KPIs, who can lead it, and the level and KPI to begin with."""

    contract: ContractRef
    kpis: Sequence[Kpi]
    people: Sequence[Person]
    level: int
    kpi: str = ""
    lead: str = ""


@dataclass(frozen=True)
class InterventionToEnter:
    """An intervention as it was entered; without `area` it is about the KPI."""

    level: int
    kpi: str
    area: str
    reason: str
    lead: str
    exit_test: str
    review_on: date | None


@dataclass(frozen=True)
class InterventionCard:
    """An intervention with its contract, who leads it, how the figures stand since it was entered, and its log, the
    newest first."""

    row: Intervention
    contract: ContractRef
    lead: str
    standing: PlanStanding
    log: Sequence[InterventionEntry] = ()
    followed: InterventionEvent | None = None
    can_review: bool = False
    can_tell: bool = False
    can_hand: bool = False

    @property
    def means(self) -> str:
        """What its level means."""
        return LEVELS[self.row.level]

    @property
    def may_be_left(self) -> bool:
        """Whether the figures recommend to leave it."""
        return self.standing.good >= self.standing.needed


def new_intervention(ctx: ActorContext, typed: str, level: int) -> NewIntervention:
    """The contract that was typed, for an intervention at a level that the actor may enter. Raises `UserError`,
    `AmbiguousMatch` or `Denied`."""
    return _new(ctx, contract_lookup.contract_for(ctx, typed, entered_by(level)), level)


def new_intervention_of(ctx: ActorContext, key: str, level: int, kpi: str = "") -> NewIntervention:
    """The same for the contract of a button or form. Raises `UserError` or `Denied`."""
    return replace(_new(ctx, contract_lookup.contract_by_key(ctx, key, entered_by(level)), level), kpi=kpi)


def enter(ctx: ActorContext, key: str, entry: InterventionToEnter) -> InterventionCard:
    """Enter an intervention, unless the same level is in force for the same already. Raises `UserError`, with its form
    field, or `Denied`."""
    new = new_intervention_of(ctx, key, entry.level)
    ctx.session.get_one(Contract, new.contract.id, with_for_update=True)
    kpi = next((each for each in new.kpis if each.public_id == entry.kpi), None)
    area = entry.area if entry.area.strip() or kpi is None else kpi.name
    lead = next((each for each in new.people if each.slack == entry.lead), None)
    if lead is None:
        raise UserError("Choose somebody of the department with a role on this contract.", field="lead")
    review_on = entry.review_on or months_before(ctx.today, -1)
    check_review(ctx, review_on)
    row = Intervention(
        contract_id=new.contract.id,
        level=entry.level,
        kpi_id=kpi.id if kpi else None,
        area=required_text(area, what="the KPI or area", at_most=LONGEST_AREA, field="area"),
        reason=required_text(entry.reason, what="why", at_most=LONGEST_REASON, field="reason"),
        lead_id=lead.id,
        exit_test=required_text(entry.exit_test, what="what ends it", at_most=LONGEST_TEST, field="exit_test"),
        opened_on=ctx.today,
        review_on=review_on,
    )
    same = select(Intervention).where(
        col(Intervention.contract_id) == new.contract.id, col(Intervention.level) == entry.level
    )
    for each in ctx.session.scalars(same):
        if name_key(each.area) == name_key(row.area) and (each.left_on is None or each.opened_on == row.opened_on):
            raise UserError(f"{each.called.capitalize()} is {each.state} already, so nothing was done.", field="area")
    ctx.add(row)
    subject = f"{new.contract.reference}, {row.called}"
    ctx.record("intervention entered", subject, contract_id=row.contract_id, why=shorten(row.reason, 300))
    return card_of(ctx, row, new.contract)


def intervention_for(ctx: ActorContext, key: str) -> InterventionCard:
    """The intervention of a button, in force, for the actor to review. Raises `UserError` or `Denied`."""
    row, contract = row_for(ctx, key)
    ctx.require(Permission.INTERVENE, contract)
    INTERVENTION.follow(row.state, InterventionEvent.REVIEWED)
    return card_of(ctx, row, contract)


def cards(ctx: ActorContext, contracts: ColumnElement[bool]) -> list[InterventionCard]:
    """The interventions in force on the contracts that satisfy a condition and that the actor may see, without their
    logs. A constant number of queries."""
    rows = ctx.session.execute(
        select(Intervention, col(Person.name))
        .join(Contract, col(Contract.id) == col(Intervention.contract_id))
        .join(Person, col(Person.id) == col(Intervention.lead_id))
        .where(contracts, ctx.open_to(Permission.SEE), col(Intervention.left_on).is_(None))
        .order_by(col(Contract.reference), col(Intervention.level).desc(), col(Intervention.id))
    ).all()
    ids = {row.contract_id for row, _ in rows}
    if not ids:
        return []
    ratings = accepted_ratings(ctx, ids)
    of_each = {each.id: each for each in contract_lookup.facts_of(ctx.session, [*ids])}
    changeable = ids_open_to(ctx, contracts, Permission.CHANGE)
    enterable = {each: ids_open_to(ctx, contracts, entered_by(each)) for each in {row.level for row, _ in rows}}
    reviewable = ids_open_to(ctx, contracts, Permission.INTERVENE)
    return [
        InterventionCard(
            row,
            of_each[row.contract_id],
            lead,
            _standing(row, ratings[row.contract_id]),
            can_review=row.contract_id in reviewable,
            can_tell=row.contract_id in changeable,
            can_hand=row.contract_id in enterable[row.level],
        )
        for row, lead in rows
    ]


def ids_open_to(ctx: ActorContext, contracts: ColumnElement[bool], action: Permission) -> set[int]:
    """The ids of the contracts among these on which the actor may do this. One query."""
    return {*ctx.session.scalars(select(col(Contract.id)).where(contracts, ctx.open_to(action)))}


def _new(ctx: ActorContext, contract: ContractRef, level: int) -> NewIntervention:
    kpis = ctx.session.scalars(select(Kpi).where(col(Kpi.contract_id) == contract.id).order_by(col(Kpi.id))).all()
    people = contract_lookup.department_people(ctx, contract.id)
    return NewIntervention(contract, kpis, people, level, lead=ctx.actor.slack)


def entered_by(level: int) -> Permission:
    """The permission with which a level is entered and left. Raises `UserError` for no level."""
    if level not in ENTERED_BY:
        raise UserError("A level is 1, 2, 3 or 4.", field="level")
    return ENTERED_BY[level]


def check_review(work: UnitOfWork, review_on: date) -> None:
    """Refuse a next review that has passed, or is far off. Raises `UserError`."""
    if not work.today <= review_on <= months_before(work.today, -3):
        raise UserError(
            f"{format_date(review_on)} is not within three months from today. Reviews are monthly.", field="review_on"
        )


def row_for(ctx: ActorContext, key: str, *, locked: bool = False) -> tuple[Intervention, ContractRef]:
    """The intervention of a button or form, whose contract the actor may see. Raises `UserError` or `Denied`."""
    row = by_key(ctx.session, Intervention, key, locked=locked)
    if row is None:
        raise UserError("This intervention is no longer in the record, so nothing was done. Type /remedy to see all.")
    contract = contract_lookup.contract_facts(ctx.session, row.contract_id)
    ctx.require(Permission.SEE, contract)
    return row, contract


def card_of(ctx: ActorContext, row: Intervention, contract: ContractRef) -> InterventionCard:
    """An intervention with its log. Raises `Denied`."""
    ctx.require(Permission.SEE, contract)
    log = select(InterventionEntry).where(col(InterventionEntry.intervention_id) == row.id)
    return InterventionCard(
        row,
        contract,
        ctx.session.get_one(Person, row.lead_id).name,
        _standing(row, accepted_ratings(ctx, [row.contract_id])[row.contract_id]),
        ctx.session.scalars(log.order_by(col(InterventionEntry.id).desc()).limit(MOST_LOGGED)).all(),
        can_review=ctx.may(Permission.INTERVENE, contract),
        can_tell=ctx.may(Permission.CHANGE, contract),
        can_hand=ctx.may(entered_by(row.level), contract),
    )


def _standing(row: Intervention, ratings: ContractRatings) -> PlanStanding:
    since = Month.of(row.opened_on)
    return standing_of([each for each in ratings.of(row.kpi_id) if each.month >= since], GOOD_TO_LEAVE)
