"""What a reminder shows: the lines of its day, and in the latest one what is still open of the days before."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select, tuple_
from sqlmodel import col

from bot.domain.due_kinds import DueKind
from bot.models import Contract, LineState, MoreTime, Person, Reminder, ReminderLine
from bot.services.due.agreed_time import earlier_days
from bot.services.reminders.provisional_lines import mark_provisional
from bot.services.unit_of_work import UnitOfWork

MOST_SHOWN = 10  # lines in one message: the rest is counted
SHOWN_FOR = timedelta(days=14)

Subject = tuple[DueKind, int]


@dataclass(frozen=True)
class ReminderView:
    """A line for display, with its working days left (negative if late) and the name of a person it is really meant
    for.

    `due_before` is the day before more time was agreed; `request` is the request for more time that answered it, and
    `decider` who decides on it.
    """

    line: ReminderLine
    contract: str
    days_left: int
    meant_for: str | None
    due_before: date | None = None
    request: MoreTime | None = None
    decider: str = ""


@dataclass(frozen=True)
class ReminderPage:
    """A person's reminder of one day: all its lines, and those that are shown, open ones first, the most urgent first.
    `undecided` is the number of lines whose request for more time is not decided."""

    day: date
    lines: Sequence[ReminderLine]
    shown: Sequence[ReminderView]
    undecided: int = 0
    later: date | None = None  # the day of the person's latest message, if this is an earlier one

    @property
    def open(self) -> int:
        """The number of open lines."""
        return sum(line.state is LineState.OPEN for line in self.lines)

    @property
    def all_done(self) -> bool:
        """Whether every line is done, rather than snoozed or passed on."""
        return all(line.state is LineState.DONE for line in self.lines)

    @property
    def more(self) -> int:
        """The number of lines that are not shown."""
        return len(self.lines) - len(self.shown)


def page_of(work: UnitOfWork, reminder: Reminder) -> ReminderPage:
    """A person's reminder of one day, for display. A constant number of queries; of lines that are not shown only the
    lines are read."""
    later = _later(work, reminder)
    lines = [*_own(work, reminder), *([] if later else earlier_lines(work, reminder))]
    lines.sort(key=lambda line: (line.state is not LineState.OPEN, line.due_on, line.id))
    shown = lines[:MOST_SHOWN]
    mark_provisional(work, shown)
    requests = _requests(work, reminder.person_id, [line for line in lines if line.state is LineState.MORE_TIME])
    undecided = sum(request.agreed is None for request in requests.values())
    return ReminderPage(reminder.day, lines, _views(work, reminder, shown, requests), undecided, later)


def _views(
    work: UnitOfWork, reminder: Reminder, lines: Sequence[ReminderLine], requests: Mapping[Subject, MoreTime]
) -> Sequence[ReminderView]:
    contracts = _contracts(work, {line.contract_id for line in lines})
    names = _names(work, {line.meant_for_id for line in lines} | {each.to_decide_id for each in requests.values()})
    before = earlier_days(work, [(line.kind, line.subject_id, line.due_on) for line in lines])
    views = []
    for line in lines:
        contract, subject = contracts[line.contract_id], (line.kind, line.subject_id)
        request = requests.get(subject) if line.state is LineState.MORE_TIME else None
        views.append(
            ReminderView(
                line,
                contract.reference,
                work.calendar.of(contract.nation).working_days_between(reminder.day, line.asked_on or line.due_on),
                names[line.meant_for_id] if line.meant_for_id != reminder.person_id else None,
                before.get(subject),
                request,
                names[request.to_decide_id] if request else "",
            )
        )
    return views


def earlier_lines(work: UnitOfWork, reminder: Reminder) -> Sequence[ReminderLine]:
    """What is still open of a person's reminders of the days before, and not in this one, the latest. The last line
    about a thing says whether it is open. One query."""
    of_person = col(Reminder.person_id) == reminder.person_id
    rows = work.session.scalars(
        select(ReminderLine)
        .join(Reminder, col(Reminder.id) == col(ReminderLine.reminder_id))
        .where(of_person, col(Reminder.day) > reminder.day - SHOWN_FOR)
        .order_by(col(Reminder.day), col(ReminderLine.id))
    )
    last = {(line.kind, line.subject_id): line for line in rows}
    return [line for line in last.values() if line.state is LineState.OPEN and line.reminder_id != reminder.id]


def _later(work: UnitOfWork, reminder: Reminder) -> date | None:
    """The day of the person's latest reminder, if it is later than this one."""
    of_person = col(Reminder.person_id) == reminder.person_id
    return work.session.scalar(select(func.max(col(Reminder.day))).where(of_person, col(Reminder.day) > reminder.day))


def _own(work: UnitOfWork, reminder: Reminder) -> Sequence[ReminderLine]:
    return work.session.scalars(select(ReminderLine).where(col(ReminderLine.reminder_id) == reminder.id)).all()


def _contracts(work: UnitOfWork, ids: Collection[int]) -> Mapping[int, Contract]:
    return {each.id: each for each in work.session.scalars(select(Contract).where(col(Contract.id).in_(ids)))}


def _requests(work: UnitOfWork, person_id: int, lines: Sequence[ReminderLine]) -> Mapping[Subject, MoreTime]:
    """The last request of a person for more time for each of these lines."""
    if not lines:
        return {}
    subjects = [(line.kind, line.subject_id) for line in lines]
    of_these = tuple_(col(MoreTime.kind), col(MoreTime.subject_id)).in_(subjects)
    asked = select(MoreTime).where(col(MoreTime.asked_by_id) == person_id, of_these).order_by(col(MoreTime.id))
    return {(each.kind, each.subject_id): each for each in work.session.scalars(asked)}


def _names(work: UnitOfWork, people: Collection[int]) -> Mapping[int, str]:
    return dict(work.session.execute(select(col(Person.id), col(Person.name)).where(col(Person.id).in_(people))).all())
