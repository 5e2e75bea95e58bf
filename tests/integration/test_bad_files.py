"""A portfolio file that is wrong is refused in a sentence with the place, the value and what to do, and as a whole."""

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.db import Database
from bot.errors import UserError
from bot.services.importing import import_portfolio
from bot.services.portfolio_file import read_portfolio
from tests.builders import MONDAY, SAMPLE, work

DATA: dict[str, Any] = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
DATA["contracts"] = DATA["contracts"][:2]
Change = Callable[[dict[str, Any]], object]


def changed(folder: Path, change: Change) -> Path:
    """Two contracts of the sample with one thing changed, as a file."""
    data = deepcopy(DATA)
    change(data)
    path = folder / "portfolio.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return path


def load(database: Database, path: Path) -> None:
    """Import a file that must be refused; if it is not, nothing of it is kept for the tests that follow."""
    with database.transaction() as session:
        import_portfolio(work(session, MONDAY, "import"), read_portfolio(path))
        pytest.fail("it was imported")


def first(data: dict[str, Any]) -> dict[str, Any]:
    contract: dict[str, Any] = data["contracts"][0]
    return contract


MISREAD: dict[str, tuple[Change, list[str]]] = {
    # what is changed in the sample, and what the sentence says: the place, the value, what to do
    "no department": (lambda d: d.pop("department"), ["department", "required"]),
    "an unknown field": (lambda d: first(d).update(colour="red"), ["contracts[1].colour", "not permitted", "'red'"]),
    "a missing title": (lambda d: first(d).pop("title"), ["contracts[1].title", "required"]),
    "a title too long": (lambda d: first(d).update(title="x" * 151), ["contracts[1].title", "150 characters", "xxx"]),
    "a reference in small letters": (
        lambda d: first(d).update(reference="wp ne"),
        ["contracts[1].reference", "'wp ne'", "[A-Z0-9]"],
    ),
    "a stage that is none": (
        lambda d: first(d).update(stage="running"),
        ["contracts[1].stage", "'live delivery'", "'running'"],
    ),
    "a nation that is none": (
        lambda d: first(d).update(nation="Wales"),
        ["contracts[1].nation", "'Scotland'", "'Wales'"],
    ),
    "a role that is none": (
        lambda d: first(d)["people"].update(boss="U0AMIRA"),
        ["contracts[1].people.boss", "'boss'"],
    ),
    "a date that is none": (lambda d: first(d).update(start="1 April"), ["contracts[1].start", "date", "'1 April'"]),
    "an end before the start": (
        lambda d: first(d).update(end=date(2025, 3, 31)),
        ["contracts[1]", "the end, 2025-03-31, is not after the start, 2025-04-01"],
    ),
    "a longest end before the end": (
        lambda d: first(d).update(longest_end=date(2029, 3, 30)),
        ["contracts[1]", "the longest end, 2029-03-30, is before the end, 2029-03-31"],
    ),
    "a value with words": (lambda d: first(d).update(value="84 million"), ["contracts[1].value", "'84 million'"]),
    "a value below nothing": (
        lambda d: first(d).update(value=-1),
        ["contracts[1].value", "greater than or equal to 0"],
    ),
    "a month that is none": (
        lambda d: first(d)["reports"][0].update(period="2026-13"),
        ["contracts[1].reports[1].period", "“2026-13” is not a month", "for example 2026-12"],
    ),
    "a figure with a unit": (
        lambda d: first(d)["reports"][0]["figures"].update(starts="97%"),
        ["contracts[1].reports[1].figures.starts", "'97%'"],
    ),
    "a figure below nothing": (
        lambda d: first(d)["reports"][0]["figures"].update(starts=-1),
        ["contracts[1].reports[1].figures.starts", "greater than or equal to 0"],
    ),
    "a figure of no KPI": (
        lambda d: first(d)["reports"][0]["figures"].update(begins=97),
        ["contracts[1]", "July 2026", "'begins'", "no KPI"],
    ),
    "a report received from nobody": (
        lambda d: first(d)["reports"][0].pop("by"),
        ["contracts[1].reports[1]", "both received and by"],
    ),
    "cut-offs out of order": (
        lambda d: first(d)["kpis"][0].update(good=90),
        ["contracts[1].kpis[1]", "Cut-offs of 90 / 97 / 93", "for example 95 / 90 / 80"],
    ),
    "a unit that is none": (
        lambda d: first(d)["kpis"][0].update(unit="per cent"),
        ["contracts[1].kpis[1].unit", "'per cent'", "'%'"],
    ),
    "a likelihood that is none": (
        lambda d: first(d)["risks"][0].update(likelihood="maybe"),
        ["contracts[1].risks[1].likelihood", "“maybe” is not a likelihood", "rare, unlikely, possible"],
    ),
    "a name instead of a Slack id": (
        lambda d: d["people"][0].update(slack="amira.shah"),
        ["people[1].slack", "capital letters and digits", "'amira.shah'"],
    ),
    "more KPIs than a form can hold": (
        lambda d: first(d).update(kpis=[{**first(d)["kpis"][0], "code": f"k{n}"} for n in range(100)], reports=[]),
        ["contracts[1].kpis", "at most"],
    ),
}
MISFITS: dict[str, tuple[Change, list[str]]] = {
    # the same, for a file that reads well and does not fit together
    "a person of nobody": (lambda d: d["people"][0].update(of="nowhere"), ["Amira Shah", "'nowhere'", "no partner"]),
    "a contract with nobody": (lambda d: first(d).update(partner="nowhere"), ["WP-NE", "'nowhere'", "no partner"]),
    "a role for somebody unknown": (
        lambda d: first(d)["people"].update({"senior owner": "U0NOBODY"}),
        ["U0NOBODY", "senior owner of WP-NE", "Add them to the people"],
    ),
    "a report from somebody unknown": (
        lambda d: first(d)["reports"][0].update(by="U0NOBODY"),
        ["U0NOBODY", "July 2026 on WP-NE", "Add them to the people"],
    ),
    "a risk raised by somebody unknown": (
        lambda d: first(d)["risks"][0].update(by="U0NOBODY"),
        ["U0NOBODY", "WP-NE", "Add them to the people"],
    ),
    "a contract twice": (
        lambda d: d["contracts"].append(deepcopy(first(d))),
        ["contract WP-NE stands in the file twice", "Keep one"],
    ),
    "a partner twice": (lambda d: d["partners"].append(d["partners"][0]), ["partner northgate", "twice", "Keep one"]),
    "a person twice": (lambda d: d["people"].append(d["people"][0]), ["person U0AMIRA", "twice", "Keep one"]),
    "a channel of two contracts": (
        lambda d: d["contracts"][1]["channels"].update(internal="C0WPNE"),
        ["C0WPNE is bound already", "one contract"],
    ),
    "a channel of a contract and the portfolio": (
        lambda d: d["channels"].update(portfolio="C0WPNE"),
        ["C0WPNE is bound already", "one contract, or to the portfolio"],
    ),
    "a team of two organisations": (
        lambda d: d["partners"][0].update(teams=["T0DEPT"]),
        ["T0DEPT of northgate belongs to another organisation"],
    ),
    "a KPI twice": (lambda d: first(d)["kpis"].append(first(d)["kpis"][0]), ["WP-NE", "starts", "twice"]),
    "a period twice": (lambda d: first(d)["reports"].append(first(d)["reports"][0]), ["WP-NE", "July 2026", "twice"]),
    "a memo twice": (lambda d: first(d)["memos"].append(first(d)["memos"][0]), ["WP-NE", "memo", "twice"]),
    "an option twice": (lambda d: first(d)["options"].append(first(d)["options"][0]), ["WP-NE", "Extension", "twice"]),
    "a person of the partner as senior owner": (
        lambda d: first(d)["people"].update({"senior owner": "U0PRIYA"}),
        ["WP-NE", "U0PRIYA", "senior owner"],
    ),
}


