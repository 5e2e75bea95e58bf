"""Parsing a report in free text: "starts 97.2, outcomes 88; two advisers left".

A figure belongs to the KPI that the words beside it name; words that name no KPI are commentary. A figure whose words
name several KPIs, or that its KPI cannot have, is unclear, with the reason; nothing is guessed.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bot.domain.figures import Unit
from bot.domain.parts import Combining, FigureWithParts, parse_figure_with_parts
from bot.domain.ratings import Direction
from bot.domain.search import begins, resembles, words_of
from bot.domain.wording import join_words, quoted
from bot.errors import UserError

MOST_BETWEEN = 3  # words that may come between a KPI's name and its figure
SHORTEST_WORD = 3  # letters of a word that can name a KPI
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
# Words that do not name a KPI by themselves.
_SMALL = frozenset(("the", "within", "from", "than", "over", "under", "per", "all", "any", "not"))
_JOINING = frozenset(("and", "but", "with"))
_EDGES = " \t\n,;:=.\u2013\u2014-"
_LOOSE = re.compile(
    rf"^(?:(?:{'|'.join(sorted(_JOINING))})\b|[{_EDGES}])+|(?:\b(?:{'|'.join(sorted(_JOINING))})|[{_EDGES}])+$"
)


class KpiToRead(Protocol):
    """The facts of a KPI that parsing a reply needs."""

    @property
    def id(self) -> int:
        """The KPI's id."""

    @property
    def code(self) -> str:
        """The short code that people type: starts."""

    @property
    def name(self) -> str:
        """The KPI's name: Starts within 15 working days."""

    @property
    def unit(self) -> Unit:
        """The unit of its figures."""

    @property
    def combines(self) -> Combining:
        """How its figures are combined, which decides the parts that one may have."""

    @property
    def direction(self) -> Direction:
        """Whether higher or lower is better."""


@dataclass(frozen=True)
class ReplyRead:
    """A parsed reply: figures by KPI id, the commentary, and a sentence for each unclear figure."""

    figures: dict[int, FigureWithParts] = field(default_factory=dict)
    commentary: str = ""
    unclear: list[str] = field(default_factory=list)

    @property
    def is_report(self) -> bool:
        """Whether the reply has a figure, clear or unclear."""
        return bool(self.figures or self.unclear)


@dataclass(frozen=True)
class _Name:
    """A word of the text, or the whole name of a KPI, and the KPIs that it may name."""

    start: int
    end: int
    word: str
    kpis: frozenset[int]


@dataclass(frozen=True)
class _Figure:
    """A figure of the text, the KPIs that it may be for, and the part of the text that belongs to it."""

    typed: str
    kpis: frozenset[int]
    start: int
    end: int


def read_reply(text: str, kpis: Sequence[KpiToRead]) -> ReplyRead:
    """Parse a reply about these KPIs. Raises nothing: figures that cannot be read are unclear."""
    found = _figures(text, kpis)
    read = ReplyRead(commentary=_rest(text, found))
    by_id = {kpi.id: kpi for kpi in kpis}
    for figure in found:
        if len(figure.kpis) != 1:
            read.unclear.append(_unclear_sentence([by_id[each] for each in sorted(figure.kpis)] or kpis, figure.typed))
            continue
        kpi = by_id[next(iter(figure.kpis))]
        if sum(other.kpis == figure.kpis for other in found) > 1:
            sentence = f"{kpi.name} has more than one figure. Give the one that counts."
            read.unclear.extend([] if sentence in read.unclear else [sentence])
            continue
        try:
            read.figures[kpi.id] = parse_figure_with_parts(figure.typed, kpi.unit, kpi.combines, kpi.direction)
        except UserError as error:
            read.unclear.append(f"{kpi.name}: {error.sentence}")
    return read


def _unclear_sentence(kpis: Sequence[KpiToRead], typed: str) -> str:
    return (
        f"{quoted(typed)} could be for {join_words([kpi.code for kpi in kpis], 'or')}. Write which, before the figure."
    )


def _figures(text: str, kpis: Sequence[KpiToRead]) -> list[_Figure]:
    """The figures that belong to KPIs, in the order of the text; all other numbers are commentary."""
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
        elif not text[clause:start].strip(_EDGES) and not text[end:clause_end].strip(_EDGES):  # a figure alone
            alone = frozenset({kpis[0].id}) if len(kpis) == 1 else frozenset[int]()
            found.append(_Figure(figure[0], alone, start, end))
    return found


def _beside(names: Iterable[_Name], between: frozenset[str]) -> list[_Name]:
    """The nearest words that name a KPI together; none if another word comes between them and the figure."""
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


def _whole_names(text: str, kpis: Sequence[KpiToRead]) -> list[_Name]:
    """The places where the text has a KPI's whole name or code; figures and commas in it belong to the name."""
    found: list[_Name] = []
    called = [(called, kpi.id) for kpi in kpis for called in (kpi.name, kpi.code) if called.strip()]
    for words, number in sorted(called, key=lambda each: -len(each[0])):
        for match in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE):
            if not _within(match.start(), found):
                found.append(_Name(match.start(), match.end(), words.casefold(), frozenset({number})))
    return found


def _words(text: str, kpis: Sequence[KpiToRead], whole: Sequence[_Name]) -> list[_Name]:
    """The other words, with the KPIs whose name or code has a word that begins with each, or nearly does."""
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
    """The text without the figures and the names beside them."""
    pieces, place = [], 0
    for figure in sorted(found, key=lambda each: each.start):
        pieces.append(text[place : figure.start])
        place = max(place, figure.end)
    if not pieces:
        return text.strip()
    return "; ".join(filter(None, (_LOOSE.sub("", piece) for piece in [*pieces, text[place:]])))
