"""Sharing a risk with the contract's partner, in one message of the shared channel, and ending that.

A risk that the partner raises is shared from the start, and the contract manager assesses it.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.delivery import outbox
from bot.delivery.outbox import OutgoingMessage
from bot.domain.references import number_of
from bot.domain.risk_rules import RiskCategory
from bot.domain.scores import Band, Grade
from bot.domain.text_validation import deliberate_text, optional_text, required_text
from bot.errors import UserError
from bot.models import UNDELIVERED_STATES, Audience, Person, Risk, RiskStatus, RoleName
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.risks import (
    RiskCard,
    check_is_not_closed,
    no_such_risk,
    not_a_risk_reference,
    risk_for,
    rules_in_force,
)
from bot.services.risks.risk_card import RiskSheet, sheet_of
from bot.services.unit_of_work import ActorContext, UnitOfWork


@dataclass(frozen=True)
class SharedRisk:
    """The part of a risk that a partner may see."""

    reference: str
    contract: ContractRef
    title: str
    cause: str
    effect: str
    category: RiskCategory
    grade: Grade | None
    proximity: date | None
    status: RiskStatus
    raised_by: str


def share(ctx: ActorContext, typed: str) -> RiskSheet:
    """Share a risk with the partner. Raises `UserError` or `Denied`."""
    risk, contract = risk_for(ctx, typed, Permission.MANAGE_RISK)
    check_is_not_closed(risk)
    if risk.audience is Audience.SHARED:
        raise UserError(
            f"{risk.reference} is shared, so nothing was done. To take it back: /risk keep {risk.reference}."
        )
    risk.audience = Audience.SHARED
    ctx.record("risk shared", risk.reference, contract_id=contract.id, partner=contract.partner)
    show_partner(ctx, risk, contract)
    return sheet_of(ctx, risk, contract)


def unshare(ctx: ActorContext, typed: str) -> RiskSheet:
    """Make a risk internal again: its message in the shared channel says so, and a pending one is never sent. Raises
    `UserError` or `Denied`."""
    risk, contract = risk_for(ctx, typed, Permission.MANAGE_RISK)
    if risk.audience is Audience.INTERNAL:
        raise UserError(
            f"{risk.reference} is internal, so nothing was done. To share it: /risk share {risk.reference}."
        )
    _unshare(ctx, risk, contract)
    return sheet_of(ctx, risk, contract)


def unshare_all(ctx: ActorContext, contract: ContractRef) -> None:
    """Make every shared risk of a contract internal, because the contract has another partner now."""
    ctx.require(Permission.CHANGE, contract)
    shared = select(Risk).where(col(Risk.contract_id) == contract.id, col(Risk.audience) == Audience.SHARED)
    for risk in ctx.session.scalars(shared.order_by(col(Risk.id)).with_for_update()).all():
        _unshare(ctx, risk, contract)


def _unshare(ctx: ActorContext, risk: Risk, contract: ContractRef) -> None:
    risk.audience = Audience.INTERNAL
    ctx.record("risk kept internal", risk.reference, contract_id=contract.id)
    if not risk.shown_as:
        return
    why = f"{risk.reference} is internal again"
    outbox.withdraw(ctx.session, risk.shown_as, why, ctx.now)
    stands = outbox.find(ctx.session, risk.shown_as)
    if stands is not None and stands.state not in UNDELIVERED_STATES:
        message = ctx.messages.message("risks/taken_back", reference=risk.reference, contract=contract)
        ctx.replace(risk.shown_as, ctx.next_key(risk.shown_as), message, why)


def shared_risk(ctx: ActorContext, typed: str) -> SharedRisk:
    """A shared risk, as the people of the contract's partner may see it. Raises `UserError`."""
    number = number_of(typed, "R")
    if number is None:
        raise not_a_risk_reference(typed)
    risk = ctx.session.get(Risk, number)
    contract = None if risk is None else contract_lookup.contract_facts(ctx.session, risk.contract_id)
    if risk is None or contract is None or risk.audience is not Audience.SHARED:
        raise no_such_risk(f"R-{number}")
    if not ctx.may(Permission.SEE, contract, Audience.SHARED):
        raise no_such_risk(f"R-{number}")
    return _shared(ctx, risk, contract)


