"""The forms of risks: to raise one, to assess one again, and what they say beside likelihood and impact."""

from datetime import date

from bot.access import Permission
from bot.delivery.messages import View
from bot.domain.risk_rules import RiskCategory
from bot.domain.scores import Impact, Likelihood
from bot.interactions import form_fields
from bot.interactions.form_fields import Values
from bot.services.lookup import contracts as contract_lookup
from bot.services.risks.risk_review import ToReview
from bot.services.risks.risks import RiskDetails
from bot.services.unit_of_work import ActorContext


def raising(ctx: ActorContext, chosen: str | None) -> View:
    """The form to raise a risk, with the contract that is meant."""
    contracts = contract_lookup.contracts_for(ctx, Permission.RAISE_RISK)
    return ctx.messages.view(
        "risks/form",
        contracts=contracts,
        chosen=chosen,
        categories=list(RiskCategory),
        likelihoods=list(Likelihood),
        impacts=list(Impact),
    )


def reviewing(ctx: ActorContext, found: ToReview) -> View:
    """The form to assess a risk again, with what it was last assessed as."""
    return ctx.messages.view(
        "risks/review_form",
        found=found,
        categories=list(RiskCategory),
        likelihoods=list(Likelihood),
        impacts=list(Impact),
    )


def details(values: Values, today: date) -> RiskDetails:
    """The category, controls, target and proximity of a form. Errors stand under their field."""
    return RiskDetails(
        category=form_fields.choice(RiskCategory, values, "category"),
        controls=form_fields.text(values, "controls"),
        target=form_fields.optional_on_the_grid(values, "target_"),
        proximity=form_fields.optional_day(values, "proximity", today),
    )
