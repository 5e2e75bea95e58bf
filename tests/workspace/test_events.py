"""Events: their shape, who hears them, and the tries after a failure."""

from __future__ import annotations

from tests.workspace.conftest import World
from workspace import Person


def test_a_direct_message_is_heard_and_answered(world: World, alice: Person) -> None:
    said = alice.say("a < b & *c*", channel=alice.direct_channel)
    alice.wait(lambda p: any(m.plain == "You wrote a < b & c" for m in p.direct_messages()))
    body = next(b for b in world.sample.received if b.get("event", {}).get("user") == "U0ALICE")
    assert (body["type"], body["team_id"], body["api_app_id"]) == ("event_callback", "T0HOME", "A0SAMPLE")
    assert body["event"] | {"event_ts": "", "channel": ""} == {
        "type": "message",
        "user": "U0ALICE",
        "text": "a &lt; b &amp; *c*",
        "ts": said.ts,
        "team": "T0HOME",
        "channel": "",
        "channel_type": "im",
        "event_ts": "",
    }
    assert body["authorizations"][0]["team_id"] == "T0HOME"
    assert body["authorizations"][0]["user_id"] == "U0SAMPLE"
    assert body["is_ext_shared_channel"] is False
    assert body["event_id"].startswith("Ev")


def test_a_partner_in_a_shared_channel(world: World, gina: Person) -> None:
    gina.say("hello", channel="C0SHARED")
    world.sample.wait(lambda: world.sample.received)
    body = world.sample.received[-1]
    assert body["is_ext_shared_channel"] is True
    assert (body["event"]["user_team"], body["event"]["channel_type"]) == ("T0GUEST", "group")


def test_channels_that_the_manifest_does_not_ask_for_are_silent(world: World, alice: Person) -> None:
    alice.say("public", channel="C0OPEN")  # message.channels is not subscribed
    alice.say("elsewhere", channel="C0SECRET")  # the app is not a member
    alice.say("heard", channel="C0SHARED")
    world.sample.wait(lambda: world.sample.received)
    assert [body["event"]["text"] for body in world.sample.received] == ["heard"]


def test_the_apps_own_changes_are_events_too(world: World, alice: Person) -> None:
    ts = world.web.chat_postMessage(channel="C0SHARED", text="one")["ts"]
    world.web.chat_update(channel="C0SHARED", ts=ts, text="two")
    world.web.chat_delete(channel="C0SHARED", ts=ts)

    def kinds() -> bool:
        return {"message_changed", "message_deleted"} <= {
            body["event"].get("subtype") for body in world.sample.received if "event" in body
        }

    world.sample.wait(kinds)
    changed = next(b["event"] for b in world.sample.received if b["event"].get("subtype") == "message_changed")
    assert (changed["message"]["text"], changed["previous_message"]["text"]) == ("two", "one")


def test_four_tries_and_no_more(world: World, alice: Person) -> None:
    world.sample.event_statuses = [(500, {}), (500, {}), (500, {}), (500, {}), (200, {})]
    alice.say("hello", channel="C0SHARED")
    world.sample.wait(lambda: len(world.sample.event_statuses) == 1)
    assert world.sample.retries == [("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert world.slept == [0.0, 60.0, 300.0]


def test_an_app_that_wants_no_retry(world: World, alice: Person) -> None:
    world.sample.event_statuses = [(500, {"x-slack-no-retry": "1"})]
    alice.say("hello", channel="C0SHARED")
    world.sample.wait(lambda: not world.sample.event_statuses)
    alice.say("again", channel="C0SHARED")
    world.sample.wait(lambda: world.sample.received)
    assert world.sample.retries == []
    assert world.slept == []
