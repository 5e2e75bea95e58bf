"""Which due items are wanted: these records, those due on or between these days, or all that were ever due."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

from sqlalchemy import BindParameter, ColumnElement, SQLColumnExpression, and_, bindparam, extract, false, or_, true

from bot.domain.calendar import extended, months_before
from bot.scopes import ContractScope

Column = SQLColumnExpression[Any]

_ALL_ANNIVERSARIES = 366  # days, within which every day of a year comes
_MONTHS_DIFFER = timedelta(days=3)  # by this many days
_YEARS = range(1, 101)  # that a contract may have run
_ONE_DAY = timedelta(days=1)
_SUBJECT_IDS: BindParameter[Any] = bindparam("subject_ids", expanding=True)
_OWNER_ID: BindParameter[Any] = bindparam("owner_id")


class Selection(Protocol):
    """Selects dated records: by a condition on columns, and by a check of values.

    Equal selections have the same conditions, so that a statement with these is built once (`bot.scopes`); `values` are
    those of its parameters. Only the check knows which people or records are meant.

    `only_asked`: what somebody must be asked for is selected by the day from which it counts, which it has only once it
    was asked for (see bot.domain.asking).
    """

    @property
    def only_asked(self) -> bool: ...

    @property
    def values(self) -> Mapping[str, object]: ...

    def of(
        self,
        subject: Column,
        contract: Column,
        due_on: Column,
        shift: int = 0,
    ) -> ColumnElement[bool]:
        """The condition; the due day is `shift` days after the column's day."""

    def computed(self, subject: Column) -> ColumnElement[bool]:
        """The condition where the day is worked out later; `holds` then checks it exactly."""

    def anniversary(self, subject: Column, start: Column) -> ColumnElement[bool]:
        """The condition that an anniversary of the start may be selected; `holds` then checks it exactly."""

    def months_after(self, subject: Column, contract: Column, since: Column, months: int) -> ColumnElement[bool]:
        """The condition that the day so many months after the column's may be selected; `holds` then checks it."""

    def holds(self, subject: int, contract: int, due_on: date) -> bool:
        """Whether a record is selected."""

    def opened(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        """The condition on open records, given the one that a record is open."""

    def owned(self, owner: Column) -> ColumnElement[bool]:
        """The condition on the owner of a record that has one."""


class _OpenOnes:
    """Selects open records alone, of every owner."""

    @property
    def only_asked(self) -> bool:
        return False

    @property
    def values(self) -> Mapping[str, object]:
        return {}

    def computed(self, subject: Column) -> ColumnElement[bool]:
        return true()

    def opened(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        return condition

    def owned(self, owner: Column) -> ColumnElement[bool]:
        return true()


@dataclass(frozen=True)
class ByIds(_OpenOnes):
    """Selects the records with these ids."""

    subject_ids: Sequence[int] = field(compare=False)

    @property
    def values(self) -> Mapping[str, object]:
        return {"subject_ids": [*self.subject_ids]}

    def of(
        self,
        subject: Column,
        contract: Column,
        due_on: Column,
        shift: int = 0,
    ) -> ColumnElement[bool]:
        return subject.in_(_SUBJECT_IDS)

    def computed(self, subject: Column) -> ColumnElement[bool]:
        return subject.in_(_SUBJECT_IDS)

    def anniversary(self, subject: Column, start: Column) -> ColumnElement[bool]:
        return subject.in_(_SUBJECT_IDS)

    def months_after(self, subject: Column, contract: Column, since: Column, months: int) -> ColumnElement[bool]:
        return subject.in_(_SUBJECT_IDS)

    def holds(self, subject: int, contract: int, due_on: date) -> bool:  # the protocol's
        return subject in self.subject_ids


@dataclass(frozen=True)
class ByDueDates(_OpenOnes):
    """Selects the records due on days for which a rule sends a reminder: the usual rule's days, and those of contracts
    with their own rule."""

    usual: tuple[date, ...]
    own: tuple[tuple[tuple[int, ...], tuple[date, ...]], ...] = ()

    @property
    def only_asked(self) -> bool:
        return True

    def of(
        self,
        subject: Column,
        contract: Column,
        due_on: Column,
        shift: int = 0,
    ) -> ColumnElement[bool]:
        def on(days: Sequence[date]) -> ColumnElement[bool]:
            return due_on.in_([day - timedelta(days=shift) for day in days])

        others = [contract_id for ids, _ in self.own for contract_id in ids]
        apart = (and_(contract.in_(ids), on(days)) for ids, days in self.own)
        return or_(and_(contract.not_in(others), on(self.usual)), *apart) if others else on(self.usual)

    def anniversary(self, subject: Column, start: Column) -> ColumnElement[bool]:
        return start.in_(_starts_of(self._days))

    def months_after(self, subject: Column, contract: Column, since: Column, months: int) -> ColumnElement[bool]:
        return since.in_({day for due_on in self._days for day in _months_from(due_on, months)})

    @property
    def _days(self) -> set[date]:
        return {*self.usual, *(day for _, days in self.own for day in days)}

    def holds(self, subject: int, contract: int, due_on: date) -> bool:  # the protocol's
        days = next((days for ids, days in self.own if contract in ids), self.usual)
        return due_on in days


@dataclass(frozen=True)
class DueBetween(_OpenOnes):
    """Selects the records due from a day to another, both included; None for no limit."""

    first: date | None = None
    last: date | None = None

    def of(
        self,
        subject: Column,
        contract: Column,
        due_on: Column,
        shift: int = 0,
    ) -> ColumnElement[bool]:
        days = timedelta(days=shift)
        begins = () if self.first is None else (due_on >= self.first - days,)
        ends = () if self.last is None else (due_on <= self.last - days,)
        return and_(true(), *begins, *ends)

    def anniversary(self, subject: Column, start: Column) -> ColumnElement[bool]:
        if self.first is None or self.last is None or (self.last - self.first).days >= _ALL_ANNIVERSARIES:
            return true()
        span = range((self.last - self.first).days + 1)
        return _anniversary_on({self.first + timedelta(days=n) for n in span}, start)

    def months_after(self, subject: Column, contract: Column, since: Column, months: int) -> ColumnElement[bool]:
        begins = () if self.first is None else (since >= months_before(self.first, months) - _MONTHS_DIFFER,)
        ends = () if self.last is None else (since <= months_before(self.last, months) + _MONTHS_DIFFER,)
        return and_(true(), *begins, *ends)

    def holds(self, subject: int, contract: int, due_on: date) -> bool:  # the protocol's
        return (self.first is None or due_on >= self.first) and (self.last is None or due_on <= self.last)


@dataclass(frozen=True, kw_only=True)
class OwnedBy(DueBetween):
    """Selects the records of one person."""

    person_id: int = field(compare=False)

    @property
    def values(self) -> Mapping[str, object]:
        return {"owner_id": self.person_id}

    def owned(self, owner: Column) -> ColumnElement[bool]:
        return owner == _OWNER_ID


@dataclass(frozen=True)
class CountedBetween(DueBetween):
    """Selects the records whose days count from a day to another, for those that must be asked for."""

    @property
    def only_asked(self) -> bool:
        return True


@dataclass(frozen=True)
class EverDue(DueBetween):
    """Selects all records, those that are done too."""

    def opened(self, condition: ColumnElement[bool]) -> ColumnElement[bool]:
        return true()


def parameters(scope: ContractScope, which: Selection) -> dict[str, object]:
    """The values for a statement with the conditions of a scope and a selection."""
    return {**scope.values, **which.values}


def asked_for(
    which: Selection, subject: Column, contract: Column, due_on: Column, asked_on: Column
) -> ColumnElement[bool]:
    """The condition of a selection on records that somebody must be asked for."""
    due = which.of(subject, contract, due_on)
    if not which.only_asked:
        return due
    late = and_(asked_on > due_on, which.of(subject, contract, asked_on))
    return or_(and_(asked_on <= due_on, due), late)


def on_the_later(one: Column, other: Column, of: Callable[[Column], ColumnElement[bool]]) -> ColumnElement[bool]:
    """A condition on the later of two days of a record. Each may have an index of its own."""
    return or_(and_(one >= other, of(one)), and_(one < other, of(other)))


def _months_from(due_on: date, months: int) -> Iterator[date]:
    """The days of which this one comes so many months after."""
    near = range(-_MONTHS_DIFFER.days, _MONTHS_DIFFER.days + 1)
    days = (months_before(due_on, months) + timedelta(days=n) for n in near)
    return (day for day in days if extended(day, months) == due_on)


def _starts_of(anniversaries: Set[date]) -> Set[date]:
    """The days of which one of these may be an anniversary: an index finds them."""
    starts = {months_before(day, 12 * years) for day in anniversaries for years in _YEARS}
    return starts | {day + _ONE_DAY for day in starts if (day.month, day.day) == (2, 28)}  # that of 29 February


def _anniversary_on(days: set[date], start: Column) -> ColumnElement[bool]:
    dates = {(day.month, day.day) for day in days}
    dates |= {(2, 29)} if (2, 28) in dates else set()  # the anniversary of 29 February is the 28th
    month, number = extract("month", start), extract("day", start)
    return or_(false(), *(and_(month == each, number == on) for each, on in sorted(dates)))
