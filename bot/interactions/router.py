"""The desk: the way of everything that arrives, from who is asking to the answer.

Receipt (a repeated delivery gets the first answer again), who is this, one transaction with one service
call, acknowledge with the result. What only reads says so where it is registered, and has no receipt.

What must wait on Slack, opening a form or a word after a click, is done after the acknowledgement, by a task of its
own: what Bolt's lazy listeners do, without the copy of the whole request that they make even where there is nothing
to do.
"""

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.clock import Clock
from bot.db import Database, insert
from bot.delivery import outbox
from bot.delivery.channels import readers_of
from bot.delivery.directory import Directory
from bot.delivery.messages import Message, Messages
from bot.delivery.outbox import OutgoingMessage
from bot.delivery.slack import Slack
from bot.domain.calendar import WorkingCalendar
from bot.interactions import earlier_versions, error_responses
from bot.interactions.disambiguation import command_again
from bot.interactions.error_responses import NoSuchCommand
from bot.interactions.followups import Followups
from bot.interactions.payloads import Click, Command, Event, Notice, Request, Shortcut, Submission
from bot.interactions.pipeline import Explain, Pipeline, Route
from bot.interactions.response import A, Handler, Response, SlackQuery, Welcome, reads
from bot.interactions.subcommands import Subcommands, handler_of
from bot.metrics import RequestMetrics
from bot.models import Audience, Receipt
from bot.services.pages.upcoming import Upcoming
from bot.services.unit_of_work import ActorContext, UnitOfWork

log = logging.getLogger(__name__)

ANYTHING = re.compile("")

Listener = Callable[..., Awaitable[None]]
Foresee = Callable[[datetime, datetime], Awaitable[Sequence[Upcoming]]]  # what will go out in a span


