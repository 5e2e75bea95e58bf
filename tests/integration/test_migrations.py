"""The database itself: its shape is the models', and it refuses what must never be in it."""

from datetime import date, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlmodel import Session, SQLModel

from bot.db import Database, insert, insert_all
from bot.domain.due_kinds import DueKind
from bot.domain.scores import Band
from bot.migrations import migrate
from bot.models import (
    Absence,
    Audience,
    Channel,
    ContactPerson,
    Decision,
    ExtensionOption,
    Kpi,
    KpiTarget,
    Obligation,
    Party,
    Person,
    Risk,
    RiskAssessment,
    RiskSettings,
    RiskStatus,
    Role,
    RoleName,
    Snooze,
)
from tests.builders import MONDAY, card, contact, contract, dump, kpi_target, report

APPEND_ONLY = ("trail_entry", "contact", "contact_person", "risk_assessment")


def test_migrating_again_changes_nothing(portfolio: Database) -> None:
    before = dump(portfolio)
    migrate(portfolio.engine)
    assert dump(portfolio) == before


def test_the_migrated_schema_is_the_models(empty: Database) -> None:
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_the_migrated_schema_holds_the_rules_of_the_models(tmp_path: Path) -> None:
    """Alembic's comparison leaves out CHECK constraints and the conditions of indexes."""
    made, migrated = (create_engine(f"sqlite:///{tmp_path / name}.db") for name in ("made", "migrated"))
    SQLModel.metadata.create_all(made)
    migrate(migrated)
    assert rules(migrated) == rules(made)
    assert len(rules(made)) > 30
    made.dispose()
    migrated.dispose()


def rules(engine: Engine) -> set[tuple[str, str, str]]:
    """What each table refuses, and where each index applies."""
    inspector = inspect(engine)
    found = {
        (table, str(check["name"]), " ".join(str(check["sqltext"]).split()))
        for table in SQLModel.metadata.tables
        for check in inspector.get_check_constraints(table)
    }
    return found | {
        (table, str(index["name"]), str(index.get("dialect_options", {}).get("sqlite_where", "")))
        for table in SQLModel.metadata.tables
        for index in inspector.get_indexes(table)
    }


def test_every_model_has_its_table(empty: Database) -> None:
    assert set(dump(empty)) == {*SQLModel.metadata.tables, "alembic_version"}


@pytest.mark.parametrize("table", APPEND_ONLY)
@pytest.mark.parametrize("statement", ["update {table} set {key} = {key}", "delete from {table}"])
def test_what_only_ever_grows_is_neither_changed_nor_emptied(unchanged: Database, table: str, statement: str) -> None:
    key = next(iter(SQLModel.metadata.tables[table].primary_key)).name
    with unchanged.rehearsing() as session:
        session.add(made := contact(id=None))
        session.flush()
        session.add(ContactPerson(contact_id=made.id, person_id=1))
        session.add(RiskAssessment(risk_id=1, likelihood=1, impact=1, assessed_by_id=1, assessed_at=MONDAY))
        session.flush()
        assert session.scalar(text(f"select count(*) from {table}"))
        with pytest.raises(DBAPIError):
            session.execute(text(statement.format(table=table, key=key)))


def test_sqlite_writes_ahead_commits_durably_and_holds_foreign_keys(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'liaison.db'}")
    with database.engine.connect() as connection:
        said = {
            name: connection.exec_driver_sql(f"pragma {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    database.close()
    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_every_way_of_inserting_gives_a_public_id_of_its_own(unchanged: Database) -> None:
    days = [date(2027, 3, day) for day in (1, 2, 3, 4)]
    rows: list[dict[str, Any]] = [{"person_id": 1, "first_day": day, "last_day": day} for day in days]
    with unchanged.rehearsing() as session:
        session.add(Absence(**rows[0]))
        session.flush()
        insert(session, Absence, **rows[1])
        insert_all(session, Absence, rows[2:])
        ids = [each.public_id for each in session.scalars(select(Absence))]
    assert len(set(ids)) == 4
    assert {len(each) for each in ids} == {16}


def test_a_record_of_nothing_is_refused(unchanged: Database) -> None:
    """Foreign keys hold on both databases."""
    refuses(unchanged, report(id=None, contract_id=999, period="2027-01"))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"combines": "sum"}, id="shares that would be added up"),
        pytest.param({"may_be_negative": True}, id="a share that may be below zero"),
    ],
)
def test_a_kpi_that_could_never_be_explained_is_refused(unchanged: Database, changes: dict[str, Any]) -> None:
    usual = {
        "direction": "higher is better",
        "combines": "ratio",
        "may_be_negative": False,
    }
    insert = (
        "insert into kpi "
        "(public_id, contract_id, code, name, definition, unit, direction, combines, source, may_be_negative, "
        "end_reason) values (:code, 1, :code, 'Starts', '', '%', :direction, :combines, 'verified', "
        ":may_be_negative, '')"
    )
    with unchanged.rehearsing() as session:
        session.execute(text(insert), {**usual, "code": "in-order"})
    refuses_sql(unchanged, insert, {**usual, **changes, "code": "out-of-order"})


