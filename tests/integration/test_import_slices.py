"""An import is written in short transactions: others go on meanwhile, it may be ended at any time, and what somebody
else changed meanwhile is not overwritten."""

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from copy import deepcopy

import pytest
from sqlalchemy import select
from sqlmodel import Session, col

from bot.db import Database
from bot.errors import UserError
from bot.exclusive import alone
from bot.models import Contract, Kpi, Organisation, Person, Role, RoleName
from bot.services.portfolio.plan import Plan
from bot.services.portfolio.planning import plan
from bot.services.portfolio.reading import read
from bot.services.portfolio.slices import MOST_RECORDS, SlicedPlan, contract_of
from bot.services.portfolio.source import Rows
from tests.builders import ROOT, contract_named, dump, rows, work
from tests.conftest import KINDS, Templates
from tests.integration.importing import DATA, Units, record, rows_of, written
from tests.samples import SAMPLE, Sheets

CONTRACTS, KPIS_EACH = 300, 3


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest, templates: Templates) -> Iterator[Database]:
    """A database of its own, with the tables and nothing in them."""
    with templates.lent(request.param, portfolio=False) as url, closing(Database(url)) as database:
        yield database


@pytest.fixture(params=KINDS)
def filled(request: pytest.FixtureRequest, templates: Templates) -> Iterator[Database]:
    """A database of its own, with the sample portfolio."""
    with templates.lent(request.param, portfolio=True) as url, closing(Database(url)) as database:
        yield database


def many() -> Rows:
    """Hundreds of contracts, each with some KPIs."""
    contract, kpi = DATA["contracts"][0], next(row for row in DATA["kpis"] if row["contract"] == "WP-NE")
    references = [f"MANY-{number}" for number in range(CONTRACTS)]
    sheets = {
        "organisations": DATA["organisations"],
        "contracts": [deepcopy({**contract, "reference": each}) for each in references],
        "kpis": [deepcopy({**kpi, "contract": e, "code": f"kpi-{n}"}) for e in references for n in range(KPIS_EACH)],
    }
    return rows_of(sheets)


def other_purposes() -> Rows:
    """The sample with another purpose for each contract, and the first person with another name."""
    purposes = [{**row, "purpose": f"Another purpose {at}"} for at, row in enumerate(DATA["contracts"])]
    return rows_of({"contracts": purposes, "people": [{**DATA["people"][0], "name": "Another Name"}]})


def planned(database: Database, those: Rows) -> Plan:
    with database.reading() as session:
        return plan(work(session), those)


def change(database: Database, what: Callable[[Session], object]) -> None:
    """What somebody else does."""
    with database.writing() as session:
        what(session)


def rename(reference: str, title: str = "By somebody else") -> Callable[[Session], object]:
    return lambda session: setattr(contract_named(session, reference), "title", title)


def test_somebody_else_is_served_while_an_import_goes_on(empty: Database) -> None:
    """Their command waits for one write of the import at most, also where it changes what the import has written."""
    served_at: list[int] = []

    async def both() -> int:
        others = list[asyncio.Future[None]]()

        def command(number: int) -> None:
            if number in (5, 6, 7):
                others.append(asyncio.ensure_future(serve(number)))

        async def serve(number: int) -> None:
            await empty.write(rename(f"MANY-{number}"))
            served_at.append(units.writes - number)

        units = Units(empty, after_write=command)
        done = await written(units, many())
        await asyncio.gather(*others)
        assert not done.left
        return units.writes

    assert asyncio.run(both()) > CONTRACTS * (KPIS_EACH + 1) / MOST_RECORDS
    assert served_at
    assert max(served_at) <= 1
    assert sum(each.title == "By somebody else" for each in rows(empty, Contract)) == 3


def test_nobody_reads_half_a_contract(empty: Database) -> None:
    seen = Counter[int]()

    def look(_number: int) -> None:
        counts = Counter(each.contract_id for each in rows(empty, Kpi))
        seen.update(counts[each.id or 0] for each in rows(empty, Contract))

    asyncio.run(written(Units(empty, after_write=look), many()))
    assert set(seen) == {KPIS_EACH}
    assert seen[KPIS_EACH] > CONTRACTS


def test_slices_are_small_or_one_contract_and_have_everything_once(empty: Database) -> None:
    made = planned(empty, read(SAMPLE))
    slices = SlicedPlan(made).slices
    assert len(slices) > 3
    assert all(len(each) <= MOST_RECORDS or len(each.contracts) == 1 for each in slices)
    assert sum(map(len, slices)) == len(made)
    assert sum(len(each.plan.implied) for each in slices) == len(made.implied)
    where = [contract for each in slices for contract in each.contracts]
    assert len(where) == len(set(where)) == len(DATA["contracts"])
    shared = [any(contract_of(c.row) is None for s in each.plan.changes.values() for c in s) for each in slices]
    assert shared == sorted(shared, reverse=True), "what belongs to no contract comes first"


@pytest.mark.parametrize("kind", KINDS)
def test_an_import_that_was_killed_goes_on_when_its_file_is_imported_again(kind: str, templates: Templates) -> None:
    with templates.lent(kind, portfolio=False) as url, closing(Database(url)) as undisturbed:
        units = Units(undisturbed)
        asyncio.run(written(units, read(SAMPLE)))
        whole, empty_again = record(undisturbed), asyncio.run(written(units, read(SAMPLE)))
        assert len(empty_again.plan) == 0
    for commit in (2, units.writes):
        with templates.lent(kind, portfolio=False) as url, closing(Database(url)) as database:
            command = [sys.executable, "-m", "tests.integration.dying_import", url, str(commit)]
            assert subprocess.run(command, cwd=ROOT, timeout=120).returncode == -signal.SIGKILL
            half = record(database)
            assert half[1]
            assert half != whole
            again = Units(database)
            asyncio.run(written(again, read(SAMPLE)))
            assert again.writes == units.writes - commit + 1, "what was written is left alone"
            assert record(database) == whole


