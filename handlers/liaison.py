"""`/liaison`: help, the actor's own record, leave, health and setting up."""

from datetime import date
from functools import partial

from bot.delivery.directory import identities_of
from bot.delivery.messages import Message
from bot.domain.entry_lines import parse_leave_line
from bot.identity import Identity
from bot.interactions import form_fields
from bot.interactions.commands import Commands, CommandTable, Subcommand, Typed, word_of
from bot.interactions.payloads import Click, Command, Submission
from bot.interactions.response import Response, asks_and_writes, reads, writes
from bot.interactions.router import Router
from bot.policy import RegisterPermission
from bot.services.health import health
from bot.services.pages import me as me_page
from bot.services.people import accounts, guests, leave, setup
from bot.services.people.leave import OwnLeave
from bot.services.people.setup import not_for_you
from bot.services.unit_of_work import ActorContext, NewcomerContext
from handlers import contract_forms, holidays, partners


def register(router: Router) -> None:
    """Register the forms and buttons."""
    router.on_submit("away_form", asks_and_writes(submit_away))
    router.on_submit("setup_form", writes(already_set_up), welcome=submit_setup)
    router.on_submit("guests_form", asks_and_writes(submit_guests))
    router.on_click("away_open", reads(open_away))
    router.on_click("away_cancel", writes(cancel_away))
    router.on_click("setup_partner", reads(lambda ctx, _click: partners.new(ctx)))
    router.on_click("setup_contract", reads(lambda ctx, _click: contract_forms.new(ctx)))
    router.on_click("setup_test", writes(send_test))
    router.on_click("help_more", reads(partial(more_help, router.commands)))
    router.on_click("account_join", writes(join_accounts))


def welcome(newcomer: NewcomerContext, command: Command) -> Response:
    """Tell a person who is not in the register how to get in, or offer the setup to those who run the Slack
    workspace."""
    if word_of(command) == "setup":
        setup.check_may_begin(newcomer)
        return Response.opens(newcomer.messages.view("liaison/setup_form"))
    ask = setup.whom_to_ask(newcomer)
    return Response.answers(
        newcomer.messages.message("liaison/help_for_newcomer", name=newcomer.identity.name, ask=ask)
    )


def submit_setup(newcomer: NewcomerContext, form: Submission) -> Response:
    """Make the newcomer the first administrator, and show what comes next."""
    begun = setup.begin(newcomer, form_fields.text(form.values, "name"))
    return Response.shows(newcomer.messages.view("liaison/setup_done", name=begun.name, list=begun.checklist))


def already_set_up(_ctx: ActorContext, _form: Submission) -> Response:
    """Tell a person of the register who sends the newcomers' form that Liaison is set up already."""
    raise not_for_you()


def open_away(ctx: ActorContext, _click: Click) -> Response:
    """Open the form for the actor's own leave."""
    return Response.opens(ctx.messages.view("people/away_form", leave=leave.own_leave(ctx), days=ctx.days))


def submit_away(ctx: ActorContext, form: Submission) -> Response:
    """Record the actor's own leave, after asking Slack about the deputy."""
    first = form_fields.day(form.values, "first_day", ctx.days.own)
    last = form_fields.day(form.values, "last_day", ctx.days.own)

    def then(ctx: ActorContext, deputies: list[Identity]) -> Response:
        leave.set_leave(ctx, ctx.actor.person_id, first, last, next(iter(deputies), None))
        return Response.shows(ctx.messages.view("people/away_done", leave=leave.own_leave(ctx)))

    return Response.after(partial(identities_of, users=form_fields.users(form.values, "deputy")), then)


def cancel_away(ctx: ActorContext, click: Click) -> Response:
    """Cancel the actor's own leave, and show the rest in its place."""
    return Response.says(_shown(ctx, leave.cancel_leave(ctx, click.record_key)), in_place=True)


def submit_guests(ctx: ActorContext, form: Submission) -> Response:
    """Make the picked users the department's guests, after asking Slack about the new ones."""
    picked = form_fields.users(form.values, guests.FIELD)

    def then(ctx: ActorContext, identities: list[Identity]) -> Response:
        kept = guests.set_guests(ctx, picked, identities)
        return Response.shows(ctx.messages.view("liaison/guests_done", guests=kept))

    return Response.after(partial(identities_of, users=guests.new_guests(ctx, picked)), then)


def send_test(ctx: ActorContext, click: Click) -> Response:
    """Send a test message, and show in the checklist that it is on its way."""
    setup.send_test(ctx, click.key)
    return Response.says(_checklist(ctx), in_place=True)


