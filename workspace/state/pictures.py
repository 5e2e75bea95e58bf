"""Pictures of files in Slack: a block may name one that the app can see, once Slack has processed it.

https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object. An upload is processed after it is
completed: until then files.info gives no type for it and a block that names it is refused with "invalid slack file"
(slackapi/python-slack-sdk#1521 and #1658).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from workspace.state.files import File
from workspace.state.store import Store

PICTURES = frozenset({"image/png", "image/jpeg", "image/gif"})


def file_named(store: Store, slack_file: dict[str, Any]) -> File | None:
    """The file that a Slack file object names by its id or its URL."""
    found = re.search(r"\bF[A-Z0-9]{2,}\b", str(slack_file.get("id") or slack_file.get("url", "")))
    return store.files.find(found[0]) if found else None


def picture_problems(store: Store, blocks: object, place: str = "/blocks") -> list[str]:
    """What Slack would say of the pictures of files in checked blocks."""
    return [
        f"invalid slack file [json-pointer:{at}]" for at, named in _named(blocks, place) if not _shown(store, named)
    ]


def has_unshared(store: Store, blocks: object) -> bool:
    """Whether blocks name a file that is shared in no conversation."""
    files = (file_named(store, named) for _, named in _named(blocks, ""))
    return any(file is not None and not file.shares for file in files)


def app_sees(store: Store, file: File) -> bool:
    """Whether a file is the app's own, came to it with a form, or is in a conversation that the app sees."""
    places = (store.conversations[channel] for channel in file.shares)
    return file.user == store.bot.id or file.submitted or any(store.is_visible(place) for place in places)


def _shown(store: Store, named: dict[str, Any]) -> bool:
    file = file_named(store, named)
    return file is not None and file.processed and file.mimetype in PICTURES and app_sees(store, file)


def _named(value: object, place: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "slack_file":
                yield f"{place}/slack_file", inner
            else:
                yield from _named(inner, f"{place}/{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _named(inner, f"{place}/{number}")
