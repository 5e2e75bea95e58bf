"""A report in somebody's own words: what is read of it, and that nothing is guessed."""

import re
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
        ("starts = 97.2 , outcomes = 88", {"starts": "97.2%", "outcomes": "88%"}, ""),
        ("starts:97.2;outcomes:88.", {"starts": "97.2%", "outcomes": "88%"}, ""),
        ("starts\t97.2\toutcomes\t88", {"starts": "97.2%", "outcomes": "88%"}, ""),
        ("*starts*: *97.2* & outcomes \N{EN DASH} 88", {"starts": "97.2%", "outcomes": "88%"}, ""),
        ("1. starts 97.2\n2. outcomes 88", {"starts": "97.2%", "outcomes": "88%"}, ""),
        ("1) starts 97.2 2) outcomes 88", {"starts": "97.2%", "outcomes": "88%"}, ""),
        ("- starts 97.2\n• outcomes 88", {"starts": "97.2%", "outcomes": "88%"}, ""),
        ("starts 97.2\n97.2% starts", {"starts": "97.2%"}, ""),
        ("Outcomes fell to 84%. Two advisers left in week 2.", {"outcomes": "84%"}, "Two advisers left in week 2."),
        ("clearance 21.5 over 340", {"clearance": "21.5 over 340"}, ""),
        ("strats 97.2", {"starts": "97.2%"}, ""),
        ("See you at 3pm on 22/11/2026, https://a.example/5", {}, "See you at 3pm on 22/11/2026, https://a.example/5"),
        ("Both posts are filled.", {}, "Both posts are filled."),
        ("5 of us come on 12 January", {}, "5 of us come on 12 January"),
        ("", {}, ""),
    ],
)  # fmt: skip
def test_figures_go_to_the_kpi_that_is_named_beside_them(text: str, figures: dict[str, str], commentary: str) -> None:
    read = read_reply(text, KPIS)
    assert written(read) == figures
    assert read.commentary == commentary


@pytest.mark.parametrize(
    "text",
    [
        "starts were 97.2 because two left, and job outcomes only 88.",
        "starts 97.2, outcomes 88, two advisers left",
        "2 advisers left, so starts fell to 97.2 and outcomes to 88, as in week 2 of 2025",
        "starts 97.2 - the hub opened on 12 January; outcomes 88 because of a 12-month gap and £5m of cuts",
        "Hi Amira, starts 97.2 (3 advisers off) and outcomes 88 :tada:",
    ],
)
def test_the_sentence_around_a_figure_stays_whole_in_the_narrative(text: str) -> None:
    read = read_reply(text, KPIS)
    assert (read.figures[1].value, read.commentary, read.unclear) == (Decimal("97.2"), text, [])


ASKED = (
    "97 to 98 | 97-98 | 97 \N{EN DASH} 98 | 97 or 98 | 97 and 98 | 97, 98 | 97 98 | 97/98/99 | 97. 98 | 97 → 98 | "
    "97.2 (was 95) | from 95 to 97.2 | 97.2, sorry 98 people | 97.2 against 99 | +97 | not 97 but | ~97 | <97 | > 97 | "
    "£97 | 97* | 97½ | 97k | 97pp | 97.2%% | 97.2… | 97 and a half | 1 234 | 1'234 | (97) | 97? | about 97 | up 3 | "
    "up to 97 | fell by 3 | 97 below target | 97 days | 4 hours 30 minutes | 97 thousand | ninety seven | 12,5 | -3 | "
    "\N{FULLWIDTH DIGIT NINE}\N{FULLWIDTH DIGIT SEVEN} | 1.234,5 | 9/10/11 | 12 January | so far 97 | 97 so far | "
    "97 this week | : 1. 97 | 97.2, average 95 | 97.2/98"
)


@pytest.mark.parametrize("said", ASKED.split(" | "))
@pytest.mark.parametrize("form", ["starts {}", "starts were {}", "Both posts are filled; starts = {}", "starts {}\nx"])
def test_anything_attached_to_a_figure_and_any_second_number_is_asked_about(form: str, said: str) -> None:
    read = read_reply(form.format(said), KPIS)
    assert 1 not in read.figures
    assert any(STARTS.name in each or STARTS.code in each for each in read.unclear)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "starts97.2",
            "starts-97.2",
            "starts and outcomes 88",
            "late starts 5",
            "5 starts were late",
            "We had 5 starts",
        ),
        *("Starts within 15 days: 97.2", "starts fell because 2 left", "starts in December 97.2"),
        "97.2% starts 88% outcomes",
    ],
)
def test_a_number_that_is_near_a_name_and_does_not_stand_beside_it_is_asked_about(text: str) -> None:
    read = read_reply(text, KPIS)
    assert read.figures == {}
    assert read.unclear


