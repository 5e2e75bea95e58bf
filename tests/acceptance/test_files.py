"""A file dropped on Liaison in a direct message: the dry run first, a button to go ahead, and who may not."""

import asyncio
import resource
import sys
from contextlib import AbstractAsyncContextManager

import pytest
from sqlalchemy import func, select
from sqlmodel import Session, col

from bot.exclusive import alone
from bot.models import Contract, Person, TrailEntry
from tests.acceptance.office import CALLUM, Office
from tests.bombs import BOMBS
from tests.builders import contract_named
from tests.portfolio_files import as_yaml
from tests.samples import SAMPLE, sample_sheets
from workspace.client.control import Control
from workspace.client.person import Message
from workspace.client.person import Person as Somebody

NADIA = "U0NADIA"


@pytest.fixture
def nadia(office: Office) -> Somebody:
    """An administrator of Liaison."""
    with office.liaison.database.writing() as session:
        session.scalars(select(Person).where(col(Person.slack) == NADIA)).one().administrator = True
    return office.person(NADIA)


def changed_sample() -> bytes:
    """The sample with one word of one contract changed."""
    text = SAMPLE.read_text(encoding="utf-8")
    assert text.count("Work Pathways, North East") == 1
    return text.replace("Work Pathways, North East", "Work Pathways, Tyne and Wear").encode()


def drop(office: Office, somebody: Somebody, name: str, content: bytes) -> list[Message]:
    """Drop a file, and wait for what Liaison says of it."""
    before = len(somebody.direct_messages())
    somebody.upload(name, content, channel=somebody.direct_channel)
    with Control(office.workspace_url) as control:
        control.settle()
    office.drain()
    office.deliver()
    return somebody.direct_messages()[before + 1 :]


def title(session: Session) -> str:
    return contract_named(session, "WP-NE").title


def entries(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(TrailEntry)) or 0


def test_a_file_is_first_said_and_then_imported(office: Office, nadia: Somebody) -> None:
    (plan,) = drop(office, nadia, "ours.yaml", changed_sample())
    assert "ours.yaml would add 0 and change 1 record. Nothing has been changed yet." in plan.plain
    assert "title from Work Pathways, North East to Work Pathways, Tyne and Wear" in plan.plain
    assert office.read(title) == "Work Pathways, North East"
    nadia.click(plan, "Import it")
    office.drain()
    done = nadia.wait(lambda p: next((m for m in p.direct_messages() if "Changed 1 contract" in m.plain), None))
    assert done.ts == plan.ts, "in place of the plan, so that it cannot be pressed again"
    assert office.read(title) == "Work Pathways, Tyne and Wear"
    last = office.read(lambda s: s.scalars(select(TrailEntry).order_by(col(TrailEntry.id).desc()).limit(1)).one())
    assert (last.actor, last.why) == (NADIA, "import of ours.yaml")


def test_a_file_that_changes_nothing_has_no_button(office: Office, nadia: Somebody) -> None:
    (plan,) = drop(office, nadia, "same.yaml", SAMPLE.read_bytes())
    assert "There is nothing to import." in plan.plain
    assert plan.elements() == []


def test_a_file_that_slack_tells_of_twice_is_answered_once(http_office: Office) -> None:
    with http_office.liaison.database.writing() as session:
        session.scalars(select(Person).where(col(Person.slack) == NADIA)).one().administrator = True
    nadia = http_office.person(NADIA)
    here = nadia.direct_channel
    file = nadia.upload("ours.yaml", changed_sample(), channel=here)
    with Control(http_office.workspace_url) as control:
        control.settle()
    http_office.drain()
    about = {"type": "message", "subtype": "file_share", "channel_type": "im", "channel": here, "user": NADIA}
    for _ in range(2):
        http_office.tell("EvTwice", **about, files=[{"id": file["id"]}])
        http_office.drain()
    http_office.deliver()
    plans = [message for message in nadia.direct_messages() if "would add 0 and change 1 record" in message.plain]
    assert len(plans) == 2, "one when it was dropped, and one for the event that came twice"
    assert not [message for message in nadia.direct_messages() if "went wrong" in message.plain]


