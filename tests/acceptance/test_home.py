"""App Home: each person's own page, published when they open it and whenever what it shows has changed."""

from datetime import date, timedelta

from bot.models import HomeChange, HomePage, Obligation, Party
from tests.acceptance.appointing import as_contact
from tests.acceptance.office import AMIRA, CALLUM, GUEST, HELEN, MARTHA, NORTH_EAST, PORTFOLIO, Office, words
from tests.builders import contract_named, rows
from workspace import Person
from workspace.blocks import interactive
from workspace.client.control import Control

SECOND = timedelta(seconds=1)
RISK = '/risk raise WP-NE "Advisers leaving faster than hired" likely major'


def page(office: Office, user: str) -> str:
    person = office.person(user)
    person.open_home()
    said = words(person.wait(lambda someone: someone.home()))
    assert office.run("homes") == 0, "the first page of the day is right already"
    return said


def shown(person: Person) -> str:
    return words(person.home())


def published(office: Office) -> int:
    with Control(office.workspace_url) as control:
        return len(control.traffic("views.publish"))


def test_a_managers_page_has_their_contracts_worst_first(office: Office) -> None:
    said = page(office, AMIRA)
    assert "of 4 contracts" in said
    assert [reference for reference in ("WP-NE", "DE-SW", "SE-CW", "SK-SC", "HA-EW") if reference in said] == [
        "WP-NE",
        "DE-SW",
        "SE-CW",
        "SK-SC",
    ]


