"""What else is done with lists and drafts: a KPI is added and ended, long lists are turned, drafts are given up."""

from collections.abc import Mapping
from datetime import date, timedelta

from sqlalchemy import select
from sqlmodel import col

from bot.models import Contract, Document, DocumentKind, Milestone, MilestoneKind, Party
from tests.acceptance.office import AMIRA, NORTH_EAST, NORTH_EAST_SHARED, PORTFOLIO, PRIYA, Office, words
from tests.acceptance.test_memos import ENTRY, answered
from tests.acceptance.test_policies import issue, write_and_approve
from tests.acceptance.test_terms import answer, told
from workspace.client.person import Value

KPI: Mapping[str, Value] = {
    "code": "visits",
    "name": "Visits made on time",
    "unit": "%",
    "direction": "higher is better",
    "good": "95%",
    "approaching": "90%",
    "requires_improvement": "80%",
}


def test_a_kpi_is_added_and_ended(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.click(answer(amira, "/contract kpi WP-NE"), "term_add")
    done = amira.submit(amira.modal(), KPI)
    assert "is added to WP-NE." in words(done.view), done.errors
    amira.command("/contract kpi WP-NE visits", channel=PORTFOLIO)
    amira.click(amira.modal(), "term_end")
    ended = amira.submit(amira.modal(title="End a KPI"), {"reason": "It is measured elsewhere"})
    assert "on WP-NE" in words(ended.view), ended.errors


def add_milestones(office: Office) -> None:
    """A dozen that the partner of WP-NE owes."""
    with office.liaison.database.writing() as session:
        contract = session.scalars(select(Contract).where(col(Contract.reference) == "WP-NE")).one()
        session.add_all(
            Milestone(
                contract_id=contract.id,
                name=f"Step {number}",
                kind=MilestoneKind.MILESTONE,
                owed_by=Party.PARTNER,
                due_on=date(2028, 1, number),
            )
            for number in range(1, 13)
        )


def told_of(office: Office) -> None:
    """The sample's open memo reaches its people."""
    office.run("documents")
    office.deliver()


def test_a_long_list_of_milestones_is_turned(office: Office) -> None:
    add_milestones(office)
    amira = office.person(AMIRA)
    amira.click(answer(amira, "/contract milestone WP-NE"), "terms_after")
    second = told(amira, "page 2 of 2")
    amira.click(second, "terms_before")
    told(amira, "page 1 of 2")


def test_a_draft_is_found_changed_and_given_up(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command("/memo new WP-NE", channel=NORTH_EAST)
    amira.submit(amira.modal(title="New change memo"), ENTRY)
    (listed,) = amira.command("/memo", channel=NORTH_EAST)
    amira.click(listed, "document_show")
    office.drain()
    page = amira.messages(NORTH_EAST)[-1]
    amira.click(page, "document_edit")
    assert "How starts" in words(amira.submit(amira.modal(title="Edit change memo"), ENTRY).view)
    assert "is discarded" in answered(office, amira, page, "document_discard")


def test_a_certificate_is_changed_in_its_list(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.click(answer(amira, "/policy certificate WP-NE"), "certificate_edit")
    saved = amira.submit(amira.modal(), {"number": "PL-40219"})
    assert saved.errors == {}
    assert "PL-40219" in answer(amira, "/policy certificate WP-NE").plain


def test_a_memo_is_read_and_acknowledged_from_its_reminder(office: Office) -> None:
    priya = office.person(PRIYA)
    told_of(office)
    office.clock.advance(timedelta(days=2))
    office.run("remind")
    office.deliver()
    reminder = [each for each in priya.direct_messages() if "to be acknowledged" in each.plain][-1]
    priya.click(reminder, "Answer")
    form = priya.submit(priya.modal(title="Answer a reminder"), {"answer": "Do it now"}).view
    assert form is not None
    assert "Revised guidance" in words(form)
    done = priya.submit(form)
    assert done.errors == {}


def test_the_whole_list_is_shown_to_the_partner_who_asks(office: Office) -> None:
    add_milestones(office)
    priya = office.person(PRIYA)
    office.run("pinned")
    office.deliver()
    message = next(each for each in priya.messages(NORTH_EAST_SHARED) if "What is open on WP-NE" in each.plain)
    priya.click(message, "Show all")
    priya.wait(lambda person: "Step 12" in person.messages(NORTH_EAST_SHARED)[-1].plain)


def test_a_policy_is_noted_as_reviewed_a_year_later(office: Office) -> None:
    amira = office.person(AMIRA)
    write_and_approve(office)
    issue(office, amira)
    with office.liaison.database.writing() as session:
        policy = session.scalars(select(Document).where(col(Document.kind) == DocumentKind.POLICY)).one()
        policy.review_by = date(2027, 1, 4)
    assert "reviewed" in answered(office, amira, answer(amira, "/contract show WP-NE"), "policy_reviewed").lower()