def test_a_contract_that_somebody_else_changed_meanwhile_is_left_and_named(filled: Database) -> None:
    def meanwhile() -> None:
        change(filled, rename("WP-NE"))

    units = Units(filled, after_plan=meanwhile)
    done = asyncio.run(written(units, other_purposes()))
    assert units.writes > 1
    assert set(done.left) == {"WP-NE"}
    assert done.sentence.startswith("Changed 1 person and 11 contracts.")
    assert "Somebody else changed WP-NE meanwhile, so nothing was imported there." in done.sentence
    purposes = {each.reference: each.purpose for each in rows(filled, Contract)}
    assert not purposes.pop("WP-NE").startswith("Another purpose")
    assert all(each.startswith("Another purpose") for each in purposes.values())
    again = asyncio.run(written(Units(filled), other_purposes()))
    assert (len(again.plan), again.left) == (1, frozenset())
    by_reference = {each.reference: each for each in rows(filled, Contract)}
    assert by_reference["WP-NE"].purpose.startswith("Another purpose")


def add_contract(reference: str) -> Callable[[Session], object]:
    def add(session: Session) -> None:
        known = contract_named(session, "WP-NE").model_dump(exclude={"id", "public_id", "reference"})
        session.add(Contract(**known, reference=reference))

    return add


def move_person(session: Session) -> None:
    """Somebody of the department works for a partner from now on."""
    person = session.scalars(select(Person).where(col(Person.slack) == "U0CALLUM")).one()
    person.organisation_id = contract_named(session, "WP-NE").partner_id


def rename_kpi(session: Session) -> None:
    of_contract = select(Kpi).where(col(Kpi.contract_id) == contract_named(session, "WP-NE").id)
    session.scalars(of_contract.limit(1)).one().name = "By somebody else"


def give_role(session: Session) -> None:
    """Somebody new has a role."""
    person = Person(slack="U0LATER", name="Later", organisation_id=contract_named(session, "WP-NE").partner_id)
    session.add(person)
    session.flush()
    session.add(
        Role(contract_id=contract_named(session, "WP-NE").id, person_id=person.id, role=RoleName.PARTNER_CONTACT)
    )


SMALL = {"contracts": [{**DATA["contracts"][0], "purpose": "Another purpose"}]}
MEANWHILE: dict[str, tuple[Sheets, Callable[[Session], object]]] = {
    "the contract": (SMALL, rename("WP-NE")),
    "what belongs to it": (SMALL, rename_kpi),
    "somebody new in it": (SMALL, give_role),
    "the same contract": ({"contracts": [{**DATA["contracts"][0], "reference": "WP-NEW"}]}, add_contract("WP-NEW")),
    "who has a role in it": (
        {"roles": [{"contract": "WP-NE", "role": "senior owner", "person": "U0CALLUM"}]},
        move_person,
    ),
    "an organisation": (
        {"organisations": [{**DATA["organisations"][1], "name": "Another name"}]},
        lambda s: setattr(s.get(Organisation, contract_named(s, "WP-NE").partner_id), "name", "By somebody else"),
    ),
}


@pytest.mark.parametrize("what", MEANWHILE)
def test_a_small_file_is_imported_as_a_whole_or_not_at_all(filled: Database, what: str) -> None:
    sheets, other = MEANWHILE[what]
    after = dict[str, list[tuple[object, ...]]]()

    def meanwhile() -> None:
        if not after:
            change(filled, other)
            after.update(dump(filled))

    with pytest.raises(UserError, match="so nothing was imported"):
        asyncio.run(written(Units(filled, after_plan=meanwhile), rows_of(sheets)))
    assert dump(filled) == after


def test_a_plan_with_a_fault_writes_nothing(filled: Database) -> None:
    before = dump(filled)
    wrong = [{**row, "purpose": "Another"} for row in DATA["contracts"]]
    wrong[-1]["partner"] = "nobody"
    units = Units(filled)
    with pytest.raises(UserError, match="“nobody” is not among the organisations"):
        asyncio.run(written(units, rows_of({"contracts": wrong})))
    assert units.writes == 0
    assert dump(filled) == before


def test_two_imports_are_not_written_at_once(filled: Database) -> None:
    async def both() -> list[object]:
        again = (written(Units(filled), other_purposes()) for _ in range(2))
        return list(await asyncio.gather(*again, return_exceptions=True))

    done = asyncio.run(both())
    (refused,) = [each for each in done if isinstance(each, UserError)]
    assert refused.sentence.startswith("Another file is being imported just now, so nothing was imported.")
    assert all(each.purpose.startswith("Another purpose") for each in rows(filled, Contract))


def test_who_is_alone_is_so_in_every_process(filled: Database) -> None:
    async def twice() -> list[bool]:
        with closing(Database(filled.engine.url.render_as_string(hide_password=False))) as other:
            async with alone(filled.engine, "import") as first, alone(other.engine, "import") as second:
                pass
            async with alone(other.engine, "import") as third:
                return [first, second, third]

    assert asyncio.run(twice()) == [True, False, True]
