"""What one side owes the other is said to be done, confirmed or opened again: along its life cycle, by who may, told to
who must know, and late for nobody while it waits for the department."""

from collections.abc import Callable
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.due_kinds import DueKind
from bot.domain.owed_cycle import OWED, OwedEvent, OwedState
from bot.errors import UserError
from bot.identity import Denied
from bot.models import Audience, Milestone, MilestoneKind, Obligation, OutboxMessage, Party, TrailEntry
from bot.scopes import EVERYWHERE
from bot.services.due import due_lines
from bot.services.due.open_items import open_items
from bot.services.due.selection import DueBetween
from bot.services.due.source import DueItem
from bot.services.specification import owed, owed_list
from bot.services.specification.owed import Owed, OwedDone
from tests.builders import DAY, MONDAY, act, contract_named, work
from tests.integration.together import at_once

AMIRA, NADIA, HELEN, PRIYA, SEUN = "U0AMIRA", "U0NADIA", "U0HELEN", "U0PRIYA", "U0SEUN"
TODAY = MONDAY.date()
LATE = TODAY - timedelta(days=20)
NAME = "Open the Gateshead office"
SHOWN, WHY = "Signed off by the board on 2 January", "Two of five sites are still shut"


def new(session: Session, model: type[Owed] = Milestone, owed_by: Party = Party.PARTNER, due: date = LATE) -> Owed:
    """What is owed on WP-NE, and late."""
    usual: dict[str, Any] = {"contract_id": contract_named(session, "WP-NE").id, "name": NAME, "due_on": due}
    kind: dict[str, Any] = {"kind": MilestoneKind.MILESTONE} if model is Milestone else {}
    item = model(**usual, **kind, owed_by=owed_by)
    session.add(item)
    session.flush()
    return item


def in_state(session: Session, state: OwedState, model: type[Owed] = Milestone) -> Owed:
    item = new(session, model)
    if state is OwedState.SAID_DONE:
        owed.done(act(session, PRIYA), item.public_id, TODAY, SHOWN)
    if state is OwedState.MET:
        owed.done(act(session, AMIRA), item.public_id, TODAY, SHOWN)
    assert item.state is state
    return item


def of(event: OwedEvent, state: OwedState) -> Callable[[Session, Owed], OwedDone]:
    """What people do to it: what is open is met by who notes it, what was said done by who confirms it."""
    match event:
        case OwedEvent.SAID_DONE:
            return lambda session, item: owed.done(act(session, PRIYA), item.public_id, TODAY, SHOWN)
        case OwedEvent.MET if state is OwedState.OPEN:
            return lambda session, item: owed.done(act(session, AMIRA), item.public_id, TODAY, SHOWN)
        case OwedEvent.MET:
            return lambda session, item: owed.confirm(act(session, AMIRA), item.public_id, OwedEvent.MET, TODAY, "")
        case OwedEvent.NOT_YET:
            return lambda session, item: owed.confirm(act(session, AMIRA), item.public_id, event, TODAY, WHY)


@pytest.mark.parametrize("event", OwedEvent)
@pytest.mark.parametrize("state", OwedState)
@pytest.mark.parametrize("model", [Milestone, Obligation])
def test_what_is_owed_follows_its_life_cycle_and_nothing_else(
    unchanged: Database, model: type[Owed], state: OwedState, event: OwedEvent
) -> None:
    with unchanged.rehearsing() as session:
        item, do = in_state(session, state, model), of(event, state)
        if not OWED.allows(state, event):
            with pytest.raises(UserError, match="nothing was done"):
                do(session, item)
            assert item.state is state
            return
        do(session, item)
        followed = OWED.follow(state, event)
        assert item.state is followed.to
        last = session.scalars(select(TrailEntry).order_by(col(TrailEntry.id).desc()).limit(1)).one()
        assert last.action == f"{model.__name__.lower()} {followed.in_history}"


def due(session: Session, user: str) -> list[DueItem]:
    """What is due on WP-NE, as somebody's side sees it."""
    audience = Audience.SHARED if user == PRIYA else Audience.INTERNAL
    found = due_lines.due_on_contract(act(session, user), contract_named(session, "WP-NE").id, audience)
    return [each for each in found if "Gateshead" in each.what]


def told(session: Session, who: str) -> list[OutboxMessage]:
    """What somebody is told of it."""
    rows = select(OutboxMessage).where(col(OutboxMessage.channel) == who).order_by(col(OutboxMessage.id))
    return [each for each in session.scalars(rows) if "Gateshead" in each.text]


