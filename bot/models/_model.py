"""What every table derives from: a SQLModel whose records are made quickly."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import cast

from pydantic.fields import FieldInfo
from sqlmodel import SQLModel


class Model(SQLModel):
    """A table, whose records are made of the columns that are given and the defaults of the others.

    SQLModel would ask for the signature of each default factory, copy each default, and set each column twice: it took
    a third of a millisecond for a record with two lists. It would also pass over a name that is no column's, for which
    this raises `TypeError`.
    """

    def __init__(self, **values: object) -> None:
        if unknown := values.keys() - type(self).model_fields.keys():
            raise TypeError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")
        defaults = {name: make() for name, make in _defaults(type(self)).items() if name not in values}
        # As a new record, it has no history of changes that the ORM would have to be told of.
        self.__dict__.update(defaults, **values)


@cache
def _defaults(model: type[SQLModel]) -> Mapping[str, Callable[[], object]]:
    """What makes the default of each column that has one. Defaults are plain values, which nobody changes."""
    fields = {name: field for name, field in model.model_fields.items() if not field.is_required()}
    return {name: _default(field) for name, field in fields.items()}


def _default(field: FieldInfo) -> Callable[[], object]:
    if field.default_factory is not None:
        return cast("Callable[[], object]", field.default_factory)  # ours take no values
    return lambda: field.default
