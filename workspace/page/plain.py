"""What stands in blocks, as words: for tests, for screen readers' labels and for people without a screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from workspace.page.charts import plot
from workspace.page.mrkdwn import from_markdown, to_plain
from workspace.state.seed import User
from workspace.state.store import Message, Store

Json = dict[str, Any]
Names = Callable[[str], str]
# What a channel is called before somebody who may not know of it.
HIDDEN = "private channel"
# The keys under which visible words stand, in the order they are drawn.
SHOWN = (
    "title", "rich_text_title", "subtitle", "caption", "label", "text", "fields", "body", "subtext", "elements",
    "element", "accessory", "rows", "child_blocks", "tasks", "details", "output", "sources", "positive_button",
    "negative_button", "actions", "placeholder", "hint", "options", "option_groups", "description", "author_name",
    "provider_name", "external_id", "alt_text", "hero_image", "icon",
)  # fmt: skip


def name_of(store: Store, viewer: User | None, reference: str) -> str:
    """What `@U0AMIRA` or `#C0WPNE` is called before one person, a direct message by who is in it; "" if unknown."""
    if reference.startswith("@"):
        user = store.users.get(reference[1:])
        return user.real_name if user else ""
    conversation = store.conversations.get(reference[1:])
    if conversation is None:
        return ""
    if viewer is None or not store.can_see(viewer, conversation):
        return HIDDEN
    if conversation.is_channel:
        return conversation.name
    return ", ".join(store.users[member].real_name for member in conversation.members)


def message_words(store: Store, viewer: User, message: Message) -> str:
    """Everything a person can read in a message: its blocks, or its text where it has none."""
    names = partial(name_of, store, viewer)
    if not message.blocks:
        return to_plain(message.text, names)
    return "\n".join(line for line in _words(names, message.blocks) if line.strip())


def _words(names: Names, value: object) -> Iterator[str]:
    if isinstance(value, list):
        for inner in value:
            yield from _words(names, inner)
    elif isinstance(value, dict):
        kind = value.get("type", "")
        if kind in ("rich_text_section", "rich_text_preformatted", "rich_text_quote"):
            yield "".join(_rich(names, part) for part in value["elements"])
            return
        if kind in ("plain_text", "mrkdwn", "markdown"):
            words = from_markdown(value["text"]) if kind == "markdown" else value["text"]
            yield to_plain(words, names, formatted=kind != "plain_text")
            return
        for key in SHOWN:
            yield from _words(names, value.get(key))
        if kind == "data_visualization":
            yield from (" ".join(row).strip() for row in plot(value["chart"]).rows)
    elif isinstance(value, str):
        yield value


def _rich(names: Names, part: Json) -> str:
    kind = part["type"]
    if kind == "user":
        return "@" + (names("@" + part["user_id"]) or part["user_id"])
    if kind == "channel":
        return "#" + (names("#" + part["channel_id"]) or part["channel_id"])
    if kind == "emoji":
        return f":{part['name']}:"
    words: str = part.get("text") or part.get("url") or part.get("fallback") or part.get("range") or ""
    return words
