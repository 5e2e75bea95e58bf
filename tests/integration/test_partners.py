"""Partners in the register: who sees which, at what cost, and the keys and people of many."""

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.domain.ratings import Rating
from bot.errors import UserError
from bot.identity import Denied, Identity
from bot.models import Organisation, OrganisationKind, Person
from bot.services.lookup import partners as partner_lookup
from bot.services.lookup.ambiguity import AmbiguousMatch
from bot.services.lookup.people import CannotAdd, find_or_add_person
from bot.services.pages import partners as partner_pages
from bot.services.partners import partner_edit, partner_people
from bot.services.partners.partner_edit import PartnerEntry
from tests.builders import act, work
from tests.counting import counted
from tests.samples import doubled, imported

AMIRA, HELEN, NADIA, PRIYA = "U0AMIRA", "U0HELEN", "U0NADIA", "U0PRIYA"


def organisation(session: Session, key: str) -> Organisation:
    return session.scalars(select(Organisation).where(col(Organisation.key) == key)).one()


def add(session: Session, name: str) -> str:
    return partner_edit.add_partner(act(session, AMIRA), PartnerEntry(name, OrganisationKind.CHARITY)).key


def test_the_list_has_what_the_asker_may_see_of_each_in_three_queries_for_any_number(portfolio: Database) -> None:
    with portfolio.rehearsing() as session:
        asker = act(session, NADIA)
        with counted(session) as before:
            pages = [partner_pages.list_partners(asker, number) for number in (1, 2)]
        rows = {row.key: row for page in pages for row in page.rows}
        assert (len(rows), pages[0].found, pages[0].pages) == (12, 12, 2)
        assert (rows["northgate"].contracts, rows["northgate"].people) == (1, 2)
        assert rows["northgate"].rating is Rating.APPROACHING_TARGET
        assert rows["meridian"].rating is Rating.INADEQUATE
        imported(work(session), doubled())
        for number in range(30):
            add(session, f"Another {number}")
        with counted(session) as after:
            pages = [partner_pages.list_partners(asker, number) for number in (-1, 99)]
        assert len(after) == len(before)
        assert [(page.number, len(page.rows)) for page in pages] == [(1, 10), (5, 2)]
        again = {row.key: row for page in pages for row in page.rows}
        assert again["another-0"].rating is Rating.OTHER


