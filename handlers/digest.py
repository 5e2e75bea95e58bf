"""`/digest`: the weekly performance summary of the channel that one is in."""

from collections.abc import Callable

from slack_bolt.async_app import AsyncApp

from bot.interactions.response import Response, reads, writes
from bot.interactions.router import Router
from bot.interactions.subcommands import Subcommand, Subcommands, Typed, incomplete, too_much
from bot.services.digest import subscriptions
from bot.services.digest.subscriptions import Subscription
from bot.services.unit_of_work import ActorContext

COMMAND = "/digest"
WHEN = "a day of the week and a time, for example thursday 4pm"


def register(app: AsyncApp, router: Router) -> None:
    """Register the journey."""
    router.on_command(app, COMMAND, SUBCOMMANDS)


def _shown(ctx: ActorContext, typed: Typed) -> Response:
    return _kept(ctx, subscriptions.subscription(ctx, typed.channel), "")


def _schedule(ctx: ActorContext, typed: Typed) -> Response:
    plain = _plain(typed.words)
    if len(plain) < 2:
        raise incomplete(WHEN)
    day, at, *quiet = plain
    return _kept(ctx, subscriptions.schedule(ctx, typed.channel, day, at, " ".join(quiet)), "schedule")


def _alone(word: str, answer: Callable[[ActorContext, str], Response]) -> Callable[[ActorContext, Typed], Response]:
    """What is answered about the channel that one is in: nothing may follow the word."""

    def alone(ctx: ActorContext, typed: Typed) -> Response:
        if words := typed.words:
            raise too_much(words[0], f"Type {COMMAND} {word} in the channel that you mean.")
        return answer(ctx, typed.channel)

    return alone


def _preview(ctx: ActorContext, channel: str) -> Response:
    summary = subscriptions.preview(ctx, channel)
    return Response.answers(ctx.messages.message("digest/weekly", summary=summary, missed=None))


def _history(ctx: ActorContext, channel: str) -> Response:
    return Response.answers(ctx.messages.message("digest/history", history=subscriptions.history(ctx, channel)))


def _stop(ctx: ActorContext, channel: str) -> Response:
    return _kept(ctx, subscriptions.stop(ctx, channel), "stop")


def _now(ctx: ActorContext, channel: str) -> Response:
    return _kept(ctx, subscriptions.post_now(ctx, channel), "now")


def _plain(words: list[str]) -> list[str]:
    """The words of a schedule without those that say nothing, as in "every thursday at 4 pm", where "4 pm" is one."""
    said = [word for word in words if word.casefold() not in ("every", "on", "at")]
    if len(said) > 2 and said[2].casefold() in ("am", "pm"):
        return [said[0], said[1] + said[2], *said[3:]]
    return said


def _kept(ctx: ActorContext, kept: Subscription, done: str) -> Response:
    return Response.answers(ctx.messages.message("digest/subscription", kept=kept, done=done))


SUBCOMMANDS: Subcommands = {
    "": Subcommand(reads(_shown)),
    "schedule": Subcommand(writes(_schedule), needs=WHEN),
    "stop": Subcommand(writes(_alone("stop", _stop))),
    "now": Subcommand(writes(_alone("now", _now))),
    "preview": Subcommand(reads(_alone("preview", _preview))),
    "history": Subcommand(reads(_alone("history", _history))),
}
