"""The page: the workspace as people see it in a browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from workspace.core import Workspace
from workspace.errors import NotPossible, SlackError
from workspace.page import scene
from workspace.page.regions import Piece, Regions
from workspace.page.scene import MOST_SHOWN, Scene
from workspace.state.manifest import Command
from workspace.state.seed import Team, User
from workspace.state.store import Conversation
from workspace.wire.reading import read_object

Json = dict[str, Any]
HERE = Path(__file__).parent
PALETTE = (
    *("+1", "white_check_mark", "eyes", "tada", "fire", "wave", "warning", "x", "hourglass", "bell"),
    *("speech_balloon", "memo", "calendar", "chart_with_upwards_trend", "rotating_light"),
    *("large_green_circle", "large_yellow_circle", "red_circle"),
)
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' http: https:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


async def start(request: Request) -> Response:
    """GET /: who would you like to be?"""
    ws: Workspace = request.app.state.workspace
    people = [user for user in ws.store.users.values() if not user.is_bot and not user.deleted]
    # Where no persona is named, everybody is offered.
    offered = [user for user in people if user.persona] or people
    return _page(
        request,
        "start.html",
        movable=ws.settings.clock_url is not None,
        groups=[(team, tries) for team in scene.teams(ws) if (tries := _tries(ws, offered, team))],
        others=[user for user in people if user not in offered],
    )


def _tries(ws: Workspace, people: list[User], team: Team) -> list[tuple[User, tuple[str, ...]]]:
    """The people of a team, each with what to try as them."""
    return [(user, user.tries or _suggestions(ws, user)) for user in people if user.team == team.id]


def _suggestions(ws: Workspace, user: User) -> tuple[str, ...]:
    if ws.store.is_member(user, ws.store.app.team) and not user.guest:
        return tuple(f"{command.name}: {command.description}" for command in ws.manifest.commands.values())
    return (f"Answer what {ws.manifest.display_name} asks, in a shared channel or a direct message",)


async def enter(request: Request) -> Response:
    """GET /as/{user}: to the first conversation of a person."""
    ws: Workspace = request.app.state.workspace
    try:
        user = ws.person(request.path_params["user"])
    except NotPossible as error:
        return _page(request, "missing.html", status=404, sentence=str(error))
    return RedirectResponse(f"/as/{user.id}/{scene.arrival(ws, user).id}", status_code=303, headers=HEADERS)


async def permalink(request: Request) -> Response:
    """GET /archives/{channel}/p{ts}: to the message, as somebody who is there."""
    ws: Workspace = request.app.state.workspace
    conversation = ws.store.conversations.get(request.path_params["channel"])
    people = [ws.store.users[member] for member in conversation.members] if conversation else []
    someone = next((user for user in people if not user.is_bot and not user.deleted), None)
    if conversation is None or someone is None:
        return _page(request, "missing.html", status=404, sentence="That message is not here.")
    digits = request.path_params["stamp"].removeprefix("p")
    thread = request.query_params.get("thread")
    ts = f"{digits[:-6]}.{digits[-6:]}"
    query = f"message={ts}&thread={thread}" if thread else f"message={ts}"
    where = f"/as/{someone.id}/{conversation.id}?{query}#m-{ts}"
    return RedirectResponse(where, status_code=303, headers=HEADERS)


async def client(request: Request) -> Response:
    """GET /as/{user}/{channel}?thread={ts}&tab={tab}: the whole client, for one person in one conversation."""
    ws: Workspace = request.app.state.workspace
    try:
        at = _scene(ws, request)
    except NotPossible as error:
        return _page(request, "missing.html", status=404, sentence=str(error))
    read = at.conversation.read.get(at.user.id, "")
    at = replace(at, line=read)
    guest = not ws.store.is_member(at.user, ws.store.app.team)
    commands = [] if guest else list(ws.manifest.commands.values())
    return _page(
        request,
        "client.html",
        at=at,
        user=at.user,
        team=ws.store.teams[at.user.team],
        closed=ws.closed(at.conversation),
        place=scene.place(ws, at.user, at.conversation),
        groups=[(team, scene.people(ws, team)) for team in scene.teams(ws)],
        personas=[one for one in ws.store.users.values() if one.persona and not one.deleted],
        commands=commands,
        shortcuts=() if guest else ws.manifest.shortcuts,
        palette=PALETTE,
        movable=ws.settings.clock_url is not None,
        completions=_completions(ws, at.user, commands),
        regions=request.app.state.regions.of(at),
    )


def _completions(ws: Workspace, user: User, commands: list[Command]) -> Json:
    """What the message box completes: https://slack.com/help/articles/201658943 (mentions, channels, commands)."""
    known = [one for one in ws.store.users.values() if not one.is_bot and not one.deleted]
    return {
        "commands": [{"name": one.name, "hint": one.usage_hint, "about": one.description} for one in commands],
        "people": [
            {"id": one.id, "name": one.name, "about": one.real_name}
            for one in known
            if one.id != user.id and ws.can_message(user, one.id)
        ],
        "channels": [{"name": one.conversation.name} for one in scene.channels(ws, user)],
    }


