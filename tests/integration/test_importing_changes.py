"""A file into a register that has something in it: what is added, changed, rated again, and left alone."""

import re
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlmodel import select

from bot.db import Database
from bot.domain.parts import Combining
from bot.domain.ratings import Rating
from bot.errors import UserError
from bot.models import (
    Contract,
    Kpi,
    Milestone,
    Person,
    Reading,
    Report,
    ReportState,
    Risk,
    RiskAssessment,
    Role,
    Stage,
    Team,
)
from bot.services.portfolio.exporting import export_bytes, register_rows
from bot.services.portfolio.plan import summary
from bot.services.portfolio.planning import plan
from bot.services.portfolio.reading import read_bytes
from bot.services.progress import report_card, report_decisions
from tests.builders import (
    DAY,
    MESSAGES,
    MONDAY,
    act,
    dump,
    open_all,
    rows,
    work,
)
from tests.integration.importing import DATA, ROWS, TABLES, audited, load, only, rows_of
from tests.samples import imported


def test_a_second_import_of_a_file_changes_nothing(portfolio: Database) -> None:
    before = dump(portfolio)
    made = load(portfolio, DATA)
    assert dump(portfolio) == before
    assert summary(made) == f"Nothing changed: the register says already what portfolio.yaml says in {ROWS} rows."
    assert len(made) == 0


