"""Reading and writing YAML: each sheet is a list of rows, each row a mapping of its columns."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

import yaml

from bot.domain.wording import quoted
from bot.records import Record
from bot.records.cells import exported, plain_number
from bot.services.portfolio.faults import CannotImport
from bot.services.portfolio.source import FileLimits, RawRow, RawSheet

_DEEPEST = 20
_BLANK = {"", "~", "null", "Null", "NULL"}


def sheets(name: str, content: bytes, _limits: FileLimits) -> Iterator[RawSheet]:
    """The sheets of a file, each to be read before the next. Raises `CannotImport` for anything but YAML of this
    shape."""
    try:
        text = content.decode().lstrip("\ufeff")
    except UnicodeDecodeError as error:
        raise CannotImport(
            f"{name} could not be read as UTF-8, from byte {error.start + 1} on. Save it in UTF-8."
        ) from error
    return _Document(name, text).sheets()


class _Document:
    """The parser events of one document, taken one by one."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._parser = yaml.CSafeLoader(text)
        self._sheet_is_read = False

    def sheets(self) -> Iterator[RawSheet]:
        """The sheets; an unread one is skipped."""
        self._next()  # the stream begins
        if isinstance(event := self._next(), yaml.StreamEndEvent):
            raise self._misshapen(event, "there is nothing in it. Write each sheet as a list of rows")
        if not isinstance(event := self._next(), yaml.MappingStartEvent):
            raise self._misshapen(event, "the file itself has the names of sheets, each with a colon and its rows")
        seen: set[str] = set()
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            name, self._sheet_is_read = self._name(event, seen), False
            yield RawSheet(self._file, name, None, self._rows(name))
            if not self._sheet_is_read:
                self._pass_over()
        self._next()  # the document ends
        if not isinstance(event := self._next(), yaml.StreamEndEvent):
            raise self._misshapen(event, "a second document begins here. Put everything into one")

    def _rows(self, sheet: str) -> Iterator[RawRow]:
        self._sheet_is_read = True
        start = self._next()
        if isinstance(start, yaml.ScalarEvent) and _scalar(start) is None:
            return
        if not isinstance(start, yaml.SequenceStartEvent):
            raise self._misshapen(start, f"{sheet} is a list of rows, each of which begins with a dash")
        number = 0
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            number += 1
            if not isinstance(event, yaml.MappingStartEvent):
                raise self._misshapen(
                    event, f"a row of {sheet} has the names of columns, each with a colon and its cell"
                )
            yield RawRow(number, _line(event), self._cells())

    def _cells(self) -> dict[str, object]:
        cells: dict[str, object] = {}
        seen: set[str] = set()
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            cells[self._name(event, seen)] = self._cell()
        return cells

    def _cell(self) -> object:
        event = self._next()
        if not isinstance(event, yaml.SequenceStartEvent):
            return _scalar(self._word(event, "a cell holds a text or a list of texts"))
        parts: list[object] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            parts.append(self._word(event, "a cell holds a text or a list of texts").value)
        return parts

    def _name(self, event: yaml.Event, seen: set[str]) -> str:
        name = str(self._word(event, "the name of a sheet or a column is a word").value)
        if name in seen:
            raise self._misshapen(event, f"{quoted(name)} stands there twice. Keep one of them")
        seen.add(name)
        return name

    def _word(self, event: yaml.Event, sentence: str) -> yaml.ScalarEvent:
        if not isinstance(event, yaml.ScalarEvent):
            raise self._misshapen(event, sentence)
        return event

    def _pass_over(self) -> None:
        depth = 0
        while True:
            event = self._next()
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST:  # the parser slows down with depth
                raise self._misshapen(event, f"lists within lists go deeper than {_DEEPEST}. Write plain rows")
            if depth == 0:
                return

    def _next(self) -> yaml.Event:
        try:
            event = self._parser.get_event()
        except yaml.YAMLError as error:
            problem = " ".join(str(error).replace('in "<unicode string>", ', "").split())
            raise CannotImport(f"{self._file} is not YAML: {problem}. Correct that line.") from error
        assert event is not None  # noqa: S101  # never called after the end of the stream
        if isinstance(event, yaml.AliasEvent):
            raise self._misshapen(event, f"*{event.anchor} stands for what was written before. Write it out")
        tag = getattr(event, "tag", None)
        if tag is not None:
            raise self._misshapen(event, f"{quoted(tag)} is a tag. Leave it out")
        return event

    def _misshapen(self, event: yaml.Event, sentence: str) -> CannotImport:
        return CannotImport(f"{self._file}, line {_line(event)}: {sentence}.")


def _scalar(event: yaml.ScalarEvent) -> str | None:
    """The text, or None if a plain word means null."""
    return None if not event.style and event.value in _BLANK else str(event.value)


def _line(event: yaml.Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 1


_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9 ()'./@&-]*[A-Za-z0-9).])?")
_WITH_A_MEANING = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}  # to some reader of YAML
_UNPRINTABLE = re.compile("[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")


def content(rows: Iterable[tuple[type[Record], Sequence[Record]]]) -> bytes:
    """The rows of every sheet as a file, without blank columns."""
    parts: list[str] = []
    for sheet, those in rows:
        if those:
            parts.append(f"# {sheet.__doc__}\n{sheet.sheet}:\n{''.join(map(_row_line, those))}")
    return "\n".join(parts or ["{}\n"]).encode()


def _row_line(row: Record) -> str:
    cells = ((column, getattr(row, column)) for column in row.fields())
    said = (f"{column}: {_scalar_text(value)}" for column, value in cells if exported(value) is not None)
    return f"  - {{{', '.join(said)}}}\n"


def _scalar_text(value: object) -> str:
    cell = exported(value)
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
