"""A contract is found by what people call it; where several fit, they are asked which, with buttons."""

import json

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.models import Contract, Person, Risk, Role, RoleName, TrailEntry
from tests.acceptance.office import AMIRA, MARTHA, NORTH_EAST, PORTFOLIO, PRIYA, Office
from tests.builders import contract_named
from workspace import Person as User


@pytest.mark.parametrize("typed", ["northgate", '"wp ne"', '"pathways north"', "“Nothgate futures”"])
def test_words_that_fit_one_contract_are_enough(office: Office, typed: str) -> None:
    (answer,) = office.person(AMIRA).command(f'/risk raise {typed} "Advisers leaving" likely major', channel=PORTFOLIO)
    assert "is raised on WP-NE Work Pathways, North East" in answer.plain


def test_where_several_fit_a_button_gives_the_command_again(office: Office) -> None:
    amira = office.person(AMIRA)
    (question,) = amira.command('/risk raise work "Advisers leaving" likely major', channel=NORTH_EAST)
    assert "“work” fits 2 contracts. Which one do you mean: SK-SC or WP-NE?" in question.plain
    assert [element["text"]["text"] for _, element in question.elements()] == ["SK-SC", "WP-NE"]
    amira.click(question, "SK-SC")
    amira.wait(lambda person: any("is raised on SK-SC" in m.plain for m in person.messages(NORTH_EAST)))
    assert not any("fits 2 contracts" in m.plain for m in amira.messages(NORTH_EAST)), "the answer stands in its place"
    raised_on = select(col(Contract.reference)).join(Risk, col(Risk.contract_id) == Contract.id)
    newest = raised_on.order_by(col(Risk.id).desc()).limit(1)
    assert office.read(lambda s: s.scalar(newest)) == "SK-SC"


def test_a_form_is_opened_for_the_one_that_was_chosen(office: Office) -> None:
    amira = office.person(AMIRA)
    (question,) = amira.command("/progress report work", channel=NORTH_EAST)
    amira.click(question, "WP-NE")
    assert amira.modal().title == "Report: December 2026"


def test_a_command_that_is_too_long_for_a_button_names_the_contracts_instead(office: Office) -> None:
    (answer,) = office.person(AMIRA).command(f"/contact call work {'Agreed. ' * 300}", channel=NORTH_EAST)
    assert "Which one do you mean: SK-SC or WP-NE?" in answer.plain
    assert answer.elements() == []


@pytest.mark.parametrize(
    ("user", "team", "forged", "refused"),
    [
        (PRIYA, "T0NORTHGATE", "/risk raise WP-NE “Forged” likely major", 1),  # a partner may not, by button either
        (MARTHA, "T0DEPT", "/risk raise WP-NE “Forged” likely major", 1),
        (AMIRA, "T0DEPT", "/nothing raise WP-NE “Forged” likely major", 0),
        (AMIRA, "T0DEPT", "", 0),
    ],
)
def test_a_forged_button_does_no_more_than_typing(
    http_office: Office, user: str, team: str, forged: str, refused: int
) -> None:
    payload = {
        "type": "block_actions",
        "trigger_id": "9.9",
        "user": {"id": user, "team_id": team},
        "team": {"id": "T0DEPT"},
        "channel": {"id": NORTH_EAST},
        "actions": [{"type": "button", "action_id": "choose", "block_id": "b", "value": forged}],
        "response_url": "http://127.0.0.1:9/",
    }
    assert http_office.post({"payload": json.dumps(payload)}).status_code == 200
    assert http_office.read(lambda s: s.scalars(select(Risk).where(col(Risk.title) == "Forged")).all()) == []
    refusals = select(TrailEntry).where(col(TrailEntry.action) == "refused", col(TrailEntry.actor) == user)
    assert len(http_office.read(lambda s: s.scalars(refusals).all())) == refused


def with_many(office: Office) -> None:
    """Amira manages 110 contracts more."""
    with office.liaison.database.writing() as session:
        like = contract_named(session, "WP-NE").model_dump(exclude={"id", "public_id", "reference", "title"})
        amira = session.scalars(select(col(Person.id)).where(col(Person.slack) == AMIRA)).one()
        for n in range(110):
            row = Contract(**like, reference=f"LT-{n:03}", title=f"Lettings {n}")
            session.add(row)
            session.flush()
            session.add(Role(contract_id=row.id, person_id=amira, role=RoleName.CONTRACT_MANAGER))


def labels(person: User, typed: str) -> list[str]:
    form = person.modal()
    offered = person.suggest(form, form.field("contract")[1]["action_id"], typed)
    return [option["text"]["text"] for option in offered["options"]]


def test_the_hundred_and_first_contract_can_be_chosen_in_every_form(office: Office) -> None:
    """Over the address for options and over Socket Mode; each list has those with which the person may do it."""
    with_many(office)
    amira = office.person(AMIRA)
    amira.command("/risk", channel=PORTFOLIO)
    assert len(labels(amira, "")) == 100, "before anything is typed"
    assert labels(amira, "lettings 109") == labels(amira, "lt109") == ["LT-109 Lettings 109"]
    assert labels(amira, "nothing like it") == []
    raised = amira.submit(
        amira.modal(),
        {"contract": "LT-109", "title": "Roof leaks", "likelihood": "4", "impact": "4"},
    )
    assert (raised.errors, raised.failure) == ({}, None)
    newest = select(col(Contract.reference)).join(Risk, col(Risk.contract_id) == Contract.id)
    assert office.read(lambda s: s.scalar(newest.order_by(col(Risk.id).desc()).limit(1))) == "LT-109"
    amira.close(amira.modal(), everything=True)
    amira.command("/contact", channel=PORTFOLIO)
    assert labels(amira, "lettings 108") == ["LT-108 Lettings 108"]
    amira.click(amira.modal(), "contact_contract", "LT-108")
    amira.wait(lambda person: "Who took part" in str(person.modal().view["blocks"]))
    assert amira.submit(amira.modal(), {"summary": "Agreed the dates"}).errors == {}
    amira.close(amira.modal(), everything=True)
    amira.command("/progress", channel=PORTFOLIO)
    assert labels(amira, "lettings 107") == ["LT-107 Lettings 107"]
    amira.close(amira.modal(), everything=True)
