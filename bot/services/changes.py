"""The changes to a record in words, for the audit trail and for the person who made them."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sqlmodel import SQLModel

from bot.domain.wording import format_date, format_number

LABELS = {
    "value_pounds": "value in pounds",
    "value_with_vat_pounds": "value with VAT in pounds",
    "start_date": "start",
    "end_date": "end",
    "longest_end_date": "longest possible end",
    "kpi_exemption": "reasons for fewer than 3 KPIs",
    "report_working_day": "working day on which reports are due",
    "ocds_id": "OCDS id",
    "notice_id": "notice",
    "partner_id": "partner",
    "slack": "Slack id",
    "review_on": "next review",
    "proximity_on": "when it could happen",
}


def apply(row: SQLModel, values: Mapping[str, object]) -> dict[str, list[str]]:
    """Set columns of a record; returns those that differ, as [before, after] by the column's label."""
    changes = {}
    for column, value in values.items():
        before = getattr(row, column)
        if before != value:
            changes[label(column)] = [in_words(before), in_words(value)]
            setattr(row, column, value)
    return changes


def label(column: str) -> str:
    """The label of a column."""
    return LABELS.get(column, column.replace("_", " "))


def in_words(value: object) -> str:
    """A value in words; an empty one is "nothing"."""
    match value:
        case None | "":
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case date():
            return format_date(value)
        case int() | Decimal():
            return format_number(value)
        case _:
            return str(value)
