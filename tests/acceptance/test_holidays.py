"""`/liaison holidays`: an administrator adds and removes bank holidays, and due dates follow."""

from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.domain.london import london_instant
from bot.models import Contract, ExtensionOption
from tests.acceptance.office import AMIRA, HELEN, PORTFOLIO, Office, words
from tests.builders import MINUTE

NADIA, EILIDH, HELP = "U0NADIA", "U0EILIDH", "C0HELP"


def said(office: Office, typed: str, user: str = NADIA) -> str:
    (answer,) = office.person(user).command(f"/liaison holidays {typed}".strip(), channel=HELP)
    return answer.plain


def test_a_bank_holiday_is_added_by_a_line_and_moves_what_follows_from_a_rule(office: Office) -> None:
    assert "You do not have a role that lets you" in said(office, "", AMIRA)
    listed = said(office, "")
    assert "They are published until 31 December 2028." in listed
    assert "15 June 2026, Scotland: World Cup bank holiday (Royal Proclamation of 4 February 2026)" in listed
    office.run("holidays")
    added = said(office, "add 11 January 2027 Scotland: Jubilee")
    assert "11 January 2027 is a bank holiday in Scotland: Jubilee" in added
    assert "15 January 2028 is a Saturday, when nobody works." in said(
        office, "add 15 January 2028 in Northern Ireland"
    )
    assert "is a bank holiday in Scotland already" in said(office, "add 11/1/2027 scotland")
    assert "Name a day and one of England and Wales, Scotland, Northern Ireland" in said(office, "add tomorrow")
    assert "Type add or remove" in said(office, "move 11 January 2027 Scotland")
    office.clock.advance(5 * MINUTE)
    office.run("holidays")
    office.deliver()
    (told,) = [m.plain for m in office.person(EILIDH).direct_messages() if "due date" in m.plain]
    assert "SK-SC, Prospectus for the summer term: due 20 January 2027, was 19 January 2027" in told
    (dates,) = office.person(AMIRA).command("/contract dates SK-SC", channel=HELP)
    assert "20 January 2027" in dates.plain
    assert "11 January is a bank holiday, so 20 January 2027" in dates.plain


def test_a_bank_holiday_is_added_in_a_form_and_removed_again(office: Office) -> None:
    nadia = office.person(NADIA)
    (listed,) = nadia.command("/liaison holidays", channel=HELP)
    nadia.click(listed, "Add a bank holiday")
    form = {"nation": "Northern Ireland", "day": "2027-06-07", "name": "Coronation", "source": ""}
    refused = nadia.submit(nadia.modal(title="Add a bank holiday"), {**form, "day": "2027-06-05"})
    assert "5 June 2027 is a Saturday" in refused.errors["day"]
    done = nadia.submit(nadia.modal(title="Add a bank holiday"), form)
    assert "7 June 2027 is a bank holiday in Northern Ireland*: Coronation" in words(done.view)
    (listed,) = nadia.command("/liaison holidays", channel=HELP)
    assert "7 June 2027, Northern Ireland: Coronation" in listed.plain
    assert "is a working day in Northern Ireland" in said(office, "remove 7 June 2027 Northern Ireland")
    assert "3 May 2027 is a working day in England and Wales" in said(office, "remove 3 May 2027 England")
    (listed,) = nadia.command("/liaison holidays", channel=HELP)
    assert "3 May 2027, England and Wales: Worked as usual, no bank holiday" in listed.plain
    assert "Coronation" not in listed.plain
    nadia.click(listed, "Make it a bank holiday")
    nadia.wait(lambda p: all("Worked as usual" not in m.plain for m in p.messages(HELP)))


def test_beyond_the_published_years_everything_goes_on_and_says_what_is_provisional(office: Office) -> None:
    """In January 2029, with a version of Liaison for which bank holidays are published until the end of 2028."""
    with office.liaison.database.writing() as session:
        for contract in session.scalars(select(Contract)):
            contract.next_period, contract.next_report_at = "2028-12", london_instant(date(2029, 1, 2), 9)
            contract.end_date = contract.longest_end_date = date(2036, 3, 31)
        option = session.scalars(select(ExtensionOption).where(col(ExtensionOption.contract_id) == 1)).one()
        option.rule, option.decide_by = "6 months before 31 March 2036", date(2035, 9, 28)
    amira, priya = office.person(AMIRA), office.person("U0PRIYA")
    office.clock.move_to(london_instant(date(2029, 1, 2), 9))
    for job in ("holidays", "prompt"):
        office.run(job)
    office.deliver()
    prompt = next(m for m in priya.messages("C0WPNENG") if "December 2028" in m.plain)
    assert "Due 4 January 2029 (provisional)" in prompt.plain
    pages = {
        each: "\n".join(m.plain for m in amira.command(each, channel=HELP))
        for each in (
            "/contract show WP-NE",
            "/contract dates WP-NE",
            "/progress list",
        )
    }
    assert "decide by 28 September 2035 (provisional)" in pages["/contract show WP-NE"]
    assert "4 January 2029 (provisional)" in pages["/contract show WP-NE"]
    assert "so Friday 28 September 2035 (provisional)" in pages["/contract dates WP-NE"]
    assert "31 March 2036: End" in pages["/contract dates WP-NE"]
    assert "31 March 2036 (provisional)" not in "".join(pages.values())
    assert "4 January 2029 (provisional)" in pages["/progress list"]
    amira.open_home()
    assert "4 January 2029 (provisional)" in words(amira.wait(lambda p: p.home()))
    office.clock.move_to(london_instant(date(2029, 1, 3), 9))
    office.run("remind")
    office.deliver()
    assert "due 4 January 2029 (provisional), in 1 working day" in priya.direct_messages()[-1].plain
    office.clock.move_to(london_instant(date(2029, 1, 11), 9))
    for job in ("escalate", "summary"):
        office.run(job)
    office.deliver()
    asked = "\n".join(m.plain for m in amira.direct_messages())
    assert "4 January 2029 (provisional)" in asked
    assert "11 January 2029 at 1pm (provisional)" in asked
    posted = "\n".join(m.plain for m in office.person(HELEN).messages(PORTFOLIO))
    assert "4 January 2029 (provisional)" in posted
