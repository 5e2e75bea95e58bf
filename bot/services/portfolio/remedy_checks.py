"""Consistency of what partners sent as plans, their steps, and the log of interventions with the register."""

from collections.abc import Mapping, Sequence

from bot.domain.wording import format_date, nearest, quoted
from bot.records import (
    InterventionEntryRecord,
    InterventionRecord,
    PlanRecord,
    PlanStepRecord,
    PlanSubmissionRecord,
    Record,
)
from bot.services.portfolio.column_mapping import Register
from bot.services.portfolio.faults import Faults
from bot.services.portfolio.plan import PlannedChange

Changes = Mapping[type[Record], Sequence[PlannedChange]]


def check(register: Register, changes: Changes, faults: Faults) -> None:
    """Add a fault for everything inconsistent. `register` is the register with the changes applied."""
    for change in changes[PlanSubmissionRecord]:
        sent: PlanSubmissionRecord = change.row
        if (sent.contract, sent.plan) not in register.rows[PlanRecord]:
            titles = [title for contract, title in register.rows[PlanRecord] if contract == sent.contract]
            close = None if faults.full else nearest(sent.plan, titles)
            mend = f"Did you mean {close}?" if close else "Add it to the sheet plans."
            faults.add(change.place.at("plan"), f"{quoted(sent.plan)} is no plan of {sent.contract}. {mend}")
    for change in changes[PlanStepRecord]:
        step: PlanStepRecord = change.row
        if (step.contract, step.plan, step.number) not in register.rows[PlanSubmissionRecord]:
            sentence = f"number {step.number} of {quoted(step.plan)} did not come. Add it to plan_submissions."
            faults.add(change.place.at("number"), sentence)
    for change in changes[InterventionEntryRecord]:
        entry: InterventionEntryRecord = change.row
        if (entry.contract, entry.level, entry.area, entry.opened) not in register.rows[InterventionRecord]:
            faults.add(
                change.place.at("area"),
                f"{entry.contract} has no intervention at level {entry.level} about {quoted(entry.area)} that was "
                f"entered on {format_date(entry.opened)}. Add it to the sheet interventions.",
            )
