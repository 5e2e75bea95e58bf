"""The contracts that fit what somebody types into a list with more of them than Slack shows at once."""

from functools import partial

from bot.access import Permission
from bot.interactions.payloads import Suggestion
from bot.interactions.response import Response, reads
from bot.interactions.router import Router
from bot.models import Audience
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext

# By the action of the list: what is done with the chosen contract, and for whose eyes.
LISTS = {
    "contact_contract": (Permission.LOG_CONTACT, Audience.INTERNAL),
    "contact_correct_contract": (Permission.LOG_CONTACT, Audience.INTERNAL),
    "contract_at_risk": (Permission.RAISE_RISK, Audience.INTERNAL),
    "contract_to_report": (Permission.REPORT_PROGRESS, Audience.SHARED),
}


def register(router: Router) -> None:
    """Register the lists."""
    for action, (permission, audience) in LISTS.items():
        router.on_options(action, reads(partial(offer, permission, audience)))


def offer(permission: Permission, audience: Audience, ctx: ActorContext, suggestion: Suggestion) -> Response:
    """The first 100 contracts that fit."""
    fitting = contract_lookup.contracts_that_fit(ctx, suggestion.typed, permission, audience)
    return Response(ack=ctx.messages.view("common/contract_options", contracts=fitting))
