"""The declaration of a kind of record: its fields, each with its label, description, type and limits, and its key."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, Self, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic.fields import FieldInfo
from sqlmodel import SQLModel

from bot.domain.calendar import NationCalendar
from bot.domain.deadlines import Deadline, kept_deadline
from bot.domain.figures import RoundedPounds
from bot.domain.wording import format_date
from bot.errors import UserError
from bot.records.cells import NO, YES, written
from bot.records.readers import Reader

Key = tuple[Any, ...]


class Misfit(ValueError):
    """Two fields of a record contradict each other; `field` is the one to look at."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True)
class Refers:
    """Marks a field that names a record of another sheet."""

    sheet: str


@dataclass(frozen=True)
class Hint:
    """The words under a field in a form, or beside its box to tick; without words, the description of the field."""

    words: str = ""


class RecordField(NamedTuple):
    """A declared field: `label` is its name for people, `refers` the sheet whose records it names, if any."""

    name: str
    label: str
    needed: bool
    default: object
    description: str
    hint: str
    types: tuple[object, ...]
    reader: Reader
    refers: str | None

    @property
    def choices(self) -> list[str]:
        """The allowed words, if they are a closed set."""
        for each in self.types:
            if isinstance(each, type) and issubclass(each, StrEnum):
                return [choice.value for choice in each]
        return [YES, NO] if bool in self.types else []


