"""Exporting the register, in any format that can be imported. An exported file imports without changes."""

from collections.abc import Callable, Sequence
from pathlib import Path

from bot.domain.wording import join_words
from bot.errors import UserError
from bot.records import SHEETS, KpiRecord, OwedMatrixRecord, Record, TargetRecord
from bot.services.portfolio import csv_files, yaml_files
from bot.services.portfolio.loading import load
from bot.services.portfolio.owed_matrix import matrix_rows
from bot.services.unit_of_work import UnitOfWork

Written = Sequence[tuple[type[Record], Sequence[Record]]]
"""Every sheet with its rows, in their order."""


def _workbook(written: Written) -> bytes:
    from bot.services.portfolio import xlsx_files  # openpyxl takes long to import

    return xlsx_files.content(written)


FORMATS: dict[str, Callable[[Written], bytes]] = {
    ".yaml": yaml_files.content,
    ".yml": yaml_files.content,
    ".xlsx": _workbook,
    ".zip": csv_files.content,
}


def register_rows(work: UnitOfWork) -> Written:
    """The whole register as rows, in the order of creation, and the matrix of what each side owes. The last targets
    stand with their KPIs alone."""
    register = load(work)
    last = {(row.contract, row.code, row.since) for row in register.rows[KpiRecord].values()}
    rows = [
        (sheet, [row for key, row in register.rows[sheet].items() if sheet is not TargetRecord or key not in last])
        for sheet in SHEETS
    ]
    return [*rows, (OwedMatrixRecord, matrix_rows(register))]


def export_template(path: Path) -> None:
    """Write a workbook to fill in, or a folder of CSV files with only their columns. Raises `UserError`."""
    if path.suffix not in ("", ".xlsx"):
        raise UserError(f"A template is a workbook. Give it a name that ends in .xlsx, for example {path.stem}.xlsx.")
    export([(sheet, []) for sheet in SHEETS], path)


def export_bytes(rows: Written, ending: str) -> bytes:
    """Rows as the content of a file with this ending. Raises `UserError`."""
    writer = FORMATS.get(ending.lower())
    if writer is None:
        raise UserError(
            f"Nothing can be written as {ending}. Use {join_words(list(FORMATS), 'or')}, or a folder for CSV."
        )
    return writer(rows)


def export(rows: Written, path: Path) -> None:
    """Write rows to a file, or to a folder of CSV files if the name has no ending. Raises `UserError`.

    An existing file is replaced only once the new one is complete.
    """
    try:
        if path.is_dir() or not path.suffix:
            path.mkdir(parents=True, exist_ok=True)
            for name, content in csv_files.files(rows):
                _replace(path / name, content)
        else:
            _replace(path, export_bytes(rows, path.suffix))
    except OSError as error:
        raise UserError(f"{path.name} could not be written: {error.strerror}. Choose another place.") from error


def _replace(path: Path, content: bytes) -> None:
    new = path.with_name(f".{path.name}.new")
    new.write_bytes(content)
    new.replace(path)
