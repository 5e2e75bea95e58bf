"""Answering a line of a reminder: it is done, remind me on another day, or it is not mine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.access import ContractRef, Permission
from bot.db import by_key
from bot.delivery.messages import Message
from bot.delivery.outbox import OutgoingMessage
from bot.domain.reminders import ReminderRule
from bot.domain.text_validation import required_text
from bot.errors import UserError
from bot.identity import Denied
from bot.models import (
    Audience,
    LineState,
    Person,
    Reminder,
    ReminderLine,
    ReminderSetting,
    RoleName,
)
from bot.services.due.open_items import still_open
from bot.services.due.rules import rule_of
from bot.services.due.source import DueItem, DueSource
from bot.services.due.sources import source_of
from bot.services.lookup import contracts as contract_lookup
from bot.services.reminders import recipients, reminders
from bot.services.reminders.provisional_lines import mark_provisional
from bot.services.unit_of_work import ActorContext, UnitOfWork

LONGEST_SNOOZE = timedelta(days=31)
DECIDERS = (RoleName.CONTRACT_MANAGER, RoleName.HEAD, RoleName.SENIOR_OWNER)


class Answer(StrEnum):
    """The answers to a line, in the words of the form."""

    NOW = "Do it now"
    DONE = "It is done"
    MORE_TIME = "I need more time"
    SNOOZE = "Remind me on another day"
    NOT_MINE = "This is not mine"


def _no_longer_open(state: LineState) -> UserError:
    """The line was answered, or what it asked for was done."""
    return UserError(f"You have nothing more to do here: {state}. Your message will update in a moment.")


def not_this_way() -> UserError:
    """An answer that does not fit what is due."""
    return UserError("That answer does not fit this item. Choose another.", field="answer")


@dataclass(frozen=True)
class LineDetails:
    """A line of a reminder with its contract, the rule that caused it, the answers that it allows, and the key of
    its record in buttons."""

    line: ReminderLine
    contract: ContractRef
    rule: ReminderRule
    is_own_rule: bool = False
    answers: Sequence[Answer] = ()
    key: str = ""

    @property
    def pass_on(self) -> str:
        """The command that gives it to somebody else; "" if it goes to who holds the role."""
        command = source_of(self.line.kind).pass_on
        return command(self.line.subject_id) if command else ""

    @property
    def is_done_in_form(self) -> bool:
        """Whether a form asks when it was done, and what shows it."""
        form = source_of(self.line.kind).form
        return form is not None and form.says_done

    @property
    def can_take_longer(self) -> bool:
        """Whether more time can be asked for."""
        return Answer.MORE_TIME in self.answers


def line_to_answer(ctx: ActorContext, key: str) -> LineDetails:
    """The open line of the actor that a button names. Raises `UserError` or `Denied`."""
    line = by_key(ctx.session, ReminderLine, key, locked=True)
    if line is None:
        raise _no_longer_open(LineState.DONE)
    if ctx.session.get_one(Reminder, line.reminder_id).person_id != ctx.actor.person_id:
        raise Denied("This is addressed to somebody else, so nothing was done.", "not the person who was reminded")
    contract = contract_lookup.contract_facts(ctx.session, line.contract_id)
    _require(ctx, contract)
    if line.state is not LineState.OPEN:
        raise _no_longer_open(line.state)
    source = source_of(line.kind)
    item = next(iter(still_open(ctx, line.kind, [line.subject_id])), None)
    if item is None:
        raise _no_longer_open(LineState.DONE)
    mark_provisional(ctx, [line])
    own = ctx.session.get(ReminderSetting, (line.contract_id, line.kind))
    return LineDetails(
        line, contract, rule_of(own) if own else source.rule, own is not None, _answers(source, item), item.key
    )


def _require(ctx: ActorContext, contract: ContractRef) -> None:
    ctx.require(Permission.SEE, contract, Audience.INTERNAL if ctx.actor.is_department else Audience.SHARED)


def _answers(source: DueSource, item: DueItem) -> Sequence[Answer]:
    says_done = source.form is not None and source.form.says_done
    offered = {
        Answer.NOW: source.form is not None and not says_done,
        Answer.DONE: source.complete is not None or says_done,
        Answer.MORE_TIME: source.move is not None and item.is_movable,
        Answer.SNOOZE: True,
        Answer.NOT_MINE: True,
    }
    return [answer for answer, fits in offered.items() if fits]


def mark_done(ctx: ActorContext, details: LineDetails) -> LineState:
    """Mark what the line asks for as done; a partner's person only claims it, and the contract manager confirms."""
    _require(ctx, details.contract)
    line = details.line
    if Answer.DONE not in details.answers:
        raise not_this_way()
    if ctx.actor.is_department:
        _complete(ctx, line)
        return _record_answer(ctx, line, LineState.DONE)
    message = ctx.messages.message("reminders/claimed", details=details, by=ctx.actor.name, confirmed_by="")
    _tell_manager(ctx, details, message, f"reminder-claim-{line.id}", "somebody says that it is done")
    return _record_answer(ctx, line, LineState.CLAIMED)


