"""What can be done about an escalation: answer it, give it to somebody else, undo either, settle it for a reason, and
chase the partner for it. The forms that settle its record are those of the record."""

from bot.interactions import form_fields
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.services.escalations import answers, chasing, settling
from bot.services.escalations.escalation_card import EscalationCard
from bot.services.unit_of_work import ActorContext
from handlers import remedies

PLAN = "plan"  # what is chosen in the menu, where it is not to pause


def register(router: Router) -> None:
    """Register the buttons, the menu and the forms."""
    router.on_click("escalation_acknowledge", writes(acknowledge))
    router.on_click("escalation_take_over", writes(take_over))
    router.on_click("escalation_undo", writes(undo))
    router.on_click("escalation_chase", writes(chase))
    router.on_click("escalation_plan", reads(open_plan))
    router.on_submit("escalation_plan_form", writes(ask_for_plan))
    router.on_click("escalation_more", reads(open_chosen))
    router.on_submit("escalation_pause_form", writes(pause))
    router.on_click("escalation_reassign", reads(open_reassign))
    router.on_submit("escalation_reassign_form", writes(reassign))
    router.on_click("escalation_settle", reads(open_settle))
    router.on_submit("escalation_settle_form", writes(settle))


def acknowledge(ctx: ActorContext, click: Click) -> Response:
    """Acknowledge the escalation; every message about it is updated."""
    answers.acknowledge(ctx, click.claim)
    return Response()


def take_over(ctx: ActorContext, click: Click) -> Response:
    """Make the actor the owner of the escalation, with a message of their own."""
    answers.take_over(ctx, click.claim)
    return Response()


def undo(ctx: ActorContext, click: Click) -> Response:
    """Undo what the actor did last; every message about it is updated."""
    settling.undo(ctx, click.claim)
    return Response()


def chase(ctx: ActorContext, click: Click) -> Response:
    """Ask the partner's people again, now; the messages about it say when."""
    chasing.chase(ctx, click.claim)
    return Response()


def open_plan(ctx: ActorContext, click: Click) -> Response:
    """Open the form that asks for a plan."""
    return _plan_form(ctx, click.claim)


def open_chosen(ctx: ActorContext, click: Click) -> Response:
    """Open the form that is chosen in the menu: to ask for a plan, or to pause."""
    seen, _, chosen = click.claim.rpartition(" ")
    if chosen == PLAN:
        return _plan_form(ctx, seen)
    return Response.opens(ctx.messages.view("escalations/pause_form", card=answers.to_pause(ctx, seen)))


def _plan_form(ctx: ActorContext, seen: str) -> Response:
    asked = answers.to_plan(ctx, seen)
    if asked.of_partner:
        return Response.opens(remedies.request_view(ctx, asked.card, seen))
    return Response.opens(ctx.messages.view("escalations/plan_form", asked=asked))


def ask_for_plan(ctx: ActorContext, form: Submission) -> Response:
    """Ask for the plan, as an action of the person chosen."""
    until = form_fields.day(form.values, "until", ctx.today)
    return _done(ctx, answers.ask_for_plan(ctx, form.claim, form_fields.text(form.values, "who"), until))


def pause(ctx: ActorContext, form: Submission) -> Response:
    """Pause the escalation until the day."""
    until = form_fields.day(form.values, "until", ctx.today)
    return _done(ctx, answers.pause(ctx, form.claim, until, form_fields.text(form.values, "reason")))


def open_reassign(ctx: ActorContext, click: Click) -> Response:
    """Open the form that gives the escalation to somebody else."""
    asked = answers.to_reassign(ctx, click.claim)
    return Response.opens(ctx.messages.view("escalations/reassign_form", asked=asked))


def reassign(ctx: ActorContext, form: Submission) -> Response:
    """Give the escalation to the person chosen."""
    return _done(ctx, answers.reassign(ctx, form.claim, form_fields.text(form.values, "who")))


def open_settle(ctx: ActorContext, click: Click) -> Response:
    """Open the form that settles the escalation for a reason."""
    return Response.opens(ctx.messages.view("escalations/settle_form", card=settling.to_settle(ctx, click.claim)))


def settle(ctx: ActorContext, form: Submission) -> Response:
    """Settle the escalation for the reason given."""
    return _done(ctx, settling.settle(ctx, form.claim, form_fields.text(form.values, "reason")))


def _done(ctx: ActorContext, card: EscalationCard) -> Response:
    return Response.shows(ctx.messages.view("escalations/answered", card=card))
