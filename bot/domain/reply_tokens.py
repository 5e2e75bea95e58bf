"""The tokens of a reply about a report: names of KPIs, figures, words and marks, in sentences.

One scan reads the text, and no part of a pattern goes back over what it has taken, so the time is proportional to the
length.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Protocol

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.domain.figures import Unit
from bot.domain.parts import FigureWithParts
from bot.domain.search import slips_in, words_of
from bot.domain.wording import MONTHS

SHORTEST_WORD = 3  # letters of a word that can name a KPI
LONGEST_WORD = 40
NEAR = 8  # tokens from a figure in which a misspelled name is looked for
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"


def words(text: str) -> frozenset[str]:
    """The words of a text, each once."""
    return frozenset(text.split())


_SPACE = r"[^\S\n]"
_SIGN = rf"[{re.escape(DASHES)}+]?"
_NUMBER = r"(?:\d++(?:[.,]\d++)*+|\.\d++)"
_UNIT = (
    rf"(?:{_SPACE}?(?:%|(?:per ?cent|per \d[\d,]*+|per thousand|(?:working )?days?|hours?|hrs?|h|seconds?|secs?|s)"
    r"(?!\w)))?"
)
_BETWEEN_PARTS = rf"(?:{_SPACE}{{0,3}}/{_SPACE}{{0,3}}|{_SPACE}{{1,3}}(?:(?:out )?of|over){_SPACE}{{1,3}})"
_FIGURE = rf"{_SIGN}{_NUMBER}{_UNIT}(?:{_BETWEEN_PARTS}{_SIGN}{_NUMBER}{_UNIT})?"
_DAY, _MONTH = r"(?:3[01]|[12]\d|0?[1-9])", r"(?:1[0-2]|0?[1-9])"
_OTHER_NUMBER = (  # days and times, which are no figures
    rf"\d{{4}}-{_MONTH}-{_DAY}(?!\w)|{_DAY}[/.-]{_MONTH}[/.-](?:\d{{4}}|\d\d)(?![\w/-])"
    rf"|\d{{1,2}}:[0-5]\d(?![\w:])|\d{{1,2}}(?:[.:]\d\d)?{_SPACE}?[ap]m(?!\w)|\d{{1,2}}(?:st|nd|rd|th)(?!\w)"
)
_EMOJI = r":(?:100|1234|(?=[\d_+-]{0,40}[a-z])[a-z\d_+-]{1,80}+):"
_REST = (
    rf"(?P<link>https?://\S++)|(?P<emoji>{_EMOJI})|(?P<other>{_OTHER_NUMBER})|(?P<figure>{_FIGURE})"
    rf"|(?P<word>[^\W\d_]++(?:['\u2019][^\W\d_]++)*+)|(?P<gap>{_SPACE}++)|(?P<mark>[\s\S])"
)
_FORMATTED = re.compile(r"(?<!\w)([*_`])(?=[^\s*_`])([^*_`\n]*+)\1(?!\w)")
SMALL = words(
    "the within from than over under per all any not and but with is are was were this that they against average total "
    "target rate number time month monthly overall days day week year last more less of for"
)
"""Words that do not name a KPI by themselves."""
_SPELLED = words(
    "nil none zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million"
)
_MONTH_NAMES = frozenset(name.casefold()[:3] for name in MONTHS)
_LAST_MARKER = 30


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
    def example(self) -> str:
        """An example of a figure with its unit."""

    @property
    def may_be_negative(self) -> bool:
        """Whether its figures may be below 0."""

    def given(self, typed: str) -> FigureWithParts:
        """The figure that was typed. Raises `UserError`."""


class TokenKind(Enum):
    """What a token is."""

    NAME = auto()
    FIGURE = auto()
    WORD = auto()
    MARK = auto()


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text without the space around it; `joined` to the one before it if no space is between.

    A NAME has the `kpis` that it may mean, and is `whole` if it is a KPI's whole name or code. A FIGURE that is `other`
    is a day, a time or a number in words.
    """

    kind: TokenKind
    start: int
    end: int
    text: str
    joined: bool
    kpis: frozenset[int] = frozenset()
    whole: bool = False
    other: bool = False

    def is_mark(self, marks: str) -> bool:
        """Whether it is one of these marks."""
        return self.kind is TokenKind.MARK and self.text in marks

    def is_word(self, words: frozenset[str]) -> bool:
        """Whether it is one of these words."""
        return self.kind is TokenKind.WORD and self.text in words


