"""What the Web API refuses that is easily let pass: wrong kinds of values, wrong places, people who are gone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.workspace.conftest import World
from tests.workspace.everything import EVERYTHING
from tests.workspace.sample import card, form
from workspace import Control, Person

Json = dict[str, Any]


@pytest.fixture
def world(make_world: Callable[..., Iterator[World]]) -> Iterator[World]:
    yield from make_world(manifest=EVERYTHING)


def without(tab: str) -> Json:
    features = EVERYTHING["features"]
    return {**EVERYTHING, "features": {**features, "app_home": {**features["app_home"], tab: False}}}


@pytest.fixture
def silent(make_world: Callable[..., Iterator[World]]) -> Iterator[World]:
    """A world whose app takes no messages."""
    yield from make_world(manifest=without("messages_tab_enabled"))


@pytest.mark.parametrize(
    ("text", "error"),
    [(["a"], "invalid_array_arg"), ({"type": "plain_text", "text": "a"}, "invalid_arguments")],
)
def test_a_text_is_a_string(world: World, text: object, error: str) -> None:
    assert world.call("chat.postMessage", channel="C0OPEN", text=text)["error"] == error


@pytest.mark.parametrize("method", ["conversations.history", "conversations.members"])
def test_no_more_than_a_thousand_items_are_asked_for(world: World, method: str) -> None:
    assert world.call(method, channel="C0OPEN", limit=1000)["ok"]
    assert world.call(method, channel="C0OPEN", limit=1001)["error"] == "invalid_limit"


def test_metadata_has_a_type_with_a_name(world: World) -> None:
    metadata = {"event_type": "", "event_payload": {}}
    answer = world.call("chat.postMessage", channel="C0OPEN", text="x", metadata=metadata)
    assert answer["error"] == "invalid_metadata_schema"


def test_an_app_without_a_messages_tab_writes_to_nobody(silent: World) -> None:
    for method, more in (("chat.postMessage", {"text": "x"}), ("chat.scheduleMessage", {"text": "x", "post_at": 1})):
        assert silent.call(method, channel="U0ALICE", **more)["error"] == "messages_tab_disabled"
    direct = silent.call("conversations.open", users="U0ALICE")["channel"]["id"]
    assert silent.call("chat.postMessage", channel=direct, text="x")["error"] == "messages_tab_disabled"


def test_nobody_who_is_deactivated_is_shown_anything(world: World) -> None:
    with Control(world.url) as control:
        control.deactivate("U0BOB")
    answer = world.call("chat.postEphemeral", channel="C0OPEN", user="U0BOB", text="x")
    assert answer["error"] == "user_not_in_channel"


def test_an_archived_channel_stays_as_it_is(world: World) -> None:
    posted = world.call("chat.postMessage", channel="C0OPEN", text="x")
    with Control(world.url) as control:
        control.archive("C0OPEN")
    place = {"channel": "C0OPEN", "ts": posted["ts"]}
    assert world.call("chat.update", **place, text="y")["error"] == "is_inactive"
    assert world.call("chat.delete", **place)["error"] == "is_inactive"
    item = {"channel": "C0OPEN", "timestamp": posted["ts"], "name": "eyes"}
    assert world.call("reactions.add", **item)["error"] == "is_archived"
    assert world.call("reactions.remove", **item)["error"] == "is_archived"


def test_reactions_are_for_members(world: World) -> None:
    with world.person("U0ALICE") as alice:
        said = alice.say("Hello", channel="C0ALONE")
    answer = world.call("reactions.add", channel="C0ALONE", timestamp=said.ts, name="eyes")
    assert answer["error"] == "not_in_channel"


def test_a_reply_is_broadcast_or_changed_and_not_both(world: World) -> None:
    first = world.call("chat.postMessage", channel="C0OPEN", text="x")
    reply = world.call("chat.postMessage", channel="C0OPEN", text="y", thread_ts=first["ts"])
    place = {"channel": "C0OPEN", "ts": reply["ts"], "reply_broadcast": True}
    assert world.call("chat.update", **place, text="z")["error"] == "no_dual_broadcast_content_update"
    assert world.call("chat.update", **place)["message"]["subtype"] == "thread_broadcast"


def test_a_scheduled_message_is_not_posted_where_the_app_no_longer_is(world: World) -> None:
    at = int(world.clock.now().timestamp()) + 90
    world.call("chat.scheduleMessage", channel="C0OPEN", text="Never", post_at=at)
    world.call("chat.scheduleMessage", channel="C0SHARED", text="Well", post_at=at)
    assert world.call("conversations.leave", channel="C0OPEN")["ok"]
    world.clock.advance(seconds=90)
    with world.person("U0ALICE") as alice:
        alice.wait(lambda person: any(message.plain == "Well" for message in person.messages("C0SHARED")))
        assert not any(message.plain == "Never" for message in alice.messages("C0OPEN"))


def test_a_modal_is_pushed_from_a_modal_only(world: World, alice: Person) -> None:
    alice.command("/risk steps", channel="C0OPEN")
    first = alice.modal(title="Step 1")
    world.call("chat.postMessage", channel="C0OPEN", text="A card", blocks=card("x"))
    message = alice.messages("C0OPEN")[-1]
    alice.click(message, "pick", "good")
    trigger = world.sample.last("block_actions")["trigger_id"]
    assert world.call("views.push", trigger_id=trigger, view=form())["error"] == "not_found"
    assert world.call("views.open", trigger_id=trigger, view=form())["ok"]
    assert alice.modal(title="Raise a risk").id != first.id


def test_a_view_stays_what_it_is(world: World, alice: Person) -> None:
    home: Json = {"type": "home", "blocks": [{"type": "divider"}]}
    shown = world.call("views.publish", user_id="U0ALICE", view=home)["view"]
    assert world.call("views.update", view_id=shown["id"], view=home)["ok"]
    answer = world.call("views.update", view_id=shown["id"], view=form())
    assert (answer["error"], answer["response_metadata"]["messages"]) == (
        "invalid_arguments",
        ["[ERROR] view.type: must be home"],
    )
    alice.command("/risk form", channel="C0OPEN")
    assert world.call("views.update", view_id=alice.modal().id, view=home)["error"] == "invalid_arguments"
