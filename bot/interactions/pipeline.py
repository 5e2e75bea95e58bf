"""Attending to what arrives: who is asking, one transaction with one service call, and what goes wrong as an answer."""

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Generic

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from bot import trail
from bot.clock import Clock
from bot.db import Database, insert, only_reads
from bot.delivery.directory import Directory
from bot.delivery.messages import Messages, View
from bot.delivery.slack import Slack, SlackFailure
from bot.domain.calendar import WorkingCalendar
from bot.errors import UserError
from bot.identity import Denied, Identity, Unknown, find_actor
from bot.interactions.error_responses import EDIT_CONFLICT, KEEP_THEIRS, Fault, NotAnswered
from bot.interactions.form_state import name_of, offered, opened, was_kept
from bot.interactions.payloads import Click, Request, Submission, is_stamped, stamped
from bot.interactions.response import A, Handle, Handler, Response, SlackQuery, Welcome
from bot.metrics import RequestMetrics
from bot.models import Receipt
from bot.services import drafts
from bot.services.unit_of_work import ActorContext, NewcomerContext

log = logging.getLogger(__name__)

Explain = Callable[[Messages, A, UserError], Response]


@dataclass(frozen=True)
class Route(Generic[A]):
    """How an arrival is answered: with an actor, where that fails, and for somebody who is not known."""

    handler: Handler[A]
    explain: Explain[A]
    welcome: Welcome[A] | None


@dataclass(frozen=True)
class _Step(Generic[A]):
    """One unit of work on the way to an answer."""

    handle: Handle[A]
    writes: bool


