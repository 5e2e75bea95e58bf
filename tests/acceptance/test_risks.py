"""Raising a risk, and a senior owner acknowledging a very high one."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import col

from bot import demo
from bot.models import Escalation, Risk, TrailEntry
from tests.acceptance.office import AMIRA, CALLUM, HELEN, NORTH_EAST, Office, words
from tests.acceptance.test_escalations import offers

LINE = '/risk raise WP-NE "Advisers leaving faster than hired" likely major'


def test_one_line_is_recorded_with_its_reference_and_its_trail_entry(office: Office) -> None:
    (answer,) = office.person(AMIRA).command(LINE, channel=NORTH_EAST)
    risk = _risk(office, "Advisers leaving faster than hired")
    assert answer.ephemeral
    assert f"Risk {risk.reference} is raised" in answer.plain
    assert (risk.likelihood, risk.impact) == (4, 4)
    assert _actors(office, "risk raised", risk.reference) == [AMIRA]


def test_a_line_is_read_as_it_was_meant_whatever_marks_a_phone_puts_in(office: Office) -> None:
    amira = office.person(AMIRA)
    for marks in ("‘Advisers leaving’", '“Buildings\u200b close"', "„Costs rise“"):
        amira.command(f"/risk raise WP–NE {marks} likely minor", channel=NORTH_EAST)
    titles = office.read(lambda s: s.scalars(select(col(Risk.title)).order_by(col(Risk.id).desc())).all()[:3])
    assert list(reversed(titles)) == ["Advisers leaving", "Buildings close", "Costs rise"]
    risk = _risk(office, "Costs rise")
    (shown,) = amira.command(f"/risk show r–{risk.id}\u200e", channel=NORTH_EAST)
    assert "Costs rise" in shown.plain


def test_the_form_knows_the_contract_of_the_channel_and_keeps_what_it_says(office: Office) -> None:
    amira = office.person(AMIRA)
    assert amira.command("/risk", channel=NORTH_EAST) == []
    form = amira.modal()
    assert form.title == "Raise a risk"
    sent = amira.submit(
        form, {"title": "Buildings close early", "likelihood": "2", "impact": "2", "category": "property"}
    )
    risk = _risk(office, "Buildings close early")
    assert f"Risk *{risk.reference}* is raised" in words(sent.view)
    assert risk.category == "property"
    assert _actors(office, "risk raised", risk.reference) == [AMIRA]


def test_a_very_high_risk_pings_the_senior_owner_and_everyone_sees_who_acknowledged_and_when(office: Office) -> None:
    amira, helen = office.person(AMIRA), office.person(HELEN)
    amira.command(LINE, channel=NORTH_EAST)
    office.deliver()
    (ping,) = helen.direct_messages()
    assert "Very high risk" in ping.plain
    assert any("Waiting for" in m.plain for m in amira.messages(NORTH_EAST))
    office.clock.move_to(demo.BEGINS + timedelta(minutes=12))
    helen.click(ping, "Acknowledge")
    office.deliver()
    for messages in (helen.direct_messages(), amira.messages(NORTH_EAST)):
        (shown,) = [m for m in messages if "Acknowledged by Helen Marsh on 4 January 2027 at 9:12am" in m.plain]
        assert not offers(shown, "escalation_acknowledge"), "nobody else answers"
    escalation = office.read(lambda s: s.scalars(select(Escalation)).one())
    assert escalation.standing == "acknowledged"
    assert len(helen.direct_messages()) == 1, "the ping is updated in place"


def test_a_second_click_changes_nothing_and_says_who_was_first(office: Office) -> None:
    office.person(AMIRA).command(LINE, channel=NORTH_EAST)
    office.deliver()
    helen = office.person(HELEN)
    (ping,) = helen.direct_messages()
    helen.click(ping, "Acknowledge")
    helen.click(ping, "Acknowledge")
    helen.wait(lambda p: any("Helen Marsh acknowledged this on" in m.plain for m in p.direct_messages()))
    reference = _risk(office, "Advisers leaving faster than hired").reference
    assert _actors(office, "escalation acknowledged", reference) == [HELEN]


def test_a_risk_below_very_high_pings_nobody(office: Office) -> None:
    office.person(AMIRA).command('/risk raise WP-NE "Small thing" possible moderate', channel=NORTH_EAST)
    office.deliver()
    assert office.person(HELEN).direct_messages() == []


def test_a_manager_of_another_contract_is_refused_and_the_refusal_is_audited(office: Office) -> None:
    (answer,) = office.person(CALLUM).command(LINE, channel="C0PORTFOLIO")
    assert "No contract of yours fits “WP-NE”." in answer.plain
    assert office.read(lambda s: s.scalars(select(Risk).where(col(Risk.title).like("%faster than hired"))).all()) == []
    refusal = office.read(
        lambda s: s.scalars(
            select(TrailEntry).where(col(TrailEntry.action) == "refused").order_by(col(TrailEntry.id))
        ).one()
    )
    assert refusal.actor == CALLUM
    assert "WP-NE" in refusal.details["reason"]


def _risk(office: Office, title: str) -> Risk:
    return office.read(lambda s: s.scalars(select(Risk).where(col(Risk.title) == title)).one())


def _actors(office: Office, action: str, subject: str) -> list[str]:
    return office.read(
        lambda s: list(
            s.scalars(
                select(col(TrailEntry.actor)).where(
                    col(TrailEntry.action) == action, col(TrailEntry.subject) == subject
                )
            )
        )
    )
