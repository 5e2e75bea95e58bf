"""Dividing a plan into slices that are written one after the other: what belongs to no contract first, and then the
contracts, each whole with all that belongs to it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.records import SHEETS, ContractRecord, Key, Record
from bot.services.portfolio.column_mapping import Register
from bot.services.portfolio.loading import is_of_contract
from bot.services.portfolio.plan import Plan, PlannedChange

MOST_RECORDS = 120
"""Records that a slice writes or looks at again, unless one contract has more: about 20 milliseconds of a processor."""

Changes = dict[type[Record], list[PlannedChange]]
Part = tuple[str | None, Changes]
ContractRows = Mapping[tuple[type[Record], Key], Any]
"""The rows of one contract, each by its sheet and its key."""


@dataclass(frozen=True)
class Slice:
    """Some changes of a plan, as a plan of their own, and the contracts to which they belong."""

    plan: Plan
    contracts: frozenset[str]

    def __len__(self) -> int:
        return len(self.plan)

    def without(self, contracts: frozenset[str]) -> "Slice":
        """The same without some of its contracts."""
        return Slice(_without(self.plan, contracts), self.contracts - contracts)


class SlicedPlan:
    """A plan and its slices: a small plan is one slice, and one that changes nothing has none.

    `before` are the rows of each contract that it changes, in the register from which it was made.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        parts = list(_parts(plan))
        self.before = rows_by_contract(plan.before, {reference for reference, _ in parts if reference})
        self.slices = list(_slices(plan, parts, self.before))

    def without(self, contracts: frozenset[str]) -> Plan:
        """The plan without some of its contracts."""
        return _without(self.plan, contracts)


def contract_of(row: Any) -> str | None:  # noqa: ANN401  # a row of any sheet
    """The contract to which a row belongs; None for one that belongs to none."""
    reference: str | None = row.reference if isinstance(row, ContractRecord) else getattr(row, "contract", None)
    return reference


def rows_by_contract(register: Register, references: Collection[str]) -> Mapping[str, ContractRows]:
    """The rows of a register that belong to these contracts, by the contract."""
    found: dict[str, dict[tuple[type[Record], Key], Any]] = defaultdict(dict)
    for sheet in filter(is_of_contract, SHEETS):
        for key, row in register.rows[sheet].items():
            reference = contract_of(row)
            if reference is not None and reference in references:
                found[reference][sheet, key] = row
    return dict(found)


def _slices(plan: Plan, parts: Iterable[Part], before: Mapping[str, ContractRows]) -> Iterator[Slice]:
    """The parts of a plan, joined to slices as long as they are small."""
    implied = defaultdict[str, list[PlannedChange]](list)
    for change in plan.implied:
        implied[change.row.contract].append(change)

    def joined(changes: Changes, contracts: Iterable[str]) -> Slice:
        following = [change for each in contracts for change in implied[each]]
        return Slice(replace(plan, changes=changes, implied=following), frozenset(contracts))

    taken, contracts, count = _nothing(), list[str](), 0
    for reference, changes in parts:
        more = sum(map(len, changes.values())) + len(before.get(reference or "", ()))
        if count and count + more > MOST_RECORDS:
            yield joined(taken, contracts)
            taken, contracts, count = _nothing(), list[str](), 0
        for sheet, those in changes.items():
            taken[sheet] += those
        contracts += [reference] if reference else []
        count += more
    if count:
        yield joined(taken, contracts)


def _parts(plan: Plan) -> Iterator[Part]:
    """Each change that belongs to no contract, and then the changes of each contract."""
    of_contract: dict[str, Changes] = {}
    for sheet in SHEETS:
        for change in plan.changes[sheet]:
            reference = contract_of(change.row)
            if reference is None:
                yield None, {sheet: [change]}
            else:
                of_contract.setdefault(reference, {}).setdefault(sheet, []).append(change)
    yield from of_contract.items()


def _nothing() -> Changes:
    return {sheet: [] for sheet in SHEETS}


def _without(plan: Plan, contracts: frozenset[str]) -> Plan:
    if not contracts:
        return plan
    changes = {
        sheet: [each for each in those if contract_of(each.row) not in contracts]
        for sheet, those in plan.changes.items()
    }
    return replace(plan, changes=changes, implied=[e for e in plan.implied if e.row.contract not in contracts])
