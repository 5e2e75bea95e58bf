"""`/partner`: the organisations that contracts are with, their people and their Slack workspaces."""

from collections.abc import Callable

from slack_bolt.async_app import AsyncApp

from bot.domain.command_line import split_command
from bot.messages import Message
from bot.services.partners import partner_list
from bot.services.work import Act
from handlers import partner_forms
from handlers.arrivals import Click, Command
from handlers.desk import Desk
from handlers.one_line import Incomplete, UnknownWord, first_in_lower_case
from handlers.outcome import Outcome

COMMAND = "/partner"


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the journey."""
    desk.on_command(app, COMMAND, command)
    for action in ("partner_page_before", "partner_page_after"):
        desk.on_click(app, action, turn_page)
    partner_forms.register(app, desk)


def command(act: Act, command: Command) -> Outcome:
    """`/partner` alone is the list; a word says what else."""
    match first_in_lower_case(split_command(command.text)):
        case ["help"]:
            return Outcome.answers(act.messages.help(COMMAND))
        case [] | ["list", *_]:
            return Outcome.answers(_list(act))
        case ["new", *_]:
            return partner_forms.new(act)
        case [word, *words] if word in ABOUT_ONE:
            if not words:
                raise Incomplete("the name of a partner, or words of it")
            return ABOUT_ONE[word](act, " ".join(words))
        case [word, *_]:
            raise UnknownWord(act.messages.commands[COMMAND], word)
    raise AssertionError("every list of words is matched above")


def turn_page(act: Act, click: Click) -> Outcome:
    """Show another page of the list in its place."""
    return Outcome.says(_list(act, click.record_id), in_place=True)


def _list(act: Act, number: int = 1) -> Message:
    if not act.actor.is_department:
        return _own(act)
    return act.messages.message("partner_list", page=partner_list.list_partners(act, number))


def _show(act: Act, typed: str) -> Outcome:
    if not act.actor.is_department:
        return Outcome.answers(_own(act, typed))
    return Outcome.answers(act.messages.message("partner_overview", overview=partner_list.overview(act, typed)))


def _own(act: Act, typed: str = "") -> Message:
    return act.messages.message("partner_own", own=partner_list.own_organisation(act, typed))


ABOUT_ONE: dict[str, Callable[[Act, str], Outcome]] = {
    "show": _show,
    "people": partner_forms.people,
    "edit": partner_forms.edit,
}