def test_a_second_import_of_a_file_changes_nothing_months_later_either(portfolio: Database) -> None:
    """The reports that were opened meanwhile are in no file, and the file's first period has long passed."""
    later = MONDAY + 60 * DAY
    with portfolio.writing() as session:
        assert open_all(work(session, later))
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
    changed["contracts"][0].update(stage="exit", end=date(2029, 6, 30), value="£85 million", documents="(empty)")
    made = load(portfolio, changed)
    assert summary(made) == f"Changed 1 contract. Left alone: {ROWS - 1} rows."
    (contract,) = [each for each in rows(portfolio, Contract) if each.reference == "WP-NE"]
    assert (contract.stage, contract.end_date, contract.value_pounds) == (Stage.EXIT, date(2029, 6, 30), 85_000_000)
    (entry,) = audited(portfolio)[entries:]
    assert (entry.action, entry.subject, entry.contract_id) == ("contract changed", "WP-NE", contract.id)
    assert (entry.actor, entry.why) == ("import", "import of portfolio.yaml")
    assert entry.changes == {
        "value in pounds, without VAT": ["84,000,000", "85,000,000"],
        "end": ["31 March 2029", "30 June 2029"],
        "stage": ["live delivery", "exit"],
        "links to documents": ["https://documents.opportunity.example/WP-NE", "nothing"],
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


def test_a_blank_cell_leaves_what_is_there_and_a_word_empties_it(portfolio: Database) -> None:
    """In a needed column as well, of which a new record must have something."""
    blank = dict.fromkeys(DATA["contracts"][0], "")
    before = rows(portfolio, Contract)
    made = load(portfolio, only("contracts", {**blank, "reference": "WP–NE", "documents": "", "purpose": " "}))
    assert summary(made) == "Nothing changed: the register says already what portfolio.yaml says in 1 row."
    assert rows(portfolio, Contract) == before
    load(portfolio, only("contracts", {"reference": "WP-NE", "purpose": "(Empty)", "report_working_day": "(empty)"}))
    (contract,) = [each for each in rows(portfolio, Contract) if each.reference == "WP-NE"]
    assert (contract.purpose, contract.documents, contract.report_working_day) == ("", before[0].documents, 3)
    for row, words in (
        ({**blank, "reference": "NEW"}, "column title: this is needed. What the contract is called."),
        ({**blank, "reference": "WP-NE", "title": "(empty)"}, "column title: this is needed."),
    ):
        with pytest.raises(UserError, match=re.escape(words)):
            load(portfolio, only("contracts", row))


def test_a_row_whose_name_is_written_in_another_way_is_the_same_record(portfolio: Database) -> None:
    milestone = DATA["milestones"][0]
    another = str(milestone["name"]).upper().replace(" ", "\u00a0")
    made = load(portfolio, only("milestones", {**milestone, "name": another}))
    assert summary(made) == "Changed 1 milestone. Left alone: 0 rows."
    assert len(rows(portfolio, Milestone)) == len(DATA["milestones"])
    twice = [{**deepcopy(milestone), "name": name} for name in ("Review – 1", "review - 1")]
    with pytest.raises(UserError, match="Keep one of them"):
        load(portfolio, {"milestones": twice})
    done = {
        "contract": "WP-NE",
        "what": "Send the plan",
        "owner": "U0AMIRA",
        "due": "2026-12-01",
        "added": "2026-11-02",
    }
    done |= {"by": "U0AMIRA", "done": "2026-12-01", "done_by": "U0AMIRA"}
    load(portfolio, only("actions", done))  # what is done stays done, whatever the writing
    assert summary(load(portfolio, only("actions", {**done, "what": "SEND the plan"}))).startswith("Nothing changed")
    same = {**DATA["organisations"][1], "key": "northgate-2", "name": "NORTHGATE  futures ltd", "teams": None}
    with pytest.raises(UserError, match="Northgate Futures Ltd is in the register with the key northgate"):
        load(portfolio, only("organisations", same))


def test_two_names_of_before_that_are_one_in_another_writing_both_go_out_and_come_back(portfolio: Database) -> None:
    with portfolio.writing() as session:
        found = session.scalars(select(Milestone)).first()
        assert found is not None
        twin = found.model_dump(exclude={"id", "public_id"}) | {"name": found.name.upper()}
        session.add(Milestone(**twin))
    with portfolio.rehearsing() as session:
        written = register_rows(work(session))
        for ending in (".yaml", ".xlsx", ".zip"):
            read = read_bytes(f"register{ending}", export_bytes(written, ending))
            assert len(imported(work(session), read)) == 0


def test_a_team_is_added_to_those_of_its_organisation(portfolio: Database) -> None:
    load(portfolio, only("organisations", {**DATA["organisations"][1], "teams": ["T0SECOND"]}))
    assert {team.slack for team in rows(portfolio, Team) if team.organisation_id == 2} == {"T0NORTHGATE", "T0SECOND"}
    assert audited(portfolio)[-1].changes == {"Slack workspaces": ["T0NORTHGATE", "T0NORTHGATE T0SECOND"]}


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
    with portfolio.rehearsing() as session:
        shown = report_card.report_card(act(session, "U0AMIRA"), "WP-NE", "October 2026")
        assert "*Accepted* when it was imported, on 4 January 2027" in str(
            MESSAGES.message("progress/report", card=shown)
        )
        with pytest.raises(UserError, match="An import accepted this report on 4 January 2027"):
            report_decisions.accept(act(session, "U0AMIRA"), october.public_id, october.version)
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
    with unchanged.rehearsing() as session, pytest.raises(UserError, match="backlog is no ratio"):
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
    assert risk.review_on == date(2027, 1, 18), "as soon as a very high one, counted from the import"


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
    assert audited(portfolio)[-1].changes == {"due on": ["2 April 2027", "1 April 2027"]}
    (contract,) = [each for each in rows(portfolio, Contract) if each.reference == "WP-NE"]
    assert contract.next_report_at == datetime(2027, 1, 5, 9, tzinfo=UTC)


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


def test_nothing_of_a_new_contract_is_late_on_the_day_of_its_import(portfolio: Database) -> None:
    """December's report was due on 6 January: it is not asked for on the 20th. A risk that was raised a year ago is
    reviewed some days after the import."""
    load(
        portfolio,
        {
            **only("contracts", {**DATA["contracts"][0], "reference": "NEW-1", "start": date(2025, 4, 1)}),
            **only("risks", {**DATA["risks"][0], "contract": "NEW-1", "raised": date(2026, 1, 4), "review": None}),
        },
        now=MONDAY + 16 * DAY,
    )
    assert rows(portfolio, Contract)[-1].next_period == "2027-01"
    assert rows(portfolio, Risk)[-1].review_on > (MONDAY + 16 * DAY).date()


def test_a_report_that_a_file_lists_moves_the_next_one(portfolio: Database) -> None:
    """Else it would be asked for a second time, and the register has one report of each month."""
    made = load(portfolio, only("reports", {"contract": "WP-NE", "period": "2026-12"}))
    assert summary(made) == "Added 1 report and changed 1 contract. Left alone: 0 rows."
    assert rows(portfolio, Contract)[0].next_period == "2027-01"
    with portfolio.writing() as session:
        open_all(work(session, MONDAY + 40 * DAY))
    assert [r.period for r in rows(portfolio, Report) if r.contract_id == 1][-2:] == ["2026-12", "2027-01"]
