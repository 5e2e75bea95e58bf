"""What people wrote in Slack, as they saw it (docs.slack.dev, Formatting message text)."""

import re
from collections.abc import Mapping

_REFERENCE = re.compile(r"<(?P<kind>[@#!]?)(?P<what>[^<>|]+)(?:\|(?P<label>[^<>]*))?>")
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")


def mentioned(text: str) -> set[str]:
    """The ids of the people who are mentioned in a message."""
    return set(_MENTION.findall(text))


def as_seen(text: str, names: Mapping[str, str]) -> str:
    """A message's text without Slack's marks: people by their names, channels by theirs, links by where they lead.

    `names` are those of the people whose ids are known; others keep their id.
    """
    plain = _REFERENCE.sub(lambda found: _seen(found, names), text)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _seen(found: re.Match[str], names: Mapping[str, str]) -> str:
    kind, what, label = found["kind"], found["what"], found["label"]
    if kind == "@":
        return f"@{names.get(what) or label or what}"
    if kind == "#":
        return f"#{label or what}"
    if kind == "!":
        return label or f"@{what}"
    return what if label in (None, "", what) else f"{label} ({what})"