@pytest.mark.parametrize("cut_offs", [(95, 97, 92), (99, 97, 98)], ids=["good below approaching", "the last above it"])
def test_cut_offs_that_go_up_and_down_are_refused(unchanged: Database, cut_offs: tuple[int, int, int]) -> None:
    refuses(unchanged, kpi_target(1, "2030-01", *cut_offs))
    adds(unchanged, kpi_target(1, "2030-01", 3, 2, 2))
    adds(unchanged, kpi_target(1, "2030-01", 1, 2, 2))


def test_a_kpi_has_one_target_from_a_month_on(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        session.add_all([kpi_target(1, "2030-01"), kpi_target(1, "2030-01", 98)])
        with pytest.raises(IntegrityError):
            session.flush()


@pytest.mark.parametrize(
    "values",
    [
        pytest.param("value = 97.2, part = 972, whole = null", id="a part of nothing"),
        pytest.param("value = 97.2, part = 0, whole = 0", id="a value of nothing"),
        pytest.param("value = null, part = 972, whole = 1000", id="parts that make no value"),
    ],
)
def test_parts_that_make_no_sense_are_refused(unchanged: Database, values: str) -> None:
    refuses_sql(unchanged, f"update reading set {values} where report_id = 1 and kpi_id = 1", {})


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"end_date": date(2025, 3, 31)}, id="an end before the start"),
        pytest.param({"end_date": date(2025, 4, 1)}, id="an end on the day of the start"),
        pytest.param({"longest_end_date": date(2029, 3, 30)}, id="a longest end before the end"),
        pytest.param({"value_pounds": -1}, id="a value below nothing"),
        pytest.param({"value_with_vat_pounds": 83_999_999}, id="a value with VAT that is less than without"),
        pytest.param({"reference": ""}, id="no reference"),
        pytest.param({"title": ""}, id="no title"),
        pytest.param({"reference": "WP-NE"}, id="another contract's reference"),
        pytest.param({"nation": None}, id="no nation, and so no calendar"),
        pytest.param({"report_working_day": 0}, id="a report due on working day 0"),
        pytest.param({"report_working_day": 21}, id="a report due on working day 21"),
    ],
)
def test_a_contract_that_makes_no_sense_is_refused(unchanged: Database, changes: dict[str, Any]) -> None:
    adds(unchanged, contract(id=None, reference="NEW"))
    refuses(unchanged, contract(**{"id": None, "reference": "NEW", **changes}))


def test_an_option_is_not_recorded_after_its_day_to_decide(unchanged: Database) -> None:
    usual: dict[str, Any] = {"contract_id": 1, "name": "Another", "months": 12, "recorded_on": date(2027, 1, 4)}
    adds(unchanged, ExtensionOption(**usual, decide_by=date(2027, 1, 4)))
    adds(unchanged, ExtensionOption(**usual, decide_by=date(2027, 1, 3), decision=Decision.TAKEN))
    refuses(unchanged, ExtensionOption(**usual, decide_by=date(2027, 1, 3)))
    refuses(unchanged, ExtensionOption(**{**usual, "months": 0}, decide_by=date(2027, 1, 4)))


@pytest.mark.parametrize("slack", [None, "", "U", "amira", "C0CHANNEL"])
def test_a_person_without_a_slack_account_is_refused(unchanged: Database, slack: Any) -> None:  # noqa: ANN401  # None is refused as well
    adds(unchanged, Person(slack="W0NEW", name="New", organisation_id=1))
    refuses(unchanged, Person(slack=slack, name="New", organisation_id=1))


