"""The lines of a reminder whose day may still change."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy.orm.attributes import set_committed_value

from bot.domain.due_kinds import DueKind
from bot.models import ReminderLine
from bot.services.due.open_items import still_open
from bot.services.unit_of_work import UnitOfWork


def mark_provisional(work: UnitOfWork, lines: Sequence[ReminderLine]) -> None:
    """Mark the days of these lines as those of their records are marked. A query for each kind, and none for days
    within the published bank holidays."""
    beyond: dict[DueKind, dict[int, ReminderLine]] = defaultdict(dict)
    for line in lines:
        if line.due_on > work.published_calendar.last:
            beyond[line.kind][line.subject_id] = line
    for kind, of_kind in beyond.items():
        for item in still_open(work, kind, [*of_kind]):
            if item.due_on == of_kind[item.subject_id].due_on:
                set_committed_value(of_kind[item.subject_id], "due_on", item.due_on)
