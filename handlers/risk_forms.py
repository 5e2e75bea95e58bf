"""The forms to raise and to review a risk, and their shared details."""

from datetime import date

from bot.access import Permission
from bot.delivery.messages import View
from bot.domain.risk_rules import RiskCategory
from bot.interactions import form_fields
from bot.interactions.form_fields import Values
from bot.services.lookup import contracts as contract_lookup
from bot.services.risks import risk_review
from bot.services.risks.risk_review import ToReview
from bot.services.risks.risks import RiskDetails
from bot.services.unit_of_work import ActorContext


def raising(ctx: ActorContext, chosen: str | None) -> View:
    """The form to raise a risk, with the chosen contract filled in."""
    contracts = contract_lookup.contracts_for(ctx, Permission.RAISE_RISK)
    return ctx.messages.view("risks/form", contracts=contracts, chosen=chosen)


def reviewing(ctx: ActorContext, found: ToReview) -> View:
    """The form to review a risk, with its last assessment filled in."""
    return ctx.messages.view("risks/review_form", found=found)


def review_form_of_button(ctx: ActorContext, key: str) -> View:
    """The form to review the risk with the key that a button carries."""
    return reviewing(ctx, risk_review.risk_of_button(ctx, key))


def details(values: Values, today: date) -> RiskDetails:
    """The category, controls, target and proximity of a form. Raises `UserError` with its form field."""
    return RiskDetails(
        category=form_fields.choice(RiskCategory, values, "category"),
        controls=form_fields.text(values, "controls"),
        target=form_fields.optional_on_the_grid(values, "target_"),
        proximity=form_fields.optional_day(values, "proximity", today),
    )
