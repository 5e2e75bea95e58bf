"""App Home: the page that a person sees when they open Liaison in Slack."""

from slack_bolt.async_app import AsyncApp

from bot.errors import UserError
from bot.messages import Messages
from bot.services.contracts import contract_list
from bot.services.partners import partner_card
from bot.services.work import Act
from handlers.arrivals import Event
from handlers.desk import Desk
from handlers.outcome import Outcome

SHOWN = 30  # contracts: a table in Slack holds 10,000 characters


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the page."""
    desk.on_event(app, "app_home_opened", opened, explain=not_known)


def opened(act: Act, event: Event) -> Outcome:
    """Publish a person's page anew when they open it; their own contracts alone."""
    if event.about.get("tab") != "home":
        return Outcome(keep=False)
    if not act.actor.is_department:
        contracts = partner_card.partner_contracts(act)
        return Outcome(home=act.messages.view("home_of_partner", contracts=contracts), keep=False)
    page = contract_list.list_contracts(act, [], on_a_page=SHOWN)
    return Outcome(home=act.messages.view("home", page=page, name=act.actor.name), keep=False)


def not_known(messages: Messages, _event: Event, error: UserError) -> Outcome:
    """Who is not known, or whose page cannot be made, is told why on the page."""
    return Outcome(home=messages.view("home_without", sentence=error.sentence), keep=False)
