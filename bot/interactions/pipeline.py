"""The pipeline of a request: identify the person, run one transaction with one service call, and turn errors into
answers."""

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Generic, TypeVar

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session

from bot import trail
from bot.clock import Clock
from bot.db import Database, only_reads
from bot.delivery.directory import Directory, NotSeen, identify
from bot.delivery.messages import Messages
from bot.delivery.slack import Slack
from bot.delivery.slack_answers import SlackFailure
from bot.domain.calendar import WorkingCalendar
from bot.errors import UserError
from bot.exclusive import alone
from bot.identity import Denied, NotTheirs, Unknown, find_actor
from bot.interactions import receipts
from bot.interactions.error_responses import EDIT_CONFLICT, KEEP_THEIRS, fault_of_ours, not_answered
from bot.interactions.form_state import name_of, ready_to_open
from bot.interactions.payloads import Event, Request, Submission
from bot.interactions.refusals import Refusals
from bot.interactions.response import A, Handle, Handler, Response, SlackQuery, Welcome
from bot.interactions.time_limit import NEVER, TimeLimit, TooLate
from bot.lock_waits import bound_waiting, gave_up_waiting
from bot.log_context import current_reference
from bot.log_lines import facts
from bot.metrics import RequestMetrics
from bot.models import SlackUser
from bot.services import drafts
from bot.services.unit_of_work import ActorContext, NewcomerContext

T = TypeVar("T")
log = logging.getLogger(__name__)

Explain = Callable[[Messages, A, UserError], Response]


@dataclass(frozen=True)
class Route(Generic[A]):
    """How a request is answered: by a handler for an actor, on failure, and for a person who is not in the register."""

    handler: Handler[A]
    explain: Explain[A]
    welcome: Welcome[A] | None


@dataclass(frozen=True)
class _Step(Generic[A]):
    """One unit of work towards an answer."""

    handle: Handle[A]
    writes: bool


