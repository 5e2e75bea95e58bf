"""What the forms of risks have in common: what they offer, and what they say beside likelihood and impact."""

from datetime import date

from bot.domain.risk_rules import RiskCategory
from bot.domain.scores import Impact, Likelihood
from bot.services.risks.risk_details import RiskDetails
from handlers import fields
from handlers.fields import Values

OFFERED = {"categories": list(RiskCategory), "likelihoods": list(Likelihood), "impacts": list(Impact)}


def details(values: Values, today: date) -> RiskDetails:
    """The category, controls, target and proximity of a form. Errors stand under their field."""
    return RiskDetails(
        category=fields.choice(RiskCategory, values, "category"),
        controls=fields.text(values, "controls"),
        target=fields.optional_on_the_grid(values, "target_"),
        proximity=fields.optional_day(values, "proximity", today),
    )
