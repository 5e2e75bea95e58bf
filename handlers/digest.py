"""`/digest`: the weekly performance summary of the channel in which it is typed."""

from collections.abc import Callable

from bot.access import Permission
from bot.interactions.commands import CommandTable, Subcommand, Typed, incomplete, too_much
from bot.interactions.response import Response, reads, writes
from bot.services.digest import subscriptions
from bot.services.digest.subscriptions import Subscription
from bot.services.unit_of_work import ActorContext

WHEN = "a day of the week and a time, for example thursday 4pm"


def _shown(ctx: ActorContext, typed: Typed) -> Response:
    return _confirmed(ctx, subscriptions.subscription(ctx, typed.channel))


def _schedule(ctx: ActorContext, typed: Typed) -> Response:
    plain = _without_fillers(typed.words)
    if len(plain) < 2:
        raise incomplete(WHEN)
    day, at, *quiet = plain
    return _confirmed(ctx, subscriptions.schedule(ctx, typed.channel, day, at, " ".join(quiet)))


def _alone(answer: Callable[[ActorContext, str], Response]) -> Callable[[ActorContext, Typed], Response]:
    """A handler for the channel in which the word is typed, with no other word after it."""

    def alone(ctx: ActorContext, typed: Typed) -> Response:
        if words := typed.words:
            raise too_much(words[0], f"Type /digest {typed.word} in the channel that you mean.")
        return answer(ctx, typed.channel)

    return alone


def _preview(ctx: ActorContext, channel: str) -> Response:
    summary = subscriptions.preview(ctx, channel)
    return Response.answers(ctx.messages.message("digest/weekly", summary=summary, missed=None))


def _history(ctx: ActorContext, channel: str) -> Response:
    return Response.answers(ctx.messages.message("digest/history", history=subscriptions.history(ctx, channel)))


def _stop(ctx: ActorContext, channel: str) -> Response:
    return _confirmed(ctx, subscriptions.stop(ctx, channel), stopped=True)


def _now(ctx: ActorContext, channel: str) -> Response:
    return _confirmed(ctx, subscriptions.post_now(ctx, channel), on_its_way=True)


def _without_fillers(words: list[str]) -> list[str]:
    """The words of a schedule without "every", "on" and "at", and with "4 pm" as one word."""
    said = [word for word in words if word.casefold() not in ("every", "on", "at")]
    if len(said) > 2 and said[2].casefold() in ("am", "pm"):
        return [said[0], said[1] + said[2], *said[3:]]
    return said


def _confirmed(
    ctx: ActorContext, subscription: Subscription, *, stopped: bool = False, on_its_way: bool = False
) -> Response:
    message = ctx.messages.message(
        "digest/subscription", subscription=subscription, stopped=stopped, on_its_way=on_its_way
    )
    return Response.answers(message)


COMMAND = CommandTable(
    "/digest",
    about="Weekly performance summaries",
    hint="schedule thursday 4pm, stop, now, preview, history",
    does="schedules the weekly performance summary of the channel you are in, for its contract or the portfolio.",
    subcommands=[
        Subcommand(
            "",
            does="says when this channel gets its weekly summary",
            who=Permission.SEE,
            handler=reads(_shown),
        ),
        Subcommand(
            "schedule",
            example="thursday 4pm silence",
            does="posts it on that day and time; with silence, only when there is something to say",
            who=Permission.BIND,
            handler=writes(_schedule),
            needs=WHEN,
        ),
        Subcommand(
            "stop",
            does="stops it in this channel",
            who=Permission.BIND,
            handler=writes(_alone(_stop)),
        ),
        Subcommand(
            "now",
            does="posts one in this channel now",
            who=Permission.BIND,
            handler=writes(_alone(_now)),
        ),
        Subcommand(
            "preview",
            does="shows only you what would be posted now",
            who=Permission.SEE,
            handler=reads(_alone(_preview)),
        ),
        Subcommand(
            "history",
            does="lists the last ones in this channel with their headlines",
            who=Permission.SEE,
            handler=reads(_alone(_history)),
        ),
    ],
    notes=[
        "In a portfolio channel, only heads of contract management and administrators can use it. A channel shared "
        "with a partner gets what the partner may see, of its own contract only.",
        "Instead of silence you can say one line. If the day is a bank holiday or weekend, the summary is posted at "
        "9am on the next working day.",
    ],
)
