"""The outbox: what may leave when, in which order, and what becomes of a message that did not leave."""

import itertools
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from bot.db import Database
from bot.delivery import outbox, outbox_queue
from bot.delivery.outbox import OutgoingMessage
from bot.delivery.outbox_queue import LEASE, MOST_LOST_LEASES, SPACING
from bot.domain.priorities import Priority
from bot.domain.retries import GAVE_UP, LONGEST_WAIT, SPREAD, TRIED_FOR, longest_wait
from bot.models import OutboxMessage, OutboxState
from tests.builders import HOUR, MINUTE, MONDAY, draft, leased, rows

SECOND = timedelta(seconds=1)


def enqueue(database: Database, *drafts: OutgoingMessage) -> None:
    with database.writing() as session:
        for each in drafts:
            outbox.enqueue(session, each, MONDAY)
            session.flush()


def claim(database: Database, now: datetime = MONDAY, at_most: int = 20) -> list[OutboxMessage]:
    with database.writing() as session:
        return leased(session, now, at_most=at_most)


def claimed(database: Database, now: datetime = MONDAY) -> list[str]:
    return [row.key for row in claim(database, now)]


def sent(database: Database, row: OutboxMessage, now: datetime = MONDAY) -> bool:
    with database.writing() as session:
        return outbox_queue.settle_sent(session, row, row.channel, f"{now.timestamp():.6f}", now)


def failed(
    database: Database,
    row: OutboxMessage,
    now: datetime = MONDAY,
    *,
    in_doubt: bool = False,
    after: timedelta | None = None,
) -> bool:
    with database.writing() as session:
        return outbox_queue.settle_failed(session, row, "HTTP 503", now, in_doubt=in_doubt, after=after)


def state(database: Database, key: str) -> OutboxMessage:
    return next(row for row in rows(database, OutboxMessage) if row.key == key)


def test_a_claim_takes_one_message_of_each_channel_oldest_first(blank: Database) -> None:
    enqueue(blank, draft("a1", "CA"), draft("b1", "CB"), draft("a2", "CA"), draft("b2", "CB"))
    assert claimed(blank) == ["a1", "b1"]
    assert claimed(blank) == []


def test_the_next_try_is_that_of_the_messages_that_head_their_queues(blank: Database) -> None:
    def next_try(now: datetime) -> datetime | None:
        with blank.rehearsing() as session:
            return outbox_queue.next_try(session, now)

    assert next_try(MONDAY) is None
    enqueue(blank, draft("a1", "CA"), draft("a2", "CA"))
    assert next_try(MONDAY) == MONDAY
    assert next_try(MONDAY + MINUTE) == MONDAY + MINUTE  # overdue: as soon as may be
    [row] = claim(blank)
    assert failed(blank, row, after=5 * MINUTE)
    assert next_try(MONDAY + SECOND) == MONDAY + 5 * MINUTE  # the second waits behind the first
    [row] = claim(blank, MONDAY + 5 * MINUTE)
    assert sent(blank, row, MONDAY + 5 * MINUTE)
    assert next_try(MONDAY + 5 * MINUTE) == MONDAY + 5 * MINUTE


def test_an_answer_goes_to_the_one_thread_of_what_it_answers_and_waits_until_that_stands(blank: Database) -> None:
    enqueue(blank, draft("a", "CA"))
    with blank.writing() as session:
        message = draft().message
        assert outbox.replace(session, "a", "a-2", message, "it moved", MONDAY)
        assert [outbox.reply(session, to, f"under {to}", message, "why", MONDAY) for to in ("a", "a-2", "nothing")] == [
            True,
            True,
            False,
        ]
        session.flush()
        assert outbox.reply(session, "under a", "under that", message, "why", MONDAY)
    first = state(blank, "a")
    threads = {row.key: row.thread_of_id for row in rows(blank, OutboxMessage)}
    below = dict.fromkeys(("under a", "under a-2", "under that"), first.id)
    assert threads == {"a": None, "a-2": None, **below}
    with blank.writing() as session:  # in another queue: it waits for its message all the same
        session.get_one(OutboxMessage, state(blank, "under a").id).channel = "CB"
    [claimed_now] = claim(blank)
    assert claimed_now.key == "a"
    sent(blank, claimed_now)
    assert set(claimed(blank, MONDAY + SPACING)) == {"a-2", "under a"}
    with blank.rehearsing() as session:
        found = outbox.find_original(session, "CA", f"{MONDAY.timestamp():.6f}")
        assert found is not None
        assert found.key == "a"


