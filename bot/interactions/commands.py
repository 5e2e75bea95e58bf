"""The table of a command: each word that may follow it, an example, what it does, who may, and the handler.

Dispatch, help, the answer to an unknown word, docs/commands.md and manifest.json are made from these tables alone.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, replace
from datetime import datetime

from bot.access import Permission
from bot.domain.command_line import split_command
from bot.domain.slack_text import mentioned_users, user_mentioned, with_names
from bot.domain.wording import join_words, nearest, quoted
from bot.errors import UserError
from bot.interactions.payloads import Command
from bot.interactions.response import Handle, Handler, Response, Welcome, reads
from bot.policy import RegisterPermission
from bot.services.lookup import mentions
from bot.services.lookup.contracts import own_reference
from bot.services.pages.upcoming import Upcoming
from bot.services.unit_of_work import ActorContext

SAMPLE_REFERENCE = "WP-NE"  # the contract of every example in the tables

FindUpcoming = Callable[[datetime, datetime], Awaitable[Sequence[Upcoming]]]  # the messages that will go out in a span


@dataclass(frozen=True)
class Typed:
    """The word after a command, the exact text after it, and the channel in which they were typed.

    `text` has mentions with their ids, for the handlers that look for a person; `names` are the names of these people.
    `commands` are all commands, for the handlers that tell of more than their own.
    """

    word: str
    text: str
    channel: str
    commands: "Commands"
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def rest(self) -> str:
        """The text, with names in place of mentions."""
        return with_names(self.text, self.names)

    @property
    def words(self) -> list[str]:
        """The text as words; quoted words are one, and so is a mentioned person's name. Raises `UserError`."""
        return [
            self.names.get(user_mentioned(word) or "") or with_names(word, self.names)
            for word in split_command(self.text)
        ]


@dataclass(frozen=True)
class HelpLine:
    """Something that can be typed whole, what it does, and the permission with which it is offered (None: to all).

    `task` is what people come for, on the first page of help; "" for the rest. `word` is the one after the command, ""
    for the command alone.
    """

    type: str
    does: str
    who: Permission | RegisterPermission | None
    task: str = ""
    word: str = ""


@dataclass(frozen=True)
class CommandInShort:
    """A command, and the words that may follow it for somebody."""

    name: str
    does: str
    words: Sequence[str]


@dataclass(frozen=True)
class Subcommand:
    """A row of a command's table: a word ("" for the command alone), and what follows it in an example.

    `does` says what the example does, `more` gives further examples with what they do. `also` are further words that
    the row answers. `who` is the permission with which help offers it, None for everybody; the service decides whether
    it may be done. `needs` says what must follow the word, "" for nothing. The handler reads or writes. `task` is what
    most people come for, in their words: help begins with these rows.
    """

    word: str
    _: KW_ONLY
    example: str = ""
    does: str
    who: Permission | RegisterPermission | None
    handler: Handler[Typed]
    needs: str = ""
    task: str = ""
    also: Sequence[str] = ()
    more: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CommandTable:
    """A command and what may follow it, in the order of its help.

    `about` and `hint` are what Slack shows of it, `does` ends the sentence "/contact ...", and `notes` are what else
    helps. `contract`: it can name a contract. `welcome` answers a person who is not in the register, who is refused
    without it.
    """

    name: str
    about: str
    hint: str
    does: str
    subcommands: Sequence[Subcommand]
    notes: Sequence[str] = ()
    contract: bool = False
    welcome: Welcome[Command] | None = None

    @property
    def words(self) -> list[str]:
        """The words that can come first after the command."""
        first = [row.word for row in self.subcommands if row.word]
        also = [word for row in self.subcommands for word in row.also if word]
        return list(dict.fromkeys([*first, *also, "help"]))

    @property
    def lines(self) -> list[HelpLine]:
        """Each example, whole, with what it does."""
        return [
            HelpLine(" ".join(filter(None, (self.name, row.word, example))), does, row.who, task, row.word)
            for row in self.subcommands
            for example, does, task in (
                (row.example, row.does, row.task),
                *((example, does, "") for example, does in row.more.items()),
            )
        ]

    def lines_for(self, abilities: Collection[str]) -> list[HelpLine]:
        """The lines that a person with these permissions can use."""
        return [line for line in self.lines if line.who is None or line.who in abilities]

    @property
    def example(self) -> str:
        """The longest first example of its words: a whole command with all its parts. Without any, the longest line."""
        own = [f"{self.name} {row.word} {row.example}" for row in self.subcommands if row.example]
        return max(own or (line.type for line in self.lines), key=len)

    def example_after(self, word: str) -> str:
        """A whole command with this word and the first of what may follow it; the command's own if nothing does."""
        row = self.row_of(word)
        after = row and (row.example or next(iter(row.more), ""))
        return " ".join(filter(None, (self.name, word, after))) if after else self.example

    def row_of(self, word: str) -> Subcommand | None:
        """The row of a word; None if there is none."""
        return next((row for row in self.subcommands if word in (row.word, *row.also)), None)


