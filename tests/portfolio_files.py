"""Portfolio files as people make them, in each format: whatever stands in them, right or wrong, goes in as it is."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from zipfile import ZipFile

import yaml
from openpyxl import Workbook

from tests.samples import Sheets


def as_yaml(sheets: Sheets) -> bytes:
    """One list for each sheet."""
    text: str = yaml.dump(sheets, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False)
    return text.encode()


def as_zip(sheets: Sheets) -> bytes:
    """One CSV file for each sheet."""
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        for name, rows in sheets.items():
            archive.writestr(f"{name}.csv", as_csv(rows))
    return out.getvalue()


def as_csv(rows: Sequence[Mapping[str, Any]], separator: str = ",") -> bytes:
    """One sheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    writer.writerows(_grid(rows))
    return out.getvalue().encode()


def as_xlsx(sheets: Mapping[str, Sequence[Mapping[str, Any]]]) -> bytes:
    """One tab for each sheet; dates, numbers and yes or no are kept as Excel keeps them."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in sheets.items():
        tab = workbook.create_sheet(name)
        for line in _grid(rows):
            tab.append(line)
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    """The content of a workbook."""
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _grid(rows: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    header = list(dict.fromkeys(column for row in rows for column in row))
    return [header, *([_cell(row.get(column)) for column in header] for row in rows)]


def _cell(value: object) -> object:
    return " ".join(str(each) for each in value) if isinstance(value, list) else value


FORMATS: dict[str, Callable[[Sheets], bytes]] = {".yaml": as_yaml, ".zip": as_zip, ".xlsx": as_xlsx}
