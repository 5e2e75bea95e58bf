"""What a document says: the table of its changes as it is typed, the hash of its text, and the usual days."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date

from bot.domain.wording import format_date, plural, quoted
from bot.errors import UserError

ACKNOWLEDGED_WITHIN = 5  # working days in which a document is usually acknowledged
URGENT_WITHIN = 1
ANSWERED_WITHIN = 3  # working days in which the department answers a partner's question
DECIDED_WITHIN = 5  # and decides on an exception
MOST_CHANGES = 40
LONGEST_SUMMARY, LONGEST_CHANGE, LONGEST_PLACE = 2000, 500, 100
EXAMPLE = "Chapter 4 | 4.2 | A start is recorded within 2 working days | 3.1"


@dataclass(frozen=True)
class Change:
    """A row of the table of changes: where it is, what changes, and in which version of the guidance."""

    chapter: str
    paragraph: str
    change: str
    version: str

    @property
    def typed(self) -> str:
        """The row as it is typed."""
        return " | ".join(astuple(self)).strip()


@dataclass(frozen=True)
class WhatChanges:
    """The words before the table, and its rows."""

    summary: str
    changes: Sequence[Change]

    @property
    def typed(self) -> str:
        """Both as they are typed."""
        return "\n".join(filter(None, [self.summary, *(each.typed for each in self.changes)]))


def parse_changes(text: str, field: str) -> WhatChanges:
    """Read what changes: first words, if any, then one row on each line, "chapter | paragraph | change | version".

    Raises `UserError`, which names the line.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    first = next((place for place, (_, line) in enumerate(lines) if "|" in line), len(lines))
    summary = "\n".join(line for _, line in lines[:first]).strip()
    changes = [_row(number, line, field) for number, line in lines[first:] if line]
    if len(summary) > LONGEST_SUMMARY:
        raise UserError(
            f"The words before the table have more than {LONGEST_SUMMARY} characters. Shorten them.", field=field
        )
    if len(changes) > MOST_CHANGES:
        raise UserError(f"The table has {plural(len(changes), 'row')}, and at most {MOST_CHANGES} fit.", field=field)
    return WhatChanges(summary, changes)


def _row(number: int, line: str, field: str) -> Change:
    cells = [cell.strip() for cell in line.split("|")]
    if len(cells) != 4:
        has = "no |" if len(cells) == 1 else plural(len(cells), "part")
        raise UserError(
            f"Line {number}, {quoted(line[:60])}, has {has}. A row of the table has 4 parts, for example: {EXAMPLE}.",
            field=field,
        )
    change = Change(*cells)
    if not change.change or not (change.chapter or change.paragraph):
        missing = "what changes" if not change.change else "its chapter or paragraph"
        raise UserError(
            f"Line {number} does not say {missing}. A row of the table looks like this: {EXAMPLE}.", field=field
        )
    if (
        len(change.change) > LONGEST_CHANGE
        or max(map(len, (change.chapter, change.paragraph, change.version))) > LONGEST_PLACE
    ):
        raise UserError(
            f"Line {number} is too long: a change has at most {LONGEST_CHANGE} characters, "
            f"and each other part at most {LONGEST_PLACE}.",
            field=field,
        )
    return change


def check_days(first: date, effective_on: date | None, acknowledge_by: date | None) -> None:
    """Refuse days before the first one that can be. Raises `UserError`, with its form field."""
    if effective_on is not None and effective_on < first:
        raise UserError(
            f"{format_date(effective_on)} is in the past. A change takes effect today or later.", field="effective_on"
        )
    if acknowledge_by is not None and acknowledge_by < first:
        raise UserError(
            f"{format_date(acknowledge_by)} is in the past. Give partners until today or later.", field="acknowledge_by"
        )


def hash_of(said: Mapping[str, object]) -> str:
    """The SHA-256 of what a version says, by which anybody can show later which text was acknowledged."""
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False, default=_in_json).encode()).hexdigest()


def _in_json(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Change):
        return astuple(value)
    raise TypeError(f"a document does not say a {type(value).__name__}")
