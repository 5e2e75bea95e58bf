"""The parts of the page that change: each a list of pieces, so that an open page fetches only what it has not got."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2s
from typing import Any

from markupsafe import Markup

from workspace.core import Workspace
from workspace.page import clock, scene
from workspace.page.drawing import Drawing
from workspace.page.plain import message_words
from workspace.page.scene import Line, Place, Scene
from workspace.state.files import SHOWN
from workspace.state.store import SLACKBOT

Json = dict[str, Any]
# How many drawn messages are kept; one is some 2 kB.
MOST_KEPT = 10_000


@dataclass(frozen=True)
class Piece:
    """One child of a region: its key there, and a mark that changes when its HTML does."""

    key: str
    mark: str
    html: Markup


def _piece(key: str, html: str) -> Piece:
    """A piece from what a template drew; its key and mark are written into its first tag."""
    mark = blake2s(html.encode(), digest_size=6).hexdigest()
    tag, rest = html.lstrip().split(maxsplit=1)
    return Piece(key, mark, Markup(f'{tag} data-key="{key}" data-mark="{mark}" {rest.rstrip()}'))  # noqa: S704 - drawn


class Regions:
    """Draws the regions of one workspace's pages; a message that has not changed is drawn once."""

    def __init__(self, ws: Workspace) -> None:
        self._ws = ws
        self._drawing = Drawing(ws.store)
        self._kept: OrderedDict[tuple[object, ...], Piece] = OrderedDict()

    def render(self, template: str, **context: Any) -> str:  # noqa: ANN401 - whatever the template names
        """A template, with what all of them may name."""
        store = self._ws.store
        return self._drawing.render(
            template,
            app=self._ws.manifest,
            bot=store.bot,
            plain=lambda message: message_words(store, context["user"], message) or "Pinned message",
            inline=SHOWN,
            slackbot=SLACKBOT,
            workspace_name=store.teams[store.app.team].name,
            **context,
        )

    def of(self, at: Scene) -> dict[str, list[Piece]]:
        """Every region of a page, by name, its pieces in order."""
        ws, user = self._ws, at.user
        return {
            "now": [self._now(at)],
            "going": self._going(at),
            "channels": self._places(at, scene.channels(ws, user)),
            "directs": self._places(at, scene.directs(ws, user)),
            "apps": self._places(at, scene.apps(ws, user)),
            "browse": self._browse(at),
            "facts": self._facts(at),
            "marks": self._marks(at),
            "home": [self._home(at)] if at.tab == "home" else [],
            "messages": self._messages(at) if at.tab == "messages" else [],
            "thread": [self._line(at, one, in_thread=True) for one in scene.lines(ws, user, scene.thread(ws, at))],
            "modal": self._modal(at),
        }

    def _now(self, at: Scene) -> Piece:
        now = self._ws.settings.now()
        shown = {"today": clock.weekday(now), "short": clock.short(now), "time": clock.clock_time(now)}
        return self._drawn("now", "_now.html", at, local=clock.local_minute(now), **shown)

    def _going(self, at: Scene) -> list[Piece]:
        target = self._ws.clock_target
        return [self._drawn("going", "_going.html", at, target=clock.short_and_time(target))] if target else []

    def _places(self, at: Scene, places: list[Place]) -> list[Piece]:
        return [self._drawn(one.conversation.id, "_place.html", at, one=one) for one in places]

    def _browse(self, at: Scene) -> list[Piece]:
        found = scene.open_channels(self._ws, at.user)
        return [self._drawn(one.id, "_browse.html", at, one=one) for one in found]

    def _facts(self, at: Scene) -> list[Piece]:
        members = [self._ws.store.users[member] for member in at.conversation.members]
        found = scene.guests(self._ws, at.user, at.conversation)
        return [self._drawn("facts", "_facts.html", at, guests=found, members=members)]

    def _marks(self, at: Scene) -> list[Piece]:
        """What is kept at hand in a conversation: its bookmarks and its pinned messages."""
        found = at.conversation
        pinned = [message for pin in found.pins if (message := found.find(pin.ts))]
        links = [one for one in found.bookmarks.values() if one.link.startswith(("http://", "https://"))]
        return [self._drawn("marks", "_marks.html", at, links=links, pinned=pinned)] if links or pinned else []

    def _home(self, at: Scene) -> Piece:
        return self._drawn("home", "_home.html", at, home=self._ws.views.home(at.user.id))

    def _modal(self, at: Scene) -> list[Piece]:
        view = self._ws.views.top(at.user.id)
        depth = len(self._ws.views.stack(at.user.id))
        return [self._drawn(view.id, "_modal.html", at, view=view, depth=depth)] if view else []

    def _messages(self, at: Scene) -> list[Piece]:
        shown, earlier = scene.stream(self._ws, at)
        pieces = [self._drawn("earlier", "_earlier.html", at, earlier=earlier)] if earlier else []
        day, line = "", at.line
        for one in scene.lines(self._ws, at.user, shown):
            if one.day != day:
                day = one.day
                pieces.append(self._drawn(f"day-{day}", "_rule.html", at, says=day, kind="day"))
            if line and one.message.ts > line and not one.own:
                line = ""
                pieces.append(self._drawn("new", "_rule.html", at, says="New", kind="new"))
            pieces.append(self._line(at, one))
        return pieces or [self._drawn("empty", "_empty.html", at)]

    def _line(self, at: Scene, line: Line, *, in_thread: bool = False) -> Piece:
        """A message, drawn anew only where something that it shows has changed."""
        message = line.message
        about = (
            line.follows,
            line.pinned,
            len(line.files),
            in_thread,
            len(line.replies),
            line.replies[-1].ts if line.replies else "",
        )
        key = (at.user.id, message.channel, message.ts, message.version, *about)
        piece = self._kept.get(key)
        if piece is None:
            piece = self._drawn(message.ts, "_message.html", at, item=line, m=message, in_thread=in_thread)
            self._kept[key] = piece
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return piece

    def _drawn(self, key: str, template: str, at: Scene, **context: object) -> Piece:
        return _piece(key, self.render(template, at=at, user=at.user, **context))
