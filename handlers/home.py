"""App Home: the page that a person sees when they open Liaison in Slack."""

from dataclasses import replace

from slack_bolt.async_app import AsyncApp

from bot.errors import UserError
from bot.messages import Messages
from bot.services.contracts import contract_card
from bot.services.homes import home_page
from bot.services.progress import report_card
from bot.services.work import Act
from handlers.arrivals import Click, Event
from handlers.desk import Desk
from handlers.links import with_link
from handlers.outcome import Outcome


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the page, and the buttons on it that are on no message."""
    desk.on_event(app, "app_home_opened", opened, explain=not_known)
    desk.on_click(app, "home_contract", show_contract)
    desk.on_click(app, "home_report", show_report)


def opened(act: Act, event: Event) -> Outcome:
    """Publish a person's page anew when they open it; from then on it is drawn anew when it changes."""
    if event.about.get("tab") != "home":
        return Outcome(keep=False)
    return Outcome(home=home_page.open_home(act), keep=False)


def show_contract(act: Act, click: Click) -> Outcome:
    """Show the contract of a line on one page."""
    card = contract_card.contract_card(act, click.value)
    return Outcome.says(act.messages.message("contract_card", card=card))


def show_report(act: Act, click: Click) -> Outcome:
    """Show the report of a line, with what can be done about it."""
    card = report_card.report_card_by_id(act, click.record_id)

    def shown(act: Act, link: str) -> Outcome:
        return Outcome.says(act.messages.message("report_card", card=replace(card, link=link)))

    return with_link(act, card.message, shown)


def not_known(messages: Messages, _event: Event, error: UserError) -> Outcome:
    """Who is not known, or whose page cannot be made, is told why on the page."""
    return Outcome(home=messages.view("home_without", sentence=error.sentence), keep=False)
