"""What a person answers to a line of their message: done, a day to be reminded on, or that it is not theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.access import ContractRef, Permission
from bot.db import by_key
from bot.delivery.messages import Message
from bot.delivery.outbox import OutgoingMessage
from bot.domain.reminders import RULES, ReminderKind, ReminderRule
from bot.errors import UserError
from bot.identity import Denied
from bot.models import (
    ActionItem,
    Audience,
    LineState,
    Milestone,
    Obligation,
    Person,
    Reminder,
    ReminderLine,
    ReminderSetting,
    Report,
    RoleName,
)
from bot.services.actions import actions
from bot.services.due.rules import rule_of
from bot.services.lookup import contracts as contract_lookup
from bot.services.reminders import recipients, reminders
from bot.services.text_validation import required_text
from bot.services.unit_of_work import ActorContext, UnitOfWork

SNOOZE_AT_MOST = timedelta(days=31)
ABOVE = (RoleName.CONTRACT_MANAGER, RoleName.HEAD, RoleName.SENIOR_OWNER)


class Answer(StrEnum):
    """What can be answered. The words are what the form offers."""

    NOW = "I do it now"
    DONE = "It is done"
    MORE_TIME = "I need more time"
    SNOOZE = "Remind me on a day"
    NOT_MINE = "This is not mine"


_WITH_A_FORM = frozenset({ReminderKind.REPORT, ReminderKind.RISK_REVIEW, ReminderKind.CONTACT})
_MILESTONES = frozenset({ReminderKind.MILESTONE, ReminderKind.DELIVERABLE, ReminderKind.RENEWAL})
_CAN_BE_DONE = _MILESTONES | {ReminderKind.OBLIGATION, ReminderKind.ACTION}
MOVABLE = _CAN_BE_DONE | {ReminderKind.REPORT, ReminderKind.RISK_REVIEW}


def _no_longer_open(state: LineState) -> UserError:
    """The line was answered, or what it asked for was done."""
    return UserError(f"Nothing waits for you here any more: {state}. Your message is up to date in a moment.")


def not_this_way() -> UserError:
    """An answer that does not fit what is due."""
    return UserError("That cannot be said of this. Choose another answer.", field="answer")


@dataclass(frozen=True)
class Asked:
    """A line that is to be answered: its rule says why it came, and `answers` are what can be said."""

    line: ReminderLine
    contract: ContractRef
    rule: ReminderRule
    is_own_rule: bool
    answers: Sequence[Answer]


def asked(ctx: ActorContext, key: str) -> Asked:
    """The line of a button, which is the actor's and open. NoLongerOpen, Denied."""
    line = by_key(ctx.session, ReminderLine, key, locked=True)
    if line is None:
        raise _no_longer_open(LineState.DONE)
    if ctx.session.get_one(Reminder, line.reminder_id).person_id != ctx.actor.person_id:
        raise Denied("This is addressed to somebody else, so nothing was done.", "not the person who was reminded")
    contract = contract_lookup.contract_facts(ctx.session, line.contract_id)
    _require(ctx, contract)
    if line.state is not LineState.OPEN:
        raise _no_longer_open(line.state)
    own = ctx.session.get(ReminderSetting, (line.contract_id, line.kind))
    return Asked(line, contract, rule_of(own) if own else RULES[line.kind], own is not None, _answers(line.kind))


def _require(ctx: ActorContext, contract: ContractRef) -> None:
    ctx.require(Permission.SEE, contract, Audience.INTERNAL if ctx.actor.is_department else Audience.SHARED)


def _answers(kind: ReminderKind) -> Sequence[Answer]:
    offered = {
        Answer.NOW: kind in _WITH_A_FORM,
        Answer.DONE: kind in _CAN_BE_DONE,
        Answer.MORE_TIME: kind in MOVABLE,
        Answer.SNOOZE: True,
        Answer.NOT_MINE: True,
    }
    return [answer for answer, fits in offered.items() if fits]


def report_asked_for(ctx: ActorContext, question: Asked) -> str:
    """The key of the report that a line asks for. Denied."""
    _require(ctx, question.contract)
    return ctx.session.get_one(Report, question.line.subject_id).public_id


def mark_done(ctx: ActorContext, question: Asked) -> LineState:
    """Note that it is done; of a partner's person, that they say so, which the contract's manager confirms."""
    line = question.line
    if Answer.DONE not in question.answers:
        raise not_this_way()
    if ctx.actor.is_department:
        _note_done(ctx, line)
        return _settle(ctx, line, LineState.DONE)
    message = ctx.messages.message("reminders/claimed", asked=question, by=ctx.actor.name, confirmed_by="")
    _tell_manager(ctx, question, message, f"reminder-claim-{line.id}", "somebody says that it is done")
    return _settle(ctx, line, LineState.CLAIMED)


