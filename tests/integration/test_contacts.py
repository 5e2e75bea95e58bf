"""The contact log: what is kept of a conversation, and what is refused before it is kept."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.text_validation import Sensitive
from bot.errors import UserError
from bot.identity import Denied, NotTheirs
from bot.models import (
    Contact,
    ContactChannel,
    ContactPerson,
    DocumentVersion,
    OutboxMessage,
    Person,
    Role,
    RoleName,
    TrailEntry,
)
from bot.services.contacts.agreed_day import MovedReview
from bot.services.contacts.attendees import people_in
from bot.services.contacts.contact_corrections import correct_contact, withdraw
from bot.services.contacts.contacts import (
    ContactEntry,
    LoggedContact,
    log_contact,
)
from tests.builders import DAY, HOUR, MONDAY, act

TODAY = MONDAY.date()


def entry(**changes: Any) -> ContactEntry:  # noqa: ANN401  # whichever fields a test is about
    usual: dict[str, Any] = {
        "contract": "WP-NE",
        "channel": ContactChannel.PHONE,
        "happened_on": TODAY,
        "summary": "Agreed the staffing plan by Friday",
    }
    return ContactEntry(**{**usual, **changes})


def log(database: Database, user: str = "U0AMIRA", **changes: Any) -> LoggedContact:  # noqa: ANN401  # as above
    with database.rehearsing() as session:
        return log_contact(act(session, user), entry(**changes))


def test_a_contact_is_kept_with_who_when_and_what_and_audited(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        logged = log_contact(
            act(session, "U0CALLUM", MONDAY + HOUR),
            entry(
                contract=" ha-ew ",
                summary="  Two\r\nlines ",
                attendees=" Seun Bankole ",
                next_contact_on=date(2027, 1, 11),
                formal_notice=True,
            ),
        )
        session.flush()
        kept = session.scalars(select(Contact)).one()
        assert kept.reference == logged.contact.reference
        assert (kept.summary, kept.attendees, kept.formal_notice) == ("Two\nlines", "Seun Bankole", True)
        assert (kept.happened_on, kept.next_contact_on) == (TODAY, date(2027, 1, 11))
        assert (kept.logged_at, kept.channel) == (MONDAY + HOUR, ContactChannel.PHONE)
        assert (logged.contract_reference, logged.contract_title) == ("HA-EW", "Health assessments, England and Wales")
        audit = session.scalars(
            select(TrailEntry).where(col(TrailEntry.action) == "contact logged").order_by(col(TrailEntry.id))
        ).one()
        assert (audit.actor, audit.subject, audit.contract_id) == ("U0CALLUM", kept.reference, kept.contract_id)


AGREED, MOVED = date(2027, 1, 12), date(2027, 1, 19)


def summaries(session: Session) -> list[str]:
    """What was told in memos since the sample, in order."""
    found = select(col(DocumentVersion.summary)).where(col(DocumentVersion.issued_at) == MONDAY)
    return list(session.scalars(found.order_by(col(DocumentVersion.id))))


def test_the_partner_is_told_of_a_day_that_moves_and_of_nothing_else(unchanged: Database) -> None:
    """A first day, the same day, none, and a move without the tick are told to nobody."""
    with unchanged.rehearsing() as session:

        def logged(day: date | None, *, tick: bool = True, days_ago: int = 0) -> LoggedContact:
            happened_on = TODAY - days_ago * DAY
            of_it = entry(next_contact_on=day, tell_partner=tick, happened_on=happened_on)
            return log_contact(act(session, "U0AMIRA"), of_it)

        first = logged(AGREED)
        assert [each.moved for each in (first, logged(AGREED), logged(None))] == [None] * 3
        assert logged(MOVED, days_ago=1).moved is None, "a later entry has the day that stands"
        assert logged(MOVED, tick=False).moved is None
        assert summaries(session) == []
        assert logged(AGREED).moved == MovedReview(MOVED, AGREED, people=1)
        assert summaries(session) == ["The review agreed for 19 January 2027 is now on 12 January 2027."]
        told = session.scalars(select(DocumentVersion).where(col(DocumentVersion.issued_at) == MONDAY)).one()
        assert (told.subject, told.for_information) == ("WP-NE: our next review is now on 12 January 2027", True)


def test_a_day_that_has_passed_does_not_move(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        log_contact(act(session, "U0AMIRA"), entry(next_contact_on=TODAY))
        tuesday = act(session, "U0AMIRA", MONDAY + DAY)
        assert log_contact(tuesday, entry(next_contact_on=MOVED, tell_partner=True)).moved is None


def test_a_correction_moves_the_day_of_the_entry_that_stands(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        ctx = act(session, "U0AMIRA")
        logged = log_contact(ctx, entry(next_contact_on=AGREED))
        after = entry(next_contact_on=MOVED, tell_partner=True)
        corrected = correct_contact(ctx, logged.contact.public_id, after)
        assert corrected.moved == MovedReview(AGREED, MOVED, people=1)


def test_a_moved_day_that_nobody_can_be_told_of_is_refused_under_the_tick(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        ctx = act(session, "U0AMIRA")
        logged = log_contact(ctx, entry(next_contact_on=AGREED))
        contacts = (col(Role.contract_id) == logged.contact.contract_id, col(Role.role) == RoleName.PARTNER_CONTACT)
        session.execute(delete(Role).where(*contacts))
        with pytest.raises(UserError) as refused:
            log_contact(ctx, entry(next_contact_on=MOVED, tell_partner=True))
        assert refused.value.field == "tell_partner"
        assert "Nobody at Northgate Futures Ltd can be told on WP-NE" in str(refused.value)


def test_who_may_log_a_contact_and_not_change_the_contract_tells_no_partner(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        logged = log_contact(act(session, "U0AMIRA"), entry(next_contact_on=AGREED))
        callum = session.scalars(select(Person).where(col(Person.slack) == "U0CALLUM")).one().id
        contract = logged.contact.contract_id
        session.add(Role(contract_id=contract, person_id=callum, role=RoleName.PERFORMANCE_MANAGER))
        session.flush()
        with pytest.raises(Denied):
            log_contact(act(session, "U0CALLUM"), entry(next_contact_on=MOVED, tell_partner=True))


def test_what_was_said_is_in_no_trail_entry(unchanged: Database) -> None:
    """The audit says that something was done; the record itself says what."""
    with unchanged.rehearsing() as session:
        log_contact(act(session, "U0AMIRA"), entry(summary="Zebra crossing"))
        session.flush()
        assert not any("Zebra" in str(each.model_dump()) for each in session.scalars(select(TrailEntry)))
        assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0


@pytest.mark.parametrize(
    ("changes", "error", "field", "says"),
    [
        pytest.param(
            {"happened_on": TODAY + DAY}, UserError, "happened_on", "Use today or an earlier day", id="tomorrow"
        ),
        pytest.param(
            {"next_contact_on": TODAY - DAY},
            UserError,
            "next_contact_on",
            "Use a later day",
            id="next in the past",
        ),
        pytest.param({"summary": ""}, UserError, "summary", "Enter a summary", id="no summary"),
        pytest.param({"summary": " \n\t "}, UserError, "summary", "Enter a summary", id="an empty summary"),
        pytest.param({"summary": "x" * 3001}, UserError, "summary", "3,001 characters", id="a summary too long"),
        pytest.param({"attendees": "x" * 501}, UserError, "attendees", "the most is 500", id="too many attendees"),
        pytest.param({"summary": "a\x00b"}, UserError, "summary", "after “a”", id="a hidden character"),
        pytest.param(
            {"summary": "She is AB123456C"}, Sensitive, "summary", "a National Insurance number", id="a number of hers"
        ),
        pytest.param(
            {"attendees": "AB 12 34 56 C"}, Sensitive, "attendees", "Leave out personal details", id="among attendees"
        ),
        pytest.param({"contract": "WP-NX"}, UserError, "contract", "Did you mean WP-NE?", id="no such contract"),
    ],
)
def test_what_cannot_be_kept_is_refused_under_its_field(
    unchanged: Database, changes: dict[str, Any], error: type[UserError], field: str, says: str
) -> None:
    with unchanged.rehearsing() as session:
        with pytest.raises(error) as refused:
            log_contact(act(session, "U0AMIRA"), entry(**changes))
        assert refused.value.field == field
        assert says in refused.value.sentence
        session.flush()
        assert session.scalar(select(func.count()).select_from(Contact)) == 0


def test_the_sentence_about_a_personal_detail_does_not_repeat_it(unchanged: Database) -> None:
    with pytest.raises(Sensitive) as refused:
        log(unchanged, summary="She is AB123456C")
    assert "AB123456C" not in refused.value.sentence


def test_a_contact_of_long_ago_and_one_as_long_as_allowed_are_kept(unchanged: Database) -> None:
    logged = log(unchanged, happened_on=date(2026, 1, 4), summary="x" * 3000, next_contact_on=TODAY)
    assert len(logged.contact.summary) == 3000


@pytest.mark.parametrize("user", ["U0PRIYA", "U0CALLUM", "U0LIAM"])
def test_who_has_no_role_that_logs_contacts_is_denied(unchanged: Database, user: str) -> None:
    with pytest.raises((Denied, NotTheirs)):
        log(unchanged, user)


def test_today_is_the_day_in_london(unchanged: Database) -> None:
    """At half past eleven in the evening of 30 June, universal time, it is 1 July in London."""
    late = datetime(2027, 6, 30, 23, 30, tzinfo=UTC)
    with unchanged.rehearsing() as session:
        assert log_contact(act(session, "U0AMIRA", late), entry(happened_on=date(2027, 7, 1))).contact.happened_on
        with pytest.raises(UserError, match="A contact is logged after it has happened"):
            log_contact(act(session, "U0AMIRA", late), entry(happened_on=date(2027, 7, 2)))


def test_a_contact_that_is_taken_back_was_with_the_same_people(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        doing = act(session, "U0AMIRA")
        people = sorted(session.scalars(select(col(Person.id)).where(col(Person.slack).in_(("U0PRIYA", "U0HELEN")))))
        logged = log_contact(doing, entry(people=people))
        taken = withdraw(doing, logged.contact.public_id)
        assert logged.people == ["Helen Marsh", "Priya Nair"]
        assert people_in(session, logged.contact.id) == people
        assert session.scalar(select(func.count()).select_from(ContactPerson)) == 4
        assert taken.reference == logged.contact.reference


@pytest.mark.parametrize(
    ("people", "says"),
    [
        ([0], "Somebody of these is not on"),
        ([99], "Somebody of these is not on"),
        (list(range(1, 102)), "101 people, and the most is 100"),
    ],
)
def test_who_is_not_on_the_contract_cannot_be_picked(unchanged: Database, people: list[int], says: str) -> None:
    with pytest.raises(UserError, match=says) as refused:
        log(unchanged, people=people)
    assert refused.value.field == "people"


@pytest.mark.parametrize("link", ["here", "ftp://example.org", "https://a b", "https://a|b", "https://" + "x" * 500])
def test_what_is_no_address_is_refused_as_a_link(unchanged: Database, link: str) -> None:
    with pytest.raises(UserError, match="This is not an address that can be"):
        log(unchanged, link=link)
    assert log(unchanged, link=" https://example.org/a?b=c&d ").contact.link == "https://example.org/a?b=c&d"
