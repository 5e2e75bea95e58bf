"""What each kind of record declares: labels and sentences for people, the limits of its table, columns that exist."""

from datetime import date

import pytest

from bot.db import table
from bot.models import Contract, Risk
from bot.records import SHEETS, KpiRecord, Record
from bot.services import changes
from bot.services.portfolio.tables import TABLES
from tests.builders import contract

each_kind = pytest.mark.parametrize("kind", SHEETS, ids=lambda kind: kind.sheet)


OF_ANOTHER_TABLE = {"organisations": {"teams"}, "contacts": {"people"}, "kpis": set(KpiRecord.apart)}
OF_ANOTHER_RECORD = (
    ".contract", ".partner", ".person", ".deputy", ".organisation", ".teams", ".people", ".by", ".owner", ".kpi",
    ".lead", ".audit", ".benefit", ".plan", "intervention_log.area", "plan_steps.answers",
    ".closed_by", ".commented_by", ".done_by", ".decided_by", ".rated_by", ".verified_by", ".met_by", ".said_done_by",
    "memos.subject",
)  # fmt: skip


def lengths_of(kind: type[Record]) -> dict[str, int]:
    """The longest text of each column of its table."""
    lengths = {name: getattr(column.type, "length", None) for name, column in table(kind.table).c.items()}
    return {name: length for name, length in lengths.items() if length}


@each_kind
def test_every_field_has_a_label_and_a_sentence(kind: type[Record]) -> None:
    fields = kind.fields().values()
    labels = [field.label for field in fields]
    assert len(set(labels)) == len(labels)
    assert [label for label in labels if not label[:1].isupper() or label.endswith(".") or "_" in label] == []
    assert [field.name for field in fields if not field.description.endswith((".", "..."))] == []


@each_kind
def test_a_text_is_as_long_as_its_column(kind: type[Record]) -> None:
    texts = [(field, lengths_of(kind).get(kind.column(name), 0)) for name, field in kind.fields().items()]
    differing = [(field.name, field.reader.at_most, length) for field, length in texts if str in field.types]
    assert [each for each in differing if each[2] and each[1] != each[2]] == []
    assert [field.name for field, length in texts if length and max(map(len, field.choices), default=0) > length] == []


def test_every_text_of_a_table_that_people_enter_is_compared() -> None:
    compared = [
        f"{kind.sheet}.{name}"
        for kind in SHEETS
        for name, field in kind.fields().items()
        if str in field.types and not field.refers and kind.column(name) in lengths_of(kind)
    ]
    assert len(compared) > 30
    texts = [f"{kind.sheet}.{name}" for kind in SHEETS for name, field in kind.fields().items() if str in field.types]
    assert [each for each in texts if each not in compared and not each.endswith(OF_ANOTHER_RECORD)] == []


@each_kind
def test_what_is_stored_has_its_column(kind: type[Record]) -> None:
    elsewhere = TABLES[kind].elsewhere
    columns = set((elsewhere.source if elsewhere else table(kind.table)).c.keys())
    kept = {column for stored in TABLES[kind].columns.values() for column in (*stored.columns, *stored.reads)}
    assert kept <= columns
    assert set(kind.stored_as) <= set(kind.fields())
    assert set(kind.stored_as.values()) <= columns
    of_another = {name for name in kind.fields() if name not in TABLES[kind].columns}
    assert of_another == OF_ANOTHER_TABLE.get(kind.sheet, set())


@pytest.mark.parametrize(
    ("model", "column", "label"),
    [
        (Contract, "value_with_vat_pounds", "value in pounds, with VAT"),
        (Contract, "ocds_id", "OCDS id"),
        (Contract, "title", "title"),
        (Risk, "review_on", "next review"),
        (Risk, "very_high_from", "very high from"),
    ],
)
def test_a_history_names_a_column_as_its_record_does(model: type[Contract | Risk], column: str, label: str) -> None:
    assert changes.label(model, column) == label


def test_a_change_is_told_by_the_label_of_its_field() -> None:
    kept = contract(end_date=date(2029, 3, 31))
    made = changes.apply(kept, {"longest_end_date": date(2033, 3, 31), "title": kept.title})
    assert list(made) == ["longest possible end"]
