"""What a test or a person at the page does to the workspace itself: /control."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from zoneinfo import available_timezones

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from workspace.control.obeying import obey, ordered
from workspace.core import Workspace
from workspace.errors import NotPossible
from workspace.state.seed import User
from workspace.state.store import Conversation
from workspace.wire.delivery import Undelivered
from workspace.wire.faults import KINDS
from workspace.wire.payloads import VERIFICATION_TOKEN
from workspace.wire.reading import read_seconds
from workspace.wire.socket_mode import MOST_CONNECTIONS, REASONS

Json = dict[str, Any]
LONGEST_WAIT = 25.0
# Traffic can be very dense; nobody reads faster than this.
BETWEEN_NEWS = 0.25


async def traffic(request: Request) -> Response:
    """GET /control/traffic?since=N&wait=S: the exchanges that began or ended after N, waited for up to S seconds.

    `last` is what to give as `since` the next time. An exchange that was under way comes again when it has ended.
    """
    ws: Workspace = request.app.state.workspace
    try:
        since = int(request.query_params.get("since", "0"))
        wait = read_seconds(request.query_params.get("wait", "0"))
    except ValueError:
        return JSONResponse({"error": "Expected since and wait as numbers."}, status_code=400)
    if wait > 0:
        await ws.traffic.beyond(since, min(wait, LONGEST_WAIT))
    return JSONResponse({"last": ws.traffic.revision, "exchanges": ws.traffic.since(since)})


async def traffic_stream(request: Request) -> Response:
    """GET /control/traffic/stream: server-sent events, what `last` is now, at most four a second."""
    ws: Workspace = request.app.state.workspace

    async def stream() -> AsyncIterator[str]:
        last = ws.traffic.revision
        while True:
            yield f"data: {last}\n\n"
            last = await ws.traffic.beyond(last, 15)
            await asyncio.sleep(BETWEEN_NEWS)
            last = ws.traffic.revision

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-cache"})


async def faults(request: Request) -> Response:
    """GET /control/faults lists them, POST adds one, DELETE /control/faults[/{id}] removes one or all."""
    ws: Workspace = request.app.state.workspace
    if request.method == "POST":
        return await obey(request, _add_fault)
    if request.method == "DELETE":
        ws.faults.remove(request.path_params.get("id"))
    return JSONResponse({"faults": ws.faults.listed(), "kinds": list(KINDS), "meanings": KINDS})


async def _add_fault(ws: Workspace, data: Json) -> Json:
    return {"fault": ws.faults.add(data).json()}


async def _switch(ws: Workspace, data: Json) -> Json:
    """{"scanning": 60, "team_ids": false, ...}: how strict it is where Slack is not always (see switches); as they are
    now."""
    ws.store.switches.put(data)
    return {"switches": ws.store.switches.json()}


async def _disconnect(ws: Workspace, data: Json) -> Json:
    """{"reason": "warning", "connections": 1}: ask Socket Mode connections to be replaced; all, where none is said."""
    reason, most = data.get("reason", "refresh_requested"), data.get("connections", MOST_CONNECTIONS)
    if reason not in REASONS:
        raise NotPossible(f"reason: {', '.join(REASONS)}.")
    if not isinstance(most, int) or most < 1:
        raise NotPossible("connections: a whole number from 1.")
    return {"told": await ws.sockets.disconnect(reason, most)}


async def _deactivate(ws: Workspace, data: Json) -> Json:
    """{"user": ...}: an administrator deactivates a person; the app hears of it as user_change."""
    user = ws.person(str(data.get("user")))
    ws.store.users[user.id] = replace(user, deleted=True)
    ws.store.changed()
    ws.events.user_changed(ws.store.users[user.id])
    return {}


async def _regrade(ws: Workspace, data: Json) -> Json:
    """{"user": ..., "guest": "multi"}: an administrator makes a person a guest, or with "" a full member."""
    user, guest = ws.person(str(data.get("user"))), data.get("guest")
    if guest not in ("", "single", "multi"):
        raise NotPossible('guest: "", single or multi.')
    if guest == "single" and _channels_of(ws, user) > 1:
        raise NotPossible(f"{user.real_name} is in several channels.")
    ws.store.users[user.id] = replace(user, guest=guest)
    ws.store.changed()
    ws.events.user_changed(ws.store.users[user.id])
    return {}


async def _travel(ws: Workspace, data: Json) -> Json:
    """{"user": ..., "tz": "Pacific/Auckland"}: a person's clock shows the time of another zone from now on."""
    user, zone = ws.person(str(data.get("user"))), data.get("tz")
    if zone not in available_timezones():
        raise NotPossible("tz: the name of a time zone.")
    ws.store.users[user.id] = replace(user, tz=zone)
    ws.store.changed()
    ws.events.user_changed(ws.store.users[user.id])
    return {}


async def _arrive(ws: Workspace, data: Json) -> Json:
    """{"user": ..., "name": ..., "real_name": ..., "guest": "", "email": ""}: somebody joins the app's workspace."""
    given = {name: data.get(name, "") for name in ("user", "name", "real_name", "guest", "email")}
    if not all(isinstance(each, str) for each in given.values()) or given["guest"] not in ("", "single", "multi"):
        raise NotPossible('user, name, real_name and email: words; guest: "", single or multi.')
    if given["user"][:1] not in ("U", "W") or given["user"] in ws.store.users:
        raise NotPossible("user: an id that nobody has.")
    names, rest = (given["name"], given["real_name"]), {"guest": given["guest"], "email": given["email"]}
    user = User(given["user"], ws.store.app.team, *names, **rest)
    ws.store.users[user.id] = user
    ws.store.changed()
    ws.events.user_joined(user)
    return {}


