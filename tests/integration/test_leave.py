"""Leave: whose may be set by whom, its edges, and what the history of each contract says."""

from datetime import date

import pytest
from sqlalchemy import select, update
from sqlmodel import Session, col

from bot import access, policy
from bot.access import Permission
from bot.db import Database
from bot.errors import UserError
from bot.identity import Denied, Identity
from bot.models import Absence, Person, Role, TrailEntry
from bot.services.lookup.people import CannotAdd
from bot.services.people.leave import cancel_leave, own_leave, set_leave
from tests.builders import DAY, MONDAY, act, contract_named

TODAY = MONDAY.date()
AMIRA, RHIAN, HELEN, NADIA, PRIYA, LIAM = "U0AMIRA", "U0RHIAN", "U0HELEN", "U0NADIA", "U0PRIYA", "U0LIAM"
DEPUTY = Identity(RHIAN, frozenset({"T0DEPT"}), name="Rhian Pritchard")


def number_of(session: Session, user: str) -> int:
    return session.scalars(select(col(Person.id)).where(col(Person.slack) == user)).one()


def history(session: Session, action: str) -> list[TrailEntry]:
    statement = select(TrailEntry).where(col(TrailEntry.action) == action).order_by(col(TrailEntry.id))
    return list(session.scalars(statement.order_by(col(TrailEntry.id))))


def test_a_deputy_may_what_the_person_may_on_the_days_of_leave_alone(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        session.execute(update(Role).values(deputy_id=None))
        amira = act(session, AMIRA)
        set_leave(amira, amira.actor.person_id, TODAY, TODAY + 2 * DAY, DEPUTY)
        rhian, contract = act(session, RHIAN).actor, contract_named(session, "WP-NE")
        for days, allowed in ((0, True), (2, True), (3, False)):
            roles = access.roles_on(session, rhian, contract.id, TODAY + days * DAY)
            assert policy.may(rhian, roles, contract.partner_id, Permission.APPOINT) is allowed
        entries = history(session, "deputies changed")
        assert [entry.subject for entry in entries] == ["DE-SW", "SE-CW", "SK-SC", "WP-NE"]
        assert entries[0].changes == {"deputy of Amira Shah (contract manager)": ["nobody", "Rhian Pritchard"]}
        set_leave(amira, amira.actor.person_id, TODAY + 3 * DAY, TODAY + 3 * DAY)
        assert own_leave(amira).deputies == [("Rhian Pritchard", ["DE-SW", "SE-CW", "SK-SC", "WP-NE"])]
        assert len(history(session, "deputies changed")) == 4, "who stood in stays"


@pytest.mark.parametrize(
    ("first", "last", "says"),
    [
        (-3, -1, "The last day has gone already"),
        (-1, 0, None),
        (
            9,
            10,
            "You are away from 14 January 2027 to 18 January 2027 already",
        ),  # each shares a day with the leave from the 10th to the 14th day
        (14, 20, "Choose other days, or cancel that leave first"),
        (11, 12, "Choose other days, or cancel that leave first"),
        (1, 30, "Choose other days, or cancel that leave first"),
        (1, 9, None),
        (15, 15, None),
    ],
)
def test_the_days_of_leave(unchanged: Database, first: int, last: int, says: str | None) -> None:
    with unchanged.rehearsing() as session:
        amira = act(session, AMIRA)
        session.add(Absence(person_id=amira.actor.person_id, first_day=TODAY + 10 * DAY, last_day=TODAY + 14 * DAY))
        session.flush()
        if says is None:
            set_leave(amira, amira.actor.person_id, TODAY + first * DAY, TODAY + last * DAY)
            return
        with pytest.raises(UserError, match=says):
            set_leave(amira, amira.actor.person_id, TODAY + first * DAY, TODAY + last * DAY)


def test_somebody_elses_leave_is_set_by_whoever_may_appoint_on_all_their_contracts(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        amira, helen = number_of(session, AMIRA), number_of(session, HELEN)
        made = set_leave(act(session, NADIA), amira, TODAY, TODAY + DAY)
        with pytest.raises(UserError, match="Amira Shah is away from 4 January 2027 to 5 January 2027 already"):
            set_leave(act(session, NADIA), amira, TODAY, TODAY)
        with pytest.raises(Denied):
            set_leave(act(session, AMIRA), helen, TODAY, TODAY)  # on some of Helen's contracts she has no role
        with pytest.raises(Denied):
            set_leave(act(session, PRIYA), amira, TODAY, TODAY)
        with pytest.raises(Denied):
            set_leave(act(session, AMIRA), number_of(session, LIAM), TODAY, TODAY)  # who has no role
        set_leave(act(session, NADIA), number_of(session, LIAM), TODAY, TODAY)  # she is an administrator
        with pytest.raises(UserError, match="This leave is no longer in the record,"):
            cancel_leave(act(session, NADIA), made.public_id)
        assert cancel_leave(act(session, AMIRA), made.public_id).coming == []


def test_leave_that_is_over_is_not_taken_back_and_of_what_has_begun_the_days_that_are_gone_stay(
    unchanged: Database,
) -> None:
    with unchanged.rehearsing() as session:
        amira = act(session, AMIRA)
        made = set_leave(amira, amira.actor.person_id, date(2027, 1, 4), date(2027, 1, 15))
        later = act(session, AMIRA, MONDAY + 2 * DAY)
        assert cancel_leave(later, made.public_id).coming == []
        assert made.last_day == date(2027, 1, 5)
        assert [entry.subject for entry in history(session, "leave ended")] == [AMIRA]
        for missing in (made.public_id, "", "no-such-record-0"):
            with pytest.raises(UserError, match="This leave is no longer in the record,"):
                cancel_leave(later, missing)


def test_a_partners_person_cannot_bring_in_a_guest_or_anybody_of_elsewhere_as_a_deputy(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        priya = act(session, PRIYA)
        for identity in (
            Identity("U0GUEST", frozenset({"T0DEPT"}), is_guest=True, name="Guest"),
            Identity("U0GRACE", frozenset({"T0HARBOUR"}), name="Grace Ellery"),
            Identity("U0NEW", frozenset({"T0HARBOUR"}), name="New"),
            Identity("U0STRANGER", frozenset(), name="Stranger"),
            Identity(AMIRA, frozenset({"T0DEPT"}), name="Amira Shah"),
            Identity(LIAM, frozenset({"T0NORTHGATE"}), is_active_person=False, name="Liam Thornton"),
        ):
            with pytest.raises(CannotAdd):
                set_leave(priya, priya.actor.person_id, TODAY, TODAY, identity)
        set_leave(priya, priya.actor.person_id, TODAY, TODAY, Identity(LIAM, frozenset({"T0NORTHGATE"})))
        assert own_leave(priya).deputies == [("Liam Thornton", ["WP-NE"])]
