"""/partner: the list, one partner, its people and guests, a new one and a change."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.models import Organisation, Person, Role, RoleName, Team, TrailEntry
from tests.acceptance.conftest import WAYS
from tests.acceptance.office import (
    AMIRA,
    GUEST,
    HELEN,
    MARTHA,
    PORTFOLIO,
    PRIYA,
    Office,
    open_office,
    sample_seed,
    words,
)
from tests.builders import contract_named
from tests.closing import Closing
from tests.conftest import Templates
from workspace.client.control import Control
from workspace.client.person import Modal
from workspace.state.seed import Team as SlackTeam
from workspace.state.seed import User

NADIA, LIAM, GRACE, HELP = "U0NADIA", "U0LIAM", "U0GRACE", "C0HELP"
GONE, ELSEWHERE, STRANGER = "U0GONE", "U0ELSEWHERE", "U0STRANGER"


@pytest.fixture(params=WAYS, ids="-".join)
def mixed_office(request: pytest.FixtureRequest, templates: Templates, closing: Closing) -> Iterator[Office]:
    """The office with a guest who is nobody's yet, somebody who has left, and people of a workspace that no partner
    has: one who shares a channel with Liaison, and a stranger."""
    kind, way = request.param
    seed = sample_seed()
    users = (
        User(GUEST, "T0DEPT", "gus.guest", "Gus Guest", guest="multi"),
        User(GONE, "T0NORTHGATE", "gwen.gone", "Gwen Gone", deleted=True),
        User(ELSEWHERE, "T0ELSE", "else.where", "Elsa Where"),
        User(STRANGER, "T0ELSE", "stan.strange", "Stan Strange"),
    )
    channels = tuple(
        replace(each, members=(*each.members, ELSEWHERE)) if each.id == "C0WPNENG" else each for each in seed.channels
    )
    teams = (*seed.teams, SlackTeam("T0ELSE", "Elsewhere", "elsewhere"))
    seed = replace(seed, users=(*seed.users, *users), teams=teams, channels=channels)
    with closing.later() as stack:
        url = stack.enter_context(templates.lent(kind))
        yield stack.enter_context(open_office(url, socket_mode=way == "socket", seed=seed))


def typed(office: Office, user: str, text: str, channel: str = PORTFOLIO) -> str:
    (answer,) = office.person(user).command(f"/partner {text}".strip(), channel=channel)
    assert answer.ephemeral
    return answer.plain


TITLES = {"new": "New partner", "edit": "Change a partner", "people": "A partner\u2019s people"}


def opened(office: Office, user: str, text: str) -> Modal:
    person = office.person(user)
    assert person.command(f"/partner {text}", channel=PORTFOLIO) == []
    return person.modal(title=TITLES[text.split()[0]])


def people(office: Office, key: str) -> dict[str, bool]:
    """A partner's people, and whether each is a guest."""
    statement = select(Person).join(Organisation).where(col(Organisation.key) == key)
    return office.read(lambda s: {person.slack: person.guest for person in s.scalars(statement)})


def partner(session: Session, key: str) -> Organisation:
    return session.scalars(select(Organisation).where(col(Organisation.key) == key)).one()


def entries(office: Office, action: str) -> list[TrailEntry]:
    return office.read(
        lambda s: list(
            s.scalars(select(TrailEntry).where(col(TrailEntry.action) == action).order_by(col(TrailEntry.id)))
        )
    )


def test_the_list_is_turned_in_place_for_who_keeps_partners(office: Office) -> None:
    amira = office.person(AMIRA)
    (page,) = amira.command("/partner", channel=PORTFOLIO)
    assert "You have 12 partners, page 1 of 2" in page.plain
    assert "Brightwell Contact Ltd" in page.plain
    assert "None of your contracts" in page.plain
    amira.click(page, "Next page")
    turned = amira.wait(lambda p: next((m for m in p.messages(PORTFOLIO) if "page 2 of 2" in m.plain), None))
    assert (turned.ts, [element["text"]["text"] for _, element in turned.elements()]) == (page.ts, ["Previous page"])
    amira.click(turned, "Previous page")
    amira.wait(lambda p: any("page 1 of 2" in m.plain for m in p.messages(PORTFOLIO)))


def test_who_keeps_none_sees_the_partners_of_their_contracts(office: Office) -> None:
    """Helen is a senior owner of six contracts."""
    assert "You have 6 partners" in typed(office, HELEN, "list")
    assert "Orchard" not in typed(office, HELEN, "list")
    assert "No partner of yours fits “orchard”." in typed(office, HELEN, "show orchard")
    for refused in ("new", "people northgate", "edit northgate"):
        assert "You do not have a role that lets you keep partners and their people" in typed(office, HELEN, refused)
    assert [entry.actor for entry in entries(office, "refused")] == [HELEN] * 3