def test_a_reply_that_is_too_long_to_be_read_is_told_so() -> None:
    read = read_reply("starts 97.2 " * 5_000, KPIS)
    assert (read.figures, read.commentary) == ({}, "")
    assert read.unclear[0].startswith("This is 60,000 characters long, and a reply of up to 10,000 is read.")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("97.2, 88", "“97.2” could be for starts, outcomes or clearance"),
        ("starts 12,5", "has a comma where a decimal point goes"),
        ("starts 97.2 days", "is not a figure in %"),
        ("starts -3", "is below 0"),
        ("We reached 97.2% this month", "“97.2%” could be for starts, outcomes or clearance"),
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
    st.sampled_from(["; ", "\n", ". "]),
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


PIECES = st.sampled_from(
    [
        *(
            "starts",
            "outcomes",
            "Starts within 15 working days",
            "97.2",
            "97.2%",
            "88",
            "3",
            "1.",
            "1,234",
            "-4",
            "12/15",
        ),
        *(
            "97-98",
            "=",
            ":",
            "is",
            "was",
            "fell to",
            "up",
            "not",
            "and",
            "or",
            "to",
            "because",
            "advisers left",
            "(",
            ")",
        ),
        *(",", ".", ";", "\n", "?", "~", "£", "%", "k", "days", "in", "week 2", "sorry", "from", "at 3pm", "for"),
    ]
)


def joined(pieces: list[tuple[str, str]]) -> str:
    """The pieces with the gaps after them; two words have a space between them."""
    text = ""
    for piece, gap in pieces:
        text += f" {piece}{gap}" if text[-1:].isalpha() and piece[0].isalpha() else piece + gap
    return text


TEXTS = st.lists(st.tuples(PIECES, st.sampled_from([" ", " ", " ", ""])), max_size=14).map(joined)


def second_reader(text: str) -> dict[int, set[str]]:
    """For each KPI the figures that stand beside a name of it. It was written apart: it cuts sentences into chunks
    between spaces and marks, and knows nothing of what the reader takes for certain."""
    beside: dict[int, set[str]] = {1: set(), 2: set()}
    for line in re.split(
        r"[;\n?]|(?<!^1)[.](?=\s)", text.replace("Starts within 15 working days", "starts").replace(" %", "%")
    ):
        chunks = re.findall(r"[=:,()](?![0-9])|(?:[^\s=:,()]|,(?=[0-9]))+", line)
        for at, chunk in enumerate(chunks):
            number_of_a_list = chunk == "1." and at == 0
            if number_of_a_list or not re.fullmatch(r"\.?[0-9][0-9.,/]*%?[.!]?", chunk):
                continue
            for step in (-1, 1):
                place = at + step
                while 0 <= place < len(chunks) and chunks[place] in (*"=:", "is", "was", "fell", "to", "for", "in"):
                    place += step
                named = chunks[place] if 0 <= place < len(chunks) else ""
                for number, name in ((1, "starts"), (2, "outcomes")):
                    beside[number].update(
                        [re.sub(r"^[.]", "0.", chunk.rstrip(".!%").replace(",", ""))] if name in named else []
                    )
    return beside


@given(TEXTS)
def test_every_figure_is_the_one_that_a_second_reader_finds_and_no_number_beside_a_name_is_passed_over(
    text: str,
) -> None:
    read, beside = read_reply(text, [STARTS, OUTCOMES]), second_reader(text)
    taken = {number: each.written(STARTS.unit).rstrip("%").replace(",", "") for number, each in read.figures.items()}
    for number, figures in beside.items():
        others = figures - set(taken.values()) - {"2"}  # of week 2
        if number in taken:
            assert taken[number] in figures, text
            assert not others, f"another number stands beside the same name in {text!r}"
        else:
            assert read.unclear or not others, f"nothing was said of {others} in {text!r}"


SAID = st.sampled_from(
    ["{0}", ": {0}%", " = {0}", "={0}", " was {0}", " fell to {0}%", " {0} because two advisers left"]
)
TRAPS = st.sampled_from(
    [
        *("{0} to {1}", "{0}-{1}", "~{0}", "{0} ({1} last month)", "up {0}", "{0}?", "{0} or {1}", "{0}k", "{0} {1}"),
        *("> {0}", "{0}/{1}/{0}", "{0}; starts {1}"),
    ]
)


@given(SAID, TRAPS, st.integers(50, 96), st.integers(97, 120), st.sampled_from(["; ", "\n", ". "]))
def test_a_clear_figure_is_read_whatever_stands_in_the_other_sentences(
    said: str, trap: str, first: int, second: int, between: str
) -> None:
    clear = f"outcomes {said.format(first).strip()}"
    read = read_reply(f"{clear}{between}starts {trap.format(first, second)}{between}Both posts are filled", KPIS)
    assert {number: figure.value for number, figure in read.figures.items()} == {2: Decimal(first)}
    assert any(STARTS.name in each for each in read.unclear)
    assert read.commentary.endswith("Both posts are filled")


@given(st.text(max_size=300))
def test_nothing_that_anybody_can_write_raises(text: str) -> None:
    read = read_reply(text, KPIS)
    assert set(read.figures) <= CODES.keys()


@given(st.text(st.characters(exclude_categories=("N", "Cs")), max_size=300))
def test_words_without_a_figure_are_commentary_whole(text: str) -> None:
    assert read_reply(text, KPIS) == ReplyRead(commentary=text.strip())
