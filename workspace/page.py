"""The page: the workspace as people see it in a browser."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from workspace import clock
from workspace.core import Workspace
from workspace.drawing import Drawing
from workspace.errors import NotPossible
from workspace.seed import Team, User
from workspace.store import SLACKBOT, Conversation, Message

HERE = Path(__file__).parent
CLOSE_TOGETHER = 300
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' http: https:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True)
class Place:
    """A conversation as one person finds it in the list at the left."""

    conversation: Conversation
    name: str
    unread: int
    other: User | None = None


@dataclass(frozen=True)
class Line:
    """A message as one person sees it; `follows` where it continues the one above."""

    message: Message
    author: User
    organisation: str
    replies: list[Message]
    follows: bool
    day: str


async def start(request: Request) -> Response:
    """GET /: who would you like to be?"""
    ws: Workspace = request.app.state.workspace
    people = [user for user in ws.store.users.values() if not user.is_bot and not user.deleted]
    # Where no persona is named, everybody is offered.
    offered = [user for user in people if user.persona] or people
    return _page(
        ws,
        "start.html",
        groups=[(team, tries) for team in _teams(ws) if (tries := _tries(ws, offered, team))],
        others=[user for user in people if user not in offered],
    )


def _tries(ws: Workspace, people: list[User], team: Team) -> list[tuple[User, tuple[str, ...]]]:
    """The people of a team, each with what to try as them."""
    return [(user, user.tries or _suggestions(ws, user)) for user in people if user.team == team.id]


def _suggestions(ws: Workspace, user: User) -> tuple[str, ...]:
    if user.team == ws.store.app.team and not user.guest:
        return tuple(f"{command.name}: {command.description}" for command in ws.manifest.commands.values())
    return (f"Answer what {ws.manifest.display_name} asks, in a shared channel or a direct message",)


async def enter(request: Request) -> Response:
    """GET /as/{user}: to the first conversation of a person."""
    ws: Workspace = request.app.state.workspace
    try:
        user = ws.person(request.path_params["user"])
    except NotPossible as error:
        return _page(ws, "missing.html", status=404, sentence=str(error))
    return RedirectResponse(f"/as/{user.id}/{_home(ws, user).id}", status_code=303, headers=HEADERS)


async def permalink(request: Request) -> Response:
    """GET /archives/{channel}/p{ts}: to the message, as somebody who is there."""
    ws: Workspace = request.app.state.workspace
    conversation = ws.store.conversations.get(request.path_params["channel"])
    people = [ws.store.users[member] for member in conversation.members] if conversation else []
    someone = next((user for user in people if not user.is_bot and not user.deleted), None)
    if conversation is None or someone is None:
        return _page(ws, "missing.html", status=404, sentence="That message is not here.")
    digits = request.path_params["stamp"].removeprefix("p")
    thread = request.query_params.get("thread")
    query = f"?thread={thread}" if thread else ""
    where = f"/as/{someone.id}/{conversation.id}{query}#m-{digits[:-6]}.{digits[-6:]}"
    return RedirectResponse(where, status_code=303, headers=HEADERS)


async def client(request: Request) -> Response:
    """GET /as/{user}/{channel}?thread={ts}: the whole client, for one person in one conversation."""
    ws: Workspace = request.app.state.workspace
    try:
        user = ws.person(request.path_params["user"])
        conversation = ws.conversation_for(user, request.path_params["channel"])
    except NotPossible as error:
        return _page(ws, "missing.html", status=404, sentence=str(error))
    parent = conversation.find(request.query_params.get("thread", ""))
    visible = ws.visible(user, conversation)
    now = ws.settings.now()
    return _page(
        ws,
        "client.html",
        user=user,
        team=ws.store.teams[user.team],
        conversation=conversation,
        place=_place(ws, user, conversation),
        guests=_guests(ws, user, conversation),
        channels=[_place(ws, user, one) for one in ws.store.of(user.id) if one.kind != "im"],
        directs=_directs(ws, user),
        groups=[(team, _people(ws, team)) for team in _teams(ws)],
        lines=_lines(ws, user, [message for message in visible if not message.is_reply or message.broadcast]),
        thread=_lines(ws, user, _thread(visible, parent)) if parent else None,
        parent=parent,
        view=ws.views.top(user.id),
        depth=len(ws.views.stack(user.id)),
        home=ws.views.home(user.id) if ws.manifest.home_tab else None,
        showing_home="home" in request.query_params and ws.manifest.home_tab,
        commands=list(ws.manifest.commands.values()) if user.team == ws.store.app.team else [],
        today=clock.weekday(now),
        time=clock.clock_time(now),
        members=[ws.store.users[member] for member in conversation.members],
    )


def _thread(visible: list[Message], parent: Message) -> list[Message]:
    return [message for message in visible if message is parent or message.thread_ts == parent.ts]


def _lines(ws: Workspace, user: User, messages: list[Message]) -> list[Line]:
    lines: list[Line] = []
    above: Message | None = None
    for message in messages:
        author = ws.store.users[message.user]
        outside = author.team not in (user.team, "")
        follows = above is not None and _continues(above, message)
        lines.append(
            Line(
                message,
                author,
                ws.store.teams[author.team].name if outside else "",
                ws.store.conversations[message.channel].replies(message.ts),
                follows,
                clock.day(clock.instant(message.ts)),
            )
        )
        above = message
    return lines


def _continues(above: Message, message: Message) -> bool:
    same = (above.user, above.only_for) == (message.user, message.only_for)
    near = float(message.ts) - float(above.ts) < CLOSE_TOGETHER
    return same and near and clock.day(clock.instant(above.ts)) == clock.day(clock.instant(message.ts))


def _place(ws: Workspace, user: User, conversation: Conversation) -> Place:
    read = conversation.read.get(user.id, "")
    unread = sum(m.ts > read and m.user != user.id for m in ws.visible(user, conversation))
    if conversation.kind != "im":
        return Place(conversation, conversation.name, unread)
    other = next(ws.store.users[member] for member in conversation.members if member != user.id)
    return Place(conversation, other.real_name, unread, other)


def _directs(ws: Workspace, user: User) -> list[Place]:
    """The app first, where the person can write to it, then everybody they already talk with."""
    if ws.can_message(user, ws.store.bot.id):
        ws.store.direct(user.id, ws.store.bot.id)
    places = [_place(ws, user, one) for one in ws.store.of(user.id) if one.kind == "im"]
    return sorted(places, key=lambda place: (place.other is not ws.store.bot, place.name))


def _guests(ws: Workspace, user: User, conversation: Conversation) -> list[str]:
    """The names of the organisations that a person shares a channel with."""
    teams = ws.store.teams_in(conversation) - {user.team} if ws.store.is_shared(conversation) else set()
    return sorted(ws.store.teams[team].name for team in teams)


def _people(ws: Workspace, team: Team) -> list[User]:
    """A team's people, those with a persona first."""
    found = [u for u in ws.store.users.values() if u.team == team.id and not u.is_bot and not u.deleted]
    return sorted(found, key=lambda user: (not user.persona, user.real_name))