@pytest.mark.parametrize("model", [Milestone, Obligation])
def test_what_was_said_done_waits_for_the_department_and_is_late_for_nobody(
    unchanged: Database, model: type[Owed]
) -> None:
    with unchanged.rehearsing() as session:
        item = new(session, model)
        assert [each.owed_by for each in due(session, PRIYA)] == [Party.PARTNER]
        done = owed.done(act(session, PRIYA), item.public_id, LATE, SHOWN)
        assert (item.said_done_on, item.said_on, item.evidence) == (LATE, TODAY, SHOWN)
        assert item.said_done_by_id == act(session, PRIYA).actor.person_id
        assert done.followed.to is OwedState.SAID_DONE
        (waits,) = due(session, AMIRA)
        assert (waits.owed_by, waits.reminded) == (Party.DEPARTMENT, Party.DEPARTMENT)
        assert (waits.due_on, waits.is_late(TODAY)) == (date(2027, 1, 11), False), "5 working days after it was said"
        assert due_lines.owed_by_partner(act(session, PRIYA)) == [
            each for each in due_lines.owed_by_partner(act(session, PRIYA)) if "Gateshead" not in each.what
        ]
        (line,) = due_lines.lines(act(session, AMIRA), [waits])
        assert line.form is not None
        assert (line.form.words, line.key) == ("Confirm", item.public_id)
        (theirs,) = due_lines.lines(act(session, PRIYA), due(session, PRIYA))
        assert (theirs.what, theirs.form) == ("For the department to confirm: Open the Gateshead office", None)
        (asked,) = told(session, AMIRA)
        assert (asked.text, asked.audience) == (
            "Priya Nair says that it is done: Open the Gateshead office on WP-NE. Please confirm it.",
            Audience.INTERNAL,
        )


