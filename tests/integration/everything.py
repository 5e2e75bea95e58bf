"""Something in every table: the sample portfolio, and a row of whatever it lacks, with values that are hard to copy."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Enum, Integer, LargeBinary, Time, func, select
from sqlalchemy.types import JSON
from sqlmodel import Session, SQLModel

from bot.domain.ladder import Step
from bot.models import OutboxState
from bot.models._types import Figure, Instant
from bot.models._worked_out import WorkedOutDay
from tests.conftest import import_sample
from tests.integration.tampering import seal_all

AWKWARD = "Zoë’s “50%” \\ 'it''s' 🙂 {\"x\": null} NULL\n\t"
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)  # no clock of the machine is before it: nothing is back-dated
LEAP_DAY = date(2028, 2, 29)
VALUES: Mapping[type[Any], Any] = {
    Figure: Decimal("-12345678.0001"),
    Instant: datetime(2026, 10, 25, 0, 59, 59, 999_999, UTC),  # London's clocks go back a microsecond later
    WorkedOutDay: LEAP_DAY,
    Date: LEAP_DAY,
    Time: time(23, 59, 58),
    Boolean: True,
    LargeBinary: bytes(range(256)),
    JSON: {"b": [None, 1.50, "é\u2028", "", AWKWARD], "a": {}},
    BigInteger: 2**40,
    Integer: 1,
}
"""By the type of the column, the first that fits."""
BUT: Mapping[str, Any] = {
    "risk_settings.id": 1,
    "risk_settings.medium_from": 4,
    "risk_settings.high_from": 8,
    "risk_settings.very_high_from": 12,
    "contact.withdrawn": False,
    "escalation.standing": Step.ASKED,
    "escalation.until": None,
    "escalation.ended_at": None,
    "escalation.ended_because": None,
    "document_exception.until": None,
    "more_time.until": date(2028, 3, 1),
    "digest.hour": 9,
    "outbox_message.state": OutboxState.SENDING,
    "outbox_message.slack_ts": None,
}
"""What constraints ask for."""


def fill_everything(session: Session) -> None:
    """The sample portfolio, a sealed trail, and a row in every other table: of messages, one that is being sent."""
    import_sample(session)
    seal_all(session, LONG_AGO)
    for table in SQLModel.metadata.sorted_tables:
        if not session.scalar(select(func.count()).select_from(table)):
            session.execute(table.insert().values({column.name: _value(session, column) for column in table.c}))


def _value(session: Session, column: Column[Any]) -> Any:  # noqa: ANN401  # whatever a column holds
    if str(column) in BUT:
        return BUT[str(column)]
    for key in column.foreign_keys:
        return session.scalar(select(func.min(key.column)))
    if isinstance(column.type, Enum) and column.type.enum_class is not None:
        return column.type.enum_class(column.type.enums[-1])
    found = [value for kind, value in VALUES.items() if isinstance(column.type, kind)]
    return found[0] if found else AWKWARD[: getattr(column.type, "length", None)]
