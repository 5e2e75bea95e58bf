"""Visits and findings follow their life cycles whatever people do: no step without its right or out of its order, no
day that goes backward, and partners read nothing of a draft."""

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.audit_cycle import AUDIT, AuditEvent, AuditKind, AuditState, Opinion
from bot.domain.due_kinds import DueKind
from bot.domain.finding_cycle import FINDING, FindingEvent, FindingGrade, FindingState
from bot.errors import UserError
from bot.identity import Denied
from bot.models import (
    ActionItem,
    Audience,
    Audit,
    Contract,
    Finding,
    Organisation,
    OutboxMessage,
    Person,
    Reminder,
    ReminderLine,
    TrailEntry,
)
from bot.records import AuditRecord, ContractRecord, FindingRecord
from bot.services.audits import audit_pages, audit_steps, audits, findings, responses, visits
from bot.services.contracts.contract_edit import change_contract
from bot.services.digest import summary
from bot.services.digest.dated_items import FindingCounts, Scope
from bot.services.pages import contract, partners
from bot.services.portfolio.audit_report import report_file
from tests.builders import DAY, MONDAY, act, contract_named, run_job, work

AMIRA, HELEN, NADIA, PRIYA, SEUN, RHIAN = "U0AMIRA", "U0HELEN", "U0NADIA", "U0PRIYA", "U0SEUN", "U0RHIAN"
TODAY = MONDAY.date()
PEOPLE = (AMIRA, HELEN, NADIA, PRIYA, SEUN, RHIAN)
SECRET = "They were late last year"
STEPS = "Priya Nair: fit door holders by 15 January\nAmira Shah: tell the landlord by 13 January"


def planned(session: Session) -> Audit:
    record = AuditRecord(
        contract="WP-NE",
        name="Site visit, January 2027",
        kind=AuditKind.SITE_VISIT,
        day=TODAY,
        lead=AMIRA,
        notes=SECRET,
    )
    return audits.plan(act(session, AMIRA), record).row


def record(session: Session, row: Audit, title: str = "Doors", **changes: Any) -> Finding:  # noqa: ANN401  # fields
    usual: dict[str, Any] = {"grade": FindingGrade.MINOR, "clause": "7.3", "fact": "Wedged open", "found": TODAY}
    made = FindingRecord(contract="WP-NE", audit=row.name, title=title, **{**usual, **changes})
    return findings.add(act(session, AMIRA), row.public_id, made, None).row


def drafted(session: Session) -> tuple[Audit, Finding]:
    row = planned(session)
    audit_steps.settle(act(session, AMIRA), row.public_id, AuditEvent.TOLD, None, "")
    audit_steps.settle(act(session, AMIRA), row.public_id, AuditEvent.HELD, TODAY, "")
    found = record(session, row)
    audit_steps.write_report(act(session, AMIRA), row.public_id, Opinion.LIMITED, "Doors need work", send=False)
    return row, found


def final(session: Session) -> tuple[Audit, Finding]:
    row, found = drafted(session)
    audit_steps.write_report(act(session, AMIRA), row.public_id, Opinion.LIMITED, "Doors need work", send=True)
    audit_steps.check(act(session, PRIYA), row.public_id, {})
    audit_steps.make_final(act(session, AMIRA), row.public_id, {})
    return row, found


