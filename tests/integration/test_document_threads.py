"""What people write freely in the thread of a memo, or of a question about it: nothing of it is lost."""

from collections.abc import Sequence

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.due_kinds import DueKind
from bot.identity import Denied
from bot.models import DocumentQuestion, OutboxMessage, OutboxState
from bot.services.documents import questions, threads
from bot.services.due.open_items import still_open
from tests.builders import MONDAY, act, run_job, work
from tests.integration.test_documents import (
    AMIRA,
    NADIA,
    PRIYA,
    TOMASZ,
    add_contact,
    issued,
    messages,
    refusal,
    trail,
)

DIRECT, SHARED = "D0PRIYA", "C0WPNENG"


def sent(session: Session, prefix: str, channel: str, to: str = "") -> OutboxMessage:
    """The first message with this key, as it is once it has reached Slack."""
    row = messages(session, prefix, to)[0]
    row.state, row.slack_channel, row.slack_ts = OutboxState.SENT, channel, f"{row.id}.000100"
    row.settled_at = MONDAY
    session.flush()
    return row


def memo(session: Session) -> OutboxMessage:
    """A memo that reached Priya."""
    issued(session)
    run_job(session, "documents")
    return sent(session, "document-notice", DIRECT, PRIYA)


def write(session: Session, who: str, below: OutboxMessage, words: str) -> Sequence[DocumentQuestion]:
    """What somebody writes in the thread of a message."""
    assert below.slack_channel is not None
    assert below.slack_ts is not None
    kept = threads.take_reply(act(session, who), below.slack_channel, below.slack_ts, words)
    return [each.question for each in kept]


def waiting(session: Session) -> list[str]:
    """What of them waits for an answer."""
    asked = session.scalars(select(DocumentQuestion).order_by(col(DocumentQuestion.id))).all()
    still = {each.subject_id for each in still_open(work(session), DueKind.DOCUMENT_QUESTION, [q.id for q in asked])}
    return [each.words for each in asked if each.id in still]


def test_a_question_and_its_answer_may_be_written_in_the_thread(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        (question,) = write(session, PRIYA, memo(session), "Does it hold for <@U0AMIRA>'s January?")
        assert question.words == "Does it hold for @Amira Shah's January?"
        assert waiting(session) == [question.words]
        put = sent(session, "document-question", SHARED)
        assert (put.channel, put.audience) == (SHARED, "shared")
        (answered,) = write(session, AMIRA, put, "From February on")
        assert (answered.id, answered.answer, answered.answered_at) == (question.id, "From February on", MONDAY)
        assert answered.answered_by_id == act(session, AMIRA).actor.person_id
        assert waiting(session) == []
        assert [row.replaces_id for row in messages(session, "document-question")] == [None, put.id], "nothing twice"
        (told,) = messages(session, "document-answer", PRIYA)
        assert "From February on" in told.text
        assert [entry.why for entry in trail(session, "question answered")] == ["From February on"]


def test_what_a_partner_adds_belongs_to_their_open_question_or_opens_another(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        notice = memo(session)
        (first,) = write(session, PRIYA, notice, "Does it hold for January?")
        put = sent(session, "document-question", SHARED)
        (same,) = write(session, PRIYA, put, "And for February?")
        assert (same.id, same.words) == (first.id, "Does it hold for January?\nAnd for February?")
        assert "And for February?" in messages(session, "document-question")[-1].text
        write(session, AMIRA, put, "From February on")
        (second,) = write(session, PRIYA, put, "What of those who started in January?")
        assert second.id != first.id
        assert waiting(session) == ["What of those who started in January?"]
        assert messages(session, f"document-question-{second.id}")[0].thread_of_id == put.id
        (answered,) = write(session, AMIRA, put, "They stay as they are")
        assert answered.id == second.id
        assert (first.answer, waiting(session)) == ("From February on", [])
        assert [entry.why for entry in trail(session, "question asked")] == [
            "Does it hold for January?",
            "And for February?",
            "What of those who started in January?",
        ]


def test_one_reply_answers_every_question_of_its_thread(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        add_contact(session, "U0OTHER", "WP-NE")
        notice = memo(session)
        write(session, PRIYA, notice, "Does it hold for January?")
        put = sent(session, "document-question", SHARED)
        write(session, "U0OTHER", put, "And for February?")
        assert waiting(session) == ["Does it hold for January?", "And for February?"], "each of who asked it"
        assert len(write(session, AMIRA, put, "From February on")) == 2
        assert waiting(session) == []
        assert {row.channel for row in messages(session, "document-answer")} >= {PRIYA, "U0OTHER"}


def test_what_the_department_adds_later_belongs_to_the_answer(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        write(session, PRIYA, memo(session), "Does it hold for January?")
        put = sent(session, "document-question", SHARED)
        write(session, AMIRA, put, "From February on")
        write(session, AMIRA, put, "In every hub")
        (question,) = write(session, NADIA, put, "Wales too")
        assert question.answer == "From February on\nIn every hub\nNadia Rahman: Wales too"
        assert question.answered_by_id == act(session, AMIRA).actor.person_id
        assert [row.channel for row in messages(session, "document-answer")] == [PRIYA] * 3, "each is told"
        write(session, AMIRA, put, "y" * 800)
        assert "more than 2000 characters" in refusal(write, session, AMIRA, put, "x" * questions.LONGEST).sentence


def test_a_thread_of_a_memo_is_closed_to_who_may_neither_ask_nor_answer(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        notice = memo(session)
        write(session, PRIYA, notice, "Does it hold for January?")
        put = sent(session, "document-question", SHARED)
        for who in (TOMASZ, "U0CALLUM"):
            with pytest.raises(Denied):
                write(session, who, put, "From February on")
        assert waiting(session) == ["Does it hold for January?"]
        assert threads.is_of_a_document(session, SHARED, put.slack_ts or "")
        assert threads.is_of_a_document(session, DIRECT, notice.slack_ts or "")
        assert not threads.is_of_a_document(session, SHARED, "1.000100")
        count = sent(session, "document-count", "C0WPNE")
        assert not threads.is_of_a_document(session, "C0WPNE", count.slack_ts or "")
