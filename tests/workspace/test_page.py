"""The page over HTTP: what it shows to whom, and that nothing in it runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.workspace.conftest import HTTP, MANIFEST, World
from tests.workspace.sample import card, form, options, plain
from workspace import Person
from workspace.page.clock import clock_time, instant


def page(world: World, path: str) -> str:
    answer = HTTP.get(world.url + path)
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].startswith("default-src 'self';")
    return answer.text


def test_the_start_offers_personas(shared_world: World) -> None:
    html = page(shared_world, "/")
    assert 'href="/as/U0ALICE"' in html
    assert "Manager" in html
    assert "/risk: Raise a risk" in html
    assert "Gone Girl" not in html


def test_a_conversation_as_a_member_of_another_organisation_sees_it(world: World, alice: Person, gina: Person) -> None:
    alice.say("<script>alert(1)</script> *bold*", channel="C0SHARED")
    gina.say("hello", channel="C0SHARED")
    for user, other in (("U0ALICE", "Guest Works"), ("U0GINA", "Department of Examples")):
        html = page(world, f"/as/{user}/C0SHARED")
        assert "&lt;script&gt;alert(1)&lt;/script&gt; <strong>bold</strong>" in html
        assert f"Shared with {other}" in html
        assert f'<span class="organisation">{other}</span>' in html
        assert "Sunday 22 November 2026, 9:05am" in html
    assert 'data-insert="/risk"' in page(world, "/as/U0ALICE/C0SHARED")
    assert "data-insert" not in page(world, "/as/U0GINA/C0SHARED")


def test_every_kind_of_block_is_drawn(world: World) -> None:
    text = {"type": "mrkdwn", "text": "<https://a.example|link>"}
    styled = {"type": "text", "text": "styled", "style": {"bold": True, "code": True}}
    rich = {"type": "rich_text_section", "elements": [styled, {"type": "user", "user_id": "U0BOB"}]}
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": plain("<Header>")},
        {"type": "section", "fields": [text, text]},
        {"type": "divider"},
        {"type": "context", "elements": [text]},
        {"type": "image", "image_url": "https://a.example/x.png", "alt_text": "A picture"},
        {"type": "rich_text", "elements": [rich, {"type": "rich_text_list", "style": "ordered", "elements": [rich]}]},
        {"type": "table", "rows": [[{"type": "raw_text", "text": "KPI"}], [{"type": "raw_text", "text": "97%"}]]},
        {"type": "markdown", "text": "**strong**"},
        {"type": "actions", "elements": [{"type": "overflow", "options": options("more")}]},
        *card("x"),
    ]
    world.web.chat_postMessage(channel="C0OPEN", text="x", blocks=blocks)
    html = page(world, "/as/U0ALICE/C0OPEN")
    for drawn in (
        "&lt;Header&gt;",
        "<hr>",
        'alt="A picture"',
        "<strong><code>styled</code></strong>",
        "@Bob Brook",
        "<th scope=col",
        "<strong>strong</strong>",
        'data-action-id="risk_ack"',
        'data-value="good" data-text="Good" aria-selected="false">Good</li>',
        'href="https://a.example"',
    ):
        assert drawn in html, drawn


def test_a_modal_is_a_form(world: World, alice: Person) -> None:
    alice.command("/risk form", channel="C0OPEN")
    html = page(world, "/as/U0ALICE/C0OPEN")
    inputs = form()["blocks"]
    assert html.count("data-input=") == len(inputs)
    for drawn in (
        'type="date"',
        'type="time"',
        'type="checkbox"',
        'type="radio"',
        'inputmode="decimal"',
        "<textarea id",
    ):
        assert drawn in html, drawn
    assert 'value="2026-11-23"' in html
    assert 'class="modal"' in page(world, "/as/U0BOB/C0OPEN")
    assert "data-input=" not in page(world, "/as/U0BOB/C0OPEN")


def test_threads_unread_marks_and_what_only_one_person_sees(world: World, alice: Person) -> None:
    parent = alice.say("parent", channel="C0OPEN")
    with world.person("U0BOB") as bob:
        bob.say("reply", channel="C0OPEN", thread=parent.ts)
        own = bob.say("another", channel="C0OPEN")
        bob.say("reply to myself", channel="C0OPEN", thread=own.ts)
        world.web.chat_postEphemeral(channel="C0OPEN", user="U0BOB", text="Psst")
        assert "Only you can see this" in page(world, "/as/U0BOB/C0OPEN")
    html = page(world, f"/as/U0ALICE/C0OPEN?thread={parent.ts}")
    assert "1 reply" in html
    assert "Psst" not in html
    assert f'id="t-{parent.ts}"' in html
    # Of the replies, only the one in the thread that Alice began is unread to her; and what Bob said in the channel.
    assert '<span class="count">2' in page(world, "/as/U0ALICE/C0ALONE")
    HTTP.post(f"{world.url}/people/U0ALICE/read", json={"channel": "C0OPEN"})
    assert '<span class="count">' not in page(world, "/as/U0ALICE/C0ALONE")


def test_a_private_channel_has_no_name_before_others(world: World, alice: Person) -> None:
    text = "See <#C0SECRET> and <#C0OPEN>"
    rich = {"type": "rich_text_section", "elements": [{"type": "channel", "channel_id": "C0SECRET"}]}
    blocks = [{"type": "rich_text", "elements": [rich]}]
    world.call("chat.postMessage", channel="C0OPEN", text=text)
    world.call("chat.postMessage", channel="C0OPEN", text="x", blocks=blocks)
    with world.person("U0BOB") as bob:
        assert [message.plain for message in alice.messages("C0OPEN")] == ["See #secret and #open", "#secret"]
        unnamed = ["See #private channel and #open", "#private channel"]
        assert [message.plain for message in bob.messages("C0OPEN")] == unnamed
        seen = page(world, "/as/U0BOB/C0OPEN")
        assert "private channel" in seen
        assert "secret" not in seen
        assert "#secret" in page(world, "/as/U0ALICE/C0OPEN")
        said = bob.say("Is there a #secret? There is an #open and an #alone", channel="C0OPEN")
    assert said.text == "Is there a #secret? There is an <#C0OPEN|open> and an <#C0ALONE|alone>"


def test_the_home_tab_and_the_app(world: World) -> None:
    world.web.views_publish(user_id="U0ALICE", view={"type": "home", "blocks": card("Your contracts")})
    landed = HTTP.get(f"{world.url}/as/U0ALICE/U0SAMPLE")
    assert "This is where Sample writes to you" in landed.text
    assert "Your contracts" in HTTP.get(f"{world.url}/as/U0ALICE/U0SAMPLE?tab=home").text


@pytest.mark.parametrize("path", ["/as/U0NONE", "/as/U0GINA/C0OPEN", "/as/U0GONE/C0OPEN", "/archives/C0NONE/p1"])
def test_what_is_not_there(shared_world: World, path: str) -> None:
    answer = HTTP.get(shared_world.url + path)
    assert answer.status_code == 404
    assert "Choose who to be" in answer.text


def test_only_json_can_act(shared_world: World) -> None:
    for answer in (
        HTTP.post(f"{shared_world.url}/people/U0ALICE/say", data={"channel": "C0OPEN", "text": "x"}),
        HTTP.post(f"{shared_world.url}/people/U0ALICE/dance", json={}),
    ):
        assert answer.status_code == 404
    for body in (b"{", b"[]", b'{"channel": 3}'):
        headers = {"content-type": "application/json"}
        assert HTTP.post(f"{shared_world.url}/people/U0ALICE/say", content=body, headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("stamp", "words"),
    [("1795338300.0", "9:05am"), ("1795348800.0", "midday"), ("1795370400.0", "6pm"), ("1784674800.0", "midnight")],
)
def test_times_are_londons(stamp: str, words: str) -> None:
    assert clock_time(instant(stamp)) == words


def test_an_open_page_fetches_only_what_it_has_not_got(world: World, alice: Person) -> None:
    alice.say("first", channel="C0OPEN")
    live = f"{world.url}/as/U0ALICE/C0OPEN/live"
    before = HTTP.post(live, json={"have": []}).json()
    have = [mark for pieces in before.values() for _, mark, _ in pieces]
    assert all(html is None for pieces in HTTP.post(live, json={"have": have}).json().values() for _, _, html in pieces)
    said = alice.say("second <b>", channel="C0OPEN")
    pieces = HTTP.post(live, json={"have": have}).json()["messages"]
    assert [key for key, _, html in pieces if html] == [said.ts]
    assert "second &lt;b&gt;" in pieces[-1][2]


def test_a_page_of_a_channel_that_was_left(world: World) -> None:
    HTTP.post(f"{world.url}/people/U0ALICE/leave", json={"channel": "C0OPEN"})
    answer = HTTP.post(f"{world.url}/as/U0ALICE/C0OPEN/live", json={"have": []})
    assert answer.json() == {"gone": "Alice Arden is not in C0OPEN."}
    bad: list[object] = [{}, {"have": 3}, []]
    for body in bad:
        assert HTTP.post(f"{world.url}/as/U0ALICE/C0ALONE/live", json=body).status_code == 400


def test_an_app_that_takes_no_messages(make_world: Callable[..., Iterator[World]]) -> None:
    home = {**MANIFEST["features"]["app_home"], "messages_tab_read_only_enabled": True}
    read_only = {**MANIFEST, "features": {**MANIFEST["features"], "app_home": home}}
    for world in make_world(manifest=read_only):
        html = page(world, "/as/U0ALICE/U0SAMPLE")
        assert "Sending messages to this app has been turned off." in html
        assert "<textarea id=" not in html
        with world.person("U0ALICE") as alice:
            for doing in (alice.say, alice.command):
                with pytest.raises(PermissionError, match="has been turned off"):
                    doing("/risk hello", channel="U0SAMPLE")


def test_a_direct_message_of_several_people_is_called_by_their_names(
    make_world: Callable[..., Iterator[World]],
) -> None:
    scopes = {"scopes": {"bot": ["chat:write", "mpim:write"]}}
    for world in make_world(manifest=MANIFEST | {"oauth_config": scopes}):
        opened = world.web.conversations_open(users=["U0ALICE", "U0BOB"])["channel"]["id"]
        world.web.chat_postMessage(channel=opened, text=f"Welcome to <#{opened}>")
        html = page(world, f"/as/U0ALICE/{opened}")
        assert '<span class="name">Bob Brook, Sample</span>' in html
        assert ">#Alice Arden, Bob Brook, Sample</span>" in html
        assert "mpdm" not in html
