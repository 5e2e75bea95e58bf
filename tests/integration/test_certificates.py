"""Certificates: who is asked on which day, what is told when one lapses, and what a file and a form may change."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.certificate_cycle import CertificateEvent
from bot.domain.due_kinds import DueKind
from bot.domain.escalation_triggers import Subject, Trigger
from bot.domain.london import london_instant
from bot.errors import UserError
from bot.identity import Denied
from bot.models import (
    Certificate,
    CertificateEvidence,
    CertificateKind,
    CertificateState,
    EvidenceDecision,
    OutboxMessage,
    Party,
    ReminderLine,
)
from bot.records import CertificateRecord
from bot.scopes import ContractScope
from bot.services.certificates import certificates, checking, evidence
from bot.services.certificates.evidence import EvidenceEntry
from bot.services.due.open_items import still_open
from bot.services.due.selection import DueBetween
from bot.services.due.sources import source_of
from bot.services.given_files import GivenFile
from bot.services.portfolio.exporting import register_rows
from bot.services.portfolio.faults import CannotImport
from tests.builders import MONDAY, act, contract_named, run_job, work
from tests.integration.escalating import asked, opened, quiet
from tests.integration.importing import only, rows_of
from tests.samples import imported

AMIRA, PRIYA, SEUN = "U0AMIRA", "U0PRIYA", "U0SEUN"
TODAY = MONDAY.date()
ENDS = date(2027, 2, 12)  # a Friday
NEXT = EvidenceEntry("Tyne Mutual", "PI-2", 3_000_000, date(2027, 2, 13), date(2028, 2, 12), "https://files.example/1")
PDF = b"%PDF-1.7 a policy"


def insurance(session: Session, **changes: Any) -> Certificate:  # noqa: ANN401  # whichever columns a test is about
    usual: dict[str, Any] = {"contract_id": contract_named(session, "WP-NE").id, "name": "Indemnity"}
    usual |= {"kind": CertificateKind.INSURANCE, "number": "PI-1", "required_cover_pounds": 2_000_000}
    usual |= {"valid_from": date(2026, 2, 13), "valid_to": ENDS, "verified_on": TODAY}
    row = Certificate(**{**usual, "state": CertificateState.VERIFIED, **changes})
    session.add(row)
    session.flush()
    return row


def give(session: Session, row: Certificate, **changes: Any) -> CertificateEvidence:  # noqa: ANN401  # as above
    file = changes.pop("file", None)
    entry = EvidenceEntry(**{**NEXT.__dict__, **changes})
    return evidence.give(act(session, PRIYA), row.public_id, entry, file).evidence


def check(session: Session, row: Certificate, event: CertificateEvent, reason: str = "") -> None:
    waiting = checking.evidence_to_check(act(session, AMIRA), row.public_id).evidence
    checking.check(act(session, AMIRA), row.public_id, waiting.public_id, event, reason)


def reminded(session: Session, day: date) -> set[DueKind]:
    """Of which certificates people are reminded on a day, on WP-NE."""
    run_job(session, "remind", london_instant(day, 9))
    lines = session.scalars(select(ReminderLine).where(col(ReminderLine.what).contains("Indemnity")))
    return {line.kind for line in lines}


def messages(session: Session, key: str) -> list[OutboxMessage]:
    return list(session.scalars(select(OutboxMessage).where(col(OutboxMessage.key).contains(key))))


@pytest.mark.parametrize("ahead", [60, 30, 10, 0])
def test_the_partner_is_asked_before_the_end_and_nobody_while_the_other_side_is_to_act(
    unchanged: Database, ahead: int
) -> None:
    with unchanged.rehearsing() as session:
        row = insurance(session)
        calendar = work(session).calendar.of(contract_named(session, "WP-NE").nation)
        row.valid_to = calendar.add_working_days(TODAY, ahead)
        (item,) = still_open(work(session), DueKind.CERTIFICATE, [row.id])
        assert (item.owed_by, item.reminded, item.due_on) == (Party.PARTNER, Party.PARTNER, row.valid_to)
        with session.begin_nested() as trial:
            assert reminded(session, TODAY) == {DueKind.CERTIFICATE}
            trial.rollback()
        give(session, row, valid_from=TODAY)
        assert still_open(work(session), DueKind.CERTIFICATE, [row.id]) == []
        (item,) = still_open(work(session), DueKind.CERTIFICATE_CHECK, [row.id])
        assert (item.owed_by, item.reminded, item.due_on) == (Party.DEPARTMENT, Party.DEPARTMENT, date(2027, 1, 11))


def test_evidence_makes_the_next_period_and_the_history_has_the_one_before(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        row = insurance(session)
        first = give(session, row, number="PI-9", file=GivenFile("a.pdf", PRIYA, PDF))
        second = give(session, row)
        assert (first.decision, second.decision) == (EvidenceDecision.REPLACED, None)
        with pytest.raises(UserError, match="Other evidence came meanwhile"):
            checking.check(act(session, AMIRA), row.public_id, first.public_id, CertificateEvent.VERIFIED, "")
        with pytest.raises(UserError) as needs_a_reason:
            check(session, row, CertificateEvent.REFUSED)
        assert needs_a_reason.value.field == "reason"
        check(session, row, CertificateEvent.REFUSED, "It names another contract")
        assert (row.state, row.valid_to, row.number) == (CertificateState.AWAITED, ENDS, "PI-1")
        assert messages(session, f"evidence-{second.id}-told")[0].channel == PRIYA
        give(session, row)
        check(session, row, CertificateEvent.VERIFIED)
        assert (row.state, row.valid_to, row.number) == (CertificateState.VERIFIED, NEXT.valid_to, "PI-2")
        assert still_open(work(session), DueKind.CERTIFICATE, [row.id]) == [], "it is asked for before the next end"
        with pytest.raises(UserError, match="No evidence of Indemnity waits for a check: it is verified"):
            check(session, row, CertificateEvent.VERIFIED)
        assert checking.file_of(act(session, PRIYA), first.public_id).content == PDF


def test_a_lapse_is_told_on_the_next_working_morning_and_goes_up_two_working_days_later(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        quiet(session)
        row = insurance(session)
        saturday, monday = ENDS + timedelta(days=1), ENDS + timedelta(days=3)
        assert run_job(session, "lapsed", london_instant(ENDS, 10)) == 0
        assert run_job(session, "lapsed", london_instant(saturday, 10)) == 0
        assert [run_job(session, "lapsed", london_instant(monday, hour)) for hour in (8, 9, 10)] == [0, 2, 0]
        told = messages(session, f"certificate-{row.id}-lapsed")
        assert {(each.channel, each.audience.value) for each in told} == {(AMIRA, "internal"), (PRIYA, "shared")}
        assert run_job(session, "escalate", london_instant(monday, 9)) == 0
        tuesday = monday + timedelta(days=1)
        assert run_job(session, "escalate", london_instant(tuesday, 9)) == 1
        (escalation,) = opened(session)
        assert (escalation.kind, escalation.trigger) == (Subject.CERTIFICATE, Trigger.CERTIFICATE_LAPSED)
        assert asked(session, escalation) == "Nadia Rahman", "the manager was told before"
        assert (
            escalation.why == "It was to be renewed by 12 February 2027, and no evidence had come 2 working days later."
        )


def test_of_a_lapse_with_evidence_to_check_only_the_department_is_told(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        row = insurance(session, valid_to=TODAY - timedelta(days=1))
        give(session, row, valid_from=TODAY)
        assert run_job(session, "lapsed") == 1
        assert [each.channel for each in messages(session, f"certificate-{row.id}-lapsed")] == [AMIRA]


def test_what_lasts_as_long_as_the_contract_needs_no_renewal(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        contract = contract_named(session, "WP-NE")
        row = insurance(session, valid_to=contract.end_date)
        contract.end_date = contract.end_date.replace(year=2027)
        row.valid_to = contract.end_date
        session.flush()
        found = source_of(DueKind.CERTIFICATE).find(
            work(session), ContractScope(col(Certificate.id) == row.id), DueBetween()
        )
        assert found == []


def test_bad_evidence_changes_nothing(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        row = insurance(session)
        ctx = act(session, PRIYA)
        with pytest.raises(Denied, match="somebody else’s"):
            give(session, row, file=GivenFile("a.pdf", AMIRA, PDF))
        with pytest.raises(UserError, match="not a PDF, PNG, JPEG or DOCX file"):
            give(session, row, file=GivenFile("a.exe", PRIYA, PDF))
        known: dict[str, Any] = {"contract": "WP-NE", "name": "Indemnity", "kind": "insurance"}
        past = CertificateRecord(**known, cover=2_000_000, valid_from=date(2025, 1, 1), valid_to=date(2025, 12, 31))
        without_cover = CertificateRecord(**known, valid_from=TODAY, valid_to=date(2027, 12, 31))
        for record, link, field in (
            (past, NEXT.link, "valid_to"),
            (without_cover, NEXT.link, "cover"),
            (without_cover.model_copy(update={"cover": 2_000_000}), "not a link", "link"),
        ):
            with pytest.raises(UserError) as refused:
                evidence.entry_of(ctx, row.public_id, record, link, has_file=False)
            assert refused.value.field == field
        with pytest.raises(ValueError, match="is before"):
            CertificateRecord(**known, valid_from=ENDS, valid_to=TODAY)
        assert row.state is CertificateState.VERIFIED
        assert session.scalars(select(CertificateEvidence)).all() == []


def test_another_partners_person_reaches_nothing(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        row = insurance(session)
        kept = give(session, row, file=GivenFile("a.pdf", PRIYA, PDF))
        ctx = act(session, SEUN)
        for refused in (
            lambda: evidence.certificate_to_renew(ctx, row.public_id),
            lambda: evidence.give(ctx, row.public_id, NEXT, None),
            lambda: checking.evidence_to_check(ctx, row.public_id),
            lambda: checking.file_of(ctx, kept.public_id),
            lambda: certificates.certificate_to_change(ctx, row.public_id),
        ):
            with pytest.raises(Denied):
                refused()
        assert row.id not in {line.certificate.id for line in certificates.list_certificates(ctx).lines}
        with pytest.raises(Denied):
            checking.evidence_to_check(act(session, PRIYA), row.public_id)


def test_a_file_says_where_a_renewal_belongs_and_takes_no_period_back(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        renewal = {"contract": "WP-NE", "name": "Insurance", "owed_by": "partner", "due": "2027-03-31"}
        with pytest.raises(CannotImport, match="Enter it on the sheet certificates"):
            imported(work(session), rows_of(only("milestones", {**renewal, "kind": "certificate or policy"})))
        exported = dict(register_rows(work(session)))[CertificateRecord]
        assert {each.known_as for each in exported} == {
            "WP-NE, Public liability insurance",
            "IT-CH, Cyber Essentials Plus",
        }
        row = session.scalars(select(Certificate).where(col(Certificate.number) == "PL-40218")).one()
        give(session, row, cover=6_000_000)
        check(session, row, CertificateEvent.VERIFIED)
        old = {"contract": "WP-NE", "name": row.name, "kind": "insurance", "number": "PL-40218"}
        imported(work(session), rows_of(only("certificates", {**old, "valid_to": "2027-09-30"})))
        session.expire_all()
        assert (row.number, row.valid_to, row.state) == ("PI-2", NEXT.valid_to, CertificateState.VERIFIED)


def test_a_certificate_is_added_and_changed_by_those_who_keep_the_contract(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        record = CertificateRecord(
            contract="WP-NE", name="ISO 27001", kind=CertificateKind.ACCREDITATION, needed_by=ENDS
        )
        card = certificates.add_certificate(act(session, AMIRA), record, seen=False)
        row = card.certificate
        assert (row.state, row.due_on) == (CertificateState.AWAITED, ENDS)
        with pytest.raises(UserError) as twice:
            certificates.add_certificate(act(session, AMIRA), record, seen=False)
        assert twice.value.field == "name"
        seen = record.model_copy(update={"valid_to": date(2029, 1, 1), "needed_by": None})
        changed = certificates.change_certificate(act(session, AMIRA), row.public_id, seen, seen=True)
        assert (row.state, row.verified_on) == (CertificateState.VERIFIED, TODAY)
        assert set(changed.changes) == {"valid to", "needed by", "verified"}
        with pytest.raises(Denied):
            certificates.change_certificate(act(session, PRIYA), row.public_id, seen, seen=True)