def says(refused: UserError, words: list[str]) -> None:
    """The sentence has the place, the value and what to do, and nothing of how it was found."""
    assert [word for word in words if word not in refused.sentence] == [], refused.sentence
    assert len(refused.sentence) < 500
    assert "pydantic" not in refused.sentence


@pytest.mark.parametrize("case", MISREAD)
def test_a_file_that_says_what_it_may_not_is_refused_in_a_sentence(tmp_path: Path, case: str) -> None:
    change, words = MISREAD[case]
    with pytest.raises(UserError) as refused:
        read_portfolio(changed(tmp_path, change))
    says(refused.value, words)


@pytest.mark.parametrize("case", MISFITS)
def test_a_file_that_does_not_fit_together_is_refused_in_a_sentence_and_leaves_nothing_behind(
    still_empty: Database, tmp_path: Path, case: str
) -> None:
    change, words = MISFITS[case]
    path = changed(tmp_path, change)
    with pytest.raises(UserError) as refused:
        load(still_empty, path)
    says(refused.value, words)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"contracts: [", ["portfolio.yaml is not YAML", "line 1"]),
        (b"\xff\xfe\x00", ["portfolio.yaml could not be read"]),
        (b"", ["portfolio.yaml", "the whole file"]),
        (b"just words", ["portfolio.yaml", "the whole file", "'just words'"]),
        (b"- 1\n- 2", ["portfolio.yaml", "the whole file"]),
        (b"!!python/object/apply:os.getcwd []", ["portfolio.yaml is not YAML"]),
    ],
)
def test_a_file_that_is_no_portfolio_is_refused_in_a_sentence(tmp_path: Path, content: bytes, words: list[str]) -> None:
    path = tmp_path / "portfolio.yaml"
    path.write_bytes(content)
    with pytest.raises(UserError) as refused:
        read_portfolio(path)
    assert [word for word in words if word not in refused.value.sentence] == [], refused.value.sentence


def test_a_file_that_is_not_there_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"nothing\.yaml could not be read"):
        read_portfolio(tmp_path / "nothing.yaml")


def test_every_fault_of_a_file_is_named_at_once(tmp_path: Path) -> None:
    def three(data: dict[str, Any]) -> None:
        first(data).update(stage="running", nation="Wales")
        data["people"][0].update(slack="amira")

    with pytest.raises(UserError) as refused:
        read_portfolio(changed(tmp_path, three))
    assert Counter(line.split(": ")[1] for line in refused.value.sentence.splitlines()) == Counter(
        ["contracts[1].stage", "contracts[1].nation", "people[1].slack"]
    )
