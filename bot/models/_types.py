"""Column types that mean the same on SQLite and on PostgreSQL."""

import secrets
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Enum, Integer
from sqlalchemy.types import JSON, TypeDecorator
from sqlmodel import Field

FIGURE_PLACES = 4
_SCALE = 10**FIGURE_PLACES
_PUBLIC_ID_BYTES = 12  # 16 letters, too many to guess

# A 64-bit key on PostgreSQL; on SQLite, the only type name that makes the column the rowid.
Key = BigInteger().with_variant(Integer(), "sqlite")
Json = JSON


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC. SQLite has no time zones, so there it is stored without one and read as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must be aware")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Figure(TypeDecorator[Decimal]):
    """An exact figure of up to four decimal places, stored as a whole number of ten-thousandths."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = value * _SCALE
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than {FIGURE_PLACES} decimal places")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / _SCALE


def choice(values: type[StrEnum], name: str = "") -> Enum:
    """A closed set of words, enforced by a CHECK constraint; the words themselves are stored.

    `name` is the constraint's name, if a table has two columns with the same set.
    """
    return Enum(
        values,
        values_callable=_words,
        native_enum=False,
        create_constraint=True,
        name=name or values.__name__.lower(),
        length=40,
    )


def part_of_program(parts: type[StrEnum]) -> Enum:
    """The name of a part of the program. No constraint lists the names, so that a new part needs no migration; one that
    is taken out needs a migration that deletes its rows."""
    return Enum(parts, values_callable=_words, native_enum=False, validate_strings=True, length=40)


def _words(values: type[StrEnum]) -> list[str]:
    return [member.value for member in values]


def public_id() -> Any:  # noqa: ANN401  # the return type of SQLModel's own Field
    """The id of a record in buttons and forms: random, so that nobody can guess another record's.

    Every way of inserting a row fills it: a model made in Python, insert() and insert_all().
    """
    return Field(default_factory=new_public_id, index=True, unique=True, max_length=16)


def new_public_id() -> str:
    """A random public id, of letters that are safe in a URL."""
    return secrets.token_urlsafe(_PUBLIC_ID_BYTES)
