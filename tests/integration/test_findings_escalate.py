"""Findings go up the ladder: critical ones at once, others when their day or that of an answer has passed; they come by
a file, which changes nothing of what became of them."""

from datetime import date
from typing import Any

import pytest
import yaml
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.escalation_triggers import Subject, Trigger
from bot.domain.finding_cycle import FindingGrade, FindingState
from bot.models import Audit, AuditKind, AuditState, Contract, Escalation, Finding
from bot.services.portfolio.faults import CannotImport
from bot.services.portfolio.reading import read_bytes
from bot.services.remedies.proposals import proposed_to
from tests.builders import DAY, MONDAY, act, contract_named, run_job, work
from tests.integration.escalating import TODAY, at, person, quiet
from tests.samples import imported, sample_sheets


def final(session: Session, contract: int, **changes: Any) -> Finding:  # noqa: ANN401  # whichever columns a test is about
    lead = person(session, "U0AMIRA").id
    visit = Audit(
        contract_id=contract, name="Visit", kind=AuditKind.SITE_VISIT, day=TODAY, lead_id=lead, held_on=TODAY,
        state=AuditState.FINAL, final_on=TODAY,
    )  # fmt: skip
    session.add(visit)
    session.flush()
    usual: dict[str, Any] = {"title": "Doors", "fact": "Wedged open", "grade": FindingGrade.MAJOR, "found_on": TODAY}
    row = Finding(contract_id=contract, audit_id=visit.id, **{**usual, **changes})
    session.add(row)
    session.flush()
    return row


def escalations(session: Session) -> list[tuple[Trigger, bool]]:
    rows = session.scalars(
        select(Escalation).where(col(Escalation.kind) == Subject.FINDING).order_by(col(Escalation.id))
    )
    return [(row.trigger, row.ended_at is None) for row in rows]


def test_a_critical_finding_goes_up_at_once_and_settles_when_it_is_closed(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        row = final(
            session, quiet(session), grade=FindingGrade.CRITICAL, due_on=TODAY + 7 * DAY, next_on=TODAY + 7 * DAY
        )
        run_job(session, "escalate", at(0))
        assert escalations(session) == [(Trigger.FINDING_CRITICAL, True)]
        row = session.get_one(Finding, row.id)
        row.state, row.closed_on, row.next_on = FindingState.CLOSED, TODAY, None
        run_job(session, "escalate", at(1))
        assert escalations(session) == [(Trigger.FINDING_CRITICAL, False)]


def test_for_a_critical_finding_a_plan_is_proposed_until_it_is_put_right(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        contract = contract_named(session, "WP-NE")
        here, amira = col(Contract.id) == contract.id, act(session, "U0AMIRA")
        before = proposed_to(amira, here).plans
        row = final(session, contract.id, grade=FindingGrade.CRITICAL)
        assert proposed_to(amira, here).plans == before, "the report is a draft"
        row.due_on = TODAY + 7 * DAY
        session.flush()
        [proposed] = [each for each in proposed_to(amira, here).plans if each not in before]
        assert (proposed.contract, proposed.key) == ("WP-NE", contract.public_id)
        assert f"{row.reference} is a critical finding, to be put right by" in proposed.why
        row.state, row.closed_on = FindingState.CLOSED, TODAY
        session.flush()
        assert proposed_to(amira, here).plans == before


def test_others_go_up_when_their_day_has_passed(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        final(session, quiet(session), state=FindingState.AGREED, due_on=TODAY + 7 * DAY)
        run_job(session, "escalate", at(7))
        assert escalations(session) == []
        run_job(session, "escalate", at(8))
        assert escalations(session) == [(Trigger.FINDING_OVERDUE, True)]


def test_a_dispute_without_an_answer_goes_up(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        disputed: dict[str, Any] = {"state": FindingState.DISPUTED, "dispute": "They were shut", "disputed_on": TODAY}
        final(session, quiet(session), due_on=TODAY + 90 * DAY, next_on=TODAY + 14 * DAY, **disputed)
        run_job(session, "escalate", at(14))
        assert escalations(session) == []
        run_job(session, "escalate", at(15))
        assert escalations(session) == [(Trigger.FINDING_DISPUTED, True)]


@pytest.mark.parametrize("days", [2, 4])
def test_a_late_response_goes_up_after_the_days_that_its_finding_keeps(unchanged: Database, days: int) -> None:
    with unchanged.rehearsing() as session:
        row = final(session, contract := quiet(session), due_on=TODAY + 90 * DAY, next_on=TODAY, escalate_days=days)
        session.get_one(Contract, contract).finding_escalate_days = 1  # of findings from now on
        run_job(session, "escalate", at(days - 1))
        assert escalations(session) == []
        run_job(session, "escalate", at(days))
        assert (escalations(session), row.state) == ([(Trigger.FINDING_OVERDUE, True)], FindingState.OPEN)


def file_of(sheet: str, **changes: object) -> bytes:
    first = next(row for row in sample_sheets()[sheet] if row["contract"] == "FM-JC")
    return yaml.safe_dump({sheet: [{**first, **changes}]}, allow_unicode=True).encode()


@pytest.mark.parametrize(
    ("sheet", "changes", "fault"),
    [
        ("audits", {"state": "planned", "held": "(empty)", "reported": "(empty)"}, "recorded in Slack"),
        ("audits", {"lead": "U0DEAN"}, "does not work for the department"),
        ("findings", {"state": "closed", "closed": date(2027, 1, 4)}, "recorded in Slack"),
        ("findings", {"audit": "Site visit, May 2026"}, "is no visit or audit of FM-JC"),
    ],
)
def test_a_file_does_not_say_what_became_of_a_known_one(
    unchanged: Database, sheet: str, changes: dict[str, object], fault: str
) -> None:
    with unchanged.rehearsing() as session:
        rows = read_bytes("changed.yaml", file_of(sheet, **changes))
        with pytest.raises(CannotImport, match=fault):
            imported(work(session, MONDAY, "import"), rows)


def test_a_file_changes_what_was_planned(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        rows = read_bytes("changed.yaml", file_of("audits", place="Leeds alone"))
        imported(work(session, MONDAY, "import"), rows)
        assert session.scalars(select(col(Audit.place))).one() == "Leeds alone"