def show_partner(work: UnitOfWork, risk: Risk, contract: ContractRef) -> None:
    """Post or update the one message about a shared risk in the shared channel."""
    if risk.audience is not Audience.SHARED:
        return
    channel = contract_lookup.channel_of(work.session, contract.id, Audience.SHARED)
    if channel is None:
        return
    message = work.messages.message("risks/shared", risk=_shared(work, risk, contract))
    why = f"{risk.reference} on {contract.reference} is shared with {contract.partner}"
    stands = outbox.find(work.session, risk.shown_as) if risk.shown_as else None
    if stands is not None and stands.state not in UNDELIVERED_STATES and stands.channel == channel:
        work.replace(risk.shown_as, work.next_key(risk.shown_as), message, why)
        return
    risk.shown_as = work.next_key(f"risk-{risk.id}-shared")
    work.enqueue(OutgoingMessage(risk.shown_as, channel, Audience.SHARED, message, why, contract.id))


def _shared(work: UnitOfWork, risk: Risk, contract: ContractRef) -> SharedRisk:
    return SharedRisk(
        reference=risk.reference,
        contract=contract,
        title=risk.title,
        cause=risk.cause,
        effect=risk.effect,
        category=risk.category,
        grade=rules_in_force(work.session).grade_if_any(risk.likelihood, risk.impact),
        proximity=risk.proximity_on,
        status=risk.status,
        raised_by=work.session.get_one(Person, risk.raised_by_id).name,
    )


_MANAGING = (RoleName.CONTRACT_MANAGER, RoleName.HEAD, RoleName.SENIOR_OWNER)


@dataclass(frozen=True)
class PartnerRisk:
    """A risk as a partner's person enters it. `deliberate`: they were warned of a personal detail and keep it."""

    title: str
    cause: str = ""
    effect: str = ""
    deliberate: bool = False


def contract_to_raise_on(ctx: ActorContext, key: str) -> ContractRef:
    """The contract that a button names, if the actor may raise a shared risk on it. Raises `UserError` or `Denied`."""
    return contract_lookup.contract_by_key(ctx, key, Permission.RAISE_RISK, Audience.SHARED)


def raise_shared(ctx: ActorContext, key: str, entry: PartnerRisk) -> RiskCard:
    """Record a risk of a partner's person; the contract manager owns it and is asked to assess it.

    Raises `Denied`, or `UserError` with its form field.
    """
    contract = contract_to_raise_on(ctx, key)
    manager = contract_lookup.person_in_role(ctx.session, contract.id, ctx.today, *_MANAGING)
    if manager is None:
        raise UserError(
            f"Nobody of the department looks after {contract.reference} here at the moment, so nothing was kept. "
            "Tell the person there whom you speak to."
        )
    rules, deliberate = rules_in_force(ctx.session), entry.deliberate
    risk = Risk(
        contract_id=contract.id,
        title=required_text(entry.title, what="what could happen", at_most=200, field="title", deliberate=deliberate),
        cause=optional_text(entry.cause, what="the cause", at_most=1000, field="cause", deliberate=deliberate),
        effect=optional_text(entry.effect, what="the effect", at_most=1000, field="effect", deliberate=deliberate),
        category=RiskCategory.OPERATIONS,
        audience=Audience.SHARED,
        review_on=rules.next_review(Band.VERY_HIGH, ctx.today),
        owner_id=manager.id,
        raised_by_id=ctx.actor.person_id,
        raised_at=ctx.now,
    )
    ctx.add(risk)
    detail = deliberate_text(risk.title, risk.cause, risk.effect)
    ctx.record("risk raised", risk.reference, contract_id=contract.id, by_partner=True, personal_detail=detail)
    show_partner(ctx, risk, contract)
    card = RiskCard(risk, contract, ctx.actor.name, None)
    message = ctx.messages.message("risks/from_partner", card=card, assessed_by="")
    why = f"{ctx.actor.name} of {contract.partner} raised {risk.reference}"
    ctx.enqueue(OutgoingMessage(_request_key(risk), manager.slack, Audience.INTERNAL, message, why, contract.id))
    return card


def note_assessed(work: UnitOfWork, card: RiskCard, by: str) -> None:
    """Update the message that asked for an assessment, if there is one, with the result."""
    message = work.messages.message("risks/from_partner", card=card, assessed_by=by)
    work.replace(
        _request_key(card.risk), work.next_key(_request_key(card.risk)), message, f"{card.risk.reference} was assessed"
    )


def _request_key(risk: Risk) -> str:
    return f"risk-{risk.id}-asked"