def confirm(ctx: ActorContext, key: str) -> Asked:
    """Confirm what a partner's person said to be done. NoLongerOpen, Denied."""
    line = by_key(ctx.session, ReminderLine, key, locked=True)
    if line is None:
        raise _no_longer_open(LineState.DONE)
    contract = contract_lookup.contract_by_id(ctx, line.contract_id, Permission.ACCEPT_PROGRESS)
    if line.state is not LineState.CLAIMED:
        raise _no_longer_open(line.state)
    _note_done(ctx, line)
    _settle(ctx, line, LineState.DONE)
    question = Asked(line, contract, RULES[line.kind], False, ())
    message = ctx.messages.message(
        "reminders/claimed", asked=question, by=_name(ctx, line), confirmed_by=ctx.actor.name
    )
    ctx.replace(f"reminder-claim-{line.id}", f"reminder-claim-{line.id}-confirmed", message, "it was confirmed")
    return question


def snooze(ctx: ActorContext, question: Asked, until: date) -> LineState:
    """Remind the actor of it on a day and not before. UserError."""
    _require(ctx, question.contract)
    if not ctx.today < until <= ctx.today + SNOOZE_AT_MOST:
        raise UserError(f"Choose a day from tomorrow, and at most {SNOOZE_AT_MOST.days} days ahead.", field="until")
    recipients.snooze(ctx, ctx.actor.person_id, question.line.kind, question.line.subject_id, until)
    return _settle(ctx, question.line, LineState.SNOOZED)


def pass_on(ctx: ActorContext, question: Asked, why: str) -> LineState:
    """Tell the contract's manager, or whoever is above them, that it is not the actor's."""
    _require(ctx, question.contract)
    reason = required_text(why, what="why it is not yours", at_most=300, field="why")
    message = ctx.messages.message("reminders/passed_on", asked=question, by=ctx.actor.name, reason=reason)
    _tell_manager(ctx, question, message, f"reminder-passed-on-{question.line.id}", "it is not theirs, they say")
    return _settle(ctx, question.line, LineState.PASSED_ON, reason)


def settle_asked_for_time(ctx: ActorContext, question: Asked, why: str) -> LineState:
    """Note that more time was asked for. Denied."""
    _require(ctx, question.contract)
    return _settle(ctx, question.line, LineState.MORE_TIME, why)


def above(work: UnitOfWork, contract_id: int, asker_id: int) -> Person | None:
    """Who decides what somebody cannot decide alone: the contract's manager, or who is above them."""
    first = contract_lookup.person_in_role(work.session, contract_id, work.today, ABOVE[0])
    if first is not None and first.id != asker_id:
        return first
    return contract_lookup.person_in_role(work.session, contract_id, work.today, *ABOVE[1:])


def _tell_manager(ctx: ActorContext, question: Asked, message: Message, key: str, why: str) -> None:
    manager = above(ctx, question.contract.id, ctx.actor.person_id)
    if manager is None:
        return
    ctx.enqueue(OutgoingMessage(key, manager.slack, Audience.INTERNAL, message, why, question.contract.id))


def _note_done(ctx: ActorContext, line: ReminderLine) -> None:
    if line.kind is ReminderKind.ACTION:
        actions.close_action(ctx, ctx.session.get_one(ActionItem, line.subject_id).reference)
        return
    record: Milestone | Obligation | None
    if line.kind is ReminderKind.OBLIGATION:
        record = ctx.session.get(Obligation, line.subject_id, with_for_update=True)
    else:
        record = ctx.session.get(Milestone, line.subject_id, with_for_update=True)
    if record is not None and record.met_on is None:
        record.met_on = ctx.today
        ctx.record(f"{line.kind} met", record.name[:80], contract_id=line.contract_id)


def _settle(ctx: ActorContext, line: ReminderLine, state: LineState, why: str = "") -> LineState:
    line.state = state
    ctx.record("reminder answered", line.what[:80], contract_id=line.contract_id, why=why, answer=state.value)
    ctx.session.flush()
    reminders.update_message(ctx, ctx.session.get_one(Reminder, line.reminder_id))
    return state


def _name(ctx: ActorContext, line: ReminderLine) -> str:
    return ctx.session.get_one(Person, ctx.session.get_one(Reminder, line.reminder_id).person_id).name
