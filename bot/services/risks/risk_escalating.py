"""Sending a risk up: by how it is assessed, or because somebody says so; and when that is over."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlmodel import col

from bot.access import Action
from bot.domain.escalating import Reason, Subject, reason_by_hand
from bot.domain.wording import format_instant
from bot.errors import UserError
from bot.models import Escalation, EscalationEnd, Person, Risk
from bot.services.escalations import climbing
from bot.services.escalations.cards import steps_of
from bot.services.escalations.conditions import is_about, is_open
from bot.services.escalations.found import Found
from bot.services.risks.risk_card import RiskCard, RiskSheet, risk_card, sheet_of
from bot.services.risks.risk_find import check_is_not_closed, risk_for
from bot.services.texts import kept_text
from bot.services.work import Act, Work


class AlreadyEscalated(UserError):
    """Somebody was asked and has not answered yet."""

    def __init__(self, reference: str, who: str, at: str) -> None:
        super().__init__(
            f"{who} was asked to acknowledge {reference} on {at} and has not done so yet, "
            "so nothing was sent. Speak to them."
        )


class NobodyToAsk(UserError):
    """The contract has nobody to whom a risk could go up."""

    def __init__(self, contract: str) -> None:
        super().__init__(
            f"{contract} has no senior owner, head, contract manager or commercial lead to whom it could go, so "
            f"nothing was sent. Name one first: /contract people {contract}."
        )


def escalate(work: Work, card: RiskCard, reasons: Sequence[Reason]) -> RiskCard:
    """Ask the first of the ladder whose turn it is; the card says who, or that there is nobody. What was open about the
    risk before is over with that."""
    risk = card.risk
    end(work, risk, EscalationEnd.AGAIN)
    found = Found(Subject.RISK, risk.id, card.contract.id, risk.title, work.today, reasons)
    escalation = climbing.begin(work, found)
    return card if escalation is None else replace(card, asked=work.session.get_one(Person, escalation.owner_id))


def escalate_by_hand(act: Act, typed: str, why: str) -> RiskSheet:
    """Send a risk up because the actor says so.

    NotARisk, NoSuchRisk, Denied, IsClosed, AlreadyEscalated, NobodyToAsk; a reason that cannot be kept.
    """
    risk, contract = risk_for(act, typed, Action.MANAGE_RISK)
    check_is_not_closed(risk)
    reason = reason_by_hand(act.actor.name, kept_text(why, what="why it goes up", at_most=300, field="why"))
    opened = open_escalation(act, risk)
    if opened is not None and opened.waits:
        owner = act.session.get_one(Person, opened.owner_id)
        asked_at = next(line.at for line in reversed(steps_of(act, opened)) if line.pinged)
        raise AlreadyEscalated(risk.reference, owner.name, format_instant(asked_at))
    if escalate(act, risk_card(act, risk), [reason]).asked is None:
        raise NobodyToAsk(contract.reference)
    return sheet_of(act, risk, contract)


def end(work: Work, risk: Risk, because: EscalationEnd) -> None:
    """Whatever is open about a risk is over."""
    escalation = open_escalation(work, risk)
    if escalation is not None:
        climbing.end(work, escalation, because)


def open_escalation(work: Work, risk: Risk) -> Escalation | None:
    """What is open about a risk; it is locked, so that nobody answers meanwhile."""
    opened = select(Escalation).where(is_about(Subject.RISK, risk.id), is_open()).with_for_update()
    return work.session.scalar(opened, execution_options={"populate_existing": True})


def was_escalated(work: Work, risk: Risk) -> bool:
    """Whether a risk was ever sent up."""
    ever = select(col(Escalation.id)).where(is_about(Subject.RISK, risk.id)).limit(1)
    return work.session.scalar(ever) is not None
