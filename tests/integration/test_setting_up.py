"""The first run and what follows it: who may begin, once, and where the test message stands."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from bot.db import Database
from bot.errors import UserError
from bot.identity import Denied, Identity, find_actor
from bot.models import Organisation, OrganisationKind, OutboxMessage, OutboxState, Person, Team
from bot.policy import RegisterPermission
from bot.services.people import setup
from bot.services.people.setup import WhomToAsk
from bot.services.unit_of_work import ActorContext, NewcomerContext
from tests.builders import CALENDAR, MESSAGES, MONDAY, act

OWNER = Identity("U0OWNER", frozenset({"T0OURS", "E0ALL"}), name="Olu Owner", runs_workspace=True)


def newcomer(session: Session, identity: Identity = OWNER) -> NewcomerContext:
    return NewcomerContext(session, MONDAY, CALENDAR, MESSAGES, identity.user, identity)


def test_who_runs_the_workspace_begins_and_can_then_do_what_an_administrator_can(empty: Database) -> None:
    with empty.rehearsing() as session:
        assert setup.whom_to_ask(newcomer(session)) == WhomToAsk(False, True, [])
        setup.begin(newcomer(session), " Department ")
        assert session.scalars(select(col(Team.slack))).all() == ["T0OURS"], "not the whole Enterprise organisation"
        owner = ActorContext(session, MONDAY, CALENDAR, MESSAGES, OWNER.user, find_actor(session, OWNER))
        assert (owner.actor.home, owner.actor.is_administrator) == ("T0OURS", True)
        assert owner.abilities() == set(RegisterPermission), "with no contract yet there is nothing to do on one"
        found = setup.checklist(owner)
        assert (found.department, found.people, found.partners, found.contracts) == ("Department", 1, 0, 0)
        assert (found.channels, found.portfolio, found.test) == (0, None, None)


@pytest.mark.parametrize(
    "identity",
    [
        pytest.param(Identity("U1", frozenset({"T1"})), id="a colleague"),
        pytest.param(Identity("U1", frozenset({"T1"}), runs_workspace=True, is_guest=True), id="a guest"),
        pytest.param(Identity("U1", frozenset(), runs_workspace=True), id="a stranger"),
        pytest.param(
            Identity("U1", frozenset({"T1"}), runs_workspace=True, is_active_person=False), id="deactivated, or a bot"
        ),
    ],
)
def test_nobody_else_begins(still_empty: Database, identity: Identity) -> None:
    with still_empty.rehearsing() as session:
        assert setup.whom_to_ask(newcomer(session, identity)) == WhomToAsk(False, False, [])
        with pytest.raises(Denied, match="Liaison is not set up yet, and only"):
            setup.begin(newcomer(session, identity), "Department")


def test_nobody_begins_where_there_is_a_department(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        assert setup.whom_to_ask(newcomer(session)) == WhomToAsk(True, False, [])
        with pytest.raises(UserError, match="Ask one of its administrators to add you"):
            setup.begin(newcomer(session), "Department")


def test_of_two_who_begin_at_the_same_instant_the_database_lets_one(empty: Database) -> None:
    """Neither sees the other's department, but its key is taken once."""
    with empty.writing() as session:
        setup.begin(newcomer(session), "First")
    with empty.rehearsing() as session:
        session.add(Organisation(key=setup.DEPARTMENT, name="Second", kind=OrganisationKind.DEPARTMENT))
        with pytest.raises(IntegrityError):
            session.flush()


def test_administrators_are_named_to_colleagues_and_to_nobody_else(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        session.execute(update(Person).values(administrator=col(Person.slack).in_(["U0NADIA", "U0AMIRA"])))
        for identity, named in (
            (Identity("U0MARTHA", frozenset({"T0DEPT"})), ["U0AMIRA", "U0NADIA"]),
            (Identity("U0GUEST", frozenset({"T0DEPT"}), is_guest=True), []),
            (Identity("U0NEW", frozenset({"T0NORTHGATE"})), []),
        ):
            assert setup.whom_to_ask(newcomer(session, identity)).administrators == named


def test_the_checklist_tells_where_the_last_test_message_stands(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        nadia, amira = act(session, "U0NADIA"), act(session, "U0AMIRA")
        for key in ("click 1", "click 2"):
            setup.send_test(nadia, key)
        last = session.scalars(select(OutboxMessage).order_by(col(OutboxMessage.id).desc()).limit(1)).one()
        assert (last.channel, last.contract_id, setup.checklist(nadia).test) == (
            "U0NADIA",
            None,
            OutboxState.PENDING,
        )
        last.state, last.last_error = OutboxState.DEAD, "user_disabled"
        session.flush()
        found = setup.checklist(nadia)
        assert (found.test, found.problem) == (OutboxState.DEAD, "user_disabled")
        with pytest.raises(Denied):
            setup.checklist(amira)
        with pytest.raises(Denied):
            setup.send_test(amira, "click 3")
