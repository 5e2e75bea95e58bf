"""A portfolio file that is wrong is refused in a sentence with the place, the value and the mend, and as a whole.

Every case is tried in YAML, CSV and XLSX: the three say the same and are refused for the same.
"""

import re
from copy import deepcopy
from datetime import date
from typing import Any, NamedTuple

import pytest
from sqlalchemy import select
from sqlmodel import col

from bot.db import Database
from bot.models import Contract
from bot.records import BY_NAME
from bot.services.portfolio.faults import MOST_NAMED, CannotImport, CellRef, Faults
from bot.services.portfolio.reading import read_bytes
from tests.builders import MONDAY, work
from tests.portfolio_files import FORMATS
from tests.samples import Sheets, imported, sample_sheets

ENDINGS = list(FORMATS)


def two_contracts() -> Sheets:
    """The sample with its first two contracts, and the one that was visited."""
    sheets = sample_sheets()
    visited = {row["contract"] for row in sheets["audits"]}
    first = {row["reference"] for row in sheets["contracts"][:2]}
    sheets["contracts"] = [row for row in sheets["contracts"] if row["reference"] in first | visited]
    kept = first | visited | {None}
    for long in ("reports", "figures"):
        sheets[long] = [row for row in sheets[long] if row["period"] == "2026-11" or row["period"] == "2026-10"]
    for money in ("credit_terms", "credits"):
        sheets[money] = [{**row, "contract": sheets["contracts"][0]["reference"]} for row in sheets[money]]
    sheets["leave"] = [{"person": "U0CALLUM", "first_day": date(2027, 2, 15), "last_day": date(2027, 2, 19)}]
    return {name: [row for row in rows if row.get("contract") in kept] for name, rows in sheets.items()}


DATA = two_contracts()


class Case(NamedTuple):
    """One cell that is changed, and what the refusal says beside its place: the value and the mend."""

    sheet: str
    row: int
    column: str
    value: Any
    words: list[str]
    at: str = ""  # the column that is named, where it is another one


