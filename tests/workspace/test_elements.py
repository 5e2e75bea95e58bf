"""Every kind of element: what the app hears when it is used by itself, and when its form is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.workspace.conftest import HTTP, MANIFEST, World
from tests.workspace.sample import field, options, plain
from workspace import Person
from workspace.client.person import Modal

Json = dict[str, Any]
GOOD = {"text": plain("Good") | {"emoji": True}, "value": "good"}
RICH = {
    "type": "rich_text",
    "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "words"}]}],
}
# The element beside its type, what is picked, and the fields that tell the app so.
USED: list[tuple[Json, Any, Json]] = [
    ({"type": "static_select", "options": options("good", "poor")}, "good", {"selected_option": GOOD}),
    (
        {"type": "static_select", "options": options("good"), "initial_option": options("good")[0]},
        "good",
        {"selected_option": GOOD, "initial_option": GOOD},
    ),
    ({"type": "multi_static_select", "options": options("good")}, ["good"], {"selected_options": [GOOD]}),
    ({"type": "checkboxes", "options": options("good")}, ["good"], {"selected_options": [GOOD]}),
    ({"type": "checkboxes", "options": options("good")}, [], {"selected_options": []}),
    ({"type": "radio_buttons", "options": options("good")}, "good", {"selected_option": GOOD}),
    ({"type": "overflow", "options": options("good")}, "good", {"selected_option": GOOD}),
    ({"type": "users_select"}, "U0BOB", {"selected_user": "U0BOB"}),
    ({"type": "multi_users_select"}, ["U0BOB", "U0ALICE"], {"selected_users": ["U0BOB", "U0ALICE"]}),
    ({"type": "conversations_select"}, "C0OPEN", {"selected_conversation": "C0OPEN"}),
    ({"type": "multi_conversations_select"}, ["C0OPEN"], {"selected_conversations": ["C0OPEN"]}),
    ({"type": "channels_select"}, "C0OPEN", {"selected_channel": "C0OPEN"}),
    ({"type": "multi_channels_select"}, ["C0OPEN"], {"selected_channels": ["C0OPEN"]}),
    (
        {"type": "datepicker", "initial_date": "2026-11-01"},
        "2026-12-01",
        {"selected_date": "2026-12-01", "initial_date": "2026-11-01"},
    ),
    ({"type": "timepicker", "timezone": "Europe/London"}, "09:30", {"selected_time": "09:30"}),
    ({"type": "datetimepicker"}, "1795339200", {"selected_date_time": 1795339200}),
]


def message(element: Json) -> list[Json]:
    multiple = element["type"].startswith("multi_")
    element = {"action_id": "any_one", **element}
    if multiple:
        return [{"type": "section", "block_id": "b", "text": {"type": "mrkdwn", "text": "x"}, "accessory": element}]
    return [{"type": "actions", "block_id": "b", "elements": [element]}]


@pytest.mark.parametrize(("element", "picked", "told"), USED, ids=[element["type"] for element, _, _ in USED])
def test_an_element_of_a_message(shared_world: World, element: Json, picked: Any, told: Json) -> None:  # noqa: ANN401
    world = shared_world
    world.web.chat_postMessage(channel="C0SHARED", text="x", blocks=message(element))
    with world.person("U0ALICE") as alice:
        assert alice.click(alice.messages("C0SHARED")[-1], "any_one", picked) is None
    body = world.sample.last("block_actions")
    [action] = body["actions"]
    assert action.pop("action_ts")
    timezone = {"timezone": element["timezone"]} if "timezone" in element else {}
    assert action == {"type": element["type"], "action_id": "any_one", "block_id": "b", **timezone, **told}


def test_a_field_of_a_form_acts_by_itself_only_where_it_says_so(world: World, alice: Person) -> None:
    blocks = [
        field("alone", {"type": "plain_text_input", "action_id": "any_words"}, dispatch_action=True),
        field("together", {"type": "users_select", "action_id": "any_user"}),
        field("rich", {"type": "rich_text_input", "action_id": "any_rich"}, dispatch_action=True),
    ]
    modal = opened(world, alice, blocks)
    assert alice.click(modal, "any_words", "typed") is None
    body = world.sample.last("block_actions")
    assert body["actions"][0]["value"] == "typed"
    assert body["view"]["state"]["values"]["alone"]["any_words"]["value"] == "typed"
    alice.click(modal, "any_rich", "words")
    assert world.sample.last("block_actions")["actions"][0]["rich_text_value"] == RICH
    with pytest.raises(PermissionError, match="sent with the form"):
        alice.click(modal, "any_user", "U0BOB")


def opened(world: World, person: Person, blocks: list[Json], **more: object) -> Modal:
    """A form with these blocks, open before the person."""
    person.command("/risk silent", channel="C0OPEN")
    trigger = world.sample.last("command")["trigger_id"]
    form = {"type": "modal", "callback_id": "raise", "title": plain("T"), "submit": plain("Send"), "blocks": blocks}
    assert world.call("views.open", trigger_id=trigger, view={**form, **more})["ok"] is True
    return person.modal()


def test_response_urls_of_the_conversations_that_a_form_chose(world: World, alice: Person) -> None:
    element = {"type": "conversations_select", "action_id": "any_where", "response_url_enabled": True}
    modal = opened(world, alice, [field("where", element), field("user", {"type": "users_select", "action_id": "u"})])
    assert alice.submit(modal, {"where": "C0OPEN", "user": "U0BOB"}).closed
    [given] = world.sample.last("view_submission")["response_urls"]
    url = given.pop("response_url")
    assert given == {"block_id": "where", "action_id": "any_where", "channel_id": "C0OPEN"}
    assert HTTP.post(url, json={"text": "done", "response_type": "in_channel"}).text == "ok"
    with world.person("U0BOB") as bob:
        assert bob.messages("C0OPEN")[-1].plain == "done"


EXTERNAL: Json = {"type": "external_select", "action_id": "any_city", "min_query_length": 2}


@pytest.fixture
def suggesting(make_world: Callable[..., Iterator[World]]) -> Iterator[World]:
    settings = MANIFEST["settings"]
    asks = {**settings["interactivity"], "message_menu_options_url": "https://app.example/slack/events"}
    yield from make_world(manifest={**MANIFEST, "settings": {**settings, "interactivity": asks}})


def test_options_that_the_app_suggests(suggesting: World) -> None:
    world = suggesting
    with world.person("U0ALICE") as alice:
        modal = opened(world, alice, [field("city", EXTERNAL), {"type": "divider"}])
        assert alice.suggest(modal, "any_city", "L") == {"options": []}, "too little was typed"
        assert world.sample.asked == []
        world.sample.on_suggest = {"options": options("leeds", "london")}
        found = alice.suggest(modal, "any_city", "Le")
        assert [option["value"] for option in found["options"]] == ["leeds", "london"]
        body = world.sample.last("block_suggestion")
        assert (body["block_id"], body["action_id"], body["value"]) == ("city", "any_city", "Le")
        assert body["container"] == {"type": "view", "view_id": modal.id}
        assert body["view"]["id"] == modal.id
        assert not {"trigger_id", "response_url", "channel"} & set(body)
        world.sample.on_suggest = {"option_groups": [{"label": plain("North"), "options": options("york")}]}
        assert "option_groups" in alice.suggest(modal, "any_city", "Yo")
        with pytest.raises(PermissionError, match="not one of the options"):
            alice.submit(modal, {"city": "paris"})
        assert alice.submit(modal, {"city": "london"}).closed
    state = world.sample.last("view_submission")["view"]["state"]["values"]
    assert state["city"]["any_city"]["selected_option"]["value"] == "london"


def test_options_in_a_message(suggesting: World) -> None:
    world = suggesting
    world.web.chat_postMessage(channel="C0SHARED", text="x", blocks=message(EXTERNAL))
    world.sample.on_suggest = {"options": options("leeds")}
    with world.person("U0GINA") as gina:
        shown = gina.messages("C0SHARED")[-1]
        gina.suggest(shown, "any_city", "Le")
        body = world.sample.last("block_suggestion")
        assert (body["container"]["message_ts"], body["channel"]["id"]) == (shown.ts, "C0SHARED")
        assert gina.click(shown, "any_city", "leeds") is None
    assert world.sample.last("block_actions")["actions"][0]["selected_option"]["value"] == "leeds"


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"options": [{"text": plain("x")}]},
        {"options": options(*(f"o{number}" for number in range(101)))},
        {"option_groups": [{"label": plain("x"), "options": []}]},
        {"options": "x"},
    ],
)
def test_options_that_slack_would_not_take(suggesting: World, answer: Json) -> None:
    suggesting.web.chat_postMessage(channel="C0OPEN", text="x", blocks=message(EXTERNAL))
    suggesting.sample.on_suggest = answer
    with suggesting.person("U0ALICE") as alice:
        assert set(alice.suggest(alice.messages("C0OPEN")[-1], "any_city", "Le")) == {"failure"}


def test_an_app_without_an_options_url(world: World, alice: Person) -> None:
    world.web.chat_postMessage(channel="C0OPEN", text="x", blocks=message(EXTERNAL))
    assert "no options URL" in alice.suggest(alice.messages("C0OPEN")[-1], "any_city", "Le")["failure"]
    place = {"channel": "C0OPEN", "ts": alice.messages("C0OPEN")[0].ts, "block_id": "b", "action_id": "nothing"}
    answer = HTTP.post(f"{world.url}/people/U0ALICE/suggest", json={**place, "value": "x"})
    assert (answer.status_code, "asks the app" in answer.json()["error"]) == (400, True)


def test_files_in_a_form(world: World, alice: Person) -> None:
    modal = opened(world, alice, [field("papers", {"type": "file_input", "action_id": "v", "filetypes": ["csv"]})])
    figures, words = alice.upload("figures.csv", b"1,2"), alice.upload("words.txt", b"x")
    with world.person("U0BOB") as bob:
        others = bob.upload("theirs.csv", b"3")
    assert set(alice.submit(modal, {"papers": [words["id"]]}).errors) == {"papers"}
    with pytest.raises(PermissionError, match="not uploaded"):
        alice.submit(modal, {"papers": [others["id"]]})
    assert alice.submit(modal, {"papers": [figures["id"]]}).closed
    [told] = world.sample.last("view_submission")["view"]["state"]["values"]["papers"]["v"]["files"]
    assert (told["id"], told["name"], told["user"]) == (figures["id"], "figures.csv", "U0ALICE")


def test_files_in_a_conversation(world: World, alice: Person) -> None:
    file = alice.upload("../../plan.txt", b"a plan", channel="C0SHARED")
    assert file["name"] == "plan.txt"
    [shown] = alice.messages("C0SHARED")
    assert [one["id"] for one in shown.files] == [file["id"]]
    world.sample.wait(lambda: world.sample.received)
    event = world.sample.received[-1]["event"]
    assert (event["type"], event["subtype"], event["user"]) == ("message", "file_share", "U0ALICE")
    with pytest.raises(PermissionError, match="is not in"):
        alice.upload("x", b"x", channel="C0NONE")
    assert "A file may have" in HTTP.post(f"{world.url}/people/U0ALICE/upload").json()["error"]
    foreign = {"Origin": "https://elsewhere.example"}
    answer = HTTP.post(f"{world.url}/people/U0ALICE/upload", files={"file": ("x", b"x")}, headers=foreign)
    assert (answer.status_code, answer.json()) == (403, {"error": "That came from another site."})


def test_names_become_mentions(world: World, alice: Person) -> None:
    said = alice.say("@bob, see #open & #nowhere, me@bob.example", channel="C0SHARED")
    assert said.text == "<@U0BOB>, see <#C0OPEN|open> &amp; #nowhere, me@bob.example"
