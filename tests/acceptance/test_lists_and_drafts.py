"""What else is done with lists and drafts: a KPI is added and ended, long lists are turned, drafts are given up."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.models import Contract, Milestone, MilestoneKind, Party
from tests.acceptance.office import AMIRA, NORTH_EAST, PORTFOLIO, Office, words
from tests.acceptance.test_memos import ENTRY, answered
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
    ended = amira.submit(amira.modal(), {"reason": "It is measured elsewhere"})
    assert "on WP-NE" in words(ended.view), ended.errors


def test_a_long_list_of_milestones_is_turned(office: Office) -> None:
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
