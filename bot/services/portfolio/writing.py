"""Writing an import in short transactions, between which others have their turn.

The whole file is planned first, from one state of the register, and refused as a whole if anything in it is wrong.
Then each slice of the plan is written in a transaction of its own, which first looks whether what it changes is still
as the plan found it. A contract that somebody else changed meanwhile is left as it is, and named. An import that was
ended goes on when its file is imported again: what it has written is then left alone.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from bot.domain.wording import join_words, plural
from bot.errors import UserError
from bot.models import Contract
from bot.records import BY_NAME, Key, OrganisationRecord, PersonRecord, ReadingRecord, Record, ReportRecord
from bot.services.portfolio.applying import apply
from bot.services.portfolio.checks import named_by
from bot.services.portfolio.loading import load, load_contracts, load_rows
from bot.services.portfolio.plan import Plan, summary
from bot.services.portfolio.slices import ContractRows, Slice, SlicedPlan, contract_of, rows_by_contract
from bot.services.unit_of_work import UnitOfWork

TRIES = 3  # of a slice that another write comes between, by an instant
MOST_TOLD = 20  # contracts that were left as they are, and are named

_RATED = (ReportRecord, ReadingRecord)

W = TypeVar("W", bound=UnitOfWork)
W_co = TypeVar("W_co", bound=UnitOfWork, covariant=True)
T = TypeVar("T")
Progress = Callable[[int], object]
"""Is told how many more records are written."""


class ImportUnits(Protocol[W_co]):
    """Units of work, each in a transaction of its own."""

    async def read(self, unit: Callable[[W_co], T]) -> T:
        """Run a unit that only reads."""

    async def write(self, unit: Callable[[W_co], T]) -> T:
        """Run a unit that commits as a whole or not at all."""

    def alone(self, what: str) -> AbstractAsyncContextManager[bool]:
        """Whether nobody else does this, in any process, from now until the block ends."""


@dataclass(frozen=True)
class Imported:
    """What an import has written, and the contracts that it left as somebody else changed them meanwhile."""

    plan: Plan
    left: Collection[str]

    @property
    def sentence(self) -> str:
        """What an import did, for whoever started it."""
        done = summary(self.plan) if len(self.plan) or not self.left else "Nothing was imported."
        if not self.left:
            return done
        named = sorted(self.left)[:MOST_TOLD]
        more = [plural(len(self.left) - MOST_TOLD, "more contract")] if len(self.left) > MOST_TOLD else []
        return (
            f"{done} Somebody else changed {join_words([*named, *more])} meanwhile, so nothing was imported there. "
            "Import the file again to see what is left to do."
        )


def changed_meanwhile(written: int) -> UserError:
    """Somebody else changed what an import builds on, when so many records were written."""
    done = f"{plural(written, 'record')} had been imported by then" if written else "nothing was imported"
    return UserError(
        f"The register has changed since this was worked out, so {done}. "
        "Import the file again to see what it would do now."
    )


async def write_import(
    units: ImportUnits[W],
    planned: Callable[[W], Plan],
    *,
    allow: Callable[[W], object] = lambda _work: None,
    progress: Progress | None = None,
) -> Imported:
    """Write the plan that `planned` makes, in slices; each asks `allow` first.

    Raises `CannotImport` with every fault, `UserError` while another import is written or where somebody else changed
    what it builds on, and what `planned` and `allow` raise.
    """
    async with units.alone("import") as is_alone:
        if not is_alone:
            raise UserError(
                "Another file is being imported just now, so nothing was imported. Do it again when that is done."
            )
        sliced = await units.read(lambda work: SlicedPlan(planned(work)))
        left, written = frozenset[str](), 0
        for slice in sliced.slices:
            changed = await _tried(units, partial(_written, sliced, slice, allow, written))
            left, written = left | changed, written + len(slice.without(changed))
            if progress is not None:
                progress(len(slice))
        return Imported(sliced.without(left), left)


async def _tried(units: ImportUnits[W], unit: Callable[[W], frozenset[str]]) -> frozenset[str]:
    """Write a slice. If somebody else is first by an instant, the next try finds what they wrote."""
    for _ in range(TRIES - 1):
        try:
            return await units.write(unit)
        except IntegrityError:
            continue
    return await units.write(unit)


def _written(sliced: SlicedPlan, slice: Slice, allow: Callable[[W], object], before: int, work: W) -> frozenset[str]:
    """Write a slice, except the contracts that somebody else changed, which are returned. `before` records are written
    already. Raises `UserError` if what belongs to no contract was changed, or the whole file is one slice.
    """
    allow(work)
    changed = frozenset(_contracts_changed(work, sliced, slice))
    if _shared_changed(work, slice.plan) or (changed and len(sliced.slices) == 1):
        raise changed_meanwhile(before)
    apply(work, slice.without(changed).plan)
    return changed


def _shared_changed(work: UnitOfWork, plan: Plan) -> bool:
    """Whether somebody else changed what a slice changes and what belongs to no contract."""
    for sheet, changes in plan.changes.items():
        shared = {change.key: change.before for change in changes if contract_of(change.row) is None}
        if shared:
            now = load_rows(work.session, plan.before, sheet, shared)
            if any(now.get(key) != before for key, before in shared.items()):
                return True
    return False


def _contracts_changed(work: UnitOfWork, sliced: SlicedPlan, slice: Slice) -> Iterator[str]:
    """The contracts of a slice that are no longer as the plan found them, or name somebody who is not."""
    new = slice.contracts - sliced.before.keys()
    if new:
        yield from work.session.scalars(select(col(Contract.reference)).where(col(Contract.reference).in_(new)))
    known = slice.contracts - new
    if known:
        now = _as_they_are(work, sliced, slice.plan, known)
        yield from (each for each in known if now.get(each) != sliced.before[each])
    yield from _of_others(work, slice.plan)


def _as_they_are(
    work: UnitOfWork, sliced: SlicedPlan, plan: Plan, references: Collection[str]
) -> Mapping[str, ContractRows]:
    """The rows of contracts as they are now, in the sheets that they have and those that ratings hang on. Nobody else
    changes those that are about to be changed."""
    had = {sheet for reference in references for sheet, _ in sliced.before[reference]}
    written = {sheet for sheet, changes in plan.changes.items() if changes}
    locked = {sheet for sheet in written if plan.changed(sheet)}
    try:
        register = load_contracts(work.session, plan.before, references, {*had, *written, *_RATED}, locked)
    except KeyError:  # a record names somebody who was added meanwhile
        register = load(work, references)
    return rows_by_contract(register, references)


def _of_others(work: UnitOfWork, plan: Plan) -> Iterator[str]:
    """The contracts of a slice whose people or partner were of another organisation, or of another kind, when the file
    was checked."""
    naming: dict[type[Record], dict[Key, set[str]]] = {PersonRecord: {}, OrganisationRecord: {}}
    for changes in plan.changes.values():
        for change in changes:
            for column, sheet in change.row.references().items():
                for named in named_by(getattr(change.row, column)) if contract_of(change.row) else ():
                    if BY_NAME[sheet] in naming:
                        naming[BY_NAME[sheet]].setdefault((named,), set()).add(contract_of(change.row) or "")
    for sheet, column in ((PersonRecord, "organisation"), (OrganisationRecord, "kind")):
        others = naming[sheet].keys() - {change.key for change in plan.changes[sheet]}
        now = load_rows(work.session, plan.before, sheet, others) if others else {}
        for key in others:
            if key not in now or getattr(now[key], column) != getattr(plan.register.rows[sheet][key], column):
                yield from naming[sheet][key]
