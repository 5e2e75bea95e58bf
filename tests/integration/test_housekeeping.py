"""What grows with time goes in time, and nothing that somebody still needs goes with it."""

import ast
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update
from sqlmodel import Session, col

from bot.db import Database
from bot.delivery import outbox
from bot.delivery.messages import Message
from bot.domain.retention import (
    ANSWERS_FOR,
    BLOCKS_FOR,
    FEWEST_DAYS,
    NEVER_UPDATED,
    RECEIPTS_FOR,
    SUPERSEDED_FOR,
    Retention,
)
from bot.models import (
    Audience,
    ChartFile,
    DigestLine,
    DigestPost,
    FormDraft,
    Occurrence,
    OutboxMessage,
    OutboxState,
    Person,
    Receipt,
    Report,
    TrailEntry,
)
from bot.services import earlier_buttons, occurrences
from bot.services.digest.dated_items import Scope
from bot.services.digest.last_post import last_post
from bot.services.money import months
from bot.services.retention import claims, housekeeping
from jobs import JOBS
from tests.builders import DAY, MINUTE, MONDAY, ROOT, draft, run_job, work
from tests.integration.test_small_writes import Killed, dying, recording

WEEK = 7 * DAY
LATER = MONDAY + 200 * DAY
MOST_STATEMENTS = 5  # of one write of the job
SENDING_JOBS = [job.name for job in JOBS if job.name not in ("deliver", "users", "members", "retention")]


def sent_at(session: Session, at: datetime, **where: Any) -> None:  # noqa: ANN401  # columns
    """Let what waits have been sent."""
    waits = select(OutboxMessage).where(col(OutboxMessage.state) == OutboxState.PENDING).filter_by(**where)
    for row in session.scalars(waits):
        row.state, row.settled_at, row.slack_channel, row.slack_ts = OutboxState.SENT, at, row.channel, f"{row.id}.0"
    session.flush()


def message(session: Session, key: str) -> OutboxMessage | None:
    session.expire_all()
    return outbox.find(session, key)


def count_of(session: Session, model: type[Any]) -> int:
    return session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize(
    ("age", "left"),
    [
        (ANSWERS_FOR - MINUTE, {"say": {"text": "Done"}}),
        (ANSWERS_FOR, {}),
        (RECEIPTS_FOR - MINUTE, {}),
        (RECEIPTS_FOR, None),
    ],
)
def test_a_receipt_loses_its_answer_after_a_day_and_goes_after_a_week(
    empty: Database, age: timedelta, left: dict[str, Any] | None
) -> None:
    with empty.rehearsing() as session:
        session.add(Receipt(key="k", answer={"say": {"text": "Done"}}, at=MONDAY - age))
        run_job(session, "retention")
        row = session.get(Receipt, "k")
        assert (None if row is None else row.answer) == left


def test_the_blocks_of_a_sent_message_go_after_90_days_and_it_can_still_be_updated_and_answered(
    empty: Database,
) -> None:
    with empty.rehearsing() as session:
        outbox.enqueue(session, draft("k", text="As it was"), MONDAY)
        sent_at(session, MONDAY)
        run_job(session, "retention", MONDAY + BLOCKS_FOR - MINUTE)
        row = message(session, "k")
        assert row is not None
        assert row.blocks
        assert row.emptied_at is None
        run_job(session, "retention", MONDAY + BLOCKS_FOR)
        row = message(session, "k")
        assert row is not None
        assert (row.blocks, row.charts) == ([], [])
        assert (row.text, row.slack_ts, row.emptied_at) == ("As it was", f"{row.id}.0", MONDAY + BLOCKS_FOR)
        now = MONDAY + BLOCKS_FOR + DAY
        assert outbox.replace(session, "k", "k-new", Message("New", [{"type": "divider"}]), "", now)
        assert outbox.reply(session, "k", "k-reply", Message("Reply", [{"type": "divider"}]), "", now)
        assert (message(session, "k-new").replaces_id, message(session, "k-reply").thread_of_id) == (row.id, row.id)  # type: ignore[union-attr]  # they were added


