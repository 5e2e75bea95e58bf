"""A file that people keep and import again takes nothing back that was decided in Slack since."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.option_cycle import OptionEvent
from bot.domain.plan_cycle import PlanEvent
from bot.models import Decision, DocumentRecipient, ExtensionOption, Intervention, PlanStatus, RectificationPlan
from bot.records import OptionRecord
from bot.services.portfolio.exporting import register_rows
from bot.services.portfolio.faults import CannotImport
from bot.services.remedies import plans
from bot.services.specification import memos, options
from tests.builders import MONDAY, act, contract_named, work
from tests.integration.importing import rows_of
from tests.samples import Sheets, imported, sample_sheets

AMIRA, RHIAN = "U0AMIRA", "U0RHIAN"
TODAY, WHY = MONDAY.date(), "Delivery has been good for a year"


def of(session: Session, model: type[Any], reference: str = "WP-NE") -> Any:  # noqa: ANN401  # a row of the model
    contract_id = contract_named(session, reference).id
    return session.scalars(select(model).where(model.contract_id == contract_id).order_by(col(model.id).desc())).first()


def part(*names: str) -> Sheets:
    """These sheets of the sample, as somebody keeps them."""
    return {name: rows for name, rows in sample_sheets().items() if name in names}


def test_an_option_that_was_taken_stays_taken_and_the_end_where_it_moved(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        option = of(session, ExtensionOption)
        options.decide(act(session, AMIRA), option.public_id, OptionEvent.TAKEN, TODAY, WHY)
        for sheets in (part("options"), sample_sheets()):
            imported(work(session), rows_of(sheets))
            session.expire_all()
            assert (option.decision, option.decided_on, option.decision_reason) == (Decision.TAKEN, TODAY, WHY)
            assert contract_named(session, "WP-NE").end_date == date(2031, 3, 31)


def test_the_days_to_decide_that_followed_the_end_stay_for_an_older_file(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        option = of(session, ExtensionOption)
        more = {
            "contract": "WP-NE",
            "name": "A further month",
            "months": 1,
            "decide_by": "3 months before 31 March 2029",
        }
        imported(work(session), rows_of({"options": [more]}))
        options.decide(act(session, AMIRA), option.public_id, OptionEvent.TAKEN, TODAY, WHY)
        following = of(session, ExtensionOption)
        assert (following.rule, following.decide_by) == ("3 months before 31 March 2031", date(2030, 12, 31))
        imported(work(session), rows_of({"options": [more]}))
        session.expire_all()
        assert (following.rule, following.decide_by) == ("3 months before 31 March 2031", date(2030, 12, 31))


def test_a_later_day_to_decide_comes_with_the_variation_that_agreed_it(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        option, row = (
            of(session, ExtensionOption),
            {"contract": "WP-NE", "name": "Extension of 24 months", "months": 24},
        )
        before = option.decide_by
        later = {**row, "decide_by": date(2028, 12, 29)}
        for wrong in (later, {**later, "variation": "Variation 4"}, {**later, "varied": TODAY}):
            with pytest.raises(CannotImport, match="variation"):
                imported(work(session), rows_of({"options": [wrong]}))
        session.expire_all()
        assert (option.decide_by, option.variation) == (before, "")
        imported(work(session), rows_of({"options": [{**later, "variation": "Variation 4", "varied": TODAY}]}))
        session.expire_all()
        assert (option.decide_by, option.variation, option.varied_on) == (date(2028, 12, 29), "Variation 4", TODAY)
        with pytest.raises(CannotImport, match="Only a variation agrees a later day"):
            imported(work(session), rows_of({"options": [{**row, "decide_by": date(2029, 1, 31)}]}))
        imported(work(session), rows_of(part("options")))
        session.expire_all()
        assert option.decide_by == date(2028, 12, 29), "an older file takes no variation back"
        written = [each for _, rows in register_rows(work(session)) for each in rows if isinstance(each, OptionRecord)]
        (kept,) = [each for each in written if each.contract == "WP-NE"]
        assert (kept.variation, kept.varied) == ("Variation 4", TODAY)


def test_a_file_that_knows_better_changes_the_end(unchanged: Database) -> None:
    """A contract that is ended early, say: that is no end that an option of Slack has given."""
    with unchanged.rehearsing() as session:
        option = of(session, ExtensionOption)
        options.decide(act(session, AMIRA), option.public_id, OptionEvent.TAKEN, TODAY, WHY)
        sheets = part("contracts")
        (row,) = [each for each in sheets["contracts"] if each["reference"] == "WP-NE"]
        row["end"] = date(2028, 6, 30)
        imported(work(session), rows_of({"contracts": [row]}))
        assert contract_named(session, "WP-NE").end_date == date(2028, 6, 30)


def test_a_memo_that_was_acknowledged_and_a_plan_that_was_settled_stay_so(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        memo, plan = of(session, DocumentRecipient), of(session, RectificationPlan, "FM-JC")
        memos.acknowledge(act(session, AMIRA), memo.public_id, TODAY)
        plans.settle(act(session, RHIAN), plan.public_id, PlanEvent.CURED, TODAY, WHY)
        imported(work(session), rows_of(part("memos", "plans")))
        session.expire_all()
        assert memo.acknowledged_on == TODAY
        assert (plan.status, plan.reason, plan.status_on) == (PlanStatus.CURED, WHY, TODAY)


def test_a_file_that_says_since_when_a_plan_is_another_is_followed(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        plan = of(session, RectificationPlan, "FM-JC")
        plans.settle(act(session, RHIAN), plan.public_id, PlanEvent.CURED, TODAY, WHY)
        (row,) = [each for each in part("plans")["plans"] if each["contract"] == "FM-JC"]
        row |= {"status": "failed", "since": TODAY, "reason": "It came back"}
        imported(work(session), rows_of({"plans": [row]}))
        session.expire_all()
        assert (plan.status, plan.reason) == (PlanStatus.FAILED, "It came back")


def test_an_export_keeps_who_decided_and_when(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        option = of(session, ExtensionOption)
        options.decide(act(session, AMIRA), option.public_id, OptionEvent.DECLINED, TODAY, WHY)
        written = [each for _, rows in register_rows(work(session)) for each in rows if isinstance(each, OptionRecord)]
        (row,) = [each for each in written if each.contract == "WP-NE"]
        assert (row.decided, row.decided_by, row.reason) == (TODAY, AMIRA, WHY)


def test_a_file_takes_back_nothing_of_an_intervention(unchanged: Database) -> None:
    """It was sent to the partner, reviewed and left in Slack; the file is from before."""
    with unchanged.rehearsing() as session:
        row = of(session, Intervention)
        row.told_on, row.told_words, row.left_on, row.outcome = TODAY, "We meet weekly", TODAY, "Good again"
        row.review_on = TODAY + timedelta(days=60)
        session.flush()
        imported(work(session), rows_of(part("interventions")))
        assert (row.told_words, row.left_on, row.outcome) == ("We meet weekly", TODAY, "Good again")
        assert row.review_on == TODAY + timedelta(days=60)
