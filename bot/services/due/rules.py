"""The reminder rules of each contract, usual or its own, and the due days for which they send a reminder."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache

from sqlalchemy import select
from sqlmodel import col

from bot.domain.calendar import Nation, NationCalendar
from bot.domain.due_kinds import DueKind
from bot.domain.reminders import ReminderRule, days_to_remind_of
from bot.models import ReminderSetting
from bot.scopes import in_nations
from bot.services.due.open_items import sources_in_use
from bot.services.due.selection import ByDueDates
from bot.services.due.source import DueItem
from bot.services.due.sources import SOURCES
from bot.services.unit_of_work import UnitOfWork


def rule_of(setting: ReminderSetting) -> ReminderRule:
    """The rule in a setting."""
    return ReminderRule(_days(setting.before), setting.late_every, _days(setting.after))


def _days(kept: str) -> tuple[int, ...]:
    return tuple(int(part) for part in kept.split(",") if part)


def items_to_remind_of(work: UnitOfWork, nation: Nation, days: Sequence[date]) -> list[DueItem]:
    """The items in a nation's contracts of which the rules remind on these working days."""
    here = in_nations([nation])
    selections = _due_dates(work, work.calendar.of(nation), days)
    return [item for source in sources_in_use(work) for item in source.find(work, here, selections[source.kind])]


def rules_of(work: UnitOfWork) -> Callable[[DueKind, int], ReminderRule]:
    """The rule of each kind on each contract, usual or its own. One query."""
    usual = {source.kind: source.rule for source in SOURCES}
    own = {(each.kind, each.contract_id): rule_of(each) for each in work.session.scalars(select(ReminderSetting))}
    return lambda kind, contract_id: own.get((kind, contract_id), usual[kind])


def _due_dates(work: UnitOfWork, calendar: NationCalendar, days: Sequence[date]) -> Mapping[DueKind, ByDueDates]:
    """For each kind, a selector of the due days for which the rules send a reminder on these working days of a nation.
    One query."""
    own: dict[DueKind, dict[ReminderRule, list[int]]] = defaultdict(lambda: defaultdict(list))
    for setting in work.session.scalars(select(ReminderSetting).order_by(col(ReminderSetting.contract_id))):
        own[setting.kind][rule_of(setting)].append(setting.contract_id)

    @cache  # many kinds have the same rule
    def due_on(rule: ReminderRule) -> tuple[date, ...]:
        return tuple(sorted({day for today in days for day in days_to_remind_of(rule, today, calendar)}))

    def apart(kind: DueKind) -> Iterator[tuple[tuple[int, ...], tuple[date, ...]]]:
        return ((tuple(ids), due_on(rule)) for rule, ids in own[kind].items())

    return {source.kind: ByDueDates(due_on(source.rule), tuple(apart(source.kind))) for source in SOURCES}