def test_a_claim_takes_no_more_than_it_was_told(blank: Database) -> None:
    enqueue(blank, *(draft(f"k{n}", f"C{n}") for n in range(5)))
    assert [row.key for row in claim(blank, at_most=3)] == ["k0", "k1", "k2"]
    assert claimed(blank) == ["k3", "k4"]


def test_the_next_message_of_a_channel_follows_about_a_second_after_the_one_before(blank: Database) -> None:
    enqueue(blank, draft("a1"), draft("a2"))
    (first,) = claim(blank)
    assert sent(blank, first)
    assert claimed(blank, MONDAY + SPACING - timedelta(milliseconds=1)) == []
    assert claimed(blank, MONDAY + SPACING) == ["a2"]


def test_a_channel_whose_message_failed_keeps_its_order_and_holds_up_no_other(blank: Database) -> None:
    enqueue(blank, draft("a1", "CA"), draft("a2", "CA"), draft("b1", "CB"), draft("b2", "CB"))
    first, other = claim(blank)
    failed(blank, first)
    sent(blank, other)
    assert claimed(blank, MONDAY + SPACING) == ["b2"]
    assert claimed(blank, MONDAY + longest_wait(1)) == ["a1"]


def test_a_channel_that_slack_makes_wait_holds_up_no_other(blank: Database) -> None:
    enqueue(blank, draft("a1", "CA"), draft("b1", "CB"), draft("b2", "CB"))
    first, other = claim(blank)
    failed(blank, first, after=10 * MINUTE)
    sent(blank, other)
    (next_one,) = claim(blank, MONDAY + MINUTE)
    assert next_one.key == "b2"
    sent(blank, next_one, MONDAY + MINUTE)
    assert claimed(blank, MONDAY + 10 * MINUTE - SECOND) == []
    assert claimed(blank, MONDAY + 10 * MINUTE) == ["a1"]


def test_a_message_that_is_dead_or_withheld_lets_the_next_one_of_its_channel_go(blank: Database) -> None:
    enqueue(blank, draft("a1", "CA"), draft("a2", "CA"), draft("b1", "CB"), draft("b2", "CB"))
    one, other = claim(blank)
    with blank.writing() as session:
        assert outbox_queue.settle_dead(session, one, "channel_not_found", MONDAY)
        assert outbox_queue.settle_withheld(session, other, MONDAY, "shared outside")
    assert claimed(blank) == ["a2", "b2"]
    assert state(blank, "a1").state is OutboxState.DEAD
    assert state(blank, "a1").last_error == "channel_not_found"
    assert state(blank, "b1").state is OutboxState.WITHHELD


def test_a_clock_that_is_put_back_by_an_hour_delays_nothing(blank: Database) -> None:
    enqueue(blank, draft("failed", "CA"), draft("leased", "CB"))
    first, _ = claim(blank)
    assert failed(blank, first)
    enqueue(blank, draft("pending", "CC"))
    with blank.rehearsing() as session:
        assert outbox_queue.next_try(session, MONDAY - HOUR) == MONDAY - HOUR
    again = claim(blank, MONDAY - HOUR)
    assert [row.key for row in again] == ["failed", "leased", "pending"]
    assert [row.in_doubt for row in again] == [False, True, False], "it is looked for first"
    assert sent(blank, again[0], MONDAY - HOUR)
    assert claim(blank, MONDAY - HOUR + LEASE - SECOND) == []


def test_a_message_is_not_claimed_before_its_instant(blank: Database) -> None:
    enqueue(blank, draft())
    assert claimed(blank, MONDAY - SECOND) == []
    assert claimed(blank) == ["k"]


def test_a_lease_that_ran_out_comes_back_in_doubt(blank: Database) -> None:
    """Its worker died while it was sending: the message may stand in Slack."""
    enqueue(blank, draft())
    (first,) = claim(blank)
    assert not first.in_doubt
    assert claimed(blank, MONDAY + LEASE - SECOND) == []
    (again,) = claim(blank, MONDAY + LEASE)
    assert again.in_doubt
    assert again.attempts == 2
    assert again.lease != first.lease


