"""A partner's question about a memo or policy: it is put to the contract manager, is due until it is answered, and the
answer reaches whoever asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import col

from bot.access import ContractRef
from bot.db import by_key, locking
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
    DocumentRecipient,
    DocumentTold,
    DocumentVersion,
    Person,
    RoleName,
)
from bot.services.documents import answering, versions
from bot.services.documents.stale_messages import mark_stale
from bot.services.documents.versions import VersionCard
from bot.services.lookup import contracts as contract_lookup
from bot.services.unit_of_work import ActorContext, UnitOfWork

LONGEST, LONGEST_KEPT = 1500, 2000  # characters that somebody writes at once, and of all that is kept together
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
    ctx.add(question)
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
    question, text = _open(ctx, key, locked=True).question, _answer_text(words)
    found = _settle(ctx, question, text, ctx.actor.person_id)
    reply = ctx.messages.message("documents/answer", asked=found)
    ctx.reply(question.message, ctx.next_key(f"{question.message}-reply"), reply, "it was answered")
    return found


def add(ctx: ActorContext, key: str, words: str) -> QuestionCard:
    """Keep what somebody of a partner wrote freely: it is added to the question that they have open, or asks another,
    so that nothing that came after an answer is without one. Raises `UserError` or `Denied`."""
    of_them = [each.id for each in answering.to_answer(ctx, key).recipients]
    question = ctx.session.scalar(
        locking(
            ctx.session,
            select(DocumentQuestion)
            .where(col(DocumentQuestion.recipient_id).in_(of_them), col(DocumentQuestion.answered_at).is_(None))
            .where(col(DocumentQuestion.asked_by_id) == ctx.actor.person_id)
            .order_by(col(DocumentQuestion.id).desc())
            .limit(1),
        ),
        execution_options={"populate_existing": True},
    )
    text = required_text(words, what="your question", at_most=LONGEST, field="question")
    if question is None or len(both := f"{question.words}\n{text}") > LONGEST_KEPT:
        return ask(ctx, key, text)
    question.words = both
    ctx.session.flush()
    recipient = ctx.session.get_one(DocumentRecipient, question.recipient_id)
    card = versions.card_of(ctx, ctx.session.get_one(DocumentVersion, recipient.version_id))
    found = _card(ctx, question, card, contract_lookup.contract_facts(ctx.session, recipient.contract_id))
    _update(ctx, found, "more was asked")
    _record(ctx, found, "question asked", text)
    return found


def answer_all(ctx: ActorContext, asked: Sequence[DocumentQuestion], words: str) -> Sequence[QuestionCard]:
    """Keep what somebody of the department wrote freely below these questions: it answers those that are open, and
    else is added to the last answer. Raises `UserError` or `Denied`."""
    for each in asked:
        versions.card_to_answer(ctx, each.recipient_id)  # whoever may not answer reads nothing of it
    text, waiting = _answer_text(words), [each for each in asked if each.answered_at is None]
    if waiting:
        return [_settle(ctx, each, text, ctx.actor.person_id) for each in waiting]
    last = asked[-1]
    more = text if last.answered_by_id == ctx.actor.person_id else f"{ctx.actor.name}: {text}"
    if len(both := f"{last.answer}\n{more}") > LONGEST_KEPT:
        raise UserError(
            f"With this the answer would have more than {LONGEST_KEPT} characters, so it is not kept in the record. "
            "Write a shorter one."
        )
    return [_settle(ctx, last, both, last.answered_by_id)]


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


def _answer_text(words: str) -> str:
    return required_text(words, what="your answer", at_most=LONGEST, field="answer")


def _settle(ctx: ActorContext, question: DocumentQuestion, text: str, by_id: int | None) -> QuestionCard:
    """Store an answer, and tell whoever asked."""
    question.answer, question.answered_by_id, question.answered_at = text, by_id, ctx.now
    ctx.session.flush()
    found = _card(ctx, question, *versions.card_to_answer(ctx, question.recipient_id))
    _update(ctx, found, "it was answered")
    told = ctx.messages.message("documents/answer", asked=found)
    tell(ctx, question.recipient_id, found.asker, found.contract, told, ctx.next_key(f"document-answer-{question.id}"))
    _record(ctx, found, "question answered", text)
    return found


def _update(work: UnitOfWork, asked: QuestionCard, why: str) -> None:
    """Bring the message that put a question to the department up to date."""
    message, key = work.messages.message("documents/question", asked=asked), asked.question.message
    work.replace(key, work.next_key(key), message, why)


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
