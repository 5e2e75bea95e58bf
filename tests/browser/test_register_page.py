"""Keeping the register on the real page: a contract is added, people are picked, App Home shows one's own."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.acceptance.office import AMIRA, NORTH_EAST, Office
from tests.browser.conftest import OpenPage


def at(open_page: OpenPage, office: Office, user: str, channel: str) -> Page:
    page = open_page()
    page.goto(f"{office.workspace_url}/as/{user}/{channel}")
    return page


def enter(page: Page, text: str) -> None:
    page.locator("#composer").fill(text)
    page.locator("#composer").press("Enter")


def pick(page: Page, label: str, option: str) -> None:
    """Choose from a list by typing a part of the option, as a person does."""
    box = page.get_by_role("dialog").get_by_label(label, exact=True)
    box.click()
    page.get_by_role("option", name=re.compile(option)).first.click()


def test_a_manager_adds_a_contract_and_is_told_what_comes_next(
    office: Office, open_page: OpenPage, artefacts: Path
) -> None:
    page = at(open_page, office, AMIRA, NORTH_EAST)
    enter(page, "/contract new")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reference").fill("WP-NW")
    dialog.get_by_label("Title").fill("Work Pathways, North West")
    pick(page, "Partner", "Northgate Futures Ltd")
    pick(page, "Nation", "England and Wales")
    dialog.get_by_label("Start").fill("2027-04-01")
    dialog.get_by_label("End", exact=True).fill("2027-03-31")
    dialog.get_by_label("Tier").fill("gold")
    dialog.get_by_label("Value in pounds, without VAT").fill("61.5 million")
    dialog.get_by_role("button", name="Add it").click()
    expect(dialog).to_contain_text("The end, 31 March 2027, is not after the start, 1 April 2027.")
    page.screenshot(path=artefacts / "contract-refused.png")
    dialog.get_by_label("End", exact=True).fill("2031-03-31")
    dialog.get_by_role("button", name="Add it").click()
    expect(dialog).to_contain_text("WP-NW Work Pathways, North West is in the register")
    page.screenshot(path=artefacts / "contract-added.png")
    dialog.get_by_role("button", name="Close").first.click()
    enter(page, "/contract show WP-NW")
    expect(page.get_by_role("heading", name="WP-NW Work Pathways, North West")).to_be_visible()


def test_people_are_picked_and_the_page_of_who_does_what_says_so(
    office: Office, open_page: OpenPage, artefacts: Path
) -> None:
    page = at(open_page, office, AMIRA, NORTH_EAST)
    enter(page, "/contract people")
    page.get_by_role("button", name="Change who does what").click()
    expect(page.get_by_role("dialog")).to_contain_text("Runs the contract from day to day")
    pick(page, "Viewer (optional)", "Martha Quill")
    page.screenshot(path=artefacts / "people.png")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_contain_text("@Martha Quill, viewer")


def test_app_home_shows_ones_own_contracts(office: Office, open_page: OpenPage, artefacts: Path) -> None:
    page = at(open_page, office, AMIRA, NORTH_EAST)
    page.get_by_role("link", name=re.compile("Liaison")).click()
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", name="Your contracts")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(5)
    page.screenshot(path=artefacts / "home.png")
