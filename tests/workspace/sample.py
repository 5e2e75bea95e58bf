"""A small Bolt app that uses every part of the workspace; it knows nothing of it but an address."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def options(*values: str) -> list[Json]:
    return [{"text": plain(value.capitalize()), "value": value} for value in values]


def field(block_id: str, element: Json, **more: Any) -> Json:  # noqa: ANN401 - JSON
    return {"type": "input", "block_id": block_id, "label": plain(block_id.capitalize()), "element": element, **more}


def form(callback_id: str = "raise", title: str = "Raise a risk", **more: Any) -> Json:  # noqa: ANN401 - JSON
    """A modal with one of every input element."""
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title),
        "submit": plain("Save"),
        "notify_on_close": True,
        "blocks": [
            field(
                "title", {"type": "plain_text_input", "action_id": "v", "max_length": 20}, hint=plain("A short name")
            ),
            field("notes", {"type": "plain_text_input", "action_id": "v", "multiline": True}, optional=True),
            field(
                "figure",
                {
                    "type": "number_input",
                    "action_id": "v",
                    "is_decimal_allowed": True,
                    "min_value": "0",
                    "max_value": "100",
                },
                optional=True,
            ),
            field("due", {"type": "datepicker", "action_id": "v", "initial_date": "2026-11-23"}),
            field("at", {"type": "timepicker", "action_id": "v"}, optional=True),
            field("impact", {"type": "static_select", "action_id": "v", "options": options("minor", "major")}),
            field(
                "stages",
                {"type": "multi_static_select", "action_id": "v", "options": options("live", "exit")},
                optional=True,
            ),
            field("owner", {"type": "users_select", "action_id": "v"}, optional=True),
            field(
                "flags", {"type": "checkboxes", "action_id": "v", "options": options("shared", "formal")}, optional=True
            ),
            field(
                "band",
                {"type": "radio_buttons", "action_id": "v", "options": options("low", "high")},
                optional=True,
            ),
            field("email", {"type": "email_text_input", "action_id": "v"}, optional=True),
            field("link", {"type": "url_text_input", "action_id": "v"}, optional=True),
        ],
        **more,
    }


def step(callback_id: str, title: str) -> Json:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title),
        "submit": plain("Next"),
        "notify_on_close": True,
        "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": f"*{title}*"}},
            {"type": "actions", "elements": [{"type": "button", "action_id": "deeper", "text": plain("Deeper")}]},
        ],
    }


def card(text: str) -> list[Json]:
    return [
        {"type": "section", "block_id": "words", "text": {"type": "mrkdwn", "text": text}},
        {
            "type": "actions",
            "block_id": "buttons",
            "elements": [
                {"type": "button", "action_id": "risk_ack", "text": plain("Acknowledge"), "value": "R-1"},
                {"type": "button", "action_id": "form", "text": plain("Open a form"), "style": "primary"},
                {
                    "type": "static_select",
                    "action_id": "pick",
                    "placeholder": plain("Rating"),
                    "options": options("good", "poor"),
                },
            ],
        },
    ]


class Sample:
    """The app, the payloads it received, and what it should do with the next submission."""

    def __init__(self, client: AsyncWebClient, signing_secret: str) -> None:
        self.received: list[Json] = []
        self._news = threading.Condition()
        self.heard: list[Json] = []
        self.retries: list[tuple[str, str]] = []
        self.on_submit: Json = {}
        self.on_suggest: Json = {}
        self.asked: list[str] = []
        self.view = form()
        self.stall = 0.0
        self.event_statuses: list[tuple[int, dict[str, str]]] = []
        self.app = AsyncApp(client=client, signing_secret=signing_secret, ignoring_self_events_enabled=True)
        self._handler = AsyncSlackRequestHandler(self.app)
        _register(self)

    def last(self, kind: str) -> Json:
        """The last payload of a type."""
        return next(body for body in reversed(self.received) if body.get("type", "command") == kind)

    def wait(self, condition: Callable[[], object]) -> None:
        """Wait until a request has made the condition true."""
        with self._news:
            assert self._news.wait_for(condition, timeout=10), "the app was not told"

    def asgi(self) -> Starlette:
        return Starlette(routes=[Route("/slack/events", self._endpoint, methods=["POST"])])

    async def _endpoint(self, request: Request) -> Response:
        if number := request.headers.get("x-slack-retry-num"):
            self.retries.append((number, request.headers["x-slack-retry-reason"]))
        with self._news:
            self.received.append(_read(await request.body()))
            self._news.notify_all()
        if self.stall:
            await asyncio.sleep(self.stall)
        if self.event_statuses and request.headers["content-type"].startswith("application/json"):
            status, headers = self.event_statuses.pop(0)
            return Response(status_code=status, headers=headers)
        return await self._handler.handle(request)


def _read(body: bytes) -> Json:
    """A request's body, whichever way it came."""
    if body.startswith(b"{"):
        data: Json = json.loads(body)
        return data
    form_data = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return json.loads(form_data["payload"]) if "payload" in form_data else form_data


