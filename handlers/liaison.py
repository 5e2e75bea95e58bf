"""`/liaison`: help, what Liaison knows of one, leave, and setting up."""

from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.delivery.directory import identities_of
from bot.delivery.messages import Message
from bot.domain.command_line import split_command
from bot.identity import Identity
from bot.interactions import form_fields
from bot.interactions.payloads import Click, Command, Submission
from bot.interactions.response import Response
from bot.interactions.router import Router
from bot.interactions.subcommands import UnknownWord, first_in_lower_case
from bot.services.health import health
from bot.services.pages import me as me_page
from bot.services.people import leave, setup
from bot.services.people.leave import OwnLeave
from bot.services.people.setup import NotForYou
from bot.services.unit_of_work import ActorContext, NewcomerContext
from handlers import contract_forms, partners

COMMAND = "/liaison"


def register(app: AsyncApp, router: Router) -> None:
    """Register the journey."""
    router.on_command(app, COMMAND, command, welcome=welcome)
    router.on_submit(app, "away_form", submit_away)
    router.on_submit(app, "setup_form", already_set_up, welcome=submit_setup)
    router.on_click(app, "away_open", open_away)
    router.on_click(app, "away_cancel", cancel_away)
    router.on_click(app, "setup_partner", lambda ctx, _click: partners.new(ctx))
    router.on_click(app, "setup_contract", lambda ctx, _click: contract_forms.new(ctx))
    router.on_click(app, "setup_test", send_test)


def command(ctx: ActorContext, command: Command) -> Response:
    """`/liaison` alone is help."""
    match first_in_lower_case(split_command(command.text)):
        case [] | ["help"]:
            return Response.answers(_help(ctx))
        case ["me"]:
            return Response.answers(ctx.messages.message("liaison/me", me=me_page.me(ctx)))
        case ["away"]:
            return _away(ctx)
        case ["setup"]:
            return Response.answers(_checklist(ctx))
        case ["health"]:
            return Response.answers(ctx.messages.message("liaison/health", health=health.health(ctx), now=ctx.now))
        case [word, *_]:
            raise UnknownWord(ctx.messages.commands[COMMAND], word)
    raise AssertionError("every list of words is matched above")


def welcome(newcomer: NewcomerContext, command: Command) -> Response:
    """Somebody who is not in the register: how to get in, or for who runs the Slack workspace, how to begin."""
    words = first_in_lower_case(split_command(command.text))
    if words == ["setup"]:
        setup.check_may_begin(newcomer)
        return Response.opens(newcomer.messages.view("liaison/setup_form"))
    ask = setup.whom_to_ask(newcomer)
    return Response.answers(
        newcomer.messages.message("liaison/help_for_newcomer", name=newcomer.identity.name, ask=ask)
    )


def submit_setup(newcomer: NewcomerContext, form: Submission) -> Response:
    """Make the newcomer the first administrator."""
    person = setup.begin(newcomer, form_fields.text(form.values, "name"))
    return Response.shows(newcomer.messages.view("liaison/setup_done", name=person.name))


def already_set_up(_act: ActorContext, _form: Submission) -> Response:
    """Somebody of the register sent the form that only newcomers get."""
    raise NotForYou


def open_away(ctx: ActorContext, _click: Click) -> Response:
    """Open the form for one's own leave."""
    return Response.opens(ctx.messages.view("people/away_form", leave=leave.own_leave(ctx), today=ctx.today))


def submit_away(ctx: ActorContext, form: Submission) -> Response:
    """Record one's own leave, once Slack has said who is to stand in."""
    first = form_fields.day(form.values, "first_day", ctx.today)
    last = form_fields.day(form.values, "last_day", ctx.today)

    def then(ctx: ActorContext, deputies: list[Identity]) -> Response:
        leave.set_leave(ctx, ctx.actor.person_id, first, last, next(iter(deputies), None))
        return Response.shows(ctx.messages.view("people/away_done", leave=leave.own_leave(ctx)))

    return Response.after(partial(identities_of, users=form_fields.users(form.values, "deputy")), then)


def cancel_away(ctx: ActorContext, click: Click) -> Response:
    """Take back one's own leave, and show what is left in its place."""
    return Response.says(_shown(ctx, leave.cancel_leave(ctx, click.record_id)), in_place=True, keep=True)


def send_test(ctx: ActorContext, click: Click) -> Response:
    """Send a test message, and say in the list that it is on its way."""
    setup.send_test(ctx, click.key)
    return Response.says(_checklist(ctx), in_place=True, keep=True)


def _checklist(ctx: ActorContext) -> Message:
    return ctx.messages.message("liaison/setup", list=setup.checklist(ctx))


def _away(ctx: ActorContext) -> Response:
    """The form, or first what is coming where there is leave already."""
    own = leave.own_leave(ctx)
    if own.coming:
        return Response.answers(_shown(ctx, own))
    return Response.opens(ctx.messages.view("people/away_form", leave=own, today=ctx.today))


def _shown(ctx: ActorContext, own: OwnLeave) -> Message:
    return ctx.messages.message("people/away", leave=own, today=ctx.today)


def _help(ctx: ActorContext) -> Message:
    abilities = ctx.abilities()
    offered = [(each, each.lines_for(abilities)) for each in ctx.messages.commands.values()]
    return ctx.messages.message("liaison/help", commands=[(each, lines) for each, lines in offered if lines])
