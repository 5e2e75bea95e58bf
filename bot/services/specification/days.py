"""The day on which something was settled."""

from datetime import date

from bot.domain.wording import format_date
from bot.errors import UserError
from bot.services.unit_of_work import UnitOfWork


def check_day(work: UnitOfWork, on: date, *, since: date | None = None, what: str = "") -> None:
    """Refuse a day in the future, and one before the record began. Raises `UserError`."""
    if on > work.days.last:
        raise UserError(f"{format_date(on)} is in the future. Enter today or an earlier day.", field="on")
    if since is not None and on < since:
        raise UserError(
            f"{format_date(on)} is before {what}, on {format_date(since)}. Enter that day or a later one.", field="on"
        )
