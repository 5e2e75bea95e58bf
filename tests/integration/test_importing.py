"""Importing a portfolio: the sample holds what it should, and a file adds to the register and changes it."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, SQLModel, col

from bot.access import Action
from bot.db import Database
from bot.domain.calendar import Nation, working_days_between
from bot.domain.parts import Combining
from bot.domain.ratings import Rating
from bot.errors import UserError
from bot.models import (
    Absence,
    Audience,
    AuditEntry,
    Channel,
    Contract,
    ExtensionOption,
    Kpi,
    Memo,
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
    ReportState,
    Risk,
    RiskAssessment,
    Role,
    Stage,
    Team,
)
from bot.services.contracts import register
from bot.services.portfolio.applying import apply
from bot.services.portfolio.plan import Plan, lines, summary
from bot.services.portfolio.planning import plan
from bot.services.portfolio.reading import read, read_bytes
from bot.services.portfolio.source import Rows
from bot.services.progress import report_card, report_decisions, reports
from bot.services.progress.report_decisions import AlreadyDecided
from tests.builders import (
    DAY,
    MESSAGES,
    MONDAY,
    SAMPLE,
    Sheets,
    act,
    contract_named,
    dump,
    imported,
    rows,
    sample_sheets,
    work,
)
from tests.portfolio_files import as_yaml

DATA = sample_sheets()
TABLES: dict[str, type[SQLModel]] = {
    "organisations": Organisation, "people": Person, "leave": Absence, "contracts": Contract, "roles": Role,
    "channels": Channel, "kpis": Kpi, "options": ExtensionOption, "milestones": Milestone, "obligations": Obligation,
    "reports": Report, "figures": Reading, "plans": RectificationPlan, "memos": Memo, "risks": Risk,
}  # fmt: skip


def rows_of(sheets: Sheets) -> Rows:
    return read_bytes("portfolio.yaml", as_yaml(sheets))


def load(database: Database, sheets: Sheets, now: datetime = MONDAY) -> Plan:
    """Import sheets for good."""
    with database.transaction() as session:
        return imported(work(session, now, "import"), rows_of(sheets))


def only(sheet: str, row: Mapping[str, object]) -> Sheets:
    return {sheet: [dict(row)]}


def without(row: dict[str, object], column: str) -> dict[str, object]:
    return {name: value for name, value in row.items() if name != column}


def everything(session: Session, model: type[SQLModel], *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def audited(database: Database) -> list[AuditEntry]:
    return rows(database, AuditEntry)


# The sample.


def test_every_row_of_the_sample_is_a_record_and_an_entry_in_the_audit(unchanged: Database) -> None:
    assert len(DATA["contracts"]) == 12
    assert set(TABLES) == set(DATA)
    with unchanged.transaction(keep=False) as session:
        found = {sheet: everything(session, model) for sheet, model in TABLES.items()}
        assert found == {sheet: len(those) for sheet, those in DATA.items()}
        entries = session.execute(select(col(AuditEntry.action), col(AuditEntry.why))).all()
    assert len(entries) == sum(found.values())
    assert {why for _, why in entries} == {"import of portfolio.yaml"}
    assert sum(action == "KPI added" for action, _ in entries) == found["kpis"]


def test_the_sample_shows_each_thing_that_the_product_watches_for(unchanged: Database) -> None:
    day = MONDAY.date()
    with unchanged.transaction(keep=False) as session:
        late = session.scalars(select(Report).where(col(Report.received_at).is_(None), col(Report.due_on) < day)).all()
        assert [report.period for report in late] == ["2026-11"]
        assert everything(session, Memo, col(Memo.acknowledged_on).is_(None)) == 1
        assert everything(session, RectificationPlan, col(RectificationPlan.status) == PlanStatus.FAILED) == 1
        (gap,) = session.scalars(select(Reading).where(col(Reading.rating) == Rating.OTHER))
        assert gap.value is None
        assert gap.why.startswith("The telephone platform changed")
        decisions = [
            option.decide_by
            for option in session.scalars(select(ExtensionOption))
            if option.decide_by < date(2027, 3, 1)
        ]
        assert [working_days_between(day, each, Nation.ENGLAND_AND_WALES) for each in decisions] == [20]
        assert all(contract.sample for contract in session.scalars(select(Contract)))
        administrators = session.scalars(select(col(Person.slack)).where(col(Person.administrator))).all()
        assert administrators == ["U0NADIA"]
        assert {each.owed_by for each in session.scalars(select(Obligation))} == set(Party)
        assert everything(session, Role, col(Role.deputy_id).is_not(None)) > 12


def test_the_sample_covers_every_nation_kind_of_partner_and_tier(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        assert set(session.scalars(select(col(Contract.nation)))) == set(Nation)
        assert set(session.scalars(select(col(Organisation.kind)))) == set(OrganisationKind)
        assert set(session.scalars(select(col(Contract.tier)))) == {"gold", "silver", "bronze"}
        soonest = session.scalar(select(func.min(col(Contract.end_date))))
        assert soonest == date(2027, 5, 31)


def test_everybody_of_the_sample_who_has_a_role_can_use_it(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        for role in DATA["roles"]:
            user, reference = act(session, role["person"]), role["contract"]
            found = register.contract_for(user, reference, Action.REPORT_PROGRESS, Audience.SHARED)
            assert found.reference == reference


def test_a_received_report_is_rated_by_the_cut_offs_of_its_kpis(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
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
    with unchanged.transaction(keep=False) as session:
        found = {
            (option.rule, option.decide_by)
            for option in session.scalars(select(ExtensionOption).where(col(ExtensionOption.rule) != ""))
        }
        assert ("6 months before 28 February 2029", date(2028, 8, 25)) in found
        (prospectus,) = session.scalars(select(Milestone).where(col(Milestone.name).like("Prospectus%")))
        assert (prospectus.rule, prospectus.due_on) == ("10 working days after 5 January 2027", date(2027, 1, 19))


# A second import.


def test_a_second_import_of_a_file_changes_nothing(portfolio: Database) -> None:
    before = dump(portfolio)
    made = load(portfolio, DATA)
    assert dump(portfolio) == before
    assert summary(made) == "Nothing changed: the register says already what portfolio.yaml says in 405 rows."
    assert len(made) == 0


def test_a_second_import_of_a_file_changes_nothing_months_later_either(portfolio: Database) -> None:
    """The reports that were opened meanwhile are in no file, and the file's first period has long passed."""
    later = MONDAY + 60 * DAY
    with portfolio.transaction() as session:
        assert reports.open_reports(work(session, later))
    before = dump(portfolio)
    load(portfolio, DATA, later)
    assert dump(portfolio) == before


