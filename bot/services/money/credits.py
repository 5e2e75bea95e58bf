"""The service credits of a contract: the list, and one credit with its working, as each side sees them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, or_, select, true
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.db import by_key
from bot.domain.credit_cycle import COMMENT_WITHIN, CREDIT, CreditEvent, CreditState
from bot.domain.credits import NOTHING, MonthlyCredit, year_of
from bot.domain.life_cycle import Transition
from bot.domain.periods import Month, parse_month
from bot.errors import UserError
from bot.models import Audience, Contract, Person, ServiceCredit
from bot.services.lookup import contracts as contract_lookup
from bot.services.money.kept_working import kept
from bot.services.money.worth import WorkedLine, YearTotal, credits_of
from bot.services.unit_of_work import ActorContext, UnitOfWork

MOST_LISTED = 15
Row = Transition[CreditState, CreditEvent]


@dataclass(frozen=True)
class CreditCard:
    """A service credit with its working. `worth` is what it is worth by the figures as they are now; `others` are the
    parts of its month that were settled. `is_kept`: its working is the one by which it was last sent or settled, not
    that of the figures as they are now. `comment_by` is the last day for the partner's comment, None before it was
    sent. `inside`: the reader is of the department."""

    credit: ServiceCredit
    contract: ContractRef
    worth: Decimal
    month: MonthlyCredit | None = None
    working: Sequence[WorkedLine] = ()
    others: Sequence[ServiceCredit] = ()
    is_kept: bool = False
    year: YearTotal | None = None
    comment_by: date | None = None
    commented_by: str = ""
    inside: bool = True
    offered: Sequence[Row] = ()
    can_comment: bool = False

    @property
    def period(self) -> str:
        """Its month, in words."""
        return str(Month.parse(self.credit.period))

    @property
    def has_changed(self) -> bool:
        """Whether it is worth another sum than the partner was told."""
        return self.credit.state in CREDIT.open_states and self.worth != self.credit.amount

    @property
    def lacks_working(self) -> bool:
        """Whether it is settled, and the lines by which it was are not known."""
        return self.credit.state in CREDIT.final_states and not self.is_kept

    @property
    def moved_by(self) -> Decimal:
        """By how much it is worth more or less than the partner was told."""
        return abs(self.worth - self.credit.amount)

    @property
    def version(self) -> str:
        """What a form about it carries, so that nobody decides on a credit that has changed since."""
        return f"{self.credit.state.name}:{self.worth}"


@dataclass(frozen=True)
class CreditInList:
    """A service credit in a list, with the reference of its contract."""

    credit: ServiceCredit
    contract: str

    @property
    def month(self) -> str:
        """Its month, in words."""
        return str(Month.parse(self.credit.period))


@dataclass(frozen=True)
class CreditList:
    """The credits of one contract, or (with None) the open ones of all that the reader may see, the newest first, and
    how many more there are. `year` is this financial year; `has_terms`: the contract earns credits at all."""

    contract: ContractRef | None
    lines: Sequence[CreditInList]
    more: int
    year: YearTotal | None = None
    has_terms: bool = True
    can_change: bool = False


def list_credits(ctx: ActorContext, typed: str = "") -> CreditList:
    """The credits of a contract, or the open ones of all of them. Raises `UserError`, `AmbiguousMatch` or `Denied`."""
    if not typed:
        found = lines(ctx, col(ServiceCredit.state).in_(CREDIT.open_states))
        return CreditList(None, found[:MOST_LISTED], max(len(found) - MOST_LISTED, 0))
    contract = contract_lookup.contract_for(ctx, typed, Permission.SEE, _audience_of(ctx))
    found = lines(ctx, col(Contract.id) == contract.id)
    worked = credits_of(ctx.session, contract.id)
    return CreditList(
        contract,
        found[:MOST_LISTED],
        max(len(found) - MOST_LISTED, 0),
        worked.of_year(year_of(Month.of(ctx.today))) if worked and ctx.actor.is_department else None,
        worked is not None,
        ctx.may(Permission.CHANGE, contract),
    )


def lines(ctx: ActorContext, which: ColumnElement[bool]) -> list[CreditInList]:
    """The credits that satisfy a condition and that the actor may see, the newest first. One query."""
    rows = ctx.session.execute(
        select(ServiceCredit, col(Contract.reference))
        .join(Contract, col(Contract.id) == col(ServiceCredit.contract_id))
        .where(which, ctx.open_to(Permission.SEE, _audience_of(ctx)), _is_shown_to(ctx))
        .order_by(col(ServiceCredit.period).desc(), col(Contract.reference), col(ServiceCredit.part).desc())
    )
    return [CreditInList(*row) for row in rows]


def _audience_of(ctx: ActorContext) -> Audience:
    """As which reader the actor sees a contract."""
    return Audience.INTERNAL if ctx.actor.is_department else Audience.SHARED


def _is_shown_to(ctx: ActorContext) -> ColumnElement[bool]:
    """The condition on a credit that the actor's side knows of it: a partner does once it was sent."""
    was_sent = or_(col(ServiceCredit.sendings) > 0, col(ServiceCredit.reached_on).is_not(None))
    return true() if ctx.actor.is_department else was_sent


