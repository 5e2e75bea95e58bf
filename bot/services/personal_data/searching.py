"""Looking for a person in every table: the rows that are about them, and the texts that name them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, select
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.orm import Mapper
from sqlalchemy.types import JSON, String
from sqlmodel import AutoString, Session, SQLModel

from bot.db import table
from bot.models import Person, is_derived
from bot.services.personal_data.data_subject import DataSubject

AT_ONCE = 500  # rows in memory


@dataclass(frozen=True)
class Holding:
    """A row that is about a person in some columns, or has texts that name them in others."""

    model: type[SQLModel]
    key: tuple[Any, ...]
    about: tuple[str, ...]
    named_in: tuple[str, ...]

    @property
    def table(self) -> str:
        """The name of the table."""
        return str(self.model.__tablename__)


def holdings(session: Session, subject: DataSubject) -> Iterator[tuple[Holding, SQLModel]]:
    """Each row of any table that is about the person or names them, and the row itself. Reads some rows at a time."""
    for mapper in sorted(tables(), key=lambda each: str(each.class_.__tablename__)):
        columns = table(mapper.class_).columns.values()
        about, texts = [each for each in columns if _is_of_a_person(each)], [each for each in columns if _is_text(each)]
        if not about and not texts:
            continue
        key = [each.name for each in mapper.primary_key]
        for row in session.scalars(select(mapper.class_).execution_options(yield_per=AT_ONCE)):
            mine = tuple(each.name for each in about if getattr(row, each.name) == subject.id)
            named = tuple(each.name for each in texts if _names(subject, getattr(row, each.name)))
            if mine or named:
                yield Holding(mapper.class_, tuple(getattr(row, each) for each in key), mine, named), row
            session.expunge(row)


def tables() -> list[Mapper[Any]]:
    """Every table, by its class."""
    return list(SQLModel._sa_registry.mappers)


def _is_of_a_person(column: Column[Any]) -> bool:
    is_own_number = column.table is Person.metadata.tables["person"] and column.name == "id"
    return is_own_number or any(each.target_fullname == "person.id" for each in column.foreign_keys)


def _is_text(column: Column[Any]) -> bool:
    is_text = isinstance(column.type, AutoString | String | JSON) and not isinstance(column.type, SqlEnum)
    return is_text and not is_derived(column)


def _names(subject: DataSubject, value: object) -> bool:
    """Whether a text, or one in a structure of lists and maps, names the person."""
    match value:
        case str():
            return subject.is_named_in(value)
        case dict():
            return any(_names(subject, each) for pair in value.items() for each in pair)
        case list() | tuple():
            return any(_names(subject, each) for each in value)
        case _:
            return False
