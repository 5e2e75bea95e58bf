"""The journeys of a contract manager, a partner and a senior owner, with a keyboard and a mouse on the real page."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.acceptance.office import AMIRA, HELEN, NORTH_EAST, NORTH_EAST_SHARED, PORTFOLIO, PRIYA, Office
from tests.acceptance.shortfall import from_shortfall_to_cure
from tests.browser.conftest import OpenPage


def test_a_newcomer_chooses_who_to_be(office: Office, open_page: OpenPage, artefacts: Path) -> None:
    page = open_page()
    page.goto(office.workspace_url)
    for who in ("Contract manager Amira", "Senior owner Helen", "Partner's delivery lead Priya", "late report Tomasz"):
        expect(page.get_by_role("link", name=re.compile(who))).to_be_visible()
    for hint in ("Look behind the page", "View source"):
        expect(page.get_by_text(hint)).to_be_visible()
    page.screenshot(path=artefacts / "start.png", full_page=True)
    page.set_viewport_size({"width": 420, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") == 420
    page.screenshot(path=artefacts / "start-narrow.png", full_page=True)
    page.get_by_role("link", name=re.compile("Amira Shah")).click()
    expect(page).to_have_url(re.compile(f"/as/{AMIRA}"))


def test_a_manager_raises_a_very_high_risk_and_everyone_sees_it_acknowledged(
    office: Office, open_page: OpenPage, artefacts: Path
) -> None:
    amira, helen = _at(open_page, office, AMIRA, NORTH_EAST), _at(open_page, office, HELEN, NORTH_EAST)
    _type(amira, '/risk raise WP-NE "Advisers leaving faster than hired" likely major')
    expect(amira.get_by_text("is raised on WP-NE")).to_be_visible()
    expect(amira.get_by_text("Only you can see this")).to_be_visible()
    office.deliver()
    expect(amira.get_by_text("to acknowledge it").first).to_be_visible()
    helen.get_by_role("link", name=re.compile("Liaison")).click()
    helen.screenshot(path=artefacts / "ping.png")
    with helen.expect_response("**/click"):
        helen.get_by_role("button", name="Acknowledge").click()
    expect(amira.get_by_text("to acknowledge it").first).to_be_visible()
    assert office.deliver()
    for page in (amira, helen):
        expect(page.get_by_text(re.compile("by Helen Marsh on 4 January 2027"))).to_be_visible()
    expect(helen.get_by_role("button", name="Acknowledge")).to_have_count(0)
    # The button had the focus and is gone: the message that it stood in has it now.
    expect(helen.get_by_role("listitem").filter(has_text="Acknowledged")).to_be_focused()
    expect(helen.get_by_role("alert")).to_be_hidden()
    amira.screenshot(path=artefacts / "acknowledged.png")


def test_a_partner_reports_from_the_prompt_and_the_figures_come_back_rated(
    office: Office, open_page: OpenPage, artefacts: Path
) -> None:
    office.run("prompt")
    office.deliver()
    priya = _at(open_page, office, PRIYA, NORTH_EAST_SHARED)
    priya.get_by_role("button", name="Report the figures").click()
    dialog = priya.get_by_role("dialog")
    expect(dialog).to_contain_text("Good is 99% or more")
    dialog.get_by_label("Starts within 15 working days (%)").fill("12,5")
    dialog.get_by_label("Job outcomes against profile (%)").fill("88%")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_contain_text("12.5")
    office.person(PRIYA).say("Nearly there", channel=NORTH_EAST_SHARED)  # the page is drawn anew around the form
    expect(priya.get_by_text("Nearly there")).to_be_attached()
    expect(dialog).to_contain_text("12.5")
    priya.screenshot(path=artefacts / "figure-refused.png")
    dialog.get_by_label("Starts within 15 working days (%)").fill("97.2")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog).to_contain_text("Approaching target, 97.2% against 99%")
    priya.screenshot(path=artefacts / "rated.png")
    dialog.get_by_role("button", name="Close").first.click()
    assert office.deliver()
    expect(priya.get_by_text("Requires improvement, 88% against 100%")).to_be_visible()


def test_the_weekly_summary_stands_in_the_portfolio_channel(
    office: Office, open_page: OpenPage, artefacts: Path
) -> None:
    office.run("summary")
    office.deliver()
    amira = _at(open_page, office, AMIRA, PORTFOLIO)
    expect(amira.get_by_text("2 got worse, 2 got better; 6 of 12 contracts need attention")).to_be_attached()
    amira.get_by_text("6 of 12 contracts need attention").first.scroll_into_view_if_needed()
    amira.screenshot(path=artefacts / "summary.png")
    amira.get_by_text("2 replies").click()
    table = amira.locator(".thread .table")
    expect(table).to_contain_text("HA-EW: Inadequate; was Requires improvement")
    assert table.evaluate("table => table.scrollWidth <= table.clientWidth"), "the whole table fits in a thread"


def _at(open_page: OpenPage, office: Office, user: str, channel: str) -> Page:
    page = open_page()
    page.goto(f"{office.workspace_url}/as/{user}/{channel}")
    return page


def _type(page: Page, text: str) -> None:
    composer = page.get_by_role("textbox").or_(page.get_by_role("combobox")).first
    composer.fill(text)
    composer.press("Enter")


def test_a_quarter_from_shortfall_to_cure(office: Office, open_page: OpenPage, artefacts: Path) -> None:
    """Every moment stands on the page of whoever it concerns, and is pictured (artefacts/quarter-*.png)."""
    pictured = 0
    for moment in from_shortfall_to_cure(office):
        page = _at(open_page, office, moment.who, moment.channel)
        shown = page.get_by_text(moment.says).last
        expect(shown).to_be_visible()
        shown.scroll_into_view_if_needed()
        page.screenshot(path=artefacts / f"quarter-{moment.name}.png")
        pictured += 1
    assert pictured == 7
