"""What either side owes the other: whose it is in words, and when the department's is escalated."""

from datetime import date

from bot.domain.escalation_triggers import Reason
from bot.domain.shortfalls import duty_missed
from bot.models import Party
from bot.services.due.source import DueItem, LateContract


def of_side(party: Party) -> str:
    """Whose it is, in words that both sides can read."""
    return f"of the {party}"


def late_duty(item: DueItem, today: date, contract: LateContract) -> list[Reason]:
    """Only what the department owes is escalated."""
    if item.owed_by is not Party.DEPARTMENT:
        return []
    return duty_missed(item.due_on, today, contract.calendar)
