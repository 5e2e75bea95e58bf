"""Workers at the same instant never take the same message, and never fire the same occurrence."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from threading import Barrier

import pytest
from sqlmodel import Session

from bot.db import Database
from bot.delivery import outbox, outbox_queue
from bot.models import Occurrence, OutboxMessage, OutboxState
from bot.services import occurrences
from tests.builders import MONDAY, draft, leased, rows, work
from tests.integration.together import at_once

WORKERS, CHANNELS, EACH = 4, 12, 4


class Failed(Exception):
    """What happens to a claimer."""


def test_two_workers_never_claim_the_same_message(blank_url: str, blank: Database) -> None:
    with blank.writing() as session:
        for number in range(CHANNELS * 3):
            outbox.enqueue(session, draft(f"k{number}", f"C{number}"), MONDAY)

    def worker(database: Database, barrier: Barrier) -> list[str]:
        taken: list[str] = []
        barrier.wait()
        while True:
            with database.writing() as session:
                claimed = [row.key for row in leased(session, MONDAY, at_most=2)]
            taken += claimed
            if not claimed:
                return taken

    taken = at_once(blank_url, WORKERS, worker)
    everything = [key for each in taken for key in each]
    assert len(everything) == len(set(everything))
    # A worker that finds all others' rows locked stops early; whatever it left, another took.
    assert set(everything) == {f"k{number}" for number in range(CHANNELS * 3)}


def test_workers_that_claim_and_send_together_keep_the_order_of_every_channel(blank_url: str, blank: Database) -> None:
    with blank.writing() as session:
        for number in range(CHANNELS * EACH):
            outbox.enqueue(session, draft(f"k{number}", f"C{number % CHANNELS}"), MONDAY)
            session.flush()

    def worker(database: Database, barrier: Barrier) -> None:
        for tick in range(EACH):
            now = MONDAY + timedelta(seconds=tick)
            barrier.wait()
            with database.writing() as session:
                claimed = leased(session, now, at_most=5)
            for row in claimed:
                with database.writing() as session:
                    assert outbox_queue.settle_sent(session, row, row.channel, f"{now.timestamp()}.{row.id}", now)
            barrier.wait()

    at_once(blank_url, WORKERS, worker)
    for channel in range(CHANNELS):
        of_channel = [row for row in rows(blank, OutboxMessage) if row.channel == f"C{channel}"]
        sent = [row.settled_at for row in of_channel if row.settled_at]
        assert sent == sorted(sent)
        assert len(set(sent)) == len(sent)
        assert all(row.state is OutboxState.SENT for row in of_channel[: len(sent)])
    assert all(row.attempts <= 1 for row in rows(blank, OutboxMessage))


def test_an_occurrence_is_claimed_once(blank: Database) -> None:
    for expected in (True, False, False):
        with blank.writing() as session:
            assert occurrences.claim(work(session), "rule", "report 1", MONDAY) is expected
    with blank.writing() as session:
        assert occurrences.claim(work(session), "rule", "report 2", MONDAY)
        assert occurrences.claim(work(session), "another rule", "report 1", MONDAY)
        assert occurrences.claim(work(session), "rule", "report 1", MONDAY + timedelta(days=7))


def test_of_several_workers_exactly_one_fires_an_occurrence(blank_url: str, blank: Database) -> None:
    def worker(database: Database, barrier: Barrier) -> list[bool]:
        fired = []
        for number in range(10):
            barrier.wait()
            with database.writing() as session:
                fired.append(occurrences.claim(work(session), "rule", f"report {number}", MONDAY))
        return fired

    fired = at_once(blank_url, WORKERS, worker)
    assert [sum(tries) for tries in zip(*fired, strict=True)] == [1] * 10
    assert len(rows(blank, Occurrence)) == 10


def test_an_occurrence_whose_claimer_failed_is_free_again(blank: Database) -> None:
    def claim_and_fail(session: Session) -> None:
        assert occurrences.claim(work(session), "rule", "report 1", MONDAY)
        raise Failed

    with pytest.raises(Failed):
        asyncio.run(blank.write(claim_and_fail))
    with blank.writing() as session:
        assert occurrences.claim(work(session), "rule", "report 1", MONDAY)


def test_a_claimer_that_fails_leaves_the_occurrence_to_the_one_that_waits(blank_url: str, blank: Database) -> None:
    """The second asks while the first is still open: it waits, and has the occurrence when the first rolls back."""

    def worker(database: Database, barrier: Barrier) -> bool:
        first = barrier.wait() == 0
        if not first:
            barrier.wait()
        with suppress(Failed), database.writing() as session:
            claimed = occurrences.claim(work(session), "rule", "report 1", MONDAY)
            if first:
                barrier.wait()
                raise Failed
        return claimed

    assert at_once(blank_url, 2, worker) == [True, True]
    assert len(rows(blank, Occurrence)) == 1
