"""The references of records: a letter and a number, as in C-12, R-3 and A-7; and their keys, which nobody types."""

import re

from bot.domain.normalisation import cleaned, plain_punctuation
from bot.domain.ratings import Rating
from bot.domain.scores import Band
from bot.domain.stages import Stage
from bot.domain.wording import MONTHS, WEEKDAYS, quoted
from bot.errors import UserError

_LONGEST = 15  # digits; a longer number fits no key of a database
_EARLIER = re.compile(rf"(?:[A-Z]-)?[0-9]{{1,{_LONGEST}}}")
_KEY = re.compile(r"[A-Za-z0-9_-]{16}")
_LIKE_A_RECORDS = re.compile(r"[A-Z]-?[0-9]+")

# The words after a command, and those that narrow a list. A test holds them to the tables of the commands.
COMMAND_WORDS = frozenset(
    {
        *("add", "approve", "away", "benefit", "benefits", "call", "certificate", "certificates", "channel", "close"),
        *("correct", "credit", "credits", "dates", "done", "due", "duties", "edit", "email", "escalate", "finding"),
        *("grid", "guests", "health", "help", "history", "holidays", "invoices", "issue", "keep", "kpi", "letter"),
        *("level", "list", "major", "matrix", "me", "meeting", "message", "milestone", "minor", "new", "now"),
        *("obligation", "option", "owner", "people", "phone", "plan", "preview", "raise", "reassign", "reminders"),
        *("report", "respond", "review", "schedule", "settings", "setup", "share", "show", "spend", "stage", "stop"),
        *("upcoming", "verify", "video", "visit", "withdraw", "year"),
        *("because", "in", "late", "mine", "overdue", "since", "today", "tomorrow", "with", "yesterday"),
    }
)
_READ_OTHERWISE = COMMAND_WORDS.union(
    *(value.casefold().split() for kind in (Band, Rating, Stage, MONTHS, WEEKDAYS) for value in kind)
)


def check_contract_reference(reference: str) -> None:
    """Refuse a new contract's reference that a command would read as something else. Raises `UserError`."""
    if _LIKE_A_RECORDS.fullmatch(reference):
        raise UserError(
            f"{quoted(reference)} looks like the reference of a risk, an action or another record. "
            "Choose one with more letters, for example WP-NE.",
            field="reference",
        )
    if reference.casefold() in _READ_OTHERWISE:
        raise UserError(
            f"{quoted(reference)} is a word that commands use. Choose another reference, for example WP-NE.",
            field="reference",
        )


def number_claimed(claimed: str) -> int:
    """The record number in a form or a button; 0, which no record has, if it is not a number."""
    return int(claimed) if _is_number(claimed) else 0


def key_claimed(claimed: str) -> str:
    """The key that a form or a button carries; "", which no record has, for anything else."""
    return claimed if _KEY.fullmatch(claimed) else ""


def is_by_number(claimed: str) -> bool:
    """Whether this names a record by its number or its reference, which no form or button does any more."""
    return _EARLIER.fullmatch(claimed) is not None


def number_of(typed: str, letter: str) -> int | None:
    """The number in a reference with this letter, which may be left out; None if it is not such a reference."""
    number = code_typed(typed).removeprefix(letter).removeprefix("-")
    return int(number) if _is_number(number) else None


def code_typed(typed: str) -> str:
    """A reference or a code as it is stored: in capitals, with hyphens for the dashes that phones and Word put in."""
    return plain_punctuation(cleaned(typed)).strip().upper()


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _LONGEST