@pytest.mark.parametrize("state", [OutboxState.PENDING, OutboxState.FAILED, OutboxState.SENDING])
def test_what_waits_to_be_sent_keeps_its_blocks_however_old_it_is(empty: Database, state: OutboxState) -> None:
    with empty.rehearsing() as session:
        outbox.enqueue(session, draft("k"), MONDAY)
        session.execute(update(OutboxMessage).values(state=state))
        run_job(session, "retention", MONDAY + 1000 * DAY)
        row = message(session, "k")
        assert row is not None
        assert row.blocks
        assert row.state is state


AGES = st.integers(0, 120)
UPDATES = st.lists(st.tuples(AGES, st.sampled_from([OutboxState.SENT, OutboxState.DROPPED])), max_size=4)


@given(AGES, UPDATES)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_of_a_message_and_its_updates_the_one_that_stands_is_kept_for_90_days_and_the_others_for_a_day(
    empty: Database, first_age: int, updates: Sequence[tuple[int, OutboxState]]
) -> None:
    with empty.rehearsing() as session:
        history = sorted([(first_age, OutboxState.SENT), *updates], key=lambda each: -each[0])
        history[0] = (history[0][0], OutboxState.SENT)
        for number, (age, state) in enumerate(history):
            at = LATER - age * DAY
            if number == 0:
                outbox.enqueue(session, draft("k0"), at)
            else:
                outbox.replace(session, "k0", f"k{number}", Message("Text", [{"type": "divider"}]), "", at)
            if state is OutboxState.DROPPED:
                session.execute(
                    update(OutboxMessage)
                    .where(col(OutboxMessage.key) == f"k{number}")
                    .values(state=state, settled_at=at)
                )
            sent_at(session, at)
        run_job(session, "retention", LATER)
        stands = max(number for number, (_, state) in enumerate(history) if state is OutboxState.SENT)
        for number, (age, _) in enumerate(history):
            row = message(session, f"k{number}")
            kept = timedelta(days=age) < (SUPERSEDED_FOR if number < stands else BLOCKS_FOR)
            if number == 0:
                assert row is not None
                assert bool(row.blocks) is kept
            else:
                assert (row is not None) is kept


def test_a_message_of_a_kind_that_nothing_updates_goes_as_a_whole_with_its_thread(empty: Database) -> None:
    with empty.rehearsing() as session:
        for key, template in (("weekly", "digest/weekly"), ("prompt", "progress/prompt")):
            said = Message("T", [{"type": "divider"}], template=template)
            outbox.enqueue(session, replace(draft(key), message=said), MONDAY)
            below = Message("Below", [{"type": "divider"}], template="digest/table")
            outbox.reply(session, key, f"{key}-thread", below, "", MONDAY)
        sent_at(session, MONDAY)
        for night in range(2):
            run_job(session, "retention", MONDAY + BLOCKS_FOR + night * DAY)
        left = session.scalars(select(col(OutboxMessage.key)).order_by(col(OutboxMessage.key))).all()
        assert left == ["prompt"]


def test_the_templates_of_what_nothing_updates_are_there() -> None:
    assert all((ROOT / "templates" / f"{name}.j2").is_file() for name in NEVER_UPDATED)


def test_a_button_of_an_earlier_version_gets_new_ones_while_its_message_is_kept(portfolio: Database) -> None:
    with portfolio.rehearsing() as session:
        report = session.scalars(select(Report)).first()
        assert report is not None
        button = {"type": "button", "action_id": "report_open", "value": str(report.id)}
        blocks = [{"type": "actions", "elements": [button]}]
        outbox.enqueue(session, replace(draft("k"), message=Message("T", blocks)), MONDAY)
        sent_at(session, MONDAY)
        row = message(session, "k")
        assert row is not None
        place = (row.slack_channel or "", row.slack_ts or "")
        run_job(session, "retention", MONDAY + BLOCKS_FOR - MINUTE)
        with session.begin_nested() as savepoint:
            assert earlier_buttons.renew(work(session), *place)
            assert session.scalars(select(OutboxMessage).where(col(OutboxMessage.replaces_id) == row.id)).all()
            savepoint.rollback()
        run_job(session, "retention", MONDAY + BLOCKS_FOR)
        assert not earlier_buttons.renew(work(session), *place)
        assert not session.scalars(select(OutboxMessage).where(col(OutboxMessage.replaces_id) == row.id)).all()


