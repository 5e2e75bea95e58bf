"""Failures that a person can act on."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager


class UserError(Exception):
    """One sentence that says what was wrong and what to do, and the form field it belongs to.

    `example` is a whole command that would do, where one was typed.

    Subclasses are declared beside the functions that raise them. Any other exception is a fault of ours: it is logged
    with a reference, and the person gets that reference.
    """

    sentence: str
    field: str | None
    example: str = ""

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class UserErrors(UserError):
    """Several fields of a form are wrong; each of the errors names its own."""

    errors: Sequence[UserError]

    def __init__(self, errors: Sequence[UserError]) -> None:
        super().__init__(" ".join(error.sentence for error in errors), field=errors[0].field)
        self.errors = errors


class Checks:
    """Checks of the fields of a form, whose errors are told all at once."""

    def __init__(self) -> None:
        self._found: list[UserError] = []

    @contextmanager
    def field(self) -> Iterator[None]:
        """Check one field: its error waits until all are checked."""
        try:
            yield
        except UserErrors as several:
            self._found += several.errors
        except UserError as error:
            self._found.append(error)

    def done(self) -> None:
        """Raise what was found: `UserErrors`, or the `UserError` of one field by itself."""
        if len(self._found) == 1:
            raise self._found[0]
        if self._found:
            raise UserErrors(self._found)