class Record(BaseModel):
    """A record, as people enter it: a row of a file, or a form. It is valid by itself.

    `sheet` is the name of its sheet in files, `one` says what it is, and the `key_fields` identify it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sheet: ClassVar[str]
    one: ClassVar[str]
    key_fields: ClassVar[tuple[str, ...]]
    table: ClassVar[type[SQLModel]]
    """Where it is kept."""
    stored_as: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """The fields that are kept in a column of another name."""
    final: ClassVar[str] = ""
    """The sentence that refuses a change to one that `is_final`."""
    apart: ClassVar[tuple[str, ...]] = ()
    """The fields that another table keeps."""
    not_in_forms: ClassVar[tuple[str, ...]] = ()
    """The fields that only files have."""
    many: ClassVar[str | None] = None
    """What several are, where that is not `one` with an s."""
    in_order: ClassVar[tuple[tuple[str, str], ...]] = ()
    """Pairs of days of which the second cannot be before the first."""
    have_been: ClassVar[tuple[str, ...]] = ()
    """The days of what has happened: none of them is still to come."""
    repeats: ClassVar[bool] = False
    """Whether several may have one key: then they are told apart by their order."""

    @model_validator(mode="after")
    def _days_in_order(self) -> Self:
        for first, second in self.in_order:
            begun, ended = getattr(self, first), getattr(self, second)
            if begun is not None and ended is not None and ended < begun:
                labels = self.fields()[first].label, self.fields()[second].label
                raise Misfit(
                    second,
                    f"“{labels[1]}”, {format_date(ended)}, is before “{labels[0]}”, {format_date(begun)}. "
                    "Correct one of them.",
                )
        return self

    @property
    def identity(self) -> Key:
        """The key of this record among those of its kind."""
        return tuple([getattr(self, name) for name in self.key_fields])

    @property
    def known_as(self) -> str:
        """The name that people use for it: WP-NE, starts."""
        return ", ".join(str(written(part)) for part in self.identity)

    @classmethod
    @cache
    def words_of_key(cls) -> tuple[int, ...]:
        """The places in its key of what is in words, which are compared whatever the writing."""
        return tuple(place for place, name in enumerate(cls.key_fields) if cls.fields()[name].reader.words)

    @property
    def is_final(self) -> bool:
        """Whether a file changes nothing more of it."""
        return False

    @classmethod
    def partly(cls, cells: Mapping[str, object]) -> Self:
        """A record of only these fields, each valid by itself; of the needed ones some may be missing."""
        values: dict[str, Any] = {name: _read(cls.fields()[name], cell) for name, cell in cells.items()}
        return cls.model_construct(**values)

    @property
    def rounded(self) -> dict[str, str]:
        """What became of the pence of sums that were entered with them, by field."""
        values = ((name, getattr(self, name, None)) for name in type(self).fields())
        return {name: value.in_words for name, value in values if isinstance(value, RoundedPounds)}

    @classmethod
    @cache
    def fields(cls) -> dict[str, RecordField]:
        """The fields, in order. One that has no title is labelled with its name."""
        return {name: _field(name, info) for name, info in cls.model_fields.items()}

    @classmethod
    def form_fields(cls) -> list[RecordField]:
        """The fields of its form, in order."""
        return [field for name, field in cls.fields().items() if name not in cls.not_in_forms]

    @classmethod
    def column(cls, name: str) -> str:
        """The column in which a field is kept."""
        return cls.stored_as.get(name, name)

    @classmethod
    def value_in(cls, row: SQLModel, name: str) -> object:
        """The value of a field, as a row of its table has it."""
        kept = getattr(row, cls.column(name))
        return kept_deadline(kept, getattr(row, "rule", "")) if Deadline in cls.fields()[name].types else kept

    @classmethod
    def kept_in(cls, row: SQLModel) -> dict[str, object]:
        """The values of the fields of its form, as a row of its table has them."""
        return {field.name: cls.value_in(row, field.name) for field in cls.form_fields() if field.name not in cls.apart}

    def entered(self, calendar: NationCalendar) -> dict[str, object]:
        """The values of the fields of its form, by the columns of its table. Raises `UserError` for a rule that gives
        no day."""
        values: dict[str, object] = {}
        for field in self.form_fields():
            if field.name in self.apart:
                continue
            value, column = getattr(self, field.name), self.column(field.name)
            if Deadline in field.types:
                values |= {column: _day_of(field, value, calendar), "rule": value.kept_rule if value else ""}
            else:
                values[column] = value
        return values

    @classmethod
    @cache
    def references(cls) -> dict[str, str]:
        """The fields that name a record of another sheet, with that sheet."""
        return {name: field.refers for name, field in cls.fields().items() if field.refers}


def columns(**names: str) -> Mapping[str, str]:
    """The columns of fields that are kept under another name."""
    return MappingProxyType(names)


def problems(error: ValidationError) -> list[tuple[str, str]]:
    """What the declaration of a record finds wrong: each field, with a sentence, or "" for one that is missing."""
    return [(name, "" if cause is None else str(cause)) for name, cause in _causes(error)]


def faulty_cells(error: ValidationError) -> set[str]:
    """The fields that are wrong by themselves, or missing: not those that contradict each other."""
    return {name for name, cause in _causes(error) if not isinstance(cause, Misfit)}


def _causes(error: ValidationError) -> Iterator[tuple[str, ValueError | None]]:
    """Each field that is wrong, with what the declaration says of it, or None if it is missing."""
    for detail in error.errors(include_url=False):
        cause = detail.get("ctx", {}).get("error")
        yield cause.field if isinstance(cause, Misfit) else str(detail["loc"][0]), cause


def _field(name: str, info: FieldInfo) -> RecordField:
    marks = [*info.metadata, *types_of(info.annotation)]
    description, hint = info.description or "", next((each for each in marks if isinstance(each, Hint)), None)
    return RecordField(
        name,
        info.title or name.replace("_", " ").capitalize(),
        info.is_required(),
        info.default,
        description,
        (hint.words or description) if hint else "",
        tuple(types_of(info.annotation)),
        next(each for each in marks if isinstance(each, Reader)),
        next((each.sheet for each in marks if isinstance(each, Refers)), None),
    )


def _day_of(field: RecordField, deadline: Deadline | None, calendar: NationCalendar) -> date | None:
    try:
        return None if deadline is None else deadline.on(calendar)
    except UserError as error:
        raise UserError(error.sentence, field=field.name) from None


def _read(field: RecordField, cell: object) -> object:
    read: Callable[[object], object] = field.reader.func  # type: ignore[assignment]  # pydantic allows another shape too
    return read(cell)


def types_of(annotation: object) -> Iterator[object]:
    """A type and its component types."""
    yield annotation
    for part in get_args(annotation):
        yield from types_of(part)
