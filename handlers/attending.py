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

from bot import audit
from bot.clock import Clock
from bot.db import Database, insert
from bot.directory import Directory
from bot.errors import UserError
from bot.identity import Denied, Identity, Unknown, find_actor
from bot.messages import Messages
from bot.metrics import Answered
from bot.models import Receipt
from bot.services import kept_forms
from bot.services.work import Act, Newcomer
from bot.slack import Slack, SlackFailure
from handlers.arrivals import Arrival, Click, Submission, stamped
from handlers.explaining import CROSSING, THEIRS, Fault, NotAnswered
from handlers.filling import name_of, opened
from handlers.outcome import A, Handle, Outcome, Question, Welcome

log = logging.getLogger(__name__)

Explain = Callable[[Messages, A, UserError], Outcome]


@dataclass(frozen=True)
class Way(Generic[A]):
    """How a kind of arrival is answered: with an actor, where that fails, and for somebody who is not known."""

    handle: Handle[A]
    explain: Explain[A]
    welcome: Welcome[A] | None


@dataclass(frozen=True)
class Attendant:
    """Everything that it takes to answer."""

    database: Database
    clock: Clock
    messages: Messages
    directory: Directory
    slack: Slack
    answered: Answered

    async def attend(self, arrival: A, way: Way[A]) -> Outcome:
        """What goes back to who asked."""
        now, explain, begun, how = self.clock.now(), way.explain, time.perf_counter(), "done"
        try:
            return await self._once(arrival, way, now)
        except Denied as denied:
            how = "refused"
            await self.database.run(partial(_audit_refusal, now=now, arrival=arrival, denied=denied))
            return explain(self.messages, arrival, denied)
        except UserError as error:
            how = "explained"
            return explain(self.messages, arrival, error)
        except Exception:  # the one place where a fault of ours becomes an answer
            how = "fault"
            fault = Fault(kept=await self._kept(arrival, now))
            log.exception("fault %s while answering %s", fault.reference, type(arrival).__name__)
            return explain(self.messages, arrival, fault)
        finally:
            self.answered.note(type(arrival).__name__.lower(), how, time.perf_counter() - begun)

    async def _once(self, arrival: A, way: Way[A], now: datetime) -> Outcome:
        """Do it, unless it was done: then the first answer again.

        That it was done shows when its receipt cannot be inserted a second time, or when what it asks for is
        refused because the first delivery changed the record; only then is the receipt looked up.
        """
        identity = await self.directory.identify(arrival.user, arrival.home, now)
        handle = way.handle

        def unit(session: Session) -> Outcome:
            outcome = self._answered(session, identity, replace(way, handle=handle), arrival, now)
            if outcome.keep:
                kept = ("ack", "say", "in_place", "charts")
                answer = {name: getattr(outcome, name) for name in kept}
                insert(session, Receipt, key=arrival.key, answer=answer, at=now)
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

    def _answered(self, session: Session, identity: Identity, way: Way[A], arrival: A, now: datetime) -> Outcome:
        """What the handler gives for the person of the register, or the welcome for who is not in it. Unknown."""
        try:
            actor = find_actor(session, identity)
        except Unknown:
            if way.welcome is None:
                raise
            return way.welcome(Newcomer(session, now, self.messages, identity.user, identity), arrival)
        act = Act(session, now, self.messages, actor.slack, actor)
        if isinstance(arrival, Submission):
            act = replace(act, since=arrival.since)
            kept_forms.forget(act, *name_of(arrival.view))
            if arrival.values.get(CROSSING) == THEIRS:  # who was shown what another did, and lets that stand
                return Outcome.shows(act.messages.view("crossing_kept"))
        return _opening(act, arrival, way.handle(act, arrival))

    async def _kept(self, arrival: A, now: datetime) -> bool | None:
        """Keep what was typed in a form that a fault of ours did not take; whether that could be. None of no form."""
        if not isinstance(arrival, Submission):
            return None
        try:
            identity = await self.directory.identify(arrival.user, arrival.home, now)

            def unit(session: Session) -> None:
                actor = find_actor(session, identity)
                act = Act(session, now, self.messages, actor.slack, actor)
                kept_forms.keep(act, *name_of(arrival.view), arrival.values, since=arrival.since)

            await self.database.run(unit)
        except Exception:  # the same fault, as likely as not: what was typed stands in the form that is open
            log.exception("what %s typed was not kept", arrival.user)
            return False
        return True

    async def _asked(self, question: Question) -> Handle[A]:
        """What goes on with Slack's answer. NotAnswered if Slack could not say in time."""
        try:
            answer = await asyncio.wait_for(question.ask(self.slack), question.within.total_seconds())
        except (SlackFailure, TimeoutError) as failure:
            log.warning("a question to Slack was not answered: %s", failure)
            raise NotAnswered(failure) from failure
        return lambda act, _arrival: question.then(act, answer)


def _opening(act: Act, arrival: Arrival, outcome: Outcome) -> Outcome:
    """The outcome, with the form that it opens, or turns into, as it is to be opened."""
    if outcome.form is not None and outcome.in_place and isinstance(arrival, Click) and arrival.since:
        return replace(outcome, form=stamped(outcome.form, arrival.since))  # the same form, which shows something else
    if outcome.form is not None:
        return replace(outcome, form=opened(act, outcome.form, offers=outcome.offers))
    if isinstance(view := outcome.ack.get("view"), dict):
        return replace(outcome, ack={**outcome.ack, "view": opened(act, view, offers=outcome.offers)})
    return outcome


def _audit_refusal(session: Session, now: datetime, arrival: Arrival, denied: Denied) -> None:
    audit.record(session, now, arrival.user, "refused", arrival.key.split()[0], reason=denied.reason)
