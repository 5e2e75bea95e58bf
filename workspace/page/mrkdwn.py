"""Slack's mrkdwn as safe HTML, and as the plain words a person sees.

https://docs.slack.dev/messaging/formatting-message-text. Every character of the source is either HTML-escaped
or part of a tag that is written here; links are made for http, https and mailto only.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from markupsafe import Markup

from workspace.page.clock import rich_date

Names = Callable[[str], str]
"""Turns `@U0AMIRA` or `#C0WPNE` into what people call it."""

CODE = re.compile(r"```(?:\n)?(.+?)(?:\n)?```|`([^`\n]+)`", re.DOTALL)
MARKDOWN_TABLE = re.compile(r"(?m)^\|.*\|[ ]*\n\|[ :|-]+\|[ ]*(?:\n\|.*\|[ ]*)*(?:\n|\Z)")
ANGLE = re.compile(r"<([^<>\n]+)>")
BARE_LINK = re.compile(r"(?<![\w/:;&\"=>])https?://[^\s<>\"\x00]*[^\s<>\"\x00.,;:!?)\]']")
STYLES = tuple(
    (
        re.compile(
            rf"(?<![^\W_])(?<!{mark}){mark}(?![\s{mark}])([^\n]*?[^\s{mark}]|[^\s{mark}]){mark}(?![^\W_])(?!{mark})"
        ),
        tag,
    )
    for mark, tag in ((r"\*", "strong"), ("_", "em"), ("~", "del"))
)
EMOJI = {
    "white_check_mark": "✅", "heavy_check_mark": "✔️", "warning": "⚠️", "x": "❌", "bell": "🔔",
    "rotating_light": "🚨", "calendar": "📆", "clipboard": "📋", "memo": "📝", "chart_with_upwards_trend": "📈",
    "chart_with_downwards_trend": "📉", "bar_chart": "📊", "large_green_circle": "🟢", "large_yellow_circle": "🟡",
    "large_orange_circle": "🟠", "red_circle": "🔴", "white_circle": "⚪", "wave": "👋", "eyes": "👀", "tada": "🎉",
    "thumbsup": "👍", "+1": "👍", "hourglass": "⌛", "hourglass_flowing_sand": "⏳", "telephone_receiver": "📞",
    "speech_balloon": "💬", "envelope": "✉️", "information_source": "\u2139\ufe0f", "arrow_up": "⬆️", "arrow_down": "⬇️",
    "arrow_right": "➡️", "busts_in_silhouette": "👥", "page_facing_up": "📄", "pushpin": "📌", "fire": "🔥",
}  # fmt: skip


def escaped(text: str) -> str:
    """Text from a person with Slack's three control characters escaped, as Slack sends it on."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescaped(text: str) -> str:
    """Text as the person typed it, from how Slack sends it on."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def to_html(text: str, names: Names, *, formatted: bool = True) -> Markup:
    """HTML for a mrkdwn text, or for plain text where `formatted` is false (only emoji are drawn)."""
    if not formatted:
        return Markup(_lines(_emoji(_safe(text))))  # noqa: S704 - _safe escaped it
    kept: list[str] = []

    def keep(markup: str) -> str:
        kept.append(markup)
        return f"\x00{len(kept) - 1}\x00"

    def code(match: re.Match[str]) -> str:
        if match[1] is not None:
            return keep(f"<pre><code>{_safe(match[1])}</code></pre>")
        return keep(f"<code>{_safe(match[2])}</code>")

    work = CODE.sub(code, text.replace("\x00", ""))
    work = ANGLE.sub(lambda match: _angle(match[1], names, keep), work)
    work = _safe(work)
    work = BARE_LINK.sub(lambda match: keep(_link(html.unescape(match[0]), match[0])), work)
    for pattern, tag in STYLES:
        work = pattern.sub(rf"<{tag}>\1</{tag}>", work)
    work = _lines(_quotes(_emoji(work)))
    while "\x00" in work:
        work = re.sub("\x00(\\d+)\x00", lambda match: kept[int(match[1])], work)
    return Markup(work)  # noqa: S704 - every part was escaped or written here


def from_markdown(text: str) -> str:
    """Standard markdown, as a markdown block holds it, in mrkdwn: what both can say. Code is left as it is.

    Tables, which mrkdwn does not have, keep their lines in a block of code.
    https://docs.slack.dev/reference/block-kit/blocks/markdown-block
    """
    text = MARKDOWN_TABLE.sub(_table_as_code, text)
    parts: list[str] = []
    end = 0
    for code in CODE.finditer(text):
        parts += [_marks(text[end : code.start()]), re.sub(r"^```\w+\n", "```\n", code[0])]
        end = code.end()
    return "".join([*parts, _marks(text[end:])])


def _marks(text: str) -> str:
    text = re.sub(r"!?\[([^\]\n]+)\]\((https?://[^\s)]+)\)", r"<\2|\1>", text)
    text = re.sub(r"(?m)^#{1,6} +(.+?) *#*$", r"**\1**", text)
    text = re.sub(r"(?m)^( *)[-*+] \[( |x|X)\] +", lambda match: f"{match[1]}{'☐' if match[2] == ' ' else '☑'} ", text)
    text = re.sub(r"(?m)^( *)[-*+] +", r"\1• ", text)
    text = re.sub(r"(?m)^ *(?:-{3,}|\*{3,}|_{3,}) *$", "⸻", text)
    text = re.sub(r"(?<!\*)\*(?![\s*])([^*\n]+)\*(?!\*)", r"_\1_", text)
    return re.sub(r"~~(.+?)~~", r"~\1~", re.sub(r"\*\*(.+?)\*\*", r"*\1*", text))


def _table_as_code(match: re.Match[str]) -> str:
    head, _, *rows = match[0].rstrip("\n").split("\n")
    lines = "\n".join(line.replace("`", "'") for line in (head, *rows))
    return f"```\n{lines}\n```\n"


def to_plain(text: str, names: Names, *, formatted: bool = True) -> str:
    """The words of a mrkdwn text as they are seen, without marks."""
    drawn = str(to_html(text, names, formatted=formatted))
    drawn = re.sub(r"<br>|</blockquote>|</pre>", "\n", drawn)
    return html.unescape(re.sub(r"<[^>]+>", "", drawn))


def _safe(text: str) -> str:
    """HTML-escaped text, in which Slack's own three entities stand for themselves."""
    return html.escape(unescaped(text), quote=True)


