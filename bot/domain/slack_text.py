"""The text of Slack messages as people see it (docs.slack.dev, Formatting message text)."""

import re
from collections.abc import Mapping, Sequence
from itertools import accumulate

from bot.domain.wording import join_words, plural

_REFERENCE = re.compile(r"<(?P<kind>[@#!]?)(?P<what>[^<>|]+)(?:\|(?P<label>[^<>]*))?>")
_BREAK = "\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
_BREAKS = re.compile(f"[{_BREAK}]+")
_HAIR_SPACE, _JOINER = "\u200a", "\u2060"  # neither is in what people write: see bot.domain.normalisation
_MARKS = ("*", "_", "~")
_AT_AN_END = (*_MARKS, ">")
_OPENS = re.compile(r"(?<![^\W_])([*_~])(?=\S)")
_CLOSES = re.compile(r"(?<=\S)([*_~])(?![^\W_])")
_MAY_FORMAT = re.compile(f"[*_~>`{_BREAK}]")
_SENTENCE = 200  # characters reserved for the sentence about the lines that were left out
_MENTION = re.compile(r"<@([A-Z0-9]+)(?:\|[^<>]*)?>")
_NAMED = re.compile(r"<(?P<kind>[@#])(?P<what>[A-Z0-9]+)(?:\|(?P<label>[^<>]*))?>")
_CHANNEL = re.compile(r"<#([A-Z0-9]+)(?:\|[^<>]*)?>")


def as_typed(text: str) -> str:
    """The text of a command as it was typed. Only mentions of people and channels stay in Slack's form, with their ids.

    Slack escapes the text, and makes references of mentions and links, where the manifest says `should_escape`.
    """
    return _unescaped(_REFERENCE.sub(_typed, text))


def with_names(text: str, names: Mapping[str, str]) -> str:
    """The text with names in place of its mentions of people and channels; `names` has those of people by their ids."""
    return _NAMED.sub(lambda found: _readable(found, names), text)


def without_mentions(text: str) -> str:
    """The text without the people whom it mentions."""
    return _MENTION.sub("", text)


def user_mentioned(text: str) -> str | None:
    """The Slack id of the person, if the text is a mention and nothing else."""
    found = _MENTION.fullmatch(text.strip())
    return found[1] if found else None


def channel_mentioned(text: str) -> str | None:
    """The Slack id of the channel, if the text is a mention of one and nothing else."""
    found = _CHANNEL.fullmatch(text.strip())
    return found[1] if found else None


def mentioned_users(text: str) -> set[str]:
    """The Slack ids of the people mentioned in a message."""
    return set(_MENTION.findall(text))


def without_markup(text: str, names: Mapping[str, str]) -> str:
    """A message's text without Slack's markup: names of people and channels, and addresses of links.

    `names` maps the known Slack ids to names; other people keep their id.
    """
    return _unescaped(_REFERENCE.sub(lambda found: _readable(found, names), text))


def one_line(text: str) -> str:
    """The text on one line, with a stroke for each break: what people write draws no line among those of Liaison."""
    return _BREAKS.sub(" / ", text.strip(_BREAK))


def inert(text: str) -> str:
    """The text on one line, so that Slack formats nothing of it: no bold, no code, no quotation.

    Slack has no escape for these characters. A marker counts only beside what it encloses, so a hair space stands
    between them (docs.slack.dev, Formatting message text; slackhq/slack-api-docs#34); inside a word it is no marker. An
    apostrophe stands for a backtick, which would end a piece of code in any place. A word joiner, which cannot be seen,
    keeps markers at either end apart from Liaison's own, and a quotation's sign from the start of a line.
    """
    if not _MAY_FORMAT.search(text):  # as nearly every text: templates print dozens
        return text
    line = _CLOSES.sub(f"{_HAIR_SPACE}\\1", _OPENS.sub(f"\\1{_HAIR_SPACE}", one_line(text).replace("`", "'")))
    if line[:1] in _AT_AN_END:
        line = _JOINER + line
    return line + _JOINER if line[-1:] in _MARKS else line


def without_spacers(text: str) -> str:
    """The text that `inert` was made of."""
    return text.replace(_HAIR_SPACE, "").replace(_JOINER, "")


def shorten_lines(lines: Sequence[str], at_most: int, *, more: bool = False) -> str:
    """The first lines that fit in `at_most` characters, whole, then a sentence about the lines left out. A first line
    that is too long is cut. `more`: there are other lines after these."""
    whole = "\n".join(lines)
    if len(whole) <= at_most and not more:
        return whole
    room = at_most - _SENTENCE
    kept = sum(length <= room for length in accumulate(len(each) + 1 for each in lines))
    first = lines[0][:room] if not kept else ""
    rest = len(lines) - kept - bool(first)
    left = [f"{len(lines[0]) - len(first):,} characters of this message"] if first else []
    left += [plural(rest, "later message")] if rest else []
    left += ["all that came after"] if more else []
    out = join_words(left)
    return "\n".join([*lines[:kept], *([first] if first else []), f"[Left out, as there is no more room: {out}.]"])


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _typed(found: re.Match[str]) -> str:
    if found["kind"] in ("@", "#"):
        return found[0]
    return _readable(found, {}) if found["kind"] else found["label"] or found["what"]


def _readable(found: re.Match[str], names: Mapping[str, str]) -> str:
    kind, what, label = found["kind"], found["what"], found["label"]
    if kind == "@":
        return f"@{names.get(what) or label or what}"
    if kind == "#":
        return f"#{label or what}"
    if kind == "!":
        return label or f"@{what}"
    return what if label in (None, "", what) else f"{label} ({what})"
