"""`/remedy`: shortfalls and what puts them right: rectification plans, the notice of one that failed, interventions."""

from dataclasses import replace

from bot.access import Permission
from bot.delivery.messages import Message, View
from bot.domain.plan_cycle import Ground, PlanEvent, Served
from bot.errors import UserError
from bot.interactions import form_fields
from bot.interactions.commands import CommandTable, Subcommand, Typed
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.services.escalations.escalation_card import EscalationCard
from bot.services.remedies import failure_notice, noting, partner_plans, plans, remedy_list
from bot.services.remedies.noting import NewRemedy, RemedyEntry
from bot.services.remedies.plans import EventDetails
from bot.services.unit_of_work import ActorContext
from handlers import interventions
from handlers.specification import others

CONCERN = "concern"  # what is chosen where a concern is only noted


def register(router: Router) -> None:
    """Register the buttons and forms."""
    interventions.register(router)
    router.on_click("remedies_open", reads(open_list))
    router.on_click("remedy_new", reads(open_new))
    router.on_submit("remedy_form", writes(note))
    router.on_click("plan_open", reads(open_plan))
    router.on_submit("plan_form", writes(settle))
    router.on_click("plan_send", reads(open_send))
    router.on_submit("plan_send_form", writes(send))
    router.on_click("plan_notice_open", reads(open_notice))
    router.on_submit("plan_notice_form", writes(deal_with_notice))


def plan_view(ctx: ActorContext, key: str, *, in_window: bool = False, chosen: str = "") -> View:
    """The form that says what became of a plan, where something may be chosen already. Raises `UserError` or
    `Denied`."""
    asked = plans.plan_to_settle(ctx, key)
    return ctx.messages.view("remedies/plan_form", asked=asked, days=ctx.days, in_window=in_window, chosen=chosen)


def open_plan(ctx: ActorContext, click: Click) -> Response:
    """Open the form of a plan."""
    return Response.opens(plan_view(ctx, click.record_key, in_window=bool(click.window), chosen=click.seen))


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


def _listed(ctx: ActorContext, typed: Typed) -> Response:
    return Response.answers(_list(ctx, typed.rest))


def _list(ctx: ActorContext, words: str) -> Message:
    return ctx.messages.message("remedies/list", found=remedy_list.list_remedies(ctx, words.strip()))


def open_list(ctx: ActorContext, click: Click) -> Response:
    """Show the shortfalls of the contract whose reference the button carries."""
    return Response.says(_list(ctx, click.value))


def _new(ctx: ActorContext, typed: Typed) -> Response:
    return Response.opens(_new_view(ctx, noting.new_remedy(ctx, typed.rest)))


def open_new(ctx: ActorContext, click: Click) -> Response:
    """Open the form for a shortfall on the contract, and perhaps about the KPI, that the button names."""
    return Response.opens(_new_view(ctx, noting.new_remedy_of(ctx, click.record_key, click.seen)))


def request_view(ctx: ActorContext, card: EscalationCard, claim: str) -> View:
    """The form in which ratings that were escalated become a plan that the partner is asked for. Raises `UserError` or
    `Denied`."""
    new = noting.new_remedy_of_report(ctx, card.contract.public_id, card.escalation.subject_id)
    return _new_view(ctx, replace(new, facts=card.escalation.why), claim)


def _new_view(ctx: ActorContext, new: NewRemedy, escalation: str = "") -> View:
    return ctx.messages.view("remedies/form", new=new, escalation=escalation, days=ctx.days)


def note(ctx: ActorContext, form: Submission) -> Response:
    """Note the shortfall, and do the next about it at once."""
    chosen = form_fields.text(form.values, "event")
    event = form_fields.choice(PlanEvent, form.values, "event") if chosen != CONCERN else None
    if event not in (None, *noting.BEGINNINGS):
        raise UserError("Choose one of the list.", field="event")
    entry = RemedyEntry(
        title=form_fields.text(form.values, "title"),
        shortfall=form_fields.text(form.values, "shortfall"),
        kpi=form_fields.text(form.values, "kpi"),
        event=event,
        on=form_fields.day(form.values, "on", ctx.days.own),
        details=_details(ctx, form),
        tell=form_fields.ticked(form.values, "tell"),
        escalation=form.seen,
    )
    return Response.shows(ctx.messages.view("remedies/noted", noted=noting.note(ctx, form.record_key, entry)))


COMMAND = CommandTable(
    "/remedy",
    about="Put right what falls short: concerns, plans and interventions",
    hint="list WP-NE; new WP-NE; level WP-NE 3",
    does="puts right what falls short: from a concern to the partner’s plan, and to its cure or failure.",
    contract=True,
    subcommands=[
        Subcommand(
            "",
            does="lists what falls short on your contracts, how each plan stands, and where one is proposed",
            who=Permission.SEE,
            handler=reads(_listed),
        ),
        Subcommand(
            "list",
            example="WP-NE",
            does="lists what falls short on a contract, and how each plan stands",
            who=Permission.SEE,
            also=["show"],
            handler=reads(_listed),
        ),
        Subcommand(
            "level",
            example="WP-NE 3",
            does="enters an intervention at a level from 1 to 4, with its lead and what ends it",
            who=Permission.INTERVENE,
            handler=reads(interventions.typed),
            needs=interventions.LEVEL,
        ),
        Subcommand(
            "new",
            example="WP-NE",
            does="notes a concern, gives notice or asks the partner for a plan",
            who=Permission.CHANGE,
            handler=reads(_new),
            needs="a contract’s reference",
        ),
    ],
)
