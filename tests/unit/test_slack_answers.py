"""Any field of an answer of Slack's may be null or missing: what the adapter needs is a failure of Slack's then, which
is tried again, and never a fault of ours."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.delivery.slack import Slack
from bot.delivery.slack_answers import SlackFailure
from bot.delivery.slack_facts import ChannelFacts, Installation, PostedMessage
from bot.delivery.slack_messages import MessageContext, MessageRef, Thread, ThreadMessage, message_context, read_thread
from bot.identity import Identity
from tests.builders import MONDAY
from tests.unit.test_wiring import called_methods

Json = dict[str, Any]
NOWHERE = "http://127.0.0.1:1"  # nothing listens there
CHANNEL: Json = {
    "id": "C1",
    "name": "shared",
    "is_member": True,
    "is_im": False,
    "is_mpim": False,
    "is_archived": False,
    "is_ext_shared": True,
    "is_pending_ext_shared": False,
    "connected_team_ids": ["T1"],
    "connected_limited_team_ids": ["T2"],
    "pending_connected_team_ids": ["T3"],
}
MESSAGE: Json = {
    "user": "U1",
    "text": "Hello",
    "ts": "1.0",
    "metadata": {"event_type": "liaison_message", "event_payload": {"key": "a key"}},
}
LAST: Json = {"next_cursor": ""}
ANSWERS: dict[str, Json] = {  # docs.slack.dev/reference/methods: what is read of each
    "auth.test": {"team": "Department", "url": "https://department.slack.com/", "user": "liaison"},
    "apps.connections.open": {"url": "wss://example"},
    "chat.postMessage": {"channel": "C1", "ts": "1.0"},
    "chat.postEphemeral": {"message_ts": "1.0"},
    "pins.add": {},
    "pins.remove": {},
    "chat.update": {"channel": "C1", "ts": "1.0"},
    "chat.getPermalink": {"permalink": "https://example.slack.com/archives/C1/p1"},
    "conversations.open": {"channel": {"id": "D1"}},
    "conversations.info": {"channel": CHANNEL},
    "conversations.members": {"members": ["U1", "U2"], "response_metadata": LAST},
    "conversations.history": {"messages": [MESSAGE], "response_metadata": LAST},
    "conversations.replies": {"messages": [MESSAGE], "has_more": False, "response_metadata": LAST},
    "users.conversations": {"channels": [CHANNEL], "response_metadata": LAST},
    "users.list": {"members": [{"id": "U1"}], "response_metadata": LAST},
    "users.info": {
        "user": {
            "id": "U1",
            "team_id": "T1",
            "enterprise_user": {"enterprise_id": "E1"},
            "real_name": "Priya Nair",
            "name": "priya",
            "is_admin": True,
            "is_restricted": False,
            "is_ultra_restricted": False,
            "is_stranger": False,
            "is_bot": False,
            "deleted": False,
        }
    },
    "files.info": {
        "file": {
            "url_private_download": f"{NOWHERE}/a.csv",
            "url_private": f"{NOWHERE}/a.csv",
            "is_external": False,
            "size": 3,
            "name": "a.csv",
            "user": "U1",
            "mimetype": "image/png",
        }
    },
    "files.getUploadURLExternal": {"upload_url": f"{NOWHERE}/up", "file_id": "F1"},
    "files.completeUploadExternal": {"files": [{"id": "F1"}]},
    "views.open": {"view": {"id": "V1"}},
    "views.push": {"view": {"id": "V1"}},
    "views.update": {"view": {"id": "V1"}},
    "views.publish": {"view": {"id": "V1"}},
}
FACTS = ChannelFacts("C1", "shared", True, False, False, True, frozenset({"T1", "T2", "T3"}))  # as in CHANNEL
POSTED, PLACE = PostedMessage("C1", "1.0"), MessageRef("C1", "1.0", "1.0")
LINK = ANSWERS["chat.getPermalink"]["permalink"]


async def everybody(slack: Slack) -> list[str]:
    """The ids of the people of the workspace."""
    return [each.slack async for page in slack.users(MONDAY) for each in page]


# What is asked, and what a whole answer says. A file's bytes are fetched from where nothing listens.
CALLS: list[tuple[Callable[[Slack], Awaitable[object]], object]] = [
    (
        lambda slack: slack.installation(),
        Installation("Department", "https://department.slack.com/", "liaison", frozenset({"chat:write"})),
    ),
    (lambda slack: slack.open_socket("xapp-1"), None),
    (lambda slack: slack.post("C1", "a", [], "a key"), POSTED),
    (lambda slack: slack.post_ephemeral("C1", "U1", "a", []), None),
    (lambda slack: slack.update(POSTED, "a", []), POSTED),
    (lambda slack: slack.pin(POSTED), None),
    (lambda slack: slack.unpin(POSTED), None),
    (lambda slack: slack.direct_channel("U1"), "D1"),
    (lambda slack: slack.channel("C1"), FACTS),
    (lambda slack: slack.own_channels(), [FACTS]),
    (lambda slack: slack.members("C1"), frozenset({"U1", "U2"})),
    (lambda slack: slack.find_posted("C1", "a key", 0), POSTED),
    (lambda slack: slack.find_posted("C1", "a key", 0, "1.0"), POSTED),
    (lambda slack: slack.until_processed("F1"), None),
    (lambda slack: slack.file("F1", 10), SlackFailure),
    (lambda slack: slack.upload_picture("a.png", "a", b"a"), SlackFailure),
    (lambda slack: slack.open_view("1", {}), None),
    (lambda slack: slack.push_view("1", {}), None),
    (lambda slack: slack.update_view("V1", {}), None),
    (lambda slack: slack.publish_home("U1", {}), None),
    (
        lambda slack: slack.identity("U1"),
        Identity("U1", frozenset({"T1", "E1"}), name="Priya Nair", runs_workspace=True),
    ),
    (everybody, ["U1"]),
    (lambda slack: message_context(slack, PLACE, ["U1"]), MessageContext(LINK, {"U1": "Priya Nair"})),
    (lambda slack: read_thread(slack, PLACE, "U1"), Thread([ThreadMessage("U1", "Hello")], {"U1": "Priya Nair"})),
]


class Answering(AsyncWebClient):
    """The SDK's client, with given answers in place of Slack's."""

    def __init__(self, answers: dict[str, Json]) -> None:
        super().__init__(token="xoxb-test", base_url=f"{NOWHERE}/api/")
        self.answers = answers
        self.asked: set[str] = set()

    async def api_call(self, api_method: str, **_: Any) -> AsyncSlackResponse:  # noqa: ANN401  # the SDK's own
        """The answer to a method."""
        self.asked.add(api_method)
        answer = {"ok": True, **self.answers[api_method]}
        headers = {"x-oauth-scopes": "chat:write"}
        return AsyncSlackResponse(
            client=self,
            http_verb="POST",
            api_url=api_method,
            req_args={},
            data=answer,
            headers=headers,
            status_code=200,
        )


def asked(call: Callable[[Slack], Awaitable[object]], answers: dict[str, Json]) -> tuple[object, set[str]]:
    """What a call of the adapter returns, or the class of Slack's failure that it raises; and what it asked Slack."""
    client = Answering(answers)

    async def made() -> object:
        return await call(Slack(client, picture_waits=(0.0,)))

    try:
        return asyncio.run(made()), client.asked
    except SlackFailure:
        return SlackFailure, client.asked


