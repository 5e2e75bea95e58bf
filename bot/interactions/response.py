"""A handler's response, and the questions that it may ask Slack first."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic, Protocol, TypeVar

from bot.delivery.message_parts import is_long
from bot.delivery.messages import Message, Messages, View
from bot.delivery.slack import Slack
from bot.domain.charts import as_json
from bot.errors import UserError
from bot.interactions.payloads import Request
from bot.services.unit_of_work import ActorContext, NewcomerContext

A = TypeVar("A", bound=Request)
X = TypeVar("X")
Y = TypeVar("Y")
T = TypeVar("T")


ASK_WITHIN = timedelta(seconds=1.2)  # of Slack's three seconds, besides the time to identify the person


@dataclass(frozen=True)
class SlackQuery:
    """A question that only Slack can answer: it is asked with no transaction open, and `then` continues in a new
    one."""

    ask: Callable[[Slack], Awaitable[Any]]
    then: Callable[[ActorContext, Any], "Response"]
    within: timedelta = ASK_WITHIN


class ActorUnits(Protocol):
    """Units of work of one person, each in a transaction of its own that knows who they are and what they may do."""

    async def read(self, unit: Callable[[ActorContext], T]) -> T:
        """Run a unit that only reads."""

    async def write(self, unit: Callable[[ActorContext], T]) -> T:
        """Run a unit that commits as a whole or not at all."""

    def alone(self, what: str) -> AbstractAsyncContextManager[bool]:
        """Whether nobody else does this, in any process, from now until the block ends."""


@dataclass(frozen=True)
class LaterWork:
    """Work with Slack that goes on after the acknowledgement of a form, in units of work of its own. What came of it,
    or what `explain` makes of a failure, goes out as a direct message about the contract, whose partner may read it."""

    contract_id: int
    question: SlackQuery
    explain: Callable[[Messages, Any, UserError], "Response"]


@dataclass(frozen=True)
class Response:
    """A handler's result: the body of the acknowledgement, then perhaps a form to open or a message to show.

    With `in_place` the message replaces the one with the clicked button, and the form the one with the button.
    `offers`: a saved draft of the form is offered first. `home` is the person's App Home page; `tell` is a direct
    message, for requests without another answer. `charts` are those of the message, as JSON, and `template` is
    the message's. `further` continues in a write of its own, whose result is the response, and `in_units` in as many
    units as it needs, for a handler that takes long. `keep`: the response is stored with the receipt of the write, and
    a repeated delivery gets the same. `later` is done once, whoever delivers the request again.
    """

    ack: dict[str, Any] = field(default_factory=dict)
    form: View | None = None
    say: dict[str, Any] | None = None
    in_place: bool = False
    home: View | None = None
    tell: Message | None = None
    keep: bool = True
    charts: Sequence[dict[str, Any]] = ()
    template: str = ""
    question: SlackQuery | None = None
    further: Callable[[ActorContext], "Response"] | None = None
    in_units: Callable[["ActorUnits"], Awaitable["Response"]] | None = None
    offers: bool = True
    later: LaterWork | None = None

    @classmethod
    def answers(cls, message: Message) -> "Response":
        """Answer a command, visible only to its user.

        An answer with charts is sent after the acknowledgement, when their pictures are uploaded, and so is a long one,
        in parts.
        """
        waits = message.charts or is_long(message.blocks)
        return cls.says(message) if waits else cls(ack=message.as_answer(), template=message.template)

    @classmethod
    def says(cls, message: Message, *, in_place: bool = False) -> "Response":
        """Show a message after a click, or in place of the clicked message."""
        charts = [as_json(chart) for chart in message.charts]
        return cls(say=message.as_answer(), in_place=in_place, charts=charts, template=message.template)

    @classmethod
    def opens(cls, form: View, *, in_place: bool = False) -> "Response":
        """Open a form, or show it in place of the form with the clicked button. Nothing has changed, so no receipt is
        stored."""
        return cls(form=form, in_place=in_place, keep=False)

    @classmethod
    def shows(cls, view: View) -> "Response":
        """Replace the sent form by another view."""
        return cls(ack={"response_action": "update", "view": view})

    @classmethod
    def after(
        cls,
        ask: Callable[[Slack], Awaitable[T]],
        then: Callable[[ActorContext, T], "Response"],
        within: timedelta = ASK_WITHIN,
    ) -> "Response":
        """Ask Slack first. Nothing may have been changed yet: `then` continues in a unit of work of its own.

        Only a handler that runs after the acknowledgement may set a longer `within`.
        """
        return cls(keep=False, question=SlackQuery(ask, then, within))


Handle = Callable[[ActorContext, X], Response]
Welcome = Callable[[NewcomerContext, A], Response]


@dataclass(frozen=True)
class Handler(Generic[X]):
    """A handler, and which of its units of work may write: the first, and the one that continues with Slack's answer.

    If it takes long, the response is sent after the acknowledgement.
    """

    handle: Handle[X]
    writes: bool
    then_writes: bool
    takes_long: bool = False

    def of(self, handle: Handle[Y]) -> "Handler[Y]":
        """The same handler for another kind of request."""
        return Handler(handle, self.writes, self.then_writes, self.takes_long)


def reads(handle: Handle[X], *, takes_long: bool = False) -> Handler[X]:
    """A handler that only reads: it waits for no writer, and the database refuses changes."""
    return Handler(handle, writes=False, then_writes=False, takes_long=takes_long)


def writes(handle: Handle[X], *, takes_long: bool = False) -> Handler[X]:
    """A handler that may change the record, once for each delivery."""
    return Handler(handle, writes=True, then_writes=True, takes_long=takes_long)


def asks_and_writes(handle: Handle[X], *, takes_long: bool = False) -> Handler[X]:
    """A handler that reads, asks Slack, and may change the record with the answer, once for each delivery."""
    return Handler(handle, writes=False, then_writes=True, takes_long=takes_long)
