"""More time: somebody asks for a later day, and the contract manager, or the next person above, decides.

The request keeps the earlier day.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef, Permission
from bot.db import by_key
from bot.delivery.outbox import OutgoingMessage
from bot.domain.due_kinds import DueKind
from bot.domain.text_validation import required_text
from bot.domain.wording import format_date
from bot.errors import UserError
from bot.identity import Denied
from bot.models import (
    Audience,
    LineState,
    MoreTime,
    Organisation,
    Party,
    Person,
    Reminder,
    ReminderLine,
)
from bot.scopes import on_contract
from bot.services.due.open_items import open_items, still_open
from bot.services.due.selection import DueBetween
from bot.services.due.sources import source_of
from bot.services.lookup import contracts as contract_lookup
from bot.services.progress import prompting
from bot.services.reminders import answers, reminders
from bot.services.reminders.answers import Answer, LineDetails, not_this_way
from bot.services.unit_of_work import ActorContext, UnitOfWork

PROMPTS: Mapping[DueKind, Callable[[UnitOfWork, int], None]] = {DueKind.REPORT: prompting.update_prompt}
"""What brings the message up to date that asked the partner for something, by the kind of what is due."""


@dataclass(frozen=True)
class Extension:
    """A request for more time, for display."""

    row: MoreTime
    contract: ContractRef
    asked_by: str
    decided_by: str = ""


def ask(ctx: ActorContext, details: LineDetails, until: date, why: str) -> LineState:
    """Ask for a later day for a line of a reminder. Raises `UserError`."""
    line = details.line
    if Answer.MORE_TIME not in details.answers:
        raise not_this_way()
    row = _request(ctx, Wanted(line.kind, line.subject_id, line.what, line.due_on), details.contract, until, why)
    return answers.record_more_time_request(ctx, details, row.why)


@dataclass(frozen=True)
class Wanted:
    """What more time is asked for."""

    kind: DueKind
    subject_id: int
    what: str
    due_on: date

    @property
    def name(self) -> str:
        """Its name in a form, which fits nothing else."""
        said = f"{self.kind} {self.subject_id} {self.due_on} {self.what}"
        return hashlib.sha256(said.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class MoreTimeForm:
    """The form in which a partner's person asks for more time: what their side owes on a contract and can be moved."""

    contract: ContractRef
    wanted: Sequence[Wanted]


def form_for(ctx: ActorContext, key: str) -> MoreTimeForm:
    """The form for the contract that a button names. Raises `UserError` or `Denied`."""
    contract = contract_lookup.contract_by_key(ctx, key, Permission.REPORT_PROGRESS, Audience.SHARED)
    found = open_items(ctx, on_contract(contract.id), DueBetween(), Audience.SHARED)
    theirs = [
        item
        for item in found
        if item.owed_by is Party.PARTNER and item.is_movable and source_of(item.kind).move is not None
    ]
    waits = (col(MoreTime.contract_id) == contract.id, col(MoreTime.decided_at).is_(None))
    rows = ctx.session.execute(select(col(MoreTime.kind), col(MoreTime.subject_id)).where(*waits))
    asked = {(kind, subject_id) for kind, subject_id in rows}
    wanted = [
        Wanted(item.kind, item.subject_id, item.what, item.due_on)
        for item in sorted(theirs, key=lambda item: (item.due_on, item.what))
        if (item.kind, item.subject_id) not in asked
    ]
    if not wanted:
        raise UserError(
            f"Nothing that is due on {contract.reference} can be given more time, so there is nothing to ask for."
        )
    return MoreTimeForm(contract, wanted)


def ask_for(ctx: ActorContext, key: str, name: str, until: date, why: str) -> Extension:
    """Ask for a later day for what was chosen in the form. Raises `UserError` or `Denied`."""
    form = form_for(ctx, key)
    chosen = next((each for each in form.wanted if each.name == name), None)
    if chosen is None:
        raise UserError(
            "That is no longer open, or its day has changed. Close the form and open it anew.", field="what"
        )
    row = _request(ctx, chosen, form.contract, until, why)
    ctx.record("more time asked for", row.what[:80], contract_id=row.contract_id, why=row.why)
    _note_on_reminders(ctx, row)
    return Extension(row, form.contract, ctx.actor.name)


