"""The Web API as it goes over the wire."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.workspace.conftest import HTTP, World
from tests.workspace.sample import card, plain
from workspace import Person
from workspace.web_api import METHODS

Json = dict[str, Any]


def test_every_way_to_send_arguments(shared_world: World) -> None:
    base, token = f"{shared_world.url}/api/", shared_world.settings.bot_token
    bearer = {"Authorization": f"Bearer {token}"}
    answers = [
        HTTP.get(f"{base}users.info", params={"user": "U0BOB"}, headers=bearer),
        HTTP.post(f"{base}users.info", params={"user": "U0BOB"}, data={"token": token}),
        HTTP.post(f"{base}users.info", data={"token": token, "user": "U0BOB"}),
        HTTP.post(f"{base}users.info", json={"user": "U0BOB"}, headers=bearer),
        HTTP.post(f"{base}users.info", files={"user": (None, "U0BOB")}, headers=bearer),
    ]
    assert [answer.json()["user"]["id"] for answer in answers] == ["U0BOB"] * 5


def test_the_sdk_asks_who_it_is_with_an_empty_json_body(shared_world: World) -> None:
    answer = shared_world.web.auth_test()
    assert (answer["user_id"], answer["bot_id"], answer["team_id"]) == ("U0SAMPLE", "B0SAMPLE", "T0HOME")
    assert "chat:write" in answer.headers["x-oauth-scopes"]


@pytest.mark.parametrize(
    ("body", "kind", "error"),
    [
        (b"{", "application/json", "invalid_json"),
        (b"[]", "application/json", "json_not_object"),
        (b"\xff\xfe", "application/x-www-form-urlencoded", "invalid_form_data"),
        (b'{"channel": {"a": 1}, "text": 7}', "application/json", "invalid_arguments"),
        (b'{"channel": "C0OPEN", "blocks": "{"}', "application/json", "invalid_blocks_format"),
        (b'{"channel": "C0OPEN", "blocks": 3}', "application/json", "invalid_blocks_format"),
    ],
)
def test_a_malformed_request_is_answered(shared_world: World, body: bytes, kind: str, error: str) -> None:
    headers = {"Authorization": f"Bearer {shared_world.settings.bot_token}", "Content-Type": kind}
    answer = HTTP.post(f"{shared_world.url}/api/chat.postMessage", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (200, error)


def test_who_may_call(shared_world: World) -> None:
    assert HTTP.post(f"{shared_world.url}/api/auth.test").json() == {"ok": False, "error": "not_authed"}
    assert shared_world.call("auth.test", token="xoxb-other")["error"] == "invalid_auth"
    assert shared_world.call("auth.test", token=shared_world.settings.app_token)["error"] == "not_allowed_token_type"
    assert shared_world.call("apps.connections.open")["error"] == "not_allowed_token_type"
    assert shared_world.call("files.upload") == {"ok": False, "error": "unknown_method", "req_method": "files.upload"}
    refused = shared_world.call("users.lookupByEmail", email="bob@examples.example")
    assert (refused["error"], refused["needed"]) == ("missing_scope", "users:read.email")
    assert "chat:write" in refused["provided"]


ERRORS: list[tuple[str, Json, str]] = [
    ("chat.postMessage", {"channel": "C0NONE", "text": "x"}, "channel_not_found"),
    ("chat.postMessage", {"channel": "C0SECRET", "text": "x"}, "channel_not_found"),
    ("chat.postMessage", {"channel": "C0ALONE", "text": "x"}, "not_in_channel"),
    ("chat.postMessage", {"channel": "C0OLD", "text": "x"}, "is_archived"),
    ("chat.postMessage", {"channel": "C0OPEN"}, "no_text"),
    ("chat.postMessage", {"text": "x"}, "invalid_arguments"),
    ("chat.postMessage", {"channel": "C0OPEN", "text": "x", "thread_ts": "1.1"}, "thread_not_found"),
    ("chat.postMessage", {"channel": "U0GONE", "text": "x"}, "user_disabled"),
    ("chat.postMessage", {"channel": "U0FAR", "text": "x"}, "user_not_visible"),
    ("chat.postMessage", {"channel": "C0OPEN", "text": "x", "metadata": {"a": 1}}, "invalid_metadata_schema"),
    ("chat.postEphemeral", {"channel": "C0OPEN", "text": "x", "user": "U0GINA"}, "user_not_in_channel"),
    ("chat.update", {"channel": "C0OPEN", "ts": "1.1", "text": "x"}, "message_not_found"),
    ("chat.update", {"channel": "U0ALICE", "ts": "1.1", "text": "x"}, "channel_not_found"),
    ("chat.delete", {"channel": "C0OPEN", "ts": "1.1"}, "message_not_found"),
    ("chat.getPermalink", {"channel": "C0OPEN", "message_ts": "1.1"}, "message_not_found"),
    ("conversations.open", {}, "users_list_not_supplied"),
    ("conversations.open", {"users": "U0NONE"}, "user_not_found"),
    ("conversations.info", {"channel": "C0SECRET"}, "channel_not_found"),
    ("conversations.history", {"channel": "C0ALONE"}, "not_in_channel"),
    ("conversations.history", {"channel": "C0OPEN", "cursor": "?"}, "invalid_cursor"),
    ("conversations.history", {"channel": "C0OPEN", "limit": "x"}, "invalid_limit"),
    ("conversations.replies", {"channel": "C0OPEN", "ts": "1.1"}, "thread_not_found"),
    ("conversations.list", {"types": "nonsense"}, "invalid_types"),
    ("users.info", {"user": "U0NONE"}, "user_not_found"),
    ("team.info", {"team": "T0NONE"}, "team_not_found"),
    ("reactions.add", {"channel": "C0OPEN", "timestamp": "1.1", "name": "x"}, "message_not_found"),
    ("views.open", {"trigger_id": "x"}, "invalid_arguments"),
    ("views.update", {"view": {"type": "modal"}, "view_id": "V1"}, "invalid_arguments"),
]


@pytest.mark.parametrize("case", range(len(ERRORS)), ids=[f"{m}-{e}" for m, _, e in ERRORS])
def test_refusals(shared_world: World, case: int) -> None:
    method, arguments, error = ERRORS[case]
    assert shared_world.call(method, **arguments)["error"] == error


NONSENSE: list[Json] = [{}, {"channel": [1], "ts": {}, "view": 3, "user": None, "users": [[]], "limit": "-1"}]


def test_every_method_survives_nonsense(shared_world: World) -> None:
    for method in METHODS:
        for nonsense in NONSENSE:
            assert isinstance(shared_world.call(method, **nonsense)["ok"], bool)


def test_blocks_that_slack_refuses_are_named(world: World) -> None:
    refused = world.call("chat.postMessage", channel="C0OPEN", blocks=[{"type": "header", "text": plain("")}])
    assert refused["error"] == "invalid_blocks"
    assert refused["response_metadata"]["messages"] == ["[ERROR] blocks[0].text: must not be empty"]
    many = [{"type": "section", "text": plain("x" * 3000)}] * 5
    assert world.call("chat.postMessage", channel="C0OPEN", blocks=many)["error"] == "msg_blocks_too_long"


def test_posting(world: World, alice: Person) -> None:
    posted = world.web.chat_postMessage(channel="C0OPEN", text="x" * 40_010, blocks=card("hi"))
    message = posted["message"]
    assert len(message["text"]) == 40_000
    assert message["bot_id"] == "B0SAMPLE"
    assert message["blocks"][0]["text"] == {"type": "mrkdwn", "text": "hi", "verbatim": False}
    assert alice.messages("C0OPEN")[-1].plain.startswith("hi\nAcknowledge\nOpen a form\nRating")
    assert world.call("chat.postMessage", channel="C0OPEN", blocks=card("x"))["message"]["text"] == (
        "This content can't be displayed."
    )


def test_timestamps_grow_even_while_the_clock_stands(world: World) -> None:
    stamps = [world.call("chat.postMessage", channel="C0OPEN", text="x")["ts"] for _ in range(5)]
    assert stamps == sorted(set(stamps))
    assert stamps[0].startswith(f"{int(world.clock.now().timestamp())}.")


def test_a_persons_id_opens_the_direct_message(world: World, alice: Person) -> None:
    posted = world.web.chat_postMessage(channel="U0ALICE", text="For you")
    assert posted["channel"].startswith("D")
    assert [message.plain for message in alice.direct_messages()] == ["For you"]
    opened = world.web.conversations_open(users="U0ALICE")
    assert (opened["channel"]["id"], opened["already_open"]) == (posted["channel"], True)


def test_metadata_comes_back_when_asked_for(world: World) -> None:
    metadata = {"event_type": "row", "event_payload": {"key": "1"}}
    world.web.chat_postMessage(channel="C0OPEN", text="x", metadata=metadata)
    without = world.web.conversations_history(channel="C0OPEN")["messages"][0]
    with_it = world.web.conversations_history(channel="C0OPEN", include_all_metadata=True)["messages"][0]
    assert "metadata" not in without
    assert with_it["metadata"] == metadata


def test_updating(world: World, alice: Person) -> None:
    posted = world.web.chat_postMessage(channel="C0OPEN", text="one", blocks=card("one"))
    ts = posted["ts"]
    world.web.chat_update(channel="C0OPEN", ts=ts, text="two", blocks=card("two"))
    assert alice.messages("C0OPEN")[0].edited is False
    world.web.chat_update(channel="C0OPEN", ts=ts, text="three")
    shown = alice.messages("C0OPEN")[0]
    assert (shown.plain, shown.blocks, shown.edited) == ("three", [], True)
    assert world.call("chat.update", channel="C0OPEN", ts=ts, text="x" * 4001)["error"] == "msg_too_long"
    said = alice.say("mine", channel="C0OPEN")
    assert world.call("chat.update", channel="C0OPEN", ts=said.ts, text="x")["error"] == "cant_update_message"
    assert world.call("chat.delete", channel="C0OPEN", ts=said.ts)["error"] == "cant_delete_message"
    world.web.chat_delete(channel="C0OPEN", ts=ts)
    assert [message.plain for message in alice.messages("C0OPEN")] == ["mine"]


def test_ephemeral_messages_are_for_one_person_and_leave_no_trace(world: World, alice: Person) -> None:
    sent = world.web.chat_postEphemeral(channel="C0OPEN", user="U0ALICE", text="Psst")
    assert [(m.plain, m.ephemeral) for m in alice.messages("C0OPEN")] == [("Psst", True)]
    with world.person("U0BOB") as bob:
        assert bob.messages("C0OPEN") == []
    assert world.web.conversations_history(channel="C0OPEN")["messages"] == []
    assert world.call("chat.update", channel="C0OPEN", ts=sent["message_ts"], text="x")["error"] == "message_not_found"


def test_threads_and_pages(world: World, alice: Person) -> None:
    parent = world.web.chat_postMessage(channel="C0OPEN", text="parent")["ts"]
    reply = alice.say("reply", channel="C0OPEN", thread=parent)
    deeper = world.web.chat_postMessage(channel="C0OPEN", text="deeper", thread_ts=reply.ts)
    assert deeper["message"]["thread_ts"] == parent
    history = world.web.conversations_history(channel="C0OPEN")["messages"]
    assert [(m["text"], m["reply_count"]) for m in history] == [("parent", 2)]
    replies = world.web.conversations_replies(channel="C0OPEN", ts=parent)["messages"]
    assert [m["text"] for m in replies] == ["parent", "reply", "deeper"]
    for number in range(4):
        world.web.chat_postMessage(channel="C0OPEN", text=str(number))
    first = world.web.conversations_history(channel="C0OPEN", limit=3)
    cursor = first["response_metadata"]["next_cursor"]
    second = world.web.conversations_history(channel="C0OPEN", limit=3, cursor=cursor)
    assert [m["text"] for m in first["messages"]] == ["3", "2", "1"]
    assert [m["text"] for m in second["messages"]] == ["0", "parent"]
    assert world.call("conversations.history", channel="C0OPEN", oldest=parent)["messages"][-1]["text"] == "0"
    assert base64.b64decode(cursor).decode() == f"next_ts:{first['messages'][-1]['ts']}"


def test_people(shared_world: World) -> None:
    bob = shared_world.web.users_info(user="U0BOB")["user"]
    assert "email" not in bob["profile"]
    assert "is_stranger" not in bob
    gina, far = (shared_world.web.users_info(user=user)["user"] for user in ("U0GINA", "U0FAR"))
    assert (gina["team_id"], gina["is_stranger"], far["is_stranger"]) == ("T0GUEST", False, True)
    temp = shared_world.web.users_info(user="U0TEMP")["user"]
    assert (temp["is_restricted"], temp["is_ultra_restricted"]) == (True, True)
    assert shared_world.web.users_info(user="U0GONE")["user"]["deleted"] is True
    listed = [user["id"] for user in shared_world.web.users_list()["members"]]
    assert "U0GINA" not in listed
    assert "U0FAR" not in listed


def test_channels(shared_world: World) -> None:
    shared = shared_world.web.conversations_info(channel="C0SHARED")["channel"]
    assert (shared["is_ext_shared"], shared["is_private"], shared["is_member"]) == (True, True, True)
    assert shared["connected_team_ids"] == ["T0GUEST"]
    assert shared_world.web.conversations_info(channel="C0OPEN")["channel"]["is_ext_shared"] is False
    listed = shared_world.web.conversations_list(types="public_channel,private_channel")["channels"]
    assert [channel["id"] for channel in listed] == ["C0OPEN", "C0SHARED", "C0ALONE", "C0OLD"]
    assert shared_world.web.conversations_members(channel="C0SHARED")["members"] == ["U0ALICE", "U0GINA", "U0SAMPLE"]


def test_reactions(world: World, alice: Person) -> None:
    said = alice.say("hello", channel="C0OPEN")
    world.web.reactions_add(channel="C0OPEN", timestamp=said.ts, name="eyes")
    with pytest.raises(SlackApiError, match="already_reacted"):
        world.web.reactions_add(channel="C0OPEN", timestamp=said.ts, name="eyes")
    assert alice.messages("C0OPEN")[0].reactions == {"eyes": ["U0SAMPLE"]}


def test_permalinks_lead_to_the_page(world: World, alice: Person) -> None:
    said = alice.say("hello", channel="C0OPEN")
    link = world.web.chat_getPermalink(channel="C0OPEN", message_ts=said.ts)["permalink"]
    landed = HTTP.get(link)
    assert landed.headers["location"].endswith(f"/as/U0ALICE/C0OPEN?message={said.ts}#m-{said.ts}")
