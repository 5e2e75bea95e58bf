"""The plain form of a record: an input for each field that is declared, and what was entered as the record again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from pydantic import ValidationError

from bot.domain.deadlines import Deadline
from bot.domain.figures import Unit, format_figure
from bot.errors import UserError
from bot.interactions.form_fields import Values, text
from bot.records import Record, RecordField, problems, written
from bot.records.cells import Percentage, plain_number

R = TypeVar("R", bound=Record)
Options = Sequence[tuple[str, str]]

TYPED = "Its name, or words of it"
NOTHING: Mapping[str, object] = MappingProxyType({})
_LONG = 300  # characters; longer texts have several lines
_NAME = 150  # characters of a record's name
_NUMBER = 40  # characters of a number, with its unit
_MOST_OPTIONS = 100  # docs.slack.dev/reference/block-kit/block-elements/select-menu-element


class Kind(StrEnum):
    """How a field is entered."""

    TEXT = "text"
    DATE = "date"
    CHOICE = "choice"
    TICK = "tick"


@dataclass(frozen=True)
class FormInput:
    """A field of a form, in its `block`, with the value to begin with.

    `options` are (text, value) pairs; `tick` is what a box says beside it.
    """

    block: str
    label: str
    hint: str
    kind: Kind
    optional: bool
    at_most: int
    options: Options
    initial: str
    tick: str = ""

    @property
    def several_lines(self) -> bool:
        """Whether it is a text of several lines."""
        return self.at_most > _LONG

    @property
    def is_tick(self) -> bool:
        """Whether it is a box to tick."""
        return self.kind is Kind.TICK

    @property
    def is_ticked(self) -> bool:
        """Whether the box is ticked to begin with."""
        return bool(self.initial)

    @property
    def is_choice(self) -> bool:
        """Whether one of its options is chosen."""
        return self.kind is Kind.CHOICE

    @property
    def is_date(self) -> bool:
        """Whether it is a day."""
        return self.kind is Kind.DATE


def inputs(
    record: type[Record],
    values: Mapping[str, object],
    options: Mapping[str, Options],
    *,
    but: Sequence[str] = (),
) -> list[FormInput]:
    """The inputs of a form, but for some, with these values; a field without one begins with its default.

    `options` are the records that a field can name.
    """
    fields = [field for field in record.form_fields() if field.name not in but]
    return [_input(field, values, options.get(field.name) or _options(field)) for field in fields]


def _input(field: RecordField, values: Mapping[str, object], options: Options) -> FormInput:
    initial = _entered(field, values.get(field.name, "" if field.needed else field.default))
    made = FormInput(
        field.name,
        field.label,
        field.hint,
        _kind(field, options),
        _is_optional(field),
        field.reader.at_most or _NUMBER,
        options,
        initial,
    )
    if made.is_tick:
        return replace(made, hint="", tick=field.hint or field.label)
    if len(options) > _MOST_OPTIONS:  # the name of one is typed
        name = next((label for label, value in options if value == initial), "")
        return replace(made, hint=TYPED, kind=Kind.TEXT, at_most=_NAME, options=(), initial=name)
    return made


def _kind(field: RecordField, options: Options) -> Kind:
    if bool in field.types:
        return Kind.TICK
    if options:
        return Kind.CHOICE
    return Kind.DATE if date in field.types else Kind.TEXT


def _options(field: RecordField) -> Options:
    """The words of a closed set, or the numbers of a short range."""
    numbers = field.reader.numbers
    if numbers is not None and len(numbers) <= _MOST_OPTIONS:
        return [(str(number), str(number)) for number in numbers]
    return [(f"{word[:1].upper()}{word[1:]}", word) for word in field.choices]


def _is_optional(field: RecordField) -> bool:
    return not field.needed and _is_nothing(field.default)


def _is_nothing(value: object) -> bool:
    return value is None or value is False or value == ""


def _entered(field: RecordField, value: object) -> str:
    """A value as a person would enter it."""
    if _is_nothing(value):
        return ""
    match value:
        case Decimal() if field.reader.unit == "%":
            return format_figure(value, Unit.PERCENT)
        case Decimal() if field.reader.unit == "£":
            return f"{value:,.2f}".removesuffix(".00")
        case Percentage():
            return str(written(value))
        case Decimal():
            return plain_number(value)
        case Deadline():
            return str(value)
        case _:
            return str(written(value))


def read(record: type[R], values: Values, known: Mapping[str, object] = NOTHING) -> R:
    """The record that was entered in a form; `known` are the fields that it does not ask. Raises `UserError` under its
    field."""
    given: dict[str, object] = {**known}
    for field in (each for each in record.form_fields() if each.name not in known):
        typed = text(values, field.name)
        if any(character.isprintable() and not character.isspace() for character in typed):
            given[field.name] = True if bool in field.types else typed  # a box that is ticked is a yes
        elif not _is_optional(field):
            raise UserError(f"{field.label} is needed. {field.description}", field=field.name)
    try:
        return record.model_validate(given)
    except ValidationError as error:
        name, sentence = problems(error)[0]
        raise UserError(f"{sentence[:1].upper()}{sentence[1:]}", field=name) from None
