"""Answering an escalation: acknowledge it, take it over, ask for a plan by a day, or pause it until a day."""

from bot.interactions import form_fields
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.services.escalations import answers
from bot.services.escalations.escalation_card import EscalationCard
from bot.services.unit_of_work import ActorContext
from handlers import remedies


def register(router: Router) -> None:
    """Register the four buttons and the two forms."""
    router.on_click("escalation_acknowledge", writes(acknowledge))
    router.on_click("escalation_take_over", writes(take_over))
    router.on_click("escalation_plan", reads(open_plan))
    router.on_submit("escalation_plan_form", writes(ask_for_plan))
    router.on_click("escalation_pause", reads(open_pause))
    router.on_submit("escalation_pause_form", writes(pause))


def acknowledge(ctx: ActorContext, click: Click) -> Response:
    """Acknowledge the escalation; every message about it is updated."""
    answers.acknowledge(ctx, click.claim)
    return Response()


def take_over(ctx: ActorContext, click: Click) -> Response:
    """Make the actor the owner of the escalation, with a message of their own."""
    answers.take_over(ctx, click.claim)
    return Response()


def open_plan(ctx: ActorContext, click: Click) -> Response:
    """Open the form that asks for a plan."""
    asked = answers.to_plan(ctx, click.claim)
    if asked.of_partner:
        return Response.opens(remedies.request_view(ctx, asked.card, click.claim))
    return Response.opens(ctx.messages.view("escalations/plan_form", asked=asked))


def ask_for_plan(ctx: ActorContext, form: Submission) -> Response:
    """Ask for the plan, as an action of the person chosen."""
    until = form_fields.day(form.values, "until", ctx.today)
    return _done(ctx, answers.ask_for_plan(ctx, form.claim, form_fields.text(form.values, "who"), until))


def open_pause(ctx: ActorContext, click: Click) -> Response:
    """Open the form that pauses the escalation."""
    return Response.opens(ctx.messages.view("escalations/pause_form", card=answers.to_pause(ctx, click.claim)))


def pause(ctx: ActorContext, form: Submission) -> Response:
    """Pause the escalation until the day."""
    until = form_fields.day(form.values, "until", ctx.today)
    return _done(ctx, answers.pause(ctx, form.claim, until, form_fields.text(form.values, "reason")))


def _done(ctx: ActorContext, card: EscalationCard) -> Response:
    return Response.shows(ctx.messages.view("escalations/answered", card=card))
