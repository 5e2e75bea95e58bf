"""A partner's question about a memo or policy: it is put to the contract manager, is due until it is answered, and the
answer reaches whoever asked."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef
from bot.db import by_key
from bot.delivery.messages import Message
from bot.delivery.outbox import OutgoingMessage
from bot.domain.document_text import ANSWERED_WITHIN
from bot.domain.text_validation import required_text
from bot.errors import UserError
from bot.models import (
    Audience,
    Contract,
    DocumentNotice,
    DocumentQuestion,
    DocumentTold,
    Person,
    RoleName,
)
from bot.services.documents import answering, versions
from bot.services.documents.stale_messages import mark_stale
from bot.services.documents.versions import VersionCard
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext, UnitOfWork

LONGEST = 1500
WHO_ANSWERS = (RoleName.CONTRACT_MANAGER, RoleName.HEAD, RoleName.SENIOR_OWNER)


@dataclass(frozen=True)
class QuestionCard:
    """A question with what it is about, who asked it, who is to answer it, and who did."""

    question: DocumentQuestion
    card: VersionCard
    contract: ContractRef
    asker: Person
    manager: Person | None
    answered_by: Person | None = None


def ask(ctx: ActorContext, key: str, words: str) -> QuestionCard:
    """Put a question to the department, in the contract's shared channel if it has one, else to its manager.

    Raises `UserError`, with its form field, or `Denied`.
    """
    answered = answering.to_answer(ctx, key)
    text = required_text(words, what="your question", at_most=LONGEST, field="question")
    recipient, contract = answered.recipients[0], answered.contracts[0]
    nation = ctx.session.get_one(Contract, contract.id).nation
    question = DocumentQuestion(
        recipient_id=recipient.id,
        asked_by_id=ctx.actor.person_id,
        words=text,
        asked_at=ctx.now,
        answer_by=ctx.calendar.of(nation).add_working_days(ctx.today, ANSWERED_WITHIN),
    )
    ctx.session.add(question)
    ctx.session.flush()
    found = _card(ctx, question, answered.card, contract)
    question.message = _put(ctx, found)
    _record(ctx, found, "question asked", text)
    return found


def question_to_answer(ctx: ActorContext, key: str) -> QuestionCard:
    """The open question of a button, for somebody of the department who may answer it. Raises `UserError` or
    `Denied`."""
    return _open(ctx, key)


def answer(ctx: ActorContext, key: str, words: str) -> QuestionCard:
    """Answer a question: whoever asked it is told. Raises `UserError`, with its form field, or `Denied`."""
    found = _open(ctx, key, locked=True)
    text = required_text(words, what="your answer", at_most=LONGEST, field="answer")
    question = found.question
    question.answer, question.answered_by_id, question.answered_at = text, ctx.actor.person_id, ctx.now
    ctx.session.flush()
    found = _card(ctx, question, found.card, found.contract)
    put = ctx.messages.message("documents/question", asked=found)
    ctx.replace(question.message, f"{question.message}-answered", put, "it was answered")
    reply = ctx.messages.message("documents/answer", asked=found)
    ctx.reply(question.message, f"{question.message}-reply", reply, "it was answered")
    tell(ctx, question.recipient_id, found.asker, found.contract, reply, f"document-answer-{question.id}")
    _record(ctx, found, "question answered", text)
    return found


def tell(
    work: UnitOfWork, recipient_id: int, person: Person, contract: ContractRef, message: Message, key: str
) -> None:
    """Tell a partner's person something about what they got: below its message, or by itself if they got none."""
    notice = work.session.scalar(
        select(DocumentNotice)
        .join(DocumentTold, col(DocumentTold.notice_id) == col(DocumentNotice.id))
        .where(col(DocumentTold.recipient_id) == recipient_id, col(DocumentNotice.person_id) == person.id)
    )
    why = f"you asked about it on {contract.reference}"
    if notice is None or not work.reply(notice.key, key, message, why):
        work.enqueue(OutgoingMessage(key, person.slack, Audience.SHARED, message, why, contract.id))


def manager_of(work: UnitOfWork, contract: ContractRef) -> Person | None:
    """Who answers for the department on a contract."""
    return contract_lookup.person_in_role(work.session, contract.id, work.today, *WHO_ANSWERS)


def _open(ctx: ActorContext, key: str, *, locked: bool = False) -> QuestionCard:
    question = by_key(ctx.session, DocumentQuestion, key, locked=locked)
    if question is None:
        raise UserError(answering.GONE)
    found = _card(ctx, question, *versions.card_to_answer(ctx, question.recipient_id))
    if found.answered_by is not None:
        raise UserError(f"{found.answered_by.name} has answered this question already, so nothing was done.")
    return found


def _card(work: UnitOfWork, question: DocumentQuestion, card: VersionCard, contract: ContractRef) -> QuestionCard:
    asker = work.session.get_one(Person, question.asked_by_id)
    by = work.session.get(Person, question.answered_by_id) if question.answered_by_id else None
    return QuestionCard(question, card, contract, asker, manager_of(work, contract), by)


def _put(work: UnitOfWork, asked: QuestionCard) -> str:
    """Put a question to the department; returns the key of the message. Questions of one contract about one version
    have one thread in its shared channel."""
    key = f"document-question-{asked.question.id}"
    message = work.messages.message("documents/question", asked=asked)
    why = f"{asked.asker.name} asked about {asked.card.document.name} on {asked.contract.reference}"
    shared = contract_lookup.channel_of(work.session, asked.contract.id, Audience.SHARED)
    first = work.session.scalar(
        select(col(DocumentQuestion.message))
        .where(col(DocumentQuestion.recipient_id) == asked.question.recipient_id, col(DocumentQuestion.message) != "")
        .order_by(col(DocumentQuestion.id))
        .limit(1)
    )
    if shared is not None and first and work.reply(first, key, message, why):
        return key
    place = shared or (asked.manager.slack if asked.manager else None)
    if place is not None:
        audience = Audience.SHARED if shared else Audience.INTERNAL
        work.enqueue(OutgoingMessage(key, place, audience, message, why, asked.contract.id))
    return key


def _record(ctx: ActorContext, asked: QuestionCard, action: str, why: str) -> None:
    subject = f"{asked.contract.reference}, {asked.card.name}"
    ctx.record(action, subject, contract_id=asked.contract.id, why=why[:300])
    ctx.session.flush()
    mark_stale(ctx, asked.card.version.id, [asked.question.recipient_id])
