"""The desk: the way of everything that arrives, from who is asking to the answer.

Receipt (a repeated delivery gets the first answer again), who is this, one transaction with one service
call, acknowledge with the result. What must wait on Slack, opening a form or a word after a click, is done
after the acknowledgement, by a task of its own: what Bolt's lazy listeners do, without the copy of the whole
request that they make even where there is nothing to do.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot import outbox
from bot.clock import Clock
from bot.db import Database, insert
from bot.directory import Directory
from bot.messages import Message, Messages
from bot.metrics import Answered
from bot.models import Audience, Receipt
from bot.outbox import Draft
from bot.services.health.upcoming import Upcoming
from bot.services.readers import readers_of
from bot.services.work import Act, Work
from bot.slack import Slack
from handlers import explaining
from handlers.afterwards import Afterwards
from handlers.arrivals import Arrival, Click, Command, Event, Notice, Shortcut, Submission
from handlers.attending import Attendant, Explain, Way
from handlers.choosing import command_again
from handlers.explaining import NoSuchCommand
from handlers.outcome import A, Handle, Outcome, Question, Welcome

log = logging.getLogger(__name__)

Listener = Callable[..., Awaitable[None]]
Foresee = Callable[[datetime, datetime], Awaitable[Sequence[Upcoming]]]  # what will go out in a span


@dataclass(frozen=True)
class Desk:
    """Everything that a journey needs, built once in bot.app."""

    database: Database
    clock: Clock
    messages: Messages
    directory: Directory
    slack: Slack
    afterwards: Afterwards
    foresee: Foresee
    answered: Answered = field(default_factory=Answered)
    _commands: dict[str, Handle[Command]] = field(default_factory=dict)
    _events: dict[tuple[AsyncApp, str], list["Hearing"]] = field(default_factory=dict)

    @cached_property
    def _attendant(self) -> Attendant:
        return Attendant(self.database, self.clock, self.messages, self.directory, self.slack, self.answered)

    def on_command(
        self,
        app: AsyncApp,
        name: str,
        handle: Handle[Command],
        welcome: Welcome[Command] | None = None,
        *,
        takes_long: Callable[[Command], bool] = lambda _command: False,
    ) -> None:
        """Answer a slash command; `welcome` answers whoever is not in the register, who is refused without it.

        The answer to one that takes long comes after the acknowledgement.
        """
        self._commands[name] = handle
        way = explaining.of_command
        app.command(name)(self._listener(Command.read, handle, way, welcome=welcome, takes_long=takes_long))

    def on_click(self, app: AsyncApp, action: str, handle: Handle[Click], *, takes_long: bool = False) -> None:
        """Answer a button. What takes long is done after the acknowledgement, and is told when it is done."""
        app.block_action(action)(
            self._listener(Click.read, handle, explaining.of_click, takes_long=lambda _: takes_long)
        )

    def on_shortcut(self, app: AsyncApp, callback: str, handle: Handle[Shortcut]) -> None:
        """Answer a shortcut that is used on a message."""
        app.message_shortcut(callback)(self._listener(Shortcut.read, handle, explaining.of_click))

    def on_choice(self, app: AsyncApp, action: str) -> None:
        """Answer the button that gives a command again with the contract that was meant."""
        self.on_click(app, action, self._again)

    def on_submit(
        self, app: AsyncApp, callback: str, handle: Handle[Submission], welcome: Welcome[Submission] | None = None
    ) -> None:
        """Answer a form; `welcome` as for a command."""
        app.view_submission(callback)(self._listener(Submission.read, handle, explaining.of_form, welcome=welcome))

    def on_event(
        self,
        app: AsyncApp,
        kind: str,
        handle: Handle[Event],
        explain: Explain[Event] = explaining.not_at_all,
        *,
        takes_long: bool = False,
        matters: Callable[[Event], bool] = lambda _event: True,
        concerns: Callable[[Session, Event], bool] | None = None,
    ) -> None:
        """Act on what a person did, of which Slack tells in an event. What they are told goes through the outbox.

        `matters` hears of it first, and then `concerns` looks into the record: where they say no, nobody is asked who
        it was, and nothing is written down. Of several that listen for one kind, the first whom it concerns has it.
        """
        attended = self._listener(Event.read, handle, explain, takes_long=lambda _: takes_long)
        hearing = Hearing(matters, concerns, attended)
        listening = self._events.setdefault((app, kind), [])
        listening.append(hearing)
        if len(listening) == 1:
            app.event(kind)(self._hear(listening))

    def _hear(self, hearings: Sequence["Hearing"]) -> Listener:
        async def listen(body: dict[str, Any], ack: AsyncAck, respond: AsyncRespond) -> None:
            event = Event.read(body)
            for hearing in hearings:
                if hearing.matters(event) and await self._concerns(hearing, event):
                    await hearing.attended(body, ack, respond)
                    return
            await ack()

        return listen

    async def _concerns(self, hearing: "Hearing", event: Event) -> bool:
        concerns = hearing.concerns
        return concerns is None or await self.database.run(lambda session: concerns(session, event), keep=False)

    def on_notice(
        self,
        app: AsyncApp,
        kind: str,
        handle: Callable[[Work, Notice], None],
        *,
        matters: Callable[[Notice], bool] = lambda _notice: True,
    ) -> None:
        """Act on what happened in Slack that is nobody's act, once for each event.

        `matters` hears of it first, on the event loop: where it says no, nothing of it is written down.
        """

        async def listen(body: dict[str, Any], ack: AsyncAck) -> None:
            notice = Notice.read(body)
            if matters(notice):
                await self._take_note(notice, handle)
            await ack()

        app.event(kind)(listen)

    async def _take_note(self, notice: Notice, handle: Callable[[Work, Notice], None]) -> None:
        now = self.clock.now()

        def unit(session: Session) -> None:
            insert(session, Receipt, key=notice.key, answer={}, at=now)
            handle(Work(session, now, self.messages, "slack"), notice)

        with suppress(IntegrityError):  # the same event once more
            await self.database.run(unit)

    def _listener(
        self,
        read: Callable[[dict[str, Any]], A],
        handle: Handle[A],
        explain: Explain[A],
        *,
        takes_long: Callable[[A], bool] = lambda _: False,
        welcome: Welcome[A] | None = None,
    ) -> Listener:
        way = Way(handle, explain, welcome)

        async def listen(body: dict[str, Any], ack: AsyncAck, respond: AsyncRespond) -> None:
            arrival = read(body)
            if takes_long(arrival):
                await ack()
                self.afterwards.begin(self._attend_to_the_end(arrival, way, respond))
                return
            outcome = await self._attendant.attend(arrival, way)
            await ack(outcome.ack) if outcome.ack else await ack()
            self.afterwards.do(arrival, outcome, respond)

        return listen

    async def _attend_to_the_end(self, arrival: A, way: Way[A], respond: AsyncRespond) -> None:
        outcome = await self._attendant.attend(arrival, way)
        if outcome.tell is not None:
            await self._tell(arrival, outcome.tell)
        # What would have been the acknowledgement's body is said after it.
        said = replace(outcome, say=outcome.say or outcome.ack or None)
        self.afterwards.do(arrival, said, respond)

    async def _tell(self, arrival: Arrival, message: Message) -> None:
        """A word by direct message to who did something that has no other answer, once; no partner is written to."""
        now, why = self.clock.now(), "you wrote to Liaison"

        def unit(session: Session) -> None:
            if arrival.user not in readers_of(session, Audience.INTERNAL, None).barred:
                draft = Draft(f"answer to {arrival.key}", arrival.user, Audience.INTERNAL, message, why)
                outbox.enqueue(session, draft, now)

        with suppress(IntegrityError):  # told already
            await self.database.run(unit)

    def _again(self, act: Act, click: Click) -> Outcome:
        command = command_again(click)
        if command.name not in self._commands:
            raise NoSuchCommand
        return _as_click(self._commands[command.name](act, command))


def _as_click(outcome: Outcome) -> Outcome:
    """The outcome of a command that a button gave: its answer takes the place of the button's message."""
    asked = outcome.question
    again = asked and Question(asked.ask, lambda act, answer: _as_click(asked.then(act, answer)))
    return replace(outcome, ack={}, say=outcome.ack or outcome.say, in_place=True, question=again)


@dataclass(frozen=True)
class Hearing:
    """Who listens for a kind of event, and to which of its events."""

    matters: Callable[[Event], bool]
    concerns: Callable[[Session, Event], bool] | None
    attended: Listener
