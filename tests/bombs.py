"""Files that are small as they are sent and large when they are read."""

import io
from collections.abc import Callable
from zipfile import ZIP_DEFLATED, ZipFile

from tests.portfolio_files import as_xlsx

_SHEET = "xl/worksheets/sheet1.xml"
_SHARED = "xl/sharedStrings.xml"


def packed(**parts: bytes) -> bytes:
    """A ZIP of CSV files."""
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(f"{name}.csv", content)
    return out.getvalue()


def workbook(parts: dict[str, bytes]) -> bytes:
    """A workbook of people, some parts of which are these."""
    out, names = io.BytesIO(), b"".join(map(_override, parts))
    with ZipFile(io.BytesIO(as_xlsx({"people": [{"slack": "U0AMIRA"}]}))) as old:
        kept = {name: old.read(name) for name in old.namelist()}
    kept["[Content_Types].xml"] = kept["[Content_Types].xml"].replace(b"</Types>", names + b"</Types>")
    with ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name, content in (kept | parts).items():
            new.writestr(name, content)
    return out.getvalue()


def _override(part: str) -> bytes:
    kind = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    return b'<Override PartName="/%s" ContentType="%s"/>' % (part.encode(), kind) if part == _SHARED else b""


def grid(row: bytes, times: int) -> bytes:
    """A workbook whose one tab has a row so many times."""
    opened = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    return workbook({_SHEET: opened + row * times + b"</sheetData></worksheet>"})


def shared(times: int) -> bytes:
    """A workbook with so many texts for its cells to name."""
    opened = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return workbook({_SHARED: opened + b"<si><t>%s</t></si>" % (b"x" * 99) * times + b"</sst>"})


BOMBS: dict[str, tuple[str, Callable[[], bytes], str]] = {
    # a file, what is in it, and what the refusal says
    "a ZIP of nothing": ("x.zip", lambda: packed(people=b"0" * 300_000_000), "64 megabytes when it is unpacked"),
    "a ZIP of commas": ("x.zip", lambda: packed(people=b"," * 60_000_000), "memory or time"),
    "a row of a million cells": (
        "x.xlsx",
        lambda: grid(b"<row>" + b"<c><v>1</v></c>" * 300_000, 1),
        "that can be read",
    ),
    "a workbook of texts": ("x.xlsx", lambda: shared(300_000), "the column name is missing"),
    "a YAML of one cell": ("x.yaml", lambda: b"people: [{slack: " + b"x" * 9_000_000 + b"}]", "is not the id"),
    "a YAML of empty rows": ("x.yaml", lambda: b"people: [" + b"{}," * 10_000_000 + b"]", "more than 20,000 rows"),
    "a YAML of aliases": ("x.yaml", lambda: b"people: [" + b"&a {}, *a," * 3_000_000 + b"]", "stands for what was"),
}


def many_cells() -> bytes:
    """A workbook with as many rows as are read and many more cells than in use, which takes its time."""
    return grid(b"<row>" + b"<c><v>1</v></c>" * 60 + b"</row>", 19_000)
