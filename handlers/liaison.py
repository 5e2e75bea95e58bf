"""`/liaison`: help, what Liaison knows of one, leave, and setting up."""

from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.domain.command_line import split_command
from bot.identity import Identity
from bot.messages import Message
from bot.services.health import health
from bot.services.people import leave, me, setting_up
from bot.services.people.leave import OwnLeave
from bot.services.people.setting_up import NotForYou
from bot.services.work import Act, Newcomer
from handlers import contract_forms, fields, partner_forms
from handlers.arrivals import Click, Command, Submission
from handlers.desk import Desk
from handlers.one_line import UnknownWord, first_in_lower_case
from handlers.outcome import Outcome
from handlers.vouching import identities_of

COMMAND = "/liaison"


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the journey."""
    desk.on_command(app, COMMAND, command, welcome=welcome)
    desk.on_submit(app, "away_form", submit_away)
    desk.on_submit(app, "setup_form", already_set_up, welcome=submit_setup)
    desk.on_click(app, "away_open", open_away)
    desk.on_click(app, "away_cancel", cancel_away)
    desk.on_click(app, "setup_partner", lambda act, _click: partner_forms.new(act))
    desk.on_click(app, "setup_contract", lambda act, _click: contract_forms.new(act))
    desk.on_click(app, "setup_test", send_test)


def command(act: Act, command: Command) -> Outcome:
    """`/liaison` alone is help."""
    match first_in_lower_case(split_command(command.text)):
        case [] | ["help"]:
            return Outcome.answers(_help(act))
        case ["me"]:
            return Outcome.answers(act.messages.message("me", me=me.me(act)))
        case ["away"]:
            return _away(act)
        case ["setup"]:
            return Outcome.answers(_checklist(act))
        case ["health"]:
            return Outcome.answers(act.messages.message("health", health=health.health(act), now=act.now))
        case [word, *_]:
            raise UnknownWord(act.messages.commands[COMMAND], word)
    raise AssertionError("every list of words is matched above")


def welcome(newcomer: Newcomer, command: Command) -> Outcome:
    """Somebody who is not in the register: how to get in, or for who runs the Slack workspace, how to begin."""
    words = first_in_lower_case(split_command(command.text))
    if words == ["setup"]:
        setting_up.check_may_begin(newcomer)
        return Outcome.opens(newcomer.messages.view("setup_form"))
    ask = setting_up.whom_to_ask(newcomer)
    return Outcome.answers(newcomer.messages.message("help_for_newcomer", name=newcomer.identity.name, ask=ask))


def submit_setup(newcomer: Newcomer, form: Submission) -> Outcome:
    """Make the newcomer the first administrator."""
    person = setting_up.begin(newcomer, fields.text(form.values, "name"))
    return Outcome.shows(newcomer.messages.view("setup_done", name=person.name))


def already_set_up(_act: Act, _form: Submission) -> Outcome:
    """Somebody of the register sent the form that only newcomers get."""
    raise NotForYou


def open_away(act: Act, _click: Click) -> Outcome:
    """Open the form for one's own leave."""
    return Outcome.opens(act.messages.view("away_form", leave=leave.own_leave(act), today=act.today))


def submit_away(act: Act, form: Submission) -> Outcome:
    """Record one's own leave, once Slack has said who is to stand in."""
    first = fields.day(form.values, "first_day", act.today)
    last = fields.day(form.values, "last_day", act.today)

    def then(act: Act, deputies: list[Identity]) -> Outcome:
        leave.set_leave(act, act.actor.person_id, first, last, next(iter(deputies), None))
        return Outcome.shows(act.messages.view("away_done", leave=leave.own_leave(act)))

    return Outcome.after(partial(identities_of, users=fields.users(form.values, "deputy")), then)


def cancel_away(act: Act, click: Click) -> Outcome:
    """Take back one's own leave, and show what is left in its place."""
    return Outcome.says(_shown(act, leave.cancel_leave(act, click.record_id)), in_place=True, keep=True)


def send_test(act: Act, click: Click) -> Outcome:
    """Send a test message, and say in the list that it is on its way."""
    setting_up.send_test(act, click.key)
    return Outcome.says(_checklist(act), in_place=True, keep=True)


def _checklist(act: Act) -> Message:
    return act.messages.message("setup", list=setting_up.checklist(act))


def _away(act: Act) -> Outcome:
    """The form, or first what is coming where there is leave already."""
    own = leave.own_leave(act)
    if own.coming:
        return Outcome.answers(_shown(act, own))
    return Outcome.opens(act.messages.view("away_form", leave=own, today=act.today))


def _shown(act: Act, own: OwnLeave) -> Message:
    return act.messages.message("away", leave=own, today=act.today)


def _help(act: Act) -> Message:
    abilities = act.abilities()
    offered = [(each, each.lines_for(abilities)) for each in act.messages.commands.values()]
    return act.messages.message("liaison_help", commands=[(each, lines) for each, lines in offered if lines])
