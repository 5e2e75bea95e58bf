"""The messages that ask people about escalations. What is put to one person at one time is one message with a list, in
which each escalation has its own buttons and says what became of it.

To ask somebody is a step in the database, whose message is not sent yet: whoever fills in the message's key sends it.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select, select
from sqlmodel import Session, col

from bot.delivery.messages import Message
from bot.delivery.outbox import OutgoingMessage
from bot.domain.ladder import WAITING
from bot.domain.subjects import SubjectKind
from bot.models import Audience, Escalation, EscalationStep, OutboxMessage
from bot.services.escalations.escalation_card import EscalationCard, StepLine, card_of, is_open
from bot.services.unit_of_work import UnitOfWork

S = TypeVar("S", bound=Select[*tuple[Any, ...]])
MOST_LISTED = 12  # escalations in one message: each takes three of Slack's 50 blocks


@dataclass(frozen=True)
class PingItem:
    """An escalation in a message, with the number of the step in which its reader was asked."""

    card: EscalationCard
    number: int

    @property
    def asked(self) -> StepLine:
        """The step in which its reader was asked."""
        return next(line for line in self.card.steps if line.number == self.number)

    @property
    def is_latest(self) -> bool:
        """Whether it is with its reader, or they answered last."""
        return self.number == self.card.last_asked.number

    @property
    def waits(self) -> bool:
        """Whether its reader is still the one who is to answer."""
        return self.is_latest and self.card.escalation.ended_at is None and self.card.last.kind in WAITING

    @property
    def was_taken_back(self) -> bool:
        """Whether it was given to its reader, and taken back."""
        return self.asked not in self.card.counting

    @property
    def can_undo(self) -> bool:
        """Whether its reader did the last step, and can undo it here."""
        reader = self.card.last.author
        own = [line.number for line in self.card.steps if line.pinged and line.who.id == reader.id]
        return self.card.undo_until is not None and own[-1:] == [self.number]


@dataclass(frozen=True)
class ReadyPing:
    """A message to one person that is ready to send, with the escalations in it."""

    items: Sequence[PingItem]
    message: Message


def people_to_ask(work: UnitOfWork) -> Sequence[Sequence[int]]:
    """The escalations whose person has no message yet, those of one message together."""
    rows = work.session.execute(
        _unsent(select(col(EscalationStep.person_id), col(Escalation.id)).select_from(Escalation)).order_by(
            col(EscalationStep.person_id), col(Escalation.id)
        )
    )
    of_each: dict[int, list[int]] = defaultdict(list)
    for person_id, escalation_id in rows:
        of_each[person_id].append(escalation_id)
    return [some[at : at + MOST_LISTED] for some in of_each.values() for at in range(0, len(some), MOST_LISTED)]


def prepare(work: UnitOfWork, ids: Sequence[int]) -> ReadyPing | None:
    """The message that asks a person about these escalations. It only reads. None where there is nothing to ask."""
    rows = work.session.execute(_to_ask(ids)).all()
    items = [PingItem(card_of(work, escalation), step.number) for escalation, step in rows]
    return ReadyPing(items, _render(work, items)) if items else None


def send(work: UnitOfWork, ready: ReadyPing) -> None:
    """Send a message that asks a person, unless another worker did. What moved on since it was prepared is left
    out."""
    rows = work.session.execute(
        _to_ask([item.card.escalation.id for item in ready.items]).with_for_update(skip_locked=True),
        execution_options={"populate_existing": True},
    ).all()
    if not rows:
        return
    items, message = ready.items, ready.message
    if {(each.id, each.steps) for each, _ in rows} != {(item.card.escalation.id, item.number) for item in items}:
        items = [PingItem(card_of(work, each), each.steps) for each, _ in rows]
        message = _render(work, items)
    first = rows[0][0]
    key = first.key(first.steps)
    for escalation, step in rows:
        step.message = key
        if escalation.waits:
            escalation.ping = key
    person = items[0].card.last.who
    about = first.contract_id if len({each.contract_id for each, _ in rows}) == 1 else None
    asks = any(each.waits for each, _ in rows)  # if not, it tells whoever took it over, whatever becomes of it
    subject = SubjectKind.ESCALATION.subject(f"of {person.slack}") if asks else ""
    work.enqueue(OutgoingMessage(key, person.slack, Audience.INTERNAL, message, _why(items), about, subject))


def answered_among(session: Session, keys: Collection[str]) -> set[str]:
    """The keys of the messages among these in which no escalation waits for an answer any more."""
    asked = (
        select(col(EscalationStep.message), Escalation)
        .join(Escalation, col(Escalation.id) == col(EscalationStep.escalation_id))
        .where(col(EscalationStep.message).in_(keys))
    )
    rows = session.execute(asked).all()
    return {key for key, _ in rows} - {key for key, escalation in rows if escalation.waits}


def ask_now(work: UnitOfWork, escalation_id: int) -> None:
    """Send the message that asks about an escalation at once, in the same unit of work."""
    ready = prepare(work, [escalation_id])
    if ready is not None:
        send(work, ready)


def shown_in(work: UnitOfWork, key: str) -> Message:
    """The message with a key as it reads now. It is locked until the unit of work ends, so that of two answers to
    different escalations in it neither shows the other as it was before."""
    work.session.execute(select(col(OutboxMessage.id)).where(col(OutboxMessage.key) == key).with_for_update())
    rows = work.session.execute(
        select(Escalation, col(EscalationStep.number))
        .join(EscalationStep, col(EscalationStep.escalation_id) == col(Escalation.id))
        .where(col(EscalationStep.message) == key)
        .order_by(col(Escalation.id)),
        execution_options={"populate_existing": True},
    )
    return _render(work, [PingItem(card_of(work, escalation), number) for escalation, number in rows])


def _to_ask(ids: Sequence[int]) -> Select[Escalation, EscalationStep]:
    """These escalations, each with its last step, if its person is to get a message that is not sent yet."""
    return _unsent(select(Escalation, EscalationStep)).where(col(Escalation.id).in_(ids)).order_by(col(Escalation.id))


def _unsent(rows: S) -> S:
    step = EscalationStep
    return rows.join(step, col(step.escalation_id) == col(Escalation.id)).where(
        is_open(), col(step.pinged), col(step.message) == "", col(step.number) == col(Escalation.steps)
    )


def _render(work: UnitOfWork, items: Sequence[PingItem]) -> Message:
    if len(items) == 1:
        return work.messages.message("escalations/ping", item=items[0])
    return work.messages.message("escalations/pings", items=items)


def _why(items: Sequence[PingItem]) -> str:
    card, who = items[0].card, items[0].card.last.who.name
    if len(items) > 1:
        return f"{len(items)} escalations are with {who}"
    where = f"{card.escalation.what} on {card.contract.reference}"
    if card.last.giver is not None:
        return f"{card.last.giver.name} gave {where} to {who}"
    return f"{where} was escalated to {who}" if card.escalation.waits else f"{who} took over {where}"
