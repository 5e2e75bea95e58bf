"""A personal detail in a report or a risk: the form asks again, and keeps it only on purpose."""

from sqlalchemy import select
from sqlmodel import col

from bot.models import Report, Risk, TrailEntry
from tests.acceptance.office import AMIRA, NORTH_EAST, NORTH_EAST_SHARED, PRIYA, Office, words
from workspace import Person

SAID = "Her adviser was diagnosed with cancer"
DETAILS = {
    "Her date of birth is 3 May 1990": "somebody's date of birth",
    "Ring her on 07700 900123": "somebody's personal phone number",
    "She lives at 12 Harbour Street": "somebody's home address",
    "Her number is AB 12 34 56 C": "a National Insurance number",
    SAID: "a detail of somebody's health",
}
KEPT = {"keep_anyway": ["keep_anyway"]}


def test_the_form_of_a_report_or_a_risk_asks_again_and_what_is_kept_on_purpose_is_audited(office: Office) -> None:
    amira, priya = office.person(AMIRA), office.person(PRIYA)
    amira.command("/risk", channel=NORTH_EAST)
    for effect, found in DETAILS.items():
        risk = {"title": "Cover", "effect": effect, "likelihood": "2", "impact": "2", "category": "people"}
        _asked_again(amira, risk, found)
    assert office.read(lambda s: s.scalars(select(Risk).where(col(Risk.title) == "Cover")).all()) == []
    amira.submit(amira.modal(), KEPT)
    assert office.read(lambda s: s.scalars(select(Risk).where(col(Risk.title) == "Cover")).one()).effect == SAID

    office.run("prompt")
    office.deliver()
    (prompt,) = priya.messages(NORTH_EAST_SHARED)
    priya.click(prompt, "Report the figures")
    _asked_again(priya, {"narrative": SAID}, DETAILS[SAID])
    priya.submit(priya.modal(), KEPT)
    assert SAID in office.read(lambda s: s.scalars(select(col(Report.narrative))).all())
    kept = office.read(lambda s: s.scalars(select(TrailEntry).order_by(col(TrailEntry.id))).all())
    noted = [entry.action for entry in kept if entry.details.get("personal_detail") == "a detail of somebody's health"]
    assert noted == ["risk raised", "report received"]


def _asked_again(person: Person, values: dict[str, str], found: str) -> None:
    asked = person.submit(person.modal(), values)
    assert f"This seems to hold {found}" in words(asked.view)
