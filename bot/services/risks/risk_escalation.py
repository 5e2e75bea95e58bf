"""Escalating a risk, after an assessment or by hand, and ending its escalation."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlmodel import col

from bot.access import Permission
from bot.domain.escalation_triggers import Reason, Subject, manual_reason
from bot.domain.text_validation import required_text
from bot.domain.wording import format_instant
from bot.errors import UserError
from bot.models import Escalation, EscalationEnd, Person, Risk
from bot.services.due.candidate import Candidate
from bot.services.escalations import ladder_steps, pings
from bot.services.escalations.escalation_card import is_about, is_open, steps_of
from bot.services.lookup.risks import RiskCard, check_is_not_closed, risk_card, risk_for
from bot.services.risks.risk_card import RiskSheet, sheet_of
from bot.services.unit_of_work import ActorContext, UnitOfWork


def escalate(work: UnitOfWork, card: RiskCard, reasons: Sequence[Reason]) -> RiskCard:
    """Ask the first person of the ladder to acknowledge a risk; this ends an earlier escalation of it.

    The card names the person, or says that there is nobody.
    """
    risk = card.risk
    end(work, risk, EscalationEnd.AGAIN)
    found = Candidate(Subject.RISK, risk.id, card.contract.id, risk.title, work.today, reasons)
    ready = ladder_steps.prepare(work, found)
    if ready is None:
        return card
    pings.ask_now(work, ladder_steps.start_escalation(work, ready))
    return replace(card, asked=ready.card.owner)


def escalate_by_hand(ctx: ActorContext, typed: str, why: str) -> RiskSheet:
    """Escalate a risk for the actor's reason. Raises `UserError` or `Denied`."""
    risk, contract = risk_for(ctx, typed, Permission.MANAGE_RISK)
    check_is_not_closed(risk)
    reason = manual_reason(ctx.actor.name, required_text(why, what="why it goes up", at_most=300, field="why"))
    opened = open_escalation(ctx, risk)
    if opened is not None and opened.waits:
        owner = ctx.session.get_one(Person, opened.owner_id)
        asked_at = next(line.at for line in reversed(steps_of(ctx, opened)) if line.pinged)
        raise UserError(
            f"{owner.name} was asked to acknowledge {risk.reference} on {format_instant(asked_at)} "
            "and has not done so yet, so nothing was sent. Speak to them."
        )
    if escalate(ctx, risk_card(ctx, risk), [reason]).asked is None:
        raise UserError(
            f"{contract.reference} has no senior owner, head, contract manager or commercial lead to whom it could go, "
            f"so nothing was sent. Name one first: /contract people {contract.reference}."
        )
    return sheet_of(ctx, risk, contract)


def end(work: UnitOfWork, risk: Risk, because: EscalationEnd) -> None:
    """End the open escalation of a risk, if there is one."""
    escalation = open_escalation(work, risk)
    if escalation is not None:
        ladder_steps.close(work, escalation, because)


def open_escalation(work: UnitOfWork, risk: Risk) -> Escalation | None:
    """The open escalation of a risk, locked so that nobody answers it meanwhile."""
    opened = select(Escalation).where(is_about(Subject.RISK, risk.id), is_open()).with_for_update()
    return work.session.scalar(opened, execution_options={"populate_existing": True})


def was_escalated(work: UnitOfWork, risk: Risk) -> bool:
    """Whether a risk was ever escalated."""
    ever = select(col(Escalation.id)).where(is_about(Subject.RISK, risk.id)).limit(1)
    return work.session.scalar(ever) is not None
