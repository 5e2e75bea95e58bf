"""A partner's request for an exception to a memo or policy: the manager grants it to a day, or refuses it."""

from dataclasses import dataclass
from datetime import date, timedelta

from bot.access import ContractRef
from bot.db import by_key
from bot.delivery.outbox import OutgoingMessage
from bot.domain.document_cycle import EXCEPTION, ExceptionEvent, ExceptionState
from bot.domain.document_text import DECIDED_WITHIN
from bot.domain.text_validation import optional_text, required_text
from bot.domain.wording import format_date
from bot.errors import UserError
from bot.models import Audience, Contract, DocumentException, Person
from bot.services.documents import answering, versions
from bot.services.documents.questions import LONGEST, manager_of, tell
from bot.services.documents.stale_messages import mark_stale
from bot.services.documents.versions import VersionCard
from bot.services.unit_of_work import ActorContext, UnitOfWork

LONGEST_DECISION = 900
MOST_DAYS = timedelta(days=366 * 2)


@dataclass(frozen=True)
class ExceptionCard:
    """A request for an exception with what it is about, who asked, who decides, and who did."""

    asked: DocumentException
    card: VersionCard
    contract: ContractRef
    asker: Person
    manager: Person | None
    decided_by: Person | None = None

    @property
    def is_granted(self) -> bool:
        """Whether it was granted."""
        return self.asked.state is ExceptionState.GRANTED


def ask(ctx: ActorContext, key: str, reason: str, until: date) -> ExceptionCard:
    """Ask the contract manager for an exception up to a day. Raises `UserError`, with its form field, or `Denied`."""
    answered = answering.to_answer(ctx, key)
    text = required_text(reason, what="why you need an exception", at_most=LONGEST, field="reason")
    _check_until(ctx, until)
    recipient, contract = answered.recipients[0], answered.contracts[0]
    nation = ctx.session.get_one(Contract, contract.id).nation
    asked = DocumentException(
        recipient_id=recipient.id,
        asked_by_id=ctx.actor.person_id,
        reason=text,
        asked_at=ctx.now,
        asked_until=until,
        state=EXCEPTION.begins,
        decide_by=ctx.calendar.of(nation).add_working_days(ctx.today, DECIDED_WITHIN),
    )
    ctx.add(asked)
    asked.message = f"document-exception-{asked.id}"
    found = _card(ctx, asked, answered.card, contract)
    if found.manager is not None:
        message = ctx.messages.message("documents/exception", request=found)
        why = f"{found.asker.name} asks for an exception on {contract.reference}"
        draft = OutgoingMessage(asked.message, found.manager.slack, Audience.INTERNAL, message, why, contract.id)
        ctx.enqueue(draft)
    _record(ctx, found, "exception asked for", text)
    return found


def exception_to_decide(ctx: ActorContext, key: str) -> ExceptionCard:
    """The request of a button, for somebody of the department who may decide on it. Raises `UserError` or `Denied`."""
    return _undecided(ctx, key)


def decide(ctx: ActorContext, key: str, event: ExceptionEvent, until: date | None, reason: str) -> ExceptionCard:
    """Grant an exception to a day, or refuse it with a reason: whoever asked is told.

    Raises `UserError`, with its form field, or `Denied`.
    """
    found = _undecided(ctx, key, locked=True)
    asked = found.asked
    followed = EXCEPTION.follow(asked.state, event)
    text = required_text if followed.needs_reason else optional_text
    why = text(reason, what="why", at_most=LONGEST_DECISION, field="reason")
    if event is ExceptionEvent.GRANTED:
        asked.until = until or asked.asked_until
        _check_until(ctx, asked.until)
    asked.state, asked.decision = followed.to, why
    asked.decided_by_id, asked.decided_at = ctx.actor.person_id, ctx.now
    ctx.session.flush()
    found = _card(ctx, asked, found.card, found.contract)
    message = ctx.messages.message("documents/exception", request=found)
    ctx.replace(asked.message, f"{asked.message}-decided", message, "it was decided")
    told = ctx.messages.message("documents/exception_decided", request=found)
    tell(ctx, asked.recipient_id, found.asker, found.contract, told, f"{asked.message}-told")
    _record(ctx, found, followed.in_history, why)
    return found


def _check_until(ctx: ActorContext, until: date) -> None:
    if until < ctx.days.first:
        raise UserError(f"{format_date(until)} is in the past. An exception ends today or later.", field="until")
    if until > ctx.today + MOST_DAYS:
        raise UserError(f"{format_date(until)} is more than 2 years ahead. Choose an earlier day.", field="until")


def _undecided(ctx: ActorContext, key: str, *, locked: bool = False) -> ExceptionCard:
    asked = by_key(ctx.session, DocumentException, key, locked=locked)
    if asked is None:
        raise UserError(answering.GONE)
    found = _card(ctx, asked, *versions.card_to_answer(ctx, asked.recipient_id))
    if found.decided_by is not None:
        raise UserError(f"{found.decided_by.name} has {asked.state} this exception already, so nothing was done.")
    return found


def _card(work: UnitOfWork, asked: DocumentException, card: VersionCard, contract: ContractRef) -> ExceptionCard:
    asker = work.session.get_one(Person, asked.asked_by_id)
    by = work.session.get(Person, asked.decided_by_id) if asked.decided_by_id else None
    return ExceptionCard(asked, card, contract, asker, manager_of(work, contract), by)


def _record(ctx: ActorContext, request: ExceptionCard, action: str, why: str) -> None:
    subject = f"{request.contract.reference}, {request.card.name}"
    changes = {"exception until": ["nothing", format_date(request.asked.until)]} if request.asked.until else {}
    ctx.record(action, subject, contract_id=request.contract.id, changes=changes, why=why[:300])
    ctx.session.flush()
    mark_stale(ctx, request.card.version.id, [request.asked.recipient_id])
