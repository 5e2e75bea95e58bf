"""Words: (template, context) -> Message(text, blocks) or a view.

Templates are Block Kit JSON in which trailing commas are allowed (a loop may end on one) and a string may
run over lines. Every value that a template prints is escaped for Slack and then for JSON by `finalize`, so
no template can forget to.
"""

import json
import re
from collections.abc import Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from bot.commands import read_commands
from bot.domain import figures, wording
from bot.domain.charts import Chart, picture_key

TEMPLATES = Path(__file__).parent.parent.parent / "templates"

Blocks = list[dict[str, Any]]
View = dict[str, Any]

_charts: ContextVar[list[Chart]] = ContextVar("the charts of the message that is rendered")
_encode = json.JSONEncoder(ensure_ascii=False).encode
_STRING_OR_TRAILING_COMMA = re.compile(r'("(?:\\.|[^"\\])*")|,(?=\s*[\]}])', re.DOTALL)


@dataclass(frozen=True)
class Message:
    """What is posted: `text` stands alone (a phone shows it, a screen reader reads it), `blocks` draw it."""

    text: str
    blocks: Blocks
    charts: Sequence[Chart] = ()  # those whose pictures the blocks show, each named by its key until it is in Slack

    def as_answer(self) -> dict[str, Any]:
        """The same as the answer to a command: seen only by the person who typed it."""
        return {"response_type": "ephemeral", "text": self.text, "blocks": self.blocks}


class Messages:
    """Renders the templates in a folder; `commands` are the commands as their help tells of them."""

    def __init__(self, folder: Path = TEMPLATES) -> None:
        self.environment = _environment(folder)
        self.commands = read_commands(TEMPLATES)

    def load(self) -> None:
        """Read every template now: the first use of each would otherwise take that long, perhaps in an open write."""
        for name in self.environment.list_templates(extensions=["j2"]):
            self.environment.get_template(name)

    def message(self, template: str, /, **context: Any) -> Message:  # noqa: ANN401  # a template's context is open
        """Render a message template, named without its ending. Jinja's errors pass: a broken template is our fault."""
        charts: list[Chart] = []
        shown = _charts.set(charts)
        try:
            rendered = self._render(template, context)
        finally:
            _charts.reset(shown)
        return Message(rendered["text"], rendered["blocks"], charts)

    def help(self, command: str) -> Message:
        """What a command does and what can be typed after it."""
        return self.message("common/help", command=self.commands[command])

    def view(self, template: str, /, **context: Any) -> View:  # noqa: ANN401  # a template's context is open
        """Render a view template, named without its ending."""
        return self._render(template, context)

    def _render(self, template: str, context: dict[str, Any]) -> dict[str, Any]:
        text = self.environment.get_template(f"{template}.j2").render(context)
        # strict=False: a string in a template may run over lines.
        rendered: dict[str, Any] = json.loads(_without_trailing_commas(text), strict=False)
        return rendered


@cache
def _environment(folder: Path) -> Environment:
    """What compiles the templates of a folder, and keeps them for as long as the process lives."""
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_for_slack_and_json,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        date=wording.format_date,
        instant=wording.format_instant,
        time=wording.format_time,
        money=wording.format_money,
        figure=figures.format_figure,
        number=wording.format_number,
        plural=wording.plural,
        words=wording.join_words,
        shorten=_shorten,
        raw=_for_json,
    )
    environment.globals.update(mention=_mention, picture=_picture)
    return environment


def _without_trailing_commas(text: str) -> str:
    return _STRING_OR_TRAILING_COMMA.sub(lambda found: found[1] or "", text)


def _for_slack_and_json(value: object) -> object:
    if isinstance(value, Markup):  # the output of a macro, a call block or a filter below: escaped already
        return value
    return _for_json(_slack_escape(_plain(value)))


def _for_json(value: object) -> Markup:
    """For what is not shown (an id, a value, what a person typed in a field): JSON's escapes alone."""
    return Markup(_encode(_plain(value))[1:-1])  # noqa: S704  # escaped on this line


def _slack_escape(text: str) -> str:
    """Slack's three control characters (docs.slack.dev, Formatting message text: escaping text)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _slack_unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _shorten(value: object, length: int) -> str:
    """The text cut so that what Slack counts, the escaped text, has at most this many characters."""
    text = _plain(value)
    short = wording.shorten(text, length)
    while (over := len(_slack_escape(short)) - length) > 0:
        short = wording.shorten(text, max(len(short) - max(over // 4, 1), 0))
    return short


def _plain(value: object) -> str:
    if isinstance(value, StrictUndefined):
        return str(value)  # raises, and names what is missing
    if isinstance(value, Markup):  # what a macro made, given on: it is escaped again where it is printed
        return _slack_unescape(json.loads(f'"{value}"', strict=False))
    if isinstance(value, str):
        return str(value)
    if isinstance(value, datetime):
        return wording.format_instant(value)
    if isinstance(value, date):
        return wording.format_date(value)
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return str(value)
    raise TypeError(f"a template printed a {type(value).__name__}: say it in words, or use a filter")


def _picture(chart: Chart) -> str:
    """The key of a chart's picture, which is put in Slack before the message that shows it is sent."""
    _charts.get().append(chart)
    return picture_key(chart)


def _mention(slack_user: str) -> Markup:
    """A mention that Slack turns into the person's name. Only an id can stand in it."""
    if not (slack_user.isalnum() and slack_user.isascii()):
        raise ValueError(f"{slack_user!r} is not a Slack user id")
    return Markup(f"<@{slack_user}>")  # noqa: S704  # letters and digits only, checked above
