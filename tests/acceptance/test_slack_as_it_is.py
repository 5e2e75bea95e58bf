"""What Slack sends besides what people do, and what it leaves out of what it sends."""

import json

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from bot.delivery import outbox
from bot.models import Audience, OutboxMessage, OutboxState, Risk
from tests.acceptance.office import AMIRA, NORTH_EAST, NORTH_EAST_SHARED, Office
from tests.acceptance.reporting import reported
from tests.builders import contract_named, draft
from tests.workspace.conftest import HTTP
from workspace import Control

RATE_LIMITED = {"type": "app_rate_limited", "team_id": "T0DEPT", "minute_rate_limited": 1798794000, "api_app_id": "A1"}
LINE = '/risk raise WP-NE "Advisers leaving" likely major'


def risks(session: Session) -> int:
    return session.scalars(select(func.count(col(Risk.id)))).one()


def test_what_slack_sends_of_itself_gets_200(http_office: Office, caplog: pytest.LogCaptureFixture) -> None:
    address, before = f"{http_office.bot_url}/slack/events", http_office.read(risks)
    check = {"ssl_check": "1", "token": "deprecated"}
    forged = {**check, "command": "/risk", "text": LINE.removeprefix("/risk "), "user_id": AMIRA}
    answers = [HTTP.post(address, data=check), HTTP.get(address, params=check), HTTP.post(address, data=forged)]
    assert [(answer.status_code, answer.text) for answer in answers] == [(200, "")] * 3
    assert http_office.read(risks) == before, "nothing unsigned is done"
    assert HTTP.get(address).status_code == 404
    assert http_office.post_json(RATE_LIMITED).status_code == 200
    assert "Slack kept back the events of the minute 1798794000" in caplog.text
    unsigned = HTTP.post(address, content=json.dumps(RATE_LIMITED), headers={"Content-Type": "application/json"})
    assert unsigned.status_code == 401


def test_a_payload_that_names_no_team_claims_nothing(office: Office) -> None:
    """People are who users.info says: of a command, an event, a button and a form, by both sides."""
    with Control(office.workspace_url) as control:
        control.switch(team_ids=False)
    amira = office.person(AMIRA)
    (raised,) = amira.command(LINE, channel=NORTH_EAST)
    assert "is raised on WP-NE" in raised.plain
    amira.open_home()
    amira.wait(lambda person: person.home())
    assert "97.2%" in reported(office).plain, "a button and a form of the partner's"


def test_a_channel_shared_with_somebody_whom_slack_does_not_name_gets_nothing(office: Office) -> None:
    with Control(office.workspace_url) as control:
        control.switch(organisations=False)
    with office.liaison.database.writing() as session:
        contract = contract_named(session, "WP-NE").id
        shared = draft("for both", NORTH_EAST_SHARED, audience=Audience.SHARED, contract_id=contract)
        outbox.enqueue(session, shared, office.clock.now())
    office.deliver()
    row = office.read(lambda s: s.scalars(select(OutboxMessage).where(col(OutboxMessage.key) == "for both")).one())
    assert row.state is OutboxState.WITHHELD
    assert row.last_error == "an organisation that Slack does not name is in that channel"
    (bound,) = office.person(AMIRA).command("/contract channel WP-NE", channel=NORTH_EAST_SHARED)
    assert "so it was not bound" in bound.plain
