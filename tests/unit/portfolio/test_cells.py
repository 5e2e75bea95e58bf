"""Cells: what people and programs write in one is read, and what can be read in two ways is refused."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import TypeAdapter, ValidationError

from bot.domain.deadlines import Deadline, parse_deadline
from bot.domain.figures import RoundedPounds
from bot.domain.periods import Month
from bot.domain.scores import Likelihood
from bot.models import Stage
from bot.records import fields
from bot.records.cells import Percentage, written
from bot.records.readers import Broken, choice, figure, scale, text, whole

APRIL = date(2025, 4, 1)
JULY = Month(2026, 7)
FIXED = Deadline.fixed(APRIL)
RULE = parse_deadline("6 months before 31 August 2027")


def read(kind: Any, cell: object) -> object:  # noqa: ANN401  # any kind of column
    return TypeAdapter(kind).validate_python(cell)


def column(validator: Any) -> Any:  # noqa: ANN401  # a column with this reader
    return Annotated[object, validator]


STAGE, SCALE = column(choice(Stage)), column(scale(Likelihood))


FORGIVEN = [
    # a column, what stands in a cell, what is read
    *((fields.Day, cell, APRIL) for cell in (
        "2025-04-01", "1/4/2025", "01/04/2025", " 1 April 2025 ", "1 apr 2025", "2025-04-01 00:00:00",
        "2025-04-01T00:00:00", APRIL, datetime(2025, 4, 1), "1st April 2025", "1-Apr-2025", "1–Apr–2025",
        "2025-04-01T00:00:00+01:00", "2025-04-01T00:00:00Z", "1/4/2025 00:00", "\u200e1/4/2025",
    )),
    *((fields.Period, cell, JULY) for cell in (
        "2026-07", "July 2026", "Jul-26", "jul 2026", "1/7/2026", "2026-07-01", date(2026, 7, 1), JULY,
    )),
    *((fields.Due, cell, FIXED) for cell in ("2025-04-01", "1 April 2025", APRIL, datetime(2025, 4, 1), FIXED)),
    *((fields.Due, cell, RULE) for cell in ("6 months before 31 August 2027", "6 Months  before 31/8/2027", RULE)),
    *((fields.Pounds, cell, 84_000_000) for cell in (
        "84000000", "84,000,000", "£84,000,000", "£ 84,000,000.00", 84_000_000, 84_000_000.0, " 84000000 ",
        "84 million", "£84m", "£0.084 billion", "84,000k",
    )),
    *((fields.Flag, cell, True) for cell in ("yes", "Yes", "TRUE", "true", "1", "y", 1, 1.0, True)),
    *((fields.Flag, cell, False) for cell in ("no", "NO", "FALSE", "0", "n", 0, 0.0, False)),
    *((fields.Figure, cell, Decimal("97.2")) for cell in ("97.2", "97.20", 97.2, Decimal("97.2"))),
    *((fields.Figure, cell, Percentage("97.2")) for cell in ("97.2%", "97.2 %")),
    (fields.Figure, "1,234.5", Decimal("1234.5")),
    *((STAGE, cell, Stage.LIVE) for cell in ("live delivery", "Live Delivery", " LIVE  DELIVERY ")),
    *((SCALE, cell, Likelihood.ALMOST_CERTAIN) for cell in ("almost certain", "Almost-Certain", 5, 5.0)),
    *((fields.Pounds, cell, RoundedPounds(Decimal("776888.48"))) for cell in ("776,888.48", 776888.48, "£776,888.48")),
    *((fields.Reference, cell, "WP-NE") for cell in ("WP-NE", "wp-ne", " WP-NE ", "WP–NE", "W\u200bP\u2011NE\ufeff")),
    *((fields.TeamIds, cell, ("T0A", "E0B")) for cell in ("T0A E0B", " T0A   E0B ", ["T0A", "E0B"], "T0A E0B T0A")),
    *((fields.Name, cell, "2026") for cell in ("2026", 2026, 2026.0)),
    (fields.Story, " two\r\nlines ", "two\nlines"),
    (fields.Name, "Caf\u00e9\u00a0\u200bof\n the  Trust", "Café of the Trust"),
]  # fmt: skip
REFUSED = [
    # a column, what stands in a cell, what the refusal says
    (fields.Day, "1/4", "“1/4” is not a date"),
    (fields.Day, "Friday", "“Friday” is not a date"),
    (fields.Day, "today", "“today” is not a date"),
    (fields.Day, "1/4/25", "“1/4/25” is not a date"),
    (fields.Day, "April 2025", "“April 2025” is not a date"),
    (fields.Day, 45748, "“45748” is a number. Format the cell as a date"),
    (fields.Day, datetime(2025, 4, 1, 9, 30), "has a time of day. Enter the date alone, for example 1 April 2025"),
    (fields.Day, True, "“TRUE”"),
    (fields.Period, "2026-07-02", "is not a month"),
    (fields.Period, "07", "is not a month"),
    (fields.Period, "Jul", "is not a month"),
    (fields.Due, "half a year before 31 August 2027", "Enter a date, or a count from a date"),
    (fields.Due, 45748, "for example 31 March 2027"),
    (fields.Pounds, "84 millions or so", "is not a sum in pounds. Enter pounds up to 1,000 billion"),
    (fields.Pounds, "8.4E+07", "is not a sum in pounds"),
    (fields.Pounds, "84.000.000", "is not a sum in pounds"),
    (fields.Pounds, "$84", "is not a sum in pounds"),
    (fields.Pounds, "2000 billion", "is out of range"),
    (fields.Day, "2025-04-01T00:00:00+10:00", "is 31 March 2025 at 3pm in London"),
    (column(whole(1, 15)), "£3", "is not a whole number"),
    (column(whole(1, 15)), "0", "Enter a number from 1 to 15"),
    (fields.Figure, "97,5", "has a comma where a decimal point goes"),
    (fields.Figure, 97.12345, "more than 4 decimal places"),
    (fields.Figure, "n/a", "is not a number"),
    (fields.Flag, "maybe", "Enter yes or no"),
    (fields.Flag, 2, "Enter yes or no"),
    (fields.Name, True, "“TRUE” is a yes or no and not a text. Format the cell as text"),
    (fields.Name, APRIL, "“1 April 2025” is a date or time and not a text"),
    (fields.Name, time(9, 30), "is a date or time and not a text"),
    (fields.Name, "bell \a", "has a hidden character (U+0007) after “bell”"),
    (fields.Name, "H\u0430rbour", "has the letter “\u0430” (cyrillic small letter a), which looks like another one."),
    (fields.Name, Broken("=A1", "this is a formula."), "this is a formula."),
    (fields.TeamIds, "T0A,T0B", "“T0A,T0B” is not the id of a Slack workspace"),
    (fields.Reference, "WP/NE", "for example WP-NE"),
    (fields.PersonId, "@amira", "Copy member ID"),
    (fields.ChannelId, "#wp-ne", "begins with C or G"),
]


@pytest.mark.parametrize(("kind", "cell", "value"), FORGIVEN)
def test_what_every_tool_does_to_a_cell_is_forgiven(kind: Any, cell: object, value: object) -> None:  # noqa: ANN401
    found = read(kind, cell)
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(("kind", "cell", "says"), REFUSED)
def test_what_can_be_read_in_two_ways_is_refused(kind: Any, cell: object, says: str) -> None:  # noqa: ANN401
    with pytest.raises(ValidationError) as refused:
        read(kind, cell)
    assert says in str(refused.value.errors()[0]["ctx"]["error"])


@pytest.mark.parametrize(("kind", "cell", "value"), FORGIVEN)
def test_what_was_read_is_read_again_as_it_is_written(kind: Any, cell: object, value: object) -> None:  # noqa: ANN401
    assert read(kind, written(value)) == value


def test_only_values_are_written() -> None:
    with pytest.raises(TypeError):
        written(object())


def test_blank_cells_are_left_to_the_default() -> None:
    assert [read(column(each), "") for each in (figure, text(10), whole(0, 9))] == ["", "", ""]
