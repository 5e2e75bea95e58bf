"""Two people who change the same thing: the second is shown what the first did, and chooses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from bot.errors import UserError
from bot.models import AuditEntry, Person
from bot.services.work import Act

MOST = 5  # changes that are told


@dataclass(frozen=True)
class Change:
    """What somebody did to a record while a form about it was open, from the audit."""

    who: str
    at: datetime
    action: str
    changes: Mapping[str, Sequence[str]]
    why: str


class Crossed(UserError):
    """Somebody changed the record while the form was open; `last` is the entry up to which that is told."""

    def __init__(self, subject: str, found: Sequence[Change], last: int) -> None:
        super().__init__(f"{found[-1].who} changed {subject} while this form was open, so nothing was kept.")
        self.subject, self.found, self.last = subject, found, last


def last_entry(session: Session) -> int:
    """The number of the last entry in the audit: what a form carries from when it is opened."""
    return session.scalar(select(func.max(col(AuditEntry.id)))) or 0


def check(act: Act, subject: str, *actions: str) -> None:
    """Crossed if somebody did one of these actions to the subject after the form that is sent was opened.

    Ask it when the record is locked, and before this act is written down. Without a form nothing crosses.
    """
    if act.since is None:
        return
    rows = act.session.execute(
        select(AuditEntry, col(Person.name))
        .outerjoin(Person, col(Person.slack) == col(AuditEntry.actor))
        .where(col(AuditEntry.subject) == subject, col(AuditEntry.id) > act.since, col(AuditEntry.action).in_(actions))
        .order_by(col(AuditEntry.id))
    ).all()
    if rows:
        raise Crossed(subject, [_change(each, name) for each, name in rows[-MOST:]], rows[-1][0].id)


def _change(entry: AuditEntry, name: str | None) -> Change:
    """An entry as it is told; of a report that came first, its figures."""
    came = {code: ["nothing", figure] for code, figure in entry.details.get("figures", {}).items()}
    return Change(name or entry.actor, entry.at, entry.action, entry.changes or came, entry.why)
