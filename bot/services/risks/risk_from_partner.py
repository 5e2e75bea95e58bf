"""A partner's person raises a risk: it is shared by nature, and not assessed until the contract manager does."""

from dataclasses import dataclass

from bot.access import Action, ContractFacts
from bot.domain.risk_rules import RiskCategory
from bot.domain.scores import Band
from bot.errors import UserError
from bot.models import Audience, Risk, RoleName
from bot.outbox import Draft
from bot.services.contracts import register
from bot.services.risks.risk_card import RiskCard
from bot.services.risks.risk_settings import rules_in_force
from bot.services.risks.risk_sharing import show_partner
from bot.services.texts import kept_deliberately, kept_text, optional_text
from bot.services.work import Act, Work

_MANAGING = (RoleName.CONTRACT_MANAGER, RoleName.HEAD, RoleName.SENIOR_OWNER)


class NobodyToAssess(UserError):
    """The department has nobody who could assess a risk of this contract."""

    def __init__(self, contract: str) -> None:
        super().__init__(
            f"Nobody of the department looks after {contract} here at the moment, so nothing was kept. "
            "Tell the person there whom you speak to."
        )


@dataclass(frozen=True)
class PartnerRisk:
    """What a partner's person says of a risk. `deliberate`: they were warned of a personal detail, and it stays."""

    title: str
    cause: str = ""
    effect: str = ""
    deliberate: bool = False


def contract_to_raise_on(act: Act, contract_id: int) -> ContractFacts:
    """The contract of a button, on which the actor may raise a shared risk. NoLongerThere, Denied."""
    return register.contract_by_id(act, contract_id, Action.RAISE_RISK, Audience.SHARED)


def raise_shared(act: Act, contract_id: int, entry: PartnerRisk) -> RiskCard:
    """Record a risk for the contract manager to assess, who is told and looks after it.

    NoLongerThere, Denied, NobodyToAssess; what cannot be kept names its field.
    """
    contract = contract_to_raise_on(act, contract_id)
    manager = register.person_in_role(act.session, contract.id, act.today, *_MANAGING)
    if manager is None:
        raise NobodyToAssess(contract.reference)
    rules, deliberate = rules_in_force(act.session), entry.deliberate
    risk = Risk(
        contract_id=contract.id,
        title=kept_text(entry.title, what="what could happen", at_most=200, field="title", deliberate=deliberate),
        cause=optional_text(entry.cause, what="the cause", at_most=1000, field="cause", deliberate=deliberate),
        effect=optional_text(entry.effect, what="the effect", at_most=1000, field="effect", deliberate=deliberate),
        category=RiskCategory.OPERATIONS,
        audience=Audience.SHARED,
        review_on=rules.next_review(Band.VERY_HIGH, act.today),
        owner_id=manager.id,
        raised_by_id=act.actor.person_id,
        raised_at=act.now,
    )
    act.session.add(risk)
    act.session.flush()
    detail = kept_deliberately(risk.title, risk.cause, risk.effect)
    act.record("risk raised", risk.reference, contract_id=contract.id, by_partner=True, personal_detail=detail)
    show_partner(act, risk, contract)
    card = RiskCard(risk, contract, act.actor.name, None)
    told = act.messages.message("risk_from_partner", card=card, assessed_by="")
    why = f"{act.actor.name} of {contract.partner} raised {risk.reference}"
    act.enqueue(Draft(_asked_key(risk), manager.slack, Audience.INTERNAL, told, why, contract.id))
    return card


def note_assessed(work: Work, card: RiskCard, by: str) -> None:
    """Let the message that asked for an assessment, if there is one, say what came of it."""
    told = work.messages.message("risk_from_partner", card=card, assessed_by=by)
    work.replace(
        _asked_key(card.risk), work.next_key(_asked_key(card.risk)), told, f"{card.risk.reference} was assessed"
    )


def _asked_key(risk: Risk) -> str:
    return f"risk-{risk.id}-asked"
