"""The working of a service credit as it was when the credit was last sent, waived or deducted: whoever defends a credit
needs the lines by which it was deducted, whatever the figures say since."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlmodel import col

from bot.db import insert, insert_all
from bot.domain.credits import CreditLine, MonthlyCredit
from bot.domain.periods import Month
from bot.models import CreditWorking, CreditWorkingLine, ServiceCredit
from bot.services.money.worth import FigureInMonth, WorkedLine
from bot.services.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class KeptWorking:
    """What a month came to then, and its lines."""

    month: MonthlyCredit
    lines: Sequence[WorkedLine]


def keep(work: UnitOfWork, row: ServiceCredit, month: MonthlyCredit | None, lines: Sequence[WorkedLine]) -> None:
    """Keep the working of a credit in place of what was kept before. Without figures there is none to keep."""
    for table in (CreditWorkingLine, CreditWorking):
        work.session.execute(delete(table).where(col(table.credit_id) == row.id))
    if month is None:
        return
    of_credit = {"credit_id": row.id, "contract_id": row.contract_id}
    insert(
        work.session,
        CreditWorking,
        **of_credit,
        charges=month.charges,
        percent=month.percent,
        uncapped=month.uncapped,
        amount=month.amount,
        capped_by=month.capped_by,
    )
    insert_all(
        work.session,
        CreditWorkingLine,
        [
            {
                **of_credit,
                "number": number,
                "kpi": each.line.kpi,
                "name": each.figure.name,
                "rating": each.line.rating,
                "figure": each.figure.figure,
                "why": each.figure.why,
                "points": each.line.points,
                "times": each.line.times,
            }
            for number, each in enumerate(lines, 1)
        ],
    )


def kept(work: UnitOfWork, row: ServiceCredit) -> KeptWorking | None:
    """The working that was kept of a credit; None if none was. Two queries."""
    found = work.session.get(CreditWorking, row.id, populate_existing=True)
    if found is None:
        return None
    rows = work.session.scalars(
        select(CreditWorkingLine)
        .where(col(CreditWorkingLine.credit_id) == row.id)
        .order_by(col(CreditWorkingLine.number))
    )
    lines = [
        WorkedLine(
            CreditLine(each.kpi, each.rating, each.points, each.times), FigureInMonth(each.name, each.figure, each.why)
        )
        for each in rows
    ]
    month = MonthlyCredit(
        Month.parse(row.period),
        [each.line for each in lines],
        found.charges,
        found.percent,
        found.uncapped,
        found.amount,
        found.capped_by,
    )
    return KeptWorking(month, lines)