@dataclass(frozen=True)
class Pipeline:
    """Everything that it takes to answer."""

    database: Database
    clock: Clock
    calendar: WorkingCalendar
    messages: Messages
    directory: Directory
    slack: Slack
    answered: RequestMetrics

    async def answer(self, request: A, way: Route[A]) -> Response:
        """What goes back to who asked."""
        now, explain, begun, how = self.clock.now(), way.explain, time.perf_counter(), "done"
        try:
            return await self._once(request, way, now)
        except Denied as denied:
            how = "refused"
            await self.database.write(partial(_audit_refusal, now=now, request=request, denied=denied))
            return explain(self.messages, request, denied)
        except UserError as error:
            how = "explained"
            return explain(self.messages, request, error)
        except Exception:  # the one place where a fault of ours becomes an answer
            how = "fault"
            fault = Fault(kept=await self._kept(request, now))
            log.exception("fault %s while answering %s", fault.reference, type(request).__name__)
            return explain(self.messages, request, fault)
        finally:
            self.answered.note(type(request).__name__.lower(), how, time.perf_counter() - begun)

    async def _once(self, request: A, way: Route[A], now: datetime) -> Response:
        """Do it, unless it was done: then the first answer again.

        That it was done shows when its receipt cannot be inserted a second time, or when what it asks for is
        refused because the first delivery changed the record; only then is the receipt looked up. What only reads is
        done again.
        """
        identity = await self.directory.identify(request.user, request.home, now)

        async def unit(step: _Step[A]) -> Response:
            work = partial(self._unit, identity=identity, way=way, step=step, request=request, now=now)
            return await (self.database.write(work) if step.writes else self.database.read(work))

        step, again = _Step(way.handler.handle, way.handler.writes), False
        while True:
            try:
                response = await unit(step)
                following = await self._next(way, response)
            except (UserError, IntegrityError) as failure:
                may_be_done = step.writes or way.handler.then_writes
                first = await self._first_answer(request) if may_be_done else None
                if first is not None:
                    return first
                if isinstance(failure, UserError) or again:
                    raise
                again = True  # somebody else's act was first by an instant: what it changed can be seen now
            else:
                if following is None:
                    return response
                step = following

    async def _next(self, way: Route[A], response: Response) -> _Step[A] | None:
        """The step that follows: with Slack's answer, or in a write of its own. NotAnswered."""
        if response.question is not None:
            return _Step(await self._asked(response.question), way.handler.then_writes)
        further = response.further
        return None if further is None else _Step(lambda ctx, _arrival: further(ctx), writes=True)

    async def _first_answer(self, request: Request) -> Response | None:
        first = await self.database.read(lambda session: session.get(Receipt, request.key))
        return None if first is None else Response(**first.answer)

    def _unit(
        self, session: Session, identity: Identity, way: Route[A], step: _Step[A], request: A, now: datetime
    ) -> Response:
        """One unit of work. A write keeps its answer with the receipt."""
        response = self._answered(session, identity, way, step.handle, request, now)
        if step.writes and response.keep and response.further is None:
            kept = ("ack", "say", "in_place", "charts")
            answer = {name: getattr(response, name) for name in kept}
            insert(session, Receipt, key=request.key, answer=answer, at=now)
        return response

    def _answered(
        self, session: Session, identity: Identity, way: Route[A], handle: Handle[A], request: A, now: datetime
    ) -> Response:
        """What the handler gives for the person of the register, or the welcome for who is not in it. Unknown."""
        try:
            actor = find_actor(session, identity)
        except Unknown:
            if way.welcome is None:
                raise
            return way.welcome(
                NewcomerContext(session, now, self.calendar, self.messages, identity.user, identity), request
            )
        ctx = ActorContext(session, now, self.calendar, self.messages, actor.slack, actor)
        if isinstance(request, Submission):
            ctx = replace(ctx, since=request.since)
            if not only_reads(session):
                drafts.discard(ctx, *name_of(request.view))
            if request.values.get(EDIT_CONFLICT) == KEEP_THEIRS:
                return Response(further=_let_stand) if only_reads(session) else _let_stand(ctx)
        return _opening(ctx, request, handle(ctx, request))

    async def _kept(self, request: A, now: datetime) -> bool | None:
        """Keep what was typed in a form that a fault of ours did not take; whether that could be. None of no form."""
        if not isinstance(request, Submission):
            return None
        try:
            identity = await self.directory.identify(request.user, request.home, now)

            def unit(session: Session) -> None:
                actor = find_actor(session, identity)
                ctx = ActorContext(session, now, self.calendar, self.messages, actor.slack, actor)
                drafts.save(ctx, *name_of(request.view), request.values, since=request.since)

            await self.database.write(unit)
        except Exception:  # the same fault, as likely as not: what was typed stands in the form that is open
            log.exception("what %s typed was not kept", request.user)
            return False
        return True

    async def _asked(self, question: SlackQuery) -> Handle[A]:
        """What goes on with Slack's answer. NotAnswered if Slack could not say in time."""
        try:
            answer = await asyncio.wait_for(question.ask(self.slack), question.within.total_seconds())
        except (SlackFailure, TimeoutError) as failure:
            log.warning("a question to Slack was not answered: %s", failure)
            raise NotAnswered(failure) from failure
        return lambda ctx, _arrival: question.then(ctx, answer)


def _let_stand(ctx: ActorContext) -> Response:
    """The answer to who was shown what another did, and lets that stand."""
    return Response.shows(ctx.messages.view("forms/edit_conflict_kept"))


def _opening(ctx: ActorContext, request: Request, response: Response) -> Response:
    """The outcome, with the form that it opens, or turns into, as it is to be opened: where something was kept of it,
    the choice to go on with that is opened in its place, in a write of its own."""
    if response.form is not None and response.in_place and isinstance(request, Click) and request.since:
        return replace(
            response, form=stamped(response.form, request.since)
        )  # the same form, which shows something else
    view = response.form or response.ack.get("view")
    if not isinstance(view, dict) or is_stamped(view):
        return response
    form = opened(ctx, view)
    if response.offers and was_kept(ctx, form):
        return Response(further=lambda ctx: _with_form(response, offered(ctx, form)))
    return _with_form(response, form)


def _with_form(response: Response, view: View) -> Response:
    if response.form is not None:
        return replace(response, form=view)
    return replace(response, ack={**response.ack, "view": view})


def _audit_refusal(session: Session, now: datetime, request: Request, denied: Denied) -> None:
    trail.record(session, now, request.user, "refused", request.key.split()[0], reason=denied.reason)