MISREAD = {
    # what a file may not say whatever else it says
    "a title too long": Case("contracts", 0, "title", "x" * 151, ["“xxx", "151 characters", "Shorten it"]),
    "a reference with a space": Case("contracts", 0, "reference", "wp ne", ["“wp ne”", "no spaces, for example WP-NE"]),
    "a reference too long": Case("contracts", 0, "reference", "W" * 21, ["“WWW", "for example WP-NE"]),
    "a stage that is none": Case("contracts", 0, "stage", "runing", ["“runing”", "live delivery", "or exit"]),
    "a stage that is half one": Case("contracts", 0, "stage", "Live", ["“Live”", "Did you mean live delivery?"]),
    "a nation that is none": Case(
        "contracts", 0, "nation", "Wales", ["“Wales”", "Enter England and Wales, Scotland or Northern Ireland"]
    ),
    "a nation with a slip": Case("contracts", 1, "nation", "Scotlnad", ["“Scotlnad”", "Did you mean Scotland?"]),
    "a role that is none": Case("roles", 0, "role", "boss", ["“boss”", "contract manager"]),
    "a date without a year": Case("contracts", 0, "start", "1 April", ["“1 April”", "for example 22/11/2026"]),
    "a date with the month first": Case(
        "contracts", 0, "start", "04/31/2025", ["“04/31/2025”", "Check the day and then"]
    ),
    "a date with two digits of a year": Case(
        "contracts", 0, "start", "1/4/25", ["“1/4/25”", "Enter the day, month and"]
    ),
    "a day that is none": Case("contracts", 0, "start", "31/02/2025", ["“31/02/2025”", "not a day in the calendar"]),
    "a value in words": Case("contracts", 0, "value", "84 or so", ["“84 or so”", "for example 84,000,000"]),
    "a value below nothing": Case("contracts", 0, "value", "-1", ["“-1”", "is not a sum in pounds"]),
    "a value with commas elsewhere": Case("contracts", 0, "value", "84,00,000", ["“84,00,000”", "84,000,000"]),
    "a value beyond all": Case("contracts", 0, "value", 10**13, ["“10000000000000”", "up to 1,000 billion"]),
    "a yes that is none": Case("contracts", 0, "light_touch", "perhaps", ["“perhaps”", "Enter yes or no"]),
    "a working day beyond all": Case("contracts", 0, "report_working_day", 16, ["“16”", "from 1 to 15"]),
    "a month that is none": Case(
        "reports", 0, "period", "2026-13", ["“2026-13” is not a month", "for example 2026-12"]
    ),
    "a day instead of a month": Case("reports", 0, "period", "02/07/2026", ["“02/07/2026” is not a month"]),
    "a figure with a unit": Case("figures", 0, "value", "97 days", ["“97 days”", "for example 1,234"]),
    "a figure with a decimal comma": Case("figures", 0, "value", "97,5", ["“97,5”", "for example 97.5"]),
    "a figure of five places": Case("figures", 0, "value", "97.12345", ["“97.12345”", "more than 4 decimal places"]),
    "a way to combine that is none": Case("kpis", 0, "combines", "mean", ["“mean”", "ratio, average, sum or last"]),
    "a unit that is none": Case("kpis", 0, "unit", "per cent", ["“per cent”", "Enter %, days"]),
    "a likelihood that is none": Case(
        "risks", 0, "likelihood", "maybe", ["“maybe” is not a likelihood", "rare, unlikely"]
    ),
    "a name instead of a Slack id": Case(
        "people", 0, "slack", "amira.shah", ["“amira.shah”", "begins with U or W", "Copy member ID"]
    ),
    "a person with no Slack account": Case("people", 0, "slack", None, ["this is needed", "Copy member ID"]),
    "a rule that is none": Case(
        "options", 0, "decide_by", "half a year before the end", ["“half a year before the end”", "31 March 2027"]
    ),
    "a personal detail": Case(
        "contracts", 0, "purpose", "For AB 12 34 56 C", ["a National Insurance number", "Leave out"]
    ),
}
MISFITS = {
    "a figure below nothing": Case("figures", 4, "value", "-1", ["it is below 0, and figures of", "start at 0"]),
    "a part below nothing": Case("figures", 0, "part", "-1", ["“-1”", "what is counted is not"]),
    "a fraction among percentages": Case(
        "kpis", 0, "approaching", 0.97, ["0.97 beside 99% and 93% could mean 0.97% or 97%", "with a per cent sign"]
    ),
    "a cut-off below nothing": Case(
        "kpis", 0, "requires_improvement", -1, ["“-1”", "it is below 0", "enter yes in may_be_negative"]
    ),
    "a ratio that may be below nothing": Case("kpis", 0, "may_be_negative", "yes", ["is no ratio"], "combines"),
    # what is no record by itself, unless the register has the rest of it
    "no title": Case("contracts", 0, "title", None, ["this is needed", "What the contract is called"]),
    "no nation, and so no calendar": Case("contracts", 1, "nation", None, ["this is needed", "bank holidays"]),
    "an end before the start": Case(
        "contracts",
        0,
        "end",
        date(2025, 3, 31),
        ["the end, 31 March 2025, is not after the start"],
        "end",
    ),
    "a longest end before the end": Case(
        "contracts", 0, "longest_end", date(2029, 3, 30), ["30 March 2029, is before the end, 31 March 2029"]
    ),
    "less with VAT than without": Case(
        "contracts", 0, "value_with_vat", 1, ["“1”", "£1 with VAT is less than £84,000,000"]
    ),
    "no figure and no reason": Case("figures", 4, "value", None, ["Enter a value or a why"], "why"),
    "queried by nobody": Case("reports", 0, "decision", "queried", ["has a query, and who asked it as decided_by"]),
    "decided, it is not said what": Case("reports", 3, "decided_by", "U0AMIRA", ["nobody has decided"]),
    "amber for no reason": Case("reports", 0, "rag", "amber", ["amber and red have a rag_reason"]),
    "a path from nowhere": Case("reports", 0, "path_to_green", "Recruit", ["Enter Green, Amber or Red"], "rag"),
    "a part of nothing": Case("figures", 0, "whole", None, ["Enter what as whole", "leave out part"], "whole"),
    "a figure of nothing": Case("figures", 4, "whole", 0, ["nothing to count", "say why"], "whole"),
    "percentages that would be added up": Case("kpis", 0, "combines", "sum", ["do not add up", "average or last"]),
    "a report received from nobody": Case("reports", 0, "by", None, ["Enter both, or neither"], "by"),
    "a report from somebody that never came": Case(
        "reports", 0, "received", None, ["Enter both, or neither"], "received"
    ),
    "cut-offs out of order": Case(
        "kpis",
        0,
        "approaching",
        99.5,
        ["“99.5”", "Cut-offs of 99 / 99.5 / 93", "for example 95 / 90 / 80"],
        "approaching",
    ),
    "a per cent sign on days": Case(
        "kpis", 0, "unit", "days", ["measured in days", "Leave out the per cent sign"], "good"
    ),
    "a guest who is an administrator": Case(
        "people", 3, "guest", "yes", ["cannot be an administrator", "Enter no here"], "administrator"
    ),
    "leave that ends before it begins": Case("leave", 0, "last_day", date(2027, 2, 14), ["before “First day”"]),
    "a memo that was acknowledged before it was sent": Case(
        "memos",
        0,
        "acknowledged",
        date(2026, 7, 1),
        ["“Acknowledged on”, 1 July 2026, is before “Sent on”", "Correct one of them"],
    ),
    "a plan that was due before it was asked for": Case(
        "plans", 0, "due", date(2026, 1, 2), ["“Due on”, 2 January 2026, is before “Requested on”"]
    ),
    "what came for a plan that is none": Case(
        "plan_submissions", 0, "plan", "Clear overdue checks", ["“Clear overdue checks” is no plan of FM-JC"]
    ),
    "a step of what did not come": Case("plan_steps", 0, "number", 2, ["number 2 of “Clear overdue", "did not come"]),
    "an entry of no intervention": Case(
        "intervention_log", 0, "area", "Starts", ["WP-NE has no intervention at level 2 about “Starts”"]
    ),
    "a deputy of oneself": Case("roles", 0, "deputy", "U0AMIRA", ["“U0AMIRA”", "cannot stand in for themselves"]),
    "a channel of everything that partners read": Case(
        "channels", 0, "audience", "shared", ["“shared”", "Enter internal"]
    ),
    # what does not fit with other rows or with the day
    "a person of nobody": Case("people", 0, "organisation", "departmen", ["“departmen”", "Did you mean department?"]),
    "a contract with nobody": Case(
        "contracts", 0, "partner", "zzz", ["“zzz” is not among the organisations", "Add it"]
    ),
    "a role for somebody unknown": Case(
        "roles", 2, "person", "U0QQQQQQQ", ["“U0QQQQQQQ” is not among the people", "Add it"]
    ),
    "a report from somebody unknown": Case("reports", 0, "by", "U0PRIYYA", ["“U0PRIYYA”", "Did you mean U0PRIYA?"]),
    "a KPI of no contract": Case("kpis", 0, "contract", "WP-NX", ["“WP-NX” is not among the contracts", "WP-NE?"]),
    "a figure of no KPI": Case("figures", 0, "kpi", "start", ["“start” is no KPI of WP-NE", "Did you mean starts?"]),
    "a figure that is not what its parts make": Case("figures", 0, "value", 98, ["the parts make 99.4%"]),
    "a figure of no report": Case("figures", 0, "period", "2026-01", ["no report of WP-NE for January 2026 came"]),
    "an option that has gone": Case(
        "options",
        0,
        "decide_by",
        date(2027, 1, 3),
        ["the last day to decide, 3 January 2027, is before 4 January 2027"],
    ),
    "an option whose rule has gone": Case(
        "options", 0, "decide_by", "6 months before 30 June 2027", ["30 December 2026, is before 4 January 2027"]
    ),
    "two departments": Case("organisations", 1, "kind", "department", ["the department already", "Enter another kind"]),
    "a team of two organisations": Case("organisations", 1, "teams", "T0DEPT", ["“T0DEPT” belongs to department too"]),
    "a person of the partner as senior owner": Case(
        "roles",
        2,
        "person",
        "U0PRIYA",
        ["Priya Nair (U0PRIYA) is the senior owner of WP-NE", "does not work for the department"],
    ),
    "a person of another partner as its contact": Case(
        "roles", 3, "person", "U0GRACE", ["Grace Ellery (U0GRACE)", "does not work for its partner, northgate"]
    ),
    "a deputy of another organisation": Case(
        "roles", 0, "deputy", "U0PRIYA", ["the deputy of the contract manager of WP-NE"]
    ),
    "a milestone that is met in the future": Case(
        "milestones", 0, "met", date(2027, 1, 5), ["5 January 2027 has not come yet. Enter today or earlier"]
    ),
    "an administrator of a partner": Case("people", 6, "administrator", "yes", ["Priya Nair", "Enter no"]),
}


