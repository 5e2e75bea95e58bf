"""How a contract was rated last, as a part of a query."""

from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, case, func, select

from bot.db import table
from bot.domain.ratings import Rating
from bot.models import Contract, Reading, Report

_contracts, _reports, _readings = (table(each) for each in (Contract, Report, Reading))
_RATINGS = {rating.severity: rating for rating in Rating}


def severity_of(rating: ColumnElement[Any]) -> ColumnElement[int]:
    """The severity of a rating, as a part of a query; nothing for none."""
    return case({each.value: each.severity for each in Rating}, value=rating)


def worst_severity() -> ScalarSelect[Any]:
    """The severity of the worst rating in the last report of the contract that the query is about."""
    last = (
        select(_reports.c.id)
        .where(_reports.c.contract_id == _contracts.c.id, _reports.c.received_at.is_not(None))
        .order_by(_reports.c.period.desc())
        .limit(1)
        .correlate(_contracts)
        .scalar_subquery()
    )
    worst = func.max(severity_of(_readings.c.rating))
    return select(worst).where(_readings.c.report_id == last).correlate(_contracts).scalar_subquery()


def rating_of(severity: int | None) -> Rating:
    """The rating of a severity; Other where there is none."""
    return Rating.OTHER if severity is None else _RATINGS[severity]
