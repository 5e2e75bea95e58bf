"""`/action`: what is to be done, by whom and by when."""

from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.domain.command_line import split_command
from bot.domain.spoken_dates import read_day
from bot.messages import Message
from bot.services.actions import action_list, actions
from bot.services.actions.actions import ActionCard
from bot.services.work import Act
from handlers.arrivals import Click, Command
from handlers.desk import Desk
from handlers.one_line import Incomplete, UnknownWord, first_in_lower_case
from handlers.outcome import Outcome
from handlers.pages import turn, turned_words

COMMAND = "/action"


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the journey."""
    desk.on_command(app, COMMAND, command)
    desk.on_click(app, "action_done", done)
    for action in ("actions_before", "actions_after"):
        desk.on_click(app, action, turn_page)


def command(act: Act, command: Command) -> Outcome:
    """`/action` alone lists one's own; a word says what else."""
    # What is to be done is kept to the letter, so only the words before it are taken apart.
    match first_in_lower_case(command.text.split(maxsplit=2)):
        case []:
            return Outcome.answers(_list(act, ["mine"]))
        case ["help"]:
            return Outcome.answers(act.messages.help(COMMAND))
        case ["list", *_]:
            return Outcome.answers(_list(act, split_command(command.text)[1:]))
        case ["add", contract, line]:
            return _changed(act, actions.add_action(act, contract, line), "is added")
        case ["done", reference, *note]:
            return _changed(act, actions.close_action(act, reference, " ".join(note)), "is done")
        case ["reassign", reference, name]:
            return _changed(act, actions.reassign_action(act, reference, name), "has a new owner")
        case ["due", reference, day]:
            moved = actions.move_action(act, reference, read_day(day, act.today))
            return _changed(act, moved, "has a new day")
        case ["add", *_]:
            raise Incomplete("the contract's reference, who is to do it, what, and by when")
        case ["done", *_]:
            raise Incomplete("the action's reference, for example A-12")
        case ["reassign", *_]:
            raise Incomplete("the action's reference and a name of somebody on its contract")
        case ["due", *_]:
            raise Incomplete("the action's reference and a day")
        case [word, *_]:
            raise UnknownWord(act.messages.commands[COMMAND], word)
    raise AssertionError("every list of words is matched above")


def done(act: Act, click: Click) -> Outcome:
    """Note that the action of a line is done. The button carries its reference."""
    card = actions.close_action(act, click.value)
    return Outcome.says(act.messages.message("action_changed", card=card, what="is done"), keep=True)


def turn_page(act: Act, click: Click) -> Outcome:
    """Show another page of a list in its place."""
    number, words = turned_words(click)
    return Outcome.says(_list(act, words, number), in_place=True)


def _list(act: Act, words: list[str], number: int = 1) -> Message:
    page = action_list.list_actions(act, words, number)
    return act.messages.message("action_list", page=page, turn=partial(turn, page.words))


def _changed(act: Act, card: ActionCard, what: str) -> Outcome:
    return Outcome.answers(act.messages.message("action_changed", card=card, what=what), keep=True)
