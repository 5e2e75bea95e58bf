"""Templates, and what they may call: texts, times and initials as the page shows them."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from zlib import crc32

from jinja2 import Environment, FileSystemLoader

from workspace.blocks.state import as_list, at, initial
from workspace.page import clock
from workspace.page.charts import plot, shape
from workspace.page.mrkdwn import EMOJI, from_markdown, to_html, unescaped
from workspace.page.plain import name_of
from workspace.state.offers import Group, chosen_offers, offers, source
from workspace.state.pictures import file_named
from workspace.state.seed import User
from workspace.state.store import Store

Json = dict[str, Any]
TEMPLATES = Path(__file__).parent / "templates"
TINTS = 8
# What stands for Slack's own icons; the rest are drawn as a small square.
ICONS = {
    "archive": "🗄", "book": "📖", "bookmark": "🔖", "bot": "🤖", "bug": "🐞", "calendar": "📅", "call": "📞",
    "check": "✓", "clipboard": "📋", "code": "⌨", "comment": "💬", "compass": "🧭", "cube": "🧊", "download": "⬇",
    "edit": "✎", "email": "✉", "file": "📄", "flag": "⚑", "folder": "📁", "gear": "⚙", "globe": "🌐", "heart": "♥",
    "image": "🖼", "key": "🔑", "lightbulb": "💡", "link": "🔗", "map": "🗺", "mobile": "📱", "pin": "📌",
    "rocket": "🚀", "save": "💾", "screen": "🖥", "sparkle": "✨", "star": "☆", "star-filled": "★", "tag": "🏷",
    "thumbs-down": "👎", "thumbs-up": "👍", "trash": "🗑", "upload": "⬆", "user": "👤", "warning": "⚠",
}  # fmt: skip


@lru_cache(maxsize=1)
def _environment() -> Environment:
    """The templates, compiled once; everything that is not Markup is escaped.

    Fields that a block does not have are simply not drawn, so undefined names are not errors here.
    """
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "initials": initials,
        "tint": tint,
        "time": lambda ts: clock.clock_time(clock.instant(ts)),
        "day_and_time": lambda ts: clock.day_and_time(clock.instant(ts)),
        "emoji": lambda name: EMOJI.get(name, f":{name}:"),
        "initial_values": initial,
        "typed": unescaped,
        "as_list": as_list,
        "idref": idref,
        "source": source,
        "plot": plot,
        "marker": lambda at: shape(at, 13, 7),
        "slack_icon": lambda name: ICONS.get(name, "▪"),
        "local_moment": clock.local_moment,
    }
    return environment


def initials(name: str) -> str:
    """Amira Shah -> AS"""
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in [words[0], *words[1:][-1:]]).upper() if words else "?"


def tint(key: str) -> int:
    """One of the avatar colours, always the same for the same person."""
    return crc32(key.encode()) % TINTS


def idref(parts: list[str]) -> str:
    """Names joined to an id that other elements can refer to: block ids may hold spaces and quotes."""
    return "f-" + "-".join(re.sub(r"[^A-Za-z0-9.]", lambda match: f"_{ord(match[0]):x}_", part) for part in parts)


class Drawing:
    """Draws templates about one store: mentions are resolved to the names in it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def render(self, template: str, **context: Any) -> str:  # noqa: ANN401 - whatever the template names
        """The HTML of a template, for `user` in the context: they see only the names that they may know."""
        names = partial(name_of, self._store, context.get("user"))

        def offered(element: Json) -> list[Group]:
            return offers(self._store, context["user"], element)

        def suggested(block_id: str, action_id: str) -> list[Json]:
            shown = context.get("view") or context.get("home")
            return list(at(shown.offered, block_id, action_id)) if shown else []

        return (
            _environment()
            .get_template(template)
            .render(
                words=lambda text: to_html(text["text"], names, formatted=text["type"] == "mrkdwn"),
                mrkdwn=lambda text: to_html(text, names),
                markdown=lambda text: to_html(from_markdown(text), names),
                person=self.person,
                reference=lambda key: names(key) or key[1:],
                rich_date=clock.rich_date,
                offers=offered,
                suggested=suggested,
                chosen_offers=chosen_offers,
                file_url=self.file_url,
                file_name=self.file_name,
                **context,
            )
        )

    def person(self, user_id: str) -> User | None:
        """The person with this id."""
        return self._store.users.get(user_id)

    def file_url(self, slack_file: Json | None) -> str:
        """Where the workspace serves a file that a block names by its id or its URL; "" where there is none."""
        file = file_named(self._store, slack_file or {})
        return file.path if file else ""

    def file_name(self, file_id: str) -> str:
        """What a file is called."""
        file = self._store.files.find(file_id)
        return file.name if file else file_id
