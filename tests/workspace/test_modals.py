"""Modals: opening, filling in, submitting, and the stack of three."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workspace.conftest import HTTP, World
from tests.workspace.sample import card, form, step
from workspace import Person
from workspace.acts.interactions import TROUBLE

FILLED: dict[str, Any] = {"title": "Advisers", "impact": "Major", "flags": ["shared"], "figure": 97.2}


def test_what_the_client_refuses_never_reaches_the_app(world: World, alice: Person) -> None:
    alice.command("/risk form", channel="C0OPEN")
    modal = alice.modal()
    refused = alice.submit(modal, {"figure": "lots"})
    assert set(refused.errors) == {"title", "impact", "figure"}
    assert (refused.closed, refused.view is not None) == (False, True)
    assert [body for body in world.sample.received if body.get("type") == "view_submission"] == []


def test_a_submission_of_a_partner(world: World, gina: Person) -> None:
    world.web.chat_postMessage(channel="C0SHARED", text="x", blocks=card("x"))
    gina.click(gina.messages("C0SHARED")[-1], "form")
    modal = gina.modal()
    assert (modal.title, modal.callback_id) == ("Raise a risk", "raise")
    done = gina.submit(modal, FILLED)
    assert (done.closed, done.errors, done.view, done.failure) == (True, {}, None, None)
    body = world.sample.last("view_submission")
    assert body["team"] == {"id": "T0GUEST", "domain": "guestworks"}
    assert body["user"]["team_id"] == body["view"]["team_id"] == "T0GUEST"
    assert body["view"]["app_installed_team_id"] == "T0HOME"
    assert body["view"]["state"]["values"]["figure"] == {"v": {"type": "number_input", "value": "97.2"}}
    assert body["view"]["state"]["values"]["impact"]["v"]["selected_option"]["value"] == "major"
    assert (body["view"]["previous_view_id"], body["view"]["root_view_id"]) == (None, modal.id)
    assert (body["response_urls"], body["enterprise"]) == ([], None)
    assert "channel" not in body
    assert "response_url" not in body


def test_errors_stand_below_their_fields(world: World, alice: Person) -> None:
    alice.command("/risk form", channel="C0OPEN")
    world.sample.on_submit = {"response_action": "errors", "errors": {"title": "Already raised"}}
    refused = alice.submit(alice.modal(), FILLED)
    assert refused.errors == {"title": "Already raised"}
    kept = alice.modal()
    assert kept.values["title"]["v"] == "Advisers"
    world.sample.on_submit = {"response_action": "errors", "errors": {"nowhere": "x"}}
    assert alice.submit(kept, {}).failure == TROUBLE


def test_update_push_and_clear(world: World, alice: Person) -> None:
    alice.command("/risk steps", channel="C0OPEN")
    first = alice.modal()
    world.sample.on_submit = {"response_action": "update", "view": step("one", "Again")}
    updated = alice.submit(first, {}).view
    assert updated is not None
    assert (updated.id, updated.title) == (first.id, "Again")
    assert updated.view["hash"] != first.view["hash"]
    world.sample.on_submit = {"response_action": "push", "view": step("two", "Step 2")}
    second = alice.submit(updated, {}).view
    assert second is not None
    assert (second.view["previous_view_id"], second.view["root_view_id"]) == (first.id, first.id)
    third = alice.submit(second, {}).view
    assert third is not None
    assert alice.submit(third, {}).failure == TROUBLE  # a fourth does not fit
    world.sample.on_submit = {}
    closed = alice.submit(third, {})
    assert closed.closed
    assert closed.view is not None
    assert closed.view.id == second.id
    world.sample.on_submit = {"response_action": "clear"}
    assert alice.submit(closed.view, {}).view is None
    assert alice.open_view() is None


@pytest.mark.parametrize(
    "answer", [{"response_action": "update", "view": {"type": "modal"}}, {"response_action": "dance"}]
)
def test_an_answer_that_slack_cannot_use(world: World, alice: Person, answer: dict[str, Any]) -> None:
    alice.command("/risk steps", channel="C0OPEN")
    world.sample.on_submit = answer
    modal = alice.modal()
    outcome = alice.submit(modal, {})
    assert outcome.failure == TROUBLE
    assert outcome.view is not None
    assert outcome.view.id == modal.id


def test_an_app_that_is_too_slow_keeps_the_modal(make_world: Any) -> None:  # noqa: ANN401 - a fixture's function
    worlds = make_world(patience=0.25)
    world: World = next(worlds)
    with world.person("U0ALICE") as alice:
        alice.command("/risk form", channel="C0OPEN")
        modal = alice.modal()
        world.sample.stall = 0.6
        outcome = alice.submit(modal, FILLED)
        assert (outcome.failure, outcome.closed) == (TROUBLE, False)
        assert alice.modal().values["title"]["v"] == "Advisers"
    next(worlds, None)


def test_closing_tells_the_app_that_asked(world: World, alice: Person) -> None:
    alice.command("/risk steps", channel="C0OPEN")
    first = alice.modal()
    alice.click(first, "Deeper")
    second = alice.modal(title="Step 2")
    body = world.sample.last("block_actions")
    assert body["container"] == {"type": "view", "view_id": first.id}
    assert "channel" not in body
    assert "response_url" not in body
    alice.close(second)
    closed = world.sample.last("view_closed")
    assert (closed["view"]["id"], closed["is_cleared"]) == (second.id, False)
    alice.click(first, "deeper")
    alice.close(alice.modal(title="Step 2"), everything=True)
    assert world.sample.last("view_closed")["is_cleared"] is True
    assert world.sample.last("view_closed")["view"]["id"] == first.id
    assert alice.open_view() is None
    with pytest.raises(PermissionError, match="no longer open"):
        alice.submit(first, {})


def test_a_fourth_view_is_not_pushed(world: World, alice: Person) -> None:
    view = step("quiet", "Quiet")
    view["blocks"][1]["elements"][0]["action_id"] = "any_button"  # which the app hears and does nothing about
    alice.command("/risk silent", channel="C0OPEN")
    opened = world.call("views.open", trigger_id=world.sample.last("command")["trigger_id"], view=view)
    stack = [opened["view"]["id"]]
    for outcome in ("ok", "ok", "push_limit_reached"):
        alice.click(alice.modal(), "Deeper")
        answer = world.call("views.push", trigger_id=world.sample.last("block_actions")["trigger_id"], view=view)
        assert answer.get("error", "ok") == outcome
        if answer["ok"]:
            assert (answer["view"]["previous_view_id"], answer["view"]["root_view_id"]) == (stack[-1], stack[0])
            stack.append(answer["view"]["id"])
    assert (len(stack), alice.modal().id) == (3, stack[-1])


def test_values_of_the_wrong_form_do_no_harm(world: World, alice: Person) -> None:
    alice.command("/risk form", channel="C0OPEN")
    view_id = alice.modal().id
    for values in (7, {"title": 7}, {"title": {"v": {"a": 1}}}, {"flags": {"v": "shared"}}, {"due": {"v": [1]}}):
        answer = HTTP.post(f"{world.url}/people/U0ALICE/submit", json={"view_id": view_id, "values": values})
        assert answer.status_code == 200
        assert answer.json()["closed"] is False


def test_views_update(world: World, alice: Person) -> None:
    alice.command("/risk form", channel="C0OPEN")
    modal = alice.modal()
    stale = world.call("views.update", view_id=modal.id, view=form(), hash="1.old")
    assert stale["error"] == "hash_conflict"
    named = form(external_id="one", title="Second")
    answer = world.call("views.update", view_id=modal.id, view=named, hash=modal.view["hash"])
    assert answer["view"]["title"]["text"] == "Second"
    assert world.call("views.update", external_id="one", view=form(external_id="one"))["ok"] is True
    assert world.call("views.update", view_id="V0NONE", view=form())["error"] == "not_found"
    with world.person("U0BOB") as bob:
        bob.command("/risk silent", channel="C0OPEN")
    trigger = world.sample.last("command")["trigger_id"]
    clash = world.call("views.open", trigger_id=trigger, view=form(external_id="one"))
    assert clash["error"] == "duplicate_external_id"
    huge = form() | {
        "blocks": [{"type": "section", "text": {"type": "mrkdwn", "text": "\u20ac" * 3000}} for _ in range(40)]
    }
    assert world.call("views.open", trigger_id=trigger, view=huge)["error"] == "view_too_large"


def test_the_home_tab(world: World, alice: Person) -> None:
    home = {"type": "home", "blocks": card("Your contracts")}
    first = world.web.views_publish(user_id="U0ALICE", view=home)["view"]
    shown = alice.home()
    assert shown is not None
    assert shown.blocks[0]["text"]["text"] == "Your contracts"
    again = world.web.views_publish(user_id="U0ALICE", view=home)["view"]
    assert again["id"] == first["id"]
    stale = world.call("views.publish", user_id="U0ALICE", view=home, hash=first["hash"])
    assert stale["error"] == "hash_conflict"
