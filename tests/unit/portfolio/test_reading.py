"""Reading files: what every program does to one is forgiven, in each format, and what is no portfolio is refused."""

import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from bot.records import BY_NAME, Record
from bot.services.portfolio.faults import CannotImport
from bot.services.portfolio.reading import read, read_bytes
from bot.services.portfolio.source import ON_THIS_MACHINE, Rows
from tests.portfolio_files import FORMATS, as_csv, as_xlsx, as_zip, saved
from tests.samples import SAMPLE, sample_rows, sample_sheets

PEOPLE = [
    {"slack": "U0AMIRA", "name": "Amira Shah", "organisation": "department"},
    {"slack": "U0PRIYA", "name": "Priya Nair", "organisation": "northgate"},
]


def rows(name: str, content: bytes) -> dict[str, list[Record]]:
    """The rows of a file, by the name of their sheet."""
    return by_sheet(read_bytes(name, content))


def by_sheet(read: Rows) -> dict[str, list[Record]]:
    return {sheet.sheet: [e.row for e in entries] for sheet, entries in read.entries.items() if entries}


def refused(name: str, content: bytes) -> str:
    with pytest.raises(CannotImport) as refusal:
        read_bytes(name, content)
    return refusal.value.sentence


def people() -> list[Record]:
    return [BY_NAME["people"].model_validate(each) for each in PEOPLE]


def test_the_three_formats_say_the_same() -> None:
    yaml, zipped, xlsx = (rows(f"sample{ending}", write(sample_sheets())) for ending, write in FORMATS.items())
    assert yaml == zipped == xlsx
    assert sum(map(len, yaml.values())) == sample_rows()


def test_a_folder_of_csv_files_is_read_and_other_files_in_it_are_not(tmp_path: Path) -> None:
    with ZipFile(io.BytesIO(as_zip(sample_sheets()))) as archive:
        archive.extractall(tmp_path)
    (tmp_path / "README.txt").write_text("Our contracts")
    assert by_sheet(read(tmp_path)) == rows("sample.yaml", SAMPLE.read_bytes())


# CSV.


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(as_csv(PEOPLE), id="as it is"),
        pytest.param(b"\xef\xbb\xbf" + as_csv(PEOPLE), id="with the mark of UTF-8"),
        pytest.param(b"\xef\xbb\xbf\xef\xbb\xbf" + as_csv(PEOPLE), id="with two marks of UTF-8"),
        pytest.param(b"sep=,\r\n" + as_csv(PEOPLE), id="with its separator in a line of its own"),
        pytest.param(b'\xef\xbb\xbf"sep=|"\r\n' + as_csv(PEOPLE, "|"), id="with a separator that only that line tells"),
        pytest.param(b"Our people,,\r\nas of 30 November,,\r\n\r\n" + as_csv(PEOPLE), id="with a title above"),
        pytest.param(as_csv(PEOPLE, ";"), id="with semicolons"),
        pytest.param(as_csv(PEOPLE, "\t"), id="with tabs"),
        pytest.param(as_csv(PEOPLE).replace(b"\r\n", b"\n"), id="with the ends of lines of Unix"),
        pytest.param(as_csv(PEOPLE).replace(b"\r\n", b"\r"), id="with the ends of lines of old Macs"),
        pytest.param(as_csv(PEOPLE).replace(b"slack,name,organisation", b" Slack , NAME ,Organisation"), id="any case"),
        pytest.param(b"\r\n,,\r\n" + as_csv(PEOPLE).replace(b"\r\n", b"\r\n,,\r\n"), id="with blank rows"),
        pytest.param(as_csv(PEOPLE).replace(b"\r\n", b",,\r\n"), id="with blank columns"),
        pytest.param(as_csv(PEOPLE).replace(b"Amira Shah", b"  Amira Shah "), id="with spaces"),
    ],
)
def test_csv_is_read_as_every_program_writes_it(content: bytes) -> None:
    assert rows("people.csv", content) == {"people": people()}


@pytest.mark.parametrize("name", ["people (1).csv", "People(12).csv", "people - Copy.csv", "people - Copy (2).csv"])
def test_a_copy_of_a_file_is_of_the_same_sheet(name: str) -> None:
    assert rows(name, as_csv(PEOPLE)) == {"people": people()}


def test_what_is_above_the_names_of_the_columns_is_said_and_rows_keep_their_numbers() -> None:
    content = b"sep=,\nOur people\n\n" + as_csv([{**PEOPLE[0], "name": ""}, PEOPLE[1]])
    read = read_bytes("people.csv", content)
    assert read.notes == ["people.csv, sheet people, row 2 is above the names of the columns, and is not read."]
    assert [entry.place.number for entry in read.entries[BY_NAME["people"]]] == [5, 6]