async def _uninstall(ws: Workspace, _: Json) -> Json:
    """{}: an administrator removes the app; its token is good for nothing from now on."""
    ws.events.uninstalled()
    ws.store.changed()
    return {}


async def _share(ws: Workspace, data: Json) -> Json:
    """{"channel": ..., "user": ...}: somebody, of another organisation perhaps, comes into a channel."""
    user, conversation = ws.person(str(data.get("user"))), _channel(ws, data)
    if user.id in conversation.members:
        raise NotPossible(f"{user.real_name} is there already.")
    if user.guest == "single" and _channels_of(ws, user):
        raise NotPossible(f"{user.real_name} is a guest of one channel.")
    ws.join(conversation, user)
    return {}


async def _unshare(ws: Workspace, data: Json) -> Json:
    """{"channel": ..., "team": ...}: an organisation leaves a channel, with all of its people."""
    conversation, team = _channel(ws, data), data.get("team")
    people = [ws.store.users[one] for one in conversation.members if ws.store.users[one].team == team]
    if not people or team == ws.store.app.team:
        raise NotPossible("That organisation is not there as a guest.")
    for user in people:
        ws.leave(conversation, user)
    ws.events.unshared(conversation, str(team))
    return {}


async def _archive(ws: Workspace, data: Json) -> Json:
    """{"channel": ...}: an administrator archives a channel."""
    return _archived(ws, _channel(ws, data), archived=True)


async def _unarchive(ws: Workspace, data: Json) -> Json:
    """{"channel": ...}: an administrator opens an archived channel again."""
    return _archived(ws, _channel(ws, data), archived=False)


def _archived(ws: Workspace, conversation: Conversation, *, archived: bool) -> Json:
    conversation.archived = archived
    ws.store.changed()
    ws.events.changed(conversation, "archive" if archived else "unarchive")
    return {}


async def _delete(ws: Workspace, data: Json) -> Json:
    """{"channel": ...}: an administrator deletes a channel, with all that was said in it."""
    conversation = _channel(ws, data)
    ws.events.changed(conversation, "deleted")
    del ws.store.conversations[conversation.id]
    ws.store.changed()
    return {}


async def _invite(ws: Workspace, data: Json) -> Json:
    """{"channel": ...}: somebody invites the app to a channel."""
    conversation = _channel(ws, data)
    if ws.store.bot.id in conversation.members:
        raise NotPossible("The app is there already.")
    ws.join(conversation, ws.store.bot)
    return {}


async def _remove(ws: Workspace, data: Json) -> Json:
    """{"channel": ...}: somebody removes the app from a channel."""
    conversation = _channel(ws, data)
    if ws.store.bot.id not in conversation.members:
        raise NotPossible("The app is not there.")
    ws.leave(conversation, ws.store.bot)
    return {}


def _channels_of(ws: Workspace, user: User) -> int:
    return sum(conversation.is_channel for conversation in ws.store.of(user.id))


def _channel(ws: Workspace, data: Json) -> Conversation:
    conversation = ws.store.conversations.get(str(data.get("channel")))
    if conversation is None or not conversation.is_channel:
        raise NotPossible("There is no such channel.")
    return conversation


async def _settle(ws: Workspace, data: Json) -> Json:
    """{"seconds": ...}: wait until the app has heard of every event so far; whether it has."""
    seconds = data.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        raise NotPossible("seconds: a number.")
    return {"settled": await ws.courier.settled(min(seconds, LONGEST_WAIT))}


async def _verify(ws: Workspace, _: Json) -> Json:
    """{}: send the app's address the challenge that Slack sends when it is saved; whether it came back.

    https://docs.slack.dev/reference/events/url_verification
    """
    if ws.sockets.connected() or ws.settings.bot_url is None:
        raise NotPossible("The app has no address: it uses Socket Mode.")
    challenge = secrets.token_hex(16)
    payload = {"token": VERIFICATION_TOKEN, "challenge": challenge, "type": "url_verification"}
    try:
        answer = await ws.delivery.send("events_api", payload)
    except Undelivered as error:
        return {"verified": False, "reason": error.reason}
    forms = (challenge, f"challenge={challenge}", json.dumps({"challenge": challenge}, separators=(",", ":")))
    verified = answer.status == 200 and answer.text.replace('": "', '":"') in forms
    return {"verified": verified, "reason": "" if verified else f"status {answer.status}, not the challenge"}


ROUTES: list[BaseRoute] = [
    Route("/control/traffic", traffic, methods=["GET"]),
    Route("/control/traffic/stream", traffic_stream, methods=["GET"]),
    Route("/control/faults", faults, methods=["GET", "POST", "DELETE"]),
    Route("/control/faults/{id:int}", faults, methods=["DELETE"]),
    *(
        Route(f"/control/{name}", ordered(act), methods=["POST"])
        for name, act in {
            "disconnect": _disconnect,
            "arrive": _arrive,
            "deactivate": _deactivate,
            "regrade": _regrade,
            "travel": _travel,
            "archive": _archive,
            "unarchive": _unarchive,
            "delete": _delete,
            "invite": _invite,
            "remove": _remove,
            "uninstall": _uninstall,
            "share": _share,
            "unshare": _unshare,
            "settle": _settle,
            "switch": _switch,
            "verify": _verify,
        }.items()
    ),
]
