"""App Home: each person's own page, published when they open it."""

from tests.acceptance.appointing import as_contact
from tests.acceptance.office import AMIRA, GUEST, MARTHA, Office, words
from workspace.client.control import Control


def page(office: Office, user: str) -> str:
    person = office.person(user)
    person.open_home()
    return words(person.wait(lambda someone: someone.home()))


def test_a_managers_page_has_their_contracts_worst_first(office: Office) -> None:
    shown = page(office, AMIRA)
    assert "of 4 contracts" in shown
    assert [reference for reference in ("WP-NE", "DE-SW", "SE-CW", "SK-SC", "HA-EW") if reference in shown] == [
        "WP-NE",
        "DE-SW",
        "SE-CW",
        "SK-SC",
    ]


def test_a_partners_guest_has_a_page_of_what_is_theirs_and_no_rating(guest_office: Office) -> None:
    as_contact(guest_office)
    shown = page(guest_office, GUEST)
    assert "WP-NE Work Pathways, North East" in shown
    assert not any(internal in shown for internal in ("gold", "Approaching", "HA-EW", "Requires"))


def test_a_partners_guest_sees_the_partners_side_of_their_contract_and_of_no_other(guest_office: Office) -> None:
    as_contact(guest_office)
    with Control(guest_office.workspace_url) as control:
        control.share("C0HELP", GUEST)
    guest = guest_office.person(GUEST)
    (listed,) = guest.command("/contract list", channel="C0HELP")
    assert "1 contract of yours" in listed.plain
    (card,) = guest.command("/contract show pathways", channel="C0HELP")
    assert "Contract manager: Amira Shah" in card.plain
    assert not any(internal in card.plain for internal in ("gold", "Senior owner", "risk", "Decide", "£"))
    for typed in ("show HA-EW", "history WP-NE", "edit WP-NE", "people WP-NE", "duties WP-NE", "new", "channel WP-NE"):
        (refused,) = guest.command(f"/contract {typed}", channel="C0HELP")
        assert "You do not have a role" in refused.plain


def test_who_is_not_known_is_told_whom_to_ask(office: Office) -> None:
    assert "Liaison does not know you yet" in page(office, MARTHA)