def test_a_file_in_which_no_row_names_a_column_has_one_fault() -> None:
    assert refused("people.csv", b"Our people,as of,30 November\nAmira,Shah,here\n") == (
        "people.csv, sheet people: its first row, “Our people, as of, 30 November”, names no column of people. Above "
        "the rows stand the names of the columns: slack, name, email, organisation, guest and administrator."
    )


def test_more_columns_than_are_read_are_refused_with_the_limit() -> None:
    wide = as_csv([{**PEOPLE[0], **{f"x{number}": "y" for number in range(70)}}])
    assert "people.csv has more than 64 columns in a sheet, which is the most that is read." in refused(
        "people.csv", wide
    )
    xlsx = as_xlsx({"people": [{**PEOPLE[0], **{f"x{number}": "y" for number in range(70)}}]})
    assert "has more than 64 columns in a sheet, which is the most that is read." in refused("people.xlsx", xlsx)


def test_pence_are_rounded_and_each_sum_is_said() -> None:
    contract = next(each for each in sample_sheets()["contracts"])
    read = read_bytes("contracts.csv", as_csv([{**contract, "value": "776,888.48", "value_with_vat": "£0.94 million"}]))
    assert read.notes == [
        "contracts.csv, sheet contracts, row 2, column value: £776,888.48 is kept as £776,888.",
    ]


def test_a_column_may_be_written_with_spaces_for_its_underscores() -> None:
    content = b"Person,First day,LAST DAY\nU0AMIRA,1/2/2027,5/2/2027\n"
    (leave,) = rows("Leave.CSV", content)["leave"]
    assert (leave.identity, str(getattr(leave, "last_day", ""))) == (("U0AMIRA", date(2027, 2, 1)), "2027-02-05")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("'=1+1", "=1+1"),
        ("''=1+1", "'=1+1"),
        ("'+44 20", "+44 20"),
        ("'-", "-"),
        ("'@x", "@x"),
        ("'tis", "'tis"),
        ("=1", "=1"),
    ],
)
def test_the_apostrophe_that_keeps_excel_from_running_a_text_is_taken_away(cell: str, text: str) -> None:
    (person, _) = rows("people.csv", as_csv([{**PEOPLE[0], "name": cell}, PEOPLE[1]]))["people"]
    assert getattr(person, "name", "") == text


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (
            as_csv(PEOPLE).replace(b"Shah", b"Sh\xe4h"),
            "as UTF-8, from byte 42 on. In Excel, save it",
        ),
        (as_csv(PEOPLE).decode().encode("utf-16"), "save it as CSV UTF-8"),
        (b'slack,name,organisation\nU0AMIRA,"Amira" Shah,department\n', "people.csv, line 2: "),
        (b"slack,name,organisation\nU0AMIRA,Amira,department,extra\n", "row 2, column D: “extra” stands under no name"),
        (b"slack,slack,name\nU0AMIRA,U0AMIRA,Amira\n", "the column “slack” stands there twice"),
        (b"slack,Slack,name,organisation\nU0AMIRA,U0B,Amira,x\n", "the column slack stands there twice"),
        (b"slack,name\nU0AMIRA,Amira\n", "sheet people: the column organisation is missing. The key of the"),
        (b"", "people.csv has no rows. Fill in"),
        (b"slack,name,organisation\n", "people.csv has no rows"),
    ],
)
def test_csv_that_cannot_be_read_is_refused_in_a_sentence(content: bytes, says: str) -> None:
    assert says in refused("people.csv", content)


def test_a_folder_and_a_zip_without_csv_are_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CannotImport, match=f"{tmp_path.name} has no CSV file"):
        read(tmp_path)
    out = io.BytesIO()
    with ZipFile(out, "w") as archive:
        archive.writestr("__MACOSX/people.csv", "x")
        archive.writestr("people.txt", "x")
    assert "x.zip has no CSV file" in refused("x.zip", out.getvalue())


# XLSX.


def workbook(change: Callable[[Any], object]) -> bytes:
    """The people as a workbook, with something done to their sheet."""
    made = Workbook()
    tab = made.worksheets[0]
    tab.title = "people"
    for line in [list(PEOPLE[0]), *(list(each.values()) for each in PEOPLE)]:
        tab.append(line)
    change(tab)
    return saved(made)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda tab: None, id="as it is"),
        pytest.param(lambda tab: setattr(tab, "title", " People "), id="any case"),
        pytest.param(lambda tab: tab.insert_rows(1, 3), id="with blank rows"),
        pytest.param(lambda tab: tab.insert_cols(1, 2), id="with blank columns"),
        pytest.param(lambda tab: tab.cell(1000, 40).__setattr__("value", "  "), id="with blank cells far away"),
        pytest.param(lambda tab: tab.parent.create_sheet("Sheet2"), id="with a tab that nobody used"),
        pytest.param(lambda tab: tab.parent.create_sheet("Notes").append(["what", "you", "like"]), id="with notes"),
    ],
)
def test_a_workbook_is_read_as_people_leave_it(change: Callable[[Worksheet], object]) -> None:
    assert rows("people.xlsx", workbook(change)) == {"people": people()}