def test_a_file_adds_to_the_register_and_uses_what_is_there(portfolio: Database) -> None:
    another = only("contracts", {**DATA["contracts"][0], "reference": "NEW-1"})
    another |= only("roles", {"contract": "NEW-1", "role": "viewer", "person": "U0AMIRA"})
    assert summary(load(portfolio, another)) == "Added 1 contract and 1 role. Left alone: 0 rows."
    assert len(rows(portfolio, Contract)) == 13
    assert len(rows(portfolio, Person)) == len(DATA["people"])


def test_a_changed_row_changes_its_record_and_is_audited_with_what_it_was(portfolio: Database) -> None:
    entries = len(audited(portfolio))
    changed = deepcopy(DATA)
    changed["contracts"][0].update(stage="exit", end=date(2029, 6, 30), value="£85,000,000", documents=None)
    made = load(portfolio, changed)
    assert summary(made) == "Changed 1 contract. Left alone: 404 rows."
    (contract,) = [each for each in rows(portfolio, Contract) if each.reference == "WP-NE"]
    assert (contract.stage, contract.end_date, contract.value_pounds) == (Stage.EXIT, date(2029, 6, 30), 85_000_000)
    (entry,) = audited(portfolio)[entries:]
    assert (entry.action, entry.subject, entry.contract_id) == ("contract changed", "WP-NE", contract.id)
    assert (entry.actor, entry.why) == ("import", "import of portfolio.yaml")
    assert entry.changes == {
        "value": ["84,000,000", "85,000,000"],
        "end": ["31 March 2029", "30 June 2029"],
        "stage": ["live delivery", "exit"],
        "documents": ["https://documents.opportunity.example/WP-NE", "nothing"],
    }


