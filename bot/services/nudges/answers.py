"""What a person answers to a line of their message: done, a day to be reminded on, or that it is not theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from bot.access import Action, ContractFacts
from bot.domain.nudges import RULES, NudgeKind, NudgeRule
from bot.errors import UserError
from bot.identity import Denied
from bot.models import (
    ActionItem,
    Audience,
    LineState,
    Milestone,
    Nudge,
    NudgeLine,
    NudgeSetting,
    Obligation,
    Person,
    RoleName,
)
from bot.outbox import Draft
from bot.services.actions import actions
from bot.services.contracts import register
from bot.services.nudges import reminders, snoozes
from bot.services.nudges.rules import rule_of
from bot.services.texts import kept_text
from bot.services.work import Act, Work

SNOOZE_AT_MOST = timedelta(days=31)
ABOVE = (RoleName.CONTRACT_MANAGER, RoleName.HEAD, RoleName.SENIOR_OWNER)


class Answer(StrEnum):
    """What can be answered. The words are what the form offers."""

    NOW = "I do it now"
    DONE = "It is done"
    MORE_TIME = "I need more time"
    SNOOZE = "Remind me on a day"
    NOT_MINE = "This is not mine"


_WITH_A_FORM = frozenset({NudgeKind.REPORT, NudgeKind.RISK_REVIEW, NudgeKind.CONTACT})
_MILESTONES = frozenset({NudgeKind.MILESTONE, NudgeKind.DELIVERABLE, NudgeKind.RENEWAL})
_CAN_BE_DONE = _MILESTONES | {NudgeKind.OBLIGATION, NudgeKind.ACTION}
MOVABLE = _CAN_BE_DONE | {NudgeKind.REPORT, NudgeKind.RISK_REVIEW}


class NoLongerOpen(UserError):
    """The line was answered, or what it asked for was done."""

    def __init__(self, state: LineState) -> None:
        super().__init__(f"Nothing waits for you here any more: {state}. Your message is up to date in a moment.")


class NotThisWay(UserError):
    """An answer that does not fit what is due."""

    def __init__(self) -> None:
        super().__init__("That cannot be said of this. Choose another answer.", field="answer")


class NotADayToWake(UserError):
    """A day to be reminded on is today, has gone, or is too far ahead."""

    def __init__(self) -> None:
        super().__init__(f"Choose a day from tomorrow, and at most {SNOOZE_AT_MOST.days} days ahead.", field="until")


@dataclass(frozen=True)
class Asked:
    """A line that is to be answered: its rule says why it came, and `answers` are what can be said."""

    line: NudgeLine
    contract: ContractFacts
    rule: NudgeRule
    is_own_rule: bool
    answers: Sequence[Answer]


def asked(act: Act, line_id: int) -> Asked:
    """The line of a button, which is the actor's and open. NoLongerOpen, Denied."""
    line = act.session.get(NudgeLine, line_id, with_for_update=True)
    if line is None:
        raise NoLongerOpen(LineState.DONE)
    if act.session.get_one(Nudge, line.nudge_id).person_id != act.actor.person_id:
        raise Denied("This is addressed to somebody else, so nothing was done.", "not the person who was reminded")
    contract = register.contract_facts(act.session, line.contract_id)
    _require(act, contract)
    if line.state is not LineState.OPEN:
        raise NoLongerOpen(line.state)
    own = act.session.get(NudgeSetting, (line.contract_id, line.kind))
    return Asked(line, contract, rule_of(own) if own else RULES[line.kind], own is not None, _answers(line.kind))


def _require(act: Act, contract: ContractFacts) -> None:
    act.require(Action.SEE, contract, Audience.INTERNAL if act.actor.is_department else Audience.SHARED)


def _answers(kind: NudgeKind) -> Sequence[Answer]:
    offered = {
        Answer.NOW: kind in _WITH_A_FORM,
        Answer.DONE: kind in _CAN_BE_DONE,
        Answer.MORE_TIME: kind in MOVABLE,
        Answer.SNOOZE: True,
        Answer.NOT_MINE: True,
    }
    return [answer for answer, fits in offered.items() if fits]


