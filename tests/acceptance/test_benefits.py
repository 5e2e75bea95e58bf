"""Benefits: the list against the profile, a new one, a change, and what came of a month by a form and by a line."""

from tests.acceptance.office import AMIRA, NORTH_EAST, Office, words


def test_a_benefit_is_listed_added_changed_and_entered(office: Office) -> None:
    amira = office.person(AMIRA)
    (page,) = amira.command("/money benefits WP-NE", channel=NORTH_EAST)
    assert "So far 462 against 480: 96.2% of the profile" in page.plain
    amira.click(page, "Enter a month")
    form = amira.modal(title="Enter a month")
    assert "profile" in amira.submit(form, {"period": "2026-11", "profile": "many"}).errors
    done = amira.submit(form, {"period": "2026-11", "profile": "180", "actual": "198"}).view
    assert "So far 660 against 660: 100% of the profile" in words(done)
    amira.click(page, "Change")
    form = amira.modal(title="Change a benefit")
    assert "People in lasting work is changed." in words(amira.submit(form, {"name": "People in lasting work"}).view)
    amira.click(page, "Add a benefit")
    form = amira.modal(title="Add a benefit")
    given = {"name": "Hours of advice", "unit": "hours", "baseline": "1,200", "owner": AMIRA}
    assert "Hours of advice is added." in words(amira.submit(form, given).view)
    amira.command("/money benefits WP-NE add", channel=NORTH_EAST)
    form = amira.modal(title="Add a benefit")
    assert "name" in amira.submit(form, given).errors
    amira.close(form)
    (answer,) = amira.command("/money benefit WP-NE 2026-12 1,250 hours of advice", channel=NORTH_EAST)
    assert "Dec 2026: 1,250 against –" in answer.plain
    amira.click(answer, "All benefits")
    assert amira.wait(lambda p: next((m for m in p.messages(NORTH_EAST) if _lists(m.plain)), None)) is not None
    (answer,) = amira.command("/money benefit WP-NE 2026-12", channel=NORTH_EAST)
    assert "a month, a figure and the benefit" in answer.plain
    amira.command("/money show WP-NE", channel=NORTH_EAST)
    page = amira.wait(
        lambda p: next((m for m in reversed(p.messages(NORTH_EAST)) if "Money on WP-NE" in m.plain), None)
    )
    amira.click(page, "Benefits")


def _lists(text: str) -> bool:
    return "Benefits of WP-NE" in text and "People in lasting work" in text
