"""Settling options, memos and plans: once, by who may, on a day that can be, for a reason, and with a history."""

from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session, SQLModel, col

from bot.access import ContractRef
from bot.db import Database
from bot.domain.calendar import Nation, extended, published
from bot.domain.deadlines import parse_deadline
from bot.domain.duties import Regime
from bot.domain.option_cycle import OptionEvent
from bot.domain.plan_cycle import PLAN, Ground, PlanEvent, PlanStatus
from bot.domain.wording import format_date
from bot.errors import UserError
from bot.identity import Denied
from bot.models import (
    Audience,
    Contract,
    Decision,
    DocumentRecipient,
    ExtensionOption,
    Milestone,
    Obligation,
    Party,
    RectificationPlan,
    TrailEntry,
)
from bot.records import ContractRecord, OptionRecord
from bot.services import edit_conflicts
from bot.services.contracts.contract_edit import change_contract
from bot.services.due import due_lines
from bot.services.due.due_lines import DueLine
from bot.services.edit_conflicts import EditConflict
from bot.services.lookup.contracts import contract_facts
from bot.services.remedies import plans
from bot.services.remedies.plans import EventDetails
from bot.services.specification import memos, options, terms
from bot.services.specification.term_kinds import KINDS
from bot.services.unit_of_work import ActorContext
from handlers.specification import SETTLED_HERE
from tests.builders import DAY, MONDAY, act, contract_named
from tests.integration.together import at_once

AMIRA, NADIA, HELEN, PRIYA = "U0AMIRA", "U0NADIA", "U0HELEN", "U0PRIYA"
TODAY, YESTERDAY, TOMORROW = MONDAY.date(), date(2027, 1, 3), date(2027, 1, 5)
WHY = "Delivery has been good for a year"
DETAILS = EventDetails(grounds=[Ground.DETAIL, Ground.TIME], opportunity="They had ten weeks")


def of(session: Session, model: type[Any], reference: str = "WP-NE") -> Any:  # noqa: ANN401  # a row of the model
    """The only one of a contract that is open, or its last."""
    rows = session.scalars(select(model).where(col(model.contract_id) == contract_named(session, reference).id))
    return rows.all()[-1]


def new_plan(session: Session, status: PlanStatus = PlanStatus.REQUESTED) -> RectificationPlan:
    """A plan of WP-NE."""
    plan = RectificationPlan(
        contract_id=contract_named(session, "WP-NE").id,
        title="Bring starts back",
        requested_on=date(2026, 12, 1),
        due_on=date(2026, 12, 15),
        status=status,
    )
    session.add(plan)
    session.flush()
    return plan


def trail(session: Session, *actions: str) -> list[TrailEntry]:
    entries = select(TrailEntry).where(col(TrailEntry.action).in_(actions)).order_by(col(TrailEntry.id))
    return list(session.scalars(entries))


def refusal(settle: Any, *given: Any) -> UserError:  # noqa: ANN401  # a service and what it is given
    with pytest.raises(UserError) as refused:
        settle(*given)
    return refused.value


