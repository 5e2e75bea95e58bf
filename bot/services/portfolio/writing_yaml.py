"""Writing YAML: each sheet a list of rows, each row on a line of its own."""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from bot.services.portfolio.sheets import Row
from bot.services.portfolio.sheets.cells import plain_number, written

_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9 ()'./@&-]*[A-Za-z0-9).])?")
_WITH_A_MEANING = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}  # to some reader of YAML
_UNPRINTABLE = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def content(rows: Iterable[tuple[type[Row], Sequence[Row]]]) -> bytes:
    """The rows of every sheet as a file. A column that is blank is left out."""
    parts: list[str] = []
    for sheet, those in rows:
        if those:
            parts.append(f"# {sheet.__doc__}\n{sheet.sheet}:\n{''.join(map(_line, those))}")
    return "\n".join(parts or ["{}\n"]).encode()


def _line(row: Row) -> str:
    cells = ((column, getattr(row, column)) for column in row.columns())
    said = (f"{column}: {_scalar(value)}" for column, value in cells if written(value) is not None)
    return f"  - {{{', '.join(said)}}}\n"


def _scalar(value: object) -> str:
    cell = written(value)
    match cell:
        case str() if isinstance(value, bool):
            return cell
        case str() if _PLAIN.fullmatch(cell) and cell.lower() not in _WITH_A_MEANING:
            return cell
        case str():
            quoted = json.dumps(cell, ensure_ascii=False)  # YAML reads these quotation marks as JSON does
            return _UNPRINTABLE.sub(lambda found: f"\\U{ord(found[0]):08x}", quoted)
        case Decimal():
            return plain_number(cell)
        case date():
            return cell.isoformat()
        case _:
            return str(cell)