def join_accounts(ctx: ActorContext, click: Click) -> Response:
    """Give a person of the register the Slack account that they have now."""
    joined = accounts.join(ctx, click.value)
    return Response.says(ctx.messages.message("people/account_joined", changed=joined), in_place=True)


def _checklist(ctx: ActorContext) -> Message:
    return ctx.messages.message("liaison/setup", list=setup.checklist(ctx))


def _me(ctx: ActorContext, _typed: Typed) -> Response:
    return Response.answers(ctx.messages.message("liaison/me", me=me_page.me(ctx)))


def _setup(ctx: ActorContext, _typed: Typed) -> Response:
    return Response.answers(_checklist(ctx))


def _guests(ctx: ActorContext, _typed: Typed) -> Response:
    return Response.opens(ctx.messages.view("liaison/guests_form", guests=guests.guests(ctx)))


def _health(ctx: ActorContext, _typed: Typed) -> Response:
    return Response.answers(ctx.messages.message("liaison/health", health=health.health(ctx), now=ctx.now))


def _away(ctx: ActorContext, typed: Typed) -> Response:
    """`away 15 February to 19 February` records the leave at once; alone it shows the leave there is, or a form."""
    if typed.rest:
        first, last = parse_leave_line(typed.rest, ctx.days.own)
        return Response(further=lambda ctx: _recorded(ctx, first, last))
    own = leave.own_leave(ctx)
    if own.coming:
        return Response.answers(_shown(ctx, own))
    return Response.opens(ctx.messages.view("people/away_form", leave=own, days=ctx.days))


def _recorded(ctx: ActorContext, first: date, last: date) -> Response:
    leave.set_leave(ctx, ctx.actor.person_id, first, last)
    return Response.answers(_shown(ctx, leave.own_leave(ctx)))


def _shown(ctx: ActorContext, own: OwnLeave) -> Message:
    return ctx.messages.message("people/away", leave=own, today=ctx.today)


def _help(ctx: ActorContext, typed: Typed) -> Response:
    """Name what most people come for, as far as the actor's permissions allow it."""
    offered = typed.commands.offered(ctx.abilities())
    tasks = [line for _, lines in offered for line in lines if line.task]
    return Response.answers(ctx.messages.message("liaison/help", tasks=tasks))


def more_help(commands: Commands, ctx: ActorContext, _click: Click) -> Response:
    """List every command that the actor's permissions allow, a line each, in place of the first page of help."""
    found = commands.in_short(ctx.abilities())
    return Response.says(ctx.messages.message("liaison/help_in_full", commands=found), in_place=True)


COMMAND = CommandTable(
    "/liaison",
    about="Help, and what Liaison knows about you",
    hint="help, me, away, setup, holidays, guests, health",
    does="helps you to find your way around.",
    welcome=welcome,
    subcommands=[
        Subcommand(
            "help",
            also=[""],
            does="names what most people come for; More lists every command that you can use, a line each",
            who=None,
            handler=reads(_help),
        ),
        Subcommand(
            "me",
            does="shows what Liaison knows about you, and what you can do and why",
            who=None,
            handler=reads(_me),
        ),
        Subcommand(
            "away",
            does="says when you are on leave and who covers for you",
            more={"15 February to 19 February": "records your leave at once; your deputies stay the same"},
            who=None,
            handler=asks_and_writes(_away),
        ),
        Subcommand(
            "setup",
            does="shows what is left to set up",
            who=RegisterPermission.ADMINISTER,
            handler=reads(_setup),
        ),
        Subcommand(
            "holidays",
            does="lists the bank holidays that were added to the published ones",
            who=RegisterPermission.ADMINISTER,
            handler=writes(holidays.holidays),
            more={
                "add 15 June 2026 Scotland: World Cup": "makes a day a bank holiday of a nation",
                "remove 4 May 2026 Scotland": "makes a bank holiday a working day",
            },
        ),
        Subcommand(
            "guests",
            does="shows which guests of your Slack workspace work for the department, and lets you change it",
            who=RegisterPermission.ADMINISTER,
            handler=reads(_guests),
        ),
        Subcommand(
            "health",
            does="shows how the jobs and the outbox are doing, problems first",
            who=RegisterPermission.WATCH,
            handler=reads(_health),
        ),
    ],
    notes=[
        "An administrator can send Liaison a file of contracts in a direct message: it says what would change before "
        "it changes anything.",
    ],
)
