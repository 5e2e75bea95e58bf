"""Answers, forms and options where the app may not give or get them, or asks for them oddly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.workspace.conftest import HTTP, World
from tests.workspace.everything import EVERYTHING
from tests.workspace.sample import card, field
from workspace import Control, Person

Json = dict[str, Any]
NOT_INTERACTIVE = "This app is not set up to handle interactive responses."


@pytest.fixture
def world(make_world: Callable[..., Iterator[World]]) -> Iterator[World]:
    yield from make_world(manifest=EVERYTHING)


@pytest.fixture
def deaf(make_world: Callable[..., Iterator[World]]) -> Iterator[World]:
    """A world whose app has commands, and interactivity switched off."""
    settings = {**EVERYTHING["settings"], "interactivity": {"is_enabled": False}}
    yield from make_world(manifest={**EVERYTHING, "settings": settings})


def pressed(world: World, alice: Person) -> str:
    """The response URL of a press on the last message."""
    alice.click(alice.messages("C0OPEN")[-1], "pick", "good")
    return str(world.sample.last("block_actions")["response_url"])


def respond(url: str, **data: object) -> tuple[int, str]:
    answer = HTTP.post(url, json=data)
    return answer.status_code, answer.text


@pytest.mark.parametrize("yes", [True, "true"])
def test_the_original_is_replaced_and_deleted_where_that_is_said(world: World, alice: Person, yes: object) -> None:
    ts = world.call("chat.postMessage", channel="C0OPEN", text="A card", blocks=card("x"))["ts"]
    url = pressed(world, alice)
    assert respond(url, text="Replaced", replace_original=yes) == (200, "ok")
    assert [message.plain for message in alice.messages("C0OPEN") if message.ts == ts] == ["Replaced"]
    assert respond(url, delete_original=yes) == (200, "ok")
    assert not [message for message in alice.messages("C0OPEN") if message.ts == ts]


def test_an_answer_goes_to_a_thread_that_there_is(world: World, alice: Person) -> None:
    posted = world.call("chat.postMessage", channel="C0OPEN", text="A card", blocks=card("x"))
    reply = world.call("chat.postMessage", channel="C0OPEN", text="A reply", thread_ts=posted["ts"])
    alice.click(alice.messages("C0OPEN")[0], "pick", "good")
    url = str(world.sample.last("block_actions")["response_url"])
    for ts in ("1.000001", ["x"]):
        status, body = respond(url, text="Lost", thread_ts=ts, response_type="in_channel")
        assert (status, "thread_not_found" in body) == (400, True)
    assert respond(url, text="Here", thread_ts=reply["ts"], response_type="in_channel") == (200, "ok")
    assert alice.messages("C0OPEN")[-1].thread_ts == posted["ts"]


def test_a_form_of_an_app_without_interactivity_goes_nowhere(deaf: World, alice: Person) -> None:
    with deaf.person("U0ALICE") as person:
        person.command("/risk steps", channel="C0OPEN")
        modal = person.modal()
        assert person.submit(modal).failure == NOT_INTERACTIVE
        assert person.open_view() is not None
    assert not [body for body in deaf.sample.received if body.get("type") == "view_submission"]


def test_a_form_of_an_app_that_is_gone_goes_nowhere(world: World, alice: Person) -> None:
    element = {"type": "external_select", "action_id": "any_one", "min_query_length": 0}
    world.sample.view = {**world.sample.view, "blocks": [field("who", element)]}
    alice.command("/risk view", channel="C0OPEN")
    modal = alice.modal()
    with Control(world.url) as control:
        control.uninstall()
    assert alice.submit(modal).errors or alice.submit(modal).failure
    assert "failure" in alice.suggest(modal, "any_one", "x")
    assert not world.sample.asked
