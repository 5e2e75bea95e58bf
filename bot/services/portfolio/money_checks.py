"""Consistency between the spend and the invoices of a file and of the register."""

from collections.abc import Mapping, Sequence

from bot.domain.periods import Month
from bot.domain.wording import join_words, nearest, quoted
from bot.records import (
    BenefitFigureRecord,
    BenefitRecord,
    ContractRecord,
    InvoiceRecord,
    OrganisationRecord,
    PersonRecord,
    Record,
    SpendRecord,
)
from bot.services.portfolio.column_mapping import Register
from bot.services.portfolio.faults import Faults
from bot.services.portfolio.plan import PlannedChange

OF_INVOICES = ("invoiced", "approved", "disputed", "paid")
"""The sums of a month that are worked out from its invoices, where it has any."""


def check(register: Register, changes: Mapping[type[Record], Sequence[PlannedChange]], faults: Faults) -> None:
    """Add a fault for a month outside its contract, for one with sums of its own and invoices, and for figures of no
    benefit."""
    for change in (*changes[SpendRecord], *changes[InvoiceRecord], *changes[BenefitFigureRecord]):
        contract: ContractRecord = register.rows[ContractRecord][(change.row.contract,)]
        first, last = Month.of(contract.start), Month.of(contract.longest_end or contract.end)
        if "period" in change.columns and not first <= change.row.period <= last:
            sentence = f"{change.row.period} is outside the contract, which runs from {first} to {last}. Correct it."
            faults.add(change.place.at("period"), sentence)
    _benefits(register, changes, faults)
    with_invoices = {(row.contract, row.period) for row in register.rows[InvoiceRecord].values()}
    places = {change.key: change.place for change in changes[SpendRecord]}
    of_invoices = {(change.row.contract, change.row.period): change.place for change in changes[InvoiceRecord]}
    for key, row in register.rows[SpendRecord].items():
        place = places.get(key) or of_invoices.get(key)
        entered = next((name for name in OF_INVOICES if getattr(row, name) is not None), None)
        if place and entered and key in with_invoices:
            sentence = f"{row.period} has invoices, and its sums are worked out from them. Leave them blank in spend."
            faults.add(places[key].at(entered) if key in places else place.at("period"), sentence)


def _benefits(register: Register, changes: Mapping[type[Record], Sequence[PlannedChange]], faults: Faults) -> None:
    for change in changes[BenefitRecord]:
        person: PersonRecord = register.rows[PersonRecord][(change.row.owner,)]
        organisation: OrganisationRecord = register.rows[OrganisationRecord][(person.organisation,)]
        if not organisation.kind.is_department:
            sentence = f"{person.name} ({person.slack}) does not work for the department. Name who answers for it."
            faults.add(change.place.at("owner"), sentence)
    for change in changes[BenefitFigureRecord]:
        row: BenefitFigureRecord = change.row
        if (row.contract, row.benefit) in register.rows[BenefitRecord]:
            continue
        names = [name for contract, name in register.rows[BenefitRecord] if contract == row.contract]
        close = None if faults.full else nearest(row.benefit, names)
        known = f"Those of {row.contract} are {join_words(names)}." if names else "Add it to the sheet benefits."
        mend = f"Did you mean {close}?" if close else known
        faults.add(change.place.at("benefit"), f"{quoted(row.benefit)} is no benefit of {row.contract}. {mend}")