def mark_done(act: Act, question: Asked) -> LineState:
    """Note that it is done; of a partner's person, that they say so, which the contract's manager confirms."""
    line = question.line
    if Answer.DONE not in question.answers:
        raise NotThisWay
    if act.actor.is_department:
        _note_done(act, line)
        return _settle(act, line, LineState.DONE)
    _tell_manager(act, question, "nudge_claimed", f"nudge-claim-{line.id}", "somebody says that it is done", "")
    return _settle(act, line, LineState.CLAIMED)


def confirm(act: Act, line_id: int) -> Asked:
    """Confirm what a partner's person said to be done. NoLongerOpen, Denied."""
    line = act.session.get(NudgeLine, line_id, with_for_update=True)
    if line is None:
        raise NoLongerOpen(LineState.DONE)
    contract = register.contract_by_id(act, line.contract_id, Action.ACCEPT_PROGRESS)
    if line.state is not LineState.CLAIMED:
        raise NoLongerOpen(line.state)
    _note_done(act, line)
    _settle(act, line, LineState.DONE)
    question = Asked(line, contract, RULES[line.kind], False, ())
    message = act.messages.message("nudge_claimed", asked=question, by=_name(act, line), confirmed_by=act.actor.name)
    act.replace(f"nudge-claim-{line.id}", f"nudge-claim-{line.id}-confirmed", message, "it was confirmed")
    return question


def snooze(act: Act, question: Asked, until: date) -> LineState:
    """Remind the actor of it on a day and not before. NotADayToWake."""
    _require(act, question.contract)
    if not act.today < until <= act.today + SNOOZE_AT_MOST:
        raise NotADayToWake
    snoozes.snooze(act, act.actor.person_id, question.line.kind, question.line.subject_id, until)
    return _settle(act, question.line, LineState.SNOOZED)


def pass_on(act: Act, question: Asked, why: str) -> LineState:
    """Tell the contract's manager, or whoever is above them, that it is not the actor's."""
    _require(act, question.contract)
    reason = kept_text(why, what="why it is not yours", at_most=300, field="why")
    _tell_manager(
        act, question, "nudge_passed_on", f"nudge-passed-on-{question.line.id}", "it is not theirs, they say", reason
    )
    return _settle(act, question.line, LineState.PASSED_ON, reason)


def settle_asked_for_time(act: Act, question: Asked, why: str) -> LineState:
    """Note that more time was asked for. Denied."""
    _require(act, question.contract)
    return _settle(act, question.line, LineState.MORE_TIME, why)


def above(work: Work, contract_id: int, asker_id: int) -> Person | None:
    """Who decides what somebody cannot decide alone: the contract's manager, or who is above them."""
    first = register.person_in_role(work.session, contract_id, work.today, ABOVE[0])
    if first is not None and first.id != asker_id:
        return first
    return register.person_in_role(work.session, contract_id, work.today, *ABOVE[1:])


def _tell_manager(act: Act, question: Asked, template: str, key: str, why: str, reason: str) -> None:
    manager = above(act, question.contract.id, act.actor.person_id)
    if manager is None:
        return
    context = {"confirmed_by": ""} if template == "nudge_claimed" else {"reason": reason}
    message = act.messages.message(template, asked=question, by=act.actor.name, **context)
    act.enqueue(Draft(key, manager.slack, Audience.INTERNAL, message, why, question.contract.id))


def _note_done(act: Act, line: NudgeLine) -> None:
    if line.kind is NudgeKind.ACTION:
        actions.close_action(act, act.session.get_one(ActionItem, line.subject_id).reference)
        return
    record: Milestone | Obligation | None
    if line.kind is NudgeKind.OBLIGATION:
        record = act.session.get(Obligation, line.subject_id, with_for_update=True)
    else:
        record = act.session.get(Milestone, line.subject_id, with_for_update=True)
    if record is not None and record.met_on is None:
        record.met_on = act.today
        act.record(f"{line.kind} met", record.name[:80], contract_id=line.contract_id)


def _settle(act: Act, line: NudgeLine, state: LineState, why: str = "") -> LineState:
    line.state = state
    act.record("reminder answered", line.what[:80], contract_id=line.contract_id, why=why, answer=state.value)
    act.session.flush()
    reminders.update_message(act, act.session.get_one(Nudge, line.nudge_id))
    return state


def _name(act: Act, line: NudgeLine) -> str:
    return act.session.get_one(Person, act.session.get_one(Nudge, line.nudge_id).person_id).name
