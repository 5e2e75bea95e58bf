"""Visits, findings, plans and interventions: what does not fit gets a sentence, and changes nothing of the record."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.audit_cycle import AuditEvent, Opinion
from bot.domain.finding_cycle import FindingEvent
from bot.domain.plan_cycle import PLAN, PlanEvent, PlanStatus
from bot.errors import UserError
from bot.identity import Denied
from bot.models import ActionItem, Audit, Finding, Intervention, OutboxMessage, PlanSubmission, TrailEntry
from bot.services.audits import audit_steps, responses
from bot.services.remedies import partner_plans
from tests.builders import DAY, act
from tests.integration.test_audits import AMIRA, HELEN, NADIA, PRIYA, RHIAN, STEPS, TODAY, drafted, final, planned
from tests.integration.test_interventions import entered
from tests.integration.test_settling import new_plan

KEPT = (ActionItem, Audit, Finding, Intervention, OutboxMessage, PlanSubmission, TrailEntry)
PARTS = dict.fromkeys(partner_plans.PARTS, "Words")


@contextmanager
def refuses(session: Session, sentence: str, error: type[UserError] = UserError) -> Iterator[None]:
    """What is done in it is refused with this sentence, and leaves every record as it was."""
    session.flush()
    before = [[row.model_dump() for row in session.scalars(select(each))] for each in KEPT]
    with pytest.raises(error, match=sentence):
        yield
    session.expire_all()
    assert [[row.model_dump() for row in session.scalars(select(each))] for each in KEPT] == before


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (lambda s, key: audit_steps.make_final(act(s, AMIRA), key, {}), "is planned, so it cannot be made final"),
        (lambda s, key: audit_steps.check(act(s, AMIRA), key, {}), "is planned, so it cannot be checked"),
        (
            lambda s, key: audit_steps.write_report(act(s, AMIRA), key, Opinion.WEAK, "Doors", send=True),
            "is planned, so it cannot be drafted",
        ),
        (lambda s, key: audit_steps.settle(act(s, AMIRA), key, AuditEvent.FINAL, None, ""), "Choose one of the list"),
        (
            lambda s, key: audit_steps.settle(act(s, AMIRA), key, AuditEvent.HELD, TODAY + DAY, ""),
            "It was held today or earlier",
        ),
        (
            lambda s, key: audit_steps.settle(act(s, AMIRA), key, AuditEvent.MOVED, TODAY - DAY, ""),
            "Choose today or a later day",
        ),
    ],
)
def test_a_step_of_a_visit_out_of_its_order(
    unchanged: Database, step: Callable[[Session, str], object], sentence: str
) -> None:
    with unchanged.rehearsing() as session:
        row = planned(session)
        with refuses(session, sentence):
            step(session, row.public_id)


def test_a_finding_of_a_draft_is_answered_by_nobody(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        _, found = drafted(session)
        with refuses(session, "No visit, audit or finding"):
            responses.agree(act(session, PRIYA), found.public_id, "", "Wedges", STEPS)
        with refuses(session, "is not final yet"):
            responses.dispute(act(session, AMIRA), found.public_id, "They were shut")


def test_who_may_not_decides_on_no_finding_and_nobody_verifies_what_they_own(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        _, found = final(session)
        responses.agree(act(session, PRIYA), found.public_id, "", "Wedges", STEPS)
        items = {item.owner_id: item for item in session.scalars(select(ActionItem).where(of_it(found)))}
        own, theirs = items[act(session, AMIRA).actor.person_id], items[act(session, PRIYA).actor.person_id]
        with refuses(session, "none of its actions waits to be verified"):
            responses.verify(act(session, AMIRA), found.public_id, [own.public_id], FindingEvent.VERIFIED, "")
        for who, item in ((AMIRA, own), (PRIYA, theirs)):
            responses.say_done(act(session, who), item.public_id, TODAY, "Photos")
        with refuses(session, "You do not verify what you do yourself"):
            responses.verify(act(session, AMIRA), found.public_id, [own.public_id], FindingEvent.VERIFIED, "")
        with refuses(session, "leads this visit and verifies its findings", Denied):
            responses.verify(act(session, HELEN), found.public_id, [own.public_id], FindingEvent.VERIFIED, "")
        for who, sentence in ((PRIYA, "You do not have"), (RHIAN, "No visit, audit or finding")):
            with refuses(session, sentence):
                responses.verify(act(session, who), found.public_id, [own.public_id], FindingEvent.VERIFIED, "")
        with refuses(session, "Choose one of the list"):
            responses.verify(act(session, NADIA), found.public_id, [own.public_id], FindingEvent.UPHELD, "Yes")
        with refuses(session, "choose one of the list"):
            responses.change(act(session, AMIRA), found.public_id, FindingEvent.UPHELD, "It is so")


def of_it(found: Finding) -> ColumnElement[bool]:
    return col(ActionItem.finding_id) == found.id


@pytest.mark.parametrize(
    "status", [each for each in PlanStatus if not PLAN.allows(each, PlanEvent.SUBMITTED)], ids=lambda each: each.name
)
def test_a_plan_that_is_not_awaited_is_not_taken_from_the_partner(unchanged: Database, status: PlanStatus) -> None:
    with unchanged.rehearsing() as session:
        plan = new_plan(session, status)
        before = (plan.status, plan.received_on, plan.due_on)
        asked_for_none = status in (PlanStatus.NOTED, PlanStatus.INFORMAL, PlanStatus.NOTICE)
        sentence = "No plan is asked for here" if asked_for_none else f"This plan is {status}, so it cannot be"
        with refuses(session, sentence):
            partner_plans.send(act(session, PRIYA), plan.public_id, PARTS, "Priya Nair: fill both posts by 20 January")
        assert (plan.status, plan.received_on, plan.due_on) == before


def test_a_level_that_is_open_already_is_not_entered_again(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        entered(session, 2, AMIRA)
        with refuses(session, "Level 2, boards is in force already, so nothing was done"):
            entered(session, 2, NADIA, area="boards")
        assert entered(session, 2, NADIA, area="Files").opened_on == TODAY, "another area is another intervention"
        assert entered(session, 3, NADIA).opened_on == date(2027, 1, 4), "and so is another level"
