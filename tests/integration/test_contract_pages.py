"""The list of one's contracts, and a contract on one page, from the sample portfolio on both databases."""

from dataclasses import fields
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session

from bot.db import Database
from bot.domain.periods import Month
from bot.domain.ratings import Rating
from bot.errors import UserError
from bot.identity import Denied, NotTheirs
from bot.models import (
    Contact,
    ContactChannel,
    Contract,
    ExtensionOption,
    Milestone,
    MilestoneKind,
    Obligation,
    Party,
    Reading,
    RectificationPlan,
    Report,
    Risk,
    RoleName,
)
from bot.services.due.contract_dates import contract_dates
from bot.services.lookup.ambiguity import AmbiguousMatch
from bot.services.lookup.kpis import kpis_of
from bot.services.pages.contract import ContractPage, contract_page
from bot.services.pages.contracts import ContractListPage, list_contracts
from bot.services.pages.partners import PartnerCard, partner_card
from bot.services.progress.standings import standings
from tests.builders import MONDAY, act, contract_named, open_all, work
from tests.counting import counted
from tests.samples import doubled, imported

NADIA, AMIRA, PRIYA = "U0NADIA", "U0AMIRA", "U0PRIYA"  # of every contract; of four; a partner's

MEMO_3 = "Change memo 3 to be acknowledged: Revised guidance on checking job outcomes"


def listed(database: Database, user: str, *words: str, page: int = 1) -> ContractListPage:
    with database.reading() as session:
        return list_contracts(act(session, user), words, page)


def references(page: ContractListPage) -> list[str]:
    return [row.reference for row in page.rows]


def card(database: Database, user: str, typed: str) -> ContractPage:
    with database.reading() as session:
        return contract_page(act(session, user), typed)


def test_the_list_is_worst_first_and_rated_as_the_weekly_summary_is(portfolio: Database) -> None:
    first, second = (listed(portfolio, NADIA, page=page) for page in (1, 2))
    assert (first.found, first.pages, len(first.rows), len(second.rows)) == (12, 2, 10, 2)
    rated = {row.reference: row.rating for row in [*first.rows, *second.rows]}
    with portfolio.writing() as session:
        contracts = {contract.id: contract for contract in session.scalars(select(Contract))}
        stand = {each.contract.reference: each.rating for each in standings(act(session, NADIA), contracts)}
    assert rated == stand
    severities = [row.rating.severity for row in [*first.rows, *second.rows]]
    assert severities == sorted(severities, reverse=True)


@pytest.mark.parametrize("page", [0, -1, 3, 99999])
def test_a_page_that_is_not_there_is_the_nearest(portfolio: Database, page: int) -> None:
    assert listed(portfolio, NADIA, page=page).number == (1 if page < 1 else 2)


def test_ones_own_are_listed_and_nobody_elses(portfolio: Database) -> None:
    assert set(references(listed(portfolio, AMIRA))) == {"WP-NE", "DE-SW", "SE-CW", "SK-SC"}
    assert references(listed(portfolio, PRIYA)) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["gold"], {"WP-NE", "HA-EW", "IT-CH", "FM-JC", "CC-OT"}),
        (["GOLD", "silver", "calderwick"], {"SE-CW"}),  # two of one kind mean either
        (["inadequate"], {"HA-EW"}),
        (["requires", "improvement", "good"], None),
        (["health"], {"HA-EW", "HA-NI"}),
        (["live", "asessments", "gold"], {"HA-EW"}),
        (["bronze", "inadequate"], set()),
    ],
)
def test_words_narrow_the_list(portfolio: Database, words: list[str], expected: set[str] | None) -> None:
    found = listed(portfolio, NADIA, *words)
    if expected is None:
        every = [*listed(portfolio, NADIA).rows, *listed(portfolio, NADIA, page=2).rows]
        expected = {row.reference for row in every if row.rating in (Rating.REQUIRES_IMPROVEMENT, Rating.GOOD)}
        assert expected
    assert set(references(found)) == expected
    assert found.found == len(expected)


def test_a_word_that_fits_nothing_is_told(portfolio: Database) -> None:
    with pytest.raises(UserError, match=r"“platinum” fits none of your contracts.*a tier \(gold or silver\)|bronze"):
        listed(portfolio, NADIA, "platinum")


