"""A report in somebody's own words: "starts 97.2, outcomes 88; two advisers left".

A figure goes to the KPI that the words beside it name, and to no other; whatever names none is commentary. What names
several, or cannot be a figure of its KPI, is not guessed at: it is unclear, with the reason.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain.figures import Unit
from bot.domain.parts import Combining, Given, parse_given
from bot.domain.ratings import Direction
from bot.domain.search import begins, resembles, words_of
from bot.domain.wording import join_words, quoted
from bot.errors import UserError

MOST_BETWEEN = 3  # words that may stand between a KPI's name and its figure
SHORTEST_WORD = 3  # letters of a word that can name something
_UNITS = r"%|per ?cent\b|per \d[\d,]*|(?:working )?days?\b|hours?\b|hrs?\b|h\b|seconds?\b|secs?\b|s\b"
_NUMBER = r"[-\u2212\u2013]?\.?\d[\d.,]*(?<![.,])"
_FIGURE = re.compile(
    rf"(?<![\w./@#-]){_NUMBER}(?:\s?(?:{_UNITS}))?"
    rf"(?:\s*(?:/|\bout of\b|\bof\b|\bover\b)\s*{_NUMBER})?(?:\s?(?:{_UNITS}))?(?![\w/])",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_][\w'\u2019]*")
_END = re.compile(r"[;\n!?]|,(?!\d)|(?<!\d),|[.](?=\s|$)")
_BEFORE = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "at",
        "to",
        "of",
        "now",
        "stood",
        "stands",
        "came",
        "rose",
        "fell",
        "went",
        "up",
        "down",
        "about",
        "only",
        "just",
    ]
)
_AFTER = frozenset(("for", "of", "on", "in"))
# Words that name nothing by themselves.
_SMALL = frozenset(("the", "within", "from", "than", "over", "under", "per", "all", "any", "not"))
_JOINING = frozenset(("and", "but", "with"))
_EDGES = " \t\n,;:=.\u2013\u2014-"
_LOOSE = re.compile(
    rf"^(?:(?:{'|'.join(sorted(_JOINING))})\b|[{_EDGES}])+|(?:\b(?:{'|'.join(sorted(_JOINING))})|[{_EDGES}])+$"
)


class Measured(Protocol):
    """What a figure may be for."""

    @property
    def id(self) -> int:
        """Its number."""

    @property
    def code(self) -> str:
        """What people type: starts."""

    @property
    def name(self) -> str:
        """Starts within 15 working days."""

    @property
    def unit(self) -> Unit:
        """What it is measured in."""

    @property
    def combines(self) -> Combining:
        """Which parts its figure may have."""

    @property
    def direction(self) -> Direction:
        """Which side is better."""


@dataclass(frozen=True)
class ReplyRead:
    """What was read: figures by KPI id, the words that belong to none, and a sentence for each thing unclear."""

    figures: dict[int, Given] = field(default_factory=dict)
    commentary: str = ""
    unclear: list[str] = field(default_factory=list)

    @property
    def is_report(self) -> bool:
        """Whether any of it is about a figure."""
        return bool(self.figures or self.unclear)


@dataclass(frozen=True)
class _Name:
    """A word of the text, or the whole name of a KPI, and the KPIs that it fits."""

    start: int
    end: int
    word: str
    kpis: frozenset[int]


@dataclass(frozen=True)
class _Figure:
    """A figure of the text with the KPIs that it may be for, and what of the text is about it."""

    typed: str
    kpis: frozenset[int]
    start: int
    end: int


def read_reply(text: str, kpis: Sequence[Measured]) -> ReplyRead:
    """What a text says of these KPIs. Nothing is raised: what cannot be read is unclear."""
    found = _figures(text, kpis)
    read = ReplyRead(commentary=_rest(text, found))
    by_id = {kpi.id: kpi for kpi in kpis}
    for figure in found:
        if len(figure.kpis) != 1:
            read.unclear.append(_which([by_id[each] for each in sorted(figure.kpis)] or kpis, figure.typed))
            continue
        kpi = by_id[next(iter(figure.kpis))]
        if sum(other.kpis == figure.kpis for other in found) > 1:
            sentence = f"{kpi.name} has more than one figure. Give the one that counts."
            read.unclear.extend([] if sentence in read.unclear else [sentence])
            continue
        try:
            read.figures[kpi.id] = parse_given(figure.typed, kpi.unit, kpi.combines, kpi.direction)
        except UserError as error:
            read.unclear.append(f"{kpi.name}: {error.sentence}")
    return read


def _which(kpis: Sequence[Measured], typed: str) -> str:
    return (
        f"{quoted(typed)} could be for {join_words([kpi.code for kpi in kpis], 'or')}. Write which, before the figure."
    )


def _figures(text: str, kpis: Sequence[Measured]) -> list[_Figure]:
    """The figures that are about KPIs, in their order; what else is a number belongs to the commentary."""
    whole = _whole_names(text, kpis)
    apart = [each for each in _FIGURE.finditer(text) if not _within(each.start(), whole)]
    names = sorted([*whole, *_words(text, kpis, whole)], key=lambda name: name.start)
    ends = [each for each in _END.finditer(text) if not _within(each.start(), whole)]
    found = []
    for place, figure in enumerate(apart):
        start, end = figure.span()
        clause = max((each.end() for each in ends if each.end() <= start), default=0)
        clause_end = min((each.start() for each in ends if each.start() >= end), default=len(text))
        left = max(clause, apart[place - 1].end() if place else 0)
        right = min(clause_end, apart[place + 1].start() if place + 1 < len(apart) else len(text))
        beside = _beside([each for each in reversed(names) if left <= each.start < start], _BEFORE)
        beside = beside or _beside([each for each in names if end <= each.start < right], _AFTER)
        if beside:
            fitting = frozenset.intersection(*(each.kpis for each in beside))
            span = min(start, *(each.start for each in beside)), max(end, *(each.end for each in beside))
            found.append(_Figure(figure[0], fitting, *span))
        elif not text[clause:start].strip(_EDGES) and not text[end:clause_end].strip(_EDGES):  # nothing but a figure
            alone = frozenset({kpis[0].id}) if len(kpis) == 1 else frozenset[int]()
            found.append(_Figure(figure[0], alone, start, end))
    return found


def _beside(names: Iterable[_Name], between: frozenset[str]) -> list[_Name]:
    """The words nearest to a figure that name a KPI together; none where another word stands between."""
    chosen: list[_Name] = []
    passed = 0
    for name in names:
        fitting = frozenset.intersection(name.kpis, *(each.kpis for each in chosen))
        if fitting:
            chosen.append(name)
        elif name.word in _SMALL or (not chosen and name.word in between):
            passed += 1
        else:
            break
        if passed > MOST_BETWEEN:
            break
    return chosen


def _whole_names(text: str, kpis: Sequence[Measured]) -> list[_Name]:
    """Where a KPI is named whole, by its name or code: a figure or a comma in that is part of it."""
    found: list[_Name] = []
    called = [(called, kpi.id) for kpi in kpis for called in (kpi.name, kpi.code) if called.strip()]
    for words, number in sorted(called, key=lambda each: -len(each[0])):
        for match in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE):
            if not _within(match.start(), found):
                found.append(_Name(match.start(), match.end(), words.casefold(), frozenset({number})))
    return found


def _words(text: str, kpis: Sequence[Measured], whole: Sequence[_Name]) -> list[_Name]:
    """The other words, with the KPIs of whose name or code each begins a word, or else is one with a slip."""
    own = {kpi.id: words_of(f"{kpi.code} {kpi.name}") for kpi in kpis}
    found = []
    for match in _WORD.finditer(text):
        if _within(match.start(), whole):
            continue
        word = "".join(words_of(match[0]))
        fitting: frozenset[int] = frozenset()
        if len(word) >= SHORTEST_WORD and word not in _SMALL | _JOINING | _BEFORE | _AFTER:
            for fits in (begins, resembles):
                fitting = fitting or frozenset(
                    number for number, words in own.items() if any(fits(word, each) for each in words)
                )
        found.append(_Name(match.start(), match.end(), word, fitting))
    return found


def _within(place: int, names: Sequence[_Name]) -> bool:
    return any(name.start <= place < name.end for name in names)


def _rest(text: str, found: Sequence[_Figure]) -> str:
    """What is left of the text without the figures and what names them."""
    pieces, place = [], 0
    for figure in sorted(found, key=lambda each: each.start):
        pieces.append(text[place : figure.start])
        place = max(place, figure.end)
    if not pieces:
        return text.strip()
    return "; ".join(filter(None, (_LOOSE.sub("", piece) for piece in [*pieces, text[place:]])))
