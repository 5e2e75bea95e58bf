"""Memos: written, issued to the partner's people, answered, corrected and withdrawn, with what is refused."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, SQLModel, col

from bot.db import Database, insert_all
from bot.domain.calendar import Nation
from bot.domain.document_cycle import DocumentKind, ExceptionEvent
from bot.domain.document_text import hash_of, parse_changes
from bot.domain.due_kinds import DueKind
from bot.domain.escalation_triggers import Subject
from bot.domain.reminders import ReminderRule
from bot.errors import UserError
from bot.identity import Denied
from bot.models import (
    Document,
    DocumentException,
    DocumentNotice,
    DocumentQuestion,
    DocumentRecipient,
    DocumentVersion,
    ExceptionState,
    Organisation,
    OutboxMessage,
    Party,
    Person,
    Role,
    RoleName,
    TrailEntry,
    VersionState,
)
from bot.services.contracts import contract_people
from bot.services.documents import (
    answering,
    counts,
    document_pages,
    exceptions,
    issuing,
    notices,
    questions,
    telling,
    writing,
)
from bot.services.documents.issuing import IssuedDocument
from bot.services.documents.versions import VersionCard
from bot.services.documents.writing import DocumentEntry
from bot.services.due.escalation_due import recent_candidates
from bot.services.due.open_items import still_open
from bot.services.due.rules import items_to_remind_of
from bot.services.due.source import DueItem
from bot.services.lookup.ambiguity import AmbiguousMatch
from bot.services.lookup.contracts import contract_facts
from bot.services.reminders import reminder_settings
from jobs.context import batches
from tests.builders import CALENDAR, DAY, MINUTE, MONDAY, act, add_memo, contract_named, run_job, work
from tests.counting import counted
from tests.integration.test_small_writes import MOST_STATEMENTS

AMIRA, NADIA, PRIYA, TOMASZ = "U0AMIRA", "U0NADIA", "U0PRIYA", "U0TOMASZ"
MEMO = DocumentKind.MEMO
CALENDAR_EW = CALENDAR.of(Nation.ENGLAND_AND_WALES)
CHANGES = "The guidance changes.\nChapter 4 | 4.2 | A start is recorded within 2 working days | 3.1"
TODAY, LATER = MONDAY.date(), date(2027, 2, 1)
ENTRY = DocumentEntry("How starts are recorded", CHANGES, "Tell your advisers", LATER)


def written(session: Session, typed: str = "WP-NE", entry: DocumentEntry = ENTRY, by: str = AMIRA) -> VersionCard:
    return writing.write(act(session, by), MEMO, typed, entry)


def issued(session: Session, typed: str = "WP-NE", entry: DocumentEntry = ENTRY, by: str = AMIRA) -> IssuedDocument:
    card = written(session, typed, entry, by)
    return issuing.issue(act(session, by), card.version.public_id)


def add_contact(session: Session, slack: str, *references: str) -> Person:
    """A colleague of Priya's, who is the partner's contact on these contracts; they become her organisation's."""
    northgate = session.scalars(select(Person).where(col(Person.slack) == PRIYA)).one().organisation_id
    person = session.scalar(select(Person).where(col(Person.slack) == slack))
    if person is None:
        person = Person(slack=slack, name=f"Somebody {slack}", organisation_id=northgate)
        session.add(person)
        session.flush()
    for reference in references:
        contract = contract_named(session, reference)
        contract.partner_id = northgate
        key = (contract.id, person.id, RoleName.PARTNER_CONTACT)
        if session.get(Role, key) is None:
            session.add(Role(contract_id=contract.id, person_id=person.id, role=RoleName.PARTNER_CONTACT))
    session.flush()
    return person


def notice_of(session: Session, slack: str, version_id: int) -> DocumentNotice:
    of_it = (col(DocumentNotice.version_id) == version_id, col(Person.slack) == slack)
    found = select(DocumentNotice).join(Person, col(Person.id) == col(DocumentNotice.person_id))
    return session.scalars(found.where(*of_it), execution_options={"populate_existing": True}).one()


