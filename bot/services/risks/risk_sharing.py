"""Sharing a risk with the contract's partner: chosen each time, shown in one message of the shared channel, taken back.

What crosses is a SharedRisk, and nothing of a risk that is not in it: responses, controls, owners, actions, the reasons
of assessments and of closing stay inside.
"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot import outbox
from bot.access import Action, ContractFacts
from bot.domain.references import number_of
from bot.domain.risk_rules import RiskCategory
from bot.domain.scores import Grade
from bot.errors import UserError
from bot.models import Audience, OutboxState, Person, Risk, RiskStatus
from bot.outbox import Draft
from bot.services.contracts import register
from bot.services.risks.risk_card import RiskSheet, sheet_of
from bot.services.risks.risk_find import NoSuchRisk, NotARisk, check_is_not_closed, risk_for
from bot.services.risks.risk_settings import rules_in_force
from bot.services.work import Act, Work

_NEVER_STOOD = (OutboxState.DEAD, OutboxState.WITHHELD, OutboxState.DROPPED)


class IsShared(UserError):
    """The partner may see the risk already."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"{reference} is shared, so nothing was done. To take it back: /risk keep {reference}.")


class IsInternal(UserError):
    """The risk is the department's alone already."""

    def __init__(self, reference: str) -> None:
        super().__init__(f"{reference} is internal, so nothing was done. To share it: /risk share {reference}.")


@dataclass(frozen=True)
class SharedRisk:
    """What a partner sees of a risk: nothing else of it crosses."""

    reference: str
    contract: ContractFacts
    title: str
    cause: str
    effect: str
    category: RiskCategory
    grade: Grade | None
    proximity: date | None
    status: RiskStatus
    raised_by: str


def share(act: Act, typed: str) -> RiskSheet:
    """Let the partner see a risk from now on. NotARisk, NoSuchRisk, Denied, IsClosed, IsShared."""
    risk, contract = risk_for(act, typed, Action.MANAGE_RISK)
    check_is_not_closed(risk)
    if risk.audience is Audience.SHARED:
        raise IsShared(risk.reference)
    risk.audience = Audience.SHARED
    act.record("risk shared", risk.reference, contract_id=contract.id, partner=contract.partner)
    show_partner(act, risk, contract)
    return sheet_of(act, risk, contract)


def keep(act: Act, typed: str) -> RiskSheet:
    """Take a risk back: what stands in the shared channel says so, what waits is never sent.

    NotARisk, NoSuchRisk, Denied, IsInternal.
    """
    risk, contract = risk_for(act, typed, Action.MANAGE_RISK)
    if risk.audience is Audience.INTERNAL:
        raise IsInternal(risk.reference)
    _take_back(act, risk, contract)
    return sheet_of(act, risk, contract)


def keep_all(act: Act, contract: ContractFacts) -> None:
    """Take every risk of a contract back, which has another partner now: nobody chose to share them with that one."""
    act.require(Action.CHANGE, contract)
    shared = select(Risk).where(col(Risk.contract_id) == contract.id, col(Risk.audience) == Audience.SHARED)
    for risk in act.session.scalars(shared.order_by(col(Risk.id)).with_for_update()).all():
        _take_back(act, risk, contract)


def _take_back(act: Act, risk: Risk, contract: ContractFacts) -> None:
    risk.audience = Audience.INTERNAL
    act.record("risk kept internal", risk.reference, contract_id=contract.id)
    if not risk.shown_as:
        return
    why = f"{risk.reference} is internal again"
    outbox.withdraw(act.session, risk.shown_as, why, act.now)
    stands = outbox.find(act.session, risk.shown_as)
    if stands is not None and stands.state not in _NEVER_STOOD:
        message = act.messages.message("risk_taken_back", reference=risk.reference, contract=contract)
        act.replace(risk.shown_as, act.next_key(risk.shown_as), message, why)


def shared_risk(act: Act, typed: str) -> SharedRisk:
    """What somebody who is not of the department sees of a shared risk on their contract. NotARisk, NoSuchRisk."""
    number = number_of(typed, "R")
    if number is None:
        raise NotARisk(typed)
    risk = act.session.get(Risk, number)
    contract = None if risk is None else register.contract_facts(act.session, risk.contract_id)
    if risk is None or contract is None or risk.audience is not Audience.SHARED:
        raise NoSuchRisk(f"R-{number}")
    if not act.may(Action.SEE, contract, Audience.SHARED):
        raise NoSuchRisk(f"R-{number}")
    return _shared(act, risk, contract)


def show_partner(work: Work, risk: Risk, contract: ContractFacts) -> None:
    """Let the shared channel say what a shared risk is now, in the one message that it has there."""
    channel = register.channel_of(work.session, contract.id, Audience.SHARED)
    if risk.audience is not Audience.SHARED or channel is None:
        return
    message = work.messages.message("risk_shared", risk=_shared(work, risk, contract))
    why = f"{risk.reference} on {contract.reference} is shared with {contract.partner}"
    stands = outbox.find(work.session, risk.shown_as) if risk.shown_as else None
    if stands is not None and stands.state not in _NEVER_STOOD and stands.channel == channel:
        work.replace(risk.shown_as, work.next_key(risk.shown_as), message, why)
        return
    risk.shown_as = work.next_key(f"risk-{risk.id}-shared")
    work.enqueue(Draft(risk.shown_as, channel, Audience.SHARED, message, why, contract.id))


def _shared(work: Work, risk: Risk, contract: ContractFacts) -> SharedRisk:
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
