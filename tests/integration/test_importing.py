"""Importing the sample portfolio: every row a record; what does not fit is refused; all of it or nothing."""

from copy import deepcopy
from datetime import date

import pytest
from sqlalchemy import func, select
from sqlmodel import col

from bot.access import Permission
from bot.db import Database
from bot.domain.calendar import Nation
from bot.domain.ratings import Rating
from bot.errors import UserError
from bot.models import (
    Audience,
    Contract,
    DocumentRecipient,
    EarlierAccount,
    ExtensionOption,
    Kpi,
    Milestone,
    Obligation,
    Organisation,
    OrganisationKind,
    Party,
    Person,
    PlanStatus,
    Reading,
    RectificationPlan,
    Report,
    Role,
    TrailEntry,
)
from bot.services.lookup import contracts as contract_lookup
from bot.services.portfolio.faults import CannotImport
from bot.services.portfolio.plan import lines, summary
from bot.services.portfolio.planning import plan
from tests.builders import CALENDAR, MONDAY, act, contract_named, dump, work
from tests.integration.importing import DATA, ROWS, TABLES, everything, only, rows_of, without
from tests.samples import Sheets, imported


def test_every_row_of_the_sample_is_a_record_and_an_entry_in_the_audit(unchanged: Database) -> None:
    assert len(DATA["contracts"]) == 12
    assert set(TABLES) == set(DATA)
    with unchanged.rehearsing() as session:
        found = {sheet: everything(session, model) for sheet, model in TABLES.items()}
        counts = {sheet: len(those) for sheet, those in DATA.items()}
        assert found == {**counts, "targets": counts["kpis"] + counts["targets"]}, "those of the sheet kpis as well"
        entries = session.execute(select(col(TrailEntry.action), col(TrailEntry.why))).all()
    assert len(entries) == sum(counts.values()) - len(DATA["holidays"]), "which every database has"
    assert {why for _, why in entries} == {"import of portfolio.yaml"}
    assert sum(action == "KPI added" for action, _ in entries) == found["kpis"]


def test_the_sample_shows_each_thing_that_the_product_watches_for(unchanged: Database) -> None:
    day = MONDAY.date()
    with unchanged.rehearsing() as session:
        late = session.scalars(select(Report).where(col(Report.received_at).is_(None), col(Report.due_on) < day)).all()
        assert [report.period for report in late] == ["2026-11"]
        assert everything(session, DocumentRecipient, col(DocumentRecipient.acknowledged_on).is_(None)) == 1
        assert everything(session, RectificationPlan, col(RectificationPlan.status) == PlanStatus.FAILED) == 1
        (gap,) = session.scalars(select(Reading).where(col(Reading.rating) == Rating.OTHER))
        assert gap.value is None
        assert gap.why.startswith("The telephone platform changed")
        decisions = [
            option.decide_by
            for option in session.scalars(select(ExtensionOption))
            if option.decide_by < date(2027, 3, 1)
        ]
        assert [CALENDAR.of(Nation.ENGLAND_AND_WALES).working_days_between(day, each) for each in decisions] == [20]
        assert all(contract.sample for contract in session.scalars(select(Contract)))
        administrators = session.scalars(select(col(Person.slack)).where(col(Person.administrator))).all()
        assert administrators == ["U0NADIA"]
        assert {each.owed_by for each in session.scalars(select(Obligation))} == set(Party)
        assert everything(session, Role, col(Role.deputy_id).is_not(None)) > 12