def test_a_manager_sees_every_partner_and_the_rating_of_their_own_contracts_alone(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        asker = act(session, AMIRA)
        rows = {row.key: row for number in (1, 2) for row in partner_pages.list_partners(asker, number).rows}
        assert (rows["meridian"].contracts, rows["meridian"].rating) == (0, Rating.OTHER)
        assert [row.reference for row in partner_pages.overview(asker, "calderwick").contracts] == ["SE-CW"]
        assert partner_pages.overview(asker, "meridian").contracts == []


def test_a_partners_person_sees_their_own_organisation_alone(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        priya = act(session, PRIYA)
        assert [row.key for row in partner_pages.list_partners(priya).rows] == ["northgate"]
        own = partner_pages.own_organisation(priya, "northgate")
        assert (own.people, [each.reference for each in own.contracts]) == (["Liam Thornton", "Priya Nair"], ["WP-NE"])
        with pytest.raises(UserError, match="No partner of yours fits") as refused:
            partner_pages.own_organisation(priya, "meridian")
        assert "Meridian" not in refused.value.sentence
        for tried in (
            lambda: partner_people.people_to_change(priya, "northgate"),
            lambda: partner_edit.add_partner(priya, PartnerEntry("Mine", OrganisationKind.CHARITY)),
            lambda: partner_lookup.partners_to_contract(priya),
        ):
            with pytest.raises(Denied):
                tried()


def test_nobody_is_a_partner_who_is_the_department(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        asker = act(session, NADIA)
        department = session.scalars(
            select(Organisation).where(col(Organisation.kind) == OrganisationKind.DEPARTMENT)
        ).one()
        with pytest.raises(UserError, match="No partner of yours fits"):
            partner_lookup.partner_for(asker, department.name)
        for missing in (department.public_id, "", "no-such-record-0"):
            with pytest.raises(UserError, match="This partner is no longer in the record,"):
                partner_lookup.partner_by_key(asker, missing)


def test_a_key_is_made_from_the_name_and_never_given_twice(portfolio: Database) -> None:
    with portfolio.rehearsing() as session:
        assert add(session, "Café O'Neill & Søns (North)") == "cafe-oneill-sons-north"
        assert add(session, "Cafe ONeill-Sons: North") == "cafe-oneill-sons-north-2"
        assert add(session, "شراكة الشمال") == "partner"
        assert add(session, "شراكة") == "partner-2"
        assert add(session, f"{'Long ' * 29}Ltd") == "long-long-long-long-long-long-long-long"
        assert add(session, "Long " * 30) == "long-long-long-long-long-long-long-2"


def test_the_whole_name_of_one_is_not_part_of_another(portfolio: Database) -> None:
    with portfolio.rehearsing() as session:
        add(session, "Sea Trust")
        add(session, "Sea Trust Wales")
        asker = act(session, AMIRA)
        assert partner_lookup.partner_for(asker, " sea trust ").key == "sea-trust"
        assert partner_lookup.partner_for(asker, "sea-trust").key == "sea-trust"
        with pytest.raises(AmbiguousMatch, match=r"“sea” fits 2 partners.*Sea Trust or Sea Trust Wales\?"):
            partner_lookup.partner_for(asker, "sea")


def test_a_partners_own_guest_is_its_person_and_one_of_ours_is_not(unchanged: Database) -> None:
    """Guest rights in the partner's own workspace are the partner's affair."""
    with unchanged.rehearsing() as session:
        asker, northgate = act(session, AMIRA), organisation(session, "northgate")
        theirs = Identity("U0NEW", frozenset({"T0NORTHGATE"}), is_guest=True, name="New")
        assert not find_or_add_person(asker, northgate, theirs.user, theirs, "people").guest
        ours = Identity("U0OURS", frozenset({"T0DEPT"}), is_guest=True, name="Ours")
        with pytest.raises(CannotAdd, match="is a guest in your workspace"):
            find_or_add_person(asker, northgate, ours.user, ours, "people")
        with pytest.raises(CannotAdd, match="is not a guest in your workspace"):
            find_or_add_person(asker, northgate, theirs.user, theirs, "guests", guest=True)
        assert find_or_add_person(asker, northgate, ours.user, ours, "guests", guest=True).guest
        inactive = Identity("U0GONE", frozenset({"T0NORTHGATE"}), is_active_person=False)
        with pytest.raises(CannotAdd, match="U0GONE has no active Slack account"):
            find_or_add_person(asker, northgate, inactive.user, inactive, "people")


def test_a_hundred_people_are_kept_and_moved_to_the_guests(portfolio: Database) -> None:
    with portfolio.rehearsing() as session:
        asker, northgate = act(session, AMIRA), organisation(session, "northgate")
        new = [Identity(f"U0NEW{n}", frozenset({"T0NORTHGATE"}), name=f"New {n}") for n in range(100)]
        own = ["U0PRIYA", "U0LIAM", *(each.user for each in new)]
        assert partner_people.new_people(asker, northgate.public_id, own, []) == sorted(each.user for each in new)
        kept = partner_people.set_people(asker, northgate.public_id, own, [], new)
        assert (len(kept.own), len(kept.guests)) == (102, 0)
        moved = Identity("U0NEW7", frozenset({"T0DEPT"}), is_guest=True, name="New 7")
        kept = partner_people.set_people(asker, northgate.public_id, own[:2], ["U0NEW7"], [moved])
        assert [person.slack for person in kept.guests] == ["U0NEW7"]
        assert len(session.scalars(select(Person).where(col(Person.organisation_id) == northgate.id)).all()) == 3
