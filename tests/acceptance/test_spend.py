"""What contracts cost: months by a line and by a form, a variance and its reason, invoices, and what a partner sees."""

from datetime import timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from bot.models import Invoice, Spend
from tests.acceptance.appointing import as_contact
from tests.acceptance.office import AMIRA, CALLUM, GUEST, HELEN, NORTH_EAST, Office, words
from tests.builders import contract_named
from workspace.client.person import Message, Person

CHANNEL = "C0CCOT"


def spend(session: Session) -> Spend:
    of = (col(Spend.contract_id) == contract_named(session, "WP-NE").id, col(Spend.period) == "2026-12")
    return session.scalars(select(Spend).where(*of)).one()


def answered(person: Person, part: str, channel: str = NORTH_EAST) -> Message:
    found: Message = person.wait(
        lambda p: next((m for m in reversed(p.messages(channel)) if m.ephemeral and part in m.plain), None)
    )
    return found


def told(office: Office, person: Person, part: str) -> Message:
    office.deliver()
    found: Message = person.wait(lambda p: next((m for m in reversed(p.direct_messages()) if part in m.plain), None))
    return found


def test_a_month_is_entered_in_a_line_and_a_variance_asks_why(office: Office) -> None:
    amira, helen = office.person(AMIRA), office.person(HELEN)
    office.run("variance")
    (answer,) = amira.command("/money spend WP-NE 2026-12 invoiced 1,500,000.50 paid 90,000", channel=NORTH_EAST)
    assert "invoiced £1,500,000.50, paid £90,000" in answer.plain
    assert "£259,999.50 (14.8%) less than planned" in answer.plain
    office.run("variance")
    assert "Nobody has said why yet" in told(office, helen, "December 2026").plain
    before = len(helen.direct_messages())
    office.run("variance")
    office.deliver()
    assert len(helen.direct_messages()) == before, "once"
    amira.click(answer, "Say why")
    form = amira.modal(title="Enter a month")
    assert "Say why at the end" in words(form)
    refused = amira.submit(form, {"paid": "1,500,000.51"})
    assert "only £1,500,000.50 invoiced" in refused.errors["paid"]
    done = amira.submit(form, {"paid": "90,000", "reason": "Two hubs opened a month late"}).view
    assert "Why: Two hubs opened a month late" in words(done)
    assert office.read(spend).reason == "Two hubs opened a month late"
    (history,) = amira.command("/contract history WP-NE", channel=NORTH_EAST)
    assert "Two hubs opened a month late" in history.plain
    (answer,) = amira.command("/money spend WP-NE 2026-12 disputed 2m", channel=NORTH_EAST)
    assert "£2 million is disputed, and only £1,500,000.50 invoiced" in answer.plain
    (answer,) = amira.command("/money spend WP-NE 2026-12", channel=NORTH_EAST)
    assert "a month, and sums" in answer.plain