def _register(sample: Sample) -> None:
    app = sample.app

    @app.command("/risk")
    async def risk(ack: Any, body: Json, client: AsyncWebClient) -> None:  # noqa: ANN401
        word = body["text"]
        if word == "public":
            await ack(text="For *everyone*", response_type="in_channel")
        elif word == "silent":
            await ack()
        elif word == "bad":
            await ack(blocks=[{"type": "mystery"}])
        elif word == "form":
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=form())
        elif word == "view":
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=sample.view)
        elif word == "steps":
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=step("one", "Step 1"))
        elif word == "card":
            await ack()
            await client.chat_postMessage(channel=body["channel_id"], text="A card", blocks=card("*Advisers* leaving"))
        else:
            await ack(f"You said {word}")

    @app.action("risk_ack")
    async def acknowledge(ack: Any, body: Json, respond: Any) -> None:  # noqa: ANN401
        await ack()
        await respond(text=f"Acknowledged by <@{body['user']['id']}>", replace_original=True)

    @app.action("form")
    async def open_form(ack: Any, body: Json, client: AsyncWebClient) -> None:  # noqa: ANN401
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form())

    @app.action("pick")
    async def pick(ack: Any, respond: Any) -> None:  # noqa: ANN401
        await ack()
        await respond("Noted")

    @app.action("deeper")
    async def deeper(ack: Any, body: Json, client: AsyncWebClient) -> None:  # noqa: ANN401
        await ack()
        await client.views_push(trigger_id=body["trigger_id"], view=step("two", "Step 2"))

    @app.action(re.compile("^any_"))
    async def anything(ack: Any) -> None:  # noqa: ANN401
        await ack()

    @app.options(re.compile("^any_"))
    async def suggested(ack: Any, body: Json) -> None:  # noqa: ANN401
        sample.asked.append(body["value"])
        await ack(**sample.on_suggest)

    @app.shortcut("from_anywhere")
    async def from_anywhere(ack: Any, body: Json, client: AsyncWebClient) -> None:  # noqa: ANN401
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=form())

    @app.shortcut("on_message")
    async def on_message(ack: Any, body: Json, respond: Any) -> None:  # noqa: ANN401
        await ack()
        await respond(f"You chose: {body['message']['text']}")

    @app.event(re.compile("^(?!message$)"))
    async def heard(event: Json) -> None:
        sample.heard.append(event)

    for name in ("raise", "one", "two"):

        @app.view(name)
        async def submitted(ack: Any) -> None:  # noqa: ANN401
            await ack(**sample.on_submit)

        @app.view_closed(name)
        async def closed(ack: Any) -> None:  # noqa: ANN401
            await ack()

    @app.event("message")
    async def message(event: Json, say: Any) -> None:  # noqa: ANN401
        if event.get("channel_type") == "im" and "subtype" not in event:
            await say(f"You wrote {event['text']}")
