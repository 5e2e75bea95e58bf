"""Days and instants that were worked out: read from the database beyond the published bank holidays, they are marked
provisional (see bot.domain.provisional), so that whatever shows them says so."""

from collections.abc import Callable
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Date, Dialect, TypeDecorator, event
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import SQLModel

from bot.domain.bank_holidays import published_until
from bot.domain.deadlines import parse_deadline
from bot.domain.provisional import ProvisionalDate, ProvisionalInstant
from bot.models._types import Instant

M = TypeVar("M", bound=type[SQLModel])


class WorkedOutDay(TypeDecorator[date]):
    """A day that was worked out from bank holidays."""

    impl = Date
    cache_ok = True

    def process_result_value(self, value: date | None, dialect: Dialect) -> date | None:
        return ProvisionalDate.of(value) if value is not None and value > published_until() else value


class WorkedOutInstant(Instant):
    """An instant that was worked out from bank holidays."""

    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        at = super().process_result_value(value, dialect)
        return ProvisionalInstant.of(at) if at is not None and at.date() > published_until() else at


def worked_out(column: str, when: Callable[[Any, date], bool]) -> Callable[[M], M]:
    """Marks the day in a column of a model where it was worked out: `when` is told the row and the day."""

    def mark(row: SQLModel, *_: object) -> None:
        day = row.__dict__.get(column)
        if day is not None and when(row, day):
            set_committed_value(row, column, ProvisionalDate.of(day))

    def decorate(model: M) -> M:
        for loaded in ("load", "refresh"):
            event.listen(model, loaded, mark)
        return model

    return decorate


def follows_provisionally(row: Any, day: date) -> bool:  # noqa: ANN401  # a row of any model with a rule
    """Whether a day follows from the rule of its row, and bank holidays that are not published count in it."""
    return bool(row.rule) and _deadline(row.rule).is_provisional(day, published_until())


_deadline = lru_cache(maxsize=4096)(parse_deadline)