def _request(ctx: ActorContext, wanted: Wanted, contract: ContractRef, until: date, why: str) -> MoreTime:
    if until <= max(wanted.due_on, ctx.today):
        raise UserError(f"Choose a day after {format_date(wanted.due_on)}, and not before tomorrow.", field="until")
    waits = (col(MoreTime.kind) == wanted.kind, col(MoreTime.subject_id) == wanted.subject_id)
    if ctx.session.scalar(select(MoreTime).where(*waits, col(MoreTime.decided_at).is_(None))) is not None:
        raise UserError("More time was asked for already, and is to be decided. Nothing was changed.", field="answer")
    decider = answers.decider_for(ctx, contract.id, ctx.actor.person_id)
    if decider is None:
        raise UserError(
            "Nobody can agree to more time: the contract has no other manager, head or senior owner.", field="answer"
        )
    row = MoreTime(
        kind=wanted.kind,
        subject_id=wanted.subject_id,
        contract_id=contract.id,
        what=wanted.what,
        due_on=wanted.due_on,
        until=until,
        why=required_text(why, what="why you need more time", at_most=300, field="why"),
        asked_by_id=ctx.actor.person_id,
        asked_at=ctx.now,
        to_decide_id=decider.id,
    )
    ctx.add(row)
    message = ctx.messages.message("reminders/more_time", extension=Extension(row, contract, ctx.actor.name))
    ctx.enqueue(
        OutgoingMessage(row.key, decider.slack, Audience.INTERNAL, message, "more time is asked for", contract.id)
    )
    return row


def _note_on_reminders(ctx: ActorContext, row: MoreTime) -> None:
    """The asker's own reminder of it waits for the decision, too."""
    _set_lines(ctx, row, LineState.OPEN, LineState.MORE_TIME)


def decide(ctx: ActorContext, key: str, *, agreed: bool) -> Extension:
    """Agree to the later day, which moves the record to it, or refuse it. Raises `UserError` or `Denied`."""
    row = by_key(ctx.session, MoreTime, key, locked=True)
    if row is None:
        raise not_this_way()
    contract = contract_lookup.contract_by_id(ctx, row.contract_id, Permission.SEE)
    if row.to_decide_id != ctx.actor.person_id:
        ctx.require(Permission.ACCEPT_PROGRESS, contract)
        if row.asked_by_id == ctx.actor.person_id:
            raise Denied("Somebody else decides on what you asked for.", "may not decide on their own wish")
    if row.agreed is not None:
        who = ctx.session.get_one(Person, row.decided_by_id).name
        raise UserError(f"{who} {'agreed' if row.agreed else 'did not agree'} already, so nothing was changed.")
    if agreed:
        _move(ctx, row)
    row.agreed, row.decided_at, row.decided_by_id = agreed, ctx.now, ctx.actor.person_id
    ctx.record(
        "more time agreed" if agreed else "more time refused",
        row.what[:80],
        contract_id=row.contract_id,
        changes={"due": (format_date(row.due_on), format_date(row.until))} if agreed else None,
        why=row.why,
    )
    asker = ctx.session.get_one(Person, row.asked_by_id)
    extension = Extension(row, contract, asker.name, ctx.actor.name)
    ctx.replace(
        row.key, f"{row.key}-decided", ctx.messages.message("reminders/more_time", extension=extension), "it is decided"
    )
    _tell_asker(ctx, extension, asker)
    _bring_up_to_date(ctx, row)
    return extension


def _bring_up_to_date(ctx: ActorContext, row: MoreTime) -> None:
    """The asker's reminder says what was decided; what was refused waits for them again. The prompt for a report says
    its new day."""
    _set_lines(ctx, row, LineState.MORE_TIME, LineState.MORE_TIME if row.agreed else LineState.OPEN)
    if row.agreed and row.kind in PROMPTS:
        PROMPTS[row.kind](ctx, row.subject_id)


def _set_lines(ctx: ActorContext, row: MoreTime, before: LineState, after: LineState) -> None:
    """Give the asker's lines about what a request is for another state, and bring their reminders up to date."""
    lines = ctx.session.scalars(
        select(ReminderLine)
        .join(Reminder, col(Reminder.id) == col(ReminderLine.reminder_id))
        .where(
            col(Reminder.person_id) == row.asked_by_id,
            col(ReminderLine.kind) == row.kind,
            col(ReminderLine.subject_id) == row.subject_id,
            col(ReminderLine.state) == before,
        )
        .order_by(col(ReminderLine.id))
        .with_for_update()
    ).all()
    for line in lines:
        line.state = after
    ctx.session.flush()
    for reminder_id in sorted({line.reminder_id for line in lines}):
        reminders.update_message(ctx, ctx.session.get_one(Reminder, reminder_id, with_for_update=True))


def _move(ctx: ActorContext, row: MoreTime) -> None:
    """Give the record its later day, if it is still open. Raises `UserError`."""
    move = source_of(row.kind).move
    if move is None or not any(item.is_movable for item in still_open(ctx, row.kind, [row.subject_id])):
        raise UserError(f"{row.what} needs no more time: it was settled meanwhile. Nothing was changed.")
    move(ctx, row.subject_id, row.until)


def _tell_asker(ctx: ActorContext, extension: Extension, asker: Person) -> None:
    ours = ctx.session.get_one(Organisation, asker.organisation_id).kind.is_department
    message = ctx.messages.message("reminders/more_time_decided", extension=extension)
    audience = Audience.INTERNAL if ours else Audience.SHARED
    key, why = f"{extension.row.key}-told", "you asked for more time"
    ctx.enqueue(OutgoingMessage(key, asker.slack, audience, message, why, extension.row.contract_id))
