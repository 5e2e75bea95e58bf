"""A role in the wrong organisation, given by mistake or left behind by a change of partner: it counts for nothing, and
nobody learns of another partner through it."""

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.identity import Identity
from bot.models import Absence, Organisation, Person, Role, RoleName
from bot.services.lookup import contracts as contract_lookup
from bot.services.lookup.people import CannotAdd, find_or_add_person
from bot.services.pages import me as me_page
from bot.services.pages import partners as partner_pages
from bot.services.people import leave
from tests.builders import DAY, MONDAY, act, contract_named

TODAY = MONDAY.date()
GRACE, PRIYA, LIAM, AMIRA = "U0GRACE", "U0PRIYA", "U0LIAM", "U0AMIRA"


def person(session: Session, user: str) -> Person:
    return session.scalars(select(Person).where(col(Person.slack) == user)).one()


def give(session: Session, user: str, role: RoleName, deputy: str | None = None) -> None:
    """A role on WP-NE, whose partner is Priya's and Liam's; Grace is of another."""
    deputy_id = person(session, deputy).id if deputy else None
    contract = contract_named(session, "WP-NE")
    session.merge(Role(contract_id=contract.id, person_id=person(session, user).id, role=role, deputy_id=deputy_id))
    session.flush()


def test_who_has_it_hears_nothing_of_the_contract(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        for role in RoleName:
            give(session, GRACE, role)
        grace = act(session, GRACE)
        assert [held.contracts for held in me_page.me(grace).roles] == [["DE-SW"]]
        assert leave.own_leave(grace).without_deputy == ["DE-SW"]


def test_the_partner_is_not_told_who_has_it(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        give(session, GRACE, RoleName.PARTNER_CONTACT)
        give(session, GRACE, RoleName.CONTRACT_MANAGER)
        card = partner_pages.partner_card(act(session, PRIYA), "WP-NE")
        assert (card.managers, card.contacts) == (["Amira Shah"], ["Priya Nair"])


def test_nothing_is_addressed_to_who_has_it(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        give(session, LIAM, RoleName.CONTRACT_MANAGER)
        contract, amira = contract_named(session, "WP-NE"), person(session, AMIRA)
        assert contract_lookup.person_in_role(session, contract.id, TODAY, RoleName.CONTRACT_MANAGER) == amira
        session.delete(session.get_one(Role, (contract.id, amira.id, RoleName.CONTRACT_MANAGER)))
        session.flush()
        assert contract_lookup.person_in_role(session, contract.id, TODAY, RoleName.CONTRACT_MANAGER) is None


def test_another_partners_person_is_named_neither_as_a_deputy_nor_as_who_is_away(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        give(session, PRIYA, RoleName.PARTNER_CONTACT, deputy=GRACE)
        assert leave.own_leave(act(session, PRIYA)).deputies == []
        give(session, GRACE, RoleName.PARTNER_CONTACT, deputy=PRIYA)
        session.add(Absence(person_id=person(session, GRACE).id, first_day=TODAY, last_day=TODAY + DAY))
        session.flush()
        assert {held.stands_in_for for held in me_page.me(act(session, PRIYA)).roles} == {""}


@pytest.mark.parametrize(("asks", "named"), [(PRIYA, "This person does not"), (AMIRA, "Grace Ellery does not")])
def test_a_partners_person_cannot_ask_after_the_names_of_others(unchanged: Database, asks: str, named: str) -> None:
    with unchanged.rehearsing() as session:
        northgate = session.get_one(Organisation, person(session, PRIYA).organisation_id)
        with pytest.raises(CannotAdd, match=named):
            find_or_add_person(act(session, asks), northgate, GRACE, None, "deputy")


@pytest.mark.parametrize(
    "found", [Identity("U0NEW", frozenset(), is_active_person=False, name="Nell"), Identity("U0NEW", frozenset(), True)]
)
def test_nor_of_those_whom_only_slack_knows(unchanged: Database, found: Identity) -> None:
    with unchanged.rehearsing() as session:
        northgate = session.get_one(Organisation, person(session, PRIYA).organisation_id)
        with pytest.raises(CannotAdd, match="This person"):
            find_or_add_person(act(session, PRIYA), northgate, "U0NEW", found, "deputy")
