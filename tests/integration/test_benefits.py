"""Benefits: what is added, entered and refused, and what files bring."""

from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.benefit_line import BenefitTyped, parse_benefit_line
from bot.domain.periods import Month
from bot.errors import UserError
from bot.identity import Denied
from bot.models import Benefit, TrailEntry
from bot.records import BenefitFigureRecord, BenefitRecord
from bot.services.lookup.ambiguity import AmbiguousMatch
from bot.services.money import benefits
from bot.services.portfolio.exporting import register_rows
from bot.services.portfolio.faults import CannotImport
from tests.builders import MONDAY, act, contract_named, work
from tests.integration.importing import only, rows_of
from tests.samples import imported

AMIRA, PRIYA, RHIAN = "U0AMIRA", "U0PRIYA", "U0RHIAN"
NAME = "People in work for 26 weeks"


def row(session: Session, name: str = NAME) -> Benefit:
    return session.scalars(select(Benefit).where(col(Benefit.name) == name)).one()


def figures(period: str, **figures: Any) -> BenefitFigureRecord:  # noqa: ANN401  # its figures
    return BenefitFigureRecord.model_validate({"contract": "WP-NE", "benefit": NAME, "period": period, **figures})


def benefit(**changes: Any) -> BenefitRecord:  # noqa: ANN401  # whichever fields a test is about
    usual = {"contract": "WP-NE", "name": "Hours of advice", "unit": "hours", "baseline": "1,200", "owner": AMIRA}
    return BenefitRecord.model_validate({**usual, **changes})


def test_a_line_names_a_month_a_figure_and_the_benefit() -> None:
    today = MONDAY.date()
    december = BenefitTyped(Month(2026, 12), Decimal(1250), "people in work")
    assert parse_benefit_line("2026-12 1,250 people in work", today) == december
    assert parse_benefit_line("December 2026 1,250 people in work", today) == december
    assert parse_benefit_line("December 12", today) == BenefitTyped(Month(2026, 12), Decimal(12), "")
    assert parse_benefit_line("2026-12", today) is None
    assert parse_benefit_line("December 2026", today) is None
    with pytest.raises(UserError, match="is not a month"):
        parse_benefit_line("soon 5", today)
    with pytest.raises(UserError, match="is not a number"):
        parse_benefit_line("2026-12 many people", today)


def test_the_list_says_how_far_a_benefit_has_come_against_its_profile(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        (line,) = benefits.list_benefits(act(session, AMIRA), "WP-NE").lines
        assert (line.profile, line.actual) == (Decimal(480), Decimal(462)), "November’s actual is not known yet"
        assert line.percent == Decimal("96.25")
        assert [each.month for each in line.months] == ["Nov 2026", "Oct 2026", "Sep 2026", "Aug 2026"]
        benefits.enter(act(session, AMIRA), row(session).public_id, figures("2026-11", profile="180", actual="198"))
        (line,) = benefits.list_benefits(act(session, AMIRA), "WP-NE").lines
        assert line.percent == 100
        (entry,) = session.scalars(select(TrailEntry).where(col(TrailEntry.action) == "benefit entered"))
        assert entry.changes == {"actual": ["nothing", "198"]}


def test_a_benefit_is_added_changed_and_found_by_words(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        ctx = act(session, AMIRA)
        contract = benefits.contract_to_add_to(ctx, "WP-NE")
        added = benefits.add_benefit(ctx, contract, benefit())
        assert added.line.benefit.baseline == 1200
        assert benefits.benefit_named(ctx, "WP-NE", "advice").line.benefit.name == "Hours of advice"
        benefits.add_benefit(ctx, contract, benefit(name="People on courses"))
        with pytest.raises(AmbiguousMatch):
            benefits.benefit_named(ctx, "WP-NE", "people")
        with pytest.raises(UserError, match="No benefit of WP-NE fits"):
            benefits.benefit_named(ctx, "WP-NE", "rockets")
        for changes, field in (({"name": "PEOPLE in work for 26 weeks"}, "name"), ({"owner": PRIYA}, "owner")):
            with pytest.raises(UserError) as refused:
                benefits.change_benefit(ctx, added.line.benefit.public_id, benefit(**changes))
            assert refused.value.field == field
        changed = benefits.change_benefit(ctx, added.line.benefit.public_id, benefit(unit="minutes"))
        assert (changed.line.benefit.unit, changed.done) == ("minutes", "is changed")
        with pytest.raises(UserError, match="outside WP-NE"):
            benefits.enter(ctx, added.line.benefit.public_id, figures("2031-04", actual="5"))


def test_only_who_keeps_the_contract_enters_and_no_partner_sees_anything(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        key, of_contract = row(session).public_id, contract_named(session, "WP-NE").public_id
        for who in (PRIYA, RHIAN):
            ctx = act(session, who)
            for refused in (
                lambda ctx=ctx: benefits.contract_to_add_to(ctx, "WP-NE"),
                lambda ctx=ctx: benefits.benefit_to_add(ctx, of_contract),
                lambda ctx=ctx: benefits.benefit_to_change(ctx, key),
                lambda ctx=ctx: benefits.benefit_named(ctx, "WP-NE", "people"),
                lambda ctx=ctx: benefits.enter(ctx, key, figures("2026-11", actual="5")),
                lambda ctx=ctx: benefits.change_benefit(ctx, key, benefit()),
            ):
                with pytest.raises((Denied, UserError)):
                    refused()
        with pytest.raises((Denied, UserError)):
            benefits.list_benefits(act(session, PRIYA), "WP-NE")


def test_files_bring_benefits_and_their_months(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        of = {"contract": "WP-NE", "benefit": NAME}
        imported(work(session), rows_of(only("benefit_figures", {**of, "period": "2026-11", "actual": "171.5"})))
        (line,) = benefits.list_benefits(act(session, AMIRA), "WP-NE").lines
        assert (line.months[0].profile, line.months[0].actual) == (Decimal(180), Decimal("171.5"))
        for bad, sentence in (
            ({"benefit": "People in wrok"}, "Did you mean"),
            ({"period": "2031-04"}, "outside the contract"),
        ):
            with pytest.raises(CannotImport, match=sentence):
                imported(work(session), rows_of(only("benefit_figures", {**of, "period": "2026-11", **bad})))
        given = {"contract": "WP-NE", "name": "Hours of advice", "unit": "hours", "owner": PRIYA}
        with pytest.raises(CannotImport, match="does not work for the department"):
            imported(work(session), rows_of(only("benefits", given)))
        exported = dict(register_rows(work(session)))
        assert [each.known_as for each in exported[BenefitRecord]] == [
            f"WP-NE, {NAME}", "CC-OT, Calls answered within 2 minutes",
        ]  # fmt: skip
        assert exported[BenefitFigureRecord][3].known_as == f"WP-NE, {NAME}, 2026-11"
