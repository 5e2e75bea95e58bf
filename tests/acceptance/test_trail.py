"""The audit trail as people meet it: the newest seal in the channel that was set, and a history with a redaction."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.models import TrailEntry
from bot.services.trail.entries import newest_seal
from bot.services.trail.redacting import redact
from bot.services.trail.verifying import Verification
from tests.acceptance.office import AMIRA, NORTH_EAST, PORTFOLIO, Office, open_office
from tests.builders import DAY, work
from tests.closing import Closing
from tests.conftest import KINDS, Templates


@pytest.fixture(params=KINDS)
def office(request: pytest.FixtureRequest, templates: Templates, closing: Closing) -> Iterator[Office]:
    """The whole product, with the portfolio's channel for the newest seal."""
    with closing.later() as stack:
        url = stack.enter_context(templates.lent(request.param))
        way = request.param == "postgresql"
        yield stack.enter_context(open_office(url, socket_mode=way, trail_channel=PORTFOLIO))


def test_the_newest_seal_stands_in_the_channel_each_day_in_which_something_was_recorded(office: Office) -> None:
    amira = office.person(AMIRA)
    told = []
    for day in range(3):
        if day != 1:
            amira.command(f'/risk raise WP-NE "Advisers leaving, week {day}" likely minor', channel=NORTH_EAST)
        office.run("seal")
        office.deliver()
        seal = office.read(newest_seal)
        assert seal is not None
        told.append(seal)
        office.clock.advance(DAY)
    first, same, last = told
    assert first == same != last
    posted = [m.plain for m in amira.messages(PORTFOLIO) if "audit trail" in m.plain]
    assert len(posted) == 2
    for seal, message in zip((first, last), posted, strict=True):
        assert f"The audit trail is sealed up to entry {seal.last_id}" in message
        assert f"liaison trail verify --seal {seal.number}:{seal.digest}" in message
    noted = {seal.number: seal.digest for seal in (first, last)}
    assert office.read(lambda session: [*Verification(session, noted).discrepancies()]) == []


def test_a_history_says_what_was_redacted_and_why(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command('/risk raise WP-NE "Priya Nair is leaving" likely minor', channel=NORTH_EAST)
    with office.liaison.database.writing() as session:
        raised = select(col(TrailEntry.id)).where(col(TrailEntry.action) == "risk raised")
        redact(work(session, office.clock.now(), "trail"), session.scalars(raised).one(), "A person asked for it")
    (history,) = amira.command("/contract history WP-NE", channel=NORTH_EAST)
    assert "Why: A person asked for it" in history.plain
    assert "risk raised\nRedacted: what this entry said has been removed" in history.plain
    assert office.read(lambda session: [*Verification(session).discrepancies()]) == []
