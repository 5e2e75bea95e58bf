"""Buttons that an earlier version of Liaison put up, and that still stand after it was updated."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from bot.models import Contract, OutboxMessage, Receipt, Report, TrailEntry
from tests.acceptance.office import AMIRA, NORTH_EAST, NORTH_EAST_SHARED, PRIYA, Office
from tests.acceptance.reporting import december, in_channel, send
from workspace.blocks import interactive
from workspace.client.person import Message, Modal, Person

NOTHING = "This button is from an earlier version of Liaison, so nothing was done."
ASKED = "Report for December 2026"
Json = dict[str, Any]


def as_before(office: Office, names: Mapping[str, str] | None = None) -> None:
    """Let what is about to be sent carry numbers, and perhaps other names of buttons, as an earlier version made it."""

    def numbers(session: Session) -> dict[str, str]:
        contracts, reports = session.scalars(select(Contract)), session.scalars(select(Report))
        return {each.public_id: str(each.id) for each in (*contracts, *reports)}

    before = office.read(numbers) | dict(names or {})
    with office.liaison.database.writing() as session:
        for row in session.scalars(select(OutboxMessage).where(col(OutboxMessage.slack_ts).is_(None))):
            text = json.dumps(row.blocks)
            for now, then in before.items():
                text = text.replace(f'"{now}', f'"{then}')
            row.blocks = json.loads(text)


def values(shown: Message | Modal) -> dict[str, str]:
    """What the buttons carry, by their action."""
    return {element["action_id"]: element.get("value", "") for _, element in interactive(shown.blocks)}


def told(person: Person, channel: str) -> str:
    """What somebody alone was told in a channel."""
    return " ".join(message.plain for message in person.messages(channel) if message.ephemeral)


@pytest.fixture
def prompted(office: Office) -> Office:
    """The prompt for December stands in the shared channel as an earlier version sent it."""
    office.run("prompt")
    as_before(office)
    office.deliver()
    return office


def test_an_old_button_does_nothing_and_its_message_gets_new_ones(prompted: Office) -> None:
    office, priya = prompted, prompted.person(PRIYA)
    prompt = in_channel(priya, NORTH_EAST_SHARED, ASKED)
    assert values(prompt)["report_open"] == str(office.read(december).id)
    priya.click(prompt, "Report the figures")
    office.drain()
    assert f"{NOTHING} The message gets new buttons in a moment: use those." in told(priya, NORTH_EAST_SHARED)
    assert priya.open_view() is None
    office.deliver()
    again = in_channel(priya, NORTH_EAST_SHARED, ASKED)
    assert (again.ts, again.text) == (prompt.ts, prompt.text)
    assert values(again)["report_open"] == office.read(december).public_id
    priya.click(again, "Report the figures")
    assert "Report for December 2026" in send(priya, "97.2", "88")
    assert office.read(december).received_at is not None


def test_who_presses_it_once_more_gets_no_second_update(prompted: Office) -> None:
    office, priya = prompted, prompted.person(PRIYA)
    prompt = in_channel(priya, NORTH_EAST_SHARED, ASKED)
    for label in ("Report the figures", "Raise a risk", "Report the figures"):
        priya.click(prompt, label)
        office.drain()
    updates = select(func.count()).select_from(OutboxMessage).where(col(OutboxMessage.replaces_id).is_not(None))
    assert office.read(lambda session: session.scalar(updates)) == 1
    assert told(priya, NORTH_EAST_SHARED).count(NOTHING) == 3


def test_a_button_that_nobody_knows_any_more_does_nothing_either(office: Office) -> None:
    priya = office.person(PRIYA)
    office.run("prompt")
    as_before(office, {"report_open": "report_of_old"})
    office.deliver()
    priya.click(in_channel(priya, NORTH_EAST_SHARED, ASKED), "Report the figures")
    office.drain()
    assert NOTHING in told(priya, NORTH_EAST_SHARED)
    assert priya.open_view() is None


def test_an_old_acceptance_is_none(office: Office) -> None:
    """The writes of a button are not begun; its message in the contract's channel gets the keys, and then they are."""
    priya, amira = office.person(PRIYA), office.person(AMIRA)
    office.run("prompt")
    office.deliver()
    priya.click(in_channel(priya, NORTH_EAST_SHARED, ASKED), "Report the figures")
    send(priya, "97.2", "88")
    as_before(office)
    office.deliver()
    (notice,) = [each for each in amira.messages(NORTH_EAST) if ASKED in each.plain]
    amira.click(notice, "Accept")
    office.deliver()
    assert NOTHING in told(amira, NORTH_EAST)
    assert office.read(december).decision is None
    amira.click(in_channel(amira, NORTH_EAST, ASKED), "Accept")
    office.drain()
    assert office.read(december).decision == "accepted"


