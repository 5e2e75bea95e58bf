"""Every parser of what people type takes time in proportion to what was typed, whatever that is.

Three things hold it, as no single one can. The steps of our own code are counted, line by line. The steps of a regular
expression are not seen by Python, so the shape of each pattern is checked in test_linear_patterns.py. What is left, a
search that begins anew at every character, is held by the processor's time (not the clock's) over 100,000 characters:
what is proportional needs tens of milliseconds, what is quadratic half a minute.
"""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from types import FrameType
from typing import Any

import pytest

from bot.domain import (
    command_line,
    deadlines,
    entry_lines,
    figures,
    natural_dates,
    normalisation,
    periods,
    report_line,
    report_reply,
    search,
    sensitive,
    slack_text,
)
from bot.domain.reply_claims import claims_of
from bot.domain.reply_tokens import sentences
from bot.errors import UserError
from bot.records import readers
from tests.builders import kpi

MOST = 100_000  # characters: more than Slack lets anybody send
KPIS = [kpi(1, code="starts", name="Starts within 15 working days"), kpi(2, code="outcomes", name="Job outcomes")]
TODAY = date(2027, 1, 4)

PARSERS: dict[str, Callable[..., object]] = {
    "a reply": lambda text: report_reply.read_reply(text, KPIS),
    "the pairs of a line": lambda text: report_line.pairs(text, KPIS),
    "a figure with its parts": KPIS[0].given,
    "a sum": figures.parse_pounds,
    "a command": command_line.split_command,
    "a date": lambda text: command_line.parse_date(text, TODAY),
    "a text": lambda text: command_line.require_text(text, what="the text", at_most=MOST),
    "a day in words": lambda text: natural_dates.parse_day(text, TODAY),
    "a past day in words": lambda text: natural_dates.parse_past_day(text, TODAY),
    "what looks like a day": natural_dates.looks_like_a_day,
    "actions": lambda text: entry_lines.parse_action_lines(text, TODAY),
    "a contact": lambda text: entry_lines.parse_contact_line(text, TODAY),
    "leave": lambda text: entry_lines.parse_leave_line(text, TODAY),
    "a deadline": deadlines.parse_deadline,
    "a month": lambda text: periods.parse_month(text, TODAY),
    "mentions": slack_text.mentioned_users,
    "markup": lambda text: slack_text.without_markup(text, {}),
    "words to search for": search.words_of,
    "a personal detail": sensitive.find_sensitive,
    "the border": normalisation.cleaned,
    "a name as a key": normalisation.name_key,
    **{f"a cell: {name}": getattr(readers, name).func for name in ("day", "deadline", "month", "figure", "clock")},
    "a cell: text": readers.text(MOST).func,
    "a cell: link": readers.link(MOST).func,
    "a cell: whole": readers.whole(0, 10**12).func,
}
_SHAPES = (
    '1|1,|1 |1/ |1. |1% |(1) |--1|0:|a|a=|a b=|starts |starts 9 |starts| |x \t|\n|\t1|"| \'a| \'a\'b|"a" "b|<|<@U1|<a;'
    "| by |: a|; next 3| with a|1 over |7 of 7 over 7 / |1 may |10 working days after | rolled back|next week |AB12"
    "|dob |born 3 |her home number 0|lives at 1 a |07|NE8 |fault |diagnosed |:a1|*a|e\u0301|https://|1st April |£1,|~"
    "|x\u200b|“a"
)
SHAPES = _SHAPES.split("|")


def typed(shape: str, length: int) -> str:
    """A text of one shape, with something before and after the repetition that spoils a match at its end."""
    return f"a {shape * (length // len(shape) + 1)}"[: length - 2] + " \x7f"


def nasty(length: int) -> Iterator[str]:
    yield from (typed(shape, length) for shape in SHAPES)


def steps(parse: Callable[..., object], text: str) -> int:
    """The lines of Python that run."""
    count = 0

    def traced(frame: FrameType, event: str, argument: Any) -> Any:  # noqa: ANN401  # as sys.settrace has it
        nonlocal count
        count += event == "line"
        return traced

    before = sys.gettrace()
    sys.settrace(traced)
    try:
        with suppress(UserError, ValueError):
            parse(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("name", PARSERS)
def test_the_steps_of_our_own_code_are_proportional(name: str) -> None:
    parse, fewest = PARSERS[name], 2_000
    steps(parse, "a")  # what is imported or remembered once is no step of a text
    shape = max(SHAPES, key=lambda each: steps(parse, typed(each, fewest)))
    few, many = (steps(parse, typed(shape, length)) for length in (MOST // 10, MOST))
    assert many <= 11 * few + 1_000, f"of {shape!r}: {few:,} steps, and {many:,} for 10 times as much"


def test_the_steps_of_a_reply_are_proportional_as_far_as_it_is_read() -> None:
    def read(text: str) -> None:
        for sentence in sentences(text, KPIS):
            claims_of(sentence, KPIS)

    worst = sorted(SHAPES, key=lambda each: steps(read, typed(each, 400)))[-6:]
    for shape in worst:
        few, many = (steps(read, typed(shape, report_reply.LONGEST_REPLY // part)) for part in (4, 1))
        assert many <= 4.6 * few + 2_000, f"of {shape!r}: {few:,} steps, and {many:,} for 4 times as much"


@pytest.mark.parametrize("name", PARSERS)
def test_nothing_that_anybody_can_type_keeps_the_processor_busy(name: str) -> None:
    for text in nasty(MOST):
        begun = time.thread_time()
        with suppress(UserError, ValueError):
            PARSERS[name](text)
        assert time.thread_time() - begun < 2, f"{text[:20]!r}"