def test_the_place_in_a_workbook_is_what_excel_shows() -> None:
    def change(tab: Worksheet) -> None:
        tab["B3"] = "x" * 151
        tab.insert_rows(1, 2)
        tab.insert_cols(1)

    said = refused("people.xlsx", workbook(change))
    assert said.startswith("people.xlsx, sheet people, row 5, column name (cell C5) says “xxx")


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("=A1", "column name (cell B2) says “=A1”: this is a formula. Copy the cell and paste it as a value."),
        ("#REF!", "says “#REF!”: this is an error. Enter the value itself."),
        (date(2027, 1, 4), "“4 January 2027” is a date or time and not a text"),
        (True, "“TRUE” is a yes or no and not a text"),
    ],
)
def test_what_a_workbook_calculates_or_changed_is_refused(value: object, says: str) -> None:
    assert says in refused("people.xlsx", workbook(lambda tab: tab.__setitem__("B2", value)))


def test_a_percentage_of_a_workbook_is_what_people_see() -> None:
    """Excel keeps 97.2% as 0.972."""
    made = Workbook()
    tab = made.worksheets[0]
    tab.title = "figures"
    tab.append(["contract", "period", "kpi", "value"])
    tab.append(["WP-NE", datetime(2026, 7, 1), "starts", 0.972])
    tab["D2"].number_format = "0.0%"
    (figure,) = rows("figures.xlsx", saved(made))["figures"]
    assert (str(getattr(figure, "value", "")), str(getattr(figure, "period", ""))) == ("97.2", "July 2026")


def test_a_name_longer_than_one_line_is_kept_as_it_is() -> None:
    (risk,) = rows("x.xlsx", as_xlsx({"risks": [{**sample_sheets()["risks"][0], "cause": "one\ntwo\n\n  three"}]}))[
        "risks"
    ]
    assert getattr(risk, "cause", "") == "one\ntwo\n\n  three"


# YAML.


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("people: [", "x.yaml is not YAML: while parsing a flow node"),
        ("", "x.yaml, line 1: there is nothing in it"),
        ("# nothing but this", "there is nothing in it"),
        ("just words", "x.yaml, line 1: the file itself has the names of sheets"),
        ("- 1\n- 2", "x.yaml, line 1: the file itself has the names of sheets"),
        ("people:\n  slack: U0AMIRA", "x.yaml, line 2: people is a list of rows"),
        ("people:\n- U0AMIRA", "x.yaml, line 2: a row of people has the names of columns"),
        ("people:\n- {slack: {a: b}}", "x.yaml, line 2: a cell holds a text or a list of texts"),
        ("people:\n- {slack: [[U0AMIRA]]}", "x.yaml, line 2: a cell holds a text or a list of texts"),
        ("people:\n- {[slack]: U0AMIRA}", "x.yaml, line 2: the name of a sheet or a column is a word"),
        ("people:\n- {slack: U0AMIRA, slack: U0PRIYA}", "x.yaml, line 2: “slack” stands there twice"),
        ("people: []\npeople: []", "x.yaml, line 2: “people” stands there twice"),
        ("people: &all\n- {slack: U0AMIRA}\nleave: *all", "x.yaml, line 3: *all stands for what was written before"),
        ("people: !!python/object/apply:os.getcwd []", "is a tag. Leave it out"),
        ("people: []\n---\npeople: []", "x.yaml, line 2: a second document begins here"),
        ("people:", "x.yaml has no rows"),
        ("people: []\ncontracts: null", "x.yaml has no rows"),
        ("people:\n- {}", "column slack: this is needed"),
        ("department: {name: [x, {y: z}]}\npeople: []", "there is no sheet “department”"),
    ],
)
def test_yaml_of_another_shape_is_refused_with_its_line(content: str, says: str) -> None:
    assert says in refused("x.yaml", content.encode())


def test_words_of_yaml_are_read_as_they_are_written() -> None:
    """Another reader would make no into false, 007 into 7 and 1:30 into 90."""
    content = "people:\n" + "".join(
        f"- {{slack: U{n}X, name: {name}, organisation: x}}\n" for n, name in enumerate(["no", "007", "1:30", "'null'"])
    )
    assert [getattr(each, "name", "") for each in rows("x.yaml", content.encode())["people"]] == [
        "no",
        "007",
        "1:30",
        "null",
    ]


# Files that are out to do harm, or seem so.