def test_a_worker_whose_lease_passed_on_changes_nothing(blank: Database) -> None:
    enqueue(blank, draft())
    (late,) = claim(blank)
    (holder,) = claim(blank, MONDAY + LEASE)
    before = rows(blank, OutboxMessage)[0].model_dump()
    assert not sent(blank, late, MONDAY + LEASE)
    assert not failed(blank, late, MONDAY + LEASE)
    with blank.writing() as session:
        assert not outbox_queue.settle_dead(session, late, "no", MONDAY + LEASE)
        assert not outbox_queue.settle_withheld(session, late, MONDAY + LEASE, "shared outside")
    assert rows(blank, OutboxMessage)[0].model_dump() == before
    assert sent(blank, holder, MONDAY + LEASE)


def test_a_message_that_was_settled_is_settled_once(blank: Database) -> None:
    enqueue(blank, draft())
    (row,) = claim(blank)
    assert sent(blank, row)
    assert not sent(blank, row, MONDAY + MINUTE)
    assert not failed(blank, row, MONDAY + MINUTE)
    assert state(blank, "k").settled_at == MONDAY


def test_failures_wait_longer_each_time_and_after_three_days_the_message_is_dead(blank: Database) -> None:
    enqueue(blank, draft())
    now = MONDAY
    for tries in itertools.count(1):
        (row,) = claim(blank, now)
        assert failed(blank, row, now)
        if now - MONDAY >= TRIED_FOR:
            break
        waiting = state(blank, "k")
        assert (waiting.state, waiting.attempts) == (OutboxState.FAILED, tries)
        wait = waiting.next_try_at - now
        assert longest_wait(tries) * (1 - SPREAD) <= wait <= longest_wait(tries) <= LONGEST_WAIT
        assert claim(blank, waiting.next_try_at - SECOND) == []
        # Where the waits grow no more, nobody works for some hours between two tries.
        now = waiting.next_try_at + (
            timedelta(hours=6) if tries > 2 and longest_wait(tries - 2) == LONGEST_WAIT else timedelta()
        )
    dead = state(blank, "k")
    assert (dead.state, dead.attempts, dead.settled_at) == (OutboxState.DEAD, tries, now)
    assert dead.last_error == f"{GAVE_UP}: HTTP 503"
    assert claimed(blank, now + timedelta(days=30)) == []


def test_what_waits_for_something_to_be_set_up_waits_however_long_and_has_its_three_days_after_that(
    blank: Database,
) -> None:
    enqueue(blank, draft())
    now = MONDAY
    while now < MONDAY + 2 * TRIED_FOR:
        (row,) = claim(blank, now)
        with blank.writing() as session:
            assert outbox_queue.settle_unset_up(session, row, "not_in_channel", now, LONGEST_WAIT)
        now += timedelta(hours=12)
    (row,) = claim(blank, now)
    assert failed(blank, row, now)
    assert (state(blank, "k").state, state(blank, "k").attempts) == (OutboxState.FAILED, 1)


def test_what_waited_for_three_days_is_given_up_at_once_while_slack_is_away_as_a_whole(blank: Database) -> None:
    enqueue(blank, draft("old", "CA"), draft("sent", "CB"))
    old, other = claim(blank)
    failed(blank, old)
    sent(blank, other)
    with blank.writing() as session:
        outbox.enqueue(session, draft("new", "CC"), MONDAY + MINUTE)
    with blank.writing() as session:
        assert outbox_queue.give_up_on_late(session, MONDAY + TRIED_FOR - SECOND) == 0
        assert outbox_queue.give_up_on_late(session, MONDAY + TRIED_FOR) == 1
    assert [state(blank, key).state for key in ("old", "sent", "new")] == [
        OutboxState.DEAD,
        OutboxState.SENT,
        OutboxState.PENDING,
    ]
    assert state(blank, "old").last_error == f"{GAVE_UP}: it was away"


