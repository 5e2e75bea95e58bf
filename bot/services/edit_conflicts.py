"""Two people who change the same thing: the second is shown what the first did, and chooses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from bot.errors import UserError
from bot.models import Person, TrailEntry
from bot.services.unit_of_work import ActorContext

MOST = 5  # changes that are told


@dataclass(frozen=True)
class OtherEdit:
    """What somebody did to a record while a form about it was open, from the audit."""

    who: str
    at: datetime
    action: str
    changes: Mapping[str, Sequence[str]]
    why: str


class EditConflict(UserError):
    """Somebody changed the record while the form was open; `last` is the entry up to which that is told."""

    def __init__(self, subject: str, found: Sequence[OtherEdit], last: int) -> None:
        super().__init__(f"{found[-1].who} changed {subject} while this form was open, so nothing was kept.")
        self.subject, self.found, self.last = subject, found, last


def last_entry(session: Session) -> int:
    """The number of the last entry in the audit: what a form carries from when it is opened."""
    return session.scalar(select(func.max(col(TrailEntry.id)))) or 0


def check(ctx: ActorContext, subject: str, *actions: str) -> None:
    """EditConflict if somebody did one of these actions to the subject after the form that is sent was opened.

    Ask it when the record is locked, and before this act is written down. Without a form nothing crosses.
    """
    if ctx.since is None:
        return
    rows = ctx.session.execute(
        select(TrailEntry, col(Person.name))
        .outerjoin(Person, col(Person.slack) == col(TrailEntry.actor))
        .where(col(TrailEntry.subject) == subject, col(TrailEntry.id) > ctx.since, col(TrailEntry.action).in_(actions))
        .order_by(col(TrailEntry.id))
    ).all()
    if rows:
        raise EditConflict(subject, [_change(each, name) for each, name in rows[-MOST:]], rows[-1][0].id)


def _change(entry: TrailEntry, name: str | None) -> OtherEdit:
    """An entry as it is told; of a report that came first, its figures."""
    came = {code: ["nothing", figure] for code, figure in entry.details.get("figures", {}).items()}
    return OtherEdit(name or entry.actor, entry.at, entry.action, entry.changes or came, entry.why)
