"""What people type after a slash command."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.domain.command_line import (
    NoSuchDay,
    NotADate,
    parse_date,
    require_text,
    split_command,
)
from bot.errors import UserError

LEFT, RIGHT = "\N{LEFT SINGLE QUOTATION MARK}", "\N{RIGHT SINGLE QUOTATION MARK}"
SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("   ", []),
        ("report northgate", ["report", "northgate"]),
        ("  report \t northgate\n", ["report", "northgate"]),
        ('report "Work Pathways"', ["report", "Work Pathways"]),
        ("report “Work Pathways”", ["report", "Work Pathways"]),
        ('"starts within 15 days"=97.2', ["starts within 15 days=97.2"]),
        ("“starts within 15 days”=97.2", ["starts within 15 days=97.2"]),
        ('starts="97.2"', ["starts=97.2"]),
        ('note="on time" starts=97.2', ["note=on time", "starts=97.2"]),
        ('"starts in 15 days"="97.2 %"', ["starts in 15 days=97.2 %"]),
        ("the partner's plan", ["the", "partner's", "plan"]),
        (f"the partner{RIGHT}s {LEFT}plan to come{RIGHT}", ["the", f"partner{RIGHT}s", "plan to come"]),
        ("providers' 'own' data", ["providers'", "own", "data"]),
        (f"R-1 {LEFT}leaving{RIGHT} likely", ["R-1", "leaving", "likely"]),
        (f"note={LEFT}on time{RIGHT} {LEFT}starts in 15 days{RIGHT}=97.2", ["note=on time", "starts in 15 days=97.2"]),
        (f"{LEFT}tis so, the partner{RIGHT}s way", [f"{LEFT}tis", "so,", "the", f"partner{RIGHT}s", "way"]),
        ('raise “mixed" likely major', ["raise", "mixed", "likely", "major"]),
        ('raise "mixed” „other“ «third» x', ["raise", "mixed", "other", "third", "x"]),
        ('“mixed" and more "x”', ["mixed", "and", "more", "x"]),
        ('“he said "no" to it”', ['he said "no" to it']),
        ('note=""', ["note="]),
        ('"" end', ["", "end"]),
        ('"a “curly” word"', ["a “curly” word"]),
        ('“a "straight" word”', ['a "straight" word']),
        ("a\N{NO-BREAK SPACE}b", ["a", "b"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert split_command(text) == words


@pytest.mark.parametrize("text", ['report "Work Pathways', "report “Work Pathways", 'a "b" "c', '"', 'starts="97'])
def test_an_unclosed_quotation_mark_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UserError, match='for example "starts within 15 days"'):
        split_command(text)


@given(st.lists(st.text(st.characters(exclude_characters='"“”„‟«»\uff02'))))
@example(["\r", ""])
@example(["a ", "b"])
def test_words_in_quotation_marks_come_back_as_they_are(words: list[str]) -> None:
    assert split_command(" ".join(f'"{word}"' for word in words)) == words
    assert split_command(" ".join(f"“{word}”" for word in words)) == words


def test_single_quotation_marks_that_could_end_in_two_places_are_asked_about() -> None:
    with pytest.raises(UserError, match="not clear where the words in quotation marks end"):
        split_command(f"raise {LEFT}Advisers{RIGHT} pay is low{RIGHT} likely")


@given(st.text(st.sampled_from("ab ='‘’\"“”\n")))
def test_any_text_is_split_or_refused(text: str) -> None:
    try:
        words = split_command(text)
    except UserError:
        return
    letters = [character for character in text if character in "ab="]
    assert [character for word in words for character in word if character in "ab="] == letters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("22/11/2026", date(2026, 11, 22)),
        ("3/4/2027", date(2027, 4, 3)),
        ("03/04/2027", date(2027, 4, 3)),
        ("2026-11-22", date(2026, 11, 22)),
        ("22 November 2026", date(2026, 11, 22)),
        ("22 nov 2026", date(2026, 11, 22)),
        ("1 Sept 2027", date(2027, 9, 1)),
        (" 22  NOVEMBER  2026 ", date(2026, 11, 22)),
        ("1st April 2025", date(2025, 4, 1)),
        ("1-Apr-2025", date(2025, 4, 1)),
        ("1–Apr–2025", date(2025, 4, 1)),
        ("2 April, 2025", date(2025, 4, 2)),
        ("22nd Nov", date(2026, 11, 22)),
        ("2025-04-01T00:00:00+01:00", date(2025, 4, 1)),
        ("2025-04-01T00:00:00Z", date(2025, 4, 1)),
        ("2025-04-01 00:00:00", date(2025, 4, 1)),
        ("\u200e22/11/2026\u200b", date(2026, 11, 22)),
        ("22 Nov", date(2026, 11, 22)),  # today
        ("21 Nov", date(2027, 11, 21)),
        ("1 December", date(2026, 12, 1)),
        ("29 Feb", date(2028, 2, 29)),
        ("today", SUNDAY),
        ("Tomorrow", date(2026, 11, 23)),
        ("Monday", date(2026, 11, 23)),
        ("friday", date(2026, 11, 27)),
        ("Sunday", date(2026, 11, 29)),  # on a Sunday, the next one
    ],
)
def test_dates(text: str, expected: date) -> None:
    assert parse_date(text, SUNDAY) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "soon", "22", "22/11", "22/11/26", "11-22-2026", "22.11.2026", "2026/11/22", "November 2026",
        "22 No", "22 Novembre 2026", "22 Nov 26", "22 11 26", "next Friday", "yesterday", "22/11/2026 9am",
        "22/11/9999", "\N{FULLWIDTH DIGIT TWO}2/11/2026", "x" * 500,
    ],
)  # fmt: skip
def test_any_other_form_of_date_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(NotADate, match="for example 22/11/2026 or 22 November 2026") as refusal:
        parse_date(text, SUNDAY)
    assert len(refusal.value.sentence) < 250


def test_a_midnight_elsewhere_that_is_another_day_in_london_is_refused_with_that_day() -> None:
    with pytest.raises(UserError, match=r"is 31 March 2025 at 3pm in London. Enter the day alone"):
        parse_date("2025-04-01T00:00:00+10:00", SUNDAY)
    with pytest.raises(NotADate):  # the same midnight of London, but as another day and a time
        parse_date("2025-03-31T23:00:00Z", SUNDAY)


@pytest.mark.parametrize("text", ["31/02/2026", "11/22/2026", "29 February 2027", "31 Feb", "0/1/2027", "2026-13-01"])
def test_a_day_that_does_not_exist_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(NoSuchDay, match=r"is not a day in the calendar.*for example 28/02/2027"):
        parse_date(text, SUNDAY)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_a_date_reads_the_same_in_each_form(day: date, today: date) -> None:
    for form in ("%d/%m/%Y", "%Y-%m-%d", "%d %B %Y", "%d %b %Y"):
        assert parse_date(day.strftime(form), today) == day


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)), st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_what_leaves_out_the_year_is_the_next_such_day(today: date, other: date) -> None:
    day = parse_date(other.strftime("%d %b"), today)
    assert day >= today
    assert (day.day, day.month) == (other.day, other.month)
    weekday = parse_date(other.strftime("%A"), today)
    assert 1 <= (weekday - today).days <= 7
    assert weekday.weekday() == other.weekday()


def required(text: str, at_most: int = 100) -> str:
    return require_text(text, what="the summary", at_most=at_most, field="summary")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  Met the partner.\n", "Met the partner."),
        ("one\r\ntwo", "one\ntwo"),
        ("a\tb", "a\tb"),
        ("Café 👩‍💻", "Café 👩‍💻"),
        ("x" * 100, "x" * 100),
    ],
)
def test_text_is_kept_without_the_space_around_it(text: str, kept: str) -> None:
    assert required(text) == kept


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\u200b", "\N{NO-BREAK SPACE}"])
def test_text_that_nobody_can_see_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="Enter the summary, in up to 100 characters") as refusal:
        required(text)
    assert refusal.value.sentence == "Enter the summary, in up to 100 characters."
    assert refusal.value.field == "summary"


def test_text_that_is_too_long_is_told_by_how_much() -> None:
    with pytest.raises(UserError, match="The summary is 1,234 characters long, and the most is 100") as refusal:
        required("x" * 1234)
    assert refusal.value.field == "summary"


@pytest.mark.parametrize("text", ["a\x00b", "a\x1b[31mb", "a\x7fb", "a\rb", "a\ud800b", "a\ufffeb"])
def test_hidden_control_characters_are_refused(text: str) -> None:
    with pytest.raises(UserError, match=r"The summary has a hidden character \(U\+.{4}\) after “a”") as refusal:
        required(text)
    assert refusal.value.field == "summary"


def test_a_hidden_character_at_the_start() -> None:
    with pytest.raises(UserError, match="at its start"):
        required("\x00summary")


def test_a_command_beyond_all_length_is_refused_and_names_its_limit() -> None:
    with pytest.raises(UserError, match="20,000 characters long, and a command of up to 10,000 is read"):
        split_command("a " * 10_000)
