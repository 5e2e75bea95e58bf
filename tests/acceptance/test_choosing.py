"""A contract is found by what people call it; where several fit, they are asked which, with buttons."""

import json

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.models import Contract, Risk, TrailEntry
from tests.acceptance.office import AMIRA, MARTHA, NORTH_EAST, PORTFOLIO, PRIYA, Office


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
