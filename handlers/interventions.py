"""Interventions, a part of `/remedy`: entering a level, its reviews and its support, and what the partner is told."""

from bot.delivery.messages import View
from bot.domain.intervention_cycle import HIGHEST, LEVELS, InterventionEvent
from bot.interactions import form_fields
from bot.interactions.commands import Typed, incomplete
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.services.remedies import intervention_steps, interventions
from bot.services.remedies.interventions import InterventionCard, InterventionToEnter, NewIntervention
from bot.services.unit_of_work import ActorContext

LEVEL = "a contract’s reference and a level from 1 to 4"
REVIEWS = (InterventionEvent.REVIEWED, InterventionEvent.SUPPORTED, InterventionEvent.LEFT)


def register(router: Router) -> None:
    """Register the buttons and forms."""
    router.on_click("intervention_new", reads(open_new))
    router.on_submit("intervention_form", writes(enter))
    router.on_click("intervention_open", reads(open_review))
    router.on_submit("intervention_review_form", writes(review))
    router.on_click("intervention_hand_open", reads(open_hand))
    router.on_submit("intervention_hand_form", writes(hand))
    router.on_click("intervention_tell_open", reads(open_tell))
    router.on_submit("intervention_tell_form", writes(tell))


def typed(ctx: ActorContext, line: Typed) -> Response:
    """`level WP-NE 3` opens the form for an intervention at level 3."""
    *named, level = line.words
    if not named or not (level.isascii() and level.isdecimal() and len(level) == 1):
        raise incomplete(LEVEL)
    return Response.opens(_new_view(ctx, interventions.new_intervention(ctx, " ".join(named), int(level))))


def open_new(ctx: ActorContext, click: Click) -> Response:
    """Open the form for the level and the KPI that the button names."""
    level, _, kpi = click.seen.partition(" ")
    number = int(level) if level in map(str, LEVELS) else 0
    return Response.opens(_new_view(ctx, interventions.new_intervention_of(ctx, click.record_key, number, kpi)))


def _new_view(ctx: ActorContext, new: NewIntervention) -> View:
    return ctx.messages.view("remedies/level_form", new=new, means=LEVELS[new.level], days=ctx.days)


def enter(ctx: ActorContext, form: Submission) -> Response:
    """Enter the intervention."""
    level = form_fields.whole({"level": form.seen}, "level", HIGHEST)
    entry = InterventionToEnter(
        level=level,
        kpi=form_fields.text(form.values, "kpi"),
        area=form_fields.text(form.values, "area"),
        reason=form_fields.text(form.values, "reason"),
        lead=form_fields.text(form.values, "lead"),
        exit_test=form_fields.text(form.values, "exit_test"),
        review_on=form_fields.optional_day(form.values, "review_on", ctx.days.own),
    )
    return _done(ctx, interventions.enter(ctx, form.record_key, entry))


def review_view(ctx: ActorContext, key: str) -> View:
    """The form of a review. Raises `UserError` or `Denied`."""
    card = interventions.intervention_for(ctx, key)
    return ctx.messages.view("remedies/level_review_form", card=card, events=REVIEWS, days=ctx.days)


def open_review(ctx: ActorContext, click: Click) -> Response:
    """Open the form of a review."""
    return Response.opens(review_view(ctx, click.record_key))


def review(ctx: ActorContext, form: Submission) -> Response:
    """Review it, log support, or leave it."""
    event = form_fields.choice(InterventionEvent, form.values, "event")
    on = form_fields.day(form.values, "on", ctx.days.own)
    next_review = form_fields.optional_day(form.values, "review_on", ctx.days.own)
    words = form_fields.text(form.values, "words")
    return _done(ctx, intervention_steps.follow(ctx, form.record_key, event, words, on, next_review))


def open_hand(ctx: ActorContext, click: Click) -> Response:
    """Open the form that hands the intervention to another lead."""
    asked = intervention_steps.to_hand_over(ctx, click.record_key)
    return Response.opens(ctx.messages.view("remedies/level_hand_form", asked=asked))


def hand(ctx: ActorContext, form: Submission) -> Response:
    """Hand it to another lead."""
    lead, words = form_fields.text(form.values, "lead"), form_fields.text(form.values, "words")
    return _done(ctx, intervention_steps.hand_over(ctx, form.record_key, lead, words))


def open_tell(ctx: ActorContext, click: Click) -> Response:
    """Open the form of what the partner is told."""
    card = interventions.intervention_for(ctx, click.record_key)
    return Response.opens(ctx.messages.view("remedies/level_tell_form", card=card))


def tell(ctx: ActorContext, form: Submission) -> Response:
    """Tell the partner."""
    return _done(ctx, intervention_steps.tell(ctx, form.record_key, form_fields.text(form.values, "words")))


def _done(ctx: ActorContext, card: InterventionCard) -> Response:
    return Response.shows(ctx.messages.view("remedies/level_done", card=card))