def test_an_old_page_is_published_anew(office: Office) -> None:
    amira = office.person(AMIRA)
    amira.open_home()
    page: Modal = amira.wait(lambda someone: someone.home())
    keys = report_buttons(page)
    numbers = {each.public_id: str(each.id) for each in rows(office, Report) if each.public_id in keys}
    published = office.workspace.views.home(AMIRA)
    assert published is not None
    for block, element in interactive(published.body["blocks"]):
        if element["action_id"] == "report_open":
            block["accessory"] = {**element, "value": numbers[element["value"]]}
    old = amira.home()
    assert old is not None
    assert report_buttons(old) == set(numbers.values())
    amira.click(old, "Report the figures")
    assert f"{NOTHING} Your page has new buttons now: use those." in str(amira.modal().blocks)
    amira.close(amira.modal())
    office.drain()
    page = amira.wait(lambda someone: someone.home())
    assert report_buttons(page) == keys
    amira.click(page, "Report the figures")
    assert send(amira, "97.2", "88")


def report_buttons(page: Modal) -> set[str]:
    """What the buttons carry that open the form of a report."""
    return {element["value"] for _, element in interactive(page.blocks) if element["action_id"] == "report_open"}


def sent(office: Office, **payload: object) -> Json:
    """What an old button or form of Amira's is answered."""
    by = {"user": {"id": AMIRA, "team_id": "T0DEPT"}, "team": {"id": "T0DEPT"}, "trigger_id": f"9.{len(payload)}"}
    answer = office.post({"payload": json.dumps({**by, **payload})})
    assert answer.status_code == 200
    office.drain()
    return dict(answer.json()) if answer.text else {}


@pytest.mark.parametrize(
    "action", ["risk_review", "action_done", "contact_undo", "escalation_take_over", "report_accept_here", "of_old"]
)
def test_an_answer_that_only_its_reader_saw_is_to_be_asked_for_again(http_office: Office, action: str) -> None:
    for number, carried in enumerate(("1", "R-1", "A-1", "C-1", "1 0 received"), 1):
        respond = http_office.workspace.grants.response(AMIRA, NORTH_EAST)
        sent(
            http_office,
            type="block_actions",
            channel={"id": NORTH_EAST},
            container={"type": "message", "channel_id": NORTH_EAST, "message_ts": "1.000001"},
            response_url=f"{http_office.workspace_url}/response/{respond}",
            actions=[{"type": "button", "action_id": action, "block_id": "b", "value": carried}],
        )
        said = told(http_office.person(AMIRA), NORTH_EAST)
        assert said.count(f"{NOTHING} Type the command again for a button that works, or open Home") == number
    changed = (Receipt, OutboxMessage)
    assert [len(rows(http_office, model)) for model in changed] == [0, 0]
    assert [row for row in rows(http_office, TrailEntry) if row.actor == AMIRA] == []


def rows(office: Office, model: type[Any]) -> list[Any]:
    return office.read(lambda session: list(session.scalars(select(model))))


@pytest.mark.parametrize(("callback", "carried"), [("report_form", "1"), ("risk_owner_form", "1"), ("of_old", "")])
def test_an_old_form_keeps_what_was_typed_and_says_to_open_it_anew(
    http_office: Office, callback: str, carried: str
) -> None:
    typed = {"narrative": {"entered": {"type": "plain_text_input", "value": "Two sites were closed"}}}
    view = {"type": "modal", "id": "V1", "callback_id": callback, "private_metadata": carried}
    answer = sent(http_office, type="view_submission", view={**view, "state": {"values": typed}, "blocks": []})
    assert answer["response_action"] == "errors"
    assert "This form is from an earlier version of Liaison, so nothing was done." in answer["errors"]["narrative"]
