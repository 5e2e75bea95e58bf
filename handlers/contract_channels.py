"""`/contract channel`: binding a channel to a contract or to the portfolio, and telling the partner of a new one."""

from bot.delivery.slack_facts import ChannelFacts
from bot.interactions.commands import incomplete
from bot.interactions.payloads import Click
from bot.interactions.response import Response, asks_and_writes
from bot.interactions.router import Router
from bot.policy import RegisterPermission
from bot.services.contracts import contract_channels
from bot.services.contracts.contract_channels import Binding
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext


def register(router: Router) -> None:
    """Register the button that tells the partner."""
    router.on_click("channel_tell", asks_and_writes(tell_partner))


def bind(ctx: ActorContext, here: str, words: list[str]) -> Response:
    """`channel WP-NE` binds this channel to the contract, as shared or internal by its members; `portfolio` binds it to
    the portfolio, `none` unbinds it."""
    named = " ".join(words)
    if named.casefold() == "none":
        unbound = contract_channels.unbind(ctx, here)
        return Response.answers(ctx.messages.message("contracts/channel_released", binding=unbound))
    if named.casefold() == "portfolio":
        ctx.require_on_register(RegisterPermission.ADMINISTER)
        return Response.after(
            lambda slack: slack.channel(here),
            lambda ctx, facts: _bound(ctx, contract_channels.bind_portfolio(ctx, facts)),
        )
    named = named or contract_lookup.reference_of_channel(ctx.session, here) or ""
    if not named:
        raise incomplete("a contract's reference, in the channel that you mean")
    reference = contract_channels.channel_to_bind(ctx, named)

    def then(ctx: ActorContext, facts: ChannelFacts) -> Response:
        return _bound(ctx, contract_channels.bind(ctx, reference, facts))

    return Response.after(lambda slack: slack.channel(here), then)


def _bound(ctx: ActorContext, binding: Binding) -> Response:
    return Response.answers(ctx.messages.message("contracts/channel_bound", binding=binding))


def tell_partner(ctx: ActorContext, click: Click) -> Response:
    """Tell the partner of the new channel, by the name that Slack has for it."""
    key = click.record_key
    channel = contract_channels.channel_to_tell_of(ctx, key)

    def then(ctx: ActorContext, facts: ChannelFacts) -> Response:
        binding = contract_channels.tell_partner(ctx, key, facts)
        return Response.says(ctx.messages.message("contracts/channel_bound", binding=binding), in_place=True)

    return Response.after(lambda slack: slack.channel(channel), then)