def with_holes(value: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401  # JSON
    """The same answer, with some of its fields null or missing, at any depth."""
    if isinstance(value, dict):
        kept = {name: st.one_of(with_holes(inner), st.none()) for name, inner in value.items()}
        return st.fixed_dictionaries({}, optional=kept)
    if isinstance(value, list):
        return st.tuples(*(st.one_of(with_holes(inner), st.none()) for inner in value)).map(list)
    return st.just(value)


@pytest.mark.parametrize(("call", "said"), CALLS)
def test_a_whole_answer_says_what_it_says(call: Callable[[Slack], Awaitable[object]], said: object) -> None:
    assert asked(call, ANSWERS)[0] == said


@given(answers=st.fixed_dictionaries({name: with_holes(answer) for name, answer in ANSWERS.items()}))
def test_a_field_that_is_null_or_missing_is_no_fault_of_ours(answers: dict[str, Json]) -> None:
    for call, _ in CALLS:
        asked(call, answers)  # raises whatever is no SlackFailure


def test_a_channel_that_is_shared_and_names_nobody_is_shared_with_somebody_unknown() -> None:
    unnamed = {**CHANNEL, "connected_team_ids": None, "connected_limited_team_ids": None}
    del unnamed["pending_connected_team_ids"]
    facts, _ = asked(lambda slack: slack.channel("C1"), {"conversations.info": {"channel": unnamed}})
    assert isinstance(facts, ChannelFacts)
    assert facts.is_shared_with_unknown
    limited = {**unnamed, "is_ext_shared": None, "connected_limited_team_ids": ["T2"]}
    facts, _ = asked(lambda slack: slack.channel("C1"), {"conversations.info": {"channel": limited}})
    assert isinstance(facts, ChannelFacts)
    assert (facts.is_shared_outside, facts.is_shared_with_unknown, facts.outside_teams) == (
        True,
        False,
        frozenset({"T2"}),
    )


def test_every_method_that_is_called_is_among_them() -> None:
    """Those of views and of a file that is uploaded need no field of the answer, or not alone: they are asked here."""
    methods = set().union(*(asked(call, ANSWERS)[1] for call, _ in CALLS))
    called = {name.replace("_", ".") for name in called_methods()}
    assert called - methods == {"files.completeUploadExternal"}, "which is asked when the bytes have arrived"
    assert called == set(ANSWERS)
