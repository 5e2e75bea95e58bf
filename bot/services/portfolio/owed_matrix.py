"""The matrix of what each side owes, as a sheet of an export: worked out of its milestones and obligations."""

from collections.abc import Iterator

from bot.domain.owed_cycle import standing, state_of
from bot.records import MilestoneRecord, ObligationRecord, OwedMatrixRecord
from bot.services.portfolio.column_mapping import Register, calendar_of


def matrix_rows(register: Register) -> list[OwedMatrixRecord]:
    """What each side owes, by contract, side, standing and day."""
    rows = [*_rows(register, MilestoneRecord), *_rows(register, ObligationRecord)]
    return sorted(rows, key=lambda row: (row.contract, row.owed_by, row.standing, str(row.due or ""), row.name))


def _rows(register: Register, sheet: type[MilestoneRecord] | type[ObligationRecord]) -> Iterator[OwedMatrixRecord]:
    owed: list[MilestoneRecord | ObligationRecord] = [*register.rows[sheet].values()]
    for row in owed:
        if row.ended is not None:
            continue
        due = row.due.on(calendar_of(row, register)) if row.due else None
        obligation = row if isinstance(row, ObligationRecord) else None
        yield OwedMatrixRecord.model_construct(
            contract=row.contract,
            owed_by=row.owed_by,
            kind=row.kind.value if isinstance(row, MilestoneRecord) else row.one,
            clause=obligation.clause if obligation else "",
            name=row.name,
            due=due,
            recurs=obligation.recurs if obligation else "",
            standing=standing(state_of(row.met, row.said), due, register.today).value,
            done=row.met or row.said_done,
            evidence=row.evidence,
        )
