"""What a handler gives back, and what it may ask of Slack before it goes on."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Generic, TypeVar

from bot.delivery.messages import Message, View
from bot.delivery.slack import Slack
from bot.domain.charts import as_json
from bot.interactions.payloads import Request
from bot.services.unit_of_work import ActorContext, NewcomerContext

A = TypeVar("A", bound=Request)
X = TypeVar("X")
Y = TypeVar("Y")
T = TypeVar("T")


ASK_WITHIN = timedelta(seconds=1.2)  # of Slack's three seconds, beside what it takes to know who asks


@dataclass(frozen=True)
class SlackQuery:
    """Something that only Slack can say: it is asked with no transaction open, and `then` goes on in a new one."""

    ask: Callable[[Slack], Awaitable[Any]]
    then: Callable[[ActorContext, Any], "Response"]
    within: timedelta = ASK_WITHIN


@dataclass(frozen=True)
class Response:
    """What goes back: the acknowledgement's body, then perhaps a form to open or a word to say.

    With `in_place` the word takes the place of the message whose button was pressed, and the form that of the form with
    the button. A form `offers` what was kept of it first. `home` is the person's page; `tell` is a direct message, for
    what has no other answer. `charts` are those of the word, as JSON. `further` goes on in a write of its own, and what
    it gives is what goes back. What a write gives is kept with its receipt (`keep`), and so is the same for a repeat.
    """

    ack: dict[str, Any] = field(default_factory=dict)
    form: View | None = None
    say: dict[str, Any] | None = None
    in_place: bool = False
    home: View | None = None
    tell: Message | None = None
    keep: bool = True
    charts: Sequence[dict[str, Any]] = ()
    question: SlackQuery | None = None
    further: Callable[[ActorContext], "Response"] | None = None
    offers: bool = True

    @classmethod
    def answers(cls, message: Message) -> "Response":
        """Answer a command, seen only by who typed it.

        An answer with charts comes after the acknowledgement, when their pictures are in Slack.
        """
        return cls.says(message) if message.charts else cls(ack=message.as_answer())

    @classmethod
    def says(cls, message: Message, *, in_place: bool = False) -> "Response":
        """Say something after a click, or put it in place of the message that was clicked."""
        charts = [as_json(chart) for chart in message.charts]
        return cls(say=message.as_answer(), in_place=in_place, charts=charts)

    @classmethod
    def opens(cls, form: View, *, in_place: bool = False) -> "Response":
        """Open a form, or put it in place of the one in which something was clicked; nothing was changed, so there is
        nothing to keep a receipt of."""
        return cls(form=form, in_place=in_place, keep=False)

    @classmethod
    def shows(cls, view: View) -> "Response":
        """Turn the form that was sent into another view."""
        return cls(ack={"response_action": "update", "view": view})

    @classmethod
    def after(
        cls,
        ask: Callable[[Slack], Awaitable[T]],
        then: Callable[[ActorContext, T], "Response"],
        within: timedelta = ASK_WITHIN,
    ) -> "Response":
        """Ask Slack first. Nothing may have been changed yet: `then` goes on in a unit of work of its own.

        Only what is attended to after the acknowledgement may take longer than usual.
        """
        return cls(keep=False, question=SlackQuery(ask, then, within))


Handle = Callable[[ActorContext, X], Response]
Welcome = Callable[[NewcomerContext, A], Response]


@dataclass(frozen=True)
class Handler(Generic[X]):
    """What answers, and which of its units of work may write: the first, and the one that goes on with Slack's answer.

    The answer to one that takes long comes after the acknowledgement.
    """

    handle: Handle[X]
    writes: bool
    then_writes: bool
    takes_long: bool = False

    def of(self, handle: Handle[Y]) -> "Handler[Y]":
        """The same for what answers something else."""
        return Handler(handle, self.writes, self.then_writes, self.takes_long)


def reads(handle: Handle[X], *, takes_long: bool = False) -> Handler[X]:
    """It only reads: it waits for nobody who writes, and the database refuses whatever it would change."""
    return Handler(handle, writes=False, then_writes=False, takes_long=takes_long)


def writes(handle: Handle[X], *, takes_long: bool = False) -> Handler[X]:
    """It may change the record, once for each delivery."""
    return Handler(handle, writes=True, then_writes=True, takes_long=takes_long)


def asks_and_writes(handle: Handle[X], *, takes_long: bool = False) -> Handler[X]:
    """It reads, asks Slack, and may change the record with the answer, once for each delivery."""
    return Handler(handle, writes=False, then_writes=True, takes_long=takes_long)
