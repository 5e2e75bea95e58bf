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
from bot.db import Database, insert
from bot.delivery.directory import Directory
from bot.delivery.messages import Messages
from bot.delivery.slack import Slack, SlackFailure
from bot.errors import UserError
from bot.identity import Denied, Identity, Unknown, find_actor
from bot.interactions.error_responses import EDIT_CONFLICT, KEEP_THEIRS, Fault, NotAnswered
from bot.interactions.form_state import name_of, opened
from bot.interactions.payloads import Click, Request, Submission, stamped
from bot.interactions.response import A, Handle, Response, SlackQuery, Welcome
from bot.metrics import RequestMetrics
from bot.models import Receipt
from bot.services import drafts
from bot.services.unit_of_work import ActorContext, NewcomerContext

log = logging.getLogger(__name__)

Explain = Callable[[Messages, A, UserError], Response]


@dataclass(frozen=True)
class Route(Generic[A]):
    """How a kind of arrival is answered: with an actor, where that fails, and for somebody who is not known."""

    handle: Handle[A]
    explain: Explain[A]
    welcome: Welcome[A] | None


@dataclass(frozen=True)
class Pipeline:
    """Everything that it takes to answer."""

    database: Database
    clock: Clock
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
        refused because the first delivery changed the record; only then is the receipt looked up.
        """
        identity = await self.directory.identify(request.user, request.home, now)
        handle = way.handle

        def unit(session: Session) -> Response:
            response = self._answered(session, identity, replace(way, handle=handle), request, now)
            if response.keep:
                kept = ("ack", "say", "in_place", "charts")
                answer = {name: getattr(response, name) for name in kept}
                insert(session, Receipt, key=request.key, answer=answer, at=now)
            return response

        try:
            response = await self.database.write(unit)
            if response.question is None:
                return response
            handle = await self._asked(response.question)
            return await self.database.write(unit)
        except (UserError, IntegrityError) as failure:
            first = await self.database.read(lambda session: session.get(Receipt, request.key))
            if first is not None:
                return Response(**first.answer)
            if isinstance(failure, UserError):
                raise
        # Somebody else's act was first by an instant: what it changed can be seen now.
        return await self.database.write(unit)

    def _answered(self, session: Session, identity: Identity, way: Route[A], request: A, now: datetime) -> Response:
        """What the handler gives for the person of the register, or the welcome for who is not in it. Unknown."""
        try:
            actor = find_actor(session, identity)
        except Unknown:
            if way.welcome is None:
                raise
            return way.welcome(NewcomerContext(session, now, self.messages, identity.user, identity), request)
        ctx = ActorContext(session, now, self.messages, actor.slack, actor)
        if isinstance(request, Submission):
            ctx = replace(ctx, since=request.since)
            drafts.forget(ctx, *name_of(request.view))
            if request.values.get(EDIT_CONFLICT) == KEEP_THEIRS:  # who was shown what another did, and lets that stand
                return Response.shows(ctx.messages.view("forms/edit_conflict_kept"))
        return _opening(ctx, request, way.handle(ctx, request))

    async def _kept(self, request: A, now: datetime) -> bool | None:
        """Keep what was typed in a form that a fault of ours did not take; whether that could be. None of no form."""
        if not isinstance(request, Submission):
            return None
        try:
            identity = await self.directory.identify(request.user, request.home, now)

            def unit(session: Session) -> None:
                actor = find_actor(session, identity)
                ctx = ActorContext(session, now, self.messages, actor.slack, actor)
                drafts.keep(ctx, *name_of(request.view), request.values, since=request.since)

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


def _opening(ctx: ActorContext, request: Request, response: Response) -> Response:
    """The outcome, with the form that it opens, or turns into, as it is to be opened."""
    if response.form is not None and response.in_place and isinstance(request, Click) and request.since:
        return replace(
            response, form=stamped(response.form, request.since)
        )  # the same form, which shows something else
    if response.form is not None:
        return replace(response, form=opened(ctx, response.form, offers=response.offers))
    if isinstance(view := response.ack.get("view"), dict):
        return replace(response, ack={**response.ack, "view": opened(ctx, view, offers=response.offers)})
    return response


def _audit_refusal(session: Session, now: datetime, request: Request, denied: Denied) -> None:
    trail.record(session, now, request.user, "refused", request.key.split()[0], reason=denied.reason)
