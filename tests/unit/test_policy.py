"""The policy on plain values: what holds for every person, role, action and reader."""

from hypothesis import given
from hypothesis import strategies as st

from bot.access import Permission
from bot.identity import Actor
from bot.models import Audience, RoleName
from bot.policy import (
    ADMINISTRATION,
    DEPARTMENT,
    PARTNERS,
    POLICY,
    REGISTER_POLICY,
    RegisterPermission,
    may,
    may_on_register,
)

PARTNER, OTHER, HOME = 2, 3, 1
ROLES = st.sets(st.sampled_from(RoleName))
ACTIONS, AUDIENCES = st.sampled_from(Permission), st.sampled_from(Audience)


def somebody(organisation: int, *, administrator: bool = False) -> Actor:
    return Actor(7, "U7", "Somebody", organisation, "Theirs", organisation == HOME, administrator)


PEOPLE = st.builds(somebody, st.sampled_from([HOME, PARTNER, OTHER]), administrator=st.booleans())


@given(PEOPLE, ACTIONS, AUDIENCES)
def test_nobody_without_a_role_may_do_anything_but_administer(
    who: Actor, action: Permission, audience: Audience
) -> None:
    administers = who.is_department and who.is_administrator and action in ADMINISTRATION
    assert may(who, (), PARTNER, action, audience) is administers


@given(st.sampled_from([PARTNER, OTHER]), st.booleans(), ROLES, ACTIONS)
def test_a_partners_person_never_has_anything_internal(
    organisation: int, administrator: bool, roles: set[RoleName], action: Permission
) -> None:
    assert not may(somebody(organisation, administrator=administrator), roles, PARTNER, action)


@given(ROLES, ACTIONS, AUDIENCES, st.booleans())
def test_another_partners_person_may_do_nothing_whatever_roles_they_were_given(
    roles: set[RoleName], action: Permission, audience: Audience, administrator: bool
) -> None:
    assert not may(somebody(OTHER, administrator=administrator), roles, PARTNER, action, audience)


@given(PEOPLE, ROLES, ROLES, ACTIONS, AUDIENCES)
def test_a_further_role_never_takes_anything_away(
    who: Actor, some: set[RoleName], more: set[RoleName], action: Permission, audience: Audience
) -> None:
    assert may(who, some | more, PARTNER, action, audience) >= may(who, some, PARTNER, action, audience)


@given(PEOPLE, ROLES, ACTIONS, AUDIENCES)
def test_a_role_counts_only_in_the_organisation_that_it_is_for(
    who: Actor, roles: set[RoleName], action: Permission, audience: Audience
) -> None:
    own = roles & (DEPARTMENT if who.is_department else PARTNERS)
    assert may(who, roles, PARTNER, action, audience) is may(who, own, PARTNER, action, audience)


@given(PEOPLE, ROLES, st.sampled_from(RegisterPermission))
def test_the_register_is_kept_by_the_department_alone(
    who: Actor, roles: set[RoleName], keeping: RegisterPermission
) -> None:
    allowed = who.is_administrator or bool(REGISTER_POLICY[keeping] & roles)
    assert may_on_register(who, roles, keeping) is (who.is_department and allowed)


def test_every_action_and_every_keeping_has_a_rule() -> None:
    assert {action for action, _ in POLICY} == set(Permission)
    assert set(REGISTER_POLICY) == set(RegisterPermission)