def test_the_page_of_a_contract(portfolio: Database) -> None:
    shown = card(portfolio, AMIRA, "WP-NE")
    assert (shown.contract.reference, shown.partner) == ("WP-NE", "Northgate Futures Ltd")
    assert [person.name for person in shown.people[RoleName.CONTRACT_MANAGER]] == ["Amira Shah"]
    assert list(shown.people) == [role for role in RoleName if role in shown.people]
    assert [(line.kpi.code, [str(figure.value) for figure in line.figures]) for line in shown.kpis] == [
        ("starts", ["98.2", "99.4", "99", "99.3", "99.1"]),
        ("outcomes", ["96.1", "98.3", "100.6", "102.4", "101"]),
    ]
    assert (shown.rating, shown.kpis[0].movement) == (Rating.APPROACHING_TARGET, "worse")
    assert [(item.what, item.on, item.late) for item in shown.due] == [
        ("Pay invoice NF-1044: £1.52 million", date(2026, 11, 14), True),
        (MEMO_3, date(2026, 12, 17), True),
        ("Review R-2 Fewer vacancies in retail and warehousing reduce job outcomes", date(2027, 1, 13), False),
        ("Review R-1 Advisers leave faster than Northgate can replace them", date(2027, 1, 15), False),
        ("Review the intervention at level 2, Job outcomes against profile", date(2027, 1, 29), False),
        ("Speak with the partner", date(2027, 2, 3), False),
        ("Milestone of the partner: 5,000 people in work for 26 weeks", date(2027, 3, 31), False),
        ("Plan the next visit", date(2027, 7, 4), False),
        ("Decide: extension of 24 months", date(2028, 9, 29), False),
    ]
    assert [line.risk.reference for line in shown.risks] == sorted((r.risk.reference for r in shown.risks), key=len)
    assert shown.last_contact is None


def test_the_last_contact_is_the_latest_day_and_then_the_latest_entry(portfolio: Database) -> None:
    with portfolio.writing() as session:
        contract, author = contract_named(session, "WP-NE"), act(session, AMIRA).actor.person_id
        for day, said in ((3, "older"), (4, "first"), (4, "second"), (2, "logged last")):
            session.add(
                Contact(
                    contract_id=contract.id,
                    channel=ContactChannel.PHONE,
                    happened_on=date(2027, 1, day),
                    summary=said,
                    author_id=author,
                    logged_at=MONDAY,
                )
            )
            session.flush()
    shown = card(portfolio, AMIRA, "northgate")
    assert shown.last_contact is not None
    assert (shown.last_contact.summary, shown.last_contact_by) == ("second", "Amira Shah")


def test_who_may_not_see_it_is_refused(portfolio: Database) -> None:
    for user in (PRIYA, "U0RHIAN"):
        with pytest.raises((Denied, NotTheirs)):
            card(portfolio, user, "WP-NE")
    with pytest.raises(AmbiguousMatch, match="contract"):
        card(portfolio, AMIRA, "work")
    with pytest.raises(UserError, match="No contract of yours fits"):
        card(portfolio, PRIYA, "northgate")


def test_neither_takes_more_queries_for_more_contracts_and_years(portfolio: Database) -> None:
    before = _queries(portfolio)
    with portfolio.writing() as session:
        imported(work(session), doubled())
        _five_years_more(session)
    assert listed(portfolio, NADIA).found == 24
    assert _queries(portfolio) == before


def _queries(database: Database) -> tuple[int, int]:
    """How many a list and a page take, each with the two that find the asker."""
    with database.reading() as session:
        with counted(session) as for_list:
            list_contracts(act(session, NADIA), [])
        with counted(session) as for_card:
            contract_page(act(session, NADIA), "WP-NE")
    return len(for_list), len(for_card)


def _five_years_more(session: Session) -> None:
    """Sixty more reports of one contract."""
    contract = contract_named(session, "WP-NE")
    kpis = kpis_of(session, contract.id, Month(2026, 12))
    reporter = act(session, PRIYA).actor.person_id
    for number in range(60):
        period = f"{2020 + number // 12}-{number % 12 + 1:02}"
        report = Report(
            contract_id=contract.id,
            period=period,
            due_on=MONDAY.date(),
            prompt_at=MONDAY,
            received_at=MONDAY,
            reporter_id=reporter,
        )
        session.add(report)
        session.flush()
        session.add_all(
            Reading(report_id=report.id, kpi_id=kpi.id, value=kpi.good, rating=Rating.GOOD, computed=Rating.GOOD)
            for kpi in kpis
        )


