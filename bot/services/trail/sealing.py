"""Sealing: the entries that are there are closed in segments of at most a thousand, each once.

A segment covers every id from the one after the segment before to its own last. So an id may be sealed only once nobody
can commit it, or a lower one, any more; whatever appears there later was not written by Liaison.

SQLite has one writer, so ids are committed in their order. PostgreSQL draws ids from a sequence, and a transaction that
drew one may commit long after others. An INSERT locks the table against changes of its shape (ROW EXCLUSIVE) before it
draws an id, and holds that until the end of its transaction. So every id up to the sequence's last belongs to a
transaction that has ended, or that holds the lock now: once those that hold it now have ended, all these ids are
settled. CREATE INDEX CONCURRENTLY waits in the same way. The xmin of a snapshot would not do: an id may be drawn before
its transaction has a number. Nor would an age: a transaction may stay open for longer.
"""

from typing import NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.dialects import postgresql
from sqlmodel import col

from bot.db import insert, table
from bot.domain.trail_digests import Sealed, Segment, SegmentDigest
from bot.models import TrailEntry, TrailSeal
from bot.services.trail.entries import StoredSeal, newest_seal
from bot.services.unit_of_work import UnitOfWork

AT_MOST = 1000
"""Entries in a segment. One that has fewer had all that there were."""

_entry, _seal = table(TrailEntry), table(TrailSeal)
_LAST_DRAWN = text("select coalesce(pg_sequence_last_value(pg_get_serial_sequence('trail_entry', 'id')::regclass), 0)")
_WRITERS = text(
    "select virtualtransaction from pg_locks where locktype = 'relation' and relation = 'trail_entry'::regclass "
    "and database = (select oid from pg_database where datname = current_database()) "
    "and mode = 'RowExclusiveLock' and granted and pid is distinct from pg_backend_pid()"
)


class Horizon(NamedTuple):
    """Ids up to `last_id` are settled once these transactions have ended."""

    last_id: int
    writers: frozenset[str]


def horizon(work: UnitOfWork) -> Horizon:
    """How far the trail can be sealed. The order matters: first the last id, then who may still commit it."""
    if _is_sqlite(work):
        return Horizon(work.session.scalar(select(func.max(_entry.c.id))) or 0, frozenset())
    return Horizon(work.session.scalars(_LAST_DRAWN).one(), writers(work))


def writers(work: UnitOfWork) -> frozenset[str]:
    """The open transactions that have written, or are about to write, an entry."""
    return frozenset() if _is_sqlite(work) else frozenset(work.session.scalars(_WRITERS))


def next_segment(work: UnitOfWork, last_id: int) -> StoredSeal | None:
    """The seal of the entries that come next, up to this id; None if there are none. It is not kept yet."""
    before = newest_seal(work.session)
    sealed = 0 if before is None else before.last_id
    columns = [_entry.c[name] for name in Sealed._fields]
    found = select(*columns).where(_entry.c.id > sealed, _entry.c.id <= last_id).order_by(_entry.c.id).limit(AT_MOST)
    rows = [Sealed._make(row) for row in work.session.execute(found)]
    if not rows:
        return None
    number, previous = (1, "") if before is None else (before.number + 1, before.digest)
    segment = Segment(number, previous, work.now, sealed + 1, rows[-1].id)
    digest = SegmentDigest(segment)
    entries = [(row.id, digest.add(row)) for row in rows]
    return StoredSeal(number, work.now, segment.first_id, segment.last_id, entries, previous, digest.value())


def keep(work: UnitOfWork, seal: StoredSeal) -> bool:
    """Keep a seal; False, and nothing kept, if another worker has sealed that segment meanwhile."""
    if _is_sqlite(work):  # where one worker writes at a time
        newest = newest_seal(work.session)
        if newest is not None and newest.number >= seal.number:
            return False
        insert(work.session, TrailSeal, **seal._asdict())
        return True
    kept = postgresql.insert(_seal).values(**seal._asdict()).on_conflict_do_nothing()
    return work.session.connection().execute(kept.returning(_seal.c.number)).first() is not None


def is_anything_unsealed(work: UnitOfWork) -> bool:
    """Whether there are entries after the last segment."""
    newest = newest_seal(work.session)
    later = select(col(TrailEntry.id)).where(_entry.c.id > (0 if newest is None else newest.last_id)).limit(1)
    return work.session.scalar(later) is not None


def _is_sqlite(work: UnitOfWork) -> bool:
    return work.session.get_bind().dialect.name == "sqlite"
