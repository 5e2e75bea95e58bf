"""Search sees through case, accents and punctuation, alike on both databases; the folded column follows its texts."""

from collections.abc import Iterable, Iterator

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import Session, SQLModel, col

from bot.access import Permission
from bot.db import Database, insert, insert_all
from bot.domain.normalisation import folded
from bot.models import ActionItem, Contact, Contract, Organisation, OrganisationKind, Person, with_folded
from bot.services.actions.action_list import list_actions
from bot.services.actions.actions import add_action
from bot.services.contacts.contact_log import list_contacts
from bot.services.contacts.contacts import log_contact
from bot.services.health.same_names import SameName, same_names
from bot.services.lookup.contracts import contract_for
from bot.services.lookup.folded_search import says
from bot.services.lookup.partners import partner_for
from bot.services.partners.partner_edit import PartnerEntry, add_partner, change_partner
from tests.builders import act, work
from tests.integration.importing import only, rows_of
from tests.integration.test_contacts import entry
from tests.samples import imported

TEXTS: dict[type[SQLModel], tuple[str, ...]] = {
    Organisation: ("name",),
    Person: ("name",),
    Contract: ("title",),
    ActionItem: ("what",),
    Contact: ("summary", "decisions", "purpose", "attendees"),
}
"""The texts in which search looks."""


def stale(session: Session, models: Iterable[type[SQLModel]] = TEXTS) -> list[SQLModel]:
    """The rows whose folded column does not say what their texts say."""
    session.flush()
    session.expire_all()
    rows = (row for model in models for row in session.scalars(select(model)))
    return [
        row
        for row in rows
        if getattr(row, "folded", "") != folded(" ".join(getattr(row, each) for each in TEXTS[type(row)]))
    ]


def test_each_way_to_write_a_row_folds_its_texts(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        amira = act(session, "U0AMIRA")
        log_contact(amira, entry(summary="Café visité", decisions="Évaluer", purpose="Ærø", attendees="Łukasz"))
        session.get_one(Person, 1).name = "Zoë"
        partner = add_partner(act(session, "U0NADIA"), PartnerEntry("Môn Cymru", OrganisationKind.CHARITY))
        change_partner(act(session, "U0NADIA"), partner.public_id, PartnerEntry("Ynys Môn", OrganisationKind.CHARITY))
        session.flush()
        assert partner.folded == "ynys mon"
        insert(session, Organisation, key="a", name="Ångström", kind=OrganisationKind.CHARITY)
        insert_all(session, Organisation, [{"key": each, "name": f"{each} É", "kind": "charity"} for each in "bc"])
        person = {"slack": "U0NEW", "name": "Renée", "organisation": "northgate"}
        imported(work(session), rows_of(only("people", person)))
        imported(work(session), rows_of(only("people", {**person, "name": "Irène O’Hara"})))
        assert session.scalar(select(col(Person.folded)).where(col(Person.slack) == "U0NEW")) == "irene ohara"
        assert stale(session) == []


def test_a_statement_that_changes_some_of_the_texts_is_refused() -> None:
    assert with_folded(Person, {"name": "Zoë", "guest": True}) == {"name": "Zoë", "guest": True, "folded": "zoe"}
    assert with_folded(Person, {"guest": True}) == {"guest": True}
    with pytest.raises(KeyError):
        with_folded(Contact, {"summary": "of four texts"})


def test_every_list_and_lookup_finds_what_was_meant(unchanged: Database) -> None:
    """Typed with a phone: other dashes, curly marks, no accents, any case."""
    with unchanged.rehearsing() as session:
        amira = act(session, "U0AMIRA")
        log_contact(amira, entry(summary="Reviewed the café’s follow-up"))
        add_action(amira, "WP-NE", "Priya Nair: write the résumé by 15 January 2027")
        for word in ("CAFE", "café", "cafes", "follow–up", "wp–ne"):
            assert list_contacts(amira, [word]).found == 1, word
        assert list_actions(amira, ["RESUME"]).found == list_actions(amira, ["résumé"]).found == 1
        assert list_contacts(amira, ["’"]).found == list_actions(amira, ["\u0301"]).found == 0
        assert contract_for(amira, "wp\u2011ne\u200b", Permission.SEE).reference == "WP-NE"
        session.scalars(select(Organisation).where(col(Organisation.key) == "northgate")).one().name = "Café d’Or Ltd"
        session.flush()
        assert partner_for(amira, "CAFE D'OR LTD").key == partner_for(amira, "cafe dor").key == "northgate"


@pytest.fixture(scope="module")
def sessions(unchanged: Database) -> Iterator[Session]:
    """A session in which names may be written; nothing of them is kept."""
    with unchanged.rehearsing() as session:
        yield session


NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(NAMES, NAMES)
@example("100%_\\", "%_\\")
@example("İSTANBUL", "istanbul")
@example("STRASSE", "straße")
@example("ﬁnance", "FIN")
def test_a_database_finds_what_python_finds(sessions: Session, name: str, word: str) -> None:
    person = sessions.get_one(Person, 1)
    person.name = name
    sessions.flush()
    found = sessions.scalar(select(says(Person.folded, word)).where(col(Person.id) == 1))
    assert bool(found) == (folded(word) != "" and folded(word) in folded(name))


def test_names_that_differ_only_in_writing_are_listed_for_an_administrator(unchanged: Database) -> None:
    with unchanged.rehearsing() as session:
        assert same_names(session) == []
        for key, name in (("h-1", "Harbour  lane trust"), ("h-2", "HARBOUR LANE\u00a0TRUST")):
            insert(session, Organisation, key=key, name=name, kind=OrganisationKind.CHARITY)
        [same] = same_names(session)
        assert same == SameName(
            "Organisation", "", ["HARBOUR LANE\u00a0TRUST", "Harbour  lane trust", "Harbour Lane Trust"]
        )