def credit_of_month(ctx: ActorContext, typed: str, month: str) -> CreditCard:
    """The last credit of a month of a contract, as the actor sees it. Raises `UserError`, `AmbiguousMatch` or
    `Denied`."""
    contract = contract_lookup.contract_for(ctx, typed, Permission.SEE, _audience_of(ctx))
    period = parse_month(month, ctx.today)
    row = ctx.session.scalars(
        select(ServiceCredit)
        .where(
            col(ServiceCredit.contract_id) == contract.id, col(ServiceCredit.period) == period.key, _is_shown_to(ctx)
        )
        .order_by(col(ServiceCredit.part).desc())
        .limit(1)
    ).first()
    if row is None:
        raise UserError(
            f"{contract.reference} has no service credit for {period}. For those that there are, type /money credits "
            f"{contract.reference}."
        )
    return card_for(ctx, row, contract)


def credit_by_key(
    ctx: ActorContext,
    key: str,
    action: Permission = Permission.SEE,
    audience: Audience = Audience.INTERNAL,
    *,
    locked: bool = False,
) -> CreditCard:
    """The credit of a button or form, with which the actor may do this. Raises `UserError` or `Denied`."""
    row = by_key(ctx.session, ServiceCredit, key, locked=locked)
    if row is None or not (ctx.actor.is_department or row.is_known_to_partner):
        raise UserError("This credit is no longer in the record, so nothing was done. Open the list again.")
    contract = contract_lookup.contract_facts(ctx.session, row.contract_id)
    ctx.require(action, contract, audience)
    return card_for(ctx, row, contract)


def card_for(ctx: ActorContext, row: ServiceCredit, contract: ContractRef) -> CreditCard:
    """A credit as the actor sees it, with what they can do."""
    card = card_of(ctx, row, contract, inside=ctx.actor.is_department)
    offered = [each for each in CREDIT.of_state(row.state) if _is_offered(ctx, card, each)]
    may_comment = ctx.may(Permission.COMMENT_CREDIT, contract, Audience.SHARED)
    can_comment = may_comment and CREDIT.allows(row.state, CreditEvent.COMMENTED)
    return replace(card, offered=offered, can_comment=can_comment)


def _is_offered(ctx: ActorContext, card: CreditCard, row: Row) -> bool:
    is_ours = isinstance(row.who, Permission) and row.who is not Permission.COMMENT_CREDIT
    return is_ours and not objection(ctx, card, row.event) and ctx.may(Permission(row.who), card.contract)


def objection(work: UnitOfWork, card: CreditCard, event: CreditEvent) -> str:
    """Why this cannot be done with a credit today, though its state allows it; "" if it can."""
    state = card.credit.state
    if event is CreditEvent.SENT:
        if state is CreditState.PROPOSED:
            return "" if card.worth else "There is nothing to deduct yet."
        return "" if card.has_changed else "The partner has this credit already, and its figures have not changed."
    if event in (CreditEvent.CONFIRMED, CreditEvent.DEDUCTED) and card.has_changed:
        return "Its figures have changed since it was sent. Send the corrected credit first."
    if event is CreditEvent.CONFIRMED and state is CreditState.SENT:
        if card.comment_by is None:
            return "It has not reached the partner yet."
        if work.today <= card.comment_by:
            return "The partner can still comment on it."
    return ""


def card_of(work: UnitOfWork, row: ServiceCredit, contract: ContractRef, *, inside: bool) -> CreditCard:
    """A credit with its working, for a reader inside or outside the department."""
    period = Month.parse(row.period)
    worked = credits_of(work.session, row.contract_id)
    month = worked.months.get(period) if worked else None
    others = _settled_beside(work, row)
    is_open = row.state in CREDIT.open_states
    nation = work.session.get_one(Contract, row.contract_id).nation
    calendar = work.calendar.of(nation)
    was = None if inside and is_open else kept(work, row)
    commenter = work.session.get(Person, row.commented_by_id) if row.commented_by_id else None
    return CreditCard(
        credit=row,
        contract=contract,
        worth=month.amount - sum((each.amount for each in others), NOTHING) if month and is_open else row.amount,
        month=was.month if was else month,
        working=was.lines if was else worked.working(period) if worked and month else (),
        is_kept=was is not None,
        others=others,
        year=worked.of_year(year_of(period)) if worked and inside else None,
        comment_by=calendar.add_working_days(row.reached_on, COMMENT_WITHIN) if row.reached_on else None,
        commented_by=commenter.name if commenter else "",
        inside=inside,
    )


def _settled_beside(work: UnitOfWork, row: ServiceCredit) -> Sequence[ServiceCredit]:
    """The other parts of its month that were deducted or waived."""
    credit = ServiceCredit
    return work.session.scalars(
        select(credit)
        .where(col(credit.contract_id) == row.contract_id, col(credit.period) == row.period, col(credit.id) != row.id)
        .where(col(credit.state).in_(CREDIT.final_states))
        .order_by(col(credit.part))
    ).all()
