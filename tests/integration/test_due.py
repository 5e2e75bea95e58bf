"""What falls due, kind by kind: every source finds what is open and nothing else, by its id and by its day alike."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.document_cycle import DocumentKind
from bot.domain.due_kinds import DueKind
from bot.domain.duties import Regime
from bot.domain.london import london_instant
from bot.models import (
    ActionItem,
    Audit,
    AuditKind,
    AuditState,
    Certificate,
    CertificateEvidence,
    CertificateKind,
    CertificateState,
    Contact,
    ContactChannel,
    Contract,
    CreditState,
    Decision,
    Document,
    DocumentException,
    DocumentQuestion,
    DocumentVersion,
    ExceptionState,
    ExtensionOption,
    Finding,
    FindingGrade,
    FindingState,
    Intervention,
    Invoice,
    Milestone,
    MilestoneKind,
    Obligation,
    Party,
    Person,
    PlanStatus,
    RectificationPlan,
    Report,
    ReportDecision,
    Risk,
    RiskStatus,
    ServiceCredit,
    Spend,
    Stage,
)
from bot.scopes import EVERYWHERE, on_contract
from bot.services.due.open_items import sources_on, still_due, still_open
from bot.services.due.selection import ByDueDates, DueBetween
from bot.services.due.source import DueItem
from bot.services.due.sources import SOURCES, source_of
from tests.builders import DAY, MONDAY, act, add_memo, contract_named, work
from tests.integration.escalating import person

TODAY = MONDAY.date()
SOON = date(2027, 1, 11)

Made = tuple[int, date, Callable[[], None]]
"""The id of a record, the day it is due, and what settles it."""


def settled(record: Any, **columns: Any) -> Callable[[], None]:  # noqa: ANN401  # any record and its columns
    """Settle a record by these columns."""

    def settle() -> None:
        for name, value in columns.items():
            setattr(record, name, value)

    return settle


def report(session: Session, contract: Contract) -> Made:
    row = Report(contract_id=contract.id, period="2026-12", due_on=SOON, prompt_at=MONDAY, asked_on=TODAY)
    session.add(row)
    session.flush()
    who = person(session, "U0PRIYA").id
    return row.id, SOON, settled(row, received_at=MONDAY, reporter_id=who)


def query(session: Session, contract: Contract) -> Made:
    """Asked on Wednesday, it has the three working days of a report: so Monday."""
    who = person(session, "U0AMIRA").id
    row = Report(
        contract_id=contract.id,
        period="2026-12",
        due_on=TODAY,
        prompt_at=MONDAY,
        received_at=MONDAY,
        reporter_id=who,
        decision=ReportDecision.QUERIED,
        decided_at=london_instant(date(2027, 1, 6), 10),
        decided_by_id=who,
        query="Why?",
        query_asked_on=date(2027, 1, 6),
        queries=1,
    )
    session.add(row)
    session.flush()
    return row.id, SOON, settled(row, decision=None, decided_at=None, decided_by_id=None)


def milestone(kind: MilestoneKind) -> Callable[[Session, Contract], Made]:
    def make(session: Session, contract: Contract) -> Made:
        row = Milestone(contract_id=contract.id, name="Go", kind=kind, owed_by=Party.PARTNER, due_on=SOON)
        session.add(row)
        session.flush()
        return row.id, SOON, settled(row, met_on=TODAY)

    return make


def obligation(session: Session, contract: Contract) -> Made:
    row = Obligation(contract_id=contract.id, name="Pay", owed_by=Party.DEPARTMENT, due_on=SOON)
    session.add(row)
    session.flush()
    return row.id, SOON, settled(row, met_on=TODAY)


def certificate(session: Session, contract: Contract) -> Made:
    row = Certificate(
        contract_id=contract.id,
        name="Professional indemnity insurance",
        kind=CertificateKind.INSURANCE,
        valid_from=TODAY,
        valid_to=SOON,
        state=CertificateState.VERIFIED,
        verified_on=TODAY,
    )
    session.add(row)
    session.flush()
    return row.id, SOON, settled(row, valid_to=date(2028, 1, 10))


def evidence(session: Session, contract: Contract) -> Made:
    """Given on Monday, it is to be checked within five working days."""
    subject_id, _, _ = certificate(session, contract)
    row = session.get_one(Certificate, subject_id)
    row.state = CertificateState.SUBMITTED
    given: dict[str, Any] = {
        "link": "https://files.example/1",
        "given_by_id": person(session, "U0PRIYA").id,
        "given_at": MONDAY,
    }
    session.add(
        CertificateEvidence(
            certificate_id=row.id, contract_id=contract.id, valid_from=TODAY, valid_to=date(2028, 1, 10), **given
        )
    )
    session.flush()
    return row.id, SOON, settled(row, state=CertificateState.VERIFIED, valid_to=date(2028, 1, 10))


def credit(session: Session, contract: Contract) -> Made:
    """It reached the partner today, who has five working days to comment on it."""
    row = ServiceCredit(
        contract_id=contract.id,
        period="2026-12",
        state=CreditState.SENT,
        amount=Decimal("5250.01"),
        worth=Decimal("5250.01"),
        proposed_on=TODAY,
        sendings=1,
        reached_on=TODAY,
    )
    session.add(row)
    session.flush()
    return row.id, SOON, settled(row, state=CreditState.CONFIRMED)


def credit_decision(session: Session, contract: Contract) -> Made:
    """Proposed today: the department decides within five working days."""
    subject_id, _, settle = credit(session, contract)
    row = session.get_one(ServiceCredit, subject_id)
    row.state, row.sendings, row.reached_on = CreditState.PROPOSED, 0, None
    session.flush()
    return row.id, SOON, settle


def invoice(session: Session, contract: Contract) -> Made:
    """It is to be paid within 30 days, of which the one that it came on is the first."""
    row = Invoice(
        contract_id=contract.id, number="NF-1", period="2026-11", valid_on=date(2026, 12, 13), amount=Decimal("250.50")
    )
    session.add(row)
    session.flush()
    return row.id, SOON, settled(row, disputed=Decimal("250.50"), dispute="It was paid before")


def variance(session: Session, contract: Contract) -> Made:
    """Entered today: somebody says why within five working days."""
    row = Spend(
        contract_id=contract.id, period="2027-04", profile=Decimal(100), forecast=Decimal("105.01"), entered_on=TODAY
    )
    session.add(row)
    session.flush()
    return row.id, SOON, settled(row, reason="A hub opened early")


def to_confirm(make: Callable[[Session, Contract], Made], model: type[Milestone | Obligation]) -> Any:  # noqa: ANN401  # a maker
    """What was said to be done today: 5 working days later somebody of the department has confirmed it."""

    def made(session: Session, contract: Contract) -> Made:
        subject_id, _, settle = make(session, contract)
        row = session.get_one(model, subject_id)
        priya = person(session, "U0PRIYA").id
        row.said_done_on, row.said_on, row.said_done_by_id = TODAY, TODAY, priya
        session.flush()
        return subject_id, date(2027, 1, 11), settle

    return made


def option(session: Session, contract: Contract) -> Made:
    row = ExtensionOption(
        contract_id=contract.id, name="Extension of 6 months", months=6, decide_by=SOON, recorded_on=TODAY
    )
    session.add(row)
    session.flush()
    return row.id, SOON, settled(row, decision=Decision.DECLINED)


def memo(session: Session, contract: Contract) -> Made:
    row = add_memo(session, contract.id, 77, "Forms", TODAY - DAY, SOON)
    return row.id, SOON, settled(row, acknowledged_on=TODAY)


def policy(session: Session, contract: Contract) -> Made:
    row = add_memo(session, contract.id, 7, "Keeping people safe", TODAY - DAY, SOON, DocumentKind.POLICY)
    return row.id, SOON, settled(row, acknowledged_on=TODAY)


def policy_review(session: Session, contract: Contract) -> Made:
    """Owned by whom partners may ask."""
    row = add_memo(session, contract.id, 8, "Keeping people safe", TODAY, SOON, DocumentKind.POLICY)
    version = session.get_one(DocumentVersion, row.version_id)
    version.ask_id = person(session, "U0AMIRA").id
    document = session.get_one(Document, version.document_id)
    document.review_by = SOON
    session.flush()
    return document.id, SOON, settled(document, review_by=date(2028, 1, 4))


def document_question(session: Session, contract: Contract) -> Made:
    recipient = add_memo(session, contract.id, 78, "Forms", TODAY, SOON)
    asker = session.scalars(select(col(Person.id)).where(col(Person.slack) == "U0PRIYA")).one()
    row = DocumentQuestion(recipient_id=recipient.id, asked_by_id=asker, words="Why?", asked_at=MONDAY, answer_by=SOON)
    session.add(row)
    session.flush()
    return row.id, SOON, settled(row, answered_at=MONDAY, answered_by_id=asker)


def document_exception(session: Session, contract: Contract) -> Made:
    recipient = add_memo(session, contract.id, 79, "Forms", TODAY, SOON)
    asker = session.scalars(select(col(Person.id)).where(col(Person.slack) == "U0PRIYA")).one()
    row = DocumentException(
        recipient_id=recipient.id,
        asked_by_id=asker,
        reason="Our system",
        asked_at=MONDAY,
        asked_until=SOON,
        state=ExceptionState.ASKED,
        decide_by=SOON,
    )
    session.add(row)
    session.flush()
    return row.id, SOON, settled(row, state=ExceptionState.REFUSED, decided_at=MONDAY)


def plan(session: Session, contract: Contract) -> Made:
    row = RectificationPlan(
        contract_id=contract.id, title="Recover", requested_on=TODAY, due_on=SOON, status=PlanStatus.REQUESTED
    )
    session.add(row)
    session.flush()
    return row.id, SOON, settled(row, status=PlanStatus.ACCEPTED)


def plan_notice(session: Session, contract: Contract) -> Made:
    contract.regime, contract.start_date = Regime.ACT_2023, date(2025, 4, 1)
    row = RectificationPlan(
        contract_id=contract.id,
        title="Recover",
        requested_on=SOON - 90 * DAY,
        due_on=SOON - 80 * DAY,
        status=PlanStatus.FAILED,
        status_on=SOON - 30 * DAY,
    )
    session.add(row)
    session.flush()
    return row.id, SOON, settled(row, notice_on=TODAY)


def add_audit(session: Session, contract: Contract, state: AuditState, due_on: date | None) -> Audit:
    lead = person(session, "U0AMIRA").id
    kept: dict[str, Any] = {"held_on": None if state is AuditState.TOLD else TODAY, "lead_id": lead}
    row = Audit(
        contract_id=contract.id,
        name="Site visit, January 2027",
        kind=AuditKind.SITE_VISIT,
        day=SOON,
        state=state,
        due_on=due_on,
        final_on=TODAY if state is AuditState.FINAL else None,
        **kept,
    )
    session.add(row)
    session.flush()
    return row


def audit(session: Session, contract: Contract) -> Made:
    row = add_audit(session, contract, AuditState.TOLD, SOON)
    return row.id, SOON, settled(row, state=AuditState.CHECK, held_on=TODAY)


def coming_visit(session: Session, contract: Contract) -> Made:
    row = add_audit(session, contract, AuditState.TOLD, SOON)
    return row.id, SOON, settled(row, state=AuditState.CANCELLED, ended_why="The contract ends", due_on=None)


def visit(session: Session, contract: Contract) -> Made:
    """The tier is silver: a year after the last one, and settled by one that is planned."""
    contract.tier, contract.visit_months = "silver", None
    known: dict[str, Any] = {"contract_id": contract.id, "kind": AuditKind.SITE_VISIT}
    known["lead_id"] = person(session, "U0AMIRA").id
    last = date(2026, 1, 11)
    session.add(Audit(name="Last", day=last, held_on=last, state=AuditState.FINAL, final_on=last, **known))
    session.flush()
    return contract.id, SOON, lambda: session.add(Audit(name="Next", day=SOON, due_on=SOON, **known))


def factual_check(session: Session, contract: Contract) -> Made:
    row = add_audit(session, contract, AuditState.CHECK, SOON)
    return row.id, SOON, settled(row, state=AuditState.CHECKED)


def add_finding(session: Session, contract: Contract, **changes: Any) -> Finding:  # noqa: ANN401  # columns
    audit_id = add_audit(session, contract, AuditState.FINAL, None).id
    usual: dict[str, Any] = {"title": "Doors", "grade": FindingGrade.MAJOR, "fact": "Wedged open", "found_on": TODAY}
    row = Finding(audit_id=audit_id, contract_id=contract.id, **{**usual, **changes})
    session.add(row)
    session.flush()
    return row


def finding(session: Session, contract: Contract) -> Made:
    row = add_finding(session, contract, next_on=SOON, due_on=SOON + 30 * DAY)
    return row.id, SOON, settled(row, state=FindingState.AGREED, next_on=None)


def finding_check(session: Session, contract: Contract) -> Made:
    disputed: dict[str, Any] = {"state": FindingState.DISPUTED, "disputed_on": TODAY, "dispute": "They were shut"}
    row = add_finding(session, contract, next_on=SOON, due_on=SOON + 30 * DAY, **disputed)
    return row.id, SOON, settled(row, state=FindingState.WITHDRAWN)


def finding_action(session: Session, contract: Contract) -> Made:
    """Once its owner has said that it is done, it waits for the lead."""
    found = add_finding(session, contract, state=FindingState.AGREED, due_on=SOON + 30 * DAY)
    subject_id, _, _ = action(session, contract)
    row = session.get_one(ActionItem, subject_id)
    row.finding_id = found.id
    session.flush()
    return row.id, SOON, settled(row, said_done_on=TODAY, said_done_by_id=row.owner_id)


def intervention(session: Session, contract: Contract) -> Made:
    row = Intervention(
        contract_id=contract.id,
        level=2,
        area="Starts",
        reason="They fell short",
        lead_id=person(session, "U0AMIRA").id,
        exit_test="3 good periods",
        opened_on=TODAY,
        review_on=SOON,
    )
    session.add(row)
    session.flush()
    return row.id, SOON, settled(row, left_on=TODAY, outcome="They are good again")


def action(session: Session, contract: Contract) -> Made:
    who = person(session, "U0AMIRA").id
    row = ActionItem(
        contract_id=contract.id, what="Send it", owner_id=who, due_on=SOON, added_by_id=who, added_at=MONDAY
    )
    session.add(row)
    session.flush()
    return row.id, SOON, settled(row, done_on=TODAY, done_by_id=who)


def risk_review(session: Session, contract: Contract) -> Made:
    row = session.scalars(select(Risk).where(col(Risk.contract_id) == contract.id)).first()
    assert row is not None
    row.review_on, row.status = SOON, RiskStatus.OPEN
    session.flush()
    return row.id, SOON, settled(row, status=RiskStatus.CLOSED, closed_on=TODAY, closing_reason="It is over")


def contact(session: Session, contract: Contract) -> Made:
    """The tier is silver: 60 days after the last one, and settled by another."""
    contract.tier = "silver"

    def log(on: date) -> None:
        who = person(session, "U0AMIRA").id
        entry: dict[str, Any] = {"channel": ContactChannel.PHONE, "summary": "Spoke", "logged_at": MONDAY}
        session.add(Contact(contract_id=contract.id, happened_on=on, author_id=who, **entry))
        session.flush()

    log(SOON - 60 * DAY)
    return contract.id, SOON, lambda: log(TODAY)


def assessment(session: Session, contract: Contract) -> Made:
    """A contract under the Act of more than 5 million pounds, a year before its day."""
    contract.start_date, contract.regime, contract.value_pounds = date(2026, 1, 11), Regime.ACT_2023, 10_000_000
    contract.value_with_vat_pounds, contract.light_touch = None, False
    session.flush()

    def end_it() -> None:
        contract.end_date = TODAY - DAY
        contract.longest_end_date = contract.end_date

    return contract.id, SOON, end_it


MAKERS: dict[DueKind, Callable[[Session, Contract], Made]] = {
    DueKind.REPORT: report,
    DueKind.QUERY: query,
    DueKind.MILESTONE: milestone(MilestoneKind.MILESTONE),
    DueKind.DELIVERABLE: milestone(MilestoneKind.DELIVERABLE),
    DueKind.CERTIFICATE: certificate,
    DueKind.CERTIFICATE_CHECK: evidence,
    DueKind.CREDIT: credit,
    DueKind.CREDIT_DECISION: credit_decision,
    DueKind.INVOICE: invoice,
    DueKind.VARIANCE: variance,
    DueKind.MILESTONE_TO_CONFIRM: to_confirm(milestone(MilestoneKind.MILESTONE), Milestone),
    DueKind.OBLIGATION: obligation,
    DueKind.OBLIGATION_TO_CONFIRM: to_confirm(obligation, Obligation),
    DueKind.OPTION: option,
    DueKind.MEMO: memo,
    DueKind.POLICY: policy,
    DueKind.POLICY_REVIEW: policy_review,
    DueKind.DOCUMENT_QUESTION: document_question,
    DueKind.DOCUMENT_EXCEPTION: document_exception,
    DueKind.PLAN: plan,
    DueKind.PLAN_NOTICE: plan_notice,
    DueKind.VISIT: visit,
    DueKind.AUDIT: audit,
    DueKind.COMING_VISIT: coming_visit,
    DueKind.FACTUAL_CHECK: factual_check,
    DueKind.FINDING: finding,
    DueKind.FINDING_CHECK: finding_check,
    DueKind.FINDING_ACTION: finding_action,
    DueKind.INTERVENTION: intervention,
    DueKind.ACTION: action,
    DueKind.RISK_REVIEW: risk_review,
    DueKind.CONTACT: contact,
    DueKind.ASSESSMENT: assessment,
}


def test_every_kind_has_one_source() -> None:
    assert [source.kind for source in SOURCES] == [*DueKind]
    assert set(MAKERS) == {*DueKind}


@pytest.mark.parametrize("kind", DueKind)
def test_what_is_open_is_found_by_its_day_and_its_id_until_it_is_settled(unchanged: Database, kind: DueKind) -> None:
    with unchanged.rehearsing() as session:
        contract = contract_named(session, "WP-NE")
        subject_id, due_on, settle = MAKERS[kind](session, contract)
        unit, find = work(session), source_of(kind).find
        here = on_contract(contract.id)

        def found(which: DueBetween | ByDueDates) -> list[DueItem]:
            return [each for each in find(unit, here, which) if each.subject_id == subject_id]

        (item,) = found(DueBetween(due_on, due_on))
        assert (item.kind, item.contract_id, item.due_on, item.done_on) == (kind, contract.id, due_on, None)
        assert item.what
        assert source_of(kind).only_reminds or source_of(kind) in sources_on(unit, contract.id)
        assert found(DueBetween()) == found(ByDueDates((due_on,))) == [item]
        assert found(ByDueDates((TODAY,), (((contract.id,), (due_on,)),))) == [item], "by the rule of its own contract"
        assert found(DueBetween(due_on + DAY)) == found(DueBetween(last=due_on - DAY)) == []
        assert found(ByDueDates((due_on + DAY,))) == []
        assert [each for each in still_open(unit, kind, [subject_id]) if each == item] == [item]
        assert still_due(unit, [(kind, subject_id, due_on), (kind, subject_id, due_on - DAY)]) == [True, False]
        settle()
        session.flush()
        assert found(DueBetween(due_on, due_on)) == []
        assert still_due(unit, [(kind, subject_id, due_on)]) == [False]


@pytest.mark.parametrize("kind", [source.kind for source in SOURCES if source.move])
def test_what_can_be_moved_is_due_on_its_new_day_alone(unchanged: Database, kind: DueKind) -> None:
    with unchanged.rehearsing() as session:
        subject_id, due_on, _ = MAKERS[kind](session, contract_named(session, "WP-NE"))
        move, unit = source_of(kind).move, act(session, "U0AMIRA")
        assert move is not None
        move(unit, subject_id, due_on + 3 * DAY)
        session.flush()
        (item,) = still_open(unit, kind, [subject_id])
        assert (item.due_on, item.rule if kind is not DueKind.REPORT else "") == (due_on + 3 * DAY, "")


@pytest.mark.parametrize("kind", [source.kind for source in SOURCES if source.complete])
def test_what_can_be_done_is_open_no_more(unchanged: Database, kind: DueKind) -> None:
    with unchanged.rehearsing() as session:
        subject_id, _, _ = MAKERS[kind](session, contract_named(session, "WP-NE"))
        complete, ctx = source_of(kind).complete, act(session, "U0AMIRA")
        assert complete is not None
        complete(ctx, subject_id)
        session.flush()
        assert still_open(ctx, kind, [subject_id]) == []


def test_a_plan_that_came_is_the_departments_to_decide_on_within_ten_working_days(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        contract = contract_named(session, "WP-NE")
        subject_id, _, _ = plan(session, contract)
        row = session.get_one(RectificationPlan, subject_id)
        row.status, row.received_on = PlanStatus.SUBMITTED, TODAY
        session.flush()
        (item,) = still_open(work(session), DueKind.PLAN, [subject_id])
        assert (item.owed_by, item.due_on) == (Party.DEPARTMENT, date(2027, 1, 18))
        assert item.what == "Decide on the rectification plan: Recover"


def test_a_visit_is_due_by_the_months_of_its_contract_since_the_last_one_or_since_it_is_known(
    unchanged: Database,
) -> None:
    with unchanged.rehearsing() as session:
        contract = contract_named(session, "WP-NE")
        contract.registered_on, contract.tier, contract.visit_months = TODAY, "gold", None
        here, find = on_contract(contract.id), source_of(DueKind.VISIT).find

        def due(*, now: date = TODAY) -> list[date]:
            session.flush()
            return [each.due_on for each in find(work(session, london_instant(now, 9)), here, DueBetween())]

        assert due() == [date(2027, 7, 4)], "of before nobody knows"
        contract.start_date = date(2027, 2, 28)
        assert due() == [date(2027, 8, 31)], "from the last day of a month to the last day of another"
        contract.visit_months = 1
        assert due() == [date(2027, 3, 31)]
        for day in (date(2027, 3, 28), date(2027, 3, 30), date(2027, 3, 31), date(2027, 4, 1)):
            on_its_day = [date(2027, 3, 31)] if day == date(2027, 3, 31) else []
            assert [each.due_on for each in find(work(session), here, ByDueDates((day,)))] == on_its_day
            assert [each.due_on for each in find(work(session), here, DueBetween(day, day))] == on_its_day
        contract.stage = Stage.PROCUREMENT
        assert due() == [], "it is not delivered yet"
        contract.stage = Stage.LIVE
        assert due(now=contract.end_date + DAY) == [], "it is over"


def test_a_contract_that_came_into_the_register_late_is_spoken_with_from_then_on(unchanged: Database) -> None:
    """What was said before, nobody has logged."""
    with unchanged.rehearsing() as session:
        session.execute(update(Contract).values(registered_on=TODAY, tier="gold", start_date=date(2025, 4, 1)))
        found = source_of(DueKind.CONTACT).find(work(session), EVERYWHERE, DueBetween())
        assert {each.due_on for each in found} == {TODAY + 30 * DAY}
