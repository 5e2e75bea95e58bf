"""What people settled for a reason while its record is still open: pages say so beside the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from bot.domain.ladder import Step
from bot.models import Escalation, EscalationEnd, EscalationStep, Person
from bot.services.escalations.escalation_run import reasons_gone
from bot.services.unit_of_work import UnitOfWork

MOST = 5


@dataclass(frozen=True)
class SettledLine:
    """An escalation that somebody settled, and why."""

    what: str
    by: str
    at: datetime
    reason: str


def settled_by_people(work: UnitOfWork, which: ColumnElement[bool]) -> Sequence[SettledLine]:
    """The last escalations among these that a person settled, the latest first, whose record still gives the reason for
    which it was escalated. One query, and some for each kind of record among them."""
    rows = work.session.execute(
        select(Escalation, EscalationStep, col(Person.name))
        .join(EscalationStep, col(EscalationStep.escalation_id) == col(Escalation.id))
        .join(Person, col(Person.id) == col(EscalationStep.person_id))
        .where(
            which, col(Escalation.ended_because) == EscalationEnd.BY_PERSON, col(EscalationStep.kind) == Step.SETTLED
        )
        .order_by(col(Escalation.ended_at).desc(), col(Escalation.id).desc())
        .limit(MOST)
    ).all()
    gone = reasons_gone(work, [escalation for escalation, _, _ in rows])
    return [
        SettledLine(escalation.what, by, step.at, step.reason)
        for escalation, step, by in rows
        if escalation.id not in gone
    ]
