"""`/digest`: the weekly performance summary of the channel that one is in."""

from slack_bolt.async_app import AsyncApp

from bot.domain.command_line import split_command
from bot.interactions.payloads import Command
from bot.interactions.response import Response
from bot.interactions.router import Router
from bot.interactions.subcommands import Incomplete, TooMuch, UnknownWord, first_in_lower_case
from bot.services.digest import subscriptions
from bot.services.digest.subscriptions import Subscription
from bot.services.unit_of_work import ActorContext

COMMAND = "/digest"


def register(app: AsyncApp, router: Router) -> None:
    """Register the journey."""
    router.on_command(app, COMMAND, command)


def command(ctx: ActorContext, command: Command) -> Response:
    """`/digest` alone says when the summary comes to this channel; a word says what else."""
    here = command.channel
    match first_in_lower_case(split_command(command.text)):
        case []:
            return Response.answers(
                ctx.messages.message("digest/subscription", kept=subscriptions.subscription(ctx, here), done="")
            )
        case ["help"]:
            return Response.answers(ctx.messages.help(COMMAND))
        case ["schedule", *words] if len(plain := _plain(words)) > 1:
            day, at, *quiet = plain
            return _kept(ctx, subscriptions.schedule(ctx, here, day, at, " ".join(quiet)), "schedule")
        case ["schedule", *_]:
            raise Incomplete("a day of the week and a time, for example thursday 4pm")
        case ["stop" | "now" | "preview" | "history" as word, first, *_]:
            raise TooMuch(first, f"Type {COMMAND} {word} in the channel that you mean.")
        case ["stop"]:
            return _kept(ctx, subscriptions.stop(ctx, here), "stop")
        case ["now"]:
            return _kept(ctx, subscriptions.post_now(ctx, here), "now")
        case ["preview"]:
            summary = subscriptions.preview(ctx, here)
            return Response.answers(ctx.messages.message("digest/weekly", summary=summary, missed=None))
        case ["history"]:
            return Response.answers(ctx.messages.message("digest/history", history=subscriptions.history(ctx, here)))
        case [word, *_]:
            raise UnknownWord(ctx.messages.commands[COMMAND], word)
    raise AssertionError("every list of words is matched above")


def _plain(words: list[str]) -> list[str]:
    """The words of a schedule without those that say nothing, as in "every thursday at 4 pm", where "4 pm" is one."""
    said = [word for word in words if word.casefold() not in ("every", "on", "at")]
    if len(said) > 2 and said[2].casefold() in ("am", "pm"):
        return [said[0], said[1] + said[2], *said[3:]]
    return said


def _kept(ctx: ActorContext, kept: Subscription, done: str) -> Response:
    return Response.answers(ctx.messages.message("digest/subscription", kept=kept, done=done), keep=bool(done))
