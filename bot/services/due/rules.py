"""The reminder rules of each contract, usual or its own, and the due days for which they send a reminder."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, extract, false, or_, select
from sqlmodel import col

from bot.domain.calendar import NationCalendar
from bot.domain.reminders import RULES, ReminderKind, ReminderRule, days_to_remind_of
from bot.models import ReminderSetting
from bot.services.unit_of_work import UnitOfWork


class Selector(Protocol):
    """Selects dated records: by a condition on columns, and by a check of values."""

    def of(self, subject: Any, contract: Any, due_on: Any, shift: int = 0) -> ColumnElement[bool]:  # noqa: ANN401  # columns
        """The condition; the due day is `shift` days after the column's day."""

    def anniversary(self, subject: Any, start: Any) -> ColumnElement[bool]:  # noqa: ANN401  # columns
        """The condition that an anniversary of the start may be selected; `holds` then checks it exactly."""

    def holds(self, subject: int, contract: int, due_on: date) -> bool:
        """Whether a record is selected."""


@dataclass(frozen=True)
class ByIds:
    """Selects the records with these ids."""

    subject_ids: Sequence[int]

    def of(self, subject: Any, contract: Any, due_on: Any, shift: int = 0) -> ColumnElement[bool]:  # noqa: ANN401
        return col(subject).in_(self.subject_ids)

    def anniversary(self, subject: Any, start: Any) -> ColumnElement[bool]:  # noqa: ANN401
        return col(subject).in_(self.subject_ids)

    def holds(self, subject: int, contract: int, due_on: date) -> bool:  # the protocol's
        return subject in self.subject_ids


@dataclass(frozen=True)
class ByDueDates:
    """Selects the records due on days for which a rule sends a reminder: the usual rule's days, and those of contracts
    with their own rule."""

    usual: Sequence[date]
    own: Sequence[tuple[Sequence[int], Sequence[date]]]

    def of(self, subject: Any, contract: Any, due_on: Any, shift: int = 0) -> ColumnElement[bool]:  # noqa: ANN401
        def on(days: Sequence[date]) -> ColumnElement[bool]:
            return col(due_on).in_([day - timedelta(days=shift) for day in days])

        others = [contract_id for ids, _ in self.own for contract_id in ids]
        apart = (and_(col(contract).in_(ids), on(days)) for ids, days in self.own)
        return or_(and_(col(contract).not_in(others), on(self.usual)), *apart) if others else on(self.usual)

    def anniversary(self, subject: Any, start: Any) -> ColumnElement[bool]:  # noqa: ANN401
        days = {*self.usual, *(day for _, days in self.own for day in days)}
        dates = {(day.month, day.day) for day in days}
        dates |= {(2, 29)} if (2, 28) in dates else set()  # the anniversary of 29 February is the 28th
        month, number = extract("month", col(start)), extract("day", col(start))
        return or_(false(), *(and_(month == each, number == on) for each, on in sorted(dates)))

    def holds(self, subject: int, contract: int, due_on: date) -> bool:  # the protocol's
        days = next((days for ids, days in self.own if contract in ids), self.usual)
        return due_on in days


def rule_of(setting: ReminderSetting) -> ReminderRule:
    """The rule in a setting."""
    return ReminderRule(tuple(int(part) for part in setting.before.split(",") if part), setting.late_every)


def due_dates_of(work: UnitOfWork, calendar: NationCalendar, days: Sequence[date]) -> Mapping[ReminderKind, ByDueDates]:
    """For each kind, a selector of the due days for which the rules send a reminder on these working days of a nation.
    One query. Raises `CalendarEnds`."""
    own: dict[ReminderKind, dict[ReminderRule, list[int]]] = defaultdict(lambda: defaultdict(list))
    for setting in work.session.scalars(select(ReminderSetting).order_by(col(ReminderSetting.contract_id))):
        own[setting.kind][rule_of(setting)].append(setting.contract_id)

    def due_on(rule: ReminderRule) -> Sequence[date]:
        return sorted({day for today in days for day in days_to_remind_of(rule, today, calendar)})

    return {
        kind: ByDueDates(due_on(usual), [(ids, due_on(rule)) for rule, ids in own[kind].items()])
        for kind, usual in RULES.items()
    }