def test_a_guest_is_no_administrator(unchanged: Database) -> None:
    refuses(unchanged, Person(slack="U0NEW", name="New", organisation_id=1, guest=True, administrator=True))


def test_nobody_is_their_own_deputy(unchanged: Database) -> None:
    adds(unchanged, Role(contract_id=1, person_id=1, role=RoleName.VIEWER, deputy_id=2))
    refuses(unchanged, Role(contract_id=1, person_id=1, role=RoleName.VIEWER, deputy_id=1))


def test_leave_ends_after_it_begins(unchanged: Database) -> None:
    adds(unchanged, Absence(person_id=1, first_day=date(2027, 1, 4), last_day=date(2027, 1, 4)))
    refuses(unchanged, Absence(person_id=1, first_day=date(2027, 1, 4), last_day=date(2027, 1, 3)))


def test_a_rule_gives_an_obligation_its_day(unchanged: Database) -> None:
    usual: dict[str, Any] = {"contract_id": 1, "name": "Pay invoices", "owed_by": Party.DEPARTMENT}
    usual["rule"] = "30 days after 1 May 2027"
    adds(unchanged, Obligation(**usual, due_on=date(2027, 5, 31)))
    refuses(unchanged, Obligation(**usual))


@pytest.mark.parametrize("weight", [-1, 101])
def test_a_weight_is_a_percentage(unchanged: Database, weight: int) -> None:
    with unchanged.rehearsing() as session:
        session.get_one(Kpi, 1).weight = weight
        with pytest.raises(IntegrityError):
            session.flush()


@pytest.mark.parametrize(
    "scale",
    ["likelihood", "impact", "inherent_likelihood", "inherent_impact", "target_likelihood", "target_impact"],
)
@pytest.mark.parametrize("point", [0, 6, -1])
def test_a_risk_off_the_scale_is_refused(unchanged: Database, scale: str, point: int) -> None:
    usual = {**card().risk.model_dump(exclude={"id", "public_id"}), "target_likelihood": 1, "target_impact": 1}
    adds(unchanged, Risk(**usual))
    refuses(unchanged, Risk(**{**usual, scale: point}))


@pytest.mark.parametrize("missing", ["likelihood", "impact", "inherent_likelihood", "inherent_impact", "target_impact"])
def test_a_risk_is_assessed_whole_or_not_at_all(unchanged: Database, missing: str) -> None:
    usual = {**card().risk.model_dump(exclude={"id", "public_id"}), "target_likelihood": 1, "target_impact": 1}
    refuses(unchanged, Risk(**{**usual, missing: None}))
    points = ("likelihood", "impact", "inherent_likelihood", "inherent_impact")
    adds(unchanged, Risk(**{**usual, **dict.fromkeys(points)}))


@pytest.mark.parametrize(
    "changes",
    [{"id": 2}, {"medium_from": 1}, {"high_from": 5}, {"very_high_from": 26}, {"high_days": 61}, {"very_high_days": 0}],
)
def test_rules_for_risks_that_contradict_themselves_are_refused(unchanged: Database, changes: dict[str, Any]) -> None:
    usual: dict[str, Any] = {"id": 1, "medium_from": 5, "high_from": 10, "very_high_from": 15, "low_days": 90}
    usual |= {"medium_days": 60, "high_days": 30, "very_high_days": 14, "severe_at_least": Band.MEDIUM}
    adds(unchanged, RiskSettings(**usual))
    refuses(unchanged, RiskSettings(**{**usual, **changes}))


@pytest.mark.parametrize("scale", ["likelihood", "impact"])
@pytest.mark.parametrize("point", [0, 6, -1])
def test_an_assessment_off_the_scale_is_refused(unchanged: Database, scale: str, point: int) -> None:
    usual: dict[str, Any] = {"risk_id": 1, "likelihood": 1, "impact": 5, "assessed_by_id": 1, "assessed_at": MONDAY}
    adds(unchanged, RiskAssessment(**usual))
    refuses(unchanged, RiskAssessment(**{**usual, scale: point}))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"status": RiskStatus.CLOSED, "closed_on": date(2027, 1, 4)}, id="closed without a reason"),
        pytest.param({"status": RiskStatus.CLOSED, "closing_reason": "Gone"}, id="closed on no day"),
        pytest.param({"closed_on": date(2027, 1, 4)}, id="open with a day of closing"),
        pytest.param({"status": RiskStatus.ISSUE}, id="an issue of which nothing is said"),
    ],
)
def test_a_risk_that_is_closed_or_has_happened_says_so(unchanged: Database, changes: dict[str, Any]) -> None:
    refuses(unchanged, Risk(**{**card().risk.model_dump(exclude={"id", "public_id"}), **changes}))


