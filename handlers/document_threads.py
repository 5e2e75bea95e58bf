"""What people write in the thread of a memo or policy, or of a question about it."""

from sqlmodel import Session

from bot.domain.wording import join_words
from bot.interactions import error_responses
from bot.interactions.payloads import Event
from bot.interactions.response import Response, writes
from bot.interactions.router import Router
from bot.interactions.written import is_a_reply
from bot.services.documents import threads
from bot.services.unit_of_work import ActorContext


def register(router: Router) -> None:
    """Register the threads, which may be in a channel or in direct messages."""
    router.on_event(
        "message",
        writes(replied),
        explain=error_responses.click_error,
        matters=is_a_reply,
        concerns=is_of_a_document,
    )


def is_of_a_document(session: Session, event: Event) -> bool:
    """Whether the thread is of a memo or policy, or of a question about one."""
    return threads.is_of_a_document(session, event.about["channel"], event.about["thread_ts"])


def replied(ctx: ActorContext, event: Event) -> Response:
    """Keep the reply, and say to its author alone what it is kept as."""
    about = event.about
    kept = threads.take_reply(ctx, about["channel"], about["thread_ts"], about["text"])
    name = kept[0].card.document.name
    if ctx.actor.is_department:
        told = join_words(sorted({each.asker.name for each in kept}))
        sentence = f"Saved as the answer about {name}. Liaison tells {told}."
    else:
        who = kept[0].manager.name if kept[0].manager else "the department"
        sentence = f"Saved as a question about {name}. It is with {who}, and you will hear the answer here."
    return Response.says(ctx.messages.message("common/sentence", sentence=sentence))
