"""Typed words that match several things: the person is asked which one they mean."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.wording import join_words, plural, quoted
from bot.errors import UserError

MOST_NAMED = 10  # matches that a question names


@dataclass(frozen=True)
class Option:
    """One possible match: `word` finds it and nothing else, `name` is its name for people."""

    word: str
    name: str
    about: str


class AmbiguousMatch(UserError):
    """The typed words match more than one thing; the person is asked which of `options` they mean.
    There may be `more` that are not among these."""

    def __init__(
        self, typed: str, noun: str, options: Sequence[Option], many: str | None = None, *, more: int = 0
    ) -> None:
        self.typed, self.options = typed, options
        names = join_words([each.name for each in options[:MOST_NAMED]], "or")
        fitting = len(options) + more
        unnamed = f" ({fitting - MOST_NAMED} more fit as well)" if fitting > MOST_NAMED else ""
        super().__init__(
            f"{quoted(typed)} fits {plural(fitting, noun, many)}. Which one do you mean: {names}{unnamed}?",
            field=noun,
        )