@dataclass(frozen=True)
class Pipeline:
    """Answers requests, with the dependencies for that."""

    database: Database
    clock: Clock
    calendar: WorkingCalendar
    messages: Messages
    directory: Directory
    slack: Slack
    answered: RequestMetrics
    refusals: Refusals = field(default_factory=Refusals)

    async def answer(self, request: A, route: Route[A], limit: TimeLimit = NEVER) -> Response:
        """The response to a request. Raises `TooLate` for an event that did not begin in time: Slack sends it again."""
        now, explain, begun, how = self.clock.now(), route.explain, time.perf_counter(), "done"
        try:
            return await self._once(request, route, now, limit)
        except (Denied, NotTheirs) as denied:
            how = "refused"
            if self.refusals.is_new(request, denied.reason, now):
                kind = request.key.partition(" ")[0]
                audited = partial(
                    trail.record, at=now, by=request.user, action="refused", subject=kind, reason=denied.reason
                )
                writing = asyncio.ensure_future(self.database.write(audited))
                if not await limit.passes(writing):
                    await writing  # whether it is kept must not go unnoticed
            return explain(self.messages, request, denied)
        except TooLate as late:
            how = "late"
            if isinstance(request, Event):
                raise
            return explain(self.messages, request, late)
        except UserError as error:
            how = "explained"
            return explain(self.messages, request, error)
        except Exception:  # the only place where a fault of ours becomes an answer
            how = "fault"
            log.exception("fault")
            kept = await self._save_draft(request, now, limit)
            return explain(self.messages, request, fault_of_ours(current_reference(), kept=kept))
        finally:
            kind, seconds = type(request).__name__.lower(), time.perf_counter() - begun
            self.answered.note(kind, how, seconds)
            log.info("answered", extra=facts(kind=kind, outcome=how, ms=round(seconds * 1000), user=request.user))

    async def _once(self, request: A, route: Route[A], now: datetime, limit: TimeLimit) -> Response:
        """Handle the request once: a repeated delivery gets the first answer again, and whoever types again what was
        just done is asked whether they mean it.

        A repetition shows when the receipt cannot be inserted a second time, or when the handler refuses because the
        first delivery changed the record; only then is the receipt looked up. A request that only reads runs again.
        """

        async def unit(step: _Step[A]) -> Response:
            def work(session: Session, answer: SlackUser | None) -> Response:
                return self._unit(session, answer, route, step, request, now, retried=again)

            return await self._knowing(request, now, work, limit, writes=step.writes)

        step, again = _Step(route.handler.handle, route.handler.writes), False
        while True:
            try:
                response = await unit(step)
                following = await self._next(request, route, response, now)
            except Unknown:  # whoever they were at the first delivery
                raise
            except (UserError, IntegrityError) as failure:
                may_be_done = step.writes or route.handler.then_writes
                first = await self._first_answer(request, now) if may_be_done else None
                if first is not None:
                    return first
                if isinstance(failure, UserError) or again:
                    raise
                again = True  # another was first by an instant, or typed the same before: a second try sees it
            else:
                if following is None:
                    return response
                step = following

    async def _next(self, request: A, route: Route[A], response: Response, now: datetime) -> _Step[A] | None:
        """The next step: with Slack's answer, in a write of its own, or after units of its own. Raises `UserError`."""
        if response.in_units is not None:
            done = await response.in_units(_Units(self, request, now))
            return _Step(lambda _ctx, _arrival: done, writes=True)
        if response.question is not None:
            return _Step(await self._ask_slack(response.question), route.handler.then_writes)
        further = response.further
        return None if further is None else _Step(lambda ctx, _arrival: further(ctx), writes=True)

    async def _first_answer(self, request: Request, now: datetime) -> Response | None:
        return await self.database.read(lambda session: receipts.find_answer(session, self.messages, request, now))

    async def _knowing(
        self,
        request: Request,
        now: datetime,
        unit: Callable[[Session, SlackUser | None], T],
        limit: TimeLimit,
        *,
        writes: bool,
    ) -> T:
        """Run a unit of work that identifies the person; Slack is asked about them first if it must be, and the unit
        gets the answer, so that what only reads waits for no write.

        Raises `Denied` if Slack does not answer, and `TooLate`.
        """
        database = self.database
        reads = database.read_in_turn if isinstance(request, Event) else database.read
        run = database.write if writes else reads

        async def once(answer: SlackUser | None) -> T:
            def whole(session: Session, begin: Callable[[], None]) -> T:
                begin()
                if limit is not NEVER:
                    bound_waiting(session)
                return unit(session, answer)

            try:
                return await limit.keep(lambda begin: run(partial(whole, begin=begin)))
            except OperationalError as failure:
                if gave_up_waiting(failure):
                    raise TooLate from failure
                raise

        try:
            return await once(None)
        except NotSeen:
            return await once(await self.directory.ask(request.user, now))

    def _unit(
        self,
        session: Session,
        answer: SlackUser | None,
        route: Route[A],
        step: _Step[A],
        request: A,
        now: datetime,
        *,
        retried: bool,
    ) -> Response:
        """Run one unit of work. A write stores its answer with the receipt."""
        response = self._handle(session, answer, route, step.handle, request, now)
        if step.writes and response.keep and response.further is None:
            receipts.store(session, request, response, now, retried=retried)
        return response

    def _handle(
        self, session: Session, answer: SlackUser | None, route: Route[A], handle: Handle[A], request: A, now: datetime
    ) -> Response:
        """The handler's response for the actor, or the welcome for a person who is not in the register. Raises
        `Unknown` or `NotSeen`."""
        identity = identify(session, request.user, request.home, now, answer)
        try:
            actor = find_actor(session, identity)
        except Unknown:
            if route.welcome is None:
                raise
            return route.welcome(
                NewcomerContext(session, now, self.calendar, self.messages, identity.user, identity), request
            )
        ctx = ActorContext(session, now, self.calendar, self.messages, actor.slack, actor)
        if isinstance(request, Submission):
            ctx = replace(ctx, since=request.since)
            if not only_reads(session):
                drafts.discard(ctx, *name_of(request.view))
            if request.values.get(EDIT_CONFLICT) == KEEP_THEIRS:
                return Response(further=_leave_unchanged) if only_reads(session) else _leave_unchanged(ctx)
        return ready_to_open(ctx, request, handle(ctx, request))

    async def _save_draft(self, request: A, now: datetime, limit: TimeLimit) -> bool | None:
        """Save the entries of a form that failed by a fault of ours as a draft: whether it worked, or None if the
        request is not a form."""
        if not isinstance(request, Submission):
            return None
        try:

            def unit(ctx: ActorContext) -> None:
                drafts.save(ctx, *name_of(request.view), request.values, since=request.since)

            await self.run(request, now, unit, limit, writes=True)
        except Exception:  # probably the same fault; the entries are still in the open form
            log.exception("what %s typed was not kept", request.user)
            return False
        return True

    async def run(
        self, request: Request, now: datetime, unit: Callable[[ActorContext], T], limit: TimeLimit, *, writes: bool
    ) -> T:
        """Run a unit of work of the person whose request this is. Raises `Unknown`, `Denied` and `TooLate`."""

        def whole(session: Session, answer: SlackUser | None) -> T:
            actor = find_actor(session, identify(session, request.user, request.home, now, answer))
            return unit(ActorContext(session, now, self.calendar, self.messages, actor.slack, actor))

        return await self._knowing(request, now, whole, limit, writes=writes)

    async def _ask_slack(self, question: SlackQuery) -> Handle[A]:
        """The handler that continues with Slack's answer. Raises `UserError` if Slack did not answer in time."""
        try:
            answer = await asyncio.wait_for(question.ask(self.slack), question.within.total_seconds())
        except (SlackFailure, TimeoutError) as failure:
            log.warning("a question to Slack was not answered: %s", failure)
            raise not_answered(failure) from failure
        return lambda ctx, _arrival: question.then(ctx, answer)


@dataclass(frozen=True)
class _Units:
    """See `ActorUnits`."""

    pipeline: Pipeline
    request: Request
    now: datetime

    async def read(self, unit: Callable[[ActorContext], T]) -> T:
        return await self.pipeline.run(self.request, self.now, unit, NEVER, writes=False)

    async def write(self, unit: Callable[[ActorContext], T]) -> T:
        return await self.pipeline.run(self.request, self.now, unit, NEVER, writes=True)

    def alone(self, what: str) -> AbstractAsyncContextManager[bool]:
        return alone(self.pipeline.database.engine, what)


def _leave_unchanged(ctx: ActorContext) -> Response:
    """The answer to a person who leaves somebody else's change in place."""
    return Response.shows(ctx.messages.view("forms/edit_conflict_kept"))