@pytest.mark.parametrize("word", ["Excellent", "good", ""])
def test_a_rating_that_is_none_is_refused(unchanged: Database, word: str) -> None:
    change = "update reading set rating = :rating, computed = :rating where report_id = 1 and kpi_id = 1"
    with unchanged.rehearsing() as session:
        session.execute(text(change), {"rating": "Inadequate"})
    refuses_sql(unchanged, change, {"rating": word})


def test_a_kind_of_what_falls_due_that_is_none_is_refused_before_the_database(unchanged: Database) -> None:
    """The tables do not list the kinds, so the model does."""
    values = {"person_id": 1, "subject_id": 1, "until": MONDAY.date()}
    with unchanged.rehearsing() as session:
        insert(session, Snooze, kind=DueKind.CONTACT, **values)
        with pytest.raises(StatementError, match="'of another year' is not among"):
            insert(session, Snooze, kind="of another year", **values)


def test_a_channel_of_the_portfolio_is_never_shared(unchanged: Database) -> None:
    refuses(unchanged, Channel(slack="C1", contract_id=None, audience=Audience.SHARED, created_at=MONDAY))
    adds(unchanged, Channel(slack="C1", contract_id=None, audience=Audience.INTERNAL, created_at=MONDAY))


def test_a_report_that_was_received_was_received_from_somebody(unchanged: Database) -> None:
    refuses(unchanged, report(id=None, received_at=MONDAY))
    refuses(unchanged, report(id=None, reporter_id=1))
    adds(unchanged, report(id=None, received_at=MONDAY, reporter_id=1))


def test_a_period_is_reported_on_once(unchanged: Database) -> None:
    adds(unchanged, report(id=None))
    refuses(unchanged, report(id=None, period="2026-11"))


def test_an_instant_without_a_zone_is_refused(unchanged: Database) -> None:
    naive = Channel(slack="C1", audience=Audience.INTERNAL, created_at=MONDAY.replace(tzinfo=None))
    with pytest.raises(StatementError, match="an instant must be aware"):
        adds(unchanged, naive)


def test_an_instant_of_any_zone_comes_back_as_utc(unchanged: Database) -> None:
    abroad = MONDAY.astimezone(timezone(timedelta(hours=5, minutes=30)))
    channel = Channel(slack="C2", audience=Audience.INTERNAL, created_at=abroad)
    with unchanged.rehearsing() as session:
        session.add(channel)
        session.flush()
        session.refresh(channel)
        assert channel.created_at == MONDAY
        assert channel.created_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize("figure", ["99999999.9999", "0.0001", "0", "97.2"])
def test_a_figure_keeps_four_decimal_places_exactly(unchanged: Database, figure: str) -> None:
    with unchanged.rehearsing() as session:
        kept = with_figure(session, Decimal(figure))
        session.flush()
        session.refresh(kept)
        assert kept.good == Decimal(figure)


def test_a_figure_is_never_rounded_to_fit(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        with_figure(session, Decimal("0.00001"))
        with pytest.raises(StatementError, match="more than 4 decimal places"):
            session.flush()


def with_figure(session: Session, figure: Decimal) -> KpiTarget:
    """The first target with a figure as its cut-off: all three level, so that any figure is in order."""
    kept = session.get_one(KpiTarget, 1)
    kept.good = kept.approaching = kept.requires_improvement = figure
    return kept


def adds(database: Database, row: SQLModel) -> None:
    with database.rehearsing() as session:
        session.add(row)
        session.flush()


def refuses(database: Database, row: SQLModel) -> None:
    with pytest.raises(IntegrityError):
        adds(database, row)


def refuses_sql(database: Database, statement: str, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), database.rehearsing() as session:
        session.execute(text(statement), values)
