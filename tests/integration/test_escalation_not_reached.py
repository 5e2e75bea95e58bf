"""Who cannot be reached is passed by, and somebody is told: a ladder never ends in silence."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.models import (
    Escalation,
    OutboxMessage,
    OutboxState,
    Role,
    RoleName,
)
from bot.services.escalations import answers
from tests.builders import act, run_job
from tests.integration.escalating import asked, at, opened, person, quiet, report_on


def lose(session: Session, key: str, state: OutboxState = OutboxState.DEAD) -> None:
    """Let a message be one that could not be delivered."""
    session.flush()
    row = session.scalars(select(OutboxMessage).where(col(OutboxMessage.key) == key)).one()
    row.state, row.last_error = state, "user_disabled"
    session.flush()


def late(session: Session) -> Escalation:
    """A report that is late and was escalated to Amira Shah, whose deputy is Callum Reid."""
    report_on(session, quiet(session))
    assert run_job(session, "escalate", at(9)) == 1
    (escalation,) = opened(session)
    return escalation


@pytest.mark.parametrize("state", [OutboxState.DEAD, OutboxState.WITHHELD, OutboxState.DROPPED])
def test_who_cannot_be_reached_is_passed_by_for_the_deputy_and_then_for_the_next_rung(
    unchanged: Database, state: OutboxState
) -> None:
    with unchanged.rehearsing() as session:
        escalation, people = late(session), []
        for minute in range(5):
            lose(session, escalation.ping, state) if escalation.ping else None
            run_job(session, "escalate", at(9, 10) + timedelta(minutes=minute))
            people.append(asked(session, escalation))
        assert people[:3] == ["Callum Reid", "Nadia Rahman", "Helen Marsh"]


def test_where_nobody_is_left_it_stands_until_somebody_takes_it_over(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        contract = quiet(session)
        report_on(session, contract)
        for role in session.scalars(select(Role).where(col(Role.contract_id) == contract)):
            if role.role is not RoleName.SENIOR_OWNER:
                session.delete(role)
            role.deputy_id = None
        session.flush()
        run_job(session, "escalate", at(9))
        (escalation,) = opened(session)
        lose(session, escalation.ping)
        amira = person(session, "U0AMIRA").id
        session.add(Role(contract_id=contract, person_id=amira, role=RoleName.CONTRACT_MANAGER))
        run_job(session, "escalate", at(9, 10))
        assert (escalation.waits, escalation.due_at) == (True, None)
        answers.take_over(act(session, "U0AMIRA", at(9, 11)), escalation.version)
        assert asked(session, escalation) == "Amira Shah"


def test_a_channel_that_cannot_be_reached_stops_nothing(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        escalation = late(session)
        lose(session, escalation.notice)
        run_job(session, "escalate", at(9, 10))
        assert asked(session, escalation) == "Amira Shah"
        answers.acknowledge(act(session, "U0AMIRA", at(9, 11)), escalation.version)
        updates = [each.channel for each in session.scalars(select(OutboxMessage)) if each.replaces_id is not None]
        assert updates == ["U0AMIRA"], "what never came to stand is not updated"