def test_partners_read_nothing_of_a_draft_and_never_the_notes(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        row, found = drafted(session)
        page = audit_pages.audit_page(act(session, PRIYA), row.reference)
        assert (page.findings, page.notes, page.facts.summary, page.facts.opinion) == ([], "", "", None)
        assert audit_pages.audit_page(act(session, AMIRA), row.reference).notes == SECRET
        assert audit_pages.audit_list(act(session, PRIYA)).findings == []
        with pytest.raises(UserError, match="No visit, audit or finding"):
            audit_pages.finding_page(act(session, PRIYA), found.reference)
        for who in (SEUN, RHIAN):
            with pytest.raises(UserError, match="No visit, audit or finding"):
                audit_pages.audit_page(act(session, who), row.reference)
        assert SECRET.encode() not in report_file(act(session, PRIYA), row.public_id).content
        texts = str([(each.text, each.blocks) for each in session.scalars(select(OutboxMessage))])
        assert "Wedged open" not in texts
        assert SECRET not in texts


def test_open_findings_stand_on_the_contracts_pages_and_are_counted_in_internal_summaries(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        _, found = drafted(session)
        assert [each.row.id for each in contract.contract_page(act(session, AMIRA), "WP-NE").findings] == [found.id]
        assert partners.partner_card(act(session, PRIYA), "WP-NE").findings == []
    with unchanged.rehearsing() as session:
        row, found = final(session)
        assert [each.row.id for each in partners.partner_card(act(session, PRIYA), "WP-NE").findings] == [found.id]
        unit, here = work(session, MONDAY + 100 * DAY), session.get_one(Contract, row.contract_id)
        assert summary.build(unit, Scope(here)).findings == FindingCounts(1, 1, 0)
        assert summary.build(unit, Scope(here, Audience.SHARED)).findings == FindingCounts()


def visits_due(session: Session) -> dict[str, visits.VisitDue]:
    tiers = visits.year_plan(act(session, AMIRA)).tiers
    return {line.contract: line for _, _, lines in tiers for line in lines}


def test_the_plan_of_the_year_says_what_is_due_and_what_is_overdue(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        due = visits_due(session)["WP-NE"]
        assert (due.is_overdue, due.due_on) == (False, date(2027, 7, 4)), "of before it was known nobody knows"
        contract_named(session, "WP-NE").registered_on = (MONDAY - 400 * DAY).date()
        session.flush()
        overdue = visits_due(session)["WP-NE"]
        assert (overdue.is_overdue, overdue.due_on) == (True, date(2026, 5, 31))
        assert summary.build(work(session), Scope()).visits_overdue == 1
        here = contract_named(session, "WP-NE")
        assert summary.build(work(session), Scope(here)).visits_overdue == 1
        assert summary.build(work(session), Scope(here, Audience.SHARED)).visits_overdue == 0
        planned(session)
        assert (visits_due(session)["WP-NE"].is_overdue, visits_due(session)["WP-NE"].planned) == (False, TODAY)
        assert summary.build(work(session), Scope()).visits_overdue == 0


def test_what_was_withdrawn_as_a_draft_is_in_no_report_and_the_partner_never_reads_it(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        row, found = drafted(session)
        other = record(session, row, "Files", fact="They keep two sets")
        responses.change(act(session, AMIRA), other.public_id, FindingEvent.WITHDRAWN, "We were wrong about them")
        audit_steps.write_report(act(session, AMIRA), row.public_id, Opinion.LIMITED, "Doors", send=True)
        audit_steps.check(act(session, PRIYA), row.public_id, {})
        audit_steps.make_final(act(session, AMIRA), row.public_id, {})
        texts = str([(each.text, each.blocks) for each in session.scalars(select(OutboxMessage))])
        assert "Wedged open" in texts
        page = audit_pages.audit_page(act(session, PRIYA), row.reference)
        assert [each.row.id for each in page.findings] == [found.id]
        [line] = [e for e in audit_pages.audit_list(act(session, PRIYA)).audits if e.facts.reference == row.reference]
        assert line.findings == 1
        with pytest.raises(UserError, match="No visit, audit or finding"):
            audit_pages.finding_page(act(session, PRIYA), other.reference)
        report = report_file(act(session, PRIYA), row.public_id).content
        rows = str([[cell.value for cell in each] for sheet in load_workbook(BytesIO(report)) for each in sheet.rows])
        assert "Wedged open" in rows
        for secret in ("They keep two sets", "We were wrong about them", other.reference):
            assert secret not in texts + rows
        inside = audit_pages.audit_page(act(session, AMIRA), row.reference)
        assert {each.row.id for each in inside.findings} == {found.id, other.id}


def test_what_the_partner_checks_and_is_withdrawn_then_is_told(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        row, found = drafted(session)
        audit_steps.write_report(act(session, AMIRA), row.public_id, Opinion.LIMITED, "Doors", send=True)
        responses.change(act(session, AMIRA), found.public_id, FindingEvent.WITHDRAWN, "They were shut")
        texts = [each.text for each in session.scalars(select(OutboxMessage).order_by(col(OutboxMessage.id)))]
        assert "is withdrawn" in texts[-1]


def test_a_draft_of_another_visit_is_repeated_by_no_finding(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        drafted(session)
        row = planned(session)
        audit_steps.settle(act(session, AMIRA), row.public_id, AuditEvent.HELD, TODAY, "")
        again = record(session, row)
        assert (again.grade, again.repeat_of_id) == (FindingGrade.MINOR, None)


def test_a_repeat_goes_up_a_grade_and_names_the_one_that_it_repeats(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        _, first = final(session)
        row = planned(session)
        assert row.name == "Site visit, January 2027, number 2"
        audit_steps.settle(act(session, AMIRA), row.public_id, AuditEvent.HELD, TODAY, "")
        again, other = record(session, row), record(session, row, "Files", clause="9.1")
        assert (again.grade, again.repeat_of_id) == (FindingGrade.MAJOR, first.id)
        assert (other.grade, other.repeat_of_id) == (FindingGrade.MINOR, None)


def test_the_partners_silence_does_not_hold_up_a_report(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        row, found = drafted(session)
        audit_steps.write_report(act(session, AMIRA), row.public_id, Opinion.WEAK, "Doors", send=True)
        with pytest.raises(UserError, match="The partner has until 11 January 2027"):
            audit_steps.make_final(act(session, AMIRA), row.public_id, {})
        audit_steps.make_final(act(session, AMIRA, MONDAY + 8 * DAY), row.public_id, {})
        assert row.state is AuditState.FINAL
        assert (found.next_on, found.due_on) == (date(2027, 1, 26), date(2027, 4, 8))


USUAL = {
    "visit_notice_days": 10,
    "audit_draft_days": 10,
    "audit_check_days": 5,
    "audit_final_days": 5,
    "finding_respond_days": 10,
    "finding_escalate_days": 2,
    "finding_decide_days": 10,
    "finding_verify_days": 5,
}
OTHER = dict(zip(USUAL, (1, 3, 2, 4, 6, 7, 8, 9), strict=True))


def use_days(session: Session, **days: int | None) -> None:
    """Change the days of WP-NE, as its form does."""
    row = contract_named(session, "WP-NE")
    kept = {**ContractRecord.kept_in(row), "partner": session.get_one(Organisation, row.partner_id).key}
    change_contract(act(session, AMIRA), row.id, ContractRecord(**{**kept, **days}))  # type: ignore[arg-type]  # as the form has them


@pytest.mark.parametrize(
    ("days", "due"),
    [(USUAL, (18, 11, 11, 18, 18, 11)), (OTHER, (7, 6, 8, 12, 14, 15))],
)
def test_the_days_are_the_contracts_and_another_number_counts_from_then_on(
    unchanged: Database, days: dict[str, int], due: tuple[int, ...]
) -> None:
    found_due: list[date | None] = []
    with unchanged.rehearsing() as session:
        use_days(session, **days)
        row = planned(session)
        row.day = row.due_on = TODAY + 2 * DAY
        told = audit_steps.settle(act(session, AMIRA), row.public_id, AuditEvent.TOLD, None, "")
        assert ("less than the usual notice of 10 working days" in told.sentence) is (days is USUAL)
        audit_steps.settle(act(session, AMIRA), row.public_id, AuditEvent.HELD, TODAY, "")
        found_due.append(row.due_on)
        found, other = record(session, row), record(session, row, "Files")
        audit_steps.write_report(act(session, AMIRA), row.public_id, Opinion.WEAK, "Doors", send=True)
        found_due.append(row.due_on)
        audit_steps.check(act(session, PRIYA), row.public_id, {})
        found_due.append(row.due_on)
        audit_steps.make_final(act(session, AMIRA), row.public_id, {})
        found_due.append(found.next_on)
        use_days(session, **dict.fromkeys(USUAL, 30))
        assert (found.next_on, found.escalate_days) == (found_due[-1], days["finding_escalate_days"])
        use_days(session, **days)
        responses.dispute(act(session, PRIYA), found.public_id, "They were shut")
        found_due.append(found.next_on)
        responses.agree(act(session, PRIYA), other.public_id, "", "No holders", STEPS.splitlines()[0])
        [item] = session.scalars(select(ActionItem).where(col(ActionItem.finding_id) == other.id))
        responses.say_done(act(session, PRIYA), item.public_id, TODAY, "Photos")
        found_due.append(other.next_on)
    assert tuple(each.day for each in found_due if each) == due


def test_a_contract_has_its_own_months_between_visits_and_else_those_of_its_tier(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        use_days(session, visit_months=13)
        assert "WP-NE" not in visits_due(session), "the next is due after more than a year"
        use_days(session, visit_months=9)
        assert (visits_due(session)["WP-NE"].due_on, visits_due(session)["WP-NE"].months) == (date(2027, 10, 4), 9)
        use_days(session, visit_months=None)
        assert (visits_due(session)["WP-NE"].due_on, visits_due(session)["WP-NE"].months) == (date(2027, 7, 4), None)


def partner_reminded(session: Session, now: datetime) -> list[tuple[str, str, date]]:
    """Who at the partner is reminded of which visit, and of which day, by now."""
    run_job(session, "remind", now)
    rows = session.execute(
        select(col(Person.slack), col(ReminderLine.what), col(ReminderLine.due_on))
        .join(Reminder, col(Reminder.id) == col(ReminderLine.reminder_id))
        .join(Person, col(Person.id) == col(Reminder.person_id))
        .where(col(ReminderLine.kind) == DueKind.COMING_VISIT)
        .order_by(col(ReminderLine.id))
    )
    return [(slack, what, on) for slack, what, on in rows]


def test_the_partner_is_reminded_of_a_coming_visit_on_its_day_as_it_is_now(unchanged: Database) -> None:
    """20 January 2027 is 10 working days after 6 January, and 2 after 18 January."""
    with unchanged.rehearsing() as session:
        row = planned(session)
        row.day = row.due_on = date(2027, 1, 20)
        row.place = "Gateshead"
        assert partner_reminded(session, MONDAY + 2 * DAY) == [], "the partner is not told yet"
    with unchanged.rehearsing() as session:
        row = planned(session)
        row.day = row.due_on = date(2027, 1, 20)
        row.place = "Gateshead"
        audit_steps.settle(act(session, AMIRA), row.public_id, AuditEvent.TOLD, None, "")
        key, of_it = row.public_id, "Site visit, January 2027, Gateshead"
        assert partner_reminded(session, MONDAY + DAY) == []
        first = (PRIYA, of_it, date(2027, 1, 20))
        assert partner_reminded(session, MONDAY + 2 * DAY) == [first]
        later = act(session, AMIRA, MONDAY + 3 * DAY)
        audit_steps.settle(later, key, AuditEvent.MOVED, date(2027, 2, 3), "")
        assert partner_reminded(session, MONDAY + 14 * DAY) == [first], "not by the old day"
        moved = (PRIYA, of_it, date(2027, 2, 3))
        assert partner_reminded(session, MONDAY + 16 * DAY) == [first, moved]
        cancelled = act(session, AMIRA, MONDAY + 17 * DAY)
        audit_steps.settle(cancelled, key, AuditEvent.CANCELLED, None, "The contract ends")
        assert partner_reminded(session, MONDAY + 28 * DAY) == [first, moved], "it does not take place"


def test_a_day_missed_by_an_outage_reminds_of_no_visit_that_has_passed(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        row = planned(session)
        row.day = row.due_on = date(2027, 1, 7)
        audit_steps.settle(act(session, AMIRA), row.public_id, AuditEvent.TOLD, None, "")
        assert partner_reminded(session, MONDAY) == []
        assert partner_reminded(session, MONDAY + 4 * DAY) == [], "2 working days before it was missed"


def act_on(session: Session, who: str, row: Audit, found: Finding, event: AuditEvent | FindingEvent) -> object:
    """What somebody does so that this event happens."""
    ctx, key = act(session, who), found.public_id
    actions = list(session.scalars(select(ActionItem).where(col(ActionItem.finding_id) == found.id)))
    match event:
        case AuditEvent.ASKED:
            return audit_steps.ask_for_another_day(ctx, row.public_id, TODAY + 9 * DAY, "The office moves")
        case AuditEvent.DRAFTED:
            return audit_steps.write_report(ctx, row.public_id, Opinion.WEAK, "Doors", send=False)
        case AuditEvent.SENT:
            return audit_steps.write_report(ctx, row.public_id, Opinion.WEAK, "Doors", send=True)
        case AuditEvent.CHECKED:
            return audit_steps.check(ctx, row.public_id, {})
        case AuditEvent.FINAL:
            return audit_steps.make_final(ctx, row.public_id, {})
        case AuditEvent():
            return audit_steps.settle(ctx, row.public_id, event, TODAY, "It is over")
        case FindingEvent.AGREED:
            return responses.agree(ctx, key, "Wedges taken away", "No holders", STEPS)
        case FindingEvent.DISPUTED:
            return responses.dispute(ctx, key, "They were shut")
        case FindingEvent.DONE if not actions:
            raise UserError("There is no action, and so no button.")
        case FindingEvent.DONE:
            return [responses.say_done(ctx, each.public_id, TODAY, "A photograph") for each in actions[:1]]
        case FindingEvent.VERIFIED | FindingEvent.RETURNED:
            return responses.verify(ctx, key, [each.public_id for each in actions], event, "Not yet")
        case _:
            return responses.change(ctx, key, event, "Because")


EVENTS: list[Any] = [*AuditEvent, *[each for each in FindingEvent if each is not FindingEvent.NOTED]]
DEPARTMENT = {AMIRA, HELEN, NADIA}


@pytest.mark.parametrize("begun", [planned, final], ids=["planned", "final"])
@settings(max_examples=25, suppress_health_check=list(HealthCheck), deadline=None)
@given(walk=st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(EVENTS)), min_size=4, max_size=14))
def test_whatever_people_do_the_life_cycles_hold(
    unchanged: Database, begun: Callable[[Session], Any], walk: list[tuple[str, Any]]
) -> None:
    with unchanged.rehearsing() as session:
        made = begun(session)
        row, found = made if isinstance(made, tuple) else (made, None)
        found = found or Finding(audit_id=row.id, contract_id=row.contract_id, title="x", fact="x",
                                 grade=FindingGrade.MAJOR, found_on=TODAY)  # fmt: skip
        if found.id is None:
            session.add(found)
            session.flush()
        for who, event in walk:
            before = (row.state, found.state, len(list(session.scalars(select(TrailEntry)))))
            try:
                act_on(session, who, row, found, event)
            except (UserError, Denied):
                session.flush()
                entries = len(list(session.scalars(select(TrailEntry))))
                partly = event is AuditEvent.SENT and row.state is AuditState.DRAFT
                assert partly or (row.state, found.state, entries) == before, "what is refused changes nothing"
                continue
            session.flush()
            _holds(session, who, row, found, before[:2])


def _holds(session: Session, who: str, row: Audit, found: Finding, before: tuple[AuditState, FindingState]) -> None:
    assert who in DEPARTMENT | {PRIYA}, "somebody without a role did something"
    if row.state is not before[0]:
        reached = {each.to for each in AUDIT.rows if each.state is before[0]}
        assert row.state in reached | {each.to for each in AUDIT.rows if each.state in reached}
    if found.state is not before[1]:
        assert found.state in {each.to for each in FINDING.rows if each.state is before[1]}
    if found.state is FindingState.CLOSED and before[1] is FindingState.DONE:
        steps = list(session.scalars(select(ActionItem).where(col(ActionItem.finding_id) == found.id)))
        assert all(each.done_on and each.done_by_id not in (each.owner_id, None) for each in steps)
    days = [row.held_on, row.final_on]
    assert sorted(day for day in days if day) == [day for day in days if day], "no day goes backward"
    assert found.next_on is None or found.next_on >= TODAY
    assert found.due_on is None or found.due_on >= found.found_on
