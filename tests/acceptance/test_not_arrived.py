"""What does not arrive is told once to whoever can mend it, and nobody is late with what they were not asked for."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import delete, select
from sqlmodel import col

from bot.domain.london import london_instant
from bot.models import Audience, Channel, Contract, OutboxMessage, OutboxState, Report, Role, RoleName
from tests.acceptance.office import AMIRA, CALLUM, NORTH_EAST, NORTH_EAST_SHARED, PORTFOLIO, PRIYA, Office
from workspace import Control, Person

NADIA = "U0NADIA"
DECEMBER = "Report for December 2026"


@pytest.fixture
def control(office: Office) -> Iterator[Control]:
    with Control(office.workspace_url) as control:
        yield control


def run(office: Office, *jobs: str) -> None:
    for job in jobs:
        office.run(job)
        office.deliver()


def go_to(office: Office, day: int, hour: int, *jobs: str) -> None:
    """An hour of a day in January, with what these jobs find then."""
    office.clock.move_to(london_instant(date(2027, 1, day), hour))
    run(office, *jobs)


def said(person: Person, about: str) -> list[str]:
    return [m.plain.replace("*", "") for m in person.direct_messages() if about in m.plain.replace("*", "")]


def answered(person: Person, command: str, channel: str = NORTH_EAST) -> str:
    person.command(command, channel=channel)
    return person.messages(channel)[-1].plain.replace("*", "")


def december(office: Office) -> Report:
    of_it = select(Report).join(Contract, col(Contract.id) == col(Report.contract_id))
    mine = (col(Contract.reference) == "WP-NE", col(Report.period) == "2026-12")
    return office.read(lambda s: s.scalars(of_it.where(*mine)).one())


def test_a_prompt_that_the_partner_does_not_see_is_told_asked_again_and_counts_from_then(
    office: Office, control: Control
) -> None:
    amira, priya = office.person(AMIRA), office.person(PRIYA)
    control.unshare(NORTH_EAST_SHARED, "T0NORTHGATE")
    run(office, "prompt", "mend", "mend")
    assert not any(DECEMBER in m.plain for m in amira.messages(NORTH_EAST_SHARED))
    (told,) = said(amira, "This did not arrive")
    assert "because nobody of the contract's partner is in that channel" in told
    assert "see who is in it. Or type /contract channel WP-NE in another one." in told
    assert "Liaison then asks the partner by itself, and lateness counts from that day." in told
    go_to(office, 11, 9, "prompt", "mend", "remind", "escalate")
    assert len(said(amira, "This did not arrive")) == 1, "each thing is told once, however often it is tried"
    assert "It was due on 6 January 2027, not asked yet" in answered(amira, "/progress show WP-NE")
    assert not said(priya, DECEMBER), "nobody is reminded of what they were not asked for"
    control.share(NORTH_EAST_SHARED, PRIYA)
    go_to(office, 12, 9, "prompt")
    assert december(office).asked_on == date(2027, 1, 12)
    assert any(DECEMBER in m.plain for m in priya.messages(NORTH_EAST_SHARED))
    note = "not asked until 12 January 2027"
    assert f"due on 6 January 2027, {note}" in answered(amira, "/progress show WP-NE")
    assert f"6 January 2027 (late, {note}): {DECEMBER}" in answered(amira, "/contract show WP-NE")
    assert f"Late, {note}" in answered(amira, "/progress list late")
    assert f"{DECEMBER} ({note})" in answered(amira, "/contract dates WP-NE")
    go_to(office, 14, 9, "remind", "escalate")
    assert f"due 6 January 2027, {note}, 2 working days since" in said(priya, DECEMBER)[-1]
    go_to(office, 18, 17, "escalate")
    late = f"It was due on 6 January 2027, was {note}, and had not come 5 working days later."
    assert not said(amira, late)
    assert not said(amira, f"Late report: {DECEMBER}\nWP-NE")
    go_to(office, 19, 9, "escalate")
    assert len(said(amira, late)) == 1


def test_who_can_mend_it_hears_of_a_gone_person_a_closed_channel_and_a_missing_one(
    office: Office, control: Control
) -> None:
    amira, nadia = office.person(AMIRA), office.person(NADIA)
    with office.liaison.database.writing() as session:
        contract = session.scalars(select(Contract).where(col(Contract.reference) == "WP-NE")).one()
        of_it = col(Channel.contract_id) == contract.id
        session.execute(delete(Channel).where(of_it, col(Channel.audience) == Audience.SHARED))
        above = (RoleName.HEAD, RoleName.SENIOR_OWNER, RoleName.COMMERCIAL_LEAD, RoleName.PARTNER_CONTACT)
        session.execute(delete(Role).where(col(Role.contract_id) == contract.id, col(Role.role).in_(above)))
    control.archive(PORTFOLIO)
    run(office, "prompt", "summary", "mend", "mend")
    (asked,) = said(amira, "did not arrive")
    assert "because WP-NE has no channel that is shared with its partner" in asked
    assert "What to do: Type /contract channel WP-NE in a channel that both sides read." in asked
    (closed,) = said(nadia, "did not arrive")
    assert "because the channel is archived" in closed
    assert "If the channel is archived, open it again" in closed
    assert "Or type /contract channel portfolio in another one." in closed
    page = answered(amira, "/contract show WP-NE")
    assert "No channel is shared with the partner, so no report is asked for." in page
    assert "No partner contact, so nobody there is reminded." in page
    assert "Nobody above the contract manager to escalate to." in page
    nadia.command("/liaison setup", channel=NORTH_EAST)
    checklist = nadia.messages(NORTH_EAST)[-1].plain
    assert "channel shared with the partner, missing on WP-NE" in checklist
    assert "somebody to escalate to, missing on WP-NE" in checklist
    amira.command("/contract channel WP-NE", channel=NORTH_EAST_SHARED)
    run(office, "prompt")
    assert december(office).asked_on == date(2027, 1, 4)
    with office.liaison.database.writing() as session:
        row = session.scalars(select(OutboxMessage).where(col(OutboxMessage.channel) == AMIRA)).first()
        assert row is not None
        row.state, row.last_error, row.told_at = OutboxState.DEAD, "user_disabled", None
        row.slack_ts = row.slack_channel = None
    control.deactivate(AMIRA)
    run(office, "mend")
    assert any("because their Slack account is deactivated" in m for m in said(nadia, "did not arrive"))
    go_to(office, 13, 9, "remind")
    callum = office.person(CALLUM)
    (reminder,) = [m for m in callum.direct_messages() if "You are covering for Amira Shah" in m.plain]
    callum.click(reminder, "Answer")
    assert callum.modal(title="Answer a reminder")
