"""App Home: the page that a person sees when they open Liaison in Slack."""

from dataclasses import replace
from functools import partial

from bot.delivery.messages import Messages, View
from bot.errors import UserError
from bot.interactions.payloads import Click, Event
from bot.interactions.permalinks import with_link
from bot.interactions.response import Response, asks_and_writes, reads
from bot.interactions.router import Router
from bot.services.edit_conflicts import last_entry
from bot.services.pages import home as home_page
from bot.services.progress import report_card
from bot.services.unit_of_work import ActorContext
from handlers import contracts


def register(router: Router) -> None:
    """Register the page, and its own buttons."""
    router.on_event("app_home_opened", reads(opened), explain=explain_refusal)
    router.on_click("home_contract", reads(show_contract))
    router.on_click("home_report", asks_and_writes(show_report))


def opened(ctx: ActorContext, event: Event) -> Response:
    """Publish a person's page when they open it; from then on every change updates it."""
    if event.about.get("tab") != "home":
        return Response()
    view = home_page.home_view(ctx)
    return Response(further=partial(_published, view=view, seen=last_entry(ctx.session)))


def _published(ctx: ActorContext, view: View, seen: int) -> Response:
    home_page.note_opened(ctx, view, seen)
    return Response(home=view, keep=False)


def show_contract(ctx: ActorContext, click: Click) -> Response:
    """Show the contract of a line, of the page or of a summary, on one page."""
    return Response.says(contracts.card(ctx, click.value))


def show_report(ctx: ActorContext, click: Click) -> Response:
    """Show the report of a line, with what the actor may do about it."""
    card = report_card.report_card_by_key(ctx, click.record_key)

    def shown(ctx: ActorContext, link: str) -> Response:
        return Response.says(ctx.messages.message("progress/report", card=replace(card, link=link)))

    return with_link(ctx, card.message, shown)


def explain_refusal(messages: Messages, _event: Event, error: UserError) -> Response:
    """Show on the page why an unknown person, or one whose page fails, sees nothing else."""
    return Response(home=messages.view("home/unknown", sentence=error.sentence))
