"""The change memos that a partner has not acknowledged. The department is reminded, and notes the acknowledgement."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from bot.access import Permission
from bot.domain.due_kinds import DueKind
from bot.domain.reminders import ReminderRule
from bot.models import Contract, Memo, Party
from bot.services.due.selection import Selection
from bot.services.due.source import DueForm, DueItem, DueSource
from bot.services.unit_of_work import UnitOfWork

FORM = DueForm("memo_open", "Acknowledged", (Permission.CHANGE,))


def _find(work: UnitOfWork, contracts: ColumnElement[bool], which: Selection) -> Sequence[DueItem]:
    rows = work.session.scalars(
        select(Memo)
        .join(Contract, col(Contract.id) == col(Memo.contract_id))
        .where(contracts, which.opened(col(Memo.acknowledged_on).is_(None)))
        .where(which.of(col(Memo.id), col(Memo.contract_id), col(Memo.acknowledge_by)))
    )
    return [
        DueItem(
            kind=DueKind.MEMO,
            subject_id=row.id,
            contract_id=row.contract_id,
            what=f"Change memo {row.number} to be acknowledged: {row.subject}",
            due_on=row.acknowledge_by,
            key=row.public_id,
            owed_by=Party.PARTNER,
            done_on=row.acknowledged_on,
        )
        for row in rows
    ]


def _move(work: UnitOfWork, subject_id: int, until: date) -> None:
    work.session.get_one(Memo, subject_id).acknowledge_by = until


MEMOS = DueSource(
    kind=DueKind.MEMO,
    find=_find,
    rule=ReminderRule((1, 0), late_every=3),
    is_term=True,
    form=FORM,
    move=_move,
)