def test_an_option_that_is_taken_moves_the_end_by_its_months_and_says_why(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        option = of(session, ExtensionOption)
        done = options.decide(act(session, AMIRA), option.public_id, OptionEvent.TAKEN, YESTERDAY, WHY)
        contract = contract_named(session, "WP-NE")
        assert (contract.end_date, contract.longest_end_date) == (date(2031, 3, 31), date(2031, 3, 31))
        assert (option.decision, option.decided_on, option.decision_reason) == (Decision.TAKEN, YESTERDAY, WHY)
        assert option.decided_by_id == act(session, AMIRA).actor.person_id
        assert done.changed is not None
        assert not done.is_late
        (taken,) = trail(session, "option taken")
        assert (taken.subject, taken.why, taken.actor) == ("WP-NE, Extension of 24 months", WHY, AMIRA)
        assert taken.changes["decision"] == ["open", "taken"]
        (moved,) = [each for each in trail(session, "contract changed") if each.subject == "WP-NE"][-1:]
        assert (moved.changes, moved.why) == ({"end": ["31 March 2029", "31 March 2031"]}, WHY)


def test_an_option_that_is_declined_leaves_the_end(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        option, before = of(session, ExtensionOption), contract_named(session, "WP-NE").end_date
        done = options.decide(act(session, AMIRA), option.public_id, OptionEvent.DECLINED, TODAY, WHY)
        assert done.changed is None
        assert (option.decision, contract_named(session, "WP-NE").end_date) == (Decision.DECLINED, before)
        assert [entry.why for entry in trail(session, "option declined")] == [WHY]


@pytest.mark.parametrize(
    ("end", "months", "became"),
    [
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2027, 12, 31), 1, date(2028, 1, 31)),
        (date(2027, 9, 30), 6, date(2028, 3, 31)),
        (date(2027, 2, 28), 12, date(2028, 2, 29)),
        (date(2027, 9, 29), 6, date(2028, 3, 29)),
    ],
)
def test_months_are_calendar_months(unchanged: Database, end: date, months: int, became: date) -> None:
    with unchanged.rehearsing() as session:
        contract, option = contract_named(session, "WP-NE"), of(session, ExtensionOption)
        contract.end_date, option.months = end, months
        session.flush()
        assert options.option_to_decide(act(session, AMIRA), option.public_id).end_if_taken == became
        options.decide(act(session, AMIRA), option.public_id, OptionEvent.TAKEN, TODAY, WHY)
        assert contract.end_date == became


