"""Checking the text that people enter before it is stored."""

import re
import unicodedata

from bot.domain.command_line import require_text
from bot.domain.normalisation import look_alike
from bot.domain.sensitive import PersonalDetail, find_sensitive
from bot.domain.wording import quoted
from bot.errors import UserError

_LINK = re.compile(r"https?://[^\s<>|]+")


class Sensitive(UserError):
    """The text holds a personal detail that must not be stored here; `can_be_kept`: the person may keep it
    deliberately."""

    found: PersonalDetail
    can_be_kept: bool

    def __init__(self, found: PersonalDetail, field: str | None, *, can_be_kept: bool) -> None:
        way = " If the record needs it, use the form, which asks again." if can_be_kept else ""
        super().__init__(
            f"This seems to hold {found}. Leave out personal details of the people you serve, and try again.{way}",
            field=field,
        )
        self.found = found
        self.can_be_kept = can_be_kept


def required_text(text: str, *, what: str, at_most: int, field: str, deliberate: bool | None = None) -> str:
    """A text that must not be empty, stripped.

    `deliberate`: the person was warned of a personal detail and keeps it. None: nobody can be asked, and only what is
    certain is refused: a National Insurance number, a date of birth. Raises `UserError` for an empty or long text, a
    hidden character, or a personal detail.
    """
    kept = require_text(text, what=what, at_most=at_most, field=field)
    found = find_sensitive(kept)
    if found is None or deliberate or (deliberate is None and not found.is_certain):
        return kept
    raise Sensitive(found, field, can_be_kept=deliberate is not None)


def required_name(text: str, *, what: str, at_most: int, field: str) -> str:
    """A name on one line. Raises `UserError` as `required_text` does, and for a letter of another alphabet that looks
    like a Latin one: with it two names could not be told apart."""
    name = " ".join(required_text(text, what=what, at_most=at_most, field=field).split())
    letter = look_alike(name)
    if letter:
        raise UserError(
            f"{quoted(name)} has the letter {quoted(letter)} ({unicodedata.name(letter).lower()}), which looks like "
            "another one. Type the name again with your keyboard.",
            field=field,
        )
    return name


def optional_text(text: str, *, what: str, at_most: int, field: str, deliberate: bool | None = None) -> str:
    """The same for a text that may be empty."""
    return required_text(text, what=what, at_most=at_most, field=field, deliberate=deliberate) if text.strip() else ""


def deliberate_text(*texts: str) -> str | None:
    """The personal detail that these stored texts hold deliberately, for the audit trail; None if there is none."""
    found = find_sensitive("\n".join(texts))
    return found.value if found else None


def optional_link(text: str, *, at_most: int, field: str) -> str:
    """The address of a page, stripped, or "" for none. Raises `UserError` for anything else, or a longer one."""
    link = text.strip()
    if link and (len(link) > at_most or not _LINK.fullmatch(link)):
        raise UserError(
            f"This is not an address that can be kept. Enter one that begins with https:// and has at most {at_most} "
            "characters.",
            field=field,
        )
    return link