def test_a_variance_waits_with_its_manager_and_is_explained_from_the_reminder(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command("/money spend WP-NE 2026-12 invoiced 1.5m", channel=NORTH_EAST)
    office.clock.advance(timedelta(days=7))
    office.run("remind")
    reminder = told(office, amira, "Say why December 2026 varies")
    amira.click(reminder, "Answer")
    form = amira.modal(title="Answer a reminder")
    assert amira.submit(form, {"answer": "Do it now"}).view is not None
    form = amira.modal(title="Enter a month")
    assert amira.submit(form, {"reason": "Two hubs opened a month late"}).view is not None
    assert office.read(spend).reason == "Two hubs opened a month late"


def test_the_page_shows_the_year_and_enters_a_month(office: Office) -> None:
    callum = office.person(CALLUM)
    callum.command("/money show CC-OT", channel=CHANNEL)
    page = answered(callum, "Money on CC-OT, 2026 to 2027", CHANNEL)
    assert "invoiced and expected up to April 2030, 14.3% of its value of £27 million" in page.plain.replace("*", "")
    assert any(block["type"] == "image" for block in page.blocks)
    table = next(block for block in page.blocks if block["type"] == "table")
    october = next(row for row in table["rows"] if row[0]["text"] == "Oct 2026")
    assert [cell["text"] for cell in october][1:6] == ["335,000", "373,900", "350,000", "23,900", "339,500"]
    assert october[7]["text"] == "11.6% more"
    assert "Oct 2026, £38,900 (11.6%) more than planned: Calls were 12% above the forecast" in page.plain
    callum.click(page, "Enter a month", "January 2027")
    form = callum.modal(title="Enter a month")
    assert form.field("forecast")[1]["initial_value"] == "371,000"
    assert "forecast £420,000" in words(callum.submit(form, {"forecast": "420,000"}).view)
    saved = callum.modal(title="Saved")
    callum.click(saved, "Say why")
    assert callum.modal(title="Enter a month") is not None
    callum.click(page, "2027 to 2028")
    later = answered(callum, "Money on CC-OT, 2027 to 2028", CHANNEL)
    callum.click(later, "2026 to 2027")
    (answer,) = callum.command("/money spend CC-OT 2027-01 because Calls rose", channel=CHANNEL)
    callum.click(answer, "All months")
    callum.click(page, "Service credits")
    assert "Service credits on CC-OT" in answered(callum, "Service credits on CC-OT", CHANNEL).plain


def test_an_invoice_is_added_and_paid(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command("/money show WP-NE", channel=NORTH_EAST)
    page = answered(amira, "Money on WP-NE")
    assert "1 invoice not paid" in page.plain
    assert "51 days over" in page.plain
    amira.click(page, "Invoices")
    listed = answered(amira, "Invoices on WP-NE")
    amira.click(listed, "Add an invoice")
    form = amira.modal(title="Add an invoice")
    given = {"number": "NF-1051", "period": "December 2026", "valid": "2027-01-04", "amount": "£1,740,000.50"}
    assert "valid" in amira.submit(form, {**given, "valid": "2027-01-05"}).errors
    added = amira.submit(form, given).view
    assert "Not approved yet, to be paid by 2 February 2027" in words(added)
    amira.command("/money invoices WP-NE add", channel=NORTH_EAST)
    form = amira.modal(title="Add an invoice")
    assert "number" in amira.submit(form, given).errors, "it is there already"
    amira.close(form)
    (listed,) = amira.command("/money invoices WP-NE", channel=NORTH_EAST)
    amira.click(listed, "Change")
    form = amira.modal(title="Change an invoice")
    paid = {"approved": "1,520,000", "paid": "1,520,000", "paid_day": "2027-01-04"}
    assert "£1.52 million paid on 4 January 2027" in words(amira.submit(form, paid).view)
    row = office.read(lambda s: s.scalars(select(Invoice).where(col(Invoice.number) == "NF-1044")).one())
    assert row.sums.owed == 0


def test_a_partner_sees_its_own_invoices_and_no_profile(guest_office: Office) -> None:
    as_contact(guest_office)
    gus = guest_office.person(GUEST)
    here = gus.direct_channel
    for command in ("/money show WP-NE", "/money invoices WP-NE", "/money invoices", "/contract show WP-NE"):
        (own,) = gus.command(command, channel=here)
        assert "NF-1044 for October 2026" in own.plain
        assert "14 starts are claimed twice" in own.plain
        assert "£1.75 million" not in own.plain, "what was planned is not the partner’s to read"
    (refused,) = gus.command("/money spend WP-NE 2026-12 paid 5", channel=here)
    assert "You do not have a role" in refused.plain
    (refused,) = gus.command("/money invoices CC-OT", channel=here)
    assert "No contract of yours fits" in refused.plain


def test_an_invoice_waits_with_its_manager_until_it_is_settled(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.open_home()
    office.settle()
    home = amira.wait(lambda p: p.home() if "Pay invoice NF-1044" in words(p.home()) else None)
    amira.click(home, "Change the invoice")
    form = amira.modal(title="Change an invoice")
    settled = {"disputed": "1,541,200", "approved": "", "dispute": "It is for another contract"}
    assert "£1,541,200 disputed" in words(amira.submit(form, settled).view)
    office.run("homes")
    amira.open_home()
    office.settle()
    assert "Pay invoice NF-1044" not in words(amira.home())