def _teams(ws: Workspace) -> list[Team]:
    """The team that installed the app first."""
    return sorted(ws.store.teams.values(), key=lambda team: (team.id != ws.store.app.team, team.name))


def _home(ws: Workspace, user: User) -> Conversation:
    """Where a person arrives: the first channel with something unread, else one that the app is in, else any."""
    channels = [one for one in ws.store.of(user.id) if one.kind != "im"]
    unread = (one for one in channels if _place(ws, user, one).unread)
    with_app = (one for one in channels if ws.store.bot.id in one.members)
    return next(chain(unread, with_app, channels), None) or ws.store.direct(user.id, ws.store.bot.id)


def _page(ws: Workspace, template: str, *, status: int = 200, **context: Any) -> Response:  # noqa: ANN401
    html = Drawing(ws.store).render(
        template,
        app=ws.manifest,
        bot=ws.store.bot,
        slackbot=SLACKBOT,
        workspace_name=ws.store.teams[ws.store.app.team].name,
        revision=ws.store.revision,
        **context,
    )
    return HTMLResponse(html, status_code=status, headers=HEADERS)


ROUTES: list[BaseRoute] = [
    Route("/", start),
    Route("/as/{user}", enter),
    Route("/as/{user}/{channel}", client),
    Route("/archives/{channel}/{stamp}", permalink),
    Mount("/static", StaticFiles(directory=HERE / "static")),
]