def recipients(session: Session, version_id: int) -> Sequence[DocumentRecipient]:
    found = select(DocumentRecipient).where(col(DocumentRecipient.version_id) == version_id)
    return session.scalars(
        found.order_by(col(DocumentRecipient.id)), execution_options={"populate_existing": True}
    ).all()


def messages(session: Session, prefix: str, channel: str = "") -> list[OutboxMessage]:
    found = session.scalars(
        select(OutboxMessage).where(col(OutboxMessage.key).startswith(prefix)).order_by(col(OutboxMessage.id))
    )
    own = (row for row in found if not row.text.startswith("Change memo 3"))  # the sample's, which is asked for as well
    return [row for row in own if channel in ("", row.channel)]


def refusal(settle: Any, *given: Any) -> UserError:  # noqa: ANN401  # a service and what it is given
    with pytest.raises(UserError) as refused:
        settle(*given)
    return refused.value


def trail(session: Session, *actions: str) -> list[TrailEntry]:
    entries = select(TrailEntry).where(col(TrailEntry.action).in_(actions)).order_by(col(TrailEntry.id))
    return list(session.scalars(entries))


def test_a_memo_reaches_every_contact_once_and_the_first_acknowledgement_counts(unchanged: Database) -> None:
    """One message for a person, however many contracts; it is named who acknowledged, and told to the others."""
    with unchanged.rehearsing() as session:
        add_contact(session, PRIYA, "WP-NE", "HA-EW")
        add_contact(session, "U0OTHER", "WP-NE")
        prepared = issued(session, "WP-NE, HA-EW", by=NADIA)
        version = prepared.card.version
        assert prepared.people == 2
        assert (version.state, len(version.sha256)) == (VersionState.ISSUED, 64)
        assert [each.acknowledge_by for each in recipients(session, version.id)] == [date(2027, 1, 11)] * 2
        assert run_job(session, "documents") >= 2
        (hers,) = messages(session, "document-notice", PRIYA)
        assert "WP-NE" in str(hers.blocks)
        assert "HA-EW" in str(hers.blocks)
        answering.acknowledge(act(session, PRIYA), notice_of(session, PRIYA, version.id).public_id)
        rows = recipients(session, version.id)
        assert [each.acknowledged_on for each in rows] == [TODAY] * 2
        assert {each.acknowledged_by_id for each in rows} == {act(session, PRIYA).actor.person_id}
        again = refusal(answering.acknowledge, act(session, PRIYA), notice_of(session, "U0OTHER", version.id).public_id)
        assert again.sentence.endswith("was acknowledged by Priya Nair on 4 January 2027 already, so nothing was done.")
        run_job(session, "documents", MONDAY + MINUTE)
        updated = messages(session, "document-notice", "U0OTHER")[-1]
        assert updated.replaces_id is not None
        assert "Acknowledged by Priya Nair, Northgate Futures Ltd, 4 January 2027" in updated.text
        assert [entry.subject for entry in trail(session, "memo acknowledged")] == [
            f"HA-EW, {prepared.card.name}",
            f"WP-NE, {prepared.card.name}",
        ]


