"""Buttons and selects in messages, across organisations."""

from __future__ import annotations

import pytest

from tests.workspace.conftest import HTTP, World
from tests.workspace.sample import card
from workspace import Person
from workspace.client.person import Message


def posted(world: World, person: Person, channel: str = "C0SHARED") -> Message:
    world.web.chat_postMessage(channel=channel, text="A card", blocks=card("*Advisers* leaving"))
    return person.messages(channel)[-1]


def test_a_partners_press_as_the_app_receives_it(world: World, gina: Person) -> None:
    message = posted(world, gina)
    assert gina.click(message, "Acknowledge") is None
    body = world.sample.last("block_actions")
    assert body["user"] == {"id": "U0GINA", "username": "gina", "name": "gina", "team_id": "T0GUEST"}
    assert body["team"] == {"id": "T0HOME", "domain": "examples"}
    assert body["channel"] == {"id": "C0SHARED", "name": "privategroup"}
    assert (body["enterprise"], body["is_enterprise_install"], body["api_app_id"]) == (None, False, "A0SAMPLE")
    assert body["container"] == {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": "C0SHARED",
        "is_ephemeral": False,
    }
    assert body["message"]["blocks"][0]["block_id"] == "words"
    assert body["state"] == {"values": {"buttons": {"pick": {"type": "static_select", "selected_option": None}}}}
    [action] = body["actions"]
    assert action.pop("action_ts")
    assert action == {
        "type": "button",
        "action_id": "risk_ack",
        "block_id": "buttons",
        "text": {"type": "plain_text", "text": "Acknowledge", "emoji": True},
        "value": "R-1",
    }


def test_replacing_the_original(world: World, alice: Person, gina: Person) -> None:
    message = posted(world, gina)
    gina.click(message, "risk_ack")
    shown = alice.wait(lambda p: [m for m in p.messages("C0SHARED") if "Acknowledged" in m.plain])
    assert [(m.ts, m.plain) for m in shown] == [(message.ts, "Acknowledged by @Gina Guest")]
    with pytest.raises(LookupError, match="no button 'risk_ack'"):
        gina.click(message, "risk_ack")


def test_a_select(world: World, alice: Person) -> None:
    alice.click(posted(world, alice), "Rating", "Poor")
    [action] = world.sample.last("block_actions")["actions"]
    assert action["selected_option"]["value"] == "poor"
    assert action["placeholder"]["text"] == "Rating"
    noted = alice.wait(lambda p: [m for m in p.messages("C0SHARED") if m.plain == "Noted"])
    assert noted[0].ephemeral


def test_an_option_or_element_that_is_not_there(world: World, alice: Person) -> None:
    message = posted(world, alice)
    with pytest.raises(PermissionError, match="not one of the options"):
        alice.click(message, "pick", "dreadful")
    with pytest.raises(LookupError):
        alice.click(message, "nothing")


def test_an_ephemeral_message(world: World, alice: Person) -> None:
    world.web.chat_postEphemeral(channel="C0OPEN", user="U0ALICE", text="x", blocks=card("x"))
    message = alice.messages("C0OPEN")[0]
    with world.person("U0BOB") as bob, pytest.raises(LookupError):
        bob.click(message, "risk_ack")
    alice.click(message, "pick", "good")
    body = world.sample.last("block_actions")
    assert body["container"]["is_ephemeral"] is True
    assert "message" not in body
    url = body["response_url"]
    HTTP.post(url, json={"replace_original": True, "text": "changed", "response_type": "in_channel"})
    changed = next(m for m in alice.messages("C0OPEN") if m.ts == message.ts)
    assert (changed.plain, changed.ephemeral, changed.edited) == ("changed", True, False)
    HTTP.post(url, json={"delete_original": True})
    assert message.ts not in [m.ts for m in alice.messages("C0OPEN")]


def test_an_app_that_does_not_answer(world: World, alice: Person) -> None:
    world.web.chat_postMessage(
        channel="C0OPEN",
        text="x",
        blocks=[{"type": "actions", "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Odd"}}]}],
    )
    failure = alice.click(alice.messages("C0OPEN")[0], "Odd")
    assert failure == "The app did not answer (status 404). Try again?"


def test_triggers_are_good_for_three_seconds_and_one_modal(world: World, alice: Person) -> None:
    view = {"type": "modal", "title": {"type": "plain_text", "text": "T"}, "blocks": []}
    alice.command("/risk silent", channel="C0OPEN")
    trigger = world.sample.last("command")["trigger_id"]
    assert world.call("views.open", trigger_id="nonsense", view=view)["error"] == "invalid_trigger_id"
    assert world.call("views.open", trigger_id=trigger, view={"type": "modal"})["error"] == "invalid_arguments"
    assert world.call("views.open", trigger_id=trigger, view=view)["ok"] is True
    assert world.call("views.open", trigger_id=trigger, view=view)["error"] == "exchanged_trigger_id"
    alice.command("/risk silent", channel="C0OPEN")
    world.clock.advance(seconds=3.1)
    late = world.sample.last("command")["trigger_id"]
    assert world.call("views.open", trigger_id=late, view=view)["error"] == "expired_trigger_id"
