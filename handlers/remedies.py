"""Shortfalls and what puts them right: rectification plans, and the notice of one that failed."""

from slack_bolt.async_app import AsyncApp

from bot.delivery.messages import View
from bot.domain.plan_cycle import Ground, PlanEvent, Served
from bot.errors import UserError
from bot.interactions import form_fields
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.services.remedies import failure_notice, partner_plans, plans
from bot.services.remedies.plans import EventDetails
from bot.services.unit_of_work import ActorContext
from handlers.specification import others


def register(app: AsyncApp, router: Router) -> None:
    """Register the buttons and forms."""
    router.on_click(app, "plan_open", reads(open_plan))
    router.on_submit(app, "plan_form", writes(settle))
    router.on_click(app, "plan_send", reads(open_send))
    router.on_submit(app, "plan_send_form", writes(send))
    router.on_click(app, "plan_notice_open", reads(open_notice))
    router.on_submit(app, "plan_notice_form", writes(deal_with_notice))


def plan_view(ctx: ActorContext, key: str, *, in_window: bool = False) -> View:
    """The form that says what became of a plan. Raises `UserError` or `Denied`."""
    asked = plans.plan_to_settle(ctx, key)
    return ctx.messages.view("remedies/plan_form", asked=asked, days=ctx.days, in_window=in_window)


def open_plan(ctx: ActorContext, click: Click) -> Response:
    """Open the form of a plan."""
    return Response.opens(plan_view(ctx, click.record_key, in_window=bool(click.window)))


def settle(ctx: ActorContext, form: Submission) -> Response:
    """Note what became of the plan."""
    event, on = form_fields.choice(PlanEvent, form.values, "event"), form_fields.day(form.values, "on", ctx.days.own)
    reason = form_fields.text(form.values, "reason")
    tell = form_fields.ticked(form.values, "tell")
    done = plans.settle(ctx, form.record_key, event, on, reason, _details(ctx, form), tell=tell)
    return Response.shows(
        ctx.messages.view("remedies/plan_settled", done=done, others=others(ctx, form, done.contract))
    )


def _details(ctx: ActorContext, form: Submission) -> EventDetails:
    served = form_fields.text(form.values, "served_by")
    return EventDetails(
        until=form_fields.optional_day(form.values, "until", ctx.days.own),
        served_by=form_fields.choice(Served, form.values, "served_by") if served else None,
        grounds=_grounds(form),
        opportunity=form_fields.text(form.values, "opportunity"),
    )


def _grounds(form: Submission) -> list[Ground]:
    try:
        return [Ground(each) for each in form_fields.text(form.values, "grounds").split(",") if each]
    except ValueError:
        raise UserError("Choose some of the list.", field="grounds") from None


def send_view(ctx: ActorContext, key: str) -> View:
    """The form in which a partner's person sends a plan. Raises `UserError` or `Denied`."""
    return ctx.messages.view("remedies/send_form", plan=partner_plans.plan_to_send(ctx, key))


def open_send(ctx: ActorContext, click: Click) -> Response:
    """Open the form of the plan that a partner sends."""
    return Response.opens(send_view(ctx, click.record_key))


def send(ctx: ActorContext, form: Submission) -> Response:
    """Keep the plan that a partner sends."""
    parts = {name: form_fields.text(form.values, name) for name in partner_plans.PARTS}
    sent = partner_plans.send(ctx, form.record_key, parts, form_fields.text(form.values, "steps"))
    return Response.shows(ctx.messages.view("remedies/sent", sent=sent))


def notice_view(ctx: ActorContext, key: str) -> View:
    """The form that says what became of the notice of a failed plan. Raises `UserError` or `Denied`."""
    return ctx.messages.view("remedies/notice_form", failed=failure_notice.failed_plan(ctx, key), days=ctx.days)


def open_notice(ctx: ActorContext, click: Click) -> Response:
    """Open the form of the notice."""
    return Response.opens(notice_view(ctx, click.record_key))


def deal_with_notice(ctx: ActorContext, form: Submission) -> Response:
    """Note that the notice was published, or why it is not needed."""
    on = form_fields.day(form.values, "on", ctx.days.own)
    failed = failure_notice.deal_with(ctx, form.record_key, on, form_fields.text(form.values, "what"))
    return Response.shows(ctx.messages.view("remedies/notice_done", failed=failed, on=on))