@dataclass(frozen=True, slots=True)
class Sentence:
    """The tokens of a sentence, and where it begins and ends in the text."""

    tokens: Sequence[Token]
    start: int
    end: int
    asks: bool


def sentences(text: str, kpis: Sequence[KpiToRead]) -> list[Sentence]:
    """The sentences of a text, with the names of these KPIs. A line is a sentence too."""
    return list(_split(_without_list_numbers(_with_near_names(_tokens(text, kpis), kpis)), len(text)))


def named(kpis: Iterable[KpiToRead]) -> dict[str, int]:
    """The KPIs by their whole names and codes, in small letters."""
    return {each.casefold(): kpi.id for kpi in kpis for each in (kpi.name, kpi.code) if each.strip()}


def whole_names(kpis: Iterable[KpiToRead]) -> str:
    """A pattern of the whole names and codes, the longest first; it matches nothing if there are none."""
    return "|".join(re.escape(each) for each in sorted(named(kpis), key=len, reverse=True)) or r"(?!)"


def _tokens(text: str, kpis: Sequence[KpiToRead]) -> list[Token]:
    """The tokens of the text. A name of several words is one token."""
    scan = re.compile(rf"(?P<name>(?<!\w)(?:{whole_names(kpis)})(?!\w))|{_REST}", re.IGNORECASE)
    by_name, begins = named(kpis), _beginnings(kpis)
    plain = _FORMATTED.sub(lambda found: f" {found[2]} ", text)
    found: list[Token] = []
    joined = False
    for match in scan.finditer(plain):
        kind, typed = match.lastgroup, match[0].casefold()
        if kind == "gap":
            joined = False
            continue
        token = Token(TokenKind.MARK, match.start(), match.end(), typed, joined)
        joined = typed != "\n"
        if kind == "name" and typed in by_name:
            token = replace(token, kind=TokenKind.NAME, kpis=frozenset({by_name[typed]}), whole=True)
        elif kind in ("figure", "other"):
            token = replace(token, kind=TokenKind.FIGURE, other=kind == "other")
        elif kind in ("word", "link", "name"):
            token = _word(token, begins)
        found.append(token)
    return found


def _word(token: Token, begins: dict[str, frozenset[int]]) -> Token:
    if token.text in _SPELLED or any(each.isnumeric() for each in token.text[:LONGEST_WORD]):
        return replace(token, kind=TokenKind.FIGURE, other=True)
    kpis = begins.get("".join(words_of(token.text[:LONGEST_WORD]))) if token.text not in SMALL else None
    return replace(token, kind=TokenKind.NAME, kpis=kpis) if kpis else replace(token, kind=TokenKind.WORD)


def _own_words(kpis: Iterable[KpiToRead]) -> dict[str, frozenset[int]]:
    """The words of names and codes, with the KPIs that have each."""
    own: dict[str, set[int]] = {}
    for kpi in kpis:
        for word in words_of(f"{kpi.code} {kpi.name}"):
            if len(word) >= SHORTEST_WORD and word not in SMALL and not word.isdecimal():
                own.setdefault(word, set()).add(kpi.id)
    return {word: frozenset(numbers) for word, numbers in own.items()}


def _beginnings(kpis: Iterable[KpiToRead]) -> dict[str, frozenset[int]]:
    """The beginnings of the words of names, with the KPIs that each may mean."""
    found: dict[str, frozenset[int]] = {}
    for word, numbers in _own_words(kpis).items():
        for length in range(SHORTEST_WORD, len(word) + 1):
            found[word[:length]] = found.get(word[:length], frozenset()) | numbers
    return found