def changed(case: Case) -> Sheets:
    data = deepcopy(DATA)
    row = data[case.sheet][case.row]
    if case.value is None:
        del row[case.column]
    else:
        row[case.column] = case.value
    if case.column == "unit":
        row["good"] = "99%"
    if case.column == "value":
        row["why"] = None
    return data


def place(case: Case, ending: str, column: str) -> list[str]:
    """What names the place: the file, the sheet, the row, the column, and with it the line or the cell."""
    match ending:
        case ".yaml":
            return ["bad.yaml, ", f"sheet {case.sheet}, row {case.row + 1} (line ", f"column {column}"]
        case ".zip":
            return [f"{case.sheet}.csv, ", f"sheet {case.sheet}, row {case.row + 2}, column {column}"]
        case _:
            return ["bad.xlsx, ", f"sheet {case.sheet}, row {case.row + 2}, column {column} (cell "]


def says(sentence: str, words: list[str]) -> None:
    """The sentence has the place, the value and the mend, and nothing of how it was found."""
    assert [word for word in words if word not in sentence] == [], sentence
    assert len(sentence.splitlines()[0]) < 600
    assert "pydantic" not in sentence


def refused(case: Case, ending: str) -> str:
    """What reading the changed file is refused with."""
    with pytest.raises(CannotImport) as refusal:
        read_bytes(f"bad{ending}", FORMATS[ending](changed(case)))
    return refusal.value.sentence


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("case", MISREAD)
def test_what_a_cell_may_not_say_is_refused_with_its_place_its_value_and_the_mend(case: str, ending: str) -> None:
    one = MISREAD[case]
    says(refused(one, ending), [*place(one, ending, one.at or one.column), *one.words])


