"""Slash commands, as the person and the app see them."""

from __future__ import annotations

import pytest

from tests.workspace.conftest import HTTP, World, build
from workspace import Person, Server, create_app


def test_the_form_that_the_app_receives(world: World, alice: Person) -> None:
    alice.command("/risk  silent", channel="C0OPEN")
    body = world.sample.last("command")
    trigger, url = body.pop("trigger_id"), body.pop("response_url")
    assert trigger.count(".") == 2
    assert url.startswith(f"{world.url}/response/")
    assert body == {
        "token": "deprecated-verification-token",
        "team_id": "T0HOME",
        "team_domain": "examples",
        "channel_id": "C0OPEN",
        "channel_name": "open",
        "user_id": "U0ALICE",
        "user_name": "alice",
        "command": "/risk",
        "text": "silent",
        "api_app_id": "A0SAMPLE",
        "is_enterprise_install": "false",
    }


@pytest.mark.parametrize(("channel", "name"), [("C0SHARED", "privategroup"), ("U0SAMPLE", "directmessage")])
def test_private_places_are_not_named(world: World, alice: Person, channel: str, name: str) -> None:
    alice.command("/risk silent", channel=channel)
    assert world.sample.last("command")["channel_name"] == name


def test_the_answers(world: World, alice: Person) -> None:
    assert alice.command("/risk silent", channel="C0SHARED") == []
    [answer] = alice.command("/risk hello", channel="C0SHARED")
    assert (answer.plain, answer.ephemeral, answer.user) == ("You said hello", True, "U0SAMPLE")
    [public] = alice.command("/risk public", channel="C0SHARED")
    assert (public.plain, public.ephemeral) == ("For everyone", False)
    with world.person("U0GINA") as gina:
        assert [m.plain for m in gina.messages("C0SHARED")] == ["/risk public", "For everyone"]


def test_bad_blocks_in_the_answer(alice: Person) -> None:
    [failed] = alice.command("/risk bad", channel="C0OPEN")
    assert failed.plain == "/risk failed with the error “invalid_command_response”"


def test_commands_that_are_not_for_this_person(alice: Person, gina: Person, world: World) -> None:
    [unknown] = alice.command("/nonsense", channel="C0OPEN")
    [partner] = gina.command("/risk hello", channel="C0SHARED")
    assert unknown.plain.startswith("/nonsense is not a valid command.")
    assert partner.plain.startswith("/risk is not a valid command.")
    assert (partner.user, partner.ephemeral) == ("USLACKBOT", True)
    assert world.sample.received == []


def test_an_app_that_is_too_slow(make_world: object) -> None:
    worlds = make_world(patience=0.2)  # type: ignore[operator]  # a fixture's function
    world: World = next(worlds)
    with world.person("U0ALICE") as alice:
        world.sample.stall = 0.5
        [failed] = alice.command("/risk hello", channel="C0OPEN")
        assert failed.plain == "/risk failed with the error “operation_timeout”"
        assert alice.messages("C0OPEN") == [failed]
    next(worlds, None)


def test_an_app_that_says_no_or_is_not_there(world: World, alice: Person) -> None:
    [refused] = alice.command("/mention x", channel="C0OPEN")  # the app has no listener: Bolt answers 404
    assert refused.plain == "/mention failed with the error “dispatch_failed”"
    alone = Server(create_app(build(world.clock, "http://127.0.0.1:9/")))
    with alone, Person(alone.url, "U0ALICE") as person:
        [failed] = person.command("/risk x", channel="C0OPEN")
    assert failed.plain == "/risk failed with the error “dispatch_failed”"


def test_mentions_are_escaped_where_the_manifest_asks(world: World, alice: Person) -> None:
    alice.command("/mention @bob in #open <now>", channel="C0OPEN")
    assert world.sample.last("command")["text"] == "<@U0BOB|bob> in <#C0OPEN|open> &lt;now&gt;"
    alice.command("/mention see https://a.example/x?y=1&z=2. or bob@b.example", channel="C0OPEN")
    link = "<https://a.example/x?y=1&amp;z=2>"
    assert world.sample.last("command")["text"] == f"see {link}. or <mailto:bob@b.example|bob@b.example>"
    alice.command("/risk @bob <now>", channel="C0OPEN")
    assert world.sample.last("command")["text"] == "@bob <now>"


def test_where_a_person_cannot_be(world: World, alice: Person, gina: Person) -> None:
    with pytest.raises(PermissionError, match="is not in C0OPEN"):
        gina.command("/risk x", channel="C0OPEN")
    with pytest.raises(PermissionError, match="archived"):
        alice.command("/risk x", channel="C0OLD")
    parent = alice.say("x", channel="C0OPEN")
    with pytest.raises(PermissionError, match="not supported in threads"):
        alice.say("/risk x", channel="C0OPEN", thread=parent.ts)
    for nobody in ("U0GONE", "U0NONE", "U0SAMPLE"):
        with world.person(nobody) as person, pytest.raises(PermissionError):
            person.messages("C0OPEN")


def test_the_response_url_has_five_uses_within_half_an_hour(world: World, alice: Person) -> None:
    alice.command("/risk silent", channel="C0ALONE")  # the app is not even a member there
    url = world.sample.last("command")["response_url"]
    answers = [HTTP.post(url, json={"text": str(number)}) for number in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [404]
    assert answers[-1].json() == {"ok": False, "error": "used_url"}
    assert [m.plain for m in alice.messages("C0ALONE")] == ["0", "1", "2", "3", "4"]
    assert all(m.ephemeral for m in alice.messages("C0ALONE"))

    alice.command("/risk silent", channel="C0ALONE")
    url = world.sample.last("command")["response_url"]
    assert HTTP.post(url, content=b"{").text == "invalid_payload"
    assert HTTP.post(url, json={"blocks": [{"type": "x"}]}).json()["error"] == "invalid_blocks"
    assert HTTP.post(url, json={"text": "all", "response_type": "in_channel"}).text == "ok"
    assert alice.messages("C0ALONE")[-1].ephemeral is False
    world.clock.advance(minutes=31)
    assert HTTP.post(url, json={"text": "late"}).json()["error"] == "expired_url"
    assert HTTP.post(f"{world.url}/response/none", json={}).status_code == 404
