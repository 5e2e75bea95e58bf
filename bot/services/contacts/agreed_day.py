"""The day that is agreed with a partner for the next contact, and telling the partner that it has moved."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.domain.wording import format_date
from bot.errors import UserError
from bot.models import Contact
from bot.services.documents import telling
from bot.services.lookup.contact_entries import is_current
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class AgreedReview:
    """The day that is agreed with a partner, who can be told that it moves."""

    on: date
    partner: str


@dataclass(frozen=True)
class MovedReview:
    """An agreed day that has moved, and how many people of the partner are told."""

    before: date
    after: date
    people: int


def agreed_day(ctx: ActorContext, contract: ContractRef) -> date | None:
    """The day of the next contact on a contract, as the latest entry of the log that says one has it; None where that
    day has passed, or none is agreed. Raises `Denied`."""
    ctx.require(Permission.LOG_CONTACT, contract)
    said = (
        select(col(Contact.next_contact_on))
        .where(col(Contact.contract_id) == contract.id, col(Contact.next_contact_on).is_not(None), is_current())
        .order_by(col(Contact.happened_on).desc(), col(Contact.id).desc())
        .limit(1)
    )
    day = ctx.session.scalar(said)
    return day if day is not None and day >= ctx.today else None


def day_to_tell_of(ctx: ActorContext, contract: ContractRef) -> AgreedReview | None:
    """The agreed day of a contract, if the actor can tell the partner that it moves."""
    day = agreed_day(ctx, contract)
    return AgreedReview(day, contract.partner) if day is not None and telling.can_tell(ctx, contract) else None


def tell_of_move(ctx: ActorContext, contract: ContractRef, before: date | None) -> MovedReview | None:
    """Tell the partner that the agreed day is no longer the one before; None, and nobody is told, where it is the same,
    or one of the two is missing. Raises `UserError` with its form field, or `Denied`."""
    after = agreed_day(ctx, contract)
    if before is None or after is None or before == after:
        return None
    subject = f"{contract.reference}: our next review is now on {format_date(after)}"
    what = f"The review agreed for {format_date(before)} is now on {format_date(after)}."
    issued = telling.tell(ctx, contract, subject, what)
    if issued is None:
        raise UserError(f"{telling.unreached(ctx, contract)} Or take the tick out.", field=telling.TICK)
    return MovedReview(before, after, issued.people)