def test_what_a_file_does_not_speak_of_stays_as_it_is(portfolio: Database) -> None:
    """Rows that it leaves out, and columns that a row leaves out."""
    before = {model: rows(portfolio, model) for model in TABLES.values()}
    needed = {"reference", "title", "partner", "regime", "tier", "value", "start", "end", "nation", "stage"}
    bare = {name: value for name, value in DATA["contracts"][0].items() if name in needed}
    load(portfolio, only("contracts", {**bare, "tier": "silver"}))
    after = {model: rows(portfolio, model) for model in TABLES.values()}
    (contract,) = [each for each in before[Contract] if isinstance(each, Contract) and each.reference == "WP-NE"]
    contract.tier = "silver"
    assert after == before


def test_a_team_is_added_to_those_of_its_organisation(portfolio: Database) -> None:
    load(portfolio, only("organisations", {**DATA["organisations"][1], "teams": ["T0SECOND"]}))
    assert {team.slack for team in rows(portfolio, Team) if team.organisation_id == 2} == {"T0NORTHGATE", "T0SECOND"}
    assert audited(portfolio)[-1].changes == {"teams": ["T0NORTHGATE", "T0NORTHGATE T0SECOND"]}


def test_a_changed_figure_is_rated_again(portfolio: Database) -> None:
    """By hand, or because its parts have changed: it follows from them."""
    load(portfolio, only("figures", {**DATA["figures"][0], "part": 500}))
    first = rows(portfolio, Reading)[0]
    assert (first.value, first.part, first.whole) == (Decimal(50), Decimal(500), Decimal(1000))
    assert first.rating is Rating.INADEQUATE
    load(portfolio, only("figures", {**DATA["figures"][10], "value": 80}))
    (other,) = [each for each in rows(portfolio, Reading) if (each.report_id, each.kpi_id) == (6, 3)]
    assert (other.value, other.rating) == (Decimal(80), Rating.GOOD)


def test_reports_that_came_are_accepted_unless_the_file_says_otherwise(portfolio: Database) -> None:
    """Of the sample, those of November are to be accepted. Nobody is named for what the import accepted."""
    by_period = {each.period: each for each in rows(portfolio, Report) if each.contract_id == 1}
    assert [each.state for each in by_period.values()] == [ReportState.ACCEPTED] * 4 + [ReportState.RECEIVED]
    october = by_period["2026-10"]
    assert (october.decided_by_id, october.decided_at) == (None, datetime(2027, 1, 4, 12, tzinfo=UTC))
    with portfolio.transaction(keep=False) as session:
        shown = report_card.report_card(act(session, "U0AMIRA"), "WP-NE", "October 2026")
        assert "*Accepted* when it was imported, on 4 January 2027" in str(MESSAGES.message("report_card", card=shown))
        with pytest.raises(AlreadyDecided, match="An import accepted this report on 4 January 2027"):
            report_decisions.accept(act(session, "U0AMIRA"), october.id, october.version)
    queried = {"decision": "queried", "query": "Why?", "decided": date(2026, 12, 7), "decided_by": "U0AMIRA"}
    load(portfolio, only("reports", {"contract": "WP-NE", "period": "2026-11", **queried}))
    november = rows(portfolio, Report)[4]
    assert (november.state, november.query, november.queries) == (ReportState.QUERIED, "Why?", 1)
    load(
        portfolio,
        only("reports", {"contract": "SE-CW", "period": "2026-11", "received": MONDAY.date(), "by": "U0TOMASZ"}),
    )
    late = [each for each in rows(portfolio, Report) if each.received_at and each.received_at > MONDAY]
    assert [each.state for each in late] == [ReportState.ACCEPTED]