def test_what_did_not_arrive_is_given_up_after_90_days_but_for_what_asks_for_reports(empty: Database) -> None:
    with empty.rehearsing() as session:
        for key in ("welcome-1", "report-1-prompt"):
            outbox.enqueue(session, draft(key), MONDAY)
        session.execute(update(OutboxMessage).values(state=OutboxState.DEAD, settled_at=MONDAY))
        run_job(session, "retention", MONDAY + BLOCKS_FOR - MINUTE)
        assert {row.state for row in session.scalars(select(OutboxMessage))} == {OutboxState.DEAD}
        run_job(session, "retention", MONDAY + BLOCKS_FOR)
        states = {row.key: row.state for row in session.scalars(select(OutboxMessage))}
        assert states == {"welcome-1": OutboxState.DROPPED, "report-1-prompt": OutboxState.DEAD}
        [entry] = session.scalars(select(TrailEntry))
        assert (entry.action, entry.subject, entry.why) == ("message dropped", "welcome-1", housekeeping.GIVEN_UP)


def test_pictures_and_drafts_go(portfolio: Database) -> None:
    with portfolio.rehearsing() as session:
        person = session.scalars(select(Person)).first()
        assert person is not None
        for age in (13, 14):
            session.add(FormDraft(person_id=person.id, form="f", subject=f"{age}", entered={}, at=MONDAY - age * DAY))
        for age in (89, 90):
            session.add(ChartFile(key=f"{age}", slack_file="F1", at=MONDAY - age * DAY))
        run_job(session, "retention")
        assert [row.subject for row in session.scalars(select(FormDraft))] == ["13"]
        assert [row.key for row in session.scalars(select(ChartFile))] == ["89"]


def test_the_figures_of_a_summary_go_but_for_those_with_which_the_next_is_compared(portfolio: Database) -> None:
    with portfolio.rehearsing() as session:
        run_job(session, "summary")
        channel = session.scalars(select(col(DigestPost.channel)).where(col(DigestPost.contract_id).is_(None))).one()
        first = count_of(session, DigestPost)
        run_job(session, "summary", MONDAY + WEEK)
        second = count_of(session, DigestPost) - first
        assert first
        assert second
        before = last_post(work(session, LATER), channel, Scope(None, Audience.INTERNAL))
        run_job(session, "retention", MONDAY + Retention().figures_for - MINUTE)
        assert count_of(session, DigestPost) == first + second
        run_job(session, "retention", LATER)
        after = last_post(work(session, LATER), channel, Scope(None, Audience.INTERNAL))
        assert before == after
        assert after is not None
        assert after.lines
        left = session.scalars(select(DigestPost)).all()
        assert len(left) == len({(row.channel, row.contract_id, row.audience) for row in left}) < first + second
        posts = set(session.scalars(select(col(DigestLine.post_id)).distinct()))
        assert posts <= {row.id for row in left}


