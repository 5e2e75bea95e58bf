"""The pinned message of each shared channel: posted, changed in place, posted again, let go."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest
from sqlalchemy import delete, func, select, update
from sqlmodel import Session, col

from bot.db import Database
from bot.delivery.slack_facts import PostedMessage
from bot.domain.parts import FigureWithParts
from bot.models import (
    Audience,
    Channel,
    Contract,
    OutboxMessage,
    OutboxState,
    PinnedList,
)
from bot.services.health import health
from bot.services.pages import pins
from bot.services.pages.pinned_lists import AGAIN, GONE
from bot.services.people import slack_changes
from bot.services.progress import report_submission, reports
from tests.builders import DAY, HOUR, MINUTE, MONDAY, act, contract_named, open_all, prompted, run_job, work
from tests.integration.test_small_writes import Killed, dying

SHARED = "C0WPNENG"
PRIYA = "U0PRIYA"


def delivered(session: Session, now: datetime = MONDAY) -> None:
    """Everything in the outbox counts as sent."""
    rows = select(OutboxMessage).where(col(OutboxMessage.state) == OutboxState.PENDING)
    for row in session.scalars(rows):
        row.state, row.settled_at, row.slack_channel, row.slack_ts = OutboxState.SENT, now, row.channel, f"{row.id}.1"
    session.flush()


def posted(session: Session, channel: str = SHARED) -> Sequence[OutboxMessage]:
    """The messages that the job sent to a channel, and their updates."""
    ours = col(OutboxMessage.template).in_(("partners/pinned", "partners/released"))
    return session.scalars(
        select(OutboxMessage).where(ours, col(OutboxMessage.channel) == channel).order_by(col(OutboxMessage.id))
    ).all()


def kept(session: Session, channel: str = SHARED) -> PinnedList:
    session.flush()
    session.expire_all()
    return session.scalars(select(PinnedList).where(col(PinnedList.channel) == channel)).one()


def pin_all(session: Session) -> None:
    """As the job does it with Slack."""
    at = work(session)
    for pin in pins.to_pin(at, 100):
        pins.note_pinned(at, pin)
    session.flush()


def test_each_shared_channel_gets_it_once_in_working_hours_and_no_internal_one(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        assert run_job(session, "pinned", MONDAY - HOUR) == 0, "before 9am nobody is messaged"
        shared = select(col(Channel.slack)).where(col(Channel.audience) == Audience.SHARED)
        assert run_job(session, "pinned") > 1
        assert run_job(session, "pinned") == 0
        run_job(session, "pinned", MONDAY + DAY)  # 4 January is a bank holiday in Scotland
        told = session.execute(
            select(col(OutboxMessage.channel), col(OutboxMessage.audience)).where(
                col(OutboxMessage.template) == "partners/pinned"
            )
        ).all()
        assert sorted(channel for channel, _ in told) == sorted(session.scalars(shared))
        assert {audience for _, audience in told} == {Audience.SHARED}


def test_it_changes_in_place_when_what_it_says_has_changed(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        run_job(session, "pinned")
        delivered(session)
        first, *none = posted(session)
        assert none == []
        assert run_job(session, "pinned", MONDAY + 2 * MINUTE) == 0
        for report in open_all(work(session, MONDAY)):
            prompted(work(session, MONDAY), report)
        delivered(session)
        later = MONDAY + 10 * MINUTE
        assert run_job(session, "pinned", later) > 0
        _, second = posted(session)
        assert (second.replaces_id, "Report for December 2026" in str(second.blocks)) == (first.id, True)
        assert "Report for December 2026" not in str(first.blocks)
        delivered(session, later)
        ctx = act(session, PRIYA, later)
        due = reports.next_due(ctx, "WP-NE")
        report_submission.submit_report(ctx, due, {due.kpis[0].id: FigureWithParts(Decimal(98))}, deliberate=True)
        delivered(session, later)
        assert run_job(session, "pinned", later + MINUTE) == 1
        last = posted(session)[-1]
        assert "Report for December 2026: to be accepted or queried" in str(last.blocks)


def test_a_new_day_says_what_is_late_by_now(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        for report in open_all(work(session)):
            report.asked_on = MONDAY.date()
        run_job(session, "pinned")
        delivered(session)
        assert "Late" not in str(posted(session)[0].blocks).split("Report for December 2026")[1][:120]
        run_job(session, "pinned", MONDAY + 4 * DAY)
        assert "*Late*: it was due on 6 January 2027" in str(posted(session)[-1].blocks)


def test_no_more_updates_than_slack_takes(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        contracts = session.scalars(select(Contract).order_by(col(Contract.id))).all()
        for n in range(60):
            about = contracts[n % len(contracts)]
            session.add(Channel(slack=f"C0MORE{n}", contract_id=about.id, audience=Audience.SHARED, created_at=MONDAY))
        tuesday = MONDAY + DAY
        run_job(session, "pinned", tuesday)
        delivered(session, tuesday)
        session.execute(update(PinnedList).values(shown="", looked_on=MONDAY.date()))
        runs = []
        while done := run_job(session, "pinned", tuesday):
            runs.append(done)
        assert len(runs) > 1
        assert max(runs) < 40
        assert sum(runs) == session.scalar(select(func.count()).select_from(PinnedList))


def test_one_that_was_deleted_is_posted_again(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        run_job(session, "pinned")
        delivered(session)
        pin_all(session)
        (first,) = posted(session)
        assert slack_changes.is_pinned_message(session, SHARED, str(first.slack_ts))
        assert not slack_changes.is_pinned_message(session, SHARED, "9.9")
        slack_changes.message_deleted(work(session), SHARED, str(first.slack_ts))
        assert run_job(session, "pinned") == 1
        delivered(session)
        second = posted(session)[-1]
        assert (second.replaces_id, kept(session).message) == (None, second.key)
        assert kept(session).pinned_at is None, "the new one is to be pinned"
        # An event that was lost: Slack does not find it when it is to be updated.
        session.execute(update(PinnedList).values(shown="", looked_on=(MONDAY - DAY).date()))
        run_job(session, "pinned")
        failed = posted(session)[-1]
        failed.state, failed.last_error, failed.settled_at = OutboxState.DEAD, GONE, MONDAY
        assert run_job(session, "pinned") == 1
        third = posted(session)[-1]
        assert (third.replaces_id, kept(session).message) == (None, third.key)
        session.expire_all()
        assert failed.told_at is not None, "nobody has to mend what mends itself"


def unbound(session: Session) -> None:
    session.execute(delete(Channel).where(col(Channel.slack) == SHARED))


def ended(session: Session) -> None:
    contract_named(session, "WP-NE").end_date = MONDAY.date() - timedelta(days=1)


def unshared(session: Session) -> None:
    slack_changes.organisation_left(work(session), SHARED, "T0NORTHGATE", others_stay=False)


@pytest.mark.parametrize("happens", [unbound, ended, unshared])
def test_it_is_let_go_where_it_no_longer_belongs(unchanged: Database, happens: Callable[[Session], None]) -> None:
    with unchanged.rehearsing() as session:
        run_job(session, "pinned")
        delivered(session)
        pin_all(session)
        happens(session)
        session.flush()
        assert run_job(session, "pinned") == 1
        assert "no longer listed here" in posted(session)[-1].text
        delivered(session)
        (pin,) = pins.to_pin(work(session, MONDAY + MINUTE), 10)
        assert pin.is_pinned
        pins.note_pinned(work(session), pin)
        session.flush()
        assert run_job(session, "pinned") == 0
        found = session.scalars(select(PinnedList).where(col(PinnedList.channel) == SHARED)).all()
        assert len(found) == (happens is unshared), "one that is shared no more is remembered"
        if happens is unshared:
            slack_changes.organisation_joined(work(session), SHARED, "T0NORTHGATE", "event")
            delivered(session)
            assert run_job(session, "pinned") == 1
            assert posted(session)[-1].template == "partners/pinned"


def test_one_that_did_not_arrive_is_tried_again_a_day_later(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        run_job(session, "pinned")
        (first,) = posted(session)
        delivered(session)
        first.state, first.slack_ts, first.slack_channel = OutboxState.WITHHELD, None, None
        assert run_job(session, "pinned", MONDAY + HOUR) == 0
        assert run_job(session, "pinned", MONDAY + AGAIN) >= 1
        session.expire_all()
        assert first.state is OutboxState.PENDING


def test_what_slack_refuses_to_pin_stands_all_the_same_and_is_tried_again(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        run_job(session, "pinned")
        delivered(session)
        pin = next(each for each in pins.to_pin(work(session), 100) if each.place.channel == SHARED)
        pins.note_not_pinned(work(session), pin, "too_many_pins", MONDAY + DAY)
        session.flush()
        assert (kept(session).problem, kept(session).pinned_at) == ("too_many_pins", None)
        (found,) = health.health(act(session, "U0NADIA")).unpinned
        assert found.contracts == ["WP-NE"]
        assert "Unpin one of them" in found.why
        assert SHARED not in {each.place.channel for each in pins.to_pin(work(session), 100)}
        assert SHARED in {each.place.channel for each in pins.to_pin(work(session, MONDAY + DAY), 100)}
        pins.note_pinned(work(session), pin)
        assert (kept(session).problem, kept(session).try_at) == ("", None)


def test_a_run_that_ends_between_any_two_writes_is_finished_by_the_next(unchanged: Database) -> None:
    def prepared(session: Session) -> None:
        """Some are to be posted, one to be changed, one to be posted again, one to be let go."""
        run_job(session, "pinned")
        delivered(session)
        places = session.scalars(select(PinnedList).order_by(col(PinnedList.id))).all()
        changed, gone, forgotten = places[:3]
        changed.shown, changed.looked_on = "", (MONDAY - DAY).date()
        gone.message = ""
        session.execute(delete(Channel).where(col(Channel.slack) == forgotten.channel))
        session.add(
            Channel(slack="C0NEW", contract_id=changed.contract_id, audience=Audience.SHARED, created_at=MONDAY)
        )
        session.flush()

    def sent(session: Session) -> list[tuple[str, str]]:
        rows = session.execute(
            select(col(OutboxMessage.channel), col(OutboxMessage.text)).where(
                col(OutboxMessage.state) == OutboxState.PENDING
            )
        )
        return sorted((channel, text) for channel, text in rows)

    with unchanged.rehearsing() as session:
        prepared(session)
        assert run_job(session, "pinned") == 4
        whole = sent(session)
    for after in count():
        with unchanged.rehearsing() as session:
            prepared(session)
            try:
                run_job(session, "pinned", on=dying(after))
            except Killed:
                run_job(session, "pinned")
            else:
                break
            assert sent(session) == whole, f"after {after} writes"
    assert after > 3


def test_the_next_work_is_in_the_morning_or_when_a_pin_is_tried_again(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        assert pins.next_due(work(session)) == MONDAY
        run_job(session, "pinned")
        run_job(session, "pinned", MONDAY + DAY)
        delivered(session, MONDAY + DAY)
        pin_all(session)
        at = MONDAY + DAY + 5 * MINUTE
        run_job(session, "pinned", at)
        delivered(session, at)
        assert pins.next_due(work(session, at)) == MONDAY + 2 * DAY - 2 * HOUR
        pin = pins.ToPin(kept(session).id, PostedMessage(SHARED, "1.1"))
        pins.note_not_pinned(work(session), pin, "", at + MINUTE)
        session.flush()
        assert pins.next_due(work(session, at)) == at + MINUTE
