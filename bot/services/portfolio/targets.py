"""The targets of KPIs in an import: what the sheet of KPIs says of them, and what figures that came already forbid."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from pydantic import ValidationError

from bot.domain.periods import Month, in_force
from bot.domain.ratings import CutOffs
from bot.records import ContractRecord, KpiRecord, ReadingRecord, Record, TargetRecord
from bot.services.portfolio.column_mapping import OfKpi, Register
from bot.services.portfolio.faults import Faults
from bot.services.portfolio.plan import PlannedChange

Changes = Mapping[type[Record], Sequence[PlannedChange]]
Targets = dict[OfKpi, dict[Month, CutOffs]]


def targets_in(register: Register) -> Targets:
    """The cut-offs of each KPI, by the month from which they hold."""
    found: Targets = defaultdict(dict)
    for row in register.rows[TargetRecord].values():
        found[row.contract, row.kpi][row.since] = row.cut_offs
    return found


def complete(row: KpiRecord, before: KpiRecord | None, register: Register) -> dict[str, object]:
    """The month from which the cut-offs of a KPI hold, and the cut-offs themselves.

    Other cut-offs without a month hold from the next that is not reported yet. Those of an earlier time change nothing:
    the file is older than the last change.
    """
    if before is None:
        contract: ContractRecord = register.rows[ContractRecord][(row.contract,)]
        first = min(Month.of(contract.start), contract.first_period or Month.of(contract.start))
        return {"since": row.since or first}
    if (row.cut_offs, row.since) == (before.cut_offs, before.since):
        return {}
    known = register.targets.get((row.contract, row.code), {})
    is_said = row.since != before.since
    if (row.since is not None and is_said and known.get(row.since) == row.cut_offs) or (
        not is_said and row.cut_offs in known.values()
    ):
        return {name: getattr(before, name) for name in KpiRecord.apart}
    return {} if is_said else {"since": _next_month(row, before, register)}


def _next_month(row: KpiRecord, before: KpiRecord, register: Register) -> Month | None:
    """The first month without a report: or, while no figure was rated by the last cut-offs, the month of those."""
    came: list[Month] = [
        period for contract, period, code in register.rows[ReadingRecord] if (contract, code) == row.identity
    ]
    if not came or (before.since is not None and max(came) < before.since):
        return before.since
    contract: ContractRecord = register.rows[ContractRecord][(row.contract,)]
    return max(max(came).next(), contract.first_period or max(came))


def implied_by_kpis(
    register: Register, kpis: Sequence[PlannedChange], listed: Sequence[PlannedChange], faults: Faults
) -> Iterator[PlannedChange]:
    """The targets that the sheet of KPIs adds or changes, besides those that are listed by themselves."""
    by_key = {each.key: each for each in listed}
    for change in kpis:
        row: KpiRecord = change.row
        if change.before is not None and not set(KpiRecord.apart) & set(change.columns):
            continue
        cut_offs = {name: getattr(row, name) for name in TargetRecord.fields() if name in KpiRecord.apart}
        target = TargetRecord.model_construct(contract=row.contract, kpi=row.code, **cut_offs)
        said, before = by_key.get(target.identity), register.rows[TargetRecord].get(target.identity)
        if said is not None and said.row.cut_offs != row.cut_offs:
            faults.add(
                said.place, f"the sheet kpis has other cut-offs of {row.code} from {row.since}. Make them agree."
            )
        elif said is None and (before is None or before.cut_offs != row.cut_offs):
            yield PlannedChange(target.identity, target, before, change.place)


def check(register: Register, changes: Changes, faults: Faults) -> None:
    """Add a fault for each target that does not fit its KPI, or would change what a figure was rated by."""
    touched = [*changes[TargetRecord], *_of_other_measure(register, changes[KpiRecord])]
    if not touched:
        return
    before, came = _before(register, changes[TargetRecord]), _came(register, changes[ReadingRecord])
    for change in touched:
        row: TargetRecord = change.row
        of_kpi = row.contract, row.kpi
        kpi: KpiRecord | None = register.rows[KpiRecord].get(of_kpi)
        if kpi is None:
            faults.add(change.place.at("kpi"), f"{row.kpi} is no KPI of {row.contract}. Add it to the sheet kpis.")
            continue
        _fits(kpi, change, faults)
        earlier, now = before.get(of_kpi), register.targets[of_kpi]
        rated = [month for month in came[of_kpi] if earlier and in_force(earlier, month) != in_force(now, month)]
        if rated:
            faults.add(
                change.place.at("since"),
                f"figures of {row.kpi} came up to {max(rated)}, and their ratings stand by the cut-offs of their time. "
                f"Enter {max(rated).next().key} or a later month.",
            )


def _of_other_measure(register: Register, kpis: Sequence[PlannedChange]) -> Iterator[PlannedChange]:
    """The targets of KPIs that are measured in another way, as if they changed."""
    measured = {"unit", "direction", "may_be_negative"}
    places = {change.key: change.place for change in kpis if change.before and measured & set(change.columns)}
    for key, row in register.rows[TargetRecord].items() if places else ():
        place = places.get((row.contract, row.kpi))
        if place is not None:
            yield PlannedChange(key, row, row, place)


def _fits(kpi: KpiRecord, change: PlannedChange, faults: Faults) -> None:
    """Add a fault for cut-offs that the KPI itself could not have."""
    cut_offs = {name: getattr(change.row, name) for name in ("good", "approaching", "requires_improvement")}
    try:
        KpiRecord.model_validate({**dict(kpi), **cut_offs})
    except ValidationError as error:
        faults.add_all(error, change.place, KpiRecord, cut_offs)


def _before(register: Register, changes: Sequence[PlannedChange]) -> Targets:
    """The cut-offs of each KPI before the import."""
    found: Targets = {of_kpi: dict(since) for of_kpi, since in register.targets.items()}
    for change in changes:
        since = found[change.row.contract, change.row.kpi]
        if change.before is None:
            del since[change.row.since]
        else:
            since[change.row.since] = change.before.cut_offs
    return found


def _came(register: Register, changes: Sequence[PlannedChange]) -> Mapping[OfKpi, Sequence[Month]]:
    """The months of the figures that were there before the import, by KPI."""
    new = {change.key for change in changes if change.before is None}
    found: dict[OfKpi, list[Month]] = defaultdict(list)
    for contract, period, code in register.rows[ReadingRecord].keys() - new:
        found[contract, code].append(period)
    return found
