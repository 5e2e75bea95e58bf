"""A risk in full: cause, event and effect, its three grades, controls, proximity and actions; and the rules for all."""

from datetime import timedelta

from bot.domain.risk_rules import RiskCategory
from bot.models import ActionItem
from tests.acceptance.office import AMIRA, HELEN, PORTFOLIO, Office, words
from tests.acceptance.test_risk_keeping import answered, assess, entries, kept, opened, said
from tests.acceptance.test_risk_list import LEAVERS, reference_of
from tests.builders import rows
from workspace.client.person import Message

ADMIN = "U0NADIA"
TITLE = "The second hub opens late"
ENTERED = {
    "contract": "WP-NE",
    "title": TITLE,
    "cause": "The lease is not signed",
    "effect": "People travel for an hour",
    "likelihood": "3",
    "impact": "3",
    "category": "property",
    "controls": "A room in the library until March",
    "proximity": "2027-02-15",
    "target_likelihood": "2",
    "target_impact": "2",
    "inherent_likelihood": "5",
    "inherent_impact": "3",
}


def test_a_risk_is_raised_whole_shown_whole_and_lists_its_open_actions(office: Office) -> None:
    amira = office.person(AMIRA)
    assert amira.command("/risk", channel=PORTFOLIO) == []
    form = amira.modal(title="Raise a risk")
    refused = amira.submit(form, {**ENTERED, "target_impact": "", "proximity": "2026-12-31"})
    assert list(refused.errors) == ["target_impact"]
    assert "An impact is needed." in refused.errors["target_impact"]
    done = amira.submit(form, ENTERED)
    assert done.view is not None
    amira.close(done.view)
    reference = reference_of(office, TITLE)
    added = amira.command(f"/action add {reference} Helen Marsh: sign the lease by 8 January", channel=PORTFOLIO)
    assert "Helen Marsh: sign the lease" in added[0].plain
    page = said(office, HELEN, f"show {reference}")
    for shown in (
        "Cause: The lease is not signed",
        "Effect: People travel for an hour",
        "Likelihood and impact: possible and moderate, 3 x 3",
        "Without controls: very high, 15 (almost certain and moderate, 5 x 3)",
        "Target: low, 4 (unlikely and minor, 2 x 2)",
        "Could happen on 15 February 2027",
        "Controls: A room in the library until March",
        "Helen Marsh: sign the lease, by 8 January 2027",
    ):
        assert shown in page
    (action,) = [each for each in rows(office.liaison.database, ActionItem) if each.risk_id]
    amira.command(f"/action done {action.reference}", channel=PORTFOLIO)
    assert "sign the lease" not in said(office, HELEN, f"show {reference}")


def test_a_review_changes_the_controls_and_the_target_as_well(office: Office) -> None:
    reference, amira = reference_of(office, LEAVERS), office.person(AMIRA)
    form = opened(amira, f"review {reference}")
    assert form.values["controls"]["entered"] == "A pool of 8 bank staff"
    assert form.values["target_likelihood"]["entered"] == "2"
    changed = {"controls": "A pool of 12 bank staff", "category": "commercial", "why": "Four more joined the pool"}
    assert amira.submit(form, changed).errors == {}
    risk = kept(office, reference)
    assert (risk.controls, risk.category) == ("A pool of 12 bank staff", RiskCategory.COMMERCIAL)
    assert (risk.inherent_likelihood, risk.likelihood, risk.target_likelihood) == (4, 3, 2)
    (entry,) = entries(office, "risk reviewed")
    assert entry.changes["controls"] == ["A pool of 8 bank staff", "A pool of 12 bank staff"]
    assert entry.changes["category"] == ["people", "commercial"]


def test_an_action_is_of_a_risk_that_one_may_see_and_that_is_not_closed(http_office: Office) -> None:
    reference = reference_of(http_office, LEAVERS)

    def add(user: str) -> str:
        line = f"/action add {reference} Amira Shah: call them by 8 January"
        return http_office.person(user).command(line, channel=PORTFOLIO)[0].plain

    assert f"There is no risk {reference} that you can see." in add("U0RHIAN")
    said(http_office, AMIRA, f"close {reference} Pay was raised")
    assert f"{reference} was closed on 4 January 2027" in add(AMIRA)
    assert rows(http_office.liaison.database, ActionItem) == []


def test_an_administrator_changes_the_rules_and_every_risk_is_in_its_new_band(office: Office) -> None:
    reference, admin = reference_of(office, LEAVERS), office.person(ADMIN)
    assert "Ask an administrator" in said(office, AMIRA, "settings")
    form = opened(admin, "settings")
    refused = admin.submit(form, {"high_from": "4"})
    assert "Each band begins above the one before it" in refused.errors["high_from"]
    refused = admin.submit(form, {"high_from": "nine"})
    assert refused.errors == {"high_from": "Enter a whole number, for example 15."}
    done = admin.submit(form, {"high_from": "9", "appetite_people": "Medium", "high_days": "21"})
    assert done.view is not None
    for line in ("High from a score of: from 10 to 9", "Appetite for people: from High to Medium"):
        assert line in words(done.view)
    admin.close(done.view)
    (entry,) = entries(office, "risk settings")
    assert (entry.actor, entry.changes["days between reviews, high"]) == (ADMIN, ["30", "21"])
    page = said(office, AMIRA, f"show {reference}")
    assert "High, with a score of 9" in page
    assert "Above the appetite for people risks" in page
    again = opened(admin, "settings")
    assert again.values["high_from"]["entered"] == "9"
    assert "Nothing changed." in words(admin.submit(again, {}).view)


def picture(message: Message) -> str:
    """What the one picture of a message says to who does not see it; "" where there is none."""
    return "".join(str(each["alt_text"]) for each in message.blocks if each["type"] == "image")


def test_the_matrix_and_the_course_of_a_score_are_pictures_that_words_say_as_well(office: Office) -> None:
    reference = reference_of(office, LEAVERS)
    one = answered(office, AMIRA, "matrix WP-NE")
    assert "2 open risks on WP-NE by likelihood and impact" in one.plain
    assert f"Medium, possible and moderate: {reference}." in picture(one)
    assert f"Medium, possible and moderate, 9: {reference}" in one.plain
    whole = answered(office, AMIRA, "matrix")
    assert "open risks on your contracts" in whole.plain
    assert reference_of(office, "Licence costs rise at renewal") not in whole.plain, "a contract of somebody else"
    assert "No contract of yours fits “IT-CH”" in said(office, AMIRA, "matrix IT-CH")
    assess(office, AMIRA, reference, "4", "3")
    assert picture(answered(office, AMIRA, f"show {reference}")) == "", "one assessment is no course"
    office.clock.advance(timedelta(days=2))
    assess(office, AMIRA, reference, "2", "2")
    course = f"The score of {reference} over time. 4 January 2027: 12, high. 6 January 2027: 4, low."
    assert course in picture(answered(office, AMIRA, f"show {reference}"))