def test_what_waits_on_a_manager_comes_first_and_is_dealt_with_from_the_page(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command("/action add WP-NE Amira Shah: agree the staffing plan by 8 January", channel=NORTH_EAST)
    with office.liaison.database.writing() as session:
        contract = contract_named(session, "WP-NE")
        session.add(Obligation(contract_id=contract.id, name="Renew", owed_by=Party.PARTNER, due_on=date(2027, 1, 5)))
    office.run("prompt")
    said = page(office, AMIRA)
    parts = [said.index(part) for part in ("Waiting for you", "Your contracts", "Coming up")]
    assert parts == sorted(parts)
    assert parts[0] < said.index("A-1 agree the staffing plan") < parts[1]
    assert "Report for December 2026" in said[parts[2] :]

    home = amira.home()
    assert home is not None
    amira.click(home, "owed_open")
    assert "Obligation of the partner: Renew" in words(amira.modal(title="It is done"))
    amira.close(amira.modal())
    amira.click(home, "Done")
    assert "Action A-1 on WP-NE is done" in words(amira.modal()).replace("*", "")
    office.clock.advance(2 * SECOND)
    assert office.run("homes") == 1
    assert "A-1" not in shown(amira)


def test_a_late_report_is_sent_and_one_that_came_is_accepted_from_the_page(office: Office) -> None:
    amira = office.person(AMIRA)
    office.run("prompt")
    office.clock.advance(timedelta(days=3))
    assert "Report for December 2026 is late" in page(office, AMIRA)
    home = amira.home()
    assert home is not None
    amira.click(home, "Report the figures")
    form = amira.modal()
    figures = [block["block_id"] for block, _ in interactive(form.blocks) if "kpi_" in block["block_id"]]
    amira.submit(form, dict.fromkeys(figures, "90"))  # which is far from what one of them was
    (asked,) = [name for block in amira.modal().blocks if "figures_confirmed" in (name := block.get("block_id", ""))]
    amira.submit(amira.modal(), {asked: ["figures_confirmed"]})
    amira.close(amira.modal())
    office.clock.advance(2 * SECOND)
    assert office.run("homes") == 1
    assert "*SE-CW* Report for November 2026 is waiting for your decision" in shown(amira)
    again = amira.home()
    assert again is not None
    amira.click(again, "Look at it")
    assert "on DE-SW" in words(amira.modal())
    amira.click(amira.modal(), "Accept")
    office.drain()
    assert "State: accepted" in words(amira.modal())
    office.clock.advance(2 * SECOND)
    assert office.run("homes") == 1
    assert "*DE-SW* Report for November 2026 is waiting for your decision" not in shown(amira)


def test_ten_changes_are_one_publish_and_a_page_that_stays_the_same_is_left_alone(office: Office) -> None:
    amira, callum = office.person(AMIRA), office.person(CALLUM)
    page(office, AMIRA)
    before = published(office)
    for number in range(10):
        amira.command(f"/action add WP-NE Amira Shah: do {number} by 8 January", channel=NORTH_EAST)
    office.clock.advance(SECOND)
    assert office.run("homes") == 0, "somebody may be at it still"
    office.clock.advance(SECOND)
    assert office.run("homes") == 1
    assert (published(office), office.run("homes")) == (before + 1, 0)
    assert "A-10 do 9" in shown(amira)

    callum.command("/contact call HA-EW agreed the recovery plan", channel=PORTFOLIO)
    amira.command("/contact call WP-NE agreed the plan", channel=NORTH_EAST)  # which no page shows
    office.clock.advance(2 * SECOND)
    assert office.run("homes") == 0
    assert published(office) == before + 1
    assert rows(office.liaison.database, HomeChange) == []

    for number in range(6):  # never quiet for two seconds, and yet drawn within ten
        amira.command(f"/action done A-{number + 1}", channel=NORTH_EAST)
        office.clock.advance(2 * SECOND - timedelta(milliseconds=1))
    assert office.run("homes") == 1
    assert "A-7" in shown(amira)


def test_a_new_working_day_makes_pages_stale_once(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command("/action add WP-NE Amira Shah: agree the plan by 8 January", channel=NORTH_EAST)
    page(office, AMIRA)
    assert "Due 8 January 2027" in shown(amira)
    office.clock.advance(timedelta(days=4, hours=20))  # Saturday, 5am
    assert office.run("homes") == 0
    assert "It was due on 8 January 2027" not in shown(amira)
    office.clock.advance(timedelta(days=2, hours=2))  # Monday, 7am
    office.run("homes")
    office.clock.advance(2 * SECOND)
    assert office.run("homes") == 1
    assert "It was due on 8 January 2027" in shown(amira)
    office.clock.advance(timedelta(hours=1))
    assert office.run("homes") == 0


def test_a_senior_owner_has_what_is_to_be_acknowledged_first(office: Office) -> None:
    helen = office.person(HELEN)
    assert "6 of 12 contracts need attention. A contract needs attention if" in page(office, "U0NADIA")
    assert "Nothing is waiting for you" in page(office, HELEN)
    assert "Got worse" in shown(helen)
    office.person(AMIRA).command(RISK, channel=NORTH_EAST)
    office.clock.advance(2 * SECOND)
    assert office.run("homes") == 1
    assert "Acknowledge: Advisers leaving faster than hired" in shown(helen)
    home = helen.home()
    assert home is not None
    helen.click(home, "Acknowledge")
    office.drain()
    office.clock.advance(2 * SECOND)
    assert office.run("homes") == 1
    assert "Nothing is waiting for you" in shown(helen)


def test_the_page_of_who_is_deactivated_is_drawn_no_more(office: Office) -> None:
    page(office, AMIRA)
    office.person(AMIRA).command("/action add WP-NE Amira Shah: do it by 8 January", channel=NORTH_EAST)
    with Control(office.workspace_url) as control:
        control.deactivate(AMIRA)
        control.settle()
    office.clock.advance(2 * SECOND)
    before = published(office)
    assert (office.run("homes"), published(office)) == (0, before)
    assert rows(office.liaison.database, HomePage) == []


def test_a_partners_guest_has_a_page_of_what_is_theirs_and_no_rating(guest_office: Office) -> None:
    as_contact(guest_office)
    said = page(guest_office, GUEST)
    assert "WP-NE Work Pathways, North East" in said
    assert not any(internal in said for internal in ("gold", "Approaching", "HA-EW", "Requires"))
    guest_office.run("prompt")
    amira = guest_office.person(AMIRA)
    for owner in ("Gus Guest", "Amira Shah"):
        amira.command(f"/action add WP-NE {owner}: send what {owner} has by 8 January", channel=NORTH_EAST)
    guest_office.clock.advance(2 * SECOND)
    guest_office.run("homes")
    said = shown(guest_office.person(GUEST))
    assert "Report for December 2026" in said
    assert "A-1 Gus Guest: send what Gus Guest has" in said
    assert "what Amira Shah has" not in said
    (card,) = amira.command("/contract show WP-NE", channel=NORTH_EAST)
    assert "A-2 Amira Shah: send what Amira Shah has" in card.plain


def test_a_partners_guest_sees_the_partners_side_of_their_contract_and_of_no_other(guest_office: Office) -> None:
    as_contact(guest_office)
    with Control(guest_office.workspace_url) as control:
        control.share("C0HELP", GUEST)
    guest = guest_office.person(GUEST)
    (listed,) = guest.command("/contract list", channel="C0HELP")
    assert "You have 1 contract" in listed.plain
    (card,) = guest.command("/contract show pathways", channel="C0HELP")
    assert "Contract manager: Amira Shah" in card.plain
    assert not any(
        internal in card.plain for internal in ("gold", "Senior owner", "risk", "Decide", "£84", "profile £")
    )
    assert "Invoices\nNF-1044" in card.plain.replace("• ", ""), "its own, and no other sum"
    for typed in ("show HA-EW", "history WP-NE", "edit WP-NE", "people WP-NE", "duties WP-NE", "new", "channel WP-NE"):
        (refused,) = guest.command(f"/contract {typed}", channel="C0HELP")
        not_theirs = "No contract of yours fits “HA-EW”" if "HA-EW" in typed else "You do not have a role"
        assert not_theirs in refused.plain


def test_who_is_not_known_is_told_whom_to_ask(office: Office) -> None:
    assert "Liaison does not know you yet" in page(office, MARTHA)
