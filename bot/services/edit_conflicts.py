"""Edit conflicts: when two people change the same record, the second is shown the first's changes, and chooses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from bot.errors import UserError
from bot.models import EarlierAccount, Person, TrailEntry
from bot.services.unit_of_work import ActorContext
from bot.trail import is_actor, kept_subject

MOST = 5  # changes that are shown


@dataclass(frozen=True)
class OtherEdit:
    """A change that somebody made to a record while a form about it was open, from the audit trail."""

    who: str
    at: datetime
    action: str
    changes: Mapping[str, Sequence[str]]
    why: str


class EditConflict(UserError):
    """Somebody changed the record while the form was open; `last` is the id of the last audit entry that is shown."""

    subject: str
    found: Sequence[OtherEdit]
    last: int

    def __init__(self, subject: str, found: Sequence[OtherEdit], last: int) -> None:
        super().__init__(f"{found[-1].who} changed {subject} while this form was open, so nothing was kept.")
        self.subject, self.found, self.last = subject, found, last


def last_entry(session: Session) -> int:
    """The id of the last audit entry, which a form carries from when it opens."""
    return session.scalar(select(func.max(col(TrailEntry.id)))) or 0


def check(ctx: ActorContext, subject: str, *actions: str) -> None:
    """Refuse a form if somebody did one of these actions to its subject after it opened. Raises `EditConflict`.

    Call it with the record locked, before recording the actor's own change. Without a form it does nothing.
    """
    if ctx.since is None:
        return
    rows = ctx.session.execute(
        select(TrailEntry, col(Person.name))
        .outerjoin(EarlierAccount, col(EarlierAccount.slack) == col(TrailEntry.actor))
        .outerjoin(Person, is_actor())
        .where(
            col(TrailEntry.subject) == kept_subject(subject),
            col(TrailEntry.id) > ctx.since,
            col(TrailEntry.action).in_(actions),
        )
        .order_by(col(TrailEntry.id))
    ).all()
    if rows:
        raise EditConflict(subject, [_change(each, name) for each, name in rows[-MOST:]], rows[-1][0].id)


def _change(entry: TrailEntry, name: str | None) -> OtherEdit:
    """An audit entry for display; for the first receipt of a report, its figures."""
    came = {code: ["nothing", figure] for code, figure in entry.details.get("figures", {}).items()}
    return OtherEdit(name or entry.actor, entry.at, entry.action, entry.changes or came, entry.why)