def test_the_partners_page_has_what_both_sides_know_and_nothing_internal(portfolio: Database) -> None:
    """Everything internal of a contract is marked; nothing of it is on the page of its partner."""
    with portfolio.writing() as session:
        contract = contract_named(session, "WP-NE")
        contract.tier = contract.kpi_exemption = contract.objectives = contract.documents = "SECRET"
        for risk in session.scalars(select(Risk)):
            risk.title = "SECRET"
        for option in session.scalars(select(ExtensionOption)):
            option.name = f"SECRET {option.id}"
        for plan in session.scalars(select(RectificationPlan)):
            plan.reason = "SECRET"
        session.add(
            Obligation(contract_id=contract.id, name="Send referrals", owed_by=Party.DEPARTMENT, due_on=MONDAY.date())
        )
        session.add(
            Milestone(
                contract_id=contract.id,
                name="Exit plan",
                kind=MilestoneKind.DELIVERABLE,
                owed_by=Party.PARTNER,
                due_on=date(2027, 3, 1),
            )
        )
    with portfolio.writing() as session:
        asker = act(session, PRIYA)
        shown = partner_card(asker, "northgate")
        drawn = repr(asker.messages.message("partners/contract_page", card=shown))
    assert (shown.reference, shown.managers, shown.contacts) == ("WP-NE", ["Amira Shah"], ["Priya Nair"])
    assert [(item.what, item.late) for item in shown.due] == [
        (MEMO_3, True),
        ("Obligation of the department: Send referrals", False),
        ("Deliverable of the partner: Exit plan", False),
        ("Milestone of the partner: 5,000 people in work for 26 weeks", False),
    ]
    assert "SECRET" not in repr(shown) + drawn
    assert not {"tier", "stage", "risks", "options", "objectives", "value"} & {
        each.name for each in fields(PartnerCard)
    }
    with portfolio.writing() as session:
        for user in ("U0GRACE", "U0LIAM"):  # another partner's contact, and one of this partner with no role
            with pytest.raises(NotTheirs):
                partner_card(act(session, user), "WP-NE")


def test_every_day_of_a_contract_is_listed_with_its_working(portfolio: Database) -> None:
    with portfolio.writing() as session:
        contract = contract_named(session, "WP-NE")
        owed: dict[str, Any] = {"contract_id": contract.id, "owed_by": Party.DEPARTMENT}
        session.add(Obligation(name="Pay within 30 days", clause="12.1", **owed))
        session.add(
            Obligation(
                name="Answer the plan",
                due_on=date(2027, 1, 8),
                rule="10 working days after 22 December 2026",
                met_on=MONDAY.date(),
                **owed,
            )
        )
    with portfolio.writing() as session:
        open_all(work(session))
        dates = contract_dates(act(session, AMIRA), "WP-NE")
        drawn = repr(act(session, AMIRA).messages.message("contracts/dates", dates=dates, today=MONDAY.date()))
    found = {item.what: item for item in dates.items}
    answer = found["Obligation of the department: Answer the plan"]
    assert (answer.on, answer.done_on) == (date(2027, 1, 8), MONDAY.date())
    working = (
        "10 working days after 22 December 2026, England and Wales: "
        "25 and 28 December and 1 January are bank holidays, so 8 January 2027"
    )
    assert answer.working == working
    assert working in drawn
    assert "Report for January 2027" in found
    report = found["Report for December 2026"]  # which is open already
    assert report.on == date(2027, 1, 6)
    assert report.working.startswith("3rd working day of January 2027, England and Wales")
    assert found["Start"].on == date(2025, 4, 1)
    memo = next(item for what, item in found.items() if what.startswith("Change memo 3 to be acknowledged"))
    assert (memo.on, memo.done_on) == (date(2026, 12, 17), None)
    assert "Obligation of the department (clause 12.1): Pay within 30 days" in dates.throughout
