"""App Home: the page that a person sees when they open Liaison in Slack."""

from dataclasses import replace
from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.delivery.messages import Messages, View
from bot.errors import UserError
from bot.interactions.payloads import Click, Event
from bot.interactions.permalinks import with_link
from bot.interactions.response import Response, asks_and_writes, reads
from bot.interactions.router import Router
from bot.services.edit_conflicts import last_entry
from bot.services.pages import contract as contract_page
from bot.services.pages import home as home_page
from bot.services.progress import report_card
from bot.services.unit_of_work import ActorContext


def register(app: AsyncApp, router: Router) -> None:
    """Register the page, and the buttons on it that are on no message."""
    router.on_event(app, "app_home_opened", reads(opened), explain=not_known)
    router.on_click(app, "home_contract", reads(show_contract))
    router.on_click(app, "home_report", asks_and_writes(show_report))


def opened(ctx: ActorContext, event: Event) -> Response:
    """Publish a person's page anew when they open it; from then on it is drawn anew when it changes."""
    if event.about.get("tab") != "home":
        return Response()
    view = home_page.home_view(ctx)
    return Response(further=partial(_published, view=view, seen=last_entry(ctx.session)))


def _published(ctx: ActorContext, view: View, seen: int) -> Response:
    home_page.note_opened(ctx, view, seen)
    return Response(home=view, keep=False)


def show_contract(ctx: ActorContext, click: Click) -> Response:
    """Show the contract of a line on one page."""
    card = contract_page.contract_page(ctx, click.value)
    return Response.says(ctx.messages.message("contracts/page", card=card))


def show_report(ctx: ActorContext, click: Click) -> Response:
    """Show the report of a line, with what can be done about it."""
    card = report_card.report_card_by_key(ctx, click.record_key)

    def shown(ctx: ActorContext, link: str) -> Response:
        return Response.says(ctx.messages.message("progress/report", card=replace(card, link=link)))

    return with_link(ctx, card.message, shown)


def not_known(messages: Messages, _event: Event, error: UserError) -> Response:
    """Who is not known, or whose page cannot be made, is told why on the page."""
    return Response(home=messages.view("home/unknown", sentence=error.sentence))
