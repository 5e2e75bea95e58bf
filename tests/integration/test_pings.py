"""What is put to one person at one time is one message with a list: each escalation in it has its own buttons, and says
what became of it. An acknowledgement asks again for what can be given."""

from datetime import date
from threading import Barrier

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.ladder import Step
from bot.domain.london import london_instant
from bot.domain.ratings import Rating
from bot.models import Contract, Escalation, OutboxMessage, Role, RoleName
from bot.services.escalations import answers
from tests.builders import MINUTE, act, contract_named, run_job
from tests.integration.escalating import accepted, at, opened, person, quiet, report_on
from tests.integration.together import at_once

AMIRAS = ("WP-NE", "HA-EW")


def late_together(session: Session) -> list[Escalation]:
    """Two reports of contracts that Amira Shah manages, which went up to her at the same time."""
    quiet(session)
    for reference in AMIRAS:
        contract = contract_named(session, reference)
        contract.tier = "gold"
        report_on(session, contract.id, asked_on=date(2027, 1, 4))
        of_it = (col(Role.contract_id) == contract.id, col(Role.role) == RoleName.CONTRACT_MANAGER)
        for role in session.scalars(select(Role).where(*of_it)):
            role.person_id = person(session, "U0AMIRA").id
    session.flush()
    run_job(session, "escalate", at(9))
    return opened(session)


def pings(session: Session) -> list[OutboxMessage]:
    """The messages to people, without their updates."""
    rows = session.scalars(select(OutboxMessage).order_by(col(OutboxMessage.id)))
    return [row for row in rows if row.channel.startswith("U") and row.replaces_id is None]


def last_shown(session: Session, key: str) -> str:
    """A message as it reads after its last update."""
    first = session.scalars(select(OutboxMessage).where(col(OutboxMessage.key) == key)).one()
    rows = session.scalars(
        select(OutboxMessage).where(col(OutboxMessage.replaces_id) == first.id).order_by(col(OutboxMessage.id))
    ).all()
    return str((rows or [first])[-1].blocks)


def test_what_is_put_to_one_person_at_one_time_is_one_message_updated_for_each(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        first, second = late_together(session)
        (ping,) = pings(session)
        assert ping.text == (
            "2 escalations need you to acknowledge them: WP-NE Report for December 2026; HA-EW Report for December 2026"
        )
        assert ping.contract_id is None
        assert first.ping == second.ping == ping.key
        assert (first.version in str(ping.blocks), second.version in str(ping.blocks)) == (True, True)
        answers.acknowledge(act(session, "U0AMIRA", at(9, 10)), first.version)
        shown = last_shown(session, ping.key)
        assert "Acknowledged by Amira Shah on 13 January 2027 at 10am" in shown
        assert shown.count("escalation_acknowledge") == 1, "the other one still waits"
        assert shown.count("escalation_undo") == 1
        run_job(session, "escalate", at(9, 13))
        assert "*Now with Nadia Rahman:* nobody answered here in time" in last_shown(session, ping.key)
        assert [(row.channel, row.thread_of_id) for row in pings(session)] == [("U0AMIRA", None), ("U0NADIA", None)]


def test_of_two_answers_at_one_instant_each_shows_the_other(portfolio_url: str, portfolio: Database) -> None:
    with portfolio.writing() as session:
        first, second = late_together(session)
        seen, key = [first.version, second.version], first.ping

    def worker(database: Database, barrier: Barrier) -> str:
        mine = seen.pop()
        barrier.wait()
        with database.writing() as session:
            answers.acknowledge(act(session, "U0AMIRA", at(9) + MINUTE), mine)
        return "answered"

    assert at_once(portfolio_url, 2, worker) == ["answered"] * 2
    with portfolio.reading() as session:
        assert last_shown(session, key).count("Acknowledged by Amira Shah") == 2


def test_an_acknowledged_shortfall_is_due_again_with_the_next_figure_and_says_who_promised(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        contract = quiet(session)
        accepted(session, contract, "2026-12", at(8), starts=Rating.INADEQUATE)
        session.get_one(Contract, contract).next_period = "2027-01"
        run_job(session, "escalate", at(9))
        (escalation,) = opened(session)
        answers.acknowledge(act(session, "U0NADIA", at(9, 10)), escalation.version)
        assert escalation.until == date(2027, 2, 3), "the day on which January's report is due"
        assert escalation.due_at == london_instant(date(2027, 2, 4), 9)
        before = len(pings(session))
        run_job(session, "escalate", london_instant(date(2027, 2, 3), 16))
        assert (escalation.standing, len(pings(session))) == (Step.ACKNOWLEDGED, before), "not before the next figure"
        report = report_on(session, contract, "2027-01", due_on=date(2027, 2, 3), asked_on=date(2027, 2, 1))
        run_job(session, "escalate", london_instant(date(2027, 2, 4), 9))
        assert len(pings(session)) == before, "nobody can settle it before the next figure comes"
        report.received_at, report.reporter_id = london_instant(date(2027, 2, 4), 15), person(session, "U0PRIYA").id
        session.flush()
        run_job(session, "escalate", london_instant(date(2027, 2, 5), 9))
        again = pings(session)[-1]
        promised = "Nadia Rahman acknowledged it on 13 January 2027 at 10am, to be settled by 3 February 2027."
        assert promised in again.text
        assert f"*What was promised:* {promised} It is still not settled." in str(again.blocks)


@pytest.mark.parametrize(("next_due", "until"), [(date(2027, 2, 10), date(2027, 2, 10)), (None, date(2027, 1, 20))])
def test_the_next_figure_is_that_of_the_next_report_as_it_was_moved_or_there_is_none(
    unchanged: Database, next_due: date | None, until: date
) -> None:
    with unchanged.rehearsing() as session:
        contract = quiet(session)
        accepted(session, contract, "2026-12", at(8), starts=Rating.INADEQUATE)
        row = session.get_one(Contract, contract)
        row.next_period = "2027-02"
        if next_due is None:
            row.end_date = date(2027, 1, 31)
        else:
            report_on(session, contract, "2027-01", due_on=next_due)
        run_job(session, "escalate", at(9))
        (escalation,) = opened(session)
        answers.take_over(act(session, "U0NADIA", at(9, 10)), escalation.version)
        assert escalation.until == until
