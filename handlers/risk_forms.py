"""The forms of risks: the one to raise one, what they offer, and what they say beside likelihood and impact."""

from datetime import date

from bot.access import Action
from bot.domain.risk_rules import RiskCategory
from bot.domain.scores import Impact, Likelihood
from bot.messages import View
from bot.services.contracts import register as contract_register
from bot.services.risks.risk_details import RiskDetails
from bot.services.work import Act
from handlers import fields
from handlers.fields import Values

OFFERED = {"categories": list(RiskCategory), "likelihoods": list(Likelihood), "impacts": list(Impact)}


def raising(act: Act, chosen: str | None) -> View:
    """The form to raise a risk, with the contract that is meant."""
    contracts = contract_register.contracts_for(act, Action.RAISE_RISK)
    return act.messages.view("risk_form", contracts=contracts, chosen=chosen, **OFFERED)


def details(values: Values, today: date) -> RiskDetails:
    """The category, controls, target and proximity of a form. Errors stand under their field."""
    return RiskDetails(
        category=fields.choice(RiskCategory, values, "category"),
        controls=fields.text(values, "controls"),
        target=fields.optional_on_the_grid(values, "target_"),
        proximity=fields.optional_day(values, "proximity", today),
    )