def test_the_sample_covers_every_nation_kind_of_partner_and_tier(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        assert set(session.scalars(select(col(Contract.nation)))) == set(Nation)
        assert set(session.scalars(select(col(Organisation.kind)))) == set(OrganisationKind)
        assert set(session.scalars(select(col(Contract.tier)))) == {"gold", "silver", "bronze"}
        soonest = session.scalar(select(func.min(col(Contract.end_date))))
        assert soonest == date(2027, 5, 31)


def test_everybody_of_the_sample_who_has_a_role_can_use_it(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        for role in DATA["roles"]:
            user, reference = act(session, role["person"]), role["contract"]
            found = contract_lookup.contract_for(user, reference, Permission.REPORT_PROGRESS, Audience.SHARED)
            assert found.reference == reference


def test_a_received_report_is_rated_by_the_cut_offs_of_its_kpis(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        worst = session.execute(
            select(col(Reading.rating), col(Kpi.code))
            .join(Kpi, col(Kpi.id) == col(Reading.kpi_id))
            .join(Report, col(Report.id) == col(Reading.report_id))
            .where(
                col(Kpi.contract_id) == contract_named(session, "HA-EW").id,
                col(Report.period) == "2026-11",
            )
        ).all()
    assert {code: rating.value for rating, code in worst} == {
        "graded": "Approaching target",
        "clearance": "Inadequate",
        "rework": "Requires improvement",
    }


def test_a_day_that_a_rule_gives_is_kept_with_its_rule_and_by_the_calendar_of_the_nation(unchanged: Database) -> None:
    """6 months before 28 February 2029 is a bank holiday; 4 January 2027 is one in Scotland alone."""
    with unchanged.rehearsing() as session:
        found = {
            (option.rule, option.decide_by)
            for option in session.scalars(select(ExtensionOption).where(col(ExtensionOption.rule) != ""))
        }
        assert ("6 months before 28 February 2029", date(2028, 8, 25)) in found
        (prospectus,) = session.scalars(select(Milestone).where(col(Milestone.name).like("Prospectus%")))
        assert (prospectus.rule, prospectus.due_on) == ("10 working days after 5 January 2027", date(2027, 1, 19))


@pytest.mark.parametrize(
    ("sheets", "words"),
    [
        pytest.param(
            only("channels", {"channel": "C0WPNE", "contract": "DE-SW", "audience": "internal"}),
            ["row 1 (line 2), column contract", "C0WPNE belongs to WP-NE already", "name another channel"],
            id="a channel of another contract",
        ),
        pytest.param(
            only("organisations", {"key": "new", "name": "New Ltd", "kind": "charity", "teams": "T0LAGAN"}),
            ["column teams", "“T0LAGAN” belongs to lagan too"],
            id="a team of another organisation",
        ),
        pytest.param(
            only("organisations", {"key": "new", "name": "New Ltd", "kind": "department"}),
            ["column kind", "department is the department already"],
            id="a second department",
        ),
        pytest.param(
            only("contracts", {**DATA["contracts"][0], "partner": "lagan"}),
            ["sheet contracts, row 1", "Priya Nair (U0PRIYA)", "does not work for its partner, lagan"],
            id="a contract that leaves its contacts behind",
        ),
        pytest.param(
            only("people", {**DATA["people"][0], "organisation": "lagan"}),
            ["sheet people, row 1", "Amira Shah (U0AMIRA)", "does not work for the department"],
            id="a manager who goes to a partner",
        ),
        pytest.param(
            only("reports", {"contract": "WP-NE", "period": "2026-11", "received": "(empty)", "by": "(empty)"}),
            ["column received", "the report came on 3 December 2026"],
            id="a report that came and is to have not",
        ),
        pytest.param(
            only("reports", {"contract": "SE-CW", "period": "2026-11", "rag": "Green"}),
            ["column rag", "a report that has not come says nothing"],
            id="a report that says something and has not come",
        ),
        pytest.param(
            only("reports", {"contract": "SE-CW", "period": "2026-11", "decision": "accepted"}),
            ["column decision", "a report that has not come has no decision"],
            id="a decision on a report that has not come",
        ),
        pytest.param(
            only("reports", {"contract": "WP-NE", "period": "2026-10", "decision": "to be accepted"}),
            ["column decision", "a decision on this report stands in the register"],
            id="a report that was accepted and is to be not",
        ),
        pytest.param(
            only("contracts", {**without(DATA["contracts"][0], "longest_end"), "end": date(2032, 1, 1)}),
            ["column longest_end", "the longest possible end, 31 March 2031, is before the end, 1 January 2032"],
            id="an end after the longest end of the register",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_register_is_refused(unchanged: Database, sheets: Sheets, words: list[str]) -> None:
    with pytest.raises(UserError) as refused, unchanged.rehearsing() as session:
        imported(work(session), rows_of(sheets))
    assert [word for word in words if word not in refused.value.sentence] == [], refused.value.sentence


def test_a_plan_says_what_would_be_added_changed_and_left_alone_and_does_nothing(unchanged: Database) -> None:
    changed = deepcopy(DATA)
    changed["contracts"][0]["stage"] = "exit"
    changed["people"].append({"slack": "U0NEW", "name": "New Person", "organisation": "lagan"})
    before = dump(unchanged)
    with unchanged.writing() as session:
        told = list(lines(plan(work(session), rows_of(changed))))
    assert dump(unchanged) == before
    assert told[0] == "portfolio.yaml would add 1 and change 1 record. Nothing has been changed yet."
    assert told[told.index("people: 1 to add, 0 to change, 23 left alone") + 1] == "  add U0NEW"
    at = told.index("contracts: 0 to add, 1 to change, 11 left alone")
    assert told[at + 1] == "  change WP-NE: stage from live delivery to exit"
    assert "kpis: 0 to add, 0 to change, 29 left alone" in told


def test_an_empty_register_takes_the_sample_in_any_order_of_its_sheets(still_empty: Database) -> None:
    backwards = dict(reversed(DATA.items()))
    with still_empty.rehearsing() as session:
        known = 1  # Scotland's bank holiday, which every database has
        assert len(imported(work(session), rows_of(backwards))) == ROWS - known


def test_an_earlier_slack_id_is_refused_and_a_repeated_email_address_warns(unchanged: Database) -> None:
    amira = next(row for row in DATA["people"] if row["slack"] == "U0AMIRA")
    with unchanged.rehearsing() as session:
        person = session.scalars(select(Person).where(col(Person.slack) == "U0AMIRA")).one()
        session.add(EarlierAccount(slack="U0AMIRA", person_id=person.id))
        person.slack = "U0AMIRA2"
        session.flush()
        with pytest.raises(CannotImport, match=r"Amira Shah has another Slack account now, U0AMIRA2\. Enter that id"):
            plan(work(session), rows_of({"people": [amira]}))
        made = plan(work(session), rows_of({"people": [{**amira, "slack": "U0ALIAS", "name": "A. Shah"}]}))
        warned = f"Amira Shah (U0AMIRA2) and A. Shah (U0ALIAS) have one email address, {amira['email']}"
        assert list(lines(made))[-1].startswith(warned)
        assert warned in summary(made)
        session.rollback()
        assert summary(plan(work(session), rows_of({"people": [amira]}))).startswith("Nothing changed")
