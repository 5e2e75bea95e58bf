"""Consistency between the spend and the invoices of a file and of the register."""

from collections.abc import Mapping, Sequence

from bot.domain.periods import Month
from bot.records import ContractRecord, InvoiceRecord, Record, SpendRecord
from bot.services.portfolio.column_mapping import Register
from bot.services.portfolio.faults import Faults
from bot.services.portfolio.plan import PlannedChange

OF_INVOICES = ("invoiced", "approved", "disputed", "paid")
"""The sums of a month that are worked out from its invoices, where it has any."""


def check(register: Register, changes: Mapping[type[Record], Sequence[PlannedChange]], faults: Faults) -> None:
    """Add a fault for a month outside its contract, and for one with sums of its own and invoices."""
    for change in (*changes[SpendRecord], *changes[InvoiceRecord]):
        contract: ContractRecord = register.rows[ContractRecord][(change.row.contract,)]
        first, last = Month.of(contract.start), Month.of(contract.longest_end or contract.end)
        if "period" in change.columns and not first <= change.row.period <= last:
            sentence = f"{change.row.period} is outside the contract, which runs from {first} to {last}. Correct it."
            faults.add(change.place.at("period"), sentence)
    with_invoices = {(row.contract, row.period) for row in register.rows[InvoiceRecord].values()}
    places = {change.key: change.place for change in changes[SpendRecord]}
    of_invoices = {(change.row.contract, change.row.period): change.place for change in changes[InvoiceRecord]}
    for key, row in register.rows[SpendRecord].items():
        place = places.get(key) or of_invoices.get(key)
        entered = next((name for name in OF_INVOICES if getattr(row, name) is not None), None)
        if place and entered and key in with_invoices:
            sentence = f"{row.period} has invoices, and its sums are worked out from them. Leave them blank in spend."
            faults.add(places[key].at(entered) if key in places else place.at("period"), sentence)