def confirm(ctx: ActorContext, key: str) -> LineDetails:
    """Confirm that what a partner's person claimed is done. Raises `UserError` or `Denied`."""
    line = by_key(ctx.session, ReminderLine, key, locked=True)
    if line is None:
        raise _no_longer_open(LineState.DONE)
    contract = contract_lookup.contract_by_id(ctx, line.contract_id, Permission.ACCEPT_PROGRESS)
    if line.state is not LineState.CLAIMED:
        raise _no_longer_open(line.state)
    mark_provisional(ctx, [line])
    _complete(ctx, line)
    _record_answer(ctx, line, LineState.DONE)
    details = LineDetails(line, contract, source_of(line.kind).rule)
    message = ctx.messages.message(
        "reminders/claimed", details=details, by=_name(ctx, line), confirmed_by=ctx.actor.name
    )
    ctx.replace(f"reminder-claim-{line.id}", f"reminder-claim-{line.id}-confirmed", message, "it was confirmed")
    return details


def snooze(ctx: ActorContext, details: LineDetails, until: date) -> LineState:
    """Remind the actor of it again on this day, and not before. Raises `UserError` or `Denied`."""
    _require(ctx, details.contract)
    if not ctx.today < until <= ctx.today + LONGEST_SNOOZE:
        raise UserError(f"Choose a day from tomorrow, and at most {LONGEST_SNOOZE.days} days ahead.", field="until")
    recipients.snooze(ctx, ctx.actor.person_id, details.line.kind, details.line.subject_id, until)
    return _record_answer(ctx, details.line, LineState.SNOOZED)


def pass_on(ctx: ActorContext, details: LineDetails, why: str) -> LineState:
    """Tell the contract manager, or the next person above, that it is not the actor's. Raises `UserError` or
    `Denied`."""
    _require(ctx, details.contract)
    reason = required_text(why, what="why it is not yours", at_most=300, field="why")
    message = ctx.messages.message("reminders/passed_on", details=details, by=ctx.actor.name, reason=reason)
    _tell_manager(ctx, details, message, f"reminder-passed-on-{details.line.id}", "it is not theirs, they say")
    return _record_answer(ctx, details.line, LineState.PASSED_ON, reason)


def record_more_time_request(ctx: ActorContext, details: LineDetails, why: str) -> LineState:
    """Answer the line with the request for more time. Raises `Denied`."""
    _require(ctx, details.contract)
    return _record_answer(ctx, details.line, LineState.MORE_TIME, why)


def decider_for(work: UnitOfWork, contract_id: int, requester_id: int) -> Person | None:
    """The person who decides on a request: the contract manager, or the next person above if they made it."""
    first = contract_lookup.person_in_role(work.session, contract_id, work.today, DECIDERS[0])
    if first is not None and first.id != requester_id:
        return first
    return contract_lookup.person_in_role(work.session, contract_id, work.today, *DECIDERS[1:])


def _tell_manager(ctx: ActorContext, details: LineDetails, message: Message, key: str, why: str) -> None:
    manager = decider_for(ctx, details.contract.id, ctx.actor.person_id)
    if manager is None:
        return
    ctx.enqueue(OutgoingMessage(key, manager.slack, Audience.INTERNAL, message, why, details.contract.id))


def _complete(ctx: ActorContext, line: ReminderLine) -> None:
    complete = source_of(line.kind).complete
    if complete is None:
        raise not_this_way()
    complete(ctx, line.subject_id)


def _record_answer(ctx: ActorContext, line: ReminderLine, state: LineState, why: str = "") -> LineState:
    line.state = state
    ctx.record("reminder answered", line.what[:80], contract_id=line.contract_id, why=why, answer=state.value)
    ctx.session.flush()
    reminders.update_message(ctx, ctx.session.get_one(Reminder, line.reminder_id))
    return state


def _name(ctx: ActorContext, line: ReminderLine) -> str:
    return ctx.session.get_one(Person, ctx.session.get_one(Reminder, line.reminder_id).person_id).name
