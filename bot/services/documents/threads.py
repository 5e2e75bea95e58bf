"""What people write freely in the thread of a memo or policy, or of a question about it.

The partner's words are a question, the department's are its answer.
"""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlmodel import Session, col

from bot.db import locking
from bot.delivery import outbox
from bot.domain.slack_text import mentioned_users, without_markup
from bot.errors import UserError
from bot.models import DocumentNotice, DocumentQuestion, DocumentRecipient, OutboxMessage
from bot.services.documents import answering, questions
from bot.services.documents.questions import QuestionCard
from bot.services.lookup.mentions import names_of
from bot.services.unit_of_work import ActorContext

NOTICE, QUESTION, ANSWER = "document-notice", "document-question", "document-answer"


def is_of_a_document(session: Session, channel: str, thread: str) -> bool:
    """Whether a thread begins with a memo or policy, or with a question about one or its answer."""
    begun = outbox.find_original(session, channel, thread)
    return begun is not None and _number(begun) is not None


def take_reply(ctx: ActorContext, channel: str, thread: str, text: str) -> Sequence[QuestionCard]:
    """Keep a reply as a question, or as the answer to those of the thread; returns the questions.

    Raises `UserError` or `Denied`.
    """
    begun = outbox.find_original(ctx.session, channel, thread)
    if begun is None:
        raise UserError(answering.GONE)
    words = without_markup(text, names_of(ctx.session, mentioned_users(text)))
    if not ctx.actor.is_department:
        return [questions.add(ctx, _key(ctx, begun), words)]
    asked = _questions(ctx.session, begun)
    if not asked:
        raise UserError(answering.GONE)
    return questions.answer_all(ctx, asked, words)


def _number(begun: OutboxMessage) -> int | None:
    """The number of the notice or question with which a thread begins; None for another message."""
    kind, document, number = (*begun.key.split("-"), "", "")[:3]
    is_one = f"{kind}-{document}" in (NOTICE, QUESTION, ANSWER) and number.isdecimal()
    return int(number) if is_one else None


def _key(ctx: ActorContext, begun: OutboxMessage) -> str:
    """What somebody of the partner answers: their message, or what the question is about."""
    number = _number(begun)
    if begun.key.startswith(NOTICE):
        return ctx.session.get_one(DocumentNotice, number).public_id
    question = ctx.session.get_one(DocumentQuestion, number)
    return ctx.session.get_one(DocumentRecipient, question.recipient_id).public_id


def _questions(session: Session, begun: OutboxMessage) -> Sequence[DocumentQuestion]:
    """The questions that were put in a thread, the oldest first."""
    here = or_(col(OutboxMessage.id) == begun.id, col(OutboxMessage.thread_of_id) == begun.id)
    put = select(col(OutboxMessage.key)).where(here)
    asked = select(DocumentQuestion).where(col(DocumentQuestion.message).in_(put)).order_by(col(DocumentQuestion.id))
    return session.scalars(locking(session, asked), execution_options={"populate_existing": True}).all()
