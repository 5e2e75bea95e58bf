"""Sub-commands: the words that may follow a command, and the answer to any other word."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.commands import CommandHelp
from bot.domain.command_line import split_command
from bot.domain.wording import join_words, nearest, quoted
from bot.errors import UserError
from bot.interactions.payloads import Command
from bot.interactions.response import Handler, Response, reads
from bot.services.unit_of_work import ActorContext


@dataclass(frozen=True)
class Typed:
    """The exact text after a sub-command, and the channel in which it was typed."""

    rest: str
    channel: str

    @property
    def words(self) -> list[str]:
        """The text as words; quoted words are one. Raises `UserError`."""
        return split_command(self.rest)


@dataclass(frozen=True)
class Subcommand:
    """What a word after a command does, whether it reads or writes, and what must follow it ("" for nothing)."""

    handler: Handler[Typed]
    needs: str = ""


Subcommands = Mapping[str, Subcommand]  # by the word; "" for the command alone


def word_of(command: Command) -> str:
    """The word after a command, in lower case, because people type Raise too. "" if there is none."""
    return next(iter(command.text.split()), "").casefold()


def handler_of(subcommands: Subcommands, command: Command) -> Handler[Command]:
    """The handler of a command: a sub-command's, its help, or an error about the typed words."""
    word, rest = word_of(command), "".join(command.text.split(maxsplit=1)[1:]).strip()
    found = subcommands.get(word)
    if found is None:
        return reads(_help if word == "help" else _unknown)
    if found.needs and not rest:
        return reads(_incomplete(found.needs))
    handle, typed = found.handler.handle, Typed(rest, command.channel)
    return found.handler.of(lambda ctx, _command: handle(ctx, typed))


def _help(ctx: ActorContext, command: Command) -> Response:
    return Response.answers(ctx.messages.help(command.name))


def _unknown(ctx: ActorContext, command: Command) -> Response:
    raise _unknown_word(ctx.messages.commands[command.name], word_of(command))


def _incomplete(what: str) -> Callable[[ActorContext, Command], Response]:
    def refuse(_act: ActorContext, _command: Command) -> Response:
        raise incomplete(what)

    return refuse


def _unknown_word(command: CommandHelp, typed: str) -> UserError:
    """The word after a command is none that it knows."""
    close, name = nearest(typed, command.words), command.name
    meant = f"Did you mean {name} {close}?" if close else f"After {name} comes {join_words(command.words, 'or')}."
    return UserError(f"{name} does not know the word {quoted(typed)}. {meant}")


def incomplete(what: str) -> UserError:
    """A one-line command lacks a part."""
    return UserError(f"That is not complete: it needs {what}.")


def too_much(extra: str, advice: str) -> UserError:
    """A one-line command has words left over."""
    return UserError(f"{quoted(extra)} is more than was expected. {advice}")
