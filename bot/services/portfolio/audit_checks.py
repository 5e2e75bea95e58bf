"""Consistency of visits, audits and findings with the register. What becomes of one that is known is recorded in Slack,
where the partner is told of it: a file does not change that."""

from collections.abc import Mapping, Sequence

from bot.domain.wording import join_words, nearest, quoted
from bot.records import AuditRecord, FindingRecord, OrganisationRecord, PersonRecord, Record
from bot.services.portfolio.column_mapping import Register
from bot.services.portfolio.faults import Faults
from bot.services.portfolio.plan import PlannedChange

Changes = Mapping[type[Record], Sequence[PlannedChange]]


def check(register: Register, changes: Changes, faults: Faults) -> None:
    """Add a fault for everything inconsistent. `register` is the register with the changes applied."""
    for change in changes[AuditRecord]:
        person: PersonRecord = register.rows[PersonRecord][(change.row.lead,)]
        organisation: OrganisationRecord = register.rows[OrganisationRecord][(person.organisation,)]
        if not organisation.kind.is_department:
            sentence = f"{person.name} ({person.slack}) does not work for the department. Name who leads it."
            faults.add(change.place.at("lead"), sentence)
    for change in changes[FindingRecord]:
        _of_an_audit(register, change, faults)
    for sheet in (AuditRecord, FindingRecord):
        for change in changes[sheet]:
            for column in sheet.not_in_forms if change.before is not None else ():
                if getattr(change.before, column) != getattr(change.row, column):
                    sentence = "what becomes of one that is known is recorded in Slack. Leave this cell as it was."
                    faults.add(change.place.at(column), sentence)


def _of_an_audit(register: Register, change: PlannedChange, faults: Faults) -> None:
    row: FindingRecord = change.row
    if (row.contract, row.audit) in register.rows[AuditRecord]:
        return
    names = [name for contract, name in register.rows[AuditRecord] if contract == row.contract]
    close = None if faults.full else nearest(row.audit, names)
    known = f"Those of {row.contract} are {join_words(names)}." if names else "Add it to the sheet audits."
    mend = f"Did you mean {close}?" if close else known
    faults.add(change.place.at("audit"), f"{quoted(row.audit)} is no visit or audit of {row.contract}. {mend}")
