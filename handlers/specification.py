"""Settling what a contract requires: milestones, obligations, options to extend and change memos.

`in_window`: the form opens on top of another window.
"""

from collections.abc import Sequence

from bot.access import ContractRef
from bot.delivery.messages import View
from bot.domain.option_cycle import OptionEvent
from bot.domain.owed_cycle import OwedEvent, OwedState
from bot.interactions import form_fields
from bot.interactions.payloads import Click, Submission
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.models import Audience
from bot.services.due import due_lines
from bot.services.due.due_lines import DueLine
from bot.services.specification import memos, options, owed, owed_list
from bot.services.specification.owed import OwedDone
from bot.services.unit_of_work import ActorContext
from handlers import documents

SETTLED_HERE = ("owed_open", "option_open", "memo_open", "plan_open")


def register(router: Router) -> None:
    """Register a button and a form for each kind of record."""
    router.on_click("owed_open", reads(open_owed))
    router.on_click("owed_list", reads(choose_owed))
    router.on_submit("owed_list_form", reads(open_chosen))
    router.on_submit("owed_form", writes(note_done))
    router.on_submit("owed_confirm_form", writes(confirm))
    router.on_click("option_open", reads(open_option))
    router.on_submit("option_form", writes(decide))
    router.on_click("memo_open", reads(open_memo))
    router.on_submit("memo_form", writes(acknowledge))


def owed_view(ctx: ActorContext, key: str, *, in_window: bool = False) -> View:
    """The form that notes when something owed was done, or the one that confirms what somebody said to be done. Raises
    `UserError` or `Denied`."""
    found = owed.owed_item(ctx, key)
    if found.item.state is OwedState.OPEN:
        return ctx.messages.view("specification/owed_form", owed=found, days=ctx.days, in_window=in_window)
    return ctx.messages.view("specification/owed_confirm_form", owed=found, days=ctx.days, in_window=in_window)


def option_view(ctx: ActorContext, key: str, *, in_window: bool = False) -> View:
    """The form that decides on an option. Raises `UserError` or `Denied`."""
    asked = options.option_to_decide(ctx, key)
    return ctx.messages.view("specification/option_form", asked=asked, days=ctx.days, in_window=in_window)


def memo_view(ctx: ActorContext, key: str, *, in_window: bool = False) -> View:
    """The form that notes when a memo was acknowledged. Raises `UserError` or `Denied`."""
    if not ctx.actor.is_department:
        return documents.read_view(ctx, key, in_window=in_window)
    card = memos.memo_to_acknowledge(ctx, key)
    return ctx.messages.view("specification/memo_form", card=card, days=ctx.days, in_window=in_window)


def others(ctx: ActorContext, form: Submission, contract: ContractRef) -> Sequence[DueLine]:
    """What else can be settled. It is not offered in a form on top of another window: Slack opens at most three."""
    if form.seen:
        return []
    audience = Audience.INTERNAL if ctx.actor.is_department else Audience.SHARED
    due = due_lines.lines(ctx, due_lines.due_on_contract(ctx, contract.id, audience))
    return [line for line in due if line.form is not None and line.form.action in SETTLED_HERE]


def open_owed(ctx: ActorContext, click: Click) -> Response:
    """Open the form of a milestone or obligation."""
    return Response.opens(owed_view(ctx, click.record_key, in_window=bool(click.window)))


def choose_owed(ctx: ActorContext, click: Click) -> Response:
    """Open the form that asks what is done, of a contract or, from the portfolio's summary, of all of the actor's."""
    found = owed_list.owed_to_settle(ctx, click.record_key)
    return Response.opens(ctx.messages.view("specification/owed_list_form", found=found))


def open_chosen(ctx: ActorContext, form: Submission) -> Response:
    """Show the form of what was chosen."""
    return Response.shows(owed_view(ctx, form_fields.text(form.values, "item")))


def note_done(ctx: ActorContext, form: Submission) -> Response:
    """Note when it was done, and what shows it."""
    on = form_fields.day(form.values, "on", ctx.days.own)
    return _owed_done(ctx, form, owed.done(ctx, form.record_key, on, form_fields.text(form.values, "evidence")))


def confirm(ctx: ActorContext, form: Submission) -> Response:
    """Confirm that it was done, or say that it is not yet."""
    event, on = form_fields.choice(OwedEvent, form.values, "event"), form_fields.day(form.values, "on", ctx.days.own)
    return _owed_done(ctx, form, owed.confirm(ctx, form.record_key, event, on, form_fields.text(form.values, "reason")))


def _owed_done(ctx: ActorContext, form: Submission, done: OwedDone) -> Response:
    also_due = others(ctx, form, done.owed.contract)
    return Response.shows(ctx.messages.view("specification/owed_done", done=done, others=also_due))


def open_option(ctx: ActorContext, click: Click) -> Response:
    """Open the form of an option."""
    return Response.opens(option_view(ctx, click.record_key, in_window=bool(click.window)))


def decide(ctx: ActorContext, form: Submission) -> Response:
    """Take or decline the option."""
    event = form_fields.choice(OptionEvent, form.values, "decision")
    on = form_fields.day(form.values, "on", ctx.days.own)
    reason, tell = form_fields.text(form.values, "reason"), form_fields.ticked(form.values, "tell")
    done = options.decide(ctx, form.record_key, event, on, reason, tell=tell)
    return Response.shows(
        ctx.messages.view("specification/option_decided", done=done, others=others(ctx, form, done.contract))
    )


def open_memo(ctx: ActorContext, click: Click) -> Response:
    """Open the form of a memo."""
    return Response.opens(memo_view(ctx, click.record_key, in_window=bool(click.window)))


def acknowledge(ctx: ActorContext, form: Submission) -> Response:
    """Note the day of the acknowledgement."""
    card = memos.acknowledge(ctx, form.record_key, form_fields.day(form.values, "on", ctx.days.own))
    return Response.shows(
        ctx.messages.view("specification/memo_acknowledged", card=card, others=others(ctx, form, card.contract))
    )
