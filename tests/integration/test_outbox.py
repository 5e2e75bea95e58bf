"""The outbox: what may leave when, in which order, and what becomes of a message that did not leave."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bot import outbox
from bot.db import Database
from bot.models import OutboxMessage, OutboxState
from bot.outbox import BACKOFF, LEASE, SPACING, Draft
from tests.builders import MINUTE, MONDAY, draft, rows

SECOND = timedelta(seconds=1)


def enqueue(database: Database, *drafts: Draft) -> None:
    with database.transaction() as session:
        for each in drafts:
            outbox.enqueue(session, each, MONDAY)
            session.flush()


def claim(database: Database, now: datetime = MONDAY, at_most: int = 20) -> list[OutboxMessage]:
    with database.transaction() as session:
        return outbox.claim(session, now, at_most=at_most)


def claimed(database: Database, now: datetime = MONDAY) -> list[str]:
    return [row.key for row in claim(database, now)]


def sent(database: Database, row: OutboxMessage, now: datetime = MONDAY) -> bool:
    with database.transaction() as session:
        return outbox.settle_sent(session, row, row.channel, f"{now.timestamp():.6f}", now)


def failed(
    database: Database,
    row: OutboxMessage,
    now: datetime = MONDAY,
    *,
    in_doubt: bool = False,
    after: timedelta | None = None,
) -> bool:
    with database.transaction() as session:
        return outbox.settle_failed(session, row, "HTTP 503", now, in_doubt=in_doubt, after=after)


def state(database: Database, key: str) -> OutboxMessage:
    return next(row for row in rows(database, OutboxMessage) if row.key == key)


def test_a_claim_takes_one_message_of_each_channel_oldest_first(empty: Database) -> None:
    enqueue(empty, draft("a1", "CA"), draft("b1", "CB"), draft("a2", "CA"), draft("b2", "CB"))
    assert claimed(empty) == ["a1", "b1"]
    assert claimed(empty) == []


def test_a_claim_takes_no_more_than_it_was_told(empty: Database) -> None:
    enqueue(empty, *(draft(f"k{n}", f"C{n}") for n in range(5)))
    assert [row.key for row in claim(empty, at_most=3)] == ["k0", "k1", "k2"]
    assert claimed(empty) == ["k3", "k4"]


def test_the_next_message_of_a_channel_follows_about_a_second_after_the_one_before(empty: Database) -> None:
    enqueue(empty, draft("a1"), draft("a2"))
    (first,) = claim(empty)
    assert sent(empty, first)
    assert claimed(empty, MONDAY + SPACING - timedelta(milliseconds=1)) == []
    assert claimed(empty, MONDAY + SPACING) == ["a2"]


def test_a_channel_whose_message_failed_keeps_its_order_and_holds_up_no_other(empty: Database) -> None:
    enqueue(empty, draft("a1", "CA"), draft("a2", "CA"), draft("b1", "CB"), draft("b2", "CB"))
    first, other = claim(empty)
    failed(empty, first)
    sent(empty, other)
    assert claimed(empty, MONDAY + SPACING) == ["b2"]
    assert claimed(empty, MONDAY + BACKOFF[0]) == ["a1"]


def test_a_channel_that_slack_makes_wait_holds_up_no_other(empty: Database) -> None:
    enqueue(empty, draft("a1", "CA"), draft("b1", "CB"), draft("b2", "CB"))
    first, other = claim(empty)
    failed(empty, first, after=10 * MINUTE)
    sent(empty, other)
    (next_one,) = claim(empty, MONDAY + MINUTE)
    assert next_one.key == "b2"
    sent(empty, next_one, MONDAY + MINUTE)
    assert claimed(empty, MONDAY + 10 * MINUTE - SECOND) == []
    assert claimed(empty, MONDAY + 10 * MINUTE) == ["a1"]


def test_a_message_that_is_dead_or_withheld_lets_the_next_one_of_its_channel_go(empty: Database) -> None:
    enqueue(empty, draft("a1", "CA"), draft("a2", "CA"), draft("b1", "CB"), draft("b2", "CB"))
    one, other = claim(empty)
    with empty.transaction() as session:
        assert outbox.settle_dead(session, one, "channel_not_found", MONDAY)
        assert outbox.settle_withheld(session, other, MONDAY)
    assert claimed(empty) == ["a2", "b2"]
    assert state(empty, "a1").state is OutboxState.DEAD
    assert state(empty, "a1").last_error == "channel_not_found"
    assert state(empty, "b1").state is OutboxState.WITHHELD


def test_a_message_is_not_claimed_before_its_instant(empty: Database) -> None:
    enqueue(empty, draft())
    assert claimed(empty, MONDAY - SECOND) == []
    assert claimed(empty) == ["k"]


def test_a_lease_that_ran_out_comes_back_in_doubt(empty: Database) -> None:
    """Its worker died while it was sending: the message may stand in Slack."""
    enqueue(empty, draft())
    (first,) = claim(empty)
    assert not first.in_doubt
    assert claimed(empty, MONDAY + LEASE - SECOND) == []
    (again,) = claim(empty, MONDAY + LEASE)
    assert again.in_doubt
    assert again.attempts == 2
    assert again.lease != first.lease


def test_a_worker_whose_lease_passed_on_changes_nothing(empty: Database) -> None:
    enqueue(empty, draft())
    (late,) = claim(empty)
    (holder,) = claim(empty, MONDAY + LEASE)
    before = rows(empty, OutboxMessage)[0].model_dump()
    assert not sent(empty, late, MONDAY + LEASE)
    assert not failed(empty, late, MONDAY + LEASE)
    with empty.transaction() as session:
        assert not outbox.settle_dead(session, late, "no", MONDAY + LEASE)
        assert not outbox.settle_withheld(session, late, MONDAY + LEASE)
    assert rows(empty, OutboxMessage)[0].model_dump() == before
    assert sent(empty, holder, MONDAY + LEASE)


def test_a_message_that_was_settled_is_settled_once(empty: Database) -> None:
    enqueue(empty, draft())
    (row,) = claim(empty)
    assert sent(empty, row)
    assert not sent(empty, row, MONDAY + MINUTE)
    assert not failed(empty, row, MONDAY + MINUTE)
    assert state(empty, "k").settled_at == MONDAY


def test_failures_wait_longer_each_time_and_after_the_last_try_the_message_is_dead(empty: Database) -> None:
    enqueue(empty, draft())
    now = MONDAY
    for wait in BACKOFF:
        (row,) = claim(empty, now)
        assert failed(empty, row, now)
        assert state(empty, "k").state is OutboxState.FAILED
        assert claim(empty, now + wait - SECOND) == []
        now += wait
    (last,) = claim(empty, now)
    assert failed(empty, last, now)
    dead = state(empty, "k")
    assert (dead.state, dead.attempts, dead.settled_at) == (OutboxState.DEAD, len(BACKOFF) + 1, now)
    assert claimed(empty, now + timedelta(days=30)) == []


def test_a_wait_that_slack_asks_for_is_obeyed_and_is_no_try(empty: Database) -> None:
    enqueue(empty, draft())
    now = MONDAY
    for _ in range(3 * len(BACKOFF)):
        (row,) = claim(empty, now)
        assert failed(empty, row, now, after=30 * SECOND)
        waiting = state(empty, "k")
        assert (waiting.state, waiting.attempts) == (OutboxState.FAILED, 0)
        assert waiting.next_try_at == now + 30 * SECOND
        now += 30 * SECOND
    (row,) = claim(empty, now)
    assert sent(empty, row, now)


@pytest.mark.parametrize("in_doubt", [True, False])
def test_a_failure_says_whether_the_message_may_stand_in_slack(empty: Database, in_doubt: bool) -> None:
    enqueue(empty, draft())
    failed(empty, claim(empty)[0], in_doubt=in_doubt)
    (again,) = claim(empty, MONDAY + BACKOFF[0])
    assert again.in_doubt is in_doubt


def test_an_update_waits_until_the_message_it_updates_has_left(empty: Database) -> None:
    enqueue(empty, draft("first"))
    with empty.transaction() as session:
        assert outbox.replace(session, "first", "second", draft(text="Changed").message, "it changed", MONDAY)
    (first,) = claim(empty)
    failed(empty, first)
    assert claimed(empty, MONDAY + SECOND) == []
    (first,) = claim(empty, MONDAY + BACKOFF[0])
    sent(empty, first, MONDAY + BACKOFF[0])
    (update,) = claim(empty, MONDAY + BACKOFF[0] + SPACING)
    assert (update.key, update.replaces_id, update.channel) == ("second", first.id, first.channel)
    assert (update.text, update.audience) == ("Changed", first.audience)


def test_an_update_of_a_message_that_never_was_is_not_enqueued(empty: Database) -> None:
    with empty.transaction() as session:
        assert not outbox.replace(session, "never", "second", draft().message, "it changed", MONDAY)
    assert rows(empty, OutboxMessage) == []


def test_a_key_is_used_once_for_ever(empty: Database) -> None:
    enqueue(empty, draft("k", "CA"))
    sent(empty, claim(empty)[0])
    with pytest.raises(IntegrityError):
        enqueue(empty, draft("k", "CB"))
    assert [row.channel for row in rows(empty, OutboxMessage)] == ["CA"]


def test_what_is_due_is_what_a_claim_would_take_and_looking_changes_nothing(empty: Database) -> None:
    enqueue(empty, draft("a1", "CA"), draft("a2", "CA"), draft("b1", "CB"))
    before = [row.model_dump() for row in rows(empty, OutboxMessage)]
    with empty.transaction(keep=False) as session:
        assert [row.key for row in outbox.due_now(session, MONDAY)] == ["a1", "b1"]
    assert [row.model_dump() for row in rows(empty, OutboxMessage)] == before
    assert claimed(empty) == ["a1", "b1"]


def test_the_backlog_counts_what_waits_and_nothing_else(empty: Database) -> None:
    enqueue(empty, *(draft(f"k{n}", f"C{n}") for n in range(4)))
    one, two, three, _ = claim(empty)
    sent(empty, one)
    failed(empty, two)
    with empty.transaction() as session:
        outbox.settle_dead(session, three, "no", MONDAY)
    with empty.transaction(keep=False) as session:
        assert outbox.backlog(session) == 2
