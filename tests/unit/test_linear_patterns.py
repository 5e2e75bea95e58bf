"""No pattern of the domain and of the readers of records can go over the same text in two ways.

Two repetitions without a limit that can share characters, one inside or after the other, make a regular expression try
every way to divide a text between them.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest

import bot.domain
import bot.records

PROBE = "".join(map(chr, (*range(9, 127), 0xA0, 0xE9, 0x2013, 0x2019)))
PARSING: Any = importlib.import_module("re._parser")
CLASSES = {"SPACE": r"\s", "NOT_SPACE": r"\S", "DIGIT": r"\d", "NOT_DIGIT": r"\D", "WORD": r"\w", "NOT_WORD": r"\W"}
Chars = frozenset[str]


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """The compiled patterns of the domain and of the readers of records, with where they stand."""
    for package in (bot.domain, bot.records):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            for name, value in vars(importlib.import_module(module.name)).items():
                for each in value if isinstance(value, tuple) else (value,):
                    if isinstance(each, re.Pattern):
                        yield f"{module.name}.{name}", each


class Shape:
    """What can be gone over in two ways in a pattern: two repetitions without a limit that can share characters."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.ignores_case = bool(pattern.flags & re.IGNORECASE)
        self.is_dubious = False
        self.after(PARSING.parse(pattern.pattern, pattern.flags), [])

    def chars(self, kind: str, given: Any) -> Chars:  # noqa: ANN401  # as the parser has it
        """The characters that an item of the pattern takes, of those that are probed."""
        match kind:
            case "LITERAL":
                found = frozenset(chr(given))
            case "NOT_LITERAL":
                return frozenset(PROBE) - {chr(given)}
            case "ANY":
                return frozenset(PROBE)
            case "RANGE":
                found = frozenset(each for each in PROBE if given[0] <= ord(each) <= given[1])
            case "CATEGORY":
                known = re.compile(CLASSES[str(given).removeprefix("CATEGORY_").replace("UNI_", "")])
                found = frozenset(each for each in PROBE if known.match(each))
            case _:  # IN
                negated = str(given[0][0]) == "NEGATE"
                parts = [self.chars(str(each), more) for each, more in given[negated:]]
                found = frozenset[str]().union(*parts)
                return frozenset(PROBE) - found if negated else found
        return found | {each.swapcase() for each in found} if self.ignores_case else found

    def all_chars(self, items: Any) -> Chars:  # noqa: ANN401  # as the parser has it
        """All characters that these items can take."""
        found = frozenset[str]()
        for kind, given in items:
            match str(kind):
                case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN" | "RANGE" | "CATEGORY":
                    found |= self.chars(str(kind), given)
                case "SUBPATTERN":
                    found |= self.all_chars(given[-1])
                case "BRANCH":
                    found |= frozenset[str]().union(*map(self.all_chars, given[1]))
                case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                    found |= self.all_chars(given[2])
                case "ATOMIC_GROUP":
                    found |= self.all_chars(given)
        return found

    def after(self, items: Any, before: list[Chars]) -> list[Chars]:  # noqa: ANN401  # as the parser has it
        """The repetitions that can still give back characters after these items. Notes whether two can share some."""
        for kind, given in items:
            match str(kind):
                case "LITERAL" | "NOT_LITERAL" | "ANY" | "IN":
                    taken = self.chars(str(kind), given)
                    before = [each for each in before if each & taken]
                case "SUBPATTERN":
                    before = self.after(given[-1], before)
                case "BRANCH":
                    before = [each for some in given[1] for each in self.after(some, before)]
                case "ASSERT" | "ASSERT_NOT":
                    self.after(given[1], [])
                case "ATOMIC_GROUP":
                    self.after(given, before)
                case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                    least, most, repeated = given
                    before = self.after_repeat(str(kind), least, most, repeated, before)
        return before

    def after_repeat(self, kind: str, least: int, most: Any, items: Any, before: list[Chars]) -> list[Chars]:  # noqa: ANN401
        """The same after a repetition: once, and for one without a limit once more after itself."""
        inside = self.after(items, before)
        if most is not PARSING.MAXREPEAT:
            return inside if least else [*before, *inside]
        taken = self.all_chars(items)
        self.is_dubious |= any(each & taken for each in before)
        self.after(items, [each for each in inside if each not in before])
        kept = [each for each in before if each & taken] if least else before
        return kept if kind == "POSSESSIVE_REPEAT" else [*kept, taken]


LIMITED = {
    "bot.domain.deadlines._COUNTED": "it sees at most MOST_CHARACTERS of a deadline",
    "bot.domain.figures._FIGURE": "it sees at most MOST_CHARACTERS of a figure",
}
"""Patterns that may go back over a text, which has a limit before they see it."""


@pytest.mark.parametrize(("place", "pattern"), [pytest.param(*each, id=each[0]) for each in patterns()])
def test_no_pattern_can_go_over_the_same_text_in_two_ways(place: str, pattern: re.Pattern[str]) -> None:
    assert not Shape(pattern).is_dubious or place in LIMITED


@pytest.mark.parametrize(
    ("pattern", "dubious"),
    [
        (r"(a+)+b", True),
        (r"(a|a)*b", False),  # a repetition of a choice is held by the processor's time
        (r"\s*,\s*", False),
        (r"\s+\s*x", True),
        (r".*a.*", True),
        (r"[^:]*: .*", False),
        (r"(?:,[0-9]+)*", False),
        (r"(?:,?[0-9]+)*", True),
        (r"\d++\d*", False),
        (r"\w+\s+by\s[^\s]+", False),
        (r".+\s+by", True),
    ],
)
def test_the_check_of_patterns_finds_those_that_go_back(pattern: str, dubious: bool) -> None:
    assert Shape(re.compile(pattern)).is_dubious is dubious
