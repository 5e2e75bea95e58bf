"""Who may do what: every person of the sample portfolio, for every action, on every contract."""

import pytest
from sqlalchemy import select, update
from sqlmodel import Session, col

from bot import access, policy
from bot.access import Permission
from bot.db import Database
from bot.errors import UserError
from bot.identity import Actor, Denied, Identity, Unknown, find_actor
from bot.models import Absence, Audience, Contract, Person, Role, RoleName
from bot.policy import RegisterPermission
from bot.services.lookup import contracts as contract_lookup
from tests.builders import DAY, MONDAY, act, contract_named, homes_of
from tests.samples import sample_sheets

DEPARTMENT, NORTHGATE, HARBOUR = "T0DEPT", "T0NORTHGATE", "T0HARBOUR"
TODAY = MONDAY.date()
DATA = sample_sheets()


WORK = {
    Permission.SEE,
    Permission.LOG_CONTACT,
    Permission.REPORT_PROGRESS,
    Permission.GIVE_EVIDENCE,
    Permission.RAISE_RISK,
    Permission.MANAGE_RISK,
    Permission.AUDIT,
    Permission.ANSWER_FINDINGS,
    Permission.CHASE,
}
PARTNERS_OWN = {Permission.TELL, Permission.ACKNOWLEDGE, Permission.SUBMIT_PLAN, Permission.COMMENT_CREDIT}
HIGH = {Permission.ENTER_LEVEL_3, Permission.ENTER_LEVEL_4}
ABOVE = {Permission.DECLARE_FAILED, Permission.APPROVE, Permission.WAIVE_CREDIT}  # for the head, not the manager
RULES = {  # once more in other words, to hold the policy against
    "contract manager": set(Permission) - PARTNERS_OWN - ABOVE - HIGH,
    "head of contract management": set(Permission) - PARTNERS_OWN - {Permission.ENTER_LEVEL_4},
    "commercial lead": WORK | {Permission.CHANGE, Permission.DECIDE, Permission.TAKE_OVER},
    "performance manager": WORK | {Permission.INTERVENE, Permission.ENTER_LEVEL_2},
    "senior owner": WORK
    | {Permission.TAKE_OVER, Permission.DECIDE, Permission.DECLARE_FAILED, Permission.APPROVE}
    | {Permission.INTERVENE, Permission.ENTER_LEVEL_4},
    "viewer": {Permission.SEE},
    "partner contact": {Permission.REPORT_PROGRESS, Permission.GIVE_EVIDENCE, Permission.ANSWER_FINDINGS}
    | PARTNERS_OWN,
}


def readers(action: Permission) -> Audience:
    """For whom the outcome of an action is: what the partner does itself, it reads as well."""
    return Audience.SHARED if action in RULES["partner contact"] else Audience.INTERNAL


def allowed_by_the_file() -> set[tuple[str, Permission, str]]:
    """What each role of the portfolio allows."""
    return {(row["person"], action, row["contract"]) for row in DATA["roles"] for action in RULES[row["role"]]}


def actor(session: Session, user: str) -> Actor:
    return find_actor(session, Identity(user, homes_of(session, user)))


def may(session: Session, who: Actor, action: Permission, contract: Contract) -> bool:
    try:
        access.require(session, who, TODAY, action, contract, readers(action))
    except Denied:
        return False
    return True


def give_role(session: Session, user: str, reference: str, role: RoleName) -> None:
    person = session.scalars(select(Person).where(col(Person.slack) == user)).one()
    session.add(Role(contract_id=contract_named(session, reference).id, person_id=person.id, role=role))
    session.flush()


