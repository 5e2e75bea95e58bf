"""Messages that an earlier version sent: their buttons carry the numbers of records. Whoever presses one gets the same
message with the keys in it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Keyed
from bot.delivery import outbox
from bot.delivery.messages import Message
from bot.domain.charts import from_json
from bot.domain.references import number_claimed
from bot.models import Contract, Escalation, MoreTime, OutboxMessage, OutboxState, ReminderLine, Report, Risk
from bot.services.unit_of_work import UnitOfWork

RECORDS: Mapping[str, tuple[str, type[Keyed]]] = {
    "report_open": ("report_open", Report),
    "report_accept": ("report_accept", Report),
    "report_query": ("report_query", Report),
    "report_confirm": ("report_confirm", Report),
    "report_correct": ("report_correct", Report),
    "risk_raise_shared": ("risk_raise_shared", Contract),
    "risk_review": ("risk_review", Risk),
    "nudge_open": ("reminder_open", ReminderLine),
    "nudge_confirm": ("reminder_confirm", ReminderLine),
    "more_time_agree": ("more_time_agree", MoreTime),
    "more_time_refuse": ("more_time_refuse", MoreTime),
    "escalation_acknowledge": ("escalation_acknowledge", Escalation),
    "escalation_take_over": ("escalation_take_over", Escalation),
    "escalation_plan": ("escalation_plan", Escalation),
    "escalation_pause": ("escalation_pause", Escalation),
}
"""The buttons of an earlier version: what the button is called now, and whose number it carries."""
_STANDS = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.FAILED, OutboxState.SENT)


def is_ours(session: Session, channel: str, ts: str) -> bool:
    """Whether the message at this place was sent by way of the outbox, so that it can be updated."""
    return outbox.find_original(session, channel, ts) is not None


def renew(work: UnitOfWork, channel: str, ts: str) -> bool:
    """Update the message at this place, if its buttons carry numbers: the words stay as they are. Returns whether it
    could be: the blocks of old messages are not kept.

    The numbers are of this database, as they are read from its outbox and not from the button that was pressed.
    """
    first = outbox.find_original(work.session, channel, ts)
    if first is None:
        return False
    is_it = (col(OutboxMessage.id) == first.id) | (col(OutboxMessage.replaces_id) == first.id)
    stands = select(OutboxMessage).where(is_it, col(OutboxMessage.state).in_(_STANDS))
    last = work.session.scalars(stands.order_by(col(OutboxMessage.id).desc()).limit(1)).one()
    if last.emptied_at is not None:
        return False
    blocks = _renewed(work.session, last.blocks)
    if blocks != last.blocks:
        message = Message(last.text, blocks, [from_json(each) for each in last.charts])
        work.replace(first.key, work.next_key(first.key), message, "its buttons are from an earlier version")
    return True


def _renewed(session: Session, part: Any) -> Any:  # noqa: ANN401  # JSON
    if isinstance(part, list):
        return [_renewed(session, each) for each in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") == "button" and part.get("action_id") in RECORDS:
        return _button(session, part)
    return {name: _renewed(session, each) for name, each in part.items()}


def _button(session: Session, button: dict[str, Any]) -> dict[str, Any]:
    action, model = RECORDS[button["action_id"]]
    number, space, seen = str(button.get("value", "")).partition(" ")
    record = session.get(model, number_claimed(number))
    return button if record is None else {**button, "action_id": action, "value": f"{record.public_id}{space}{seen}"}
