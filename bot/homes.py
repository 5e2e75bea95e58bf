"""Which App Home pages are stale: they are drawn anew once what changed them has been quiet for a while.

A change is a row of its own, so that many who change the same page at once never wait for each other.
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    union,
    update,
)
from sqlmodel import Session, col

from bot.db import table
from bot.delivery.messages import View
from bot.models import HomeChange, HomePage, Person, Role
from bot.models._types import Instant

QUIET = timedelta(seconds=2)  # a burst of changes is one
AT_MOST = timedelta(seconds=10)  # whatever goes on, a page is no older
LEASE = timedelta(seconds=30)
AT_ONCE = 3  # pages in a run, every two seconds: Slack takes about a hundred a minute

_pages, _changes, _people, _roles = (table(each) for each in (HomePage, HomeChange, Person, Role))
_on_it: BindParameter[Any] = bindparam("contracts", expanding=True)
# Deputies as well, and administrators, who see every contract.
_readers = union(
    select(_roles.c.person_id).where(_roles.c.contract_id.in_(_on_it)),
    select(_roles.c.deputy_id).where(_roles.c.contract_id.in_(_on_it), _roles.c.deputy_id.is_not(None)),
    select(_people.c.id).where(_people.c.administrator),
)
_NOTE = insert(_changes).from_select(
    ["person_id", "at"],
    select(_pages.c.person_id, bindparam("at", type_=Instant())).where(_pages.c.person_id.in_(_readers)),
)


@dataclass(frozen=True)
class StalePage:
    """A page to be drawn anew: whose, what it shows, and the changes that are done with when it is."""

    person_id: int
    slack: str
    shown: str
    changes: Sequence[int]


def digest(view: View) -> str:
    """What tells two pages apart."""
    return hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()


def opened(session: Session, person_id: int, view: View) -> None:
    """Note that a person's page is shown to them as it is here."""
    session.merge(HomePage(person_id=person_id, shown=digest(view)))


def note(session: Session, contracts: Collection[int], at: datetime) -> None:
    """Note that something changed on these contracts: the pages of all who have a role on them may show it."""
    if contracts:
        session.connection().execute(_NOTE, {"contracts": list(contracts), "at": at})


def note_for(session: Session, people: Collection[int] | None, at: datetime) -> None:
    """The same for the pages of these people; None for every page there is."""
    pages = select(_pages.c.person_id, literal(at, Instant()))
    if people is not None:
        pages = pages.where(_pages.c.person_id.in_(people))
    session.connection().execute(insert(_changes).from_select(["person_id", "at"], pages))


def due(session: Session, now: datetime) -> list[StalePage]:
    """The stale pages that have been quiet for long enough, the first stale first; as many as one run draws."""
    rows = session.connection().execute(_stale(now).limit(AT_ONCE)).all()
    changes = select(_changes.c.id, _changes.c.person_id).where(
        _changes.c.person_id.in_([row.person_id for row in rows])
    )
    of_person: dict[int, list[int]] = {row.person_id: [] for row in rows}
    for change, person_id in session.connection().execute(changes):
        of_person[person_id].append(change)
    return [StalePage(row.person_id, row.slack, row.shown, of_person[row.person_id]) for row in rows]


def claim(session: Session, now: datetime) -> list[StalePage]:
    """Lease the pages that are due, so that one worker alone draws each."""

    def leased(page: StalePage) -> bool:
        lease = update(_pages).where(_pages.c.person_id == page.person_id, _free(now)).values(not_before=now + LEASE)
        return session.connection().execute(lease).rowcount == 1

    return [page for page in due(session, now) if leased(page)]


def settle(session: Session, page: StalePage, shown: str) -> None:
    """Note what a page shows now: the changes up to then are done with."""
    session.connection().execute(delete(_changes).where(_changes.c.id.in_(page.changes)))
    _change(session, page, shown=shown, not_before=None)


def put_off(session: Session, page: StalePage, until: datetime) -> None:
    """Draw a page later."""
    _change(session, page, not_before=until)


def forget(session: Session, page: StalePage) -> None:
    """Draw a page no more, until it is opened again."""
    for each in (_changes, _pages):
        session.connection().execute(delete(each).where(each.c.person_id == page.person_id))


def next_due(session: Session) -> datetime | None:
    """The first instant at which a page is due; None where none is stale."""
    first, latest = func.min(_changes.c.at), func.max(_changes.c.at)
    by_page = (
        select(first, latest, _pages.c.not_before)
        .join_from(_changes, _pages, _pages.c.person_id == _changes.c.person_id)
        .group_by(_pages.c.person_id, _pages.c.not_before)
    )
    rows = session.connection().execute(by_page).all()
    instants = ((min(since + AT_MOST, last + QUIET), not_before) for since, last, not_before in rows)
    return min((max(at, not_before or at) for at, not_before in instants), default=None)


def any_opened(session: Session) -> bool:
    """Whether anybody has opened a page yet."""
    return session.scalar(select(col(HomePage.person_id)).limit(1)) is not None


def _change(session: Session, page: StalePage, **values: object) -> None:
    session.connection().execute(update(_pages).where(_pages.c.person_id == page.person_id).values(**values))


def _stale(now: datetime) -> Select[Any]:
    first, latest = func.min(_changes.c.at), func.max(_changes.c.at)
    return (
        select(_pages.c.person_id, _pages.c.shown, _people.c.slack)
        .join_from(_changes, _pages, _pages.c.person_id == _changes.c.person_id)
        .join(_people, _people.c.id == _pages.c.person_id)
        .where(_free(now))
        .group_by(_pages.c.person_id, _pages.c.shown, _people.c.slack)
        .having(or_(latest <= now - QUIET, first <= now - AT_MOST))
        .order_by(first, _pages.c.person_id)
    )


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(_pages.c.not_before.is_(None), _pages.c.not_before <= now)