def test_an_end_beyond_the_longest_is_refused_and_nothing_is_decided(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        option = of(session, ExtensionOption)
        option.months = 25
        session.flush()
        refused = refusal(options.decide, act(session, AMIRA), option.public_id, OptionEvent.TAKEN, TODAY, WHY)
        assert refused.field == "decision"
        assert refused.sentence == (
            "WP-NE would end on 30 April 2031, after its longest possible end, 31 March 2031. If that is wrong, "
            "correct it first: type /contract edit WP-NE."
        )
        assert (option.decision, option.decided_on, trail(session, "option taken")) == (Decision.OPEN, None, [])
        options.decide(act(session, AMIRA), option.public_id, OptionEvent.DECLINED, TODAY, WHY)


@pytest.mark.parametrize("first", OptionEvent)
@pytest.mark.parametrize("second", OptionEvent)
def test_a_decided_option_is_not_decided_again(unchanged: Database, first: OptionEvent, second: OptionEvent) -> None:
    with unchanged.rehearsing() as session:
        key = of(session, ExtensionOption).public_id
        options.decide(act(session, AMIRA), key, first, TODAY, WHY)
        end = contract_named(session, "WP-NE").end_date
        said = f"Extension of 24 months was {first} by Amira Shah on 4 January 2027 already, so nothing was done."
        assert refusal(options.decide, act(session, NADIA), key, second, TODAY, WHY).sentence == said
        assert refusal(options.option_to_decide, act(session, NADIA), key).sentence == said
        assert contract_named(session, "WP-NE").end_date == end


def test_of_two_who_decide_at_once_one_is_refused(portfolio: Database, portfolio_url: str) -> None:
    with portfolio.reading() as session:
        key = of(session, ExtensionOption).public_id

    def take(database: Database, barrier: Barrier) -> str:
        barrier.wait()
        try:
            with database.writing() as session:
                options.decide(act(session, AMIRA), key, OptionEvent.TAKEN, TODAY, WHY)
        except UserError as refused:
            return refused.sentence
        return ""

    kept, refused = sorted(at_once(portfolio_url, 2, take))
    assert kept == ""
    assert refused.startswith("Extension of 24 months was taken by Amira Shah on 4 January 2027 already")
    with portfolio.reading() as session:
        assert contract_named(session, "WP-NE").end_date == date(2031, 3, 31)


def test_a_form_of_the_contract_that_was_open_meanwhile_is_told_of_the_new_end(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        nadia = replace(act(session, NADIA), since=edit_conflicts.last_entry(session))
        option = of(session, ExtensionOption)
        options.decide(act(session, AMIRA), option.public_id, OptionEvent.TAKEN, TODAY, WHY)
        contract = contract_named(session, "WP-NE")
        entered = {**ContractRecord.kept_in(contract), "partner": "northgate", "end": date(2029, 3, 31)}
        record = ContractRecord.model_validate(entered)
        with pytest.raises(EditConflict) as refused:
            change_contract(nadia, contract.id, record)
        assert refused.value.found[-1].changes == {"end": ["31 March 2029", "31 March 2031"]}


def test_a_decision_after_the_last_day_is_kept_and_said_to_be_late(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        option = of(session, ExtensionOption)
        option.decide_by, option.recorded_on = YESTERDAY, YESTERDAY
        session.flush()
        key = option.public_id
        sentence = refusal(options.decide, act(session, AMIRA), key, OptionEvent.TAKEN, TODAY, WHY).sentence
        assert sentence.startswith(
            "The last day to decide on Extension of 24 months was 3 January 2027, so it cannot be taken on "
            "4 January 2027, and nothing was changed."
        )
        assert (option.decision, contract_named(session, "WP-NE").end_date) == (Decision.OPEN, date(2029, 3, 31))
        assert options.decide(act(session, AMIRA), key, OptionEvent.DECLINED, TODAY, WHY).is_late


def test_the_form_of_an_option_takes_a_later_day_with_its_variation_alone(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        option, kind = of(session, ExtensionOption), KINDS["option"]
        before, later = option.decide_by, date(2028, 12, 29)

        def change(**entered: object) -> None:
            row = {**OptionRecord.kept_in(option), "contract": "WP-NE", **entered}
            terms.change_term(act(session, AMIRA), kind, option.public_id, OptionRecord.model_validate(row), WHY)

        for wrong in ({}, {"variation": "Variation 4", "varied": TODAY}):
            change(**wrong)  # the contractual day stands
        assert option.decide_by == before
        with pytest.raises(UserError, match="Only a variation agrees a later day") as refused:
            change(decide_by=later, variation="Variation 4", varied=TODAY)  # which agreed the day that it has
        assert refused.value.field == "variation"
        assert option.decide_by == before
        change(decide_by=later, variation="Variation 5", varied=TODAY)
        assert (option.decide_by, option.variation, option.varied_on) == (later, "Variation 5", TODAY)
        entry = trail(session, "option changed")[-1]
        assert entry.changes["decide by"] == [format_date(before), format_date(later)]
        assert entry.changes["variation of the day to decide"] == ["Variation 4", "Variation 5"]


def test_the_options_that_follow_count_from_the_new_end_and_others_keep_their_day(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        contract, first = contract_named(session, "IT-CH"), of(session, ExtensionOption, "IT-CH")
        days = {"Follows": "6 months before", "Follows the day after": "100 days before", "Fixed": ""}
        end = contract.end_date
        for number, (name, rule) in enumerate(days.items()):
            anchor = end + DAY if number == 1 else end
            words = f"{rule} {format_date(anchor)}" if rule else ""
            session.add(
                ExtensionOption(
                    contract_id=contract.id,
                    name=name,
                    months=1,
                    decide_by=end - timedelta(days=200),
                    rule=words,
                    recorded_on=YESTERDAY,
                )
            )
        first.decide_by, first.months = end, 12
        exit_plan: dict[str, Any] = {"name": "Exit plan", "owed_by": Party.PARTNER, "due_on": end - timedelta(days=180)}
        session.add(Obligation(contract_id=contract.id, rule=f"180 days before {format_date(end)}", **exit_plan))
        contract.start_date, contract.regime, contract.light_touch = date(2026, 1, 1), Regime.ACT_2023, False
        contract.longest_end_date = extended(end, 24)
        session.flush()
        done = options.decide(act(session, "U0RHIAN"), first.public_id, OptionEvent.TAKEN, TODAY, WHY)
        new_end = extended(end, 12)
        calendar = published().of(contract.nation)
        assert {row.name: (row.rule, row.decide_by) for row, _ in done.moved} == {
            "Follows": (
                f"6 months before {format_date(new_end)}",
                parse_deadline(f"6 months before {format_date(new_end)}").on(calendar),
            ),
            "Follows the day after": (
                f"100 days before {format_date(new_end + DAY)}",
                new_end + DAY - timedelta(days=100),
            ),
        }
        assert {was for _, was in done.moved} == {end - timedelta(days=200)}
        assert "Fixed" in {row.name for row in done.unmoved}
        assert [row.name for row in done.left] == ["Exit plan"]
        entries = trail(session, "day to decide worked out again")
        assert [each.subject for each in entries] == ["IT-CH, Follows", "IT-CH, Follows the day after"]
        assert all(each.changes["decide by"][0] == format_date(end - timedelta(days=200)) for each in entries)
        assert done.changed is not None
        assert done.is_a_change
        assert [each.due for each in done.changed.duties if "UK11" in each.name] == [new_end + timedelta(days=29)]


@pytest.mark.parametrize(
    ("on", "reason", "field"),
    [
        (TOMORROW, WHY, "on"),
        (date(2025, 3, 31), WHY, "on"),
        (TODAY, " ", "reason"),
        (TODAY, "x" * 1001, "reason"),
        (TODAY, "For AB 12 34 56 C", "reason"),
    ],
)
def test_a_decision_has_a_day_that_can_be_and_a_reason(unchanged: Database, on: date, reason: str, field: str) -> None:
    with unchanged.rehearsing() as session:
        key = of(session, ExtensionOption).public_id
        assert refusal(options.decide, act(session, AMIRA), key, OptionEvent.TAKEN, on, reason).field == field


def test_a_memo_is_acknowledged_once_from_the_day_when_it_was_sent(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        memo = of(session, DocumentRecipient)
        memo.acknowledged_on = None
        session.flush()
        for day in (TOMORROW, date(2026, 12, 9)):
            assert refusal(memos.acknowledge, act(session, AMIRA), memo.public_id, day).field == "on"
        assert memo.acknowledged_on is None
        memos.acknowledge(act(session, AMIRA), memo.public_id, date(2026, 12, 10))
        assert memo.acknowledged_on == date(2026, 12, 10)
        (entry,) = trail(session, "memo acknowledged")
        assert (entry.subject, entry.actor) == ("WP-NE, Change memo 3", AMIRA)
        assert entry.changes == {"acknowledged on": ["nothing", "10 December 2026"]}
        refused = refusal(memos.acknowledge, act(session, NADIA), memo.public_id, TODAY)
        assert refused.sentence == "Change memo 3 was acknowledged on 10 December 2026 already, so nothing was done."


@pytest.mark.parametrize("event", [event for event in PlanEvent if event is not PlanEvent.SUBMITTED])
@pytest.mark.parametrize("status", PlanStatus)
def test_a_plan_follows_its_life_cycle_and_nothing_else(
    unchanged: Database, status: PlanStatus, event: PlanEvent
) -> None:
    """The head may do all of it, but what the partner does."""
    with unchanged.rehearsing() as session:
        plan, head = new_plan(session, status), act(session, NADIA)
        if not PLAN.allows(status, event):
            said = refusal(plans.settle, head, plan.public_id, event, TODAY, WHY).sentence
            assert said.startswith(f"This plan is {status}, so it cannot be {event}, and nothing was done.")
            assert (plan.status, plan.reason, plan.received_on) == (status, "", None)
            return
        row = PLAN.follow(status, event)
        assert row in plans.plan_to_settle(head, plan.public_id).offered
        plans.settle(head, plan.public_id, event, YESTERDAY, WHY, DETAILS)
        assert (plan.status, plan.reason) == (row.to, WHY)
        assert plan.received_on == (YESTERDAY if event is PlanEvent.RECEIVED else None)
        (entry,) = trail(session, row.in_history)
        assert (entry.subject, entry.why) == ("WP-NE, Bring starts back", WHY)
        assert entry.changes["status"] == [status, row.to]
        assert entry.changes[f"{event} on"] == ["nothing", "3 January 2027"]
        assert entry.changes.get("due on", ["", ""])[1] == _new_day(row.to)
        assert plan.grounds == ("not enough detail, takes too long" if event is PlanEvent.REJECTED else "")
        assert plan.opportunity == ("They had ten weeks" if event is PlanEvent.FAILED else "")


def _new_day(status: PlanStatus) -> str:
    """The day that a plan gets with a status: 10 working days after 3 January 2027, or 5 for one that comes again."""
    match status:
        case PlanStatus.INFORMAL | PlanStatus.NOTICE | PlanStatus.REQUESTED:
            return "15 January 2027"
        case PlanStatus.REJECTED:
            return "8 January 2027"
        case _:
            return ""


@pytest.mark.parametrize(
    ("nation", "due"),
    [(Nation.ENGLAND_AND_WALES, date(2027, 1, 8)), (Nation.SCOTLAND, date(2027, 1, 11))],  # 4 January is no working day
)
def test_a_rejected_plan_is_due_again_five_working_days_later(unchanged: Database, nation: Nation, due: date) -> None:
    with unchanged.rehearsing() as session:
        plan = new_plan(session, PlanStatus.SUBMITTED)
        contract_named(session, "WP-NE").nation = nation
        session.flush()
        plans.settle(act(session, AMIRA), plan.public_id, PlanEvent.REJECTED, date(2027, 1, 3), WHY, DETAILS)
        assert plan.due_on == due
        plans.settle(act(session, AMIRA), plan.public_id, PlanEvent.RECEIVED, TODAY, "")
        assert plan.due_on == due, "it came, and that day stays"


def test_a_plan_needs_a_reason_where_its_life_cycle_says_so_and_keeps_the_last_one(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        plan, head = new_plan(session), act(session, NADIA)
        for event in (PlanEvent.RECEIVED, PlanEvent.REJECTED, PlanEvent.RECEIVED, PlanEvent.ACCEPTED):
            if PLAN.follow(plan.status, event).needs_reason:
                assert refusal(plans.settle, head, plan.public_id, event, TODAY, " ").field == "reason"
                plans.settle(head, plan.public_id, event, TODAY, "No dates", DETAILS)
            else:
                plans.settle(head, plan.public_id, event, TODAY, "")
        assert (plan.status, plan.reason) == (PlanStatus.ACCEPTED, "No dates")


@pytest.mark.parametrize("on", [TOMORROW, date(2026, 11, 30)])
def test_a_plan_is_settled_on_a_day_that_can_be(unchanged: Database, on: date) -> None:
    with unchanged.rehearsing() as session:
        plan = new_plan(session)
        assert refusal(plans.settle, act(session, AMIRA), plan.public_id, PlanEvent.RECEIVED, on, "").field == "on"


def test_the_days_of_a_plan_are_in_their_order(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        asker, plan = act(session, AMIRA), new_plan(session)
        plan.requested_on = TODAY - 20 * DAY
        plans.settle(asker, plan.public_id, PlanEvent.RECEIVED, TODAY - 5 * DAY, "")
        refused = refusal(plans.settle, asker, plan.public_id, PlanEvent.ACCEPTED, TODAY - 6 * DAY, "")
        assert "is before the plan was submitted, on 30 December 2026" in refused.sentence
        assert refused.field == "on"


def test_an_option_that_may_not_be_taken_is_offered_to_be_declined_alone(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        option, contract = of(session, ExtensionOption), contract_named(session, "WP-NE")
        contract.longest_end_date = contract.end_date
        session.flush()
        asked = options.option_to_decide(act(session, AMIRA), option.public_id)
        assert [value for _, value in asked.choices] == ["declined"]


def test_a_senior_owner_declares_a_plan_failed_and_does_nothing_else_with_it(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        plan, owner = new_plan(session, PlanStatus.MONITORED), act(session, HELEN)
        assert [row.event for row in plans.plan_to_settle(owner, plan.public_id).offered] == [PlanEvent.FAILED]
        with pytest.raises(Denied):
            plans.settle(owner, plan.public_id, PlanEvent.CURED, TODAY, WHY)
        plans.settle(owner, plan.public_id, PlanEvent.FAILED, TODAY, WHY, DETAILS)
        assert plan.status is PlanStatus.FAILED
        refused = refusal(plans.plan_to_settle, owner, plan.public_id)
        assert refused.sentence == "This plan is failed already. Nothing more can be done with it."


def test_a_senior_owner_is_offered_nothing_of_a_plan_that_waits_for_a_decision(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        plan = new_plan(session, PlanStatus.SUBMITTED)
        with pytest.raises(Denied):
            plans.plan_to_settle(act(session, HELEN), plan.public_id)


@pytest.mark.parametrize("user", ["U0CALLUM", "U0JOSEPH", PRIYA, "U0TOMASZ"])
def test_who_may_not_change_a_contract_decides_on_nothing(unchanged: Database, user: str) -> None:
    with unchanged.rehearsing() as session:
        asker, plan = act(session, user), new_plan(session)
        option, memo = of(session, ExtensionOption), of(session, DocumentRecipient)
        memo.acknowledged_on = None
        session.flush()
        before = [row.model_dump() for row in (plan, option, memo, contract_named(session, "WP-NE"))]
        for settle, *given in (
            (options.option_to_decide, option.public_id),
            (options.decide, option.public_id, OptionEvent.TAKEN, TODAY, WHY),
            (memos.memo_to_acknowledge, memo.public_id),
            (memos.acknowledge, memo.public_id, TODAY),
            (plans.settle, plan.public_id, PlanEvent.RECEIVED, TODAY, ""),
        ):
            with pytest.raises(Denied):
                settle(asker, *given)
        assert [row.model_dump() for row in (plan, option, memo, contract_named(session, "WP-NE"))] == before


@pytest.mark.parametrize("key", ["", "0", "no-such-record-0"])
def test_a_button_of_nothing_in_the_record_is_refused(unchanged: Database, key: str) -> None:
    with unchanged.rehearsing() as session:
        for look, what in (
            (options.option_to_decide, "option"),
            (memos.memo_to_acknowledge, "memo"),
            (plans.plan_to_settle, "plan"),
        ):
            said = refusal(look, act(session, AMIRA), key).sentence
            assert (
                said == f"This {what} is no longer in the record, so nothing was done. Open the contract's page again."
            )


def offered(ctx: ActorContext, contract: ContractRef) -> list[DueLine]:
    """What is due on a contract with a form of these."""
    due = due_lines.lines(ctx, due_lines.due_on_contract(ctx, contract.id, Audience.INTERNAL))
    return [line for line in due if line.form is not None and line.form.action in SETTLED_HERE]


def test_what_is_open_on_a_contract_is_offered_to_those_who_may_settle_it(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        memo, plan, option = of(session, DocumentRecipient), new_plan(session), of(session, ExtensionOption)
        of_it = col(Milestone.contract_id) == option.contract_id
        milestone = session.scalars(select(Milestone).where(of_it, col(Milestone.met_on).is_(None))).one()
        memo.acknowledged_on = None
        session.flush()
        contract = contract_facts(session, option.contract_id)
        found = {user: {each.key for each in offered(act(session, user), contract)} for user in (AMIRA, HELEN, PRIYA)}
        assert found[AMIRA] == {option.public_id, memo.public_id, plan.public_id, milestone.public_id}
        assert (found[HELEN], found[PRIYA]) == ({option.public_id, plan.public_id, milestone.public_id}, set())
        milestone.met_on = TODAY
        memo.acknowledged_on, option.decision, plan.status = TODAY, Decision.DECLINED, PlanStatus.CURED
        session.flush()
        assert offered(act(session, AMIRA), contract) == []


def test_each_record_has_a_key_of_its_own(unchanged: Database) -> None:
    models: tuple[type[SQLModel], ...] = (ExtensionOption, DocumentRecipient, RectificationPlan, Contract)
    with unchanged.rehearsing() as session:
        keys = [row.public_id for model in models for row in session.scalars(select(model)).all()]  # type: ignore[attr-defined]  # all of them have one
    assert len(keys) == len(set(keys)) > 30