def refused_when_planned(database: Database, case: Case, ending: str) -> str:
    """What planning the changed file is refused with: it reads well."""
    rows = read_bytes(f"bad{ending}", FORMATS[ending](changed(case)))
    with pytest.raises(CannotImport) as refusal, database.writing() as session:
        imported(work(session, MONDAY, "import"), rows)
    return refusal.value.sentence


@pytest.mark.parametrize("case", MISFITS)
def test_what_does_not_fit_together_is_refused_and_leaves_nothing_behind(still_empty: Database, case: str) -> None:
    one = MISFITS[case]
    ending = ENDINGS[sorted(MISFITS).index(case) % len(ENDINGS)]  # each format has a third of them
    says(refused_when_planned(still_empty, one, ending), [*place(one, ending, one.at or one.column), *one.words])


@pytest.mark.parametrize(("number", "sheet"), list(enumerate(name for name in DATA if not BY_NAME[name].repeats)))
def test_two_rows_with_one_key_are_refused_with_the_places_of_both(
    still_empty: Database, number: int, sheet: str
) -> None:
    data, ending = deepcopy(DATA), ENDINGS[number % len(ENDINGS)]
    data[sheet].append(deepcopy(data[sheet][0]))
    rows = read_bytes(f"bad{ending}", FORMATS[ending](data))
    with pytest.raises(CannotImport) as refusal, still_empty.writing() as session:
        imported(work(session, MONDAY, "import"), rows)
    first, last = (1, len(data[sheet])) if ending == ".yaml" else (2, len(data[sheet]) + 1)
    says(refusal.value.sentence, [f"sheet {sheet}, row {first}", f"sheet {sheet}, row {last}", "Keep one of them."])


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("r-1", "“R-1” looks like the reference of a risk, an action or another record."),
        ("help", "“HELP” is a word that commands use."),
    ],
)
def test_a_new_contract_that_a_command_would_take_for_something_else_is_refused(
    still_empty: Database, reference: str, words: str
) -> None:
    sheets = {
        **deepcopy(DATA),
        "contracts": [*DATA["contracts"], {**deepcopy(DATA["contracts"][0]), "reference": reference}],
    }
    rows = read_bytes("bad.yaml", FORMATS[".yaml"](sheets))
    with pytest.raises(CannotImport, match=re.escape(words)), still_empty.writing() as session:
        imported(work(session, MONDAY, "import"), rows)


