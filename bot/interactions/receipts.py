"""Receipts: the answer to each delivery that may have changed the record, stored in the same transaction.

A delivery that Slack repeats gets the first answer again. Slack tells a person that a command failed when the answer
takes three seconds, although it may have been carried out; so they type it again. Whoever types again within a minute
what changed the record is asked whether they mean it. A unique index holds that, whichever process they reach: what was
typed again cannot be stored, so it is undone as a whole, and no command waits for a look-up.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import select, update
from sqlmodel import Session, col

from bot.db import insert
from bot.delivery.message_parts import is_long
from bot.delivery.messages import Messages
from bot.interactions.payloads import Command, Request
from bot.interactions.reruns import Rerun, meant
from bot.interactions.response import Response
from bot.models import Receipt
from bot.services.unit_of_work import has_changed

MEANT = "again"  # the button that does it again
WITHIN = timedelta(seconds=60)
_KEPT = ("ack", "say", "in_place", "charts", "template")


def store(session: Session, request: Request, response: Response, now: datetime, *, retried: bool) -> None:
    """Store a request's answer in its own write, with what was typed if that has changed something.

    IntegrityError if the delivery has a receipt, or if the same was typed before. When that is a minute old, the work
    is `retried` and takes its place; a button takes it at once.
    """
    typed = _typed(request) if has_changed(session) else None
    if typed is not None and (retried or isinstance(request, Rerun)):
        earlier = update(Receipt).where(col(Receipt.typed) == typed)
        old = earlier if isinstance(request, Rerun) else earlier.where(col(Receipt.at) <= now - WITHIN)
        session.connection().execute(old.values(typed=None))
    answer = {name: getattr(response, name) for name in _KEPT}
    insert(session, Receipt, key=request.key, typed=typed, answer=answer, at=now)


def find_answer(session: Session, messages: Messages, request: Request, now: datetime) -> Response | None:
    """The first answer to a delivery that is repeated, or the question to a person who has typed a command again. None
    if it is neither."""
    first = session.get(Receipt, request.key)
    if first is not None:
        return Response(**first.answer)
    if not isinstance(request, Command):
        return None
    same = select(Receipt).where(col(Receipt.typed) == _typed(request), col(Receipt.at) > now - WITHIN)
    done = session.scalar(same)
    return None if done is None else _question(messages, request, done, now)


def _typed(request: Request) -> str | None:
    """What a person typed in a channel, as 32 characters: elsewhere the same words may be about another contract."""
    command = request.command if isinstance(request, Rerun) else request
    if not isinstance(command, Command):
        return None
    whole = "\0".join((command.user, command.channel, command.name, command.text.strip()))
    return sha256(whole.encode()).hexdigest()[:32]


def _seconds(since: timedelta) -> int:
    """Whole seconds; none where another process is a little ahead."""
    return max(int(since.total_seconds()), 0)


def _question(messages: Messages, command: Command, done: Receipt, now: datetime) -> Response:
    """Whether it is meant, above the first answer."""
    first = Response(**done.answer)
    said = first.say or first.ack
    asked = messages.message(
        "common/typed_again",
        seconds=_seconds(now - done.at),
        command=meant(command),
        answer=str(said.get("text", "")),
        button=MEANT,
    )
    whole = replace(asked, blocks=[*asked.blocks, *said.get("blocks", ())])
    if first.charts or is_long(whole.blocks):
        return replace(Response.says(whole), charts=first.charts)
    return Response.answers(whole)
