"""The rest of the Web API's methods, each as it answers and as it refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.workspace.conftest import MANIFEST, World
from tests.workspace.everything import EVERYTHING, told
from workspace import Person

Json = dict[str, Any]
DAY = 86_400


@pytest.fixture
def world(make_world: Callable[..., Iterator[World]]) -> Iterator[World]:
    yield from make_world(manifest=EVERYTHING)


@pytest.fixture(scope="module")
def still_world(make_world: Callable[..., Iterator[World]]) -> Iterator[World]:
    """One world for the refusals, which leave nothing behind."""
    yield from make_world(manifest=EVERYTHING)


REFUSALS: list[tuple[str, Json, str]] = [
    ("bookmarks.add", {"channel_id": "C0OPEN", "title": "x", "type": "file"}, "invalid_bookmark_type"),
    ("bookmarks.add", {"channel_id": "C0OPEN", "title": "x", "type": "link", "link": "ftp://x"}, "invalid_link"),
    ("bookmarks.add", {"channel_id": "C0OPEN", "type": "link", "link": "https://x"}, "invalid_arguments"),
    ("bookmarks.add", {"channel_id": "C0ALONE", "title": "x", "type": "link"}, "channel_not_found"),
    (
        "bookmarks.add",
        {"channel_id": "C0OPEN", "title": "x", "type": "link", "link": "https://x", "emoji": ":A B:"},
        "invalid_emoji",
    ),
    ("bookmarks.edit", {"channel_id": "C0OPEN", "bookmark_id": "Bk0"}, "not_found"),
    ("bookmarks.remove", {"channel_id": "C0OPEN", "bookmark_id": "Bk0"}, "not_found"),
    ("bots.info", {"bot": "B0OTHER"}, "bot_not_found"),
    ("chat.meMessage", {"channel": "C0OPEN"}, "no_text"),
    ("chat.postMessage", {"channel": "#none", "text": "x"}, "channel_not_found"),
    ("chat.postMessage", {"channel": "#secret", "text": "x"}, "channel_not_found"),
    ("chat.postMessage", {"channel": "#alone", "text": "x"}, "not_in_channel"),
    ("chat.scheduleMessage", {"channel": "C0OPEN", "text": "x"}, "invalid_time"),
    ("chat.scheduleMessage", {"channel": "C0OPEN", "text": "x", "post_at": "soon"}, "invalid_time"),
    ("chat.scheduleMessage", {"channel": "C0OPEN", "text": "x", "post_at": 1}, "time_in_past"),
    ("chat.scheduleMessage", {"channel": "C0OPEN", "post_at": 1}, "no_text"),
    ("chat.scheduledMessages.list", {"channel": "C0NONE"}, "invalid_channel"),
    (
        "chat.deleteScheduledMessage",
        {"channel": "C0OPEN", "scheduled_message_id": "Q1"},
        "invalid_scheduled_message_id",
    ),
    ("conversations.open", {"users": ",".join(f"U{n}" for n in range(9))}, "too_many_users"),
    ("conversations.open", {"users": "U0ALICE,U0GONE"}, "user_disabled"),
    ("conversations.open", {"users": "U0FAR,U0ALICE"}, "user_not_visible"),
    ("conversations.open", {"channel": "C0OPEN"}, "method_not_supported_for_channel_type"),
    ("conversations.open", {"users": "U0BOB", "prevent_creation": True}, "channel_not_found"),
    ("conversations.history", {"channel": "C0OPEN", "oldest": "x"}, "invalid_ts_oldest"),
    ("conversations.history", {"channel": "C0OPEN", "latest": "1e3"}, "invalid_ts_latest"),
    ("conversations.history", {"channel": "C0OPEN", "limit": 0}, "invalid_limit"),
    ("conversations.history", {"channel": "C0OPEN", "cursor": "Mw=="}, "invalid_cursor"),
    ("conversations.invite", {"channel": "C0OPEN"}, "no_user"),
    ("conversations.invite", {"channel": "C0OPEN", "users": "U0NONE"}, "user_not_found"),
    ("conversations.invite", {"channel": "C0OPEN", "users": "U0SAMPLE"}, "cant_invite_self"),
    ("conversations.invite", {"channel": "C0OPEN", "users": "U0ALICE"}, "already_in_channel"),
    ("conversations.invite", {"channel": "C0OPEN", "users": "U0GINA"}, "cant_invite"),
    ("conversations.invite", {"channel": "C0OPEN", "users": "U0TEMP"}, "ura_max_channels"),
    ("conversations.invite", {"channel": "C0ALONE", "users": "U0BOB"}, "not_in_channel"),
    ("conversations.invite", {"channel": "C0OLD", "users": "U0BOB"}, "is_archived"),
    ("conversations.join", {"channel": "C0OLD"}, "is_archived"),
    ("conversations.join", {"channel": "C0SHARED"}, "method_not_supported_for_channel_type"),
    ("conversations.join", {"channel": "C0SECRET"}, "channel_not_found"),
    ("conversations.mark", {"channel": "C0OPEN", "ts": "1.1"}, "invalid_timestamp"),
    ("conversations.setTopic", {"channel": "C0OPEN", "topic": "x" * 251}, "too_long"),
    ("files.info", {"file": "F0"}, "file_not_found"),
    ("files.delete", {"file": "F0"}, "file_not_found"),
    ("files.completeUploadExternal", {}, "invalid_arguments"),
    ("files.completeUploadExternal", {"files": "[1]"}, "invalid_arguments"),
    ("files.completeUploadExternal", {"files": "["}, "invalid_arguments"),
    ("pins.add", {"channel": "C0OPEN"}, "no_item_specified"),
    ("pins.add", {"channel": "C0OPEN", "timestamp": "1.1"}, "message_not_found"),
    ("pins.list", {"channel": "C0ALONE"}, "not_in_channel"),
    ("reactions.add", {"channel": "C0OPEN", "name": "eyes"}, "no_item_specified"),
    ("reactions.get", {"channel": "C0OPEN", "timestamp": "1.1"}, "message_not_found"),
    ("reactions.remove", {"timestamp": "1.1", "name": "eyes"}, "no_item_specified"),
    ("users.conversations", {"user": "U0NONE"}, "user_not_found"),
    ("users.lookupByEmail", {"email": "nobody@examples.example"}, "users_not_found"),
]


@pytest.mark.parametrize("case", range(len(REFUSALS)), ids=[f"{method}-{error}" for method, _, error in REFUSALS])
def test_refusals(still_world: World, case: int) -> None:
    method, arguments, error = REFUSALS[case]
    assert still_world.call(method, **arguments)["error"] == error


@pytest.mark.parametrize(
    ("method", "needed"),
    [
        ("pins.add", "pins:write"),
        ("bookmarks.list", "bookmarks:read"),
        ("files.info", "files:read"),
        ("conversations.join", "channels:join"),
        ("reactions.get", "reactions:read"),
    ],
)
def test_scopes_are_the_manifests(shared_world: World, method: str, needed: str) -> None:
    refused = shared_world.call(method, channel="C0OPEN")
    assert (refused["error"], refused["needed"]) == ("missing_scope", needed)
    assert refused["provided"] == ",".join(sorted(MANIFEST["oauth_config"]["scopes"]["bot"]))


def test_a_channels_name_will_do_for_posting(world: World) -> None:
    assert world.call("chat.postMessage", channel="#open", text="x")["channel"] == "C0OPEN"
    assert world.call("chat.postMessage", channel="shared", text="x")["channel"] == "C0SHARED"
    assert world.call("conversations.info", channel="#open")["error"] == "channel_not_found"


def test_a_message_about_oneself(world: World) -> None:
    ts = world.call("chat.meMessage", channel="C0OPEN", text="waves")["ts"]
    message = world.call("conversations.history", channel="C0OPEN")["messages"][0]
    assert (message["ts"], message["subtype"], message["text"]) == (ts, "me_message", "waves")


def test_a_reply_that_the_channel_sees_too(world: World) -> None:
    parent = world.call("chat.postMessage", channel="C0OPEN", text="parent")["ts"]
    world.call("chat.postMessage", channel="C0OPEN", text="only here", thread_ts=parent)
    world.call("chat.postMessage", channel="C0OPEN", text="for all", thread_ts=parent, reply_broadcast=True)
    history = world.call("conversations.history", channel="C0OPEN")["messages"]
    assert [message["text"] for message in history] == ["for all", "parent"]
    assert (history[0]["subtype"], history[0]["root"]["ts"]) == ("thread_broadcast", parent)
    assert (history[1]["reply_count"], history[1]["reply_users"]) == (2, ["U0SAMPLE"])


def test_a_thread_outlives_its_first_message(world: World) -> None:
    parent = world.call("chat.postMessage", channel="C0OPEN", text="parent")["ts"]
    reply = world.call("chat.postMessage", channel="C0OPEN", text="reply", thread_ts=parent)["ts"]
    world.call("pins.add", channel="C0OPEN", timestamp=parent)
    assert world.call("chat.delete", channel="C0OPEN", ts=parent)["ok"]
    stone, below = world.call("conversations.replies", channel="C0OPEN", ts=parent)["messages"]
    assert {name: stone.get(name) for name in ("subtype", "user", "text", "hidden", "bot_id", "pinned_to")} == {
        "subtype": "tombstone",
        "user": "USLACKBOT",
        "text": "This message was deleted.",
        "hidden": True,
        "bot_id": None,
        "pinned_to": None,
    }
    assert (stone["reply_count"], below["text"]) == (1, "reply")
    assert world.call("chat.update", channel="C0OPEN", ts=parent, text="x")["error"] == "cant_update_message"
    world.call("chat.delete", channel="C0OPEN", ts=reply)
    assert texts(world) == []


def test_metadata_has_a_size(world: World) -> None:
    metadata = {"event_type": "row", "event_payload": {"key": "x" * 9000}}
    assert (
        world.call("chat.postMessage", channel="C0OPEN", text="x", metadata=metadata)["error"] == "metadata_too_large"
    )


def in_seconds(world: World, seconds: int) -> int:
    return int(world.clock.now().timestamp()) + seconds


def texts(world: World, channel: str = "C0OPEN") -> list[str]:
    return [message["text"] for message in world.call("conversations.history", channel=channel)["messages"]]


def test_a_scheduled_message_is_posted_at_its_time(world: World, alice: Person) -> None:
    at = in_seconds(world, 600)
    made = world.web.chat_scheduleMessage(channel="C0OPEN", text="Later", post_at=at)
    assert (made["post_at"], made["message"]["type"], made["message"]["text"]) == (at, "delayed_message", "Later")
    listed = world.web.chat_scheduledMessages_list(channel="C0OPEN")["scheduled_messages"]
    assert listed == [
        {
            "id": made["scheduled_message_id"],
            "channel_id": "C0OPEN",
            "post_at": at,
            "date_created": in_seconds(world, 0),
            "text": "Later",
        }
    ]
    assert texts(world) == []
    world.clock.advance(seconds=600)
    alice.wait(lambda person: [message.plain for message in person.messages("C0OPEN")] == ["Later"])
    assert world.web.chat_scheduledMessages_list()["scheduled_messages"] == []
    message = alice.messages("C0OPEN")[0]
    assert int(float(message.ts)) == at


def test_a_scheduled_message_with_metadata_is_never_posted(world: World, alice: Person) -> None:
    metadata = {"event_type": "row", "event_payload": {}}
    at = in_seconds(world, 90)
    world.call("chat.scheduleMessage", channel="C0OPEN", text="Never", post_at=at, metadata=metadata)
    world.call("chat.scheduleMessage", channel="C0OPEN", text="Later", post_at=at)
    world.clock.advance(seconds=90)
    alice.wait(lambda person: person.messages("C0OPEN"))
    assert texts(world) == ["Later"]
    assert world.call("chat.scheduledMessages.list")["scheduled_messages"] == []


def test_how_far_ahead_and_how_many(world: World) -> None:
    def scheduled(seconds: int) -> str:
        answer = world.call("chat.scheduleMessage", channel="C0OPEN", text="x", post_at=in_seconds(world, seconds))
        return str(answer.get("error", "ok"))

    assert scheduled(0) == "time_in_past"
    assert scheduled(120 * DAY + 1) == "time_too_far"
    assert scheduled(120 * DAY) == "ok"
    assert [scheduled(1000 + number) for number in range(31)] == ["ok"] * 30 + ["restricted_too_many"]
    assert scheduled(1000 + 400) == "ok"


def test_taking_back_a_scheduled_message(world: World) -> None:
    def deleted(scheduled: str, channel: str = "C0OPEN") -> str:
        answer = world.call("chat.deleteScheduledMessage", channel=channel, scheduled_message_id=scheduled)
        return str(answer.get("error", "ok"))

    one, other = (
        world.call("chat.scheduleMessage", channel="C0OPEN", text="x", post_at=in_seconds(world, 600))[
            "scheduled_message_id"
        ]
        for _ in range(2)
    )
    assert deleted(one, "C0SHARED") == "invalid_scheduled_message_id"
    assert deleted(one) == "ok"
    assert deleted(one) == "invalid_scheduled_message_id"
    world.clock.advance(seconds=541)
    assert deleted(other) == "invalid_scheduled_message_id", "within 60 seconds of its time"


def test_scheduled_messages_between_two_instants(world: World) -> None:
    for seconds in (100, 200, 300):
        world.call("chat.scheduleMessage", channel="C0OPEN", text=str(seconds), post_at=in_seconds(world, seconds))

    def listed(**more: int) -> list[str]:
        found = world.call("chat.scheduledMessages.list", None, **more)["scheduled_messages"]
        return [one["text"] for one in found]

    assert listed(oldest=in_seconds(world, 150)) == ["200", "300"]
    assert listed(oldest=in_seconds(world, 150), latest=in_seconds(world, 250)) == ["200"]
    assert listed(limit=2) == ["100", "200"]
    backwards = world.call("chat.scheduledMessages.list", oldest=9, latest=8)
    assert backwards["error"] == "invalid_arguments"


def test_a_direct_message_with_several(world: World) -> None:
    opened = world.web.conversations_open(users="U0ALICE,U0BOB", return_im=True)["channel"]
    assert (opened["is_mpim"], opened["is_im"], opened["is_private"], opened["is_group"]) == (True, False, True, False)
    assert opened["name"] == "mpdm-alice--bob--sample-1"
    again = world.web.conversations_open(users="U0BOB,U0ALICE")
    assert (again["channel"]["id"], again["already_open"]) == (opened["id"], True)
    world.web.chat_postMessage(channel=opened["id"], text="For both")
    with world.person("U0BOB") as bob:
        assert [message.plain for message in bob.messages(opened["id"])] == ["For both"]
    assert told(world, "message")["channel_type"] == "mpim"
    members = world.web.conversations_members(channel=opened["id"])["members"]
    assert members == ["U0ALICE", "U0BOB", "U0SAMPLE"]
    listed = world.web.conversations_list(types="mpim")["channels"]
    assert [channel["id"] for channel in listed] == [opened["id"]]


def test_joining_inviting_and_leaving(world: World) -> None:
    joined = world.web.conversations_join(channel="C0ALONE")
    assert joined["channel"]["is_member"] is True
    assert world.call("conversations.join", channel="C0ALONE")["warning"] == "already_in_channel"
    world.web.conversations_invite(channel="C0ALONE", users="U0BOB")
    event = told(world, "member_joined_channel", user="U0BOB")
    assert (event["user"], event["channel"], event["inviter"], event["team"]) == (
        "U0BOB",
        "C0ALONE",
        "U0SAMPLE",
        "T0HOME",
    )
    refused = world.call("conversations.invite", channel="C0ALONE", users="U0ALICE,U0BOB", force=True)
    assert refused["error"] == "already_in_channel"
    assert world.call("conversations.leave", channel="C0ALONE")["ok"]
    assert world.call("conversations.leave", channel="C0ALONE")["not_in_channel"] is True
    assert world.call("chat.postMessage", channel="C0ALONE", text="x")["error"] == "not_in_channel"


def test_reading_and_the_topic(world: World) -> None:
    ts = world.call("chat.postMessage", channel="C0OPEN", text="x")["ts"]
    assert world.call("conversations.mark", channel="C0OPEN", ts=ts)["ok"]
    info = world.call("conversations.info", channel="C0OPEN")["channel"]
    assert info["last_read"] == ts
    changed = world.call("conversations.setTopic", channel="C0OPEN", topic="New")["channel"]
    assert changed["topic"]["value"] == "New"


def test_reactions_come_and_go(world: World, alice: Person) -> None:
    ts = alice.say("hello", channel="C0OPEN").ts
    place = {"channel": "C0OPEN", "timestamp": ts}
    world.call("reactions.add", name=":eyes:", **place)
    assert told(world, "reaction_added")["item"] == {"type": "message", "channel": "C0OPEN", "ts": ts}
    got = world.call("reactions.get", **place)
    assert got["message"]["reactions"] == [{"name": "eyes", "users": ["U0SAMPLE"], "count": 1}]
    world.call("reactions.remove", name="eyes", **place)
    assert world.call("reactions.remove", name="eyes", **place)["error"] == "no_reaction"
    assert "reactions" not in world.call("reactions.get", **place)["message"]
    assert told(world, "reaction_removed")["reaction"] == "eyes"
    assert world.call("reactions.add", name="No Such", **place)["error"] == "invalid_name"
    answers = [world.call("reactions.add", name=f"emoji_{number}", **place) for number in range(24)]
    assert answers[-1]["error"] == "too_many_reactions"
    assert all(answer["ok"] for answer in answers[:-1])


def test_pins(world: World) -> None:
    ts = world.call("chat.postMessage", channel="C0OPEN", text="Keep this")["ts"]
    place = {"channel": "C0OPEN", "timestamp": ts}
    assert world.call("pins.remove", **place)["error"] == "no_pin"
    assert world.call("pins.add", **place)["ok"]
    assert world.call("pins.add", **place)["error"] == "already_pinned"
    assert told(world, "pin_added")["pin_count"] == 1
    (item,) = world.call("pins.list", channel="C0OPEN")["items"]
    assert (item["created_by"], item["message"]["text"]) == ("U0SAMPLE", "Keep this")
    history = world.call("conversations.history", channel="C0OPEN")
    assert (history["pin_count"], history["messages"][0]["pinned_to"]) == (1, ["C0OPEN"])
    assert world.call("pins.remove", **place)["ok"]
    assert told(world, "pin_removed")["has_pins"] is False
    world.call("pins.add", **place)
    world.call("chat.delete", channel="C0OPEN", ts=ts)
    assert world.call("pins.list", channel="C0OPEN")["items"] == []


def test_bookmarks(world: World) -> None:
    place = {"channel_id": "C0OPEN"}
    made = world.web.bookmarks_add(title="Plan", type="link", link="https://plan.example", emoji=":books:", **place)
    bookmark = made["bookmark"]
    assert (bookmark["title"], bookmark["emoji"], bookmark["date_updated"]) == ("Plan", ":books:", 0)
    world.clock.advance(seconds=5)
    edited = world.web.bookmarks_edit(bookmark_id=bookmark["id"], title="The plan", **place)["bookmark"]
    assert (edited["title"], edited["link"]) == ("The plan", "https://plan.example")
    assert edited["date_updated"] == edited["date_created"] + 5
    assert world.web.bookmarks_list(**place)["bookmarks"] == [edited]
    world.web.bookmarks_remove(bookmark_id=bookmark["id"], **place)
    assert world.web.bookmarks_list(**place)["bookmarks"] == []


def test_who_is_where(world: World) -> None:
    def places(**more: str) -> list[str]:
        found = world.call("users.conversations", None, types="public_channel,private_channel,im", **more)["channels"]
        return [channel["id"] for channel in found]

    world.web.conversations_open(users="U0ALICE")
    assert places()[:3] == ["C0OPEN", "C0SHARED", "C0OLD"]
    assert places(user="U0ALICE") == ["C0OPEN", "C0SHARED", "C0ALONE", "C0OLD"], "not what the app cannot see"
    assert places(user="U0ALICE", exclude_archived="true") == ["C0OPEN", "C0SHARED", "C0ALONE"]
    assert world.web.users_lookupByEmail(email="BOB@examples.example")["user"]["id"] == "U0BOB"
    assert world.web.bots_info()["bot"]["user_id"] == "U0SAMPLE"


def test_pages_hold_while_messages_come_in(world: World) -> None:
    for number in range(6):
        world.call("chat.postMessage", channel="C0OPEN", text=str(number))
    first = world.call("conversations.history", channel="C0OPEN", limit=3)
    world.call("chat.postMessage", channel="C0OPEN", text="new")
    second = world.call(
        "conversations.history", channel="C0OPEN", limit=3, cursor=first["response_metadata"]["next_cursor"]
    )
    assert [message["text"] for message in second["messages"]] == ["2", "1", "0"]
    assert second["has_more"] is False
    stamps = {message["text"]: message["ts"] for message in (*first["messages"], *second["messages"])}
    between = {"oldest": stamps["1"], "latest": stamps["4"]}
    assert texts_of(world.call("conversations.history", channel="C0OPEN", **between)) == ["3", "2"]
    ends = world.call("conversations.history", channel="C0OPEN", inclusive=True, **between)
    assert texts_of(ends) == ["4", "3", "2", "1"]


def texts_of(answer: Json) -> list[str]:
    return [message["text"] for message in answer["messages"]]