def test_a_message_that_ends_every_worker_is_dead_after_a_few(blank: Database) -> None:
    enqueue(blank, draft("k", "CA"), draft("next", "CA"))
    now = MONDAY
    for _ in range(MOST_LOST_LEASES + 1):
        assert claimed(blank, now) == ["k"]
        now += LEASE
    assert claimed(blank, now) == []
    assert state(blank, "k").last_error == "every worker that tried to send it ended before it had"
    assert claimed(blank, now) == ["next"]


def test_the_channel_in_which_the_most_urgent_message_waits_goes_first(blank: Database) -> None:
    names = {"ping": "escalations/ping", "answer": "risks/raised", "prompt": "progress/prompt"}
    names |= {"reminder": "reminders/reminder", "summary": "digest/weekly"}
    for key in ("summary", "reminder", "prompt", "answer", "ping"):
        message = replace(draft().message, template=names[key])
        enqueue(blank, replace(draft(key, f"C{key}"), message=message))
    assert [state(blank, key).priority for key in names] == list(Priority)
    behind = replace(draft().message, template="escalations/ping")
    enqueue(blank, replace(draft("behind", "Csummary"), message=behind))
    with blank.reading() as session:
        due = [row.key for row in outbox_queue.due_now(session, MONDAY)]
    assert due == ["summary", "ping", "answer", "prompt", "reminder"], "an escalation waits behind the summary"


def test_a_wait_that_slack_asks_for_is_obeyed_and_is_no_try(blank: Database) -> None:
    enqueue(blank, draft())
    now = MONDAY
    for _ in range(15):
        (row,) = claim(blank, now)
        assert failed(blank, row, now, after=30 * SECOND)
        waiting = state(blank, "k")
        assert (waiting.state, waiting.attempts) == (OutboxState.FAILED, 0)
        assert waiting.next_try_at == now + 30 * SECOND
        now += 30 * SECOND
    (row,) = claim(blank, now)
    assert sent(blank, row, now)


@pytest.mark.parametrize("in_doubt", [True, False])
def test_a_failure_says_whether_the_message_may_stand_in_slack(blank: Database, in_doubt: bool) -> None:
    enqueue(blank, draft())
    failed(blank, claim(blank)[0], in_doubt=in_doubt)
    (again,) = claim(blank, MONDAY + longest_wait(1))
    assert again.in_doubt is in_doubt


def test_an_update_waits_until_the_message_it_updates_has_left(blank: Database) -> None:
    enqueue(blank, draft("first"))
    with blank.writing() as session:
        assert outbox.replace(session, "first", "second", draft(text="Changed").message, "it changed", MONDAY)
    (first,) = claim(blank)
    failed(blank, first)
    assert claimed(blank, MONDAY + SECOND) == []
    (first,) = claim(blank, MONDAY + longest_wait(1))
    sent(blank, first, MONDAY + longest_wait(1))
    (update,) = claim(blank, MONDAY + longest_wait(1) + SPACING)
    assert (update.key, update.replaces_id, update.channel) == ("second", first.id, first.channel)
    assert (update.text, update.audience) == ("Changed", first.audience)


def test_an_update_of_a_message_that_never_was_is_not_enqueued(blank: Database) -> None:
    with blank.writing() as session:
        assert not outbox.replace(session, "never", "second", draft().message, "it changed", MONDAY)
    assert rows(blank, OutboxMessage) == []


def test_a_key_is_used_once_for_ever(blank: Database) -> None:
    enqueue(blank, draft("k", "CA"))
    sent(blank, claim(blank)[0])
    with pytest.raises(IntegrityError):
        enqueue(blank, draft("k", "CB"))
    assert [row.channel for row in rows(blank, OutboxMessage)] == ["CA"]


def test_what_is_due_is_what_a_claim_would_take_and_looking_changes_nothing(blank: Database) -> None:
    enqueue(blank, draft("a1", "CA"), draft("a2", "CA"), draft("b1", "CB"))
    before = [row.model_dump() for row in rows(blank, OutboxMessage)]
    with blank.rehearsing() as session:
        assert [row.key for row in outbox_queue.due_now(session, MONDAY)] == ["a1", "b1"]
    assert [row.model_dump() for row in rows(blank, OutboxMessage)] == before
    assert claimed(blank) == ["a1", "b1"]
