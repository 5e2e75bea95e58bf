"""The forms of risks: the one to raise one, what they offer, and what they say beside likelihood and impact."""

from datetime import date

from bot.access import Permission
from bot.delivery.messages import View
from bot.domain.risk_rules import RiskCategory
from bot.domain.scores import Impact, Likelihood
from bot.interactions import form_fields
from bot.interactions.form_fields import Values
from bot.services.lookup import contracts as contract_lookup
from bot.services.risks.risks import RiskDetails
from bot.services.unit_of_work import ActorContext

OFFERED = {"categories": list(RiskCategory), "likelihoods": list(Likelihood), "impacts": list(Impact)}


def raising(ctx: ActorContext, chosen: str | None) -> View:
    """The form to raise a risk, with the contract that is meant."""
    contracts = contract_lookup.contracts_for(ctx, Permission.RAISE_RISK)
    return ctx.messages.view("risks/form", contracts=contracts, chosen=chosen, **OFFERED)


def details(values: Values, today: date) -> RiskDetails:
    """The category, controls, target and proximity of a form. Errors stand under their field."""
    return RiskDetails(
        category=form_fields.choice(RiskCategory, values, "category"),
        controls=form_fields.text(values, "controls"),
        target=form_fields.optional_on_the_grid(values, "target_"),
        proximity=form_fields.optional_day(values, "proximity", today),
    )
