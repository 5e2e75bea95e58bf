"""Policies: approved before their issue, acknowledged again for a major version, and reviewed every year."""

from datetime import date

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.demo.policy import issue_policy
from bot.domain.document_cycle import DocumentKind, VersionState
from bot.domain.due_kinds import DueKind
from bot.domain.london import london_instant
from bot.errors import UserError
from bot.identity import Denied
from bot.models import Contract, DocumentRecipient, DocumentVersion
from bot.services.documents import answering, counts, document_pages, issuing, policies, writing
from bot.services.documents.issuing import IssuedDocument
from bot.services.documents.versions import VersionCard
from bot.services.documents.writing import DocumentEntry
from bot.services.due.open_items import still_open
from tests.builders import CALENDAR, MESSAGES, act, work
from tests.integration.escalating import person
from tests.integration.test_documents import add_contact, recipients

AMIRA, HELEN, NADIA, PRIYA = "U0AMIRA", "U0HELEN", "U0NADIA", "U0PRIYA"
LATER = london_instant(date(2027, 11, 1), 9)
SAFE = DocumentEntry("Keeping people safe", "Report a concern within one day.", "Tell your staff", None)


def draft(session: Session) -> VersionCard:
    return writing.write(act(session, AMIRA), DocumentKind.POLICY, "WP-NE", SAFE)


def issued(session: Session) -> VersionCard:
    key = draft(session).version.public_id
    policies.approve(act(session, NADIA), key)
    return issuing.issue(act(session, AMIRA), key).card


def recipient(session: Session, version: DocumentVersion) -> DocumentRecipient:
    return session.scalars(select(DocumentRecipient).where(col(DocumentRecipient.version_id) == version.id)).one()


def acknowledge(session: Session, version: DocumentVersion) -> None:
    answering.acknowledge(act(session, PRIYA), recipient(session, version).public_id)


