"""A risk and the contract's partner: sharing it in one message of the shared channel, and taking it back.

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
from bot.services.text_validation import deliberate_text, optional_text, required_text
from bot.services.unit_of_work import ActorContext, UnitOfWork


@dataclass(frozen=True)
class SharedRisk:
    """What a partner sees of a risk: nothing else of it crosses."""

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
    """Let the partner see a risk from now on. UserError, Denied."""
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


def keep(ctx: ActorContext, typed: str) -> RiskSheet:
    """Take a risk back: what stands in the shared channel says so, what waits is never sent.

    UserError, Denied.
    """
    risk, contract = risk_for(ctx, typed, Permission.MANAGE_RISK)
    if risk.audience is Audience.INTERNAL:
        raise UserError(
            f"{risk.reference} is internal, so nothing was done. To share it: /risk share {risk.reference}."
        )
    _take_back(ctx, risk, contract)
    return sheet_of(ctx, risk, contract)


def keep_all(ctx: ActorContext, contract: ContractRef) -> None:
    """Take every risk of a contract back, which has another partner now: nobody chose to share them with that one."""
    ctx.require(Permission.CHANGE, contract)
    shared = select(Risk).where(col(Risk.contract_id) == contract.id, col(Risk.audience) == Audience.SHARED)
    for risk in ctx.session.scalars(shared.order_by(col(Risk.id)).with_for_update()).all():
        _take_back(ctx, risk, contract)


def _take_back(ctx: ActorContext, risk: Risk, contract: ContractRef) -> None:
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
    """What somebody who is not of the department sees of a shared risk on their contract. UserError."""
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
    """Let the shared channel say what a shared risk is now, in the one message that it has there."""
    channel = contract_lookup.channel_of(work.session, contract.id, Audience.SHARED)
    if risk.audience is not Audience.SHARED or channel is None:
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
    """What a partner's person says of a risk. `deliberate`: they were warned of a personal detail, and it stays."""

    title: str
    cause: str = ""
    effect: str = ""
    deliberate: bool = False


def contract_to_raise_on(ctx: ActorContext, key: str) -> ContractRef:
    """The contract of a button, on which the actor may raise a shared risk. NoLongerThere, Denied."""
    return contract_lookup.contract_by_key(ctx, key, Permission.RAISE_RISK, Audience.SHARED)


def raise_shared(ctx: ActorContext, key: str, entry: PartnerRisk) -> RiskCard:
    """Record a risk for the contract manager to assess, who is told and looks after it.

    UserError, Denied; what cannot be kept names its field.
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
    ctx.session.add(risk)
    ctx.session.flush()
    detail = deliberate_text(risk.title, risk.cause, risk.effect)
    ctx.record("risk raised", risk.reference, contract_id=contract.id, by_partner=True, personal_detail=detail)
    show_partner(ctx, risk, contract)
    card = RiskCard(risk, contract, ctx.actor.name, None)
    told = ctx.messages.message("risks/from_partner", card=card, assessed_by="")
    why = f"{ctx.actor.name} of {contract.partner} raised {risk.reference}"
    ctx.enqueue(OutgoingMessage(_asked_key(risk), manager.slack, Audience.INTERNAL, told, why, contract.id))
    return card


def note_assessed(work: UnitOfWork, card: RiskCard, by: str) -> None:
    """Let the message that asked for an assessment, if there is one, say what came of it."""
    told = work.messages.message("risks/from_partner", card=card, assessed_by=by)
    work.replace(
        _asked_key(card.risk), work.next_key(_asked_key(card.risk)), told, f"{card.risk.reference} was assessed"
    )


def _asked_key(risk: Risk) -> str:
    return f"risk-{risk.id}-asked"
