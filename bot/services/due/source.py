"""What a source of due items is: what is open, when it is due, who owes it, and what can be done about it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from sqlalchemy import Select
from sqlmodel import SQLModel

from bot.access import Permission
from bot.domain.asking import Asking
from bot.domain.calendar import NationCalendar
from bot.domain.due_kinds import DueKind
from bot.domain.escalation_triggers import Reason, Subject
from bot.domain.reminders import ReminderRule
from bot.domain.wording import format_date
from bot.models import Audience, Party
from bot.scopes import ContractScope
from bot.services.due.selection import Selection
from bot.services.unit_of_work import ActorContext, UnitOfWork

SOON = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueItem:
    """A record with its due day. `what` names it in a sentence, `label` in a list of many kinds.

    `reminded` is the side that is reminded of it, unless it has an owner (a person's id). `rule` is the rule that gives
    the day, "" where the day itself was agreed. `since` is the day from which it is awaited. `done_on` is None while it
    is open; `said_on` is the day on which somebody said that it is done, which the department is to confirm.
    `closed_by_another`: somebody other than its owner must close it. `is_movable`: its day can be
    another, where its source can move it. So many `escalate_days` after its day it is escalated, where its record says
    so. `asking` is there for what somebody else must be asked for.
    """

    kind: DueKind
    subject_id: int
    contract_id: int
    what: str
    due_on: date
    key: str = ""
    label: str = ""
    owed_by: Party = Party.DEPARTMENT
    reminded: Party = Party.DEPARTMENT
    owner_id: int | None = None
    audience: Audience = Audience.SHARED
    rule: str = ""
    since: date | None = None
    done_on: date | None = None
    said_on: date | None = None
    closed_by_another: bool = False
    is_movable: bool = True
    escalate_days: int = 1
    asking: Asking | None = None

    @property
    def counts_from(self) -> date | None:
        """The day from which reminders and escalations count; None while it was not asked for."""
        return self.asking.counts_from if self.asking else self.due_on

    @property
    def note(self) -> str:
        """What stands beside its due day: since when it is asked for, where that is not in time."""
        if self.said_on is not None:
            return f"said done on {format_date(self.said_on)}, not confirmed"
        return self.asking.note if self.asking else ""

    def is_late(self, today: date) -> bool:
        """Whether its day has passed, and nobody has done it or said so."""
        return self.is_to_settle and self.due_on < today

    @property
    def is_to_settle(self) -> bool:
        """Whether somebody still has to do it or to say that it is done."""
        return self.done_on is None and self.said_on is None

    @property
    def in_a_list(self) -> str:
        """Its name in a list of many kinds."""
        return self.label or self.what


class Find(Protocol):
    """Finds the selected items on the contracts of a scope. A constant number of queries, each of which it builds once
    for a condition and a selection."""

    def __call__(self, work: UnitOfWork, scope: ContractScope, which: Selection, /) -> Sequence[DueItem]: ...


Among = Select[int]
Complete = Callable[[ActorContext, int], None]  # marks the record with this id as done


Restate = Callable[[UnitOfWork, int, date, date], bool]


def restating(model: type[SQLModel], column: str, not_before: str = "") -> Restate:
    """Gives a record of this model the day of its rule, in this column, if it had the other day before; returns whether
    it did. The day is `not_before` that of another column."""

    def restate(work: UnitOfWork, subject_id: int, was: date, on: date) -> bool:
        row = work.session.get_one(model, subject_id, with_for_update=True)
        if getattr(row, column) != was or (not_before and on < getattr(row, not_before)):
            return False
        setattr(row, column, on)
        work.session.flush()
        return True

    return restate


@dataclass(frozen=True, slots=True)
class DueForm:
    """The form that settles an item: the action id of its button, whose value is the item's key, its words, and the
    permissions of which one lets somebody use it. `says_done`: it notes that the item is done, and asks for no more
    than when and how."""

    action: str
    words: str
    who: tuple[Permission, ...]
    audience: Audience = Audience.INTERNAL
    says_done: bool = False


@dataclass(frozen=True, slots=True)
class LateContract:
    """The facts of a contract that decide when a late item is escalated: `ended`, if its last day has passed."""

    tier: str
    calendar: NationCalendar
    ended: bool = False


@dataclass(frozen=True, slots=True)
class LateRule:
    """When an item is escalated: as which subject, for which reasons today, the most serious first.

    `ahead` is how long before its due day there may be a reason.
    """

    subject: Subject
    reasons: Callable[[DueItem, date, LateContract], list[Reason]]
    ahead: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSource:
    """Everything about one kind of due item.

    `among` is a query of the contracts that may have some of it, None where only `find` can tell. `rule` is the usual
    reminder rule. `ahead` is how long before the day lists name it. `is_personal`: it is the work
    of one person, so lists of many contracts leave it out for others; `has_owner`: each record names that person.
    `only_reminds`: people are reminded of it, and lists have it as another kind.
    `reminded` is the side that is reminded of every record, None if that depends on the record.
    `restate` gives a record another day by its rule, which stays, unless it has another day already.
    `is_term`: it belongs to what was agreed, and is listed among a contract's dates after it is done too. `form` is the
    form that settles it, `act` the button that does so at once. `complete`, `move` and `pass_on` say how it is done,
    moved to another day, and given to somebody else (a command to type), where that is possible without its form.
    """

    kind: DueKind
    find: Find
    among: Among | None = None
    rule: ReminderRule
    audience: Audience = Audience.SHARED
    ahead: timedelta = SOON
    is_personal: bool = False
    has_owner: bool = False
    only_reminds: bool = False
    reminded: Party | None = None
    is_term: bool = False
    form: DueForm | None = None
    act: DueForm | None = None
    complete: Complete | None = None
    move: Callable[[ActorContext, int, date], None] | None = None
    pass_on: Callable[[int], str] | None = None
    restate: Restate | None = None
    late: LateRule | None = None

    @property
    def buttons(self) -> Sequence[DueForm]:
        """What its button does, in a list: the first of these that the reader may use."""
        return [each for each in (self.act, self.form) if each]