def _with_near_names(tokens: list[Token], kpis: Sequence[KpiToRead]) -> list[Token]:
    """The tokens, in which words near a figure that are misspelled names are names."""
    own, known = _own_words(kpis), dict[str, frozenset[int]]()
    near = [False] * len(tokens)
    for order in (range(len(tokens)), reversed(range(len(tokens)))):
        since = NEAR + 1
        for place in order:
            since = 0 if tokens[place].kind is TokenKind.FIGURE else since + 1
            near[place] |= since <= NEAR
    for place, token in enumerate(tokens):
        if not near[place] or token.kind is not TokenKind.WORD or not SHORTEST_WORD < len(token.text) <= LONGEST_WORD:
            continue
        if token.text not in known:
            known[token.text] = _resembling("".join(words_of(token.text)), own)
        if known[token.text] and token.text not in SMALL and token.text[:3] not in _MONTH_NAMES:
            tokens[place] = replace(token, kind=TokenKind.NAME, kpis=known[token.text])
    return tokens


def _resembling(word: str, own: dict[str, frozenset[int]]) -> frozenset[int]:
    close = process.extract(word, list(own), scorer=OSA.distance, score_cutoff=slips_in(word), limit=None)
    return frozenset[int]().union(*(own[each] for each, *_ in close))


def names_a_month(token: Token) -> bool:
    """Whether a word is a month's name, or begins one."""
    return (
        token.kind is TokenKind.WORD
        and len(token.text) >= SHORTEST_WORD
        and (token.text[:3] in _MONTH_NAMES and any(name.casefold().startswith(token.text) for name in MONTHS))
    )


def _is_number_of_a_list(tokens: Sequence[Token], place: int, *, begins: bool) -> bool:
    """Whether the figure at this place has the form of a list's number: "1." or "(1)" where a line begins, "1)"."""
    token = tokens[place]
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    if not (token.text.isascii() and token.text.isdecimal() and int(token.text[:4]) <= _LAST_MARKER):
        return False
    if after is None or not after.joined or (token.joined and not tokens[place - 1].is_mark("(")):
        return False
    more = tokens[place + 2] if place + 2 < len(tokens) else None
    followed = more is not None and not more.joined and more.text != "\n"
    return followed and (after.is_mark(")") or (begins and after.is_mark(".")))


def _without_list_numbers(tokens: list[Token]) -> list[Token]:
    """The tokens, in which the numbers of a list, which run from 1, are marks."""
    expected, places = 1, list[int]()
    begins = depth = 0
    for place, token in enumerate(tokens):
        if token.is_mark("\n;"):
            begins, depth = place + 1, 0
            continue
        depth += token.is_mark("(") - token.is_mark(")")
        opens = begins == place or (begins == place - 1 and tokens[begins].is_mark("(*\u2022" + DASHES))
        if token.kind is TokenKind.FIGURE and (opens or depth <= 0):
            number = _is_number_of_a_list(tokens, place, begins=opens)
            if number and int(token.text) in (1, expected):
                expected = int(token.text) + 1
                places.append(place)
    figures = sum(token.kind is TokenKind.FIGURE for token in tokens)
    if len(places) < figures or len(places) > 1:  # a single "12. ..." is perhaps the figure
        for place in places:
            tokens[place] = replace(tokens[place], kind=TokenKind.MARK)
    return tokens


def _split(tokens: Sequence[Token], length: int) -> Iterator[Sentence]:
    """The sentences: they end with a line, a semicolon, or a mark that ends a sentence."""
    held: list[Token] = []
    start = 0
    for place, token in enumerate(tokens):
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        numbers_a_list = bool(held) and held[-1].kind is TokenKind.MARK and held[-1].text.isdecimal()
        ends = token.is_mark("\n;!?") or (
            token.is_mark(".")
            and not numbers_a_list
            and (after is None or not after.joined or after.text == "\n")
            and not _goes_on_with_a_number(tokens, place + 1)
        )
        if token.text != "\n":
            held.append(token)
        if ends or after is None:
            end = length if after is None else after.start
            if held:
                yield Sentence(held, start, end, token.is_mark("?"))
            held, start = [], end if held or start else start


def _goes_on_with_a_number(tokens: Sequence[Token], place: int) -> bool:
    """Whether a bare number follows a full stop, as in "97. 2", which may be one figure."""
    if place >= len(tokens) or tokens[place].kind is not TokenKind.FIGURE or tokens[place].other:
        return False
    return place + 1 == len(tokens) or tokens[place + 1].kind is not TokenKind.WORD