def test_a_policy_is_issued_only_once_the_head_or_the_senior_owner_has_approved_it(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        card = draft(session)
        key = card.version.public_id
        with pytest.raises(UserError, match="It can be approved or discarded"):
            issuing.issue(act(session, AMIRA), key)
        with pytest.raises(Denied):
            policies.approve(act(session, AMIRA), key)
        assert not document_pages.page_of_version(act(session, AMIRA), card.version).may_approve
        assert document_pages.page_of_version(act(session, NADIA), card.version).may_approve
        policies.approve(act(session, NADIA), key)
        assert not issuing.preview(act(session, AMIRA), key).needs_approval
        writing.edit(act(session, AMIRA), key, SAFE)
        assert card.version.state is VersionState.DRAFT, "what was approved is not what it says now"
        policies.approve(act(session, NADIA), key)
        issued_card = issuing.issue(act(session, AMIRA), key).card
        assert issued_card.version.state is VersionState.ISSUED
        (item,) = still_open(work(session), DueKind.POLICY, [recipient(session, card.version).id])
        assert item.what == "Policy 1 to be acknowledged: Keeping people safe"


def test_a_major_version_asks_again_and_the_earlier_answer_stays_what_it_was(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        first = issued(session).version
        acknowledge(session, first)
        second = policies.revise(act(session, AMIRA), first.public_id, minor=False)
        policies.approve(act(session, NADIA), second.version.public_id)
        issuing.issue(act(session, AMIRA), second.version.public_id)
        assert first.state is VersionState.SUPERSEDED
        assert recipient(session, first).acknowledged_by_id == person(session, PRIYA).id
        assert recipient(session, second.version).acknowledged_on is None
        assert still_open(work(session), DueKind.POLICY, [recipient(session, second.version).id])
        with pytest.raises(UserError, match="was replaced by a later version"):
            acknowledge(session, first)


def test_a_minor_version_informs_and_asks_nobody(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        first = issued(session).version
        acknowledge(session, first)
        minor = policies.revise(act(session, AMIRA), first.public_id, minor=True).version
        writing.edit(act(session, AMIRA), minor.public_id, SAFE)
        assert (minor.is_minor, minor.for_information) == (True, True)
        policies.approve(act(session, NADIA), minor.public_id)
        told = issuing.issue(act(session, AMIRA), minor.public_id)
        assert told.people > 0
        assert recipient(session, minor).acknowledge_by is None
        assert not still_open(work(session), DueKind.POLICY, [recipient(session, minor).id])


def test_a_minor_version_asks_those_alone_who_have_not_acknowledged_the_one_before(unchanged: Database) -> None:
    """Two contracts: on WP-NE it is acknowledged, on HA-EW it is not, through two minor versions."""
    with unchanged.rehearsing() as session:
        add_contact(session, "U0OTHER", "HA-EW")

        def issue(key: str) -> IssuedDocument:
            policies.approve(act(session, NADIA), key)
            return issuing.issue(act(session, NADIA), key)

        def revised(before: DocumentVersion, day: date) -> tuple[DocumentVersion, dict[str, DocumentRecipient]]:
            made = policies.revise(act(session, NADIA), before.public_id, minor=True).version
            now = london_instant(day, 9)
            policies.approve(act(session, NADIA, now), made.public_id)
            assert len(issuing.preview(act(session, NADIA, now), made.public_id).days) == 1
            issuing.issue(act(session, NADIA, now), made.public_id)
            return made, {contract_of(session, each): each for each in recipients(session, made.id)}

        first = issue(writing.write(act(session, NADIA), DocumentKind.POLICY, "WP-NE, HA-EW", SAFE).version.public_id)
        before = {contract_of(session, each): each for each in recipients(session, first.card.version.id)}
        answering.acknowledge(act(session, PRIYA), before["WP-NE"].public_id)
        second, asked = revised(first.card.version, date(2027, 1, 5))
        assert (second.is_minor, second.for_information) == (True, False)
        assert asked["WP-NE"].acknowledge_by is None, "who acknowledged the one before is told"
        assert asked["HA-EW"].acknowledge_by == date(2027, 1, 11), "its day stays"
        open_now = [each.id for each in (*before.values(), *asked.values())]
        assert [each.subject_id for each in still_open(work(session), DueKind.POLICY, open_now)] == [asked["HA-EW"].id]
        assert counts.tally(work(session), second.id) == (0, 1)
        assert [x.contract.reference for x in counts.unacknowledged(act(session, NADIA), second.public_id).lines] == [
            "HA-EW"
        ]
        third, again = revised(second, date(2027, 1, 12))
        assert [again[each].acknowledge_by for each in ("WP-NE", "HA-EW")] == [None, date(2027, 1, 19)]
        with pytest.raises(UserError, match="is for your information"):
            answering.acknowledge(act(session, PRIYA), again["WP-NE"].public_id)
        answering.acknowledge(act(session, "U0OTHER"), again["HA-EW"].public_id)
        assert counts.tally(work(session), third.id) == (1, 1)
        listed = document_pages.list_of(act(session, NADIA), DocumentKind.POLICY, everything=True)
        (line,) = [each for each in listed.lines if each.version.id == third.id]
        assert (line.acknowledged, line.recipients, line.is_open) == (1, 1, False)


def contract_of(session: Session, row: DocumentRecipient) -> str:
    return session.get_one(Contract, row.contract_id).reference


def test_a_policy_is_reviewed_a_year_after_its_issue_by_its_owner(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        card = issued(session)
        assert card.document.review_by == date(2028, 1, 4)
        assert not still_open(work(session), DueKind.POLICY_REVIEW, [card.document.id]), "it is a year off"
        (item,) = still_open(work(session, LATER), DueKind.POLICY_REVIEW, [card.document.id])
        assert (item.what, item.due_on) == ("Review policy 1: Keeping people safe", date(2028, 1, 4))
        assert item.owner_id == person(session, AMIRA).id
        with pytest.raises(Denied):
            policies.reviewed(act(session, PRIYA), card.document.public_id)
        card.document.review_by = date(2027, 1, 4)
        assert policies.reviewed(act(session, AMIRA), card.document.public_id)[1] == date(2028, 1, 4)
        issuing.withdraw(act(session, AMIRA), card.version.public_id, "It is part of the contract now")
        assert not still_open(work(session, LATER), DueKind.POLICY_REVIEW, [card.document.id])
        with pytest.raises(UserError, match="is not in force"):
            policies.reviewed(act(session, AMIRA), card.document.public_id)


def test_the_policy_of_the_demonstration_is_approved_issued_and_acknowledged_by_one_of_two(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        issue_policy(session, CALENDAR, MESSAGES)
        version = document_pages.page_of(act(session, AMIRA), DocumentKind.POLICY, "1").page.card.version
        assert (version.state, version.subject, version.acknowledge_by) == (
            VersionState.ISSUED,
            "Keeping people safe",
            date(2027, 1, 8),
        )
        rows = session.scalars(select(DocumentRecipient).where(col(DocumentRecipient.version_id) == version.id)).all()
        assert {(row.acknowledged_on, row.asked_on) for row in rows} == {
            (date(2026, 12, 16), date(2026, 12, 14)),
            (None, date(2026, 12, 14)),
        }
