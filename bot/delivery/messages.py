"""Rendering templates: (template, context) -> Message(text, blocks) or a view.

Templates are Block Kit JSON. Trailing commas are allowed (a loop may end with one), and a string may have line breaks.
A line that ends with a backslash goes on in the next, without what that is indented by.
`finalize` escapes every printed value for Slack and then for JSON, so no template can forget to.
"""

import json
import re
from collections.abc import Callable, Iterable, MutableMapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from markupsafe import Markup

from bot.domain import figures, wording
from bot.domain.audit_cycle import AuditEvent, AuditState
from bot.domain.certificate_cycle import CertificateEvent
from bot.domain.channel_ends import ChannelEnd
from bot.domain.charts import Chart, picture_key
from bot.domain.credit_cycle import CreditEvent, CreditNews, CreditState
from bot.domain.credits import Cap
from bot.domain.document_cycle import ExceptionEvent, ExceptionState, VersionState
from bot.domain.escalation_triggers import Subject, Trigger
from bot.domain.finding_cycle import FindingEvent, FindingGrade, FindingState
from bot.domain.intervention_cycle import InterventionEvent
from bot.domain.ladder import Rung, Step
from bot.domain.missing import Missing
from bot.domain.not_arrived import Mend
from bot.domain.owed_cycle import OwedEvent, OwedStanding, OwedState
from bot.domain.parts import Combining
from bot.domain.plan_cycle import Ground, PlanEvent
from bot.domain.ratings import Direction, Movement, Rag, Rating
from bot.domain.report_cycle import ReportEvent
from bot.domain.risk_rules import RiskCategory, RiskChange
from bot.domain.scores import Band, Impact, Likelihood
from bot.domain.slack_text import inert, one_line, without_spacers
from bot.domain.waiting import Waiting
from bot.models import (
    Audience,
    CertificateState,
    ContactChannel,
    EscalationEnd,
    EvidenceDecision,
    LineState,
    MadeBy,
    OutboxState,
    Party,
    PlanStatus,
    QuietWeek,
    ReportState,
    RiskStatus,
    RoleName,
    Served,
    Stage,
)

TEMPLATES = Path(__file__).parent.parent.parent / "templates"

# What templates can compare with, and let people choose from.
ENUMS = (
    Audience, AuditEvent, AuditState, Band, Cap, CertificateEvent, CertificateState, ChannelEnd, Combining,
    ContactChannel, CreditEvent, CreditNews, CreditState, Direction, EscalationEnd, EvidenceDecision, ExceptionEvent,
    ExceptionState, FindingEvent, FindingGrade, FindingState, Ground, Impact, InterventionEvent, Likelihood,
    LineState, MadeBy, Mend, Missing, Movement, OutboxState, OwedEvent, OwedStanding, OwedState, Party, PlanEvent,
    PlanStatus, QuietWeek, Rag, Rating, ReportEvent, ReportState, RiskCategory, RiskChange, RiskStatus, RoleName,
    Rung, Served, Stage, Step, Subject, Trigger, VersionState, Waiting,
)  # fmt: skip

Blocks = list[dict[str, Any]]
View = dict[str, Any]
Option = tuple[str, str]

_charts: ContextVar[list[Chart]] = ContextVar("the charts of the message that is rendered")
_encode = json.JSONEncoder(ensure_ascii=False).encode
_CONTINUED = re.compile(r"\\\n *")
_STRING_OR_TRAILING_COMMA = re.compile(r'("(?:[^"\\]++|\\.)*+")|,(?=\s*[\]}])', re.DOTALL)


@dataclass(frozen=True)
class Message:
    """A message to post: `text` stands alone (phones and screen readers use it), `blocks` are its layout."""

    text: str
    blocks: Blocks
    charts: Sequence[Chart] = ()  # the charts in the blocks, which name each picture by its key until it is uploaded
    template: str = ""  # its name, under which the log has a fault of the blocks

    def as_answer(self) -> dict[str, Any]:
        """The message as the body of an answer to a command, which only its user sees."""
        return {"response_type": "ephemeral", "text": self.text, "blocks": self.blocks}


