"""Consistency between the rows of a file and the register: who works where, and what belongs to what."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from bot.domain.figures import Unit, format_figure
from bot.domain.normalisation import name_key
from bot.domain.parts import round_to_worse, share
from bot.domain.references import check_contract_reference
from bot.domain.wording import format_date, join_words, nearest, quoted
from bot.errors import UserError
from bot.models import Decision, RoleName
from bot.records import (
    BY_NAME,
    DEADLINES,
    ActionRecord,
    ChannelRecord,
    ContactRecord,
    ContractRecord,
    Decided,
    InterventionRecord,
    KpiRecord,
    OptionRecord,
    OrganisationRecord,
    PersonRecord,
    PlanRecord,
    ReadingRecord,
    Record,
    ReportRecord,
    RoleRecord,
)
from bot.records.cells import Percentage
from bot.services.portfolio.column_mapping import Register, calendar_of
from bot.services.portfolio.faults import CellRef, Faults
from bot.services.portfolio.plan import PlannedChange
from bot.services.progress.reports import first_report_at

MOST_KPIS = 90  # of a contract: as many as a form holds

Result = TypeVar("Result")
Changes = Mapping[type[Record], Sequence[PlannedChange]]


def references_exist(row: Record, register: Register, place: CellRef, faults: Faults) -> bool:
    """Whether all records that a row names exist; adds a fault for each that does not."""
    missing = [
        (column, named, sheet)
        for column, sheet in row.references().items()
        for named in named_by(getattr(row, column))
        if (named,) not in register.rows[BY_NAME[sheet]]
    ]
    for column, named, sheet in missing:
        close = None if faults.full else nearest(named, [key[0] for key in register.rows[BY_NAME[sheet]]])
        meant = f"Did you mean {close}?" if close else f"Add it to the sheet {sheet}, or correct it."
        faults.add(place.at(column), f"{quoted(named)} is not among the {sheet}. {meant}")
    return not missing


def named_by(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    """What a field names: a record, several, or none."""
    return value if isinstance(value, tuple) else () if value is None else (value,)


def check(register: Register, changes: Changes, faults: Faults) -> None:
    """Add a fault for everything inconsistent. `register` is the register with the changes applied."""
    _organisations(register, changes, faults)
    _people(register, changes, faults)
    _roles(register, changes, faults)
    _channels(changes, faults)
    _contracts(changes, faults)
    _days(register, changes, faults)
    _kpis(register, changes, faults)
    _reports(register, changes, faults)
    _figures(register, changes, faults)
    _plans(register, changes, faults)
    _contacts_and_actions(register, changes, faults)
    _has_happened(register, changes, faults)


def _organisations(register: Register, changes: Changes, faults: Faults) -> None:
    rows = register.rows[OrganisationRecord].values()
    departments = [each.key for each in rows if each.kind.is_department]
    homes = Counter(team for each in rows for team in each.teams)
    changed = {change.row.key for change in changes[OrganisationRecord]}
    by_name = {name_key(each.name): each for each in rows if each.key not in changed}
    for change in changes[OrganisationRecord]:
        same = by_name.get(name_key(change.row.name))
        if same is not None and "name" in change.columns:
            mend = f"{same.name} is in the register with the key {same.key}. Use that key, or another name."
            faults.add(change.place.at("name"), mend)
        if change.row.kind.is_department and len(departments) > 1:
            other = next(each for each in departments if each != change.row.key)
            mend = f"{other} is the department already, and there is one. Enter another kind."
            faults.add(change.place.at("kind"), mend)
        for team in change.row.teams:
            if homes[team] > 1:
                owner = next(each.key for each in rows if team in each.teams and each.key != change.row.key)
                faults.add(
                    change.place.at("teams"),
                    f"the workspace {quoted(team)} belongs to {owner} too. Leave it with one of them.",
                )


def _is_department(register: Register, key: str) -> bool:
    row: OrganisationRecord = register.rows[OrganisationRecord][(key,)]
    return row.kind.is_department


def _people(register: Register, changes: Changes, faults: Faults) -> None:
    for change in changes[PersonRecord]:
        of_department = _is_department(register, change.row.organisation)
        if now := register.earlier_accounts.get(change.row.slack):
            sentence = f"{change.row.name} has another Slack account now, {now}. Enter that id, here and elsewhere."
            faults.add(change.place.at("slack"), sentence)
        if change.row.administrator and not of_department:
            faults.add(
                change.place.at("administrator"),
                f"{change.row.name} does not work for the department, as an administrator does. Enter no.",
            )


def _roles(register: Register, changes: Changes, faults: Faults) -> None:
    """A partner contact must work for the contract's partner, everybody else for the department, and so must their
    deputies.

    This also checks the roles of a contract whose partner changes, and of a person who changes organisation.
    """
    moved = {each.key[0]: each.place for sheet in (ContractRecord, PersonRecord) for each in changes[sheet]}
    places = {each.key: each.place for each in changes[RoleRecord]}
    for key, role in register.rows[RoleRecord].items():
        for column, slack in (("person", role.person), ("deputy", role.deputy)):
            place = places.get(key) or moved.get(role.contract) or moved.get(slack)
            if slack is None or place is None:
                continue
            person: PersonRecord = register.rows[PersonRecord][(slack,)]
            contract: ContractRecord = register.rows[ContractRecord][(role.contract,)]
            if role.role is RoleName.PARTNER_CONTACT:
                fits, whom = person.organisation == contract.partner, f"its partner, {contract.partner}"
            else:
                fits, whom = _is_department(register, person.organisation), "the department"
            if not fits:
                at = place.at(column) if place.sheet == RoleRecord.sheet else place
                doing = f"the {role.role}" if column == "person" else f"the deputy of the {role.role}"
                faults.add(
                    at,
                    f"{person.name} ({slack}) is {doing} of {role.contract}, but does not work for {whom}. "
                    "Name somebody else, or correct who they work for.",
                )


def _channels(changes: Changes, faults: Faults) -> None:
    for change in changes[ChannelRecord]:
        if change.before is not None and change.before.contract != change.row.contract:
            faults.add(
                change.place.at("contract"),
                f"the channel {change.row.channel} belongs to {change.before.contract or 'every contract'} already. "
                "A channel belongs to one contract: name another channel.",
            )


def _contracts(changes: Changes, faults: Faults) -> None:
    """What a command would read as something else is no reference of a new contract; old ones keep theirs."""
    for change in changes[ContractRecord]:
        if change.before is None:
            _calculated(faults, change.place, "reference", check_contract_reference, change.row.reference)


def _days(register: Register, changes: Changes, faults: Faults) -> None:
    """The days of rules and periods must exist, and open decisions must still be possible."""
    for change in changes[ContractRecord]:
        if {"first_period", "nation"} & set(change.columns):
            calendar = register.calendar.of(change.row.nation)
            _calculated(faults, change.place, "first_period", first_report_at, change.row.first_period, calendar)
    for sheet, column in DEADLINES.items():
        for change in changes[sheet]:
            due = getattr(change.row, column)
            day = due and _calculated(faults, change.place, column, due.on, calendar_of(change.row, register))
            if day is not None and isinstance(change.row, OptionRecord):
                _can_be_decided(change, day, faults)


def _calculated(
    faults: Faults, place: CellRef, column: str, calculate: Callable[..., Result], *given: object
) -> Result | None:
    try:
        return calculate(*given)
    except UserError as error:  # for example of a month with fewer working days
        faults.add(place.at(column), error.sentence)
        return None


def _can_be_decided(change: PlannedChange, day: date, faults: Faults) -> None:
    recorded = change.row.recorded
    if change.row.decision is Decision.OPEN and day < recorded:
        faults.add(
            change.place.at("decide_by"),
            f"the last day to decide, {format_date(day)}, is before {format_date(recorded)}, when it is recorded. "
            "Enter what became of it as its decision, or correct the day.",
        )


def _kpis(register: Register, changes: Changes, faults: Faults) -> None:
    counts = Counter(contract for contract, _ in register.rows[KpiRecord])
    for change in changes[KpiRecord]:
        if counts[change.row.contract] > MOST_KPIS:
            sentence = f"{change.row.contract} has more than {MOST_KPIS} KPIs, as many as a form holds."
            faults.add(change.place, sentence)
            counts[change.row.contract] = 0  # reported once


def _reports(register: Register, changes: Changes, faults: Faults) -> None:
    for change in changes[ReportRecord]:
        if change.before is not None and change.before.received and not change.row.received:
            faults.add(
                change.place.at("received"),
                f"the report came on {format_date(change.before.received)}. Enter that day, or correct it.",
            )
        elif change.before is not None and _undone(change):
            faults.add(
                change.place.at("decision"),
                "a decision on this report stands in the register. Leave its decision and its query as they are.",
            )
        elif change.row.decision and not change.row.received:
            faults.add(change.place.at("decision"), "a report that has not come has no decision. Leave this blank.")
        elif change.row.rag and not change.row.received:
            faults.add(change.place.at("rag"), "a report that has not come says nothing. Leave this blank.")


def _undone(change: PlannedChange) -> bool:
    """Whether an import would undo the acceptance of a report, or a query about it."""
    before, row = change.before, change.row
    accepted = before.decision is Decided.ACCEPTED and row.decision is not Decided.ACCEPTED
    return accepted or bool(before.query and row.query != before.query)


def _figures(register: Register, changes: Changes, faults: Faults) -> None:
    kpis, reports = register.rows[KpiRecord], register.rows[ReportRecord]
    for change in changes[ReadingRecord]:
        row, place = change.row, change.place
        kpi, report = kpis.get((row.contract, row.kpi)), reports.get((row.contract, row.period))
        if kpi is None:
            _no_such_kpi(register, row.contract, row.kpi, place, faults)
        elif isinstance(row.value, Percentage) and kpi.unit is not Unit.PERCENT:
            faults.add(place.at("value"), f"{row.kpi} is measured in {kpi.unit}. Leave out the per cent sign.")
        elif row.value is not None and row.value < 0 and not kpi.may_be_negative:
            faults.add(place.at("value"), f"it is below 0, and figures of {row.kpi} start at 0. Correct it.")
        elif row.part is not None and row.whole and not row.agrees_with_its_parts(kpi.unit):
            made = format_figure(round_to_worse(share(row.part, row.whole, kpi.unit), kpi.direction), kpi.unit)
            faults.add(place.at("value"), f"the parts make {made}. Correct one of them, or leave value blank.")
        if report is None or report.received is None:
            faults.add(
                place.at("period"),
                f"no report of {row.contract} for {row.period} came. Add it to reports, with received and by.",
            )


def _plans(register: Register, changes: Changes, faults: Faults) -> None:
    for change in (*changes[PlanRecord], *changes[InterventionRecord]):
        if change.row.kpi and (change.row.contract, change.row.kpi) not in register.rows[KpiRecord]:
            _no_such_kpi(register, change.row.contract, change.row.kpi, change.place, faults)


def _no_such_kpi(register: Register, contract: str, code: str, place: CellRef, faults: Faults) -> None:
    codes = [each for of, each in register.rows[KpiRecord] if of == contract and not faults.full]
    meant = nearest(code, codes)
    mend = f"Did you mean {meant}?" if meant else f"Its KPIs are {join_words(codes)}."
    faults.add(place.at("kpi"), f"{quoted(code)} is no KPI of {contract}. {mend}")


def _contacts_and_actions(register: Register, changes: Changes, faults: Faults) -> None:
    """The department logged a contact; who has an action is of the department or the partner."""
    for change in changes[ContactRecord]:
        if not _is_department(register, _person(register, change.row.by).organisation):
            faults.add(change.place.at("by"), f"{change.row.by} does not work for the department. Name who logged it.")
    for change in changes[ActionRecord]:
        contract: ContractRecord = register.rows[ContractRecord][(change.row.contract,)]
        owner = _person(register, change.row.owner)
        if owner.organisation != contract.partner and not _is_department(register, owner.organisation):
            faults.add(
                change.place.at("owner"),
                f"{owner.name} ({owner.slack}) works neither for the department nor for {contract.partner}. "
                "Name somebody else, or correct who they work for.",
            )


def _has_happened(register: Register, changes: Changes, faults: Faults) -> None:
    """The days of what has happened are not still to come."""
    for sheet, changed in changes.items():
        for change in changed if sheet.have_been else ():
            for column in sheet.have_been:
                day = getattr(change.row, column)
                if day is not None and day > register.today and day != getattr(change.before, column, None):
                    faults.add(change.place.at(column), f"{format_date(day)} has not come yet. Enter today or earlier.")


def _person(register: Register, slack: str) -> PersonRecord:
    person: PersonRecord = register.rows[PersonRecord][(slack,)]
    return person
