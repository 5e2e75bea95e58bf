"""The router: it registers each handler with Bolt and passes every request to the pipeline.

Receipt (a repeated delivery gets the first answer again), identity, one transaction with one service call,
acknowledgement with the result. A handler that only reads is registered as such, and stores no receipt.

Work that waits for Slack, such as opening a form or posting an answer to a click, is done after the acknowledgement:
see bot.interactions.followups.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncRespond
from slack_bolt.response import BoltResponse
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot.clock import Clock
from bot.db import Database, insert
from bot.delivery import outbox
from bot.delivery.directory import Directory
from bot.delivery.messages import Message, Messages
from bot.delivery.outbox import OutgoingMessage
from bot.delivery.readers import works_elsewhere
from bot.delivery.slack import Slack
from bot.domain.calendar import WorkingCalendar
from bot.errors import UserError
from bot.identity import Denied
from bot.interactions import earlier_versions, error_responses
from bot.interactions.commands import Commands, CommandTable, word_of
from bot.interactions.error_responses import no_such_command
from bot.interactions.followups import Followups
from bot.interactions.listeners import Listener, Listeners
from bot.interactions.payloads import Click, Command, Event, Notice, Request, Shortcut, Submission, Suggestion
from bot.interactions.pipeline import Explain, Pipeline, Route
from bot.interactions.reruns import ReadRerun, Rerun
from bot.interactions.response import A, Handler, LaterWork, Response, SlackQuery, Welcome, asks_and_writes, reads
from bot.interactions.time_limit import BEGINS_WITHIN, TimeLimit, TooLate
from bot.metrics import RequestMetrics
from bot.models import Audience, Receipt
from bot.services.unit_of_work import ActorContext, UnitOfWork

HandleNotice = Callable[[UnitOfWork, Notice], None]


@dataclass(frozen=True)
class Router:
    """The dependencies of every handler, built once in bot.app; `begins_within` is the time limit, in seconds."""

    database: Database
    clock: Clock
    calendar: WorkingCalendar
    messages: Messages
    directory: Directory
    slack: Slack
    followups: Followups
    commands: Commands
    answered: RequestMetrics = field(default_factory=RequestMetrics)
    listeners: Listeners = field(default_factory=Listeners)
    begins_within: float = BEGINS_WITHIN
    _events: dict[str, list["EventListener"]] = field(default_factory=dict)

    @cached_property
    def _pipeline(self) -> Pipeline:
        return Pipeline(
            self.database, self.clock, self.calendar, self.messages, self.directory, self.slack, self.answered
        )

    def on_command(self, table: CommandTable) -> None:
        """Answer a slash command by its table."""
        choose = partial(self.commands.handler_of, table)

        def explain(messages: Messages, command: Command, error: UserError) -> Response:
            example = table.example_after(word_of(command))
            return error_responses.command_error(messages, command, error, example=example)

        self.listeners.commands.add(table.name, self._listener(Command.read, choose, explain, table.welcome))

    def on_click(self, action: str, handler: Handler[Click]) -> None:
        """Answer a button. What takes long is done after the acknowledgement, and is told when it is done."""
        attended = earlier_versions.attended(handler)
        listener = self._listener(Click.read, lambda _click: attended, error_responses.click_error)
        self.listeners.buttons.add(action, listener)

    def on_options(self, action: str, handler: Handler[Suggestion]) -> None:
        """Answer what is typed into a list with too many options to be sent with it."""
        listener = self._listener(Suggestion.read, lambda _typed: handler, error_responses.no_options)
        self.listeners.lists.add(action, listener)

    def on_shortcut(self, callback: str, handler: Handler[Shortcut]) -> None:
        """Answer a shortcut on a message."""
        listener = self._listener(Shortcut.read, lambda _shortcut: handler, error_responses.click_error)
        self.listeners.shortcuts.add(callback, listener)

    def on_rerun(self, action: str, read: ReadRerun) -> None:
        """Answer a button that runs a command."""
        listener = self._listener(read, self._rerun_command, error_responses.click_error)
        self.listeners.buttons.add(action, listener)

    def on_submit(
        self, callback: str, handler: Handler[Submission], welcome: Welcome[Submission] | None = None
    ) -> None:
        """Answer a form; `welcome` as for a command."""
        listener = self._listener(Submission.read, lambda _form: handler, error_responses.form_error, welcome)
        self.listeners.forms.add(callback, listener)

    def on_unknown(self) -> None:
        """Answer the buttons and forms that none of those before this knows: an earlier version made them."""
        button, form = reads(earlier_versions.instead), reads(earlier_versions.refused)
        listeners = self.listeners
        listeners.instead = self._listener(Click.read, lambda _click: button, error_responses.click_error)
        listeners.refuses = self._listener(Submission.read, lambda _form: form, error_responses.form_error)

    def on_event(
        self,
        kind: str,
        handler: Handler[Event],
        explain: Explain[Event] = error_responses.no_answer,
        *,
        matters: Callable[[Event], bool] = lambda _event: True,
        concerns: Callable[[Session, Event], bool] | None = None,
        welcome: Welcome[Event] | None = None,
    ) -> None:
        """Act on a person's event. The answer goes through the outbox. `welcome` as for a command.

        `matters` looks at the event first, and then `concerns` looks into the record: if one says no, Slack is not
        asked for the person's identity, and nothing is stored. If several listen for one kind, the first that is
        concerned handles it.
        """
        listen = self._listener(Event.read, lambda _event: handler, explain, welcome)
        self._listen_to(kind, EventListener(matters, concerns, listen))

    def _listen_to(self, kind: str, listener: "EventListener") -> None:
        listening = self._events.setdefault(kind, [])
        listening.append(listener)
        if len(listening) == 1:
            self.listeners.events.add(kind, self._event_listener(listening))

    def _event_listener(self, listeners: Sequence["EventListener"]) -> Listener:
        async def listen(body: dict[str, Any], ack: AsyncAck, respond: AsyncRespond) -> BoltResponse | None:
            event = Event.read(body)
            for listener in listeners:
                if listener.matters(event) and await self._concerns(listener, event):
                    return await listener.listen(body, ack, respond)
            await ack()
            return None

        return listen

    async def _concerns(self, listener: "EventListener", event: Event) -> bool:
        concerns = listener.concerns
        return concerns is None or await self.database.read(lambda session: concerns(session, event))

    def on_notice(
        self,
        kind: str,
        handle: HandleNotice,
        *,
        concerns: Callable[[Session, Notice], bool] | None = None,
    ) -> None:
        """Act on a change in Slack that is nobody's act, once for each event. Nothing is stored if the record says
        that it does not `concern` Liaison."""

        async def listen(body: dict[str, Any], ack: AsyncAck, _respond: AsyncRespond) -> None:
            notice = Notice.read(body, self.clock.now())
            if concerns is None or await self.database.read(lambda session: concerns(session, notice)):
                await self._handle_notice(notice, handle)
            await ack()

        self.listeners.events.add(kind, listen)

    def on_message_notice(
        self,
        subtype: str,
        handle: Callable[[UnitOfWork, Notice], None],
        *,
        concerns: Callable[[Session, Event], bool],
    ) -> None:
        """The same for a change of a message, which comes as an event like those of people who write one."""

        async def listen(body: dict[str, Any], ack: AsyncAck, _respond: AsyncRespond) -> None:
            await self._handle_notice(Notice.read(body, self.clock.now()), handle)
            await ack()

        def matters(event: Event) -> bool:
            return event.about.get("subtype") == subtype

        self._listen_to("message", EventListener(matters, concerns, listen))

    def on_arrival(self, kind: str, handle: HandleNotice, concerns: Callable[[Session, Notice], bool]) -> None:
        """Act on an event that names a person, and ask Slack about them if the record says that they `concern` us."""

        async def listen(body: dict[str, Any], ack: AsyncAck, _respond: AsyncRespond) -> None:
            notice = Notice.read(body, self.clock.now())
            await self._handle_notice(notice, handle)
            if await self.database.read(lambda session: concerns(session, notice)):
                with suppress(Denied):  # whoever sends something where they read it asks again
                    await self.directory.ask(notice.about["user"], notice.received_at)
            await ack()

        self.listeners.events.add(kind, listen)

    async def _handle_notice(self, notice: Notice, handle: HandleNotice) -> None:
        now = notice.received_at

        def unit(session: Session) -> None:
            insert(session, Receipt, key=notice.key, answer={}, at=now)
            handle(UnitOfWork(session, now, self.calendar, self.messages, "slack"), notice)

        with suppress(IntegrityError):  # the same event, delivered again
            await self.database.write(unit)

    def _listener(
        self,
        read: Callable[[dict[str, Any]], A],
        choose: Callable[[A], Handler[A]],
        explain: Explain[A],
        welcome: Welcome[A] | None = None,
    ) -> Listener:
        async def listen(body: dict[str, Any], ack: AsyncAck, respond: AsyncRespond) -> BoltResponse | None:
            limit, request = TimeLimit.of_request(self.begins_within), read(body)
            route = Route(choose(request), explain, welcome)
            if route.handler.takes_long:
                working = isinstance(request, Command)  # after a button or an event there is no place to say so
                await ack(self.messages.message("common/working").as_answer() if working else "")
                self.followups.start(self._answer_afterwards(request, route, respond))
                return None
            try:
                response = await self._pipeline.answer(request, route, limit)
            except TooLate:
                return BoltResponse(status=503)
            await ack(response.ack) if response.ack else await ack()
            self.followups.do(request, response, respond)
            if response.later is not None:
                self.followups.start(self._go_on(request, response.later, respond))
            return None

        return listen

    async def _go_on(self, request: A, later: LaterWork, respond: AsyncRespond) -> None:
        """Do what goes on after the acknowledgement, with a receipt of its own."""
        handler: Handler[A] = asks_and_writes(lambda _ctx, _request: Response(keep=False, question=later.question))
        going_on = replace(request, key=f"{request.key} later")
        await self._answer_afterwards(going_on, Route(handler, later.explain, None), respond, later.contract_id)

    async def _answer_afterwards(
        self, request: A, route: Route[A], respond: AsyncRespond, contract_id: int | None = None
    ) -> None:
        response = await self._pipeline.answer(request, route)
        if response.tell is not None:
            await self._send_direct_message(request, response.tell, contract_id)
        # The body that would have been the acknowledgement's is sent after it.
        said = replace(response, say=response.say or response.ack or None)
        self.followups.do(request, said, respond)

    async def _send_direct_message(self, request: Request, message: Message, contract_id: int | None) -> None:
        """Send a person a direct message, once: somebody of a partner only about a contract of theirs."""
        now, why = self.clock.now(), "you wrote to Liaison"

        def unit(session: Session) -> None:
            elsewhere = works_elsewhere(session, request.user)
            if not elsewhere or contract_id is not None:
                audience = Audience.SHARED if elsewhere else Audience.INTERNAL
                draft = OutgoingMessage(f"answer to {request.key}", request.user, audience, message, why, contract_id)
                outbox.enqueue(session, draft, now)

        with suppress(IntegrityError):  # already sent
            await self.database.write(unit)

    def _rerun_command(self, rerun: Rerun) -> Handler[Rerun]:
        command = rerun.command
        table = self.commands.named(command.name)
        if table is None:
            return reads(_no_such_command)
        found = self.commands.handler_of(table, command)
        return found.of(lambda ctx, _click: _as_click(found.handle(ctx, command)))


def _no_such_command(_act: ActorContext, _click: Click) -> Response:
    raise no_such_command()


def _as_click(response: Response) -> Response:
    """A command's response for the button that ran it: the answer replaces the button's message."""
    asked = response.question
    again = asked and SlackQuery(asked.ask, lambda ctx, answer: _as_click(asked.then(ctx, answer)))
    return replace(response, ack={}, say=response.ack or response.say, in_place=True, question=again)


@dataclass(frozen=True)
class EventListener:
    """A handler of a kind of event, and the events of that kind that it handles."""

    matters: Callable[[Event], bool]
    concerns: Callable[[Session, Event], bool] | None
    listen: Listener