class Messages:
    """Renders the templates in a folder."""

    environment: Environment

    def __init__(self, folder: Path = TEMPLATES) -> None:
        self.environment = _environment(folder)

    def load(self) -> None:
        """Compile every template now. Otherwise the first use of each would take that time, perhaps in an open
        write."""
        for name in self.environment.list_templates(extensions=["j2"]):
            self.environment.get_template(name)

    def message(self, template: str, /, **context: Any) -> Message:  # noqa: ANN401  # a template's context is open
        """Render a message template, named without its ending. Raises Jinja's own errors for a broken template."""
        charts: list[Chart] = []
        shown = _charts.set(charts)
        try:
            rendered = self._render(template, context)
        finally:
            _charts.reset(shown)
        return Message(rendered["text"], rendered["blocks"], charts, template)

    def view(self, template: str, /, **context: Any) -> View:  # noqa: ANN401  # a template's context is open
        """Render a view template, named without its ending."""
        return self._render(template, context)

    def _render(self, template: str, context: dict[str, Any]) -> dict[str, Any]:
        text = self.environment.get_template(f"{template}.j2").render(context)
        # strict=False: a string in a template may have line breaks.
        rendered: dict[str, Any] = json.loads(_without_trailing_commas(text), strict=False)
        return rendered


class _LongLines(Extension):
    """Lets a line that ends with a backslash go on in the next. In place of the break stands a comment of two lines, so
    that errors name the lines of the file."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return _CONTINUED.sub("{#\n#}", source)


class _Environment(Environment):
    """Templates that share their globals: no template has any of its own.

    Jinja would put an empty map before those of each, and look through both for every name at every import.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return super().make_globals(d) if d else self.globals


@cache
def _environment(folder: Path) -> Environment:
    """The environment that compiles the templates of a folder and keeps them while the process runs."""
    environment = _Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_for_slack_and_json,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,  # all of them
        extensions=[_LongLines],
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
        with_article=wording.with_article,
        shorten=_shorten,
        options=_options,
        raw=_for_json,
        line=one_line,
        unformatted=_unformatted,
    )
    environment.globals.update({each.__name__: each for each in ENUMS}, mention=_mention, picture=_picture)
    return environment


def _without_trailing_commas(text: str) -> str:
    return _STRING_OR_TRAILING_COMMA.sub(lambda found: found[1] or "", text)


def _for_slack_and_json(value: object) -> object:
    if isinstance(value, Markup):  # already escaped: the output of a macro, a call block or a filter below
        return value
    return _for_json(escape_for_slack(inert(_plain(value))))


def _unformatted(value: object) -> Markup:
    """Escape a value for a text in which Slack formats nothing, such as a button's."""
    return _for_json(escape_for_slack(one_line(_plain(value))))


def _for_json(value: object) -> Markup:
    """Escape a value for JSON alone, if Slack does not show it as text: an id, a value, or the content of a field."""
    return Markup(_encode(_plain(value))[1:-1])  # noqa: S704  # escaped on this line


def escape_for_slack(text: str) -> str:
    """Escape Slack's three control characters (docs.slack.dev, Formatting message text: escaping text)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _slack_unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _shorten(value: object, length: int) -> str:
    """The text, cut so that its escaped form has at most `length` characters, as Slack counts them."""
    text = _plain(value)
    short = wording.shorten(text, length)
    while (over := len(escape_for_slack(inert(short))) - length) > 0:
        short = wording.shorten(text, max(len(short) - max(over // 4, 1), 0))
    return short


def _options(each: Iterable[Any], text: str | Callable[[Any], Markup] = "", value: str = "value") -> list[Option]:
    """What a person can choose from: the text and the value of each, which is what the form then holds.

    The text is an attribute or what a macro says; without one, of an enum's member, its own value with a capital.
    """
    value_of = attrgetter(value)
    if callable(text):
        return [(_plain(text(one)).strip(), str(value_of(one))) for one in each]
    if text:
        return [(getattr(one, text), str(value_of(one))) for one in each]
    return [(wording.with_capital(str(value_of(one))), str(value_of(one))) for one in each]


def _plain(value: object) -> str:
    if type(value) is str:  # neither of the kinds of text below
        return value
    if isinstance(value, StrictUndefined):
        return str(value)  # raises, and names what is missing
    if isinstance(value, Markup):  # the output of a macro, passed on: it is escaped again when it is printed
        return without_spacers(_slack_unescape(json.loads(f'"{value}"', strict=False)))
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
    """The key of a chart's picture, which is uploaded before the message is sent."""
    _charts.get().append(chart)
    return picture_key(chart)


def _mention(slack_user: str) -> Markup:
    """A mention, which Slack shows as the person's name. It can hold only a Slack id."""
    if not (slack_user.isalnum() and slack_user.isascii()):
        raise ValueError(f"{slack_user!r} is not a Slack user id")
    return Markup(f"<@{slack_user}>")  # noqa: S704  # letters and digits only, checked above