def test_a_kpi_of_which_nothing_is_said_combines_as_its_unit_does(portfolio: Database) -> None:
    new = {**DATA["kpis"][1], "code": "new"}
    del new["combines"]
    load(portfolio, only("kpis", {**new, "unit": "count"}))
    assert rows(portfolio, Kpi)[-1].combines is Combining.SUM


def test_a_part_is_refused_of_a_kpi_that_is_no_ratio(unchanged: Database) -> None:
    backlog = {"contract": "DE-SW", "period": "2026-11", "kpi": "backlog", "value": None, "part": 1, "whole": 50}
    with unchanged.transaction(keep=False) as session, pytest.raises(UserError, match="backlog is no ratio"):
        plan(work(session), rows_of(only("figures", backlog)))


def test_a_changed_likelihood_or_impact_is_an_assessment_that_a_file_made(portfolio: Database) -> None:
    first = DATA["risks"][0]
    load(portfolio, only("risks", {**first, "controls": "More bank staff"}))
    assert rows(portfolio, RiskAssessment) == []
    load(portfolio, only("risks", {**first, "impact": "severe"}))
    (made,) = rows(portfolio, RiskAssessment)
    assert (made.risk_id, made.likelihood, made.impact, made.assessed_by_id) == (1, 3, 5, None)
    assert made.why == "Changed by the import of portfolio.yaml"
    bare = {name: first[name] for name in ("contract", "title", "category", "raised", "by")}
    load(portfolio, only("risks", bare))
    risk = rows(portfolio, Risk)[0]
    assert (risk.likelihood, risk.impact, risk.inherent_likelihood) == (3, 5, 4), "a blank takes nothing back"


def test_a_risk_that_nobody_has_assessed_is_brought_in_as_that(portfolio: Database) -> None:
    bare = {name: DATA["risks"][0][name] for name in ("contract", "category", "raised", "by")}
    load(portfolio, only("risks", {**bare, "title": "Something new"}))
    risk = rows(portfolio, Risk)[-1]
    assert (risk.title, risk.likelihood, risk.inherent_impact) == ("Something new", None, None)
    assert risk.review_on == date(2026, 11, 30), "as soon as a very high one"


def test_a_deputy_is_changed_though_a_role_has_no_id(portfolio: Database) -> None:
    load(portfolio, only("roles", {**DATA["roles"][0], "deputy": "U0RHIAN"}))
    people = {person.slack: person.id for person in rows(portfolio, Person)}
    (role,) = [r for r in rows(portfolio, Role) if (r.contract_id, r.person_id) == (1, people["U0AMIRA"])]
    assert role.deputy_id == people["U0RHIAN"]


def test_another_nation_means_another_calendar(portfolio: Database) -> None:
    """Days that rules give are worked out again, and so is when the next report is asked for."""
    rule = {"contract": "WP-NE", "name": "Plan", "owed_by": "partner", "due": "5 working days after 24 March 2027"}
    load(portfolio, only("milestones", rule))
    (plan_,) = [each for each in rows(portfolio, Milestone) if each.name == "Plan"]
    assert plan_.due_on == date(2027, 4, 2)
    made = load(portfolio, only("contracts", {**DATA["contracts"][0], "nation": "Scotland"}))
    assert [type(each.row).sheet for those in made.changes.values() for each in those] == ["contracts", "milestones"]
    (plan_,) = [each for each in rows(portfolio, Milestone) if each.name == "Plan"]
    assert (plan_.due_on, plan_.rule) == (date(2027, 4, 1), "5 working days after 24 March 2027")
    assert audited(portfolio)[-1].changes == {"due": ["2 April 2027", "1 April 2027"]}
    (contract,) = [each for each in rows(portfolio, Contract) if each.reference == "WP-NE"]
    assert contract.next_report_at == datetime(2027, 1, 5, 9, tzinfo=UTC)


# The next report.