@dataclass(frozen=True)
class Router:
    """Everything that a journey needs, built once in bot.app."""

    database: Database
    clock: Clock
    calendar: WorkingCalendar
    messages: Messages
    directory: Directory
    slack: Slack
    followups: Followups
    rehearse_jobs: Foresee
    answered: RequestMetrics = field(default_factory=RequestMetrics)
    commands: dict[str, Subcommands] = field(default_factory=dict)
    _events: dict[tuple[AsyncApp, str], list["EventListener"]] = field(default_factory=dict)

    @cached_property
    def _pipeline(self) -> Pipeline:
        return Pipeline(
            self.database, self.clock, self.calendar, self.messages, self.directory, self.slack, self.answered
        )

    def on_command(
        self,
        app: AsyncApp,
        name: str,
        subcommands: Subcommands,
        welcome: Welcome[Command] | None = None,
    ) -> None:
        """Answer a slash command; `welcome` answers whoever is not in the register, who is refused without it."""
        self.commands[name] = subcommands
        choose = partial(handler_of, subcommands)
        app.command(name)(self._listener(Command.read, choose, error_responses.of_command, welcome))

    def on_click(self, app: AsyncApp, action: str, handler: Handler[Click]) -> None:
        """Answer a button. What takes long is done after the acknowledgement, and is told when it is done."""
        attended = earlier_versions.attended(handler)
        app.block_action(action)(self._listener(Click.read, lambda _click: attended, error_responses.of_click))

    def on_shortcut(self, app: AsyncApp, callback: str, handler: Handler[Shortcut]) -> None:
        """Answer a shortcut that is used on a message."""
        app.message_shortcut(callback)(
            self._listener(Shortcut.read, lambda _shortcut: handler, error_responses.of_click)
        )

    def on_choice(self, app: AsyncApp, action: str) -> None:
        """Answer the button that gives a command again with the contract that was meant."""
        app.block_action(action)(self._listener(Click.read, self._again, error_responses.of_click))

    def on_submit(
        self, app: AsyncApp, callback: str, handler: Handler[Submission], welcome: Welcome[Submission] | None = None
    ) -> None:
        """Answer a form; `welcome` as for a command."""
        app.view_submission(callback)(
            self._listener(Submission.read, lambda _form: handler, error_responses.of_form, welcome)
        )

    def on_unknown(self, app: AsyncApp) -> None:
        """Answer the buttons and forms that none of those before this knows: an earlier version made them."""
        button, form = reads(earlier_versions.instead), reads(earlier_versions.refused)
        app.block_action(ANYTHING)(self._listener(Click.read, lambda _click: button, error_responses.of_click))
        app.view_submission(ANYTHING)(self._listener(Submission.read, lambda _form: form, error_responses.of_form))

    def on_event(
        self,
        app: AsyncApp,
        kind: str,
        handler: Handler[Event],
        explain: Explain[Event] = error_responses.not_at_all,
        *,
        matters: Callable[[Event], bool] = lambda _event: True,
        concerns: Callable[[Session, Event], bool] | None = None,
    ) -> None:
        """Act on what a person did, of which Slack tells in an event. What they are told goes through the outbox.

        `matters` hears of it first, and then `concerns` looks into the record: where they say no, nobody is asked who
        it was, and nothing is written down. Of several that listen for one kind, the first whom it concerns has it.
        """
        hearing = EventListener(matters, concerns, self._listener(Event.read, lambda _event: handler, explain))
        listening = self._events.setdefault((app, kind), [])
        listening.append(hearing)
        if len(listening) == 1:
            app.event(kind)(self._hear(listening))

    def _hear(self, hearings: Sequence["EventListener"]) -> Listener:
        async def listen(body: dict[str, Any], ack: AsyncAck, respond: AsyncRespond) -> None:
            event = Event.read(body)
            for hearing in hearings:
                if hearing.matters(event) and await self._concerns(hearing, event):
                    await hearing.listen(body, ack, respond)
                    return
            await ack()

        return listen

    async def _concerns(self, hearing: "EventListener", event: Event) -> bool:
        concerns = hearing.concerns
        return concerns is None or await self.database.read(lambda session: concerns(session, event))

    def on_notice(
        self,
        app: AsyncApp,
        kind: str,
        handle: Callable[[UnitOfWork, Notice], None],
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

    async def _take_note(self, notice: Notice, handle: Callable[[UnitOfWork, Notice], None]) -> None:
        now = self.clock.now()

        def unit(session: Session) -> None:
            insert(session, Receipt, key=notice.key, answer={}, at=now)
            handle(UnitOfWork(session, now, self.calendar, self.messages, "slack"), notice)

        with suppress(IntegrityError):  # the same event once more
            await self.database.write(unit)

    def _listener(
        self,
        read: Callable[[dict[str, Any]], A],
        choose: Callable[[A], Handler[A]],
        explain: Explain[A],
        welcome: Welcome[A] | None = None,
    ) -> Listener:
        async def listen(body: dict[str, Any], ack: AsyncAck, respond: AsyncRespond) -> None:
            request = read(body)
            way = Route(choose(request), explain, welcome)
            if way.handler.takes_long:
                await ack()
                self.followups.begin(self._attend_to_the_end(request, way, respond))
                return
            response = await self._pipeline.answer(request, way)
            await ack(response.ack) if response.ack else await ack()
            self.followups.do(request, response, respond)

        return listen

    async def _attend_to_the_end(self, request: A, way: Route[A], respond: AsyncRespond) -> None:
        response = await self._pipeline.answer(request, way)
        if response.tell is not None:
            await self._tell(request, response.tell)
        # What would have been the acknowledgement's body is said after it.
        said = replace(response, say=response.say or response.ack or None)
        self.followups.do(request, said, respond)

    async def _tell(self, request: Request, message: Message) -> None:
        """A word by direct message to who did something that has no other answer, once; no partner is written to."""
        now, why = self.clock.now(), "you wrote to Liaison"

        def unit(session: Session) -> None:
            if request.user not in readers_of(session, Audience.INTERNAL, None).barred:
                draft = OutgoingMessage(f"answer to {request.key}", request.user, Audience.INTERNAL, message, why)
                outbox.enqueue(session, draft, now)

        with suppress(IntegrityError):  # told already
            await self.database.write(unit)

    def _again(self, click: Click) -> Handler[Click]:
        command = command_again(click)
        if command.name not in self.commands:
            return reads(_no_such_command)
        found = handler_of(self.commands[command.name], command)
        return found.of(lambda ctx, _click: _as_click(found.handle(ctx, command)))


def _no_such_command(_act: ActorContext, _click: Click) -> Response:
    raise NoSuchCommand


def _as_click(response: Response) -> Response:
    """The outcome of a command that a button gave: its answer takes the place of the button's message."""
    asked = response.question
    again = asked and SlackQuery(asked.ask, lambda ctx, answer: _as_click(asked.then(ctx, answer)))
    return replace(response, ack={}, say=response.ack or response.say, in_place=True, question=again)


@dataclass(frozen=True)
class EventListener:
    """Who listens for a kind of event, and to which of its events."""

    matters: Callable[[Event], bool]
    concerns: Callable[[Session, Event], bool] | None
    listen: Listener
