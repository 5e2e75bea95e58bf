"""`/liaison`: help by role, what is known of one, leave and deputies, and the first steps."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.models import Absence, Organisation, Person, Role, RoleName, Team, TrailEntry
from handlers import COMMANDS
from tests.acceptance.conftest import WAYS
from tests.acceptance.office import (
    AMIRA,
    CALLUM,
    GUEST,
    HELEN,
    MARTHA,
    NORTH_EAST,
    PORTFOLIO,
    Office,
    open_office,
    sample_seed,
    words,
)
from tests.builders import DAY
from tests.closing import Closing
from tests.conftest import Templates
from workspace.client.control import Control

HELP = "C0HELP"


def said(office: Office, user: str, typed: str, channel: str = HELP) -> str:
    (answer,) = office.person(user).command(f"/liaison {typed}".strip(), channel=channel)
    return answer.plain


def more_help(office: Office, user: str, channel: str = HELP) -> dict[str, str]:
    """What somebody is offered, in place of the first page of help, in one message: a line for each command."""
    someone = office.person(user)
    (first,) = someone.command("/liaison", channel=channel)
    someone.click(first, "More")
    someone.wait(lambda p: "your roles let you do" in p.messages(channel)[-1].plain)
    (all_of_it,) = [each.plain for each in someone.messages(channel) if each.ts >= first.ts]
    assert "What would you like to do?" not in all_of_it, "it is in the place of the first page"
    lines = [line.replace("`", "").removeprefix("• ") for line in all_of_it.split("\n") if line.startswith("•")]
    return {line.split()[0]: line for line in lines}


def person(office: Office, user: str) -> Person | None:
    return office.read(lambda s: s.scalars(select(Person).where(col(Person.slack) == user)).one_or_none())


def test_help_names_five_tasks_and_more_lists_what_ones_roles_allow_and_nothing_else(office: Office) -> None:
    (first,) = office.person(AMIRA).command("/liaison help", channel=NORTH_EAST)
    assert first.plain.replace("`", "").split("\n") == [
        "What would you like to do?",
        "• See your actions: /action",
        "• Log a contact with a partner: /contact",
        "• See your contracts: /contract",
        "• Report figures: /progress",
        "• Raise a risk: /risk",
        "More",
        "What waits for you is on Liaison’s Home tab. To get it where you are, mention @Liaison or write to it.",
    ]
    managers = more_help(office, AMIRA, NORTH_EAST)
    assert list(managers) == [table.name for table in COMMANDS], "every command, a line each"
    assert {"new", "people"} <= {*managers["/contract"].replace(",", "").split()}
    assert "setup" not in managers["/liaison"]
    owners = more_help(office, HELEN, PORTFOLIO)
    assert "raise" in owners["/risk"].replace(",", "").split()
    assert "edit" not in owners["/contract"].replace(",", "").split()


def test_a_guest_is_offered_what_a_partner_can_do(guest_office: Office) -> None:
    with guest_office.liaison.database.writing() as session:
        guest = session.scalars(select(Person).where(col(Person.slack) == GUEST)).one()
        session.add(Role(contract_id=1, person_id=guest.id, role=RoleName.PARTNER_CONTACT))
    with Control(guest_office.workspace_url) as control:
        control.share(HELP, GUEST)
    told = said(guest_office, GUEST, "me")
    assert "a guest in the workspace T0DEPT, and the register names you as one of Northgate Futures Ltd." in told
    assert "Partner contact on WP-NE: so you can see what its partner sees of it, " in told
    assert "report progress" in told
    assert "raise a risk" in told
    offered = more_help(guest_office, GUEST)
    assert "report" in offered["/progress"].replace(",", "").split()
    assert not {"/risk", "/contact"} & offered.keys()
    assert not {"edit", "history"} & {*offered["/contract"].replace(",", "").split()}


def test_who_is_not_known_is_told_how_to_get_in_and_begins_nothing(office: Office) -> None:
    told = said(office, MARTHA, "help")
    assert "It does not know you yet, Martha Quill." in told
    assert "type /contract people and pick you, or ask who looks after Liaison: @Nadia Rahman." in told
    assert "Liaison is set up already" in said(office, MARTHA, "setup")
    assert person(office, MARTHA) is None


def test_me_says_what_is_known_and_why_one_can_do_what_one_can(office: Office) -> None:
    told = said(office, AMIRA, "me", NORTH_EAST)
    assert "You are Amira Shah of Department for Opportunity. Slack names T0DEPT as your home workspace" in told
    assert "Contract manager on DE-SW, SE-CW, SK-SC and WP-NE: so you can see it, log a contact" in told
    assert "By your roles you can add contracts and keep partners and their people" in told
    assert "declare a plan failed" in said(office, HELEN, "me", PORTFOLIO)


def test_leave_is_recorded_with_a_deputy_who_then_stands_in(office: Office) -> None:
    amira = office.person(AMIRA)
    assert amira.command("/liaison away", channel=NORTH_EAST) == []
    form = {"first_day": "2027-01-11", "last_day": "2027-01-15", "deputy": MARTHA}
    done = amira.submit(amira.modal(title="Your leave"), form)
    assert "11 January 2027 to 15 January 2027" in words(done.view)
    assert "Martha Quill covers for you on DE-SW, SE-CW, SK-SC and WP-NE." in words(done.view)
    assert "Leave: " not in said(office, MARTHA, "me")
    (refused,) = office.person(MARTHA).command("/contract show WP-NE", channel=HELP)
    assert "No contract of yours fits “WP-NE”." in refused.plain
    office.clock.advance(7 * DAY)
    told = said(office, MARTHA, "me")
    assert "Contract manager, covering for Amira Shah until 15 January 2027 on DE-SW, SE-CW, SK-SC and WP-NE" in told
    (shown,) = office.person(MARTHA).command("/contract show WP-NE", channel=HELP)
    assert "Work Pathways, North East" in shown.plain
    changed = office.read(
        lambda s: s.scalars(
            select(TrailEntry).where(col(TrailEntry.action) == "deputies changed").order_by(col(TrailEntry.id))
        ).all()
    )
    assert [entry.subject for entry in changed] == ["DE-SW", "SE-CW", "SK-SC", "WP-NE"]
    assert changed[0].changes == {"deputy of Amira Shah (contract manager)": ["Callum Reid", "Martha Quill"]}


@pytest.mark.parametrize(
    ("form", "field", "sentence"),
    [
        ({"first_day": "2027-01-12", "last_day": "2027-01-11"}, "last_day", "The last day is before the first."),
        ({"first_day": "2026-12-01", "last_day": "2027-01-03"}, "last_day", "The last day has gone already."),
        ({"first_day": "2027-02-01", "last_day": "2027-03-01"}, "first_day", "You are away from 1 February 2027"),
        ({"deputy": AMIRA}, "deputy", "Nobody can stand in for themselves."),
        ({"deputy": "U0PRIYA"}, "deputy", "Priya Nair does not work for Department for Opportunity."),
        ({"deputy": "U0LIAISON"}, "deputy", "has no active Slack account"),
    ],
)
def test_leave_that_makes_no_sense_is_refused_under_its_field(
    http_office: Office, form: dict[str, str], field: str, sentence: str
) -> None:
    with http_office.liaison.database.writing() as session:
        amira_id = session.scalars(select(col(Person.id)).where(col(Person.slack) == AMIRA)).one()
        session.add(Absence(person_id=amira_id, first_day=date(2027, 2, 1), last_day=date(2027, 2, 5)))
    amira = http_office.person(AMIRA)
    (shown,) = amira.command("/liaison away", channel=NORTH_EAST)
    amira.click(shown, "Add leave")
    refused = amira.submit(amira.modal(), form)
    assert sentence in refused.errors[field]


def test_who_is_back_early_says_so(http_office: Office) -> None:
    amira = http_office.person(AMIRA)
    amira.command("/liaison away", channel=NORTH_EAST)
    amira.submit(amira.modal(), {"first_day": "2027-01-04", "last_day": "2027-01-15"})
    http_office.clock.advance(2 * DAY)
    (shown,) = amira.command("/liaison away", channel=NORTH_EAST)
    assert "4 January 2027 to 15 January 2027 (now)" in shown.plain
    amira.click(shown, "I am back")
    amira.wait(lambda p: any("You have no leave booked" in m.plain for m in p.messages(NORTH_EAST)))
    gone = select(Absence).join(Person, col(Person.id) == col(Absence.person_id)).where(col(Person.slack) == AMIRA)
    kept = http_office.read(lambda s: s.scalars(gone).one())
    assert (str(kept.first_day), str(kept.last_day)) == ("2027-01-04", "2027-01-05"), "a deputy may have acted then"


def test_leave_is_cancelled_by_whose_it_is(office: Office) -> None:
    amira = office.person(AMIRA)
    with office.liaison.database.writing() as session:
        callum_id = session.scalars(select(col(Person.id)).where(col(Person.slack) == CALLUM)).one()
        session.add(Absence(person_id=callum_id, first_day=date(2027, 2, 1), last_day=date(2027, 2, 5)))
    before = office.read(lambda s: [absence.id for absence in s.scalars(select(Absence))])
    (refused,) = amira.command("/liaison away next week", channel=NORTH_EAST)
    assert "“next week” is not a date that can be read here" in refused.plain
    (said_back,) = amira.command("/liaison away 11 January to 15 January", channel=NORTH_EAST)
    assert "11 January 2027 to 15 January 2027" in said_back.plain
    (shown,) = amira.command("/liaison away", channel=NORTH_EAST)
    assert "11 January 2027 to 15 January 2027" in shown.plain
    amira.click(shown, "Add leave")
    amira.submit(amira.modal(), {"first_day": "2027-02-08", "last_day": "2027-02-12"})
    for _ in range(2):
        (shown,) = amira.command("/liaison away", channel=NORTH_EAST)
        amira.click(shown, "Cancel")
        office.drain()
    amira.wait(lambda p: any("You have no leave booked" in m.plain for m in p.messages(NORTH_EAST)))
    assert office.read(lambda s: [absence.id for absence in s.scalars(select(Absence))]) == before


def test_an_administrator_sees_what_is_left_to_set_up_and_can_send_a_test(office: Office) -> None:
    with office.liaison.database.writing() as session:
        session.scalars(select(Person).where(col(Person.slack) == CALLUM)).one().administrator = True
    callum = office.person(CALLUM)
    (shown,) = callum.command("/liaison setup", channel=HELP)
    assert "Done: a channel for the weekly summary" in shown.plain
    assert "setup" in more_help(office, CALLUM)["/liaison"]
    callum.click(shown, "Add a partner")
    callum.close(callum.modal(title="New partner"))
    callum.click(shown, "Add a contract")
    callum.close(callum.modal(title="New contract"))
    callum.click(shown, "Send me a test message")
    callum.wait(lambda p: any("To do: a test message. It is on its way" in m.plain for m in p.messages(HELP)))
    office.deliver()
    assert "Done: a test message" in said(office, CALLUM, "setup")
    assert [m.text for m in callum.direct_messages()] == [
        "This is the test message that you asked for. Liaison can write to you."
    ]
    assert "You do not have a role that lets you set Liaison up" in said(office, AMIRA, "setup", NORTH_EAST)


@pytest.fixture(params=WAYS, ids="-".join)
def new_office(request: pytest.FixtureRequest, templates: Templates, closing: Closing) -> Iterator[Office]:
    """A workspace that Amira runs, into which Liaison has just been installed: nothing is in its database."""
    kind, way = request.param
    seed = sample_seed()
    users = tuple(replace(user, role="admin") if user.id == AMIRA else user for user in seed.users)
    with closing.later() as stack:
        url = stack.enter_context(templates.lent(kind, portfolio=False))
        yield stack.enter_context(open_office(url, socket_mode=way == "socket", seed=replace(seed, users=users)))


def test_who_runs_the_workspace_begins_and_nobody_else(new_office: Office) -> None:
    amira, callum = new_office.person(AMIRA), new_office.person(CALLUM)
    (refused,) = callum.command("/liaison setup", channel=HELP)
    assert "only an administrator of this Slack workspace can do that" in refused.plain
    assert "Ask whoever runs this Slack workspace to type /liaison setup." in said(new_office, CALLUM, "help")
    assert "and you run this Slack workspace, so you can: type /liaison setup." in said(new_office, AMIRA, "help")
    assert amira.command("/liaison setup", channel=HELP) == []
    done = amira.submit(amira.modal(title="Set Liaison up"), {"name": "Department for Opportunity"})
    begun_with = words(done.view).replace("*", "")
    assert "Amira Shah, you are the first administrator of Liaison. What is left to set up" in begun_with
    assert "To do: partners, 0 so far. Type /partner new." in begun_with
    amira.click(amira.modal(), "Add a partner")
    amira.close(amira.modal(title="New partner"))
    begun = new_office.read(lambda s: [(each.key, each.name) for each in s.scalars(select(Organisation))])
    assert begun == [("department", "Department for Opportunity")]
    assert new_office.read(lambda s: [team.slack for team in s.scalars(select(Team))]) == ["T0DEPT"]
    (checklist,) = amira.command("/liaison setup", channel=HELP)
    assert "To do: the first contract. A contract needs a partner: add one first" in checklist.plain
    (no_partner,) = amira.command("/contract new", channel=HELP)
    assert "There is no partner yet to have a contract with." in no_partner.plain
    (again,) = callum.command("/liaison setup", channel=HELP)
    assert "Liaison is set up already" in again.plain
    me = person(new_office, AMIRA)
    assert me is not None
    assert me.administrator
