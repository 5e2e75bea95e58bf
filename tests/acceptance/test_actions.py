"""Actions: added from a contact or in a line, listed, closed, given to somebody else, moved."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.models import ActionItem, Contact, Contract, Person, TrailEntry
from tests.acceptance.office import AMIRA, CALLUM, NORTH_EAST, PORTFOLIO, PRIYA, Office, whole_form, words
from workspace import Person as SlackPerson

NADIA = "U0NADIA"  # head of contract management, of every contract
PLAN = "/action add WP-NE Priya Nair: send the staffing plan by 8 January"


def test_a_line_adds_an_action_and_the_list_shows_it_first_due_first(office: Office) -> None:
    amira = office.person(AMIRA)
    assert "Action A-1 on WP-NE is added" in answered(amira, PLAN)
    answered(amira, "/action add WP-NE amira: read it by tomorrow")
    item = items(office)[0]
    assert (item.what, item.due_on) == ("send the staffing plan", date(2027, 1, 8))
    listed = answered(amira, "/action list")
    assert "2 open actions on your contracts" in listed
    assert listed.index("A-2 WP-NE, due 5 January 2027") < listed.index("A-1 WP-NE, due 8 January 2027")
    own = answered(amira, "/action")
    assert own.startswith("You have 1 open action\nA-2 WP-NE"), "alone it lists one's own"


def test_a_reference_that_a_risk_and_an_old_contract_share_is_asked_about(office: Office) -> None:
    amira = office.person(AMIRA)
    answered(amira, '/risk raise WP-NE "Advisers leaving faster than hired" likely major')
    with office.liaison.database.writing() as session:
        session.scalars(select(Contract).where(col(Contract.reference) == "SE-CW")).one().reference = "R-1"
    line = "/action add R-1 amira: read it by 2 weeks tomorrow"
    (question,) = amira.command(line, channel=NORTH_EAST)
    assert "“R-1” fits 2 records. Which one do you mean: risk R-1 or contract R-1?" in question.plain
    amira.click(question, "contract R-1")
    office.drain()
    answered(amira, line.replace("R-1", "risk:R-1"))
    assert [(item.contract_id, item.risk_id is not None) for item in items(office)] == [
        (
            office.read(lambda s: s.scalars(select(col(Contract.id)).where(col(Contract.reference) == "R-1")).one()),
            False,
        ),
        (
            office.read(lambda s: s.scalars(select(col(Contract.id)).where(col(Contract.reference) == "WP-NE")).one()),
            True,
        ),
    ]
    assert {item.due_on for item in items(office)} == {date(2027, 1, 19)}


def test_people_are_meant_by_mentions_and_handles_and_two_of_one_name_are_told_apart(office: Office) -> None:
    amira = office.person(AMIRA)
    answered(amira, "/action add WP-NE @priya.nair: send R&D's <plan> to @helen.marsh by 8 January")
    item = items(office)[0]
    assert (item.what, office.read(lambda s: s.get_one(Person, item.owner_id).slack)) == (
        "send R&D's <plan> to @Helen Marsh",
        PRIYA,
    )
    assert "Helen Marsh: send" in answered(amira, "/action reassign A-1 @helen.marsh")
    assert "A-1" in answered(amira, "/action list @helen.marsh")
    assert "fits “@Tomasz Zielinski”" in answered(amira, "/action reassign A-1 @tomasz.zielinski"), "of another partner"
    with office.liaison.database.writing() as session:
        session.scalars(select(Person).where(col(Person.slack) == PRIYA)).one().name = "Amira Shah"
    line = "/action add WP-NE Amira Shah: read it by Friday"
    (question,) = amira.command(line, channel=NORTH_EAST)
    assert (
        "“Amira Shah” fits 2 people. Which one do you mean: Amira Shah of Department for Opportunity "
        "or Amira Shah of Northgate Futures Ltd?" in question.plain
    )
    amira.click(question, "Amira Shah of Northgate Futures Ltd")
    office.drain()
    assert office.read(lambda s: s.get_one(Person, items(office)[1].owner_id).slack) == PRIYA


def test_a_long_list_is_turned_page_by_page(office: Office) -> None:
    amira = office.person(AMIRA)
    for number in range(11):
        amira.command(f"/action add WP-NE amira: read page {number} of it by tomorrow", channel=NORTH_EAST)
    assert "11 open actions on your contracts, page 1 of 2" in answered(amira, "/action list")
    for turn, shown in (("Next page", "A-11"), ("Previous page", "A-10")):
        amira.click(amira.messages(NORTH_EAST)[-1], turn)
        office.drain()
        assert shown in amira.messages(NORTH_EAST)[-1].plain


def test_a_contact_brings_its_actions(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command("/contact", channel=NORTH_EAST)
    lines = "Priya: send the plan by 8 January\n\nAmira Shah: read it by 11 January"
    sent = amira.submit(amira.modal(), {"summary": "Staffing", "actions": lines})
    assert "A-1 Priya Nair: send the plan, due 8 January 2027" in words(sent.view).replace("*", "")
    assert [(item.what, item.contact_id) for item in items(office)] == [("send the plan", 1), ("read it", 1)]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Priya: send the plan", "does not say who is to do what by when"),
        ("Priya: send the plan by 1/1/2027", "due today or later"),
        ("Zebedee: send the plan by Friday", "Nobody on WP-NE fits “Zebedee”. On it are Amira Shah"),
        ("Priya: AB 12 34 56 C by Friday", "National Insurance number"),
    ],
)
def test_an_action_that_cannot_be_kept_is_refused_under_its_field_and_nothing_is_kept(
    office: Office, line: str, sentence: str
) -> None:
    amira = office.person(AMIRA)
    amira.command("/contact", channel=NORTH_EAST)
    refused = amira.submit(amira.modal(), {"summary": "Staffing", "actions": f"Amira: read it by Friday\n{line}"})
    assert sentence in refused.errors["actions"]
    assert items(office) == []
    assert office.read(lambda s: s.scalars(select(Contact)).all()) == []


def test_an_action_is_done_with_its_button_once(office: Office) -> None:
    amira = office.person(AMIRA)
    answered(amira, PLAN)
    answered(amira, "/action list")
    listed = amira.messages(NORTH_EAST)[-1]
    for _ in range(2):
        amira.click(listed, "Done")
        office.drain()
    said = [message.plain for message in amira.messages(NORTH_EAST)[-2:]]
    assert "Action A-1 on WP-NE is done" in said[0]
    assert "Amira Shah closed A-1 on 4 January 2027, so nothing was changed" in said[1]
    assert audited(office) == ["action added", "action closed"]
    assert "No open action" in answered(amira, "/action list")


def test_what_is_closed_by_another_is_not_closed_by_its_owner(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.command("/contact", channel=NORTH_EAST)
    line = "Amira: read it by Friday"
    amira.submit(
        whole_form(amira), {"summary": "Staffing", "actions": line, "closed_by_another": ["closed_by_another"]}
    )
    assert "closed by somebody other than its owner" in answered(amira, "/action done A-1")
    assert items(office)[0].done_on is None
    (answer,) = office.person(NADIA).command("/action done A-1 checked", channel=PORTFOLIO)
    assert "Done on 4 January 2027: checked" in answer.plain


def test_an_action_gets_a_new_owner_and_a_new_day_and_its_history_says_so(office: Office) -> None:
    amira = office.person(AMIRA)
    answered(amira, PLAN)
    assert "Amira Shah: send the staffing plan" in answered(amira, "/action reassign A-1 @Amira Shah")
    assert "Due 15 January 2027" in answered(amira, "/action due a-1 15 January")
    assert "due today or later" in answered(amira, "/action due A-1 1/1/2027")
    changes = office.read(
        lambda s: s.scalars(
            select(col(TrailEntry.changes))
            .where(col(TrailEntry.action) == "action changed")
            .order_by(col(TrailEntry.id))
        ).all()
    )
    assert list(changes) == [
        {"owner": ["Priya Nair", "Amira Shah"]},
        {"due": ["8 January 2027", "15 January 2027"]},
    ]


def test_the_list_is_narrowed_and_says_what_is_late(office: Office) -> None:
    amira = office.person(AMIRA)
    answered(amira, PLAN)
    answered(amira, "/action add SE-CW Amira: ask for the figures by 29 January")
    office.clock.advance(timedelta(days=7))
    assert "2 open actions on your contracts, 1 late" in answered(amira, "/action list")
    for typed, found in {"late": ["A-1"], "mine": ["A-2"], "se-cw": ["A-2"], "priya plan": ["A-1"], "zzz": []}.items():
        listed = answered(amira, f"/action list {typed}")
        assert [each for each in ("A-1", "A-2") if f"{each} " in listed] == found, typed


def test_another_managers_actions_are_as_if_they_were_not_there(office: Office) -> None:
    office.person(CALLUM).command("/action add HA-EW Callum: recover by 8 January", channel=PORTFOLIO)
    amira = office.person(AMIRA)
    for typed in ("done A-1", "due A-1 8 January", "reassign A-1 Amira", "done A-99", "done nonsense"):
        assert "No action of your contracts fits" in answered(amira, f"/action {typed}"), typed
    assert "No open action" in answered(amira, "/action list")
    assert items(office)[0].done_on is None


def answered(person: SlackPerson, line: str) -> str:
    (answer,) = person.command(line, channel=NORTH_EAST)
    return answer.plain


def items(office: Office) -> list[ActionItem]:
    return list(office.read(lambda s: s.scalars(select(ActionItem).order_by(col(ActionItem.id))).all()))


def audited(office: Office) -> list[str]:
    about = select(col(TrailEntry.action)).where(col(TrailEntry.subject) == "A-1").order_by(col(TrailEntry.id))
    return list(office.read(lambda s: s.scalars(about).all()))
