"""The desk: the way of everything that arrives, from who is asking to the answer.

Receipt (a repeated delivery gets the first answer again), who is this, one transaction with one service
call, acknowledge with the result. What must wait on Slack, opening a form or a word after a click, is done
after the acknowledgement, by a task of its own: what Bolt's lazy listeners do, without the copy of the whole
request that they make even where there is nothing to do.
"""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import aiohttp
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_sdk.errors import SlackApiError
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot import audit
from bot.clock import Clock
from bot.db import Database, insert
from bot.directory import Directory
from bot.errors import UserError
from bot.identity import Denied, find_actor
from bot.messages import Message, Messages
from bot.models import Receipt
from bot.services.register import SeveralContracts
from bot.services.work import Act, Work
from bot.slack import Refused, Slack, SlackFailure, Unsettled
from handlers.arrivals import Arrival, Click, Command, Event, Notice, Submission
from handlers.choosing import choices, command_again
from handlers.outcome import A, Handle, Outcome, Question

log = logging.getLogger(__name__)

ASK_WITHIN = timedelta(seconds=1.2)  # of Slack's three seconds, beside what it takes to know who asks
Listener = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Desk:
    """Everything that a journey needs, built once in bot.app."""

    database: Database
    clock: Clock
    messages: Messages
    directory: Directory
    slack: Slack
    _commands: dict[str, Handle[Command]] = field(default_factory=dict)
    _tasks: set[asyncio.Future[None]] = field(default_factory=set)

    def on_command(self, app: AsyncApp, name: str, handle: Handle[Command]) -> None:
        """Answer a slash command."""
        self._commands[name] = handle
        app.command(name)(self._listener(Command.read, handle, self._problem))

    def on_click(self, app: AsyncApp, action: str, handle: Handle[Click]) -> None:
        """Answer a button."""
        app.block_action(action)(self._listener(Click.read, handle, self._said))

    def on_choice(self, app: AsyncApp, action: str) -> None:
        """Answer the button that gives a command again with the contract that was meant."""
        self.on_click(app, action, self._again)

    def on_submit(self, app: AsyncApp, callback: str, handle: Handle[Submission]) -> None:
        """Answer a form."""
        app.view_submission(callback)(self._listener(Submission.read, handle, self._under_field))

    def on_event(self, app: AsyncApp, kind: str, handle: Handle[Event]) -> None:
        """Act on what a person did, of which Slack tells in an event. What they are told goes through the outbox."""

        async def listen(body: dict[str, Any], ack: AsyncAck) -> None:
            arrival = Event.read(body)
            await self._attend(arrival, handle, self._nothing_to_say)
            await ack()

        app.event(kind)(listen)

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
        self, read: Callable[[dict[str, Any]], A], handle: Handle[A], explain: Callable[[A, UserError], Outcome]
    ) -> Listener:
        async def listen(body: dict[str, Any], ack: AsyncAck, respond: AsyncRespond) -> None:
            arrival = read(body)
            outcome = await self._attend(arrival, handle, explain)
            await ack(outcome.ack) if outcome.ack else await ack()
            if outcome.form is not None or outcome.say is not None:
                self._later(self._then(arrival, outcome, respond))

        return listen

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)  # the loop itself holds only a weak reference
        task.add_done_callback(self._tasks.discard)

    async def _then(self, arrival: Arrival, outcome: Outcome, respond: AsyncRespond) -> None:
        say = outcome.say
        if outcome.form is not None:
            try:
                await self.slack.open_view(arrival.trigger_id, outcome.form)
            except SlackFailure as failure:
                say = self._form_failed(failure).as_answer()
        if say is not None:
            try:
                await respond(**say, replace_original=outcome.in_place)
            except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as failure:
                log.warning("a word after a click did not arrive: %s", failure)

    def _form_failed(self, failure: SlackFailure) -> Message:
        if isinstance(failure, Refused) and failure.is_late_trigger:
            return self.messages.message("form_late")
        fault = Fault()
        log.error("fault %s: a form did not open: %s", fault.reference, failure)
        return self.messages.message("sentence", sentence=fault.sentence)

    async def drain(self) -> None:
        """Wait for what is still being done after an acknowledgement."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _attend(self, arrival: A, handle: Handle[A], explain: Callable[[A, UserError], Outcome]) -> Outcome:
        now = self.clock.now()
        try:
            return await self._once(arrival, handle, now)
        except Denied as denied:
            await self.database.run(partial(_audit_refusal, now=now, arrival=arrival, denied=denied))
            return explain(arrival, denied)
        except UserError as error:
            return explain(arrival, error)
        except Exception:  # the one place where a fault of ours becomes an answer
            fault = Fault()
            log.exception("fault %s while answering %s", fault.reference, type(arrival).__name__)
            return explain(arrival, fault)

    async def _once(self, arrival: A, handle: Handle[A], now: datetime) -> Outcome:
        """Do it, unless it was done: then the first answer again.

        That it was done shows when its receipt cannot be inserted a second time, or when what it asks for is
        refused because the first delivery changed the record; only then is the receipt looked up.
        """
        identity = await self.directory.identify(arrival.user, arrival.home, now)

        def unit(session: Session) -> Outcome:
            actor = find_actor(session, identity)
            outcome = handle(Act(session, now, self.messages, actor.slack, actor), arrival)
            if outcome.keep:
                insert(
                    session,
                    Receipt,
                    key=arrival.key,
                    answer={"ack": outcome.ack, "say": outcome.say, "in_place": outcome.in_place},
                    at=now,
                )
            return outcome

        try:
            outcome = await self.database.run(unit)
            if outcome.question is None:
                return outcome
            handle = await self._asked(outcome.question)
            return await self.database.run(unit)
        except (UserError, IntegrityError) as failure:
            first = await self.database.run(lambda session: session.get(Receipt, arrival.key))
            if first is not None:
                return Outcome(**first.answer)
            if isinstance(failure, UserError):
                raise
        # Somebody else's act was first by an instant: what it changed can be seen now.
        return await self.database.run(unit)

    async def _asked(self, question: Question) -> Handle[A]:
        """What goes on with Slack's answer. NotAnswered if Slack could not say in time."""
        try:
            answer = await asyncio.wait_for(question.ask(self.slack), ASK_WITHIN.total_seconds())
        except (SlackFailure, TimeoutError) as failure:
            log.warning("a question to Slack was not answered: %s", failure)
            raise NotAnswered(failure) from failure
        return lambda act, _arrival: question.then(act, answer)

    def _again(self, act: Act, click: Click) -> Outcome:
        command = command_again(click)
        if command.name not in self._commands:
            raise NoSuchCommand
        return _as_click(self._commands[command.name](act, command))

    def _problem(self, command: Command, error: UserError) -> Outcome:
        if isinstance(error, SeveralContracts) and (offered := choices(command, error)):
            return Outcome(
                ack=self.messages.message("contract_choose", question=error.sentence, choices=offered).as_answer()
            )
        if isinstance(error, Denied):  # no example would help
            return Outcome(ack=self.messages.message("sentence", sentence=error.sentence).as_answer())
        typed = f"{command.name} {command.text}".strip()
        message = self.messages.message(
            "problem",
            sentence=error.sentence,
            typed=typed,
            command=command.name,
            example=self.messages.commands[command.name].example,
        )
        return Outcome(ack=message.as_answer())

    def _nothing_to_say(self, _event: Event, _error: UserError) -> Outcome:
        return Outcome()  # there is no answer to an event; what was refused is in the audit

    def _said(self, _click: Click, error: UserError) -> Outcome:
        return Outcome(say=self.messages.message("sentence", sentence=error.sentence).as_answer())

    def _under_field(self, submission: Submission, error: UserError) -> Outcome:
        block = error.field if error.field in submission.values else next(iter(submission.values), "")
        return Outcome(ack={"response_action": "errors", "errors": {block: error.sentence}})


