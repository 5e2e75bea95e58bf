"""What people write, checked before it is kept."""

from bot.domain.command_line import require_text
from bot.domain.sensitive import find_sensitive
from bot.errors import UserError


class Sensitive(UserError):
    """The text holds a personal detail that must not be kept here."""

    def __init__(self, found: str, field: str | None) -> None:
        super().__init__(
            f"This seems to hold {found}. Leave out personal details of the people you serve, and try again.",
            field=field,
        )


def kept_text(text: str, *, what: str, at_most: int, field: str) -> str:
    """A text that is needed, without the space around it.

    UserErrors: nothing there, too long, a hidden character, a personal detail.
    """
    kept = require_text(text, what=what, at_most=at_most, field=field)
    found = find_sensitive(kept)
    if found is not None:
        raise Sensitive(found, field)
    return kept


def optional_text(text: str, *, what: str, at_most: int, field: str) -> str:
    """The same for a text that may be left out: then it is empty."""
    return kept_text(text, what=what, at_most=at_most, field=field) if text.strip() else ""