def test_everybody_may_do_what_their_role_says_and_nothing_else(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        people = [actor(session, person["slack"]) for person in DATA["people"]]
        contracts = session.scalars(select(Contract)).all()
        allowed = {
            (who.slack, action, contract.reference)
            for who in people
            for action in Permission
            for contract in contracts
            if may(session, who, action, contract)
        }
    assert allowed == allowed_by_the_file()
    assert len(people) * len(Permission) * len(contracts) == 23 * 26 * 12


def test_the_contracts_on_offer_are_those_on_which_it_is_allowed(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        offered = {
            (person["slack"], action, contract.reference)
            for person in DATA["people"]
            for action in Permission
            for contract in access.contracts_open_to(
                session, actor(session, person["slack"]), TODAY, action, readers(action)
            )
        }
    assert offered == allowed_by_the_file()


@pytest.mark.parametrize(
    ("user", "reference", "action", "allowed"),
    [
        ("U0AMIRA", "WP-NE", Permission.LOG_CONTACT, True),  # its contract manager
        ("U0NADIA", "WP-NE", Permission.RAISE_RISK, True),  # the head of contract management
        ("U0HELEN", "WP-NE", Permission.RAISE_RISK, True),  # its senior owner
        ("U0PRIYA", "WP-NE", Permission.REPORT_PROGRESS, True),  # its partner's contact
        ("U0PRIYA", "WP-NE", Permission.RAISE_RISK, False),  # partners never see risks
        ("U0PRIYA", "WP-NE", Permission.LOG_CONTACT, False),
        ("U0PRIYA", "WP-NE", Permission.SEE, False),  # nor the page that shows them
        ("U0LIAM", "WP-NE", Permission.REPORT_PROGRESS, False),  # of the partner, with no role
        ("U0GRACE", "WP-NE", Permission.REPORT_PROGRESS, False),  # another partner's contact
        ("U0PRIYA", "HA-EW", Permission.REPORT_PROGRESS, False),
        ("U0AMIRA", "HA-EW", Permission.REPORT_PROGRESS, False),  # a manager of other contracts
        ("U0JOSEPH", "WP-NE", Permission.RAISE_RISK, False),  # a senior owner of other contracts
    ],
)
def test_the_roles_that_matter_most(
    unchanged: Database, user: str, reference: str, action: Permission, allowed: bool
) -> None:
    with unchanged.rehearsing() as session:
        assert may(session, actor(session, user), action, contract_named(session, reference)) is allowed


@pytest.mark.parametrize(
    "identity",
    [
        pytest.param(Identity("U0NOBODY", frozenset({DEPARTMENT})), id="somebody unknown"),
        pytest.param(Identity("U0MARTHA", frozenset({DEPARTMENT})), id="a colleague who is not in the register"),
        pytest.param(Identity("U0AMIRA", frozenset({DEPARTMENT}), is_guest=True), id="a guest of the department"),
        pytest.param(Identity("U0AMIRA", frozenset({DEPARTMENT}), is_active_person=False), id="deactivated, or a bot"),
        pytest.param(Identity("U0PRIYA", frozenset({NORTHGATE}), is_active_person=False), id="a partner deactivated"),
        pytest.param(Identity("U0AMIRA", frozenset({NORTHGATE})), id="at home in another organisation"),
        pytest.param(Identity("U0PRIYA", frozenset({DEPARTMENT})), id="a partner at home in the department"),
        pytest.param(Identity("U0PRIYA", frozenset({HARBOUR})), id="a partner at home in another partner"),
        pytest.param(Identity("U0PRIYA", frozenset()), id="a stranger, with no home"),
        pytest.param(Identity("u0amira", frozenset({DEPARTMENT})), id="an id that only looks the same"),
        pytest.param(Identity("", frozenset({DEPARTMENT})), id="nobody"),
    ],
)
def test_who_cannot_be_confirmed_is_unknown_and_is_not_told_why(unchanged: Database, identity: Identity) -> None:
    with unchanged.rehearsing() as session, pytest.raises(Unknown) as refused:
        find_actor(session, identity)
    assert refused.value.reason
    assert refused.value.reason not in refused.value.sentence


def test_a_person_with_several_homes_is_known_by_the_one_that_the_register_lists(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        found = find_actor(session, Identity("U0AMIRA", frozenset({"E0GRID", DEPARTMENT})))
    assert (found.slack, found.name, found.organisation) == ("U0AMIRA", "Amira Shah", "Department for Opportunity")
    assert found.is_department


def test_a_partners_own_guest_counts_as_the_partner(unchanged: Database) -> None:
    """Guest rights are the department's affair: a partner's people are whoever the register names."""
    with unchanged.rehearsing() as session:
        found = find_actor(session, Identity("U0PRIYA", frozenset({NORTHGATE}), is_guest=True))
    assert not found.is_department


@pytest.mark.parametrize("action", list(Permission))
@pytest.mark.parametrize(
    ("user", "role"),
    [
        pytest.param("U0GRACE", RoleName.PARTNER_CONTACT, id="a contact from another partner"),
        pytest.param("U0GRACE", RoleName.CONTRACT_MANAGER, id="another partner's person as its manager"),
        pytest.param("U0LIAM", RoleName.SENIOR_OWNER, id="the partner's person as its senior owner"),
        pytest.param("U0JOSEPH", RoleName.PARTNER_CONTACT, id="the department's person as the partner's contact"),
    ],
)
def test_a_role_held_in_the_wrong_organisation_gives_nothing(
    unchanged: Database, user: str, role: RoleName, action: Permission
) -> None:
    with unchanged.rehearsing() as session:
        give_role(session, user, "WP-NE", role)
        who = actor(session, user)
        assert not may(session, who, action, contract_named(session, "WP-NE"))
        assert "WP-NE" not in {
            each.reference for each in access.contracts_open_to(session, who, TODAY, action, readers(action))
        }


def test_a_second_role_adds_to_the_first_and_lists_the_contract_once(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        give_role(session, "U0AMIRA", "WP-NE", RoleName.PERFORMANCE_MANAGER)
        offered = [
            each.reference
            for each in access.contracts_open_to(session, actor(session, "U0AMIRA"), TODAY, Permission.RAISE_RISK)
        ]
    assert offered == ["DE-SW", "SE-CW", "SK-SC", "WP-NE"]


def person(session: Session, user: str) -> Person:
    return session.scalars(select(Person).where(col(Person.slack) == user)).one()


def test_a_deputy_stands_in_on_days_of_leave_and_on_no_other(unchanged: Database) -> None:
    """Callum stands in for Amira on WP-NE while she is away: what a contract manager may do, and nothing elsewhere."""
    with unchanged.rehearsing() as session:
        contract, callum = contract_named(session, "WP-NE"), person(session, "U0CALLUM")
        amira = person(session, "U0AMIRA")
        session.get_one(Role, (contract.id, amira.id, RoleName.CONTRACT_MANAGER)).deputy_id = callum.id
        session.add(Absence(person_id=amira.id, first_day=TODAY, last_day=TODAY + 2 * DAY))
        session.flush()
        who = actor(session, "U0CALLUM")
        for day, stands_in in ((-1, False), (0, True), (2, True), (3, False)):
            found = access.roles_on(session, who, contract.id, TODAY + day * DAY)
            assert found == ({RoleName.CONTRACT_MANAGER} if stands_in else set())
            offered = access.contracts_open_to(session, who, TODAY + day * DAY, Permission.APPOINT)
            assert ("WP-NE" in {each.reference for each in offered}) is stands_in
        for day, expected in ((-1, amira), (1, callum)):
            answering = contract_lookup.person_in_role(
                session, contract.id, TODAY + day * DAY, RoleName.CONTRACT_MANAGER
            )
            assert answering == expected


def test_who_is_away_without_a_deputy_is_asked_last(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        contract, helen = contract_named(session, "WP-NE"), person(session, "U0HELEN")
        ladder = (RoleName.SENIOR_OWNER, RoleName.HEAD)
        asked = [role.person_id for role in session.scalars(select(Role)) if role.contract_id == contract.id]
        assert helen.id in asked
        session.execute(update(Role).values(deputy_id=None))
        session.add(Absence(person_id=helen.id, first_day=TODAY, last_day=TODAY))
        session.flush()
        answering = [contract_lookup.person_in_role(session, contract.id, TODAY + n * DAY, *ladder) for n in (0, 1)]
        assert answering == [person(session, "U0NADIA"), helen]


def test_a_viewer_sees_and_does_nothing(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        give_role(session, "U0JOSEPH", "WP-NE", RoleName.VIEWER)
        joseph, contract = actor(session, "U0JOSEPH"), contract_named(session, "WP-NE")
        assert [action for action in Permission if may(session, joseph, action, contract)] == [Permission.SEE]


def test_a_guest_is_their_partners_person_where_the_register_and_slack_say_so(unchanged: Database) -> None:
    """A partner's person in the department's own workspace carries the department's team, and no rights of its."""
    with unchanged.rehearsing() as session:
        northgate = person(session, "U0PRIYA").organisation_id
        session.add(Person(slack="U0GUEST", name="Guest", organisation_id=northgate, guest=True))
        session.flush()
        give_role(session, "U0GUEST", "WP-NE", RoleName.PARTNER_CONTACT)
        give_role(session, "U0GUEST", "WP-NE", RoleName.CONTRACT_MANAGER)
        guest = find_actor(session, Identity("U0GUEST", frozenset({DEPARTMENT}), is_guest=True))
        assert (guest.organisation, guest.is_department) == ("Northgate Futures Ltd", False)
        contract = contract_named(session, "WP-NE")
        assert {action for action in Permission if may(session, guest, action, contract)} == RULES["partner contact"]
        for identity in (
            Identity("U0GUEST", frozenset({DEPARTMENT})),  # in the register a guest, in Slack a colleague
            Identity("U0GUEST", frozenset({NORTHGATE}), is_guest=True),
        ):
            with pytest.raises(Unknown):
                find_actor(session, identity)


def test_an_administrator_keeps_every_contract_and_does_no_work_on_it(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        person(session, "U0JOSEPH").administrator = True
        person(session, "U0PRIYA").administrator = True  # which a partner's person never is
        session.flush()
        contract = contract_named(session, "WP-NE")
        for user, expected in (("U0JOSEPH", policy.ADMINISTRATION), ("U0PRIYA", RULES["partner contact"])):
            who = actor(session, user)
            assert {action for action in Permission if may(session, who, action, contract)} == expected
            keeps = [each for each in RegisterPermission if policy.may_on_register(who, set(), each)]
            assert keeps == (list(RegisterPermission) if user == "U0JOSEPH" else [])
            for action in policy.ADMINISTRATION:
                offered = access.contracts_open_to(session, who, TODAY, action)
                assert len(offered) == (12 if user == "U0JOSEPH" else 0)


def test_only_the_person_who_was_asked_may_acknowledge(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        helen = actor(session, "U0HELEN")
        asked = {helen.person_id}
        access.require_addressee(helen, asked)
        for person in DATA["people"]:
            if person["slack"] != "U0HELEN":
                with pytest.raises(Denied):
                    access.require_addressee(actor(session, person["slack"]), asked)


def test_a_partner_who_was_asked_by_mistake_may_not_acknowledge(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        priya = actor(session, "U0PRIYA")
        with pytest.raises(Denied):
            access.require_addressee(
                priya,
                {priya.person_id},
            )


def test_a_wrong_reference_is_answered_with_ones_own_and_never_with_anothers(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        with pytest.raises(UserError, match=r"Did you mean WP-NE\?"):
            contract_lookup.contract_for(act(session, "U0AMIRA"), "WP-EN", Permission.RAISE_RISK)
        with pytest.raises(UserError, match="No contract of yours fits") as refused:
            contract_lookup.contract_for(act(session, "U0GRACE"), "WP-EN", Permission.REPORT_PROGRESS, Audience.SHARED)
        assert "WP-NE" not in refused.value.sentence


def test_a_reference_is_read_in_any_case_and_with_space_around_it(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        found = contract_lookup.contract_for(act(session, "U0AMIRA"), " wp-ne ", Permission.RAISE_RISK)
        assert found.reference == "WP-NE"


def test_who_has_no_contract_is_told_whom_to_ask(unchanged: Database) -> None:
    with unchanged.rehearsing() as session, pytest.raises(UserError, match="Ask a contract manager"):
        contract_lookup.contracts_for(act(session, "U0LIAM"), Permission.REPORT_PROGRESS, Audience.SHARED)


def test_what_somebody_can_do_is_what_the_policy_lets_them_in_two_queries(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        person(session, "U0JOSEPH").administrator = True
        session.flush()
        found = {user: act(session, user).abilities() for user in ("U0AMIRA", "U0HELEN", "U0JOSEPH", "U0PRIYA")}
    assert found["U0AMIRA"] == RULES["contract manager"] | {
        RegisterPermission.ADD_CONTRACTS,
        RegisterPermission.KEEP_PARTNERS,
    }
    assert found["U0HELEN"] == RULES["senior owner"]
    assert found["U0JOSEPH"] == {*RULES["senior owner"], *policy.ADMINISTRATION, *RegisterPermission}
    assert found["U0PRIYA"] == RULES["partner contact"]