def test_numbers_are_one_series_after_every_imported_one(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        highest = max(session.scalars(select(col(Document.number))))
        first, second = written(session), written(session)
        assert (first.document.number, second.document.number) == (highest + 1, highest + 2)
        session.add(Document(kind=MEMO, number=highest + 40))
        session.flush()
        assert written(session).document.number == highest + 41


def test_a_version_that_is_over_asks_nobody_and_keeps_its_answers(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        before = issued(session).card
        run_job(session, "documents")
        key = notice_of(session, PRIYA, before.version.id).public_id
        answering.acknowledge(act(session, PRIYA), key)
        later = writing.correct(act(session, AMIRA), before.version.public_id)
        assert later.version.version == 2
        assert writing.correct(act(session, AMIRA), before.version.public_id).version.id == later.version.id
        issuing.issue(act(session, AMIRA), later.version.public_id)
        assert before.version.state is VersionState.SUPERSEDED
        assert recipients(session, before.version.id)[0].acknowledged_on == TODAY
        refused = refusal(answering.acknowledge, act(session, PRIYA), key)
        assert "was replaced by a later version on 4 January 2027. Answer that one" in refused.sentence
        assert recipients(session, later.version.id)[0].acknowledged_on is None
        assert refusal(answering.to_answer, act(session, PRIYA), "x" * 16).sentence == answering.GONE
        issuing.withdraw(act(session, AMIRA), later.version.public_id, "It was sent by mistake")
        later_key = notice_of(session, PRIYA, later.version.id).public_id
        assert (
            "was withdrawn on 4 January 2027" in refusal(answering.acknowledge, act(session, PRIYA), later_key).sentence
        )
        assert "withdrawn" in refusal(issuing.withdraw, act(session, AMIRA), later.version.public_id, "Again").sentence


def test_everybody_who_was_told_hears_of_a_withdrawal_once(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        card = issued(session).card
        run_job(session, "documents")
        (first,) = messages(session, "document-notice", PRIYA)
        issuing.withdraw(act(session, AMIRA), card.version.public_id, "It was sent by mistake")
        for minutes in (1, 2):
            run_job(session, "documents", MONDAY + minutes * MINUTE)
        _, updated, told = messages(session, "document-notice", PRIYA)
        assert updated.replaces_id == first.id
        assert "Withdrawn on 4 January 2027: It was sent by mistake" in updated.text
        assert told.thread_of_id == first.id
        assert "is withdrawn: It was sent by mistake" in told.text


def test_a_version_that_is_over_before_it_was_sent_is_told_to_nobody(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        card = issued(session).card
        issuing.withdraw(act(session, AMIRA), card.version.public_id, "It was sent by mistake")
        run_job(session, "documents")
        assert messages(session, "document-notice", PRIYA) == []


def test_a_question_is_due_until_it_is_answered_and_the_answer_reaches_who_asked(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        version = issued(session).card.version
        run_job(session, "documents")
        key = notice_of(session, PRIYA, version.id).public_id
        assert refusal(questions.ask, act(session, PRIYA), key, " ").field == "question"
        asked = questions.ask(act(session, PRIYA), key, "Does it hold for January?")
        assert asked.question.answer_by == date(2027, 1, 7)
        (put,) = messages(session, "document-question")
        assert (put.channel, put.audience) == ("C0WPNENG", "shared")
        with pytest.raises(Denied):
            questions.answer(act(session, PRIYA), asked.question.public_id, "Yes")
        questions.answer(act(session, AMIRA), asked.question.public_id, "From February on")
        assert session.get_one(DocumentQuestion, asked.question.id).answered_at == MONDAY
        assert [row.replaces_id or row.thread_of_id for row in messages(session, "document-question")[1:]] == [
            put.id
        ] * 2
        (told,) = messages(session, "document-answer", PRIYA)
        assert "From February on" in told.text
        again = refusal(questions.answer, act(session, AMIRA), asked.question.public_id, "Again")
        assert again.sentence == "Amira Shah has answered this question already, so nothing was done."


def test_an_exception_is_granted_to_a_day_or_refused_for_a_reason(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        version = issued(session).card.version
        run_job(session, "documents")
        key, priya = notice_of(session, PRIYA, version.id).public_id, act(session, PRIYA)
        assert refusal(exceptions.ask, priya, key, "Our system", date(2027, 1, 3)).field == "until"
        first = exceptions.ask(priya, key, "Our system changes in March", date(2027, 3, 31)).asked
        (put,) = messages(session, "document-exception")
        assert (put.channel, put.audience) == (AMIRA, "internal")
        amira = act(session, AMIRA)
        assert refusal(exceptions.decide, amira, first.public_id, ExceptionEvent.REFUSED, None, "").field == "reason"
        past = refusal(exceptions.decide, amira, first.public_id, ExceptionEvent.GRANTED, date(2026, 12, 1), "")
        assert past.field == "until"
        session.refresh(first)
        exceptions.decide(amira, first.public_id, ExceptionEvent.GRANTED, date(2027, 2, 28), "Until the release")
        granted = session.get_one(DocumentException, first.id)
        assert (granted.state, granted.until) == (ExceptionState.GRANTED, date(2027, 2, 28))
        assert "granted until 28 February 2027" in messages(session, "document-exception", PRIYA)[0].text
        second = refusal(exceptions.decide, amira, first.public_id, ExceptionEvent.REFUSED, None, "No")
        assert second.sentence == "Amira Shah has granted this exception already, so nothing was done."


def test_what_cannot_be_a_memo_is_refused_under_its_field_and_nothing_is_kept(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        before = count_of(session, Document)
        cases = {
            "subject": DocumentEntry(" ", CHANGES, "", LATER),
            "changes": DocumentEntry("A", "Chapter 4 | 4.2 | A start | 3.1\nChapter 5 | 5.1", "", LATER),
            "effective_on": DocumentEntry("A", CHANGES, "", date(2027, 1, 3)),
            "acknowledge_by": DocumentEntry("A", CHANGES, "", LATER, date(2027, 1, 3)),
            "links": DocumentEntry("A", CHANGES, "", LATER, links="the file"),
        }
        for field, entry in cases.items():
            assert refusal(written, session, "WP-NE", entry).field == field
        for typed in ("", "tier platinum"):
            assert "contract" in refusal(written, session, typed).sentence
        assert refusal(written, session, "NO-SUCH").field == "contract"
        assert refusal(written, session, "WP-NE", ENTRY, "U0CALLUM").field == "contract"
        with pytest.raises(Denied):
            written(session, by=PRIYA)
        assert count_of(session, Document) == before


def count_of(session: Session, model: type[SQLModel]) -> int:
    return len(session.scalars(select(model)).all())


def test_who_is_no_recipient_cannot_answer(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        version = issued(session).card.version
        key = notice_of(session, PRIYA, version.id).public_id
        for who in (TOMASZ, AMIRA, NADIA):
            with pytest.raises(Denied):
                answering.acknowledge(act(session, who), key)
        assert recipients(session, version.id)[0].acknowledged_on is None


def test_a_memo_to_nobody_is_not_issued_and_who_cannot_be_told_is_named(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        contract = contract_named(session, "WP-NE")
        gone = col(Role.role) == RoleName.PARTNER_CONTACT
        for role in session.scalars(select(Role).where(col(Role.contract_id) == contract.id, gone)):
            session.delete(role)
        session.flush()
        card = written(session)
        refused = refusal(issuing.issue, act(session, AMIRA), card.version.public_id)
        assert (
            "would reach nobody, so nothing was done. Nobody at Northgate Futures Ltd can be told" in refused.sentence
        )
        assert card.version.state is VersionState.DRAFT
        amira, facts = act(session, AMIRA), contract_facts(session, contract.id)
        assert telling.tell(amira, facts, "A", "B") is None
        assert telling.unreached(amira, facts).startswith("Nobody at Northgate Futures Ltd can be told on WP-NE")
        both = written(session, "WP-NE, HA-EW", by=NADIA)
        shown = issuing.preview(act(session, NADIA), both.version.public_id)
        assert [sentence.partition(":")[0] for sentence in shown.to.unreached] == [
            "Nobody at Northgate Futures Ltd can be told on WP-NE"
        ]
        issuing.issue(act(session, NADIA), both.version.public_id)


def test_the_count_is_updated_at_most_once_a_minute_and_says_who_has_not(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        version = issued(session, "WP-NE, HA-EW", by=NADIA).card.version
        run_job(session, "documents")
        first = [row.text for row in messages(session, "document-count")]
        assert all("0 of 2 have acknowledged" in text for text in first)
        assert len(first) == 2
        key = notice_of(session, PRIYA, version.id).public_id
        answering.acknowledge(act(session, PRIYA), key)
        run_job(session, "documents", MONDAY + MINUTE / 2)
        assert len(messages(session, "document-count")) == 2
        run_job(session, "documents", MONDAY + MINUTE)
        later = messages(session, "document-count")[2:]
        assert all("1 of 2 have acknowledged" in row.text and row.replaces_id for row in later)
        assert len(later) == 2
        found = counts.unacknowledged(act(session, NADIA), version.public_id)
        assert [line.contract.reference for line in found.lines] == ["HA-EW"]
        assert counts.unacknowledged(act(session, AMIRA), version.public_id).others == 1


def test_two_memos_with_one_number_are_told_apart_by_their_contract(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        nadia = act(session, NADIA)
        with pytest.raises(AmbiguousMatch):
            document_pages.find(nadia, MEMO, "1")
        assert document_pages.find(nadia, MEMO, "1 DE-SW").subject == "New referral route from jobcentres"
        assert document_pages.find(act(session, PRIYA), MEMO, "1").subject == "New form for recording a job start"
        assert "No memo of yours has the number 99" in refusal(document_pages.find, nadia, MEMO, "99").sentence
        draft = written(session)
        number = str(draft.document.number)
        assert document_pages.find(nadia, MEMO, number).id == draft.version.id
        assert "No memo of yours" in refusal(document_pages.find, act(session, PRIYA), MEMO, number).sentence


def test_a_change_that_is_told_is_a_memo_for_information_or_to_be_acknowledged(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        contract = contract_facts(session, contract_named(session, "WP-NE").id)
        told = telling.tell(act(session, AMIRA), contract, "The target of starts changes", "From 97% to 98%", TODAY)
        assert told is not None
        assert told.card.version.for_information
        assert recipients(session, told.card.version.id)[0].acknowledge_by is None
        asked = telling.tell(act(session, AMIRA), contract, "A", "B", TODAY, acknowledge=True)
        assert asked is not None
        assert asked.acknowledge_by == date(2027, 1, 11)


def test_names_of_any_length_and_with_a_bar_may_stand_in_a_change_that_is_told(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        contract = contract_facts(session, contract_named(session, "WP-NE").id)
        long = f"Starts | joint {'x' * 2500}"
        told = telling.tell(act(session, AMIRA), contract, long, long)
        assert told is not None
        version = told.card.version
        assert (len(version.subject), len(version.summary)) == (150, 2000)
        assert version.summary.startswith("Starts ¦ joint xxx")
        assert told.card.what_changes.changes == []


def test_it_counts_from_the_day_on_which_it_reached_somebody(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        version = issued(session).card.version
        row = recipients(session, version.id)[0]
        assert row.asked_on is None
        notices.note_told(session, notice_of(session, PRIYA, version.id).key, TODAY)
        notices.note_told(session, notice_of(session, PRIYA, version.id).key, date(2027, 1, 5))
        assert recipients(session, version.id)[0].asked_on == TODAY


def test_the_hash_is_of_every_word_and_every_row() -> None:
    what = parse_changes(CHANGES, "changes")
    assert hash_of({"changes": list(what.changes)}) != hash_of({"changes": []})
    assert hash_of({"on": LATER}) == hash_of({"on": LATER})


MANY = 2000


def test_a_memo_to_two_thousand_people_is_one_transaction_and_batches(unchanged: Database) -> None:
    """The issue takes as many statements as one to a single person; the job enqueues in batches, claimed in few."""
    with unchanged.rehearsing() as session:
        northgate = session.scalars(select(Organisation).where(col(Organisation.key) == "northgate")).one().id
        slack = [f"U9{number:06}" for number in range(MANY)]
        insert_all(session, Person, [{"slack": each, "name": each, "organisation_id": northgate} for each in slack])
        people = session.scalars(select(col(Person.id)).where(col(Person.slack).in_(slack))).all()
        of_it = {"contract_id": contract_named(session, "WP-NE").id, "role": RoleName.PARTNER_CONTACT}
        insert_all(session, Role, [{**of_it, "person_id": each, "deputy_id": None} for each in people])
        card = written(session)
        with counted(session) as statements:
            assert issuing.issue(act(session, AMIRA), card.version.public_id).people == MANY + 1
        assert len(statements) < 40
        for batch in batches(notices.stale(work(session))[:30], notices.AT_ONCE):
            ready = notices.prepare(work(session), batch)
            with counted(session) as statements:
                assert notices.send(work(session), ready) == notices.AT_ONCE
                assert notices.send(work(session), ready) == 0, "another worker has them already"
            assert len(statements) <= MOST_STATEMENTS
        told = messages(session, "document-notice")
        assert len({row.channel for row in told}) == len(told) == 30
        left = select(func.count()).select_from(DocumentNotice)
        assert session.scalar(left.where(col(DocumentNotice.told) == 0)) == MANY + 1 - 30


def test_a_new_contract_manager_is_told_to_the_partner_who_ticks_it(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        contract = contract_named(session, "WP-NE").id
        wanted = {RoleName.CONTRACT_MANAGER: ["U0CALLUM"]}
        contract_people.appoint(act(session, AMIRA), contract, wanted, [], tell_partner=True)
        told = session.scalars(select(DocumentVersion).order_by(col(DocumentVersion.id).desc()).limit(1)).one()
        assert (told.subject, told.for_information) == ("Your contract manager is Callum Reid", True)
        assert (
            "Callum Reid manages WP-NE Work Pathways, North East for the department, in place of Amira" in told.summary
        )
        assert notice_of(session, PRIYA, told.id).told == 0


def test_partners_are_reminded_two_days_before_on_the_day_and_two_after_but_not_while_they_wait_for_us(
    unchanged: Database,
) -> None:
    with unchanged.rehearsing() as session:
        version = issued(session).card.version  # to be acknowledged by Monday 11 January
        notices.note_told(session, notice_of(session, PRIYA, version.id).key, TODAY)
        row = recipients(session, version.id)[0]

        def reminded() -> list[date]:
            days = (TODAY + n * DAY for n in range(20))
            return [day for day in days if row.id in {each.subject_id for each in items_on(session, day)}]

        assert reminded() == [date(2027, 1, 7), date(2027, 1, 11), date(2027, 1, 13)]
        late = [TODAY + n * DAY for n in range(20) if row.id in escalated_on(session, TODAY + n * DAY)]
        assert late[0] == date(2027, 1, 18)
        questions.ask(act(session, PRIYA), notice_of(session, PRIYA, version.id).public_id, "Why?")
        assert reminded() == []
        assert row.id not in escalated_on(session, date(2027, 1, 18))
        (item,) = still_open(work(session), DueKind.MEMO, [row.id])
        assert item.note == "waits for an answer to their question"


def test_a_day_that_has_gone_by_is_said_to_be_past_until_it_is_acknowledged(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        row = add_memo(session, contract_named(session, "WP-NE").id, 40, "Late", date(2026, 12, 1), date(2026, 12, 17))
        row.asked_on = None
        assert run_job(session, "documents") >= 1
        (told,) = [each for each in messages(session, "document-notice", PRIYA) if "Change memo 40" in each.text]
        assert told.text == "Change memo 40: Late. Acknowledge now: it was due by 17 December 2026"
        answering.acknowledge(act(session, PRIYA), row.public_id)
        run_job(session, "documents", MONDAY + MINUTE)
        after = [each for each in messages(session, "document-notice", PRIYA) if each.replaces_id == told.id][-1]
        assert after.text.startswith("Change memo 40: Late. Acknowledged by Priya Nair")
        assert "it was due by" not in str(after.blocks)


def test_a_rule_of_the_contract_reminds_after_the_day_too_unless_it_says_otherwise(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        version = issued(session).card.version  # to be acknowledged by Monday 11 January
        notices.note_told(session, notice_of(session, PRIYA, version.id).key, TODAY)
        (row,) = recipients(session, version.id)
        contract = contract_named(session, "WP-NE").public_id

        def reminded(rule: ReminderRule) -> list[date]:
            reminder_settings.change_rule(act(session, AMIRA), contract, DueKind.MEMO, rule)
            days = (TODAY + n * DAY for n in range(20))
            return [day for day in days if row.id in {each.subject_id for each in items_on(session, day)}]

        assert reminded(ReminderRule((1,), after=(2,))) == [date(2027, 1, 8), date(2027, 1, 13)]
        assert reminded(ReminderRule((1,))) == [date(2027, 1, 8)]


def items_on(session: Session, day: date) -> Sequence[DueItem]:
    days = [day] if CALENDAR_EW.is_working_day(day) else []
    found = items_to_remind_of(work(session, MONDAY + (day - TODAY)), Nation.ENGLAND_AND_WALES, days)
    return [each for each in found if each.kind is DueKind.MEMO and each.reminded is Party.PARTNER]


def escalated_on(session: Session, day: date) -> set[int]:
    at = MONDAY + (day - TODAY)
    return {each.subject_id for each in recent_candidates(work(session, at)) if each.kind is Subject.DOCUMENT}
