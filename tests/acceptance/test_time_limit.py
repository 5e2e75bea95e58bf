"""What has not begun within 2.5 seconds is refused with a sentence, and never carried out later."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import pytest
from sqlalchemy import func, select
from sqlmodel import Session, SQLModel, col

from bot.models import Contract, Receipt, Risk
from tests.acceptance.office import AMIRA, CALLUM, MARTHA, NORTH_EAST, PORTFOLIO, PRIYA, SLACK_WAITS, Office, words

RAISE = '/risk raise WP-NE "Advisers leaving faster than hired" likely minor'
BUSY = "Liaison is very busy just now, so nothing was done. Do it again in a minute."


@pytest.fixture
def waits() -> float:
    """As Slack does."""
    return SLACK_WAITS


@contextmanager
def held(office: Office, table: type[SQLModel] = Contract) -> Iterator[None]:
    """A write of somebody else is open: on SQLite nobody can write, on PostgreSQL nobody can in this table, or about
    these contracts."""
    with office.liaison.database.engine.connect() as connection, connection.begin() as write:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"lock table {table.__tablename__} in exclusive mode")
        yield
        write.rollback()


def raised(session: Session) -> int:
    return session.scalars(select(func.count(col(Risk.id))).where(col(Risk.title).like("Advisers leaving%"))).one()


def settled(office: Office) -> int:
    """How many were raised, once whatever waited has had its turn."""
    office.person(CALLUM).command('/risk raise HA-EW "Rents" likely minor', channel=PORTFOLIO)
    return office.read(raised)


def test_a_command_behind_a_lock_is_refused_and_never_done(office: Office) -> None:
    before = office.read(raised)
    with held(office):
        (answer,) = office.person(AMIRA).command(RAISE, channel=NORTH_EAST)
    assert BUSY in answer.plain
    assert RAISE.replace('"', "“", 1)[:20] in answer.plain.replace('"', "“", 1), "what was typed, to do it again"
    assert settled(office) == before
    (answer,) = office.person(AMIRA).command(RAISE, channel=NORTH_EAST)
    assert "is raised on WP-NE" in answer.plain
    assert office.read(raised) == before + 1


def test_a_form_behind_a_lock_stays_open_and_can_be_sent_again(office: Office) -> None:
    amira, before = office.person(AMIRA), office.read(raised)
    amira.command("/risk", channel=NORTH_EAST)
    form, filled = amira.modal(title="Raise a risk"), {"title": "Advisers leaving", "likelihood": "2", "impact": "2"}
    with held(office):
        refused = amira.submit(form, filled)
    assert BUSY in str(refused.errors)
    assert settled(office) == before
    assert "is raised" in words(amira.submit(form, filled).view)
    assert office.read(raised) == before + 1


def test_an_event_behind_a_lock_is_left_for_slack_to_send_again(http_office: Office) -> None:
    """On both databases the answer goes into the outbox; on PostgreSQL no lock of a contract is in its way."""
    priya = http_office.person(PRIYA)
    said = {
        "type": "message",
        "user": PRIYA,
        "channel": priya.direct_channel,
        "channel_type": "im",
        "text": "open?",
        "ts": "1.0",
    }
    http_office.run("users")
    with held(http_office, Receipt):
        assert http_office.tell("Ev1", **said).status_code == 503
    assert http_office.read(lambda session: session.get(Receipt, "event Ev1")) is None
    assert http_office.tell("Ev1", **said).status_code == 200
    assert http_office.read(lambda session: session.get(Receipt, "event Ev1")) is not None


def test_many_who_wait_for_one_row_keep_nobody_from_reading(office: Office) -> None:
    """Nor the probes: as many as there are threads that write wait at once."""
    with held(office), ThreadPoolExecutor(9) as pool:
        waiting = [pool.submit(lambda: office.person(AMIRA).command(RAISE, channel=NORTH_EAST)) for _ in range(8)]
        (page,) = office.person(CALLUM).command("/risk list", channel=PORTFOLIO)
        assert "open risk" in page.plain
        assert httpx.get(f"{office.bot_url}/healthz", timeout=2).status_code == 200
        assert httpx.get(f"{office.bot_url}/readyz", timeout=2).status_code == 200
        assert all(BUSY in each.result()[0].plain for each in waiting)


def test_a_refusal_is_told_also_while_it_cannot_be_audited(office: Office) -> None:
    with held(office):
        (answer,) = office.person(MARTHA).command("/risk list", channel="C0HELP")
    assert "Liaison does not know you yet" in answer.plain