async def live(request: Request) -> Response:
    """POST /as/{user}/{channel}/live with `have`, the marks of the pieces that a page has got.

    Answers with every region's keys and marks in order, and the HTML of the pieces that the page has not got; or
    with `gone`, why the person can be there no longer.
    """
    ws: Workspace = request.app.state.workspace
    try:
        data = read_object((await request.body()).decode(errors="replace"))
        have = set(data["have"])
        at = _scene(ws, request)
    except (SlackError, TypeError, KeyError) as error:
        return JSONResponse({"error": f"Expected have: {error}"}, status_code=400)
    except NotPossible as error:
        return JSONResponse({"gone": str(error)}, headers=HEADERS)
    regions: dict[str, list[Piece]] = request.app.state.regions.of(at)
    return JSONResponse(
        {
            name: [[piece.key, piece.mark, None if piece.mark in have else str(piece.html)] for piece in pieces]
            for name, pieces in regions.items()
        },
        headers=HEADERS,
    )


def _scene(ws: Workspace, request: Request) -> Scene:
    """What an address names. Raises NotPossible where the person cannot be there."""
    query = request.query_params
    user = ws.person(request.path_params["user"])
    conversation = ws.conversation_for(user, request.path_params["channel"])
    parent = conversation.find(query.get("thread", ""))
    tabs = _tabs(ws, conversation)
    tab = query.get("tab", "")
    return Scene(
        user=user,
        conversation=conversation,
        parent=None if parent and parent.only_for else parent,
        tabs=tabs if len(tabs) > 1 else (),
        tab=tab if tab in tabs else "messages" if "messages" in tabs else tabs[0],
        shown=max(_shown(query.get("shown", "")), _depth(ws, user, conversation, query.get("message", ""))),
        line=query.get("line", ""),
    )


def _tabs(ws: Workspace, conversation: Conversation) -> tuple[str, ...]:
    """The tabs of the app's own page: https://docs.slack.dev/surfaces/app-home; messages alone for others."""
    if ws.store.bot.id not in conversation.members or conversation.kind != "im":
        return ("messages",)
    there = {"home": ws.manifest.home_tab, "messages": ws.manifest.messages_tab, "about": True}
    return tuple(tab for tab, shown in there.items() if shown)


def _shown(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else MOST_SHOWN


def _depth(ws: Workspace, user: User, conversation: Conversation, ts: str) -> int:
    """How many messages there are from this one on, where it is named: a link to an old one shows it."""
    return sum(message.ts >= ts for message in ws.visible(user, conversation)) if ts else 0


def _page(request: Request, template: str, *, status: int = 200, **context: object) -> Response:
    regions: Regions = request.app.state.regions
    return HTMLResponse(regions.render(template, **context), status_code=status, headers=HEADERS)


ROUTES: list[BaseRoute] = [
    Route("/", start),
    Route("/as/{user}", enter),
    Route("/as/{user}/{channel}", client),
    Route("/as/{user}/{channel}/live", live, methods=["POST"]),
    Route("/archives/{channel}/{stamp}", permalink),
    Mount("/static", StaticFiles(directory=HERE / "static")),
]
