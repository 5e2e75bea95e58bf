"""What a handler gives back, and what it may ask of Slack before it goes on."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from bot.domain.charts import as_json
from bot.messages import Message, View
from bot.services.work import Act, Newcomer
from bot.slack import Slack
from handlers.arrivals import Arrival

A = TypeVar("A", bound=Arrival)
T = TypeVar("T")


ASK_WITHIN = timedelta(seconds=1.2)  # of Slack's three seconds, beside what it takes to know who asks


@dataclass(frozen=True)
class Question:
    """Something that only Slack can say: it is asked with no transaction open, and `then` goes on in a new one."""

    ask: Callable[[Slack], Awaitable[Any]]
    then: Callable[[Act, Any], "Outcome"]
    within: timedelta = ASK_WITHIN


@dataclass(frozen=True)
class Outcome:
    """What goes back: the acknowledgement's body, then perhaps a form to open or a word to say.

    With `in_place` the word takes the place of the message whose button was pressed, and the form that of the form with
    the button. A form `offers` what was kept of it first. `home` is the person's page; `tell` is a direct message, for
    what has no other answer. `charts` are those of the word, as JSON.
    """

    ack: dict[str, Any] = field(default_factory=dict)
    form: View | None = None
    say: dict[str, Any] | None = None
    in_place: bool = False
    home: View | None = None
    tell: Message | None = None
    keep: bool = True
    charts: Sequence[dict[str, Any]] = ()
    question: Question | None = None
    offers: bool = True

    @classmethod
    def answers(cls, message: Message, *, keep: bool = False) -> "Outcome":
        """Answer a command, seen only by who typed it; `keep` where the record was changed.

        An answer with charts comes after the acknowledgement, when their pictures are in Slack.
        """
        return cls.says(message, keep=keep) if message.charts else cls(ack=message.as_answer(), keep=keep)

    @classmethod
    def says(cls, message: Message, *, in_place: bool = False, keep: bool = False) -> "Outcome":
        """Say something after a click, or put it in place of the message that was clicked."""
        charts = [as_json(chart) for chart in message.charts]
        return cls(say=message.as_answer(), in_place=in_place, keep=keep, charts=charts)

    @classmethod
    def opens(cls, form: View, *, in_place: bool = False) -> "Outcome":
        """Open a form, or put it in place of the one in which something was clicked; nothing was changed, so there is
        nothing to keep a receipt of."""
        return cls(form=form, in_place=in_place, keep=False)

    @classmethod
    def shows(cls, view: View) -> "Outcome":
        """Turn the form that was sent into another view."""
        return cls(ack={"response_action": "update", "view": view})

    @classmethod
    def after(
        cls,
        ask: Callable[[Slack], Awaitable[T]],
        then: Callable[[Act, T], "Outcome"],
        within: timedelta = ASK_WITHIN,
    ) -> "Outcome":
        """Ask Slack first. Nothing may have been changed yet: what `then` changes is what counts.

        Only what is attended to after the acknowledgement may take longer than usual.
        """
        return cls(keep=False, question=Question(ask, then, within))


Handle = Callable[[Act, A], Outcome]
Welcome = Callable[[Newcomer, A], Outcome]