def modules_that_claim() -> dict[str, set[str]]:
    """The names of the rules that are claimed, by the file."""
    found: dict[str, set[str]] = {}
    for path in [*(ROOT / "bot").rglob("*.py"), *(ROOT / "jobs").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            of = node.func.value
            if node.func.attr in ("claim", "claim_all") and isinstance(of, ast.Name) and of.id == "occurrences":
                found.setdefault(str(path.relative_to(ROOT)), set()).add(ast.unparse(node.args[1]))
    return found


def test_every_rule_that_is_claimed_says_until_when_it_is_needed() -> None:
    claimed: set[str] = set()
    for file, names in modules_that_claim().items():
        module: ModuleType = __import__(file.removesuffix(".py").replace("/", "."), fromlist=["_"])
        for name in names:
            value: Any = module
            for part in name.split("."):
                value = getattr(value, part)
            claimed.add(value)
    assert len(claimed) > 15
    assert claimed == set(claims.RULES)


def test_no_job_looks_further_back_than_the_fewest_days() -> None:
    assert timedelta(days=FEWEST_DAYS) > months.RECENT + timedelta(days=31)  # to the first day of that month


@pytest.mark.parametrize("rule", claims.RULES)
def test_an_occurrence_goes_only_when_it_is_old_by_its_due_instant_and_by_its_claim(empty: Database, rule: str) -> None:
    old, kept = MONDAY - Retention().occurrences_for, MONDAY - Retention().occurrences_for + MINUTE
    with empty.rehearsing() as session:
        for due_at, claimed_at, subject in ((old, kept, "a"), (kept, old, "b"), (old, old, "report 7")):
            assert occurrences.claim(work(session, claimed_at), rule, subject, due_at)
        run_job(session, "retention")
        goes = claims.RULES[rule] in (claims.Until.LOOKED_BACK, claims.Until.ANSWERED)
        left = set(session.scalars(select(col(Occurrence.subject))))
        assert left == ({"a", "b"} if goes else {"a", "b", "report 7"})


def test_of_some_rules_the_newest_occurrence_of_each_subject_stays_until_records_go(empty: Database) -> None:
    with empty.rehearsing() as session:
        [*rules] = [rule for rule, until in claims.RULES.items() if until is claims.Until.NEWEST]
        for rule in rules:
            for weeks in range(3):
                occurrences.claim(work(session), rule, "subject", MONDAY + weeks * WEEK)
        assert run_job(session, "retention", LATER) == 2 * len(rules)
        assert {row.due_at for row in session.scalars(select(Occurrence))} == {MONDAY + 2 * WEEK}
        assert run_job(session, "retention", MONDAY + 5 * 365 * DAY) == 0
        assert run_job(session, "retention", MONDAY + 7 * 365 * DAY) == len(rules)


def test_a_report_that_is_awaited_is_not_asked_for_again_however_long_ago_that_was(portfolio: Database) -> None:
    with portfolio.rehearsing() as session:
        prompted = run_job(session, "prompt")
        assert prompted
        run_job(session, "retention", LATER)
        again = select(func.count()).where(col(Occurrence.rule) == "report prompt")
        assert session.scalar(again) == prompted
        assert session.scalar(select(func.count()).where(col(TrailEntry.action) == "report prompted")) == prompted
        came = {"received_at": MONDAY, "reporter_id": 1}
        session.execute(update(Report).where(col(Report.received_at).is_(None)).values(came))
        run_job(session, "retention", LATER)
        assert session.scalar(again) == 0


def everything_sent(session: Session, *, cleaned: bool) -> list[tuple[str, str, str]]:
    """What all jobs send in the first days, and long after them; `cleaned`: with what is kept no longer removed."""
    for day in (0, 1, 7):
        play(session, MONDAY + day * DAY)
    if cleaned:
        nights = (MONDAY + night * DAY for night in (90, 140, 199))
        assert sum(run_job(session, "retention", night) for night in nights) > 0
    for day in (200, 207):
        play(session, MONDAY + day * DAY)
    sent = select(OutboxMessage).where(col(OutboxMessage.created_at) >= LATER)
    return sorted((row.channel, row.template or "", row.text) for row in session.scalars(sent))


def play(session: Session, now: datetime) -> None:
    for name in SENDING_JOBS:
        run_job(session, name, now)
    sent_at(session, now)


def test_after_cleaning_the_jobs_send_what_they_would_have_sent_without(portfolio: Database) -> None:
    with portfolio.rehearsing() as session:
        without = everything_sent(session, cleaned=False)
    with portfolio.rehearsing() as session:
        assert everything_sent(session, cleaned=True) == without
    assert len(without) > 30


def fill(session: Session) -> None:
    """Something for each kind of rule."""
    for number in range(210):
        session.add(Receipt(key=f"{number}", answer={"ack": {}}, at=MONDAY - 2 * DAY))
        outbox.enqueue(session, draft(f"k{number}"), MONDAY - BLOCKS_FOR)
        occurrences.claim(work(session, MONDAY - 300 * DAY), "weekly summary", f"{number}", MONDAY - 300 * DAY)
    sent_at(session, MONDAY - BLOCKS_FOR)


def test_it_writes_little_at_once_and_a_run_that_is_killed_is_finished_by_the_next(empty: Database) -> None:
    with empty.rehearsing() as session:
        fill(session)
        writes: list[Sequence[str]] = []
        assert run_job(session, "retention", MONDAY, recording(writes)) == 630
        assert max(len(each) for each in writes) <= MOST_STATEMENTS
        assert len(writes) >= 630 // 200
        assert run_job(session, "retention", MONDAY) == 0
    for after in count():
        with empty.rehearsing() as session:
            fill(session)
            try:
                run_job(session, "retention", MONDAY, dying(after))
            except Killed:
                run_job(session, "retention", MONDAY)
            else:
                break
            assert run_job(session, "retention", MONDAY) == 0
    assert after == len(writes)