def test_a_partner_with_its_people_and_contracts(office: Office) -> None:
    with office.liaison.database.writing() as session:
        priya = session.scalars(select(Person).where(col(Person.slack) == PRIYA)).one()
        role = (contract_named(session, "WP-NE").id, priya.id, RoleName.PARTNER_CONTACT)
        session.get_one(Role, role).deputy_id = None  # which Liam was
    shown = typed(office, AMIRA, "show nothgate")  # a slip is forgiven
    for part in (
        "Northgate Futures Ltd",
        f"Slack workspaces: {' and '.join(teams(office))}",
        "• @Priya Nair\n",
        "• @Liam Thornton, no role",
        "WP-NE Work Pathways, North East",
        "Approaching target",
    ):
        assert part in shown
    others = typed(office, AMIRA, "show meridian")
    assert "None that you can see" in others
    assert "HA-EW" not in others


def test_where_several_fit_a_button_gives_the_command_again(office: Office) -> None:
    amira = office.person(AMIRA)
    (question,) = amira.command("/partner show assessment", channel=PORTFOLIO)
    assert "“assessment” fits 2 partners. Which one do you mean: Lagan Assessment Services Ltd or Meridian" in (
        question.plain
    )
    amira.click(question, "Meridian Clinical Assessments Ltd")
    amira.wait(lambda p: any("T0MERIDIAN" in m.plain for m in p.messages(PORTFOLIO)))
    assert not any("fits 2 partners" in m.plain for m in amira.messages(PORTFOLIO))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("show", "That is not complete: it needs the name of a partner"),
        ("shwo northgate", "Did you mean /partner show?"),
        ("show qwertyuiop", "No partner of yours fits “qwertyuiop”. To see them all, type /partner list"),
        ("show Northgat Futurs Lt", "Northgate Futures Ltd"),
        ("help", "/partner new opens a form for a new partner"),
    ],
)
def test_what_else_it_says(http_office: Office, text: str, answer: str) -> None:
    assert answer in typed(http_office, AMIRA, text)


def test_people_are_added_as_slack_names_them_and_a_guest_as_a_guest(mixed_office: Office) -> None:
    office = mixed_office
    amira = office.person(AMIRA)
    form = opened(office, AMIRA, "people northgate")
    assert form.values["people"]["entered"] == [LIAM, PRIYA]
    done = amira.submit(form, {"people": [LIAM, PRIYA], "guests": [GUEST]})
    assert done.errors == {}
    assert "Guests in our workspace" in words(done.view)
    assert people(office, "northgate") == {PRIYA: False, LIAM: False, GUEST: True}
    (changed,) = entries(office, "people changed")
    assert (changed.subject, changed.changes) == ("northgate", {"guests": ["nobody", "Gus Guest"]})
    assert "• @Gus Guest, guest in your workspace, no role" in typed(office, AMIRA, "show northgate")
    with Control(office.workspace_url) as control:
        control.share(HELP, GUEST)
    own = typed(office, GUEST, "list", HELP)
    assert "People: Gus Guest, Liam Thornton and Priya Nair" in own
    assert own == typed(office, GUEST, "show northgate", HELP)
    assert not any(internal in own for internal in ("T0", "Approaching", "no role"))
    for other in ("meridian", "no-such-partner"):
        assert f"No partner of yours fits “{other}”." in typed(office, GUEST, f"show {other}", HELP)
    assert "You do not have a role" in typed(office, GUEST, "people northgate", HELP)
    amira.submit(opened(office, AMIRA, "people northgate"), {"guests": []})
    assert people(office, "northgate") == {PRIYA: False, LIAM: False}
    assert [entry.subject for entry in entries(office, "person removed")] == [GUEST]
    assert "Liaison does not know you yet" in typed(office, GUEST, "list", HELP)


