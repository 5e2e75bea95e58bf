"""Buttons and forms of an earlier version of Liaison that still stand: they do nothing, and what replaces them is
shown."""

from dataclasses import replace
from functools import partial

from bot.interactions.payloads import Click, FromEarlierVersion, Submission
from bot.interactions.response import Handler, Response
from bot.services import earlier_buttons
from bot.services.pages import home as home_page
from bot.services.unit_of_work import ActorContext

NOT_DONE = "This button is from an earlier version of Liaison, so nothing was done."
NEW_BUTTONS = f"{NOT_DONE} The message gets new buttons in a moment: use those."
NEW_PAGE = f"{NOT_DONE} Your page has new buttons now: use those."
TYPE_AGAIN = f"{NOT_DONE} Type the command again for a button that works, or open Home, where all that waits on you is."


def attended(handler: Handler[Click]) -> Handler[Click]:
    """The same handler for the buttons of this version alone."""

    def handle(ctx: ActorContext, click: Click) -> Response:
        try:
            return handler.handle(ctx, click)
        except FromEarlierVersion:
            return instead(ctx, click)

    return handler.of(handle)


def instead(ctx: ActorContext, click: Click) -> Response:
    """What takes the place of a button: the same message or page with the buttons of this version."""
    if earlier_buttons.is_ours(ctx.session, click.channel, click.message):
        return Response(further=partial(_renewed, click=click))
    if click.channel or click.window:
        return replace(_said(ctx, TYPE_AGAIN), keep=False)
    return replace(_said(ctx, NEW_PAGE), home=home_page.home_view(ctx), keep=False)


def refused(_ctx: ActorContext, _form: Submission) -> Response:
    """A form that nobody knows any more."""
    raise FromEarlierVersion


def _renewed(ctx: ActorContext, click: Click) -> Response:
    renewed = earlier_buttons.renew(ctx, click.channel, click.message)
    return _said(ctx, NEW_BUTTONS if renewed else TYPE_AGAIN)


def _said(ctx: ActorContext, sentence: str) -> Response:
    return Response.says(ctx.messages.message("common/sentence", sentence=sentence))
