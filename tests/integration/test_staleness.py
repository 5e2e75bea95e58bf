"""What is out of date by the time it can leave is dropped, with the reason; everything else leaves as it was added."""

import pytest
from sqlalchemy import select, update
from sqlmodel import Session, col

from bot.db import Database
from bot.delivery import outbox
from bot.domain.london import london_instant
from bot.domain.subjects import SubjectKind
from bot.models import LineState, OutboxMessage, OutboxState, ReminderLine, Report, Risk
from bot.services.escalations import answers
from bot.services.progress.received_reports import prompt_key
from bot.services.risks import risk_changes
from jobs.staleness import FOLLOWED, NEVER_SENT, SETTLINGS, UPDATED_AGAIN, stale_among
from tests.builders import DAY, MINUTE, MONDAY, act, draft, open_all, prompted, run_job, work
from tests.integration.raising import escalated, sent


def stale(session: Session, days: int = 0) -> dict[str, str]:
    """What is out of date so many days on, with the reasons, by the keys of the messages."""
    session.flush()
    waiting = session.scalars(select(OutboxMessage).order_by(col(OutboxMessage.id))).all()
    reasons = stale_among(session, waiting, MONDAY + days * DAY)
    return {row.key: reasons[row.id] for row in waiting if row.id in reasons}


@pytest.mark.parametrize("kind", [SubjectKind.REMINDER, SubjectKind.SUMMARY])
def test_of_reminders_and_summaries_the_newest_that_waits_for_a_place_is_sent(
    unchanged: Database, kind: SubjectKind
) -> None:
    with unchanged.rehearsing() as session:
        for key, channel, about in (("1", "CA", "CA"), ("2", "CA", "CA"), ("3", "CA", "CA"), ("4", "CB", "CB")):
            outbox.enqueue(session, draft(key, channel, subject=kind.subject(about)), MONDAY)
        outbox.enqueue(session, draft("5", "CA", subject=kind.subject("another")), MONDAY)
        assert {key: why for key, why in stale(session).items() if why == FOLLOWED} == {"1": FOLLOWED, "2": FOLLOWED}
        session.execute(
            update(OutboxMessage).where(col(OutboxMessage.key) == "3").values(state=OutboxState.DEAD, settled_at=MONDAY)
        )
        assert "2" not in stale(session), "the newer one never comes"


def test_what_has_a_day_is_out_of_date_from_then_on(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        dated = draft("dated", subject=SubjectKind.SUMMARY.subject("C1"), stale_at=MONDAY + 7 * DAY)
        outbox.enqueue(session, dated, MONDAY)
        outbox.enqueue(session, draft("plain"), MONDAY)
        assert stale(session, days=6) == {}
        assert stale(session, days=7) == {"dated": "out of date since 11 January 2027 at 9am"}


def test_the_last_update_of_a_message_is_enough_and_none_follows_one_that_was_dropped(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        message = draft().message
        outbox.enqueue(session, draft("first"), MONDAY)
        for key in ("update 1", "update 2"):
            outbox.replace(session, "first", key, message, "it moved", MONDAY)
        outbox.reply(session, "first", "answer", message, "it was said", MONDAY)
        assert stale(session) == {"update 1": UPDATED_AGAIN}
        outbox.withdraw(session, "first", "it is not for them", MONDAY)
        assert stale(session) == dict.fromkeys(("update 1", "update 2", "answer"), NEVER_SENT)


def test_a_prompt_goes_out_of_date_when_its_report_comes(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        unit = work(session)
        first, other = [report for report in open_all(unit) if prompted(unit, report)][:2]
        assert stale(session) == {}
        reporter = act(session, "U0AMIRA").actor.person_id
        session.execute(
            update(Report).where(col(Report.id) == first.id).values(received_at=MONDAY, reporter_id=reporter)
        )
        key = prompt_key(first)
        assert stale(session) == {key: SETTLINGS[SubjectKind.REPORT].reason}
        assert prompt_key(other) not in stale(session)


def test_a_reminder_goes_out_of_date_when_nothing_in_it_is_open(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        run_job(session, "remind")
        first, *_ = [row for row in sent(session) if row.subject.startswith(SubjectKind.REMINDER)]
        assert first.stale_at == london_instant(MONDAY.date() + 14 * DAY, 0)
        assert first.key not in stale(session)
        of_it = col(ReminderLine.reminder_id) == int(first.key.removeprefix("reminder-"))
        session.execute(update(ReminderLine).where(of_it).values(state=LineState.DONE))
        assert stale(session)[first.key] == SETTLINGS[SubjectKind.REMINDER].reason


def test_an_escalation_never_goes_out_of_date_until_it_is_acknowledged_or_settled(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        acknowledged, settled = escalated(session), escalated(session, title="Another")
        keys = [row.key for row in sent(session) if row.subject.startswith(SubjectKind.ESCALATION)]
        assert keys == [acknowledged.ping, settled.ping]
        assert stale(session, days=1000) == {}
        reason = SETTLINGS[SubjectKind.ESCALATION].reason
        answers.acknowledge(act(session, "U0HELEN", MONDAY + MINUTE), acknowledged.version)
        assert stale(session, days=1000) == {keys[0]: reason}
        reference = session.get_one(Risk, settled.subject_id).reference
        risk_changes.close(act(session, "U0AMIRA", MONDAY + MINUTE), reference, "it passed")
        assert {key: why for key, why in stale(session).items() if key in keys} == dict.fromkeys(keys, reason)