@dataclass(frozen=True)
class Commands:
    """Every command's table, in the order of help, and the dispatch of what is typed.

    `find_upcoming` rehearses the jobs: bot.app alone knows them.
    """

    tables: Sequence[CommandTable]
    find_upcoming: FindUpcoming

    def offered(self, abilities: Collection[str]) -> list[tuple[CommandTable, list[HelpLine]]]:
        """The commands with the lines that a person with these permissions can use, without those that have none."""
        offered = [(table, table.lines_for(abilities)) for table in self.tables]
        return [(table, lines) for table, lines in offered if lines]

    def in_short(self, abilities: Collection[str]) -> list[CommandInShort]:
        """The commands that a person with these permissions can use, each with every word that may follow it."""
        return [
            CommandInShort(table.name, table.does, list(dict.fromkeys(line.word for line in lines if line.word)))
            for table, lines in self.offered(abilities)
        ]

    def named(self, name: str) -> CommandTable | None:
        """The table of a command; None if there is no such command."""
        return next((table for table in self.tables if table.name == name), None)

    def handler_of(self, table: CommandTable, command: Command) -> Handler[Command]:
        """The handler of a command: a sub-command's, its help, or an error about the typed words."""
        chosen = self._chosen(table, command)
        return chosen.of(_with_own_example(chosen.handle, table.example_after(word_of(command))))

    def _chosen(self, table: CommandTable, command: Command) -> Handler[Command]:
        word, rest = word_of(command), "".join(command.text.split(maxsplit=1)[1:]).strip()
        row = table.row_of(word)
        if row is None:
            return reads(_help(table) if word == "help" else _refuse(_unknown_word(table, word)))
        if row.needs and not rest:
            return reads(_refuse(incomplete(row.needs)))
        handle, typed = row.handler.handle, Typed(word, rest, command.channel, self)
        return row.handler.of(lambda ctx, _command: handle(ctx, _with_mentions(ctx, typed)))


def _with_mentions(ctx: ActorContext, typed: Typed) -> Typed:
    """What was typed, with the names of who is mentioned. A channel in the first place stands for its contract."""
    if "<" not in typed.text:
        return typed
    first, space, rest = typed.text.partition(" ")
    reference = mentions.contract_of_mention(ctx.session, first)
    text = f"{reference}{space}{rest}" if reference else typed.text
    return replace(typed, text=text, names=mentions.names_of(ctx.session, mentioned_users(text)))


def word_of(command: Command) -> str:
    """The word after a command, in lower case, because people type Raise too. "" if there is none."""
    return next(iter(command.text.split()), "").casefold()


def _with_own_example(handle: Handle[Command], example: str) -> Handle[Command]:
    """The same, where an error brings an example with a contract of the actor's own."""

    def handled(ctx: ActorContext, command: Command) -> Response:
        try:
            return handle(ctx, command)
        except UserError as error:
            own = own_reference(ctx, command.channel)
            error.example = example.replace(SAMPLE_REFERENCE, own) if own else example
            raise

    return handled


def _help(table: CommandTable) -> Callable[[ActorContext, Command], Response]:
    return lambda ctx, _command: Response.answers(ctx.messages.message("common/help", command=table))


def _refuse(error: UserError) -> Callable[[ActorContext, Command], Response]:
    def refuse(_ctx: ActorContext, _command: Command) -> Response:
        raise error

    return refuse


def _unknown_word(table: CommandTable, typed: str) -> UserError:
    """The word after a command is none that it knows."""
    close, name = nearest(typed, table.words), table.name
    meant = f"Did you mean {name} {close}?" if close else f"After {name} comes {join_words(table.words, 'or')}."
    return UserError(f"{name} does not know the word {quoted(typed)}. {meant}")


def incomplete(what: str) -> UserError:
    """A one-line command lacks a part."""
    return UserError(f"That is not complete: it needs {what}.")


def too_much(extra: str, advice: str) -> UserError:
    """A one-line command has words left over."""
    return UserError(f"{quoted(extra)} is more than was expected. {advice}")