@pytest.mark.parametrize(
    ("said", "first"),
    [
        pytest.param({"first_period": "2027-06"}, "2027-06", id="a month to come"),
        pytest.param({"first_period": "2026-12"}, "2026-12", id="last month"),
        pytest.param({"first_period": "2025-04"}, "2026-12", id="months long gone are not asked for"),
        pytest.param({"first_period": None}, "2026-12", id="without one, that of the start"),
        pytest.param({"first_period": None, "start": date(2027, 9, 1)}, "2027-09", id="without one, of a later start"),
    ],
)
def test_the_next_report_of_a_new_contract(portfolio: Database, said: dict[str, object], first: str) -> None:
    load(portfolio, only("contracts", {**DATA["contracts"][0], "reference": "NEW-1", **said}))
    assert rows(portfolio, Contract)[-1].next_period == first


def test_a_report_that_a_file_lists_moves_the_next_one(portfolio: Database) -> None:
    """Else it would be asked for a second time, and the register has one report of each month."""
    made = load(portfolio, only("reports", {"contract": "WP-NE", "period": "2026-12"}))
    assert summary(made) == "Added 1 report and changed 1 contract. Left alone: 0 rows."
    assert rows(portfolio, Contract)[0].next_period == "2027-01"
    with portfolio.transaction() as session:
        reports.open_reports(work(session, MONDAY + 40 * DAY))
    assert [r.period for r in rows(portfolio, Report) if r.contract_id == 1][-2:] == ["2026-12", "2027-01"]


# Misfits with the register.


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
            only("reports", {"contract": "WP-NE", "period": "2026-11", "received": None, "by": None}),
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
            ["column longest_end", "the longest end, 31 March 2031, is before the end, 1 January 2032"],
            id="an end after the longest end of the register",
        ),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_register_is_refused(unchanged: Database, sheets: Sheets, words: list[str]) -> None:
    with pytest.raises(UserError) as refused, unchanged.transaction(keep=False) as session:
        imported(work(session), rows_of(sheets))
    assert [word for word in words if word not in refused.value.sentence] == [], refused.value.sentence


# The plan.


def test_a_plan_says_what_would_be_added_changed_and_left_alone_and_does_nothing(unchanged: Database) -> None:
    changed = deepcopy(DATA)
    changed["contracts"][0]["stage"] = "exit"
    changed["people"].append({"slack": "U0NEW", "name": "New Person", "organisation": "lagan"})
    before = dump(unchanged)
    with unchanged.transaction() as session:
        told = list(lines(plan(work(session), rows_of(changed))))
    assert dump(unchanged) == before
    assert told[0] == "portfolio.yaml would add 1 and change 1 record. Nothing has been changed yet."
    assert told[told.index("people: 1 to add, 0 to change, 23 left alone") + 1] == "  add U0NEW"
    at = told.index("contracts: 0 to add, 1 to change, 11 left alone")
    assert told[at + 1] == "  change WP-NE: stage from live delivery to exit"
    assert "kpis: 0 to add, 0 to change, 29 left alone" in told


def test_progress_is_told_for_every_record(unchanged: Database) -> None:
    done: list[int] = []
    with unchanged.transaction(keep=False) as session:
        many = [{"slack": f"U{n:06}", "name": f"Person {n}", "organisation": "lagan"} for n in range(2_500)]
        made = plan(work(session), rows_of({"people": many}))
        apply(work(session), made, done.append)
    assert done == [2_000, 500]


def test_a_plan_that_fails_half_way_leaves_nothing(still_empty: Database) -> None:
    """All or nothing: the transaction ends with the failure, and what was written before it is gone."""

    class Stop(Exception):
        pass

    def stop(_: int) -> None:
        raise Stop

    def half() -> None:
        with still_empty.transaction() as session:
            apply(work(session), plan(work(session), read(SAMPLE)), stop)

    with pytest.raises(Stop):
        half()


def test_an_empty_register_takes_the_sample_in_any_order_of_its_sheets(still_empty: Database) -> None:
    backwards = dict(reversed(DATA.items()))
    with still_empty.transaction(keep=False) as session:
        assert len(imported(work(session), rows_of(backwards))) == 405
