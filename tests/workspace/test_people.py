"""What a person does beside commands and buttons: shortcuts, reactions, changes, coming and going, the app's page."""

from __future__ import annotations

from typing import Any

from tests.workspace.conftest import HTTP, World

Json = dict[str, Any]


def act(world: World, user: str, action: str, **data: object) -> Json:
    answer = HTTP.post(f"{world.url}/people/{user}/{action}", json=data)
    body: Json = answer.json()
    assert answer.status_code in (200, 400)
    assert (answer.status_code == 400) == ("error" in body)
    return body


def heard(world: World, kind: str) -> Json:
    """The last event of a type, once it has come."""

    def found() -> list[Json]:
        return [b for b in world.sample.received if b.get("event", {}).get("type") == kind]

    world.sample.wait(found)
    return found()[-1]


def test_a_global_shortcut(full: World) -> None:
    assert act(full, "U0ALICE", "shortcut", callback_id="from_anywhere") == {"failure": None}
    body = full.sample.last("shortcut")
    assert body.pop("trigger_id")
    assert body.pop("action_ts")
    assert body == {
        "type": "shortcut",
        "token": "deprecated-verification-token",
        "team": {"id": "T0HOME", "domain": "examples"},
        "user": {"id": "U0ALICE", "username": "alice", "team_id": "T0HOME"},
        "callback_id": "from_anywhere",
        "enterprise": None,
        "is_enterprise_install": False,
    }
    with full.person("U0ALICE") as alice:
        assert alice.modal().title == "Raise a risk"


def test_a_message_shortcut(full: World) -> None:
    with full.person("U0ALICE") as alice:
        said = alice.say("keep this", channel="C0ALONE")  # where the app is not
        place = {"channel": "C0ALONE", "ts": said.ts}
        assert act(full, "U0ALICE", "shortcut", callback_id="on_message", **place) == {"failure": None}
        body = full.sample.last("message_action")
        assert body["message"]["text"] == "keep this"
        assert (body["message_ts"], body["channel"]) == (said.ts, {"id": "C0ALONE", "name": "alone"})
        assert body["response_url"].startswith(f"{full.url}/response/")
        assert "container" not in body
        answer = alice.wait(lambda p: [m for m in p.messages("C0ALONE") if m.plain == "You chose: keep this"])
        assert answer[0].ephemeral
        only = {"channel": "C0ALONE", "ts": answer[0].ts}
        assert "error" in act(full, "U0ALICE", "shortcut", callback_id="on_message", **only)
        assert "error" in act(full, "U0ALICE", "shortcut", callback_id="from_anywhere", **place)


def test_shortcuts_are_not_for_other_organisations(full: World) -> None:
    assert "error" in act(full, "U0GINA", "shortcut", callback_id="from_anywhere")
    assert full.sample.received == []


def test_a_reaction_comes_and_goes(full: World) -> None:
    ts = full.web.chat_postMessage(channel="C0SHARED", text="one")["ts"]
    act(full, "U0GINA", "react", channel="C0SHARED", ts=ts, name="eyes")
    event = heard(full, "reaction_added")["event"]
    assert event.pop("event_ts")
    assert event == {
        "type": "reaction_added",
        "user": "U0GINA",
        "reaction": "eyes",
        "item": {"type": "message", "channel": "C0SHARED", "ts": ts},
        "item_user": "U0SAMPLE",
    }
    with full.person("U0ALICE") as alice:
        assert alice.messages("C0SHARED")[0].reactions == {"eyes": ["U0GINA"]}
        act(full, "U0GINA", "react", channel="C0SHARED", ts=ts, name="eyes")
        assert heard(full, "reaction_removed")["event"]["reaction"] == "eyes"
        assert alice.messages("C0SHARED")[0].reactions == {}
    assert "error" in act(full, "U0GINA", "react", channel="C0SHARED", ts=ts, name="no emoji")


def test_own_messages_can_be_changed_and_deleted(full: World) -> None:
    with full.person("U0ALICE") as alice, full.person("U0BOB") as bob:
        said = alice.say("one", channel="C0OPEN")
        place = {"channel": "C0OPEN", "ts": said.ts}
        assert act(full, "U0ALICE", "edit", text="<two>", **place) == {}
        assert [(m.plain, m.edited) for m in bob.messages("C0OPEN")] == [("<two>", True)]
        assert "error" in act(full, "U0BOB", "edit", text="mine", **place)
        assert "error" in act(full, "U0BOB", "delete", **place)
        assert act(full, "U0ALICE", "delete", **place) == {}
        assert bob.messages("C0OPEN") == []
        assert "error" in act(full, "U0ALICE", "delete", **place)


def test_the_apps_page(full: World) -> None:
    assert act(full, "U0ALICE", "home", tab="home") == {}
    event = heard(full, "app_home_opened")["event"]
    assert (event["user"], event["tab"], "view" in event) == ("U0ALICE", "home", False)
    full.web.views_publish(user_id="U0ALICE", view={"type": "home", "blocks": [{"type": "divider"}]})
    act(full, "U0ALICE", "home", tab="home")
    full.sample.wait(lambda: heard(full, "app_home_opened")["event"].get("view"))
    assert heard(full, "app_home_opened")["event"]["view"]["type"] == "home"
    assert "error" in act(full, "U0ALICE", "home", tab="about")


def test_coming_and_going(full: World) -> None:
    assert act(full, "U0BOB", "leave", channel="C0OPEN") == {}
    assert heard(full, "member_left_channel")["event"]["user"] == "U0BOB"
    assert act(full, "U0BOB", "join", channel="C0OPEN") == {}
    event = heard(full, "member_joined_channel")["event"]
    assert (event["channel"], event["channel_type"], event["team"]) == ("C0OPEN", "C", "T0HOME")
    for channel in ("C0SECRET", "C0OLD", "C0NONE"):
        assert "error" in act(full, "U0BOB", "join", channel=channel)
    assert "error" in act(full, "U0GINA", "join", channel="C0OPEN")
    assert "error" in act(full, "U0TEMP", "join", channel="C0OPEN")