def test_a_file_that_is_wrong_is_answered_with_the_place_and_the_mend(office: Office, nadia: Somebody) -> None:
    before = office.read(entries)
    (told,) = drop(office, nadia, "wrong.yaml", changed_sample().replace(b"tier: gold", b"tier: (empty)", 1))
    assert "wrong.yaml, sheet contracts, row 1" in told.plain
    (told,) = drop(office, nadia, "notes.docx", b"PK")
    assert "notes.docx is in no format that is read here." in told.plain
    assert office.read(entries) == before


def test_what_the_register_would_no_longer_do_is_not_done(office: Office, nadia: Somebody) -> None:
    (plan,) = drop(office, nadia, "ours.yaml", changed_sample())
    with office.liaison.database.writing() as session:
        contract_named(session, "WP-NE").title = "Something else"
    nadia.click(plan, "Import it")
    office.drain()
    said = "The register has changed since this was worked out"
    nadia.wait(lambda p: any(said in message.plain for message in p.direct_messages()))
    assert office.read(title) == "Something else"


def test_only_who_may_import_is_answered_with_a_plan(office: Office, nadia: Somebody) -> None:
    before = office.read(lambda s: s.scalars(select(col(Contract.title))).all())
    callum = office.person(CALLUM)
    (told,) = drop(office, callum, "ours.yaml", changed_sample())
    assert "You do not have a role that lets you set Liaison up and import files" in told.plain
    (plan,) = drop(office, nadia, "ours.yaml", changed_sample())
    refused = office.read(
        lambda s: s.scalars(
            select(TrailEntry).where(col(TrailEntry.action) == "refused").order_by(col(TrailEntry.id))
        ).all()
    )
    assert [entry.actor for entry in refused] == [CALLUM]
    assert plan.button("Import it")
    assert office.read(lambda s: s.scalars(select(col(Contract.title))).all()) == before


@pytest.mark.skipif(sys.platform != "linux", reason="macOS does not bound the address space of a process")
def test_a_bomb_is_refused_and_costs_the_process_that_serves_nothing(office: Office, nadia: Somebody) -> None:
    bombs = {
        case: (BOMBS[case][0], BOMBS[case][1](), BOMBS[case][2]) for case in ("a ZIP of nothing", "a ZIP of commas")
    }
    before = most_memory()
    for name, content, says in bombs.values():
        (told,) = drop(office, nadia, name, content)
        assert says in told.plain
    assert most_memory() - before < 64_000_000
    (plan,) = drop(office, nadia, "ours.yaml", changed_sample())
    assert "ours.yaml would add 0 and change 1 record." in plan.plain


def most_memory() -> int:
    """The most bytes of memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def test_a_large_file_is_imported_contract_by_contract_and_the_answer_comes_at_its_end(
    office: Office, nadia: Somebody
) -> None:
    """Its preview says what people read meanwhile, and another import is refused until it is done."""
    left_out = ("people", "organisations", "channels")
    sheets = {name: rows for name, rows in sample_sheets().items() if name not in left_out}
    for rows in sheets.values():
        for row in rows:
            row.update({key: f"{row[key]}-B" for key in ("reference", "contract") if row.get(key)})
    (plan,) = drop(office, nadia, "more.yaml", as_yaml(sheets))
    assert "one contract after another, each as a whole" in plan.plain
    held = alone(office.liaison.database.engine, "import")
    assert asyncio.run(pressed_meanwhile(held, office, nadia, plan)) == 0
    nadia.click(plan, "Import it")
    office.drain()
    nadia.wait(lambda p: any("Added 12 contracts" in m.plain for m in p.direct_messages() if m.ts == plan.ts))
    assert office.read(lambda s: len([c for c in s.scalars(select(Contract)) if c.reference.endswith("-B")])) == 12


async def pressed_meanwhile(
    held: AbstractAsyncContextManager[bool], office: Office, nadia: Somebody, plan: Message
) -> int:
    """How many contracts are there when the button was pressed while another import was written."""
    async with held as is_alone:
        assert is_alone
        await asyncio.to_thread(nadia.click, plan, "Import it")
        await asyncio.to_thread(office.drain)
        refused = "Another file is being imported just now, so nothing was imported."
        await asyncio.to_thread(nadia.wait, lambda p: any(refused in m.plain for m in p.direct_messages()))
        return office.read(lambda s: len([c for c in s.scalars(select(Contract)) if c.reference.endswith("-B")]))