def test_who_is_not_what_the_field_says_is_refused_under_it(mixed_office: Office) -> None:
    office = mixed_office
    amira, form = office.person(AMIRA), opened(office, AMIRA, "people northgate")
    before = people(office, "northgate")
    for own, guests, sentence in (
        ([PRIYA, LIAM, "U0LIAISON"], [], "has no active Slack account"),
        ([PRIYA, LIAM, GUEST], [], "Gus Guest is a guest in your workspace and not known as one of Northgate"),
        ([PRIYA, LIAM, MARTHA], [], "Martha Quill works for Department for Opportunity, as Slack says."),
        ([PRIYA, LIAM, GRACE], [], "Grace Ellery does not work for Northgate Futures Ltd."),
        ([PRIYA, LIAM, STRANGER], [], "Slack does not say where Stan Strange works, because they share no channel"),
        ([PRIYA, LIAM, ELSEWHERE], [], "Elsa Where is at home in T0ELSE, which is not a workspace of Northgate"),
        ([PRIYA, LIAM], [MARTHA], "Martha Quill is not a guest in your workspace."),
        ([PRIYA, LIAM], [LIAM], "Somebody is in both fields."),
        ([LIAM], [], "Priya Nair has a role on WP-NE. Take it away first: type /contract people WP-NE."),
    ):
        refused = amira.submit(form, {"people": own, "guests": guests})
        assert sentence in refused.errors["guests" if guests else "people"]
    assert people(office, "northgate") == before
    with Control(office.workspace_url) as control:
        control.deactivate(STRANGER)
    assert "has no active Slack account" in amira.submit(form, {"people": [PRIYA, LIAM, STRANGER]}).errors["people"]


def test_who_the_record_names_stays(http_office: Office) -> None:
    with http_office.liaison.database.writing() as session:
        priya = session.scalars(select(Person).where(col(Person.slack) == PRIYA)).one()
        contract = contract_named(session, "WP-NE")
        session.delete(session.get_one(Role, (contract.id, priya.id, RoleName.PARTNER_CONTACT)))
    refused = http_office.person(AMIRA).submit(opened(http_office, AMIRA, "people northgate"), {"people": [LIAM]})
    assert "Priya Nair stays, because the record says what they did." in refused.errors["people"]


def test_a_new_partner_gets_a_key_and_its_workspaces(office: Office) -> None:
    amira, form = office.person(AMIRA), opened(office, AMIRA, "new")
    entry = {"name": " Sea  View\u2019s Trust ", "kind": "charity", "teams": "t0seaview, E0SEA T0SEAVIEW"}
    for changes, field, sentence in (
        ({"name": "\u200b"}, "name", "Enter the name of the partner"),
        ({"name": "northgate futures ltd"}, "name", "Northgate Futures Ltd is in the register already."),
        ({"teams": "T0SEA seaview"}, "teams", "“SEAVIEW” is not the id of a Slack workspace."),
        ({"teams": "T0SEA T0HARBOUR"}, "teams", "The Slack workspace T0HARBOUR belongs to Harbour Lane Trust."),
        ({"teams": "T0DEPT"}, "teams", "The Slack workspace T0DEPT belongs to Department for Opportunity."),
    ):
        assert sentence in amira.submit(form, {**entry, **changes}).errors[field]
    assert "/partner people sea-views-trust" in words(amira.submit(form, entry).view)
    added = office.read(lambda s: partner(s, "sea-views-trust"))
    assert (added.name, added.kind.value) == ("Sea View\u2019s Trust", "charity")
    of_it = select(col(Team.slack)).where(col(Team.organisation_id) == added.id).order_by(col(Team.slack))
    assert office.read(lambda s: s.scalars(of_it).all()) == ["E0SEA", "T0SEAVIEW"]
    assert [entry.subject for entry in entries(office, "partner added")] == ["sea-views-trust"]
    assert "Sea View\u2019s Trust" in typed(office, AMIRA, "show sea view")


def teams(office: Office) -> list[str]:
    """The workspaces and enterprises that the register has for Northgate."""
    of_it = select(col(Team.slack)).join(Organisation).where(col(Organisation.key) == "northgate")
    return office.read(lambda session: sorted(session.scalars(of_it)))


def test_a_change_of_a_partner_says_what_it_was_and_became(office: Office) -> None:
    amira, form = office.person(AMIRA), opened(office, AMIRA, "edit northgate")
    before = " ".join(teams(office))
    assert (form.values["name"]["entered"], form.values["teams"]["entered"]) == ("Northgate Futures Ltd", before)
    done = amira.submit(form, {"name": "Northgate Group", "teams": f"{before} T0ELSE"})
    assert f"Slack workspaces: from {before} to {before} T0ELSE" in words(done.view)
    (entry,) = entries(office, "partner changed")
    assert (entry.actor, entry.subject) == (AMIRA, "northgate")
    assert entry.changes["name"] == ["Northgate Futures Ltd", "Northgate Group"]
    unchanged = amira.submit(opened(office, AMIRA, "edit northgate group"))
    assert unchanged.view is not None
    assert unchanged.view.title == "Nothing changed"