def test_a_contract_that_has_such_a_reference_keeps_it(still_empty: Database) -> None:
    with still_empty.rehearsing() as session:
        imported(work(session, MONDAY, "import"), read_bytes("x.yaml", FORMATS[".yaml"](DATA)))
        session.scalars(select(Contract).where(col(Contract.reference) == "WP-NE")).one().reference = "R-1"
        session.flush()
        row = {**DATA["contracts"][0], "reference": "R-1", "title": "Another title"}
        made = imported(work(session, MONDAY, "import"), read_bytes("x.yaml", FORMATS[".yaml"]({"contracts": [row]})))
        assert len(made) == 1


def test_a_risk_may_be_raised_twice(still_empty: Database) -> None:
    """In Slack somebody can: an export of that must come back."""
    data = deepcopy(DATA)
    data["risks"] = [deepcopy(data["risks"][0]) for _ in range(2)]
    with still_empty.rehearsing() as session:
        made = imported(work(session, MONDAY, "import"), read_bytes("twice.yaml", FORMATS[".yaml"](data)))
        assert [len(each) for sheet, each in made.changes.items() if sheet.sheet == "risks"] == [2]


@pytest.mark.parametrize("ending", ENDINGS)
def test_names_that_are_none_are_refused_with_the_nearest(ending: str) -> None:
    data = deepcopy(DATA)
    data["contract"] = data.pop("contracts")
    data["kpis"] = [{"unt" if name == "unit" else name: value for name, value in row.items()} for row in data["kpis"]]
    with pytest.raises(CannotImport) as refusal:
        read_bytes(f"bad{ending}", FORMATS[ending](data))
    says(refusal.value.sentence, ["there is no sheet “contract”. Did you mean contracts?"])
    says(refusal.value.sentence, ["there is no column “unt”. Did you mean unit?"])


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_fault_of_a_file_is_named_at_once_one_line_for_each_kind(ending: str) -> None:
    data = sample_sheets()
    data["contracts"][0].update(stage="running", nation="Wales")
    for number, row in enumerate(data["figures"][:30]):
        row["value"] = f"good {number}"
    with pytest.raises(CannotImport) as refusal:
        read_bytes(f"bad{ending}", FORMATS[ending](data))
    nation, stage, figures = refusal.value.sentence.splitlines()
    says(nation, ["column nation", "“Wales”"])
    says(stage, ["column stage", "“running”"])
    says(figures, ["column value", "“good 0”", "row 3", "and 24 more rows: 30 times in all."])


def test_kinds_of_fault_beyond_those_that_are_listed_are_counted_with_the_limit() -> None:
    faults = Faults()
    for number in range(MOST_NAMED + 7):
        for row in (2, 3):
            faults.add(CellRef("a.csv", "contracts", row).at(f"column_{number}"), "this is needed.")
    with pytest.raises(CannotImport) as refusal:
        faults.refuse()
    *lines, last = refusal.value.sentence.splitlines()
    assert len(lines) == MOST_NAMED == 20
    assert (
        lines[0] == "a.csv, sheet contracts, row 2, column column_0: this is needed. The same in row 3: 2 times in all."
    )
    assert last == "At most 20 kinds of fault are listed. 7 more kinds: 14 faults."


def test_more_kpis_than_a_form_can_hold_are_refused(still_empty: Database) -> None:
    data = deepcopy(DATA)
    data["kpis"] += [{**data["kpis"][0], "code": f"kpi-{number}"} for number in range(89)]
    with pytest.raises(CannotImport, match="WP-NE has more than 90 KPIs"), still_empty.writing() as session:
        imported(work(session), read_bytes("bad.yaml", FORMATS[".yaml"](data)))