def test_what_is_confirmed_is_met_on_the_day_and_by_whom_and_the_message_says_so(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        item = in_state(session, OwedState.SAID_DONE)
        owed.confirm(act(session, NADIA), item.public_id, OwedEvent.MET, LATE, "")
        assert (item.met_on, item.met_by_id) == (LATE, act(session, NADIA).actor.person_id)
        assert (item.evidence, item.said_on) == (SHOWN, TODAY), "what was said is kept"
        assert due(session, AMIRA) == []
        asked, answered = told(session, AMIRA)
        assert answered.replaces_id == asked.id
        assert answered.text == "Nadia Rahman confirmed that it is done: Open the Gateshead office on WP-NE"


def test_not_yet_opens_it_again_and_tells_its_side_why_each_time(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        item = in_state(session, OwedState.SAID_DONE)
        for time in (1, 2):
            owed.confirm(act(session, AMIRA), item.public_id, OwedEvent.NOT_YET, TODAY, WHY)
            assert (item.said_on, item.said_done_on, item.said_done_by_id) == (None, None, None)
            (again,) = due(session, PRIYA)
            assert (again.owed_by, again.due_on, again.is_late(TODAY)) == (Party.PARTNER, LATE, True)
            answers = [each for each in told(session, PRIYA) if each.text.startswith("Not done yet")]
            assert len(answers) == time
            assert {each.audience for each in answers} == {Audience.SHARED}
            assert WHY in str(answers[-1].blocks)
            owed.done(act(session, PRIYA), item.public_id, TODAY, SHOWN)
        entry = session.scalars(select(TrailEntry).where(col(TrailEntry.action) == "milestone not done yet")).first()
        assert entry is not None
        assert (entry.why, entry.actor) == (WHY, AMIRA)


@pytest.mark.parametrize("user", [PRIYA, SEUN, "U0RHIAN"])
def test_nobody_says_that_anything_is_done_that_they_do_not_owe(unchanged: Database, user: str) -> None:
    with unchanged.rehearsing() as session:
        item = new(session, owed_by=Party.DEPARTMENT)
        for do in (
            lambda: owed.owed_item(act(session, user), item.public_id),
            lambda: owed.done(act(session, user), item.public_id, TODAY, SHOWN),
        ):
            with pytest.raises(Denied, match="You do not have a role"):
                do()
        assert item.state is OwedState.OPEN


def test_a_partner_confirms_nothing_and_a_made_up_key_names_nothing(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        item = in_state(session, OwedState.SAID_DONE)
        with pytest.raises(Denied):
            owed.confirm(act(session, PRIYA), item.public_id, OwedEvent.MET, TODAY, "")
        with pytest.raises(UserError, match="Priya Nair said on 4 January 2027 that it is done"):
            owed.owed_item(act(session, PRIYA), item.public_id)
        with pytest.raises(UserError, match="no longer in the record"):
            owed.owed_item(act(session, AMIRA), "AAAAAAAAAAAAAAAA")
        assert item.state is OwedState.SAID_DONE


@pytest.mark.parametrize(
    ("on", "evidence", "field"),
    [(TODAY + timedelta(days=1), SHOWN, "on"), (TODAY, "", "evidence"), (TODAY, "x" * 1001, "evidence")],
)
def test_a_day_to_come_and_missing_evidence_are_refused(
    unchanged: Database, on: date, evidence: str, field: str
) -> None:
    with unchanged.rehearsing() as session:
        item = new(session)
        for user in (AMIRA, PRIYA):
            with pytest.raises(UserError) as refused:
                owed.done(act(session, user), item.public_id, on, evidence)
            assert refused.value.field == field
        assert item.state is OwedState.OPEN
        owed.done(act(session, PRIYA), item.public_id, TODAY, SHOWN)
        with pytest.raises(UserError) as refused:
            owed.confirm(act(session, AMIRA), item.public_id, OwedEvent.NOT_YET, TODAY, " ")
        assert refused.value.field == "reason"


def test_a_department_duty_that_is_late_is_met_by_its_manager_at_once(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        item = new(session, Obligation, Party.DEPARTMENT)
        assert [each.is_late(TODAY) for each in due(session, AMIRA)] == [True]
        owed.done(act(session, AMIRA), item.public_id, LATE, SHOWN)
        assert (item.met_on, item.state) == (LATE, OwedState.MET)
        assert [
            each.kind for each in open_items(work(session), EVERYWHERE, DueBetween()) if "Gateshead" in each.what
        ] == []
        assert told(session, AMIRA) == []


def test_of_two_who_answer_at_once_one_does(portfolio: Database, portfolio_url: str) -> None:
    with portfolio.writing() as session:
        key = in_state(session, OwedState.SAID_DONE).public_id

    def answer(database: Database, barrier: Barrier) -> str:
        barrier.wait()
        try:
            with database.writing() as session:
                return owed.confirm(act(session, AMIRA), key, OwedEvent.MET, TODAY, "").followed.to
        except UserError as refused:
            return refused.sentence

    done, refused = sorted(at_once(portfolio_url, 2, answer), reverse=True)
    assert (done, refused[:31]) == (OwedState.MET, "This is met, so it cannot be me")


def test_the_kinds_to_confirm_are_reminded_of_as_their_own(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        in_state(session, OwedState.SAID_DONE, Obligation)
        assert [each.kind for each in due(session, AMIRA)] == [DueKind.OBLIGATION_TO_CONFIRM]


def listed(session: Session, user: str, key: str = "") -> list[str]:
    """What somebody can choose from in a summary's form, of what a test has made."""
    return [each.what for each in owed_list.owed_to_settle(act(session, user), key).choices if NAME in each.what]


def test_a_summary_s_form_offers_what_is_late_or_due_soon_to_whoever_can_settle_it(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        ours = new(session, owed_by=Party.DEPARTMENT)
        ours.name = f"{NAME} of the department"
        session.flush()
        late = new(session)
        soon, later = TODAY + 14 * DAY, TODAY + 15 * DAY
        for due_on in (soon, later):
            new(session, Obligation, due=due_on).name = f"{NAME} again, {due_on}"
        session.flush()
        key = {reference: contract_named(session, reference).public_id for reference in ("WP-NE", "HA-EW")}
        theirs = [NAME, f"{NAME} again, {soon}"]
        assert sorted(listed(session, PRIYA, key["WP-NE"])) == theirs, "theirs alone"
        everything = sorted([*theirs, ours.name])
        assert sorted(listed(session, AMIRA, key["WP-NE"])) == sorted(listed(session, AMIRA)) == everything
        owed.done(act(session, PRIYA), late.public_id, TODAY, SHOWN)
        assert f"Confirm that it is done: {NAME}" in listed(session, AMIRA)
        assert NAME not in listed(session, AMIRA)
        with pytest.raises(UserError, match="Nothing that you can say is done"):
            owed_list.owed_to_settle(act(session, SEUN), key["HA-EW"])
        with pytest.raises(Denied):
            owed_list.owed_to_settle(act(session, SEUN), key["WP-NE"])


def test_more_than_slack_takes_are_counted(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        for number in range(owed_list.MOST):
            new(session).name = f"{NAME} {number}"
        new(session, due=TODAY)
        session.flush()
        found = owed_list.owed_to_settle(act(session, PRIYA), contract_named(session, "WP-NE").public_id)
        assert (len(found.choices), found.more) == (owed_list.MOST, 1)
        assert {each.on for each in found.choices} == {LATE}, "the oldest first"
