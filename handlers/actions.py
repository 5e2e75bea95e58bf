"""`/action`: what is to be done, by whom and by when."""

from functools import partial

from bot.access import Permission
from bot.delivery.messages import Message
from bot.domain.natural_dates import parse_day
from bot.interactions.commands import CommandTable, Subcommand, Typed, incomplete
from bot.interactions.pagination import turn, turned_words
from bot.interactions.payloads import Click
from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.services.actions import action_list, actions
from bot.services.actions.actions import ActionCard
from bot.services.unit_of_work import ActorContext

WHAT = "the contract's reference, who is to do it, what, and by when"
WHO = "the action's reference and a name of somebody on its contract"
DAY = "the action's reference and a day"


def register(router: Router) -> None:
    """Register the buttons."""
    router.on_click("action_done", writes(done))
    for action in ("actions_before", "actions_after"):
        router.on_click(action, reads(turn_page))


def _own(ctx: ActorContext, _typed: Typed) -> Response:
    return Response.answers(_list(ctx, ["mine"]))


def _listed(ctx: ActorContext, typed: Typed) -> Response:
    return Response.answers(_list(ctx, typed.words))


# The action's text is kept verbatim, so only the words before it are split.
def _add(ctx: ActorContext, typed: Typed) -> Response:
    match typed.text.split(maxsplit=1):
        case [contract, line]:
            return _changed(ctx, actions.add_action(ctx, contract, line), "is added")
    raise incomplete(WHAT)


def _close(ctx: ActorContext, typed: Typed) -> Response:
    reference, *note = typed.rest.split(maxsplit=1)
    return _changed(ctx, actions.close_action(ctx, reference, "".join(note)), "is done")


def _reassign(ctx: ActorContext, typed: Typed) -> Response:
    match typed.text.split(maxsplit=1):
        case [reference, name]:
            return _changed(ctx, actions.reassign_action(ctx, reference, name), "has a new owner")
    raise incomplete(WHO)


def _move(ctx: ActorContext, typed: Typed) -> Response:
    match typed.rest.split(maxsplit=1):
        case [reference, day]:
            moved = actions.move_action(ctx, reference, parse_day(day, ctx.days.own))
            return _changed(ctx, moved, "has a new day")
    raise incomplete(DAY)


def done(ctx: ActorContext, click: Click) -> Response:
    """Mark the action of a line as done. The button carries its reference."""
    card = actions.close_action_of_button(ctx, click.record_key)
    return Response.says(ctx.messages.message("actions/changed", card=card, what="is done"))


def turn_page(ctx: ActorContext, click: Click) -> Response:
    """Show another page of a list in its place."""
    number, words = turned_words(click)
    return Response.says(_list(ctx, words, number), in_place=True)


def _list(ctx: ActorContext, words: list[str], number: int = 1) -> Message:
    page = action_list.list_actions(ctx, words, number)
    return ctx.messages.message("actions/list", page=page, turn=partial(turn, page.words))


def _changed(ctx: ActorContext, card: ActionCard, what: str) -> Response:
    return Response.answers(ctx.messages.message("actions/changed", card=card, what=what))


COMMAND = CommandTable(
    "/action",
    about="See and manage actions",
    hint="list late; add WP-NE Priya: send the plan by Friday; done A-12",
    does="shows and manages the actions on your contracts: who does what, by when.",
    contract=True,
    subcommands=[
        Subcommand(
            "",
            does="lists your open actions",
            task="See your actions",
            who=Permission.LOG_CONTACT,
            handler=reads(_own),
        ),
        Subcommand(
            "list",
            example="late WP-NE",
            does="lists the open actions on your contracts, earliest due first",
            who=Permission.SEE,
            handler=reads(_listed),
        ),
        Subcommand(
            "add",
            example="WP-NE Priya Nair: send the staffing plan by 8 January",
            does="adds an action for somebody on the contract",
            more={
                "R-12 Priya Nair: interview ten advisers by 8 January": "adds an action for a risk; its page lists it"
            },
            who=Permission.LOG_CONTACT,
            handler=writes(_add),
            needs=WHAT,
        ),
        Subcommand(
            "done",
            example="A-12 the plan is agreed",
            does="marks it as done",
            who=Permission.LOG_CONTACT,
            handler=writes(_close),
            needs="the action's reference, for example A-12",
        ),
        Subcommand(
            "reassign",
            example="A-12 Callum Reid",
            does="gives it to somebody else on the contract",
            who=Permission.LOG_CONTACT,
            handler=writes(_reassign),
            needs=WHO,
        ),
        Subcommand(
            "due",
            example="A-12 15 January",
            does="changes its due date; the old date stays in the history",
            who=Permission.LOG_CONTACT,
            handler=writes(_move),
            needs=DAY,
        ),
    ],
)
