"""App Home: each person's own page, published when they open it."""

from tests.acceptance.office import AMIRA, MARTHA, PRIYA, Office, words


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


def test_a_partners_page_has_what_is_theirs_and_no_rating(office: Office) -> None:
    """Should Slack show the page to people of other organisations: it is theirs alone."""
    shown = page(office, PRIYA)
    assert "WP-NE Work Pathways, North East" in shown
    assert not any(internal in shown for internal in ("gold", "Approaching", "HA-EW", "attention"))


def test_who_is_not_known_is_told_whom_to_ask(office: Office) -> None:
    assert "Liaison does not know you yet" in page(office, MARTHA)
