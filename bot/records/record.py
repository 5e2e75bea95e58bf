"""The declaration of a kind of record: its fields, each with its label, description, type and limits, and its key."""

from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict

from bot.records.readers import NO, YES, Refers, written

Key = tuple[Any, ...]


class Misfit(ValueError):
    """Two fields of a record contradict each other; `field` is the one to look at."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class RecordField(NamedTuple):
    """A declared field: `label` is its name for people, and `refers` the sheet whose records it names, if any."""

    name: str
    label: str
    needed: bool
    description: str
    types: tuple[object, ...]
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
    many: ClassVar[str | None] = None
    """What several are, where that is not `one` with an s."""
    repeats: ClassVar[bool] = False
    """Whether several may have one key: then they are told apart by their order."""

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
    def fields(cls) -> dict[str, RecordField]:
        """The fields, in order. One that has no title is labelled with its name."""
        return {
            name: RecordField(
                name,
                field.title or name.replace("_", " ").capitalize(),
                field.is_required(),
                field.description or "",
                tuple(_parts(field.annotation)),
                next((m.sheet for m in [*field.metadata, *_parts(field.annotation)] if isinstance(m, Refers)), None),
            )
            for name, field in cls.model_fields.items()
        }

    @classmethod
    @cache
    def references(cls) -> dict[str, str]:
        """The fields that name a record of another sheet, with that sheet."""
        return {name: field.refers for name, field in cls.fields().items() if field.refers}


def _parts(annotation: object) -> Iterator[object]:
    """A type and its component types."""
    yield annotation
    for part in get_args(annotation):
        yield from _parts(part)
