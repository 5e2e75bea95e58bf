"""Events: their shape, who hears them, and the tries after a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.workspace.conftest import HTTP, World
from tests.workspace.everything import EVERYTHING, told
from workspace import Control, Person

Json = dict[str, Any]


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


@pytest.fixture
def heard(make_world: Callable[..., Iterator[World]]) -> Iterator[World]:
    """A world whose app hears of everything."""
    yield from make_world(manifest=EVERYTHING)


def test_an_event_without_its_scope_is_not_sent(make_world: Callable[..., Iterator[World]]) -> None:
    scopes = [scope for scope in EVERYTHING["oauth_config"]["scopes"]["bot"] if scope != "reactions:read"]
    worlds = make_world(manifest={**EVERYTHING, "oauth_config": {"scopes": {"bot": scopes}}})
    world = next(worlds)
    with world.person("U0ALICE") as alice:
        said = alice.say("x", channel="C0OPEN")
        alice.react(said, "eyes")
        alice.edit(said, "y")
        told(world, "message", subtype="message_changed")
    assert "reaction_added" not in {body["event"]["type"] for body in world.sample.received}
    next(worlds, None)


def test_a_mention_is_told_of_twice_by_two_events(heard: World) -> None:
    with heard.person("U0GINA") as gina:
        said = gina.say("@sample, hello", channel="C0SHARED")
    mention, message = told(heard, "app_mention"), told(heard, "message")
    assert mention["text"] == message["text"] == "<@U0SAMPLE>, hello"
    assert mention["ts"] == message["ts"] == said.ts
    assert mention["user_team"] == "T0GUEST"
    assert ("channel_type" in mention, message["channel_type"]) == (False, "group")
    ids = {body["event_id"] for body in heard.sample.received}
    assert len(ids) == 2


def test_somebody_of_another_organisation_comes_and_goes(heard: World) -> None:
    with Control(heard.url) as control:
        control.share("C0OPEN", "U0GINA")
        assert told(heard, "member_joined_channel")["team"] == "T0GUEST"
        assert told(heard, "message", subtype="channel_join")["text"] == "<@U0GINA> has joined the channel"
        assert told(heard, "channel_shared")["connected_team_id"] == "T0GUEST"
        with pytest.raises(ValueError, match="there already"):
            control.share("C0OPEN", "U0GINA")
        control.unshare("C0OPEN", "T0GUEST")
        gone = told(heard, "channel_unshared")
        assert (gone["previously_connected_team_id"], gone["is_ext_shared"]) == ("T0GUEST", False)
        for team in ("T0GUEST", "T0HOME"):
            with pytest.raises(ValueError, match="not there as a guest"):
                control.unshare("C0OPEN", team)


def test_a_person_who_is_deactivated(heard: World) -> None:
    with Control(heard.url) as control, heard.person("U0BOB") as bob:
        control.deactivate("U0BOB")
        assert told(heard, "user_change")["user"]["deleted"] is True
        with pytest.raises(PermissionError, match="deactivated"):
            bob.messages("C0OPEN")


def test_who_joins_the_workspace_and_who_becomes_a_guest_in_it(heard: World) -> None:
    with Control(heard.url) as control:
        control.arrive("U0NEW", "nell", "Nell New", guest="single")
        new = told(heard, "team_join")["user"]
        assert (new["id"], new["team_id"], new["real_name"]) == ("U0NEW", "T0HOME", "Nell New")
        assert (new["is_restricted"], new["is_ultra_restricted"]) == (True, True)
        control.share("C0OPEN", "U0NEW")
        with pytest.raises(ValueError, match="guest of one channel"):
            control.share("C0SECRET", "U0NEW")
        control.regrade("U0ALICE", "multi")
        changed = told(heard, "user_change")["user"]
        assert (changed["id"], changed["is_restricted"], changed["is_ultra_restricted"]) == ("U0ALICE", True, False)
        with pytest.raises(ValueError, match="several channels"):
            control.regrade("U0ALICE", "single")
        for wrong in ("U0NEW", "B0NEW"):
            with pytest.raises(ValueError, match="an id that nobody has"):
                control.arrive(wrong, "nell", "Nell New")


def test_a_person_whose_clock_shows_another_time(heard: World) -> None:
    with Control(heard.url) as control:
        control.travel("U0ALICE", "Pacific/Auckland")
        moved = told(heard, "user_change")["user"]
        assert (moved["tz"], moved["tz_offset"]) == ("Pacific/Auckland", 13 * 3600)
        with pytest.raises(ValueError, match="the name of a time zone"):
            control.travel("U0ALICE", "Nowhere")


def test_an_app_that_is_uninstalled(heard: World) -> None:
    with Control(heard.url) as control, heard.person("U0ALICE") as alice:
        control.uninstall()
        assert told(heard, "tokens_revoked")["tokens"] == {"oauth": [], "bot": ["U0SAMPLE"]}
        told(heard, "app_uninstalled")
        assert heard.call("auth.test")["error"] == "account_inactive"
        [answer] = alice.command("/risk x", channel="C0OPEN")
        assert "is not a valid command" in answer.plain
        alice.say("x", channel="C0OPEN")
    assert "message" not in {body["event"]["type"] for body in heard.sample.received}


def test_the_address_is_verified(world: World) -> None:
    with Control(world.url) as control:
        assert control.verify() is True
        assert world.sample.last("url_verification")["challenge"]
        world.sample.event_statuses = [(500, {})]
        assert control.verify() is False
        control.fault("drop_before", "url_verification")
        answer = HTTP.post(f"{world.url}/control/verify", json={}).json()
        assert answer == {"verified": False, "reason": "dispatch_failed"}


def test_one_can_wait_until_the_app_has_heard_of_everything(world: World, gina: Person) -> None:
    with Control(world.url) as control:
        control.settle()
        control.fault("slow", "message", seconds=0.3)
        gina.say("hello", channel="C0SHARED")
        with pytest.raises(TimeoutError):
            control.settle(timeout=0.01)
        control.settle()
        assert [body["event"]["text"] for body in world.sample.received] == ["hello"]
        for wrong in ("1", None, True):
            assert HTTP.post(f"{world.url}/control/settle", json={"seconds": wrong}).status_code == 400
