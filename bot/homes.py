"""Which App Home pages are stale: a page is redrawn once its changes have been quiet for a while.

Each change is a row of its own, so that many people who change the same page at once never wait for each other.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Insert,
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

QUIET = timedelta(seconds=2)  # a burst of changes redraws a page once
AT_MOST = timedelta(seconds=10)  # the longest delay, however many changes follow
LEASE = timedelta(seconds=30)
AT_ONCE = 3  # pages in a run, every two seconds: Slack takes about a hundred a minute

_pages, _changes, _people, _roles = (table(each) for each in (HomePage, HomeChange, Person, Role))


def _note(is_on_it: Callable[[ColumnElement[int]], ColumnElement[bool]]) -> Insert:
    """A change on the pages of whoever has a role on these contracts: deputies too, and administrators, who see every
    contract."""
    readers = union(
        select(_roles.c.person_id).where(is_on_it(_roles.c.contract_id)),
        select(_roles.c.deputy_id).where(is_on_it(_roles.c.contract_id), _roles.c.deputy_id.is_not(None)),
        select(_people.c.id).where(_people.c.administrator),
    )
    pages = select(_pages.c.person_id, bindparam("at", type_=Instant())).where(_pages.c.person_id.in_(readers))
    return insert(_changes).from_select(["person_id", "at"], pages)


_contracts: BindParameter[Any] = bindparam("contracts", expanding=True)
_contract: BindParameter[Any] = bindparam("contract")
_NOTE_ALL = _note(lambda contract_id: contract_id.in_(_contracts))
_NOTE_ONE = _note(lambda contract_id: contract_id == _contract)  # nearly every act, and it need not be written anew


@dataclass(frozen=True)
class StalePage:
    """A page to redraw: its person, the hash of its content, and the changes that the redraw covers."""

    person_id: int
    slack: str
    shown: str
    changes: Sequence[int]


def digest(view: View) -> str:
    """The hash of a page's content."""
    return hashlib.sha256(json.dumps(view, sort_keys=True).encode()).hexdigest()


def opened(session: Session, person_id: int, view: View) -> None:
    """Note the page as shown to a person now."""
    session.merge(HomePage(person_id=person_id, shown=digest(view)))


def mark_stale(session: Session, contract: int, at: datetime) -> None:
    """Note a change on a contract: it may show on the pages of everybody with a role on it."""
    session.connection().execute(_NOTE_ONE, {"contract": contract, "at": at})


def mark_all_stale(session: Session, contracts: Collection[int], at: datetime) -> None:
    """The same for several contracts."""
    if contracts:
        session.connection().execute(_NOTE_ALL, {"contracts": list(contracts), "at": at})


def mark_stale_for(session: Session, people: Collection[int] | None, at: datetime) -> None:
    """Note a change on the pages of these people; None for all pages."""
    pages = select(_pages.c.person_id, literal(at, Instant()))
    if people is not None:
        pages = pages.where(_pages.c.person_id.in_(people))
    session.connection().execute(insert(_changes).from_select(["person_id", "at"], pages))


def due(session: Session, now: datetime) -> list[StalePage]:
    """The stale pages that have been quiet long enough, longest stale first, up to `AT_ONCE`."""
    rows = session.connection().execute(_stale(now).limit(AT_ONCE)).all()
    changes = select(_changes.c.id, _changes.c.person_id).where(
        _changes.c.person_id.in_([row.person_id for row in rows])
    )
    of_person: dict[int, list[int]] = {row.person_id: [] for row in rows}
    for change, person_id in session.connection().execute(changes):
        of_person[person_id].append(change)
    return [StalePage(row.person_id, row.slack, row.shown, of_person[row.person_id]) for row in rows]


def claim(session: Session, now: datetime) -> list[StalePage]:
    """Lease the due pages, so that only one worker draws each."""

    def leased(page: StalePage) -> bool:
        lease = update(_pages).where(_pages.c.person_id == page.person_id, _free(now)).values(not_before=now + LEASE)
        return session.connection().execute(lease).rowcount == 1

    return [page for page in due(session, now) if leased(page)]


def settle(session: Session, page: StalePage, shown: str) -> None:
    """Note a page's new content and remove the changes that it covers."""
    session.connection().execute(delete(_changes).where(_changes.c.id.in_(page.changes)))
    _change(session, page, shown=shown, not_before=None)


def postpone(session: Session, page: StalePage, until: datetime) -> None:
    """Postpone the redraw of a page."""
    _change(session, page, not_before=until)


def forget(session: Session, page: StalePage) -> None:
    """Stop redrawing a page until it is opened again."""
    for each in (_changes, _pages):
        session.connection().execute(delete(each).where(each.c.person_id == page.person_id))


def next_due(session: Session) -> datetime | None:
    """The first instant at which a page is due; None if none is stale."""
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
    """Whether anybody has opened a page."""
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
