"""`/digest`: the weekly performance summary of the channel that one is in."""

from slack_bolt.async_app import AsyncApp

from bot.domain.command_line import split_command
from bot.services.digest import subscribing
from bot.services.digest.subscribing import Subscription
from bot.services.work import Act
from handlers.arrivals import Command
from handlers.desk import Desk
from handlers.one_line import Incomplete, TooMuch, UnknownWord, first_in_lower_case
from handlers.outcome import Outcome

COMMAND = "/digest"


def register(app: AsyncApp, desk: Desk) -> None:
    """Register the journey."""
    desk.on_command(app, COMMAND, command)


def command(act: Act, command: Command) -> Outcome:
    """`/digest` alone says when the summary comes to this channel; a word says what else."""
    here = command.channel
    match first_in_lower_case(split_command(command.text)):
        case []:
            return Outcome.answers(
                act.messages.message("digest_kept", kept=subscribing.subscription(act, here), done="")
            )
        case ["help"]:
            return Outcome.answers(act.messages.help(COMMAND))
        case ["schedule", *words] if len(plain := _plain(words)) > 1:
            day, at, *quiet = plain
            return _kept(act, subscribing.schedule(act, here, day, at, " ".join(quiet)), "schedule")
        case ["schedule", *_]:
            raise Incomplete("a day of the week and a time, for example thursday 4pm")
        case ["stop" | "now" | "preview" | "history" as word, first, *_]:
            raise TooMuch(first, f"Type {COMMAND} {word} in the channel that you mean.")
        case ["stop"]:
            return _kept(act, subscribing.stop(act, here), "stop")
        case ["now"]:
            return _kept(act, subscribing.post_now(act, here), "now")
        case ["preview"]:
            summary = subscribing.preview(act, here)
            return Outcome.answers(act.messages.message("weekly_summary", summary=summary, missed=None))
        case ["history"]:
            return Outcome.answers(act.messages.message("digest_history", history=subscribing.history(act, here)))
        case [word, *_]:
            raise UnknownWord(act.messages.commands[COMMAND], word)
    raise AssertionError("every list of words is matched above")


def _plain(words: list[str]) -> list[str]:
    """The words of a schedule without those that say nothing, as in "every thursday at 4 pm", where "4 pm" is one."""
    said = [word for word in words if word.casefold() not in ("every", "on", "at")]
    if len(said) > 2 and said[2].casefold() in ("am", "pm"):
        return [said[0], said[1] + said[2], *said[3:]]
    return said


def _kept(act: Act, kept: Subscription, done: str) -> Outcome:
    return Outcome.answers(act.messages.message("digest_kept", kept=kept, done=done), keep=bool(done))
