"""A trail with some segments, and what somebody does to it who may change everything in the database."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from bot import trail
from bot.db import insert
from bot.domain.trail_digests import Content, SegmentDigest, content_digest
from bot.models import TrailEntry, TrailSeal
from bot.services.trail import sealing
from bot.services.trail.entries import StoredEntry, StoredSeal, all_seals, content_of, entries_between
from bot.services.trail.verifying import Verification
from tests.builders import DAY, MONDAY, saved_contract, work

WEEK = 7 * DAY
SEALED = (*range(1, 11), *range(12, 17))  # in three segments of five
DRAWN, LOOSE, NEXT = 11, (17, 18), 19  # an id that nobody has, those of entries that are not sealed, and the next one
TRIGGERS = {
    "sqlite": [
        f"drop trigger trail_{of}_no_{verb}" for of in ("entry", "seal") for verb in ("update", "delete", "replace")
    ],
    "postgresql": [
        "drop trigger trail_entry_append_only on trail_entry",
        "drop trigger trail_entry_no_update on trail_entry",
        "drop trigger trail_seal_append_only on trail_seal",
    ],
}


def write(session: Session, count: int, at: datetime) -> list[int]:
    """Add entries; their ids."""
    changes = {"score": ["4", "9"]}
    return [
        trail.record(session, at, "U0AMIRA", "risk raised", f"R-{n}", contract_id=1, changes=changes, why="Seen", new=n)
        for n in range(count)
    ]


def put(session: Session, key: int, at: datetime) -> None:
    """Add an entry with an id of one's own choice; its digest proves what it says."""
    content = Content(at, "U0AMIRA", "risk closed", "R-1", 1, {}, {}, "Never happened")
    values = content._asdict() | {"salt": "5a" * 16, "digest": content_digest("5a" * 16, content)}
    insert(session, TrailEntry, id=key, **values)


def seal_all(session: Session, at: datetime) -> int:
    """Seal what there is, as the job does; how many entries."""
    doing, sealed = work(session, at), 0
    upto = sealing.horizon(doing).last_id
    while (seal := sealing.next_segment(doing, upto)) is not None:
        assert sealing.keep(doing, seal)
        sealed += len(seal.entries)
    return sealed


def fill(session: Session) -> None:
    """Three segments of five entries, a week apart, and two entries that are not sealed."""
    saved_contract(session)
    for number in range(2):
        write(session, 5, MONDAY + number * WEEK)
        seal_all(session, MONDAY + number * WEEK + timedelta(minutes=5))
    if session.get_bind().dialect.name == "sqlite":
        put(session, 12, MONDAY + 2 * WEEK)
    else:  # what was rolled back had drawn the number
        session.execute(text("select nextval(pg_get_serial_sequence('trail_entry', 'id'))"))
        write(session, 1, MONDAY + 2 * WEEK)
    write(session, 4, MONDAY + 2 * WEEK)
    seal_all(session, MONDAY + 2 * WEEK + timedelta(minutes=5))
    assert write(session, 2, MONDAY + 3 * WEEK) == [*LOOSE]


def named(session: Session, noted: Mapping[int, str] | None = None) -> list[str]:
    """What verification names: the fault, and the entry or segment."""
    return [f"{found.fault} {found.what}" for found in Verification(session, noted or {}).discrepancies()]


def drop_triggers(session: Session) -> None:
    """What only the owner of the tables can do."""
    for statement in TRIGGERS[session.get_bind().dialect.name]:
        session.execute(text(statement))


def run(session: Session, *statements: str, **values: Any) -> None:  # noqa: ANN401  # whatever a column holds
    """Carry statements out."""
    for statement in statements:
        session.execute(text(statement), values)


def entry(session: Session, key: int) -> StoredEntry:
    """One entry."""
    [found] = entries_between(session, key, key)
    assert isinstance(found, StoredEntry)
    return found


def seals(session: Session) -> dict[int, StoredSeal]:
    """Every seal by its number."""
    return {each.number: each for each in all_seals(session) if isinstance(each, StoredSeal)}


def prove_again(session: Session, key: int) -> None:
    """Give an entry the digest of what it says now."""
    of = entry(session, key)
    run(
        session,
        f"update trail_entry set digest = :digest where id = {key}",
        digest=content_digest(of.salt, content_of(of)),
    )


def seal_again(session: Session, *numbers: int) -> None:
    """Make seals anew, so that they fit what is there."""
    for number in numbers:
        kept = seals(session)
        segment = kept[number].segment._replace(previous=kept[number - 1].digest if number > 1 else "")
        digest = SegmentDigest(segment)
        inside = entries_between(session, segment.first_id, segment.last_id)
        marks = [(each.id, digest.add(each.sealed)) for each in inside if isinstance(each, StoredEntry)]
        run(session, f"delete from trail_seal where number = {number}")
        anew = kept[number]._replace(previous=segment.previous, entries=marks, digest=digest.value())
        insert(session, TrailSeal, **anew._asdict())
