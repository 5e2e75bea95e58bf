"""Binding the channel that one stands in to a contract or to the portfolio, and letting it go."""

from bot.access import Keeping
from bot.services.contracts import contract_channels
from bot.services.contracts import register as contract_register
from bot.services.contracts.contract_channels import Binding
from bot.services.work import Act
from bot.slack_facts import ChannelFacts
from handlers.one_line import Incomplete
from handlers.outcome import Outcome


def channel(act: Act, here: str, words: list[str]) -> Outcome:
    """`channel WP-NE` binds it, as shared or internal by who is in it; `portfolio` and `none` say what they do."""
    named = " ".join(words)
    if named.casefold() == "none":
        return _says(act, "channel_let_go", contract_channels.unbind(act, here))
    if named.casefold() == "portfolio":
        act.require_keeper(Keeping.ADMINISTER)
        return Outcome.after(
            lambda slack: slack.channel(here),
            lambda act, facts: _says(act, "channel_bound", contract_channels.bind_portfolio(act, facts)),
        )
    named = named or contract_register.reference_of_channel(act.session, here) or ""
    if not named:
        raise Incomplete("a contract's reference, in the channel that you mean")
    reference = contract_channels.channel_to_bind(act, named)

    def then(act: Act, facts: ChannelFacts) -> Outcome:
        return _says(act, "channel_bound", contract_channels.bind(act, reference, facts))

    return Outcome.after(lambda slack: slack.channel(here), then)


def _says(act: Act, template: str, binding: Binding) -> Outcome:
    return Outcome.answers(act.messages.message(template, binding=binding), keep=True)
