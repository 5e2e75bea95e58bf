"""The numbers of a reply that may be figures of KPIs, and whether each is certain.

A figure is certain only where it stands alone beside the name of its KPI: nothing is attached to it, no other number
competes with it, and the words around it are of those that change nothing. Every other number that may be meant for a
KPI is asked about. Days, times, years and counts of other things ("two advisers", "5 of us") are talk.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.domain.figures import Unit
from bot.domain.reply_tokens import DASHES, KpiToRead, Sentence, Token, TokenKind, names_a_month, words

MOST_BETWEEN = 4  # words and marks that may come between a KPI's name and its figure
MOST_OF_A_NAME = 12  # words


_MOVING = words("rose fell went came up down")
_FILLING = words("is are was were at to of now stood stands only just this month") | _MOVING
_LINKING = words("for of on in the")
_WITHIN_NAMES = words("the within of per all any")
_BEFORE_NAMES = words(
    "the our we i our both and but with for on also then so while whereas is are here report reporting reported "
    "figure figures kpi kpis month current latest had have hit got at"
)
_AFTER_FIGURES = words(
    "and but because as since after due owing thanks which while when with this in on for so mainly despite although "
    "though following partly again overall only now we it"
)
_JOINING = words("and but with")
_COMPARING = words(
    "last previous previously earlier target forecast expected lower higher better worse more less points point pp "
    "than below above short up down per percent ago ytd"
)
_BARE = (_AFTER_FIGURES | _FILLING | _COMPARING) - {"of"}  # words before which a number does not count something
_CHANGED_BY = words("half third quarter far")  # "and a half", "so far"
_CORRECTING = words(
    "sorry no not rather instead actually correction corrected correct mean means meant should oops typo revised wrong"
)
_DAYS_AND_TIMES = words("at by on until till around before after from")
_LABELS = words(
    "week weeks phase lot tier year quarter stage level page clause section room floor site area region zone action "
    "risk ward covid"
)
_MOST_DAYS, _YEARS = 31, range(1900, 2200)


@dataclass(frozen=True, slots=True)
class Claim:
    """A number of a sentence that may be a figure of these KPIs: it is one if it is `clear`.

    `names` are the places of the tokens that name the KPI. A number that `counts` something else is asked about only if
    its KPI has no figure.
    """

    place: int
    kpis: frozenset[int]
    names: range
    clear: bool
    counts: bool = False


def claims_of(sentence: Sentence, kpis: Sequence[KpiToRead]) -> list[Claim]:
    """The numbers of a sentence that may be figures, in order; all others are talk."""
    tokens = sentence.tokens
    bound: dict[int, Claim] = {}
    used: set[int] = set()
    signed = frozenset(kpi.id for kpi in kpis if kpi.may_be_negative)
    for place, token in enumerate(tokens):
        if token.kind is TokenKind.FIGURE:
            claim = _named_before(sentence, place, used, signed) or _named_after(sentence, place, kpis)
            if claim is not None:
                bound[place] = claim
                used.update(claim.names)
    unnamed = any(token.whole and place not in used for place, token in enumerate(tokens))
    corrects = any(token.is_word(_CORRECTING) for token in tokens)
    everybody = frozenset(kpi.id for kpi in kpis)
    nearest = _nearest_names(tokens)
    alone = _numbers_alone(tokens)
    for place, token in enumerate(tokens):
        if token.kind is not TokenKind.FIGURE or place in bound or token.other:
            continue
        if place in alone:
            bound[place] = Claim(place, everybody, range(0), clear=_stands_clear(sentence, place))
        elif _counts(tokens, place) and not (corrects and nearest[place]):
            if unnamed:
                bound[place] = Claim(place, nearest[place], range(0), clear=False, counts=True)
        elif not _is_talk(tokens, place, named=bool(nearest[place])):
            bound[place] = Claim(place, nearest[place] or everybody, range(0), clear=False)
    return [bound[place] for place in sorted(bound)]


def _nearest_names(tokens: Sequence[Token]) -> list[frozenset[int]]:
    """For each place, the KPIs of the last name before it, or else of the first name after it."""
    last = next((token.kpis for token in tokens if token.kind is TokenKind.NAME), frozenset[int]())
    found = []
    for token in tokens:
        last = token.kpis if token.kind is TokenKind.NAME else last
        found.append(last)
    return found


def _named_before(sentence: Sentence, place: int, used: set[int], signed: frozenset[int]) -> Claim | None:
    """The claim of a number after the name of a KPI; None if other words come between them.

    Of a KPI that is among the `signed`, a dash that stands by itself could be a minus.
    """
    tokens, at = sentence.tokens, place - 1
    between: list[str] = []
    while at >= 0 and len(between) <= MOST_BETWEEN and (tokens[at].is_word(_FILLING) or _separates(tokens[at])):
        between.append(tokens[at].text)
        at -= 1
    if at < 0 or tokens[at].kind is not TokenKind.NAME or at in used:
        return None
    first, kpis = _name_that_ends(tokens, at)
    said = [each for each in between if each not in "=:" + DASHES]
    moves = bool(said) and (said[0] in _MOVING or _is_up_to(said))
    marks = len(between) - len(said)
    minus = bool(kpis & signed) and any(each in DASHES for each in between)
    doubtful = moves or minus or marks > 1
    clear = not doubtful and _begins_well(tokens, first, used) and _stands_clear(sentence, place)
    return Claim(place, kpis, range(first, at + 1), clear)


def _is_up_to(between: Sequence[str]) -> bool:
    """Whether "up to" says the most, and not how far it went: "went up to". The words are in reverse."""
    return between[:2] == ["to", "up"] and not (len(between) > 2 and between[2] in _MOVING)


def _separates(token: Token) -> bool:
    return token.is_mark("=:" + DASHES)


def _name_that_ends(tokens: Sequence[Token], at: int) -> tuple[int, frozenset[int]]:
    """Where the name begins whose last word is at this place, and the KPIs that all its words may mean."""
    first, kpis, place = at, tokens[at].kpis, at - 1
    while place >= 0 and at - place < MOST_OF_A_NAME:
        if tokens[place].kind is TokenKind.NAME and kpis & tokens[place].kpis:
            first, kpis = place, kpis & tokens[place].kpis
        elif not tokens[place].is_word(_WITHIN_NAMES):
            break
        place -= 1
    return first, kpis


def _begins_well(tokens: Sequence[Token], first: int, used: set[int]) -> bool:
    """Whether what comes before a name leaves no doubt that it is the name."""
    if first == 0:
        return True
    before = tokens[first - 1]
    match before.kind:
        case TokenKind.MARK:
            joins = before.text == "&" or (
                before.text in ",/" and first > 1 and tokens[first - 2].kind is TokenKind.NAME
            )
            beside = first > 1 and tokens[first - 2].kind is TokenKind.NAME and first - 2 not in used
            return not (joins and beside) and not (tokens[first].joined and before.text not in ",(:=*\u2022")
        case TokenKind.WORD:
            beside = first > 1 and tokens[first - 2].kind is TokenKind.NAME and first - 2 not in used
            return before.text in _BEFORE_NAMES and not (before.text in _JOINING and beside)
        case TokenKind.FIGURE:
            return not before.other and not tokens[first].joined
        case TokenKind.NAME:
            return first - 1 in used


def _named_after(sentence: Sentence, place: int, among: Sequence[KpiToRead]) -> Claim | None:
    """The claim of a number before the name of a KPI: "88 for job outcomes". "5 starts" is a figure only of a count."""
    tokens, at = sentence.tokens, place + 1
    while at < len(tokens) and at - place <= 2 and tokens[at].is_word(_LINKING):
        at += 1
    if at >= len(tokens) or tokens[at].kind is not TokenKind.NAME:
        return None
    last, kpis = at, tokens[at].kpis
    while last + 1 < len(tokens) and tokens[last + 1].kind is TokenKind.NAME and kpis & tokens[last + 1].kpis:
        last, kpis = last + 1, kpis & tokens[last + 1].kpis
    ends = last + 1 == len(tokens) or _is_safe_after(tokens, last + 1)
    if not ends and not any(token.whole for token in tokens[at : last + 1]):
        return None  # "2 job coaches": a word that a name has as well
    first = place == 0 or tokens[place - 1].kind is TokenKind.MARK or tokens[place - 1].text in _BEFORE_NAMES
    has_unit = at > place + 1 or not tokens[place].text[-1:].isdecimal()
    fits = has_unit or all(kpi.unit is Unit.COUNT for kpi in among if kpi.id in kpis)
    clear = ends and first and fits and _is_whole(sentence, place) and not sentence.asks
    return Claim(place, kpis, range(at, last + 1), clear)


def _numbers_alone(tokens: Sequence[Token]) -> set[int]:
    """The numbers with which a sentence that names no KPI begins."""
    alone = set[int]()
    if any(token.kind is TokenKind.NAME for token in tokens):
        return alone
    for place, token in enumerate(tokens):
        after = tokens[place + 1] if place + 1 < len(tokens) else None
        if token.kind is TokenKind.FIGURE and (
            after is None or after.kind is not TokenKind.WORD or after.text in _AFTER_FIGURES
        ):
            alone.add(place)
        if token.kind is TokenKind.WORD and token.text not in _JOINING:
            break
    return alone


def _stands_clear(sentence: Sentence, place: int) -> bool:
    """Whether nothing is attached to a number, nothing after it changes it, and it is not asked about."""
    tokens = sentence.tokens
    return (
        not sentence.asks
        and _is_whole(sentence, place)
        and (place + 1 == len(tokens) or _is_safe_after(tokens, place + 1))
    )


def _is_whole(sentence: Sentence, place: int) -> bool:
    """Whether a number is written as a figure: nothing is attached to it but the marks of a sentence."""
    tokens, token = sentence.tokens, sentence.tokens[place]
    if token.other or (token.joined and place > 0 and not tokens[place - 1].is_mark("=:*\u2022")):
        return False
    if place + 1 == len(tokens) or not tokens[place + 1].joined:
        return True
    after = tokens[place + 1]
    last = place + 2 == len(tokens) or not tokens[place + 2].joined
    ends_a_part = after.is_mark(",") and (last or tokens[place + 2].kind is not TokenKind.FIGURE)
    return ends_a_part or (after.is_mark(".!:;)") and last)


def _is_safe_after(tokens: Sequence[Token], at: int) -> bool:
    """Whether the token after a figure changes nothing of it."""
    token = tokens[at]
    if token.kind is TokenKind.FIGURE:
        return False
    if token.kind is TokenKind.NAME:
        return any(each.kind is TokenKind.FIGURE for each in tokens[at : at + MOST_OF_A_NAME])
    if token.kind is TokenKind.WORD:
        changed = any(each.text in _CHANGED_BY for each in tokens[at : at + 3])
        another_time = token.text == "this" and not any(each.text == "month" for each in tokens[at + 1 : at + 2])
        return token.text in _AFTER_FIGURES and not changed and not another_time
    return (
        token.text in ",.!:(;)&"
        or token.text.isdecimal()
        or token.text.startswith(":")
        or (token.text in DASHES and not token.joined)
    )


def _counts(tokens: Sequence[Token], place: int) -> bool:
    """Whether a number counts other things ("2 advisers", "a 12-month gap", "£5 was paid") or is a part of a name
    ("week 2", "R-12")."""
    token = tokens[place]
    before = tokens[place - 1] if place else None
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    named = before is not None and token.joined and (before.kind is TokenKind.WORD or before.text == "\u00a3")
    if named or (before is not None and before.text in _LABELS):
        return True
    if after is None or after.whole:
        return False
    return (
        after.text not in _BARE
        if after.kind in (TokenKind.WORD, TokenKind.NAME)
        else after.joined and after.is_mark(DASHES)
    )


def _is_talk(tokens: Sequence[Token], place: int, *, named: bool) -> bool:
    """Whether a number beside which no KPI is named is a day, a year or a time."""
    token = tokens[place]
    before = tokens[place - 1] if place else None
    after = tokens[place + 1] if place + 1 < len(tokens) else None
    if not (token.text.isascii() and token.text.isdecimal()):
        return False
    number = int(token.text[:5])
    beside_a_month = any(each is not None and names_a_month(each) for each in (before, after))
    if number in _YEARS or (beside_a_month and number <= _MOST_DAYS):
        return True
    return not named and number <= _MOST_DAYS and before is not None and before.text in _DAYS_AND_TIMES


def is_bare(sentence: Sentence, claims: Iterable[Claim]) -> bool:
    """Whether a sentence has figures, the names of their KPIs, and no other words."""
    claimed, names = set[int](), set[int]()
    for claim in claims:
        claimed.add(claim.place)
        names.update(claim.names)
    return bool(claimed) and not sentence.asks and all(_says_nothing(sentence, claimed, names))


def _says_nothing(sentence: Sentence, claimed: set[int], names: set[int]) -> Iterator[bool]:
    for place, token in enumerate(sentence.tokens):
        match token.kind:
            case TokenKind.FIGURE:
                yield place in claimed
            case TokenKind.NAME:
                yield place in names or token.whole
            case TokenKind.WORD:
                yield token.text in _FILLING | _JOINING | _LINKING
            case TokenKind.MARK:
                yield True