def lying(content: bytes, size: int) -> bytes:
    """A ZIP that says of its first file that it has another size."""
    at = content.index(b"PK\x01\x02") + 24
    return content[:at] + size.to_bytes(4, "little") + content[at + 4 :]


def packed(*names: str, content: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return out.getvalue()


def replaced(part: str, change: Callable[[bytes], bytes]) -> bytes:
    """The people as a workbook, with one of its parts changed."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(as_xlsx({"people": PEOPLE}))) as old, ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == part else old.read(name))
    return out.getvalue()


def laughing(xml: bytes) -> bytes:
    """XML in which a word stands for fifty words, each of which stands for fifty."""
    entities = [b'<!ENTITY %c "%s">' % (letter + 1, b"&%c;" % letter * 50) for letter in b"abcdef"]
    first = b'<!DOCTYPE x [<!ENTITY a "%s">' % (b"ha" * 5000)
    return first + b"".join(entities) + b"]>" + xml.replace(b"Amira Shah", b"&g;")


SHEET = "xl/worksheets/sheet1.xml"
WORKBOOK = as_xlsx({"people": PEOPLE})
YAML_LAUGHS = b"a: &a [x, x]\n" + b"\n".join(b"%c: &%c [*%c]" % (n + 1, n + 1, n) for n in b"abcdefgh")
LONG_CELL = b"slack,name,organisation\nU0A," + b"x" * 200_000 + b",department\n"
HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    # a file, what is in it, and what the refusal says
    "a large file": (
        "x.yaml",
        lambda: b" " * (ON_THIS_MACHINE.megabytes * 1_000_000 + 1),
        f"more than {ON_THIS_MACHINE.megabytes} megabytes",
    ),
    "a ZIP bomb": (
        "x.zip",
        lambda: lying(packed("people.csv"), 10**9),
        f"x.zip has more than {ON_THIS_MACHINE.unpacked_megabytes} megabytes when it is unpacked, which is the most",
    ),
    "a ZIP that lies": ("x.zip", lambda: lying(packed("people.csv", content=b"0" * 10**7), 5), "could not be unpacked"),
    "a ZIP of many": ("x.zip", lambda: packed(*(f"{n}.csv" for n in range(1_001))), "more than 1,000 files in it"),
    "an XLSX bomb": ("x.xlsx", lambda: lying(WORKBOOK, 10**9), "megabytes when it is unpacked"),
    "no ZIP": ("x.zip", lambda: b"PK", "x.zip could not be unpacked"),
    "no workbook": ("x.xlsx", lambda: b"PK", "x.xlsx is not a workbook that can be read. Save it again as XLSX"),
    "another ZIP": ("x.xlsx", lambda: packed("x.txt"), "x.xlsx is not a workbook"),
    "half a workbook": ("x.xlsx", lambda: WORKBOOK[:-200], "x.xlsx is not a workbook"),
    "laughs in XML": ("x.xlsx", lambda: replaced(SHEET, laughing), "x.xlsx is not a workbook"),
    "broken XML": ("x.xlsx", lambda: replaced(SHEET, lambda xml: xml[:-20]), "x.xlsx is not a workbook"),
    "deep YAML": ("x.yaml", lambda: b"people: " + b"[" * 10**6, "x.yaml, line 1: a row of people"),
    "deep YAML elsewhere": ("x.yaml", lambda: b"x: " + b"[" * 10**6, "line 1: lists within lists go deeper than 20"),
    "laughs in YAML": ("x.yaml", lambda: YAML_LAUGHS, "x.yaml, line 2: *a stands for what was written before"),
    "a long cell": ("people.csv", lambda: LONG_CELL, "people.csv, line 2: field larger than field limit"),
    "another format": ("x.exe", lambda: b"MZ", "Give a file that ends in .yaml, .yml, .xlsx, .csv or .zip"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_file_is_refused_in_a_sentence(case: str) -> None:
    name, content, says = HOSTILE[case]
    assert says in refused(name, content())


def test_a_workbook_that_claims_to_be_endless_is_read_as_far_as_it_goes() -> None:
    def endless(xml: bytes) -> bytes:
        return xml.replace(b'ref="A1:C3"', b'ref="A1:XFD1048576"').replace(
            b"</sheetData>", b'<row r="9999999999"><c r="A9999999999"><v>1</v></c></row></sheetData>'
        )

    assert rows("x.xlsx", replaced(SHEET, endless)) == {"people": people()}


@pytest.mark.parametrize("ending", FORMATS)
def test_more_rows_than_are_read_are_refused_with_the_number(ending: str) -> None:
    content: Any = FORMATS[ending]({"people": [dict(each) for each in PEOPLE * 51]})
    with pytest.raises(CannotImport, match=r"^x\.\w+ has more than 100 rows, which is the most"):
        read_bytes(f"x{ending}", content, ON_THIS_MACHINE._replace(rows=100))
