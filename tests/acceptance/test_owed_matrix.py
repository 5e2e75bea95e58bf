"""The matrix of a contract: what each side owes and how it stands, from its command and from the contract's page."""

from datetime import date

from bot.models import Party
from tests.acceptance.office import AMIRA, NORTH_EAST, PORTFOLIO, Office
from tests.acceptance.test_reminders import milestone, owe
from workspace.client.person import Message

YESTERDAY, TOMORROW = date(2027, 1, 3), date(2027, 1, 5)  # the demonstration begins on Monday 4 January 2027


def test_the_matrix_says_how_everything_stands_and_settles_it(office: Office) -> None:
    amira = office.person(AMIRA)
    key = owe(office, "Send the list of offices", YESTERDAY, by=Party.DEPARTMENT)
    (page,) = amira.command("/contract show WP-NE", channel=NORTH_EAST)
    amira.click(page, "What each side owes")
    matrix: Message = amira.wait(
        lambda someone: next((m for m in someone.messages(NORTH_EAST) if m.text.startswith("What each side")), None)
    )
    assert matrix.text == "What each side owes on WP-NE Work Pathways, North East: 1 late, 1 open"
    for said in (
        "The department: Send the list of offices\nMilestone, due 3 January 2027",
        "The partner: 5,000 people in work for 26 weeks\nMilestone, due 31 March 2027",
        "The partner: Survey of advisers\nDeliverable, due 30 November 2026, done on 26 November 2026",
        "The partner: Keep the evidence of each job start for 6 years\nObligation, clause 12.1",
    ):
        assert said in matrix.plain.replace("*", "")
    amira.click(matrix, "Done")
    amira.submit(amira.modal(title="It is done"), {"evidence": "Sent by email"})
    assert milestone(office, key).met_on == date(2027, 1, 4)
    (again,) = amira.command("/contract matrix WP-NE", channel=PORTFOLIO)
    assert again.text.endswith("0 late, 1 open")
