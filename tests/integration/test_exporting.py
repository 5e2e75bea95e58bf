"""Exporting the register: every format gives it back, and what is written for people can do no harm."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl import load_workbook
from sqlmodel import Session

from bot import demo
from bot.db import Database
from bot.models import Stage, TrailEntry
from bot.records import BY_NAME, SHEETS, PersonRecord
from bot.records.cells import EMPTY
from bot.services.portfolio.exporting import Written, export, export_bytes, export_template, register_rows
from bot.services.portfolio.planning import plan
from bot.services.portfolio.reading import read, read_bytes
from bot.services.portfolio.source import letter
from tests.builders import DAY, MONDAY, contract_named, dump, open_all, rows, work
from tests.conftest import KINDS, Templates
from tests.once import usual_or
from tests.random_portfolios import portfolios
from tests.samples import SAMPLE, imported, sample_sheets

ENDINGS = (".yaml", ".zip", ".xlsx")
SAME_BYTES = (".yaml", ".zip")  # a workbook has the time in it at which it was written


def exported(database: Database) -> Written:
    with database.rehearsing() as session:
        return register_rows(work(session))


def taken_round(session: Session, content: bytes, ending: str) -> Written:
    """What an empty register says after it took in a file."""
    imported(work(session), read_bytes(f"register{ending}", content))
    return register_rows(work(session))


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_export_into_an_empty_register_and_out_again_is_the_same(
    unchanged: Database, still_empty: Database, ending: str
) -> None:
    before = exported(unchanged)
    content = export_bytes(before, ending)
    with still_empty.rehearsing() as session:
        after = taken_round(session, content, ending)
        assert after == before
        assert [export_bytes(after, each) for each in SAME_BYTES] == [export_bytes(before, each) for each in SAME_BYTES]


@pytest.mark.parametrize("ending", ENDINGS)
def test_an_export_into_the_register_it_came_from_changes_nothing(portfolio: Database, ending: str) -> None:
    before = dump(portfolio)
    content = export_bytes(exported(portfolio), ending)
    with portfolio.writing() as session:
        assert len(imported(work(session), read_bytes(f"x{ending}", content))) == 0
    assert dump(portfolio) == before


@pytest.mark.parametrize("kind", KINDS)
def test_everything_but_the_entries_of_the_audit_is_the_same_in_the_tables(templates: Templates, kind: str) -> None:
    full, empty = (Database(templates.copy(kind, portfolio=portfolio)) for portfolio in (True, False))
    with empty.writing() as session:
        at = demo.BEGINS - demo.IMPORTED_BEFORE
        imported(work(session, at), read_bytes("x.yaml", export_bytes(exported(full), ".yaml")))
    before, after = (dump(each, without="public_id") for each in (full, empty))  # which are random
    assert len(rows(empty, TrailEntry)) == len(rows(full, TrailEntry))
    full.close()
    empty.close()
    apart: dict[str, object] = {"trail_entry": [], "slack_user": []}  # Slack says who is there, and no file
    assert {**after, **apart} == {**before, **apart}


def test_what_was_done_in_slack_since_is_exported_as_well(portfolio: Database, still_empty: Database) -> None:
    """Two months later: reports have been opened, and the next one that is asked for is the same in both."""
    later = MONDAY + 60 * DAY
    with portfolio.writing() as session:
        open_all(work(session, later))
    with portfolio.rehearsing() as session:
        before = register_rows(work(session, later))
        expected = contract_named(session, "WP-NE")
    assert expected.next_period == "2027-03"
    with still_empty.rehearsing() as session:
        imported(work(session, later), read_bytes("x.yaml", export_bytes(before, ".yaml")))
        assert register_rows(work(session, later)) == before
        found = contract_named(session, "WP-NE")
    assert (found.next_period, found.next_report_at) == (expected.next_period, expected.next_report_at)


def test_a_contract_that_does_not_report_yet_is_the_same_after_a_round(
    portfolio: Database, still_empty: Database
) -> None:
    """Its next report was set long ago; were it asked for now, it would be for last month."""
    with portfolio.writing() as session:
        contract = contract_named(session, "WP-NE")
        contract.stage, contract.next_period = Stage.MOBILISATION, "2026-02"
        session.add(contract)
    before, rows_before = dump(portfolio), exported(portfolio)
    content = export_bytes(rows_before, ".yaml")
    with portfolio.writing() as session:
        imported(work(session), read_bytes("x.yaml", content))
    assert dump(portfolio) == before
    with still_empty.rehearsing() as session:
        assert taken_round(session, content, ".yaml") == rows_before
        assert contract_named(session, "WP-NE").next_period == "2026-12"


@pytest.fixture(scope="module")
def spare(templates: Templates) -> Iterator[Database]:
    """An empty register for many examples, each of which is rolled back."""
    database = Database(templates.copy("sqlite", portfolio=False))
    yield database
    database.close()


@settings(max_examples=usual_or(6, 3), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(portfolios())
def test_any_portfolio_is_the_same_after_a_round_through_any_format(spare: Database, made: Written) -> None:
    with spare.rehearsing() as session:
        first = taken_round(session, export_bytes(made, ".yaml"), ".yaml")
        contents = {ending: export_bytes(first, ending) for ending in ENDINGS}
        for ending, content in contents.items():
            assert len(plan(work(session), read_bytes(f"x{ending}", content))) == 0
    for ending, content in contents.items():
        with spare.rehearsing() as session:
            again = taken_round(session, content, ending)
        assert again == first
        assert {each: export_bytes(again, each) for each in SAME_BYTES} == {each: contents[each] for each in SAME_BYTES}


# What programs do with an export.

FORMULAS = ["=1+1", "+1", "-1", "@SUM(1)", "'=1", "#N/A", "=cmd|' /C calc'!A0"]


def people(*names: str) -> Written:
    return [(PersonRecord, [PersonRecord(slack=f"U{n}X", name=name, organisation="x") for n, name in enumerate(names)])]


def test_no_text_of_a_csv_file_is_run_where_it_is_opened() -> None:
    with ZipFile(io.BytesIO(export_bytes(people(*FORMULAS), ".zip"))) as archive:
        lines = list(csv.reader(io.StringIO(archive.read("people.csv").decode("utf-8-sig"))))
    assert [line[1][0] for line in lines[1:]] == ["'", "'", "'", "'", "'", "#", "'"]


def test_no_text_of_a_workbook_is_run_where_it_is_opened() -> None:
    tab = load_workbook(io.BytesIO(export_bytes(people(*FORMULAS), ".xlsx")))["people"]
    cells = [row[1] for row in tab.iter_rows(min_row=2)]
    assert [(cell.value, cell.data_type, cell.quotePrefix) for cell in cells] == [
        (name, "s", not name.startswith("'")) for name in FORMULAS
    ]


def test_dates_and_numbers_of_a_workbook_are_those_of_excel() -> None:
    sheets = sample_sheets()
    book = load_workbook(io.BytesIO(export_bytes(_rows_of_the_sample(), ".xlsx")))
    header, first = (list(row) for row in book["contracts"].iter_rows(max_row=2, values_only=True))
    found = dict(zip(header, first, strict=True))
    assert (found["start"], found["value"]) == (datetime(2025, 4, 1), sheets["contracts"][0]["value"])


def _rows_of_the_sample() -> Written:
    return [(sheet, [e.row for e in entries]) for sheet, entries in read(SAMPLE).entries.items()]


def test_a_folder_gets_a_file_for_each_sheet_and_keeps_what_else_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "README.txt").write_text("ours")
    export([(sheet, []) for sheet in SHEETS], tmp_path)
    assert {each.name for each in tmp_path.iterdir()} == {"README.txt", *(f"{sheet.sheet}.csv" for sheet in SHEETS)}
    assert (tmp_path / "leave.csv").read_bytes() == b"\xef\xbb\xbfperson,first_day,last_day\r\n"


# The template.


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.xlsx"
    export_template(path)
    return path


def test_the_template_has_a_tab_for_each_sheet_with_its_columns_and_a_note_on_each(template: Path) -> None:
    book = load_workbook(template)
    assert book.sheetnames == [*BY_NAME, "notes", "lists"]
    assert book["lists"].sheet_state == "hidden"
    for sheet in SHEETS:
        (header,) = book[sheet.sheet].iter_rows()
        assert [cell.value for cell in header] == list(sheet.fields())
        notes = [f"{c.description}{' Needed.' if c.needed else ''}" for c in sheet.fields().values()]
        assert [cell.comment and cell.comment.text for cell in header] == notes


def test_the_template_has_drop_downs_for_closed_sets_and_for_what_other_sheets_name(template: Path) -> None:
    book = load_workbook(template)
    for sheet in SHEETS:
        lists = {str(each.sqref): each for each in book[sheet.sheet].data_validations.dataValidation}
        for at, column in enumerate(sheet.fields().values()):
            drop_down = lists.get(f"{letter(at)}2:{letter(at)}1048576")
            assert (drop_down is not None) == bool(column.choices or column.refers)
            if drop_down is not None and column.choices:
                tab, cells = str(drop_down.formula1).split("!")
                empties = [] if column.needed else [EMPTY]
                assert [row[0].value for row in book[tab][cells.replace("$", "")]] == [*column.choices, *empties]
            elif drop_down is not None:
                assert drop_down.formula1 == f"{column.refers}!$A$2:$A$1048576"
                assert not drop_down.showErrorMessage


def test_a_template_that_is_filled_in_is_imported(template: Path, still_empty: Database) -> None:
    book = load_workbook(template)
    book["organisations"].append(["department", "Department for Opportunity", "department", "T0DEPT"])
    book["organisations"].append(["northgate", "Northgate Futures Ltd", "private company"])
    book["people"].append(["U0AMIRA", "Amira Shah", None, "department"])
    out = io.BytesIO()
    book.save(out)
    with still_empty.rehearsing() as session:
        assert len(imported(work(session), read_bytes("filled.xlsx", out.getvalue()))) == 3
