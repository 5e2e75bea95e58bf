"""The clocks of a portfolio that is made up for a year, in the register, and what people do about them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from bot.domain.document_cycle import DocumentKind
from bot.domain.intervention_cycle import InterventionEvent
from bot.models import (
    Audit,
    AuditKind,
    AuditState,
    CreditState,
    Document,
    DocumentVersion,
    Finding,
    FindingGrade,
    FindingState,
    Intervention,
    Milestone,
    MilestoneKind,
    Party,
    RoleName,
    ServiceCredit,
)
from bot.services.remedies import intervention_steps
from tests.builders import act, add_memo
from tests.working_days import DAY, nine, working_days_after
from tests.year import Agreement
from tests.year_clocks import (
    COMMENT,
    CONFIRMATION,
    POLICY,
    RESPONSE,
    REVIEW,
    VERIFICATION,
    VERIFIED_WITHIN,
    Clock,
)

LONG_AGO, FAR = date(2025, 5, 1), date(2028, 12, 1)


def enter(session: Session, each: Agreement, contract_id: int, people: Mapping[RoleName, int]) -> None:
    """Everything that has a clock, and the visit whose findings some are."""
    manager = people[RoleName.CONTRACT_MANAGER]
    visit = Audit(
        contract_id=contract_id, name="Visit", kind=AuditKind.SITE_VISIT, day=LONG_AGO, lead_id=manager,
        state=AuditState.CANCELLED, ended_why="Its findings alone are looked at",
    )  # fmt: skip
    session.add(visit)
    session.flush()
    for number, clock in enumerate(each.clocks):
        of_it: dict[str, Any] = {"contract_id": contract_id}
        match clock.kind:
            case "policy review":
                _policy(session, contract_id, clock, manager, number)
            case "review of an intervention":
                session.add(
                    Intervention(
                        **of_it, level=2, area=clock.name, reason="It fell", lead_id=manager, exit_test="Three",
                        opened_on=LONG_AGO, review_on=clock.begins,
                    )
                )  # fmt: skip
            case "response to a finding" | "verification of a finding":
                session.add(_finding(visit.id, contract_id, clock, each))
            case "confirmation":
                said: dict[str, Any] = {"said_on": clock.begins, "said_done_on": clock.begins}
                said["said_done_by_id"] = people[RoleName.PARTNER_CONTACT]
                owed: dict[str, Any] = {"kind": MilestoneKind.MILESTONE, "owed_by": Party.PARTNER, "due_on": FAR}
                session.add(Milestone(**of_it, name=clock.name, **owed, **said))
            case _:
                worth: dict[str, Any] = {"amount": Decimal(5), "worth": Decimal(5), "invoice": clock.name}
                sent: dict[str, Any] = {
                    "state": CreditState.SENT,
                    "proposed_on": clock.begins,
                    "reached_on": clock.begins,
                }
                session.add(ServiceCredit(**of_it, period="2026-11", sendings=1, **worth, **sent))
    session.flush()


def _finding(audit_id: int, contract_id: int, clock: Clock, each: Agreement) -> Finding:
    to_verify = clock.kind == VERIFICATION
    next_on = working_days_after(clock.begins, VERIFIED_WITHIN if to_verify else 0, each.nation)
    return Finding(
        contract_id=contract_id, audit_id=audit_id, title=clock.name, fact="Wedged open", grade=FindingGrade.MAJOR,
        state=FindingState.DONE if to_verify else FindingState.OPEN, found_on=LONG_AGO, due_on=FAR, next_on=next_on,
    )  # fmt: skip


def _policy(session: Session, contract_id: int, clock: Clock, manager: int, number: int) -> None:
    row = add_memo(
        session, contract_id, 1000 * contract_id + number, clock.name, LONG_AGO, LONG_AGO, DocumentKind.POLICY
    )
    row.acknowledged_on = LONG_AGO
    version = session.get_one(DocumentVersion, row.version_id)
    version.ask_id = manager
    session.get_one(Document, version.document_id).review_by = clock.begins


def settle(session: Session, each: Agreement, before: date, today: date) -> None:
    """What is settled after one day, up to another."""
    for clock in each.clocks:
        if clock.met is not None and before < clock.met <= today:
            _settle(session, clock, clock.met)


def _settle(session: Session, clock: Clock, on: date) -> None:
    if clock.kind == REVIEW:
        row = session.scalars(select(Intervention).where(col(Intervention.area) == clock.name)).one()
        manager = act(session, "U0CONTRACTMANAGER", nine(on))
        intervention_steps.follow(manager, row.public_id, InterventionEvent.REVIEWED, "It goes on", on)
    elif clock.kind in (RESPONSE, VERIFICATION):
        found = session.scalars(select(Finding).where(col(Finding.title) == clock.name)).one()
        found.state, found.next_on = FindingState.AGREED, None
    elif clock.kind == CONFIRMATION:
        session.scalars(select(Milestone).where(col(Milestone.name) == clock.name)).one().met_on = on
    elif clock.kind == POLICY:
        version = session.scalars(select(DocumentVersion).where(col(DocumentVersion.subject) == clock.name)).one()
        session.get_one(Document, version.document_id).review_by = on + 365 * DAY
    elif clock.kind == COMMENT:
        credit = session.scalars(select(ServiceCredit).where(col(ServiceCredit.invoice) == clock.name)).one()
        credit.state = CreditState.CONFIRMED
    session.flush()