def _angle(inner: str, names: Names, keep: Callable[[str], str]) -> str:
    """What stands between angle brackets: a mention, a channel, a date, a broadcast or a link."""
    target, _, label = inner.partition("|")
    if target.startswith(("@", "#")):
        name = names(target) or label or target[1:]
        return keep(f'<span class="mention">{html.escape(target[0] + name)}</span>')
    if target.startswith("!date^"):
        return keep(html.escape(_date(target, label)))
    if target.startswith("!"):
        words = label or "@" + target[1:].split("^")[0]
        return keep(f'<span class="mention">{html.escape(words)}</span>')
    if re.match(r"https?://|mailto:", target):
        return keep(_link(html.unescape(target), _safe(label or target.removeprefix("mailto:"))))
    return f"<{inner}>"


def _link(target: str, label: str) -> str:
    return f'<a href="{html.escape(target)}" target="_blank" rel="noopener noreferrer nofollow">{label}</a>'


def _date(target: str, fallback: str) -> str:
    """`!date^1795339200^{date_long}`: https://docs.slack.dev/messaging/formatting-message-text#date-formatting"""
    parts = target.split("^")
    if len(parts) < 3 or re.fullmatch(r"[0-9]{1,11}", parts[1]) is None:
        return fallback
    return rich_date(int(parts[1]), parts[2]) or fallback


def _emoji(text: str) -> str:
    return re.sub(r":([a-z0-9_+-]+):", lambda match: EMOJI.get(match[1], match[0]), text)


def _quotes(text: str) -> str:
    """Lines that begin with > become a quotation."""
    lines = text.split("\n")
    out: list[str] = []
    quoted: list[str] = []
    for line in [*lines, None]:
        if line is not None and line.startswith("&gt;"):
            quoted.append(line.removeprefix("&gt;").strip())
            continue
        if quoted:
            out.append(f"<blockquote>{'<br>'.join(quoted)}</blockquote>")
            quoted = []
        if line is not None:
            out.append(line)
    return "\n".join(out)


def _lines(text: str) -> str:
    return re.sub(r"\n?(<blockquote>.*?</blockquote>)\n?", r"\1", text).replace("\n", "<br>")
