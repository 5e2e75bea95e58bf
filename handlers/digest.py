"""`/digest`: the weekly performance summary of the channel in which it is typed."""

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
    """Register the command."""
    router.on_command(app, COMMAND, SUBCOMMANDS)


def _shown(ctx: ActorContext, typed: Typed) -> Response:
    return _confirmed(ctx, subscriptions.subscription(ctx, typed.channel), "")


def _schedule(ctx: ActorContext, typed: Typed) -> Response:
    plain = _without_fillers(typed.words)
    if len(plain) < 2:
        raise incomplete(WHEN)
    day, at, *quiet = plain
    return _confirmed(ctx, subscriptions.schedule(ctx, typed.channel, day, at, " ".join(quiet)), "schedule")


def _alone(word: str, answer: Callable[[ActorContext, str], Response]) -> Callable[[ActorContext, Typed], Response]:
    """A handler for the channel in which the word is typed, with no other word after it."""

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
    return _confirmed(ctx, subscriptions.stop(ctx, channel), "stop")


def _now(ctx: ActorContext, channel: str) -> Response:
    return _confirmed(ctx, subscriptions.post_now(ctx, channel), "now")


def _without_fillers(words: list[str]) -> list[str]:
    """The words of a schedule without "every", "on" and "at", and with "4 pm" as one word."""
    said = [word for word in words if word.casefold() not in ("every", "on", "at")]
    if len(said) > 2 and said[2].casefold() in ("am", "pm"):
        return [said[0], said[1] + said[2], *said[3:]]
    return said


def _confirmed(ctx: ActorContext, subscription: Subscription, done: str) -> Response:
    return Response.answers(ctx.messages.message("digest/subscription", subscription=subscription, done=done))


SUBCOMMANDS: Subcommands = {
    "": Subcommand(reads(_shown)),
    "schedule": Subcommand(writes(_schedule), needs=WHEN),
    "stop": Subcommand(writes(_alone("stop", _stop))),
    "now": Subcommand(writes(_alone("now", _now))),
    "preview": Subcommand(reads(_alone("preview", _preview))),
    "history": Subcommand(reads(_alone("history", _history))),
}
