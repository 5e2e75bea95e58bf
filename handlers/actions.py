"""`/action`: what is to be done, by whom and by when."""

from functools import partial

from slack_bolt.async_app import AsyncApp

from bot.delivery.messages import Message
from bot.domain.command_line import split_command
from bot.domain.natural_dates import read_day
from bot.interactions.pagination import turn, turned_words
from bot.interactions.payloads import Click, Command
from bot.interactions.response import Response
from bot.interactions.router import Router
from bot.interactions.subcommands import Incomplete, UnknownWord, first_in_lower_case
from bot.services.actions import action_list, actions
from bot.services.actions.actions import ActionCard
from bot.services.unit_of_work import ActorContext

COMMAND = "/action"


def register(app: AsyncApp, router: Router) -> None:
    """Register the journey."""
    router.on_command(app, COMMAND, command)
    router.on_click(app, "action_done", done)
    for action in ("actions_before", "actions_after"):
        router.on_click(app, action, turn_page)


def command(ctx: ActorContext, command: Command) -> Response:
    """`/action` alone lists one's own; a word says what else."""
    # What is to be done is kept to the letter, so only the words before it are taken apart.
    match first_in_lower_case(command.text.split(maxsplit=2)):
        case []:
            return Response.answers(_list(ctx, ["mine"]))
        case ["help"]:
            return Response.answers(ctx.messages.help(COMMAND))
        case ["list", *_]:
            return Response.answers(_list(ctx, split_command(command.text)[1:]))
        case ["add", contract, line]:
            return _changed(ctx, actions.add_action(ctx, contract, line), "is added")
        case ["done", reference, *note]:
            return _changed(ctx, actions.close_action(ctx, reference, " ".join(note)), "is done")
        case ["reassign", reference, name]:
            return _changed(ctx, actions.reassign_action(ctx, reference, name), "has a new owner")
        case ["due", reference, day]:
            moved = actions.move_action(ctx, reference, read_day(day, ctx.today))
            return _changed(ctx, moved, "has a new day")
        case ["add", *_]:
            raise Incomplete("the contract's reference, who is to do it, what, and by when")
        case ["done", *_]:
            raise Incomplete("the action's reference, for example A-12")
        case ["reassign", *_]:
            raise Incomplete("the action's reference and a name of somebody on its contract")
        case ["due", *_]:
            raise Incomplete("the action's reference and a day")
        case [word, *_]:
            raise UnknownWord(ctx.messages.commands[COMMAND], word)
    raise AssertionError("every list of words is matched above")


def done(ctx: ActorContext, click: Click) -> Response:
    """Note that the action of a line is done. The button carries its reference."""
    card = actions.close_action(ctx, click.value)
    return Response.says(ctx.messages.message("actions/changed", card=card, what="is done"), keep=True)


def turn_page(ctx: ActorContext, click: Click) -> Response:
    """Show another page of a list in its place."""
    number, words = turned_words(click)
    return Response.says(_list(ctx, words, number), in_place=True)


def _list(ctx: ActorContext, words: list[str], number: int = 1) -> Message:
    page = action_list.list_actions(ctx, words, number)
    return ctx.messages.message("actions/list", page=page, turn=partial(turn, page.words))


def _changed(ctx: ActorContext, card: ActionCard, what: str) -> Response:
    return Response.answers(ctx.messages.message("actions/changed", card=card, what=what), keep=True)
