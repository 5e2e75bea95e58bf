"""More time: somebody asks for a later day, the contract's manager (or who is above them) agrees or not, and the day
that it had is kept."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.access import Action, ContractFacts
from bot.domain.nudges import NudgeKind
from bot.domain.wording import format_date
from bot.errors import UserError
from bot.identity import Denied
from bot.models import (
    ActionItem,
    Audience,
    LineState,
    Milestone,
    MoreTime,
    Obligation,
    Organisation,
    OrganisationKind,
    Person,
    Report,
    Risk,
)
from bot.outbox import Draft
from bot.services.contracts import register
from bot.services.nudges import answers
from bot.services.nudges.answers import MOVABLE, Asked, NotThisWay
from bot.services.texts import kept_text
from bot.services.work import Act


class NotLater(UserError):
    """A day that was asked for is not after the one there is."""

    def __init__(self, due_on: date) -> None:
        super().__init__(f"Choose a day after {format_date(due_on)}, and not before tomorrow.", field="until")


class AskedAlready(UserError):
    """More time was asked for, and nobody has decided yet."""

    def __init__(self) -> None:
        super().__init__("More time was asked for already, and is to be decided. Nothing was changed.", field="answer")


class NobodyToDecide(UserError):
    """Nobody is above the one who asks."""

    def __init__(self) -> None:
        super().__init__(
            "Nobody can agree to more time: the contract has no other manager, head or senior owner.", field="answer"
        )


class DecidedAlready(UserError):
    """Somebody decided first."""

    def __init__(self, who: str, agreed: bool) -> None:
        super().__init__(f"{who} {'agreed' if agreed else 'did not agree'} already, so nothing was changed.")


@dataclass(frozen=True)
class Extension:
    """A wish for more time, as people read it."""

    row: MoreTime
    contract: ContractFacts
    asked_by: str
    decided_by: str = ""


def ask(act: Act, question: Asked, until: date, why: str) -> LineState:
    """Ask for a later day. NotThisWay, NotLater, AskedAlready, NobodyToDecide."""
    line = question.line
    if line.kind not in MOVABLE:
        raise NotThisWay
    if until <= max(line.due_on, act.today):
        raise NotLater(line.due_on)
    waits = (col(MoreTime.kind) == line.kind, col(MoreTime.subject_id) == line.subject_id)
    if act.session.scalar(select(MoreTime).where(*waits, col(MoreTime.decided_at).is_(None))) is not None:
        raise AskedAlready
    decider = answers.above(act, line.contract_id, act.actor.person_id)
    if decider is None:
        raise NobodyToDecide
    row = MoreTime(
        kind=line.kind,
        subject_id=line.subject_id,
        contract_id=line.contract_id,
        what=line.what,
        due_on=line.due_on,
        until=until,
        why=kept_text(why, what="why you need more time", at_most=300, field="why"),
        asked_by_id=act.actor.person_id,
        asked_at=act.now,
        to_decide_id=decider.id,
    )
    act.session.add(row)
    act.session.flush()
    message = act.messages.message("more_time", extension=Extension(row, question.contract, act.actor.name))
    act.enqueue(Draft(row.key, decider.slack, Audience.INTERNAL, message, "more time is asked for", line.contract_id))
    return answers.settle_asked_for_time(act, question, row.why)


def decide(act: Act, row_id: int, *, agreed: bool) -> Extension:
    """Agree, which moves the day, or not. Denied, DecidedAlready."""
    row = act.session.get(MoreTime, row_id, with_for_update=True)
    if row is None:
        raise NotThisWay
    contract = register.contract_by_id(act, row.contract_id, Action.SEE)
    if row.to_decide_id != act.actor.person_id:
        act.require(Action.ACCEPT_PROGRESS, contract)
        if row.asked_by_id == act.actor.person_id:
            raise Denied("Somebody else decides on what you asked for.", "may not decide on their own wish")
    if row.agreed is not None:
        raise DecidedAlready(act.session.get_one(Person, row.decided_by_id).name, row.agreed)
    row.agreed, row.decided_at, row.decided_by_id = agreed, act.now, act.actor.person_id
    if agreed:
        _move(act, row)
    act.record(
        "more time agreed" if agreed else "more time refused",
        row.what[:80],
        contract_id=row.contract_id,
        changes={"due": (format_date(row.due_on), format_date(row.until))} if agreed else None,
        why=row.why,
    )
    asker = act.session.get_one(Person, row.asked_by_id)
    extension = Extension(row, contract, asker.name, act.actor.name)
    act.replace(row.key, f"{row.key}-decided", act.messages.message("more_time", extension=extension), "it is decided")
    _tell_asker(act, extension, asker)
    return extension


def _tell_asker(act: Act, extension: Extension, asker: Person) -> None:
    ours = act.session.get_one(Organisation, asker.organisation_id).kind is OrganisationKind.DEPARTMENT
    message = act.messages.message("more_time_decided", extension=extension)
    audience = Audience.INTERNAL if ours else Audience.SHARED
    key, why = f"{extension.row.key}-told", "you asked for more time"
    act.enqueue(Draft(key, asker.slack, audience, message, why, extension.row.contract_id))


def _move(act: Act, row: MoreTime) -> None:
    """Give the record its new day. A rule that its day followed from no longer says anything."""
    key = row.subject_id
    match row.kind:
        case NudgeKind.REPORT:
            act.session.get_one(Report, key).due_on = row.until
        case NudgeKind.RISK_REVIEW:
            act.session.get_one(Risk, key).review_on = row.until
        case NudgeKind.ACTION:
            act.session.get_one(ActionItem, key).due_on = row.until
        case NudgeKind.OBLIGATION:
            obligation = act.session.get_one(Obligation, key)
            obligation.due_on, obligation.rule = row.until, ""
        case _:
            milestone = act.session.get_one(Milestone, key)
            milestone.due_on, milestone.rule = row.until, ""
