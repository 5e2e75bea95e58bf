"""Sub-commands: what may follow a command's name, and the answer when it is something else."""

from bot.commands import CommandHelp
from bot.domain.wording import join_words, nearest, quoted
from bot.errors import UserError


def first_in_lower_case(words: list[str]) -> list[str]:
    """The words of a command with the first, its sub-command, in lower case: people write Raise as well."""
    return [words[0].casefold(), *words[1:]] if words else words


class UnknownWord(UserError):
    """The word after a command is none that it knows."""

    def __init__(self, command: CommandHelp, typed: str) -> None:
        close, name = nearest(typed, command.words), command.name
        meant = f"Did you mean {name} {close}?" if close else f"After {name} comes {join_words(command.words, 'or')}."
        super().__init__(f"{name} does not know the word {quoted(typed)}. {meant}")


class Incomplete(UserError):
    """A one-line command lacks a part."""

    def __init__(self, what: str) -> None:
        super().__init__(f"That is not complete: it needs {what}.")


class TooMuch(UserError):
    """A one-line command has words left over."""

    def __init__(self, extra: str, advice: str) -> None:
        super().__init__(f"{quoted(extra)} is more than was expected. {advice}")