def _as_click(outcome: Outcome) -> Outcome:
    """The outcome of a command that a button gave: its answer takes the place of the button's message."""
    asked = outcome.question
    again = asked and Question(asked.ask, lambda act, answer: _as_click(asked.then(act, answer)))
    return replace(outcome, ack={}, say=outcome.ack or None, in_place=True, question=again)


class NotAnswered(UserError):
    """Slack did not say what had to be known first."""

    def __init__(self, failure: BaseException) -> None:
        sentence = "Slack did not answer in time, so nothing was done. Try again in a minute."
        if isinstance(failure, Unsettled):
            sentence = (
                "Liaison cannot see this channel, so nothing was done. Type /invite @Liaison there, and try again."
            )
        elif isinstance(failure, Refused):
            sentence = f"Slack would not say what had to be known first ({failure}), so nothing was done."
        super().__init__(sentence)


class NoSuchCommand(UserError):
    """A button carries no command."""

    def __init__(self) -> None:
        super().__init__("This button no longer works, so nothing was done. Type the command again.")


class Fault(UserError):
    """A fault of ours: the log has what happened under a reference, and the person gets the reference."""

    def __init__(self) -> None:
        self.reference = secrets.token_hex(4)
        super().__init__(
            f"Something went wrong on our side and nothing was recorded. Try again; if it happens again, "
            f"give your Liaison administrator this reference: {self.reference}."
        )


def _audit_refusal(session: Session, now: datetime, arrival: Arrival, denied: Denied) -> None:
    audit.record(session, now, arrival.user, "refused", arrival.key.split()[0], reason=denied.reason)
