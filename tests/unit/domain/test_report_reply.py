"""A report in somebody's own words: what is read of it, and that nothing is guessed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.figures import Unit
from bot.domain.parts import Combining
from bot.domain.report_reply import ReplyRead, read_reply
from tests.builders import kpi

STARTS = kpi(1, code="starts", name="Starts within 15 working days")
OUTCOMES = kpi(2, code="outcomes", name="Job outcomes against profile")
CLEARANCE = kpi(3, code="clearance", name="Average clearance", unit=Unit.WORKING_DAYS, combines=Combining.AVERAGE)
LATE = kpi(4, code="late-starts", name="Late starts")
KPIS = [STARTS, OUTCOMES, CLEARANCE]
CODES = {each.id: each.code for each in KPIS}


def written(read: ReplyRead) -> dict[str, str]:
    units = {each.id: each.unit for each in KPIS}
    return {CODES[number]: figure.written(units[number]) for number, figure in read.figures.items()}


@pytest.mark.parametrize(
    ("text", "figures", "commentary"),
    [
        ("starts 97.2, outcomes 88; two advisers left", {"starts": "97.2%", "outcomes": "88%"}, "two advisers left"),
        ("97.2% starts and 88 for job outcomes", {"starts": "97.2%", "outcomes": "88%"}, ""),
        ("starts=97.2 outcomes=88", {"starts": "97.2%", "outcomes": "88%"}, ""),
        ("Starts within 15 working days: 972 / 1,000", {"starts": "972/1,000"}, ""),
        ("starts were 97.2 because two left, and job outcomes only 88.", {"starts": "97.2%", "outcomes": "88%"},
         "because two left"),
        ("Outcomes fell to 84%. Two advisers left in week 2.", {"outcomes": "84%"}, "Two advisers left in week 2"),
        ("clearance 21.5 over 340", {"clearance": "21.5 over 340"}, ""),
        ("21.5 days average clearance", {}, ""),
        ("strats 97.2", {"starts": "97.2%"}, ""),
        ("starts fell because 2 left", {}, "starts fell because 2 left"),
        ("See you at 3pm on 22/11/2026, https://a.example/5", {}, "See you at 3pm on 22/11/2026, https://a.example/5"),
        ("Both posts are filled.", {}, "Both posts are filled."),
        ("", {}, ""),
    ],
)  # fmt: skip
def test_figures_go_to_the_kpi_that_is_named_beside_them(text: str, figures: dict[str, str], commentary: str) -> None:
    read = read_reply(text, KPIS)
    assert written(read) == figures
    assert read.commentary == commentary


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("97.2, 88", "“97.2” could be for starts, outcomes or clearance"),
        ("starts 12,5", "has a comma where a decimal point goes"),
        ("starts 97.2 days", "is not a figure in %"),
        ("starts -3", "is below 0"),
        ("outcome 88, outcomes 89", "Job outcomes against profile has more than one figure"),
        ("clearance 5/10", "does not fit this KPI"),
    ],
)
def test_what_is_unclear_is_said_and_not_guessed(text: str, why: str) -> None:
    read = read_reply(text, KPIS)
    assert read.figures == {}
    assert why in "\n".join(read.unclear)


def test_a_word_that_several_kpis_have_is_not_enough_and_one_that_tells_them_apart_is() -> None:
    both = [kpi(1, code="a", name="Starts on time"), LATE]
    assert "could be for a or late-starts" in read_reply("starts 5", both).unclear[0]
    assert read_reply("late starts 5", both).figures.keys() == {4}


def test_of_a_single_kpi_a_figure_alone_will_do() -> None:
    assert read_reply(" 97.2 ", [STARTS]).figures[1].value == Decimal("97.2")


FIGURES = st.decimals(0, 1000, places=2)


@given(
    st.permutations(KPIS),
    st.lists(FIGURES, min_size=3, max_size=3),
    st.sampled_from([" ", ": ", " = ", "=", " was ", " is now "]),
    st.sampled_from(["; ", ", ", "\n", " and ", ". "]),
    st.sampled_from(["two advisers left", "the hub was closed", ""]),
)
def test_what_is_written_in_any_order_is_read(
    order: list[object], values: list[Decimal], between: str, end: str, words: str
) -> None:
    kpis = [each for each in KPIS if each in order]
    kpis.sort(key=order.index)
    text = end.join([f"{each.code}{between}{value}" for each, value in zip(kpis, values, strict=True)] + [words])
    read = read_reply(text, KPIS)
    assert {number: figure.value for number, figure in read.figures.items()} == {
        each.id: value for each, value in zip(kpis, values, strict=True)
    }
    assert (read.commentary, read.unclear) == (words, [])


@given(st.text(max_size=300))
def test_nothing_that_anybody_can_write_raises(text: str) -> None:
    read = read_reply(text, KPIS)
    assert set(read.figures) <= CODES.keys()


@given(st.text(st.characters(exclude_categories=("N", "Cs")), max_size=300))
def test_words_without_a_figure_are_commentary_whole(text: str) -> None:
    assert read_reply(text, KPIS) == ReplyRead(commentary=text.strip())
