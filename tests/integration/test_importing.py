"""Importing a portfolio: the sample holds what it should, and a file is added to what is there."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, SQLModel, col

from bot.access import Action
from bot.db import Database
from bot.domain.calendar import Nation, working_days_between
from bot.domain.ratings import Rating
from bot.errors import UserError
from bot.models import (
    Audience,
    AuditEntry,
    Channel,
    Contract,
    ExtensionOption,
    Kpi,
    Memo,
    Organisation,
    OrganisationKind,
    Person,
    PlanStatus,
    Reading,
    RectificationPlan,
    Report,
    Risk,
    Role,
)
from bot.services import register
from bot.services.importing import Imported, import_portfolio
from bot.services.portfolio_file import read_portfolio
from tests.builders import MONDAY, SAMPLE, act, contract_named, dump, rows, work

DATA: dict[str, Any] = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))


def load(database: Database, path: Path) -> Imported:
    with database.transaction() as session:
        return import_portfolio(work(session, MONDAY, "import"), read_portfolio(path))


def everything(session: Session, model: type[SQLModel], *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def test_every_record_of_the_file_is_in_the_register(unchanged: Database) -> None:
    contracts = DATA["contracts"]
    said: dict[type[SQLModel], int] = {
        Contract: len(contracts),
        Organisation: 1 + len(DATA["partners"]),
        Person: len(DATA["people"]),
        Role: sum(len(each["people"]) for each in contracts),
        Channel: 1 + sum(len(each["channels"]) for each in contracts),
        Kpi: sum(len(each["kpis"]) for each in contracts),
        Report: sum(len(each["reports"]) for each in contracts),
        Reading: sum(len(e["kpis"]) for e in contracts for r in e["reports"] if "received" in r),
        ExtensionOption: sum(len(each.get("options", [])) for each in contracts),
        RectificationPlan: sum(len(each.get("plans", [])) for each in contracts),
        Memo: sum(len(each.get("memos", [])) for each in contracts),
        Risk: sum(len(each.get("risks", [])) for each in contracts),
        AuditEntry: len(contracts),
    }
    assert said[Contract] == 12
    with unchanged.transaction(keep=False) as session:
        assert {model: everything(session, model) for model in said} == said


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


def test_the_sample_covers_every_nation_kind_of_partner_and_tier(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        assert set(session.scalars(select(col(Contract.nation)))) == set(Nation)
        assert set(session.scalars(select(col(Organisation.kind)))) == set(OrganisationKind)
        assert set(session.scalars(select(col(Contract.tier)))) == {"gold", "silver", "bronze"}
        soonest = session.scalar(select(func.min(col(Contract.end_date))))
        assert soonest == date(2027, 5, 31)


def test_everybody_of_the_sample_who_has_a_role_can_use_it(unchanged: Database) -> None:
    with unchanged.transaction(keep=False) as session:
        for contract in DATA["contracts"]:
            for user in contract["people"].values():
                found = register.contract_for(
                    act(session, user), contract["reference"], Action.REPORT_PROGRESS, Audience.SHARED
                )
                assert found.reference == contract["reference"]


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


def test_a_second_file_adds_to_the_register_and_uses_the_people_that_are_there(
    portfolio: Database, tmp_path: Path
) -> None:
    path = tmp_path / "another.yaml"
    another = {**DATA, "channels": {}, "contracts": [{**DATA["contracts"][0], "reference": "NEW-1", "channels": {}}]}
    path.write_text(yaml.safe_dump(another), encoding="utf-8")
    assert load(portfolio, path).contracts == 1
    assert len(rows(portfolio, Contract)) == 13
    assert len(rows(portfolio, Person)) == len(DATA["people"])
    assert len(rows(portfolio, Organisation)) == 13


def test_importing_the_same_file_again_is_refused_and_changes_nothing(portfolio: Database) -> None:
    before = dump(portfolio)
    with pytest.raises(UserError, match="in the register already"):
        load(portfolio, SAMPLE)
    assert dump(portfolio) == before
